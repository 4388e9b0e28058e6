//! Text → calendars. Limits first, then components, then values; what cannot be read is named and left out.

use super::{Calendar, ContentLine, Method, line, zone};
use crate::mail::Problem;

mod component;
mod event;
mod party;
mod timezone;

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
    let roots = match component::tree(text, &mut problems) {
        Ok(roots) => roots,
        Err(problem) => {
            problems.push(problem);
            return (Vec::new(), problems);
        }
    };
    let (calendars, bare): (Vec<_>, Vec<_>) = roots
        .into_iter()
        .partition(|component| component.name == "VCALENDAR");
    let mut read: Vec<_> = calendars
        .iter()
        .map(|component| calendar(component, &mut problems))
        .collect();
    if bare.iter().any(|component| component.name == "VEVENT") {
        problems.push(Problem::new(
            "no-vcalendar",
            "a VEVENT stands outside of any VCALENDAR; read as one calendar",
        ));
        let component = Component {
            name: "VCALENDAR".to_owned(),
            lines: Vec::new(),
            children: bare,
        };
        read.push(calendar(&component, &mut problems));
    }
    if read.is_empty() {
        problems.push(Problem::new("no-vcalendar", "there is no VCALENDAR"));
    }
    (read, problems)
}

fn within_limits(text: &str) -> Result<(), Problem> {
    let too_large = |text: String| Err(Problem::new(TOO_LARGE, text));
    if text.len() > MAX_BYTES {
        return too_large(format!("more than {MAX_BYTES} bytes"));
    }
    if text.bytes().filter(|byte| *byte == b'\n').count() > MAX_LINES {
        return too_large(format!("more than {MAX_LINES} lines"));
    }
    Ok(())
}

fn calendar(component: &Component, problems: &mut Vec<Problem>) -> Calendar {
    let text = |name: &str| {
        component
            .first(name)
            .map(|(_, line)| line.text().trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let mut calendar = Calendar {
        prodid: text("PRODID"),
        version: text("VERSION"),
        ..Calendar::default()
    };
    if let Some(method) = text("METHOD") {
        calendar.method = Method::parse(&method);
        if calendar.method.is_none() {
            problems.push(Problem::new(
                "unknown-method",
                "METHOD is not one of iTIP's",
            ));
            calendar.unknown_method = Some(method);
        }
    }
    if !matches!(calendar.version.as_deref(), Some("2.0" | "1.0")) {
        problems.push(Problem::new(
            "unknown-version",
            "VERSION is neither 2.0 nor 1.0; read as 2.0",
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
