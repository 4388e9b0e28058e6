//! What is known + what arrived + now → what to store, with reasons. Pure.

use jiff::Timestamp;

use crate::{
    command::RefusalReason,
    event::{Attendee, Event, Stamp},
    id::Digest,
};

/// What is known of an organizer when he commands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Whether a suspension is in force.
    pub suspended: bool,
    /// Whether he has a subscription.
    pub enrolled: bool,
    /// Events he has created.
    pub events: u32,
}

/// What the tenant allows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Events per organizer; `None`: no limit.
    pub events_per_organizer: Option<u32>,
    /// Invitations per event.
    pub invites_per_event: u32,
    /// Only organizers with a subscription may create events.
    pub enrolled_only: bool,
}

/// A CANCEL that came before its REQUEST, kept for seven days (RFC 5546 section 5.2.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldCancel {
    /// Its order.
    pub stamp: Stamp,
    /// For repeats.
    pub digest: Digest,
    /// When to forget it.
    pub expires: Timestamp,
}

/// Why a message that is allowed has no effect. Not a refusal: nobody is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Ignored {
    /// The same mail, or the same content, was applied before.
    SeenBefore,
    /// Its SEQUENCE is older than what is known.
    OlderSequence,
    /// Same SEQUENCE, and DTSTAMP is not later.
    NotNewer,
    /// The event is cancelled, and this is not newer.
    AlreadyCancelled,
    /// Nothing in it differs from what is known.
    NothingChanged,
    /// No such event.
    UnknownEvent,
    /// Nobody of that name was invited, and no token says who was.
    UnknownAttendee,
    /// NEEDS-ACTION in a REPLY is never an answer.
    NotAnAnswer,
}

/// What to do about a REQUEST.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestDecision {
    /// Store a new event (its status may be `Cancelled` when a held CANCEL wins).
    Create(Box<Event>),
    /// Store a changed event; condition: the stored revision is one less. `mail` is false when attendees need not
    /// hear of it.
    Update {
        /// The event after the change.
        event: Box<Event>,
        /// Whether it reopens answers (D6): DTSTART, DTEND, LOCATION, STATUS.
        significant: bool,
    },
    /// No effect beyond remembering order: the stored event with `accepted` and `seen` moved on, if that differs.
    Ignore {
        /// Why.
        reason: Ignored,
        /// Store this (same revision rules), or nothing.
        remember: Option<Box<Event>>,
    },
    /// Refuse, and say so.
    Refuse(RefusalReason),
}

/// What to do about a CANCEL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CancelDecision {
    /// Store the event as cancelled.
    Cancel(Box<Event>),
    /// Unknown event: keep it for seven days.
    Hold(HeldCancel),
    /// No effect.
    Ignore(Ignored),
}

/// What to do about a REPLY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplyDecision {
    /// Store the attendee with a counted answer.
    Record(Box<Attendee>),
    /// Store the attendee with the answer in the history only (the event is cancelled).
    RecordUncounted(Box<Attendee>),
    /// Evidence is `None`: show it, never count it.
    Quarantine,
    /// No effect.
    Ignore(Ignored),
    /// Understood, but refused for a reason (delegation until it is supported, uninvited when closed).
    Refuse(RefusalReason),
}
