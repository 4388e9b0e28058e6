//! What an organizer says about one instance of a series.
//!
//! Components have an order of their own (RFC 5546 section 2.1.4: SEQUENCE is a component's), so an instance is
//! compared with the same instance. With the series it is compared by DTSTAMP, the one number that grows over all
//! messages of an organizer: what was said of an instance before the last whole REQUEST was written is replaced by that.

use super::{Order, Rule, reason::Trace};
use crate::{
    command::{InstanceRequest, Range, RefusalReason},
    event::{Details, Event, Instance, Stamp, moved_along},
    ical::ContentLine,
    time::CalendarTime,
};

/// What became of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Merged {
    /// The event has it now.
    Changed,
    /// The event knows something newer.
    NotNewer,
}

/// Puts an instance into its series. `listed_by`: the order of the whole REQUEST that lists it, if it did not come alone;
/// that one has been found to be newer than the series.
///
/// # Errors
/// That the event is no series, or that "this and all later ones" are too many to be kept one by one.
pub(super) fn merge(
    event: &mut Event,
    request: &InstanceRequest,
    listed_by: Option<Stamp>,
    why: &mut Trace,
) -> Result<Merged, RefusalReason> {
    if !event.details.recurs() && request.range != Range::Added {
        why.note(Rule::NoSeries, []);
        // Some clients answer or change a single event with its own start as RECURRENCE-ID.
        return Err(RefusalReason::Invalid {
            property: "RECURRENCE-ID",
        });
    }
    let recurrence_id = event.details.recurrence_id(&request.recurrence_id);
    let key = recurrence_id.instance_key();
    let known = event.instances.get(&key).map(|known| known.accepted);
    let applies = match listed_by {
        Some(whole) => known.is_none_or(|known| known.dtstamp <= whole.dtstamp),
        None => is_newer(
            event,
            &recurrence_id,
            request.stamp,
            request.details.is_none(),
        ),
    };
    let compared = [
        Some(("instance", (&key).into())),
        known.map(|known| ("known", known.into())),
        Some(("series", event.accepted.into())),
        Some(("arrived", request.stamp.into())),
    ];
    let compared = compared.into_iter().flatten();
    if !applies {
        why.note(Rule::InstanceNotNewer, compared);
        return Ok(Merged::NotNewer);
    }
    why.note(Rule::InstanceApplies, compared);
    match request.range {
        Range::One => put(event, recurrence_id, request.stamp, request.details.clone()),
        Range::Added => add(event, recurrence_id, request),
        Range::ThisAndFuture => match &request.details {
            Some(details) => {
                put_later_ones(event, &recurrence_id, request.stamp, details).inspect_err(
                    |_| {
                        why.note(
                            Rule::TooManyInstances,
                            [("limit", Event::MAX_INSTANCES.into())],
                        );
                    },
                )?;
            }
            None => end_before(event, &recurrence_id),
        },
    }
    Ok(Merged::Changed)
}

/// Whether a message about an instance is newer than what the event knows of it.
fn is_newer(event: &Event, recurrence_id: &CalendarTime, stamp: Stamp, is_cancel: bool) -> bool {
    // The last whole REQUEST was written after this, and has replaced it.
    let is_replaced = stamp.dtstamp < event.accepted.dtstamp;
    let Some(known) = event.instances.get(&recurrence_id.instance_key()) else {
        return !is_replaced;
    };
    match Order::of(known.accepted, stamp) {
        Order::OlderSequence => false,
        Order::HigherSequence => !is_replaced,
        // Only a higher SEQUENCE takes a cancellation back.
        Order::LaterStamp => !is_replaced && (known.details.is_some() || is_cancel),
        // Clients repeat the last SEQUENCE and DTSTAMP in a CANCEL.
        Order::NotLater => {
            is_cancel
                && known.details.is_some()
                && (known.accepted == stamp
                    || known.accepted.sequence == stamp.sequence && !is_replaced)
        }
    }
}

fn put(event: &mut Event, recurrence_id: CalendarTime, stamp: Stamp, details: Option<Details>) {
    let key = recurrence_id.instance_key();
    let before = event.instances.get(&key);
    let instance = Instance {
        accepted: before.map_or(stamp, |before| before.accepted.max(stamp)),
        sequence: before.map_or(event.stamp.sequence, |before| before.sequence),
        open_since: before.map_or(0, |before| before.open_since),
        recurrence_id,
        details,
    };
    event.instances.insert(key, instance);
}

/// ADD: one more date, kept as RDATE unless the rule gives it anyway, with what is different then.
fn add(event: &mut Event, recurrence_id: CalendarTime, request: &InstanceRequest) {
    let is_given = event
        .details
        .recurring()
        .series()
        .is_occurrence(&recurrence_id);
    if !is_given {
        let date = ContentLine::of_time("RDATE", &recurrence_id);
        event.details.recurrence.push(date);
    }
    put(event, recurrence_id, request.stamp, request.details.clone());
}

/// "This and all later ones": each of them is moved by as much on the clock and is otherwise what the first is (RFC 5545
/// section 3.8.4.4).
///
/// Kept and sent one by one, because no client in use writes RANGE and few read it. A series without an end has too
/// many: its organizer is asked to end it and begin another, which is what clients do when they are told so.
fn put_later_ones(
    event: &mut Event,
    from: &CalendarTime,
    stamp: Stamp,
    details: &Details,
) -> Result<(), RefusalReason> {
    let recurring = event.details.recurring();
    let later: Vec<CalendarTime> = recurring
        .series()
        .occurrences_from(from.instant())
        .take(Event::MAX_INSTANCES + 1)
        .collect();
    if later.len() > Event::MAX_INSTANCES {
        return Err(RefusalReason::TooManyInstances {
            limit: Event::MAX_INSTANCES,
        });
    }
    for occurrence in later {
        let moved = Details {
            start: moved_along(&details.start, from, &occurrence),
            end: moved_along(&details.end, from, &occurrence),
            ..details.clone()
        };
        put(event, occurrence, stamp, Some(moved));
    }
    Ok(())
}

/// Ends a series before one of its occurrences.
fn end_before(event: &mut Event, from: &CalendarTime) {
    event.details.recurrence = event.details.recurring().ending_before(from);
    event
        .instances
        .retain(|_, instance| instance.recurrence_id.instant() < from.instant());
}
