//! Queues of SQS: work for one function.

use std::time::Duration;

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;

use crate::{Cloud, Fault};

/// One queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
}

/// The longest SQS keeps a message back.
pub const MAX_DELAY: Duration = Duration::from_secs(900);
/// Entries SQS takes in one call.
const BATCH: usize = 10;
/// How often entries SQS did not take are offered again within one call of [`Queue::send_all`].
const ATTEMPTS: usize = 3;

/// Messages SQS did not take, by their place in what was given, ascending.
#[derive(Debug, thiserror::Error)]
#[error("could not queue {} of the messages", places.len())]
pub struct NotQueued {
    /// Their places.
    pub places: Vec<usize>,
    /// What SQS said about one of them.
    #[source]
    pub source: Fault,
}

impl Queue {
    /// The queue of that URL.
    #[must_use]
    pub fn new(cloud: &Cloud, url: String) -> Self {
        Self {
            client: aws_sdk_sqs::Client::new(&cloud.config),
            url,
        }
    }

    /// The queue of that ARN, `arn:aws:sqs:region:account:name`.
    ///
    /// # Errors
    /// [`Fault`], also where it is no such ARN.
    pub async fn of_arn(cloud: &Cloud, arn: &str) -> Result<Self, Fault> {
        let operation = "find a queue";
        let mut parts = arn.rsplitn(3, ':');
        let (Some(name), Some(account)) = (parts.next(), parts.next()) else {
            return Err(Fault::during(operation)(format!(
                "{arn} is not the ARN of a queue"
            )));
        };
        let client = aws_sdk_sqs::Client::new(&cloud.config);
        let found = client
            .get_queue_url()
            .queue_name(name)
            .queue_owner_aws_account_id(account)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let url = found.queue_url.unwrap_or_default();
        Ok(Self { client, url })
    }

    /// Hides a message that was received from now on for so long, to the second.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn hide(&self, receipt_handle: String, for_so_long: Duration) -> Result<(), Fault> {
        let secs = i32::try_from(for_so_long.as_secs()).unwrap_or(i32::MAX);
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(secs)
            .send()
            .await
            .map_err(Fault::during("hide a message for a while"))?;
        Ok(())
    }

    /// Queues all messages, ten a call; what SQS does not take of a call is offered again, alone.
    ///
    /// # Errors
    /// [`NotQueued`] naming those that are still not taken; the others are queued.
    pub async fn send_all(&self, messages: &[String]) -> Result<(), NotQueued> {
        let mut waiting: Vec<(usize, &String)> = messages.iter().enumerate().collect();
        let mut said = None;
        for _ in 0..ATTEMPTS {
            let mut left = Vec::new();
            for chunk in waiting.chunks(BATCH) {
                match self.send_batch(chunk).await {
                    Ok((failed, why)) => {
                        left.extend(chunk.iter().filter(|(place, _)| failed.contains(place)));
                        said = why.or(said);
                    }
                    Err(fault) => {
                        left.extend(chunk);
                        said = Some(fault);
                    }
                }
            }
            if left.is_empty() {
                return Ok(());
            }
            waiting = left;
        }
        Err(NotQueued {
            places: waiting.into_iter().map(|(place, _)| place).collect(),
            source: said.unwrap_or_else(|| Fault::during("queue messages")("no reason given")),
        })
    }

    /// Queues a message nobody sees before so much time has gone by: at most [`MAX_DELAY`], to the second.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn send_later(&self, message: String, after: Duration) -> Result<(), Fault> {
        let after = after.min(MAX_DELAY).as_secs();
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(message)
            .delay_seconds(i32::try_from(after).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(Fault::during("queue a message for later"))?;
        Ok(())
    }

    async fn send_batch(
        &self,
        chunk: &[(usize, &String)],
    ) -> Result<(Vec<usize>, Option<Fault>), Fault> {
        let operation = "queue messages";
        let entries = chunk
            .iter()
            .map(|(place, body)| {
                SendMessageBatchRequestEntry::builder()
                    .id(place.to_string())
                    .message_body(*body)
                    .build()
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(Fault::during(operation))?;
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let why = answer
            .failed()
            .first()
            .map(|entry| Fault::during(operation)(entry.code().to_owned()));
        let failed = answer
            .failed()
            .iter()
            .filter_map(|entry| entry.id().parse().ok())
            .collect();
        Ok((failed, why))
    }
}
