//! A series in English.

use jiff::civil::{self, Weekday};

use super::{
    ENGLISH, MAX_NAMED, is_every_weekday, is_monday_to_friday, is_plain_monthly, is_plain_yearly,
    is_weekday_implied, month_days,
    times::{self, Times, two_digits},
};
use crate::ical::recurrence::rule::{Day, Frequency, Rule};

/// `on 3 March 2026 and 5 April 2026`, or how many they are.
pub(super) fn on_days(days: Vec<String>) -> String {
    match days.len() {
        0..=MAX_NAMED => format!("on {}", list(days)),
        count => format!("on {count} days"),
    }
}

/// How often, and on which days.
pub(super) fn steps(rule: &Rule, start: civil::DateTime) -> String {
    let unit = match rule.frequency {
        Frequency::Secondly => "second",
        Frequency::Minutely => "minute",
        Frequency::Hourly => "hour",
        Frequency::Daily => "day",
        Frequency::Weekly => "week",
        Frequency::Monthly => "month",
        Frequency::Yearly => "year",
    };
    let every = match rule.interval {
        1 => format!("every {unit}"),
        interval => format!("every {interval} {unit}s"),
    };
    if let Some(days) = numbered_days_of_the_month(rule) {
        return days;
    }
    let (every, days) = if is_every_weekday(rule) {
        ("every weekday".to_owned(), String::new())
    } else {
        (every, days(rule, start))
    };
    let mut sentence = format!("{every}{days}");
    let names_its_month =
        rule.frequency == Frequency::Yearly && (is_plain_yearly(rule) || numbered(rule).is_some());
    if !rule.months.is_empty() && !names_its_month {
        sentence.push_str(&format!(" in {}", months(rule)));
    }
    sentence
}

/// `every 2nd Friday of the month`, where there is nothing else to say.
fn numbered_days_of_the_month(rule: &Rule) -> Option<String> {
    let days = is_plain_monthly(rule).then(|| numbered(rule))??;
    Some(format!("every {} of the month", list(days)))
}

/// Days of the week that are all numbered, by themselves or by BYSETPOS.
fn numbered(rule: &Rule) -> Option<Vec<String>> {
    match (rule.days.as_slice(), rule.positions.as_slice()) {
        ([], _) => None,
        (days, []) if days.iter().all(|day| day.nth.is_some()) => Some(
            days.iter()
                .map(|day| match day.nth {
                    Some(nth) => {
                        format!("{} {}", nth_name(i16::from(nth)), weekday_name(day.weekday))
                    }
                    None => weekday_name(day.weekday).to_owned(),
                })
                .collect(),
        ),
        ([Day { nth: None, weekday }], positions) if !positions.is_empty() => Some(
            positions
                .iter()
                .map(|nth| format!("{} {}", nth_name(*nth), weekday_name(*weekday)))
                .collect(),
        ),
        (days, positions) if !positions.is_empty() && is_monday_to_friday(days) => Some(
            positions
                .iter()
                .map(|nth| format!("{} weekday", nth_name(*nth)))
                .collect(),
        ),
        _ => None,
    }
}

