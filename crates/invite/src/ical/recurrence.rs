//! How an event recurs (RFC 5545 section 3.8.5): rules and dates as values, and what they come to.

use crate::{ical::ContentLine, time::CalendarTime};

mod clock;
mod exclusions;
mod expansion;
mod meaning;
mod occurrences;
mod plan;
mod read;
mod rule;
mod sentence;
mod series;
mod stream;

pub use occurrences::{MAX_COUNTED, Occurrences, Series};
pub(in crate::ical) use read::Line;
pub use read::{MAX_DATES, MAX_RULES};
pub(in crate::ical) use rule::weekday_name;
pub use rule::{Day, End, Frequency, Rule, Unreadable, Until};
pub use series::{Instance, Instances, Override, Range};

/// How an event recurs, as read. Lists of times are in order and name no instant twice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recurrence {
    /// RRULE; more than one is obsolete, but clients write it.
    pub rules: Vec<Rule>,
    /// EXRULE of RFC 2445.
    pub exclusion_rules: Vec<Rule>,
    /// RDATE.
    pub dates: Vec<Date>,
    /// EXDATE.
    pub excluded: Vec<CalendarTime>,
}

/// A date of RDATE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Date {
    /// When that occurrence starts.
    pub start: CalendarTime,
    /// When it ends, where RDATE gave a PERIOD; else it lasts as long as the others.
    pub end: Option<CalendarTime>,
}

impl Recurrence {
    /// Whether it says nothing, so that the event takes place once.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.dates.is_empty()
    }

    /// The properties, to be written or stored: RRULE, EXRULE, RDATE, EXDATE, each date a line of its own. A time
    /// keeps its TZID, so whoever writes it elsewhere has to define that.
    #[must_use]
    pub fn lines(&self) -> Vec<ContentLine> {
        let rule = |name: &str, rule: &Rule| ContentLine {
            name: name.to_owned(),
            params: Vec::new(),
            value: rule.to_string(),
        };
        let rules = self.rules.iter().map(|value| rule("RRULE", value));
        let exclusion_rules = self
            .exclusion_rules
            .iter()
            .map(|value| rule("EXRULE", value));
        let dates = self.dates.iter().map(|date| read::line_of("RDATE", date));
        let excluded = self.excluded.iter().map(|time| {
            let date = Date {
                start: time.clone(),
                end: None,
            };
            read::line_of("EXDATE", &date)
        });
        rules
            .chain(exclusion_rules)
            .chain(dates)
            .chain(excluded)
            .collect()
    }
}

#[cfg(test)]
mod tests;
