//! The explanation for people.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    report::{Counts, Explanation, Known, KnownAttendee, KnownEvent, Order, Reason, Shown},
    write::Write,
};
use crate::inspect::text::{row, write as write_mail};

/// How many of the same kind are shown; programs get all of them.
const SHOWN: usize = 10;

pub(super) fn write(explanation: &Explanation) -> String {
    let mut out = write_mail(&explanation.mail);
    write_known(&mut out, &explanation.known);
    if !explanation.key_is_given {
        row(&mut out, "key", Some("none given: no token is proven"));
    }
    out.push_str("Decision\n");
    row(&mut out, "at", Some(&explanation.now));
    let uid = explanation.decision.uid.as_deref();
    row(&mut out, "about", uid.or(Some("nothing")));
    if explanation.decision.is_the_event_known == Some(false) {
        let other = "that is another event than the one known here, so for this mail there is none";
        row(&mut out, "", Some(other));
    }
    for outcome in &explanation.decision.outcomes {
        let words = [Some(outcome.kind), outcome.reason, outcome.text.as_deref()];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        row(&mut out, "outcome", Some(&words.join(": ")));
    }
    write_reasons(&mut out, &explanation.reasons);
    write_writes(&mut out, &explanation.writes);
    write_statistics(&mut out, explanation);
    write_letters(&mut out, explanation);
    out
}

fn write_known(out: &mut String, known: &Known) {
    out.push_str("Known\n");
    match &known.event {
        Some(event) => write_event(out, event),
        None => row(out, "event", Some("none")),
    }
    if let Some(held) = &known.held {
        let cancel = match &held.cancel {
            Some(stamp) => format!("a CANCEL, {}", order(stamp)),
            None => "no CANCEL".to_owned(),
        };
        let text = format!("{cancel}; {} instances", held.instances);
        row(out, "held", Some(&text));
    }
    for attendee in known.attendees.iter().take(SHOWN) {
        row(out, "attendee", Some(&known_attendee(attendee)));
    }
    more(out, known.attendees.len());
    row(out, "invitations", Some(&known.invitations.to_string()));
}

fn write_event(out: &mut String, event: &KnownEvent) {
    row(
        out,
        "event",
        Some(&format!("{}, {}", event.summary, event.status)),
    );
    row(out, "uid", Some(&event.uid));
    row(out, "organizer", Some(&event.organizer));
    row(out, "client uid", Some(&event.client_uid));
    row(out, "starts", Some(&event.start.local));
    if event.recurs {
        let text = format!("a series, {} instances differ", event.instances);
        row(out, "recurs", Some(&text));
    }
    let theirs = format!("{} as last accepted from him", order(&event.accepted));
    row(out, "order", Some(&theirs));
    row(
        out,
        "ours",
        Some(&format!(
            "{}; answers count since SEQUENCE {}",
            order(&event.ours),
            event.answers_count_since
        )),
    );
    row(out, "uninvited", Some(event.uninvited));
    let seats = event.seats.map(|seats| seats.to_string());
    row(out, "seats", seats.as_deref());
}

fn known_attendee(attendee: &KnownAttendee) -> String {
    let mut text = format!("{} {}", attendee.address, attendee.partstat);
    if attendee.partstat != "NEEDS-ACTION" {
        let _ = write!(text, " to SEQUENCE {}", attendee.answered_sequence);
    }
    if attendee.answers > 0 {
        let _ = write!(text, ", {} recorded", attendee.answers);
    }
    if attendee.counts_as != attendee.partstat {
        let _ = write!(text, ", counts as {}", attendee.counts_as);
    }
    for (instance, partstat) in attendee.instances.iter().take(SHOWN) {
        let _ = write!(text, ", {partstat} on {instance}");
    }
    if let Some(to) = &attendee.delegated_to {
        let _ = write!(text, ", sends {to}");
    }
    if attendee.proposals > 0 {
        let _ = write!(text, ", {} proposals", attendee.proposals);
    }
    if attendee.waiting > 0 {
        let _ = write!(text, ", {} answers wait", attendee.waiting);
    }
    text
}

