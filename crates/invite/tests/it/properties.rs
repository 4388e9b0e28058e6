//! What holds for every history, not only for those somebody thought of.

mod answers;
mod fan_out;
mod organizer;
mod remind;
mod seats;
mod series;
mod series_answers;

use invite::{
    address::{Address, Mailbox},
    command::{Cancel, Cancelled, EventSettings, Request, Whole},
    event::{Details, Stamp},
    ical::Status,
    id::{Digest, TenantKey},
    time::CalendarTime,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn key() -> TenantKey {
    TenantKey::new([7; 32]).unwrap()
}

fn mailbox(text: &str) -> Mailbox {
    Mailbox {
        address: Address::parse(text).unwrap(),
        name: None,
    }
}

fn minute(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

fn digest(content: &str) -> Digest {
    Digest::of(&mailbox("alice@a.test").address, content.as_bytes())
}

/// A mail of the organizer.
#[derive(Clone, Debug)]
enum Sent {
    Request(Box<Request>),
    Cancel(Cancel),
}

impl Sent {
    fn stamp(&self) -> Stamp {
        match self {
            Self::Request(request) => request.whole.as_ref().unwrap().stamp,
            Self::Cancel(cancel) => match cancel.what {
                Cancelled::Whole { stamp } => stamp,
                Cancelled::Instances(_) => panic!("of a whole event only"),
            },
        }
    }
}

fn details() -> impl Strategy<Value = Details> {
    (0..3_i64, 0..2_i64, 0..2_u8, 0..2_u8, any::<bool>()).prop_map(
        |(start, length, location, summary, tentative)| Details {
            start: CalendarTime::Utc(minute(1000 + start)),
            end: CalendarTime::Utc(minute(1060 + start + length)),
            status: if tentative {
                Status::Tentative
            } else {
                Status::Confirmed
            },
            summary: format!("Summary {summary}"),
            description: String::new(),
            description_html: None,
            location: format!("Room {location}"),
            alarms: Vec::new(),
            other: Vec::new(),
            recurrence: Vec::new(),
            zones: Vec::new(),
        },
    )
}

fn sent(stamp: Stamp) -> impl Strategy<Value = Sent> {
    let digest = digest(&format!("{stamp:?}"));
    let request = {
        let digest = digest.clone();
        details().prop_map(move |details| {
            Sent::Request(Box::new(Request {
                organizer: mailbox("alice@a.test"),
                mailto: mailbox("create@acme.invites.example").address,
                client_uid: "kickoff".to_owned(),
                prodid: String::new(),
                whole: Some(Whole { stamp, details }),
                instances: Vec::new(),
                settings: EventSettings::default(),
                digest: digest.clone(),
            }))
        })
    };
    let cancel = Just(Sent::Cancel(Cancel {
        organizer: mailbox("alice@a.test"),
        client_uid: "kickoff".to_owned(),
        what: Cancelled::Whole { stamp },
        digest,
    }));
    prop_oneof![3 => request, 1 => cancel]
}

/// What an organizer's client sent, in its order: no two mails with one (SEQUENCE, DTSTAMP).
fn history() -> impl Strategy<Value = Vec<Sent>> {
    proptest::collection::btree_set((0..4_u32, 0..6_i64), 1..8).prop_flat_map(|stamps| {
        stamps
            .into_iter()
            .map(|(sequence, minutes)| {
                sent(Stamp {
                    sequence,
                    dtstamp: minute(minutes),
                })
            })
            .collect::<Vec<_>>()
    })
}
