//! Instances moved, cancelled and re-added.

use super::*;

/// The instances of a calendar's first event with the others as its overrides: what names each, and what it is.
fn instances(number: usize, zones: &str, master: &str, overrides: &[&str]) -> Vec<String> {
    let (master, zones, _) = event_in(zones, master);
    let overrides: Vec<_> = overrides
        .iter()
        .map(|lines| {
            let over = event(lines);
            let is_later = lines.contains("RANGE=THISANDFUTURE");
            Override {
                instance: over.recurrence_id.unwrap(),
                range: if is_later {
                    Range::ThisAndFuture
                } else {
                    Range::This
                },
                start: over.start.unwrap(),
                end: over.end.unwrap(),
                is_cancelled: over.status == Some(crate::ical::Status::Cancelled),
            }
        })
        .collect();
    let (start, end) = (master.start.unwrap(), master.end.unwrap());
    Series::new(&start, &master.recurrence, &zones)
        .instances(&end, &overrides)
        .take(number)
        .map(|instance| {
            let local =
                |time: &CalendarTime| clock::local(time).strftime("%m-%d %H:%M").to_string();
            format!(
                "{}: {} … {}{}{}",
                instance.occurrence.instance_key().as_str(),
                local(&instance.start),
                local(&instance.end),
                if instance.is_cancelled {
                    " cancelled"
                } else {
                    ""
                },
                instance.by.map_or(String::new(), |by| format!(" by {by}")),
            )
        })
        .collect()
}

const WEEKLY: &str = "DTSTART;TZID=Europe/Berlin:20260303T100000\nDTEND;TZID=Europe/Berlin:20260303T110000\nRRULE:FREQ=WEEKLY;COUNT=5";

#[test]
fn an_instance_is_moved_or_cancelled_and_the_others_stay() {
    assert_eq!(
        instances(
            9,
            "",
            WEEKLY,
            &[
                "RECURRENCE-ID:20260310T090000Z\nDTSTART:20260311T150000Z\nDTEND:20260311T170000Z",
                "RECURRENCE-ID;TZID=Europe/Berlin:20260324T100000\nDTSTART;TZID=Europe/Berlin:20260324T100000\nSTATUS:CANCELLED",
            ],
        ),
        [
            "20260303T090000Z: 03-03 10:00 … 03-03 11:00",
            "20260310T090000Z: 03-11 15:00 … 03-11 17:00 by 0",
            "20260317T090000Z: 03-17 10:00 … 03-17 11:00",
            "20260324T090000Z: 03-24 10:00 … 03-24 10:00 cancelled by 1",
            // Summer time has begun: the clock says the same.
            "20260331T080000Z: 03-31 10:00 … 03-31 11:00",
        ]
    );
}

#[test]
fn an_instance_no_rule_has_is_added_and_one_taken_out_comes_again() {
    let master = format!("{WEEKLY}\nEXDATE;TZID=Europe/Berlin:20260310T100000,20260317T100000");
    assert_eq!(
        instances(
            9,
            "",
            &master,
            &[
                "RECURRENCE-ID:20260310T090000Z\nDTSTART:20260310T120000Z\nDTEND:20260310T130000Z",
                "RECURRENCE-ID:20260501T090000Z\nDTSTART:20260501T090000Z\nDTEND:20260501T100000Z",
            ],
        ),
        [
            "20260303T090000Z: 03-03 10:00 … 03-03 11:00",
            "20260310T090000Z: 03-10 12:00 … 03-10 13:00 by 0",
            "20260324T090000Z: 03-24 10:00 … 03-24 11:00",
            "20260331T080000Z: 03-31 10:00 … 03-31 11:00",
            "20260501T090000Z: 05-01 09:00 … 05-01 10:00 by 1",
        ]
    );
}

#[test]
fn this_and_future_moves_all_later_ones_by_as_much_until_the_next() {
    assert_eq!(
        instances(
            9,
            "",
            WEEKLY,
            &[
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20260310T090000Z\nDTSTART;TZID=Europe/Berlin:20260311T140000\nDTEND;TZID=Europe/Berlin:20260311T160000",
                "RECURRENCE-ID:20260317T090000Z\nDTSTART;TZID=Europe/Berlin:20260317T080000\nDTEND;TZID=Europe/Berlin:20260317T083000",
                "RECURRENCE-ID;TZID=Europe/Berlin;RANGE=THISANDFUTURE:20260331T100000\nDTSTART;TZID=Europe/Berlin:20260331T100000\nSTATUS:CANCELLED",
            ],
        ),
        [
            "20260303T090000Z: 03-03 10:00 … 03-03 11:00",
            "20260310T090000Z: 03-11 14:00 … 03-11 16:00 by 0",
            "20260317T090000Z: 03-17 08:00 … 03-17 08:30 by 1",
            "20260324T090000Z: 03-25 14:00 … 03-25 16:00 by 0",
            "20260331T080000Z: 03-31 10:00 … 03-31 10:00 cancelled by 2",
        ]
    );
}

#[test]
fn days_last_days_and_a_period_as_long_as_it_says() {
    assert_eq!(
        instances(
            9,
            "",
            "DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["RECURRENCE-ID;VALUE=DATE:20260310\nDTSTART;VALUE=DATE:20260312"],
        ),
        [
            "20260303: 03-03 00:00 … 03-05 00:00",
            "20260310: 03-12 00:00 … 03-13 00:00 by 0",
        ]
    );
    assert_eq!(
        instances(
            9,
            "",
            "DTSTART:20260303T090000Z\nDTEND:20260303T100000Z\nRDATE;VALUE=PERIOD:20260304T090000Z/PT3H",
            &[],
        ),
        [
            "20260303T090000Z: 03-03 09:00 … 03-03 10:00",
            "20260304T090000Z: 03-04 09:00 … 03-04 12:00",
        ]
    );
    // Over the night of 29 March one hour is left out: a whole day is a day, twelve hours are twelve hours.
    let over_night = |end: &str| {
        let master = format!(
            "DTSTART;TZID=Europe/Berlin:20260321T200000\nDTEND;TZID=Europe/Berlin:{end}\nRRULE:FREQ=WEEKLY;COUNT=2"
        );
        instances(9, "", &master, &[]).remove(1)
    };
    assert_eq!(
        over_night("20260322T200000"),
        "20260328T190000Z: 03-28 20:00 … 03-29 20:00"
    );
    assert_eq!(
        over_night("20260322T080000"),
        "20260328T190000Z: 03-28 20:00 … 03-29 09:00"
    );
}
