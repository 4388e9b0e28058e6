//! A series in German: "jede Woche am Dienstag und Donnerstag bis zum 5. Mai 2026".

use jiff::civil::{self, Weekday};

use super::{
    GERMAN, MAX_NAMED, is_every_weekday, is_monday_to_friday, is_plain_monthly, is_plain_yearly,
    is_weekday_implied, month_days,
    times::{self, Times, two_digits},
};
use crate::ical::recurrence::rule::{Day, Frequency, Rule};

/// `am 3. März und 5. April 2026`, or how many they are.
pub(super) fn on_days(days: Vec<String>) -> String {
    match days.len() {
        0..=MAX_NAMED => format!("am {}", GERMAN.list(days)),
        count => format!("an {count} Tagen"),
    }
}

/// How often, and on which days.
pub(super) fn steps(rule: &Rule, start: civil::DateTime) -> String {
    if is_plain_monthly(rule)
        && let Some(days) = numbered(rule)
    {
        return format!("jeden {} im Monat", GERMAN.list(days));
    }
    let mut sentence = if is_every_weekday(rule) {
        "montags bis freitags".to_owned()
    } else {
        format!("{}{}", every(rule), days(rule, start))
    };
    let names_its_month =
        rule.frequency == Frequency::Yearly && (is_plain_yearly(rule) || numbered(rule).is_some());
    if !rule.months.is_empty() && !names_its_month {
        sentence.push_str(&format!(" im {}", months(rule)));
    }
    sentence
}

fn every(rule: &Rule) -> String {
    let (each, many) = match rule.frequency {
        Frequency::Secondly => ("jede Sekunde", "Sekunden"),
        Frequency::Minutely => ("jede Minute", "Minuten"),
        Frequency::Hourly => ("jede Stunde", "Stunden"),
        Frequency::Daily => ("jeden Tag", "Tage"),
        Frequency::Weekly => ("jede Woche", "Wochen"),
        Frequency::Monthly => ("jeden Monat", "Monate"),
        Frequency::Yearly => ("jedes Jahr", "Jahre"),
    };
    match rule.interval {
        1 => each.to_owned(),
        interval => format!("alle {interval} {many}"),
    }
}

fn months(rule: &Rule) -> String {
    let months = rule.months.iter().map(|month| GERMAN.month_name(*month));
    GERMAN.list(months.map(str::to_owned).collect())
}

fn weekday(day: Weekday) -> &'static str {
    GERMAN.weekday_name(day)
}

/// `2.`, `letzten`, `vorletzten`: behind "am", "jeden" and "den".
fn nth(nth: i16) -> String {
    match nth {
        0.. => format!("{nth}."),
        -1 => "letzten".to_owned(),
        -2 => "vorletzten".to_owned(),
        -3 => "drittletzten".to_owned(),
        -4 => "viertletzten".to_owned(),
        _ => format!("{}.-letzten", nth.unsigned_abs()),
    }
}

/// `2.`, `letzte`: behind "der".
fn nth_of_these(number: i16) -> String {
    let named = nth(number);
    format!("der {}", named.strip_suffix('n').unwrap_or(&named))
}

/// Days of the week that are all numbered, by themselves or by BYSETPOS: `2. Freitag`.
fn numbered(rule: &Rule) -> Option<Vec<String>> {
    let named = |number: i16, what: &str| format!("{} {what}", nth(number));
    let positions = rule.positions.iter();
    match rule.days.as_slice() {
        [] => None,
        days if rule.positions.is_empty() => days
            .iter()
            .map(|day| Some(named(i16::from(day.nth?), weekday(day.weekday))))
            .collect(),
        [Day { nth: None, weekday }] => {
            let weekday = GERMAN.weekday_name(*weekday);
            Some(positions.map(|number| named(*number, weekday)).collect())
        }
        days if is_monday_to_friday(days) => Some(
            positions
                .map(|number| named(*number, "Arbeitstag"))
                .collect(),
        ),
        _ => None,
    }
}

