//! The table's stream, told to the world: events created, updated, cancelled, refused; people to be invited, those who
//! are owed a letter, guests about whom the organizer is to be asked, who is enrolled, reminders, reports, places, who is to be erased,
//! and limits that were reached.
//!
//! Twice is harmless: everybody who hears it checks the table first.

use cloud::{Cloud, env::Reader, queues::Queue, topics::Topic};
use futures::{StreamExt, stream};

use super::news::{News, news_of};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, ChangeMessage},
    shell::{Change, Stopped, serve_stream},
};

pub(crate) const FUNCTION: Function = Function {
    name: "publish-changes",
    handler: "publish_changes",
    purpose: "Tells the world what changed in the table, from its stream.",
    error_impact: "Changes are stored but nobody is told until the stream is read again (24 h).",
    trigger: Trigger::Stream {
        batch_size: 100,
        batching_window_secs: 0,
        tumbling_window_secs: 0,
        sort_key_prefixes: &[
            "event#",
            "attendee#",
            "erasure#",
            "job#",
            "mail#",
            "refused#",
            "report#",
            "subscription#",
        ],
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &[
        "ENROLLED",
        "ERASURE_REQUESTED",
        "EVENT_CANCELLED",
        "EVENT_CREATED",
        "EVENT_REFUSED",
        "EVENT_UPDATED",
        "FAN_OUT_HELD",
        "FAN_OUT_STOPPED",
        "GUEST_WAITS",
        "LIMIT_REACHED",
        "LIST_CHECKED",
        "REMINDER_REQUESTED",
        "REPORT_REQUESTED",
        "REPORT_WRITTEN",
        "SEATS_DUE",
        "SQS_URL",
    ],
    rights: &[
        Right {
            on: "topic event-created",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-updated",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-cancelled",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-refused",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic fan-out-held",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic fan-out-stopped",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic guest-waits",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic enrolled",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic erasure-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic limit-reached",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic list-checked",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic reminder-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic report-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic report-written",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic seats-due",
            actions: &["sns:Publish"],
        },
        Right {
            on: "queue send-invite",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

struct Needs {
    created: Topic,
    updated: Topic,
    cancelled: Topic,
    refused: Topic,
    held: Topic,
    stopped: Topic,
    guest_waits: Topic,
    checked: Topic,
    enrolled: Topic,
    erasure_requested: Topic,
    limit_reached: Topic,
    reminder_requested: Topic,
    report_requested: Topic,
    report_written: Topic,
    seats_due: Topic,
    invites: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let enrolled = env.text("ENROLLED");
    let erasure_requested = env.text("ERASURE_REQUESTED");
    let cancelled = env.text("EVENT_CANCELLED");
    let created = env.text("EVENT_CREATED");
    let refused = env.text("EVENT_REFUSED");
    let updated = env.text("EVENT_UPDATED");
    let held = env.text("FAN_OUT_HELD");
    let stopped = env.text("FAN_OUT_STOPPED");
    let guest_waits = env.text("GUEST_WAITS");
    let limit_reached = env.text("LIMIT_REACHED");
    let checked = env.text("LIST_CHECKED");
    let reminder_requested = env.text("REMINDER_REQUESTED");
    let report_requested = env.text("REPORT_REQUESTED");
    let report_written = env.text("REPORT_WRITTEN");
    let seats_due = env.text("SEATS_DUE");
    let invites = env.text("SQS_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        created: Topic::new(&cloud, created),
        updated: Topic::new(&cloud, updated),
        cancelled: Topic::new(&cloud, cancelled),
        refused: Topic::new(&cloud, refused),
        held: Topic::new(&cloud, held),
        stopped: Topic::new(&cloud, stopped),
        guest_waits: Topic::new(&cloud, guest_waits),
        checked: Topic::new(&cloud, checked),
        enrolled: Topic::new(&cloud, enrolled),
        erasure_requested: Topic::new(&cloud, erasure_requested),
        limit_reached: Topic::new(&cloud, limit_reached),
        reminder_requested: Topic::new(&cloud, reminder_requested),
        report_requested: Topic::new(&cloud, report_requested),
        report_written: Topic::new(&cloud, report_written),
        seats_due: Topic::new(&cloud, seats_due),
        invites: Queue::new(&cloud, invites),
    };
    serve_stream(async |changes| handle(&needs, &changes).await).await
}

/// Publications under way at a time.
const IN_FLIGHT: usize = 10;

async fn handle(needs: &Needs, changes: &[Change]) -> Result<(), Stopped> {
    let mut stopped = None;
    let mut news = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        match news_of(change) {
            Ok(more) => {
                for one in more {
                    if !is_told_already(&news, &one) {
                        news.push((at, one));
                    }
                }
            }
            Err(why) => {
                stopped = Some(Stopped { at, why });
                break;
            }
        }
    }
    let published = stream::iter(&news)
        .filter_map(async |(at, one)| match one {
            News::Of(message) => Some((*at, message)),
            News::Letter(_) => None,
        })
        .map(async |(at, message)| {
            publish(needs, message)
                .await
                .map_err(|why| Stopped { at, why })
        })
        .buffer_unordered(IN_FLIGHT)
        .filter_map(async |published| published.err())
        .collect::<Vec<Stopped>>();
    let (published, posted) = futures::join!(published, post(needs, &news));
    // Everything from the first that failed comes again.
    published
        .into_iter()
        .chain(posted.err())
        .chain(stopped)
        .min_by_key(|stopped| stopped.at)
        .map_or(Ok(()), Err)
}

/// Who asks for a thousand invitations too many is told of one.
fn is_told_already(news: &[(usize, News)], one: &News) -> bool {
    let News::Of(ChangeMessage::LimitReached { uid, .. }) = one else {
        return false;
    };
    news.iter().any(|(_, other)| {
        matches!(other, News::Of(ChangeMessage::LimitReached { uid: told, .. }) if told == uid)
    })
}

async fn publish(needs: &Needs, message: &ChangeMessage) -> anyhow::Result<()> {
    let topic = match message {
        ChangeMessage::EventCreated { .. } => &needs.created,
        ChangeMessage::EventUpdated { .. } => &needs.updated,
        ChangeMessage::EventCancelled { .. } => &needs.cancelled,
        ChangeMessage::EventRefused { .. } => &needs.refused,
        ChangeMessage::FanOutHeld { .. } => &needs.held,
        ChangeMessage::FanOutStopped { .. } => &needs.stopped,
        ChangeMessage::GuestWaits { .. } => &needs.guest_waits,
        ChangeMessage::ListChecked { .. } => &needs.checked,
        ChangeMessage::Enrolled { .. } => &needs.enrolled,
        ChangeMessage::ErasureRequested { .. } => &needs.erasure_requested,
        ChangeMessage::LimitReached { .. } => &needs.limit_reached,
        ChangeMessage::ReminderRequested { .. } => &needs.reminder_requested,
        ChangeMessage::ReportRequested { .. } => &needs.report_requested,
        ChangeMessage::ReportWritten { .. } => &needs.report_written,
        ChangeMessage::SeatsDue { .. } => &needs.seats_due,
    };
    topic.publish(&messages::write(message)?).await?;
    Ok(())
}

async fn post(needs: &Needs, news: &[(usize, News)]) -> Result<(), Stopped> {
    let mut places = Vec::new();
    let mut bodies = Vec::new();
    for (at, one) in news {
        if let News::Letter(message) = one {
            let body = messages::write(message).map_err(|error| Stopped {
                at: *at,
                why: error.into(),
            })?;
            places.push(*at);
            bodies.push(body);
        }
    }
    needs.invites.send_all(&bodies).await.map_err(|error| {
        let first = error.places.first().and_then(|place| places.get(*place));
        Stopped {
            at: first.copied().unwrap_or_default(),
            why: error.into(),
        }
    })
}
