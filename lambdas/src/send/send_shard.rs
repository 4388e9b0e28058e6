//! Letters to the people of a shard, many in flight: the lane of what goes to many.
//!
//! How far a shard has come is recorded as it goes; whoever takes it up again does the rest. One call works on a shard at
//! a time.

use std::rc::Rc;

use anyhow::{Context, bail};
use cloud::{
    blobs::Blobs,
    clock,
    env::Reader,
    mailer::Mailer,
    queues::Queue,
    table::{EventNow, JobKind, JobState, ShardRecord, Stored, UnwantedFeed},
    tenant::Tenant,
};
use invite::id::Uid;
use jiff::SignedDuration;

use super::{changes::Changes, listed::Listed, paced::Paced};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, ShardMessage},
    shell::{Handled, Message, PostOffice, about_event, serve_queue},
    stage::shard,
};

/// Calls at a time; each has its share of the rate.
const CALLS: u32 = 2;

pub(crate) const FUNCTION: Function = Function {
    name: "send-shard",
    handler: "send_shard",
    purpose: "Sends the letters of one shard of many people, at the rate SES has granted.",
    error_impact: "Letters to many wait in the queue; each shard remembers how far it came.",
    trigger: Trigger::Queue {
        topics: &[],
        batch_size: 1,
        max_concurrency: CALLS,
    },
    timeout_secs: 300,
    memory_mb: 256,
    environment: &[
        "API_URL",
        "CONFIGURATION_SET",
        "DYNAMODB_TABLE",
        "INBOX_BUCKET",
        "MAIL_DOMAIN",
        "SEND_CANCELLATION_QUEUE_URL",
        "SEND_SHARD_QUEUE_URL",
        "SEND_UPDATE_QUEUE_URL",
        "TENANT",
        "TENANT_KEY_SECRET",
    ],
    rights: &[
        Right {
            on: "letters",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "lists",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "table",
            actions: &[
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
        },
        Right {
            on: "index feed",
            actions: &["dynamodb:Query"],
        },
        Right {
            on: "queue send-cancellation",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "queue send-shard",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "queue send-update",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
        Right {
            on: "identity",
            actions: &["ses:SendRawEmail"],
        },
        Right {
            on: "configuration-set",
            actions: &["ses:SendRawEmail"],
        },
    ],
    run: || Box::pin(run()),
};

/// What this lane may take of SES's rate; the rest is for letters people wait for.
const SHARE: f64 = 0.8;
/// How long a claim keeps others away: longer than a call lasts.
const LAPSES_AFTER: SignedDuration = SignedDuration::from_mins(6);

#[derive(Clone)]
pub(super) struct Needs {
    pub(super) office: PostOffice,
    mailer: Mailer,
    lists: Blobs,
    own: Queue,
    pub(super) updates: Queue,
    pub(super) cancellations: Queue,
    /// Letters a second of one call.
    rate: f64,
    /// Kept from one shard to the next.
    pub(super) unwanted: Rc<UnwantedFeed>,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let lists = env.text("INBOX_BUCKET");
    let cancellations = env.text("SEND_CANCELLATION_QUEUE_URL");
    let own = env.text("SEND_SHARD_QUEUE_URL");
    let updates = env.text("SEND_UPDATE_QUEUE_URL");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let office = PostOffice::open(env).await?;
    let rate = tenant.map_or(0.0, |tenant| tenant.sends_per_second);
    let queue = |url| Queue::new(&office.cloud, url);
    let needs = Needs {
        mailer: office.mailer.without_retries(),
        lists: Blobs::new(&office.cloud, lists),
        own: queue(own),
        updates: queue(updates),
        cancellations: queue(cancellations),
        rate: rate * SHARE / f64::from(CALLS),
        unwanted: Rc::new(UnwantedFeed::default()),
        office,
    };
    serve_queue(async |message| handle(&needs.up_to_date().await, message).await).await
}

impl Needs {
    async fn up_to_date(&self) -> Self {
        Self {
            office: self.office.up_to_date().await.into_owned(),
            ..self.clone()
        }
    }
}

/// A shard, and how far it has come.
pub(super) struct Work {
    pub(super) uid: Uid,
    pub(super) job: String,
    pub(super) record: ShardRecord,
    /// Another call has begun it, and was cut off.
    pub(super) is_resumed: bool,
    /// Whoever gets no invitation gives his place of the limit back; of an ended job all are given back already.
    holds_places: bool,
}

enum Claimed {
    Yes,
    /// There is nothing to do.
    Not(&'static str),
}

/// What a call came to.
pub(super) enum Went {
    Done,
    /// Nobody further gets a letter: the event is cancelled or gone, or the organizer may not invite any more.
    Dropped,
    OutOfTime,
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let shard: ShardMessage = messages::read(&message.body)?;
    about_event(&shard.uid);
    let uid = Uid::parse(&shard.uid).context("the message names no event")?;
    let table = &needs.office.table;
    let mut now = table.event_now(&uid, &shard.job).await?;
    let Some(job) = now.job.take() else {
        bail!("there is no such job");
    };
    let has_ended = matches!(job.state, JobState::Stopped | JobState::Superseded);
    let (head, people) = shard::read(&needs.lists, &uid, &shard.job, shard.shard).await?;
    let mut work = Work {
        record: ShardRecord {
            shard: shard.shard,
            people: people.len() as u64,
            claimed_by: Some(message.id.clone()),
            ..ShardRecord::default()
        },
        job: shard.job,
        is_resumed: false,
        holds_places: job.kind == JobKind::List && !has_ended,
        uid,
    };
    // Nearly always nobody has begun it.
    if work.claim(needs).await? == Stored::Conflict
        && let Claimed::Not(why) = work.take_over(needs, message.id).await?
    {
        return Ok(why);
    }
    needs.unwanted.refresh(table).await?;
    let paced = Paced::new(&needs.mailer, needs.rate);
    let went = match job.kind {
        _ if has_ended => {
            work.record.dropped = work.record.people.saturating_sub(work.record.done);
            work.record.done = work.record.people;
            Ok(Went::Dropped)
        }
        JobKind::List => {
            let by_others = head.added_by_others;
            Listed::send(needs, &paced, &mut work, &people, by_others, now).await
        }
        JobKind::Update | JobKind::Cancellation | JobKind::Reminder => {
            Changes::send(needs, &paced, &mut work, &job, &people).await
        }
    };
    // Whoever goes on need not wait until the claim lapses.
    work.record.claimed_by = None;
    match went {
        Ok(Went::Done) => work.finish(needs).await.map(|()| "sent"),
        Ok(Went::Dropped) => work.finish(needs).await.map(|()| "dropped"),
        Ok(Went::OutOfTime) => {
            work.record.is_clean = true;
            work.note(needs).await?;
            needs.own.send_all(&[message.body]).await?;
            Ok("continued")
        }
        Err(why) => {
            work.note(needs).await?;
            Err(why)
        }
    }
}

fn is_claimed_by_another(record: &ShardRecord, me: &str) -> bool {
    let lapsed = clock::now()
        .checked_sub(LAPSES_AFTER)
        .map_or(0, |then| then.as_millisecond());
    record.claimed_by.as_deref().is_some_and(|by| by != me) && record.claimed_at >= lapsed
}

impl Work {
    /// Takes a shard up that another call has begun.
    async fn take_over(&mut self, needs: &Needs, me: String) -> anyhow::Result<Claimed> {
        let table = &needs.office.table;
        let known = table.shard(&self.uid, &self.job, self.record.shard).await?;
        let Some(known) = known else {
            bail!("the shard's record is gone again");
        };
        if known.is_done {
            return Ok(Claimed::Not("sent-before"));
        }
        if is_claimed_by_another(&known, &me) {
            bail!("another call is sending this shard");
        }
        self.is_resumed = !known.is_clean;
        self.record = ShardRecord {
            claimed_by: Some(me),
            is_clean: false,
            ..known
        };
        self.note(needs).await?;
        Ok(Claimed::Yes)
    }

    /// The event as it is now, and how many were invited to it.
    pub(super) async fn event_now(&self, needs: &Needs) -> anyhow::Result<EventNow> {
        let table = &needs.office.table;
        Ok(table.event_now(&self.uid, &self.job).await?)
    }

    /// Everybody is dealt with; places nobody took are given back.
    async fn finish(&mut self, needs: &Needs) -> anyhow::Result<()> {
        self.record.is_done = true;
        let record = &self.record;
        let unused = if self.holds_places {
            record.already_invited + record.unwanted + record.dropped
        } else {
            0
        };
        self.store(needs, unused).await
    }

    /// Records how far it has come.
    pub(super) async fn note(&mut self, needs: &Needs) -> anyhow::Result<()> {
        self.store(needs, 0).await
    }

    async fn store(&mut self, needs: &Needs, unused: u64) -> anyhow::Result<()> {
        match self.advance(needs, unused).await? {
            Stored::Done => Ok(()),
            Stored::Conflict => bail!("another call is sending this shard"),
        }
    }

    /// Begins the shard, on condition that nobody has.
    async fn claim(&mut self, needs: &Needs) -> anyhow::Result<Stored> {
        self.advance(needs, 0).await
    }

    async fn advance(&mut self, needs: &Needs, unused: u64) -> anyhow::Result<Stored> {
        let now = clock::now();
        self.record.claimed_at = now.as_millisecond();
        let table = &needs.office.table;
        Ok(table
            .advance_shard(&self.uid, &self.job, &mut self.record, unused, now)
            .await?)
    }
}