/// ` am Dienstag und Donnerstag`, with what stands between.
fn days(rule: &Rule, start: civil::DateTime) -> String {
    if rule.frequency == Frequency::Yearly && is_plain_yearly(rule) {
        let day = rule.month_days.first().copied().unwrap_or(start.day());
        let month = rule.months.first().copied().unwrap_or(start.month());
        return if day > 0 {
            format!(" am {}", GERMAN.day_of_month(day, month))
        } else {
            format!(
                " am {} Tag im {}",
                nth(i16::from(day)),
                GERMAN.month_name(month)
            )
        };
    }
    let mut sentence = [weeks(rule), year_days(rule)].concat();
    let month_days = month_days(rule, start);
    if !month_days.is_empty() {
        let days = month_days.iter().map(|day| match day {
            1.. => format!("am {day}."),
            _ => format!("am {} Tag", nth(i16::from(*day))),
        });
        let of = match rule.frequency {
            Frequency::Monthly => "",
            _ => " des Monats",
        };
        sentence.push_str(&format!(" {}{of}", GERMAN.list(days.collect())));
    }
    let weekdays = if !rule.days.is_empty() {
        Some(weekdays(rule))
    } else {
        is_weekday_implied(rule).then(|| weekday(start.weekday()).to_owned())
    };
    if let Some(weekdays) = weekdays {
        let is_range = is_monday_to_friday(&rule.days) && numbered(rule).is_none();
        sentence.push_str(&match (month_days.is_empty(), is_range) {
            (true, true) => " von Montag bis Freitag".to_owned(),
            (true, false) => format!(" am {weekdays}"),
            (false, true) => ", wenn das ein Arbeitstag ist".to_owned(),
            (false, false) => format!(", wenn das ein {weekdays} ist"),
        });
    }
    if !rule.positions.is_empty() && numbered(rule).is_none() {
        let positions = rule.positions.iter().map(|number| nth_of_these(*number));
        let positions = GERMAN.list(positions.collect());
        sentence.push_str(&format!(", davon jeweils {positions}"));
    }
    sentence
}

fn weeks(rule: &Rule) -> String {
    let weeks = rule.weeks.iter().map(|week| match week {
        1.. => format!("in Kalenderwoche {week}"),
        _ => format!("in der {} Woche des Jahres", nth(i16::from(*week))),
    });
    match rule.weeks.len() {
        0 => String::new(),
        _ => format!(" {}", GERMAN.list(weeks.collect())),
    }
}

fn year_days(rule: &Rule) -> String {
    match rule.year_days.len() {
        0 => String::new(),
        1..=MAX_NAMED => {
            let days = rule.year_days.iter().map(|day| nth(*day));
            format!(" am {} Tag des Jahres", GERMAN.list(days.collect()))
        }
        count => format!(" an {count} Tagen des Jahres"),
    }
}

/// Dienstag und Donnerstag; 1. Sonntag und letzten Sonntag, of what they are counted in.
fn weekdays(rule: &Rule) -> String {
    let Some(numbered) = numbered(rule) else {
        let days = rule.days.iter().map(|day| match day.nth {
            Some(number) => format!("{} {}", nth(i16::from(number)), weekday(day.weekday)),
            None => weekday(day.weekday).to_owned(),
        });
        return GERMAN.list(days.collect());
    };
    let days = GERMAN.list(numbered);
    match (rule.frequency, rule.months.as_slice()) {
        (Frequency::Yearly, []) => format!("{days} des Jahres"),
        (Frequency::Yearly, _) => format!("{days} im {}", months(rule)),
        _ => days,
    }
}

/// ` um 09:00 und 14:00 Uhr`, where the rule says more of it than DTSTART.
pub(super) fn times(rule: &Rule, start: civil::DateTime) -> Option<String> {
    Some(match times::of(rule, start)? {
        Times::Few(times) => format!(" um {} Uhr", GERMAN.list(times)),
        Times::Many => " zu mehreren Zeiten am Tag".to_owned(),
        Times::Within => within(rule),
    })
}

/// Of a rule of hours, minutes or seconds.
fn within(rule: &Rule) -> String {
    let parts = [
        (&rule.hours, "in den Stunden", "Stunden"),
        (&rule.minutes, "zu den Minuten", "Minuten"),
        (&rule.seconds, "zu den Sekunden", "Sekunden"),
    ];
    let said = parts
        .into_iter()
        .filter(|(numbers, ..)| !numbers.is_empty())
        .map(|(numbers, what, unit)| match numbers.len() {
            1..=MAX_NAMED => format!(" {what} {}", GERMAN.list(two_digits(numbers))),
            count => format!(" zu {count} verschiedenen {unit}"),
        });
    said.collect()
}
