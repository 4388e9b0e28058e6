//! RRULE, EXRULE, RDATE and EXDATE → [`Recurrence`].

use jiff::civil;

use super::{
    Date, Recurrence,
    clock::{Clock, local},
    rule::Rule,
};
use crate::{
    ical::{
        ContentLine, Zones,
        date::{self, Duration, Written},
    },
    mail::Problem,
    time::CalendarTime,
};

/// RRULEs and EXRULEs of an event that are read; RFC 5545 wants one at most.
pub const MAX_RULES: usize = 10;

/// RDATEs and EXDATEs of an event that are read.
pub const MAX_DATES: usize = 100_000;

/// A property and the number of its line; `None` when it was read before and stored.
pub(in crate::ical) type Line = (Option<usize>, ContentLine);

/// What was wrong, and which properties cannot be followed as they stand.
#[derive(Debug, Default)]
pub(in crate::ical) struct Found {
    pub(in crate::ical) problems: Vec<Problem>,
    pub(in crate::ical) invalid: Vec<&'static str>,
}

impl Recurrence {
    /// Reads the RRULE, EXRULE, RDATE and EXDATE among `lines`, those of [`Recurrence::lines`] for example, for an
    /// event that starts at `start` and whose calendar defines `zones`. What cannot be read is left out and named.
    #[must_use]
    pub fn read(
        lines: &[ContentLine],
        start: &CalendarTime,
        zones: &Zones,
    ) -> (Self, Vec<Problem>) {
        let lines: Vec<Line> = lines.iter().map(|line| (None, line.clone())).collect();
        let (recurrence, found) = Self::of(&lines, start, zones);
        (recurrence, found.problems)
    }

    pub(in crate::ical) fn of(
        lines: &[Line],
        start: &CalendarTime,
        zones: &Zones,
    ) -> (Self, Found) {
        let mut reading = Reading {
            recurrence: Self::default(),
            found: Found::default(),
            clock: Clock::of(start, zones),
            start,
            zones,
            dates: 0,
        };
        for (number, line) in lines {
            match line.name.as_str() {
                "RRULE" => reading.rule(line, *number, "RRULE"),
                "EXRULE" => reading.rule(line, *number, "EXRULE"),
                "RDATE" => reading.dates(line, *number, "RDATE"),
                "EXDATE" => reading.dates(line, *number, "EXDATE"),
                _ => {}
            }
        }
        let mut recurrence = reading.recurrence;
        // A day and a midnight are not the same, though they are the same instant here.
        let key = |time: &CalendarTime| (time.instant(), time.is_all_day());
        recurrence.dates.sort_by_key(|date| key(&date.start));
        recurrence.dates.dedup_by_key(|date| key(&date.start));
        recurrence.excluded.sort_by_key(key);
        recurrence.excluded.dedup_by_key(|time| key(time));
        (recurrence, reading.found)
    }
}

struct Reading<'a> {
    recurrence: Recurrence,
    found: Found,
    clock: Clock<'a>,
    start: &'a CalendarTime,
    zones: &'a Zones,
    dates: usize,
}

