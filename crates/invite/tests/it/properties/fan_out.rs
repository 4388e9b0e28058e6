//! What reaches many people: changed, stopped, released and repeated in any order.

use invite::{
    command::Stop,
    decide::{
        self, Due, Hold, Ignored, Limits, RequestDecision, Stage, Standing, StopDecision,
        Stoppable, Tells, stop_by_mail, stop_is_about,
    },
    event::{Event, Uninvited},
    id::StopToken,
};

use super::*;

const LIMITS: Limits = Limits {
    events_per_organizer: None,
    invites_per_event: 10,
    enrolled_only: false,
    uninvited: Uninvited::Open,
};
const HOLD: Hold = Hold {
    above: 2,
    wait: SignedDuration::from_mins(10),
};
/// Attendees from the start; more than may be told without waiting.
const ATTENDEES: usize = 4;

pub(super) fn event() -> Event {
    let sent = Stamp {
        sequence: 0,
        dtstamp: minute(0),
    };
    let request = Request {
        organizer: mailbox("alice@a.test"),
        mailto: mailbox("create@acme.invites.example").address,
        client_uid: "kickoff".to_owned(),
        prodid: String::new(),
        whole: Some(Whole {
            stamp: sent,
            details: Details {
                start: CalendarTime::Utc(minute(1000)),
                end: CalendarTime::Utc(minute(1060)),
                status: Status::Confirmed,
                summary: "Kick-off".to_owned(),
                description: String::new(),
                description_html: None,
                location: String::new(),
                alarms: Vec::new(),
                other: Vec::new(),
                recurrence: Vec::new(),
                zones: Vec::new(),
            },
        }),
        instances: Vec::new(),
        settings: EventSettings::default(),
        digest: digest("kickoff"),
    };
    let standing = Standing::default();
    let created = decide::request(None, None, &standing, &LIMITS, &key(), &request, minute(0));
    match created {
        RequestDecision::Create(event) => *event,
        other => panic!("{other:?}"),
    }
}

/// A job's record.
#[derive(Clone, Debug)]
struct Job {
    tells: Tells,
    stage: Stage,
    version: u32,
    /// Of a list: places it holds.
    places: i64,
    sent: usize,
}

/// What a function has decided and not yet stored.
#[derive(Clone, Debug)]
struct Pending {
    job: usize,
    version: u32,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Message {
    Change { revision: u64, cancelled: bool },
    Due { job: usize },
    Send { job: usize, person: usize },
}

#[derive(Clone, Debug)]
enum Step {
    Change,
    Cancel,
    List(i64),
    Stop(prop::sample::Index),
    /// Delivers a message; it may come again.
    Deliver(prop::sample::Index, bool),
    /// Stores what was decided.
    Store(prop::sample::Index),
    Minutes(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Change),
        1 => Just(Step::Cancel),
        1 => (1..6_i64).prop_map(Step::List),
        2 => any::<prop::sample::Index>().prop_map(Step::Stop),
        8 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(at, again)| Step::Deliver(at, again)),
        4 => any::<prop::sample::Index>().prop_map(Step::Store),
        2 => (1..12_i64).prop_map(Step::Minutes),
    ]
}

struct World {
    event: Event,
    now: i64,
    jobs: Vec<Job>,
    pending: Vec<Pending>,
    messages: Vec<Message>,
    told: Vec<u64>,
    invited: i64,
}

impl World {
    fn new() -> Self {
        let event = event();
        Self {
            told: vec![event.revision; ATTENDEES],
            invited: i64::try_from(ATTENDEES).unwrap(),
            event,
            now: 0,
            jobs: Vec::new(),
            pending: Vec::new(),
            messages: Vec::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Change => self.change(false),
            Step::Cancel => self.change(true),
            Step::List(people) => self.list(*people),
            Step::Stop(at) if !self.jobs.is_empty() => {
                let job = at.index(self.jobs.len());
                if decide::stop(self.jobs[job].stage).is_ok() {
                    self.decided(job, Stage::Stopped);
                }
            }
            Step::Deliver(at, again) if !self.messages.is_empty() => {
                let at = at.index(self.messages.len());
                let message = self.messages[at];
                if !again {
                    self.messages.swap_remove(at);
                }
                self.deliver(message);
            }
            Step::Store(at) if !self.pending.is_empty() => {
                let pending = self.pending.swap_remove(at.index(self.pending.len()));
                self.store(&pending);
            }
            Step::Minutes(minutes) => self.now += minutes,
            Step::Stop(_) | Step::Deliver(..) | Step::Store(_) => {}
        }
        assert!(self.invited >= 0, "places are negative");
        for job in &self.jobs {
            assert!(job.stage != Stage::Stopped || job.sent == 0, "{job:?}");
            assert!(job.stage != Stage::Superseded || job.sent == 0, "{job:?}");
        }
    }

