//! The report for people.

use std::fmt::Write as _;

use super::repeats::Repeats;
use super::report::{
    Asked, Calendar, Event, Participant, Person, PlainAnswer, Report, Sender, Time,
};

pub(crate) fn write(report: &Report) -> String {
    let mut out = String::new();
    if let Some(sender) = &report.sender {
        write_sender(&mut out, sender);
    }
    if let Some(asked) = &report.command {
        write_command(&mut out, asked);
    }
    for calendar in &report.calendars {
        write_calendar(&mut out, calendar);
    }
    if let Some(answer) = &report.plain_answer {
        write_plain_answer(&mut out, answer);
    }
    if report.error.is_none() {
        match report.problems.len() {
            0 => out.push_str("No problems found.\n"),
            number => {
                let _ = writeln!(out, "Problems ({number})");
            }
        }
    }
    for problem in &report.problems {
        let _ = writeln!(out, "  {}: {}", problem.code, problem.text);
    }
    out
}

pub(crate) fn row(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        // One row stays one row, and nothing from a mail drives the terminal.
        let value: String = value
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let _ = writeln!(out, "  {name:<12} {value}");
    }
}

fn person(person: &Person) -> String {
    match &person.name {
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address.clone(),
    }
}

fn write_sender(out: &mut String, sender: &Sender) {
    out.push_str("Mail\n");
    let from: Vec<_> = sender.from.iter().map(person).collect();
    row(out, "from", Some(&from.join(", ")));
    row(out, "sender", sender.sender.as_ref().map(person).as_deref());
    row(
        out,
        "reply to",
        sender.reply_to.as_ref().map(person).as_deref(),
    );
    row(out, "return path", sender.return_path.as_deref());
    row(out, "to", Some(&sender.recipients.join(", ")));
    row(out, "date", sender.date.as_deref());
    row(out, "subject", sender.subject.as_deref());
    let evidence = &sender.evidence;
    let proven = match (&evidence.authenticated, evidence.proof) {
        (Some(who), Some(proof)) => format!("{} is proven by {proof}", who.address),
        _ => "nothing proves the sender".to_owned(),
    };
    let verdicts = format!(
        "{proven} (spf {}, dkim {}, dmarc {}, spam {}, virus {})",
        evidence.spf, evidence.dkim, evidence.dmarc, evidence.spam, evidence.virus
    );
    row(out, "evidence", Some(&verdicts));
    let automatic: Vec<_> = [
        sender
            .auto_submitted
            .as_ref()
            .map(|word| format!("Auto-Submitted: {word}")),
        sender
            .precedence
            .as_ref()
            .map(|word| format!("Precedence: {word}")),
        sender.from_a_list.then(|| "a mailing list".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    row(out, "automatic", Some(&automatic.join(", ")));
}

fn write_command(out: &mut String, asked: &Asked) {
    out.push_str("Command\n");
    let assumed = if asked.mailbox.assumed {
        " (assumed: no recipient is ours)"
    } else {
        ""
    };
    row(
        out,
        "mailbox",
        Some(&format!("{}{assumed}", asked.mailbox.address)),
    );
    row(out, "asks", asked.kind.as_deref());
    if asked.taken_up {
        row(out, "", Some("it would be taken up"));
    }
    if let Some(refusal) = &asked.refusal {
        row(out, "refused", Some(refusal.code));
        row(out, "", Some(&refusal.what_is_wrong));
        row(out, "", Some(&refusal.what_to_do));
        let told = if refusal.sender_is_told {
            "the sender is told"
        } else {
            "nobody is told"
        };
        row(out, "", Some(told));
    }
}

fn write_plain_answer(out: &mut String, answer: &PlainAnswer) {
    out.push_str("Answer in plain words\n");
    let people = answer
        .people
        .map(|people| format!(", {people} in all"))
        .unwrap_or_default();
    let partstat = answer.partstat.unwrap_or("none");
    row(
        out,
        "answer",
        Some(&format!("{partstat} ({}){people}", answer.confidence)),
    );
    row(out, "language", answer.language);
    let because: Vec<_> = answer
        .reasons
        .iter()
        .map(|reason| match reason.phrase.as_str() {
            "" => reason.what.to_owned(),
            phrase => format!("{} \"{phrase}\"", reason.what),
        })
        .collect();
    row(out, "because of", Some(&because.join(", ")));
    row(out, "comment", Some(&answer.comment));
}

fn write_calendar(out: &mut String, calendar: &Calendar) {
    let method = calendar.method.as_deref().unwrap_or("without METHOD");
    let _ = writeln!(out, "Calendar {method}");
    row(out, "by", calendar.prodid.as_deref());
    row(out, "also has", Some(&calendar.other_components.join(", ")));
    for event in &calendar.events {
        write_event(out, event);
    }
}

fn write_event(out: &mut String, event: &Event) {
    out.push_str("Event\n");
    row(out, "summary", event.summary.as_deref());
    row(out, "start", event.start.as_ref().map(time).as_deref());
    row(out, "end", event.end.as_ref().map(time).as_deref());
    row(
        out,
        "instance",
        event.recurrence_id.as_ref().map(time).as_deref(),
    );
    for line in &event.recurrence {
        row(out, "recurs", Some(line));
    }
    if let Some(series) = &event.series {
        write_series(out, series);
    }
    row(out, "location", event.location.as_deref());
    row(out, "status", event.status);
    row(out, "uid", event.uid.as_deref());
    let stamp = format!(
        "{}, stamped {}",
        event.sequence,
        event.dtstamp.as_deref().unwrap_or("never")
    );
    row(out, "sequence", Some(&stamp));
    row(
        out,
        "organizer",
        event.organizer.as_ref().map(participant).as_deref(),
    );
    for attendee in &event.attendees {
        row(out, "attendee", Some(&participant(attendee)));
    }
}

fn write_series(out: &mut String, series: &Repeats) {
    row(out, "that is", series.sentence.as_deref());
    let first: Vec<_> = series
        .first
        .iter()
        .map(|time| time.local.as_str())
        .collect();
    let rest = match (series.endless, series.count) {
        (true, _) => "… without end".to_owned(),
        (false, Some(count)) => format!("({count} in all)"),
        (false, None) => "… too many to be counted".to_owned(),
    };
    row(out, "dates", Some(&format!("{} {rest}", first.join(", "))));
}

fn time(time: &Time) -> String {
    match (&time.instant, &time.tzid) {
        (Some(instant), Some(tzid)) => {
            let iana = match &time.iana {
                Some(iana) if iana != tzid => format!(", that is {iana}"),
                Some(_) => String::new(),
                None => ", by the mail's own rules".to_owned(),
            };
            format!("{} in {tzid}{iana} = {instant}", time.local)
        }
        (Some(instant), None) => instant.clone(),
        (None, _) => format!("{} ({})", time.local, time.kind),
    }
}

fn participant(party: &Participant) -> String {
    let who = party.address.as_deref().unwrap_or(&party.value);
    let mut text = match &party.name {
        Some(name) => format!("{name} <{who}>"),
        None => who.to_owned(),
    };
    if let Some(partstat) = party.partstat {
        let _ = write!(text, " {partstat}");
    }
    if let Some(sent_by) = &party.sent_by {
        let _ = write!(text, ", sent by {sent_by}");
    }
    text
}
