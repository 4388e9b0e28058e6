//! The calendar object of a letter: one VEVENT, addressed to one attendee (RFC 5546 sections 3.2.2, 3.2.5).
//!
//! What does not depend on the attendee is written once an event ([`Draft`]); an attendee's copy adds ORGANIZER and
//! ATTENDEE between its two halves.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::{
    address::{Address, Mailbox},
    event::Event,
    ical::{
        Partstat, Status,
        alarm::write_alarms,
        content_line::{Lines, Value},
        kept::write_kept,
        vtimezone::write_vtimezone,
    },
    time::CalendarTime,
};

/// Who wrote the object. Without a version, so that a mail repeated across a deployment keeps its bytes.
const PRODID: &str = "-//Calendar Invite Server//NONSGML CIS//EN";

/// What the object asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// METHOD:REQUEST: an invitation or an update.
    Request,
    /// METHOD:CANCEL.
    Cancel,
}

impl Purpose {
    /// As in the body and in the Content-Type of the part.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// An event's object without ORGANIZER and ATTENDEE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    before_parties: Vec<u8>,
    after_parties: Vec<u8>,
}

impl Draft {
    /// Writes what all attendees' copies share. `description_html` is sanitised, or `None`.
    #[must_use]
    pub fn new(event: &Event, purpose: Purpose, description_html: Option<&str>) -> Self {
        let mut lines = Lines::default();
        write_head(&mut lines, event, purpose);
        let before_parties = lines.into_bytes();
        let mut lines = Lines::default();
        write_tail(&mut lines, event, purpose, description_html);
        Self {
            before_parties,
            after_parties: lines.into_bytes(),
        }
    }

    /// The whole object for one attendee.
    #[must_use]
    pub fn addressed(
        &self,
        organizer: &Mailbox,
        attendee: &Mailbox,
        partstat: Partstat,
    ) -> Vec<u8> {
        let mut lines = Lines::default();
        write_parties(&mut lines, organizer, attendee, partstat);
        let parties = lines.into_bytes();
        [&self.before_parties, &parties, &self.after_parties]
            .map(Vec::as_slice)
            .concat()
    }
}

fn write_head(lines: &mut Lines, event: &Event, purpose: Purpose) {
    let wire = |lines: &mut Lines, name, value: &str| lines.property(name, &[], Value::Wire(value));
    lines.begin("VCALENDAR");
    wire(lines, "VERSION", "2.0");
    wire(lines, "PRODID", PRODID);
    wire(lines, "CALSCALE", "GREGORIAN");
    wire(lines, "METHOD", purpose.method());

    let start = Written::of(&event.details.start);
    let end = Some(Written::of(&event.details.end)).filter(|end| end.may_end(&start));
    write_zones(lines, &start, end.as_ref());

    lines.begin("VEVENT");
    wire(lines, "UID", event.uid.as_str());
    wire(lines, "DTSTAMP", &utc(event.stamp.dtstamp));
    wire(lines, "SEQUENCE", &event.stamp.sequence.to_string());
    start.write(lines, "DTSTART");
    if let Some(end) = end {
        end.write(lines, "DTEND");
    }
    if start.is_all_day() {
        wire(lines, "X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE");
    }
}

fn write_parties(lines: &mut Lines, organizer: &Mailbox, attendee: &Mailbox, partstat: Partstat) {
    lines.property(
        "ORGANIZER",
        &[("CN", name_of(organizer))],
        Value::Wire(&mailto(&organizer.address)),
    );
    lines.property(
        "ATTENDEE",
        &[
            ("CUTYPE", "INDIVIDUAL"),
            ("ROLE", "REQ-PARTICIPANT"),
            ("PARTSTAT", partstat_name(partstat)),
            ("RSVP", "TRUE"),
            ("CN", name_of(attendee)),
        ],
        Value::Wire(&mailto(&attendee.address)),
    );
}

fn write_tail(lines: &mut Lines, event: &Event, purpose: Purpose, description_html: Option<&str>) {
    let details = &event.details;
    let wire = |lines: &mut Lines, name, value: &str| lines.property(name, &[], Value::Wire(value));
    let text = |lines: &mut Lines, name, value: &str| {
        if !value.is_empty() {
            lines.property(name, &[], Value::Text(value));
        }
    };
    lines.property("SUMMARY", &[], Value::Text(&details.summary));
    text(lines, "DESCRIPTION", &details.description);
    if let Some(html) = description_html {
        let page = format!("<html><body>{html}</body></html>");
        lines.property(
            "X-ALT-DESC",
            &[("FMTTYPE", "text/html")],
            Value::Text(&page),
        );
    }
    text(lines, "LOCATION", &details.location);
    let status = match purpose {
        Purpose::Request => event.status,
        Purpose::Cancel => Status::Cancelled,
    };
    wire(lines, "STATUS", status_name(status));
    wire(lines, "CREATED", &utc(event.created));
    wire(lines, "LAST-MODIFIED", &utc(event.last_modified));
    // An attendee's counter proposal would reach us, who do not decide.
    wire(lines, "X-MICROSOFT-DISALLOW-COUNTER", "TRUE");
    write_kept(lines, &details.other);
    // RFC 5546 section 3.2.5: a CANCEL has no VALARM.
    if purpose == Purpose::Request {
        write_alarms(lines, &details.alarms, &details.summary);
    }
    lines.end("VEVENT");
    lines.end("VCALENDAR");
}

