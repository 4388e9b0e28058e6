//! A series in words, for people: "every week on Tuesday and Thursday until 5 May 2026".

use jiff::civil::{self, Weekday};

mod english;
mod german;
mod times;

use super::{
    clock::{Clock, local},
    occurrences::Series,
    rule::{Day, End, Frequency, Rule, Until},
};
use crate::{language::Language, time::CalendarTime};

const ENGLISH: Language = Language::English;
const GERMAN: Language = Language::German;

/// Dates and times that are named one by one; more are counted.
const MAX_NAMED: usize = 6;

const MONDAY_TO_FRIDAY: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

impl Series<'_> {
    /// How the event recurs, as the middle of a sentence; `None` when it does not. Days and times are those of DTSTART's
    /// clock.
    #[must_use]
    pub fn sentence(&self, language: Language) -> Option<String> {
        let recurrence = self.recurrence();
        if recurrence.is_empty() {
            return None;
        }
        let on_days = match language {
            Language::English => english::on_days,
            Language::German => german::on_days,
        };
        let rules: Vec<_> = recurrence
            .rules
            .iter()
            .map(|rule| self.rule_sentence(rule, language))
            .collect();
        let mut sentence = rules.join(language.pick("; and ", "; und "));
        if !recurrence.dates.is_empty() {
            let dates = recurrence.dates.iter().map(|date| &date.start);
            let days = on_days(self.days(dates, language));
            if sentence.is_empty() {
                sentence = on_days(vec![language.day(local(self.start()).date())]);
            }
            sentence.push_str(language.pick(", and ", ", und "));
            sentence.push_str(&days);
        }
        let except = language.pick(", except ", ", außer ");
        if !recurrence.excluded.is_empty() {
            let days = self.days(recurrence.excluded.iter(), language);
            sentence.push_str(except);
            sentence.push_str(&on_days(days));
        }
        for rule in &recurrence.exclusion_rules {
            sentence.push_str(except);
            sentence.push_str(&self.rule_sentence(rule, language));
        }
        Some(sentence)
    }

    /// The days of times, on the clock of the series.
    fn days<'t>(
        &self,
        times: impl Iterator<Item = &'t CalendarTime>,
        language: Language,
    ) -> Vec<String> {
        let clock = Clock::of(self.start(), self.zones());
        times
            .map(|time| {
                let shown = clock.shows(time).unwrap_or_else(|| local(time));
                language.day(shown.date())
            })
            .collect()
    }

    fn rule_sentence(&self, rule: &Rule, language: Language) -> String {
        let start = local(self.start());
        let (mut sentence, times) = match language {
            Language::English => (english::steps(rule, start), english::times(rule, start)),
            Language::German => (german::steps(rule, start), german::times(rule, start)),
        };
        sentence.extend(times);
        match rule.end {
            End::Never => {}
            End::Count(1) => sentence.push_str(language.pick(", once", ", einmal")),
            End::Count(count) => {
                let times = language.pick(" times", "-mal");
                sentence.push_str(&format!(", {count}{times}"));
            }
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
                sentence.push_str(language.pick(" until ", " bis zum "));
                sentence.push_str(&language.day(day));
            }
        }
        sentence
    }
}

/// MONTHLY by nothing but days of the week.
fn is_plain_monthly(rule: &Rule) -> bool {
    rule.frequency == Frequency::Monthly
        && rule.interval == 1
        && rule.months.is_empty()
        && rule.month_days.is_empty()
        && rule.year_days.is_empty()
        && rule.weeks.is_empty()
}

/// YEARLY on the day of DTSTART, whether the rule repeats that or not.
fn is_plain_yearly(rule: &Rule) -> bool {
    rule.days.is_empty()
        && rule.year_days.is_empty()
        && rule.weeks.is_empty()
        && rule.months.len() <= 1
        && rule.month_days.len() <= rule.months.len()
}

fn is_every_weekday(rule: &Rule) -> bool {
    rule.interval == 1
        && matches!(rule.frequency, Frequency::Daily | Frequency::Weekly)
        && is_monday_to_friday(&rule.days)
        && rule.positions.is_empty()
        && rule.month_days.is_empty()
}

fn is_monday_to_friday(days: &[Day]) -> bool {
    days.len() == MONDAY_TO_FRIDAY.len()
        && days
            .iter()
            .all(|day| day.nth.is_none() && MONDAY_TO_FRIDAY.contains(&day.weekday))
}

/// The days of the month, that of DTSTART where it is meant; from the first to the last, as people count.
fn month_days(rule: &Rule, start: civil::DateTime) -> Vec<i8> {
    let is_yearly = rule.frequency == Frequency::Yearly;
    let is_implied = rule.frequency == Frequency::Monthly
        || is_yearly && rule.weeks.is_empty() && rule.year_days.is_empty();
    let mut days = rule.month_days.clone();
    if days.is_empty() && rule.days.is_empty() && is_implied {
        days.push(start.day());
    }
    days.sort_by_key(|day| (*day < 0, *day));
    days
}

/// Whether the day of the week is that of DTSTART where the rule names none.
fn is_weekday_implied(rule: &Rule) -> bool {
    rule.frequency == Frequency::Weekly
        || rule.frequency == Frequency::Yearly
            && !rule.weeks.is_empty()
            && rule.month_days.is_empty()
            && rule.year_days.is_empty()
}
