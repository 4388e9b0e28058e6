//! Events, and what came before them.

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem, Update};
use invite::{
    address::{Address, Mailbox},
    decide::Held,
    event::Event,
    id::Uid,
};
use records::{EventRecord, HeldRecord};
use serde::{Deserialize, Serialize};

use super::{
    Fault, Key, Keyed, MailOutcome, Stored, Table, feed::InFeed, from_item, number, understood,
};
use crate::shape::MailboxShape;

/// Of an event, who organizes it.
#[derive(Deserialize)]
struct Organized {
    organizer: MailboxShape,
}

/// An event as written: with what puts it into the indexes.
#[derive(Serialize)]
struct ListedEvent {
    #[serde(flatten)]
    record: EventRecord,
    #[serde(flatten)]
    feed: InFeed,
}

impl From<&Event> for ListedEvent {
    fn from(event: &Event) -> Self {
        Self {
            record: event.into(),
            feed: InFeed::event(event),
        }
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

    /// Who organizes the event of that uid, and nothing else of it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn organizer_of(&self, uid: &Uid) -> Result<Option<Address>, Fault> {
        let operation = "read the event's organizer";
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::event(uid).item()))
            .projection_expression("organizer")
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let organized: Option<Organized> = answer
            .item
            .map(|item| from_item(operation, item))
            .transpose()?;
        let organizer = organized.map(|organized| Mailbox::try_from(organized.organizer));
        Ok(understood(operation, organizer.transpose())?.map(|mailbox| mailbox.address))
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
                Keyed::kept(key, ListedEvent::from(event)).item(operation)?,
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
                Keyed::kept(key, ListedEvent::from(event)).item(operation)?,
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
            let keyed = Keyed::kept(Key::event(&event.uid), ListedEvent::from(&event));
            let item = keyed.item("test").unwrap();
            prop_assert_eq!(item["organizer_feed"].as_s().unwrap(), event.organizer.address.as_str());
            let at = event.last_modified.as_millisecond().to_string();
            prop_assert_eq!(item["feed_at"].as_n().unwrap(), &at);
            let back: EventRecord = from_item("test", item).unwrap();
            prop_assert_eq!(Event::try_from(back).unwrap(), event);
        }
    }
}
