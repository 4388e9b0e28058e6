//! What is known: the event, its attendees, who organizes it.

use jiff::Timestamp;

use crate::{
    address::{Address, Mailbox},
    ical::{ContentLine, Partstat, Status},
    id::{Digest, Uid},
    time::CalendarTime,
};

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
    /// What attendees see.
    pub details: Details,
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

    /// The SEQUENCE of ours an answer must have been given to, to count today.
    ///
    /// Our SEQUENCE rises with significant changes, reinstatement and cancellation only. The first two reopen the
    /// answers; a cancellation does not, so that people can still see who had wanted to come.
    #[must_use]
    pub fn answers_open_since(&self) -> u32 {
        self.stamp
            .sequence
            .saturating_sub(u32::from(self.is_cancelled()))
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

/// Where an invitation came from (old API: `origin`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// `POST /event/{uid}/invites`
    Api,
    /// A CSV to `bulk@`.
    Bulk,
    /// An uninvited reply that was let in.
    Shared,
}

/// One recorded answer in an attendee's history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
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
    /// The reply it came in.
    pub digest: Digest,
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
    /// Recorded answers in their order (so the newest last), at most [`Attendee::MAX_HISTORY`].
    pub history: Vec<Answer>,
}

impl Attendee {
    /// How many answers are kept.
    pub const MAX_HISTORY: usize = 50;

    /// What this attendee says to the event as it is now: an answer from before the last significant change reads
    /// as NEEDS-ACTION, also while the stored one has not been set back yet.
    #[must_use]
    pub fn answer_to(&self, event: &Event) -> Partstat {
        if self.partstat_sequence < event.answers_open_since() {
            Partstat::NeedsAction
        } else {
            self.partstat
        }
    }
}
