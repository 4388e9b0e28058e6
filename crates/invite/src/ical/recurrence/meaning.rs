//! Whether two series recur alike, however their clients wrote it: what decides if a change is significant.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Weekday};

use super::{
    Recurrence,
    clock::{Clock, local},
    occurrences::Series,
    rule::{Day, End, Frequency, Rule},
};
use crate::time::{CalendarTime, InstanceKey};

/// What a series comes to, but for DTSTART.
#[derive(PartialEq, Eq)]
struct Meaning {
    rules: BTreeSet<String>,
    exclusion_rules: BTreeSet<String>,
    /// With when they end, where RDATE says so.
    dates: BTreeSet<(InstanceKey, Option<InstanceKey>)>,
    excluded: BTreeSet<InstanceKey>,
}

impl Series<'_> {
    /// Whether both recur alike. Parts may be in any order, say what is the default or what DTSTART says already; an
    /// end is the occurrence it lets be the last, as COUNT or as UNTIL; RDATE and EXDATE are sets of instants.
    /// Whether DTSTART itself is the same is not looked at.
    #[must_use]
    pub fn recurs_like(&self, other: &Series<'_>) -> bool {
        self.meaning() == other.meaning()
    }

    fn meaning(&self) -> Meaning {
        let recurrence = self.recurrence();
        let dates = recurrence.dates.iter().map(|date| {
            let end = date.end.as_ref().map(CalendarTime::instance_key);
            (date.start.instance_key(), end)
        });
        let excluded = recurrence.excluded.iter();
        Meaning {
            rules: self.plain(&recurrence.rules),
            exclusion_rules: self.plain(&recurrence.exclusion_rules),
            dates: dates.collect(),
            excluded: excluded.map(|time| self.excluded(time)).collect(),
        }
    }

    fn plain(&self, rules: &[Rule]) -> BTreeSet<String> {
        let start = local(self.start());
        rules
            .iter()
            .map(|rule| {
                let plain = plain(rule, start);
                match self.last_of(rule) {
                    Some(last) => format!("{plain} last {}", last.as_str()),
                    None if rule.end == End::Never => plain.to_string(),
                    None => format!("{plain} end {:?}", rule.end),
                }
            })
            .collect()
    }

    fn last_of(&self, rule: &Rule) -> Option<InstanceKey> {
        let alone = Recurrence {
            rules: vec![rule.clone()],
            ..Recurrence::default()
        };
        let last = Series::new(self.start(), &alone, self.zones()).last()?;
        Some(last.instance_key())
    }

    /// The occurrence an EXDATE takes out: of a day in a series of times, the one at DTSTART's time.
    fn excluded(&self, time: &CalendarTime) -> InstanceKey {
        let start = self.start();
        let clock = Clock::of(start, self.zones());
        let meant = match (start, time) {
            (CalendarTime::AllDay(_), time) => clock.read(local(time)),
            (start, CalendarTime::AllDay(day)) => clock.read(day.to_datetime(local(start).time())),
            _ => None,
        };
        meant.map_or_else(|| time.instance_key(), |read| read.time.instance_key())
    }
}

/// The rule without its end and without what DTSTART says already.
fn plain(rule: &Rule, start: DateTime) -> Rule {
    let mut rule = Rule {
        end: End::Never,
        ..rule.clone()
    };
    let frequency = rule.frequency;
    if frequency > Frequency::Hourly && rule.hours == [start.hour()] {
        rule.hours.clear();
    }
    if frequency > Frequency::Minutely && rule.minutes == [start.minute()] {
        rule.minutes.clear();
    }
    if frequency > Frequency::Secondly && rule.seconds == [start.second()] {
        rule.seconds.clear();
    }
    number_days(&mut rule);
    let only_months_and_days = rule.year_days.is_empty() && rule.weeks.is_empty();
    if only_months_and_days && rule.days.is_empty() {
        let is_month_implied = rule.months == [start.month()];
        match frequency {
            Frequency::Monthly if rule.month_days == [start.day()] => rule.month_days.clear(),
            // Without BYMONTH it would be that day of each month.
            Frequency::Yearly if !rule.months.is_empty() && rule.month_days == [start.day()] => {
                rule.month_days.clear();
            }
            _ => {}
        }
        if frequency == Frequency::Yearly && is_month_implied && rule.month_days.is_empty() {
            rule.months.clear();
        }
    }
    let weekday = Day {
        nth: None,
        weekday: start.weekday(),
    };
    if frequency == Frequency::Weekly && rule.days == [weekday] && rule.month_days.is_empty() {
        rule.days.clear();
    }
    let counts_weeks = frequency == Frequency::Weekly
        && !rule.days.is_empty()
        && (rule.interval > 1 || !rule.positions.is_empty());
    if !counts_weeks && rule.weeks.is_empty() {
        rule.week_start = Weekday::Monday;
    }
    rule
}

/// Outlook's `BYDAY=TU;BYSETPOS=2` is Google's `BYDAY=2TU`.
fn number_days(rule: &mut Rule) {
    let is_within_a_month = rule.frequency == Frequency::Monthly
        || rule.frequency == Frequency::Yearly && rule.months.len() == 1;
    let is_once_a_day = rule.hours.len() <= 1 && rule.minutes.len() <= 1 && rule.seconds.len() <= 1;
    let is_plain = rule.month_days.is_empty() && rule.year_days.is_empty() && rule.weeks.is_empty();
    let [Day { nth: None, weekday }] = *rule.days.as_slice() else {
        return;
    };
    let numbers: Option<Vec<i8>> = rule
        .positions
        .iter()
        .map(|position| i8::try_from(*position).ok().filter(|nth| nth.abs() <= 5))
        .collect();
    if let Some(numbers) = numbers
        && !numbers.is_empty()
        && is_within_a_month
        && is_once_a_day
        && is_plain
    {
        rule.positions.clear();
        rule.days = numbers
            .into_iter()
            .map(|nth| Day {
                nth: Some(nth),
                weekday,
            })
            .collect();
    }
}