/// A time as it is written, which is as it was read but where only the mail's own VTIMEZONE knew the zone.
enum Written {
    Utc(Timestamp),
    Zoned {
        local: civil::DateTime,
        iana: String,
        instant: Timestamp,
    },
    Floating(civil::DateTime),
    Day(civil::Date),
}

impl Written {
    fn of(time: &CalendarTime) -> Self {
        match time {
            CalendarTime::Utc(instant) => Self::Utc(*instant),
            CalendarTime::Zoned { iana, instant, .. } => iana
                .as_deref()
                .and_then(|iana| Self::in_zone(iana, *instant))
                .unwrap_or(Self::Utc(*instant)),
            CalendarTime::Floating(local) => Self::Floating(*local),
            CalendarTime::AllDay(day) => Self::Day(*day),
        }
    }

    /// The wall clock time, if the zone is known and the time names one instant: in the hour that comes twice the
    /// second cannot be told (RFC 5545 section 3.3.5), and in the one that is left out clients disagree.
    fn in_zone(iana: &str, instant: Timestamp) -> Option<Self> {
        let zone = TimeZone::get(iana).ok()?;
        let local = zone.to_datetime(instant);
        let names_it = zone.to_timestamp(local).is_ok_and(|named| named == instant);
        names_it.then(|| Self::Zoned {
            local,
            iana: iana.to_owned(),
            instant,
        })
    }

    /// Whether this can be DTEND beside `start`: of the same kind and later (RFC 5545 section 3.8.2.2). An event
    /// without DTEND ends when it starts, or with its day (section 3.6.1).
    fn may_end(&self, start: &Self) -> bool {
        match (start, self) {
            (Self::Day(start), Self::Day(end)) => end > start,
            (Self::Floating(start), Self::Floating(end)) => end > start,
            (start, end) => start
                .instant()
                .zip(end.instant())
                .is_some_and(|(start, end)| end > start),
        }
    }

    fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::Utc(instant) | Self::Zoned { instant, .. } => Some(*instant),
            Self::Floating(_) | Self::Day(_) => None,
        }
    }

    fn zone(&self) -> Option<&str> {
        match self {
            Self::Zoned { iana, .. } => Some(iana),
            _ => None,
        }
    }

    fn is_all_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    fn write(&self, lines: &mut Lines, name: &str) {
        match self {
            Self::Utc(instant) => lines.property(name, &[], Value::Wire(&utc(*instant))),
            Self::Zoned { local, iana, .. } => {
                lines.property(name, &[("TZID", iana)], Value::Wire(&date_time(*local)));
            }
            Self::Floating(local) => lines.property(name, &[], Value::Wire(&date_time(*local))),
            Self::Day(day) => {
                let day = date(*day);
                lines.property(name, &[("VALUE", "DATE")], Value::Wire(&day));
            }
        }
    }
}

/// A VTIMEZONE for each TZID used, before the VEVENT that uses it.
fn write_zones(lines: &mut Lines, start: &Written, end: Option<&Written>) {
    let Some(from) = start.instant() else {
        return;
    };
    let until = end.and_then(Written::instant).unwrap_or(from);
    let first = start.zone();
    let second = end
        .and_then(Written::zone)
        .filter(|zone| Some(*zone) != first);
    for zone in first.into_iter().chain(second) {
        write_vtimezone(lines, zone, from, until);
    }
}

fn name_of(mailbox: &Mailbox) -> &str {
    let name = mailbox.name.as_deref().filter(|name| !name.is_empty());
    name.unwrap_or_else(|| mailbox.address.as_str())
}

fn mailto(address: &Address) -> String {
    format!("mailto:{}", address.as_str())
}

fn utc(instant: Timestamp) -> String {
    let local = TimeZone::UTC.to_datetime(instant);
    format!("{}Z", date_time(local))
}

fn date_time(local: civil::DateTime) -> String {
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    format!("{}T{hour:02}{minute:02}{second:02}", date(local.date()))
}

/// Years before 0 do not fit the format (RFC 5545 section 3.3.4) and are written as 0.
fn date(day: civil::Date) -> String {
    let year = day.year().max(0);
    format!("{year:04}{:02}{:02}", day.month(), day.day())
}

fn partstat_name(partstat: Partstat) -> &'static str {
    match partstat {
        Partstat::NeedsAction => "NEEDS-ACTION",
        Partstat::Accepted => "ACCEPTED",
        Partstat::Declined => "DECLINED",
        Partstat::Tentative => "TENTATIVE",
        Partstat::Delegated => "DELEGATED",
    }
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "CONFIRMED",
        Status::Tentative => "TENTATIVE",
        Status::Cancelled => "CANCELLED",
    }
}
