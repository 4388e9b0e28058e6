//! An organizer's REQUEST (ADD, PUBLISH): a new event, a change of it or of instances of it, or nothing new.
//!
//! > create | ignored, logged | later DTSTAMP applies; equal or earlier is ignored | applies | nothing changed: no
//! > mail. Significant: sequence+1, answers reopen. Else: sequence stays, new DTSTAMP, answers stay. After CANCEL: – |
//! > ignored | ignored | reinstates.
//! >
//! > With RECURRENCE-ID only: held | per instance | merges the instance, never drops the series; a full REQUEST drops
//! > overrides it does not list.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Explained, Held, HeldInstance, Ignored, Limits, Order, RequestDecision, Rule, Standing,
    held::expiry,
    instance::{Merged, merge},
    may_create::may_not_create,
    order::{compared, first_stamp},
    reason::Trace,
    revise::{Asks, accept, revise},
};
use crate::{
    command::{Range, RefusalReason, Request, Whole},
    event::{Details, Edition, Event, Instance},
    ical::Status,
    id::{TenantKey, Uid},
    time::tzdata_version,
};

/// Decides about a REQUEST.
///
/// Loaded first, with `uid` = [`Uid::derive`] of the key, the organizer and the client's UID: `known` =
/// `event#<uid>`/`event#<uid>`; `held` = `event#<uid>`/`held#` (needed only without `known`); `standing` = the
/// organizer's suspension, subscription and count of events. All strongly consistent.
#[must_use]
pub fn request(
    known: Option<&Event>,
    held: Option<&Held>,
    standing: &Standing,
    limits: &Limits,
    key: &TenantKey,
    request: &Request,
    now: Timestamp,
) -> RequestDecision {
    request_explained(known, held, standing, limits, key, request, now).decision
}

/// [`request`], and why.
#[must_use]
pub fn request_explained(
    known: Option<&Event>,
    held: Option<&Held>,
    standing: &Standing,
    limits: &Limits,
    key: &TenantKey,
    request: &Request,
    now: Timestamp,
) -> Explained<RequestDecision> {
    let mut why = Trace::default();
    let decision = match (known, &request.whole) {
        (Some(known), whole) => change(known, standing, request, whole.as_ref(), now, &mut why),
        (None, whole) => {
            let organizer = &request.organizer.address;
            why.no_such_event(organizer, &request.client_uid);
            match whole {
                Some(whole) => match may_not_create(standing, limits, &mut why) {
                    Some(reason) => RequestDecision::Refuse(reason),
                    None => create(held, limits, key, request, whole, now, &mut why),
                },
                None => hold(held, standing, request, now, &mut why),
            }
        }
    };
    why.explains(decision)
}

fn create(
    held: Option<&Held>,
    limits: &Limits,
    key: &TenantKey,
    request: &Request,
    whole: &Whole,
    now: Timestamp,
    why: &mut Trace,
) -> RequestDecision {
    let mut event = Event {
        uid: Uid::derive(key, &request.organizer.address, &request.client_uid),
        client_uid: request.client_uid.clone(),
        organizer: request.organizer.clone(),
        prodid: request.prodid.clone(),
        mailto: request.mailto.clone(),
        revision: 1,
        version: 1,
        stamp: first_stamp(now),
        accepted: whole.stamp,
        status: whole.details.status,
        details: whole.details.clone(),
        instances: BTreeMap::new(),
        open_since: 0,
        uninvited: request.settings.uninvited.unwrap_or(limits.uninvited),
        seats: request
            .settings
            .seats
            .and_then(|seats| seats.after(None, now)),
        editions: Vec::new(),
        tzdata: tzdata_version().to_owned(),
        created: now,
        last_modified: now,
        seen: vec![request.digest.clone()],
    };
    for instance in &request.instances {
        if let Err(reason) = merge(&mut event, instance, Some(whole.stamp), why) {
            return RequestDecision::Refuse(reason);
        }
    }
    let held = held.map(|held| held.at(now)).unwrap_or_default();
    for (key, waiting) in &held.instances {
        // What was held long ago must not make a good REQUEST fail.
        if let Ok(Merged::Changed) = merge(&mut event, &waiting.request, None, why) {
            why.note(Rule::HeldInstanceMerged, [("instance", key.into())]);
            event.seen.push(waiting.digest.clone());
        }
    }
    // Nobody has answered yet, and nobody holds an older copy.
    for instance in event.instances.values_mut() {
        instance.sequence = 0;
        instance.open_since = 0;
    }
    // The same comparison as for a REQUEST that comes after its CANCEL, so the order of arrival does not matter:
    // SEQUENCE alone decides, because clients repeat the last DTSTAMP in a CANCEL.
    if let Some(held) = held.cancel {
        let values = compared(held.stamp, whole.stamp);
        if held.stamp.sequence >= whole.stamp.sequence {
            why.note(Rule::HeldCancelWins, values);
            event.status = Status::Cancelled;
            accept(&mut event, held.stamp, &held.digest);
        } else {
            why.note(Rule::HeldCancelIsOlder, values);
        }
    }
    match too_much(&event, why) {
        Some(reason) => RequestDecision::Refuse(reason),
        None => {
            why.note(Rule::OurOrder, [("after", event.stamp.into())]);
            RequestDecision::Create(Box::new(event))
        }
    }
}

