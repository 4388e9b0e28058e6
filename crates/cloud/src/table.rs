//! The table: what the system knows. Every write is conditional on what was read.

mod api_key;
mod attended;
mod attendee;
mod attendee_write;
mod delivery;
mod erase;
mod erasure;
mod event;
mod event_feed;
mod feed;
mod invitation;
mod job;
mod job_record;
mod key;
mod keyed_request;
mod ledger;
mod link_use;
mod listed;
mod notice;
mod order;
mod organizer;
mod outcome;
mod report;
mod seating;
mod sending;
mod statistics;
mod unwanted_feed;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{
        put_item::PutItemError, transact_write_items::TransactWriteItemsError,
        update_item::UpdateItemError,
    },
    types::{AttributeValue, TransactWriteItem},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Cloud, Fault, shape::Malformed};

pub use attendee::AttendeePage;
pub use delivery::{KnownDelivery, PostedPage, PostedRecord, Said};
pub use erase::{Kept, KeptPage};
pub use erasure::{AskedBy, ErasedAddress, ErasedShape, ErasureRecord, ErasureState};
pub use event_feed::{EventPage, Month};
pub use invitation::{Invitations, RefusedInvitation};
pub use job::ShardRecord;
pub use job_record::{JobRecord, RefusedRowShape};
pub use key::Key;
pub use keyed_request::{Begun, KeptAnswer, KeyedRequest};
pub use ledger::{CommandPage, PageEnd, ReadFrom, SentPage};
pub use listed::{Added, EventNow};
pub use order::{OrderRecord, SubscriptionRecord, WebhookOutcome, WebhookRecord};
pub use outcome::{MailOutcome, Outcome, sender_hash};
pub use records::{AttendeeRecord, EventRecord, JobKind, JobState};
pub use report::{PartsShape, ReportRecord, ReportState, TallyShape};
pub use sending::{Claim, Claimed, Kind, LetterShape, NotClaimed};
pub use statistics::{Counted, RsvpShape, ShardCount, ShardStatistics, StatisticsShape};
pub use unwanted_feed::UnwantedFeed;

/// One item, as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

/// What came of a conditional write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Stored {
    /// It is written.
    Done,
    /// Somebody else was quicker: load and decide again.
    Conflict,
}

/// How long what only explains is kept.
const EXPLAINED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(90 * 24);

impl Table {
    /// The table of that name.
    #[must_use]
    pub fn new(cloud: &Cloud, name: String) -> Self {
        Self {
            client: Client::new(&cloud.config),
            name,
        }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        key: &Key,
    ) -> Result<Option<T>, Fault> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        answer
            .item
            .map(|item| from_item(operation, item))
            .transpose()
    }

    /// One page of the items of a partition (whose sort keys begin with `prefix`), ascending, after the sort key
    /// `after`; and the sort key to go on after, if there may be more.
    async fn page<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        partition: &str,
        prefix: Option<&str>,
        after: Option<&str>,
        limit: Option<i32>,
    ) -> Result<(Vec<T>, Option<String>), Fault> {
        let mut values = Item::from([(":partition".to_owned(), text(partition))]);
        if let Some(prefix) = prefix {
            values.insert(":prefix".to_owned(), text(prefix));
        }
        let start = after.map(|sort| Key::new(partition, sort).item());
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(match prefix {
                Some(_) => "pk = :partition AND begins_with(sk, :prefix)",
                None => "pk = :partition",
            })
            .set_expression_attribute_values(Some(values))
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .consistent_read(true)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let next = answer
            .last_evaluated_key
            .and_then(|mut key| key.remove("sk"))
            .and_then(|sort| match sort {
                AttributeValue::S(sort) => Some(sort),
                _ => None,
            });
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| from_item(operation, item))
            .collect::<Result<_, _>>()?;
        Ok((items, next))
    }

    /// Every item of a partition (whose sort keys begin with `prefix`); for partitions known to be small.
    async fn all<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        partition: &str,
        prefix: Option<&str>,
    ) -> Result<Vec<T>, Fault> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let (items, next) = self
                .page(operation, partition, prefix, after.as_deref(), None)
                .await?;
            all.extend(items);
            match next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    async fn transact(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Stored, Fault> {
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .send()
            .await;
        stored(operation, answer, |error: &TransactWriteItemsError| {
            matches!(error, TransactWriteItemsError::TransactionCanceledException(canceled)
            if canceled.cancellation_reasons().iter().any(|reason| {
                matches!(reason.code(), Some("ConditionalCheckFailed" | "TransactionConflict"))
            }))
        })
    }
}

/// An item with its key and, if it is only kept for a while, when to forget it (epoch seconds, for the table's TTL).
#[derive(Serialize, Deserialize)]
struct Keyed<T> {
    #[serde(flatten)]
    key: Key,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(flatten)]
    record: T,
}

impl<T: Serialize> Keyed<T> {
    fn kept(key: Key, record: T) -> Self {
        Self {
            key,
            expires_at: None,
            record,
        }
    }

    fn until(key: Key, expires: Timestamp, record: T) -> Self {
        Self {
            key,
            expires_at: Some(expires.as_second()),
            record,
        }
    }

    fn item(&self, operation: &'static str) -> Result<Item, Fault> {
        serde_dynamo::to_item(self).map_err(Fault::during(operation))
    }
}

fn from_item<T: DeserializeOwned>(operation: &'static str, item: Item) -> Result<T, Fault> {
    serde_dynamo::from_item(item).map_err(Fault::during(operation))
}

/// A stored value back in the domain.
fn understood<T>(operation: &'static str, value: Result<T, Malformed>) -> Result<T, Fault> {
    value.map_err(Fault::during(operation))
}

fn stored<T, E, R>(
    operation: &'static str,
    answer: Result<T, SdkError<E, R>>,
    is_conflict: impl FnOnce(&E) -> bool,
) -> Result<Stored, Fault>
where
    SdkError<E, R>: std::error::Error + Send + Sync + 'static,
{
    match answer {
        Ok(_) => Ok(Stored::Done),
        Err(error) if error.as_service_error().is_some_and(is_conflict) => Ok(Stored::Conflict),
        Err(error) => Err(Fault::during(operation)(error)),
    }
}

fn put_conflicts(error: &PutItemError) -> bool {
    matches!(
        error,
        PutItemError::ConditionalCheckFailedException(_)
            | PutItemError::TransactionConflictException(_)
    )
}

fn update_conflicts(error: &UpdateItemError) -> bool {
    matches!(
        error,
        UpdateItemError::ConditionalCheckFailedException(_)
            | UpdateItemError::TransactionConflictException(_)
    )
}

fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// For strategies of the records' round trips.
#[cfg(test)]
mod any;
