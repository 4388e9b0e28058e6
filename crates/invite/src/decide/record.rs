//! One answer into an attendee's record.
//!
//! Each instance of a series has an order of its own, as it has a SEQUENCE of its own; between an instance and the
//! series the later DTSTAMP counts ([`crate::event::InstanceAnswer`]). So whatever order answers are handled in, the
//! same ones count in the end.

use jiff::Timestamp;

use super::{
    Ignored, Outcome, Rule, Uncounted,
    reason::{Trace, on},
    reopen::settle,
};
use crate::{
    command::RefusalReason,
    event::{Answer, Attendee, Event, InstanceAnswer, Stamp},
    ical::Partstat,
    id::Digest,
    time::InstanceKey,
};

/// Records an answer, unless the attendee has given a later one. The record stays as it is if the outcome says so.
pub(super) fn record(
    event: &Event,
    attendee: &mut Attendee,
    answer: Answer,
    why: &mut Trace,
) -> Outcome {
    if was_seen(attendee, &answer.digest, answer.instance.as_ref()) {
        why.note(Rule::SeenBefore, on(answer.instance.as_ref()));
        return Outcome::Ignored(Ignored::SeenBefore);
    }
    let last = last(attendee, answer.instance.as_ref());
    note_order(last, &answer, why);
    if let Some(last) = last
        && place(&answer) < last
    {
        return Outcome::Ignored(if answer.stamp.sequence < last.0.sequence {
            Ignored::OlderSequence
        } else {
            Ignored::NotNewer
        });
    }
    let uncounted = uncounted(event, &answer);
    note_version(event, &answer, uncounted, why);
    if uncounted.is_none() && !has_room(attendee, answer.instance.as_ref()) {
        why.note(
            Rule::TooManyAnswers,
            [("limit", Event::MAX_INSTANCES.into())],
        );
        return Outcome::Refused(RefusalReason::TooManyAnswers {
            limit: Event::MAX_INSTANCES,
        });
    }
    keep(attendee, answer.clone());
    if let Some(reason) = uncounted {
        return Outcome::RecordedUncounted(reason);
    }
    match answer.instance {
        None => {
            attendee.partstat = answer.partstat;
            attendee.partstat_sequence = answer.stamp.sequence;
        }
        Some(key) => {
            let own = InstanceAnswer {
                partstat: answer.partstat,
                stamp: answer.stamp,
                arrived: answer.arrived,
                digest: Some(answer.digest),
                superseded: false,
            };
            attendee.instances.insert(key, own);
        }
    }
    settle(event, attendee);
    note_which_is_later(attendee, why);
    Outcome::Recorded
}

fn note_which_is_later(attendee: &Attendee, why: &mut Trace) {
    if attendee.partstat == Partstat::NeedsAction {
        return;
    }
    for (key, own) in &attendee.instances {
        let rule = match own.partstat {
            Partstat::NeedsAction => continue,
            _ if own.superseded => Rule::SeriesAnswerIsLater,
            _ => Rule::InstanceAnswerIsLater,
        };
        why.note(rule, [("instance", key.into())]);
    }
}

fn note_order(last: Option<Place<'_>>, answer: &Answer, why: &mut Trace) {
    let on = on(answer.instance.as_ref()).into_iter();
    let arrived = [
        ("arrived", answer.stamp.into()),
        ("arrived_at", answer.arrived.into()),
    ];
    let Some(last) = last else {
        why.note(Rule::FirstAnswer, on.chain(arrived));
        return;
    };
    let rule = if place(answer) < last {
        Rule::OlderAnswer
    } else {
        Rule::NewerAnswer
    };
    let (stamp, at, _) = last;
    let known = [("known", stamp.into()), ("known_at", at.into())];
    why.note(rule, on.chain(known).chain(arrived));
}

fn note_version(event: &Event, answer: &Answer, uncounted: Option<Uncounted>, why: &mut Trace) {
    let instance = answer.instance.as_ref();
    let rule = match uncounted {
        Some(Uncounted::EventCancelled) => Rule::AnswersCancelledEvent,
        Some(Uncounted::InstanceCancelled) => Rule::AnswersCancelledInstance,
        Some(Uncounted::EarlierVersion) => Rule::AnswersEarlierVersion,
        None => Rule::AnswersThisVersion,
    };
    let values = [
        ("answers_sequence", answer.stamp.sequence.into()),
        ("asked_since", event.answers_open_since(instance).into()),
    ];
    why.note(rule, on(instance).into_iter().chain(values));
}

/// SEQUENCE and DTSTAMP, arrival, content.
pub(super) type Place<'a> = (Stamp, Timestamp, Option<&'a Digest>);

/// An answer's place in the order. What arrives in the same instant is told apart by its content, so that the order
/// of processing never decides.
pub(super) fn place(answer: &Answer) -> Place<'_> {
    (answer.stamp, answer.arrived, Some(&answer.digest))
}

/// The place of the last recorded answer to the same.
fn last<'a>(attendee: &'a Attendee, instance: Option<&InstanceKey>) -> Option<Place<'a>> {
    let in_history = attendee
        .history
        .iter()
        .rev()
        .find(|answer| answer.instance.as_ref() == instance)
        .map(place);
    let own = instance
        .and_then(|key| attendee.instances.get(key))
        .filter(|own| own.answers_since(0))
        .map(InstanceAnswer::place);
    in_history.max(own)
}

fn was_seen(attendee: &Attendee, digest: &Digest, instance: Option<&InstanceKey>) -> bool {
    let in_history = attendee
        .history
        .iter()
        .any(|answer| answer.digest == *digest && answer.instance.as_ref() == instance);
    let own = instance.and_then(|key| attendee.instances.get(key));
    in_history || own.is_some_and(|own| own.digest.as_ref() == Some(digest))
}

fn uncounted(event: &Event, answer: &Answer) -> Option<Uncounted> {
    let instance = answer
        .instance
        .as_ref()
        .and_then(|key| event.instances.get(key));
    if event.is_cancelled() {
        Some(Uncounted::EventCancelled)
    } else if instance.is_some_and(|instance| instance.details.is_none()) {
        Some(Uncounted::InstanceCancelled)
    } else if answer.earlier_version {
        Some(Uncounted::EarlierVersion)
    } else {
        None
    }
}

fn has_room(attendee: &Attendee, instance: Option<&InstanceKey>) -> bool {
    let Some(key) = instance else {
        return true;
    };
    let answers = attendee
        .instances
        .iter()
        .filter(|(_, own)| own.answers_since(0));
    attendee
        .instances
        .get(key)
        .is_some_and(|own| own.partstat != Partstat::NeedsAction)
        || answers.count() < Event::MAX_INSTANCES
}

/// The last answer to the whole stays: the order of the next one, and its client, are told by it. Those of instances
/// are in [`Attendee::instances`], too.
fn keep(attendee: &mut Attendee, answer: Answer) {
    attendee.history.push(answer);
    while attendee.history.len() > Attendee::MAX_HISTORY {
        let whole = |answer: &Answer| answer.instance.is_none();
        let last_whole = attendee.history.iter().rposition(whole);
        let surplus = usize::from(last_whole == Some(0));
        attendee.history.remove(surplus);
    }
}