    fn change(&mut self, cancelled: bool) {
        self.event.revision += 1;
        self.event.status = if cancelled {
            Status::Cancelled
        } else {
            Status::Confirmed
        };
        let revision = self.event.revision;
        self.messages.push(Message::Change {
            revision,
            cancelled,
        });
    }

    /// A list is checked: its places are taken, and it waits or goes.
    fn list(&mut self, people: i64) {
        let limit = i64::from(LIMITS.invites_per_event);
        if self.event.is_cancelled() || self.invited + people > limit {
            return;
        }
        self.invited += people;
        let until = HOLD.until(people.unsigned_abs(), minute(self.now));
        self.begin(Tells::Invitation, until, people);
    }

    fn begin(&mut self, tells: Tells, until: Option<Timestamp>, places: i64) {
        self.messages.push(Message::Due {
            job: self.jobs.len(),
        });
        self.jobs.push(Job {
            tells,
            stage: until.map_or(Stage::Going, |until| Stage::Held { until }),
            version: 0,
            places,
            sent: 0,
        });
    }

    fn decided(&mut self, job: usize, stage: Stage) {
        let version = self.jobs[job].version;
        self.pending.push(Pending {
            job,
            version,
            stage,
        });
    }

    fn store(&mut self, pending: &Pending) {
        let job = &mut self.jobs[pending.job];
        if job.version != pending.version {
            // Decided again when the message comes again; a stop is answered by what came first.
            return;
        }
        job.version += 1;
        job.stage = pending.stage;
        if matches!(job.stage, Stage::Stopped | Stage::Superseded) {
            self.invited -= std::mem::take(&mut job.places);
        }
    }

    fn deliver(&mut self, message: Message) {
        match message {
            Message::Change {
                revision,
                cancelled,
            } => self.stage_change(revision, cancelled),
            Message::Due { job } => self.due(job),
            Message::Send { job, person } => self.send(job, person),
        }
    }

    fn stage_change(&mut self, revision: u64, cancelled: bool) {
        let tells = if cancelled {
            Tells::Cancellation { revision }
        } else {
            Tells::Update { revision }
        };
        if tells.is_superseded(Some(&self.event), minute(self.now)) {
            return;
        }
        for job in 0..self.jobs.len() {
            let Job { tells, stage, .. } = self.jobs[job];
            let due = decide::due(tells, stage, Some(&self.event), minute(self.now));
            if due == Due::Supersede {
                self.decided(job, Stage::Superseded);
            }
        }
        if self.jobs.iter().any(|job| job.tells == tells) {
            return;
        }
        let people = self.told.iter().filter(|told| **told < revision).count();
        let until = HOLD.until(people as u64, minute(self.now));
        self.begin(tells, until, 0);
    }

    fn due(&mut self, job: usize) {
        let Job { tells, stage, .. } = self.jobs[job];
        match decide::due(tells, stage, Some(&self.event), minute(self.now)) {
            Due::Wait { .. } => self.messages.push(Message::Due { job }),
            Due::Release => {
                self.decided(job, Stage::Going);
                self.messages.push(Message::Due { job });
            }
            Due::Send => {
                let people = 0..self.told.len();
                self.messages
                    .extend(people.map(|person| Message::Send { job, person }));
            }
            Due::Supersede => {
                self.decided(job, Stage::Superseded);
                self.messages.push(Message::Due { job });
            }
            Due::Nothing => {}
        }
    }

    /// One letter, as the sender of a shard does it.
    fn send(&mut self, job: usize, person: usize) {
        let job = &mut self.jobs[job];
        assert_eq!(job.stage, Stage::Going, "sent, and not released: {job:?}");
        if job.tells.is_superseded(Some(&self.event), minute(self.now)) {
            self.invited -= std::mem::take(&mut job.places);
            return;
        }
        let revision = match job.tells {
            Tells::Update { revision } | Tells::Cancellation { revision } => revision,
            Tells::Invitation | Tells::Reminder { .. } => return,
        };
        if self.told[person] < revision {
            job.sent += 1;
            self.told[person] = revision;
        }
    }

