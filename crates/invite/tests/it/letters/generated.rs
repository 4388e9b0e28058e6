//! Any event at all: write∘read is the identity on what we write.

use invite::{
    event::Event,
    ical::{ContentLine, Status},
    language::Language,
    time::CalendarTime,
};
use jiff::{Timestamp, civil, tz::TimeZone};
use proptest::prelude::*;

use super::{
    read_back::{assert_letters_read_back, assert_objects_read_back},
    samples,
};

/// From 1995, so that zones have changed their minds, to 2045.
fn seconds() -> impl Strategy<Value = i64> {
    (790_000_000_i64..2_367_000_000).prop_map(|seconds| seconds / 300 * 300)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn in_utc(seconds: i64) -> civil::DateTime {
    TimeZone::UTC.to_datetime(at(seconds))
}

fn zones() -> Vec<String> {
    jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .collect()
}

/// In a zone that everybody knows, or in one that only the organizer's mail defined.
fn zoned(iana: &str, is_known: bool, seconds: i64) -> CalendarTime {
    CalendarTime::Zoned {
        local: TimeZone::get(iana).unwrap().to_datetime(at(seconds)),
        tzid: "As the client says".to_owned(),
        iana: is_known.then(|| iana.to_owned()),
        instant: at(seconds),
    }
}

/// Start and end, of each kind.
fn times() -> impl Strategy<Value = (CalendarTime, CalendarTime)> {
    let length = prop_oneof![Just(0), 1_i64..48, 1_i64..20_000].prop_map(|minutes| minutes * 60);
    let zone = || prop::sample::select(zones());
    (seconds(), length, zone(), zone(), any::<bool>(), 0..5).prop_map(
        |(start, length, zone, other_zone, is_known, kind)| {
            let end = start + length;
            match kind {
                0 => (CalendarTime::Utc(at(start)), CalendarTime::Utc(at(end))),
                1 => (
                    CalendarTime::Floating(in_utc(start)),
                    CalendarTime::Floating(in_utc(end)),
                ),
                2 => (
                    CalendarTime::AllDay(in_utc(start).date()),
                    CalendarTime::AllDay(in_utc(end).date().tomorrow().unwrap()),
                ),
                3 => (zoned(&zone, is_known, start), zoned(&zone, is_known, end)),
                _ => (zoned(&zone, true, start), zoned(&other_zone, true, end)),
            }
        },
    )
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,120}",
        "[\\\\;,:\"^nN'\r\n\t ü😀a]{0,120}",
        "( {1,90}x){0,3} *",
        any::<String>(),
    ]
}

fn line() -> impl Strategy<Value = ContentLine> {
    let name = prop_oneof!["X-[A-Z]{1,8}", Just("CATEGORIES".to_owned())];
    let params = prop::collection::vec(("X-[A-Z]{1,3}", prop::collection::vec(text(), 1..3)), 0..3);
    (name, params, text()).prop_map(|(name, params, value)| ContentLine {
        name,
        params,
        value,
    })
}

fn alarm() -> impl Strategy<Value = Vec<ContentLine>> {
    let line = |name: &str, value: &str| samples::line(name, &[], value);
    (0..600_u32, any::<bool>(), "[a-z ,;]{0,90}").prop_map(move |(minutes, shows, words)| {
        vec![
            line("BEGIN", "VALARM"),
            line("ACTION", if shows { "DISPLAY" } else { "AUDIO" }),
            line("TRIGGER", &format!("-PT{minutes}M")),
            line("DESCRIPTION", &words),
            line("END", "VALARM"),
        ]
    })
}

fn event() -> impl Strategy<Value = Event> {
    let texts = (text(), text(), text(), prop::option::of(text()));
    let lists = (
        prop::collection::vec(line(), 0..4),
        prop::collection::vec(alarm(), 0..3),
    );
    (times(), texts, lists, any::<bool>(), any::<u32>()).prop_map(
        |(times, texts, lists, tentative, sequence)| {
            let mut event = samples::event("any", times.0, times.1);
            event.stamp.sequence = sequence;
            let details = &mut event.details;
            (details.summary, details.description, details.location, _) = texts.clone();
            details.description_html = texts.3;
            (details.other, details.alarms) = lists;
            if tentative {
                details.status = Status::Tentative;
            }
            event.status = event.details.status;
            event
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_reads_back_and_is_written_alike_again(event in event()) {
        assert_objects_read_back(&event, &samples::mailbox("Bob", "bob@b.test"));
    }

    #[test]
    fn letters_of_any_event_say_what_it_says(event in event()) {
        let bob = samples::mailbox("Bob", "bob@b.test");
        assert_letters_read_back(&event, &bob, &samples::sender(Language::English)).unwrap();
    }
}
