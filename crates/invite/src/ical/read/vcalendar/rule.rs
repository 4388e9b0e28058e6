//! Recurrence rules of vCalendar 1.0 (section 2.1.11 and the grammar at its end): `W2 TU TH #10`.

use crate::ical::date::{self, Written};

/// A rule as RFC 5545 writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) text: String,
    /// What was read into it.
    pub(super) remark: Option<&'static str>,
}

const DAYS: [&str; 7] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/// Most tokens one rule can make sense of: every day of a year, and some.
const MAX_TOKENS: usize = 400;

#[derive(Default)]
struct Parts {
    /// `1+`, `2-`, as 1 and -2, until the weekdays they are for.
    positions: Vec<i16>,
    positions_are_used: bool,
    days: Vec<String>,
    numbers: Vec<i16>,
    count: Option<u32>,
    until: Option<String>,
}

/// Translates a rule; an error says why it cannot be.
pub(super) fn translate(text: &str) -> Result<Rule, &'static str> {
    const NOT_A_RULE: &str = "is not a recurrence rule of vCalendar 1.0";
    let upper = text.trim().to_ascii_uppercase();
    let mut tokens = upper.split_ascii_whitespace().take(MAX_TOKENS);
    let first = tokens.next().ok_or(NOT_A_RULE)?;
    let at = first
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(first.len());
    let (kind, interval) = first.split_at_checked(at).ok_or(NOT_A_RULE)?;
    let interval: u32 = match interval {
        "" => 1,
        digits => digits.parse().map_err(|_| NOT_A_RULE)?,
    };
    let (frequency, by_number) = match kind {
        "D" => ("DAILY", None),
        "W" => ("WEEKLY", None),
        "MP" => ("MONTHLY", None),
        "MD" => ("MONTHLY", Some(("BYMONTHDAY", 31))),
        "YM" => ("YEARLY", Some(("BYMONTH", 12))),
        "YD" => ("YEARLY", Some(("BYYEARDAY", 366))),
        _ => return Err(NOT_A_RULE),
    };
    if interval == 0 {
        return Err(NOT_A_RULE);
    }
    let mut parts = Parts::default();
    for token in tokens {
        read_token(token, kind, by_number.map(|(_, most)| most), &mut parts)?;
    }
    if kind == "MP" && parts.days.is_empty() {
        return Err("does not say the day of the week");
    }
    let mut rule = format!("FREQ={frequency}");
    if interval != 1 {
        rule.push_str(&format!(";INTERVAL={interval}"));
    }
    if !parts.days.is_empty() {
        rule.push_str(&format!(";BYDAY={}", parts.days.join(",")));
    }
    if let Some((name, _)) = by_number.filter(|_| !parts.numbers.is_empty()) {
        let numbers: Vec<_> = parts.numbers.iter().map(ToString::to_string).collect();
        rule.push_str(&format!(";{name}={}", numbers.join(",")));
    }
    let remark = match (parts.count, &parts.until) {
        (count, Some(until)) => {
            rule.push_str(&format!(";UNTIL={until}"));
            count
                .filter(|count| *count != 0)
                .map(|_| "has a count and an end; the end counts")
        }
        (Some(0), None) => None,
        (Some(count), None) => {
            rule.push_str(&format!(";COUNT={count}"));
            None
        }
        // "The default is #2."
        (None, None) => {
            rule.push_str(";COUNT=2");
            Some("has no end; that is two times in vCalendar 1.0")
        }
    };
    Ok(Rule { text: rule, remark })
}

fn read_token(
    token: &str,
    kind: &str,
    most: Option<i16>,
    parts: &mut Parts,
) -> Result<(), &'static str> {
    if let Some(count) = token.strip_prefix('#') {
        parts.count = Some(count.parse().map_err(|_| "has a count that is no number")?);
        return Ok(());
    }
    if token.len() >= 8 && token.starts_with(|c: char| c.is_ascii_digit()) {
        parts.until = Some(until(token).ok_or("has an end that is no date")?);
        return Ok(());
    }
    if DAYS.contains(&token) && matches!(kind, "W" | "MP") {
        if parts.positions.is_empty() {
            parts.days.push(token.to_owned());
        }
        for position in &parts.positions {
            parts.days.push(format!("{position}{token}"));
        }
        parts.positions_are_used = true;
        return Ok(());
    }
    let number = match token {
        "LD" if kind == "MD" => -1,
        token => signed(token).ok_or("has a part that is not understood")?,
    };
    if kind == "MP" && token.ends_with(['+', '-']) && (1..=5).contains(&number.abs()) {
        if std::mem::take(&mut parts.positions_are_used) {
            parts.positions.clear();
        }
        parts.positions.push(number);
        return Ok(());
    }
    let most = most.ok_or("gives times of day, which RFC 5545 cannot say")?;
    if number == 0 || number.abs() > most || (kind == "YM" && number < 0) {
        return Err("has a number that is none of a day or month");
    }
    parts.numbers.push(number);
    Ok(())
}

