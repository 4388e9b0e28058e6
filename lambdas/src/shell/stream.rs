use std::panic::AssertUnwindSafe;

use anyhow::Context;
use aws_lambda_events::dynamodb::EventRecord;
use cloud::clock::Stopwatch;
use futures::FutureExt;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::log_failure;

/// One change of an item of the table.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Its place in the stream.
    pub(crate) sequence_number: String,
    /// Partition key.
    pub(crate) partition: String,
    /// Sort key.
    pub(crate) sort: String,
    old: serde_dynamo::Item,
    new: serde_dynamo::Item,
}

impl Change {
    /// The item before, unless it is new.
    pub(crate) fn before<T: DeserializeOwned>(&self) -> anyhow::Result<Option<T>> {
        read("the image before", &self.old)
    }

    /// The item after, unless it was removed.
    pub(crate) fn after<T: DeserializeOwned>(&self) -> anyhow::Result<Option<T>> {
        read("the image after", &self.new)
    }
}

fn read<T: DeserializeOwned>(
    which: &'static str,
    item: &serde_dynamo::Item,
) -> anyhow::Result<Option<T>> {
    if item.is_empty() {
        return Ok(None);
    }
    serde_dynamo::from_item(item.clone())
        .map(Some)
        .with_context(|| format!("could not read {which}"))
}

impl TryFrom<EventRecord> for Change {
    type Error = anyhow::Error;

    fn try_from(record: EventRecord) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Keys {
            pk: String,
            sk: String,
        }
        let keys: Keys = serde_dynamo::from_item(record.change.keys)
            .context("could not read the keys of a record of the stream")?;
        Ok(Self {
            sequence_number: record
                .change
                .sequence_number
                .context("a record of the stream has no sequence number")?,
            partition: keys.pk,
            sort: keys.sk,
            old: record.change.old_image,
            new: record.change.new_image,
        })
    }
}

/// Where a batch stopped, and why: everything from that place on is read again.
#[derive(Debug)]
pub(crate) struct Stopped {
    /// Place in the batch.
    pub(crate) at: usize,
    /// Why.
    pub(crate) why: anyhow::Error,
}

/// A batch of the stream; window and shard are only there for a function with a tumbling window.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    #[serde(rename = "Records", default)]
    records: Vec<EventRecord>,
    shard_id: Option<String>,
    state: Option<Value>,
}

/// Serves the table's stream.
pub(crate) async fn serve_stream(
    handle: impl AsyncFn(Vec<Change>) -> Result<(), Stopped>,
) -> anyhow::Result<()> {
    let handle = &handle;
    serve(async |batch: Batch| stopping(batch.records, async |changes| handle(changes).await).await)
        .await
}

/// Serves the table's stream to a function with a tumbling window: it is told the shard.
pub(crate) async fn serve_shard(
    handle: impl AsyncFn(&str, Vec<Change>) -> Result<(), Stopped>,
) -> anyhow::Result<()> {
    let handle = &handle;
    serve(async |batch: Batch| {
        // The last call of a window has no records.
        if batch.records.is_empty() {
            return answer(None, batch.state);
        }
        let Some(shard) = batch.shard_id else {
            let error = anyhow::anyhow!("the batch does not say its shard: it needs a window");
            log_failure("the batch is read again", &error);
            return answer(first_of(&batch.records), batch.state);
        };
        let mut told = stopping(batch.records, async |changes| handle(&shard, changes).await).await;
        if let Some(object) = told.as_object_mut() {
            object.insert("state".to_owned(), batch.state.unwrap_or_else(|| json!({})));
        }
        told
    })
    .await
}

async fn serve(handle: impl AsyncFn(Batch) -> Value) -> anyhow::Result<()> {
    let handle = &handle;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Batch>| {
        // In a box, or its type grows beyond what the compiler looks into.
        Box::pin(async move { Ok::<_, lambda_runtime::Error>(handle(event.payload).await) })
    }))
    .await
    .map_err(|error| anyhow::anyhow!(error))
}

