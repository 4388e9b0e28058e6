//! What is stored, and under which condition.

use invite::{
    decide::{AttendeeWrite, Held},
    event::{Attendee, Event},
};
use records::{AttendeeRecord, EventRecord, HeldRecord, JobStanding, JobState};
use serde::Serialize;
use serde_json::json;

use super::difference::{Difference, differences};

/// One record that is written.
#[derive(Serialize)]
pub(crate) struct Write {
    /// Its sort key.
    pub(crate) record: String,
    /// What must be so, else somebody else was quicker and all is decided again.
    pub(crate) condition: String,
    /// `at-once`, or `with-the-update`: when that is sent to him.
    pub(crate) when: &'static str,
    pub(crate) changes: Vec<Difference>,
    /// The attendee after it.
    #[serde(skip)]
    pub(crate) attendee: Option<Attendee>,
}

impl Write {
    pub(super) fn event(known: Option<&Event>, event: &Event) -> Self {
        let condition = match known {
            None => "there is no such event, and what is held for it is as it was read".to_owned(),
            Some(known) => format!("version = {}", known.version),
        };
        Self::new(
            format!("event#{}", event.uid),
            condition,
            known.map(EventRecord::from),
            &EventRecord::from(event),
        )
    }

    pub(super) fn held(known: Option<&Held>, held: &Held) -> Self {
        let condition = match known {
            None => "there is no such event, and nothing is held for it".to_owned(),
            Some(known) => format!("there is no such event, and version = {}", known.version),
        };
        Self::new(
            "held#".to_owned(),
            condition,
            known.map(HeldRecord::from),
            &HeldRecord::from(held),
        )
    }

    pub(super) fn stopped(job: &JobStanding) -> Self {
        let state = |state: JobState| json!({ "state": state });
        Self::new(
            format!("job#{}", job.job),
            format!("version = {}", job.version),
            Some(state(job.state)),
            &state(JobState::Stopped),
        )
    }

    pub(super) fn attendee(stored: Option<&Attendee>, write: AttendeeWrite) -> Self {
        let condition = match (&write, stored) {
            (AttendeeWrite::Change(_), Some(stored)) => format!("revision = {}", stored.revision),
            _ => "he is not invited yet, and fewer are than the limit".to_owned(),
        };
        let (AttendeeWrite::Change(attendee) | AttendeeWrite::Invite(attendee)) = write;
        Self::of_attendee(stored, *attendee, condition)
    }

    /// An answer that is set back.
    pub(super) fn reopened(stored: &Attendee, reopened: Attendee) -> Self {
        Self {
            when: "with-the-update",
            ..Self::of_attendee(
                Some(stored),
                reopened,
                format!("revision = {}", stored.revision),
            )
        }
    }

    fn of_attendee(stored: Option<&Attendee>, attendee: Attendee, condition: String) -> Self {
        Self {
            attendee: Some(attendee.clone()),
            ..Self::new(
                format!("attendee#{}", attendee.mailbox.address.as_str()),
                condition,
                stored.map(AttendeeRecord::from),
                &AttendeeRecord::from(&attendee),
            )
        }
    }

    fn new<R: Serialize>(record: String, condition: String, before: Option<R>, after: &R) -> Self {
        let json = |record: &R| serde_json::to_value(record).unwrap_or_default();
        let before = before.as_ref().map(json);
        Self {
            record,
            condition,
            when: "at-once",
            changes: differences(before.as_ref(), &json(after)),
            attendee: None,
        }
    }
}
