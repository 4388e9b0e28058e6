//! A meeting as iCalendar text, by the mapping Exchange itself goes by ([MS-OXCICAL] section 2.1.3), so that a
//! winmail.dat is from there on read like any other calendar.

use jiff::{Timestamp, civil};

use super::{
    Envelope,
    kind::Kind,
    meeting::{Meeting, When},
    party::{Attendee, Person, Role},
    recurrence::{Changed, Recurrence},
};
use crate::ical::{self, Lines, Method, Params, Partstat, Value};

const PRODID: &str = "-//Microsoft Corporation//Outlook TNEF//EN";

/// What Exchange writes for somebody without an address outside of it.
const NO_ADDRESS: &str = "invalid:nomail";

/// Reminders further ahead than a year are Outlook's way to say that there is none of its own.
const MAX_REMINDER_MINUTES: i64 = 366 * 24 * 60;

/// The text; `None` when it would be larger than a calendar may be.
pub(super) fn write(meeting: &Meeting, envelope: &Envelope) -> Option<String> {
    let author = meeting.parties.author(envelope);
    let changed = match (meeting.kind, &meeting.recurrence) {
        (Kind::Request | Kind::Published, Some(recurrence)) => recurrence.changed.as_slice(),
        _ => &[],
    };
    let mut lines = Lines::default();
    lines.begin("VCALENDAR");
    let mut wire = |name, value| lines.property(name, &[], Value::Wire(value));
    wire("PRODID", PRODID);
    wire("VERSION", "2.0");
    wire("METHOD", method(meeting.kind).as_str());
    if let Some(zone) = &meeting.zone {
        zone.write(&mut lines);
    }
    let mut out = lines.into_bytes();
    for changed in std::iter::once(None).chain(changed.iter().map(Some)) {
        let mut writing = Writing {
            meeting,
            author: &author,
            envelope,
            lines: Lines::default(),
        };
        writing.event(changed);
        out.extend(writing.lines.into_bytes());
        // Each repeats what it has in common with the series.
        if out.len() > ical::MAX_BYTES {
            return None;
        }
    }
    let mut lines = Lines::default();
    lines.end("VCALENDAR");
    out.extend(lines.into_bytes());
    String::from_utf8(out).ok()
}

fn method(kind: Kind) -> Method {
    match kind {
        Kind::Request => Method::Request,
        Kind::Cancel => Method::Cancel,
        Kind::Reply(_) => Method::Reply,
        Kind::Counter(_) => Method::Counter,
        Kind::Published => Method::Publish,
    }
}

struct Writing<'a> {
    meeting: &'a Meeting,
    author: &'a Person,
    envelope: &'a Envelope,
    lines: Lines,
}

