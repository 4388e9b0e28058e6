//! A series in English, for people: "every week on Tuesday and Thursday until 5 May 2026".

use jiff::civil::{self, Weekday};

mod words;

use words::{MAX_NAMED, day_name, list, month_name, named, nth_name, weekday_name};

use super::{
    clock::{Clock, local},
    occurrences::Series,
    rule::{Day, End, Frequency, Rule, Until},
};
use crate::time::CalendarTime;

const MONDAY_TO_FRIDAY: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

impl Series<'_> {
    /// How the event recurs, as the middle of a sentence, in English; `None` when it does not. Days and times are those
    /// of DTSTART's clock.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let recurrence = self.recurrence();
        if recurrence.is_empty() {
            return None;
        }
        let rules: Vec<_> = recurrence
            .rules
            .iter()
            .map(|rule| self.rule_sentence(rule))
            .collect();
        let mut sentence = rules.join("; and ");
        if !recurrence.dates.is_empty() {
            let days = self.days(recurrence.dates.iter().map(|date| &date.start));
            let days = named(days, "days");
            sentence = if sentence.is_empty() {
                let first = day_name(local(self.start()).date());
                format!("on {first}, and on {days}")
            } else {
                format!("{sentence}, and on {days}")
            };
        }
        if !recurrence.excluded.is_empty() {
            let days = self.days(recurrence.excluded.iter());
            sentence.push_str(&format!(", except on {}", named(days, "days")));
        }
        for rule in &recurrence.exclusion_rules {
            sentence.push_str(&format!(", except {}", self.rule_sentence(rule)));
        }
        Some(sentence)
    }

    /// The days of times, on the clock of the series.
    fn days<'t>(&self, times: impl Iterator<Item = &'t CalendarTime>) -> Vec<String> {
        let clock = Clock::of(self.start(), self.zones());
        times
            .map(|time| {
                let shown = clock.shows(time).unwrap_or_else(|| local(time));
                day_name(shown.date())
            })
            .collect()
    }

    fn rule_sentence(&self, rule: &Rule) -> String {
        let mut sentence = steps(rule, local(self.start()));
        if let Some(times) = times(rule, local(self.start())) {
            sentence.push_str(&times);
        }
        match rule.end {
            End::Never => {}
            End::Count(1) => sentence.push_str(", once"),
            End::Count(count) => sentence.push_str(&format!(", {count} times")),
            End::Until(until) => {
                let clock = Clock::of(self.start(), self.zones());
                let day = match until {
                    Until::Date(day) => day,
                    Until::Local(local) => local.date(),
                    Until::Utc(instant) => {
                        let utc = CalendarTime::Utc(instant);
                        clock.shows(&utc).unwrap_or_else(|| local(&utc)).date()
                    }
                };
                sentence.push_str(&format!(" until {}", day_name(day)));
            }
        }
        sentence
    }
}

/// How often, and on which days.
fn steps(rule: &Rule, start: civil::DateTime) -> String {
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
    let is_every_weekday = rule.interval == 1
        && matches!(rule.frequency, Frequency::Daily | Frequency::Weekly)
        && is_monday_to_friday(&rule.days)
        && rule.positions.is_empty()
        && rule.month_days.is_empty();
    let (every, days) = if is_every_weekday {
        ("every weekday".to_owned(), String::new())
    } else {
        (every, days(rule, start))
    };
    let mut sentence = format!("{every}{days}");
    let names_its_month =
        rule.frequency == Frequency::Yearly && (is_plain_yearly(rule) || numbered(rule).is_some());
    if !rule.months.is_empty() && !names_its_month {
        let months = rule
            .months
            .iter()
            .map(|month| month_name(*month).to_owned());
        sentence.push_str(&format!(" in {}", list(months.collect())));
    }
    sentence
}

