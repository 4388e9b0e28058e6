//! An organizer's CANCEL of an event, or of instances of a series.
//!
//! > held 7 days (RFC 5546 5.2.1) | ignored | applies once | applies | with RECURRENCE-ID: that instance
//!
//! "Same sequence applies" without a look at DTSTAMP: Thunderbird's CANCEL repeats the last SEQUENCE and DTSTAMP, and
//! "must be newer" would drop it.

use jiff::Timestamp;

use super::{
    CancelDecision, Explained, Held, HeldCancel, HeldInstance, Ignored, Order, Rule,
    held::expiry,
    instance::{Merged, merge},
    order::{compared, next_stamp},
    reason::Trace,
    revise::{Asks, accept, note_our_order, remember, revise},
};
use crate::{
    command::{Cancel, Cancelled, InstanceCancel, InstanceRequest, Range, RefusalReason},
    event::{Event, Stamp},
    ical::Status,
};

/// Decides about a CANCEL.
///
/// Loaded first, with `uid` = [`crate::id::Uid::derive`] of the key, the organizer and the client's UID: `known` =
/// `event#<uid>`/`event#<uid>`; `held` = `event#<uid>`/`held#` (needed only without `known`). Strongly consistent. A
/// suspended organizer may cancel: his attendees must not stand before a closed door.
#[must_use]
pub fn cancel(
    known: Option<&Event>,
    held: Option<&Held>,
    cancel: &Cancel,
    now: Timestamp,
) -> CancelDecision {
    cancel_explained(known, held, cancel, now).decision
}

/// [`cancel`], and why.
#[must_use]
pub fn cancel_explained(
    known: Option<&Event>,
    held: Option<&Held>,
    cancel: &Cancel,
    now: Timestamp,
) -> Explained<CancelDecision> {
    let mut why = Trace::default();
    let organizer = &cancel.organizer.address;
    let decision = match (known, &cancel.what) {
        (None, what) => {
            why.no_such_event(organizer, &cancel.client_uid);
            hold(held, cancel, what, now, &mut why)
        }
        (Some(known), _) if known.organizer.address != *organizer => {
            why.not_the_owner(&known.organizer.address, organizer);
            CancelDecision::Refuse(RefusalReason::NotYourEvent)
        }
        (Some(known), _) if known.seen.contains(&cancel.digest) => {
            why.note(Rule::SeenBefore, []);
            ignore(Ignored::SeenBefore)
        }
        (Some(known), Cancelled::Whole { stamp }) => {
            cancel_whole(known, cancel, *stamp, now, &mut why)
        }
        (Some(known), Cancelled::Instances(instances)) => {
            cancel_instances(known, cancel, instances, now, &mut why)
        }
    };
    why.explains(decision)
}

fn hold(
    held: Option<&Held>,
    cancel: &Cancel,
    what: &Cancelled,
    now: Timestamp,
    why: &mut Trace,
) -> CancelDecision {
    let mut kept = held.map(|held| held.at(now)).unwrap_or_default();
    if kept.has_seen(&cancel.digest) {
        why.note(Rule::SeenBefore, []);
        return ignore(Ignored::SeenBefore);
    }
    let held = match what {
        Cancelled::Whole { stamp } => hold_whole(&mut kept, cancel, *stamp, now, why),
        Cancelled::Instances(instances) => hold_instances(&mut kept, cancel, instances, now),
    };
    if let Some(reason) = held {
        why.note(Rule::NewerIsHeld, []);
        return ignore(reason);
    }
    if kept.instances.len() > Held::MAX_INSTANCES {
        why.note(
            Rule::TooManyInstances,
            [("limit", Held::MAX_INSTANCES.into())],
        );
        return CancelDecision::Refuse(RefusalReason::TooManyInstances {
            limit: Held::MAX_INSTANCES,
        });
    }
    kept.version = kept.version.saturating_add(1);
    why.note(Rule::WaitsForRequest, [("until", expiry(now).into())]);
    CancelDecision::Hold(Box::new(kept))
}

/// Why it is not held, if so.
fn hold_whole(
    kept: &mut Held,
    cancel: &Cancel,
    stamp: Stamp,
    now: Timestamp,
    why: &mut Trace,
) -> Option<Ignored> {
    let reason = kept.cancel.as_ref().and_then(|held| {
        let order = Order::of(held.stamp, stamp);
        order.note(held.stamp, stamp, why);
        match order {
            Order::OlderSequence => Some(Ignored::OlderSequence),
            Order::NotLater => Some(Ignored::NotNewer),
            Order::LaterStamp | Order::HigherSequence => None,
        }
    });
    if reason.is_none() {
        kept.cancel = Some(HeldCancel {
            stamp,
            digest: cancel.digest.clone(),
            expires: expiry(now),
        });
    }
    reason
}

