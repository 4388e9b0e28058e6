//! Calendars that are broken, old, or both.

use super::*;
use crate::ical::Partstat;

fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code).collect()
}

/// As a phone of 2003 writes it.
const VCALENDAR: &str = "\
BEGIN:VCALENDAR\r\n\
VERSION:1.0\r\n\
PRODID:-//Phone//EN\r\n\
TZ:-05\r\n\
DAYLIGHT:TRUE;-04;20260308T020000;20261101T020000;EST;EDT\r\n\
BEGIN:VEVENT\r\n\
UID:old-1\r\n\
DTSTART:20260715T100000\r\n\
DTEND:20260715T160000Z\r\n\
SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Caf=E9, =\r\n\
Z=FCrich\r\n\
CATEGORIES:APPOINTMENT; BUSINESS\r\n\
TRANSP:0\r\n\
STATUS:NEEDS ACTION\r\n\
RRULE:W1 WE #4\r\n\
EXDATE:20260722T100000;20260729T100000\r\n\
DALARM:20260715T094500;;;Go\r\n\
AALARM:never\r\n\
ATTENDEE;ROLE=OWNER:Alice Ng <alice@a.test>\r\n\
ATTENDEE;STATUS=TENTATIVE;EXPECT=REQUEST:Bob <bob@b.test>\r\n\
END:VEVENT\r\n\
END:VCALENDAR\r\n";

#[test]
fn a_vcalendar_of_1_0_says_what_one_of_2_0_would() {
    let (calendars, problems) = read(VCALENDAR);
    let event = &calendars[0].events[0];
    let instant =
        |time: &Option<crate::time::CalendarTime>| time.as_ref().unwrap().instant().to_string();
    // Daylight saving time: four hours behind UTC.
    assert_eq!(instant(&event.start), "2026-07-15T14:00:00Z");
    assert_eq!(instant(&event.end), "2026-07-15T16:00:00Z");
    assert_eq!(event.summary.as_deref(), Some("Café, Zürich"));
    assert_eq!(event.rrule, ["FREQ=WEEKLY;BYDAY=WE;COUNT=4"]);
    let lines: Vec<_> = event
        .recurrence_dates
        .iter()
        .chain(&event.other)
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "EXDATE;TZID=vCalendar TZ -0500:20260722T100000,20260729T100000",
            "CATEGORIES:APPOINTMENT,BUSINESS",
            "TRANSP:OPAQUE",
            "AALARM:never",
        ]
    );
    let alarm: Vec<_> = event.alarms[0].iter().map(ToString::to_string).collect();
    assert_eq!(
        alarm,
        [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-PT15M",
            "DESCRIPTION:Go",
            "END:VALARM"
        ]
    );
    let organizer = event.organizer.as_ref().unwrap();
    assert_eq!(organizer.name.as_deref(), Some("Alice Ng"));
    assert_eq!(organizer.address.as_ref().unwrap().as_str(), "alice@a.test");
    assert_eq!(event.attendees.len(), 1);
    assert_eq!(event.attendees[0].partstat, Some(Partstat::Tentative));
    assert_eq!(event.status, None);
    let said: Vec<_> = problems.iter().map(|problem| &problem.text).collect();
    assert_eq!(
        said,
        ["AALARM is not a reminder, or one more than are read (line 18)"]
    );
}

#[test]
fn reminders_without_end_are_bounded() {
    let alarm = "DALARM:20260715T094500;;;Go\r\n";
    let text = VCALENDAR.replace(alarm, &alarm.repeat(1_500));
    assert_eq!(read(&text).0[0].events[0].alarms.len(), 1_000);
}

#[test]
fn a_winter_time_of_a_vcalendar_is_outside_of_its_daylight_saving() {
    let winter = VCALENDAR.replace("DTSTART:202607", "DTSTART:202612");
    let start = read(&winter).0.remove(0).events.remove(0).start.unwrap();
    assert_eq!(start.instant().to_string(), "2026-12-15T15:00:00Z");
}

#[test]
fn what_was_torn_off_a_line_is_put_back() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDESCRIPTION:one\ntwo, three\n\
                ATTENDEE;CN=Bob\n;PARTSTAT=ACCEPTED:mailto:bob@b.test\nUID:1\nno one knows\n\
                END:VEVENT\nEND:VCALENDAR\n";
    let (calendars, problems) = read(text);
    let event = &calendars[0].events[0];
    assert_eq!(event.description.as_deref(), Some("one\ntwo, three"));
    assert_eq!(event.attendees[0].name.as_deref(), Some("Bob"));
    assert_eq!(event.attendees[0].partstat, Some(Partstat::Accepted));
    let said: Vec<_> = problems.iter().map(|problem| &problem.text).collect();
    assert_eq!(
        said,
        [
            "a line without a property name was added to DESCRIPTION (line 5)",
            "a line without a property name was added to ATTENDEE (line 7)",
            "a line without a property name was left out (line 9)",
        ]
    );
}

