//! A VTIMEZONE's own rules, evaluated (RFC 5545 section 3.6.5).

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use jiff::{Span, Timestamp, civil, tz};

use crate::ical::recurrence::{self, End, Frequency, Until};

/// A rule of a zone names one month, rarely two; one that names more only costs time.
const MAX_MONTHS: usize = 2;

/// More years than this between two steps of a rule do not happen.
const MAX_INTERVAL: i16 = 100;

/// A STANDARD or DAYLIGHT part: from each of its onsets on, the offset is `to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ical) struct Observance {
    /// Whether it is a DAYLIGHT.
    pub(in crate::ical) is_daylight: bool,
    /// TZNAME.
    pub(in crate::ical) name: Option<String>,
    /// TZOFFSETFROM: the clock on which DTSTART, RDATE and RRULE count.
    pub(in crate::ical) from: tz::Offset,
    /// TZOFFSETTO.
    pub(in crate::ical) to: tz::Offset,
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
    /// No more than what is followed, and UNTIL in UTC.
    written: recurrence::Rule,
    interval: i16,
    /// Last onset, on the clock of TZOFFSETFROM.
    until: Option<civil::DateTime>,
}

impl Rule {
    /// Reads an RRULE of an observance; `None` when it is not a yearly one or cannot be followed in full.
    pub(in crate::ical) fn parse(text: &str, from: tz::Offset) -> Option<Self> {
        let (mut written, _) = recurrence::Rule::parse(text).ok()?;
        let interval = i16::try_from(written.interval).ok()?;
        let is_of_a_zone = written.frequency == Frequency::Yearly
            && interval <= MAX_INTERVAL
            && written.months.len() <= MAX_MONTHS
            && written.positions.len() <= 1
            && written.year_days.is_empty()
            && written.weeks.is_empty();
        if !is_of_a_zone {
            return None;
        }
        // The time of day is DTSTART's, and weeks are not counted.
        written.hours.clear();
        written.minutes.clear();
        written.seconds.clear();
        written.week_start = civil::Weekday::Monday;
        let until = match written.end {
            End::Never | End::Count(_) => None,
            End::Until(Until::Date(day)) => Some(day.at(23, 59, 59, 0)),
            End::Until(Until::Local(local)) => Some(local),
            End::Until(Until::Utc(instant)) => Some(from.to_datetime(instant)),
        };
        // Beyond what an instant can be stands for "never".
        let until = until.and_then(|until| {
            let instant = from.to_timestamp(until).ok()?;
            (instant < Timestamp::MAX).then_some((until, instant))
        });
        if let End::Until(_) = written.end {
            written.end = until.map_or(End::Never, |(_, instant)| End::Until(Until::Utc(instant)));
        }
        Some(Self {
            written,
            interval,
            until: until.map(|(until, _)| until),
        })
    }

    /// As it goes on to others: "the UNTIL rule part MUST always be specified as a date with UTC time" in an
    /// observance (RFC 5545 section 3.3.10).
    pub(in crate::ical) fn written(&self) -> &recurrence::Rule {
        &self.written
    }

    /// The onsets of one year, in order.
    fn onsets(&self, start: civil::DateTime, year: i16) -> Vec<civil::DateTime> {
        let months = match self.written.months.as_slice() {
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
            if let Some(position) = self.written.positions.first() {
                of_month = nth(&of_month, *position).into_iter().collect();
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
        let (numbers, weekdays) = (&self.written.month_days, &self.written.days);
        let by_number = numbers.is_empty()
            || numbers
                .iter()
                .any(|number| *number == day.day() || *number == from_end);
        let by_weekday = weekdays.is_empty()
            || weekdays.iter().any(|wanted| {
                let is_nth =
                    |nth| nth == (day.day() - 1) / 7 + 1 || nth == -((-from_end - 1) / 7 + 1);
                wanted.weekday == day.weekday() && wanted.nth.is_none_or(is_nth)
            });
        if numbers.is_empty() && weekdays.is_empty() {
            return day.day() == start.day();
        }
        by_number && by_weekday
    }

    /// The years whose onsets can be in force in `year`.
    fn years(&self, start: civil::DateTime, year: i16) -> impl Iterator<Item = i16> {
        let first = start.year();
        let by_count = match self.written.end {
            End::Count(count) => {
                let steps = i16::try_from(count.saturating_sub(1)).unwrap_or(i16::MAX);
                Some(first.saturating_add(steps.saturating_mul(self.interval)))
            }
            End::Never | End::Until(_) => None,
        };
        let last = (year + 1)
            .min(self.until.map_or(i16::MAX, |until| until.year()))
            .min(by_count.unwrap_or(i16::MAX));
        let interval = self.interval;
        // Two steps back: the onset of the last step may be later in the year than the event.
        (first.max(last.saturating_sub(2 * interval))..=last)
            .filter(move |year| (year - first) % interval == 0)
    }
}

fn nth(days: &[civil::Date], position: i16) -> Option<civil::Date> {
    let at = usize::from(position.unsigned_abs()).checked_sub(1)?;
    if position > 0 {
        days.get(at).copied()
    } else {
        days.iter().rev().nth(at).copied()
    }
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

    /// After this nothing changes any more; `None` when a rule goes on.
    pub(super) fn last_onset(&self) -> Option<civil::DateTime> {
        let last = |observance: &Observance| {
            let by_rule = observance
                .rule
                .as_ref()
                .map_or(Some(observance.start), |rule| rule.until)?;
            let by_dates = observance.dates.iter().max().copied();
            Some(by_rule.max(by_dates.unwrap_or(observance.start)))
        };
        let all: Option<Vec<_>> = self.observances.iter().map(last).collect();
        all?.into_iter().max()
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
                    let (from, to) = (observance.from.seconds(), observance.to.seconds());
                    Some(Change {
                        at: wall - i64::from(from),
                        from,
                        to,
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
