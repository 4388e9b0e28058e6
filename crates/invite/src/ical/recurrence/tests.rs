//! What series come to, by the text clients write.

use jiff::Timestamp;

use super::*;
use crate::{
    ical::{Vevent, ZoneDefinition, Zones, read},
    language::Language,
    mail::Problem,
};

mod hostile;
mod meaning;
mod properties;
mod rfc_examples;
mod series;
mod zones;

/// The event of these lines, in a calendar that defines `zones`, and what is wrong with it.
fn event_in(zones: &str, lines: &str) -> (Vevent, Zones, Vec<Problem>) {
    let text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\n{zones}BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    let (mut calendars, problems) = read(&text);
    let mut calendar = calendars.remove(0);
    let zones = Zones::of(&calendar.zones);
    (calendar.events.remove(0), zones, problems)
}

fn event(lines: &str) -> Vevent {
    event_in("", lines).0
}

/// The first occurrences on their own clock: month and day, the year where it changes, the time where it changes.
fn first(number: usize, lines: &str) -> String {
    let event = event(lines);
    let start = event.start.unwrap();
    let zones = Zones::default();
    let mut out = String::new();
    let (mut year, mut time) = (0, clock::local(&start).time());
    for occurrence in Series::new(&start, &event.recurrence, &zones)
        .occurrences()
        .take(number)
    {
        let local = clock::local(&occurrence);
        if local.year() != year {
            year = local.year();
            out.push_str(&format!("{year}: "));
        }
        out.push_str(&local.strftime("%-m/%-d").to_string());
        if local.time() != time {
            time = local.time();
            out.push_str(&local.strftime(" %H:%M").to_string());
            if time.second() != 0 {
                out.push_str(&local.strftime(":%S").to_string());
            }
        }
        out.push(' ');
    }
    out.trim_end().to_owned()
}

#[test]
fn dtstart_is_the_first_occurrence_even_where_the_rule_does_not_match_it() {
    // 2026-03-03 is a Tuesday.
    assert_eq!(
        first(
            9,
            "DTSTART:20260303T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3"
        ),
        "2026: 3/3 3/9 3/16"
    );
    assert_eq!(first(9, "DTSTART:20260303T090000Z"), "2026: 3/3");
}

#[test]
fn days_that_a_month_does_not_have_are_left_out() {
    for (rule, expected) in [
        ("FREQ=MONTHLY;COUNT=5", "2026: 1/31 3/31 5/31 7/31 8/31"),
        ("FREQ=MONTHLY;BYMONTHDAY=30;COUNT=3", "2026: 1/31 3/30 4/30"),
        (
            "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;COUNT=3",
            "2026: 1/31 2028: 2/29 2032: 2/29",
        ),
        (
            "FREQ=YEARLY;BYYEARDAY=366;COUNT=3",
            "2026: 1/31 2028: 12/31 2032: 12/31",
        ),
    ] {
        let lines = format!("DTSTART;VALUE=DATE:20260131\nRRULE:{rule}");
        assert_eq!(first(9, &lines), expected, "{rule}");
    }
    assert_eq!(
        first(4, "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"),
        "2024: 2/29 2028: 2/29 2032: 2/29 2036: 2/29"
    );
}

#[test]
fn a_rule_that_matches_nothing_ends() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=2;BYHOUR=1",
        "FREQ=SECONDLY;INTERVAL=60;BYSECOND=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;INTERVAL=4294967295",
        "FREQ=DAILY;INTERVAL=4294967295",
        "FREQ=SECONDLY;INTERVAL=4294967295;BYHOUR=3;BYMONTH=1;BYMONTHDAY=1",
    ] {
        let lines = format!("DTSTART:20260303T000000Z\nRRULE:{rule}");
        let found = first(2, &lines);
        assert!(found.starts_with("2026: 3/3"), "{rule}: {found}");
    }
    assert_eq!(
        first(
            2,
            "DTSTART:20260303T000000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
        ),
        "2026: 3/3"
    );
}

