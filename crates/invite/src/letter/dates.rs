//! The dates of a series, in words: its rule, and the dates that differ from it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, civil, tz::TimeZone};
use serde::Serialize;

use super::{
    template::one_line,
    when::{When, moment, span},
};
use crate::{
    event::{Event, Instance},
    ical::{
        ContentLine, ZoneDefinition, Zones,
        recurrence::{Recurrence, Series},
    },
    language::Language,
    time::{CalendarTime, InstanceKey},
};

/// Dates that differ which are told one by one.
const MAX_DIFFERING: usize = 12;

/// Longest rule that stands in a subject, in characters.
const MAX_SHORT_CHARS: usize = 60;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A series as letters tell it.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub(super) struct DatesView {
    /// `Every week on Tuesday until 5 May 2026`
    pub(super) rule: String,
    /// `Tuesday, 3 March 2026`: the first one.
    pub(super) first: String,
    /// What differs, each date in a line.
    pub(super) differing: Vec<String>,
    /// How many more do.
    pub(super) more: usize,
}

/// A series with what is needed to tell its dates.
pub(super) struct Dates {
    recurrence: Recurrence,
    zones: Zones,
    start: CalendarTime,
    /// One by one.
    cancelled: BTreeSet<InstanceKey>,
}

impl Dates {
    /// `None` for an event that takes place once.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let details = &event.details;
        let instances = event.instances.iter();
        let cancelled = instances.filter(|(_, instance)| instance.details.is_none());
        Some(Self {
            cancelled: cancelled.map(|(key, _)| key.clone()).collect(),
            ..Self::new(&details.start, &details.recurrence, &details.zones)?
        })
    }

    pub(super) fn new(
        start: &CalendarTime,
        lines: &[ContentLine],
        zones: &[Vec<ContentLine>],
    ) -> Option<Self> {
        if lines.is_empty() {
            return None;
        }
        let definitions = zones
            .iter()
            .filter_map(|lines| ZoneDefinition::new(lines.clone()));
        let zones = Zones::of(&definitions.collect::<Vec<_>>());
        let (recurrence, _) = Recurrence::read(lines, start, &zones);
        (!recurrence.is_empty()).then(|| Self {
            recurrence,
            zones,
            start: start.clone(),
            cancelled: BTreeSet::new(),
        })
    }

    pub(super) fn recurrence(&self) -> &Recurrence {
        &self.recurrence
    }

    pub(super) fn series(&self) -> Series<'_> {
        Series::new(&self.start, &self.recurrence, &self.zones)
    }

    /// The rule in the middle of a sentence, without single dates.
    fn rule(&self, language: Language) -> Option<String> {
        let rules = Recurrence {
            rules: self.recurrence.rules.clone(),
            ..Recurrence::default()
        };
        Series::new(&self.start, &rules, &self.zones).sentence(language)
    }

    /// All that recurs, single dates as well.
    pub(super) fn sentence(&self, language: Language) -> String {
        self.series().sentence(language).unwrap_or_default()
    }

    /// For a subject.
    pub(super) fn short(&self, language: Language) -> String {
        self.rule(language)
            .filter(|rule| rule.chars().count() <= MAX_SHORT_CHARS)
            .unwrap_or_else(|| language.pick("several dates", "mehrere Termine").to_owned())
    }

    /// Whether the rules without single dates are the same.
    pub(super) fn has_the_rules_of(&self, other: &Self) -> bool {
        let rules = |dates: &Self| Recurrence {
            rules: dates.recurrence.rules.clone(),
            exclusion_rules: dates.recurrence.exclusion_rules.clone(),
            ..Recurrence::default()
        };
        let (mine, others) = (rules(self), rules(other));
        Series::new(&self.start, &mine, &self.zones).recurs_like(&Series::new(
            &other.start,
            &others,
            &other.zones,
        ))
    }

    /// The time an EXDATE or RDATE means: of a day in a series of times, what begins on it.
    pub(super) fn named(&self, time: &CalendarTime) -> CalendarTime {
        match (&self.start, time) {
            (
                CalendarTime::AllDay(_),
                CalendarTime::Floating(local) | CalendarTime::Zoned { local, .. },
            ) => CalendarTime::AllDay(local.date()),
            (CalendarTime::AllDay(_), _) => time.clone(),
            (_, CalendarTime::AllDay(day)) => {
                let all = self.with_all();
                let series = Series::new(&self.start, &all, &self.zones);
                let begins = time.instant();
                let from = begins.checked_sub(A_DAY).unwrap_or(begins);
                series
                    .occurrences_from(from)
                    .take_while(|found| shown(found).date() <= *day)
                    .find(|found| shown(found).date() == *day)
                    .unwrap_or_else(|| time.clone())
            }
            // By the clock of the series, whatever clock it was written by.
            _ => self
                .occurrence(&time.instance_key())
                .unwrap_or_else(|| time.clone()),
        }
    }

    /// When the date of that name is.
    pub(super) fn time_of(&self, key: &InstanceKey) -> CalendarTime {
        self.occurrence(key).unwrap_or_else(|| key.time())
    }

    /// Whether a rule or an RDATE gives that date, taken out or not.
    pub(super) fn has(&self, key: &InstanceKey) -> bool {
        self.occurrence(key).is_some()
    }

    fn occurrence(&self, key: &InstanceKey) -> Option<CalendarTime> {
        let all = self.with_all();
        Series::new(&self.start, &all, &self.zones).occurrence(key)
    }

    fn with_all(&self) -> Recurrence {
        Recurrence {
            excluded: Vec::new(),
            ..self.recurrence.clone()
        }
    }

    /// The first date that takes place.
    pub(super) fn first(&self) -> CalendarTime {
        self.series()
            .occurrences()
            .take(Event::MAX_INSTANCES + 1)
            .find(|time| !self.cancelled.contains(&time.instance_key()))
            .unwrap_or_else(|| self.start.clone())
    }
}

