//! Events, and what came before them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem, Update};
use invite::{
    decide::Held,
    event::Event,
    id::{Digest, Uid},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fault, Key, Keyed, MailOutcome, Stored, Table, held::HeldRecord, number, understood};
use crate::shape::{
    ByInstance, DetailsShape, EditionShape, InstanceShape, MailboxShape, Malformed, StampShape,
    StatusCode, UninvitedCode, address, all, by_instance, of_instances,
};

/// An event as stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Event")]
pub struct EventRecord {
    pub uid: String,
    pub client_uid: String,
    pub organizer: MailboxShape,
    pub prodid: String,
    pub mailto: String,
    pub revision: u64,
    pub version: u64,
    pub stamp: StampShape,
    pub accepted: StampShape,
    pub status: StatusCode,
    pub details: DetailsShape,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: ByInstance<InstanceShape>,
    /// Records from before series came have none; see [`Event`]'s way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_since: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uninvited: Option<UninvitedCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<EditionShape>,
    #[serde(default)]
    pub tzdata: String,
    pub created: Timestamp,
    pub last_modified: Timestamp,
    pub seen: Vec<String>,
}

impl From<&Event> for EventRecord {
    fn from(event: &Event) -> Self {
        Self {
            uid: event.uid.as_str().to_owned(),
            client_uid: event.client_uid.clone(),
            organizer: (&event.organizer).into(),
            prodid: event.prodid.clone(),
            mailto: event.mailto.as_str().to_owned(),
            revision: event.revision,
            version: event.version,
            stamp: event.stamp.into(),
            accepted: event.accepted.into(),
            status: event.status.into(),
            details: (&event.details).into(),
            instances: by_instance(&event.instances),
            open_since: Some(event.open_since),
            uninvited: Some(event.uninvited.into()),
            editions: event.editions.iter().map(EditionShape::from).collect(),
            tzdata: event.tzdata.clone(),
            created: event.created,
            last_modified: event.last_modified,
            seen: event
                .seen
                .iter()
                .map(|digest| digest.as_str().to_owned())
                .collect(),
        }
    }
}

impl TryFrom<EventRecord> for Event {
    type Error = Malformed;

    fn try_from(record: EventRecord) -> Result<Self, Malformed> {
        Ok(Self {
            uid: Uid::parse(&record.uid).ok_or(Malformed("a uid"))?,
            client_uid: record.client_uid,
            organizer: record.organizer.try_into()?,
            prodid: record.prodid,
            mailto: address(&record.mailto)?,
            revision: record.revision,
            version: record.version,
            stamp: record.stamp.into(),
            accepted: record.accepted.into(),
            // Then SEQUENCE rose with what reopened answers, and with a cancellation, which does not.
            open_since: record.open_since.unwrap_or_else(|| {
                let cancelled = record.status == StatusCode::Cancelled;
                record.stamp.sequence.saturating_sub(u32::from(cancelled))
            }),
            status: record.status.into(),
            details: record.details.into(),
            instances: of_instances(record.instances)?,
            uninvited: record.uninvited.map(Into::into).unwrap_or_default(),
            editions: all(record.editions)?,
            tzdata: record.tzdata,
            created: record.created,
            last_modified: record.last_modified,
            seen: record.seen.into_iter().map(Digest::from_stored).collect(),
        })
    }
}

