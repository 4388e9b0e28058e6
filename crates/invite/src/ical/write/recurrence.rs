//! How a series recurs, as it is written: each time in the form of DTSTART, each UNTIL of its kind (RFC 5545 sections
//! 3.3.10, 3.8.5), and instead of the instances that do not take place an EXDATE.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::{
    time::{Clocks, Written, local},
    unwritable::Unwritable,
};
use crate::{
    event::Event,
    ical::{
        content_line::{Lines, Value},
        recurrence::{Date, End, Recurrence, Rule, Series, Until},
    },
    time::{CalendarTime, InstanceKey},
};

/// Most instances of one day that an EXDATE without a time takes out.
const MAX_IN_A_DAY: usize = 1_440;

/// RRULE, EXRULE, RDATE and EXDATE of a series.
#[derive(Debug, Default)]
pub(super) struct Recurs {
    rules: Vec<(&'static str, Rule)>,
    /// With the end of those that last otherwise.
    dates: Vec<(Written, Option<Written>)>,
    excluded: Vec<Written>,
    /// When the last instance starts; `None` while there is no end to be seen.
    pub(super) last: Option<CalendarTime>,
}

impl Recurs {
    /// Of a series whose DTSTART is written as `first`; nothing for an event that takes place once.
    pub(super) fn of(event: &Event, first: &Written, clocks: &Clocks) -> Result<Self, Unwritable> {
        let details = &event.details;
        let (recurrence, problems) =
            Recurrence::read(&details.recurrence, &details.start, &clocks.zones);
        if problems
            .iter()
            .any(|problem| problem.code == "invalid-recurrence")
        {
            return Err(Unwritable::UnreadableRecurrence);
        }
        if recurrence.is_empty() {
            return Ok(Self {
                last: Some(details.start.clone()),
                ..Self::default()
            });
        }
        let rule = |name: &'static str, rule: &Rule| {
            let mut rule = rule.clone();
            rule.end = end_like(first, rule.end, clocks);
            (name, rule)
        };
        let rules = recurrence.rules.iter().map(|found| rule("RRULE", found));
        let exclusion_rules = &recurrence.exclusion_rules;
        let exclusion_rules = exclusion_rules.iter().map(|found| rule("EXRULE", found));
        Ok(Self {
            rules: rules.chain(exclusion_rules).collect(),
            dates: dates(&recurrence.dates, first, clocks),
            excluded: excluded(event, &recurrence, first, clocks),
            last: Series::new(&details.start, &recurrence, &clocks.zones).last(),
        })
    }

    pub(super) fn is_once(&self) -> bool {
        self.rules.is_empty() && self.dates.is_empty()
    }

    /// Every time that is written.
    pub(super) fn times(&self) -> impl Iterator<Item = &Written> {
        let dates = self.dates.iter();
        dates
            .flat_map(|(start, end)| std::iter::once(start).chain(end))
            .chain(&self.excluded)
    }

    pub(super) fn write(&self, lines: &mut Lines) {
        for (name, rule) in &self.rules {
            lines.property(name, &[], Value::Wire(&rule.to_string()));
        }
        for (start, end) in &self.dates {
            match end {
                Some(end) => write_period(lines, start, end),
                None => start.write(lines, "RDATE"),
            }
        }
        for time in &self.excluded {
            time.write(lines, "EXDATE");
        }
    }
}

/// When the series has the instance of that name, whether it takes place or not.
pub(super) fn occurrence(
    event: &Event,
    key: &InstanceKey,
    clocks: &Clocks,
) -> Option<CalendarTime> {
    let details = &event.details;
    let (recurrence, _) = Recurrence::read(&details.recurrence, &details.start, &clocks.zones);
    let all = Recurrence {
        excluded: Vec::new(),
        ..recurrence
    };
    Series::new(&details.start, &all, &clocks.zones).occurrence(key)
}

