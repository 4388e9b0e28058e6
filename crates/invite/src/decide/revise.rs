//! What a change is to attendees: nothing, a new copy, or a new question.
//!
//! Each component of what we send has a SEQUENCE (RFC 5546 section 2.1.4). A change of the series raises all of them; a
//! change of one instance raises that one's, so that answers to the series stay; a date that falls out raises the series'
//! own, because EXDATE stands there, and asks nobody again.

use jiff::Timestamp;

use super::{
    Rule,
    order::next_stamp,
    reason::Trace,
    significance::{
        differs_significantly, differs_visibly, recur_alike, significant_differences,
        visible_differences,
    },
};
use crate::{
    event::{Details, Edition, Event, Instance, Stamp},
    id::Digest,
    time::InstanceKey,
};

/// Moves the organizer's order on, never back, and keeps the digest of what moved it.
pub(super) fn accept(event: &mut Event, stamp: Stamp, digest: &Digest) {
    event.accepted = event.accepted.max(stamp);
    event.seen.push(digest.clone());
    let surplus = event.seen.len().saturating_sub(Event::MAX_SEEN);
    event.seen.drain(..surplus);
}

/// Whom a change of the series itself asks again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asks {
    /// Everybody, if it is significant.
    IfSignificant,
    /// Nobody: there is less of it, and what is left is as it was.
    Nobody,
}

/// Gives `event` the revision, stamp and sequences that follow from how it differs from `known`.
///
/// `None`: an attendee could not notice the difference. Else whether it reopens answers, to the event or to an instance.
pub(super) fn revise(
    known: &Event,
    event: &mut Event,
    asks: Asks,
    now: Timestamp,
    why: &mut Trace,
) -> Option<bool> {
    let significant = match asks {
        Asks::IfSignificant => significant_of_series(known, event),
        Asks::Nobody => Vec::new(),
    };
    let series = !significant.is_empty();
    let dropped = if series {
        Vec::new()
    } else {
        moved_back(known, event)
    };
    for (key, instance) in dropped {
        event.instances.insert(key, instance);
    }
    let reopened: Vec<InstanceKey> = if series {
        Vec::new()
    } else {
        instances_asked_again(known, event)
    };
    let falls_out = !series
        && (takes_place_otherwise(known, event) || !recur_alike(&known.details, &event.details));
    let noticed = visible_differences(&known.details, &event.details);
    let visible = series
        || falls_out
        || !reopened.is_empty()
        || !noticed.is_empty()
        || instances_differ_visibly(known, event);
    if !visible {
        why.note(Rule::NothingVisible, []);
        return None;
    }
    if series {
        why.note(Rule::Significant, [("differs", significant.into())]);
    } else if falls_out {
        why.note(Rule::InstancesFallOut, []);
    } else if reopened.is_empty() {
        let differs = (!noticed.is_empty()).then(|| ("differs", noticed.into()));
        why.note(Rule::NotSignificant, differs);
    }
    for key in &reopened {
        why.note(Rule::InstancesReopened, [("instance", key.into())]);
    }
    let next = known.highest_sequence().saturating_add(1);
    event.stamp = next_stamp(known.stamp, now, false);
    if series {
        event.open_since = next;
        for instance in event.instances.values_mut() {
            instance.sequence = next;
        }
    }
    if series || falls_out {
        event.stamp.sequence = next;
    }
    for key in &reopened {
        if let Some(instance) = event.instances.get_mut(key) {
            instance.sequence = next;
            instance.open_since = next;
        }
    }
    event.revision = known.revision.saturating_add(1);
    event.last_modified = now;
    remember(known, event);
    note_our_order(known, event, why);
    Some(series || !reopened.is_empty())
}

fn significant_of_series(known: &Event, event: &Event) -> Vec<&'static str> {
    let mut differs = significant_differences(&known.details, &event.details);
    if (known.status != event.status || known.is_cancelled()) && !differs.contains(&"STATUS") {
        differs.push("STATUS");
    }
    differs
}

/// Notes what stands in what is sent from now on.
pub(super) fn note_our_order(known: &Event, event: &Event, why: &mut Trace) {
    let values = [
        ("before", known.stamp.into()),
        ("after", event.stamp.into()),
        ("answers_count_since", event.open_since.into()),
    ];
    why.note(Rule::OurOrder, values);
}

/// Keeps what attendees were told before.
pub(super) fn remember(known: &Event, event: &mut Event) {
    const MAX_BYTES: usize = 48 * 1024;
    event.editions.push(Edition::of(known));
    let mut bytes: usize = event.editions.iter().map(Edition::bytes).sum();
    while event.editions.len() > Event::MAX_EDITIONS
        || (bytes > MAX_BYTES && !event.editions.is_empty())
    {
        bytes = bytes.saturating_sub(event.editions.remove(0).bytes());
    }
}

/// What takes place at an instance; `None`: nothing does.
fn shown(event: &Event, key: &InstanceKey, like: &Instance) -> Option<Details> {
    match event.instances.get(key) {
        Some(instance) => instance.details.clone(),
        None => Some(event.details.at(&like.recurrence_id)),
    }
}

/// Instances whose override is gone and that are therefore somewhere or sometime else again: kept as an override that
/// says what the rule says, because people have to be asked again about this one only.
fn moved_back(known: &Event, event: &Event) -> Vec<(InstanceKey, Instance)> {
    if !event.details.recurs() {
        return Vec::new();
    }
    let recurring = event.details.recurring();
    let series = recurring.series();
    let gone = known.instances.iter().filter(|(key, instance)| {
        !event.instances.contains_key(*key) && series.is_occurrence(&instance.recurrence_id)
    });
    gone.filter_map(|(key, instance)| {
        let before = instance.details.as_ref()?;
        let rule = event.details.at(&instance.recurrence_id);
        differs_significantly(before, &rule).then(|| {
            let kept = Instance {
                details: Some(rule),
                // Its own SEQUENCE goes on; what was written before the whole was has been replaced.
                accepted: Stamp {
                    sequence: instance.accepted.sequence,
                    dtstamp: event.accepted.dtstamp,
                },
                ..instance.clone()
            };
            (key.clone(), kept)
        })
    })
    .collect()
}

fn instances_asked_again(known: &Event, event: &Event) -> Vec<InstanceKey> {
    event
        .instances
        .iter()
        .filter(|(key, instance)| {
            match (shown(known, key, instance), &instance.details) {
                (Some(before), Some(after)) => differs_significantly(&before, after),
                // It takes place after all.
                (None, Some(_)) => true,
                (_, None) => false,
            }
        })
        .map(|(key, _)| key.clone())
        .collect()
}

/// Whether another set of instances takes place.
fn takes_place_otherwise(known: &Event, event: &Event) -> bool {
    let cancelled = |event: &Event| -> Vec<InstanceKey> {
        event
            .instances
            .iter()
            .filter(|(_, instance)| instance.details.is_none())
            .map(|(key, _)| key.clone())
            .collect()
    };
    cancelled(known) != cancelled(event)
}

fn instances_differ_visibly(known: &Event, event: &Event) -> bool {
    let differs = |(key, instance): (&InstanceKey, &Instance)| match (
        shown(known, key, instance),
        shown(event, key, instance),
    ) {
        (Some(before), Some(after)) => differs_visibly(&before, &after),
        (before, after) => before.is_some() != after.is_some(),
    };
    known.instances.iter().any(differs) || event.instances.iter().any(differs)
}
