//! Inviting people: the count of an event's invitations, blocks, and what was refused.

use invite::{address::Address, id::Uid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EXPLAINED_FOR, Fault, Key, Keyed, Table};

#[derive(Deserialize)]
struct CountRecord {
    invited: u32,
}

/// An invitation that was asked for and not made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RefusedInvitation {
    /// Stable code of the reason.
    pub reason: String,
    /// When.
    pub decided: Timestamp,
}

impl Table {
    /// How many people were invited to an event.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn invited_so_far(&self, uid: &Uid) -> Result<u32, Fault> {
        let count: Option<CountRecord> = self
            .get("read the count of invitations", &Key::invitations(uid))
            .await?;
        Ok(count.map_or(0, |count| count.invited))
    }

    /// Records that a person is not invited, and why; the last reason stands.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn record_refused_invitation(
        &self,
        uid: &Uid,
        attendee: &Address,
        refused: &RefusedInvitation,
    ) -> Result<(), Fault> {
        let operation = "record a refused invitation";
        let expires = refused
            .decided
            .checked_add(EXPLAINED_FOR)
            .unwrap_or(Timestamp::MAX);
        let keyed = Keyed::until(Key::refused_invitation(uid, attendee), expires, refused);
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(keyed.item(operation)?))
            .send()
            .await
            .map_err(Fault::during(operation))?;
        Ok(())
    }
}
