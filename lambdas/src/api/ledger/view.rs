//! A ledger as the API shows it.

use cloud::shape::{EvidenceCode, OriginCode, PartstatCode, PostedCode, StatusCode, UnwantedCode};
use invite::{
    delivery::PostedState,
    event::WaitsFor,
    ledger::{Answered, Delivered, Entry, JobStep, Received, Step, What, Who},
    time::InstanceKey,
};
use serde::Serialize;

use super::{
    super::write_event::BY_API,
    difference::{DifferenceView, ShownView},
};

/// Some of what happened to an event, the newest first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Ledger"))]
pub(in crate::api) struct LedgerView {
    entries: Vec<EntryView>,
    /// The event has so many attendees that what they were told and have said is shown of one at a time, by `attendee`.
    attendees_left_out: bool,
    /// Leads on as `after`; null when these were the last. A page may have fewer entries than asked for, and yet lead on.
    next: Option<String>,
}

/// Something that happened to an event.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "LedgerEntry"))]
struct EntryView {
    /// When, in epoch seconds.
    at: i64,
    /// By whom, or to whom; null: to the event itself.
    who: Option<WhoView>,
    /// Which attendee or guest; masked unless all was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    attendee: Option<String>,
    #[serde(flatten)]
    what: WhatView,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "LedgerWho"))]
enum WhoView {
    Organizer,
    Attendee,
    /// His address is not kept, or he is one of too many attendees.
    Somebody,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "LedgerWhat"))]
enum WhatView {
    /// A command came, and this became of it. Answers that count are `answered`.
    Received(ReceivedView),
    /// The event is so since; revision 1: it is there.
    Changed {
        /// Counts the changes people hear of; letters name it.
        revision: u64,
        /// `confirmed`, `tentative` or `cancelled`; null where it is not kept any more.
        #[cfg_attr(test, schemars(with = "Option<String>"))]
        status: Option<StatusCode>,
        /// What it is since; null where it is not kept any more.
        shows: Option<ShownView>,
        /// What differs from the revision before; null where that is not kept any more, or there is none.
        differs: Option<Vec<DifferenceView>>,
    },
    /// Work that reaches many has come so far.
    Job {
        /// Its name among the event's jobs.
        job: String,
        /// `list`, `update`, `cancellation` or `report`.
        work: &'static str,
        /// `begun`, `held`, `checked`, `refused`, `stopped`, `superseded` or `written`.
        step: &'static str,
        /// Of a change: the revision it tells.
        revision: Option<u64>,
        /// How many it reaches, where that is known by then.
        people: Option<u64>,
        /// Of `held`: until when it waits, in epoch seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
        /// Of `refused`: why.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Of `begun`: the job whose place it took while that waited.
        #[serde(skip_serializing_if = "Option::is_none")]
        replaces: Option<String>,
    },
    /// Somebody was to be invited, and was not.
    NotInvited { reason: String },
    /// Somebody was invited.
    Invited {
        #[cfg_attr(test, schemars(with = "String"))]
        origin: OriginCode,
        /// Whose invitation he holds, where it is not his own.
        from: Option<String>,
    },
    /// An attendee answered.
    Answered(AnsweredView),
    /// Somebody not invited answered.
    Waits {
        /// The attendee it came through.
        through: Option<String>,
        /// `delegation` or `approval`.
        waits_for: &'static str,
        /// What he said.
        #[cfg_attr(test, schemars(with = "String"))]
        answer: PartstatCode,
    },
    /// An attendee would like another time better.
    Proposed {
        /// Of which date of a series.
        instance: Option<String>,
        start: String,
        end: String,
        /// `token`, `aligned` or `none`.
        #[cfg_attr(test, schemars(with = "String"))]
        evidence: EvidenceCode,
        comment: Option<String>,
    },
    /// A letter went to an attendee.
    Sent(SentView),
    /// This became of a letter.
    Delivery(DeliveredView),
    /// A letter was due and not sent: `blocked`, `bounced`, `complained`.
    Withheld {
        #[cfg_attr(test, schemars(with = "String"))]
        reason: UnwantedCode,
    },
    /// A letter was due and will never be taken.
    Rejected { reason: String },
}

