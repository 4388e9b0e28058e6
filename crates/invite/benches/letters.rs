//! A letter to one attendee of an event whose draft is written: the rendering part of budget 1 of performance.md.
//!
//! `cargo bench -p invite --bench letters`; with an argument `count N`, N letters are written and nothing is measured,
//! for `valgrind --tool=callgrind`. Figures are in docs/performance.md.

#![allow(missing_docs, reason = "what the macros of criterion write has none")]
#![expect(clippy::panic, reason = "a bench of the wrong thing measures nothing")]

use std::{collections::BTreeMap, hint::black_box};

use criterion::Criterion;
use invite::{
    address::{Address, Mailbox},
    event::{Answers, Details, Event, Stamp, Uninvited},
    ical::{Partstat, Status},
    id::{TenantKey, Uid},
    language::Language,
    letter::{Brand, Draft, Kind, Sender, Templates},
    time::CalendarTime,
};
use jiff::{Timestamp, civil, tz::TimeZone};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|| panic!("{text} is no address"))
}

fn key() -> TenantKey {
    TenantKey::new([7; 32]).unwrap_or_else(|_| panic!("the key is too short"))
}

fn sender() -> Sender {
    Sender {
        brand: Brand {
            name: "Acme".to_owned(),
            color: Brand::COLOR.to_owned(),
            site: Some("https://acme.example".to_owned()),
            support: Some(address("help@acme.example")),
            logo: None,
            address: None,
        },
        mail_domain: "acme.invites.example".to_owned(),
        key: key(),
        update_subject_prefix: Sender::UPDATE_SUBJECT_PREFIX.to_owned(),
        templates: Templates::of(Language::English),
        pages: None,
    }
}

fn berlin(hour: i8) -> CalendarTime {
    let local = civil::date(2026, 3, 3).at(hour, 0, 0, 0);
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    CalendarTime::Zoned {
        local,
        tzid: "Europe/Berlin".to_owned(),
        iana: Some("Europe/Berlin".to_owned()),
        instant: zone.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH),
    }
}

/// An hour in a room, with a description of a few lines.
fn event() -> Event {
    let organizer = Mailbox {
        address: address("alice@a.test"),
        name: Some("Alice Ng".to_owned()),
    };
    let stamp = Stamp {
        sequence: 0,
        dtstamp: Timestamp::UNIX_EPOCH,
    };
    Event {
        uid: Uid::derive(&key(), &organizer.address, "bench"),
        client_uid: "bench".to_owned(),
        organizer,
        prodid: "-//Example//EN".to_owned(),
        mailto: address("create@acme.invites.example"),
        revision: 1,
        version: 1,
        stamp,
        accepted: stamp,
        status: Status::Confirmed,
        details: Details {
            start: berlin(10),
            end: berlin(11),
            status: Status::Confirmed,
            summary: "Kick-off".to_owned(),
            description: "Agenda:\n1. Who we are\n2. What we build; how, and when\n".to_owned(),
            description_html: None,
            location: "Room 1, Hauptstraße 5, Berlin".to_owned(),
            alarms: Vec::new(),
            other: Vec::new(),
            recurrence: Vec::new(),
            zones: Vec::new(),
        },
        instances: BTreeMap::new(),
        open_since: 0,
        uninvited: Uninvited::Open,
        seats: None,
        editions: Vec::new(),
        tzdata: "2026a".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        last_modified: Timestamp::UNIX_EPOCH,
        seen: Vec::new(),
    }
}

fn write(draft: &Draft<'_>, attendee: &Mailbox, answers: &Answers) -> usize {
    match draft.addressed(black_box(attendee), answers, None) {
        Ok(letter) => letter.raw.len(),
        Err(error) => panic!("{error}"),
    }
}

fn main() {
    let (event, sender) = (event(), sender());
    let draft = Draft::new(Kind::Invite, &event, &sender);
    let draft = draft.unwrap_or_else(|error| panic!("{error}"));
    let answers = Answers::all(Partstat::NeedsAction);
    let attendee = Mailbox {
        address: address("bob@b.test"),
        name: Some("Bob Byte".to_owned()),
    };
    let mut arguments = std::env::args().skip_while(|argument| argument != "count");
    if arguments.next().is_some() {
        let letters = arguments.next().and_then(|number| number.parse().ok());
        for _ in 0..letters.unwrap_or(1_000) {
            black_box(write(&draft, &attendee, &answers));
        }
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("a letter addressed", |bencher| {
        bencher.iter(|| write(&draft, &attendee, &answers));
    });
    criterion.bench_function("a draft written", |bencher| {
        bencher.iter(|| Draft::new(Kind::Invite, &event, &sender).is_ok());
    });
    criterion.final_summary();
}
