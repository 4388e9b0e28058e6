//! What must hold of every object we write, whatever its event says: it is well formed, it reads back as it was
//! meant, and what was read writes the same bytes. The fuzz targets hold us to it, too (`crates/invite/fuzz`).

use invite::{
    address::Mailbox,
    command::{self, Policy, Receipt},
    event::{Answers, Event},
    ical::{
        self, Calendar, Method, Partstat, Status, Vevent,
        write::{self, Purpose},
    },
    letter::{Draft, Kind, LetterError, Sender},
    time::CalendarTime,
};

/// Checks the mails that invite to an event and cancel it.
///
/// # Errors
/// Why no letter can be written.
pub(crate) fn assert_letters_read_back(
    event: &Event,
    attendee: &Mailbox,
    sender: &Sender,
) -> Result<(), LetterError> {
    for kind in [Kind::Invite, Kind::Cancellation] {
        let letter = Draft::new(kind.clone(), event, sender)?.addressed(
            attendee,
            &Answers::all(Partstat::NeedsAction),
            None,
        )?;
        assert_mail_is_plain(&letter.raw);
        let reading = command::read(&letter.raw, &Receipt::default(), &Policy::default());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        // The attached copy counts once.
        assert_eq!(reading.calendars.found.len(), 1);
        let calendar = &reading.calendars.found[0].calendar;
        let purpose = match kind {
            Kind::Cancellation => Purpose::Cancel,
            _ => Purpose::Request,
        };
        assert_calendar_says(event, calendar, &purpose);
        let attendees = &calendar.events[0].attendees;
        assert_eq!(attendees[0].address.as_ref(), Some(&letter.to.address));
    }
    Ok(())
}

/// Checks the objects in those mails, less the organizer's HTML, which is sanitised on its way out.
pub(crate) fn assert_objects_read_back(event: &Event, attendee: &Mailbox) {
    for purpose in [Purpose::Request, Purpose::Cancel] {
        let write = |event: &Event| {
            let object = write::Draft::new(event, &purpose, |_| String::new())
                .unwrap()
                .addressed(
                    &event.organizer,
                    attendee,
                    &Answers::all(Partstat::Accepted),
                );
            String::from_utf8(object).unwrap()
        };
        let first = write(event);
        assert_well_formed(&first);
        let (calendars, problems) = ical::read(&first);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(calendars.len(), 1);
        assert_calendar_says(event, &calendars[0], &purpose);

        let mut details = command::details(&calendars[0].events[0], &calendars[0].zones).unwrap();
        details.status = event.details.status;
        let again = Event {
            details,
            ..event.clone()
        };
        assert_eq!(write(&again), first, "written otherwise the second time");
    }
}

fn assert_calendar_says(event: &Event, calendar: &Calendar, purpose: &Purpose) {
    let (method, status) = match purpose {
        Purpose::Request => (Method::Request, event.status),
        Purpose::Cancel => (Method::Cancel, Status::Cancelled),
        Purpose::DeclineCounter { .. } => (Method::DeclineCounter, event.status),
    };
    assert_eq!(calendar.method, Some(method));
    assert_eq!(calendar.events.len(), 1);
    assert_eq!(calendar.events[0].status, Some(status));
    assert_says(event, &calendar.events[0]);
}

/// RFC 5322 section 2.1.1, and nothing beyond ASCII.
fn assert_mail_is_plain(raw: &[u8]) {
    assert!(raw.is_ascii());
    for line in raw.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999, "a line of {} octets", line.len());
        assert!(line.is_empty() || line.ends_with(b"\r"), "a bare LF");
    }
}

/// Lines are CRLF and at most 75 octets; no line break and no other control character stands elsewhere.
pub(crate) fn assert_well_formed(object: &str) {
    assert!(object.starts_with("BEGIN:VCALENDAR\r\n") && object.ends_with("END:VCALENDAR\r\n"));
    for line in object.strip_suffix("\r\n").unwrap().split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.is_empty(), "an empty line");
        assert!(
            !line.contains(|c: char| c.is_ascii_control() && c != '\t'),
            "{line:?}"
        );
    }
    let unfolded = object.replace("\r\n ", "");
    let mut open = Vec::new();
    let mut names_in_event = Vec::new();
    let mut zones = Vec::new();
    for line in unfolded.lines() {
        let name = line.split([':', ';']).next().unwrap();
        let component = line.split_once(':').unwrap().1;
        match name {
            "BEGIN" => open.push(component),
            "END" => {
                assert_eq!(open.pop(), Some(component), "components nest");
                if component == "VEVENT" {
                    assert_stand_once(&std::mem::take(&mut names_in_event));
                }
            }
            _ if open.last() == Some(&"VEVENT") => names_in_event.push(name),
            // One VTIMEZONE for each TZID (RFC 5545 section 3.6.5).
            "TZID" if open.last() == Some(&"VTIMEZONE") => {
                assert!(!zones.contains(&component), "{line} is defined twice");
                zones.push(component);
            }
            _ => {}
        }
    }
    assert!(open.is_empty());
    if let Some(zone) = unfolded.find("\nBEGIN:VTIMEZONE") {
        assert!(zone < unfolded.find("\nBEGIN:VEVENT").unwrap());
    }
}