#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "LedgerReceived")
)]
struct ReceivedView {
    /// `mail` or `api`.
    by: &'static str,
    /// Names the mail, or the API's request.
    id: String,
    /// `request`, `cancel`, `reply`, `counter`, `refresh`, `unclear-words`, `approval`, `stop` or `list`.
    command: Option<String>,
    /// `applied`, `ignored`, `refused`, `quarantined` or `held`.
    outcome: &'static str,
    /// Stable code of the reason, where there is one.
    reason: Option<String>,
    /// The reason in words, where all was asked for.
    text: Option<String>,
    /// The revision of the event after it, where it was applied.
    revision: Option<u64>,
    /// When it came, in epoch seconds; `at` is when it was decided about.
    received: i64,
}

/// An answer.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Answered"))]
pub(in crate::api) struct AnsweredView {
    /// `accepted`, `declined`, `tentative`, `delegated`.
    #[cfg_attr(test, schemars(with = "String"))]
    answer: PartstatCode,
    /// About which date of a series; null: about all of it.
    instance: Option<String>,
    /// How it is proven: `token`, `aligned`.
    #[cfg_attr(test, schemars(with = "String"))]
    evidence: EvidenceCode,
    /// The program it was given in.
    prodid: Option<String>,
    /// It was given to an earlier version of the event: recorded, never counted.
    earlier_version: bool,
    /// What he said beside, where all was asked for.
    comment: Option<String>,
    /// How many people come, where he said so.
    people: Option<u64>,
    /// The mail it came in, where that is kept.
    mail: Option<String>,
}

/// A letter that was sent.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "SentLetter"))]
pub(in crate::api) struct SentView {
    /// `invite`, `update`, `cancellation`, or `owed`: what one of his own mails asked for.
    pub(in crate::api) letter: &'static str,
    /// The revision of the event he knows by it.
    pub(in crate::api) revision: Option<u64>,
    /// The list's job it went out with.
    pub(in crate::api) job: Option<String>,
}

/// What became of a letter.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Delivered"))]
pub(in crate::api) struct DeliveredView {
    /// As in the deliveries.
    #[cfg_attr(test, schemars(with = "String"))]
    state: PostedCode,
    letter: String,
    revision: u64,
    /// SES's kind of it and the server's status.
    code: Option<String>,
    /// The server's own words, where all was asked for.
    reason: Option<String>,
}

impl LedgerView {
    pub(super) fn of(entries: &[Entry], attendees_left_out: bool, next: Option<String>) -> Self {
        Self {
            entries: entries.iter().map(EntryView::of).collect(),
            attendees_left_out,
            next,
        }
    }
}

impl EntryView {
    fn of(entry: &Entry) -> Self {
        let (who, attendee) = match &entry.who {
            None => (None, None),
            Some(Who::Organizer) => (Some(WhoView::Organizer), None),
            Some(Who::Somebody) => (Some(WhoView::Somebody), None),
            Some(Who::Attendee(address)) => (Some(WhoView::Attendee), Some(address.clone())),
        };
        Self {
            at: entry.at.as_second(),
            who,
            attendee,
            what: WhatView::of(&entry.what),
        }
    }
}