#[test]
fn what_stands_around_a_calendar_does_not_spoil_it() {
    let calendar = "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR";
    for (text, expected) in [
        (format!("{calendar}\n\u{1a}"), vec!["not-a-content-line"]),
        (
            format!("{calendar}\n-- \nList: a.test\n"),
            vec!["not-a-content-line", "outside-of-a-component"],
        ),
        (format!("{calendar}--boundary--\n"), vec![]),
        (format!("\u{feff}\n\u{feff}{calendar}"), vec![]),
        (calendar.replace('\n', "\r"), vec![]),
        (calendar.replace('\n', "\n\n"), vec![]),
        (calendar.replace('\n', "\n \n"), vec![]),
        (calendar.to_lowercase(), vec![]),
        (calendar.replace("UID", "\0UID"), vec!["nul-characters"]),
        (
            calendar
                .replace('\n', "\n    ")
                .replacen("BEGIN", "    BEGIN", 1),
            vec![],
        ),
        (
            calendar.replace("\nEND:VCALENDAR", ""),
            vec!["unterminated"],
        ),
        (
            calendar.replace("\nEND:VEVENT", ""),
            vec!["unmatched-begin"],
        ),
        (
            calendar.replace("BEGIN:VCALENDAR\n", ""),
            vec!["unmatched-end", "no-vcalendar"],
        ),
    ] {
        let (calendars, problems) = read(&text);
        assert_eq!(codes(&problems), expected, "{text:?}");
        assert_eq!(calendars.len(), 1, "{text:?}");
        assert_eq!(calendars[0].method, Some(Method::Request), "{text:?}");
        assert_eq!(calendars[0].events[0].uid.as_deref(), Some("1"), "{text:?}");
    }
}

#[test]
fn what_a_calendar_says_of_itself_is_kept_in_order() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nNAME:Team\nX-WR-CALNAME:Team\nPRODID:a\nCOLOR:navy\n\
                REFRESH-INTERVAL;VALUE=DURATION:P1W\nSOURCE;VALUE=URI:https://a.test/c.ics\n\
                BEGIN:VEVENT\nUID:1\nIMAGE;VALUE=URI;DISPLAY=BADGE:https://a.test/i.png\n\
                CONFERENCE;VALUE=URI;FEATURE=PHONE,VIDEO:https://a.test/x\n\
                BEGIN:VLOCATION\nNAME:Hall\nEND:VLOCATION\nEND:VEVENT\nEND:VCALENDAR\n";
    let (calendars, problems) = read(text);
    let written =
        |lines: &[ContentLine]| -> Vec<String> { lines.iter().map(ToString::to_string).collect() };
    assert_eq!(
        written(&calendars[0].other),
        [
            "NAME:Team",
            "X-WR-CALNAME:Team",
            "COLOR:navy",
            "REFRESH-INTERVAL;VALUE=DURATION:P1W",
            "SOURCE;VALUE=URI:https://a.test/c.ics",
        ]
    );
    assert_eq!(
        written(&calendars[0].events[0].other),
        [
            "IMAGE;VALUE=URI;DISPLAY=BADGE:https://a.test/i.png",
            "CONFERENCE;VALUE=URI;FEATURE=PHONE,VIDEO:https://a.test/x",
        ]
    );
    let said: Vec<_> = problems.iter().map(|problem| &problem.text).collect();
    assert_eq!(said, ["VLOCATION in a VEVENT was left out (line 13)"]);
}

#[test]
fn a_property_without_a_value_is_none() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20260303T090000Z\n\
                RRULE:\nEXDATE:\nDURATION: \nRECURRENCE-ID:\nSEQUENCE:\nEND:VEVENT\nEND:VCALENDAR\n";
    let (calendars, problems) = read(text);
    let event = &calendars[0].events[0];
    assert!(event.rrule.is_empty() && event.recurrence_dates.is_empty());
    assert_eq!(event.invalid, Vec::<&str>::new());
    assert_eq!(problems.len(), 5);
    assert_eq!(problems[0].text, "RRULE is empty and was left out (line 6)");
}

#[test]
fn problems_without_end_are_counted() {
    let text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{}END:VEVENT\nEND:VCALENDAR\n",
        "ATTENDEE:nobody\n".repeat(250)
    );
    let (calendars, problems) = read(&text);
    assert_eq!(calendars[0].events[0].attendees.len(), 250);
    assert_eq!(problems.len(), MAX_PROBLEMS + 1);
    assert_eq!(
        problems.last().unwrap().text,
        "150 more problems are not named"
    );
}

#[test]
fn parameters_without_end_are_refused() {
    for text in [
        format!("BEGIN:VCALENDAR\nX;A={}:1\n", ",".repeat(MAX_PARAMETERS)),
        format!("BEGIN:VCALENDAR\nX{}:1\n", ";A".repeat(MAX_PARAMETERS + 1)),
    ] {
        let (calendars, problems) = read(&text);
        assert!(calendars.is_empty());
        assert_eq!(codes(&problems), [TOO_LARGE]);
    }
}
