//! Text → rule. What can be understood is; what is left out or read otherwise is said.

use jiff::{Timestamp, civil, tz};
use thiserror::Error;

use super::{Day, End, Frequency, Rule, Until};
use crate::ical::date::{self, Written};

/// Why a rule cannot be followed: left out, it would be another series.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Error)]
pub enum Unreadable {
    /// It does not say how often.
    #[error("has no FREQ that RFC 5545 knows")]
    Frequency,
    /// A part that decides over occurrences cannot be read.
    #[error("has a value of {0} that cannot be read")]
    Part(&'static str),
    /// RFC 7529: counted by another calendar.
    #[error("counts by a calendar other than the Gregorian one (RSCALE), which is not supported")]
    Calendar,
    /// RFC 7529: days that a month does not have are moved, not left out.
    #[error(
        "moves days that a month does not have (SKIP), which is not supported; OMIT, the default, is"
    )]
    Skip,
}

/// Something in a rule that was read otherwise than it stands there, as the end of a sentence.
pub(in crate::ical) type Remark = String;

impl Rule {
    /// Reads the value of RRULE or EXRULE, with what was wrong but could be read.
    ///
    /// # Errors
    /// Why the rule cannot be followed.
    pub fn parse(text: &str) -> Result<(Self, Vec<Remark>), Unreadable> {
        let mut reading = Reading {
            rule: Self::every(Frequency::Yearly),
            remarks: Vec::new(),
            frequency: None,
            count: None,
            until: None,
            seen: Vec::new(),
        };
        for part in text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            // `RRULE:RRULE:FREQ=…` is seen.
            let name = name.rsplit(':').next().unwrap_or_default();
            reading.part(&name.trim().to_ascii_uppercase(), value.trim())?;
        }
        reading.finish()
    }
}

struct Reading {
    rule: Rule,
    remarks: Vec<Remark>,
    frequency: Option<Frequency>,
    count: Option<u32>,
    until: Option<Until>,
    seen: Vec<String>,
}

impl Reading {
    fn part(&mut self, name: &str, value: &str) -> Result<(), Unreadable> {
        if self.seen.iter().any(|seen| seen == name) {
            self.remark("names a part twice; the first counts");
            return Ok(());
        }
        if value.is_empty() && name != "FREQ" {
            self.remark("names a part without a value; it was left out");
            return Ok(());
        }
        let rule = &mut self.rule;
        match name {
            "FREQ" => {
                self.frequency = Some(frequency(value).ok_or(Unreadable::Frequency)?);
            }
            "INTERVAL" => {
                let interval: u32 = value.parse().map_err(|_| Unreadable::Part("INTERVAL"))?;
                rule.interval = interval.max(1);
                if interval == 0 {
                    self.remark("has INTERVAL=0; read as 1");
                }
            }
            "COUNT" => {
                let count: u32 = value.parse().map_err(|_| Unreadable::Part("COUNT"))?;
                self.count = Some(count.max(1));
                if count == 0 {
                    self.remark("has COUNT=0; read as 1");
                }
            }
            "UNTIL" => self.until = Some(until(value).ok_or(Unreadable::Part("UNTIL"))?),
            "BYSECOND" => rule.seconds = numbers(value, 0, 60, "BYSECOND")?,
            "BYMINUTE" => rule.minutes = numbers(value, 0, 59, "BYMINUTE")?,
            "BYHOUR" => rule.hours = numbers(value, 0, 23, "BYHOUR")?,
            "BYMONTHDAY" => rule.month_days = signed(value, 31, "BYMONTHDAY")?,
            "BYYEARDAY" => rule.year_days = signed(value, 366, "BYYEARDAY")?,
            "BYWEEKNO" => rule.weeks = signed(value, 53, "BYWEEKNO")?,
            "BYMONTH" => rule.months = numbers(value, 1, 12, "BYMONTH")?,
            "BYSETPOS" => rule.positions = signed(value, 366, "BYSETPOS")?,
            "BYDAY" | "BYWEEKDAY" => {
                rule.days = days(value).ok_or(Unreadable::Part("BYDAY"))?;
            }
            "WKST" => {
                // `WKST=2MO` and the like have been seen; it only matters where weeks are counted.
                match day(value) {
                    Some(day) => rule.week_start = day.weekday,
                    None => self.remark("has a WKST that is no day of the week; read as MO"),
                }
            }
            "RSCALE" if value.eq_ignore_ascii_case("GREGORIAN") => {}
            "RSCALE" => return Err(Unreadable::Calendar),
            "SKIP" if value.eq_ignore_ascii_case("OMIT") => {}
            "SKIP" => return Err(Unreadable::Skip),
            _ => {
                self.remark("has a part that is not of RFC 5545; it was left out");
                return Ok(());
            }
        }
        self.seen.push(name.to_owned());
        Ok(())
    }

    fn remark(&mut self, remark: &str) {
        if !self.remarks.iter().any(|known| known == remark) {
            self.remarks.push(remark.to_owned());
        }
    }