fn hold(
    held: Option<&Held>,
    standing: &Standing,
    request: &Request,
    now: Timestamp,
    why: &mut Trace,
) -> RequestDecision {
    if standing.suspended {
        why.note(Rule::OrganizerSuspended, []);
        return RequestDecision::Refuse(RefusalReason::OrganizerSuspended);
    }
    let mut kept = held.map(|held| held.at(now)).unwrap_or_default();
    if kept.has_seen(&request.digest) {
        why.note(Rule::SeenBefore, []);
        return ignore(Ignored::SeenBefore);
    }
    let mut moved = false;
    for instance in &request.instances {
        let key = instance.recurrence_id.instance_key();
        let newer = kept.instances.get(&key).is_none_or(|known| {
            let order = Order::of(known.request.stamp, instance.stamp);
            order.note(known.request.stamp, instance.stamp, why);
            matches!(order, Order::LaterStamp | Order::HigherSequence)
        });
        if newer {
            moved = true;
            let waiting = HeldInstance {
                request: instance.clone(),
                digest: request.digest.clone(),
                expires: expiry(now),
            };
            kept.instances.insert(key, waiting);
        }
    }
    if !moved {
        why.note(Rule::NewerIsHeld, []);
        return ignore(Ignored::NotNewer);
    }
    if kept.instances.len() > Held::MAX_INSTANCES {
        why.note(
            Rule::TooManyInstances,
            [("limit", Held::MAX_INSTANCES.into())],
        );
        return RequestDecision::Refuse(RefusalReason::TooManyInstances {
            limit: Held::MAX_INSTANCES,
        });
    }
    kept.version = kept.version.saturating_add(1);
    why.note(Rule::WaitsForRequest, [("until", expiry(now).into())]);
    RequestDecision::Hold(Box::new(kept))
}