fn order(order: &Order) -> String {
    format!("SEQUENCE {} of {}", order.sequence, order.dtstamp)
}

fn write_reasons(out: &mut String, reasons: &[Reason]) {
    if reasons.is_empty() {
        return;
    }
    out.push_str("Reasons\n");
    for (number, reason) in (1..).zip(reasons) {
        row(out, &format!("{number:>2}"), Some(reason.says));
        let values: Vec<String> = reason
            .values
            .iter()
            .map(|compared| format!("{} {}", compared.name, shown(&compared.value)))
            .collect();
        row(out, "", Some(&values.join("; ")));
        let law = format!("[{}: {}]", reason.code, reason.written_in);
        row(out, "", Some(&law));
    }
}

fn shown(value: &Shown) -> String {
    match value {
        Shown::Order(stamp) => order(stamp),
        Shown::Number(number) => number.to_string(),
        Shown::Words(words) => words.join(", "),
        Shown::Text(text) => text.clone(),
    }
}

fn write_writes(out: &mut String, writes: &[Write]) {
    if writes.is_empty() {
        out.push_str("Nothing is written.\n");
        return;
    }
    out.push_str("Writes\n");
    for write in writes.iter().take(SHOWN) {
        let when = match write.when {
            "with-the-update" => ", when he is sent the update",
            _ => "",
        };
        row(out, "record", Some(&format!("{}{when}", write.record)));
        row(out, "if", Some(&write.condition));
        for change in &write.changes {
            let change = format!(
                "{}: {} → {}",
                change.field,
                json(&change.before),
                json(&change.after)
            );
            row(out, "", Some(&change));
        }
    }
    more(out, writes.len());
}

fn json(value: &Value) -> String {
    const MAX_CHARS: usize = 120;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        value => value.to_string(),
    };
    if text.chars().count() <= MAX_CHARS {
        return text;
    }
    let beginning: String = text.chars().take(MAX_CHARS).collect();
    format!("{beginning}…")
}

fn write_statistics(out: &mut String, explanation: &Explanation) {
    let (before, after) = (
        &explanation.statistics.before,
        &explanation.statistics.after,
    );
    if before == after {
        return;
    }
    out.push_str("Statistics\n");
    row(out, "before", Some(&counts(before)));
    row(out, "after", Some(&counts(after)));
    for (instance, difference) in after.instances.iter().take(SHOWN) {
        let text = format!(
            "on {instance} {:+} accepted, {:+} declined, {:+} tentative, {:+} no action",
            difference.accepted, difference.declined, difference.tentative, difference.noaction
        );
        row(out, "", Some(&text));
    }
}

fn counts(counts: &Counts) -> String {
    let answers = &counts.answers;
    format!(
        "{} invited: {} accepted, {} declined, {} tentative, {} no action",
        counts.attendees, answers.accepted, answers.declined, answers.tentative, answers.noaction
    )
}

fn write_letters(out: &mut String, explanation: &Explanation) {
    if explanation.letters.is_empty() {
        out.push_str("Nobody is told.\n");
        return;
    }
    out.push_str("Letters\n");
    for letter in explanation.letters.iter().take(SHOWN) {
        let mut text = format!("{} to {}", letter.letter, letter.to);
        if let Some(method) = letter.method {
            let _ = write!(text, ", METHOD:{method}");
        }
        if let Some(says) = &letter.says {
            let _ = write!(text, ": {says}");
        }
        row(out, "", Some(&text));
    }
    more(out, explanation.letters.len());
}

fn more(out: &mut String, all: usize) {
    let hidden = all.saturating_sub(SHOWN);
    if hidden > 0 {
        row(out, "", Some(&format!("and {hidden} more")));
    }
}
