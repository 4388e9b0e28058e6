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
mod remind;
mod reopen;
mod reply;
mod request;
mod revise;
mod rule;
mod seat;
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
pub use remind::{CannotRemind, MAX_REMINDERS, NotReminded, REMINDED_EVERY, Reminder, may_remind};
pub use reopen::reopen;
pub use reply::{addresses_of_reply, reply};
pub use request::{request, request_explained};
pub use rule::Rule;
pub use seat::{Seated, Seating, let_in, seat, seat_from_before, taken_out};
pub use who::{addresses_to_load, token_is_of};

/// What is known of an organizer when he commands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Whether a suspension is in force.
    pub suspended: bool,
    /// Whether he has a subscription.
    pub enrolled: bool,
    /// What his subscription allows him, where it says so.
    pub allowance: Option<Allowance>,
    /// Events he has created.
    pub events: u32,
}

/// What a subscription allows, in place of the tenant's limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Events; `None`: no limit.
    pub events: Option<u32>,
    /// Invitations per event.
    pub invites_per_event: u32,
}

impl Allowance {
    /// What somebody may who has both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            events: self
                .events
                .zip(other.events)
                .map(|(one, other)| one.max(other)),
            invites_per_event: self.invites_per_event.max(other.invites_per_event),
        }
    }
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

impl Limits {
    /// How many events this organizer may create; `None`: no limit.
    #[must_use]
    pub fn events_of(&self, organizer: &Standing) -> Option<u32> {
        match organizer.allowance {
            Some(allowance) => allowance.events,
            None => self.events_per_organizer,
        }
    }

    /// How many people this organizer may invite to an event.
    #[must_use]
    pub fn invites_of(&self, organizer: &Standing) -> u32 {
        organizer
            .allowance
            .map_or(self.invites_per_event, |allowance| {
                allowance.invites_per_event
            })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: Limits = Limits {
        events_per_organizer: Some(5),
        invites_per_event: 2_500,
        enrolled_only: false,
        uninvited: Uninvited::Open,
    };

    fn standing(allowance: Option<Allowance>) -> Standing {
        Standing {
            enrolled: allowance.is_some(),
            allowance,
            ..Standing::default()
        }
    }

    #[test]
    fn what_a_subscription_allows_takes_the_place_of_the_tenants_limits() {
        for (allowed, expected) in [
            (None, (Some(5), 2_500)),
            (Some((None, 10_000)), (None, 10_000)),
            (Some((Some(1), 2)), (Some(1), 2)),
        ] {
            let allowance = allowed.map(|(events, invites_per_event)| Allowance {
                events,
                invites_per_event,
            });
            let organizer = standing(allowance);
            let limits = (TENANT.events_of(&organizer), TENANT.invites_of(&organizer));
            assert_eq!(limits, expected);
        }
    }

    #[test]
    fn of_two_subscriptions_the_more_generous_counts_for_each_limit() {
        let allowance = |events, invites_per_event| Allowance {
            events,
            invites_per_event,
        };
        let few_events = allowance(Some(1), 10_000);
        for (other, expected) in [
            (allowance(Some(50), 2), allowance(Some(50), 10_000)),
            (allowance(None, 2), allowance(None, 10_000)),
        ] {
            assert_eq!(few_events.with(other), expected);
            assert_eq!(other.with(few_events), expected);
        }
    }
}
