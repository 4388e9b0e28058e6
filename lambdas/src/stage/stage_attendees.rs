//! An event has changed or is cancelled, or those are to be reminded who have not answered: everybody who is to hear of it is found, page by page. Of few, each has a message
//! of his own; many are staged in shards, and wait, if they are too many to be told at once.
//!
//! The cursor is stored with each page, so whoever takes the job up again goes on there; what was queued twice is sent
//! once, by the claim on the attendee. What has waited, also lists, is let go here.

use anyhow::{Context, bail};
use cloud::{
    Cloud,
    blobs::Blobs,
    clock::{self, Stopwatch},
    env::Reader,
    queues::Queue,
    table::{AttendeePage, Invitations, JobKind, JobRecord, JobState, Kind, Stored, Table},
    tenant::Tenant,
};
use invite::{
    address::Mailbox,
    decide::{Hold, Reminder},
    delivery::{Posted, stands_against},
    event::{Attendee, Event},
    id::Uid,
};
use jiff::Timestamp;

use super::{
    shard::{self, ShardHead},
    waiting::{Lanes, hold_or_go, supersede},
};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, JobMessage, LetterMessage, StagingMessage},
    shell::{Handled, Message, WORKS_FOR, about_event, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "stage-attendees",
    handler: "stage_attendees",
    purpose: "Finds everybody who is to hear of an updated or cancelled event, or to be reminded of it, page by page; lets go what has waited.",
    error_impact: "Attendees are not told of updates and cancellations, and not reminded; the job waits in the queue with its cursor.",
    trigger: Trigger::Queue {
        topics: &["event-updated", "event-cancelled", "reminder-requested"],
        batch_size: 1,
        max_concurrency: 5,
    },
    timeout_secs: 300,
    memory_mb: 256,
    environment: &[
        "DYNAMODB_TABLE",
        "INBOX_BUCKET",
        "SEND_CANCELLATION_QUEUE_URL",
        "SEND_SHARD_QUEUE_URL",
        "SEND_UPDATE_QUEUE_URL",
        "STAGE_ATTENDEES_QUEUE_URL",
        "TENANT",
    ],
    rights: &[
        Right {
            on: "lists",
            actions: &["s3:PutObject"],
        },
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
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
            on: "queue stage-attendees",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

/// Attendees gone through between two writes of the cursor: a shard.
const PAGE: i32 = 1000;
/// So few have a message each, in the lane of what people wait for.
const FEW: usize = 100;
/// The revision an event has when people are invited first.
const FIRST_REVISION: u64 = 1;

struct Needs {
    table: Table,
    lists: Blobs,
    lanes: Lanes,
    updates: Queue,
    cancellations: Queue,
    hold: Option<Hold>,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let lists = env.text("INBOX_BUCKET");
    let cancellations = env.text("SEND_CANCELLATION_QUEUE_URL");
    let shards = env.text("SEND_SHARD_QUEUE_URL");
    let updates = env.text("SEND_UPDATE_QUEUE_URL");
    let staging = env.text("STAGE_ATTENDEES_QUEUE_URL");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let tenant = env.finish(tenant)?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        lists: Blobs::new(&cloud, lists),
        lanes: Lanes {
            shards: Queue::new(&cloud, shards),
            staging: Queue::new(&cloud, staging),
        },
        updates: Queue::new(&cloud, updates),
        cancellations: Queue::new(&cloud, cancellations),
        hold: tenant.hold,
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let (uid, change, name) = match messages::read(&message.body)? {
        StagingMessage::EventUpdated { uid, revision } => {
            (uid, Some((JobKind::Update, revision)), None)
        }
        StagingMessage::EventCancelled { uid, revision } => {
            (uid, Some((JobKind::Cancellation, revision)), None)
        }
        StagingMessage::ReminderRequested { uid, job } | StagingMessage::JobDue { uid, job } => {
            (uid, None, Some(job))
        }
    };
    about_event(&uid);
    let uid = Uid::parse(&uid).context("the message names no event")?;
    let event = needs.table.event(&uid).await?;
    let name = match (name, change) {
        (Some(name), _) => name,
        (None, Some((kind, revision))) => {
            let name = JobRecord::name_of_change(kind, revision);
            // A newer change has its own telling, and this one is not to be begun.
            if let Some(event) = event.as_ref().filter(|event| event.revision == revision) {
                begin(needs, event, kind, &name).await?;
            }
            name
        }
        (None, None) => bail!("the message names no job"),
    };
    let Some(mut job) = needs.table.job(&uid, &name).await? else {
        return Ok("superseded");
    };
    let stopwatch = Stopwatch::start();
    let mut event = event;
    while job.state == JobState::Staging {
        let Some(now) = event.filter(|event| !job.tells().is_superseded(Some(event), clock::now()))
        else {
            return supersede(&needs.table, &uid, &mut job).await;
        };
        if stopwatch.elapsed() > WORKS_FOR {
            let message = messages::write(&JobMessage {
                uid: uid.as_str().to_owned(),
                job: job.job,
            })?;
            needs.lanes.staging.send_all(&[message]).await?;
            return Ok("continued");
        }
        stage_page(needs, &now, &mut job).await?;
        // Asked before each page, and before it goes: something newer may have come.
        event = needs.table.event(&uid).await?;
    }
    needs
        .lanes
        .go_on(&needs.table, &uid, event.as_ref(), &mut job)
        .await
}

/// Records the job, and that it takes the place of what waits.
async fn begin(needs: &Needs, event: &Event, kind: JobKind, name: &str) -> anyhow::Result<()> {
    let (table, uid) = (&needs.table, &event.uid);
    let jobs = table.jobs(uid).await?;
    let older = jobs.into_iter().filter(|job| job.job != name);
    let (waiting, others): (Vec<JobRecord>, Vec<JobRecord>) = older.partition(|job| {
        let is_waiting = match job.kind {
            // A list that is still gone through is seen to when that ends.
            JobKind::List => job.state == JobState::Held,
            JobKind::Update | JobKind::Cancellation | JobKind::Reminder => {
                !job.is_decided() || job.state == JobState::Held
            }
        };
        is_waiting && job.tells().is_superseded(Some(event), clock::now())
    });
    if table.job(uid, name).await?.is_none() {
        // A reminder goes to those alone who know that revision.
        let gone = others
            .iter()
            .filter(|job| job.state == JobState::Staged && job.kind != JobKind::Reminder);
        let last_told = gone.filter_map(|job| job.revision).max();
        let held = waiting.iter().filter(|job| job.state == JobState::Held);
        let newest = held.max_by_key(|job| job.created);
        let job = JobRecord {
            replaces: newest.map(|job| job.job.clone()),
            last_told: Some(last_told.unwrap_or(FIRST_REVISION)),
            ..JobRecord::of_change(
                kind,
                event.revision,
                (&event.organizer).into(),
                clock::now(),
            )
        };
        // A conflict: another delivery of the message has begun it.
        let (Stored::Done | Stored::Conflict) = table.create_job(uid, &job).await?;
    }
    for mut job in waiting {
        supersede(table, uid, &mut job).await?;
    }
    Ok(())
}

async fn stage_page(needs: &Needs, event: &Event, job: &mut JobRecord) -> anyhow::Result<()> {
    let (table, uid) = (&needs.table, &event.uid);
    let kind = match job.kind {
        JobKind::Cancellation => Kind::Cancellation,
        JobKind::Reminder => Kind::Reminder,
        JobKind::Update | JobKind::List => Kind::Update,
    };
    let page = table
        .attendees(uid, job.staged_through.as_deref(), PAGE)
        .await?;
    let now = clock::now();
    let people = match kind {
        Kind::Reminder => reminded(&page, event, job, now),
        _ => told(&page, kind, event.revision),
    };
    let is_last = page.next.is_none();
    job.people += people.len() as u64;
    if is_last {
        hold_or_go(job, needs.hold, now);
    }
    // Nobody waits for a reminder.
    let are_few =
        is_last && job.shards == 0 && people.len() <= FEW && job.kind != JobKind::Reminder;
    if are_few && job.state != JobState::Held {
        queue_each(needs, event, kind, &people).await?;
        job.is_direct = true;
        job.is_queued = true;
    } else if !people.is_empty() && !job.dry_run {
        let key = shard::shard_key(uid, &job.job, job.shards);
        let people = people.into_iter().map(|person| (person, [].as_slice()));
        let bytes = shard::written(&ShardHead::default(), people)?;
        needs.lists.write(&key, bytes).await?;
        job.shards += 1;
    }
    job.staged_through = page.next.or_else(|| job.staged_through.take());
    let nobody = Invitations::default();
    match table.advance_job(uid, job, 0, nobody).await? {
        Stored::Done => Ok(()),
        Stored::Conflict => bail!("another call is staging the same change"),
    }
}

/// Who of a page hears of a change.
fn told(page: &AttendeePage, kind: Kind, revision: u64) -> Vec<&Mailbox> {
    page.attendees
        .iter()
        .zip(&page.posted)
        .filter(|(attendee, posted)| hears_of_it(attendee, posted, kind, revision))
        .map(|(attendee, _)| &attendee.mailbox)
        .collect()
}

/// Who of a page is reminded; why the others are not is counted in the job.
fn reminded<'a>(
    page: &'a AttendeePage,
    event: &Event,
    job: &mut JobRecord,
    now: Timestamp,
) -> Vec<&'a Mailbox> {
    let reminder = Reminder {
        event,
        asked: job.created,
    };
    let mut people = Vec::new();
    for (attendee, posted) in page.attendees.iter().zip(&page.posted) {
        match reminder.reminds(attendee, posted, now) {
            Ok(()) => people.push(&attendee.mailbox),
            Err(why) => *job.refused.entry(why.code().to_owned()).or_default() += 1,
        }
    }
    people
}

/// By what stands in an attendee's own item; whether he wants mail at all is asked at the send. Who was told nothing yet
/// is staged, too: his invitation may be on its way and tell how the event was.
fn hears_of_it(attendee: &Attendee, posted: &Posted, kind: Kind, revision: u64) -> bool {
    let knows_it = posted.sent_revision.is_some_and(|told| told >= revision);
    let purpose = kind.purpose();
    !knows_it && stands_against(posted.unwanted(), purpose, attendee.partstat).is_none()
}

async fn queue_each(
    needs: &Needs,
    event: &Event,
    kind: Kind,
    people: &[&Mailbox],
) -> anyhow::Result<()> {
    let letters = people
        .iter()
        .map(|person| messages::write(&LetterMessage::of_revision(event, kind, &person.address)))
        .collect::<Result<Vec<_>, _>>()
        .context("could not write a message")?;
    let queue = match kind {
        Kind::Cancellation => &needs.cancellations,
        Kind::Invite | Kind::Update | Kind::Owed | Kind::Reminder => &needs.updates,
    };
    queue.send_all(&letters).await?;
    Ok(())
}
