//! What is known: the event, its attendees, who organizes it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    address::{Address, Mailbox},
    ical::{ContentLine, Partstat, Status},
    id::{Digest, Uid},
    time::{CalendarTime, InstanceKey},
};

mod answered;
mod answers;
mod at;
mod begun;
mod edition;
mod origin;
mod place;
mod recurring;

pub use answers::Answers;
pub use edition::{Edition, InstanceEdition};
pub use origin::Origin;
pub use place::{Place, Seats, SeatsAsked};
pub use recurring::{Recurring, moved_along};

/// The two numbers that order messages of one sender (RFC 5546 section 2.1.5): SEQUENCE, then DTSTAMP.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Stamp {
    /// SEQUENCE.
    pub sequence: u32,
    /// DTSTAMP (the mail's Date where the client left it out).
    pub dtstamp: Timestamp,
}

/// What the organizer says about the event; what attendees see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Details {
    /// DTSTART.
    pub start: CalendarTime,
    /// DTEND, computed where the client gave a DURATION or nothing.
    pub end: CalendarTime,
    /// CONFIRMED or TENTATIVE as the organizer set it; CANCELLED never stands here but in [`Event::status`].
    pub status: Status,
    /// SUMMARY; may be empty.
    pub summary: String,
    /// DESCRIPTION; may be empty.
    pub description: String,
    /// X-ALT-DESC as HTML, not yet sanitised.
    pub description_html: Option<String>,
    /// LOCATION; may be empty.
    pub location: String,
    /// VALARMs, kept.
    pub alarms: Vec<Vec<ContentLine>>,
    /// Unknown and plain properties, kept and written back.
    pub other: Vec<ContentLine>,
    /// RRULE, RDATE, EXDATE and EXRULE as the organizer's client wrote them; empty for a single event and for an
    /// instance of a series.
    pub recurrence: Vec<ContentLine>,
    /// The VTIMEZONEs, BEGIN and END included, of those zones the times and rules here are in that only the
    /// organizer's own definition knows: later instances cannot be computed without.
    pub zones: Vec<Vec<ContentLine>>,
}

impl Details {
    /// An event at that time of which nothing else is said.
    #[must_use]
    pub fn at_time(start: CalendarTime, end: CalendarTime) -> Self {
        Self {
            start,
            end,
            status: Status::Confirmed,
            summary: String::new(),
            description: String::new(),
            description_html: None,
            location: String::new(),
            alarms: Vec::new(),
            other: Vec::new(),
            recurrence: Vec::new(),
            zones: Vec::new(),
        }
    }

    /// Whether this is a series.
    #[must_use]
    pub fn recurs(&self) -> bool {
        !self.recurrence.is_empty()
    }

    /// About how many bytes of a record they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let lines = |lines: &[ContentLine]| -> usize { lines.iter().map(ContentLine::bytes).sum() };
        let blocks = |blocks: &[Vec<ContentLine>]| -> usize {
            blocks.iter().map(|block| lines(block)).sum()
        };
        self.summary.len()
            + self.description.len()
            + self.description_html.as_ref().map_or(0, String::len)
            + self.location.len()
            + blocks(&self.alarms)
            + lines(&self.other)
            + lines(&self.recurrence)
            + blocks(&self.zones)
    }
}

/// An instance of a series that differs from its rule (RFC 5545 section 3.8.4.4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    /// RECURRENCE-ID: when the rule would have it.
    pub recurrence_id: CalendarTime,
    /// The organizer's (SEQUENCE, DTSTAMP) of this instance, as last accepted.
    pub accepted: Stamp,
    /// Our SEQUENCE of this component.
    pub sequence: u32,
    /// The SEQUENCE of ours an answer to this instance must at least have been given to, to count today.
    pub open_since: u32,
    /// What it is instead; `None`: it does not take place.
    pub details: Option<Details>,
}