#[test]
fn an_end_of_another_kind_than_dtstart_is_taken_by_what_both_have() {
    for (start, until, expected) in [
        // A day includes its evening.
        (
            "DTSTART;TZID=Europe/Berlin:20260303T230000",
            "20260305",
            "2026: 3/3 3/4 3/5",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260303T230000",
            "20260305T230000",
            "2026: 3/3 3/4 3/5",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260303T230000",
            "20260305T220000Z",
            "2026: 3/3 3/4 3/5",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260303T230000",
            "20260305T215959Z",
            "2026: 3/3 3/4",
        ),
        (
            "DTSTART:20260303T230000",
            "20260305T230000Z",
            "2026: 3/3 3/4 3/5",
        ),
        (
            "DTSTART;VALUE=DATE:20260303",
            "20260305T230000Z",
            "2026: 3/3 3/4 3/5",
        ),
        (
            "DTSTART;VALUE=DATE:20260303",
            "20260305",
            "2026: 3/3 3/4 3/5",
        ),
        // Before DTSTART: it takes place all the same.
        ("DTSTART:20260303T230000Z", "20260302", ""),
    ] {
        let lines = format!("{start}\nRRULE:FREQ=DAILY;UNTIL={until}");
        let expected = if expected.is_empty() {
            "2026: 3/3"
        } else {
            expected
        };
        assert_eq!(first(9, &lines), expected, "{start} {until}");
    }
}

#[test]
fn rules_dates_and_exclusions_come_together() {
    for (lines, expected) in [
        (
            "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260304T090000Z,20260306T090000Z",
            "2026: 3/3 3/5",
        ),
        (
            "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260303T090000Z",
            "2026: 3/4 3/5",
        ),
        (
            "RRULE:FREQ=DAILY;COUNT=2\nRDATE:20260310T090000Z,20260304T090000Z\nRDATE:20260301T090000Z",
            "2026: 3/1 3/3 3/4 3/10",
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=3",
            "2026: 3/3 3/4 3/5 3/10",
        ),
        (
            "RRULE:FREQ=DAILY;COUNT=8\nEXRULE:FREQ=DAILY;INTERVAL=2\nEXRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=1",
            "2026: 3/4 3/8 3/10",
        ),
        // A day takes out what begins on it; a time with another zone, what begins at that instant.
        (
            "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260304",
            "2026: 3/3 3/5",
        ),
        (
            "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20260304T100000",
            "2026: 3/3 3/5",
        ),
        ("RDATE;VALUE=PERIOD:20260305T090000Z/PT3H", "2026: 3/3 3/5"),
        ("RDATE;VALUE=DATE:20260305", "2026: 3/3 3/5"),
    ] {
        let lines = format!("DTSTART:20260303T090000Z\n{lines}");
        assert_eq!(first(20, &lines), expected, "{lines}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_the_rest_is_read() {
    let (event, _, problems) = event_in(
        "",
        "DTSTART;TZID=Europe/Berlin:20260303T090000\nRRULE:FREQ=DAILY;COUNT=0\nRRULE:FREQ=SOMETIMES\n\
         EXDATE:20260304T090000\nEXDATE:soon,20260305T090000\nRDATE;TZID=Nowhere:20260306T090000",
    );
    let said: Vec<_> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.code, problem.text))
        .collect();
    assert_eq!(
        said,
        [
            "recurrence-read-otherwise: RRULE has COUNT=0; read as 1 (line 6)",
            "invalid-recurrence: RRULE has no FREQ that RFC 5545 knows (line 7)",
            "date-without-zone: EXDATE has no TZID; read on the clock of DTSTART (line 8)",
            "date-without-zone: EXDATE has no TZID; read on the clock of DTSTART (line 9)",
            "invalid-recurrence: EXDATE has a value that is not a date or a time; it was left out (line 9)",
            "unknown-time-zone: RDATE names a time zone that is neither defined in the calendar nor known; \
             read on the clock of DTSTART (line 10)",
        ]
    );
    assert_eq!(event.invalid, ["RRULE", "EXDATE"]);
    assert_eq!(event.recurrence.excluded.len(), 2);
}

