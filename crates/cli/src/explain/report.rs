//! The explanation's shape. It is described in docs/explain.md and promised to programs: fields are added, never changed
//! or taken away without a higher `schema_version`.

use std::collections::BTreeMap;

use invite::{
    decide::{self, Value},
    event::{Attendee, Event, Stamp},
    statistics::{Answers, Statistics},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{decided::Decided, outcome::Outcome, state::State, told::Letter, write::Write};
use crate::inspect::report::{Report, Time, instant, time};

#[derive(Serialize)]
pub(crate) struct Explanation {
    pub(crate) schema_version: u32,
    pub(crate) now: String,
    pub(crate) key_is_given: bool,
    /// As `cis inspect` shows it.
    pub(crate) mail: Report,
    pub(crate) known: Known,
    pub(crate) decision: Decision,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) writes: Vec<Write>,
    pub(crate) statistics: Counted,
    pub(crate) letters: Vec<Letter>,
}

#[derive(Serialize)]
pub(crate) struct Known {
    pub(crate) event: Option<KnownEvent>,
    pub(crate) attendees: Vec<KnownAttendee>,
    pub(crate) held: Option<KnownHeld>,
    pub(crate) invitations: u32,
}

#[derive(Serialize)]
pub(crate) struct KnownEvent {
    pub(crate) uid: String,
    pub(crate) organizer: String,
    pub(crate) client_uid: String,
    pub(crate) status: &'static str,
    pub(crate) summary: String,
    pub(crate) start: Time,
    pub(crate) recurs: bool,
    /// How many instances differ from the rule.
    pub(crate) instances: usize,
    /// Of what we send.
    pub(crate) ours: Order,
    /// The organizer's, as last accepted.
    pub(crate) accepted: Order,
    pub(crate) answers_count_since: u32,
    pub(crate) uninvited: &'static str,
    pub(crate) seats: Option<u32>,
    pub(crate) version: u64,
    pub(crate) revision: u64,
}

#[derive(Serialize)]
pub(crate) struct KnownAttendee {
    pub(crate) address: String,
    pub(crate) partstat: &'static str,
    /// What he says to the event as it is now.
    pub(crate) counts_as: &'static str,
    pub(crate) answered_sequence: u32,
    pub(crate) answers: usize,
    pub(crate) instances: BTreeMap<String, &'static str>,
    pub(crate) delegated_to: Option<String>,
    pub(crate) proposals: usize,
    pub(crate) waiting: usize,
    pub(crate) revision: u64,
}

#[derive(Serialize)]
pub(crate) struct KnownHeld {
    pub(crate) cancel: Option<Order>,
    pub(crate) instances: usize,
    pub(crate) version: u64,
}

#[derive(Serialize)]
pub(crate) struct Decision {
    /// Under which the event is looked for; null where the mail asks nothing.
    pub(crate) uid: Option<String>,
    /// Whether that is the event in the state; null where there is none, or the mail asks nothing.
    pub(crate) is_the_event_known: Option<bool>,
    pub(crate) outcomes: Vec<Outcome>,
}

#[derive(Serialize)]
pub(crate) struct Reason {
    pub(crate) code: &'static str,
    pub(crate) says: &'static str,
    pub(crate) written_in: &'static str,
    pub(crate) values: Vec<Compared>,
}

