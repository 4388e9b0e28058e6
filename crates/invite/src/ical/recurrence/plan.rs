//! A rule completed by what DTSTART gives it (RFC 5545 section 3.3.10: "Information, not contained in the rule,
//! necessary to determine the various recurrence instance start time and dates are derived from the Start Time").

use jiff::civil::{Date, DateTime, Weekday};

use super::rule::{Day, Frequency, Rule};

/// Which days a rule takes, and at which times of them.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) frequency: Frequency,
    pub(super) interval: i64,
    pub(super) week_start: Weekday,
    pub(super) hours: Vec<i8>,
    pub(super) minutes: Vec<i8>,
    pub(super) seconds: Vec<i8>,
    pub(super) positions: Vec<i16>,
    months: Vec<i8>,
    month_days: Vec<i8>,
    year_days: Vec<i16>,
    weeks: Vec<i8>,
    days: Vec<Day>,
    /// Whether numbered days of the week are counted in their month, else in their year.
    counts_in_month: bool,
}

impl Plan {
    pub(super) fn new(rule: &Rule, start: DateTime) -> Self {
        let frequency = rule.frequency;
        let mut plan = Self {
            frequency,
            interval: i64::from(rule.interval.max(1)),
            week_start: rule.week_start,
            hours: rule.hours.clone(),
            minutes: rule.minutes.clone(),
            // A clock without leap seconds takes second 60 as 59 (RFC 5545 section 3.3.10).
            seconds: rule
                .seconds
                .iter()
                .map(|second| (*second).min(59))
                .collect(),
            positions: rule.positions.clone(),
            months: rule.months.clone(),
            month_days: rule.month_days.clone(),
            year_days: rule.year_days.clone(),
            weeks: rule.weeks.clone(),
            days: rule.days.clone(),
            counts_in_month: frequency == Frequency::Monthly || !rule.months.is_empty(),
        };
        plan.seconds.dedup();
        let names_days =
            !rule.days.is_empty() || !rule.month_days.is_empty() || !rule.year_days.is_empty();
        if !names_days {
            let weekday = Day {
                nth: None,
                weekday: start.weekday(),
            };
            match frequency {
                Frequency::Yearly if !rule.weeks.is_empty() => plan.days.push(weekday),
                Frequency::Yearly => {
                    plan.month_days.push(start.day());
                    if rule.months.is_empty() {
                        plan.months.push(start.month());
                    }
                }
                Frequency::Monthly => plan.month_days.push(start.day()),
                Frequency::Weekly => plan.days.push(weekday),
                _ => {}
            }
        }
        if plan.hours.is_empty() && frequency > Frequency::Hourly {
            plan.hours.push(start.hour());
        }
        if plan.minutes.is_empty() && frequency > Frequency::Minutely {
            plan.minutes.push(start.minute());
        }
        if plan.seconds.is_empty() && frequency > Frequency::Secondly {
            plan.seconds.push(start.second());
        }
        plan
    }

    /// The months a year is looked through for.
    pub(super) fn months(&self) -> &[i8] {
        const ALL: [i8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        if self.months.is_empty() {
            &ALL
        } else {
            &self.months
        }
    }

    pub(super) fn takes_month(&self, month: i8) -> bool {
        self.months.is_empty() || self.months.contains(&month)
    }

    pub(super) fn takes_day(&self, day: Date) -> bool {
        self.takes_month(day.month())
            && self.takes_month_day(day)
            && self.takes_weekday(day)
            && self.takes_year_day(day)
            && self.takes_week(day)
    }

    fn takes_month_day(&self, day: Date) -> bool {
        if self.month_days.is_empty() {
            return true;
        }
        let from_end = day.day() - day.days_in_month() - 1;
        self.month_days
            .iter()
            .any(|number| *number == day.day() || *number == from_end)
    }

    fn takes_year_day(&self, day: Date) -> bool {
        if self.year_days.is_empty() {
            return true;
        }
        let number = day.day_of_year();
        let from_end = number - day.days_in_year() - 1;
        [number, from_end]
            .iter()
            .any(|number| self.year_days.binary_search(number).is_ok())
    }

    fn takes_weekday(&self, day: Date) -> bool {
        if self.days.is_empty() {
            return true;
        }
        let weekday = day.weekday();
        let (number, length) = if self.counts_in_month {
            (i16::from(day.day()), i16::from(day.days_in_month()))
        } else {
            (day.day_of_year(), day.days_in_year())
        };
        let nth = (number - 1) / 7 + 1;
        let from_end = -((length - number) / 7 + 1);
        self.days.iter().any(|wanted| {
            wanted.weekday == weekday
                && wanted
                    .nth
                    .is_none_or(|wanted| i16::from(wanted) == nth || i16::from(wanted) == from_end)
        })
    }

    fn takes_week(&self, day: Date) -> bool {
        if self.weeks.is_empty() {
            return true;
        }
        // A week is of the year that has at least four of its days, so of the one its fourth day is in.
        let number_of = |day: Date| {
            let fourth = after(first_of_week(day, self.week_start)?, 3)?;
            Some((fourth.year(), (fourth.day_of_year() - 1) / 7 + 1))
        };
        let Some((year, number)) = number_of(day) else {
            return false;
        };
        let Some((_, weeks)) = Date::new(year, 12, 28).ok().and_then(number_of) else {
            return false;
        };
        let from_end = number - weeks - 1;
        self.weeks
            .iter()
            .any(|wanted| i16::from(*wanted) == number || i16::from(*wanted) == from_end)
    }
}

/// The day on which a week begins.
pub(super) fn first_of_week(day: Date, week_start: Weekday) -> Option<Date> {
    let into = day.weekday().since(week_start);
    after(day, -i64::from(into))
}

/// The day that many days later; `None` beyond the calendar.
pub(super) fn after(day: Date, days: i64) -> Option<Date> {
    let seconds = seconds(day.at(0, 0, 0, 0))?;
    Some(date_time(seconds.checked_add(days.checked_mul(86_400)?)?)?.date())
}

/// A wall clock time as seconds of a clock that never jumps.
pub(super) fn seconds(local: DateTime) -> Option<i64> {
    let utc = jiff::tz::Offset::UTC.to_timestamp(local).ok()?;
    Some(utc.as_second())
}

/// The inverse of [`seconds`].
pub(super) fn date_time(seconds: i64) -> Option<DateTime> {
    let utc = jiff::Timestamp::from_second(seconds).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(utc))
}
