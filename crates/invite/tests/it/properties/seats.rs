//! Places asked for, given, waited for and given back, with what is told of them late, twice and in any order.

use std::collections::{BTreeMap, BTreeSet};

use invite::{
    command::{Answered, FromAttendee, Reply},
    decide::{
        Known, Limits, Seated, Seating, Standing, let_in, reopen, reply, seat, seat_from_before,
        taken_out,
    },
    event::{Attendee, Event, Origin, Place, SeatsAsked, Uninvited},
    ical::Partstat,
    id::ReplyToken,
};

use super::{fan_out::event, *};

const PEOPLE: [&str; 5] = ["a@p.test", "b@p.test", "c@p.test", "d@p.test", "e@p.test"];

#[derive(Clone, Debug)]
enum Step {
    Answer(usize, Partstat),
    Limit(SeatsAsked),
    /// What was told is handled; not the oldest first, and perhaps not for the last time.
    Handle(prop::sample::Index, bool),
    /// A change that asks everybody again.
    Move,
    /// Somebody is taken out of the event, and invited anew.
    Anew(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let said = vec![
        Partstat::Accepted,
        Partstat::Accepted,
        Partstat::Accepted,
        Partstat::Declined,
        Partstat::Tentative,
    ];
    let limit = prop_oneof![
        4 => (1..4_u32).prop_map(SeatsAsked::Limited),
        1 => Just(SeatsAsked::Unlimited),
    ];
    prop_oneof![
        6 => (0..PEOPLE.len(), prop::sample::select(said)).prop_map(|(who, said)| Step::Answer(who, said)),
        6 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(which, twice)| Step::Handle(which, twice)),
        1 => limit.prop_map(Step::Limit),
        1 => Just(Step::Move),
        1 => (0..PEOPLE.len()).prop_map(Step::Anew),
    ]
}

/// As the table has it, and the queue.
struct World {
    event: Event,
    people: BTreeMap<Address, Attendee>,
    seating: Seating,
    list: BTreeSet<(Timestamp, Address)>,
    due: Vec<Option<Address>>,
    now: i64,
    letters: usize,
}

impl World {
    fn new() -> Self {
        let invited = |text| Attendee::invited(mailbox(text), Origin::Api, minute(0));
        Self {
            event: event(),
            people: PEOPLE
                .map(|text| (mailbox(text).address, invited(text)))
                .into(),
            seating: Seating::default(),
            list: BTreeSet::new(),
            due: Vec::new(),
            now: 0,
            letters: 0,
        }
    }

    fn put(&mut self, attendee: Attendee) {
        let address = attendee.mailbox.address.clone();
        let before = &self.people[&address];
        assert_eq!(attendee.revision, before.revision + 1);
        if attendee.place != before.place && attendee.place.is_some_and(Place::is_open) {
            self.due.push(Some(address.clone()));
        }
        if attendee.owed != before.owed {
            self.letters += 1;
        }
        self.people.insert(address, attendee);
    }

    fn store(&mut self, seated: Seated) {
        let address = seated.attendee.mailbox.address.clone();
        if let Some(since) = seated.joins {
            assert!(self.list.insert((since, address.clone())));
        }
        if let Some(since) = seated.leaves {
            assert!(self.list.remove(&(since, address)));
        }
        self.seating = seated.seating;
        self.put(seated.attendee);
    }