fn assert_stand_once(names: &[&str]) {
    let count = |wanted: &str| names.iter().filter(|name| **name == wanted).count();
    for once in [
        "UID",
        "DTSTAMP",
        "SEQUENCE",
        "DTSTART",
        "ORGANIZER",
        "ATTENDEE",
        "SUMMARY",
        "STATUS",
    ] {
        assert_eq!(count(once), 1, "{once}");
    }
    for at_most_once in [
        "RECURRENCE-ID",
        "DTEND",
        "DESCRIPTION",
        "LOCATION",
        "CREATED",
        "LAST-MODIFIED",
        "URL",
        "GEO",
        "TRANSP",
        "CLASS",
        "PRIORITY",
    ] {
        assert!(count(at_most_once) <= 1, "{at_most_once}");
    }
}

fn assert_says(event: &Event, read: &Vevent) {
    assert_eq!(read.uid.as_deref(), Some(event.uid.as_str()));
    assert_eq!(read.sequence, Some(event.stamp.sequence));
    assert_eq!(read.dtstamp, Some(event.stamp.dtstamp));
    let details = &event.details;
    let has_own_rules = !details.zones.is_empty();
    assert_is(&details.start, read.start.as_ref().unwrap(), has_own_rules);
    let end = read.end.as_ref().unwrap();
    if details.end.instant() > details.start.instant() {
        assert_is(&details.end, end, has_own_rules);
    } else {
        // RFC 5545 section 3.6.1: without DTEND it ends when it starts, or with its day.
        assert!(end.instant() >= details.start.instant());
    }
    let text = |read: &Option<String>| meant(read.as_deref().unwrap_or_default());
    assert_eq!(text(&read.summary), meant(&details.summary));
    assert_eq!(text(&read.description), meant(&details.description));
    assert_eq!(text(&read.location), meant(&details.location));
    for line in &read.other {
        let is_ours = matches!(
            line.name.as_str(),
            "CREATED"
                | "LAST-MODIFIED"
                | "X-MICROSOFT-CDO-ALLDAYEVENT"
                | "X-MICROSOFT-DISALLOW-COUNTER"
        );
        let is_kept = details.other.iter().any(|kept| kept.name == line.name);
        assert!(is_ours || is_kept, "{} came from nowhere", line.name);
    }
    assert!(read.alarms.len() <= details.alarms.len());
}

/// The same kind of time at the same instant. Only a time in a zone may have become one in UTC: where nobody but the
/// organizer's VTIMEZONE knew the zone, or the hour comes twice. Where one of the times needs that VTIMEZONE, all that
/// are in that zone go by it.
fn assert_is(meant: &CalendarTime, read: &CalendarTime, has_own_rules: bool) {
    assert_eq!(read.instant(), meant.instant());
    match (meant, read) {
        (CalendarTime::Zoned { iana: meant, .. }, CalendarTime::Zoned { iana, .. }) => {
            assert!(
                iana == meant || has_own_rules && iana.is_none(),
                "{meant:?} became {iana:?}"
            );
        }
        (CalendarTime::Zoned { .. } | CalendarTime::Utc(_), CalendarTime::Utc(_))
        | (CalendarTime::Floating(_), CalendarTime::Floating(_))
        | (CalendarTime::AllDay(_), CalendarTime::AllDay(_)) => {}
        _ => panic!("another kind of time: {meant:?} became {read:?}"),
    }
}

/// What of a text can survive: controls cannot, a line break of any kind is one, and the reader takes off white space
/// around it.
pub(crate) fn meant(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_ascii_control())
        .collect::<String>()
        .trim()
        .to_owned()
}
