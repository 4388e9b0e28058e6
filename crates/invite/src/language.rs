//! The languages people are written to: one a tenant.

use jiff::civil::{self, Weekday};

/// A language letters are written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Language {
    /// As it is written in Europe: `3 March 2026`, `14:00`.
    #[default]
    English,
    /// With Sie.
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47): `en`, `de`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.pick("en", "de")
    }

    /// The language of that tag.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// What is said in this language, of one thing in each. A further language is a further argument, so that the
    /// compiler finds every place that lacks it.
    #[must_use]
    pub(crate) fn pick<T>(self, english: T, german: T) -> T {
        match self {
            Self::English => english,
            Self::German => german,
        }
    }

    /// `a, b and c`.
    pub(crate) fn list(self, mut items: Vec<String>) -> String {
        let and = self.pick("and", "und");
        match items.pop() {
            Some(last) if items.is_empty() => last,
            Some(last) => format!("{} {and} {last}", items.join(", ")),
            None => String::new(),
        }
    }

    /// `12,345`
    pub(crate) fn number(self, number: u64) -> String {
        let separator = self.pick(',', '.');
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }

    pub(crate) fn month_name(self, month: i8) -> &'static str {
        match month {
            1 => self.pick("January", "Januar"),
            2 => self.pick("February", "Februar"),
            3 => self.pick("March", "März"),
            4 => "April",
            5 => self.pick("May", "Mai"),
            6 => self.pick("June", "Juni"),
            7 => self.pick("July", "Juli"),
            8 => "August",
            9 => "September",
            10 => self.pick("October", "Oktober"),
            11 => "November",
            _ => self.pick("December", "Dezember"),
        }
    }

    pub(crate) fn weekday_name(self, weekday: Weekday) -> &'static str {
        match weekday {
            Weekday::Monday => self.pick("Monday", "Montag"),
            Weekday::Tuesday => self.pick("Tuesday", "Dienstag"),
            Weekday::Wednesday => self.pick("Wednesday", "Mittwoch"),
            Weekday::Thursday => self.pick("Thursday", "Donnerstag"),
            Weekday::Friday => self.pick("Friday", "Freitag"),
            Weekday::Saturday => self.pick("Saturday", "Samstag"),
            Weekday::Sunday => self.pick("Sunday", "Sonntag"),
        }
    }

    /// `Mar`, as it stands by itself.
    pub(crate) fn short_month_name(self, month: i8) -> String {
        self.month_name(month).chars().take(3).collect()
    }

    /// `Tue`, as it stands by itself.
    pub(crate) fn short_weekday_name(self, weekday: Weekday) -> String {
        let letters = self.pick(3, 2);
        self.weekday_name(weekday).chars().take(letters).collect()
    }

    /// `3 March`
    pub(crate) fn day_of_month(self, day: i8, month: i8) -> String {
        let dot = self.pick("", ".");
        format!("{day}{dot} {}", self.month_name(month))
    }

    /// `3 March 2026`
    pub(crate) fn day(self, day: civil::Date) -> String {
        format!(
            "{} {}",
            self.day_of_month(day.day(), day.month()),
            day.year()
        )
    }

    /// `Tue 3 Mar 2026`
    pub(crate) fn short_day(self, day: civil::Date) -> String {
        let weekday = self.short_weekday_name(day.weekday());
        let (number, month, year) = (day.day(), day.month(), day.year());
        match self {
            Self::English => format!("{weekday} {number} {} {year}", self.short_month_name(month)),
            // A month is not shortened within a date, or it would need its dot: "3. Sept. 2026".
            Self::German => format!("{weekday}., {number}. {} {year}", self.month_name(month)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_its_code() {
        for language in Language::ALL {
            assert_eq!(Language::of_code(language.code()), Some(language));
        }
        assert_eq!(Language::of_code("DE"), None);
        assert_eq!(Language::of_code("fr"), None);
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, english, german) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (123_456, "123,456", "123.456"),
            (1_234_567, "1,234,567", "1.234.567"),
        ] {
            assert_eq!(Language::English.number(number), english);
            assert_eq!(Language::German.number(number), german);
        }
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        let day = civil::date(2026, 3, 3);
        assert_eq!(Language::English.day(day), "3 March 2026");
        assert_eq!(Language::German.day(day), "3. März 2026");
        assert_eq!(Language::English.short_day(day), "Tue 3 Mar 2026");
        assert_eq!(Language::German.short_day(day), "Di., 3. März 2026");
        assert_eq!(Language::German.short_month_name(3), "Mär");
    }
}