/// ` on Tuesday and Thursday`, with what stands between.
fn days(rule: &Rule, start: civil::DateTime) -> String {
    if rule.frequency == Frequency::Yearly && is_plain_yearly(rule) {
        let day = rule.month_days.first().copied().unwrap_or(start.day());
        let month = rule.months.first().copied().unwrap_or(start.month());
        return if day > 0 {
            format!(" on {}", ENGLISH.day_of_month(day, month))
        } else {
            let nth = nth_name(i16::from(day));
            format!(" on the {nth} day of {}", ENGLISH.month_name(month))
        };
    }
    let mut parts = Vec::new();
    if !rule.weeks.is_empty() {
        let weeks = rule.weeks.iter().map(|week| match week {
            1.. => format!("week {week}"),
            _ => format!("the {} week", nth_name(i16::from(*week))),
        });
        parts.push(format!(" in {}", list(weeks.collect())));
    }
    if !rule.year_days.is_empty() {
        let days: Vec<_> = rule
            .year_days
            .iter()
            .map(|day| format!("the {} day of the year", nth_name(*day)))
            .collect();
        parts.push(match days.len() {
            0..=MAX_NAMED => format!(" on {}", list(days)),
            count => format!(" on {count} days of the year"),
        });
    }
    let month_days = month_days(rule, start);
    if !month_days.is_empty() {
        let days: Vec<_> = month_days
            .iter()
            .map(|day| match day {
                1.. => format!("the {}", nth_name(i16::from(*day))),
                _ => format!("the {} day", nth_name(i16::from(*day))),
            })
            .collect();
        let of = if rule.frequency == Frequency::Monthly {
            ""
        } else {
            " of the month"
        };
        parts.push(format!(" on {}{of}", list(days)));
    }
    let weekdays = if !rule.days.is_empty() {
        weekdays(rule)
    } else if is_weekday_implied(rule) {
        weekday_name(start.weekday()).to_owned()
    } else {
        String::new()
    };
    if !weekdays.is_empty() {
        let joint = if month_days.is_empty() {
            " on "
        } else {
            " if it is "
        };
        parts.push(format!("{joint}{weekdays}"));
    }
    let mut sentence = parts.concat();
    if !rule.positions.is_empty() && numbered(rule).is_none() {
        let positions = rule.positions.iter().map(|nth| nth_name(*nth));
        sentence.push_str(&format!(", of these the {}", list(positions.collect())));
    }
    sentence
}

/// Tuesday and Thursday; the 1st Sunday and the last Sunday, of what they are counted in.
fn weekdays(rule: &Rule) -> String {
    let Some(numbered) = numbered(rule) else {
        if is_monday_to_friday(&rule.days) {
            return "Monday to Friday".to_owned();
        }
        return list(
            rule.days
                .iter()
                .map(|day| match day.nth {
                    Some(nth) => format!(
                        "the {} {}",
                        nth_name(i16::from(nth)),
                        weekday_name(day.weekday)
                    ),
                    None => weekday_name(day.weekday).to_owned(),
                })
                .collect(),
        );
    };
    let days = list(
        numbered
            .into_iter()
            .map(|day| format!("the {day}"))
            .collect(),
    );
    match (rule.frequency, rule.months.as_slice()) {
        (Frequency::Yearly, []) => format!("{days} of the year"),
        (Frequency::Yearly, _) => format!("{days} of {}", months(rule)),
        _ => days,
    }
}

/// ` at 09:00 and 14:00`, where the rule says more of it than DTSTART.
pub(super) fn times(rule: &Rule, start: civil::DateTime) -> Option<String> {
    Some(match times::of(rule, start)? {
        Times::Few(times) => format!(" at {}", list(times)),
        Times::Many => " at several times of the day".to_owned(),
        Times::Within => within(rule),
    })
}

/// Of a rule of hours, minutes or seconds.
fn within(rule: &Rule) -> String {
    let parts = [
        (&rule.hours, "in the hours", "in", "hours"),
        (&rule.minutes, "at minute", "at", "minutes"),
        (&rule.seconds, "at second", "at", "seconds"),
    ];
    let said = parts
        .into_iter()
        .filter(|(numbers, ..)| !numbers.is_empty())
        .map(|(numbers, which, at, unit)| match numbers.len() {
            1..=MAX_NAMED => format!(" {which} {}", list(two_digits(numbers))),
            count => format!(" {at} {count} of the {unit}"),
        });
    said.collect()
}

/// `1st`, `last`, `2nd to last`.
fn nth_name(nth: i16) -> String {
    let number = nth.unsigned_abs();
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    match nth {
        -1 => "last".to_owned(),
        ..0 => format!("{number}{suffix} to last"),
        _ => format!("{number}{suffix}"),
    }
}

fn months(rule: &Rule) -> String {
    let months = rule.months.iter().map(|month| ENGLISH.month_name(*month));
    list(months.map(str::to_owned).collect())
}

fn list(items: Vec<String>) -> String {
    ENGLISH.list(items)
}

fn weekday_name(weekday: Weekday) -> &'static str {
    ENGLISH.weekday_name(weekday)
}
