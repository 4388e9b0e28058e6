//! Series on clocks that jump.

use super::*;

/// When the first occurrences are, with the wall clock time the rule gives them.
fn instants(number: usize, zones: &str, lines: &str) -> Vec<String> {
    let (event, zones, _) = event_in(zones, lines);
    let start = event.start.unwrap();
    Series::new(&start, &event.recurrence, &zones)
        .occurrences()
        .take(number)
        .map(|time| {
            format!(
                "{} = {}",
                clock::local(&time).strftime("%m-%d %H:%M"),
                time.instant()
            )
        })
        .collect()
}

#[test]
fn a_time_the_clock_leaves_out_is_read_with_the_offset_before_it() {
    // RFC 5545 section 3.3.10: the instance takes place, read as section 3.3.5 says.
    assert_eq!(
        instants(
            3,
            "",
            "DTSTART;TZID=America/New_York:20260307T023000\nRRULE:FREQ=DAILY"
        ),
        [
            "03-07 02:30 = 2026-03-07T07:30:00Z",
            "03-08 02:30 = 2026-03-08T07:30:00Z",
            "03-09 02:30 = 2026-03-09T06:30:00Z",
        ]
    );
    // Of two the first.
    assert_eq!(
        instants(
            3,
            "",
            "DTSTART;TZID=America/New_York:20261031T013000\nRRULE:FREQ=DAILY"
        ),
        [
            "10-31 01:30 = 2026-10-31T05:30:00Z",
            "11-01 01:30 = 2026-11-01T05:30:00Z",
            "11-02 01:30 = 2026-11-02T06:30:00Z",
        ]
    );
}

#[test]
fn occurrences_stay_in_order_where_the_clock_jumps() {
    assert_eq!(
        instants(
            5,
            "",
            "DTSTART;TZID=America/New_York:20260308T013000\nRRULE:FREQ=MINUTELY;INTERVAL=45"
        ),
        [
            "03-08 01:30 = 2026-03-08T06:30:00Z",
            // 02:15, which does not exist, is 03:15; 03:00 comes before it.
            "03-08 03:00 = 2026-03-08T07:00:00Z",
            "03-08 02:15 = 2026-03-08T07:15:00Z",
            "03-08 03:45 = 2026-03-08T07:45:00Z",
            "03-08 04:30 = 2026-03-08T08:30:00Z",
        ]
    );
}

/// Summer time from the first Sunday of May, two hours: no zone of the database.
const OWN: &str = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
    BEGIN:STANDARD\nDTSTART:20001001T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0100\nEND:STANDARD\n\
    BEGIN:DAYLIGHT\nDTSTART:20000507T020000\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1SU\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0300\nEND:DAYLIGHT\n\
    END:VTIMEZONE\n";

#[test]
fn a_zone_only_the_mail_knows_serves_the_whole_series_and_after_storage() {
    let lines = "DTSTART;TZID=Customized Time Zone:20260428T100000\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=Customized Time Zone:20260505T100000";
    let expected = [
        "04-28 10:00 = 2026-04-28T09:00:00Z",
        "05-12 10:00 = 2026-05-12T07:00:00Z",
        "05-19 10:00 = 2026-05-19T07:00:00Z",
    ];
    assert_eq!(instants(3, OWN, lines), expected);
    let (event, _, _) = event_in(OWN, lines);
    let stored = event.recurrence.lines();
    let definition = event_in_definitions(OWN, lines).remove(0);
    assert!(definition.is_named("\"customized time zone\""));
    let again = ZoneDefinition::new(definition.lines().to_vec()).unwrap();
    let zones = Zones::of(&[again]);
    let start = event.start.unwrap();
    let (recurrence, problems) = Recurrence::read(&stored, &start, &zones);
    assert_eq!((&recurrence, problems.len()), (&event.recurrence, 0));
    let found: Vec<_> = Series::new(&start, &recurrence, &zones)
        .occurrences()
        .take(3)
        .map(|time| time.instant().to_string())
        .collect();
    assert!(
        found
            .iter()
            .zip(expected)
            .all(|(found, expected)| expected.ends_with(found))
    );
}

fn event_in_definitions(zones: &str, lines: &str) -> Vec<ZoneDefinition> {
    let text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\n{zones}BEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    read(&text).0.remove(0).zones
}

#[test]
fn a_definition_that_is_none_or_too_long_is_not_kept() {
    assert_eq!(ZoneDefinition::new(Vec::new()), None);
    let long = OWN.replace(
        "END:VTIMEZONE",
        &format!(
            "X-LONG:{}\nEND:VTIMEZONE",
            "x".repeat(crate::ical::MAX_DEFINITION_BYTES)
        ),
    );
    assert!(event_in_definitions(&long, "UID:1").is_empty());
    let nameless = OWN.replace("TZID:", "X-TZID:");
    assert!(event_in_definitions(&nameless, "UID:1").is_empty());
}
