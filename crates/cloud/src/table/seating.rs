//! Places at an event with a limit: how they stand, and who waits for one, in the order of the answers.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use invite::{
    address::Address,
    decide::{Seated, Seating, taken_out},
    event::Attendee,
    id::Uid,
};
use jiff::Timestamp;
use records::SeatingRecord;
use serde::{Deserialize, Serialize};

use super::{
    Fault, Item, Key, Keyed, Stored, Table,
    attendee_write::change_in_transaction,
    key::{WAITING, event_partition},
    number, text, understood,
};

#[derive(Serialize, Deserialize)]
struct WaitingRecord {
    email: String,
}

impl Table {
    /// How the places of an event stand; none is taken where nothing is stored.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn seating(&self, uid: &Uid) -> Result<Seating, Fault> {
        let operation = "read how the places stand";
        let record: Option<SeatingRecord> = self.get(operation, &Key::seating(uid)).await?;
        Ok(record.map(Into::into).unwrap_or_default())
    }

    /// Who has waited the longest; `None`: nobody waits.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn first_waiting(&self, uid: &Uid) -> Result<Option<Address>, Fault> {
        let operation = "read who waits for a place";
        let partition = event_partition(uid);
        let (first, _) = self
            .page::<WaitingRecord>(operation, &partition, Some(WAITING), None, Some(1))
            .await?;
        let first = first.into_iter().next();
        let address = first.map(|waiting| records::address(&waiting.email));
        understood(operation, address.transpose())
    }

    /// Stores what was decided about an attendee's place, on condition that his record and the places (`before`) are as they
    /// were read.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn store_seated(
        &self,
        uid: &Uid,
        before: &Seating,
        seated: &Seated,
    ) -> Result<Stored, Fault> {
        let operation = "store who has a place";
        let mut transaction = vec![
            change_in_transaction(operation, &self.name, uid, &seated.attendee)?,
            self.put_seating(operation, uid, before, &seated.seating)?,
        ];
        let address = &seated.attendee.mailbox.address;
        if let Some(since) = seated.joins {
            let record = WaitingRecord {
                email: address.as_str().to_owned(),
            };
            let item = Keyed::kept(Key::waiting(uid, since, address), record).item(operation)?;
            let put = Put::builder()
                .table_name(&self.name)
                .set_item(Some(item))
                .build()
                .map_err(Fault::during(operation))?;
            transaction.push(TransactWriteItem::builder().put(put).build());
        }
        if let Some(since) = seated.leaves {
            transaction.push(self.off_the_list(operation, uid, since, address)?);
        }
        self.transact(operation, transaction).await
    }

    /// What belongs to the transaction that takes an attendee out of an event: his place is given back, on condition that the places
    /// (`before`) are as they were read.
    pub(super) fn without_place(
        &self,
        operation: &'static str,
        uid: &Uid,
        before: &Seating,
        attendee: &Attendee,
    ) -> Result<Vec<TransactWriteItem>, Fault> {
        let Some((after, waited_since)) = taken_out(before, attendee) else {
            return Ok(Vec::new());
        };
        let mut writes = vec![self.put_seating(operation, uid, before, &after)?];
        if let Some(since) = waited_since {
            let address = &attendee.mailbox.address;
            writes.push(self.off_the_list(operation, uid, since, address)?);
        }
        Ok(writes)
    }

    fn off_the_list(
        &self,
        operation: &'static str,
        uid: &Uid,
        since: Timestamp,
        attendee: &Address,
    ) -> Result<TransactWriteItem, Fault> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(Key::waiting(uid, since, attendee).item()))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Stores that everybody is counted who had accepted before there was a limit, on condition that the places are as they were
    /// read (`before`).
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn store_counted(
        &self,
        uid: &Uid,
        before: &Seating,
        since: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "store that all places are counted";
        let counted = Seating {
            counted: Some(since),
            ..*before
        };
        let put = self.put_seating(operation, uid, before, &counted)?;
        self.transact(operation, vec![put]).await
    }

    fn put_seating(
        &self,
        operation: &'static str,
        uid: &Uid,
        before: &Seating,
        after: &Seating,
    ) -> Result<TransactWriteItem, Fault> {
        let item = Keyed::kept(Key::seating(uid), SeatingRecord::from(*after)).item(operation)?;
        let (condition, values) = unchanged(before);
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// The condition that the places are as they were read. Where none is stored they are read as none taken.
fn unchanged(before: &Seating) -> (String, Item) {
    let mut condition = "taken = :taken AND waiting = :waiting AND ".to_owned();
    let mut values = HashMap::from([
        (":taken".to_owned(), number(before.taken)),
        (":waiting".to_owned(), number(before.waiting)),
    ]);
    match before.counted {
        Some(counted) => {
            condition.push_str("counted = :counted");
            values.insert(":counted".to_owned(), text(counted.to_string()));
        }
        None => condition.push_str("attribute_not_exists(counted)"),
    }
    if *before == Seating::default() {
        condition = format!("attribute_not_exists(pk) OR ({condition})");
    }
    (condition, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_first_stands_first_in_the_list() {
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let address = |text| Address::parse(text).unwrap();
        let key = |second: i64, who| {
            let since = Timestamp::from_second(second).unwrap();
            Key::waiting(&uid, since, &address(who)).sk
        };
        let mut keys = [
            key(10_000_000_000, "a@a.test"),
            key(999_999_999, "b@b.test"),
            key(1_772_445_600, "z@a.test"),
            key(1_772_445_600, "b@a.test"),
        ];
        let in_order = [
            keys[1].clone(),
            keys[3].clone(),
            keys[2].clone(),
            keys[0].clone(),
        ];
        keys.sort();
        assert_eq!(keys, in_order);
    }

    #[test]
    fn a_condition_holds_for_what_was_read_alone() {
        let (condition, values) = unchanged(&Seating::default());
        assert!(condition.starts_with("attribute_not_exists(pk) OR ("));
        assert_eq!(values.len(), 2);
        let counted = Seating {
            taken: 3,
            waiting: 1,
            counted: Some(Timestamp::UNIX_EPOCH),
        };
        let (condition, values) = unchanged(&counted);
        assert!(!condition.contains(" OR "));
        for name in values.keys() {
            assert!(condition.contains(name.as_str()), "{name}");
        }
    }
}
