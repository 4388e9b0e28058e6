//! Answers to a series and to its instances, and answers that send somebody else.

use std::collections::BTreeMap;

use invite::{
    command::{Answered, FromAttendee, Reply},
    event::{Attendee, Event, Instance, Stamp},
    ical::{ContentLine, Partstat},
    id::ReplyToken,
    statistics::Statistics,
    time::{CalendarTime, InstanceKey},
};
use proptest::prelude::*;

use super::{
    answers::{PEOPLE, Records, event, person},
    digest, key, mailbox, minute,
};

/// Dates of the series below; the last two are none of it.
const DATES: usize = 5;

/// Five hours in a row; the second was moved at SEQUENCE 2, so that it was asked about again.
fn series(event: Event) -> Event {
    let mut event = event;
    event.stamp.sequence = 1;
    event.open_since = 1;
    event.details.recurrence = vec![ContentLine {
        name: "RRULE".to_owned(),
        params: Vec::new(),
        value: "FREQ=HOURLY;COUNT=3".to_owned(),
    }];
    let moved = date(&event, 1);
    let details = event.details.at(&moved);
    let instance = Instance {
        recurrence_id: moved.clone(),
        accepted: event.accepted,
        sequence: 2,
        open_since: 2,
        details: Some(details),
    };
    event.instances = BTreeMap::from([(moved.instance_key(), instance)]);
    event
}

fn date(event: &Event, number: usize) -> CalendarTime {
    let start = event.details.start.instant();
    let hours = jiff::SignedDuration::from_hours(i64::try_from(number).unwrap());
    CalendarTime::Utc(start + hours)
}

