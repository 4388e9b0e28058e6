//! An organizer's REQUEST: a new event, a change, or nothing new.
//!
//! > create | ignored, logged | later DTSTAMP applies; equal or earlier is ignored | applies | nothing changed: no
//! > mail. Significant (DTSTART, DTEND, LOCATION, STATUS): sequence+1, answers reopen. Else: sequence stays, new
//! > DTSTAMP, answers stay. After CANCEL: – | ignored | ignored | reinstates.

use jiff::{Timestamp, civil};

use super::{
    HeldCancel, Ignored, Limits, Order, RequestDecision, Standing,
    order::{first_stamp, next_stamp},
};
use crate::{
    command::{RefusalReason, Request},
    event::{Details, Event, Stamp},
    ical::{ContentLine, Status},
    id::{Digest, TenantKey, Uid},
    time::CalendarTime,
};

/// Decides about a REQUEST.
///
/// Loaded first, with `uid` = [`Uid::derive`] of the key, the organizer and the client's UID: `known` =
/// `event#<uid>`/`event#<uid>`; `held` = `event#<uid>`/`held#cancel` (needed only without `known`); `standing` = the
/// organizer's suspension, subscription and count of events. All strongly consistent.
#[must_use]
pub fn request(
    known: Option<&Event>,
    held: Option<&HeldCancel>,
    standing: &Standing,
    limits: &Limits,
    key: &TenantKey,
    request: &Request,
    now: Timestamp,
) -> RequestDecision {
    match known {
        None => create(held, standing, limits, key, request, now),
        Some(known) => change(known, standing, request, now),
    }
}

fn create(
    held: Option<&HeldCancel>,
    standing: &Standing,
    limits: &Limits,
    key: &TenantKey,
    request: &Request,
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
        accepted: request.stamp,
        status: request.details.status,
        details: request.details.clone(),
        created: now,
        last_modified: now,
        seen: vec![request.digest.clone()],
    };
    // The same comparison as for a REQUEST that comes after its CANCEL, so the order of arrival does not matter:
    // SEQUENCE alone decides, because clients repeat the last DTSTAMP in a CANCEL.
    let cancelled =
        held.filter(|held| held.expires > now && held.stamp.sequence >= request.stamp.sequence);
    if let Some(held) = cancelled {
        event.status = Status::Cancelled;
        accept(&mut event, held.stamp, &held.digest);
    }
    RequestDecision::Create(Box::new(event))
}

fn change(
    known: &Event,
    standing: &Standing,
    request: &Request,
    now: Timestamp,
) -> RequestDecision {
    if known.organizer.address != request.organizer.address {
        return RequestDecision::Refuse(RefusalReason::NotYourEvent);
    }
    if known.seen.contains(&request.digest) {
        return ignore(Ignored::SeenBefore);
    }
    let order = Order::of(known.accepted, request.stamp);
    match order {
        Order::OlderSequence => return ignore(Ignored::OlderSequence),
        Order::NotLater if known.is_cancelled() => return ignore(Ignored::AlreadyCancelled),
        Order::NotLater => return ignore(Ignored::NotNewer),
        Order::LaterStamp | Order::HigherSequence => {}
    }
    if standing.suspended {
        return RequestDecision::Refuse(RefusalReason::OrganizerSuspended);
    }

    let mut event = known.clone();
    event.version = known.version.saturating_add(1);
    accept(&mut event, request.stamp, &request.digest);
    if known.is_cancelled() && order != Order::HigherSequence {
        return RequestDecision::Ignore {
            reason: Ignored::AlreadyCancelled,
            remember: Some(Box::new(event)),
        };
    }
    event.details = request.details.clone();
    event.status = request.details.status;
    event.prodid.clone_from(&request.prodid);
    if request.organizer.name.is_some() {
        event.organizer.name.clone_from(&request.organizer.name);
    }
    let significant =
        known.is_cancelled() || differs_significantly(&known.details, &request.details);
    if !significant && !differs_visibly(&known.details, &request.details) {
        return RequestDecision::Ignore {
            reason: Ignored::NothingChanged,
            remember: Some(Box::new(event)),
        };
    }
    event.revision = known.revision.saturating_add(1);
    event.stamp = next_stamp(known.stamp, now, significant);
    event.last_modified = now;
    RequestDecision::Update {
        event: Box::new(event),
        significant,
    }
}

fn ignore(reason: Ignored) -> RequestDecision {
    RequestDecision::Ignore {
        reason,
        remember: None,
    }
}

/// Moves the organizer's order on, never back, and keeps the digest of what moved it.
pub(super) fn accept(event: &mut Event, stamp: Stamp, digest: &Digest) {
    event.accepted = event.accepted.max(stamp);
    event.seen.push(digest.clone());
    let surplus = event.seen.len().saturating_sub(Event::MAX_SEEN);
    event.seen.drain(..surplus);
}

/// Whether people who said they come must be asked again.
fn differs_significantly(old: &Details, new: &Details) -> bool {
    moment(&old.start) != moment(&new.start)
        || moment(&old.end) != moment(&new.end)
        || old.location != new.location
        || old.status != new.status
}

/// What a calendar time means to people, however the client wrote it: Google turns the zone's time it was given
/// into UTC, Outlook renames the zone, and nobody has to be asked again for that.
#[derive(PartialEq)]
enum Moment {
    Instant(Timestamp),
    Floating(civil::DateTime),
    Day(civil::Date),
}

fn moment(time: &CalendarTime) -> Moment {
    match time {
        CalendarTime::Utc(instant) | CalendarTime::Zoned { instant, .. } => {
            Moment::Instant(*instant)
        }
        CalendarTime::Floating(local) => Moment::Floating(*local),
        CalendarTime::AllDay(date) => Moment::Day(*date),
    }
}

/// Whether an attendee could notice: everything but the client's own bookkeeping.
fn differs_visibly(old: &Details, new: &Details) -> bool {
    let visible = |details: &Details| Details {
        other: details
            .other
            .iter()
            .filter(|line| !is_bookkeeping(line))
            .cloned()
            .collect(),
        ..details.clone()
    };
    visible(old) != visible(new)
}

/// Properties a client rewrites with every mail it sends, although the organizer changed nothing.
fn is_bookkeeping(line: &ContentLine) -> bool {
    const NAMES: [&str; 3] = ["CREATED", "LAST-MODIFIED", "X-GENERATION"];
    const PREFIXES: [&str; 4] = ["X-MOZ-", "X-MICROSOFT-CDO-", "X-MS-OLK-", "X-EVOLUTION-"];
    NAMES.contains(&line.name.as_str())
        || PREFIXES.iter().any(|prefix| line.name.starts_with(prefix))
}
