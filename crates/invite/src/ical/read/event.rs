//! VEVENT (RFC 5545 section 3.6.1).

use jiff::{Timestamp, civil, tz};
use percent_encoding::percent_decode_str;

use super::{at, component::Component, invalid, party, word, zone::Zones};
use crate::{
    ical::{
        ContentLine, Status, Vevent,
        date::{self, Duration, Written},
        recurrence::{self, Recurrence},
    },
    mail::Problem,
    time::CalendarTime,
};

/// Written without a value by clients that fill in a form: the same as not written.
const MAY_BE_EMPTY: [&str; 8] = [
    "DURATION",
    "EXDATE",
    "EXRULE",
    "RDATE",
    "RECURRENCE-ID",
    "RRULE",
    "SEQUENCE",
    "STATUS",
];

pub(super) fn read(component: &Component, zones: &Zones, problems: &mut Vec<Problem>) -> Vevent {
    let mut reading = Reading {
        event: Vevent::default(),
        zones,
        problems,
        duration: None,
        recurrence: Vec::new(),
        end_number: 0,
    };
    for (number, line) in &component.lines {
        reading.property(line, *number);
    }
    reading.end_in_the_zone_of_the_start();
    reading.end_by_default();
    reading.recurrence();
    for child in &component.children {
        if child.name == "VALARM" {
            let mut lines = Vec::new();
            child.write_lines(&mut lines);
            reading.event.alarms.push(lines);
        } else {
            reading.problems.push(Problem::new(
                "unknown-component",
                format!(
                    "{} in a VEVENT was left out {}",
                    word(&child.name),
                    at(child.begin)
                ),
            ));
        }
    }
    reading.event
}

struct Reading<'a> {
    event: Vevent,
    zones: &'a Zones,
    problems: &'a mut Vec<Problem>,
    duration: Option<Duration>,
    /// RRULE, EXRULE, RDATE and EXDATE, read when DTSTART is known.
    recurrence: Vec<recurrence::Line>,
    /// The line DTEND stands in.
    end_number: usize,
}