/// One VEVENT: which date (`None`: all), what, SEQUENCE, minute of DTSTAMP, to whom it delegates.
type Said = (Option<usize>, Partstat, u32, i64, Option<&'static str>);

fn said() -> impl Strategy<Value = Said> {
    let partstat = prop_oneof![
        Just(Partstat::Accepted),
        Just(Partstat::Declined),
        Just(Partstat::Tentative),
        Just(Partstat::NeedsAction),
    ];
    let date = proptest::option::of(0..DATES);
    (date, partstat, 0..4_u32, 0..6_i64, Just(None))
}

/// One mail of Bob's: its VEVENTs and when it arrived.
fn mails() -> impl Strategy<Value = Vec<(Vec<Said>, i64)>> {
    let mail = (proptest::collection::vec(said(), 1..4), 0..8_i64);
    proptest::collection::vec(mail, 1..7)
}

fn reply(event: &Event, from: &str, number: usize, (said, arrived): &(Vec<Said>, i64)) -> Reply {
    let alice = &event.organizer.address;
    let bob = mailbox(from);
    let answers = said
        .iter()
        .map(|(on, partstat, sequence, minutes, to)| Answered {
            recurrence_id: on.map(|number| date(event, number)),
            partstat: Some(*partstat),
            stamp: Stamp {
                sequence: *sequence,
                dtstamp: minute(*minutes),
            },
            delegated_to: to.map(mailbox),
            delegated_from: None,
            comment: None,
            people: None,
        });
    Reply {
        by: FromAttendee {
            uid: event.uid.to_string(),
            token: Some(ReplyToken::derive(&key(), alice, &bob.address)),
            from: bob,
            from_is_authenticated: true,
            attendee: None,
            prodid: None,
            arrived: minute(*arrived),
            mail_id: number.to_string(),
            digest: digest(&number.to_string()),
        },
        answers: answers.collect(),
    }
}

/// All that counts of a record: not the history, which tells the order, too.
fn counts(
    attendee: &Attendee,
) -> (
    Partstat,
    u32,
    BTreeMap<InstanceKey, invite::event::InstanceAnswer>,
) {
    (
        attendee.partstat,
        attendee.partstat_sequence,
        attendee.instances.clone(),
    )
}

proptest! {
    #[test]
    fn answers_to_dates_end_the_same_in_whatever_order_they_are_handled(
        event in event(), (mails, shuffled) in mails().prop_flat_map(|mails| {
            let numbered: Vec<_> = mails.into_iter().enumerate().collect();
            (Just(numbered.clone()), Just(numbered).prop_shuffle())
        }),
    ) {
        // A client numbers what it says of one date once: two of them in one mail are one too many.
        for (_, (said, _)) in &mails {
            let mut dates: Vec<_> = said.iter().map(|said| said.0).collect();
            dates.sort();
            dates.dedup();
            prop_assume!(dates.len() == said.len());
        }
        let event = series(event);
        let mut one = Records::of(event.clone());
        let mut other = Records::of(event.clone());
        one.invite(PEOPLE[0]);
        other.invite(PEOPLE[0]);
        for (number, mail) in &mails {
            one.reply(&reply(&event, PEOPLE[0], *number, mail));
        }
        for (number, mail) in &shuffled {
            other.reply(&reply(&event, PEOPLE[0], *number, mail));
        }
        prop_assert_eq!(counts(&one.attendees[0]), counts(&other.attendees[0]));
        prop_assert_eq!(one.statistics, other.statistics);
    }

    #[test]
    fn a_repeated_answer_to_dates_changes_nothing(event in event(), mails in mails()) {
        let event = series(event);
        let mut records = Records::of(event.clone());
        records.invite(PEOPLE[0]);
        for (number, mail) in mails.iter().enumerate() {
            records.reply(&reply(&event, PEOPLE[0], number, mail));
        }
        let before = records.clone();
        for (number, (said, arrived)) in mails.iter().enumerate() {
            // What was ignored may be newer the second time: it arrives later.
            let mail = digest(&number.to_string());
            let recorded = before.attendees[0].history.iter().filter(|answer| answer.digest == mail).count();
            if recorded == said.len() {
                records.reply(&reply(&event, PEOPLE[0], number, &(said.clone(), arrived + 20)));
            }
        }
        prop_assert_eq!(records, before);
    }

    #[test]
    fn statistics_of_dates_equal_a_recount_and_what_is_read(
        event in event(), mails in mails(), others in mails(), change in 0..6_usize,
    ) {
        let event = series(event);
        let mut records = Records::of(event.clone());
        records.invite(PEOPLE[0]);
        records.invite(PEOPLE[1]);
        let both = mails.iter().map(|mail| (PEOPLE[0], mail)).chain(others.iter().map(|mail| (PEOPLE[1], mail)));
        for (number, (person, mail)) in both.enumerate() {
            if number == change {
                records.change();
            }
            records.reply(&reply(&event, person, number, mail));
            prop_assert_eq!(&records.statistics, &Statistics::recount(&records.attendees));
        }
        for number in 0..3 {
            let key = date(&event, number).instance_key();
            let counted = records.statistics.answers_to(&key);
            let say = |partstat| {
                let says = |attendee: &&Attendee| attendee.answer_to_instance(&records.event, &key) == partstat;
                i64::try_from(records.attendees.iter().filter(says).count()).unwrap()
            };
            prop_assert_eq!(counted.accepted, say(Partstat::Accepted));
            prop_assert_eq!(counted.declined, say(Partstat::Declined));
            prop_assert_eq!(counted.tentative, say(Partstat::Tentative));
        }
        prop_assert!(records.statistics.instances.len() <= 3);
    }

    #[test]
    fn delegations_never_form_a_ring(
        event in event(),
        sent in proptest::collection::vec((person(), person(), 0..3_u8, 0..6_i64), 1..12),
    ) {
        let mut records = Records::of(event.clone());
        records.invite(PEOPLE[0]);
        for (number, (from, to, what, minutes)) in sent.into_iter().enumerate() {
            let said = match what {
                0 => (None, Partstat::Accepted, 9, minutes, None),
                _ => (None, Partstat::Delegated, 9, minutes, Some(to)),
            };
            records.reply(&reply(&event, from, number, &(vec![said], minutes)));
            prop_assert_eq!(&records.statistics, &Statistics::recount(&records.attendees));
            for attendee in &records.attendees {
                prop_assert_eq!(attendee.delegated_to.is_some(), attendee.partstat == Partstat::Delegated);
                let mut person = attendee;
                for _ in 0..PEOPLE.len() {
                    match &person.delegated_to {
                        Some(to) => person = records.attendee(to.as_str()).unwrap(),
                        None => break,
                    }
                }
                prop_assert!(person.delegated_to.is_none());
            }
        }
    }
}
