//! Inviting people: the count of an event's invitations, blocks, and what was refused.

use std::collections::HashMap;

use invite::{address::Address, id::Uid};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::{EXPLAINED_FOR, Fault, Key, Keyed, Table};

/// How many people were invited to an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Invitations {
    /// People, for the limit.
    pub invited: u32,
    /// How often somebody was added; it only grows.
    pub added: u64,
    /// How often by one job, that was asked for.
    pub added_by_job: u64,
}

impl Invitations {
    /// How often somebody was added by others than that job. As long as it stays the same, nobody new is an attendee but
    /// by the job itself.
    #[must_use]
    pub fn added_by_others(self) -> u64 {
        self.added.saturating_sub(self.added_by_job)
    }

    /// After a job has added so many more.
    #[must_use]
    pub fn with(self, added: u64) -> Self {
        Self {
            invited: self
                .invited
                .saturating_add(u32::try_from(added).unwrap_or(u32::MAX)),
            added: self.added + added,
            added_by_job: self.added_by_job + added,
        }
    }

    pub(super) fn of(counts: &Counts, job: &str) -> Self {
        let by_job = counts.by_job.get(&added_by(job)).copied();
        Self {
            invited: counts.invited(),
            added: counts.added,
            added_by_job: by_job.unwrap_or_default(),
        }
    }
}

/// The counts as they are stored: one for each job, too.
#[derive(Deserialize, Default)]
pub(super) struct Counts {
    /// Below nothing where two gave back the place of one: a list that was taken up again, and his erasure.
    #[serde(default)]
    invited: i64,
    #[serde(default)]
    added: u64,
    #[serde(flatten)]
    #[serde(deserialize_with = "numbers_of_jobs")]
    by_job: HashMap<String, u64>,
}

impl Counts {
    fn invited(&self) -> u32 {
        u32::try_from(self.invited.max(0)).unwrap_or(u32::MAX)
    }
}

/// The attribute that counts what a job added.
pub(super) fn added_by(job: &str) -> String {
    format!("{ADDED_BY}{job}")
}

const ADDED_BY: &str = "added_by_";

fn numbers_of_jobs<'de, D: Deserializer<'de>>(item: D) -> Result<HashMap<String, u64>, D::Error> {
    let rest: HashMap<String, serde_json::Value> = HashMap::deserialize(item)?;
    let of_jobs = rest
        .into_iter()
        .filter(|(name, _)| name.starts_with(ADDED_BY));
    Ok(of_jobs
        .filter_map(|(name, number)| Some((name, number.as_u64()?)))
        .collect())
}

/// An invitation that was asked for and not made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefusedInvitation {
    /// Stable code of the reason.
    pub reason: String,
    /// Of `invite-limit`: invitations allowed for the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// When.
    pub decided: Timestamp,
}

impl Table {
    /// How many people were invited to an event.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn invited_so_far(&self, uid: &Uid) -> Result<u32, Fault> {
        let counts: Option<Counts> = self
            .get("read the count of invitations", &Key::invitations(uid))
            .await?;
        Ok(counts.map_or(0, |counts| counts.invited()))
    }

    /// The same, and by whom, for one job.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn invitations(&self, uid: &Uid, job: &str) -> Result<Invitations, Fault> {
        let counts: Option<Counts> = self
            .get("read the count of invitations", &Key::invitations(uid))
            .await?;
        Ok(Invitations::of(&counts.unwrap_or_default(), job))
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