/// `5`, `5+`, `5-`.
fn signed(token: &str) -> Option<i16> {
    let (digits, sign) = match token.strip_suffix('-') {
        Some(digits) => (digits, -1),
        None => (token.strip_suffix('+').unwrap_or(token), 1),
    };
    let is_number = digits.len() <= 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number
        .then(|| digits.parse::<i16>().ok())
        .flatten()
        .map(|number| sign * number)
}

fn until(token: &str) -> Option<String> {
    Some(match date::parse(token)? {
        Written::Date(date) => date.strftime("%Y%m%d").to_string(),
        Written::DateTime(time, is_utc) => {
            let z = if is_utc { "Z" } else { "" };
            format!("{}{z}", time.strftime("%Y%m%dT%H%M%S"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_rule_becomes_one_of_rfc_5545() {
        for (old, new) in [
            ("D1 #10", "FREQ=DAILY;COUNT=10"),
            ("D2 #0", "FREQ=DAILY;INTERVAL=2"),
            ("d1 19961231T000000", "FREQ=DAILY;UNTIL=19961231T000000"),
            (
                "W2 MO TU 20261231T000000Z",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;UNTIL=20261231T000000Z",
            ),
            ("W1 #4", "FREQ=WEEKLY;COUNT=4"),
            ("MP1 1+ MO #6", "FREQ=MONTHLY;BYDAY=1MO;COUNT=6"),
            ("MP1 1+ 3+ TU #0", "FREQ=MONTHLY;BYDAY=1TU,3TU"),
            (
                "MP6 1+ MO 2- TH FR #5",
                "FREQ=MONTHLY;INTERVAL=6;BYDAY=1MO,-2TH,-2FR;COUNT=5",
            ),
            ("MP2 TH FR #0", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TH,FR"),
            ("MD1 15 #12", "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=12"),
            ("MD1 1 LD 2- #3", "FREQ=MONTHLY;BYMONTHDAY=1,-1,-2;COUNT=3"),
            ("YM1 6 7 #8", "FREQ=YEARLY;BYMONTH=6,7;COUNT=8"),
            (
                "YD3 1 100 #4",
                "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100;COUNT=4",
            ),
            ("YD1 20301231", "FREQ=YEARLY;UNTIL=20301231"),
        ] {
            let rule = translate(old);
            assert_eq!(
                rule.as_ref().map(|rule| rule.text.as_str()),
                Ok(new),
                "{old}"
            );
            assert_eq!(rule.unwrap().remark, None, "{old}");
        }
    }

    #[test]
    fn what_was_read_into_a_rule_is_said() {
        let both = translate("W1 #3 20261231T000000Z").unwrap();
        assert_eq!(both.text, "FREQ=WEEKLY;UNTIL=20261231T000000Z");
        assert_eq!(both.remark, Some("has a count and an end; the end counts"));
        let endless = translate("W1 MO").unwrap();
        assert_eq!(endless.text, "FREQ=WEEKLY;BYDAY=MO;COUNT=2");
        assert!(endless.remark.is_some());
    }

    #[test]
    fn what_rfc_5545_cannot_say_is_no_rule() {
        for text in [
            "",
            "X1 #2",
            "D0 #2",
            "D99999999999 #2",
            "D1 1000 1400 #2",
            "W2 TU 1000 TH 1100 #4",
            "MP1 #3",
            "MD1 32 #1",
            "YM1 13",
            "YM1 1- #1",
            "YM1 6 #5 MP1 1+ MO",
            "D1 #many",
            "W1 20269999",
            "FREQ=DAILY",
        ] {
            assert!(translate(text).is_err(), "{text}");
        }
    }
}
