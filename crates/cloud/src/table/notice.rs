//! Notices to organizers: one to a person for a reason in a while, whatever is repeated.

use invite::address::Address;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    Fault, Key, Keyed, Stored, Table, number, put_conflicts, stored, text, update_conflicts,
};

#[derive(Serialize)]
struct NoticeRecord<'a> {
    claimed_by: &'a str,
    claimed_at: i64,
    is_sent: bool,
}

impl Table {
    /// Claims a notice: [`Stored::Conflict`] when one for this reason was claimed by another message less than
    /// `quiet` ago, or was sent.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn claim_notice(
        &self,
        to: &Address,
        reason: &str,
        by: &str,
        now: Timestamp,
        quiet: SignedDuration,
    ) -> Result<Stored, Fault> {
        let operation = "claim a notice";
        let record = NoticeRecord {
            claimed_by: by,
            claimed_at: now.as_millisecond(),
            is_sent: false,
        };
        let expires = now.checked_add(quiet).unwrap_or(Timestamp::MAX);
        let over = now.checked_sub(quiet).unwrap_or(Timestamp::MIN);
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(
                Keyed::until(Key::notice(to, reason), expires, record).item(operation)?,
            ))
            .condition_expression(
                "attribute_not_exists(pk) OR (claimed_by = :me AND is_sent = :no) OR claimed_at < :over",
            )
            .expression_attribute_values(":me", text(by))
            .expression_attribute_values(":no", aws_sdk_dynamodb::types::AttributeValue::Bool(false))
            .expression_attribute_values(":over", number(over.as_millisecond()))
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }

    /// Marks a claimed notice as sent.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn mark_notice_sent(
        &self,
        to: &Address,
        reason: &str,
        by: &str,
    ) -> Result<Stored, Fault> {
        let operation = "mark a notice as sent";
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::notice(to, reason).item()))
            .update_expression("SET is_sent = :yes")
            .condition_expression("claimed_by = :me")
            .expression_attribute_values(":me", text(by))
            .expression_attribute_values(
                ":yes",
                aws_sdk_dynamodb::types::AttributeValue::Bool(true),
            )
            .send()
            .await;
        stored(operation, answer, update_conflicts)
    }
}
