use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use cloud::clock::Stopwatch;
use futures::{FutureExt, StreamExt, stream};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use tracing::Instrument;

use super::{again::Again, log_failure};

/// A message of a queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// SQS's id: the same at every delivery.
    pub(crate) id: String,
    /// What it says.
    pub(crate) body: String,
}

/// What handling a message came to, in a word for its log line; an error asks for another try.
pub(crate) type Handled = anyhow::Result<&'static str>;

/// Serves a queue with a handler of one message: one that fails fails alone.
pub(crate) async fn serve_queue(handle: impl AsyncFn(Message) -> Handled) -> anyhow::Result<()> {
    let handle = &handle;
    let again = Again::default();
    let soon = &async |message: &SqsMessage| again.soon(message).await;
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        // In a box, or its type grows beyond what the compiler looks into.
        Box::pin(async move {
            Ok::<_, lambda_runtime::Error>(each(event.payload.records, handle, soon).await)
        })
    }))
    .await
    .map_err(|error| anyhow::anyhow!(error))
}

/// What Lambda is told: these again, the others are done.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PartialBatch {
    batch_item_failures: Vec<Failed>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    item_identifier: String,
}

/// Messages handled at a time: what waits for the network is the cheap part.
const IN_FLIGHT: usize = 10;

async fn each(
    messages: Vec<SqsMessage>,
    handle: &impl AsyncFn(Message) -> Handled,
    soon: &impl AsyncFn(&SqsMessage),
) -> PartialBatch {
    let batch_item_failures = stream::iter(messages)
        .map(|message| one(message, handle, soon))
        .buffer_unordered(IN_FLIGHT)
        .filter_map(async |failed| failed)
        .collect()
        .await;
    PartialBatch {
        batch_item_failures,
    }
}

/// Handles one message; one that fails is hidden for as long as `soon` says.
async fn one(
    delivered: SqsMessage,
    handle: &impl AsyncFn(Message) -> Handled,
    soon: &impl AsyncFn(&SqsMessage),
) -> Option<Failed> {
    let stopwatch = Stopwatch::start();
    let message = Message {
        id: delivered.message_id.clone().unwrap_or_default(),
        body: delivered.body.clone().unwrap_or_default(),
    };
    let id = message.id.clone();
    let span = tracing::info_span!(
        "message",
        message.id = id,
        mail.id = tracing::field::Empty,
        event.id = tracing::field::Empty,
        reason = tracing::field::Empty,
    );
    async {
        let handled = AssertUnwindSafe(handle(message)).catch_unwind().await;
        let duration_ms = stopwatch.elapsed().as_secs_f64() * 1e3;
        match handled {
            Ok(Ok(outcome)) => {
                tracing::info!(outcome, duration_ms, "handled");
                return None;
            }
            Ok(Err(error)) => log_failure("the message stays in the queue", &error),
            // The hook has logged where.
            Err(_panic) => {}
        }
        soon(&delivered).await;
        Some(Failed {
            item_identifier: id,
        })
    }
    .instrument(span)
    .await
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::messages::{ChangeMessage, read};

    fn batch(bodies: &[&str]) -> Vec<SqsMessage> {
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(place, body)| serde_json::json!({"messageId": place.to_string(), "body": body}))
            .collect();
        serde_json::from_value::<SqsEvent>(serde_json::json!({"Records": records}))
            .unwrap()
            .records
    }

    async fn never(_message: &SqsMessage) {}

    /// Handles messages of these bodies, the first with the id 0.
    pub(in crate::shell) async fn handled(
        bodies: &[&str],
        handle: &impl AsyncFn(Message) -> Handled,
    ) {
        each(batch(bodies), handle, &never).await;
    }

    fn failed(batch: &PartialBatch) -> Vec<&str> {
        let mut ids: Vec<_> = batch
            .batch_item_failures
            .iter()
            .map(|failed| failed.item_identifier.as_str())
            .collect();
        ids.sort_unstable();
        ids
    }

    #[tokio::test]
    async fn a_message_that_panics_fails_alone() {
        let hidden = RefCell::new(Vec::new());
        let handled = each(
            batch(&["fine", "panic", "fault", "fine"]),
            &async |message: Message| {
                // Gives way once, so that the others are under way when it happens.
                tokio::task::yield_now().await;
                match message.body.as_str() {
                    "panic" => panic!("a poison mail"),
                    "fault" => anyhow::bail!("the table is away"),
                    _ => Ok("done"),
                }
            },
            &async |message: &SqsMessage| {
                let body = message.body.clone().unwrap_or_default();
                hidden.borrow_mut().push(body);
            },
        )
        .await;
        assert_eq!(failed(&handled), ["1", "2"]);
        let mut hidden = hidden.into_inner();
        hidden.sort();
        assert_eq!(hidden, ["fault", "panic"]);
    }

    #[tokio::test]
    async fn a_message_that_cannot_be_read_fails_alone() {
        let fine = format!(
            r#"{{"version":1,"type":"event-created","uid":"{}"}}"#,
            "0".repeat(40)
        );
        let newer = fine.replace(":1,", ":2,");
        let handled = each(
            batch(&["hello", &fine, &newer]),
            &async |message: Message| {
                let _change: ChangeMessage = read(&message.body)?;
                Ok("read")
            },
            &never,
        )
        .await;
        assert_eq!(failed(&handled), ["0", "2"]);
    }

    #[test]
    fn lambda_reads_the_answer() {
        let answer = PartialBatch {
            batch_item_failures: vec![Failed {
                item_identifier: "7".to_owned(),
            }],
        };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#
        );
    }
}
