//! TZ and DAYLIGHT of vCalendar 1.0 (sections 2.2.2 and 2.2.5): the one zone of a calendar's local times.

use crate::{
    ical::{
        ContentLine,
        date::{self, Written},
        read::{component::Component, invalid},
    },
    mail::Problem,
};

/// Most years of daylight saving time one calendar can list.
const MAX_YEARS: usize = 100;

/// A zone to be named by TZID, and the VTIMEZONE it has.
pub(super) struct Zone {
    pub(super) tzid: String,
    pub(super) definition: Component,
}

/// The zone of a calendar that has a TZ property.
pub(super) fn read(lines: &[(usize, ContentLine)], problems: &mut Vec<Problem>) -> Option<Zone> {
    let (number, line) = lines.iter().find(|(_, line)| line.name == "TZ")?;
    let Some(standard) = offset(&line.value) else {
        problems.push(invalid(line, *number, "is not an offset from UTC"));
        return None;
    };
    let tzid = format!("vCalendar TZ {standard}");
    let mut definition = Component::new("VTIMEZONE".to_owned(), *number);
    definition.lines.push((*number, property("TZID", &tzid)));
    let mut observe = |kind: &str, number: usize, start: &str, from: &str, to: &str| {
        let mut observance = Component::new(kind.to_owned(), number);
        observance.lines = [
            property("DTSTART", start),
            property("TZOFFSETFROM", from),
            property("TZOFFSETTO", to),
        ]
        .map(|line| (number, line))
        .into();
        definition.children.push(observance);
    };
    observe("STANDARD", *number, "16010101T000000", &standard, &standard);
    let daylight = lines.iter().filter(|(_, line)| line.name == "DAYLIGHT");
    for (number, line) in daylight.take(MAX_YEARS) {
        let mut fields = line.value.split(';').map(str::trim);
        if fields
            .next()
            .is_some_and(|flag| flag.eq_ignore_ascii_case("FALSE"))
        {
            continue;
        }
        let saving = fields.next().and_then(offset);
        let begin = fields.next().and_then(local);
        let end = fields.next().and_then(local);
        match (saving, begin, end) {
            (Some(saving), Some(begin), Some(end)) => {
                observe("DAYLIGHT", *number, &begin, &standard, &saving);
                observe("STANDARD", *number, &end, &saving, &standard);
            }
            _ => problems.push(invalid(
                line,
                *number,
                "is not a rule of daylight saving time",
            )),
        }
    }
    Some(Zone { tzid, definition })
}

fn property(name: &str, value: &str) -> ContentLine {
    ContentLine {
        name: name.to_owned(),
        params: Vec::new(),
        value: value.to_owned(),
    }
}

/// `-05`, `-5`, `-0500`, `-05:00`, `+05:30` as `-0500`.
fn offset(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace(':', "");
    let is_offset =
        (1..=4).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    let number: u16 = is_offset.then(|| digits.parse().ok()).flatten()?;
    let (hours, minutes) = if digits.len() > 2 {
        (number / 100, number % 100)
    } else {
        (number, 0)
    };
    (hours <= 14 && minutes < 60).then(|| format!("{sign}{hours:02}{minutes:02}"))
}

fn local(text: &str) -> Option<String> {
    match date::parse(text)? {
        Written::DateTime(time, _) => Some(time.strftime("%Y%m%dT%H%M%S").to_string()),
        Written::Date(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_written_then() {
        for (text, read) in [
            ("-05", Some("-0500")),
            ("-5", Some("-0500")),
            ("-0500", Some("-0500")),
            ("-05:00", Some("-0500")),
            ("+05:30", Some("+0530")),
            ("0", Some("+0000")),
            ("-1500", None),
            ("EST", None),
            ("", None),
        ] {
            assert_eq!(offset(text).as_deref(), read, "{text}");
        }
    }
}
