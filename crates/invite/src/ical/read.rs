//! Text → calendars. Limits first, then components, then values; what cannot be read is named and left out.

use std::borrow::Cow;

use super::{Calendar, ContentLine, Method, line, zone};
use crate::mail::Problem;

mod component;
mod event;
mod party;
mod timezone;
mod vcalendar;

use component::Component;

/// Largest calendar that is read, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Most lines that are read.
pub const MAX_LINES: usize = 200_000;
/// Longest content line that is read, unfolded, in bytes.
pub const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;
/// Deepest component in a component that is read; RFC 5545 needs three.
pub const MAX_NESTING: usize = 12;
/// Most components that are read.
pub const MAX_COMPONENTS: usize = 20_000;
/// Most values of parameters that are read, in all: twenty for each of 10,000 attendees.
pub const MAX_PARAMETERS: usize = 200_000;
/// Most problems that are named; the rest is counted.
const MAX_PROBLEMS: usize = 100;

/// Code of the problem that stands for a passed limit; nothing is read then.
pub const TOO_LARGE: &str = "calendar-too-large";

/// Reads iCalendar text, vCalendar 1.0 included. Never fails and never panics; takes time and memory linear in the
/// text, and nothing at all beyond the limits of this module.
#[must_use]
pub fn read(text: &str) -> (Vec<Calendar>, Vec<Problem>) {
    let mut problems = Vec::new();
    if let Err(problem) = within_limits(text) {
        return (Vec::new(), vec![problem]);
    }
    let text = without_nuls(text, &mut problems);
    let (calendars, refused) = match component::tree(&text, &mut problems) {
        Ok(roots) => (calendars(roots, &mut problems), None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    if problems.len() > MAX_PROBLEMS {
        let more = problems.len() - MAX_PROBLEMS;
        problems.truncate(MAX_PROBLEMS);
        problems.push(Problem::new(
            "more-problems",
            format!("{more} more problems are not named"),
        ));
    }
    problems.extend(refused);
    (calendars, problems)
}

fn calendars(roots: Vec<Component>, problems: &mut Vec<Problem>) -> Vec<Calendar> {
    let mut read = Vec::new();
    let mut bare = Component::new("VCALENDAR".to_owned(), 0);
    for component in roots {
        match component.name.as_str() {
            "VCALENDAR" => read.push(calendar(component, problems)),
            "" => bare.lines.extend(component.lines),
            _ => bare.children.push(component),
        }
    }
    let event = bare.children.iter().find(|child| child.name == "VEVENT");
    if let Some(event) = event {
        problems.push(Problem::new(
            "no-vcalendar",
            format!(
                "a VEVENT stands outside of any VCALENDAR; read as one calendar {}",
                at(event.begin)
            ),
        ));
        read.push(calendar(bare, problems));
    } else {
        problems.extend(bare.lines.iter().map(|(number, line)| {
            Problem::new(
                "outside-of-a-component",
                format!(
                    "{} outside of any component was left out {}",
                    word(&line.name),
                    at(*number)
                ),
            )
        }));
    }
    if read.is_empty() {
        problems.push(Problem::new("no-vcalendar", "there is no VCALENDAR"));
    }
    read
}

/// NULs come from half-decoded UTF-16 and from forms of fixed width; no text means anything by them.
fn without_nuls<'a>(text: &'a str, problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let Some(first) = text.find('\0') else {
        return Cow::Borrowed(text);
    };
    let number = text
        .bytes()
        .take(first)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1;
    problems.push(Problem::new(
        "nul-characters",
        format!("NUL characters were left out, the first {}", at(number)),
    ));
    Cow::Owned(text.replace('\0', ""))
}

fn within_limits(text: &str) -> Result<(), Problem> {
    let too_large = |text: String| Err(Problem::new(TOO_LARGE, text));
    if text.len() > MAX_BYTES {
        return too_large(format!("more than {MAX_BYTES} bytes"));
    }
    let line_ends = |end: u8| memchr::memchr_iter(end, text.as_bytes()).count();
    if line_ends(b'\n').max(line_ends(b'\r')) > MAX_LINES {
        return too_large(format!("more than {MAX_LINES} lines"));
    }
    Ok(())
}

fn calendar(mut component: Component, problems: &mut Vec<Problem>) -> Calendar {
    if component
        .first("VERSION")
        .is_none_or(|(_, line)| line.value.trim() != "2.0")
    {
        vcalendar::translate(&mut component, problems);
    }
    let mut calendar = Calendar::default();
    for (number, line) in std::mem::take(&mut component.lines) {
        let place = match line.name.as_str() {
            "PRODID" => &mut calendar.prodid,
            "VERSION" => &mut calendar.version,
            "METHOD" => {
                method(&line, number, &mut calendar, problems);
                continue;
            }
            _ => {
                calendar.other.push(line);
                continue;
            }
        };
        let text = line.text().trim().to_owned();
        if place.is_none() && !text.is_empty() {
            *place = Some(text);
        }
    }
    if !matches!(calendar.version.as_deref(), Some("2.0" | "1.0")) {
        problems.push(Problem::new(
            "unknown-version",
            format!(
                "VERSION of the calendar is neither 2.0 nor 1.0; read as 2.0 {}",
                at(component.begin)
            ),
        ));
    }
    let defined = || {
        let children = component.children.iter();
        children.filter(|child| child.name == "VTIMEZONE")
    };
    let zones = zone::Zones::new(
        defined()
            .filter_map(|child| timezone::read(child, problems))
            .collect(),
    );
    calendar.zones = defined()
        .filter_map(|child| {
            let mut lines = Vec::new();
            child.write_lines(&mut lines);
            zone::ZoneDefinition::new(lines)
        })
        .collect();
    for child in &component.children {
        match child.name.as_str() {
            "VEVENT" => calendar.events.push(event::read(child, &zones, problems)),
            "VTIMEZONE" => {}
            other => calendar.other_components.push(other.to_owned()),
        }
    }
    calendar
}

/// A VTIMEZONE that was kept.
pub(super) fn definition(kept: &zone::ZoneDefinition) -> Option<zone::Definition> {
    let problems = &mut Vec::new();
    let roots = component::tree(&kept.text(), problems).ok()?;
    timezone::read(roots.first()?, problems)
}

/// The first METHOD counts.
fn method(line: &ContentLine, number: usize, calendar: &mut Calendar, problems: &mut Vec<Problem>) {
    if calendar.method.is_some() || calendar.unknown_method.is_some() {
        problems.push(invalid(
            line,
            number,
            "stands there twice; the first counts",
        ));
        return;
    }
    let text = line.text().trim().to_owned();
    calendar.method = Method::parse(&text);
    if calendar.method.is_none() && !text.is_empty() {
        problems.push(Problem::new(
            "unknown-method",
            format!("METHOD is not one of iTIP's {}", at(number)),
        ));
        calendar.unknown_method = Some(text);
    }
}

/// A name for problems: what cannot be one may be anything, also somebody's words.
fn word(name: &str) -> &str {
    const LONGEST: usize = 40;
    let is_a_name = (1..=LONGEST).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_a_name {
        name
    } else {
        "what has no proper name"
    }
}

/// `… (line 12)`, for problems.
fn at(number: usize) -> String {
    format!("(line {number})")
}

fn invalid(line: &ContentLine, number: usize, why: &str) -> Problem {
    Problem::new(
        "invalid-value",
        format!("{} {why} {}", line.name, at(number)),
    )
}

#[cfg(test)]
mod tests;
