//! DATE, DATE-TIME and DURATION values (RFC 5545 sections 3.3.4 to 3.3.6), as clients write them.

use jiff::{Span, civil};

/// A date or a time as written, its zone not looked at yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Written {
    Date(civil::Date),
    /// With whether `Z` stands behind it.
    DateTime(civil::DateTime, bool),
}

/// Reads `20260303`, `20260303T100000`, `20260303T100000Z`, and the ISO 8601 extended forms vCalendar 1.0 allows.
pub(super) fn parse(text: &str) -> Option<Written> {
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text.as_str(), None),
    };
    let date = parse_date(date)?;
    let Some(time) = time else {
        return Some(Written::Date(date));
    };
    let (digits, is_utc) = match time.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, true),
        None => (time, false),
    };
    // Fractions of a second are not of RFC 5545, and not of interest.
    let digits = digits.split(['.', ',']).next().unwrap_or_default();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| {
        digits
            .get(from..from + 2)
            .and_then(|d| d.parse::<i8>().ok())
    };
    let (hour, minute, second) = (number(0)?, number(2)?, number(4).unwrap_or(0));
    // 24:00 is the next day's first moment; a leap second is the one before it (RFC 5545 3.3.12).
    if (hour, minute, second) == (24, 0, 0) {
        let next = date.tomorrow().ok()?;
        return Some(Written::DateTime(next.at(0, 0, 0, 0), is_utc));
    }
    let time = civil::Time::new(hour, minute, second.min(59), 0).ok()?;
    (second <= 60).then(|| Written::DateTime(date.to_datetime(time), is_utc))
}

fn parse_date(digits: &str) -> Option<civil::Date> {
    // Nobody means the year 0; east of Greenwich it begins in a year that cannot be written.
    if digits.len() != 8
        || !digits.bytes().all(|b| b.is_ascii_digit())
        || digits.starts_with("0000")
    {
        return None;
    }
    civil::Date::new(
        digits.get(..4)?.parse().ok()?,
        digits.get(4..6)?.parse().ok()?,
        digits.get(6..8)?.parse().ok()?,
    )
    .ok()
}

/// A DURATION, kept as its two kinds: days follow the calendar, hours the clock (RFC 5545 section 3.3.6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Duration {
    pub(super) days: i64,
    pub(super) seconds: i64,
}

impl Duration {
    /// Reads `P1W`, `P1DT2H`, `-PT15M`, `+PT1H30M`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (-1, text),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let mut rest = text.strip_prefix(['P', 'p'])?;
        let (mut days, mut seconds, mut in_time, mut parts) = (0_i64, 0_i64, false, 0);
        while !rest.is_empty() {
            if let Some(time) = rest.strip_prefix(['T', 't']) {
                (in_time, rest) = (true, time);
                continue;
            }
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let number: i64 = rest.get(..end)?.parse().ok()?;
            let unit = rest.get(end..)?.chars().next()?.to_ascii_uppercase();
            match (unit, in_time) {
                // On the wrong side of the T in some files; only M could mean something else there.
                ('W', _) => days = days.checked_add(number.checked_mul(7)?)?,
                ('D', _) => days = days.checked_add(number)?,
                ('H', _) => seconds = seconds.checked_add(number.checked_mul(3600)?)?,
                ('M', true) => seconds = seconds.checked_add(number.checked_mul(60)?)?,
                ('S', _) => seconds = seconds.checked_add(number)?,
                _ => return None,
            }
            rest = rest.get(end + 1..)?;
            parts += 1;
        }
        (parts > 0).then_some(Self {
            days: sign * days,
            seconds: sign * seconds,
        })
    }

    /// The calendar part.
    pub(super) fn days(self) -> Option<Span> {
        Span::new().try_days(self.days).ok()
    }

    /// The clock part.
    pub(super) fn clock(self) -> Option<Span> {
        Span::new().try_seconds(self.seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_clients_write_them() {
        let noon = civil::date(2026, 3, 3).at(12, 0, 0, 0);
        for (text, written) in [
            ("20260303", Written::Date(noon.date())),
            ("2026-03-03", Written::Date(noon.date())),
            ("20260303T120000", Written::DateTime(noon, false)),
            ("20260303T120000Z", Written::DateTime(noon, true)),
            (" 20260303T1200Z ", Written::DateTime(noon, true)),
            ("2026-03-03T12:00:00.000Z", Written::DateTime(noon, true)),
            (
                "20260302T240000",
                Written::DateTime(civil::date(2026, 3, 3).at(0, 0, 0, 0), false),
            ),
            (
                "20161231T235960Z",
                Written::DateTime(civil::date(2016, 12, 31).at(23, 59, 59, 0), true),
            ),
        ] {
            assert_eq!(parse(text), Some(written), "{text}");
        }
        for text in [
            "",
            "2026",
            "20260230",
            "20260303T",
            "20260303T990000",
            "x",
            "00000101",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_keep_days_and_hours_apart() {
        for (text, days, seconds) in [
            ("P1W", 7, 0),
            ("P1DT2H", 1, 7200),
            ("-PT15M", 0, -900),
            ("+PT1H30M5S", 0, 5405),
            ("PT0S", 0, 0),
            ("PT1W", 7, 0),
            ("P1H", 0, 3600),
        ] {
            assert_eq!(
                Duration::parse(text),
                Some(Duration { days, seconds }),
                "{text}"
            );
        }
        for text in ["", "P", "1H", "PT", "P15M", "PT99999999999999999999H"] {
            assert_eq!(Duration::parse(text), None, "{text}");
        }
    }
}