impl Table {
    /// The event of that uid.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn event(&self, uid: &Uid) -> Result<Option<Event>, Fault> {
        let operation = "read the event";
        let record: Option<EventRecord> = self.get(operation, &Key::event(uid)).await?;
        understood(operation, record.map(Event::try_from).transpose())
    }

    /// What waits for that event, expired or not.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn held(&self, uid: &Uid) -> Result<Option<Held>, Fault> {
        let operation = "read what is held for the event";
        let record: Option<HeldRecord> = self.get(operation, &Key::held(uid)).await?;
        understood(operation, record.map(Held::try_from).transpose())
    }

    /// Stores a new event, counts it for its organizer and records what became of the mail, all or nothing.
    ///
    /// On condition that there is still no such event, that what is held for it is what was read, and that the
    /// organizer is still below `limit`.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn create_event(
        &self,
        event: &Event,
        held: Option<&Held>,
        limit: Option<u32>,
        outcome: &MailOutcome,
    ) -> Result<Stored, Fault> {
        let operation = "store the new event";
        let key = Key::event(&event.uid);
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(
                Keyed::kept(key, EventRecord::from(event)).item(operation)?,
            ))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Fault::during(operation))?;
        let held_is_as_read = self.held_check(operation, &event.uid, held)?;
        let organizer = Key::organizer(&event.organizer.address);
        let mut count = Update::builder()
            .table_name(&self.name)
            .set_key(Some(organizer.item()))
            .update_expression("ADD events :one")
            .expression_attribute_values(":one", number(1));
        if let Some(limit) = limit {
            count = count
                .condition_expression("attribute_not_exists(events) OR events < :limit")
                .expression_attribute_values(":limit", number(limit));
        }
        let count = count.build().map_err(Fault::during(operation))?;
        self.transact(
            operation,
            vec![
                TransactWriteItem::builder().put(put).build(),
                TransactWriteItem::builder()
                    .condition_check(held_is_as_read)
                    .build(),
                TransactWriteItem::builder().update(count).build(),
                self.outcome_write(operation, outcome)?,
            ],
        )
        .await
    }

    /// Stores a changed event and records what became of the mail, on condition that the stored version is one less.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn change_event(
        &self,
        event: &Event,
        outcome: &MailOutcome,
    ) -> Result<Stored, Fault> {
        let operation = "store the changed event";
        let key = Key::event(&event.uid);
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(
                Keyed::kept(key, EventRecord::from(event)).item(operation)?,
            ))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(event.version.saturating_sub(1)))
            .build()
            .map_err(Fault::during(operation))?;
        self.transact(
            operation,
            vec![
                TransactWriteItem::builder().put(put).build(),
                self.outcome_write(operation, outcome)?,
            ],
        )
        .await
    }

    /// Keeps what came for an event that is not there, on condition that it still is not, and that what is held so far
    /// is what was read: of a version one less, or nothing before the first.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn hold(
        &self,
        uid: &Uid,
        held: &Held,
        outcome: &MailOutcome,
    ) -> Result<Stored, Fault> {
        let operation = "hold what came first";
        let keyed = Keyed::until(Key::held(uid), held.expires(), HeldRecord::from(held));
        let mut put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(keyed.item(operation)?));
        put = match held.version.saturating_sub(1) {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            before => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before)),
        };
        let no_event = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(Key::event(uid).item()))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Fault::during(operation))?;
        self.transact(
            operation,
            vec![
                TransactWriteItem::builder()
                    .put(put.build().map_err(Fault::during(operation))?)
                    .build(),
                TransactWriteItem::builder()
                    .condition_check(no_event)
                    .build(),
                self.outcome_write(operation, outcome)?,
            ],
        )
        .await
    }

    fn held_check(
        &self,
        operation: &'static str,
        uid: &Uid,
        held: Option<&Held>,
    ) -> Result<ConditionCheck, Fault> {
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(Key::held(uid).item()));
        match held {
            None => check.condition_expression("attribute_not_exists(pk)"),
            Some(held) => check
                // The table may forget an expired one at any moment.
                .condition_expression("attribute_not_exists(pk) OR version = :read")
                .expression_attribute_values(":read", number(held.version)),
        }
        .build()
        .map_err(Fault::during(operation))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::any, *};

    proptest! {
        #[test]
        fn an_event_comes_back_from_the_table_as_it_went(event in any::event()) {
            let keyed = Keyed::kept(Key::event(&event.uid), EventRecord::from(&event));
            let item = keyed.item("test").unwrap();
            let back: EventRecord = super::super::from_item("test", item).unwrap();
            prop_assert_eq!(Event::try_from(back).unwrap(), event);
        }
    }
}
