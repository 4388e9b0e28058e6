//! Bytes that say they are a calendar.

use invite::{
    address::{Address, Mailbox},
    command::{self, Request},
    event::Stamp,
    ical::{self, Calendar, Vevent, Zones, recurrence::Series},
    id::Digest,
    mail::decode_calendar,
};
use jiff::Timestamp;

use crate::{problems, written};

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
        if let Ok(details) = command::details(event) {
            let event = written::event(&Request {
                organizer: mailbox("alice@a.test"),
                mailto: mailbox("create@acme.invites.example").address,
                client_uid: "fuzz".to_owned(),
                stamp: Stamp {
                    sequence: 0,
                    dtstamp: Timestamp::UNIX_EPOCH,
                },
                prodid: String::new(),
                details,
                digest: Digest::of(&mailbox("alice@a.test").address, bytes),
            });
            written::check_objects(&event);
        }
    }
}

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

fn mailbox(text: &str) -> Mailbox {
    Mailbox {
        address: Address::parse(text).unwrap(),
        name: None,
    }
}