    /// Everything that is under way ends, and time goes by.
    fn settle(&mut self) {
        for _ in 0..50 {
            self.now += 11;
            for pending in std::mem::take(&mut self.pending) {
                self.store(&pending);
            }
            for message in std::mem::take(&mut self.messages) {
                self.deliver(message);
            }
            if self.messages.is_empty() && self.pending.is_empty() {
                return;
            }
        }
        panic!("it does not end: {:?} {:?}", self.messages, self.pending);
    }
}

proptest! {
    #[test]
    fn nobody_is_told_an_older_revision_and_what_is_stopped_is_not_sent(
        steps in proptest::collection::vec(step(), 0..60),
    ) {
        let mut world = World::new();
        for step in &steps {
            let before = world.told.clone();
            world.take(step);
            prop_assert!(before.iter().zip(&world.told).all(|(before, after)| before <= after));
        }
        world.settle();
        prop_assert!(world.invited >= 0);
        // Of the newest change everybody knows, unless it was stopped; then nobody does.
        let newest = world.jobs.iter().rev().find(|job| !matches!(job.tells, Tells::Invitation));
        if let Some(newest) = newest {
            let revision = world.event.revision;
            match newest.stage {
                Stage::Going => prop_assert!(world.told.iter().all(|told| *told == revision)),
                Stage::Stopped => prop_assert!(world.told.iter().all(|told| *told < revision)),
                other => prop_assert!(false, "{other:?}"),
            }
        }
        // What waited has ended, and each list holds the places of those it invites.
        let held: i64 = world.jobs.iter().map(|job| job.places).sum();
        prop_assert_eq!(world.invited, i64::try_from(ATTENDEES).unwrap() + held);
        for job in &world.jobs {
            let waits = matches!(job.stage, Stage::Held { .. } | Stage::Preparing);
            prop_assert!(!waits, "{:?}", job);
            prop_assert!(job.stage != Stage::Stopped || job.places == 0);
        }
    }

    #[test]
    fn what_reaches_more_than_so_many_waits_so_long(people in any::<u64>(), above in any::<u64>()) {
        let hold = Hold { above, wait: SignedDuration::from_mins(10) };
        let until = hold.until(people, minute(0));
        prop_assert_eq!(until, (people > above).then(|| minute(10)));
    }
}

fn stopping(says_stop: bool) -> Stop {
    let event = event();
    Stop {
        token: StopToken::derive(&key(), &event.uid, "update-2"),
        uid: event.uid,
        from: mailbox("alice@a.test"),
        from_is_authenticated: true,
        says_stop,
    }
}

#[test]
fn the_organizer_alone_stops_a_job_and_only_while_it_waits() {
    let event = event();
    let of_mallory = Stop {
        from: mailbox("mallory@m.test"),
        ..stopping(true)
    };
    let unproven = Stop {
        from_is_authenticated: false,
        ..stopping(true)
    };
    let held = Stage::Held { until: minute(10) };
    let nothing = || "ignored nothing-waits".to_owned();
    for (mail, stage, expected) in [
        (stopping(true), Some(held), "stop".to_owned()),
        (stopping(false), Some(held), "refused not-a-stop".to_owned()),
        (
            stopping(true),
            Some(Stage::Going),
            "refused too-late-to-stop".to_owned(),
        ),
        (stopping(false), Some(Stage::Going), nothing()),
        (stopping(true), Some(Stage::Stopped), nothing()),
        (
            stopping(true),
            Some(Stage::Superseded),
            "refused stop-superseded".to_owned(),
        ),
        (stopping(true), Some(Stage::Preparing), nothing()),
        (stopping(true), None, nothing()),
        (of_mallory, Some(held), "refused not-your-event".to_owned()),
        (unproven, Some(held), "quarantine".to_owned()),
    ] {
        let job = stage.map(|stage| Stoppable {
            job: "update-2",
            stage,
            people: 600,
            sent: 12,
        });
        let said = match stop_by_mail(Some(&event), job.as_ref(), &mail) {
            StopDecision::Stop => "stop".to_owned(),
            StopDecision::Quarantine => "quarantine".to_owned(),
            StopDecision::Ignore(why) => format!("ignored {}", why.code()),
            StopDecision::Refuse(why) => format!("refused {}", why.code()),
        };
        assert_eq!(said, expected, "{stage:?} {mail:?}");
    }
    assert_eq!(
        stop_by_mail(None, None, &stopping(true)),
        StopDecision::Ignore(Ignored::UnknownEvent)
    );
}

#[test]
fn a_mail_is_about_the_job_its_address_names() {
    let mail = stopping(true);
    assert!(stop_is_about(&key(), &mail, "update-2"));
    assert!(!stop_is_about(&key(), &mail, "update-3"));
}
