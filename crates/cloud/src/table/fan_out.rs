//! The telling of one change to all attendees: how far it has come.

use invite::id::Uid;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EXPLAINED_FOR, Fault, Key, Keyed, Kind, Stored, Table, put_conflicts, stored, text};

/// How far one telling has come.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FanOut {
    /// Sort key of the last attendee staged; `None` before the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staged_through: Option<String>,
    /// Messages queued.
    pub staged: u64,
    /// Whether every attendee was staged.
    pub is_done: bool,
}

impl Table {
    /// How far the telling of this revision has come.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn fan_out(&self, uid: &Uid, revision: u64, kind: Kind) -> Result<FanOut, Fault> {
        let key = Key::fan_out(uid, revision, kind);
        let known = self.get("read the staging's cursor", &key).await?;
        Ok(known.unwrap_or_default())
    }

    /// Moves it on, on condition that nobody else has since `before` was read.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn advance_fan_out(
        &self,
        uid: &Uid,
        (revision, kind): (u64, Kind),
        before: &FanOut,
        after: &FanOut,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "move the staging's cursor on";
        let expires = now.checked_add(EXPLAINED_FOR).unwrap_or(Timestamp::MAX);
        let keyed = Keyed::until(Key::fan_out(uid, revision, kind), expires, after);
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(keyed.item(operation)?));
        let put = match &before.staged_through {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(sort) => put
                .condition_expression("staged_through = :before")
                .expression_attribute_values(":before", text(sort)),
        };
        stored(operation, put.send().await, put_conflicts)
    }
}
