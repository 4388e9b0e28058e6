//! What the server would decide about an organizer's word on a job that waits.

use invite::{
    command::Stop,
    decide::{self, StopDecision, Stoppable},
};

use super::{
    decided::{Decided, Server},
    outcome, told,
    write::Write,
};

impl Server<'_> {
    pub(super) fn stop(&self, stop: &Stop) -> Decided {
        let event = self.event(&stop.uid);
        let job = self
            .state
            .jobs
            .iter()
            .find(|job| decide::stop_is_about(&self.key, stop, &job.job));
        let stoppable = job.map(|job| Stoppable {
            job: &job.job,
            stage: job.state.stage(job.held_until),
            people: job.people.max(job.invited),
            sent: self.state.sent.get(&job.job).copied().unwrap_or_default(),
        });
        let decision = decide::stop_by_mail(event, stoppable.as_ref(), stop);
        let letters = match &decision {
            StopDecision::Stop => told::stopped(&stop.from),
            StopDecision::Refuse(reason) => {
                told::refused((!self.is_automatic).then_some(&stop.from), reason)
            }
            StopDecision::Quarantine | StopDecision::Ignore(_) => Vec::new(),
        };
        Decided {
            uid: Some(stop.uid.to_string()),
            outcomes: vec![outcome::of_stop(&decision, stoppable.as_ref())],
            writes: match decision {
                StopDecision::Stop => job.map(Write::stopped).into_iter().collect(),
                _ => Vec::new(),
            },
            letters,
            ..Decided::default()
        }
    }
}
