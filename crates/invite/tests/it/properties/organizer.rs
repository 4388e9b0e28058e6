//! REQUEST and CANCEL.

use invite::{
    command::{Cancel, Cancelled, EventSettings, RefusalReason, Request, Whole},
    decide::{self, CancelDecision, Held, Limits, RequestDecision, Standing},
    event::{Details, Event, Stamp, Uninvited},
    ical::Status,
    time::CalendarTime,
};
use jiff::Timestamp;
use proptest::{prelude::*, sample::Index};

use super::{Sent, digest, history, key, mailbox, minute};

const LIMITS: Limits = Limits {
    events_per_organizer: None,
    invites_per_event: 10,
    enrolled_only: false,
    uninvited: Uninvited::Open,
};

/// The records of one event.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Records {
    pub(super) event: Option<Event>,
    held: Option<Held>,
}

impl Records {
    pub(super) fn receive(&mut self, sent: &Sent, now: Timestamp) {
        let (known, held) = (self.event.as_ref(), self.held.as_ref());
        let after = match sent {
            Sent::Request(request) => {
                let standing = Standing::default();
                match decide::request(known, held, &standing, &LIMITS, &key(), request, now) {
                    RequestDecision::Create(event) | RequestDecision::Update { event, .. } => {
                        Some(event)
                    }
                    RequestDecision::Ignore { remember, .. } => remember,
                    RequestDecision::Hold(held) => {
                        self.held = Some(*held);
                        None
                    }
                    RequestDecision::Refuse(reason) => panic!("refused: {reason:?}"),
                }
            }
            Sent::Cancel(cancel) => match decide::cancel(known, held, cancel, now) {
                CancelDecision::Cancel(event) | CancelDecision::Update(event) => Some(event),
                CancelDecision::Hold(held) => {
                    self.held = Some(*held);
                    None
                }
                CancelDecision::Ignore { remember, .. } => remember,
                CancelDecision::Refuse(reason) => panic!("refused: {reason:?}"),
            },
        };
        if let Some(after) = after {
            self.event = Some(*after);
        }
    }

    pub(super) fn of(history: &[Sent]) -> Self {
        let mut records = Self::default();
        for (minutes, sent) in history.iter().enumerate() {
            records.receive(sent, minute(100 + i64::try_from(minutes).unwrap()));
        }
        records
    }

    /// What the history means, whatever our own numbers are by then. What a cancelled event would have been is
    /// left out: a REQUEST that comes after its CANCEL is not looked into, so it depends on the order.
    fn meaning(&self) -> Option<(Status, Stamp, Option<Details>)> {
        let event = self.event.as_ref()?;
        let details = (!event.is_cancelled()).then(|| event.details.clone());
        Some((event.status, event.accepted, details))
    }
}

fn shuffled_history() -> impl Strategy<Value = (Vec<Sent>, Vec<Sent>)> {
    history().prop_flat_map(|sent| (Just(sent.clone()), Just(sent).prop_shuffle()))
}

fn request(sequence: u32, minutes: i64, location: &str) -> Sent {
    let stamp = Stamp {
        sequence,
        dtstamp: minute(minutes),
    };
    let start = CalendarTime::Utc(minute(1000));
    let details = Details {
        start: start.clone(),
        end: start,
        status: Status::Confirmed,
        summary: String::new(),
        description: String::new(),
        description_html: None,
        location: location.to_owned(),
        alarms: Vec::new(),
        other: Vec::new(),
        recurrence: Vec::new(),
        zones: Vec::new(),
    };
    Sent::Request(Box::new(Request {
        organizer: mailbox("alice@a.test"),
        mailto: mailbox("create@acme.invites.example").address,
        client_uid: "kickoff".to_owned(),
        prodid: String::new(),
        whole: Some(Whole { stamp, details }),
        instances: Vec::new(),
        settings: EventSettings::default(),
        digest: digest(&format!("{stamp:?}")),
    }))
}

fn cancel(sequence: u32, minutes: i64) -> Sent {
    let stamp = Stamp {
        sequence,
        dtstamp: minute(minutes),
    };
    Sent::Cancel(Cancel {
        organizer: mailbox("alice@a.test"),
        client_uid: "kickoff".to_owned(),
        what: Cancelled::Whole { stamp },
        digest: digest(&format!("{stamp:?}")),
    })
}

/// The one exception to the order of arrival not mattering, so that nobody takes it for a fault.
#[test]
fn what_a_cancelled_event_would_have_been_depends_on_the_order() {
    let (first, second) = (request(0, 0, "Room 1"), request(1, 1, "Room 2"));
    let location = |history: &[Sent]| Records::of(history).event.unwrap().details.location;
    let in_order = [first.clone(), second.clone(), cancel(1, 2)];
    assert_eq!(location(&in_order), "Room 2");
    assert_eq!(location(&[cancel(1, 2), first, second]), "Room 1");
}

#[test]
fn a_held_cancel_is_forgotten_after_seven_days() {
    let in_days = |days: i64| minute(days * 24 * 60);
    for (days, cancelled) in [(6, true), (8, false)] {
        let mut records = Records::default();
        records.receive(&cancel(1, 0), in_days(0));
        records.receive(&request(1, 0, ""), in_days(days));
        assert_eq!(records.event.unwrap().is_cancelled(), cancelled, "{days}");
    }
}