fn hold_instances(
    kept: &mut Held,
    cancel: &Cancel,
    instances: &[InstanceCancel],
    now: Timestamp,
) -> Option<Ignored> {
    let mut moved = false;
    for instance in instances {
        let key = instance.recurrence_id.instance_key();
        let applies = kept.instances.get(&key).is_none_or(|known| {
            match Order::of(known.request.stamp, instance.stamp) {
                Order::OlderSequence => false,
                Order::NotLater => {
                    known.request.details.is_some()
                        && known.request.stamp.sequence == instance.stamp.sequence
                }
                Order::LaterStamp | Order::HigherSequence => true,
            }
        });
        if applies {
            moved = true;
            let waiting = HeldInstance {
                request: as_request(instance),
                digest: cancel.digest.clone(),
                expires: expiry(now),
            };
            kept.instances.insert(key, waiting);
        }
    }
    (!moved).then_some(Ignored::NotNewer)
}

fn as_request(instance: &InstanceCancel) -> InstanceRequest {
    InstanceRequest {
        recurrence_id: instance.recurrence_id.clone(),
        range: if instance.this_and_future {
            Range::ThisAndFuture
        } else {
            Range::One
        },
        stamp: instance.stamp,
        details: None,
    }
}

fn cancel_whole(
    known: &Event,
    cancel: &Cancel,
    stamp: Stamp,
    now: Timestamp,
    why: &mut Trace,
) -> CancelDecision {
    let order = Order::of(known.accepted, stamp);
    match order {
        Order::NotLater => {
            why.note(Rule::CancelAtSameSequence, compared(known.accepted, stamp));
        }
        order => order.note(known.accepted, stamp, why),
    }
    if order == Order::OlderSequence {
        return ignore(Ignored::OlderSequence);
    }
    if known.is_cancelled() {
        why.note(Rule::CancelledAlready, []);
    }
    if known.is_cancelled() && order == Order::NotLater {
        return ignore(Ignored::AlreadyCancelled);
    }

    let mut event = known.clone();
    event.version = known.version.saturating_add(1);
    accept(&mut event, stamp, &cancel.digest);
    if known.is_cancelled() {
        // Its place in the order still counts: only a REQUEST above the highest CANCEL reinstates.
        why.note(Rule::OrderRemembered, [("after", event.accepted.into())]);
        return CancelDecision::Ignore {
            reason: Ignored::AlreadyCancelled,
            remember: Some(Box::new(event)),
        };
    }
    event.status = Status::Cancelled;
    event.revision = known.revision.saturating_add(1);
    event.stamp = next_stamp(known.stamp, now, false);
    event.stamp.sequence = known.highest_sequence().saturating_add(1);
    event.last_modified = now;
    remember(known, &mut event);
    note_our_order(known, &event, why);
    CancelDecision::Cancel(Box::new(event))
}

fn cancel_instances(
    known: &Event,
    cancel: &Cancel,
    instances: &[InstanceCancel],
    now: Timestamp,
    why: &mut Trace,
) -> CancelDecision {
    if known.is_cancelled() {
        why.note(Rule::CancelledAlready, []);
        return ignore(Ignored::AlreadyCancelled);
    }
    // All of it, from the first on.
    let of_all = |instance: &&InstanceCancel| {
        let from = known.details.recurrence_id(&instance.recurrence_id);
        instance.this_and_future && from.instant() <= known.details.start.instant()
    };
    if let Some(all) = instances.iter().find(of_all) {
        why.note(Rule::CancelsFromTheFirst, []);
        return cancel_whole(known, cancel, all.stamp, now, why);
    }
    let mut event = known.clone();
    event.version = known.version.saturating_add(1);
    let mut newer = false;
    for instance in instances {
        match merge(&mut event, &as_request(instance), None, why) {
            Ok(Merged::Changed) => newer = true,
            Ok(Merged::NotNewer) => {}
            Err(reason) => return CancelDecision::Refuse(reason),
        }
    }
    if !newer {
        return ignore(Ignored::NotNewer);
    }
    accept(&mut event, known.accepted, &cancel.digest);
    if event.instances.len() > Event::MAX_INSTANCES {
        why.note(
            Rule::TooManyInstances,
            [("limit", Event::MAX_INSTANCES.into())],
        );
        return CancelDecision::Refuse(RefusalReason::TooManyInstances {
            limit: Event::MAX_INSTANCES,
        });
    }
    match revise(known, &mut event, Asks::Nobody, now, why) {
        None => {
            why.note(Rule::OrderRemembered, [("after", event.accepted.into())]);
            CancelDecision::Ignore {
                reason: Ignored::NothingChanged,
                remember: Some(Box::new(event)),
            }
        }
        Some(_) => CancelDecision::Update(Box::new(event)),
    }
}

fn ignore(reason: Ignored) -> CancelDecision {
    CancelDecision::Ignore {
        reason,
        remember: None,
    }
}