/// An event as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Ours.
    pub uid: Uid,
    /// The UID the organizer's client gave it.
    pub client_uid: String,
    /// The human; ORGANIZER in what we send is our signed address with this name.
    pub organizer: Mailbox,
    /// PRODID of the organizer's client.
    pub prodid: String,
    /// The mailbox of ours it was sent to (`mailto` of the old API).
    pub mailto: Address,
    /// Counts from 1 the changes attendees hear of: names a fan-out, so nothing else may move it.
    pub revision: u64,
    /// Counts writes from 1: every write is conditional on the stored one being one less. It moves without
    /// `revision` when a mail changed nothing but its place in the order has to be remembered.
    pub version: u64,
    /// Our outgoing (SEQUENCE, DTSTAMP).
    pub stamp: Stamp,
    /// The organizer's, as last accepted.
    pub accepted: Stamp,
    /// `Cancelled` once cancelled, else what the organizer set.
    pub status: Status,
    /// What attendees see; of a series, what its rule gives.
    pub details: Details,
    /// Instances of a series that differ from its rule, at most [`Event::MAX_INSTANCES`].
    pub instances: BTreeMap<InstanceKey, Instance>,
    /// The SEQUENCE of ours an answer must at least have been given to, to count today.
    ///
    /// It moves with changes that reopen the answers. A cancellation does not, so that people can still see who had
    /// wanted to come, nor does a change of one instance.
    pub open_since: u32,
    /// Who else may answer than those invited (D10).
    pub uninvited: Uninvited,
    /// How many people can come, where there is a limit (D9).
    pub seats: Option<Seats>,
    /// How the event was under earlier revisions, the newest last: an attendee is told what changed since the one
    /// he was last sent (D3). At most [`Event::MAX_EDITIONS`].
    pub editions: Vec<Edition>,
    /// Version of the time-zone data its times were resolved with, e.g. `2026a` (D13).
    pub tzdata: String,
    /// When it was recorded.
    pub created: Timestamp,
    /// When it last changed.
    pub last_modified: Timestamp,
    /// Digests of the organizer's mails applied to it, the newest last, at most [`Event::MAX_SEEN`].
    pub seen: Vec<Digest>,
}

impl Event {
    /// How many digests of applied mails are kept; older repeats are caught by order anyway.
    pub const MAX_SEEN: usize = 20;

    /// Whether it will not take place.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    /// Most instances that may differ from a series' rule.
    pub const MAX_INSTANCES: usize = 366;

    /// How many earlier editions are kept for "what changed".
    pub const MAX_EDITIONS: usize = 8;

    /// The SEQUENCE of ours an answer must have been given to, to count today: to the series (or single event), or
    /// to one instance of it.
    #[must_use]
    pub fn answers_open_since(&self, instance: Option<&InstanceKey>) -> u32 {
        let of_instance = instance
            .and_then(|key| self.instances.get(key))
            .map_or(0, |instance| instance.open_since);
        self.open_since.max(of_instance)
    }

    /// The SEQUENCE of ours on the component an instance is told in: its own, or else the series'. No honest answer
    /// to it can have a higher one.
    #[must_use]
    pub fn sequence_of(&self, instance: Option<&InstanceKey>) -> u32 {
        instance
            .and_then(|key| self.instances.get(key))
            .map_or(self.stamp.sequence, |instance| instance.sequence)
    }

    /// The highest SEQUENCE any component of ours carries.
    #[must_use]
    pub fn highest_sequence(&self) -> u32 {
        self.instances
            .values()
            .map(|instance| instance.sequence)
            .fold(self.stamp.sequence, u32::max)
    }
}

/// Who may answer without having been invited (D10).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Uninvited {
    /// Whoever was passed an invitation on.
    #[default]
    Open,
    /// Those the organizer says yes to, by mail.
    Approve,
    /// Nobody.
    Closed,
}

