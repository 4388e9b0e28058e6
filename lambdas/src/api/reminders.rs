//! `POST /event/{uid}/remind`: those who have not answered are asked once more.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use cloud::{
    clock,
    table::{JobKind, JobRecord, JobState, Stored},
};
use invite::{
    decide::{CannotRemind, may_remind},
    id::Digest,
};
use serde::Deserialize;

use super::{
    event_api::{Needs, Seen},
    jobs::JobView,
};
use crate::shell::{Failed, Kind, OptionalJson, Problem, RequestId};

/// How they are to be reminded.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Reminder"))]
pub(super) struct ReminderBody {
    /// Nobody is reminded; the job tells how many would be.
    #[serde(default)]
    dry_run: bool,
}

/// `POST /event/{uid}/remind`
pub(super) async fn ask(
    State(needs): State<Arc<Needs>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Seen(event): Seen,
    OptionalJson(body): OptionalJson<ReminderBody>,
) -> Result<(StatusCode, Json<JobView>), Failed> {
    let (table, uid, now) = (&needs.table, &event.uid, clock::now());
    let standing = table.standing(&event.organizer.address, now).await?;
    may_remind(&event, &standing, now).map_err(refused)?;
    let jobs = table.jobs(uid).await?;
    // Who asks while one is prepared or waits is handed that one.
    let known = jobs
        .into_iter()
        .find(|job| !body.dry_run && is_to_go(job, event.revision));
    let job = match known {
        Some(job) => job,
        None => {
            // The same request told twice by the platform is one job.
            let digest = Digest::of_text(&format!("reminder\n{uid}\n{request_id}"));
            let name: String = digest.as_str().chars().take(12).collect();
            let organizer = (&event.organizer).into();
            let job = JobRecord {
                dry_run: body.dry_run,
                ..JobRecord::of_reminder(format!("reminder-{name}"), event.revision, organizer, now)
            };
            // A conflict: the same request, told twice.
            let (Stored::Done | Stored::Conflict) = table.create_job(uid, &job).await?;
            job
        }
    };
    Ok((StatusCode::ACCEPTED, Json(JobView::of(&job))))
}

/// Whether it is a reminder of the event as it is now none of whose letters have gone.
fn is_to_go(job: &JobRecord, revision: u64) -> bool {
    job.kind == JobKind::Reminder
        && !job.dry_run
        && job.revision == Some(revision)
        && matches!(job.state, JobState::Staging | JobState::Held)
}

fn refused(why: CannotRemind) -> Problem {
    match why {
        CannotRemind::Cancelled => Problem::new(
            Kind::EventCancelled,
            "The event is cancelled, so nobody is reminded of it.",
        ),
        CannotRemind::Begun => Problem::new(
            Kind::EventBegun,
            "The event has begun, so nobody is reminded of it any more.",
        ),
        CannotRemind::OrganizerSuspended => Problem::new(
            Kind::OrganizerSuspended,
            "The organizer is suspended and may not send anything at present.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use cloud::shape::MailboxShape;

    use super::*;

    #[test]
    fn who_asks_while_one_is_prepared_or_waits_gets_that_one() {
        let organizer = MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        };
        let created = "2026-03-01T10:00:00Z".parse().unwrap();
        let job = |state, dry_run| JobRecord {
            state,
            dry_run,
            ..JobRecord::of_reminder("reminder-1".to_owned(), 3, organizer.clone(), created)
        };
        for (state, expected) in [
            (JobState::Staging, true),
            (JobState::Held, true),
            (JobState::Staged, false),
            (JobState::Stopped, false),
            (JobState::Superseded, false),
        ] {
            assert_eq!(is_to_go(&job(state, false), 3), expected, "{state:?}");
            assert!(!is_to_go(&job(state, true), 3), "{state:?}");
            assert!(!is_to_go(&job(state, false), 4), "{state:?}");
        }
    }
}