fn change(
    known: &Event,
    standing: &Standing,
    request: &Request,
    whole: Option<&Whole>,
    now: Timestamp,
    why: &mut Trace,
) -> RequestDecision {
    if known.organizer.address != request.organizer.address {
        why.not_the_owner(&known.organizer.address, &request.organizer.address);
        return RequestDecision::Refuse(RefusalReason::NotYourEvent);
    }
    if known.seen.contains(&request.digest) {
        why.note(Rule::SeenBefore, []);
        return ignore(Ignored::SeenBefore);
    }
    let mut reinstates = false;
    if let Some(whole) = whole {
        let order = Order::of(known.accepted, whole.stamp);
        order.note(known.accepted, whole.stamp, why);
        match order {
            Order::OlderSequence => return ignore(Ignored::OlderSequence),
            Order::NotLater if known.is_cancelled() => {
                why.note(Rule::CancelledAlready, []);
                return ignore(Ignored::AlreadyCancelled);
            }
            Order::NotLater => return ignore(Ignored::NotNewer),
            order => reinstates = order == Order::HigherSequence,
        }
    }
    if standing.suspended {
        why.note(Rule::OrganizerSuspended, []);
        return RequestDecision::Refuse(RefusalReason::OrganizerSuspended);
    }

    let mut event = known.clone();
    event.version = known.version.saturating_add(1);
    if known.is_cancelled() && !reinstates {
        why.note(Rule::CancelledAlready, []);
        // Of an instance nothing is remembered: it must not move the order of the whole.
        let Some(whole) = whole else {
            return ignore(Ignored::AlreadyCancelled);
        };
        accept(&mut event, whole.stamp, &request.digest);
        why.note(Rule::OrderRemembered, [("after", event.accepted.into())]);
        return RequestDecision::Ignore {
            reason: Ignored::AlreadyCancelled,
            remember: Some(Box::new(event)),
        };
    }
    if known.is_cancelled() {
        why.note(Rule::Reinstated, []);
    }
    if let Some(whole) = whole {
        apply_whole(&mut event, known, request, whole, why);
    }
    let mut newer = whole.is_some();
    for instance in &request.instances {
        match merge(&mut event, instance, whole.map(|whole| whole.stamp), why) {
            Ok(Merged::Changed) => newer = true,
            Ok(Merged::NotNewer) => {}
            Err(reason) => return RequestDecision::Refuse(reason),
        }
    }
    if !newer {
        return ignore(Ignored::NotNewer);
    }
    if whole.is_none() {
        accept(&mut event, known.accepted, &request.digest);
    }
    if let Some(uninvited) = request.settings.uninvited {
        event.uninvited = uninvited;
    }
    if let Some(seats) = request.settings.seats {
        event.seats = seats.after(known.seats, now);
    }
    // One more date asks nobody about the others.
    let asks = if whole.is_some() {
        Asks::IfSignificant
    } else {
        Asks::Nobody
    };
    let change = revise(known, &mut event, asks, now, why);
    if let Some(reason) = too_much(&event, why) {
        return RequestDecision::Refuse(reason);
    }
    match change {
        None => {
            why.note(Rule::OrderRemembered, [("after", event.accepted.into())]);
            RequestDecision::Ignore {
                reason: Ignored::NothingChanged,
                remember: Some(Box::new(event)),
            }
        }
        Some(significant) => RequestDecision::Update {
            event: Box::new(event),
            significant,
        },
    }
}

/// Takes the whole event as the mail has it. Overrides it does not list are dropped, but for what was said of an
/// instance later than this mail was written.
fn apply_whole(
    event: &mut Event,
    known: &Event,
    request: &Request,
    whole: &Whole,
    why: &mut Trace,
) {
    accept(event, whole.stamp, &request.digest);
    event.details = whole.details.clone();
    event.status = whole.details.status;
    event.prodid.clone_from(&request.prodid);
    event.tzdata = tzdata_version().to_owned();
    if request.organizer.name.is_some() {
        event.organizer.name.clone_from(&request.organizer.name);
    }
    let is_listed = |instance: &Instance| {
        request.instances.iter().any(|listed| {
            listed.range == Range::One
                && event
                    .details
                    .recurrence_id(&listed.recurrence_id)
                    .instance_key()
                    == instance.recurrence_id.instance_key()
        })
    };
    event.instances = known
        .instances
        .iter()
        .filter(|(_, instance)| {
            instance.accepted.dtstamp > whole.stamp.dtstamp || is_listed(instance)
        })
        .map(|(key, instance)| (key.clone(), instance.clone()))
        .collect();
    if !event.details.recurs() {
        event.instances.clear();
    }
    let dropped = known.instances.len().saturating_sub(event.instances.len());
    if dropped > 0 {
        why.note(Rule::OverridesDropped, [("instances", dropped.into())]);
    }
}

/// Most a record of the table holds, in bytes, with room for what else stands in it.
const MAX_EVENT_BYTES: usize = 300 * 1024;

fn too_much(event: &Event, why: &mut Trace) -> Option<RefusalReason> {
    if event.instances.len() > Event::MAX_INSTANCES {
        why.note(
            Rule::TooManyInstances,
            [("limit", Event::MAX_INSTANCES.into())],
        );
        return Some(RefusalReason::TooManyInstances {
            limit: Event::MAX_INSTANCES,
        });
    }
    let instances: usize = event
        .instances
        .values()
        .map(|instance| 300 + instance.details.as_ref().map_or(0, Details::bytes))
        .sum();
    let editions: usize = event.editions.iter().map(Edition::bytes).sum();
    let bytes = event.details.bytes() + instances + editions;
    (bytes > MAX_EVENT_BYTES).then(|| {
        let values = [("bytes", bytes.into()), ("limit", MAX_EVENT_BYTES.into())];
        why.note(Rule::TooMuch, values);
        RefusalReason::TooLarge {
            limit_bytes: MAX_EVENT_BYTES,
        }
    })
}

fn ignore(reason: Ignored) -> RequestDecision {
    RequestDecision::Ignore {
        reason,
        remember: None,
    }
}