async fn stopping(
    records: Vec<EventRecord>,
    handle: impl AsyncFn(Vec<Change>) -> Result<(), Stopped>,
) -> Value {
    let stopwatch = Stopwatch::start();
    let places: Vec<Option<String>> = records
        .iter()
        .map(|record| record.change.sequence_number.clone())
        .collect();
    let mut changes = Vec::with_capacity(records.len());
    let mut unreadable = None;
    for (at, record) in records.into_iter().enumerate() {
        match Change::try_from(record) {
            Ok(change) => changes.push(change),
            Err(why) => {
                unreadable = Some(Stopped { at, why });
                break;
            }
        }
    }
    let count = changes.len();
    let handled = AssertUnwindSafe(handle(changes)).catch_unwind().await;
    let stopped = match handled {
        Ok(Ok(())) => unreadable,
        Ok(Err(stopped)) => Some(stopped),
        Err(_panic) => Some(Stopped {
            at: 0,
            why: anyhow::anyhow!("a record made the program panic"),
        }),
    };
    let duration_ms = stopwatch.elapsed().as_secs_f64() * 1e3;
    match stopped {
        None => {
            tracing::info!(changes = count, duration_ms, "handled");
            answer(None, None)
        }
        Some(Stopped { at, why }) => {
            log_failure("the stream is read again from here", &why);
            answer(places.get(at).cloned().flatten(), None)
        }
    }
}

fn first_of(records: &[EventRecord]) -> Option<String> {
    records.first()?.change.sequence_number.clone()
}

fn answer(first_failed: Option<String>, state: Option<Value>) -> Value {
    let failures: Vec<_> = first_failed
        .into_iter()
        .map(|place| json!({"itemIdentifier": place}))
        .collect();
    match state {
        None => json!({"batchItemFailures": failures}),
        Some(state) => json!({"batchItemFailures": failures, "state": state}),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn records(json: Value) -> Vec<EventRecord> {
        serde_json::from_value(json).unwrap()
    }

    fn record(place: &str) -> Value {
        json!({
            "eventID": place, "eventName": "INSERT", "awsRegion": "us-east-1",
            "dynamodb": {
                "SequenceNumber": place, "SizeBytes": 1,
                "Keys": {"pk": {"S": "event#1"}, "sk": {"S": "attendee#bob@b.test"}},
                "NewImage": {"pk": {"S": "event#1"}, "sk": {"S": "attendee#bob@b.test"}, "n": {"N": "7"}},
            },
        })
    }

    /// A change as it comes from the stream.
    pub(crate) fn change(
        place: &str,
        sort: &str,
        old: Option<Value>,
        new: Option<Value>,
    ) -> Change {
        let item = |value: Option<Value>| {
            value.map_or_else(serde_dynamo::Item::default, |value| {
                serde_dynamo::to_item(value).unwrap()
            })
        };
        Change {
            sequence_number: place.to_owned(),
            partition: format!("event#{}", "0".repeat(40)),
            sort: sort.to_owned(),
            old: item(old),
            new: item(new),
        }
    }

    /// Reads a batch of one record.
    pub(in crate::shell) async fn read_one() {
        stopping(records(json!([record("11")])), async |_| Ok(())).await;
    }

    #[tokio::test]
    async fn the_first_that_fails_is_reported() {
        let told = stopping(
            records(json!([record("11"), record("12"), record("13")])),
            async |_| {
                Err(Stopped {
                    at: 1,
                    why: anyhow::anyhow!("away"),
                })
            },
        )
        .await;
        assert_eq!(
            told,
            json!({"batchItemFailures": [{"itemIdentifier": "12"}]})
        );
    }

    #[tokio::test]
    async fn what_comes_before_an_unreadable_record_is_handled() {
        let mut bad = record("12");
        bad["dynamodb"]["Keys"] = json!({"other": {"S": "x"}});
        let told = stopping(records(json!([record("11"), bad])), async |changes| {
            assert_eq!(changes.len(), 1);
            Ok(())
        })
        .await;
        assert_eq!(
            told,
            json!({"batchItemFailures": [{"itemIdentifier": "12"}]})
        );
    }

    #[tokio::test]
    async fn a_panic_reads_the_batch_again() {
        let told = stopping(records(json!([record("11")])), async |_| panic!("poison")).await;
        assert_eq!(
            told,
            json!({"batchItemFailures": [{"itemIdentifier": "11"}]})
        );
    }

    #[test]
    fn images_are_read_as_records() {
        #[derive(Deserialize, PartialEq, Debug)]
        struct Numbered {
            n: u64,
        }
        let [record] = records(json!([record("11")])).try_into().unwrap();
        let change = Change::try_from(record).unwrap();
        assert_eq!(change.after::<Numbered>().unwrap(), Some(Numbered { n: 7 }));
        assert_eq!(change.before::<Numbered>().unwrap(), None);
        assert_eq!(change.sort, "attendee#bob@b.test");
    }
}
