//! Reminders asked for, sent, sent again, answered and overtaken by changes in any order.

use invite::{
    decide::{
        CannotRemind, MAX_REMINDERS, NotReminded, REMINDED_EVERY, Reminder, Standing, Tells,
        may_remind,
    },
    delivery::{Posted, Unwanted},
    event::{Attendee, Event, InstanceAnswer, Origin},
    ical::Partstat,
};

use super::{fan_out::event, *};

/// When the event begins, in minutes: after a good week.
const BEGINS: i64 = 10_000;

fn kickoff() -> Event {
    let mut event = event();
    event.details.start = CalendarTime::Utc(minute(BEGINS));
    event.details.end = CalendarTime::Utc(minute(BEGINS + 60));
    event
}

fn bob() -> Attendee {
    Attendee::invited(mailbox("bob@b.test"), Origin::Api, minute(0))
}

/// Who has been told how the event is.
fn told(event: &Event) -> Posted {
    Posted {
        sent_revision: Some(event.revision),
        ..Posted::default()
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// A reminder is asked for.
    Ask,
    /// The letter of one that was asked for is about to go, perhaps not for the first time.
    Send(prop::sample::Index),
    Answer(Partstat),
    /// A significant change.
    Change,
    /// He hears of it.
    Tell,
    Cancel,
    Minutes(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Ask),
        6 => any::<prop::sample::Index>().prop_map(Step::Send),
        1 => prop::sample::select(&[Partstat::Accepted, Partstat::Declined, Partstat::Tentative][..]).prop_map(Step::Answer),
        1 => Just(Step::Change),
        2 => Just(Step::Tell),
        1 => prop_oneof![9 => Just(Step::Minutes(1)), 1 => Just(Step::Cancel)],
        4 => (1..2_000_i64).prop_map(Step::Minutes),
    ]
}

struct World {
    event: Event,
    bob: Attendee,
    posted: Posted,
    now: i64,
    /// What was asked for: when, and of which revision.
    jobs: Vec<(Timestamp, u64)>,
    /// Letters that have gone: of which job, when.
    letters: Vec<(usize, Timestamp)>,
    has_answered: bool,
    knows: bool,
}

impl World {
    fn new() -> Self {
        let event = kickoff();
        Self {
            posted: told(&event),
            event,
            bob: bob(),
            now: 1,
            jobs: Vec::new(),
            letters: Vec::new(),
            has_answered: false,
            knows: true,
        }
    }

    fn take(&mut self, step: &Step) {
        let now = minute(self.now);
        match step {
            Step::Ask => {
                if may_remind(&self.event, &Standing::default(), now).is_ok() {
                    self.jobs.push((now, self.event.revision));
                }
            }
            Step::Send(at) if !self.jobs.is_empty() => self.send(at.index(self.jobs.len())),
            Step::Answer(partstat) => {
                self.bob.partstat = *partstat;
                self.bob.partstat_sequence = self.event.stamp.sequence;
                self.has_answered = true;
            }
            Step::Change => {
                self.event.revision += 1;
                self.event.stamp.sequence += 1;
                self.event.open_since = self.event.stamp.sequence;
                (self.has_answered, self.knows) = (false, false);
            }
            Step::Tell => {
                self.posted.sent_revision = Some(self.event.revision);
                self.knows = true;
            }
            Step::Cancel => {
                self.event.revision += 1;
                self.event.status = Status::Cancelled;
            }
            Step::Minutes(minutes) => self.now += minutes,
            Step::Send(_) => {}
        }
    }

