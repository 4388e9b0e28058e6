//! What became of the letters to an attendee: part of his item; and who gets no mail any more.

use aws_sdk_dynamodb::types::AttributeValue;
use invite::{
    address::{Address, Mailbox},
    delivery::{Delivery, Posted, Reminded, Suppressed, Unwanted},
    id::Uid,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fault, Key, Keyed, Stored, Table,
    feed::InFeed,
    key::{ATTENDEES, SUPPRESSED, attendee_partition, event_partition},
    number, put_conflicts, stored, text, understood, update_conflicts,
};
use crate::shape::{DeliveryShape, FactShape, MailboxShape, UnwantedCode};

/// An attendee's item, as far as it says where the mail to him stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct PostedRecord {
    sent_revision: Option<u64>,
    rejected: Option<String>,
    withheld: Option<UnwantedCode>,
    #[serde(flatten)]
    reminded: RemindedRecord,
    #[serde(flatten)]
    delivery: DeliveryShape,
    /// Counts writes of `delivery`: condition of each.
    #[serde(default)]
    delivery_writes: u64,
}

/// How often an attendee was reminded, as his item has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub(super) struct RemindedRecord {
    #[serde(default)]
    reminders: u32,
    /// When last, in milliseconds.
    #[serde(default)]
    reminded_at: Option<i64>,
}

impl From<RemindedRecord> for Reminded {
    fn from(record: RemindedRecord) -> Self {
        Self {
            times: record.reminders,
            last: record
                .reminded_at
                .and_then(|at| Timestamp::from_millisecond(at).ok()),
        }
    }
}

impl From<PostedRecord> for Posted {
    fn from(record: PostedRecord) -> Self {
        Self {
            sent_revision: record.sent_revision,
            is_rejected: record.rejected.is_some(),
            withheld: record.withheld.map(Unwanted::from),
            delivery: record.delivery.into(),
            reminded: record.reminded.into(),
        }
    }
}

/// What is known of the letters to an attendee, with what the next write of it is conditional on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownDelivery {
    /// What is known.
    pub delivery: Delivery,
    writes: u64,
}

/// Where the mail to some of an event's attendees stands, by address.
#[derive(Debug)]
pub struct PostedPage {
    /// They.
    pub rows: Vec<(Mailbox, Posted)>,
    /// Read on after this; `None` when these were the last.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct PostedRow {
    #[serde(flatten)]
    mailbox: MailboxShape,
    #[serde(flatten)]
    posted: PostedRecord,
}

/// How somebody said that he wants no more mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Said<'a> {
    /// `page` or `mail`.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// The event whose letter he held, if he held one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<&'a str>,
}

/// A record that its person gets no mail of somebody, or of anybody.
#[derive(Deserialize)]
struct UnwantedRecord {
    sk: String,
    /// Of `suppressed#`.
    why: Option<UnwantedCode>,
}

#[derive(Serialize)]
struct SuppressedRecord {
    why: UnwantedCode,
    at: Timestamp,
    #[serde(flatten)]
    feed: InFeed,
}

#[derive(Serialize)]
struct BlockRecord<'a> {
    #[serde(flatten)]
    said: &'a Said<'a>,
    #[serde(flatten)]
    feed: InFeed,
}