    fn step(&mut self, step: Step) {
        self.now += 1;
        match step {
            Step::Answer(who, partstat) => self.answer(PEOPLE[who], partstat),
            Step::Limit(asked) => {
                let seats = asked.after(self.event.seats, minute(self.now));
                if seats != self.event.seats {
                    self.event.seats = seats;
                    self.due.push(None);
                }
            }
            Step::Handle(which, twice) if !self.due.is_empty() => {
                let which = which.index(self.due.len());
                let due = if twice {
                    self.due[which].clone()
                } else {
                    self.due.remove(which)
                };
                self.handle(due.as_ref());
            }
            Step::Handle(..) => {}
            Step::Anew(who) => {
                let person = mailbox(PEOPLE[who]);
                let attendee = &self.people[&person.address];
                if let Some((seating, since)) = taken_out(&self.seating, attendee) {
                    self.seating = seating;
                    if let Some(since) = since {
                        assert!(self.list.remove(&(since, person.address.clone())));
                    }
                    self.due.push(None);
                }
                let anew = Attendee::invited(person.clone(), Origin::Api, minute(self.now));
                self.people.insert(person.address, anew);
            }
            Step::Move => {
                self.event.stamp.sequence += 1;
                self.event.open_since = self.event.stamp.sequence;
                for attendee in self.people.clone().into_values() {
                    if let Some(reopened) = reopen(&self.event, &attendee) {
                        self.put(reopened);
                    }
                }
            }
        }
    }

    fn answer(&mut self, text: &str, partstat: Partstat) {
        let (person, now) = (mailbox(text), minute(self.now));
        let (key, organizer) = (key(), self.event.organizer.address.clone());
        let said = Reply {
            by: FromAttendee {
                uid: self.event.uid.to_string(),
                from: person.clone(),
                from_is_authenticated: true,
                token: Some(ReplyToken::derive(&key, &organizer, &person.address)),
                attendee: Some(person.clone()),
                prodid: None,
                arrived: now,
                mail_id: self.now.to_string(),
                digest: digest(&self.now.to_string()),
            },
            answers: vec![Answered {
                recurrence_id: None,
                partstat: Some(partstat),
                stamp: Stamp {
                    sequence: self.event.stamp.sequence,
                    dtstamp: now,
                },
                delegated_to: None,
                delegated_from: None,
                comment: None,
                people: None,
            }],
        };
        let known = Known {
            event: Some(&self.event),
            attendees: &[self.people[&person.address].clone()],
            blocking: &[],
            standing: &Standing::default(),
            limits: &Limits {
                events_per_organizer: None,
                invites_per_event: 10,
                enrolled_only: false,
                uninvited: Uninvited::Open,
            },
            invited_so_far: 5,
            key: &key,
        };
        for write in reply(&known, &said, now).writes {
            self.put(write.attendee().clone());
        }
    }

    /// As give-seats does.
    fn handle(&mut self, due: Option<&Address>) {
        let now = minute(self.now);
        match due {
            Some(address) => {
                let attendee = &self.people[address];
                if let Some(seated) = seat(&self.event, &self.seating, attendee, now) {
                    let asked = attendee.place == Some(Place::Asked);
                    let came_before = self.came_before(attendee);
                    if asked && seated.attendee.place == Some(Place::Seat) && !came_before {
                        assert!(self.has_room() && self.list.is_empty());
                    }
                    self.store(seated);
                }
            }
            None if !self.seating.is_counted(&self.event) => {
                for attendee in self.people.clone().into_values() {
                    if let Some(seated) = seat_from_before(&self.event, &self.seating, &attendee) {
                        assert!(self.came_before(&attendee));
                        self.store(seated);
                    }
                }
                self.seating.counted = self.event.seats.map(|seats| seats.since);
            }
            None => {}
        }
        while self.seating.has_room(&self.event) {
            let Some((_, address)) = self.list.first().cloned() else {
                break;
            };
            let attendee = &self.people[&address];
            let seated = match attendee.place {
                Some(Place::LeavesList { .. }) => seat(&self.event, &self.seating, attendee, now),
                _ => let_in(&self.event, &self.seating, attendee, now),
            };
            self.store(seated.unwrap());
        }
        self.check();
    }

    fn came_before(&self, attendee: &Attendee) -> bool {
        let answer = attendee.current_answer();
        let since = self.event.seats.map(|seats| seats.since);
        answer.is_some_and(|answer| since.is_some_and(|since| answer.arrived < since))
    }

    fn has_room(&self) -> bool {
        self.event
            .seats
            .is_none_or(|seats| self.seating.taken < seats.limit)
    }

