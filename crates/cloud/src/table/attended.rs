//! Who has come to an event: part of the attendee's item, written where people are checked in and nowhere else.

use aws_sdk_dynamodb::types::ReturnValue;
use invite::{address::Address, id::Uid};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Fault, Key, Stored, Table, from_item, stored, text, update_conflicts};

#[derive(Deserialize)]
struct Attended {
    attended: Timestamp,
}

impl Table {
    /// Marks that an attendee has come, and since when he is marked: `at`, unless he was before. `None`: nobody of that address
    /// is invited.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn check_in(
        &self,
        uid: &Uid,
        attendee: &Address,
        at: Timestamp,
    ) -> Result<Option<Timestamp>, Fault> {
        let operation = "mark that an attendee has come";
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(uid, attendee).item()))
            .update_expression("SET attended = if_not_exists(attended, :at)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":at", text(at.to_string()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                let marked: Attended = from_item(operation, item)?;
                Ok(Some(marked.attended))
            }
            Err(error) if error.as_service_error().is_some_and(update_conflicts) => Ok(None),
            Err(error) => Err(Fault::during(operation)(error)),
        }
    }

    /// Takes that back; `false`: nobody of that address is invited.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn undo_check_in(&self, uid: &Uid, attendee: &Address) -> Result<bool, Fault> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(uid, attendee).item()))
            .update_expression("REMOVE attended")
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        let stored = stored(
            "take back that an attendee has come",
            answer,
            update_conflicts,
        )?;
        Ok(stored == Stored::Done)
    }
}