#[derive(Serialize)]
pub(crate) struct Compared {
    pub(crate) name: &'static str,
    pub(crate) value: Shown,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Shown {
    Order(Order),
    Number(u64),
    Words(Vec<&'static str>),
    Text(String),
}

#[derive(Serialize)]
pub(crate) struct Order {
    pub(crate) sequence: u32,
    pub(crate) dtstamp: String,
}

#[derive(Serialize)]
pub(crate) struct Counted {
    pub(crate) before: Counts,
    pub(crate) after: Counts,
}

#[derive(Serialize, PartialEq)]
pub(crate) struct Counts {
    pub(crate) attendees: i64,
    #[serde(flatten)]
    pub(crate) answers: Rsvp,
    /// What is to be added for an instance of a series.
    pub(crate) instances: BTreeMap<String, Rsvp>,
}

#[derive(Serialize, PartialEq)]
pub(crate) struct Rsvp {
    pub(crate) accepted: i64,
    pub(crate) declined: i64,
    pub(crate) tentative: i64,
    pub(crate) noaction: i64,
}

impl Explanation {
    pub(super) fn new(
        mail: Report,
        state: &State,
        decided: Decided,
        now: Timestamp,
        key_is_given: bool,
    ) -> Self {
        let (before, after) = &decided.statistics;
        let event = state.event.as_ref();
        Self {
            schema_version: 1,
            now: instant(now),
            key_is_given,
            mail,
            known: Known {
                event: event.map(known_event),
                attendees: state
                    .attendees
                    .iter()
                    .map(|attendee| known_attendee(attendee, event))
                    .collect(),
                held: state.held.as_ref().map(|held| KnownHeld {
                    cancel: held.cancel.as_ref().map(|cancel| cancel.stamp.into()),
                    instances: held.instances.len(),
                    version: held.version,
                }),
                invitations: state.invited,
            },
            statistics: Counted {
                before: before.into(),
                after: after.into(),
            },
            decision: Decision {
                is_the_event_known: event
                    .zip(decided.uid.as_ref())
                    .map(|(event, uid)| event.uid.as_str() == uid),
                uid: decided.uid,
                outcomes: decided.outcomes,
            },
            reasons: decided.reasons.into_iter().map(Reason::from).collect(),
            writes: decided.writes,
            letters: decided.letters,
        }
    }
}

fn known_event(event: &Event) -> KnownEvent {
    KnownEvent {
        uid: event.uid.to_string(),
        organizer: event.organizer.address.as_str().to_owned(),
        client_uid: event.client_uid.clone(),
        status: event.status.as_str(),
        summary: event.details.summary.clone(),
        start: time(&event.details.start),
        recurs: event.details.recurs(),
        instances: event.instances.len(),
        ours: event.stamp.into(),
        accepted: event.accepted.into(),
        answers_count_since: event.open_since,
        uninvited: event.uninvited.as_str(),
        seats: event.seats.map(|seats| seats.limit),
        version: event.version,
        revision: event.revision,
    }
}

fn known_attendee(attendee: &Attendee, event: Option<&Event>) -> KnownAttendee {
    let counts_as = event.map_or(attendee.partstat, |event| attendee.answer_to(event));
    KnownAttendee {
        address: attendee.mailbox.address.as_str().to_owned(),
        partstat: attendee.partstat.as_str(),
        counts_as: counts_as.as_str(),
        answered_sequence: attendee.partstat_sequence,
        answers: attendee.history.len(),
        instances: attendee
            .instances
            .iter()
            .filter(|(_, own)| !own.superseded)
            .map(|(key, own)| (key.as_str().to_owned(), own.partstat.as_str()))
            .collect(),
        delegated_to: attendee
            .delegated_to
            .as_ref()
            .map(|to| to.as_str().to_owned()),
        proposals: attendee.proposals.len(),
        waiting: attendee.waiting.len(),
        revision: attendee.revision,
    }
}

impl From<decide::Reason> for Reason {
    fn from(reason: decide::Reason) -> Self {
        let values = reason.values.into_iter();
        Self {
            code: reason.rule.code(),
            says: reason.rule.says(),
            written_in: reason.rule.written_in(),
            values: values
                .map(|(name, value)| Compared {
                    name,
                    value: value.into(),
                })
                .collect(),
        }
    }
}

impl From<Value> for Shown {
    fn from(value: Value) -> Self {
        match value {
            Value::Stamp(stamp) => Self::Order(stamp.into()),
            Value::Number(number) => Self::Number(number),
            Value::Instant(at) => Self::Text(instant(at)),
            Value::Words(words) => Self::Words(words),
            other => Self::Text(other.to_string()),
        }
    }
}

impl From<Stamp> for Order {
    fn from(stamp: Stamp) -> Self {
        Self {
            sequence: stamp.sequence,
            dtstamp: instant(stamp.dtstamp),
        }
    }
}

impl From<Answers> for Rsvp {
    fn from(answers: Answers) -> Self {
        Self {
            accepted: answers.accepted,
            declined: answers.declined,
            tentative: answers.tentative,
            noaction: answers.no_action,
        }
    }
}

impl From<&Statistics> for Counts {
    fn from(statistics: &Statistics) -> Self {
        Self {
            attendees: statistics.attendees,
            answers: statistics.answers().into(),
            instances: statistics
                .instances
                .iter()
                .map(|(key, answers)| (key.as_str().to_owned(), (*answers).into()))
                .collect(),
        }
    }
}
