//! What is taken out of a series: EXDATE, and EXRULE of RFC 2445.

use std::collections::HashSet;

use jiff::civil::{Date, DateTime};

use super::{
    clock::{instant, local},
    expansion::Expansion,
    rule::{End, Rule, Until},
};
use crate::time::CalendarTime;

/// Occurrences of an EXRULE with COUNT that are counted; it has none beyond.
const MAX_COUNTED: u32 = 200_000;

/// The exclusions of one series.
#[derive(Clone, Debug, Default)]
pub(super) struct Exclusions {
    instants: HashSet<i64>,
    /// Of floating times, and of times for a series of floating times or days.
    locals: HashSet<DateTime>,
    /// An EXDATE that is a day takes out what begins on it, whatever DTSTART is: some clients write no other.
    days: HashSet<Date>,
    rules: Vec<ExclusionRule>,
}

#[derive(Clone, Debug)]
struct ExclusionRule {
    expansion: Expansion,
    counted: Option<(u32, u32, Option<DateTime>)>,
    until: Option<Until>,
}

impl Exclusions {
    pub(super) fn new(excluded: &[CalendarTime], rules: &[Rule], start: &CalendarTime) -> Self {
        let mut exclusions = Self::default();
        for time in excluded {
            match (start, time) {
                (CalendarTime::AllDay(_), time) => {
                    exclusions.days.insert(local(time).date());
                }
                (_, CalendarTime::AllDay(day)) => {
                    exclusions.days.insert(*day);
                }
                (CalendarTime::Utc(_) | CalendarTime::Zoned { .. }, time)
                    if instant(time).is_some() =>
                {
                    exclusions.instants.insert(time.instant().as_second());
                }
                (_, time) => {
                    exclusions.locals.insert(local(time));
                }
            }
        }
        exclusions.rules = rules
            .iter()
            .map(|rule| ExclusionRule::new(rule, start))
            .collect();
        exclusions
    }

    /// Whether `time` is taken out. To be asked in the order of time.
    pub(super) fn take_out(&mut self, time: &CalendarTime) -> bool {
        let local = local(time);
        instant(time).is_some_and(|instant| self.instants.contains(&instant.as_second()))
            || !self.locals.is_empty() && self.locals.contains(&local)
            || !self.days.is_empty() && self.days.contains(&local.date())
            || self.rules.iter_mut().any(|rule| rule.take_out(time, local))
    }
}

impl ExclusionRule {
    fn new(rule: &Rule, start: &CalendarTime) -> Self {
        let (counted, until) = match rule.end {
            End::Never => (None, None),
            End::Count(count) => (Some((count.min(MAX_COUNTED), 0, None)), None),
            End::Until(until) => (None, Some(until)),
        };
        Self {
            expansion: Expansion::without_start(rule, local(start)),
            counted,
            until,
        }
    }

    fn take_out(&mut self, time: &CalendarTime, local: DateTime) -> bool {
        if self
            .until
            .is_some_and(|until| !until.admits(local, instant(time), time.is_all_day()))
        {
            return false;
        }
        let Some((count, taken, at)) = &mut self.counted else {
            self.expansion.seek(local);
            return self.expansion.next() == Some(local);
        };
        while at.is_none_or(|at| at < local) && *taken < *count {
            *at = self.expansion.next();
            *taken += 1;
            if at.is_none() {
                *taken = *count;
            }
        }
        *at == Some(local)
    }
}
