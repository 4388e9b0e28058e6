//! REPLY, and what it does to the statistics.

use std::collections::BTreeMap;

use invite::{
    command::{Answered, FromAttendee, Reply},
    decide::{
        self, AttendeeDecision, AttendeeWrite, Invite, InviteDecision, Known, Limits, Standing,
    },
    event::{Attendee, Event, Origin, Stamp, Uninvited},
    ical::{Partstat, Status},
    id::{ReplyToken, Uid},
    statistics::Statistics,
};
use proptest::{prelude::*, sample::Index, strategy::ValueTree};

use super::{details, digest, key, mailbox, minute};

const LIMITS: Limits = Limits {
    events_per_organizer: None,
    invites_per_event: 3,
    enrolled_only: false,
    uninvited: Uninvited::Open,
};

pub(super) const PEOPLE: [&str; 3] = ["bob@b.test", "carol@c.test", "dave@d.test"];

/// An event, those invited to it, and the numbers as the changes of records moved them.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Records {
    pub(super) event: Event,
    pub(super) attendees: Vec<Attendee>,
    pub(super) statistics: Statistics,
}

impl Records {
    pub(super) fn of(event: Event) -> Self {
        Self {
            event,
            attendees: Vec::new(),
            statistics: Statistics::default(),
        }
    }

    pub(super) fn store(&mut self, attendee: Attendee) {
        let before = self
            .attendees
            .iter()
            .position(|known| known.mailbox == attendee.mailbox)
            .map(|at| self.attendees.remove(at));
        let revision = before.as_ref().map_or(0, |before| before.revision);
        assert_eq!(attendee.revision, revision + 1);
        self.statistics += Statistics::of_change(before.as_ref(), Some(&attendee));
        self.attendees.push(attendee);
    }

    pub(super) fn invite(&mut self, person: &str) {
        let invite = Invite {
            mailbox: mailbox(person),
            origin: Origin::Api,
        };
        let decision = decide::invite(
            Some(&self.event),
            self.attendee(person),
            None,
            &Standing::default(),
            &LIMITS,
            u32::try_from(self.attendees.len()).unwrap(),
            &invite,
            minute(0),
        );
        if let InviteDecision::Invite(attendee) = decision {
            self.store(*attendee);
        }
    }

    pub(super) fn decide(&self, reply: &Reply) -> AttendeeDecision {
        let known = Known {
            event: Some(&self.event),
            attendees: &self.attendees,
            blocking: &[],
            standing: &Standing::default(),
            limits: &LIMITS,
            invited_so_far: u32::try_from(self.attendees.len()).unwrap(),
            key: &key(),
        };
        decide::reply(&known, reply, minute(0))
    }

    pub(super) fn reply(&mut self, reply: &Reply) {
        for write in self.decide(reply).writes {
            let (AttendeeWrite::Change(attendee) | AttendeeWrite::Invite(attendee)) = write;
            self.store(*attendee);
        }
    }

    /// A significant change, told to everybody.
    pub(super) fn change(&mut self) {
        self.event.stamp.sequence += 1;
        self.event.open_since = self.event.stamp.sequence;
        self.event.status = Status::Confirmed;
        self.reopen();
    }

    fn cancel(&mut self) {
        self.event.stamp.sequence += 1;
        self.event.status = Status::Cancelled;
        self.reopen();
    }

    pub(super) fn reopen(&mut self) {
        for attendee in self.attendees.clone() {
            if let Some(attendee) = decide::reopen(&self.event, &attendee) {
                self.store(attendee);
            }
        }
    }

    pub(super) fn attendee(&self, person: &str) -> Option<&Attendee> {
        self.attendees
            .iter()
            .find(|attendee| attendee.mailbox == mailbox(person))
    }
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    (0..3_u32, details()).prop_map(|(sequence, details)| {
        let organizer = mailbox("alice@a.test");
        let stamp = Stamp {
            sequence,
            dtstamp: minute(0),
        };
        Event {
            uid: Uid::derive(&key(), &organizer.address, "kickoff"),
            client_uid: "kickoff".to_owned(),
            organizer,
            prodid: String::new(),
            mailto: mailbox("create@acme.invites.example").address,
            revision: 1,
            version: 1,
            stamp,
            accepted: stamp,
            status: details.status,
            details,
            instances: BTreeMap::new(),
            open_since: sequence,
            uninvited: Uninvited::default(),
            seats: None,
            editions: Vec::new(),
            tzdata: "2026a".to_owned(),
            created: minute(0),
            last_modified: minute(0),
            seen: Vec::new(),
        }
    })
}

