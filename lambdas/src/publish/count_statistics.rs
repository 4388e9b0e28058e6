//! The statistics of events, organizers and the system, counted from the table's stream.
//!
//! Each shard of the stream counts into items of its own, which remember the last record counted: each change counts
//! exactly once, and no item is written by two at a time.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use anyhow::{Context, bail};
use cloud::{
    Cloud,
    env::Reader,
    table::{AttendeeRecord, Counted, PostedRecord, ShardCount, ShardStatistics, Stored, Table},
};
use invite::{
    address::Address, delivery::Posted, event::Attendee, id::Uid, statistics::Statistics,
};

use crate::{
    functions::{Function, Right, Trigger},
    shell::{Change, Stopped, serve_shard},
};

pub(crate) const FUNCTION: Function = Function {
    name: "count-statistics",
    handler: "count_statistics",
    purpose: "Keeps the statistics of events, organizers and the system, each change counted once per stream shard.",
    error_impact: "Statistics lag; a recount repairs them.",
    trigger: Trigger::Stream {
        batch_size: 1000,
        // While many are invited or answer at a time, this is how often their event's counts are written.
        batching_window_secs: 6,
        tumbling_window_secs: 6,
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
        stored: RefCell::default(),
        organizers: RefCell::default(),
    };
    serve_shard(async |shard, changes| handle(&counter, shard, &changes).await).await
}

/// Counts into the table.
struct Counter {
    table: Table,
    /// What was stored last, by which shard: mostly the next changes are of the same events, and need not be read again.
    stored: RefCell<HashMap<Counted, (String, ShardStatistics)>>,
    /// Who organizes an event never changes.
    organizers: RefCell<HashMap<Uid, Address>>,
}

/// Most things kept in memory of each kind; then all are forgotten.
const MAX_KEPT: usize = 1000;

impl Counter {
    /// What a shard has counted: as it was known last, else as it stands in the table. It is known once only: should it be
    /// out of date, the next to ask reads it.
    async fn before(
        &self,
        counted: &Counted,
        shard: &str,
    ) -> anyhow::Result<Option<ShardStatistics>> {
        let known = self.stored.borrow_mut().remove(counted);
        match known.filter(|(by, _)| by == shard) {
            Some((_, statistics)) => Ok(Some(statistics)),
            None => Ok(self.table.shard_statistics(counted, shard).await?),
        }
    }

    fn keep(&self, counted: Counted, shard: &str, statistics: ShardStatistics) {
        let mut stored = self.stored.borrow_mut();
        if stored.len() >= MAX_KEPT {
            stored.clear();
        }
        stored.insert(counted, (shard.to_owned(), statistics));
    }

    /// `None`: there is no such event.
    async fn organizer_of(&self, uid: &Uid) -> anyhow::Result<Option<Address>> {
        if let Some(known) = self.organizers.borrow().get(uid) {
            return Ok(Some(known.clone()));
        }
        let organizer = self.table.organizer_of(uid).await?;
        if let Some(organizer) = &organizer {
            let mut organizers = self.organizers.borrow_mut();
            if organizers.len() >= MAX_KEPT {
                organizers.clear();
            }
            organizers.insert(uid.clone(), organizer.clone());
        }
        Ok(organizer)
    }
}

/// What one change adds to statistics.
#[derive(Clone)]
struct Step {
    /// Place in the batch.
    at: usize,
    sequence_number: String,
    adds: Statistics,
}

async fn handle(counter: &Counter, shard: &str, changes: &[Change]) -> Result<(), Stopped> {
    let mut stopped = None;
    let mut by_counted: BTreeMap<Counted, Vec<Step>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        match step(at, change) {
            Ok(Some((uid, step))) => match counter.organizer_of(&uid).await {
                Ok(organizer) => spread(&mut by_counted, uid, organizer, step),
                Err(why) => {
                    stopped = Some(Stopped { at, why });
                    break;
                }
            },
            Ok(None) => {}
            Err(why) => {
                stopped = Some(Stopped { at, why });
                break;
            }
        }
    }
    let all: Vec<_> = by_counted.into_iter().collect();
    for some in all.chunks(ShardCount::AT_ONCE) {
        if let Err(why) = count(counter, shard, some).await {
            // What comes after this one may be counted or not: its items know.
            let first_steps = some.iter().filter_map(|(_, steps)| steps.first());
            let at = first_steps.map(|step| step.at).min().unwrap_or_default();
            let first = stopped.as_ref().map_or(at, |stopped| stopped.at.min(at));
            stopped = Some(Stopped { at: first, why });
        }
    }
    stopped.map_or(Ok(()), Err)
}

