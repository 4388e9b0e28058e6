//! The statistics of events, counted from the table's stream.
//!
//! Each shard of the stream counts into items of its own, which remember the last record counted: each change counts
//! exactly once, and no item is written by two at a time.

use std::{cell::RefCell, collections::BTreeMap};

use anyhow::{Context, bail};
use cloud::{
    Cloud,
    env::Reader,
    table::{AttendeeRecord, PostedRecord, ShardStatistics, Stored, Table},
};
use invite::{delivery::Posted, event::Attendee, id::Uid, statistics::Statistics};

use crate::{
    functions::{Function, Right, Trigger},
    shell::{Change, Stopped, serve_shard},
};

pub(crate) const FUNCTION: Function = Function {
    name: "count-statistics",
    handler: "count_statistics",
    purpose: "Keeps the statistics of an event, each change counted once per stream shard.",
    error_impact: "Statistics lag; a recount repairs them.",
    trigger: Trigger::Stream {
        batch_size: 1000,
        // While many are invited or answer at a time, this is how often their event's counts are written.
        batching_window_secs: 4,
        tumbling_window_secs: 5,
        sort_key_prefixes: &["attendee#"],
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE"],
    rights: &[Right {
        on: "table",
        actions: &["dynamodb:GetItem", "dynamodb:PutItem"],
    }],
    run: || Box::pin(run()),
};

/// How often an item is read again because another call was quicker: two calls for one shard only meet when Lambda
/// gave up on the first.
const ATTEMPTS: usize = 3;

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let table = Table::new(&cloud, table);
    let counter = Counter {
        table,
        last: RefCell::new(None),
    };
    serve_shard(async |shard, changes| handle(&counter, shard, &changes).await).await
}

/// Counts into the table.
struct Counter {
    table: Table,
    /// What was stored last, and as what: mostly the next changes are of the same event, and it need not be read again.
    last: RefCell<Option<(Uid, String, ShardStatistics)>>,
}

impl Counter {
    /// What a shard has counted of an event, as it was known last.
    fn known(&self, uid: &Uid, shard: &str) -> Option<ShardStatistics> {
        let last = self.last.take()?;
        (last.0 == *uid && last.1 == shard).then_some(last.2)
    }
}

/// What one change adds to an event's statistics.
struct Step {
    /// Place in the batch.
    at: usize,
    sequence_number: String,
    adds: Statistics,
}

async fn handle(counter: &Counter, shard: &str, changes: &[Change]) -> Result<(), Stopped> {
    let mut stopped = None;
    let mut by_event: BTreeMap<Uid, Vec<Step>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        match step(at, change) {
            Ok(Some((uid, step))) => by_event.entry(uid).or_default().push(step),
            Ok(None) => {}
            Err(why) => {
                stopped = Some(Stopped { at, why });
                break;
            }
        }
    }
    for (uid, steps) in &by_event {
        if let Err(why) = count(counter, uid, shard, steps).await {
            // Events after this one may be counted or not: their items know.
            let at = steps.first().map_or(0, |step| step.at);
            let first = stopped.as_ref().map_or(at, |stopped| stopped.at.min(at));
            stopped = Some(Stopped { at: first, why });
        }
    }
    stopped.map_or(Ok(()), Err)
}

async fn count(counter: &Counter, uid: &Uid, shard: &str, steps: &[Step]) -> anyhow::Result<()> {
    let table = &counter.table;
    let mut known = counter.known(uid, shard);
    for _ in 0..ATTEMPTS {
        let before = match known.take() {
            Some(known) => Some(known),
            None => table.shard_statistics(uid, shard).await?,
        };
        let mut after = before.clone().unwrap_or_default();
        for step in steps {
            after.count(&step.sequence_number, step.adds.clone());
        }
        if before.as_ref() == Some(&after) {
            return Ok(());
        }
        let stored = table
            .store_shard_statistics(uid, shard, before.as_ref(), &after)
            .await?;
        if stored == Stored::Done {
            let last = (uid.clone(), shard.to_owned(), after);
            counter.last.replace(Some(last));
            return Ok(());
        }
    }
    bail!("another call kept counting for this shard");
}