pub(super) fn person() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(PEOPLE[0]), Just(PEOPLE[1]), Just(PEOPLE[2])]
}

/// To the whole event.
fn answered(partstat: Option<Partstat>, stamp: Stamp) -> Answered {
    Answered {
        recurrence_id: None,
        partstat,
        stamp,
        delegated_to: None,
        delegated_from: None,
        comment: None,
        people: None,
    }
}

prop_compose! {
    fn reply()(
        from in person(), token_of in proptest::option::of(person()), attendee in proptest::option::of(person()),
        from_is_authenticated: bool,
        partstat in prop_oneof![
            3 => Just(Some(Partstat::Accepted)), 3 => Just(Some(Partstat::Declined)), 3 => Just(Some(Partstat::Tentative)),
            1 => Just(Some(Partstat::NeedsAction)), 1 => Just(Some(Partstat::Delegated)), 1 => Just(None),
        ],
        client in 0..2_u8, sequence in 0..5_u32, minutes in 0..10_i64, arrived in 0..20_i64, content in 0..1000_u32,
    ) -> Reply {
        let alice = mailbox("alice@a.test").address;
        Reply {
            by: FromAttendee {
                uid: Uid::derive(&key(), &alice, "kickoff").to_string(),
                from: mailbox(from),
                from_is_authenticated,
                token: token_of.map(|person| ReplyToken::derive(&key(), &alice, &mailbox(person).address)),
                attendee: attendee.map(mailbox),
                prodid: (client > 0).then(|| format!("client {client}")),
                arrived: minute(arrived),
                mail_id: content.to_string(),
                digest: digest(&content.to_string()),
            },
            answers: vec![answered(partstat, Stamp { sequence, dtstamp: minute(minutes) })],
        }
    }
}

/// Bob's answers to the event at SEQUENCE 2, each with its token.
fn bobs_answers() -> impl Strategy<Value = (Vec<Reply>, Vec<Reply>)> {
    let answer = reply().prop_map(|mut reply| {
        let alice = mailbox("alice@a.test").address;
        reply.by.token = Some(ReplyToken::derive(
            &key(),
            &alice,
            &mailbox(PEOPLE[0]).address,
        ));
        reply.by.attendee = None;
        reply
    });
    proptest::collection::vec(answer, 1..8)
        .prop_flat_map(|replies| (Just(replies.clone()), Just(replies).prop_shuffle()))
}

#[derive(Clone, Debug)]
enum Happens {
    Invite(&'static str),
    Reply(Box<Reply>),
    Change,
    Cancel,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => person().prop_map(Happens::Invite),
        6 => reply().prop_map(|reply| Happens::Reply(Box::new(reply))),
        1 => Just(Happens::Change),
        1 => Just(Happens::Cancel),
    ]
}

/// The answer is decided upon, the event changes and everybody is told, and only then the answer is stored.
#[test]
fn an_answer_that_crosses_a_change_does_not_stay_counted() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let event = event().new_tree(&mut runner).unwrap().current();
    let mut records = Records::of(event);
    records.invite(PEOPLE[0]);
    let alice = mailbox("alice@a.test").address;
    let bob = mailbox(PEOPLE[0]);
    let reply = Reply {
        by: FromAttendee {
            uid: records.event.uid.to_string(),
            token: Some(ReplyToken::derive(&key(), &alice, &bob.address)),
            from: bob,
            from_is_authenticated: true,
            attendee: None,
            prodid: None,
            arrived: minute(1),
            mail_id: "1".to_owned(),
            digest: digest("accepted"),
        },
        answers: vec![answered(Some(Partstat::Accepted), records.event.stamp)],
    };
    let decision = records.decide(&reply);
    let [AttendeeWrite::Change(answered)] = decision.writes.as_slice() else {
        panic!("{decision:?}");
    };
    records.change();
    records.store(answered.as_ref().clone());
    assert_eq!(records.statistics.accepted, 1);
    records.reopen();
    assert_eq!(records.statistics.accepted, 0);
    assert_eq!(records.attendees[0].partstat, Partstat::NeedsAction);
    assert_eq!(records.attendees[0].history.len(), 1);
}