impl WhatView {
    fn of(what: &What) -> Self {
        match what {
            What::Received(received) => Self::Received(received.into()),
            What::Changed(changed) => Self::Changed {
                revision: changed.revision,
                status: changed.is.as_ref().map(|(status, _)| (*status).into()),
                shows: changed.is.as_ref().map(|(_, shown)| shown.into()),
                differs: changed
                    .differs
                    .as_ref()
                    .map(|differs| differs.iter().map(DifferenceView::of).collect()),
            },
            What::Job(step) => Self::of_step(step),
            What::NotInvited { reason } => Self::NotInvited {
                reason: reason.clone(),
            },
            What::Invited { origin, from } => Self::Invited {
                origin: (*origin).into(),
                from: from.as_ref().and_then(address_of),
            },
            What::Answered(answered) => Self::Answered((&**answered).into()),
            What::Waits {
                through,
                waits_for,
                partstat,
            } => Self::Waits {
                through: address_of(through),
                waits_for: match waits_for {
                    WaitsFor::Delegation => "delegation",
                    WaitsFor::Approval => "approval",
                },
                answer: (*partstat).into(),
            },
            What::Proposed(proposed) => Self::Proposed {
                instance: text_of(proposed.instance.as_ref()),
                start: proposed.start.written(),
                end: proposed.end.written(),
                evidence: proposed.evidence.into(),
                comment: proposed.comment.clone(),
            },
            What::Sent {
                letter,
                revision,
                job,
            } => Self::Sent(SentView {
                letter,
                revision: *revision,
                job: job.clone(),
            }),
            What::Delivery(delivered) => Self::Delivery(delivered.into()),
            What::Withheld(why) => Self::Withheld {
                reason: (*why).into(),
            },
            What::Rejected { code } => Self::Rejected {
                reason: code.clone(),
            },
        }
    }

    fn of_step(step: &JobStep) -> Self {
        let (mut until, mut reason, mut replaces) = (None, None, None);
        match &step.step {
            Step::Begun { replaces: job } => replaces.clone_from(job),
            Step::Held { until: at } => until = Some(at.as_second()),
            Step::Refused { reason: why } => reason = Some(why.clone()),
            Step::Checked | Step::Stopped | Step::Superseded | Step::Written => {}
        }
        Self::Job {
            job: step.job.clone(),
            work: step.kind,
            step: name_of(&step.step),
            revision: step.revision,
            people: step.people,
            until,
            reason,
            replaces,
        }
    }
}

/// Stable name of a step.
pub(super) fn name_of(step: &Step) -> &'static str {
    match step {
        Step::Begun { .. } => "begun",
        Step::Held { .. } => "held",
        Step::Checked => "checked",
        Step::Refused { .. } => "refused",
        Step::Stopped => "stopped",
        Step::Superseded => "superseded",
        Step::Written => "written",
    }
}

fn address_of(who: &Who) -> Option<String> {
    match who {
        Who::Attendee(address) => Some(address.clone()),
        Who::Organizer | Who::Somebody => None,
    }
}

fn text_of(instance: Option<&InstanceKey>) -> Option<String> {
    instance.map(|key| key.as_str().to_owned())
}

impl From<&Received> for ReceivedView {
    fn from(received: &Received) -> Self {
        Self {
            by: if received.id.starts_with(BY_API) {
                "api"
            } else {
                "mail"
            },
            id: received.id.clone(),
            command: received.command.clone(),
            outcome: received.outcome,
            reason: received.reason.clone(),
            text: received.words.clone(),
            revision: received.revision,
            received: received.received.as_second(),
        }
    }
}

impl From<&Answered> for AnsweredView {
    fn from(answered: &Answered) -> Self {
        Self {
            answer: answered.partstat.into(),
            instance: text_of(answered.instance.as_ref()),
            evidence: answered.evidence.into(),
            prodid: answered.prodid.clone(),
            earlier_version: answered.earlier_version,
            comment: answered.comment.clone(),
            people: answered.people,
            mail: answered.mail.clone(),
        }
    }
}

impl From<&Delivered> for DeliveredView {
    fn from(delivered: &Delivered) -> Self {
        Self {
            state: PostedState::from(delivered.state).into(),
            letter: delivered.letter.clone(),
            revision: delivered.revision,
            code: delivered.code.clone(),
            reason: delivered.words.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
