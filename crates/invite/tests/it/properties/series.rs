//! What an organizer says of a series and its instances, in whatever order it arrives.

use invite::{
    command::{
        Cancel, Cancelled, EventSettings, InstanceCancel, InstanceRequest, Range, Request, Whole,
    },
    event::{Details, Event, Stamp},
    ical::{ContentLine, Status},
    time::CalendarTime,
};
use proptest::prelude::*;

use super::{Sent, digest, mailbox, minute, organizer::Records};

/// What an organizer does in his calendar.
#[derive(Clone, Debug)]
enum Does {
    /// Changes the series; what he had said of instances is gone.
    Whole(u8),
    /// Says something of one instance.
    Moves(usize, u8),
    /// Takes one out.
    Cancels(usize),
}

const INSTANCES: usize = 3;

fn occurrence(number: usize) -> CalendarTime {
    CalendarTime::Utc(minute(1000 + i64::try_from(number).unwrap() * 24 * 60))
}

fn details(start: CalendarTime, room: u8, recurs: bool) -> Details {
    Details {
        end: start.clone(),
        start,
        status: Status::Confirmed,
        summary: String::new(),
        description: String::new(),
        description_html: None,
        location: format!("Room {room}"),
        alarms: Vec::new(),
        other: Vec::new(),
        recurrence: Vec::from_iter(recurs.then(|| ContentLine {
            name: "RRULE".to_owned(),
            params: Vec::new(),
            value: "FREQ=DAILY;COUNT=5".to_owned(),
        })),
        zones: Vec::new(),
    }
}

fn request(whole: Option<Whole>, instances: Vec<InstanceRequest>, number: usize) -> Sent {
    Sent::Request(Box::new(Request {
        organizer: mailbox("alice@a.test"),
        mailto: mailbox("create@acme.invites.example").address,
        client_uid: "weekly".to_owned(),
        prodid: String::new(),
        whole,
        instances,
        settings: EventSettings::default(),
        digest: digest(&number.to_string()),
    }))
}

/// The mails of a client that counts SEQUENCE for each component and never goes back in time.
fn mails(done: &[Does]) -> Vec<Sent> {
    let mut of_whole = 0;
    let mut of_instance = [0; INSTANCES];
    let mut sent = Vec::new();
    for (number, does) in std::iter::once(&Does::Whole(0)).chain(done).enumerate() {
        let stamp = |sequence: &mut u32| {
            *sequence += 1;
            Stamp {
                sequence: *sequence,
                dtstamp: minute(i64::try_from(number).unwrap()),
            }
        };
        sent.push(match *does {
            Does::Whole(room) => {
                let stamp = stamp(&mut of_whole);
                let details = details(occurrence(0), room, true);
                request(Some(Whole { stamp, details }), Vec::new(), number)
            }
            Does::Moves(instance, room) => {
                let instance = InstanceRequest {
                    recurrence_id: occurrence(instance),
                    range: Range::One,
                    stamp: stamp(&mut of_instance[instance]),
                    details: Some(details(occurrence(instance), room, false)),
                };
                request(None, vec![instance], number)
            }
            Does::Cancels(instance) => Sent::Cancel(Cancel {
                organizer: mailbox("alice@a.test"),
                client_uid: "weekly".to_owned(),
                what: Cancelled::Instances(vec![InstanceCancel {
                    recurrence_id: occurrence(instance),
                    this_and_future: false,
                    stamp: stamp(&mut of_instance[instance]),
                }]),
                digest: digest(&number.to_string()),
            }),
        });
    }
    sent
}

fn done() -> impl Strategy<Value = Vec<Does>> {
    let does = prop_oneof![
        1 => (0..3_u8).prop_map(Does::Whole),
        3 => (0..INSTANCES, 3..6_u8).prop_map(|(instance, room)| Does::Moves(instance, room)),
        2 => (0..INSTANCES).prop_map(Does::Cancels),
    ];
    proptest::collection::vec(does, 0..7)
}

/// Where each instance takes place; `None`: it does not.
fn places(event: &Event) -> Vec<Option<String>> {
    (0..INSTANCES)
        .map(|number| {
            let occurrence = occurrence(number);
            let details = match event.instances.get(&occurrence.instance_key()) {
                Some(instance) => instance.details.clone(),
                None => Some(event.details.at(&occurrence)),
            };
            details.map(|details| details.location)
        })
        .collect()
}

proptest! {
    #[test]
    fn a_series_ends_the_same_in_whatever_order_its_mails_arrive(
        (sent, shuffled) in done().prop_flat_map(|done| {
            let sent = mails(&done);
            (Just(sent.clone()), Just(sent).prop_shuffle())
        }),
    ) {
        let in_order = Records::of(&sent).event.unwrap();
        let as_arrived = Records::of(&shuffled).event.unwrap();
        prop_assert_eq!(places(&in_order), places(&as_arrived));
        prop_assert_eq!(in_order.details.location, as_arrived.details.location);
    }

    #[test]
    fn a_repeated_mail_about_a_series_changes_nothing(done in done(), again in any::<prop::sample::Index>()) {
        let sent = mails(&done);
        let mut records = Records::of(&sent);
        let before = records.clone();
        records.receive(again.get(&sent), minute(500));
        prop_assert_eq!(records, before);
    }
}
