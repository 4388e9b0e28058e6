//! How often invite links were used: each count is one conditional write to a record that names nobody and is gone when its hour or
//! day is.

use invite::invite_link::Count;

use super::{Fault, Key, Stored, Table, number, stored, update_conflicts};

impl Table {
    /// Counts one more use, unless there were as many as may be: then nothing changes, and it is [`Stored::Conflict`].
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn count_link_use(&self, count: &Count) -> Result<Stored, Fault> {
        let operation = "count the use of an invite link";
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::link_use(&count.name).item()))
            .update_expression("ADD uses :one SET expires_at = :expires")
            .condition_expression("attribute_not_exists(uses) OR uses < :most")
            .expression_attribute_values(":one", number(1_u32))
            .expression_attribute_values(":most", number(count.most))
            .expression_attribute_values(":expires", number(count.until.as_second()))
            .send()
            .await;
        stored(operation, answer, update_conflicts)
    }
}
