//! An event's recurrence, taken up from what is stored of it.

use jiff::{SignedDuration, tz::TimeZone};

use super::Details;
use crate::{
    ical::{
        ContentLine, ZoneDefinition, Zones,
        recurrence::{End, Recurrence, Rule, Series, Until},
    },
    time::CalendarTime,
};

/// A series, with what its occurrences are computed from.
#[derive(Debug)]
pub struct Recurring<'a> {
    details: &'a Details,
    recurrence: Recurrence,
    zones: Zones,
}

impl Details {
    /// How it recurs; of a single event, not at all.
    #[must_use]
    pub fn recurring(&self) -> Recurring<'_> {
        let zones = Zones::of(&self.zone_definitions());
        let (recurrence, _) = Recurrence::read(&self.recurrence, &self.start, &zones);
        Recurring {
            details: self,
            recurrence,
            zones,
        }
    }

    /// The zones only the organizer's own client knows.
    #[must_use]
    pub fn zone_definitions(&self) -> Vec<ZoneDefinition> {
        self.zones
            .iter()
            .filter_map(|lines| ZoneDefinition::new(lines.clone()))
            .collect()
    }
}

impl Recurring<'_> {
    /// The series.
    #[must_use]
    pub fn series(&self) -> Series<'_> {
        Series::new(&self.details.start, &self.recurrence, &self.zones)
    }

    /// What is left of the recurrence when the series ends before its occurrence `from`.
    #[must_use]
    pub fn ending_before(&self, from: &CalendarTime) -> Vec<ContentLine> {
        let is_before = |time: &CalendarTime| time.instant() < from.instant();
        let rules = self.recurrence.rules.iter();
        let mut dates = self.recurrence.dates.clone();
        dates.retain(|date| is_before(&date.start));
        let mut excluded = self.recurrence.excluded.clone();
        excluded.retain(is_before);
        let ended = Recurrence {
            rules: rules
                .map(|rule| self.rule_ending_before(rule, from))
                .collect(),
            exclusion_rules: self.recurrence.exclusion_rules.clone(),
            dates,
            excluded,
        };
        ended.lines()
    }

    /// A rule that ends earlier by itself keeps its end: it may be a COUNT, which says more than a date.
    fn rule_ending_before(&self, rule: &Rule, from: &CalendarTime) -> Rule {
        let alone = Recurrence {
            rules: vec![rule.clone()],
            ..Recurrence::default()
        };
        let last = Series::new(&self.details.start, &alone, &self.zones).last();
        if last.is_some_and(|last| last.instant() < from.instant()) {
            return rule.clone();
        }
        let moment = SignedDuration::from_secs(1);
        let until = match from {
            CalendarTime::AllDay(day) => Until::Date(day.yesterday().unwrap_or(*day)),
            CalendarTime::Floating(local) => {
                Until::Local(local.checked_sub(moment).unwrap_or(*local))
            }
            CalendarTime::Utc(instant) | CalendarTime::Zoned { instant, .. } => {
                let before = instant.checked_sub(moment).unwrap_or(*instant);
                Until::Utc(before)
            }
        };
        Rule {
            end: End::Until(until),
            ..rule.clone()
        }
    }
}

/// A time on a clock, as long after `moved` as `to` is after `from`: what "this and all later ones" does to a later
/// occurrence (RFC 5545 section 3.8.4.4), in the zone of `moved`.
#[must_use]
pub fn moved_along(moved: &CalendarTime, from: &CalendarTime, to: &CalendarTime) -> CalendarTime {
    let wall = |time: &CalendarTime| match time {
        CalendarTime::Zoned { local, .. } | CalendarTime::Floating(local) => *local,
        CalendarTime::AllDay(day) => day.at(0, 0, 0, 0),
        CalendarTime::Utc(instant) => TimeZone::UTC.to_datetime(*instant),
    };
    let by = wall(from).duration_until(wall(to));
    match moved {
        CalendarTime::AllDay(day) => CalendarTime::AllDay(
            day.at(0, 0, 0, 0)
                .checked_add(by)
                .map_or(*day, |local| local.date()),
        ),
        CalendarTime::Floating(local) => {
            CalendarTime::Floating(local.checked_add(by).unwrap_or(*local))
        }
        CalendarTime::Utc(instant) => {
            let by = from.instant().duration_until(to.instant());
            CalendarTime::Utc(instant.checked_add(by).unwrap_or(*instant))
        }
        CalendarTime::Zoned {
            local,
            tzid,
            iana,
            instant,
        } => {
            let later = local.checked_add(by).unwrap_or(*local);
            let zone = iana.as_deref().and_then(|iana| TimeZone::get(iana).ok());
            let by = from.instant().duration_until(to.instant());
            let later_instant = zone
                .and_then(|zone| zone.to_timestamp(later).ok())
                .or_else(|| instant.checked_add(by).ok())
                .unwrap_or(*instant);
            CalendarTime::Zoned {
                local: later,
                tzid: tzid.clone(),
                iana: iana.clone(),
                instant: later_instant,
            }
        }
    }
}
