//! Something that reaches many people waits, or was stopped: its organizer is told.

use cloud::table::{JobRecord, JobState};
use invite::{
    event::Event,
    id::Uid,
    letter::{self, FanOut, Held, Letter, LetterError},
};

use super::notify_organizer::Needs;

/// A job, and what it is about.
pub(super) struct AboutJob {
    pub(super) event: Event,
    pub(super) job: JobRecord,
}

impl AboutJob {
    /// `None` when the job is not, or not any more, in that state.
    pub(super) async fn load(
        needs: &Needs,
        uid: &Uid,
        job: &str,
        state: JobState,
    ) -> anyhow::Result<Option<Self>> {
        let table = &needs.office.table;
        let (Some(event), Some(job)) = (table.event(uid).await?, table.job(uid, job).await?) else {
            return Ok(None);
        };
        Ok((job.state == state).then_some(Self { event, job }))
    }

    pub(super) fn held(&self, needs: &Needs) -> Result<Letter, LetterError> {
        let held = Held {
            until: self.job.held_until.unwrap_or(self.job.created),
            replaces: self.job.replaces.is_some(),
            last_told: self.job.last_told.unwrap_or_default(),
        };
        letter::fan_out_held(&self.fan_out(), &held, &needs.office.sender)
    }

    pub(super) fn stopped(&self, needs: &Needs) -> Result<Letter, LetterError> {
        let by = self.job.stop_message_id.as_deref();
        letter::fan_out_stopped(&self.fan_out(), by, &needs.office.sender)
    }

    fn fan_out(&self) -> FanOut<'_> {
        FanOut {
            event: &self.event,
            job: &self.job.job,
            tells: self.job.tells(),
            people: self.job.reaches(),
            at: self.job.changed.unwrap_or(self.job.created),
        }
    }
}
