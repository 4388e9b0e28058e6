//! What is known + what arrived + now → what to store, with reasons. Pure.
//!
//! A handler loads what the function's documentation lists, calls it, and stores what the decision holds under the
//! condition written there. A condition that fails means another message was quicker: load and decide again, from
//! the start. Nothing is lost between two handlers that way, and nothing is applied twice.
//!
//! The rules are the table "Order and repetition" (docs/semantics.md); each decision's file quotes its row.

mod about;
mod approval;
mod attendee;
mod cancel;
mod counter;
mod delegate;
mod fan_out;
mod held;
mod instance;
mod invite;
mod list;
mod may_create;
mod order;
mod reason;
mod record;
mod refresh;
mod reopen;
mod reply;
mod request;
mod revise;
mod rule;
mod significance;
mod uninvited;
mod who;

use crate::{
    command::RefusalReason,
    event::{Event, Uninvited},
};

pub use approval::{approval, approval_is_about};
pub use attendee::{AttendeeDecision, AttendeeWrite, Known, Outcome, newly_owed, newly_waiting};
pub use cancel::{cancel, cancel_explained};
pub use counter::{Slot, counter, tally};
pub use fan_out::{
    Due, Hold, NotStopped, Stage, StopDecision, Stoppable, Tells, due, stop, stop_by_mail,
    stop_is_about,
};
pub use held::{HOLD_FOR, Held, HeldCancel, HeldInstance};
pub use invite::{Invite, InviteDecision, NotInvited, invite};
pub use list::{
    KnownPerson, ListContext, ListDecision, ListRefusal, Person, RESULT_HEADER, RowRefusal,
    RowResult, Tally, list, people_to_look_up, write_results,
};
pub use order::Order;
pub use reason::{Explained, Reason, Value};
pub use refresh::{OWED_EVERY, refresh, unclear};
pub use reopen::reopen;
pub use reply::{addresses_of_reply, reply};
pub use request::{request, request_explained};
pub use rule::Rule;
pub use who::{addresses_to_load, token_is_of};

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
    /// Who else may answer an event whose organizer says nothing about it.
    pub uninvited: Uninvited,
}

/// Why a message that is allowed has no effect. Not a refusal: nobody is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Ignored {
    /// The same mail, or the same content, was applied before.
    SeenBefore,
    /// Its SEQUENCE is older than what is known.
    OlderSequence,
    /// Same SEQUENCE, and DTSTAMP is not later (of an answer: is earlier).
    NotNewer,
    /// The event is cancelled, and only a higher SEQUENCE reinstates it.
    AlreadyCancelled,
    /// Nothing in it differs from what is known.
    NothingChanged,
    /// No such event.
    UnknownEvent,
    /// Nobody of that name was invited, and no token says who was.
    UnknownAttendee,
    /// NEEDS-ACTION in a REPLY is never an answer.
    NotAnAnswer,
    /// The series has no such date.
    UnknownInstance,
    /// He was sent what he asks for less than an hour ago.
    TooSoon,
    /// As many answers as are kept wait in that record.
    TooManyWaiting,
    /// Nobody waits for this approval (any more).
    NothingWaits,
}

impl Ignored {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::SeenBefore,
        Self::OlderSequence,
        Self::NotNewer,
        Self::AlreadyCancelled,
        Self::NothingChanged,
        Self::UnknownEvent,
        Self::UnknownAttendee,
        Self::NotAnAnswer,
        Self::UnknownInstance,
        Self::TooSoon,
        Self::TooManyWaiting,
        Self::NothingWaits,
    ];

    /// Stable kebab-case name, for records and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SeenBefore => "seen-before",
            Self::OlderSequence => "older-sequence",
            Self::NotNewer => "not-newer",
            Self::AlreadyCancelled => "already-cancelled",
            Self::NothingChanged => "nothing-changed",
            Self::UnknownEvent => "unknown-event",
            Self::UnknownAttendee => "unknown-attendee",
            Self::NotAnAnswer => "not-an-answer",
            Self::UnknownInstance => "unknown-instance",
            Self::TooSoon => "too-soon",
            Self::TooManyWaiting => "too-many-waiting",
            Self::NothingWaits => "nothing-waits",
        }
    }

    /// The same in words; what conversations write after `ignored`.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::SeenBefore => "seen before",
            Self::OlderSequence => "older sequence",
            Self::NotNewer => "not newer",
            Self::AlreadyCancelled => "already cancelled",
            Self::NothingChanged => "nothing changed",
            Self::UnknownEvent => "unknown event",
            Self::UnknownAttendee => "unknown attendee",
            Self::NotAnAnswer => "not an answer",
            Self::UnknownInstance => "unknown instance",
            Self::TooSoon => "too soon",
            Self::TooManyWaiting => "too many waiting",
            Self::NothingWaits => "nothing waits",
        }
    }
}

/// What to do about a REQUEST.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestDecision {
    /// Store a new event; it is `Cancelled` from the start when a held CANCEL wins.
    ///
    /// One transaction: put the event if there is none; check that what is held is as it was read (absent, or of the
    /// same version), else a CANCEL arriving at this moment is lost; count the organizer's event.
    Create(Box<Event>),
    /// Store a changed event; condition: the stored `version` is one less. Attendees hear of it, under its `revision`.
    Update {
        /// The event after the change.
        event: Box<Event>,
        /// Whether it reopens answers (D6), to the event or to an instance of it: DTSTART, DTEND, RRULE, RDATE, EXDATE,
        /// LOCATION, STATUS, or taken back from cancelled.
        significant: bool,
    },
    /// About instances of an unknown series: keep this for seven days, as in [`CancelDecision::Hold`].
    Hold(Box<Held>),
    /// Nobody hears of it.
    Ignore {
        /// Why.
        reason: Ignored,
        /// Store this (condition: the stored `version` is one less): the same event, same `revision` and `stamp`,
        /// with the organizer's order moved on. `None`: store nothing.
        remember: Option<Box<Event>>,
    },
    /// Refuse, and say so.
    Refuse(RefusalReason),
}

/// What to do about a CANCEL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CancelDecision {
    /// Store the event as cancelled; condition: the stored `version` is one less. Attendees hear of it.
    Cancel(Box<Event>),
    /// Store the event without the instances that were cancelled; condition: the stored `version` is one less.
    /// Attendees hear of it as of an update, under its `revision`.
    Update(Box<Event>),
    /// Unknown event: keep this for seven days.
    ///
    /// One transaction: put it, on condition that the stored `version` is one less (1: that there is none); check that
    /// there is still no event, else a REQUEST arriving at this moment never meets it.
    Hold(Box<Held>),
    /// Nobody hears of it.
    Ignore {
        /// Why.
        reason: Ignored,
        /// As in [`RequestDecision::Ignore`].
        remember: Option<Box<Event>>,
    },
    /// Refuse, and say so.
    Refuse(RefusalReason),
}

/// Why a recorded answer is not the current one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Uncounted {
    /// The event is cancelled.
    EventCancelled,
    /// The instance of a series it answers is cancelled.
    InstanceCancelled,
    /// It answers a version from before the last significant change, which reopened all answers.
    EarlierVersion,
}

impl Uncounted {
    /// Stable kebab-case name, for records and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::EventCancelled => "event-cancelled",
            Self::InstanceCancelled => "instance-cancelled",
            Self::EarlierVersion => "earlier-version",
        }
    }
}
