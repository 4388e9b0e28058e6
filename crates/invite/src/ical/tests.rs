//! What calendars say, by the text people's clients write.

use expect_test::expect;
use proptest::prelude::*;

use super::*;

/// `VEVENT`'s start and end, short; `zones` stands before the VEVENT.
fn times(zones: &str, event: &str) -> String {
    let text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\n{zones}BEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    let (calendars, problems) = read(&text);
    let event = &calendars[0].events[0];
    let short = |time: &Option<CalendarTime>| match time {
        None => "nothing".to_owned(),
        Some(CalendarTime::Utc(instant)) => instant.to_string(),
        Some(CalendarTime::Zoned {
            local,
            iana,
            instant,
            ..
        }) => format!(
            "{local} = {instant} {}",
            iana.as_deref().unwrap_or("own rules")
        ),
        Some(CalendarTime::Floating(local)) => format!("{local} floating"),
        Some(CalendarTime::AllDay(date)) => date.to_string(),
    };
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    format!(
        "{} … {} {}",
        short(&event.start),
        short(&event.end),
        codes.join(" ")
    )
    .trim_end()
    .to_owned()
}

/// As Outlook writes it: rules from 1601 on, under a name of its own.
const OUTLOOK: &str = "\
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
";

#[test]
fn a_zone_of_the_mails_own_is_evaluated_by_its_rules() {
    let at = |local: &str| {
        times(
            OUTLOOK,
            &format!("DTSTART;TZID=Customized Time Zone:{local}"),
        )
    };
    for (local, expected) in [
        (
            "20260115T100000",
            expect![
                "2026-01-15T10:00:00 = 2026-01-15T15:00:00Z own rules … 2026-01-15T10:00:00 = 2026-01-15T15:00:00Z own rules"
            ],
        ),
        (
            "20260715T100000",
            expect![
                "2026-07-15T10:00:00 = 2026-07-15T14:00:00Z own rules … 2026-07-15T10:00:00 = 2026-07-15T14:00:00Z own rules"
            ],
        ),
        // 02:30 does not exist on 8 March: the offset before the gap counts.
        (
            "20260308T023000",
            expect![
                "2026-03-08T02:30:00 = 2026-03-08T07:30:00Z own rules … 2026-03-08T02:30:00 = 2026-03-08T07:30:00Z own rules"
            ],
        ),
        // 01:30 happens twice on 1 November: the first one counts.
        (
            "20261101T013000",
            expect![
                "2026-11-01T01:30:00 = 2026-11-01T05:30:00Z own rules … 2026-11-01T01:30:00 = 2026-11-01T05:30:00Z own rules"
            ],
        ),
        (
            "20261101T020000",
            expect![
                "2026-11-01T02:00:00 = 2026-11-01T07:00:00Z own rules … 2026-11-01T02:00:00 = 2026-11-01T07:00:00Z own rules"
            ],
        ),
    ] {
        expected.assert_eq(&at(local));
    }
}

#[test]
fn gaps_and_overlaps_of_an_iana_zone_are_read_alike() {
    let at = |local: &str| times("", &format!("DTSTART;TZID=America/New_York:{local}"));
    for (local, expected) in [
        (
            "20260308T023000",
            expect![
                "2026-03-08T02:30:00 = 2026-03-08T07:30:00Z America/New_York … 2026-03-08T02:30:00 = 2026-03-08T07:30:00Z America/New_York"
            ],
        ),
        (
            "20261101T013000",
            expect![
                "2026-11-01T01:30:00 = 2026-11-01T05:30:00Z America/New_York … 2026-11-01T01:30:00 = 2026-11-01T05:30:00Z America/New_York"
            ],
        ),
    ] {
        expected.assert_eq(&at(local));
    }
}

#[test]
fn the_mails_rules_win_over_the_zone_of_the_same_name() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\n\
                TZOFFSETTO:+0300\nRDATE:20260101T000000\nEND:STANDARD\nEND:VTIMEZONE\n";
    expect!["2026-07-15T10:00:00 = 2026-07-15T07:00:00Z own rules … 2026-07-15T10:00:00 = 2026-07-15T07:00:00Z own rules"].assert_eq(&times(zone, "DTSTART;TZID=Europe/Berlin:20260715T100000"));
}

#[test]
fn a_stub_without_rules_does_not_hide_the_zone_it_names() {
    let zone = "BEGIN:VTIMEZONE\nTZID:America/New_York\nBEGIN:STANDARD\nDTSTART:19700101T000000\n\
                TZOFFSETFROM:-0500\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n";
    expect!["2026-07-15T10:00:00 = 2026-07-15T14:00:00Z America/New_York … 2026-07-15T10:00:00 = 2026-07-15T14:00:00Z America/New_York"].assert_eq(&times(
        zone,
        "DTSTART;TZID=America/New_York:20260715T100000",
    ));
}

