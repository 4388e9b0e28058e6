//! When an event takes place, in words: in its own zone, named, with the offset from UTC.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::Serialize;

use super::dates::Dates;
use crate::{event::Details, language::Language, time::CalendarTime};

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

impl When {
    /// Of a series: its time on every date, its first date as a leaf.
    pub(super) fn of_series(details: &Details, dates: &Dates, language: Language) -> Self {
        let first = details.at(&dates.first());
        let when = Self::of(&first, language);
        let start = Clock::of(&first.start);
        // By the clock of one place, whatever that is off UTC on other dates.
        let zone = start
            .zone
            .as_ref()
            .and_then(|zone| Some((zone.place.clone()?, zone.in_words(language))))
            .map(|(place, words)| match language {
                Language::English => format!("time of {place}; on the first date {words}"),
                Language::German => format!("Ortszeit von {place}; am ersten Termin {words}"),
            });
        Self {
            short: format!("{}, {}", when.short, dates.short(language)),
            zone: zone.or(when.zone),
            ..when
        }
    }

    pub(super) fn of(details: &Details, language: Language) -> Self {
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
            weekday_and_day(first, language)
        } else {
            let first_day = if first.year() == last.year() {
                weekday_and(
                    language.day_of_month(first.day(), first.month()),
                    first,
                    language,
                )
            } else {
                weekday_and_day(first, language)
            };
            format!("{first_day} – {}", weekday_and_day(last, language))
        };
        let time = if is_all_day {
            language.pick("All day", "Ganztägig").to_owned()
        } else if start.local == end.local {
            format!("{}{}", clock(start.local), o_clock(language))
        } else {
            let (begins, ends) = (clock(start.local), clock(end.local));
            format!("{begins} – {ends}{}", o_clock(language))
        };
        let mut short = language.short_day(first);
        if !is_all_day {
            let comma = language.pick("", ",");
            let (time, o_clock) = (clock(start.local), o_clock(language));
            short.push_str(&format!("{comma} {time}{o_clock}"));
            if let Some(zone) = &start.zone {
                short.push_str(&format!(" ({})", zone.name(language)));
            }
        }
        Self {
            short,
            date: days,
            time,
            zone: zone_in_words(&details.start, &start, &end, language),
            month: language.short_month_name(first.month()),
            day: first.day().to_string(),
            weekday: language.short_weekday_name(first.weekday()),
        }
    }
}

/// `Tuesday, 3 March 2026`
fn weekday_and_day(day: civil::Date, language: Language) -> String {
    weekday_and(language.day(day), day, language)
}

fn weekday_and(named: String, day: civil::Date, language: Language) -> String {
    format!("{}, {named}", language.weekday_name(day.weekday()))
}

/// `10:00`
fn clock(local: civil::DateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// What follows a time.
fn o_clock(language: Language) -> &'static str {
    language.pick("", " Uhr")
}

/// `Tue 3 Mar 2026, 10:00`: when an instance of a series begins, by its own clock.
pub(super) fn moment(time: &CalendarTime, language: Language) -> String {
    let start = Clock::of(time);
    let day = language.short_day(start.local.date());
    if time.is_all_day() {
        day
    } else {
        format!("{day}, {}{}", clock(start.local), o_clock(language))
    }
}

/// `Tue 3 Mar 2026, 10:00 – 11:00 (CET)`: from when to when, in one line.
pub(super) fn span(from: &CalendarTime, until: &CalendarTime, language: Language) -> String {
    let start = Clock::of(from);
    let end = Clock::of_end(from, until, &start);
    let day = language.short_day(start.local.date());
    if from.is_all_day() {
        let last = end.local.date().yesterday().unwrap_or(end.local.date());
        return if last > start.local.date() {
            format!("{day} – {}", language.short_day(last))
        } else {
            day
        };
    }
    let begins = format!("{day}, {}", clock(start.local));
    let named = start.zone.as_ref().map(|zone| zone.name(language));
    let zone = named.map(|name| format!(" ({name})")).unwrap_or_default();
    let zone = format!("{}{zone}", o_clock(language));
    if end.local == start.local {
        format!("{begins}{zone}")
    } else if end.local.date() == start.local.date() {
        format!("{begins} – {}{zone}", clock(end.local))
    } else {
        let last = language.short_day(end.local.date());
        format!(
            "{begins}{} – {last}, {}{zone}",
            o_clock(language),
            clock(end.local)
        )
    }
}

