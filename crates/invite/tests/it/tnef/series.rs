//! Series and zones: Outlook's blobs → RRULE, EXDATE, changed instances, VTIMEZONE.

use invite::{
    ical::{self, Vevent},
    mail::{self, Problem},
    time::CalendarTime,
};
use jiff::civil::date;

use super::{
    blobs::{Changed, Recurrence, zone, zone_struct},
    samples::{EUROPE, fortnightly, kickoff},
    writer::{Properties, Stream, Value, at},
};

fn events(properties: &Properties) -> (Vec<Vevent>, Vec<Problem>) {
    let mut stream = Stream::new(1252);
    stream.properties(properties);
    let (parts, mut problems) = mail::decode_tnef(&stream.bytes());
    let Some(part) = parts.first() else {
        return (Vec::new(), problems);
    };
    let (calendars, more) = ical::read(&part.text);
    problems.extend(more);
    (
        calendars.into_iter().flat_map(|c| c.events).collect(),
        problems,
    )
}

fn with(recurrence: &Recurrence) -> Properties {
    kickoff().appointment(0x8216, Value::Bytes(recurrence.bytes()))
}

/// The RRULE and the EXDATEs.
fn rule(recurrence: &Recurrence) -> Option<String> {
    let (events, _) = events(&with(recurrence));
    let event = events.first()?;
    let dates = event.recurrence_dates.iter().map(ToString::to_string);
    Some(
        event
            .rrule
            .iter()
            .cloned()
            .chain(dates)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

#[test]
fn every_pattern_of_outlook_is_an_rrule() {
    const WORKING_DAYS: u32 = 0b0011_1110;
    const TUESDAY: u32 = 0b0000_0100;
    const NEVER: (u32, u32) = (0x2023, 0);
    let pattern = |frequency, kind, period, details: &[u32]| Recurrence {
        frequency,
        kind,
        period,
        details: details.to_vec(),
        end: NEVER,
        ..fortnightly()
    };
    for (recurrence, expected) in [
        (pattern(0x200a, 0, 1440, &[]), "FREQ=DAILY"),
        (pattern(0x200a, 0, 3 * 1440, &[]), "FREQ=DAILY;INTERVAL=3"),
        (
            pattern(0x200a, 1, 1, &[WORKING_DAYS]),
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;WKST=MO",
        ),
        (
            pattern(0x200b, 1, 1, &[TUESDAY]),
            "FREQ=WEEKLY;BYDAY=TU;WKST=MO",
        ),
        (
            pattern(0x200b, 1, 2, &[TUESDAY | 1]),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=MO",
        ),
        (pattern(0x200c, 2, 1, &[15]), "FREQ=MONTHLY;BYMONTHDAY=15"),
        (
            pattern(0x200c, 2, 3, &[3]),
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=3",
        ),
        // Outlook takes the last day where a month is too short.
        (
            pattern(0x200c, 2, 1, &[29]),
            "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1",
        ),
        (
            pattern(0x200c, 2, 1, &[30]),
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        ),
        (pattern(0x200c, 2, 1, &[31]), "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (pattern(0x200c, 4, 1, &[31]), "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (
            pattern(0x200c, 3, 1, &[TUESDAY, 2]),
            "FREQ=MONTHLY;BYDAY=2TU",
        ),
        (
            pattern(0x200c, 3, 2, &[TUESDAY, 5]),
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1TU",
        ),
        (
            pattern(0x200c, 3, 1, &[WORKING_DAYS, 5]),
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ),
        (
            pattern(0x200d, 2, 12, &[3]),
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3",
        ),
        (
            pattern(0x200d, 2, 24, &[31]),
            "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=-1",
        ),
        (
            pattern(0x200d, 3, 12, &[TUESDAY, 1]),
            "FREQ=YEARLY;BYMONTH=3;BYDAY=1TU",
        ),
    ] {
        assert_eq!(rule(&recurrence).as_deref(), Some(expected));
    }
}

#[test]
fn a_series_ends_as_outlook_says() {
    let last = Some(date(2026, 5, 12));
    for (end, last, expected) in [
        ((0x2022, 6), last, ";COUNT=6"),
        // Ten o'clock in Berlin in summer.
        ((0x2021, 6), last, ";UNTIL=20260512T080000Z"),
        ((0x2021, 6), None, ""),
        ((0x2023, 10), last, ""),
        ((0xffff_ffff, 10), last, ""),
    ] {
        let recurrence = Recurrence {
            end,
            last,
            ..fortnightly()
        };
        let expected = format!("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO{expected}");
        assert_eq!(rule(&recurrence), Some(expected));
    }
}

#[test]
fn a_series_that_cannot_be_read_is_no_meeting() {
    let good = fortnightly();
    for bad in [
        Recurrence {
            frequency: 0x2009,
            ..good.clone()
        },
        Recurrence {
            kind: 0x0a,
            ..good.clone()
        },
        Recurrence {
            period: 0,
            ..good.clone()
        },
        Recurrence {
            details: vec![0],
            ..good.clone()
        },
        Recurrence {
            details: vec![0x80],
            ..good.clone()
        },
        Recurrence {
            end: (7, 7),
            ..good.clone()
        },
        Recurrence {
            end: (0x2022, 0),
            ..good.clone()
        },
        Recurrence {
            frequency: 0x200a,
            kind: 0,
            period: 90,
            details: vec![],
            ..good.clone()
        },
        Recurrence {
            frequency: 0x200c,
            kind: 2,
            details: vec![32],
            ..good.clone()
        },
        Recurrence {
            frequency: 0x200c,
            kind: 3,
            details: vec![4, 6],
            ..good.clone()
        },
    ] {
        let (events, problems) = events(&with(&bad));
        assert_eq!(events.len(), 0);
        assert!(
            problems[0].text.contains("PidLidAppointmentRecur"),
            "{problems:?}"
        );
    }
    let whole = good.bytes();
    for end in 1..whole.len() - 8 {
        let cut = kickoff().appointment(0x8216, Value::Bytes(whole[..end].to_vec()));
        assert_eq!(events(&cut).0.len(), 0, "{end}");
    }
}

#[test]
fn a_calendar_other_than_gregorys_is_not_guessed_at() {
    let mut blob = fortnightly().bytes();
    for (calendar, is_read) in [
        (0, true),
        (1, true),
        (3, true),
        (6, false),
        (8, false),
        (15, false),
    ] {
        blob[8] = calendar;
        let (events, _) = events(&kickoff().appointment(0x8216, Value::Bytes(blob.clone())));
        assert_eq!(!events.is_empty(), is_read, "{calendar}");
    }
}

#[test]
fn instances_taken_out_and_changed_are_told_apart() {
    let moved = Changed {
        original: date(2026, 3, 17).at(10, 0, 0, 0),
        start: date(2026, 3, 18).at(14, 0, 0, 0),
        end: date(2026, 3, 18).at(15, 0, 0, 0),
        subject: None,
        location: Some("Online 会議".to_owned()),
    };
    let recurrence = Recurrence {
        deleted: vec![date(2026, 3, 31), date(2026, 4, 14)],
        changed: vec![moved],
        ..fortnightly()
    };
    let (events, problems) = events(&with(&recurrence));
    assert_eq!(problems, []);
    let [series, changed] = events.as_slice() else {
        panic!("{events:?}");
    };
    let taken_out: Vec<_> = series
        .recurrence_dates
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        taken_out,
        [
            "EXDATE;TZID=W. Europe Standard Time:20260331T100000",
            "EXDATE;TZID=W. Europe Standard Time:20260414T100000",
        ]
    );
    assert_eq!(changed.uid, series.uid);
    let instant = |time: &Option<CalendarTime>| time.as_ref().unwrap().instant().to_string();
    assert_eq!(instant(&changed.recurrence_id), "2026-03-17T09:00:00Z");
    assert_eq!(instant(&changed.start), "2026-03-18T13:00:00Z");
    assert_eq!(instant(&changed.end), "2026-03-18T14:00:00Z");
    assert_eq!(changed.summary, series.summary);
    assert_eq!(changed.location.as_deref(), Some("Online 会議"));
    assert!(changed.rrule.is_empty());
}

#[test]
fn a_time_is_in_the_zone_its_definition_says() {
    let start = |properties: &Properties| {
        let (events, problems) = events(properties);
        assert_eq!(problems, []);
        events[0].start.clone().unwrap()
    };
    let local = |time: &CalendarTime| match time {
        CalendarTime::Zoned {
            local,
            iana,
            instant,
            ..
        } => (local.to_string(), iana.clone(), instant.to_string()),
        other => panic!("{other:?}"),
    };
    let winter = "2026-03-03T09:00:00Z";
    let summer = "2026-07-03T09:00:00Z";
    let without = || kickoff().appointment(0x825e, Value::Bytes(Vec::new()));
    for (instant, definition, expected, iana) in [
        (
            winter,
            zone("W. Europe Standard Time", -60, EUROPE),
            "2026-03-03T10:00:00",
            Some("Europe/Berlin"),
        ),
        (
            summer,
            zone("W. Europe Standard Time", -60, EUROPE),
            "2026-07-03T11:00:00",
            Some("Europe/Berlin"),
        ),
        // Nobody knows the name, the rules suffice.
        (
            summer,
            zone("Acme Time", 210, EUROPE),
            "2026-07-03T06:30:00",
            None,
        ),
        (
            summer,
            zone("Acme Time", -345, None),
            "2026-07-03T14:45:00",
            None,
        ),
    ] {
        let properties = kickoff()
            .appointment(0x820d, at(instant))
            .appointment(0x825e, Value::Bytes(definition));
        assert_eq!(
            local(&start(&properties)),
            (
                expected.to_owned(),
                iana.map(ToOwned::to_owned),
                instant.to_owned()
            )
        );
    }
    let by_struct = without()
        .appointment(0x8233, Value::Bytes(zone_struct(-60, EUROPE)))
        .appointment(
            0x8234,
            "(GMT+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien",
        );
    assert_eq!(local(&start(&by_struct)).0, "2026-03-03T10:00:00");
    assert!(matches!(start(&without()), CalendarTime::Utc(_)));
}

#[test]
fn a_series_without_a_zone_is_on_the_clock_its_first_instance_shows() {
    let properties = with(&fortnightly()).appointment(0x825e, Value::Bytes(Vec::new()));
    let (events, problems) = events(&properties);
    assert_eq!(problems, []);
    let Some(CalendarTime::Zoned { local, instant, .. }) = &events[0].start else {
        panic!("{:?}", events[0].start);
    };
    assert_eq!(local.to_string(), "2026-03-03T10:00:00");
    assert_eq!(instant.to_string(), "2026-03-03T09:00:00Z");
}

#[test]
fn the_second_pass_of_an_hour_that_comes_twice_stays_itself() {
    for instant in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
        let (events, _) = events(&kickoff().appointment(0x820d, at(instant)));
        assert_eq!(
            events[0].start.as_ref().unwrap().instant().to_string(),
            instant
        );
    }
}

#[test]
fn a_day_is_the_organizers_day() {
    let day = |start: &str, end: &str, with_zone: bool| {
        let mut properties = kickoff()
            .appointment(0x8215, Value::Flag(true))
            .appointment(0x820d, at(start))
            .appointment(0x820e, at(end));
        if !with_zone {
            properties = properties.appointment(0x825e, Value::Bytes(Vec::new()));
        }
        let (events, _) = events(&properties);
        (
            events[0].start.clone().unwrap(),
            events[0].end.clone().unwrap(),
        )
    };
    let third = (
        CalendarTime::AllDay(date(2026, 3, 3)),
        CalendarTime::AllDay(date(2026, 3, 4)),
    );
    assert_eq!(
        day("2026-03-02T23:00:00Z", "2026-03-03T23:00:00Z", true),
        third
    );
    // Berlin and New York, whose zone is not told.
    assert_eq!(
        day("2026-03-02T23:00:00Z", "2026-03-03T23:00:00Z", false),
        third
    );
    assert_eq!(
        day("2026-03-03T05:00:00Z", "2026-03-04T05:00:00Z", false),
        third
    );
    assert_eq!(
        day("2026-03-03T00:00:00Z", "2026-03-03T00:00:00Z", false),
        third
    );
}
