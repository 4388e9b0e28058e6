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
    Held, HeldInstance, Ignored, Limits, Order, RequestDecision, Standing,
    held::expiry,
    instance::{Merged, merge},
    order::first_stamp,
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
    match (known, &request.whole) {
        (None, Some(whole)) => create(held, standing, limits, key, request, whole, now),
        (None, None) => hold(held, standing, request, now),
        (Some(known), whole) => change(known, standing, request, whole.as_ref(), now),
    }
}

fn create(
    held: Option<&Held>,
    standing: &Standing,
    limits: &Limits,
    key: &TenantKey,
    request: &Request,
    whole: &Whole,
    now: Timestamp,
) -> RequestDecision {
    if standing.suspended {
        return RequestDecision::Refuse(RefusalReason::OrganizerSuspended);
    }
    if limits.enrolled_only && !standing.enrolled {
        return RequestDecision::Refuse(RefusalReason::OrganizerNotEnrolled);
    }
    if let Some(limit) = limits
        .events_per_organizer
        .filter(|limit| standing.events >= *limit)
    {
        return RequestDecision::Refuse(RefusalReason::EventLimit { limit });
    }
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
        uninvited: request.uninvited.unwrap_or(limits.uninvited),
        editions: Vec::new(),
        tzdata: tzdata_version().to_owned(),
        created: now,
        last_modified: now,
        seen: vec![request.digest.clone()],
    };
    for instance in &request.instances {
        if let Err(reason) = merge(&mut event, instance, Some(whole.stamp)) {
            return RequestDecision::Refuse(reason);
        }
    }
    let held = held.map(|held| held.at(now)).unwrap_or_default();
    for waiting in held.instances.values() {
        // What was held long ago must not make a good REQUEST fail.
        if let Ok(Merged::Changed) = merge(&mut event, &waiting.request, None) {
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
    let cancelled = held
        .cancel
        .filter(|held| held.stamp.sequence >= whole.stamp.sequence);
    if let Some(held) = cancelled {
        event.status = Status::Cancelled;
        accept(&mut event, held.stamp, &held.digest);
    }
    match too_much(&event) {
        Some(reason) => RequestDecision::Refuse(reason),
        None => RequestDecision::Create(Box::new(event)),
    }
}

fn hold(
    held: Option<&Held>,
    standing: &Standing,
    request: &Request,
    now: Timestamp,
) -> RequestDecision {
    if standing.suspended {
        return RequestDecision::Refuse(RefusalReason::OrganizerSuspended);
    }
    let mut kept = held.map(|held| held.at(now)).unwrap_or_default();
    if kept.has_seen(&request.digest) {
        return ignore(Ignored::SeenBefore);
    }
    let mut moved = false;
    for instance in &request.instances {
        let key = instance.recurrence_id.instance_key();
        let newer = kept.instances.get(&key).is_none_or(|known| {
            matches!(
                Order::of(known.request.stamp, instance.stamp),
                Order::LaterStamp | Order::HigherSequence
            )
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
        return ignore(Ignored::NotNewer);
    }
    if kept.instances.len() > Held::MAX_INSTANCES {
        return RequestDecision::Refuse(RefusalReason::TooManyInstances {
            limit: Held::MAX_INSTANCES,
        });
    }
    kept.version = kept.version.saturating_add(1);
    RequestDecision::Hold(Box::new(kept))
}

fn change(
    known: &Event,
    standing: &Standing,
    request: &Request,
    whole: Option<&Whole>,
    now: Timestamp,
) -> RequestDecision {
    if known.organizer.address != request.organizer.address {
        return RequestDecision::Refuse(RefusalReason::NotYourEvent);
    }
    if known.seen.contains(&request.digest) {
        return ignore(Ignored::SeenBefore);
    }
    let mut reinstates = false;
    if let Some(whole) = whole {
        match Order::of(known.accepted, whole.stamp) {
            Order::OlderSequence => return ignore(Ignored::OlderSequence),
            Order::NotLater if known.is_cancelled() => return ignore(Ignored::AlreadyCancelled),
            Order::NotLater => return ignore(Ignored::NotNewer),
            order => reinstates = order == Order::HigherSequence,
        }
    }
    if standing.suspended {
        return RequestDecision::Refuse(RefusalReason::OrganizerSuspended);
    }

    let mut event = known.clone();
    event.version = known.version.saturating_add(1);
    if known.is_cancelled() && !reinstates {
        // Of an instance nothing is remembered: it must not move the order of the whole.
        let Some(whole) = whole else {
            return ignore(Ignored::AlreadyCancelled);
        };
        accept(&mut event, whole.stamp, &request.digest);
        return RequestDecision::Ignore {
            reason: Ignored::AlreadyCancelled,
            remember: Some(Box::new(event)),
        };
    }
    if let Some(whole) = whole {
        apply_whole(&mut event, known, request, whole);
    }
    let mut newer = whole.is_some();
    for instance in &request.instances {
        match merge(&mut event, instance, whole.map(|whole| whole.stamp)) {
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
    if let Some(uninvited) = request.uninvited {
        event.uninvited = uninvited;
    }
    // One more date asks nobody about the others.
    let asks = if whole.is_some() {
        Asks::IfSignificant
    } else {
        Asks::Nobody
    };
    let change = revise(known, &mut event, asks, now);
    if let Some(reason) = too_much(&event) {
        return RequestDecision::Refuse(reason);
    }
    match change {
        None => RequestDecision::Ignore {
            reason: Ignored::NothingChanged,
            remember: Some(Box::new(event)),
        },
        Some(significant) => RequestDecision::Update {
            event: Box::new(event),
            significant,
        },
    }
}

/// Takes the whole event as the mail has it. Overrides it does not list are dropped, but for what was said of an
/// instance later than this mail was written.
fn apply_whole(event: &mut Event, known: &Event, request: &Request, whole: &Whole) {
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
}

/// Most a record of the table holds, in bytes, with room for what else stands in it.
const MAX_EVENT_BYTES: usize = 300 * 1024;

fn too_much(event: &Event) -> Option<RefusalReason> {
    if event.instances.len() > Event::MAX_INSTANCES {
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
    (event.details.bytes() + instances + editions > MAX_EVENT_BYTES).then_some(
        RefusalReason::TooLarge {
            limit_bytes: MAX_EVENT_BYTES,
        },
    )
}

fn ignore(reason: Ignored) -> RequestDecision {
    RequestDecision::Ignore {
        reason,
        remember: None,
    }
}