#[test]
fn some_years_of_a_zone_written_out_go_on_as_the_zone_does() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\n\
        BEGIN:STANDARD\nDTSTART:20181028T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRDATE:20191027T030000\nEND:STANDARD\n\
        BEGIN:DAYLIGHT\nDTSTART:20190331T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRDATE:20200329T020000\nEND:DAYLIGHT\n\
        END:VTIMEZONE\n";
    let mut seen = String::new();
    for local in ["20190715T140000", "20200715T140000", "20201107T140000"] {
        let times = times(zone, &format!("DTSTART;TZID=Europe/Berlin:{local}"));
        seen.push_str(times.split(" … ").next().unwrap());
        seen.push('\n');
    }
    expect![[r#"
        2019-07-15T14:00:00 = 2019-07-15T12:00:00Z Europe/Berlin
        2020-07-15T14:00:00 = 2020-07-15T12:00:00Z Europe/Berlin
        2020-11-07T14:00:00 = 2020-11-07T13:00:00Z Europe/Berlin
    "#]]
    .assert_eq(&seen);
}

#[test]
fn rules_that_ended_are_followed_by_those_that_began() {
    let zone = "BEGIN:VTIMEZONE\nTZID:East\n\
        BEGIN:DAYLIGHT\nDTSTART:19870405T020000\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\n\
        BEGIN:STANDARD\nDTSTART:19671029T020000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n\
        BEGIN:DAYLIGHT\nDTSTART:20070311T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\n\
        BEGIN:STANDARD\nDTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=SU;BYSETPOS=1\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n\
        END:VTIMEZONE\n";
    let mut seen = String::new();
    for local in [
        "20060401T120000",
        "20060402T120000",
        "20061029T120000",
        "20070310T120000",
        "20070311T120000",
        "20261031T120000",
        "20261102T120000",
    ] {
        seen.push_str(&times(
            zone,
            &format!("DTSTART;TZID=East:{local}\nDTEND:20300101T000000Z"),
        ));
        seen.push('\n');
    }
    expect![[r#"
        2006-04-01T12:00:00 = 2006-04-01T17:00:00Z own rules … 2030-01-01T00:00:00Z
        2006-04-02T12:00:00 = 2006-04-02T16:00:00Z own rules … 2030-01-01T00:00:00Z
        2006-10-29T12:00:00 = 2006-10-29T17:00:00Z own rules … 2030-01-01T00:00:00Z
        2007-03-10T12:00:00 = 2007-03-10T17:00:00Z own rules … 2030-01-01T00:00:00Z
        2007-03-11T12:00:00 = 2007-03-11T16:00:00Z own rules … 2030-01-01T00:00:00Z
        2026-10-31T12:00:00 = 2026-10-31T16:00:00Z own rules … 2030-01-01T00:00:00Z
        2026-11-02T12:00:00 = 2026-11-02T17:00:00Z own rules … 2030-01-01T00:00:00Z
    "#]]
    .assert_eq(&seen);
}

#[test]
fn zones_are_known_by_the_names_vendors_give_them() {
    let mut seen = String::new();
    for tzid in [
        "W. Europe Standard Time",
        "Romance",
        "\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"",
        "\"Sarajevo, Skopje, Warsaw, Zagreb\"",
        "\"Western/Central Europe\"",
        "/mozilla.org/20070129_1/Europe/Berlin",
        "/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires",
        "America-Chicago",
        "america/los angeles",
        "tzone://Microsoft/Utc",
        "UTC+11",
        "GMT-0330",
        "Nowhere/Land",
    ] {
        let times = times("", &format!("DTSTART;TZID={tzid}:20260715T120000"));
        seen.push_str(&format!("{tzid}: {}\n", times.split(" … ").next().unwrap()));
    }
    expect![[r#"
        W. Europe Standard Time: 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Berlin
        Romance: 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Paris
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Berlin
        "Sarajevo, Skopje, Warsaw, Zagreb": 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Sarajevo
        "Western/Central Europe": 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Berlin
        /mozilla.org/20070129_1/Europe/Berlin: 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Berlin
        /freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires: 2026-07-15T12:00:00 = 2026-07-15T15:00:00Z America/Argentina/Buenos_Aires
        America-Chicago: 2026-07-15T12:00:00 = 2026-07-15T17:00:00Z America/Chicago
        america/los angeles: 2026-07-15T12:00:00 = 2026-07-15T19:00:00Z America/Los_Angeles
        tzone://Microsoft/Utc: 2026-07-15T12:00:00 = 2026-07-15T12:00:00Z UTC
        UTC+11: 2026-07-15T12:00:00 = 2026-07-15T01:00:00Z own rules
        GMT-0330: 2026-07-15T12:00:00 = 2026-07-15T15:30:00Z own rules
        Nowhere/Land: 2026-07-15T12:00:00 floating
    "#]].assert_eq(&seen);
}

#[test]
fn a_zone_without_rules_is_known_by_what_else_it_says() {
    let zone = |extra: &str| {
        let zone = format!("BEGIN:VTIMEZONE\nTZID:Mine\n{extra}\nEND:VTIMEZONE\n");
        times(&zone, "DTSTART;TZID=mine:20260715T120000")
    };
    expect!["2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Vienna … 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Vienna"].assert_eq(&zone("X-LIC-LOCATION:Europe/Vienna"));
    expect!["2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Berlin … 2026-07-15T12:00:00 = 2026-07-15T10:00:00Z Europe/Berlin"].assert_eq(&zone("X-MICROSOFT-CDO-TZID:4"));
    expect!["2026-07-15T12:00:00 floating … 2026-07-15T12:00:00 floating unknown-time-zone"]
        .assert_eq(&zone("COMMENT:nothing"));
}

#[test]
fn days_last_as_long_as_the_calendar_says_and_hours_as_long_as_the_clock() {
    let mut seen = String::new();
    for event in [
        "DTSTART:20260303T100000Z\nDURATION:PT90M",
        "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1D",
        "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:PT24H",
        "DTSTART;TZID=Europe/Berlin:20261024T120000\nDURATION:P1DT1H",
        "DTSTART:20260303T100000\nDURATION:P1W",
        "DTSTART;VALUE=DATE:20260303\nDURATION:P2D",
        "DTSTART;VALUE=DATE:20260303",
        "DTSTART:20260303T100000Z",
        "DTSTART;TZID=Europe/Berlin:20260303T100000\nDTEND:20260303T110000",
        "DTSTART;VALUE=DATE:20260303T000000",
        "DTSTART:20260303T100000Z\nDURATION:soon",
    ] {
        seen.push_str(&times("", event));
        seen.push('\n');
    }
    expect![[r#"
        2026-03-03T10:00:00Z … 2026-03-03T11:30:00Z
        2026-03-28T12:00:00 = 2026-03-28T11:00:00Z Europe/Berlin … 2026-03-29T12:00:00 = 2026-03-29T10:00:00Z Europe/Berlin
        2026-03-28T12:00:00 = 2026-03-28T11:00:00Z Europe/Berlin … 2026-03-29T13:00:00 = 2026-03-29T11:00:00Z Europe/Berlin
        2026-10-24T12:00:00 = 2026-10-24T10:00:00Z Europe/Berlin … 2026-10-25T13:00:00 = 2026-10-25T12:00:00Z Europe/Berlin
        2026-03-03T10:00:00 floating … 2026-03-10T10:00:00 floating
        2026-03-03 … 2026-03-05
        2026-03-03 … 2026-03-04
        2026-03-03T10:00:00Z … 2026-03-03T10:00:00Z
        2026-03-03T10:00:00 = 2026-03-03T09:00:00Z Europe/Berlin … 2026-03-03T11:00:00 = 2026-03-03T10:00:00Z Europe/Berlin end-without-zone
        2026-03-03 … 2026-03-04 invalid-value
        2026-03-03T10:00:00Z … 2026-03-03T10:00:00Z invalid-value
    "#]].assert_eq(&seen);
}

#[test]
fn vcalendar_1_is_read() {
    let text = "BEGIN:VCALENDAR\nVERSION:1.0\nBEGIN:VEVENT\nUID:1\nDTSTART:2026-03-03T10:00:00Z\n\
                SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:K=C3=B6ln\n\
                ATTENDEE;STATUS=NEEDS ACTION:Bob <bob@b.test>\nEND:VEVENT\nEND:VCALENDAR\n";
    let (calendars, _) = read(text);
    let event = &calendars[0].events[0];
    assert_eq!(event.summary.as_deref(), Some("Köln"));
    assert_eq!(event.attendees[0].partstat, Some(Partstat::NeedsAction));
    let address = event.attendees[0].address.as_ref().unwrap();
    assert_eq!(address.as_str(), "bob@b.test");
}

#[test]
fn what_is_not_understood_is_kept_as_written() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nX-THING;A=\"b;c\":d\\,e\nGEO:1;2\nBEGIN:VALARM\n\
                TRIGGER:-PT15M\nX-INNER:1\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n";
    let (calendars, _) = read(text);
    let event = &calendars[0].events[0];
    let other: Vec<_> = event.other.iter().map(ToString::to_string).collect();
    assert_eq!(other, ["X-THING;A=\"b;c\":d\\,e", "GEO:1;2"]);
    let alarm: Vec<_> = event.alarms[0].iter().map(ToString::to_string).collect();
    assert_eq!(
        alarm,
        ["BEGIN:VALARM", "TRIGGER:-PT15M", "X-INNER:1", "END:VALARM"]
    );
}

#[test]
fn html_descriptions_are_found_where_outlook_and_thunderbird_put_them() {
    for line in [
        "X-ALT-DESC;FMTTYPE=text/html:<p>Hi</p>",
        "DESCRIPTION;ALTREP=\"data:text/html,%3Cp%3EHi%3C%2Fp%3E\":Hi",
        "DESCRIPTION;ALTREP=\"data:text/html;base64,PHA+SGk8L3A+\":Hi",
    ] {
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{line}\nEND:VEVENT\nEND:VCALENDAR\n");
        let (calendars, _) = read(&text);
        let html = calendars[0].events[0].description_html.as_deref();
        assert_eq!(html, Some("<p>Hi</p>"), "{line}");
    }
}

#[test]
fn ends_that_were_forgotten_or_misspelt_cost_no_event() {
    let text =
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVNET\nBEGIN:VEVENT\nUID:2\nEND:VCALENDAR\n";
    let (calendars, problems) = read(text);
    let uids: Vec<_> = calendars[0]
        .events
        .iter()
        .map(|event| event.uid.clone().unwrap())
        .collect();
    assert_eq!(uids, ["1", "2"]);
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert!(
        codes.contains(&"unmatched-end") && codes.contains(&"unmatched-begin"),
        "{codes:?}"
    );
}

#[test]
fn what_is_too_much_is_refused_whole() {
    let nested = "BEGIN:X\n".repeat(200_000);
    let line = format!("BEGIN:VCALENDAR\nX:{}\n", "x".repeat(MAX_BYTES - 100));
    let lines = format!("BEGIN:VCALENDAR\n{}", "A:1\n".repeat(MAX_LINES));
    let events = format!(
        "BEGIN:VCALENDAR\n{}",
        "BEGIN:VEVENT\nEND:VEVENT\n".repeat(MAX_COMPONENTS)
    );
    for text in [nested, line, lines, events] {
        let (calendars, problems) = read(&text);
        assert!(calendars.is_empty());
        assert_eq!(problems.last().unwrap().code, TOO_LARGE);
    }
}

#[test]
fn ten_thousand_attendees_are_read() {
    let attendees: String = (0..10_000)
        .map(|n| format!("ATTENDEE;CN=\"Guest {n}\";PARTSTAT=ACCEPTED:mailto:guest{n}@b.test\r\n"))
        .collect();
    let text =
        format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{attendees}END:VEVENT\r\nEND:VCALENDAR\r\n");
    assert_eq!(read(&text).0[0].events[0].attendees.len(), 10_000);
}

/// Text made of what calendars are made of, so that more of it gets past the first line.
fn calendar_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("BEGIN:VCALENDAR\n".to_owned()),
        Just("BEGIN:VEVENT\n".to_owned()),
        Just("BEGIN:VTIMEZONE\nTZID:a\nBEGIN:STANDARD\n".to_owned()),
        Just("END:STANDARD\nEND:VTIMEZONE\n".to_owned()),
        Just("END:VEVENT\n".to_owned()),
        Just("END:VCALENDAR\n".to_owned()),
        "(DTSTART|DTEND|RECURRENCE-ID|RDATE)(;TZID=(a|Europe/Berlin|b))?:[0-9]{8}(T[0-9]{6}Z?)?\n",
        "(DTSTART|TZOFFSETFROM|TZOFFSETTO):[+-]?[0-9]{2,8}(T[0-9]{6})?\n",
        "RRULE:FREQ=YEARLY;(BYMONTH=[0-9-]{1,3};)?(BYDAY=-?[0-9]?(SU|MO);)?(UNTIL=[0-9]{8};)?(COUNT=[0-9]{1,5};)?(INTERVAL=[0-9]{1,3})?\n",
        "DURATION:[+-]?P[0-9]{0,12}[WDTHMS]{0,3}[0-9]{0,20}[HMS]?\n",
        "ATTENDEE;(CN|PARTSTAT|SENT-BY)=.{0,10}:(mailto:)?.{0,20}\n",
        "[A-Z-]{1,8}(;[A-Z]{1,3}=.{0,6})?:.{0,30}\n",
        ".{0,20}",
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        let _ = read(&text);
    }

    #[test]
    fn anything_like_a_calendar_is_read_without_a_panic(text in calendar_like()) {
        let _ = read(&text);
    }

    #[test]
    fn a_content_line_written_and_read_again_is_the_same(
        name in "X-[A-Z]{1,8}",
        params in prop::collection::vec(("[A-Z]{2,6}", prop::collection::vec("[^\r\\p{Cc}\\\\]{1,10}", 1..3)), 0..3),
        value in "[^\\p{Cc}]{0,40}",
    ) {
        let line = ContentLine { name, params, value };
        prop_assert_eq!(line::parse(&line.to_string()), Some(line));
    }
}