impl Table {
    /// What is known of the letters to an attendee; `None` if nobody of that address is invited.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn delivery(
        &self,
        uid: &Uid,
        attendee: &Address,
    ) -> Result<Option<KnownDelivery>, Fault> {
        let record: Option<PostedRecord> = self
            .get(
                "read what became of the letters to an attendee",
                &Key::attendee(uid, attendee),
            )
            .await?;
        Ok(record.map(|record| KnownDelivery {
            writes: record.delivery_writes,
            delivery: record.delivery.into(),
        }))
    }

    /// Stores what is known now, on condition that nobody else has since `before` was read.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn store_delivery(
        &self,
        uid: &Uid,
        attendee: &Address,
        before: &KnownDelivery,
        after: &Delivery,
    ) -> Result<Stored, Fault> {
        let operation = "store what became of a letter";
        let shape = DeliveryShape::from(after);
        let counts: AttributeValue =
            serde_dynamo::to_attribute_value(&shape.delivery).map_err(Fault::during(operation))?;
        let earlier: AttributeValue =
            serde_dynamo::to_attribute_value::<Vec<FactShape>, _>(shape.delivery_before)
                .map_err(Fault::during(operation))?;
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(uid, attendee).item()))
            .update_expression(
                "SET delivery = :delivery, delivery_before = :earlier, delivery_writes = :after",
            )
            .expression_attribute_values(":delivery", counts)
            .expression_attribute_values(":earlier", earlier)
            .expression_attribute_values(":after", number(before.writes.saturating_add(1)));
        let update = if before.writes == 0 {
            update.condition_expression(
                "attribute_exists(pk) AND attribute_not_exists(delivery_writes)",
            )
        } else {
            update
                .condition_expression("delivery_writes = :before")
                .expression_attribute_values(":before", number(before.writes))
        };
        stored(operation, update.send().await, update_conflicts)
    }

    /// Where the mail to at most `limit` attendees of an event stands, after those that came before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn posted(
        &self,
        uid: &Uid,
        after: Option<&Address>,
        limit: i32,
    ) -> Result<PostedPage, Fault> {
        let operation = "read where the mail to attendees stands";
        let after = after.map(|address| format!("{ATTENDEES}{}", address.as_str()));
        let (rows, next) = self
            .page(
                operation,
                &event_partition(uid),
                Some(ATTENDEES),
                after.as_deref(),
                Some(limit),
            )
            .await?;
        let rows = rows
            .into_iter()
            .map(|row: PostedRow| {
                let mailbox = understood(operation, row.mailbox.try_into())?;
                Ok((mailbox, row.posted.into()))
            })
            .collect::<Result<_, Fault>>()?;
        Ok(PostedPage { rows, next })
    }

    /// Records that an address gets no mail any more: the first reason stands, but a complaint outweighs a bounce.
    /// [`Stored::Conflict`] when that was known.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn suppress(&self, suppressed: &Suppressed, now: Timestamp) -> Result<Stored, Fault> {
        let operation = "record that an address gets no more mail";
        let record = SuppressedRecord {
            why: suppressed.why.into(),
            at: suppressed.at,
            feed: InFeed::unwanted(now),
        };
        let keyed = Keyed::kept(Key::suppressed(&suppressed.address), record);
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(keyed.item(operation)?));
        let put = match suppressed.why {
            Unwanted::Complained => put
                .condition_expression("attribute_not_exists(pk) OR #why <> :complained")
                .expression_attribute_names("#why", "why")
                .expression_attribute_values(":complained", text(Unwanted::Complained.code())),
            Unwanted::Blocked | Unwanted::Bounced => {
                put.condition_expression("attribute_not_exists(pk)")
            }
        };
        stored(operation, put.send().await, put_conflicts)
    }

    /// Records that a person wants no mail of an organizer, or (`None`) of anybody here. [`Stored::Conflict`] when that
    /// was known, which then stands; what only keeps him from being invited for a while ends with it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn block(
        &self,
        attendee: &Address,
        organizer: Option<&Address>,
        said: &Said<'_>,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "record that somebody wants no more mail";
        let record = BlockRecord {
            said,
            feed: InFeed::unwanted(now),
        };
        let key = organizer.map_or_else(
            || Key::block_of_all(attendee),
            |organizer| Key::block(attendee, organizer),
        );
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(Keyed::kept(key, record).item(operation)?))
            .condition_expression("attribute_not_exists(pk) OR attribute_exists(expires_at)");
        stored(operation, put.send().await, put_conflicts)
    }

    /// Shows in an attendee's item that he wants no more mail, for his organizer to see. [`Stored::Conflict`] when
    /// nobody of that address is invited.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn show_blocked(
        &self,
        uid: &Uid,
        attendee: &Address,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(uid, attendee).item()))
            .update_expression("SET withheld = :blocked, withheld_at = :at")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":at", text(now.to_string()))
            .expression_attribute_values(":blocked", text(Unwanted::Blocked.code()));
        let operation = "show that somebody wants no more mail";
        stored(operation, update.send().await, update_conflicts)
    }

    /// Why a person gets no mail from this organizer, if that is so; the weightiest reason.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn unwanted(
        &self,
        attendee: &Address,
        organizer: &Address,
    ) -> Result<Option<Unwanted>, Fault> {
        let records: Vec<UnwantedRecord> = self
            .all(
                "read who a person wants no mail of",
                &attendee_partition(attendee),
                None,
            )
            .await?;
        Ok(records
            .iter()
            .filter_map(|record| unwanted_by(record, organizer))
            .max())
    }

    /// Whether an address gets no mail of anybody.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn is_suppressed(&self, address: &Address) -> Result<bool, Fault> {
        let record: Option<Key> = self
            .get(
                "read whether an address takes mail",
                &Key::suppressed(address),
            )
            .await?;
        Ok(record.is_some())
    }
}

