//! What came before the REQUEST it belongs to.
//!
//! > CANCEL, unknown uid: held 7 days (RFC 5546 5.2.1). REQUEST with RECURRENCE-ID only, unknown uid: held.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{command::InstanceRequest, event::Stamp, id::Digest, time::InstanceKey};

/// How long a message waits for its REQUEST.
pub const HOLD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Messages that wait for the REQUEST of one event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// Counts writes from 1: every write is conditional on the stored one being one less.
    pub version: u64,
    /// The CANCEL of the whole event, the newest.
    pub cancel: Option<HeldCancel>,
    /// What was said of single instances, the newest of each; at most [`Held::MAX_INSTANCES`].
    pub instances: BTreeMap<InstanceKey, HeldInstance>,
}

/// A CANCEL that came before its REQUEST.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldCancel {
    /// Its order.
    pub stamp: Stamp,
    /// For repeats.
    pub digest: Digest,
    /// When to forget it.
    pub expires: Timestamp,
}

/// A REQUEST or CANCEL of one instance that came before the series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldInstance {
    /// What it says.
    pub request: InstanceRequest,
    /// For repeats.
    pub digest: Digest,
    /// When to forget it.
    pub expires: Timestamp,
}

impl Held {
    /// How many instances may wait; a series that nobody sends is not worth more.
    pub const MAX_INSTANCES: usize = 20;

    /// What of it is not forgotten yet.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self {
            version: self.version,
            cancel: self.cancel.clone().filter(|held| held.expires > now),
            instances: self
                .instances
                .iter()
                .filter(|(_, held)| held.expires > now)
                .map(|(key, held)| (key.clone(), held.clone()))
                .collect(),
        }
    }

    /// When the last of it may be forgotten.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.cancel
            .iter()
            .map(|held| held.expires)
            .chain(self.instances.values().map(|held| held.expires))
            .max()
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(super) fn has_seen(&self, digest: &Digest) -> bool {
        self.cancel.iter().any(|held| held.digest == *digest)
            || self.instances.values().any(|held| held.digest == *digest)
    }
}

/// When what arrives now is forgotten.
pub(super) fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add(HOLD_FOR).unwrap_or(Timestamp::MAX)
}