    fn finish(mut self) -> Result<(Rule, Vec<Remark>), Unreadable> {
        let frequency = self.frequency.ok_or(Unreadable::Frequency)?;
        self.rule.frequency = frequency;
        self.rule.end = match (self.until, self.count) {
            (Some(until), count) => {
                if count.is_some() {
                    self.remark("has both COUNT and UNTIL; UNTIL counts");
                }
                End::Until(until)
            }
            (None, Some(count)) => End::Count(count),
            (None, None) => End::Never,
        };
        let counts_weeks = frequency == Frequency::Yearly && !self.rule.weeks.is_empty();
        let has_ordinals = self.rule.days.iter().any(|day| day.nth.is_some());
        if has_ordinals && (frequency < Frequency::Monthly || counts_weeks) {
            self.remark("numbers days of the week where there is nothing to count them in; the numbers were left out");
            for day in &mut self.rule.days {
                day.nth = None;
            }
            sort_days(&mut self.rule.days);
        }
        let is_odd = !self.rule.weeks.is_empty() && frequency != Frequency::Yearly
            || !self.rule.month_days.is_empty() && frequency == Frequency::Weekly
            || !self.rule.year_days.is_empty()
                && matches!(
                    frequency,
                    Frequency::Daily | Frequency::Weekly | Frequency::Monthly
                );
        if is_odd {
            self.remark("has a part that does not go with its FREQ; it only takes days away");
        }
        Ok((self.rule, self.remarks))
    }
}

fn frequency(value: &str) -> Option<Frequency> {
    Some(match value.to_ascii_uppercase().as_str() {
        "SECONDLY" => Frequency::Secondly,
        "MINUTELY" => Frequency::Minutely,
        "HOURLY" => Frequency::Hourly,
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => return None,
    })
}

fn until(value: &str) -> Option<Until> {
    Some(match date::parse(value)? {
        Written::Date(date) => Until::Date(date),
        Written::DateTime(local, false) => Until::Local(local),
        // The last day of the year 9999 stands for "never" and is beyond what an instant can be.
        Written::DateTime(local, true) => Until::Utc(
            tz::TimeZone::UTC
                .to_timestamp(local)
                .unwrap_or(Timestamp::MAX),
        ),
    })
}

/// A list of numbers, in order, none twice. One that is out of range makes the whole unreadable: without it the rule
/// would be another.
fn numbers<T>(value: &str, least: T, most: T, name: &'static str) -> Result<Vec<T>, Unreadable>
where
    T: std::str::FromStr + Ord,
{
    let unreadable = || Unreadable::Part(name);
    let mut numbers: Vec<T> = value
        .split(',')
        .map(str::trim)
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().map_err(|_| unreadable()))
        .collect::<Result<_, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    let within = numbers.first().is_some_and(|first| *first >= least)
        && numbers.last().is_some_and(|last| *last <= most);
    if within {
        Ok(numbers)
    } else {
        Err(unreadable())
    }
}

/// As [`numbers`], from −`most` to `most` without 0.
fn signed<T>(value: &str, most: T, name: &'static str) -> Result<Vec<T>, Unreadable>
where
    T: std::str::FromStr + Ord + Copy + std::ops::Neg<Output = T> + Default,
{
    let numbers = numbers(value, -most, most, name)?;
    if numbers.contains(&T::default()) {
        return Err(Unreadable::Part(name));
    }
    Ok(numbers)
}

fn days(value: &str) -> Option<Vec<Day>> {
    let mut days: Vec<Day> = value
        .split(',')
        .map(str::trim)
        .filter(|day| !day.is_empty())
        .map(day)
        .collect::<Option<_>>()?;
    sort_days(&mut days);
    (!days.is_empty()).then_some(days)
}

fn sort_days(days: &mut Vec<Day>) {
    days.sort_unstable_by_key(|day| (day.nth, day.weekday.to_monday_zero_offset()));
    days.dedup();
}

/// `TU`, `-1FR`, `+2MO`; `0MO` and spelt-out `MONDAY` are seen.
fn day(value: &str) -> Option<Day> {
    let upper = value.to_ascii_uppercase();
    let at = upper.find(|c: char| c.is_ascii_alphabetic())?;
    let (nth, name) = upper.split_at_checked(at)?;
    let weekday = match name {
        "MO" | "MONDAY" => civil::Weekday::Monday,
        "TU" | "TUESDAY" => civil::Weekday::Tuesday,
        "WE" | "WEDNESDAY" => civil::Weekday::Wednesday,
        "TH" | "THURSDAY" => civil::Weekday::Thursday,
        "FR" | "FRIDAY" => civil::Weekday::Friday,
        "SA" | "SATURDAY" => civil::Weekday::Saturday,
        "SU" | "SUNDAY" => civil::Weekday::Sunday,
        _ => return None,
    };
    let nth = match nth.trim() {
        "" => None,
        number => Some(number.parse::<i8>().ok()?).filter(|number| *number != 0),
    };
    (nth.is_none_or(|nth| (-53..=53).contains(&nth))).then_some(Day { nth, weekday })
}
