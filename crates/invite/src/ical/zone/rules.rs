//! A VTIMEZONE's own rules, evaluated (RFC 5545 section 3.6.5).

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use jiff::{Span, Timestamp, civil, tz};

/// A rule of a zone names one month, rarely two; one that names more only costs time.
const MAX_MONTHS: usize = 2;

/// More years than this between two steps of a rule do not happen.
const MAX_INTERVAL: i16 = 100;

/// A STANDARD or DAYLIGHT part: from each of its onsets on, the offset is `to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ical) struct Observance {
    /// TZOFFSETFROM, in seconds: the clock on which DTSTART, RDATE and RRULE count.
    pub(in crate::ical) from: i32,
    /// TZOFFSETTO, in seconds.
    pub(in crate::ical) to: i32,
    /// DTSTART.
    pub(in crate::ical) start: civil::DateTime,
    /// RDATE.
    pub(in crate::ical) dates: Vec<civil::DateTime>,
    /// RRULE, if it is one a zone can have.
    pub(in crate::ical) rule: Option<Rule>,
}

/// A yearly RRULE. Zones have no other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ical) struct Rule {
    interval: i16,
    /// Last onset, on the clock of TZOFFSETFROM.
    until: Option<civil::DateTime>,
    count: Option<i16>,
    months: Vec<i8>,
    /// (n-th or 0 for every, weekday)
    days: Vec<(i8, civil::Weekday)>,
    month_days: Vec<i8>,
    position: Option<i8>,
}

impl Rule {
    /// Reads an RRULE of an observance; `None` when it is not a yearly one or is not understood in full.
    pub(in crate::ical) fn parse(text: &str, offset_from: i32) -> Option<Self> {
        let mut rule = Self {
            interval: 1,
            until: None,
            count: None,
            months: Vec::new(),
            days: Vec::new(),
            month_days: Vec::new(),
            position: None,
        };
        let mut is_yearly = false;
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=')?;
            let value = value.trim();
            match name.trim().to_ascii_uppercase().as_str() {
                "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => rule.interval = value.parse().ok()?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(until(value, offset_from)?),
                "BYMONTH" => rule.months = numbers(value)?,
                "BYMONTHDAY" => rule.month_days = numbers(value)?,
                "BYSETPOS" => rule.position = Some(value.parse().ok()?),
                "BYDAY" => rule.days = value.split(',').map(weekday).collect::<Option<_>>()?,
                // The time of day is DTSTART's, and weeks are not counted.
                "WKST" | "BYHOUR" | "BYMINUTE" | "BYSECOND" => {}
                _ => return None,
            }
        }
        let is_of_a_zone = is_yearly
            && (1..=MAX_INTERVAL).contains(&rule.interval)
            && rule.months.len() <= MAX_MONTHS;
        is_of_a_zone.then_some(rule)
    }

    /// The onsets of one year, in order.
    fn onsets(&self, start: civil::DateTime, year: i16) -> Vec<civil::DateTime> {
        let months = match self.months.as_slice() {
            [] => vec![start.month()],
            months => months.to_vec(),
        };
        let mut days = Vec::new();
        for month in months {
            let Ok(first) = civil::Date::new(year, month, 1) else {
                continue;
            };
            let mut of_month: Vec<_> = first
                .series(Span::new().days(1))
                .take_while(|day| day.month() == month)
                .filter(|day| self.takes(*day, start))
                .collect();
            if let Some(position) = self.position {
                of_month = nth(&of_month, position).into_iter().collect();
            }
            days.extend(of_month);
        }
        days.sort_unstable();
        days.into_iter()
            .map(|day| day.to_datetime(start.time()))
            .filter(|onset| *onset >= start && self.until.is_none_or(|until| *onset <= until))
            .collect()
    }

    fn takes(&self, day: civil::Date, start: civil::DateTime) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        let by_number = self.month_days.is_empty()
            || self
                .month_days
                .iter()
                .any(|number| *number == day.day() || *number == from_end);
        let by_weekday = self.days.is_empty()
            || self.days.iter().any(|(nth, weekday)| {
                *weekday == day.weekday()
                    && (*nth == 0
                        || *nth == (day.day() - 1) / 7 + 1
                        || *nth == -((-from_end - 1) / 7 + 1))
            });
        if self.month_days.is_empty() && self.days.is_empty() {
            return day.day() == start.day();
        }
        by_number && by_weekday
    }

    /// The years whose onsets can be in force in `year`.
    fn years(&self, start: civil::DateTime, year: i16) -> impl Iterator<Item = i16> {
        let first = start.year();
        let by_count = self.count.map(|count| {
            first.saturating_add(count.saturating_sub(1).saturating_mul(self.interval))
        });
        let last = (year + 1)
            .min(self.until.map_or(i16::MAX, |until| until.year()))
            .min(by_count.unwrap_or(i16::MAX));
        let interval = self.interval;
        // Two steps back: the onset of the last step may be later in the year than the event.
        (first.max(last.saturating_sub(2 * interval))..=last)
            .filter(move |year| (year - first) % interval == 0)
    }
}