impl Reading<'_> {
    fn property(&mut self, line: &ContentLine, number: usize) {
        if line.value.trim().is_empty() && MAY_BE_EMPTY.contains(&line.name.as_str()) {
            self.problems
                .push(invalid(line, number, "is empty and was left out"));
            return;
        }
        match line.name.as_str() {
            "UID" => self.once(
                line,
                number,
                |event| &mut event.uid,
                |line| {
                    let uid = line.text().trim().to_owned();
                    (!uid.is_empty()).then_some(uid)
                },
            ),
            "SEQUENCE" => self.once(
                line,
                number,
                |event| &mut event.sequence,
                |line| {
                    let digits = line.value.trim();
                    let is_number =
                        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                    // Some clients count milliseconds; the order among their own messages is DTSTAMP's then.
                    is_number.then(|| digits.parse().unwrap_or(u32::MAX))
                },
            ),
            "DTSTAMP" => self.dtstamp(line, number),
            "DTSTART" => self.time(line, number, "DTSTART", |event| &mut event.start),
            "DTEND" => {
                self.end_number = number;
                self.time(line, number, "DTEND", |event| &mut event.end);
            }
            "RECURRENCE-ID" => {
                self.event.this_and_future |= line
                    .param("RANGE")
                    .is_some_and(|range| range.trim().eq_ignore_ascii_case("THISANDFUTURE"));
                self.time(line, number, "RECURRENCE-ID", |event| {
                    &mut event.recurrence_id
                });
            }
            "DURATION" => {
                self.duration = Duration::parse(&line.value);
                if self.duration.is_none() {
                    self.wrong(line, number, "DURATION", "is not a duration");
                }
            }
            "RRULE" => {
                self.event.rrule.push(line.value.trim().to_owned());
                self.recurrence.push((Some(number), line.clone()));
            }
            "RDATE" | "EXDATE" | "EXRULE" => {
                self.event.recurrence_dates.push(line.clone());
                self.recurrence.push((Some(number), line.clone()));
            }
            "STATUS" => self.once(
                line,
                number,
                |event| &mut event.status,
                |line| Status::parse(&line.value),
            ),
            "SUMMARY" => self.text(line, number, |event| &mut event.summary),
            "LOCATION" => self.text(line, number, |event| &mut event.location),
            "DESCRIPTION" => {
                if self.event.description_html.is_none() {
                    self.event.description_html = line.param("ALTREP").and_then(html_of_data_uri);
                }
                self.text(line, number, |event| &mut event.description);
            }
            "X-ALT-DESC" if is_html(line) => {
                self.event.description_html = Some(line.text());
            }
            "ORGANIZER" => self.once(
                line,
                number,
                |event| &mut event.organizer,
                |line| Some(party::read(line)),
            ),
            "ATTENDEE" => {
                let attendee = party::read(line);
                if attendee.address.is_none() {
                    self.problems
                        .push(invalid(line, number, "has no address mail can be sent to"));
                }
                self.event.attendees.push(attendee);
            }
            _ => self.event.other.push(line.clone()),
        }
    }

    fn recurrence(&mut self) {
        let Some(start) = &self.event.start else {
            return;
        };
        let (recurrence, found) = Recurrence::of(&self.recurrence, start, self.zones);
        self.event.recurrence = recurrence;
        self.event.invalid.extend(found.invalid);
        self.problems.extend(found.problems);
    }

    /// A property that may stand once: the first counts, one that cannot be read is named.
    fn once<T>(
        &mut self,
        line: &ContentLine,
        number: usize,
        place: impl Fn(&mut Vevent) -> &mut Option<T>,
        read: impl Fn(&ContentLine) -> Option<T>,
    ) {
        if place(&mut self.event).is_some() {
            self.problems.push(invalid(
                line,
                number,
                "stands there twice; the first counts",
            ));
            return;
        }
        match read(line) {
            Some(value) => *place(&mut self.event) = Some(value),
            None => self
                .problems
                .push(invalid(line, number, "has a value that cannot be read")),
        }
    }

    fn text(
        &mut self,
        line: &ContentLine,
        number: usize,
        place: impl Fn(&mut Vevent) -> &mut Option<String>,
    ) {
        self.once(line, number, place, |line| Some(line.text()));
    }

    fn wrong(&mut self, line: &ContentLine, number: usize, name: &'static str, why: &str) {
        self.problems.push(invalid(line, number, why));
        if !self.event.invalid.contains(&name) {
            self.event.invalid.push(name);
        }
    }

    fn dtstamp(&mut self, line: &ContentLine, number: usize) {
        let stamp = match date::parse(&line.value) {
            Some(Written::DateTime(local, is_utc)) => {
                if !is_utc {
                    // RFC 5545 3.8.7.2 wants UTC; some clients leave out the Z.
                    self.problems
                        .push(invalid(line, number, "is not in UTC; read as UTC"));
                }
                utc(local)
            }
            Some(Written::Date(date)) => utc(date.at(0, 0, 0, 0)),
            None => None,
        };
        self.once(line, number, |event| &mut event.dtstamp, |_| stamp);
    }

    fn time(
        &mut self,
        line: &ContentLine,
        number: usize,
        name: &'static str,
        place: impl Fn(&mut Vevent) -> &mut Option<CalendarTime>,
    ) {
        let Some(time) = self.read_time(line, number) else {
            self.wrong(line, number, name, "is not a date or a time");
            return;
        };
        self.once(line, number, place, |_| Some(time.clone()));
    }

    fn read_time(&mut self, line: &ContentLine, number: usize) -> Option<CalendarTime> {
        let value = line.value.split('/').next().unwrap_or_default();
        let written = date::parse(value)?;
        let is_date = line
            .param("VALUE")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"));
        let (local, is_utc) = match written {
            Written::Date(date) => return Some(CalendarTime::AllDay(date)),
            // Midnight is how some clients fill the time up; any other time is meant.
            Written::DateTime(local, is_utc) if is_date => {
                self.problems
                    .push(invalid(line, number, "says VALUE=DATE but has a time"));
                if local.time() == civil::Time::midnight() {
                    return Some(CalendarTime::AllDay(local.date()));
                }
                (local, is_utc)
            }
            Written::DateTime(local, is_utc) => (local, is_utc),
        };
        if is_utc {
            return utc(local).map(CalendarTime::Utc);
        }
        let Some(tzid) = line.param("TZID").filter(|tzid| !tzid.trim().is_empty()) else {
            return Some(CalendarTime::Floating(local));
        };
        match self.zones.resolve(tzid, local) {
            Some(resolved) => Some(CalendarTime::Zoned {
                local,
                tzid: tzid.to_owned(),
                iana: resolved.iana,
                instant: resolved.instant,
            }),
            None => {
                self.problems.push(Problem::new(
                    "unknown-time-zone",
                    format!(
                        "{} names a time zone that is neither defined in the calendar nor known; \
                         read as floating (line {number})",
                        line.name
                    ),
                ));
                if !self.event.unknown_zones.iter().any(|known| known == tzid) {
                    self.event.unknown_zones.push(tzid.to_owned());
                }
                Some(CalendarTime::Floating(local))
            }
        }
    }

    /// RFC 5545 3.8.2.2 wants DTEND to be of DTSTART's kind; a client that forgot its TZID means the same one.
    fn end_in_the_zone_of_the_start(&mut self) {
        let (Some(CalendarTime::Zoned { tzid, .. }), Some(CalendarTime::Floating(local))) =
            (&self.event.start, &self.event.end)
        else {
            return;
        };
        if !self.event.unknown_zones.is_empty() {
            return;
        }
        if let Some(resolved) = self.zones.resolve(tzid, *local) {
            self.problems.push(Problem::new(
                "end-without-zone",
                format!(
                    "DTEND has no TZID but DTSTART has; read as in the same zone {}",
                    at(self.end_number)
                ),
            ));
            self.event.end = Some(CalendarTime::Zoned {
                local: *local,
                tzid: tzid.clone(),
                iana: resolved.iana,
                instant: resolved.instant,
            });
        }
    }

    /// DTSTART plus DURATION; without one, a day lasts a day and a time no time (RFC 5545 section 3.6.1).
    fn end_by_default(&mut self) {
        if self.event.end.is_some() || self.event.invalid.contains(&"DTEND") {
            return;
        }
        let Some(start) = &self.event.start else {
            return;
        };
        let duration = match (self.duration, start) {
            (Some(duration), _) => duration,
            (None, CalendarTime::AllDay(_)) => Duration {
                days: 1,
                seconds: 0,
            },
            (None, _) => Duration {
                days: 0,
                seconds: 0,
            },
        };
        self.event.end = self.zones.after(start, duration);
        if self.event.end.is_none() {
            self.event.invalid.push("DURATION");
        }
    }
}

fn utc(local: civil::DateTime) -> Option<Timestamp> {
    tz::TimeZone::UTC.to_timestamp(local).ok()
}

fn is_html(line: &ContentLine) -> bool {
    line.param("FMTTYPE")
        .is_none_or(|kind| kind.eq_ignore_ascii_case("text/html"))
}

/// Thunderbird's `ALTREP="data:text/html,%3Cp%3E…"` (RFC 2397).
fn html_of_data_uri(uri: &str) -> Option<String> {
    let (kind, data) = uri.strip_prefix("data:")?.split_once(',')?;
    let kind = kind.to_ascii_lowercase();
    if !kind.starts_with("text/html") {
        return None;
    }
    let bytes: Vec<u8> = percent_decode_str(data).collect();
    let bytes = if kind.ends_with(";base64") {
        data_encoding::BASE64.decode(&bytes).ok()?
    } else {
        bytes
    };
    String::from_utf8(bytes).ok()
}
