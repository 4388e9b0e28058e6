//! What a VTIMEZONE of ours says, as text and by our own reading of it.

use expect_test::{Expect, expect};

use proptest::prelude::*;

use super::*;

fn check(iana: &str, from: &str, until: &str, expected: &Expect) {
    let mut lines = Lines::default();
    assert!(write_vtimezone(
        &mut lines,
        iana,
        from.parse().unwrap(),
        until.parse().unwrap()
    ));
    let text = String::from_utf8(lines.into_bytes()).unwrap();
    expected.assert_eq(&text.replace("\r\n", "\n"));
}

#[test]
fn a_zone_with_summer_time_is_two_yearly_rules_the_first_in_force_at_the_event() {
    check(
        "Europe/Berlin",
        "2026-03-03T09:00:00Z",
        "2026-03-03T10:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            BEGIN:STANDARD
            DTSTART:20251026T030000
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            TZNAME:CET
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:20260329T020000
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            TZNAME:CEST
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            END:DAYLIGHT
            END:VTIMEZONE
        "#]],
    );
}

#[test]
fn the_southern_half_has_its_summer_time_over_new_year() {
    check(
        "America/New_York",
        "2026-07-01T12:00:00Z",
        "2026-07-01T13:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:America/New_York
            BEGIN:DAYLIGHT
            DTSTART:20260308T020000
            TZOFFSETFROM:-0500
            TZOFFSETTO:-0400
            TZNAME:EDT
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20261101T020000
            TZOFFSETFROM:-0400
            TZOFFSETTO:-0500
            TZNAME:EST
            RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
            END:STANDARD
            END:VTIMEZONE
        "#]],
    );
    check(
        "Australia/Sydney",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:Australia/Sydney
            BEGIN:DAYLIGHT
            DTSTART:20251005T020000
            TZOFFSETFROM:+1000
            TZOFFSETTO:+1100
            TZNAME:AEDT
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20260405T030000
            TZOFFSETFROM:+1100
            TZOFFSETTO:+1000
            TZNAME:AEST
            RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
            END:STANDARD
            END:VTIMEZONE
        "#]],
    );
}

#[test]
fn a_zone_without_changes_is_one_observance() {
    check(
        "Asia/Kolkata",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:Asia/Kolkata
            BEGIN:STANDARD
            DTSTART:19451015T000000
            TZOFFSETFROM:+0630
            TZOFFSETTO:+0530
            TZNAME:IST
            END:STANDARD
            END:VTIMEZONE
        "#]],
    );
    check(
        "Etc/UTC",
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:Etc/UTC
            BEGIN:STANDARD
            DTSTART:16010101T000000
            TZOFFSETFROM:+0000
            TZOFFSETTO:+0000
            TZNAME:UTC
            END:STANDARD
            END:VTIMEZONE
        "#]],
    );
}

#[test]
fn a_zone_without_a_yearly_rule_is_written_onset_by_onset_over_the_event() {
    check(
        "Africa/Casablanca",
        "2026-01-10T00:00:00Z",
        "2026-06-01T00:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:Africa/Casablanca
            BEGIN:DAYLIGHT
            DTSTART:20250406T020000
            TZOFFSETFROM:+0000
            TZOFFSETTO:+0100
            TZNAME:+01
            RDATE:20260322T020000
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20260215T030000
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0000
            TZNAME:+00
            END:STANDARD
            END:VTIMEZONE
        "#]],
    );
}

#[test]
fn an_event_that_begins_as_the_zone_changes_its_law_has_the_new_one() {
    check(
        "America/Indiana/Winamac",
        "2007-03-11T08:00:00Z",
        "2007-03-11T09:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:America/Indiana/Winamac
            BEGIN:DAYLIGHT
            DTSTART:20070311T020000
            TZOFFSETFROM:-0600
            TZOFFSETTO:-0400
            TZNAME:EDT
            END:DAYLIGHT
            END:VTIMEZONE
        "#]],
    );
}

#[test]
fn an_unknown_zone_writes_nothing() {
    let mut lines = Lines::default();
    assert!(!write_vtimezone(
        &mut lines,
        "Mars/Olympus",
        Timestamp::UNIX_EPOCH,
        Timestamp::UNIX_EPOCH
    ));
    assert!(lines.into_bytes().is_empty());
}