fn zone_in_words(
    time: &CalendarTime,
    start: &Clock,
    end: &Clock,
    language: Language,
) -> Option<String> {
    let Some(zone) = &start.zone else {
        let words = language.pick(
            "your local time, wherever you are",
            "Ihre Ortszeit, wo immer Sie sind",
        );
        return matches!(time, CalendarTime::Floating(_)).then(|| words.to_owned());
    };
    let mut words = zone.in_words(language);
    if let Some(end) = end.zone.as_ref().filter(|end| end.offset != zone.offset) {
        let end = end.in_words(language);
        words = match language {
            Language::English => format!("{words}, at the start; {end}, at the end"),
            Language::German => format!("{words}, zu Beginn; {end}, am Ende"),
        };
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
    /// As people call it.
    fn name(&self, language: Language) -> &str {
        match (language, self.name.as_str()) {
            (Language::German, "WET") => "WEZ",
            (Language::German, "WEST") => "WESZ",
            (Language::German, "CET") => "MEZ",
            (Language::German, "CEST") => "MESZ",
            (Language::German, "EET") => "OEZ",
            (Language::German, "EEST") => "OESZ",
            (_, name) => name,
        }
    }

    fn in_words(&self, language: Language) -> String {
        let name = self.name(language);
        if self.name == self.offset || self.name == "UTC" {
            name.to_owned()
        } else {
            format!("{name}, {}", self.offset)
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

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
        let details = Details::at_time(start, end);
        let said = Language::ALL.map(|language| {
            let when = When::of(&details, language);
            let zone = when.zone.unwrap_or_default();
            format!(
                "{} | {} | {} | {zone} | {} {} {} | {}\n",
                when.short,
                when.date,
                when.time,
                when.weekday,
                when.day,
                when.month,
                span(&details.start, &details.end, language)
            )
        });
        expected.assert_eq(&said.concat());
    }

    #[test]
    fn an_hour_in_a_zone_names_the_zone_and_its_offset() {
        check(
            zoned("2026-03-03T10:00", "Europe/Berlin"),
            zoned("2026-03-03T11:00", "Europe/Berlin"),
            &expect![[r#"
                Tue 3 Mar 2026 10:00 (CET) | Tuesday, 3 March 2026 | 10:00 – 11:00 | CET, UTC+01:00, Europe/Berlin | Tue 3 Mar | Tue 3 Mar 2026, 10:00 – 11:00 (CET)
                Di., 3. März 2026, 10:00 Uhr (MEZ) | Dienstag, 3. März 2026 | 10:00 – 11:00 Uhr | MEZ, UTC+01:00, Europe/Berlin | Di 3 Mär | Di., 3. März 2026, 10:00 – 11:00 Uhr (MEZ)
            "#]],
        );
        check(
            zoned("2026-07-03T10:00", "America/Sao_Paulo"),
            zoned("2026-07-03T11:00", "America/Sao_Paulo"),
            &expect![[r#"
                Fri 3 Jul 2026 10:00 (UTC-03:00) | Friday, 3 July 2026 | 10:00 – 11:00 | UTC-03:00, America/Sao_Paulo | Fri 3 Jul | Fri 3 Jul 2026, 10:00 – 11:00 (UTC-03:00)
                Fr., 3. Juli 2026, 10:00 Uhr (UTC-03:00) | Freitag, 3. Juli 2026 | 10:00 – 11:00 Uhr | UTC-03:00, America/Sao_Paulo | Fr 3 Jul | Fr., 3. Juli 2026, 10:00 – 11:00 Uhr (UTC-03:00)
            "#]],
        );
    }

    #[test]
    fn an_end_in_another_zone_is_told_by_the_clock_of_the_start() {
        check(
            zoned("2026-03-03T10:00", "Europe/Berlin"),
            zoned("2026-03-03T10:00", "Europe/London"),
            &expect![[r#"
                Tue 3 Mar 2026 10:00 (CET) | Tuesday, 3 March 2026 | 10:00 – 11:00 | CET, UTC+01:00, Europe/Berlin | Tue 3 Mar | Tue 3 Mar 2026, 10:00 – 11:00 (CET)
                Di., 3. März 2026, 10:00 Uhr (MEZ) | Dienstag, 3. März 2026 | 10:00 – 11:00 Uhr | MEZ, UTC+01:00, Europe/Berlin | Di 3 Mär | Di., 3. März 2026, 10:00 – 11:00 Uhr (MEZ)
            "#]],
        );
    }

    #[test]
    fn a_night_tells_both_days_and_a_change_of_the_clock_both_offsets() {
        check(
            zoned("2026-03-28T22:00", "Europe/Berlin"),
            zoned("2026-03-29T08:00", "Europe/Berlin"),
            &expect![[r#"
                Sat 28 Mar 2026 22:00 (CET) | Saturday, 28 March – Sunday, 29 March 2026 | 22:00 – 08:00 | CET, UTC+01:00, at the start; CEST, UTC+02:00, at the end, Europe/Berlin | Sat 28 Mar | Sat 28 Mar 2026, 22:00 – Sun 29 Mar 2026, 08:00 (CET)
                Sa., 28. März 2026, 22:00 Uhr (MEZ) | Samstag, 28. März – Sonntag, 29. März 2026 | 22:00 – 08:00 Uhr | MEZ, UTC+01:00, zu Beginn; MESZ, UTC+02:00, am Ende, Europe/Berlin | Sa 28 Mär | Sa., 28. März 2026, 22:00 Uhr – So., 29. März 2026, 08:00 Uhr (MEZ)
            "#]],
        );
        check(
            utc("2026-12-31T22:00:00Z"),
            utc("2027-01-01T02:00:00Z"),
            &expect![[r#"
                Thu 31 Dec 2026 22:00 (UTC) | Thursday, 31 December 2026 – Friday, 1 January 2027 | 22:00 – 02:00 | UTC | Thu 31 Dec | Thu 31 Dec 2026, 22:00 – Fri 1 Jan 2027, 02:00 (UTC)
                Do., 31. Dezember 2026, 22:00 Uhr (UTC) | Donnerstag, 31. Dezember 2026 – Freitag, 1. Januar 2027 | 22:00 – 02:00 Uhr | UTC | Do 31 Dez | Do., 31. Dezember 2026, 22:00 Uhr – Fr., 1. Januar 2027, 02:00 Uhr (UTC)
            "#]],
        );
    }

    #[test]
    fn days_have_no_clock_and_end_on_the_day_before_dtend() {
        let day = |text: &str| CalendarTime::AllDay(text.parse().unwrap());
        check(
            day("2026-03-03"),
            day("2026-03-04"),
            &expect![[r#"
                Tue 3 Mar 2026 | Tuesday, 3 March 2026 | All day |  | Tue 3 Mar | Tue 3 Mar 2026
                Di., 3. März 2026 | Dienstag, 3. März 2026 | Ganztägig |  | Di 3 Mär | Di., 3. März 2026
            "#]],
        );
        check(
            day("2026-03-03"),
            day("2026-03-06"),
            &expect![[r#"
                Tue 3 Mar 2026 | Tuesday, 3 March – Thursday, 5 March 2026 | All day |  | Tue 3 Mar | Tue 3 Mar 2026 – Thu 5 Mar 2026
                Di., 3. März 2026 | Dienstag, 3. März – Donnerstag, 5. März 2026 | Ganztägig |  | Di 3 Mär | Di., 3. März 2026 – Do., 5. März 2026
            "#]],
        );
        check(
            day("2026-03-03"),
            day("2026-03-03"),
            &expect![[r#"
                Tue 3 Mar 2026 | Tuesday, 3 March 2026 | All day |  | Tue 3 Mar | Tue 3 Mar 2026
                Di., 3. März 2026 | Dienstag, 3. März 2026 | Ganztägig |  | Di 3 Mär | Di., 3. März 2026
            "#]],
        );
    }

    #[test]
    fn a_floating_time_follows_the_reader() {
        let at = |text: &str| CalendarTime::Floating(text.parse().unwrap());
        check(
            at("2026-03-03T10:00"),
            at("2026-03-03T11:30"),
            &expect![[r#"
                Tue 3 Mar 2026 10:00 | Tuesday, 3 March 2026 | 10:00 – 11:30 | your local time, wherever you are | Tue 3 Mar | Tue 3 Mar 2026, 10:00 – 11:30
                Di., 3. März 2026, 10:00 Uhr | Dienstag, 3. März 2026 | 10:00 – 11:30 Uhr | Ihre Ortszeit, wo immer Sie sind | Di 3 Mär | Di., 3. März 2026, 10:00 – 11:30 Uhr
            "#]],
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
            &expect![[r#"
                Tue 3 Mar 2026 10:00 (UTC+05:45) | Tuesday, 3 March 2026 | 10:00 – 11:00 | UTC+05:45, My Office | Tue 3 Mar | Tue 3 Mar 2026, 10:00 – 11:00 (UTC+05:45)
                Di., 3. März 2026, 10:00 Uhr (UTC+05:45) | Dienstag, 3. März 2026 | 10:00 – 11:00 Uhr | UTC+05:45, My Office | Di 3 Mär | Di., 3. März 2026, 10:00 – 11:00 Uhr (UTC+05:45)
            "#]],
        );
    }
}