impl Uninvited {
    /// Reads the word in any case; `None` for another.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_ascii_lowercase().as_str() {
            "open" => Self::Open,
            "approve" => Self::Approve,
            "closed" => Self::Closed,
            _ => return None,
        })
    }

    /// As in records and configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approve => "approve",
            Self::Closed => "closed",
        }
    }
}

/// How well an answer is proven to come from whom it says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Evidence {
    /// Nothing proves it: quarantined and shown, never counted.
    None,
    /// From is the attendee and SPF or DKIM passed, aligned with it.
    Aligned,
    /// It was sent to the signed address of that attendee.
    Token,
}

impl Evidence {
    /// Stable name, for people and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Aligned => "aligned",
            Self::Token => "token",
        }
    }
}

/// One recorded answer in an attendee's history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Which instance of a series it is about; `None`: all of it, or the single event.
    pub instance: Option<InstanceKey>,
    /// What they said.
    pub partstat: Partstat,
    /// SEQUENCE (clamped to ours) and DTSTAMP of the reply.
    pub stamp: Stamp,
    /// When it arrived.
    pub arrived: Timestamp,
    /// PRODID of the attendee's client.
    pub prodid: Option<String>,
    /// How it is proven.
    pub evidence: Evidence,
    /// The answer was given to an older version of the event: recorded, never the current answer.
    pub earlier_version: bool,
    /// COMMENT, or the words of an answer in words, at most [`Answer::MAX_COMMENT_BYTES`].
    pub comment: Option<String>,
    /// How many people come, where the words say so ("two of us").
    pub people: Option<u32>,
    /// The mail it came in, which has no other record where this says all of it. Empty for an answer that was stored
    /// before this was kept, and for one read from a file.
    pub mail_id: String,
    /// What that mail says: a repeat of it has another id and the same digest.
    pub digest: Digest,
}

impl Answer {
    /// How much of a comment is kept, in bytes.
    pub const MAX_COMMENT_BYTES: usize = 1_024;
}

/// What an attendee says to one instance of a series, beside what he says to the series.
///
/// Of the two the one given later counts (DTSTAMP, then arrival): whoever accepts the series after declining a date
/// comes on that date, too. Both are kept, so that the order in which they are handled decides nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstanceAnswer {
    /// What he said. NEEDS-ACTION: he was asked again about this instance alone, so that what he says to the series
    /// does not count for it.
    pub partstat: Partstat,
    /// The SEQUENCE of ours it answers, and its DTSTAMP; those of our question while that is NEEDS-ACTION.
    pub stamp: Stamp,
    /// When it arrived.
    pub arrived: Timestamp,
    /// The reply it came in; `None` while NEEDS-ACTION.
    pub digest: Option<Digest>,
    /// A later answer to the series counts instead.
    pub superseded: bool,
}

/// Whose invitation an attendee holds who was not invited by the organizer himself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lineage {
    /// The attendee who passed it on.
    pub from: Address,
    /// Whether as his delegate (RFC 5546 section 3.2.2.3), or as one more guest.
    pub delegated: bool,
}

/// Another time an attendee would like better (COUNTER, RFC 5546 section 3.2.7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// Proposed DTSTART.
    pub start: CalendarTime,
    /// Proposed DTEND.
    pub end: CalendarTime,
    /// COMMENT, at most [`Answer::MAX_COMMENT_BYTES`].
    pub comment: Option<String>,
    /// SEQUENCE and DTSTAMP of the COUNTER.
    pub stamp: Stamp,
    /// When it arrived.
    pub arrived: Timestamp,
    /// How it is proven.
    pub evidence: Evidence,
    /// The COUNTER it came in.
    pub digest: Digest,
}

/// An answer by somebody who was not invited (yet); waits in the record of the attendee through whom it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingAnswer {
    /// Who answered.
    pub mailbox: Mailbox,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// What he said.
    pub answer: Answer,
    /// When to forget it.
    pub expires: Timestamp,
}

