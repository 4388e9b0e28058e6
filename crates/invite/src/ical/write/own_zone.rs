//! A VTIMEZONE of the organizer's client on its way to attendees: read, checked, written anew.

use super::time::date_time;
use crate::ical::{
    ZoneDefinition,
    content_line::{Lines, Value},
    read,
    vtimezone::utc_offset,
    zone::{self, Observance},
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

impl OwnZone {
    /// `None` when nothing in it can be followed. `taken` are the names of the object's other zones of this kind.
    pub(super) fn new(definition: &ZoneDefinition, taken: &[&str]) -> Option<Self> {
        // What others are told is what the times were read by, and no more.
        let observances = read::definition(definition)?.observances;
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

    /// What the organizer's client calls it.
    pub(super) fn tzid(&self) -> &str {
        self.definition.tzid()
    }

    pub(super) fn is_named(&self, tzid: &str) -> bool {
        self.definition.is_named(tzid)
    }

    pub(super) fn write(&self, lines: &mut Lines) {
        lines.component("VTIMEZONE", |lines| {
            lines.property("TZID", &[], Value::Wire(&self.name));
            for observance in &self.observances {
                write_observance(lines, observance);
            }
        });
    }
}

/// A STANDARD or DAYLIGHT (RFC 5545 section 3.6.5).
fn write_observance(lines: &mut Lines, observance: &Observance) {
    let name = if observance.is_daylight {
        "DAYLIGHT"
    } else {
        "STANDARD"
    };
    lines.component(name, |lines| {
        let wire = |lines: &mut Lines, name, value: &str| {
            lines.property(name, &[], Value::Wire(value));
        };
        wire(lines, "DTSTART", &date_time(observance.start));
        wire(lines, "TZOFFSETFROM", &utc_offset(observance.from));
        wire(lines, "TZOFFSETTO", &utc_offset(observance.to));
        if let Some(name) = &observance.name {
            lines.property("TZNAME", &[], Value::Text(name));
        }
        if let Some(rule) = &observance.rule {
            wire(lines, "RRULE", &rule.written().to_string());
        }
        for date in &observance.dates {
            wire(lines, "RDATE", &date_time(*date));
        }
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in a calendar, and the same as it goes on to attendees.
    fn read_and_written(observances: &str) -> (ZoneDefinition, ZoneDefinition) {
        let zone = |vtimezone: &str| {
            let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{vtimezone}END:VCALENDAR\n");
            read(&text).0.remove(0).zones.remove(0)
        };
        let read = zone(&format!(
            "BEGIN:VTIMEZONE\nTZID:Mine\n{observances}END:VTIMEZONE\n"
        ));
        let mut lines = Lines::default();
        OwnZone::new(&read, &[]).unwrap().write(&mut lines);
        let written = zone(&String::from_utf8(lines.into_bytes()).unwrap());
        (read, written)
    }

    const STANDARD: &str = "BEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
        TZNAME:CET\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n";

    #[test]
    fn attendees_are_told_the_rules_the_times_were_read_by() {
        for rule in [
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=-1;INTERVAL=2",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=5",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYMONTH=4",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20300331T020000",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20300331",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=99991231T235959Z",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=70",
            "RDATE:20260329T020000,20270328T020000",
            // None of these can be followed, so the observance is nothing to anybody.
            "RRULE:FREQ=YEARLY;BYMONTH=20;BYDAY=-1SU",
            "RRULE:FREQ=YEARLY;BYYEARDAY=80",
            "RRULE:FREQ=MONTHLY;BYDAY=-1SU",
            "RRULE:never",
            // A component that was not closed; what is in it is not of the zone.
            "BEGIN:STANDARD\nDTSTART:19471005T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0500\nEND:STANDARD",
        ] {
            let daylight = format!(
                "BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n{rule}\nEND:DAYLIGHT\n"
            );
            let (read, written) = read_and_written(&format!("{STANDARD}{daylight}"));
            let observances = |kept| read::definition(kept).unwrap().observances;
            assert_eq!(observances(&read), observances(&written), "{rule}");
        }
    }
}
