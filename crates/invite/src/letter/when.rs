//! When an event takes place, in words: in its own zone, named, with the offset from UTC.

use jiff::{SignedDuration, Timestamp, civil, fmt::strtime, tz::TimeZone};
use serde::Serialize;

use super::dates::Dates;
use crate::{event::Details, time::CalendarTime};

/// A time as letters tell it.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// For a subject: `Tue 3 Mar 2026 10:00 (CET)`.
    pub(super) short: String,
    /// `Tuesday, 3 March 2026`, or both days.
    pub(super) date: String,
    /// `10:00 – 11:00`, or `All day`.
    pub(super) time: String,
    /// `CET, UTC+01:00, Europe/Berlin`; nothing for a day.
    pub(super) zone: Option<String>,
    /// `Mar`, for a calendar leaf.
    pub(super) month: String,
    /// `3`
    pub(super) day: String,
    /// `Tue`
    pub(super) weekday: String,
}

/// What is said of an event that follows its reader's clock.
const FLOATING: &str = "your local time, wherever you are";

impl When {
    /// Of a series: its time on every date, its first date as a leaf.
    pub(super) fn of_series(details: &Details, dates: &Dates) -> Self {
        let first = details.at(&dates.first());
        let when = Self::of(&first);
        let start = Clock::of(&first.start);
        // By the clock of one place, whatever that is off UTC on other dates.
        let zone = start
            .zone
            .as_ref()
            .and_then(|zone| Some((zone.place.clone()?, zone.in_words())))
            .map(|(place, words)| format!("time of {place}; on the first date {words}"));
        Self {
            short: format!("{}, {}", when.short, dates.short()),
            zone: zone.or(when.zone),
            ..when
        }
    }

    pub(super) fn of(details: &Details) -> Self {
        let start = Clock::of(&details.start);
        let end = Clock::of_end(&details.start, &details.end, &start);
        let is_all_day = details.start.is_all_day();
        let first = start.local.date();
        let last = if is_all_day {
            // DTEND is the day after the last (RFC 5545 section 3.6.1).
            end.local.date().yesterday().unwrap_or(first).max(first)
        } else {
            end.local.date()
        };
        let days = if first == last {
            say("%A, %-d %B %Y", start.local)
        } else {
            let first_day = if first.year() == last.year() {
                say("%A, %-d %B", start.local)
            } else {
                say("%A, %-d %B %Y", start.local)
            };
            let last_day = say("%A, %-d %B %Y", last.to_datetime(civil::Time::midnight()));
            format!("{first_day} – {last_day}")
        };
        let time = if is_all_day {
            "All day".to_owned()
        } else if start.local == end.local {
            say("%H:%M", start.local)
        } else {
            format!(
                "{} – {}",
                say("%H:%M", start.local),
                say("%H:%M", end.local)
            )
        };
        let short = if is_all_day {
            say("%a %-d %b %Y", start.local)
        } else {
            let short = say("%a %-d %b %Y %H:%M", start.local);
            start
                .zone
                .as_ref()
                .map_or_else(|| short.clone(), |zone| format!("{short} ({})", zone.name))
        };
        Self {
            short,
            date: days,
            time,
            zone: zone_in_words(&details.start, &start, &end),
            month: say("%b", start.local),
            day: say("%-d", start.local),
            weekday: say("%a", start.local),
        }
    }
}

/// `Tue 3 Mar 2026, 10:00`: when an instance of a series begins, by its own clock.
pub(super) fn moment(time: &CalendarTime) -> String {
    let start = Clock::of(time);
    if time.is_all_day() {
        say("%a %-d %b %Y", start.local)
    } else {
        say("%a %-d %b %Y, %H:%M", start.local)
    }
}

/// `Tue 3 Mar 2026, 10:00 – 11:00 (CET)`: from when to when, in one line.
pub(super) fn span(from: &CalendarTime, until: &CalendarTime) -> String {
    let start = Clock::of(from);
    let end = Clock::of_end(from, until, &start);
    let begins = moment(from);
    if from.is_all_day() {
        let last = end.local.date().yesterday().unwrap_or(end.local.date());
        return if last > start.local.date() {
            let last = say("%a %-d %b %Y", last.to_datetime(civil::Time::midnight()));
            format!("{begins} – {last}")
        } else {
            begins
        };
    }
    let zone = start
        .zone
        .as_ref()
        .map(|zone| format!(" ({})", zone.name))
        .unwrap_or_default();
    if end.local == start.local {
        format!("{begins}{zone}")
    } else if end.local.date() == start.local.date() {
        format!("{begins} – {}{zone}", say("%H:%M", end.local))
    } else {
        format!("{begins} – {}{zone}", say("%a %-d %b %Y, %H:%M", end.local))
    }
}