#[test]
fn a_series_from_before_a_change_of_the_law_has_both_laws() {
    check(
        "America/New_York",
        "2006-05-01T12:00:00Z",
        "2046-01-01T00:00:00Z",
        &expect![[r#"
            BEGIN:VTIMEZONE
            TZID:America/New_York
            BEGIN:DAYLIGHT
            DTSTART:20060402T020000
            TZOFFSETFROM:-0500
            TZOFFSETTO:-0400
            TZNAME:EDT
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20061029T020000
            TZOFFSETFROM:-0400
            TZOFFSETTO:-0500
            TZNAME:EST
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:20070311T020000
            TZOFFSETFROM:-0500
            TZOFFSETTO:-0400
            TZNAME:EDT
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20071104T020000
            TZOFFSETFROM:-0400
            TZOFFSETTO:-0500
            TZNAME:EST
            RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
            END:STANDARD
            END:VTIMEZONE
        "#]],
    );
}

#[test]
fn a_zone_that_gave_up_summer_time_has_no_rule_for_ever_after() {
    check(
        "America/Inuvik",
        "2023-01-10T00:00:00Z",
        "2046-01-01T00:00:00Z",
        &expect![[r#"
        BEGIN:VTIMEZONE
        TZID:America/Inuvik
        BEGIN:STANDARD
        DTSTART:20221106T020000
        TZOFFSETFROM:-0600
        TZOFFSETTO:-0700
        TZNAME:MST
        RDATE:20231105T020000,20241103T020000,20251102T020000
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:20230312T020000
        TZOFFSETFROM:-0700
        TZOFFSETTO:-0600
        TZNAME:MDT
        RDATE:20240310T020000,20250309T020000,20260308T020000
        END:DAYLIGHT
        END:VTIMEZONE
    "#]],
    );
}

#[test]
fn a_day_between_two_days_of_the_month_is_one_of_seven() {
    check(
        "Asia/Jerusalem",
        "2026-01-10T00:00:00Z",
        "2046-01-01T00:00:00Z",
        &expect![[r#"
        BEGIN:VTIMEZONE
        TZID:Asia/Jerusalem
        BEGIN:STANDARD
        DTSTART:20251026T020000
        TZOFFSETFROM:+0300
        TZOFFSETTO:+0200
        TZNAME:IST
        RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:20260327T020000
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0300
        TZNAME:IDT
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29
        END:DAYLIGHT
        END:VTIMEZONE
    "#]],
    );
}

/// The wall clock times of a calendar whose zone is this text, under a name nobody else has: so its rules decide.
fn zones_of(vtimezone: &str, iana: &str) -> crate::ical::Zones {
    let named = vtimezone.replace(&format!("TZID:{iana}\r\n"), "TZID:x-own\r\n");
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{named}END:VCALENDAR\r\n");
    let (calendars, problems) = crate::ical::read(&text);
    assert!(problems.is_empty(), "{problems:?} {text}");
    crate::ical::Zones::of(&calendars[0].zones)
}

fn every_zone() -> Vec<String> {
    jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect()
}

/// What our rules say of each of these wall clock times is what jiff says.
fn agrees_with_jiff(iana: &str, from: Timestamp, until: Timestamp, at: &[DateTime]) {
    let mut lines = Lines::default();
    assert!(write_vtimezone(&mut lines, iana, from, until));
    let text = String::from_utf8(lines.into_bytes()).unwrap();
    let zones = zones_of(&text, iana);
    let zone = TimeZone::get(iana).unwrap();
    for local in at {
        let expected = zone.to_ambiguous_timestamp(*local).compatible().unwrap();
        let is_within = expected >= from && expected <= until;
        if is_within {
            let found = zones.resolve("x-own", *local).unwrap().instant;
            assert_eq!(
                found, expected,
                "{iana} from {from} until {until} at {local}\n{text}"
            );
        }
    }
}

#[test]
fn every_zone_of_the_database_read_back_means_the_same_in_its_span() {
    for iana in every_zone() {
        for (from, until) in [
            ("2026-03-03T09:00:00Z", "2026-11-30T00:00:00Z"),
            ("2005-06-01T00:00:00Z", "2012-01-01T00:00:00Z"),
            ("1975-01-01T00:00:00Z", "2088-01-01T00:00:00Z"),
            ("2026-03-03T09:00:00Z", "2046-01-01T00:00:00Z"),
        ] {
            let from: Timestamp = from.parse().unwrap();
            let until: Timestamp = until.parse().unwrap();
            // Around each change, and a day of each month far away.
            let zone = TimeZone::get(&iana).unwrap();
            let changes = zone
                .following(from)
                .take(30)
                .map(|change| change.timestamp());
            let mut at: Vec<DateTime> = changes
                .flat_map(|change| {
                    [-90, -31, -1, 1, 29, 61].map(|minutes| {
                        zone.to_datetime(change + SignedDuration::from_mins(minutes))
                    })
                })
                .collect();
            for year in [2027, 2050, 2080] {
                at.extend((1..=12).map(|month| {
                    DateTime::constant(year, 1, 15, 12, 0, 0, 0)
                        .with()
                        .month(month)
                        .build()
                        .unwrap()
                }));
            }
            agrees_with_jiff(&iana, from, until, &at);
        }
    }
}

proptest! {
    #[test]
    fn a_zone_read_back_means_the_same_at_any_time_of_any_span(
        zone in prop::sample::select(every_zone()),
        from in -600_000_000_i64..2_000_000_000,
        length in 0_i64..1_500_000_000,
        at in prop::collection::vec(0_i64..1_500_000_000, 20),
    ) {
        let from = Timestamp::from_second(from).unwrap();
        let after = |seconds| from + SignedDuration::from_secs(seconds);
        let until = after(length);
        let iana = TimeZone::get(&zone).unwrap();
        let at: Vec<_> = at.into_iter().map(|seconds| iana.to_datetime(after(seconds))).collect();
        agrees_with_jiff(&zone, from, until, &at);
    }
}