fn nth(days: &[civil::Date], position: i8) -> Option<civil::Date> {
    let at = usize::from(position.unsigned_abs()).checked_sub(1)?;
    if position > 0 {
        days.get(at).copied()
    } else {
        days.iter().rev().nth(at).copied()
    }
}

fn until(value: &str, offset_from: i32) -> Option<civil::DateTime> {
    match super::super::date::parse(value)? {
        super::super::date::Written::Date(date) => Some(date.at(23, 59, 59, 0)),
        super::super::date::Written::DateTime(local, false) => Some(local),
        super::super::date::Written::DateTime(utc, true) => utc
            .checked_add(Span::new().try_seconds(i64::from(offset_from)).ok()?)
            .ok(),
    }
}

fn numbers(value: &str) -> Option<Vec<i8>> {
    value
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect()
}

fn weekday(value: &str) -> Option<(i8, civil::Weekday)> {
    let value = value.trim().to_ascii_uppercase();
    let at = value.len().checked_sub(2)?;
    let (nth, day) = value.split_at_checked(at)?;
    let weekday = match day {
        "MO" => civil::Weekday::Monday,
        "TU" => civil::Weekday::Tuesday,
        "WE" => civil::Weekday::Wednesday,
        "TH" => civil::Weekday::Thursday,
        "FR" => civil::Weekday::Friday,
        "SA" => civil::Weekday::Saturday,
        "SU" => civil::Weekday::Sunday,
        _ => return None,
    };
    let nth = if nth.is_empty() { 0 } else { nth.parse().ok()? };
    Some((nth, weekday))
}

/// The observances of one zone, and the years already worked out.
#[derive(Debug)]
pub(super) struct Rules {
    observances: Vec<Observance>,
    years: RefCell<HashMap<i16, Rc<[Change]>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Change {
    /// Seconds since the epoch, UTC.
    at: i64,
    from: i32,
    to: i32,
}

impl Rules {
    /// `None` when there is no observance.
    pub(super) fn new(observances: Vec<Observance>) -> Option<Self> {
        (!observances.is_empty()).then(|| Self {
            observances,
            years: RefCell::default(),
        })
    }

    /// Whether these rules say something of that time that a list of one fixed offset would not.
    pub(super) fn describe(&self, local: civil::DateTime) -> bool {
        let changes = self.observances.len() > 1
            || self
                .observances
                .iter()
                .any(|observance| observance.rule.is_some() || !observance.dates.is_empty());
        changes
            && self
                .observances
                .iter()
                .any(|observance| observance.start <= local)
    }

    /// What a wall clock time means: of two the first; in a gap with the offset before it (RFC 5545 3.3.5). With whether
    /// it is in a gap. `None` when the calendar has used up its `budget` of observances times years.
    pub(super) fn instant(
        &self,
        local: civil::DateTime,
        budget: &Cell<usize>,
    ) -> Option<(Timestamp, bool)> {
        let changes = self.changes(local.year(), budget)?;
        let wall = tz::TimeZone::UTC.to_timestamp(local).ok()?.as_second();
        let first = changes.first()?;
        let mut offset = first.from;
        let mut is_in_gap = false;
        for change in changes.iter() {
            // Before this change on the clock that ran until then: decided.
            if wall - i64::from(offset) < change.at {
                break;
            }
            // Skipped by this change: the clock before it.
            if wall - i64::from(change.to) < change.at {
                is_in_gap = true;
                break;
            }
            offset = change.to;
        }
        let instant = Timestamp::from_second(wall - i64::from(offset)).ok()?;
        Some((instant, is_in_gap))
    }

    /// The changes around a year, in order.
    fn changes(&self, year: i16, budget: &Cell<usize>) -> Option<Rc<[Change]>> {
        if let Some(known) = self.years.borrow().get(&year) {
            return Some(Rc::clone(known));
        }
        budget.set(budget.get().checked_sub(self.observances.len())?);
        let mut changes: Vec<_> = self
            .observances
            .iter()
            .flat_map(|observance| {
                let mut onsets = vec![observance.start];
                onsets.extend(&observance.dates);
                if let Some(rule) = &observance.rule {
                    for year in rule.years(observance.start, year) {
                        onsets.extend(rule.onsets(observance.start, year));
                    }
                }
                onsets.into_iter().filter_map(|onset| {
                    let wall = tz::TimeZone::UTC.to_timestamp(onset).ok()?.as_second();
                    Some(Change {
                        at: wall - i64::from(observance.from),
                        from: observance.from,
                        to: observance.to,
                    })
                })
            })
            .collect();
        changes.sort_unstable();
        changes.dedup();
        let changes: Rc<[Change]> = changes.into();
        self.years.borrow_mut().insert(year, Rc::clone(&changes));
        Some(changes)
    }
}