/// What an answer of somebody who was not invited waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WaitsFor {
    /// That the attendee names him as his delegate: the delegate's answer came first (RFC 5546 section 3.2.2.3).
    Delegation,
    /// That the organizer says yes ([`Uninvited::Approve`]).
    Approval,
}

/// A mail an attendee is owed because of one of his, or of a place he waited for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owed {
    /// What.
    pub letter: OwedLetter,
    /// The mail that asked for it, or what it is about: names the letter, so that it is sent once.
    pub digest: Digest,
    /// When that arrived, or came about.
    pub asked: Timestamp,
}

/// Which mail an attendee is owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OwedLetter {
    /// The current REQUEST (REFRESH, RFC 5546 section 3.2.6).
    Current,
    /// DECLINECOUNTER (RFC 5546 section 3.2.8) of a proposal about an older version, and the current REQUEST.
    DeclineCounter {
        /// Of which instance; `None`: of the event.
        instance: Option<InstanceKey>,
    },
    /// "Did you mean yes or no?"
    AskBack,
    /// All places are taken, and he is on the waiting list.
    WaitingList,
    /// There is a place for him now.
    Seat,
}

/// A person invited to an event, as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attendee {
    /// Who, and how they were named in the invitation.
    pub mailbox: Mailbox,
    /// Where the invitation came from.
    pub origin: Origin,
    /// The current answer. A significant change sets it back for reading (see [`Attendee::answer_to`]).
    pub partstat: Partstat,
    /// The SEQUENCE of ours that `partstat` answers; 0 before any answer.
    pub partstat_sequence: u32,
    /// Counts writes; condition of every write.
    pub revision: u64,
    /// When they were invited.
    pub invited: Timestamp,
    /// Recorded answers as they came, each newer than those before it to the same instance, at most
    /// [`Attendee::MAX_HISTORY`].
    pub history: Vec<Answer>,
    /// Answers to single instances of a series, at most [`Event::MAX_INSTANCES`], and as many he was asked again about.
    pub instances: BTreeMap<InstanceKey, InstanceAnswer>,
    /// Whose invitation he holds, if not his own.
    pub lineage: Option<Lineage>,
    /// To whom he delegated; set while `partstat` is DELEGATED, unless that person was erased.
    pub delegated_to: Option<Address>,
    /// Open proposals for another time, one for the event (`None`) and for each instance, at most
    /// [`Attendee::MAX_PROPOSALS`].
    pub proposals: BTreeMap<Option<InstanceKey>, Proposal>,
    /// Answers of people he passed his invitation on to, at most [`Attendee::MAX_WAITING`].
    pub waiting: Vec<WaitingAnswer>,
    /// The last mail he asked for.
    pub owed: Option<Owed>,
    /// When he was checked in, if he was.
    pub attended: Option<Timestamp>,
    /// Where he stands at an event with a limit.
    pub place: Option<Place>,
}

impl Attendee {
    /// How many answers are kept.
    pub const MAX_HISTORY: usize = 50;

    /// How many open proposals are kept.
    pub const MAX_PROPOSALS: usize = 20;

    /// How many answers wait.
    pub const MAX_WAITING: usize = 5;

    /// The record of somebody who has just been invited.
    #[must_use]
    pub fn invited(mailbox: Mailbox, origin: Origin, now: Timestamp) -> Self {
        Self {
            mailbox,
            origin,
            partstat: Partstat::NeedsAction,
            partstat_sequence: 0,
            revision: 1,
            invited: now,
            history: Vec::new(),
            instances: BTreeMap::new(),
            lineage: None,
            delegated_to: None,
            proposals: BTreeMap::new(),
            waiting: Vec::new(),
            owed: None,
            attended: None,
            place: None,
        }
    }

    /// Whether an answer in the history came in the mail of that id.
    #[must_use]
    pub fn has_answer_of(&self, mail_id: &str) -> bool {
        self.history.iter().any(|answer| answer.mail_id == mail_id)
    }
}