impl Writing<'_> {
    /// The event itself, or one changed instance of the series.
    fn event(&mut self, changed: Option<&Changed>) {
        let meeting = self.meeting;
        self.lines.begin("VEVENT");
        self.text("UID", meeting.uid.as_deref());
        if let Some(sequence) = meeting.sequence {
            self.wire("SEQUENCE", &sequence.to_string());
        }
        if let Some(stamp) = meeting.stamp {
            self.wire("DTSTAMP", &utc(stamp));
        }
        match changed {
            Some(changed) => {
                self.time("RECURRENCE-ID", self.on_clock(changed.original_start));
                self.times(
                    Some(self.on_clock(changed.start)),
                    Some(self.on_clock(changed.end)),
                );
            }
            None => {
                if let Some(id) = meeting.recurrence_id {
                    self.time("RECURRENCE-ID", id);
                }
                self.times(meeting.start, meeting.end);
                if let Some(recurrence) = &meeting.recurrence {
                    self.recurrence(recurrence);
                }
            }
        }
        if let Some((start, end)) = meeting.original {
            self.time("X-MS-OLK-ORIGINALSTART", start);
            self.time("X-MS-OLK-ORIGINALEND", end);
        }
        let of_series = |own: Option<&String>, series: &Option<String>| {
            own.filter(|text| !text.is_empty())
                .or(series.as_ref())
                .cloned()
        };
        let summary = of_series(
            changed.and_then(|changed| changed.subject.as_ref()),
            &meeting.summary,
        );
        let location = of_series(
            changed.and_then(|changed| changed.location.as_ref()),
            &meeting.location,
        );
        self.text("SUMMARY", summary.as_deref());
        self.text("LOCATION", location.as_deref());
        self.about();
        self.parties();
        self.alarm();
        self.lines.end("VEVENT");
    }

    fn times(&mut self, start: Option<When>, end: Option<When>) {
        if let Some(start) = start {
            self.time("DTSTART", start);
        }
        // A day that ends where it begins lasts a day, which is what a missing end says.
        let is_empty_day =
            matches!((start, end), (Some(When::Day(start)), Some(When::Day(end))) if end <= start);
        if let Some(end) = end.filter(|_| !is_empty_day) {
            self.time("DTEND", end);
        }
    }

    fn recurrence(&mut self, recurrence: &Recurrence) {
        let rule = recurrence.rule(|last| {
            let instant = self.meeting.zone.as_ref().and_then(|z| z.instant(last));
            match instant {
                _ if self.meeting.is_all_day => day(last.date()),
                Some(instant) => utc(instant),
                None => date_time(last),
            }
        });
        self.wire("RRULE", &rule);
        for taken_out in &recurrence.taken_out {
            self.time("EXDATE", self.on_clock(*taken_out));
        }
    }

    /// What the meeting is about, besides its name and place.
    fn about(&mut self) {
        let meeting = self.meeting;
        let description = meeting
            .description
            .as_deref()
            .or(self.envelope.text.as_deref());
        let has_own_words = matches!(meeting.kind, Kind::Reply(_) | Kind::Counter(_));
        // What an attendee writes to his answer is not the description of the meeting.
        self.text(
            if has_own_words {
                "COMMENT"
            } else {
                "DESCRIPTION"
            },
            description,
        );
        if let Some(html) = &meeting.html {
            self.lines
                .property("X-ALT-DESC", &[("FMTTYPE", "text/html")], Value::Text(html));
        }
        for category in &meeting.categories {
            self.text("CATEGORIES", Some(category));
        }
        match meeting.sensitivity {
            1 | 2 => self.wire("CLASS", "PRIVATE"),
            3 => self.wire("CLASS", "CONFIDENTIAL"),
            _ => {}
        }
        match meeting.importance {
            0 => self.wire("PRIORITY", "9"),
            2 => self.wire("PRIORITY", "1"),
            _ => {}
        }
        if meeting.kind == Kind::Cancel {
            self.wire("STATUS", "CANCELLED");
        }
        if !matches!(meeting.kind, Kind::Request | Kind::Published) {
            return;
        }
        let busy = match meeting.busy {
            Some(0) => "FREE",
            Some(1) => "TENTATIVE",
            Some(2) => "BUSY",
            Some(3) => "OOF",
            Some(4) => "WORKINGELSEWHERE",
            _ => return,
        };
        if busy == "FREE" {
            self.wire("TRANSP", "TRANSPARENT");
        }
        self.wire("X-MICROSOFT-CDO-BUSYSTATUS", busy);
    }

    fn parties(&mut self) {
        let meeting = self.meeting;
        let author = self.author;
        match meeting.kind {
            Kind::Reply(partstat) | Kind::Counter(partstat) => {
                self.organizer(&self.receiver());
                self.attendee(author, &[("PARTSTAT", partstat.as_str())]);
            }
            Kind::Request | Kind::Cancel => {
                self.organizer(author);
                self.invited();
            }
            Kind::Published => {
                self.organizer(meeting.parties.organizer.as_ref().unwrap_or(author));
                self.invited();
            }
        }
    }

    /// Who gets an answer: the organizer.
    fn receiver(&self) -> Person {
        let parties = &self.meeting.parties;
        let first = || parties.attendees.first().map(|first| &first.person);
        let named = Some(&parties.receiver)
            .filter(|person| person.address.is_some())
            .or(parties.organizer.as_ref())
            .or_else(first)
            .filter(|person| person.address.is_some());
        match (named, self.envelope.to.as_slice()) {
            (Some(named), _) => named.clone(),
            (None, [only]) => Person {
                name: parties.receiver.name.clone(),
                address: Some(only.clone()),
            },
            (None, _) => parties.receiver.clone(),
        }
    }

    fn organizer(&mut self, person: &Person) {
        if *person == Person::default() {
            return;
        }
        let sender = &self.meeting.parties.sender.address;
        let by_another = sender
            .as_ref()
            .filter(|sender| self.author == person && Some(*sender) != person.address.as_ref())
            .map(|sender| format!("mailto:{}", sender.as_str()));
        let sent_by: &[(&str, &str)] = match &by_another {
            Some(sender) => &[("SENT-BY", sender)],
            None => &[],
        };
        party(&mut self.lines, "ORGANIZER", person, sent_by);
    }

    /// Recipients; where TNEF has none they are in the mail's header alone ([MS-OXTNEF] section 2.2.3.9).
    fn invited(&mut self) {
        let attendees = &self.meeting.parties.attendees;
        for Attendee {
            person,
            role,
            partstat,
        } in attendees
        {
            let mut params = vec![("PARTSTAT", partstat.as_str())];
            match role {
                Role::Required => params.push(("ROLE", "REQ-PARTICIPANT")),
                Role::Optional => params.push(("ROLE", "OPT-PARTICIPANT")),
                Role::Resource => {
                    params.extend([("CUTYPE", "RESOURCE"), ("ROLE", "NON-PARTICIPANT")]);
                }
            }
            self.attendee(person, &params);
        }
        if attendees.is_empty() {
            for address in &self.envelope.to {
                let person = Person {
                    name: None,
                    address: Some(address.clone()),
                };
                let partstat = Partstat::NeedsAction.as_str();
                self.attendee(
                    &person,
                    &[("PARTSTAT", partstat), ("ROLE", "REQ-PARTICIPANT")],
                );
            }
        }
    }

    fn attendee(&mut self, person: &Person, params: Params<'_>) {
        let mut params = params.to_vec();
        if self.meeting.kind == Kind::Request && self.meeting.asks_for_answers {
            params.push(("RSVP", "TRUE"));
        }
        party(&mut self.lines, "ATTENDEE", person, &params);
    }

    fn alarm(&mut self) {
        let minutes = self
            .meeting
            .reminder_minutes
            .filter(|minutes| (0..=MAX_REMINDER_MINUTES).contains(minutes));
        let Some(minutes) =
            minutes.filter(|_| matches!(self.meeting.kind, Kind::Request | Kind::Published))
        else {
            return;
        };
        self.lines.component("VALARM", |lines| {
            let mut wire = |name, value: &str| lines.property(name, &[], Value::Wire(value));
            wire("ACTION", "DISPLAY");
            wire("DESCRIPTION", "REMINDER");
            wire("TRIGGER", &format!("-PT{minutes}M"));
        });
    }

    fn on_clock(&self, local: civil::DateTime) -> When {
        match (self.meeting.is_all_day, &self.meeting.zone) {
            (true, _) => When::Day(local.date()),
            (false, Some(_)) => When::Local(local),
            (false, None) => When::Floating(local),
        }
    }

    fn time(&mut self, name: &str, when: When) {
        let lines = &mut self.lines;
        let zone = self.meeting.zone.as_ref();
        match (when, zone) {
            (When::Day(date), _) => {
                lines.property(name, &[("VALUE", "DATE")], Value::Wire(&day(date)));
            }
            (When::Instant(instant), Some(zone)) => {
                let local = zone.local(instant);
                // The second pass of an hour that comes twice has no local writing.
                if zone.instant(local) == Some(instant) {
                    let tzid = [("TZID", zone.tzid.as_str())];
                    lines.property(name, &tzid, Value::Wire(&date_time(local)));
                } else {
                    lines.property(name, &[], Value::Wire(&utc(instant)));
                }
            }
            (When::Instant(instant), None) => {
                lines.property(name, &[], Value::Wire(&utc(instant)));
            }
            (When::Local(local), Some(zone)) => {
                let tzid = [("TZID", zone.tzid.as_str())];
                lines.property(name, &tzid, Value::Wire(&date_time(local)));
            }
            (When::Local(local) | When::Floating(local), _) => {
                lines.property(name, &[], Value::Wire(&date_time(local)));
            }
        }
    }

    fn wire(&mut self, name: &str, value: &str) {
        self.lines.property(name, &[], Value::Wire(value));
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.lines.property(name, &[], Value::Text(value));
        }
    }
}

fn party(lines: &mut Lines, name: &str, person: &Person, params: Params<'_>) {
    let cn = person.name.as_deref().map(|name| ("CN", name));
    let params: Vec<_> = cn.into_iter().chain(params.iter().copied()).collect();
    let value = person
        .address
        .as_ref()
        .map_or(NO_ADDRESS.to_owned(), |address| {
            format!("mailto:{}", address.as_str())
        });
    lines.property(name, &params, Value::Wire(&value));
}

fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn date_time(local: civil::DateTime) -> String {
    local.strftime("%Y%m%dT%H%M%S").to_string()
}

fn day(date: civil::Date) -> String {
    date.strftime("%Y%m%d").to_string()
}
