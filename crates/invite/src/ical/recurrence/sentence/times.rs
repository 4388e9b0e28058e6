//! At which times of the day a rule takes place, where it says more of that than DTSTART.

use jiff::civil;

use super::MAX_NAMED;
use crate::ical::recurrence::rule::{Frequency, Rule};

/// What there is to say.
pub(super) enum Times {
    /// `09:00` and `14:00`
    Few(Vec<String>),
    /// More than are named.
    Many,
    /// Of a rule of hours, minutes or seconds: which of them.
    Within,
}

pub(super) fn of(rule: &Rule, start: civil::DateTime) -> Option<Times> {
    if rule.hours.is_empty() && rule.minutes.is_empty() && rule.seconds.is_empty() {
        return None;
    }
    if rule.frequency <= Frequency::Hourly {
        return Some(Times::Within);
    }
    let or = |numbers: &[i8], of_start: i8| -> Vec<i8> {
        if numbers.is_empty() {
            vec![of_start]
        } else {
            numbers.to_vec()
        }
    };
    let (hours, minutes) = (
        or(&rule.hours, start.hour()),
        or(&rule.minutes, start.minute()),
    );
    if rule.seconds.len() > 1 || hours.len() * minutes.len() > MAX_NAMED {
        return Some(Times::Many);
    }
    let times: Vec<_> = hours
        .iter()
        .flat_map(|hour| {
            minutes
                .iter()
                .map(move |minute| format!("{hour:02}:{minute:02}"))
        })
        .collect();
    let is_dtstarts = times == [format!("{:02}:{:02}", start.hour(), start.minute())];
    (!is_dtstarts).then_some(Times::Few(times))
}

/// Of two digits each.
pub(super) fn two_digits(numbers: &[i8]) -> Vec<String> {
    numbers
        .iter()
        .map(|number| format!("{number:02}"))
        .collect()
}
