//! A VTIMEZONE of the organizer's client on its way to attendees: read, checked, written anew.

use jiff::{civil, tz::Offset};

use super::time::date_time;
use crate::ical::{
    ContentLine, ZoneDefinition,
    content_line::{Lines, Value},
    read::timezone::{local, offset},
    recurrence::{End, Rule, Until},
    vtimezone::utc_offset,
    zone,
};

/// What is put behind a TZID that by itself names another zone to whoever reads it.
const OWN: &str = " (own rules)";

/// Longest TZID that is written, in characters.
const MAX_NAME_CHARS: usize = 100;

/// A zone as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct OwnZone {
    name: String,
    definition: ZoneDefinition,
    observances: Vec<Observance>,
}

/// A STANDARD or DAYLIGHT (RFC 5545 section 3.6.5).
#[derive(Clone, PartialEq, Eq, Debug)]
struct Observance {
    is_daylight: bool,
    start: civil::DateTime,
    from: Offset,
    to: Offset,
    name: Option<String>,
    rule: Option<Rule>,
    dates: Vec<civil::DateTime>,
}

impl OwnZone {
    /// `None` when nothing in it can be followed. `taken` are the names of the object's other zones of this kind.
    pub(super) fn new(definition: &ZoneDefinition, taken: &[&str]) -> Option<Self> {
        let observances: Vec<_> = parts(definition.lines())
            .into_iter()
            .filter_map(|(is_daylight, lines)| observance(is_daylight, &lines))
            .collect();
        if observances.is_empty() {
            return None;
        }
        let mut name = plain(definition.tzid());
        if zone::is_known(&name) && !name.ends_with(OWN) {
            name.push_str(OWN);
        }
        while taken.contains(&name.as_str()) {
            name.push('+');
        }
        Some(Self {
            name,
            definition: definition.clone(),
            observances,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_named(&self, tzid: &str) -> bool {
        self.definition.is_named(tzid)
    }

    pub(super) fn write(&self, lines: &mut Lines) {
        lines.component("VTIMEZONE", |lines| {
            lines.property("TZID", &[], Value::Wire(&self.name));
            for observance in &self.observances {
                observance.write(lines);
            }
        });
    }
}

impl Observance {
    fn write(&self, lines: &mut Lines) {
        let name = if self.is_daylight {
            "DAYLIGHT"
        } else {
            "STANDARD"
        };
        lines.component(name, |lines| {
            let wire = |lines: &mut Lines, name, value: &str| {
                lines.property(name, &[], Value::Wire(value));
            };
            wire(lines, "DTSTART", &date_time(self.start));
            wire(lines, "TZOFFSETFROM", &utc_offset(self.from));
            wire(lines, "TZOFFSETTO", &utc_offset(self.to));
            if let Some(name) = &self.name {
                lines.property("TZNAME", &[], Value::Text(name));
            }
            if let Some(rule) = &self.rule {
                wire(lines, "RRULE", &rule.to_string());
            }
            for date in &self.dates {
                wire(lines, "RDATE", &date_time(*date));
            }
        });
    }
}

/// The same in a TZID parameter and as the text of the TZID property, so nothing in it is quoted in the one and
/// escaped in the other.
fn plain(tzid: &str) -> String {
    let plain: String = tzid
        .chars()
        .map(|c| match c {
            '(' | ')' | '-' | '_' | '/' | '+' | '.' => c,
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .take(MAX_NAME_CHARS)
        .collect();
    let words: Vec<_> = plain.split_whitespace().collect();
    if plain.chars().any(char::is_alphanumeric) {
        words.join(" ")
    } else {
        "Zone".to_owned()
    }
}

/// The lines of each STANDARD and DAYLIGHT, with whether it is the latter.
fn parts(lines: &[ContentLine]) -> Vec<(bool, Vec<&ContentLine>)> {
    let mut parts = Vec::new();
    let mut open: Option<(bool, Vec<&ContentLine>)> = None;
    for line in lines {
        match (line.name.as_str(), line.value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "STANDARD") => open = Some((false, Vec::new())),
            ("BEGIN", "DAYLIGHT") => open = Some((true, Vec::new())),
            ("END", "STANDARD" | "DAYLIGHT") => parts.extend(open.take()),
            _ => {
                if let Some((_, lines)) = &mut open {
                    lines.push(line);
                }
            }
        }
    }
    parts
}

/// `None` when it cannot be followed: what is read of it is nothing, too.
fn observance(is_daylight: bool, lines: &[&ContentLine]) -> Option<Observance> {
    let find = |name: &str| lines.iter().find(|line| line.name == name);
    let to = offset(&find("TZOFFSETTO")?.value)?;
    let from = find("TZOFFSETFROM")
        .and_then(|line| offset(&line.value))
        .unwrap_or(to);
    let (from_seconds, from) = (from, Offset::from_seconds(from).ok()?);
    let rule = match find("RRULE") {
        Some(line) => {
            zone::Rule::parse(&line.value, from_seconds)?;
            let (mut rule, _) = Rule::parse(&line.value).ok()?;
            rule.end = in_utc(rule.end, from)?;
            Some(rule)
        }
        None => None,
    };
    let dates = lines.iter().filter(|line| line.name == "RDATE");
    Some(Observance {
        is_daylight,
        start: local(&find("DTSTART")?.value)?,
        from,
        to: Offset::from_seconds(to).ok()?,
        name: find("TZNAME")
            .map(|line| line.text())
            .filter(|name| !name.is_empty()),
        rule,
        dates: dates
            .flat_map(|line| line.value.split(','))
            .filter_map(|date| local(date.split('/').next().unwrap_or_default()))
            .collect(),
    })
}

/// "The UNTIL rule part MUST always be specified as a date with UTC time" in an observance (RFC 5545 section 3.3.10).
fn in_utc(end: End, from: Offset) -> Option<End> {
    let local = match end {
        End::Until(Until::Local(local)) => local,
        End::Until(Until::Date(day)) => day.at(23, 59, 59, 0),
        other => return Some(other),
    };
    Some(End::Until(Until::Utc(from.to_timestamp(local).ok()?)))
}
