//! vCalendar 1.0 (versit, 1996): its lines become those RFC 5545 would have, before anything looks at them. What is
//! said the 2.0 way stays, because many a file is half of each.

use super::{component::Component, invalid};
use crate::{
    ical::{
        ContentLine,
        date::{self, Written},
    },
    mail::Problem,
};

mod alarm;
mod attendee;
mod rule;
mod zone;

/// Most reminders of one event that become components.
const MAX_ALARMS: usize = 1_000;

/// Rewrites a VCALENDAR and its events.
pub(super) fn translate(calendar: &mut Component, problems: &mut Vec<Problem>) {
    let zone = zone::read(&calendar.lines, problems);
    for event in &mut calendar.children {
        if event.name == "VEVENT" {
            translate_event(
                event,
                zone.as_ref().map(|zone| zone.tzid.as_str()),
                problems,
            );
        }
    }
    if let Some(zone) = zone {
        calendar.children.insert(0, zone.definition);
    }
}

fn translate_event(event: &mut Component, tzid: Option<&str>, problems: &mut Vec<Problem>) {
    let start = event
        .first("DTSTART")
        .and_then(|(_, line)| date::parse(&line.value));
    let mut organizer_is_known = event.first("ORGANIZER").is_some();
    let mut lines = Vec::with_capacity(event.lines.len());
    for (number, mut line) in std::mem::take(&mut event.lines) {
        match line.name.as_str() {
            "DTSTART" | "DTEND" | "RECURRENCE-ID" => in_zone(&mut line, tzid),
            "EXDATE" | "RDATE" => {
                line.value = with_commas(&line.value);
                in_zone(&mut line, tzid);
            }
            "RRULE" | "EXRULE" => rule(&mut line, number, problems),
            "ATTENDEE" => {
                line = attendee::translate(line, organizer_is_known);
                organizer_is_known |= line.name == "ORGANIZER";
            }
            "AALARM" | "DALARM" | "MALARM" | "PALARM" => {
                let alarm = alarm::translate(&line, number, start)
                    .filter(|_| event.children.len() < MAX_ALARMS);
                if let Some(alarm) = alarm {
                    event.children.push(alarm);
                    continue;
                }
                let why = "is not a reminder, or one more than are read";
                problems.push(invalid(&line, number, why));
            }
            "CATEGORIES" | "RESOURCES" => line.value = with_commas(&line.value),
            "DCREATED" => "CREATED".clone_into(&mut line.name),
            // How many other events the time is free for.
            "TRANSP" => match line.value.trim() {
                "0" => "OPAQUE".clone_into(&mut line.value),
                number if number.parse::<u32>().is_ok() => {
                    "TRANSPARENT".clone_into(&mut line.value);
                }
                _ => {}
            },
            // Of the sender's own attendance, but where it is the event's.
            "STATUS" => match line.value.trim().to_ascii_uppercase().as_str() {
                "ACCEPTED" => "CONFIRMED".clone_into(&mut line.value),
                "NEEDS ACTION" | "NEEDS-ACTION" | "SENT" => continue,
                _ => {}
            },
            _ => {}
        }
        lines.push((number, line));
    }
    event.lines = lines;
}

/// A local time is in the zone of the calendar's TZ property.
fn in_zone(line: &mut ContentLine, tzid: Option<&str>) {
    let first = line.value.split([',', '/']).next().unwrap_or_default();
    match (date::parse(first), tzid) {
        (Some(Written::DateTime(_, false)), Some(tzid)) if line.param("TZID").is_none() => {
            line.params.push(("TZID".to_owned(), vec![tzid.to_owned()]));
        }
        (Some(Written::Date(_)), _) if line.param("VALUE").is_none() => {
            line.params
                .push(("VALUE".to_owned(), vec!["DATE".to_owned()]));
        }
        _ => {}
    }
}

/// Lists are divided by `;` here and by `,` in RFC 5545.
fn with_commas(list: &str) -> String {
    let mut out = String::with_capacity(list.len());
    for c in list.chars() {
        match c {
            ';' if !out.ends_with('\\') => {
                out.truncate(out.trim_end().len());
                out.push(',');
            }
            ' ' if out.ends_with(',') => {}
            c => out.push(c),
        }
    }
    out
}

/// A rule that is not understood stays as it is: what it recurs by is unknown then, that it recurs is not.
fn rule(line: &mut ContentLine, number: usize, problems: &mut Vec<Problem>) {
    if line.value.contains('=') {
        return;
    }
    match rule::translate(&line.value) {
        Ok(rule) => {
            if let Some(why) = rule.remark {
                problems.push(invalid(line, number, why));
            }
            line.value = rule.text;
        }
        Err(why) => problems.push(invalid(line, number, why)),
    }
}