impl DatesView {
    pub(super) fn of(event: &Event, dates: &Dates, language: Language) -> Self {
        let mut differing: Vec<_> = event
            .instances
            .values()
            .filter_map(|instance| {
                let told = told(event, instance, language)?;
                Some((instance.recurrence_id.instant(), told))
            })
            .collect();
        differing.sort();
        let more = differing.len().saturating_sub(MAX_DIFFERING);
        differing.truncate(MAX_DIFFERING);
        let first = When::of(&event.details.at(&dates.first()), language);
        Self {
            rule: beginning_a_sentence(&dates.sentence(language)),
            first: first.date,
            differing: differing.into_iter().map(|(_, text)| text).collect(),
            more,
        }
    }
}

/// One date that differs, or nothing where nobody sees how.
fn told(event: &Event, instance: &Instance, language: Language) -> Option<String> {
    let by_rule = event.details.at(&instance.recurrence_id);
    let date = moment(&by_rule.start, language);
    let Some(details) = &instance.details else {
        let cancelled = language.pick("does not take place", "entfällt");
        return Some(format!("{date}: {cancelled}"));
    };
    let mut parts = Vec::new();
    if (details.start.instant(), details.end.instant())
        != (by_rule.start.instant(), by_rule.end.instant())
    {
        let instead = language.pick("instead", "stattdessen");
        let when = span(&details.start, &details.end, language);
        parts.push(format!("{instead} {when}"));
    }
    let text = |text: &str| Some(one_line(text)).filter(|text| !text.is_empty());
    if details.location != event.details.location {
        parts.push(match text(&details.location) {
            Some(place) => format!("{} {place}", language.pick("at", "Ort:")),
            None => language.pick("no place is given", "ohne Ort").to_owned(),
        });
    }
    if details.summary != event.details.summary {
        let (open, close) = language.pick(('“', '”'), ('„', '“'));
        parts.extend(text(&details.summary).map(|title| format!("{open}{title}{close}")));
    }
    (!parts.is_empty()).then(|| format!("{date}: {}", parts.join("; ")))
}

/// The clock as written, that of an instant being UTC's.
fn shown(time: &CalendarTime) -> civil::DateTime {
    match time {
        CalendarTime::Utc(instant) => TimeZone::UTC.to_datetime(*instant),
        CalendarTime::Zoned { local, .. } | CalendarTime::Floating(local) => *local,
        CalendarTime::AllDay(day) => day.to_datetime(civil::Time::midnight()),
    }
}

fn beginning_a_sentence(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
