//! An organizer's CANCEL of a whole event.
//!
//! > held 7 days (RFC 5546 5.2.1) | ignored | applies once | applies
//!
//! "Same sequence applies" without a look at DTSTAMP: Thunderbird's CANCEL repeats the last SEQUENCE and DTSTAMP, and
//! "must be newer" would drop it.

use jiff::{SignedDuration, Timestamp};

use super::{CancelDecision, HeldCancel, Ignored, Order, order::next_stamp, request::accept};
use crate::{
    command::{Cancel, RefusalReason},
    event::Event,
    ical::Status,
};

/// How long a CANCEL waits for its REQUEST.
pub const HOLD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Decides about a CANCEL.
///
/// Loaded first, with `uid` = [`crate::id::Uid::derive`] of the key, the organizer and the client's UID: `known` =
/// `event#<uid>`/`event#<uid>`; `held` = `event#<uid>`/`held#cancel` (needed only without `known`). Strongly
/// consistent. A suspended organizer may cancel: his attendees must not stand before a closed door.
#[must_use]
pub fn cancel(
    known: Option<&Event>,
    held: Option<&HeldCancel>,
    cancel: &Cancel,
    now: Timestamp,
) -> CancelDecision {
    match known {
        None => hold(held, cancel, now),
        Some(known) => apply(known, cancel, now),
    }
}

fn hold(held: Option<&HeldCancel>, cancel: &Cancel, now: Timestamp) -> CancelDecision {
    let reason = held.filter(|held| held.expires > now).and_then(|held| {
        match Order::of(held.stamp, cancel.stamp) {
            _ if held.digest == cancel.digest => Some(Ignored::SeenBefore),
            Order::OlderSequence => Some(Ignored::OlderSequence),
            Order::NotLater => Some(Ignored::NotNewer),
            Order::LaterStamp | Order::HigherSequence => None,
        }
    });
    match reason {
        Some(reason) => ignore(reason),
        None => CancelDecision::Hold(HeldCancel {
            stamp: cancel.stamp,
            digest: cancel.digest.clone(),
            expires: now.checked_add(HOLD_FOR).unwrap_or(Timestamp::MAX),
        }),
    }
}

fn apply(known: &Event, cancel: &Cancel, now: Timestamp) -> CancelDecision {
    if known.organizer.address != cancel.organizer.address {
        return CancelDecision::Refuse(RefusalReason::NotYourEvent);
    }
    if known.seen.contains(&cancel.digest) {
        return ignore(Ignored::SeenBefore);
    }
    let order = Order::of(known.accepted, cancel.stamp);
    if order == Order::OlderSequence {
        return ignore(Ignored::OlderSequence);
    }
    if known.is_cancelled() && order == Order::NotLater {
        return ignore(Ignored::AlreadyCancelled);
    }

    let mut event = known.clone();
    event.version = known.version.saturating_add(1);
    accept(&mut event, cancel.stamp, &cancel.digest);
    if known.is_cancelled() {
        // Its place in the order still counts: only a REQUEST above the highest CANCEL reinstates.
        return CancelDecision::Ignore {
            reason: Ignored::AlreadyCancelled,
            remember: Some(Box::new(event)),
        };
    }
    event.status = Status::Cancelled;
    event.revision = known.revision.saturating_add(1);
    event.stamp = next_stamp(known.stamp, now, true);
    event.last_modified = now;
    CancelDecision::Cancel(Box::new(event))
}

fn ignore(reason: Ignored) -> CancelDecision {
    CancelDecision::Ignore {
        reason,
        remember: None,
    }
}
