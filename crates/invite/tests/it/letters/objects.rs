//! Whatever an event says, its calendar object is valid and reads back as it was meant.

use invite::{
    address::Mailbox,
    event::{Answers, Event},
    ical::{
        self, Method, Partstat, Vevent,
        write::{Draft, Purpose},
    },
    time::CalendarTime,
};
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::{
    read_back::{assert_well_formed, meant},
    samples, series,
};

fn written(event: &Event, organizer: &Mailbox, attendee: &Mailbox) -> String {
    let draft = Draft::new(event, &Purpose::Request, |_| String::new()).unwrap();
    String::from_utf8(draft.addressed(organizer, attendee, &Answers::all(Partstat::NeedsAction)))
        .unwrap()
}

fn read_back(object: &str) -> Vevent {
    let (mut calendars, problems) = ical::read(object);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(calendars.len(), 1);
    let mut calendar = calendars.remove(0);
    assert_eq!(calendar.method, Some(Method::Request));
    assert_eq!(calendar.events.len(), 1);
    calendar.events.remove(0)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,200}",
        "[\\\\;,:\"^n'\r\n\t ü😀a]{0,200}",
        any::<String>(),
    ]
}

/// Names; the reader takes off quotes and spaces around them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["A\\PC{0,60}z", "A[\\\\;,:\"^n' ü😀a]{0,60}z"]
}

proptest! {
    #[test]
    fn any_texts_give_a_valid_object_that_says_them(
        summary in text(),
        description in text(),
        location in text(),
        organizer in name(),
        attendee in name(),
        other in ("[A-Za-z:; -]{0,12}", "[A-Z]{0,6}", text(), text()),
    ) {
        let mut event = samples::berlin().event;
        event.details.summary = summary.clone();
        event.details.description = description.clone();
        event.details.location = location.clone();
        event.details.other.push(samples::line(&other.0, &[(&other.1, &other.2)], &other.3));
        event.details.other.push(samples::line("X-KEPT", &[("X-P", "a\"^b")], "kept"));
        let organizer = samples::mailbox(&organizer, "alice-ng+abc@acme.invites.example");
        let attendee = samples::mailbox(&attendee, "bob@b.test");
        let object = written(&event, &organizer, &attendee);
        assert_well_formed(&object);
        let vevent = read_back(&object);
        prop_assert_eq!(vevent.uid.as_deref(), Some(event.uid.as_str()));
        prop_assert_eq!(vevent.sequence, Some(0));
        prop_assert_eq!(vevent.start.as_ref(), Some(&event.details.start));
        prop_assert_eq!(vevent.end.as_ref(), Some(&event.details.end));
        prop_assert_eq!(meant(&vevent.summary.unwrap_or_default()), meant(&summary));
        prop_assert_eq!(meant(&vevent.description.unwrap_or_default()), meant(&description));
        prop_assert_eq!(meant(&vevent.location.unwrap_or_default()), meant(&location));
        let party = vevent.organizer.unwrap();
        if let Some(name) = organizer.name {
            prop_assert_eq!(party.name, Some(meant(&name)));
        }
        if let Some(name) = attendee.name {
            prop_assert_eq!(vevent.attendees[0].name.clone(), Some(meant(&name)));
        }
        let kept = vevent.other.iter().find(|line| line.name == "X-KEPT").unwrap();
        prop_assert_eq!(kept.param("X-P"), Some("a\"^b"));
        prop_assert_eq!(vevent.alarms.len(), 1);
    }

    /// The TZID is renamed to one nobody knows, so the object's own VTIMEZONE decides.
    #[test]
    fn the_vtimezone_alone_tells_the_instant(
        zone in prop::sample::select(jiff::tz::db().available().map(|zone| zone.to_string()).collect::<Vec<_>>()),
        start in 0_i64..2_400_000_000,
        hours in 1_i64..10_000,
    ) {
        let zone_of = TimeZone::get(&zone).unwrap();
        let at = |seconds: i64| {
            let instant = Timestamp::from_second(seconds).unwrap();
            CalendarTime::Zoned {
                local: zone_of.to_datetime(instant),
                tzid: zone.clone(),
                iana: Some(zone.clone()),
                instant,
            }
        };
        let start = start / 60 * 60;
        let event = samples::event("x", at(start), at(start + hours * 3600));
        let bob = samples::mailbox("Bob", "bob@b.test");
        let object = written(&event, &bob, &bob);
        assert_well_formed(&object);
        let renamed = object.replace(&format!("TZID:{zone}\r\n"), "TZID:Nowhere\r\n")
            .replace(&format!(";TZID={zone}:"), ";TZID=Nowhere:");
        let vevent = read_back(&renamed);
        prop_assert_eq!(vevent.start.unwrap().instant(), event.details.start.instant(), "{}", object);
        prop_assert_eq!(vevent.end.unwrap().instant(), event.details.end.instant(), "{}", object);
    }
}

#[test]
fn a_day_is_a_date_and_outlook_is_told() {
    let event = samples::event(
        "Holiday",
        samples::day("2026-05-01"),
        samples::day("2026-05-02"),
    );
    let bob = samples::mailbox("Bob", "bob@b.test");
    let object = written(&event, &bob, &bob);
    assert!(object.contains("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260502\r\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\n"));
    assert!(!object.contains("VTIMEZONE"));
}

#[test]
fn a_zone_whose_name_is_spelled_in_two_ways_is_defined_once() {
    let mut event = series::own_rules().event;
    let CalendarTime::Zoned { tzid, .. } = &mut event.details.end else {
        panic!("the example has a zone");
    };
    *tzid = tzid.to_uppercase();
    let bob = samples::mailbox("Bob", "bob@b.test");
    let object = written(&event, &bob, &bob);
    assert_well_formed(&object);
    let zone = "TZID=\"Head office Hill\":";
    assert!(
        object.contains(&format!(
            "DTSTART;{zone}20260406T080000\r\nDTEND;{zone}20260406T083000\r\n"
        )),
        "{object}"
    );
}

#[test]
fn a_cancellation_has_no_reminder_and_its_status_once() {
    let event = samples::berlin().event;
    let bob = samples::mailbox("Bob", "bob@b.test");
    let draft = Draft::new(&event, &Purpose::Cancel, |_| String::new()).unwrap();
    let object =
        String::from_utf8(draft.addressed(&bob, &bob, &Answers::all(Partstat::Accepted))).unwrap();
    assert_well_formed(&object);
    assert!(object.contains("METHOD:CANCEL\r\n") && object.contains("STATUS:CANCELLED\r\n"));
    assert!(!object.contains("VALARM"));
}

#[test]
fn the_organizers_properties_are_kept_but_for_ours_private_ones_and_addresses() {
    let berlin = samples::berlin();
    let bob = samples::mailbox("Bob", "bob@b.test");
    let object = written(&berlin.event, &bob, &bob);
    for kept in [
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "GEO:52.52;13.405",
        "URL:https://a.test/kickoff",
        "TRIGGER;RELATED=START:-PT15M",
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
    ] {
        assert!(object.contains(kept), "{kept}");
    }
    for dropped in ["carol@c.test", "X-MOZ-", "STATUS:TENTATIVE", "alice@a.test"] {
        assert!(!object.contains(dropped), "{dropped}");
    }
}
