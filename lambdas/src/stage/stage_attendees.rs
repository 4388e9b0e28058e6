//! An event has changed or is cancelled: a message for each attendee is queued, page by page.
//!
//! The cursor is stored after each page, so whoever takes the job up again goes on there; what was queued twice is
//! sent once, by the claim on the attendee.

use anyhow::{Context, bail};
use cloud::{
    Cloud, clock,
    env::Reader,
    queues::Queue,
    table::{FanOut, Kind, Stored, Table},
};
use invite::{
    delivery::{Posted, stands_against},
    event::Attendee,
    id::Uid,
};

use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, ChangeMessage, LetterMessage},
    shell::{Handled, Message, about_event, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "stage-attendees",
    handler: "stage_attendees",
    purpose: "Queues one message for each attendee of an updated or cancelled event, page by page.",
    error_impact: "Attendees are not told of updates and cancellations; the job waits in the queue with its cursor.",
    trigger: Trigger::Queue {
        topics: &["event-updated", "event-cancelled"],
        batch_size: 1,
        max_concurrency: 5,
    },
    timeout_secs: 300,
    memory_mb: 256,
    environment: &[
        "DYNAMODB_TABLE",
        "SEND_CANCELLATION_QUEUE_URL",
        "SEND_UPDATE_QUEUE_URL",
    ],
    rights: &[
        Right {
            on: "table",
            actions: &["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
        },
        Right {
            on: "queue send-update",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "queue send-cancellation",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

/// Attendees staged between two writes of the cursor.
const PAGE: i32 = 500;

struct Needs {
    table: Table,
    updates: Queue,
    cancellations: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let cancellations = env.text("SEND_CANCELLATION_QUEUE_URL");
    let updates = env.text("SEND_UPDATE_QUEUE_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        updates: Queue::new(&cloud, updates),
        cancellations: Queue::new(&cloud, cancellations),
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let (uid, revision, kind) = match messages::read(&message.body)? {
        ChangeMessage::EventUpdated { uid, revision } => (uid, revision, Kind::Update),
        ChangeMessage::EventCancelled { uid, revision } => (uid, revision, Kind::Cancellation),
        other => bail!("nobody is told of {other:?} by this function"),
    };
    about_event(&uid);
    let uid = Uid::parse(&uid).context("the message names no event")?;
    let mut before = needs.table.fan_out(&uid, revision, kind).await?;
    while !before.is_done {
        // Asked before each page: a newer change has its own telling, and this one need not go on.
        let event = needs.table.event(&uid).await?;
        if event.is_none_or(|event| event.revision != revision) {
            return Ok("superseded");
        }
        before = stage_page(needs, &uid, (revision, kind), &before).await?;
    }
    tracing::info!(staged = before.staged, "every attendee is staged");
    Ok("staged")
}

async fn stage_page(
    needs: &Needs,
    uid: &Uid,
    (revision, kind): (u64, Kind),
    before: &FanOut,
) -> anyhow::Result<FanOut> {
    let page = needs
        .table
        .attendees(uid, before.staged_through.as_deref(), PAGE)
        .await?;
    // What stands in an attendee's own item; whether he wants mail at all is asked at the send.
    let wants_it = |attendee: &Attendee, posted: &Posted| {
        stands_against(posted.unwanted(), kind.purpose(), attendee.partstat).is_none()
    };
    let letters = page
        .attendees
        .iter()
        .zip(&page.posted)
        .filter(|(attendee, posted)| wants_it(attendee, posted))
        .map(|(attendee, _)| {
            messages::write(&LetterMessage {
                uid: uid.as_str().to_owned(),
                attendee: attendee.mailbox.address.as_str().to_owned(),
                kind,
                revision: Some(revision),
                asked: None,
            })
        })
        .collect::<Result<Vec<_>, _>>()
        .context("could not write a message")?;
    let queue = match kind {
        Kind::Cancellation => &needs.cancellations,
        Kind::Invite | Kind::Update | Kind::Owed => &needs.updates,
    };
    queue.send_all(&letters).await?;
    let is_done = page.next.is_none();
    let after = FanOut {
        staged_through: page.next.or_else(|| before.staged_through.clone()),
        staged: before.staged + letters.len() as u64,
        is_done,
    };
    let stored = needs
        .table
        .advance_fan_out(uid, (revision, kind), before, &after, clock::now())
        .await?;
    match stored {
        Stored::Done => Ok(after),
        Stored::Conflict => bail!("another call is staging the same change"),
    }
}