fn unwanted_by(record: &UnwantedRecord, organizer: &Address) -> Option<Unwanted> {
    if record.sk == SUPPRESSED {
        return Some(record.why.map_or(Unwanted::Bounced, Unwanted::from));
    }
    // Without an organizer: he wants no mail of anybody.
    let of = record.sk.strip_prefix("block#")?;
    (of.is_empty() || of == organizer.as_str()).then_some(Unwanted::Blocked)
}

#[cfg(test)]
mod tests {
    use invite::delivery::{DeliveryState, Fact, PostedState};

    use super::{
        super::{any, from_item},
        *,
    };

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn a_block_is_between_two_people_and_a_suppression_between_one_and_all() {
        let alice = address("alice@a.test");
        for (sk, why, expected) in [
            ("block#alice@a.test", None, Some(Unwanted::Blocked)),
            ("block#dora@a.test", None, None),
            ("block#", None, Some(Unwanted::Blocked)),
            (
                "suppressed#",
                Some(UnwantedCode::Complained),
                Some(Unwanted::Complained),
            ),
            ("suppressed#", None, Some(Unwanted::Bounced)),
            ("something#", None, None),
        ] {
            let record = UnwantedRecord {
                sk: sk.to_owned(),
                why,
            };
            assert_eq!(unwanted_by(&record, &alice), expected, "{sk}");
        }
    }

    #[test]
    fn what_is_known_comes_back_from_an_attendees_item_as_it_went() {
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let bob = super::super::AttendeeRecord::from(&any::bob());
        let mut item = Keyed::kept(Key::attendee(&uid, &address("bob@b.test")), bob)
            .item("test")
            .unwrap();
        let unheard: PostedRecord = from_item("test", item.clone()).unwrap();
        assert_eq!(Posted::from(unheard).state(), PostedState::Waiting);

        let fact = |state, second| Fact {
            state,
            revision: 1,
            letter: "invite".to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            code: Some("General 5.1.1".to_owned()),
            words: None,
        };
        let delivery: Delivery = [DeliveryState::Delayed, DeliveryState::Bounced]
            .into_iter()
            .map(|state| fact(state, 7))
            .collect();
        let stored: super::super::Item =
            serde_dynamo::to_item(DeliveryShape::from(&delivery)).unwrap();
        item.extend(stored);
        let back: PostedRecord = from_item("test", item).unwrap();
        let posted = Posted::from(back);
        assert_eq!(posted.delivery, delivery);
        assert_eq!(posted.state(), PostedState::Bounced);
    }
}
