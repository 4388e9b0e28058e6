//! Bytes that say they are a calendar.

use std::sync::LazyLock;

use invite::{
    command::{self, Command},
    event::Event,
    ical::{self, Calendar, Vevent, Zones, recurrence::Series},
    mail::decode_calendar,
};

use crate::{mail, problems, written};

/// How far a series is followed.
const OCCURRENCES: usize = 60;

/// Line ends do not matter; problems are bounded; lines nobody knows read back from how they are shown; a series goes
/// on in order, and alike from any point on; an event that could be taken up can be written and reads back.
///
/// # Panics
/// When one of that does not hold.
pub fn check(bytes: &[u8]) {
    let (text, _) = decode_calendar(bytes);
    let (calendars, found) = ical::read(&text);
    problems::check(&found, text.as_bytes());
    if !text.contains('\r') {
        let (with_crlf, found_with_crlf) = ical::read(&text.replace('\n', "\r\n"));
        assert!(with_crlf == calendars, "line ends change what is read");
        assert!(found_with_crlf == found, "line ends change what is wrong");
    }
    for (calendar, event) in calendars
        .iter()
        .flat_map(|calendar| calendar.events.iter().map(move |event| (calendar, event)))
    {
        check_other_lines(event);
        check_series(calendar, event);
        if let Ok(details) = command::details(event, &calendar.zones) {
            written::check_objects(&Event {
                status: details.status,
                details,
                ..KICKOFF.clone()
            });
        }
    }
}

/// An event to put other details into.
static KICKOFF: LazyLock<Event> = LazyLock::new(|| match mail::read(REQUEST).command {
    Ok(Command::Request(request)) => written::event(&request).unwrap(),
    _ => panic!("the example is not a REQUEST"),
});

const REQUEST: &[u8] = b"From: alice@a.test\r\nTo: create@acme.invites.example\r\n\
    Date: Tue, 3 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\
    Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n\
    BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
    UID:kickoff\r\nDTSTART:20260310T090000Z\r\nDTEND:20260310T100000Z\r\n\
    ORGANIZER:mailto:alice@a.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// `ContentLine` is shown as it goes on the wire.
fn check_other_lines(event: &Vevent) {
    let lines: String = event
        .other
        .iter()
        .map(|line| format!("{line}\r\n"))
        .collect();
    let object = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let (calendars, _) = ical::read(&object);
    assert_eq!(calendars[0].events[0].other, event.other, "{object}");
}

/// Occurrences come in order, none twice, and the rest of them is the same when it is asked for alone.
fn check_series(calendar: &Calendar, event: &Vevent) {
    let Some(start) = &event.start else { return };
    let zones = Zones::of(&calendar.zones);
    let series = Series::new(start, &event.recurrence, &zones);
    let first: Vec<_> = series.occurrences().take(OCCURRENCES).collect();
    for pair in first.windows(2) {
        assert!(pair[0].instant() < pair[1].instant(), "{pair:?}");
    }
    let Some(middle) = first.get(first.len() / 2) else {
        return;
    };
    let rest: Vec<_> = series
        .occurrences_from(middle.instant())
        .take(first.len() - first.len() / 2)
        .collect();
    assert_eq!(first[first.len() / 2..], rest);
    assert!(series.is_occurrence(middle), "{middle:?}");
}