fn zone_in_words(time: &CalendarTime, start: &Clock, end: &Clock) -> Option<String> {
    let Some(zone) = &start.zone else {
        return matches!(time, CalendarTime::Floating(_)).then(|| FLOATING.to_owned());
    };
    let mut words = zone.in_words();
    if let Some(end) = end.zone.as_ref().filter(|end| end.offset != zone.offset) {
        words = format!("{words}, at the start; {}, at the end", end.in_words());
    }
    Some(match &zone.place {
        Some(place) => format!("{words}, {place}"),
        None => words,
    })
}

/// A wall clock reading.
struct Clock {
    local: civil::DateTime,
    /// `None` for floating times and days.
    zone: Option<Zone>,
}

struct Zone {
    /// `CET`, `UTC`, or `UTC+05:30` where the zone has no letters.
    name: String,
    /// `UTC+01:00`
    offset: String,
    /// `Europe/Berlin`, or what the organizer's client calls it.
    place: Option<String>,
}

impl Zone {
    fn in_words(&self) -> String {
        if self.name == self.offset || self.name == "UTC" {
            self.name.clone()
        } else {
            format!("{}, {}", self.name, self.offset)
        }
    }
}

impl Clock {
    fn of(time: &CalendarTime) -> Self {
        match time {
            CalendarTime::Utc(instant) => Self::in_zone(*instant, &TimeZone::UTC, None),
            CalendarTime::Zoned {
                local,
                tzid,
                iana,
                instant,
            } => match iana.as_deref().and_then(|iana| TimeZone::get(iana).ok()) {
                Some(zone) => Self::in_zone(*instant, &zone, iana.as_deref()),
                None => Self::by_own_rules(*local, *instant, tzid),
            },
            CalendarTime::Floating(local) => Self {
                local: *local,
                zone: None,
            },
            CalendarTime::AllDay(day) => Self {
                local: day.to_datetime(civil::Time::midnight()),
                zone: None,
            },
        }
    }

    /// The end by the clock of the start, whatever zone it was written in, and never before it.
    fn of_end(from: &CalendarTime, until: &CalendarTime, start: &Self) -> Self {
        let instant = until.instant();
        let end = match (from, until) {
            (CalendarTime::Floating(_), CalendarTime::Floating(_))
            | (CalendarTime::AllDay(_), CalendarTime::AllDay(_)) => Self::of(until),
            (CalendarTime::Utc(_), CalendarTime::Utc(_) | CalendarTime::Zoned { .. }) => {
                Self::in_zone(instant, &TimeZone::UTC, None)
            }
            (
                CalendarTime::Zoned {
                    iana,
                    instant: begins,
                    ..
                },
                CalendarTime::Utc(_) | CalendarTime::Zoned { .. },
            ) => match iana.as_deref().and_then(|iana| TimeZone::get(iana).ok()) {
                Some(zone) => Self::in_zone(instant, &zone, iana.as_deref()),
                None => Self {
                    local: start.local.saturating_add(instant.duration_since(*begins)),
                    zone: None,
                },
            },
            // Of different kinds: the calendar object has no DTEND then either.
            _ => Self::of(from),
        };
        if end.local < start.local && until.instant() <= from.instant() {
            return Self::of(from);
        }
        end
    }

    fn in_zone(instant: Timestamp, zone: &TimeZone, place: Option<&str>) -> Self {
        let info = zone.to_offset_info(instant);
        let offset = offset_in_words(i64::from(info.offset().seconds()));
        let has_letters = info.abbreviation().chars().all(|c| c.is_ascii_alphabetic());
        let name = if has_letters {
            info.abbreviation().to_owned()
        } else {
            offset.clone()
        };
        Self {
            local: info.offset().to_datetime(instant),
            zone: Some(Zone {
                name,
                offset,
                place: place.filter(|place| *place != "UTC").map(str::to_owned),
            }),
        }
    }

    /// A zone only the organizer's mail defined: its offset is what lies between the clock and the instant.
    fn by_own_rules(local: civil::DateTime, instant: Timestamp, tzid: &str) -> Self {
        let as_if_utc = TimeZone::UTC.to_timestamp(local).unwrap_or(instant);
        let offset: SignedDuration = as_if_utc.duration_since(instant);
        let offset = offset_in_words(offset.as_secs());
        Self {
            local,
            zone: Some(Zone {
                name: offset.clone(),
                offset,
                place: Some(super::template::one_line(tzid)).filter(|tzid| !tzid.is_empty()),
            }),
        }
    }
}

/// `UTC+01:00`; seconds, which only zones before 1972 have, are left out.
fn offset_in_words(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!("UTC{sign}{hours:02}:{minutes:02}")
}

