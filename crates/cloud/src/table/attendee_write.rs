//! What a decision writes about attendees: answers, proposals, what they are owed, people let in. All of it or nothing.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use invite::{decide::AttendeeWrite, event::Attendee, id::Uid};

use super::{
    AttendeeRecord, Fault, Item, Key, Keyed, Stored, Table, number, stored, update_conflicts,
};

/// What mails of attendees change of a record. The rest is his invitation, what was sent to him, and whether he has come.
const SAID: [&str; 11] = [
    "delegated_to",
    "history",
    "instances",
    "lineage",
    "owed",
    "partstat",
    "partstat_sequence",
    "place",
    "proposals",
    "revision",
    "waiting",
];

const CHANGED_SINCE: &str = "#revision = :before";

/// An update of one record.
struct Change {
    key: Item,
    expression: String,
    names: HashMap<String, String>,
    values: Item,
}

impl Table {
    /// Stores what one decision writes about attendees of an event, or nothing of it: a changed record on condition that
    /// the stored revision is one less; a new one on condition that there is none, and that the count of invitations
    /// stays within `limit`.
    ///
    /// Of a changed record only what its mails change is written, so it never meets what is being sent to him at the
    /// same time.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn store_attendees(
        &self,
        uid: &Uid,
        writes: &[AttendeeWrite],
        limit: u32,
    ) -> Result<Stored, Fault> {
        let operation = "store what was decided about attendees";
        match writes {
            [] => return Ok(Stored::Done),
            // An answer alone costs half of what it does in a transaction.
            [AttendeeWrite::Change(attendee)] => return self.change_attendee(uid, attendee).await,
            _ => {}
        }
        let mut transaction = Vec::new();
        let mut more = 0_u32;
        for write in writes {
            transaction.push(match write {
                AttendeeWrite::Change(attendee) => {
                    change_in_transaction(operation, &self.name, uid, attendee)?
                }
                AttendeeWrite::Invite(attendee) => {
                    more = more.saturating_add(1);
                    let key = Key::attendee(uid, &attendee.mailbox.address);
                    let record = AttendeeRecord::from(&**attendee);
                    let put = Put::builder()
                        .table_name(&self.name)
                        .set_item(Some(Keyed::kept(key, record).item(operation)?))
                        .condition_expression("attribute_not_exists(pk)")
                        .build()
                        .map_err(Fault::during(operation))?;
                    TransactWriteItem::builder().put(put).build()
                }
            });
        }
        if more > 0 {
            transaction.push(self.count_invitations(operation, uid, more, limit)?);
        }
        self.transact(operation, transaction).await
    }

    async fn change_attendee(&self, uid: &Uid, attendee: &Attendee) -> Result<Stored, Fault> {
        let operation = "store what an attendee said";
        let Change {
            key,
            expression,
            names,
            values,
        } = change(operation, uid, attendee)?;
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(expression)
            .condition_expression(CHANGED_SINCE)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .send()
            .await;
        stored(operation, answer, update_conflicts)
    }

    /// Adds to the count of invitations, on condition that it stays within the limit.
    fn count_invitations(
        &self,
        operation: &'static str,
        uid: &Uid,
        more: u32,
        limit: u32,
    ) -> Result<TransactWriteItem, Fault> {
        // There is no arithmetic in conditions.
        let room = i128::from(limit) - i128::from(more);
        let room_from_nothing = if room < 0 {
            ""
        } else {
            "attribute_not_exists(invited) OR "
        };
        let count = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::invitations(uid).item()))
            .update_expression("ADD invited :more, added :more")
            .condition_expression(format!("{room_from_nothing}invited <= :room"))
            .expression_attribute_values(":more", number(more))
            .expression_attribute_values(":room", number(room))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().update(count).build())
    }
}

/// [`change`] as a part of a transaction.
pub(super) fn change_in_transaction(
    operation: &'static str,
    table: &str,
    uid: &Uid,
    attendee: &Attendee,
) -> Result<TransactWriteItem, Fault> {
    let Change {
        key,
        expression,
        names,
        values,
    } = change(operation, uid, attendee)?;
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key))
        .update_expression(expression)
        .condition_expression(CHANGED_SINCE)
        .set_expression_attribute_names(Some(names))
        .set_expression_attribute_values(Some(values))
        .build()
        .map_err(Fault::during(operation))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// The update that brings a stored record to what `attendee` is, on condition of [`CHANGED_SINCE`].
fn change(operation: &'static str, uid: &Uid, attendee: &Attendee) -> Result<Change, Fault> {
    let key = Key::attendee(uid, &attendee.mailbox.address);
    let mut record = Keyed::kept(key.clone(), AttendeeRecord::from(attendee)).item(operation)?;
    let mut names = HashMap::new();
    let mut values = HashMap::from([(
        ":before".to_owned(),
        number(attendee.revision.saturating_sub(1)),
    )]);
    let (mut set, mut remove) = (Vec::new(), Vec::new());
    for name in SAID {
        names.insert(format!("#{name}"), name.to_owned());
        match record.remove(name) {
            Some(value) => {
                values.insert(format!(":{name}"), value);
                set.push(format!("#{name} = :{name}"));
            }
            None => remove.push(format!("#{name}")),
        }
    }
    let mut expression = format!("SET {}", set.join(", "));
    if !remove.is_empty() {
        expression.push_str(" REMOVE ");
        expression.push_str(&remove.join(", "));
    }
    Ok(Change {
        key: key.item(),
        expression,
        names,
        values,
    })
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, strategy::ValueTree as _};

    use super::{
        super::{any, from_item},
        *,
    };

    /// What DynamoDB makes of an update, as far as ours go.
    fn applied(stored: Item, change: &Change) -> Item {
        let mut item = stored;
        for name in SAID {
            match change.values.get(&format!(":{name}")) {
                Some(value) => item.insert(name.to_owned(), value.clone()),
                None => item.remove(name),
            };
        }
        item
    }

    proptest! {
        #[test]
        fn a_changed_record_is_what_was_decided_and_what_was_sent_stays(
            before in any::attendee(),
            after in any::attendee(),
        ) {
            let uid = Uid::parse(&"0".repeat(40)).unwrap();
            // Who he is and who invited him does not change, nor whether he has come.
            let after = Attendee {
                mailbox: before.mailbox.clone(),
                origin: before.origin,
                invited: before.invited,
                attended: before.attended,
                ..after
            };
            let key = Key::attendee(&uid, &before.mailbox.address);
            let mut stored = Keyed::kept(key, AttendeeRecord::from(&before)).item("test").unwrap();
            stored.insert("sent_revision".to_owned(), number(3));
            let change = change("test", &uid, &after).unwrap();
            let item = applied(stored, &change);
            prop_assert_eq!(item.get("sent_revision"), Some(&number(3)));
            let back: AttendeeRecord = from_item("test", item).unwrap();
            prop_assert_eq!(Attendee::try_from(back).unwrap(), after.clone());
            prop_assert_eq!(&change.values[":before"], &number(after.revision.saturating_sub(1)));
        }
    }

    #[test]
    fn every_name_and_value_of_the_update_is_used() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let attendee = any::attendee().new_tree(&mut runner).unwrap().current();
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let change = change("test", &uid, &attendee).unwrap();
        let used = format!("{} {CHANGED_SINCE}", change.expression);
        for name in change.names.keys().chain(change.values.keys()) {
            assert!(used.contains(name), "{name} in {used}");
        }
    }
}
