//! What came before the REQUEST it belongs to, as stored.

use std::collections::BTreeMap;

use invite::{
    decide::{Held, HeldCancel, HeldInstance},
    id::Digest,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ByInstance, InstanceRequestShape, Malformed, StampShape, by_instance, of_instances};

/// Messages that wait for the REQUEST of one event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Held")]
pub struct HeldRecord {
    pub version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel: Option<HeldCancelShape>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: ByInstance<HeldInstanceShape>,
}

/// A CANCEL that came first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's HeldCancel")]
pub struct HeldCancelShape {
    pub stamp: StampShape,
    pub digest: String,
    pub expires: Timestamp,
}

/// Words about an instance that came first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's HeldInstance")]
pub struct HeldInstanceShape {
    pub request: InstanceRequestShape,
    pub digest: String,
    pub expires: Timestamp,
}

impl From<&Held> for HeldRecord {
    fn from(held: &Held) -> Self {
        Self {
            version: held.version,
            cancel: held.cancel.as_ref().map(|held| HeldCancelShape {
                stamp: held.stamp.into(),
                digest: held.digest.as_str().to_owned(),
                expires: held.expires,
            }),
            instances: by_instance(&held.instances),
        }
    }
}

impl From<&HeldInstance> for HeldInstanceShape {
    fn from(held: &HeldInstance) -> Self {
        Self {
            request: (&held.request).into(),
            digest: held.digest.as_str().to_owned(),
            expires: held.expires,
        }
    }
}

impl From<HeldInstanceShape> for HeldInstance {
    fn from(shape: HeldInstanceShape) -> Self {
        Self {
            request: shape.request.into(),
            digest: Digest::from_stored(shape.digest),
            expires: shape.expires,
        }
    }
}

impl TryFrom<HeldRecord> for Held {
    type Error = Malformed;

    fn try_from(record: HeldRecord) -> Result<Self, Malformed> {
        Ok(Self {
            version: record.version,
            cancel: record.cancel.map(|shape| HeldCancel {
                stamp: shape.stamp.into(),
                digest: Digest::from_stored(shape.digest),
                expires: shape.expires,
            }),
            instances: of_instances(record.instances)?,
        })
    }
}
