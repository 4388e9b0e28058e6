//! Any series at all: what is written comes to the same instances.

use invite::{
    address::Mailbox,
    command,
    event::{Answers, Event},
    ical::{
        self, Calendar, Partstat, Zones,
        recurrence::{Override, Range, Recurrence, Series},
        write::{Draft, Purpose},
    },
    time::CalendarTime,
};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use proptest::prelude::*;

use super::{
    read_back::assert_well_formed,
    samples,
    series::{self, differ, rule},
};

/// Instances that are compared, and how far ahead: a zone without a rule of its own is written for twenty years.
const COMPARED: usize = 40;
const AHEAD: SignedDuration = SignedDuration::from_hours(19 * 366 * 24);

/// Name, start and end.
type Instance = (Timestamp, Timestamp, Timestamp);

fn instances(
    start: &CalendarTime,
    end: &CalendarTime,
    recurrence: &Recurrence,
    zones: &Zones,
    overrides: &[Override],
) -> Vec<Instance> {
    Series::new(start, recurrence, zones)
        .instances(end, overrides)
        .filter(|instance| !instance.is_cancelled)
        .map(|instance| {
            let [name, start, end] =
                [instance.occurrence, instance.start, instance.end].map(|time| time.instant());
            (name, start, end)
        })
        .take(COMPARED)
        .take_while(|(name, _, _)| *name < start.instant() + AHEAD)
        .collect()
}

fn zones_of(event: &Event) -> Zones {
    let definitions: Vec<_> = event
        .details
        .zones
        .iter()
        .map(|lines| ical::ZoneDefinition::new(lines.clone()).unwrap())
        .collect();
    Zones::of(&definitions)
}

/// What the event means.
fn meant(event: &Event) -> Vec<Instance> {
    let details = &event.details;
    let zones = zones_of(event);
    let (recurrence, problems) = Recurrence::read(&details.recurrence, &details.start, &zones);
    assert!(
        problems
            .iter()
            .all(|problem| problem.code == "date-without-zone"),
        "{problems:?}"
    );
    let overrides: Vec<_> = event
        .instances
        .values()
        .map(|instance| {
            let shown = instance.details.as_ref().unwrap_or(details);
            Override {
                instance: instance.recurrence_id.clone(),
                range: Range::This,
                start: shown.start.clone(),
                end: shown.end.clone(),
                is_cancelled: instance.details.is_none(),
            }
        })
        .collect();
    instances(
        &details.start,
        &details.end,
        &recurrence,
        &zones,
        &overrides,
    )
}

/// What its object comes to for who reads it.
fn read(calendar: &Calendar) -> Vec<Instance> {
    let (master, others) = calendar.events.split_first().unwrap();
    let overrides: Vec<_> = others
        .iter()
        .map(|event| Override {
            instance: event.recurrence_id.clone().unwrap(),
            range: Range::This,
            start: event.start.clone().unwrap(),
            end: event.end.clone().unwrap(),
            is_cancelled: false,
        })
        .collect();
    instances(
        master.start.as_ref().unwrap(),
        master.end.as_ref().unwrap(),
        &master.recurrence,
        &Zones::of(&calendar.zones),
        &overrides,
    )
}

fn written(event: &Event) -> String {
    let bob: Mailbox = samples::mailbox("Bob", "bob@b.test");
    let draft = Draft::new(event, &Purpose::Request, |_| String::new()).unwrap();
    let object = draft.addressed(&event.organizer, &bob, &Answers::all(Partstat::Accepted));
    String::from_utf8(object).unwrap()
}

fn calendar(object: &str) -> Calendar {
    let (mut calendars, problems) = ical::read(object);
    assert!(problems.is_empty(), "{problems:?}\n{object}");
    calendars.remove(0)
}

fn assert_comes_to_the_same(event: &Event) {
    let object = written(event);
    assert_well_formed(&object);
    let read_back = calendar(&object);
    assert_eq!(read(&read_back), meant(event), "{object}");
    let overrides = event.instances.values();
    let differing = overrides.filter(|instance| instance.details.is_some());
    assert_eq!(read_back.events.len(), 1 + differing.count(), "{object}");
    // A reader that knows no zone by its name goes by the VTIMEZONE.
    for zone in &read_back.zones {
        let name = zone.tzid();
        let renamed = object
            .replace("\r\n ", "")
            .replace(&format!("TZID:{name}\r\n"), "TZID:Nowhere\r\n")
            .replace(&format!(";TZID={name}:"), ";TZID=Nowhere:")
            .replace(&format!(";TZID=\"{name}\":"), ";TZID=Nowhere:");
        assert_eq!(read(&calendar(&renamed)), meant(event), "{renamed}");
    }
}

#[test]
fn golden_series_come_to_what_they_mean() {
    for sample in series::all() {
        assert_comes_to_the_same(&sample.event);
    }
}