/// RFC 5545 section 3.3.9. A TZID holds for both ends.
fn write_period(lines: &mut Lines, start: &Written, end: &Written) {
    let value = format!("{}/{}", start.value(), end.value());
    let mut params = vec![("VALUE", "PERIOD")];
    params.extend(start.zone().map(|zone| ("TZID", zone.name())));
    lines.property("RDATE", &params, Value::Wire(&value));
}

fn dates(found: &[Date], first: &Written, clocks: &Clocks) -> Vec<(Written, Option<Written>)> {
    let mut seen = BTreeSet::new();
    let dates = found.iter().map(|date| {
        let start = clocks.write_like(first, &date.start);
        let end = date
            .end
            .as_ref()
            .map(|end| clocks.write_like(&start, end))
            // A period is of two times on one clock, and not of days.
            .filter(|end| !start.is_all_day() && end.zone() == start.zone() && end.may_end(&start));
        (start, end)
    });
    dates
        .filter(|(start, _)| seen.insert(start.value()))
        .collect()
}

/// EXDATE and the instances that do not take place, less those that do after all.
fn excluded(
    event: &Event,
    recurrence: &Recurrence,
    first: &Written,
    clocks: &Clocks,
) -> Vec<Written> {
    let instances = event.instances.values();
    let (kept, cancelled): (Vec<_>, Vec<_>) =
        instances.partition(|instance| instance.details.is_some());
    let takes_place: BTreeSet<String> = kept
        .into_iter()
        .map(|instance| clocks.write_like(first, &instance.recurrence_id).value())
        .collect();
    let cancelled = cancelled
        .into_iter()
        .map(|instance| instance.recurrence_id.clone());
    let named = recurrence.excluded.iter().flat_map(|time| match time {
        CalendarTime::AllDay(_) if !first.is_all_day() => on_day(event, recurrence, time, clocks),
        time => vec![time.clone()],
    });
    let mut times: Vec<_> = named.chain(cancelled).collect();
    times.sort_by_key(CalendarTime::instant);
    let mut seen = BTreeSet::new();
    times
        .iter()
        .map(|time| clocks.write_like(first, time))
        .filter(|time| !takes_place.contains(&time.value()) && seen.insert(time.value()))
        .collect()
}

/// What an EXDATE that is a day takes out of a series of times: whatever begins on it.
fn on_day(
    event: &Event,
    recurrence: &Recurrence,
    day: &CalendarTime,
    clocks: &Clocks,
) -> Vec<CalendarTime> {
    let all = Recurrence {
        excluded: Vec::new(),
        ..recurrence.clone()
    };
    let day = local(day).date();
    let begins = TimeZone::UTC
        .to_timestamp(day.at(0, 0, 0, 0))
        .unwrap_or_default();
    // No clock is a day off.
    let from = begins
        .checked_sub(jiff::SignedDuration::from_hours(24))
        .unwrap_or(begins);
    Series::new(&event.details.start, &all, &clocks.zones)
        .occurrences_from(from)
        .take(3 * MAX_IN_A_DAY)
        .take_while(|time| local(time).date() <= day)
        .filter(|time| local(time).date() == day)
        .collect()
}

/// UNTIL as DTSTART has it: a day, a floating time, or in UTC (RFC 5545 section 3.3.10), so that it admits what it
/// did.
fn end_like(first: &Written, end: End, clocks: &Clocks) -> End {
    let End::Until(until) = end else {
        return end;
    };
    let last = match until {
        Until::Date(day) => day.at(23, 59, 59, 0),
        Until::Local(last) => last,
        Until::Utc(instant) => TimeZone::UTC.to_datetime(instant),
    };
    End::Until(match (first, until) {
        (Written::Day(_), _) => Until::Date(last.date()),
        (Written::Floating(_), _) => Until::Local(last),
        (Written::Utc(_) | Written::Zoned { .. }, Until::Utc(_)) => until,
        (Written::Utc(_) | Written::Zoned { .. }, _) => {
            clocks.instant_like(first, last).map_or(until, Until::Utc)
        }
    })
}
