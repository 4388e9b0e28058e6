//! RRULE and EXRULE as a value (RFC 5545 section 3.3.10): read leniently, written in one way.

use std::fmt;

use jiff::{Timestamp, civil, tz};

mod parse;

pub use parse::Unreadable;

/// FREQ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Frequency {
    /// Every second.
    Secondly,
    /// Every minute.
    Minutely,
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

impl Frequency {
    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secondly => "SECONDLY",
            Self::Minutely => "MINUTELY",
            Self::Hourly => "HOURLY",
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}

/// When a rule stops.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// It goes on.
    Never,
    /// COUNT: with that many occurrences, DTSTART among them; at least 1.
    Count(u32),
    /// UNTIL, the moment itself included.
    Until(Until),
}

/// UNTIL, as it was written: of DTSTART's kind as it should be, or not (see [`Until::admits`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Until {
    /// `UNTIL=20260505`: that day included.
    Date(civil::Date),
    /// `UNTIL=20260505T080000Z`
    Utc(Timestamp),
    /// `UNTIL=20260505T100000`, on the clock of DTSTART.
    Local(civil::DateTime),
}

impl Until {
    /// Whether an occurrence, at `local` on the clock of DTSTART and at `instant` if that clock is of a place, is not
    /// yet beyond the end. An end of the wrong kind is compared by what both have: their days, or their clocks.
    #[must_use]
    pub fn admits(self, local: civil::DateTime, instant: Option<Timestamp>, is_day: bool) -> bool {
        match (self, instant) {
            (Self::Date(last), _) => local.date() <= last,
            (Self::Local(last), _) if is_day => local.date() <= last.date(),
            (Self::Local(last), _) => local <= last,
            (Self::Utc(last), Some(instant)) => instant <= last,
            (Self::Utc(last), None) => {
                let last = tz::TimeZone::UTC.to_datetime(last);
                if is_day {
                    local.date() <= last.date()
                } else {
                    local <= last
                }
            }
        }
    }
}

/// An element of BYDAY: `TU`, `-1FR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Day {
    /// The how manieth of the month or the year, from its end when negative; `None` for each of them.
    pub nth: Option<i8>,
    /// Which day of the week.
    pub weekday: civil::Weekday,
}

/// One recurrence rule. Its lists are in order and name nothing twice, so two rules of the same parts are equal in
/// whatever order a client wrote them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rule {
    /// FREQ.
    pub frequency: Frequency,
    /// INTERVAL, at least 1.
    pub interval: u32,
    /// COUNT or UNTIL.
    pub end: End,
    /// BYSECOND, 0 to 60 (a leap second is taken as second 59).
    pub seconds: Vec<i8>,
    /// BYMINUTE, 0 to 59.
    pub minutes: Vec<i8>,
    /// BYHOUR, 0 to 23.
    pub hours: Vec<i8>,
    /// BYDAY.
    pub days: Vec<Day>,
    /// BYMONTHDAY, ±1 to ±31.
    pub month_days: Vec<i8>,
    /// BYYEARDAY, ±1 to ±366.
    pub year_days: Vec<i16>,
    /// BYWEEKNO, ±1 to ±53.
    pub weeks: Vec<i8>,
    /// BYMONTH, 1 to 12.
    pub months: Vec<i8>,
    /// BYSETPOS, ±1 to ±366.
    pub positions: Vec<i16>,
    /// WKST.
    pub week_start: civil::Weekday,
}

impl Rule {
    /// A rule that says no more than how often.
    #[must_use]
    pub fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            end: End::Never,
            seconds: Vec::new(),
            minutes: Vec::new(),
            hours: Vec::new(),
            days: Vec::new(),
            month_days: Vec::new(),
            year_days: Vec::new(),
            weeks: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_start: civil::Weekday::Monday,
        }
    }
}

/// The two letters of a day of the week.
pub(in crate::ical) fn weekday_name(weekday: civil::Weekday) -> &'static str {
    match weekday {
        civil::Weekday::Monday => "MO",
        civil::Weekday::Tuesday => "TU",
        civil::Weekday::Wednesday => "WE",
        civil::Weekday::Thursday => "TH",
        civil::Weekday::Friday => "FR",
        civil::Weekday::Saturday => "SA",
        civil::Weekday::Sunday => "SU",
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(weekday_name(self.weekday))
    }
}

/// UNTIL's value. Years beyond 9999 or before 0 do not fit the format and cannot be read either.
impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = |f: &mut fmt::Formatter<'_>, date: civil::Date| {
            let year = date.year().max(0);
            write!(f, "{year:04}{:02}{:02}", date.month(), date.day())
        };
        let time = |f: &mut fmt::Formatter<'_>, local: civil::DateTime| {
            date(f, local.date())?;
            let (hour, minute, second) = (local.hour(), local.minute(), local.second());
            write!(f, "T{hour:02}{minute:02}{second:02}")
        };
        match self {
            Self::Date(day) => date(f, *day),
            Self::Local(local) => time(f, *local),
            Self::Utc(instant) => {
                time(f, tz::TimeZone::UTC.to_datetime(*instant))?;
                f.write_str("Z")
            }
        }
    }
}

/// The value as it stands on the wire, its parts in the order of RFC 5545's grammar, defaults left out.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list<T: fmt::Display>(
            f: &mut fmt::Formatter<'_>,
            name: &str,
            values: &[T],
        ) -> fmt::Result {
            for (at, value) in values.iter().enumerate() {
                if at == 0 {
                    write!(f, ";{name}={value}")?;
                } else {
                    write!(f, ",{value}")?;
                }
            }
            Ok(())
        }
        write!(f, "FREQ={}", self.frequency.as_str())?;
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(until) => write!(f, ";UNTIL={until}")?,
        }
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        list(f, "BYSECOND", &self.seconds)?;
        list(f, "BYMINUTE", &self.minutes)?;
        list(f, "BYHOUR", &self.hours)?;
        list(f, "BYDAY", &self.days)?;
        list(f, "BYMONTHDAY", &self.month_days)?;
        list(f, "BYYEARDAY", &self.year_days)?;
        list(f, "BYWEEKNO", &self.weeks)?;
        list(f, "BYMONTH", &self.months)?;
        list(f, "BYSETPOS", &self.positions)?;
        if self.week_start != civil::Weekday::Monday {
            write!(f, ";WKST={}", weekday_name(self.week_start))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