/// `every 2nd Friday of the month`, where there is nothing else to say.
fn numbered_days_of_the_month(rule: &Rule) -> Option<String> {
    let is_plain = rule.frequency == Frequency::Monthly
        && rule.interval == 1
        && rule.months.is_empty()
        && rule.month_days.is_empty()
        && rule.year_days.is_empty()
        && rule.weeks.is_empty();
    let days = if is_plain {
        numbered(rule)?
    } else {
        return None;
    };
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

/// YEARLY on the day of DTSTART, whether the rule repeats that or not.
fn is_plain_yearly(rule: &Rule) -> bool {
    rule.days.is_empty()
        && rule.year_days.is_empty()
        && rule.weeks.is_empty()
        && rule.months.len() <= 1
        && rule.month_days.len() <= rule.months.len()
}

/// ` on Tuesday and Thursday`, with what stands between.
fn days(rule: &Rule, start: civil::DateTime) -> String {
    let is_yearly = rule.frequency == Frequency::Yearly;
    if is_yearly && is_plain_yearly(rule) {
        let day = rule.month_days.first().copied().unwrap_or(start.day());
        let month = month_name(rule.months.first().copied().unwrap_or(start.month()));
        return if day > 0 {
            format!(" on {day} {month}")
        } else {
            format!(" on the {} day of {month}", nth_name(i16::from(day)))
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
        parts.push(format!(" on {}", named(days, "days of the year")));
    }
    let names_weekdays = !rule.days.is_empty();
    let mut month_days = rule.month_days.clone();
    let is_month_day_implied = rule.frequency == Frequency::Monthly
        || is_yearly && rule.weeks.is_empty() && rule.year_days.is_empty();
    if month_days.is_empty() && !names_weekdays && is_month_day_implied {
        month_days.push(start.day());
    }
    if !month_days.is_empty() {
        // From the first to the last, as people count.
        month_days.sort_by_key(|day| (*day < 0, *day));
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
    let is_weekday_implied = rule.frequency == Frequency::Weekly
        || is_yearly
            && !rule.weeks.is_empty()
            && rule.month_days.is_empty()
            && rule.year_days.is_empty();
    let weekdays = match (&rule.days, is_weekday_implied) {
        (days, _) if !days.is_empty() => weekdays(rule),
        (_, true) => weekday_name(start.weekday()).to_owned(),
        _ => String::new(),
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
        (Frequency::Yearly, months) => {
            let months = months.iter().map(|month| month_name(*month).to_owned());
            format!("{days} of {}", list(months.collect()))
        }
        _ => days,
    }
}

/// ` at 09:00 and 14:00`, where the rule says more of it than DTSTART.
fn times(rule: &Rule, start: civil::DateTime) -> Option<String> {
    if rule.hours.is_empty() && rule.minutes.is_empty() && rule.seconds.is_empty() {
        return None;
    }
    let two = |numbers: &[i8]| -> Vec<String> {
        numbers
            .iter()
            .map(|number| format!("{number:02}"))
            .collect()
    };
    let or = |numbers: &[i8], of_start: i8| -> Vec<i8> {
        if numbers.is_empty() {
            vec![of_start]
        } else {
            numbers.to_vec()
        }
    };
    if rule.frequency > Frequency::Hourly {
        let (hours, minutes) = (
            or(&rule.hours, start.hour()),
            or(&rule.minutes, start.minute()),
        );
        if rule.seconds.len() > 1 || hours.len() * minutes.len() > MAX_NAMED {
            return Some(" at several times of the day".to_owned());
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
        return (!is_dtstarts).then(|| format!(" at {}", list(times)));
    }
    let parts = [
        (&rule.hours, "in the hours"),
        (&rule.minutes, "at minute"),
        (&rule.seconds, "at second"),
    ];
    let said: Vec<_> = parts
        .into_iter()
        .filter(|(numbers, _)| !numbers.is_empty())
        .map(|(numbers, what)| match numbers.len() {
            1..=MAX_NAMED => format!(" {what} {}", list(two(numbers))),
            count => format!(" {what} {count} of them"),
        })
        .collect();
    Some(said.concat())
}

fn is_monday_to_friday(days: &[Day]) -> bool {
    days.len() == MONDAY_TO_FRIDAY.len()
        && days
            .iter()
            .all(|day| day.nth.is_none() && MONDAY_TO_FRIDAY.contains(&day.weekday))
}