proptest! {
    #[test]
    fn changes_of_records_add_up_to_a_recount(
        event in event(), story in proptest::collection::vec(happens(), 0..30),
    ) {
        let mut records = Records::of(event);
        for happens in story {
            match happens {
                Happens::Invite(person) => records.invite(person),
                Happens::Reply(reply) => records.reply(&reply),
                Happens::Change => records.change(),
                Happens::Cancel => records.cancel(),
            }
            let recount = Statistics::recount(&records.attendees);
            prop_assert_eq!(&records.statistics, &recount);
            prop_assert_eq!(
                recount.attendees,
                recount.accepted + recount.declined + recount.tentative + recount.no_action
            );
        }
    }

    #[test]
    fn a_repeated_answer_changes_nothing(
        event in event(), replies in proptest::collection::vec(reply(), 1..10),
        again in proptest::collection::vec((any::<Index>(), 0..30_i64), 1..4),
    ) {
        let mut records = Records::of(event);
        for person in PEOPLE {
            records.invite(person);
        }
        // Each answer as its client made it: what differs in content differs in digest.
        let replies: Vec<Reply> = replies
            .into_iter()
            .enumerate()
            .map(|(number, mut reply)| {
                reply.by.digest = digest(&number.to_string());
                reply
            })
            .collect();
        for reply in &replies {
            records.reply(reply);
        }
        let before = records.clone();
        for (index, arrived) in again {
            let recorded = |reply: &Reply| {
                let of_anybody = |attendee: &Attendee| attendee.history.iter().any(|a| a.digest == reply.by.digest);
                before.attendees.iter().any(of_anybody)
            };
            let reply = index.get(&replies);
            if recorded(reply) {
                let mut reply = reply.clone();
                reply.by.arrived = minute(arrived);
                records.reply(&reply);
            }
        }
        prop_assert_eq!(records, before);
    }

    #[test]
    fn the_newest_answer_counts_in_whatever_order_they_are_handled(
        mut event in event(), (replies, shuffled) in bobs_answers(),
    ) {
        event.stamp.sequence = 2;
        event.open_since = 2;
        let mut one = Records::of(event.clone());
        let mut other = Records::of(event);
        one.invite(PEOPLE[0]);
        other.invite(PEOPLE[0]);
        for reply in &replies { one.reply(reply); }
        for reply in &shuffled { other.reply(reply); }
        let newest = replies
            .iter()
            .filter(|reply| matches!(
                reply.answers[0].partstat,
                Some(Partstat::Accepted | Partstat::Declined | Partstat::Tentative)
            ))
            .max_by_key(|reply| {
                let stamp = reply.answers[0].stamp;
                (stamp.sequence.min(2), stamp.dtstamp, reply.by.arrived, reply.by.digest.clone())
            });
        let expected = newest
            .filter(|newest| newest.answers[0].stamp.sequence >= 2)
            .and_then(|newest| newest.answers[0].partstat)
            .unwrap_or(Partstat::NeedsAction);
        // Two contents with one digest are one answer, and the first one handled is it.
        let mut digests: Vec<_> = replies.iter().map(|reply| &reply.by.digest).collect();
        digests.sort();
        digests.dedup();
        prop_assume!(digests.len() == replies.len());
        prop_assert_eq!(one.attendees[0].partstat, expected);
        prop_assert_eq!(other.attendees[0].partstat, expected);
    }

    #[test]
    fn an_answer_nothing_proves_is_never_recorded(event in event(), reply in reply()) {
        let mut records = Records::of(event);
        records.invite(PEOPLE[0]);
        records.invite(PEOPLE[1]);
        let before = records.clone();
        let mut reply = reply;
        reply.by.token = None;
        reply.by.from_is_authenticated = false;
        records.reply(&reply);
        prop_assert_eq!(records, before);
    }

    #[test]
    fn an_answer_touches_only_who_it_is_proven_for(event in event(), reply in reply()) {
        let mut records = Records::of(event);
        records.invite(PEOPLE[0]);
        records.invite(PEOPLE[1]);
        let before = records.clone();
        records.reply(&reply);
        for attendee in &before.attendees {
            let who = &attendee.mailbox;
            if records.attendee(who.address.as_str()) != Some(attendee) {
                let named = reply.by.attendee.as_ref().is_none_or(|named| named == who);
                let by_token = named && decide::token_is_of(&before.event, &key(), &reply.by, &who.address);
                let by_from = reply.by.from_is_authenticated && reply.by.from == *who;
                prop_assert!(by_token || by_from);
            }
        }
    }
}