/// `None`: the change moves no number (a claim, a second letter), so its item need not be written.
fn step(at: usize, change: &Change) -> anyhow::Result<Option<(Uid, Step)>> {
    let Some(uid) = change.partition.strip_prefix("event#").and_then(Uid::parse) else {
        return Ok(None);
    };
    let attendee = |record: Option<AttendeeRecord>| {
        record
            .map(Attendee::try_from)
            .transpose()
            .context("could not understand an image")
    };
    let posted = |record: Option<PostedRecord>| record.map(Posted::from);
    let mut adds = Statistics::of_change(
        attendee(change.before()?)?.as_ref(),
        attendee(change.after()?)?.as_ref(),
    );
    adds += Statistics::of_posting(
        posted(change.before()?).as_ref(),
        posted(change.after()?).as_ref(),
    );
    if adds == Statistics::default() {
        return Ok(None);
    }
    let sequence_number = change.sequence_number.clone();
    Ok(Some((
        uid,
        Step {
            at,
            sequence_number,
            adds,
        },
    )))
}

#[cfg(test)]
mod tests {
    use invite::delivery::PostedState;
    use serde_json::{Value, json};

    use super::*;
    use crate::shell::tests::change;

    fn bob(partstat: &str) -> Value {
        json!({
            "pk": "event#0", "sk": "attendee#bob@b.test", "email": "bob@b.test", "name": "Bob", "origin": "api",
            "partstat": partstat, "partstat_sequence": 0, "revision": 1, "invited": "2026-03-01T10:00:00Z",
            "history": [],
        })
    }

    fn with(mut bob: Value, more: Value) -> Value {
        let more = more.as_object().unwrap().clone();
        bob.as_object_mut().unwrap().extend(more);
        bob
    }

    fn adds(old: Option<Value>, new: Option<Value>) -> Option<Statistics> {
        step(0, &change("1", "attendee#bob@b.test", old, new))
            .unwrap()
            .map(|(_, step)| step.adds)
    }

    #[test]
    fn an_answer_moves_one_person_from_one_number_to_another() {
        let moved = adds(Some(bob("needs-action")), Some(bob("accepted"))).unwrap();
        assert_eq!(
            (moved.accepted, moved.no_action, moved.attendees),
            (1, -1, 0)
        );
    }

    #[test]
    fn a_claim_and_a_second_letter_move_nothing() {
        let sent = with(bob("accepted"), json!({"sent_revision": 1}));
        for more in [json!({"claimed_by": "me"}), json!({"sent_revision": 2})] {
            assert_eq!(
                adds(Some(sent.clone()), Some(with(sent.clone(), more))),
                None
            );
        }
    }

    #[test]
    fn a_letter_that_came_back_moves_one_person_from_sent_to_bounced() {
        let sent = with(bob("needs-action"), json!({"sent_revision": 1}));
        let moved = adds(Some(bob("needs-action")), Some(sent.clone())).unwrap();
        assert_eq!(moved.delivery, BTreeMap::from([(PostedState::Sent, 1)]));
        let fact = json!({"state": "bounced", "revision": 1, "letter": "invite", "at": "2026-03-01T10:00:00Z"});
        let bounced = with(
            sent.clone(),
            json!({"delivery": fact, "delivery_writes": 1}),
        );
        let moved = adds(Some(sent), Some(bounced)).unwrap();
        assert_eq!(
            moved.delivery,
            BTreeMap::from([(PostedState::Sent, -1), (PostedState::Bounced, 1)])
        );
    }

    #[test]
    fn an_invited_and_a_removed_person_cancel_out() {
        let mut sum = adds(None, Some(bob("tentative"))).unwrap();
        sum += adds(Some(bob("tentative")), None).unwrap();
        assert_eq!(sum, Statistics::default());
    }
}