    /// What the numbers say is what the records say.
    fn check(&self) {
        let count = |is: fn(Place) -> bool| {
            let places = self.people.values().filter_map(|attendee| attendee.place);
            u32::try_from(places.filter(|place| is(*place)).count()).unwrap()
        };
        let taken = count(|place| matches!(place, Place::Seat | Place::LeavesSeat));
        let waiting =
            count(|place| matches!(place, Place::Waiting { .. } | Place::LeavesList { .. }));
        assert_eq!(self.seating.taken, taken);
        assert_eq!(self.seating.waiting, waiting);
        assert_eq!(self.list.len(), usize::try_from(waiting).unwrap());
    }

    /// Everything that was told is handled.
    fn settle(&mut self) {
        while let Some(due) = self.due.pop() {
            self.now += 1;
            self.handle(due.as_ref());
        }
    }
}

proptest! {
    #[test]
    fn no_place_is_given_twice_and_none_stays_free_while_somebody_waits(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
        world.check();
        prop_assert!(world.list.is_empty() || !world.has_room());
        for attendee in world.people.values() {
            prop_assert!(!attendee.place.is_some_and(Place::is_open));
            match attendee.partstat {
                Partstat::Accepted if world.event.seats.is_some() => prop_assert!(attendee.place.is_some()),
                Partstat::Declined | Partstat::Tentative => prop_assert_eq!(attendee.place, None),
                _ => {}
            }
        }
        // What comes once more changes nothing.
        let (people, seating, letters) = (world.people.clone(), world.seating, world.letters);
        for address in PEOPLE.map(|text| mailbox(text).address) {
            world.handle(Some(&address));
        }
        world.handle(None);
        prop_assert_eq!((world.people, world.seating, world.letters), (people, seating, letters));
    }

    #[test]
    fn who_came_first_is_let_in_first(order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle(), leaves in 0..2_usize) {
        let mut world = World::new();
        world.step(Step::Limit(SeatsAsked::Limited(2)));
        world.settle();
        for who in &order {
            world.step(Step::Answer(*who, Partstat::Accepted));
            world.settle();
        }
        let place = |world: &World, at: usize| world.people[&mailbox(PEOPLE[order[at]]).address].place;
        prop_assert!([0, 1].into_iter().all(|at| place(&world, at) == Some(Place::Seat)));
        let waits = |at: usize| matches!(place(&world, at), Some(Place::Waiting { .. }));
        prop_assert!([2, 3, 4].into_iter().all(waits));
        world.step(Step::Answer(order[leaves], Partstat::Declined));
        world.settle();
        prop_assert_eq!(place(&world, leaves), None);
        prop_assert_eq!(place(&world, 2), Some(Place::Seat));
        // Nobody loses his place, and who has waited the longest is let in when there are more.
        world.step(Step::Limit(SeatsAsked::Limited(1)));
        world.settle();
        prop_assert_eq!(world.seating.taken, 2);
        world.step(Step::Limit(SeatsAsked::Limited(3)));
        world.settle();
        prop_assert_eq!(place(&world, 3), Some(Place::Seat));
        world.step(Step::Limit(SeatsAsked::Unlimited));
        world.settle();
        prop_assert_eq!((world.seating.waiting, place(&world, 4)), (0, Some(Place::Seat)));
    }
}

#[test]
fn who_had_accepted_before_there_was_a_limit_has_a_place() {
    let mut world = World::new();
    for who in [0, 1, 2] {
        world.step(Step::Answer(who, Partstat::Accepted));
    }
    assert_eq!(world.due, []);
    world.step(Step::Limit(SeatsAsked::Limited(1)));
    world.step(Step::Answer(3, Partstat::Accepted));
    // His answer is handled before those of before are counted.
    let his = world.due.pop().unwrap();
    world.handle(his.as_ref());
    world.settle();
    assert_eq!((world.seating.taken, world.seating.waiting), (3, 1));
    assert_eq!(world.letters, 1);
}
