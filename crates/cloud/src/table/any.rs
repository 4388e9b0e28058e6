//! Strategies of stored things, for the tests of their round trips.

use invite::{
    address::{Address, Mailbox},
    event::{Answer, Attendee, Details, Event, Evidence, Origin, Stamp},
    ical::{ContentLine, Partstat, Status},
    id::{Digest, Uid},
    time::CalendarTime,
};
use jiff::{Timestamp, civil};
use proptest::{collection::vec, option, prelude::*, sample::select};

pub(crate) fn bob() -> Attendee {
    Attendee {
        mailbox: Mailbox {
            address: Address::parse("bob@b.test").unwrap(),
            name: Some("Bob".to_owned()),
        },
        origin: Origin::Api,
        partstat: Partstat::NeedsAction,
        partstat_sequence: 0,
        revision: 1,
        invited: Timestamp::UNIX_EPOCH,
        history: Vec::new(),
    }
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (0i64..4_000_000_000_000).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn local() -> impl Strategy<Value = civil::DateTime> {
    timestamp().prop_map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).datetime())
}

fn mailbox() -> impl Strategy<Value = Mailbox> {
    ("[a-z]{1,8}@[a-z]{1,8}\\.test", option::of("\\PC{1,20}")).prop_map(|(address, name)| Mailbox {
        address: Address::parse(&address).unwrap(),
        name,
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u32>(), timestamp()).prop_map(|(sequence, dtstamp)| Stamp { sequence, dtstamp })
}

fn time() -> impl Strategy<Value = CalendarTime> {
    prop_oneof![
        timestamp().prop_map(CalendarTime::Utc),
        local().prop_map(CalendarTime::Floating),
        local().prop_map(|local| CalendarTime::AllDay(local.date())),
        (
            local(),
            "\\PC{1,20}",
            option::of("[A-Z][a-z]+/[A-Z][a-z]+"),
            timestamp()
        )
            .prop_map(|(local, tzid, iana, instant)| CalendarTime::Zoned {
                local,
                tzid,
                iana,
                instant
            }),
    ]
}

fn line() -> impl Strategy<Value = ContentLine> {
    (
        "[A-Z-]{1,12}",
        vec(("[A-Z-]{1,8}", vec("\\PC{0,10}", 0..3)), 0..3),
        "\\PC{0,30}",
    )
        .prop_map(|(name, params, value)| ContentLine {
            name,
            params,
            value,
        })
}

fn details() -> impl Strategy<Value = Details> {
    (
        (time(), time(), status()),
        (
            "\\PC{0,40}",
            "(\\PC|\n){0,80}",
            option::of("<p>\\PC{0,20}</p>"),
            "\\PC{0,20}",
        ),
        (vec(vec(line(), 0..4), 0..2), vec(line(), 0..4)),
    )
        .prop_map(
            |(
                (start, end, status),
                (summary, description, description_html, location),
                (alarms, other),
            )| {
                Details {
                    start,
                    end,
                    status,
                    summary,
                    description,
                    description_html,
                    location,
                    alarms,
                    other,
                }
            },
        )
}

fn status() -> impl Strategy<Value = Status> {
    select(&[Status::Confirmed, Status::Tentative, Status::Cancelled][..])
}

fn digest() -> impl Strategy<Value = Digest> {
    "[0-9a-f]{64}".prop_map(Digest::from_stored)
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    (
        (
            "[0-9a-f]{40}",
            "\\PC{1,60}",
            mailbox(),
            "\\PC{0,60}",
            mailbox(),
        ),
        (any::<u64>(), any::<u64>(), stamp(), stamp()),
        (
            status(),
            details(),
            timestamp(),
            timestamp(),
            vec(digest(), 0..4),
        ),
    )
        .prop_map(
            |(
                (uid, client_uid, organizer, prodid, mailto),
                (revision, version, stamp, accepted),
                (status, details, created, last_modified, seen),
            )| Event {
                uid: Uid::parse(&uid).unwrap(),
                client_uid,
                organizer,
                prodid,
                mailto: mailto.address,
                revision,
                version,
                stamp,
                accepted,
                status,
                details,
                created,
                last_modified,
                seen,
            },
        )
}

fn partstat() -> impl Strategy<Value = Partstat> {
    select(
        &[
            Partstat::NeedsAction,
            Partstat::Accepted,
            Partstat::Declined,
            Partstat::Tentative,
            Partstat::Delegated,
        ][..],
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    (
        (partstat(), stamp(), timestamp(), option::of("\\PC{1,40}")),
        (
            select(&[Evidence::None, Evidence::Aligned, Evidence::Token][..]),
            any::<bool>(),
            digest(),
        ),
    )
        .prop_map(
            |((partstat, stamp, arrived, prodid), (evidence, earlier_version, digest))| Answer {
                partstat,
                stamp,
                arrived,
                prodid,
                evidence,
                earlier_version,
                digest,
            },
        )
}

pub(crate) fn attendee() -> impl Strategy<Value = Attendee> {
    (
        mailbox(),
        select(&[Origin::Api, Origin::Bulk, Origin::Shared][..]),
        (
            partstat(),
            any::<u32>(),
            any::<u64>(),
            timestamp(),
            vec(answer(), 0..4),
        ),
    )
        .prop_map(
            |(mailbox, origin, (partstat, partstat_sequence, revision, invited, history))| {
                Attendee {
                    mailbox,
                    origin,
                    partstat,
                    partstat_sequence,
                    revision,
                    invited,
                    history,
                }
            },
        )
}