#[test]
fn a_series_from_before_its_own_zone_begins_starts_when_it_was_read_to() {
    // Berlin's own time, 53 minutes and 28 seconds before Greenwich's, ended in 1893.
    let read = calendar(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n\
        BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nDTSTART:19700329T020000\r\n\
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:weekly\r\n\
        DTSTAMP:20260301T100000Z\r\nDTSTART;TZID=Europe/Berlin:18900310T100000\r\n\
        DTEND;TZID=Europe/Berlin:20260310T110000\r\nRRULE:FREQ=WEEKLY;COUNT=6\r\nORGANIZER:mailto:alice@a.test\r\n\
        END:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    let event = Event {
        details: command::details(&read.events[0], &read.zones).unwrap(),
        ..series::endless().event
    };
    let start = event.details.start.instant();
    assert_eq!(start.to_string(), "1890-03-10T09:06:32Z");
    let object = calendar(&written(&event));
    assert_eq!(object.events[0].start.as_ref().unwrap().instant(), start);
}

const RULES: [&str; 14] = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;COUNT=25",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;WKST=SU;INTERVAL=2",
    "FREQ=WEEKLY;COUNT=60;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=9",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=YEARLY;BYYEARDAY=100,-1",
    "FREQ=WEEKLY;UNTIL=20470101T000000Z",
    "FREQ=DAILY;UNTIL=20480601",
    "FREQ=MONTHLY;UNTIL=20500101T120000",
];

fn zones() -> Vec<String> {
    jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .collect()
}

fn start() -> impl Strategy<Value = CalendarTime> {
    let seconds = (1_100_000_000_i64..2_300_000_000).prop_map(|seconds| seconds / 900 * 900);
    (seconds, prop::sample::select(zones()), 0..5).prop_map(|(seconds, zone, kind)| {
        let instant = Timestamp::from_second(seconds).unwrap();
        let local = TimeZone::UTC.to_datetime(instant);
        match kind {
            0 => CalendarTime::Utc(instant),
            1 => CalendarTime::Floating(local),
            2 => CalendarTime::AllDay(local.date()),
            _ => samples::zoned(&local.to_string(), &zone),
        }
    })
}

fn later(start: &CalendarTime, minutes: i64) -> CalendarTime {
    let by = SignedDuration::from_mins(minutes);
    match start {
        CalendarTime::Utc(instant) => CalendarTime::Utc(*instant + by),
        CalendarTime::Floating(local) => CalendarTime::Floating(*local + by),
        CalendarTime::AllDay(day) => {
            let days = SignedDuration::from_hours(24 * (1 + minutes.abs() / 500));
            CalendarTime::AllDay(*day + days)
        }
        CalendarTime::Zoned { iana, instant, .. } => {
            let name = iana.as_deref().unwrap();
            let zone = TimeZone::get(name).unwrap();
            let at = |instant: Timestamp| {
                let local: civil::DateTime = zone.to_datetime(instant);
                samples::zoned(&local.to_string(), name)
            };
            let then = *instant + by;
            let found = at(then);
            // In the hour that comes twice the second cannot be named, and the first may be before the start.
            if found.instant() == then {
                found
            } else {
                at(then + SignedDuration::from_hours(2))
            }
        }
    }
}

proptest! {
    #[test]
    fn any_series_comes_to_the_same_instances(
        start in start(),
        rules in prop::sample::subsequence(RULES.to_vec(), 1..=2),
        minutes in 5_i64..1_400,
        excluded in prop::collection::vec(0_usize..12, 0..4),
        added in prop::collection::vec(1_i64..60, 0..3),
        changed in prop::collection::btree_map(0_usize..12, prop::option::of(-3_000_i64..3_000), 0..4),
    ) {
        let mut event = samples::event("any", start.clone(), later(&start, minutes));
        event.details.recurrence = rules.iter().map(|value| rule(value)).collect();
        let zones = Zones::default();
        let (recurrence, _) = Recurrence::read(&event.details.recurrence, &start, &zones);
        let given: Vec<_> = Series::new(&start, &recurrence, &zones).occurrences().take(12).collect();
        for at in excluded {
            if let Some(time) = given.get(at) {
                event.details.recurrence.push(ical::ContentLine::of_time("EXDATE", time));
            }
        }
        for days in added {
            let time = later(&start, days * 1_440 + 7);
            event.details.recurrence.push(ical::ContentLine::of_time("RDATE", &time));
        }
        for (at, moved) in changed {
            if let Some(time) = given.get(at) {
                let details = moved.map(|minutes| {
                    let mut details = event.details.at(time);
                    details.start = later(time, minutes);
                    details.end = later(&details.start, 30);
                    details
                });
                differ(&mut event, time.clone(), details);
            }
        }
        assert_comes_to_the_same(&event);
    }
}