#[test]
fn nobody_but_its_creator_changes_or_cancels_an_event() {
    let known = Records::of(&[request(0, 0, "")]).event.unwrap();
    let (Sent::Request(mut change), Sent::Cancel(mut stop)) =
        (request(1, 1, "Room 2"), cancel(1, 1))
    else {
        unreachable!()
    };
    change.organizer = mailbox("mallory@m.test");
    stop.organizer = mailbox("mallory@m.test");
    let standing = Standing::default();
    assert_eq!(
        decide::request(
            Some(&known),
            None,
            &standing,
            &LIMITS,
            &key(),
            &change,
            minute(2)
        ),
        RequestDecision::Refuse(RefusalReason::NotYourEvent)
    );
    assert_eq!(
        decide::cancel(Some(&known), None, &stop, minute(2)),
        CancelDecision::Refuse(RefusalReason::NotYourEvent)
    );
}

#[test]
fn where_only_the_enrolled_may_create_the_others_are_refused() {
    let Sent::Request(new) = request(0, 0, "") else {
        unreachable!()
    };
    let limits = Limits {
        enrolled_only: true,
        ..LIMITS
    };
    for (enrolled, created) in [(false, false), (true, true)] {
        let standing = Standing {
            enrolled,
            ..Standing::default()
        };
        let decision = decide::request(None, None, &standing, &limits, &key(), &new, minute(2));
        assert_eq!(matches!(decision, RequestDecision::Create(_)), created);
        let refused = RequestDecision::Refuse(RefusalReason::OrganizerNotEnrolled);
        assert_eq!(decision == refused, !created);
    }
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter((sent, shuffled) in shuffled_history()) {
        prop_assert_eq!(Records::of(&sent).meaning(), Records::of(&shuffled).meaning());
    }

    #[test]
    fn the_highest_sequence_decides_whether_it_takes_place((_, shuffled) in shuffled_history()) {
        let highest = shuffled.iter().map(|sent| sent.stamp().sequence).max().unwrap();
        let cancelled = shuffled
            .iter()
            .any(|sent| matches!(sent, Sent::Cancel(_)) && sent.stamp().sequence == highest);
        if let Some(event) = Records::of(&shuffled).event {
            prop_assert_eq!(event.is_cancelled(), cancelled);
            prop_assert_eq!(Some(event.accepted), shuffled.iter().map(Sent::stamp).max());
        }
    }

    #[test]
    fn what_was_received_changes_nothing_when_it_comes_again(
        (_, shuffled) in shuffled_history(), again in proptest::collection::vec(any::<Index>(), 1..4),
    ) {
        let records = Records::of(&shuffled);
        let mut after = records.clone();
        for index in again {
            after.receive(index.get(&shuffled), minute(200));
        }
        // A held CANCEL is renewed neither.
        prop_assert_eq!(after, records);
    }

    #[test]
    fn order_alone_catches_repeats_whose_digest_was_forgotten(
        (_, shuffled) in shuffled_history(), again: Index,
    ) {
        let mut records = Records::of(&shuffled);
        if let Some(event) = &mut records.event {
            event.seen.clear();
            let before = event.clone();
            records.receive(again.get(&shuffled), minute(200));
            let after = records.event.unwrap();
            prop_assert_eq!((after.revision, after.stamp), (before.revision, before.stamp));
            prop_assert_eq!((after.status, after.details), (before.status, before.details));
        }
    }

    #[test]
    fn our_stamp_moves_with_what_is_told_and_never_goes_back(
        (_, shuffled) in shuffled_history(), clock in proptest::collection::vec(-500..500_i64, 8),
    ) {
        let mut records = Records::default();
        for (sent, minutes) in shuffled.iter().zip(clock) {
            let before = records.event.clone();
            records.receive(sent, minute(minutes));
            if let (Some(before), Some(after)) = (before, &records.event) {
                let is_told = after.revision != before.revision;
                prop_assert_eq!(after.stamp > before.stamp, is_told);
                prop_assert_eq!(after.stamp.dtstamp > before.stamp.dtstamp, is_told);
                prop_assert!(after.stamp.sequence >= before.stamp.sequence);
                prop_assert!(after.stamp.sequence - before.stamp.sequence <= 1);
                let was_written = *after != before;
                prop_assert_eq!(after.version, before.version + u64::from(was_written));
                prop_assert!(after.seen.len() <= Event::MAX_SEEN);
            }
        }
    }

    #[test]
    fn no_number_and_no_clock_is_too_large(
        (sent, _) in shuffled_history(),
        sequence in prop_oneof![Just(0), Just(u32::MAX), any::<u32>()],
        extreme in prop_oneof![Just(Timestamp::MIN), Just(Timestamp::MAX), Just(minute(0))],
        now in prop_oneof![Just(Timestamp::MIN), Just(Timestamp::MAX), Just(minute(0))],
    ) {
        let mut records = Records::default();
        for sent in &sent {
            records.receive(sent, now);
            if let Some(event) = &mut records.event {
                event.stamp = Stamp { sequence, dtstamp: extreme };
                event.accepted.dtstamp = extreme;
            }
        }
    }
}