#[test]
fn what_is_written_is_read_again_as_the_same() {
    let event = event(
        "DTSTART;TZID=Europe/Berlin:20260303T090000\nRRULE:byday=TU,MO;freq=WEEKLY;interval=1\n\
         EXRULE:FREQ=DAILY;COUNT=2\nRDATE;VALUE=PERIOD;TZID=Europe/Berlin:20260306T090000/PT3H,20260307T090000/20260307T100000\n\
         RDATE;VALUE=DATE:20260401\nEXDATE;TZID=Europe/Berlin:20260310T090000\nEXDATE:20260311T080000Z\nEXDATE;VALUE=DATE:20260312",
    );
    let lines = event.recurrence.lines();
    let text: Vec<_> = lines.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "RRULE:FREQ=WEEKLY;BYDAY=MO,TU",
            "EXRULE:FREQ=DAILY;COUNT=2",
            "RDATE;VALUE=PERIOD;TZID=Europe/Berlin:20260306T090000/20260306T120000",
            "RDATE;VALUE=PERIOD;TZID=Europe/Berlin:20260307T090000/20260307T100000",
            "RDATE;TZID=Europe/Berlin:20260401T090000",
            "EXDATE;TZID=Europe/Berlin:20260310T090000",
            "EXDATE:20260311T080000Z",
            "EXDATE;VALUE=DATE:20260312",
        ]
    );
    let start = event.start.unwrap();
    let again = Recurrence::read(&lines, &start, &Zones::default());
    assert_eq!(again, (event.recurrence, Vec::new()));
}

#[test]
fn questions_about_a_series_are_answered() {
    for (lines, count, last, endless) in [
        ("RRULE:FREQ=DAILY", None, None, true),
        (
            "RRULE:FREQ=DAILY;COUNT=5",
            Some(5),
            Some("2026-03-07T09:00:00Z"),
            false,
        ),
        (
            "RRULE:FREQ=DAILY;UNTIL=20260401T000000Z",
            Some(29),
            Some("2026-03-31T09:00:00Z"),
            false,
        ),
        (
            "RRULE:FREQ=YEARLY;UNTIL=20400101T000000Z",
            Some(14),
            Some("2039-03-03T09:00:00Z"),
            false,
        ),
        (
            "RRULE:FREQ=DAILY;COUNT=2\nRDATE:20260501T090000Z",
            Some(3),
            Some("2026-05-01T09:00:00Z"),
            false,
        ),
        ("RRULE:FREQ=SECONDLY;COUNT=4000000000", None, None, false),
        (
            "RRULE:FREQ=SECONDLY;UNTIL=20990101T000000Z",
            None,
            Some("2099-01-01T00:00:00Z"),
            false,
        ),
        ("EXDATE:20260303T090000Z", Some(0), None, false),
        ("SUMMARY:once", Some(1), Some("2026-03-03T09:00:00Z"), false),
    ] {
        let event = event(&format!("DTSTART:20260303T090000Z\n{lines}"));
        let (start, zones) = (event.start.unwrap(), Zones::default());
        let series = Series::new(&start, &event.recurrence, &zones);
        assert_eq!(series.count(), count, "{lines}");
        let last = last.map(|last| CalendarTime::Utc(last.parse().unwrap()));
        assert_eq!(series.last(), last, "{lines}");
        assert_eq!(series.is_endless(), endless, "{lines}");
    }
    let event = event("DTSTART;TZID=Europe/Berlin:20200107T100000\nRRULE:FREQ=WEEKLY");
    let (start, zones) = (event.start.unwrap(), Zones::default());
    let series = Series::new(&start, &event.recurrence, &zones);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let next = series.next_after(at("2026-03-30T00:00:00Z")).unwrap();
    assert_eq!(next.instance_key().as_str(), "20260331T080000Z");
    let later = series.next_after(next.instant()).unwrap();
    assert_eq!(later.instance_key().as_str(), "20260407T080000Z");
    for (instance, is_one) in [
        ("2026-03-31T08:00:00Z", true),
        ("2026-03-31T09:00:00Z", false),
        ("2026-03-30T08:00:00Z", false),
        ("2019-12-31T09:00:00Z", false),
        ("2020-01-07T09:00:00Z", true),
    ] {
        assert_eq!(
            series.is_occurrence(&CalendarTime::Utc(at(instance))),
            is_one,
            "{instance}"
        );
    }
}
