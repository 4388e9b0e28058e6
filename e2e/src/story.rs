//! One event from the first mail to the cancellation, each step seen in mailbox, table and API.

pub mod teller;

pub mod timing;

mod asked;
mod left;

mod returned;

mod steps;

mod witness;

use std::{sync::Mutex, time::Duration};

use jiff::{Timestamp, ToSpan, civil};
use serde::Serialize;

use crate::{
    fault::Fault,
    person::{Meeting, Person},
    world::World,
};
use teller::{Step, Teller, millis};
use timing::Distribution;

/// How the story is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// How long each thing may take to be seen.
    pub within: Duration,
    /// How many updates are measured.
    pub updates: u32,
    /// Whether it is printed as it goes.
    pub aloud: bool,
}

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// Whether each step was seen in mailbox, table and API.
    pub ok: bool,
    /// The steps taken; the last one is the one that failed, if one did.
    pub steps: Vec<Step>,
    /// From the organizer's mail in to the attendee's mail out.
    pub mail_in_to_mail_out: Option<Distribution>,
    /// All of it.
    pub duration_ms: u64,
    /// What went wrong, and what was seen.
    pub failure: Option<Failure>,
}

/// What went wrong, and what was seen.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Failure {
    /// In which step.
    pub step: String,
    /// Why.
    pub reason: String,
    /// What stands in mailboxes, table, API, outcomes and dead-letter queues.
    pub seen: Vec<String>,
    /// Where the logs are.
    pub logs: String,
}

/// The people of one story: nobody else ever had these addresses.
#[derive(Clone, Debug)]
struct Cast {
    alice: Person,
    bob: Person,
    carol: Person,
    dave: Person,
    erin: Person,
}

/// What one story knows while it goes on.
struct Story<'a> {
    world: &'a World,
    within: Duration,
    cast: Cast,
    meeting: Mutex<Meeting>,
    uid: Mutex<Option<String>>,
    mails: Mutex<Vec<(&'static str, String)>>,
}

/// Tells it.
pub async fn tell(world: &World, options: Options, now: Timestamp) -> Report {
    let name: String = std::iter::repeat_with(fastrand::lowercase)
        .take(8)
        .collect();
    let story = Story::new(world, options.within, &name, now);
    let mut teller = Teller::new(options.aloud);
    let mut waits = Vec::new();
    let end = story.all(&mut teller, options.updates, &mut waits).await;
    let distribution = Distribution::of(&waits);
    if let Some(distribution) = distribution {
        teller.say(format!("  mail in → attendee's mail out: {distribution}"));
    }
    let failure = match end {
        Ok(()) => None,
        Err(fault) => Some(story.failure(&teller, &fault).await),
    };
    if let Some(failure) = &failure {
        failure.say(&teller);
    }
    Report {
        ok: failure.is_none(),
        mail_in_to_mail_out: distribution,
        duration_ms: millis(teller.elapsed()),
        steps: teller.steps,
        failure,
    }
}

impl<'a> Story<'a> {
    fn new(world: &'a World, within: Duration, name: &str, now: Timestamp) -> Self {
        let domain = format!("{name}.test");
        let next_month = now
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .saturating_add(30.days());
        Self {
            world,
            within,
            cast: Cast {
                alice: Person::new("Alice Ng", &domain),
                bob: Person::new("Bob", &domain),
                carol: Person::new("Carol", &domain),
                dave: Person::new("Dave", &domain),
                erin: Person::new("Erin", &domain),
            },
            meeting: Mutex::new(Meeting {
                client_uid: format!("kickoff-{name}@{domain}"),
                sequence: 0,
                summary: format!("Kick-off {name}"),
                location: "Room 1".to_owned(),
                start: next_month.to_datetime(civil::time(10, 0, 0, 0)),
            }),
            uid: Mutex::new(None),
            mails: Mutex::new(Vec::new()),
        }
    }

    async fn all(
        &self,
        teller: &mut Teller,
        updates: u32,
        waits: &mut Vec<Duration>,
    ) -> Result<(), Fault> {
        let create = self.world.stack.address("create");
        let uid = teller
            .step(
                format!("Alice mails an invitation to {create}: the event is in the table and the API, she is told"),
                self.create(),
            )
            .await?;
        let invitations = teller
            .step(
                "Bob, Carol and Dave are invited by the API: each gets an invitation their client can answer",
                self.invite(&uid),
            )
            .await?;
        teller
            .step(
                "They accept, hesitate and decline by mail: the statistics know",
                self.answer(&uid, &invitations),
            )
            .await?;
        let updated = teller
            .step(
                "Alice moves the event: all three get the update, their answers are open again",
                self.move_it(&uid),
            )
            .await?;
        teller
            .step(
                "Bob accepts again: he is counted once",
                self.accept_again(&uid, &updated),
            )
            .await?;
        if updates > 0 {
            let measured = teller
                .step(
                    format!("Alice changes the room {updates} times: Bob hears of each"),
                    self.measure(&uid, updates),
                )
                .await?;
            waits.extend(measured);
        }
        teller
            .step(
                "A letter comes back: the record and the API say why",
                self.come_back(&uid),
            )
            .await?;
        teller
            .step(
                "Erin wants no more mail: one click does it, and a mail is confirmed",
                self.leave(&uid),
            )
            .await?;
        teller
            .step(
                "A stranger cancels in her name: refused with a reason, the event stands",
                self.forge(&uid),
            )
            .await?;
        teller
            .step(
                "Alice mails without a calendar: refused, and she is told what to do",
                self.mail_without_calendar(),
            )
            .await?;
        teller
            .step(
                "Alice cancels: everybody is told, the event is cancelled",
                self.cancel(&uid),
            )
            .await?;
        teller
            .step(
                "The ledger says what she asked for and what came of it",
                self.ask_why(&uid),
            )
            .await
    }
}
