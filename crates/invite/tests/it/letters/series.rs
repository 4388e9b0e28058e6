//! Series that letters are written for.

use invite::{
    event::{Details, Event, Instance},
    ical::{
        ContentLine, Zones,
        recurrence::{Recurrence, Series},
    },
    time::CalendarTime,
};

use super::samples::{Sample, day, event, line, sample, zoned};

pub(super) fn rule(value: &str) -> ContentLine {
    line("RRULE", &[], value)
}

fn floating(text: &str) -> CalendarTime {
    CalendarTime::Floating(text.parse().unwrap())
}

/// Lets one instance take place otherwise; `None`: not at all.
pub(super) fn differ(event: &mut Event, recurrence_id: CalendarTime, details: Option<Details>) {
    let sequence = event.stamp.sequence;
    event.instances.insert(
        recurrence_id.instance_key(),
        Instance {
            recurrence_id,
            accepted: event.accepted,
            sequence,
            open_since: 0,
            details,
        },
    );
}

/// Every Tuesday; one moved to a Wednesday and another room, one cancelled.
pub(super) fn weekly() -> Sample {
    let at = |local: &str| zoned(local, "Europe/Berlin");
    let mut event = event(
        "Weekly review",
        at("2026-03-03T10:00"),
        at("2026-03-03T11:00"),
    );
    event.details.location = "Room 1".to_owned();
    event.details.description = "What is done, what is next.".to_owned();
    event.details.recurrence = vec![rule("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260505T080000Z")];
    let mut moved = event.details.at(&at("2026-03-17T10:00"));
    moved.start = at("2026-03-18T15:30");
    moved.end = at("2026-03-18T16:30");
    moved.location = "Room 2".to_owned();
    differ(&mut event, at("2026-03-17T10:00"), Some(moved));
    differ(&mut event, at("2026-04-07T10:00"), None);
    sample("weekly", event)
}

/// On the first Monday of each month, without an end, in a zone that changes its mind each year.
pub(super) fn endless() -> Sample {
    let at = |local: &str| zoned(local, "America/New_York");
    let mut event = event("Town hall", at("2026-01-05T09:30"), at("2026-01-05T10:30"));
    event.details.recurrence = vec![rule("FREQ=MONTHLY;BYDAY=1MO")];
    sample("endless", event)
}

pub(super) fn all_day() -> Sample {
    let mut event = event("On call", day("2026-06-01"), day("2026-06-04"));
    event.details.recurrence = vec![
        rule("FREQ=WEEKLY;INTERVAL=2;COUNT=6"),
        line("EXDATE", &[("VALUE", "DATE")], "20260629"),
    ];
    sample("all-day-series", event)
}

pub(super) fn floating_series() -> Sample {
    let mut event = event(
        "Take a walk",
        floating("2026-04-01T12:00"),
        floating("2026-04-01T12:30"),
    );
    event.details.recurrence = vec![rule("FREQ=DAILY;BYDAY=MO,WE,FR;UNTIL=20260430")];
    sample("floating-series", event)
}

/// Monthly, less one month, and one date more; written by the client in several ways.
pub(super) fn monthly() -> Sample {
    let at = |local: &str| zoned(local, "Europe/London");
    let mut event = event(
        "Board meeting",
        at("2026-01-31T14:00"),
        at("2026-01-31T16:00"),
    );
    event.details.recurrence = vec![
        rule("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=12"),
        line("EXDATE", &[], "20260331T130000Z,20260831T130000Z"),
        line(
            "RDATE",
            &[("TZID", "Europe/Berlin")],
            "20260401T150000,20260902T150000",
        ),
    ];
    sample("monthly", event)
}

/// In a zone that only the organizer's own VTIMEZONE knows: summer time from May to September.
pub(super) fn own_rules() -> Sample {
    let at = |local: &str, instant: &str| CalendarTime::Zoned {
        local: local.parse().unwrap(),
        tzid: "Head office; \"Hill\"".to_owned(),
        iana: None,
        instant: instant.parse().unwrap(),
    };
    let mut event = event(
        "Shift change",
        at("2026-04-06T08:00", "2026-04-06T02:15:00Z"),
        at("2026-04-06T08:30", "2026-04-06T02:45:00Z"),
    );
    event.details.recurrence = vec![
        rule("FREQ=WEEKLY;COUNT=12"),
        line(
            "EXDATE",
            &[("TZID", "Head office; \"Hill\"")],
            "20260504T080000",
        ),
    ];
    event.details.zones = vec![
        [
            ("BEGIN", "VTIMEZONE"),
            ("TZID", "Head office\\; \"Hill\""),
            ("BEGIN", "STANDARD"),
            ("DTSTART", "20000903T030000"),
            ("RRULE", "FREQ=YEARLY;BYMONTH=9;BYDAY=1SU"),
            ("TZOFFSETFROM", "+0645"),
            ("TZOFFSETTO", "+0545"),
            ("TZNAME", "Hill"),
            ("END", "STANDARD"),
            ("BEGIN", "DAYLIGHT"),
            ("DTSTART", "20000507T020000"),
            ("RRULE", "FREQ=YEARLY;BYMONTH=5;BYDAY=1SU"),
            ("TZOFFSETFROM", "+0545"),
            ("TZOFFSETTO", "+0645"),
            ("X-EVIL", "1\r\nATTENDEE:mailto:victim@v.test"),
            ("END", "DAYLIGHT"),
            ("END", "VTIMEZONE"),
        ]
        .map(|(name, value)| line(name, &[], value))
        .to_vec(),
    ];
    sample("own-rules", event)
}

pub(super) fn all() -> Vec<Sample> {
    vec![
        weekly(),
        endless(),
        all_day(),
        floating_series(),
        monthly(),
        own_rules(),
    ]
}

/// The first dates the rule of a series gives.
pub(super) fn occurrences(event: &Event) -> Vec<CalendarTime> {
    let zones = Zones::default();
    let details = &event.details;
    let (recurrence, _) = Recurrence::read(&details.recurrence, &details.start, &zones);
    Series::new(&details.start, &recurrence, &zones)
        .occurrences()
        .take(60)
        .collect()
}