/// A change of an event is one of its organizer's events, and of the system's.
fn spread(
    by_counted: &mut BTreeMap<Counted, Vec<Step>>,
    uid: Uid,
    organizer: Option<Address>,
    step: Step,
) {
    let together = Step {
        adds: step.adds.clone().without_instances(),
        ..step.clone()
    };
    if together.adds != Statistics::default() {
        for counted in organizer
            .map(Counted::Organizer)
            .into_iter()
            .chain([Counted::System])
        {
            by_counted
                .entry(counted)
                .or_default()
                .push(together.clone());
        }
    }
    by_counted
        .entry(Counted::Event(uid))
        .or_default()
        .push(step);
}

/// Counts and stores together: mostly an event, its organizer and the system, in one call.
async fn count(
    counter: &Counter,
    shard: &str,
    some: &[(Counted, Vec<Step>)],
) -> anyhow::Result<()> {
    for _ in 0..ATTEMPTS {
        let mut counts = Vec::with_capacity(some.len());
        for (counted, steps) in some {
            let before = counter.before(counted, shard).await?;
            let mut after = before.clone().unwrap_or_default();
            for step in steps {
                after.count(&step.sequence_number, step.adds.clone());
            }
            if before.as_ref() != Some(&after) {
                counts.push(ShardCount {
                    counted: counted.clone(),
                    before,
                    after,
                });
            }
        }
        if counts.is_empty() {
            return Ok(());
        }
        let table = &counter.table;
        if table.store_shard_statistics(shard, &counts).await? == Stored::Done {
            for count in counts {
                counter.keep(count.counted, shard, count.after);
            }
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
    use invite::{delivery::PostedState, statistics::Answers, time::InstanceKey};
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
    fn who_is_checked_in_is_counted_until_that_is_taken_back() {
        let came = with(bob("accepted"), json!({"attended": "2026-03-03T09:00:00Z"}));
        let expected = |attended| Statistics {
            attended,
            ..Statistics::default()
        };
        let moved = adds(Some(bob("accepted")), Some(came.clone()));
        assert_eq!(moved, Some(expected(1)));
        assert_eq!(adds(Some(came.clone()), Some(came.clone())), None);
        assert_eq!(adds(Some(came), Some(bob("accepted"))), Some(expected(-1)));
    }

    #[test]
    fn a_change_counts_for_the_event_its_organizer_and_the_system() {
        let alice = Address::parse("alice@a.test").unwrap();
        let change = change("1", "attendee#bob@b.test", None, Some(bob("accepted")));
        let (uid, step) = step(0, &change).unwrap().unwrap();
        let mut all = BTreeMap::new();
        spread(&mut all, uid.clone(), Some(alice.clone()), step.clone());
        let counted: Vec<_> = all.keys().cloned().collect();
        assert_eq!(
            counted,
            [
                Counted::Event(uid.clone()),
                Counted::Organizer(alice),
                Counted::System
            ]
        );
        // Dates of a series are the event's alone.
        let mut of_dates = step;
        of_dates.adds = Statistics {
            instances: [(
                InstanceKey::parse("20260303").unwrap(),
                Answers {
                    accepted: 1,
                    ..Answers::default()
                },
            )]
            .into(),
            ..Statistics::default()
        };
        let mut all = BTreeMap::new();
        spread(&mut all, uid.clone(), None, of_dates);
        assert_eq!(all.into_keys().collect::<Vec<_>>(), [Counted::Event(uid)]);
    }

    #[test]
    fn an_invited_and_a_removed_person_cancel_out() {
        let mut sum = adds(None, Some(bob("tentative"))).unwrap();
        sum += adds(Some(bob("tentative")), None).unwrap();
        assert_eq!(sum, Statistics::default());
    }
}