fn say(format: &str, local: civil::DateTime) -> String {
    // The formats are ours and ask for nothing a civil time lacks.
    strtime::format(format, local).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::ical::Status;

    fn zoned(local: &str, iana: &str) -> CalendarTime {
        let local: civil::DateTime = local.parse().unwrap();
        CalendarTime::Zoned {
            local,
            tzid: iana.to_owned(),
            iana: Some(iana.to_owned()),
            instant: TimeZone::get(iana).unwrap().to_timestamp(local).unwrap(),
        }
    }

    fn utc(text: &str) -> CalendarTime {
        CalendarTime::Utc(text.parse().unwrap())
    }

    fn check(start: CalendarTime, end: CalendarTime, expected: &Expect) {
        let when = When::of(&Details {
            start,
            end,
            status: Status::Confirmed,
            summary: String::new(),
            description: String::new(),
            description_html: None,
            location: String::new(),
            alarms: Vec::new(),
            other: Vec::new(),
            recurrence: Vec::new(),
            zones: Vec::new(),
        });
        let zone = when.zone.unwrap_or_default();
        expected.assert_eq(&format!(
            "{} | {} | {} | {zone} | {} {} {}",
            when.short, when.date, when.time, when.weekday, when.day, when.month
        ));
    }

    #[test]
    fn an_hour_in_a_zone_names_the_zone_and_its_offset() {
        check(
            zoned("2026-03-03T10:00", "Europe/Berlin"),
            zoned("2026-03-03T11:00", "Europe/Berlin"),
            &expect![
                "Tue 3 Mar 2026 10:00 (CET) | Tuesday, 3 March 2026 | 10:00 – 11:00 | CET, UTC+01:00, Europe/Berlin | Tue 3 Mar"
            ],
        );
        check(
            zoned("2026-07-03T10:00", "America/Sao_Paulo"),
            zoned("2026-07-03T11:00", "America/Sao_Paulo"),
            &expect![
                "Fri 3 Jul 2026 10:00 (UTC-03:00) | Friday, 3 July 2026 | 10:00 – 11:00 | UTC-03:00, America/Sao_Paulo | Fri 3 Jul"
            ],
        );
    }

    #[test]
    fn an_end_in_another_zone_is_told_by_the_clock_of_the_start() {
        check(
            zoned("2026-03-03T10:00", "Europe/Berlin"),
            zoned("2026-03-03T10:00", "Europe/London"),
            &expect![
                "Tue 3 Mar 2026 10:00 (CET) | Tuesday, 3 March 2026 | 10:00 – 11:00 | CET, UTC+01:00, Europe/Berlin | Tue 3 Mar"
            ],
        );
    }

    #[test]
    fn a_night_tells_both_days_and_a_change_of_the_clock_both_offsets() {
        check(
            zoned("2026-03-28T22:00", "Europe/Berlin"),
            zoned("2026-03-29T08:00", "Europe/Berlin"),
            &expect![
                "Sat 28 Mar 2026 22:00 (CET) | Saturday, 28 March – Sunday, 29 March 2026 | 22:00 – 08:00 | CET, UTC+01:00, at the start; CEST, UTC+02:00, at the end, Europe/Berlin | Sat 28 Mar"
            ],
        );
        check(
            utc("2026-12-31T22:00:00Z"),
            utc("2027-01-01T02:00:00Z"),
            &expect![
                "Thu 31 Dec 2026 22:00 (UTC) | Thursday, 31 December 2026 – Friday, 1 January 2027 | 22:00 – 02:00 | UTC | Thu 31 Dec"
            ],
        );
    }

    #[test]
    fn days_have_no_clock_and_end_on_the_day_before_dtend() {
        let day = |text: &str| CalendarTime::AllDay(text.parse().unwrap());
        check(
            day("2026-03-03"),
            day("2026-03-04"),
            &expect!["Tue 3 Mar 2026 | Tuesday, 3 March 2026 | All day |  | Tue 3 Mar"],
        );
        check(
            day("2026-03-03"),
            day("2026-03-06"),
            &expect![
                "Tue 3 Mar 2026 | Tuesday, 3 March – Thursday, 5 March 2026 | All day |  | Tue 3 Mar"
            ],
        );
        check(
            day("2026-03-03"),
            day("2026-03-03"),
            &expect!["Tue 3 Mar 2026 | Tuesday, 3 March 2026 | All day |  | Tue 3 Mar"],
        );
    }

    #[test]
    fn a_floating_time_follows_the_reader() {
        let at = |text: &str| CalendarTime::Floating(text.parse().unwrap());
        check(
            at("2026-03-03T10:00"),
            at("2026-03-03T11:30"),
            &expect![
                "Tue 3 Mar 2026 10:00 | Tuesday, 3 March 2026 | 10:00 – 11:30 | your local time, wherever you are | Tue 3 Mar"
            ],
        );
    }

    #[test]
    fn a_zone_of_the_organizers_own_is_told_by_its_offset() {
        let own = |local: &str, instant: &str| CalendarTime::Zoned {
            local: local.parse().unwrap(),
            tzid: "My\r\nOffice".to_owned(),
            iana: None,
            instant: instant.parse().unwrap(),
        };
        check(
            own("2026-03-03T10:00", "2026-03-03T04:15:00Z"),
            own("2026-03-03T11:00", "2026-03-03T05:15:00Z"),
            &expect![
                "Tue 3 Mar 2026 10:00 (UTC+05:45) | Tuesday, 3 March 2026 | 10:00 – 11:00 | UTC+05:45, My Office | Tue 3 Mar"
            ],
        );
    }
}
