//! English words for numbers, days and lists of them.

use jiff::civil::{Date, Weekday};

/// Dates and times that are named one by one; more are counted.
pub(super) const MAX_NAMED: usize = 6;

/// `1st`, `last`, `2nd to last`.
pub(super) fn nth_name(nth: i16) -> String {
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

/// `a, b and c`.
pub(super) fn list(mut items: Vec<String>) -> String {
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
        None => String::new(),
    }
}

/// All of them, or how many.
pub(super) fn named(items: Vec<String>, what: &str) -> String {
    if items.len() > MAX_NAMED {
        format!("{} {what}", items.len())
    } else {
        list(items)
    }
}

pub(super) fn day_name(day: Date) -> String {
    format!("{} {} {}", day.day(), month_name(day.month()), day.year())
}

pub(super) fn month_name(month: i8) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

pub(super) fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
