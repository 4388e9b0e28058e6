//! At an event with a limit: who has accepted gets a place, or waits for one; who comes no more makes room for who has waited the
//! longest.
//!
//! Two at a time at most: all decide about the same few numbers.

use anyhow::Context;
use cloud::{
    Cloud,
    clock::{self, Stopwatch},
    env::Reader,
    queues::Queue,
    table::{Stored, Table},
};
use invite::{
    address::Address,
    decide,
    event::{Attendee, Event, Place},
    id::Uid,
};
use serde::{Deserialize, Serialize};

use super::attempts::until_stored;
use crate::{
    functions::{Function, Right, Trigger},
    messages,
    shell::{Handled, Message, WORKS_FOR, about_event, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "give-seats",
    handler: "give_seats",
    purpose: "At an event with a limit: gives places to those who accept, lists who waits, lets the first of them in.",
    error_impact: "Who accepts an invitation to an event with a limit hears nothing of the waiting list; free places stay free.",
    trigger: Trigger::Queue {
        topics: &["seats-due"],
        batch_size: 1,
        max_concurrency: 2,
    },
    timeout_secs: 300,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "SQS_URL"],
    rights: &[
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:DeleteItem",
            ],
        },
        Right {
            on: "queue give-seats",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

/// Attendees read at a time.
const PAGE: i32 = 1_000;

/// Whose places are to be settled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "seats-due")]
struct SeatsDue {
    uid: String,
    /// His; `None`: of all who had accepted before there was the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attendee: Option<String>,
    /// Of them those who come after this address: the others are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

struct Needs {
    table: Table,
    /// Its own.
    queue: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let queue = env.text("SQS_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        queue: Queue::new(&cloud, queue),
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let stopwatch = Stopwatch::start();
    let due: SeatsDue = messages::read(&message.body)?;
    let uid = Uid::parse(&due.uid).context("the message names no event")?;
    about_event(uid.as_str());
    let table = &needs.table;
    let Some(event) = table.event(&uid).await? else {
        return Ok("unknown-event");
    };
    if event.is_cancelled() {
        return Ok("event-cancelled");
    }
    let attendee = due.attendee.as_deref().map(Address::parse);
    match attendee {
        Some(attendee) => {
            let attendee = attendee.context("the message names nobody")?;
            until_stored(async || settle(table, &event, &attendee).await).await?;
        }
        None => {
            let after = due.after.as_deref().and_then(Address::parse);
            if let Some(last) = count(table, &event, after, &stopwatch).await? {
                let rest = SeatsDue {
                    after: Some(last.as_str().to_owned()),
                    ..due
                };
                return go_on(needs, &rest).await;
            }
        }
    }
    // Nobody is let in who would come too late.
    while !event.has_begun(clock::now()) {
        if stopwatch.elapsed() > WORKS_FOR {
            let rest = SeatsDue {
                uid: due.uid,
                attendee: None,
                after: None,
            };
            return go_on(needs, &rest).await;
        }
        if !until_stored(async || let_next_in(table, &uid).await).await? {
            break;
        }
    }
    Ok("seated")
}

async fn go_on(needs: &Needs, rest: &SeatsDue) -> Handled {
    needs.queue.send_all(&[messages::write(rest)?]).await?;
    Ok("continued")
}

/// What an attendee's answer has left open; `None` when somebody else was quicker.
async fn settle(table: &Table, event: &Event, address: &Address) -> anyhow::Result<Option<()>> {
    let uid = &event.uid;
    let Some(attendee) = table.attendee(uid, address).await? else {
        return Ok(Some(()));
    };
    let seating = table.seating(uid).await?;
    let Some(seated) = decide::seat(event, &seating, &attendee, clock::now()) else {
        return Ok(Some(()));
    };
    let stored = table.store_seated(uid, &seating, &seated).await?;
    Ok((stored == Stored::Done).then_some(()))
}

/// Gives a place to all who had accepted before there was a limit; after whom to go on where time is over.
async fn count(
    table: &Table,
    event: &Event,
    after: Option<Address>,
    stopwatch: &Stopwatch,
) -> anyhow::Result<Option<Address>> {
    let (uid, Some(seats)) = (&event.uid, event.seats) else {
        return Ok(None);
    };
    if table.seating(uid).await?.is_counted(event) {
        return Ok(None);
    }
    let mut after = after;
    loop {
        let page = table.attendees_after(uid, after.as_ref(), PAGE).await?;
        let last = page
            .attendees
            .last()
            .map(|last| last.mailbox.address.clone());
        for attendee in page.attendees {
            until_stored(async || count_one(table, event, &attendee).await).await?;
        }
        match (page.next, last) {
            (Some(_), Some(last)) if stopwatch.elapsed() > WORKS_FOR => return Ok(Some(last)),
            (Some(_), Some(last)) => after = Some(last),
            _ => break,
        }
    }
    until_stored(async || {
        let seating = table.seating(uid).await?;
        let stored = table.store_counted(uid, &seating, seats.since).await?;
        Ok((stored == Stored::Done).then_some(()))
    })
    .await?;
    Ok(None)
}

/// `None` when somebody else was quicker.
async fn count_one(table: &Table, event: &Event, known: &Attendee) -> anyhow::Result<Option<()>> {
    let uid = &event.uid;
    if decide::seat_from_before(event, &decide::Seating::default(), known).is_none() {
        return Ok(Some(()));
    }
    // The page may be old by now.
    let Some(attendee) = table.attendee(uid, &known.mailbox.address).await? else {
        return Ok(Some(()));
    };
    let seating = table.seating(uid).await?;
    let Some(seated) = decide::seat_from_before(event, &seating, &attendee) else {
        return Ok(Some(()));
    };
    let stored = table.store_seated(uid, &seating, &seated).await?;
    Ok((stored == Stored::Done).then_some(()))
}

/// Whether somebody could be let in; `None` when somebody else was quicker.
async fn let_next_in(table: &Table, uid: &Uid) -> anyhow::Result<Option<bool>> {
    let seating = table.seating(uid).await?;
    // The limit may be another meanwhile.
    let event = table.event(uid).await?;
    let Some(event) = event.filter(|event| !event.is_cancelled() && seating.has_room(event)) else {
        return Ok(Some(false));
    };
    let Some(address) = table.first_waiting(uid).await? else {
        return Ok(Some(false));
    };
    // Nobody, or somebody who does not wait: it is another now.
    let Some(attendee) = table.attendee(uid, &address).await? else {
        return Ok(None);
    };
    let now = clock::now();
    let seated = match attendee.place {
        Some(Place::LeavesList { .. }) => decide::seat(&event, &seating, &attendee, now),
        _ => decide::let_in(&event, &seating, &attendee, now),
    };
    let Some(seated) = seated else {
        return Ok(None);
    };
    let stored = table.store_seated(uid, &seating, &seated).await?;
    Ok((stored == Stored::Done).then_some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{ChangeMessage, read, write};

    #[test]
    fn reads_what_is_published_and_what_it_tells_itself() {
        let uid = || "0".repeat(40);
        let published = write(&ChangeMessage::SeatsDue {
            uid: uid(),
            attendee: Some("bob@b.test".to_owned()),
        });
        let due = SeatsDue {
            uid: uid(),
            attendee: Some("bob@b.test".to_owned()),
            after: None,
        };
        assert_eq!(read::<SeatsDue>(&published.unwrap()).unwrap(), due);
        let rest = SeatsDue {
            attendee: None,
            after: Some("carol@c.test".to_owned()),
            ..due
        };
        assert_eq!(read::<SeatsDue>(&write(&rest).unwrap()).unwrap(), rest);
    }
}