impl Reading<'_> {
    fn rule(&mut self, line: &ContentLine, number: Option<usize>, name: &'static str) {
        let rules = match name {
            "EXRULE" => &mut self.recurrence.exclusion_rules,
            _ => &mut self.recurrence.rules,
        };
        if rules.len() >= MAX_RULES {
            self.invalid(
                name,
                number,
                "stands there too often; the rest was left out",
            );
            return;
        }
        match Rule::parse(&line.value) {
            Ok((rule, remarks)) => {
                if !rules.contains(&rule) {
                    rules.push(rule);
                }
                for remark in remarks {
                    self.say("recurrence-read-otherwise", name, number, &remark);
                }
            }
            Err(unreadable) => self.invalid(name, number, &unreadable.to_string()),
        }
    }

    fn dates(&mut self, line: &ContentLine, number: Option<usize>, name: &'static str) {
        let mut unreadable = false;
        for value in line
            .value
            .split(',')
            .filter(|value| !value.trim().is_empty())
        {
            self.dates += 1;
            if self.dates > MAX_DATES {
                self.invalid(name, number, "names too many dates; the rest was left out");
                return;
            }
            let (value, end) = match value.split_once('/') {
                Some((value, end)) => (value, Some(end)),
                None => (value, None),
            };
            let Some(start) =
                date::parse(value).and_then(|written| self.time(line, written, number, name))
            else {
                unreadable = true;
                continue;
            };
            if name == "EXDATE" {
                self.recurrence.excluded.push(start);
                continue;
            }
            let start = self.of_the_kind_of_dtstart(start);
            let end = end.and_then(|end| match Duration::parse(end) {
                Some(duration) => self.zones.after(&start, duration),
                None => self.time(line, date::parse(end)?, number, name),
            });
            let end = end.filter(|end| {
                end.is_all_day() == start.is_all_day() && end.instant() > start.instant()
            });
            self.recurrence.dates.push(Date { start, end });
        }
        if unreadable {
            self.invalid(
                name,
                number,
                "has a value that is not a date or a time; it was left out",
            );
        }
    }

    fn time(
        &mut self,
        line: &ContentLine,
        written: Written,
        number: Option<usize>,
        name: &'static str,
    ) -> Option<CalendarTime> {
        let (local, is_utc) = match written {
            Written::Date(day) => return Some(CalendarTime::AllDay(day)),
            Written::DateTime(local, is_utc) => (local, is_utc),
        };
        if is_utc {
            return Some(Clock::Utc.read(local)?.time);
        }
        let tzid = line.param("TZID").filter(|tzid| !tzid.trim().is_empty());
        let Some(tzid) = tzid else {
            if matches!(
                self.start,
                CalendarTime::Utc(_) | CalendarTime::Zoned { .. }
            ) {
                self.say(
                    "date-without-zone",
                    name,
                    number,
                    "has no TZID; read on the clock of DTSTART",
                );
            }
            return Some(self.clock.read(local)?.time);
        };
        let zone = Clock::Zone {
            zones: self.zones,
            tzid,
            iana: match self.start {
                CalendarTime::Zoned {
                    tzid: of_start,
                    iana,
                    ..
                } if of_start == tzid => iana.as_deref(),
                _ => None,
            },
        };
        match zone.read(local) {
            Some(read) => Some(read.time),
            None => {
                self.say(
                    "unknown-time-zone",
                    name,
                    number,
                    "names a time zone that is neither defined in the calendar nor known; read on the clock of DTSTART",
                );
                Some(self.clock.read(local)?.time)
            }
        }
    }

    /// An RDATE that is a day in a series of times is that day at DTSTART's time, and the other way round.
    fn of_the_kind_of_dtstart(&self, time: CalendarTime) -> CalendarTime {
        let other: Option<civil::DateTime> = match (self.start, &time) {
            (CalendarTime::AllDay(_), CalendarTime::AllDay(_)) => None,
            (CalendarTime::AllDay(_), _) => Some(local(&time)),
            (_, CalendarTime::AllDay(day)) => Some(day.to_datetime(local(self.start).time())),
            _ => None,
        };
        other
            .and_then(|local| Some(self.clock.read(local)?.time))
            .unwrap_or(time)
    }

    fn invalid(&mut self, name: &'static str, number: Option<usize>, why: &str) {
        self.say("invalid-recurrence", name, number, why);
        if !self.found.invalid.contains(&name) {
            self.found.invalid.push(name);
        }
    }

    fn say(&mut self, code: &'static str, name: &str, number: Option<usize>, what: &str) {
        let problem = match number {
            Some(number) => Problem::new(code, format!("{name} {what} (line {number})")),
            None => Problem::new(code, format!("{name} {what}")),
        };
        // A list of a thousand dates has the same thing wrong a thousand times.
        if self.found.problems.last() != Some(&problem) {
            self.found.problems.push(problem);
        }
    }
}

/// RDATE or EXDATE of one date.
pub(super) fn line_of(name: &str, date: &Date) -> ContentLine {
    let mut params = Vec::new();
    if date.end.is_some() {
        params.push(("VALUE".to_owned(), vec!["PERIOD".to_owned()]));
    }
    match &date.start {
        CalendarTime::AllDay(_) => params.push(("VALUE".to_owned(), vec!["DATE".to_owned()])),
        CalendarTime::Zoned { tzid, .. } => params.push(("TZID".to_owned(), vec![tzid.clone()])),
        CalendarTime::Utc(_) | CalendarTime::Floating(_) => {}
    }
    let mut value = written(&date.start);
    if let Some(end) = &date.end {
        value.push('/');
        value.push_str(&written(end));
    }
    ContentLine {
        name: name.to_owned(),
        params,
        value,
    }
}

fn written(time: &CalendarTime) -> String {
    use super::rule::Until;
    match time {
        CalendarTime::Utc(instant) => Until::Utc(*instant).to_string(),
        CalendarTime::Zoned { local, .. } | CalendarTime::Floating(local) => {
            Until::Local(*local).to_string()
        }
        CalendarTime::AllDay(day) => Until::Date(*day).to_string(),
    }
}
