//! Strategies of stored things, for the tests of their round trips.

use invite::{
    address::{Address, Mailbox},
    event::{
        Answer, Attendee, Details, Edition, Event, Evidence, Instance, InstanceAnswer,
        InstanceEdition, Lineage, Origin, Owed, OwedLetter, Place, Proposal, Seats, Stamp,
        Uninvited, WaitingAnswer, WaitsFor,
    },
    ical::{ContentLine, Partstat, Status},
    id::{Digest, Uid},
    time::{CalendarTime, InstanceKey},
};
use jiff::{Timestamp, civil};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};

pub(crate) fn bob() -> Attendee {
    let bob = Mailbox {
        address: Address::parse("bob@b.test").unwrap(),
        name: Some("Bob".to_owned()),
    };
    Attendee::invited(bob, Origin::Api, Timestamp::UNIX_EPOCH)
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (0i64..4_000_000_000_000).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn local() -> impl Strategy<Value = civil::DateTime> {
    timestamp().prop_map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).datetime())
}

pub(crate) fn mailbox() -> impl Strategy<Value = Mailbox> {
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
        (vec(line(), 0..3), vec(vec(line(), 0..4), 0..2)),
    )
        .prop_map(
            |(
                (start, end, status),
                (summary, description, description_html, location),
                (alarms, other),
                (recurrence, zones),
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
                    recurrence,
                    zones,
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
        (
            btree_map(instance_key(), instance(), 0..3),
            any::<u32>(),
            (uninvited(), option::of(seats())),
            vec(edition(), 0..3),
        ),
    )
        .prop_map(
            |(
                (uid, client_uid, organizer, prodid, mailto),
                (revision, version, stamp, accepted),
                (status, details, created, last_modified, seen),
                (instances, open_since, (uninvited, seats), editions),
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
                instances,
                open_since,
                uninvited,
                seats,
                editions,
                tzdata: "2026a".to_owned(),
                created,
                last_modified,
                seen,
            },
        )
}

fn uninvited() -> impl Strategy<Value = Uninvited> {
    select(&[Uninvited::Open, Uninvited::Approve, Uninvited::Closed][..])
}

fn seats() -> impl Strategy<Value = Seats> {
    (1..=Seats::MAX, timestamp()).prop_map(|(limit, since)| Seats { limit, since })
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        select(&[Place::Asked, Place::Seat, Place::LeavesSeat][..]),
        timestamp().prop_map(|since| Place::Waiting { since }),
        timestamp().prop_map(|since| Place::LeavesList { since }),
    ]
}

fn instance_key() -> impl Strategy<Value = InstanceKey> {
    time().prop_map(|time| time.instance_key())
}

fn instance() -> impl Strategy<Value = Instance> {
    (
        time(),
        stamp(),
        any::<u32>(),
        any::<u32>(),
        option::of(details()),
    )
        .prop_map(
            |(recurrence_id, accepted, sequence, open_since, details)| Instance {
                recurrence_id,
                accepted,
                sequence,
                open_since,
                details,
            },
        )
}

fn instance_edition() -> impl Strategy<Value = InstanceEdition> {
    details().prop_map(|details| InstanceEdition::of(&details))
}

fn edition() -> impl Strategy<Value = Edition> {
    (
        (any::<u64>(), option::of(timestamp())),
        status(),
        instance_edition(),
        vec(line(), 0..3),
        btree_map(instance_key(), option::of(instance_edition()), 0..3),
    )
        .prop_map(
            |((revision, since), status, shown, recurrence, instances)| Edition {
                revision,
                since,
                status,
                shown,
                recurrence,
                instances,
            },
        )
}

fn proposal() -> impl Strategy<Value = Proposal> {
    (time(), time(), option::of("\\PC{1,40}"), answer()).prop_map(
        |(start, end, comment, answer)| Proposal {
            start,
            end,
            comment,
            stamp: answer.stamp,
            arrived: answer.arrived,
            evidence: answer.evidence,
            digest: answer.digest,
        },
    )
}

fn owed() -> impl Strategy<Value = Owed> {
    let letter = prop_oneof![
        Just(OwedLetter::Current),
        Just(OwedLetter::AskBack),
        Just(OwedLetter::WaitingList),
        Just(OwedLetter::Seat),
        option::of(instance_key()).prop_map(|instance| OwedLetter::DeclineCounter { instance }),
    ];
    (letter, digest(), timestamp()).prop_map(|(letter, digest, asked)| Owed {
        letter,
        digest,
        asked,
    })
}

fn waiting() -> impl Strategy<Value = WaitingAnswer> {
    let waits_for = prop_oneof![Just(WaitsFor::Delegation), Just(WaitsFor::Approval)];
    (mailbox(), waits_for, answer(), timestamp()).prop_map(
        |(mailbox, waits_for, answer, expires)| WaitingAnswer {
            mailbox,
            waits_for,
            answer,
            expires,
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
            "[a-z0-9]{0,40}",
            digest(),
        ),
        (
            option::of(instance_key()),
            option::of("\\PC{1,40}"),
            option::of(any::<u32>()),
        ),
    )
        .prop_map(
            |(
                (partstat, stamp, arrived, prodid),
                (evidence, earlier_version, mail_id, digest),
                (instance, comment, people),
            )| Answer {
                instance,
                comment,
                people,
                partstat,
                stamp,
                arrived,
                prodid,
                evidence,
                earlier_version,
                mail_id,
                digest,
            },
        )
}

fn instance_answer() -> impl Strategy<Value = InstanceAnswer> {
    let digest = option::of(digest());
    (partstat(), stamp(), timestamp(), digest, any::<bool>()).prop_map(
        |(partstat, stamp, arrived, digest, superseded)| InstanceAnswer {
            partstat,
            stamp,
            arrived,
            digest,
            superseded,
        },
    )
}

pub(crate) fn attendee() -> impl Strategy<Value = Attendee> {
    (
        mailbox(),
        select(&Origin::ALL[..]),
        (
            partstat(),
            any::<u32>(),
            any::<u64>(),
            timestamp(),
            vec(answer(), 0..4),
        ),
        (
            btree_map(instance_key(), instance_answer(), 0..3),
            option::of((mailbox(), any::<bool>())),
            option::of(mailbox()),
            btree_map(option::of(instance_key()), proposal(), 0..2),
            vec(waiting(), 0..2),
            (
                option::of(owed()),
                option::of(timestamp()),
                option::of(place()),
            ),
        ),
    )
        .prop_map(
            |(
                mailbox,
                origin,
                (partstat, partstat_sequence, revision, invited, history),
                (instances, lineage, delegated_to, proposals, waiting, (owed, attended, place)),
            )| {
                Attendee {
                    mailbox,
                    origin,
                    partstat,
                    partstat_sequence,
                    revision,
                    invited,
                    history,
                    instances,
                    lineage: lineage.map(|(from, delegated)| Lineage {
                        from: from.address,
                        delegated,
                    }),
                    delegated_to: delegated_to.map(|to| to.address),
                    proposals,
                    waiting,
                    owed,
                    attended,
                    place,
                }
            },
        )
}