    fn send(&mut self, job: usize) {
        let now = minute(self.now);
        let (asked, revision) = self.jobs[job];
        if (Tells::Reminder { revision }).is_superseded(Some(&self.event), now) {
            return;
        }
        let reminder = Reminder {
            event: &self.event,
            asked,
        };
        let decided = reminder.reminds(&self.bob, &self.posted, now);
        let (is_first, has_rested) = (
            self.letters.iter().all(|(other, _)| *other != job),
            self.letters
                .last()
                .is_none_or(|(_, last)| now.duration_since(*last) >= REMINDED_EVERY),
        );
        if decided.is_ok() {
            assert!(!self.has_answered, "he has answered");
            assert!(self.knows, "he does not know how the event is");
            assert!(is_first && has_rested, "{:?}", self.letters);
            assert!(self.letters.len() < 3, "{:?}", self.letters);
            assert!(now < minute(BEGINS) && !self.event.is_cancelled());
            self.letters.push((job, now));
            self.posted.reminded.times += 1;
            self.posted.reminded.last = Some(now);
        } else if self.letters.is_empty() {
            assert!(self.has_answered || !self.knows, "{decided:?}");
        }
    }
}

proptest! {
    #[test]
    fn who_has_not_answered_is_reminded_and_seldom_enough(
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
    }
}

#[test]
fn nobody_is_reminded_of_what_does_not_take_place_has_begun_or_is_not_to_be_sent() {
    let standing = Standing::default();
    let suspended = Standing {
        suspended: true,
        ..Standing::default()
    };
    let cancelled = Event {
        status: Status::Cancelled,
        ..kickoff()
    };
    let before = minute(BEGINS - 1);
    assert_eq!(may_remind(&kickoff(), &standing, before), Ok(()));
    for (event, standing, now, expected) in [
        (&kickoff(), &standing, minute(BEGINS), CannotRemind::Begun),
        (&cancelled, &standing, before, CannotRemind::Cancelled),
        (
            &kickoff(),
            &suspended,
            before,
            CannotRemind::OrganizerSuspended,
        ),
    ] {
        assert_eq!(may_remind(event, standing, now), Err(expected));
    }
}

#[test]
fn each_has_his_reason_why_he_is_not_reminded() {
    let event = kickoff();
    let now = minute(5_000);
    let reminder = Reminder {
        event: &event,
        asked: minute(4_990),
    };
    let reminded = |times, last| {
        let mut posted = told(&event);
        posted.reminded.times = times;
        posted.reminded.last = Some(minute(last));
        posted
    };
    let unwanted = Posted {
        withheld: Some(Unwanted::Blocked),
        ..told(&event)
    };
    let declined = Attendee {
        partstat: Partstat::Declined,
        ..bob()
    };
    let delegated = Attendee {
        partstat: Partstat::Delegated,
        ..bob()
    };
    let day = CalendarTime::Utc(minute(BEGINS)).instance_key();
    let of_a_date = Attendee {
        instances: [(
            day,
            InstanceAnswer {
                partstat: Partstat::Accepted,
                stamp: event.stamp,
                arrived: minute(10),
                digest: Some(digest("a reply")),
                superseded: false,
            },
        )]
        .into(),
        ..bob()
    };
    use NotReminded as N;
    for (attendee, posted, expected) in [
        (bob(), told(&event), Ok(())),
        (declined, told(&event), Err(N::Answered)),
        (delegated, told(&event), Err(N::Answered)),
        (of_a_date, told(&event), Err(N::Answered)),
        (bob(), Posted::default(), Err(N::NotTold)),
        (bob(), unwanted, Err(N::Unwanted(Unwanted::Blocked))),
        (bob(), reminded(1, 5_000 - 24 * 60), Ok(())),
        (bob(), reminded(1, 5_000 - 24 * 60 + 1), Err(N::TooSoon)),
        (bob(), reminded(MAX_REMINDERS, 10), Err(N::OftenEnough)),
    ] {
        assert_eq!(
            reminder.reminds(&attendee, &posted, now),
            expected,
            "{attendee:?} {posted:?}"
        );
    }
    // The rest of a reminder may go days after its beginning, which reached him.
    let late = Reminder {
        event: &event,
        asked: minute(0),
    };
    assert_eq!(
        late.reminds(&bob(), &reminded(1, 1), minute(3_000)),
        Err(N::TooSoon)
    );
}
