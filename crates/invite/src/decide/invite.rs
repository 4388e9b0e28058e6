//! One person to invite, before anything is sent (A12): the organizer's standing, the limit, blocks, duplicates.

use jiff::Timestamp;

use super::{Limits, Standing};
use crate::{
    address::Mailbox,
    delivery::Unwanted,
    event::{Attendee, Event, Origin},
};

/// Whom to invite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invite {
    /// The person.
    pub mailbox: Mailbox,
    /// Who asks for it.
    pub origin: Origin,
}

/// What to do about one invite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InviteDecision {
    /// Store a new attendee; sending follows from that.
    ///
    /// One transaction: put the attendee if there is none; add one to `event#<uid>`/`invitations#` on condition
    /// that it is still below the limit.
    Invite(Box<Attendee>),
    /// Nothing is stored or sent.
    Refuse(NotInvited),
}

/// Why a person is not invited.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum NotInvited {
    /// No such event.
    UnknownEvent,
    /// The event is cancelled.
    EventCancelled,
    /// He was invited before.
    AlreadyInvited,
    /// The organizer may not invite at present.
    OrganizerSuspended,
    /// He does not want mail from this organizer, or his address takes none.
    Unwanted(Unwanted),
    /// As many people are invited as the plan allows.
    InviteLimit {
        /// Invitations allowed for one event.
        limit: u32,
    },
}

impl NotInvited {
    /// Stable kebab-case name, for records and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownEvent => "unknown-event",
            Self::EventCancelled => "event-cancelled",
            Self::AlreadyInvited => "already-invited",
            Self::OrganizerSuspended => "organizer-suspended",
            Self::Unwanted(why) => why.code(),
            Self::InviteLimit { .. } => "invite-limit",
        }
    }
}

/// Decides about one invite.
///
/// Loaded first: `event` = `event#<uid>`/`event#<uid>`; `already` = `event#<uid>`/`attendee#<address>`; `unwanted` =
/// what the records of `attendee#<address>` say: `block#<organizer>`, `block#`, `suppressed#`; `standing` = the organizer's suspension;
/// `invited_so_far` = the count in `event#<uid>`/`invitations#`.
#[must_use]
#[expect(
    clippy::too_many_arguments,
    reason = "each is one record the caller loads; bundling them would only rename them"
)]
pub fn invite(
    event: Option<&Event>,
    already: Option<&Attendee>,
    unwanted: Option<Unwanted>,
    standing: &Standing,
    limits: &Limits,
    invited_so_far: u32,
    invite: &Invite,
    now: Timestamp,
) -> InviteDecision {
    let Some(event) = event else {
        return InviteDecision::Refuse(NotInvited::UnknownEvent);
    };
    let reason = if event.is_cancelled() {
        Some(NotInvited::EventCancelled)
    } else if already.is_some() {
        Some(NotInvited::AlreadyInvited)
    } else if standing.suspended {
        Some(NotInvited::OrganizerSuspended)
    } else if let Some(why) = unwanted {
        Some(NotInvited::Unwanted(why))
    } else if invited_so_far >= limits.invites_of(standing) {
        Some(NotInvited::InviteLimit {
            limit: limits.invites_of(standing),
        })
    } else {
        None
    };
    match reason {
        Some(reason) => InviteDecision::Refuse(reason),
        None => InviteDecision::Invite(Box::new(Attendee::invited(
            invite.mailbox.clone(),
            invite.origin,
            now,
        ))),
    }
}
