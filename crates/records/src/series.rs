//! A series' instances and earlier editions as stored.

use std::collections::BTreeMap;

use invite::{
    event::{Edition, Instance, InstanceAnswer, InstanceEdition},
    ical::ContentLine,
    id::Digest,
    time::InstanceKey,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DetailsShape, LineShape, Malformed, PartstatCode, StampShape, StatusCode, TimeShape};

/// An instance by the text of its key.
pub type ByInstance<T> = BTreeMap<String, T>;

/// Reads the key of an instance back.
///
/// # Errors
/// [`Malformed`] if it is none.
pub fn instance_key(text: &str) -> Result<InstanceKey, Malformed> {
    InstanceKey::parse(text).ok_or(Malformed("an instance of a series"))
}

/// Writes a map by instance.
pub(super) fn by_instance<'a, T: 'a, S: From<&'a T>>(
    map: &'a BTreeMap<InstanceKey, T>,
) -> ByInstance<S> {
    map.iter()
        .map(|(key, value)| (key.as_str().to_owned(), value.into()))
        .collect()
}

/// Reads one back.
///
/// # Errors
/// [`Malformed`] if a key is none.
pub(super) fn of_instances<S, T: From<S>>(
    map: ByInstance<S>,
) -> Result<BTreeMap<InstanceKey, T>, Malformed> {
    map.into_iter()
        .map(|(key, value)| Ok((instance_key(&key)?, value.into())))
        .collect()
}

/// An instance that differs from its series' rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Instance")]
pub struct InstanceShape {
    pub recurrence_id: TimeShape,
    pub accepted: StampShape,
    pub sequence: u32,
    pub open_since: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<DetailsShape>,
}

impl From<&Instance> for InstanceShape {
    fn from(instance: &Instance) -> Self {
        Self {
            recurrence_id: (&instance.recurrence_id).into(),
            accepted: instance.accepted.into(),
            sequence: instance.sequence,
            open_since: instance.open_since,
            details: instance.details.as_ref().map(DetailsShape::from),
        }
    }
}

impl From<InstanceShape> for Instance {
    fn from(shape: InstanceShape) -> Self {
        Self {
            recurrence_id: shape.recurrence_id.into(),
            accepted: shape.accepted.into(),
            sequence: shape.sequence,
            open_since: shape.open_since,
            details: shape.details.map(Into::into),
        }
    }
}

/// An attendee's answer to one instance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's InstanceAnswer")]
pub struct InstanceAnswerShape {
    pub partstat: PartstatCode,
    pub stamp: StampShape,
    pub arrived: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

impl From<&InstanceAnswer> for InstanceAnswerShape {
    fn from(answer: &InstanceAnswer) -> Self {
        Self {
            partstat: answer.partstat.into(),
            stamp: answer.stamp.into(),
            arrived: answer.arrived,
            digest: answer
                .digest
                .as_ref()
                .map(|digest| digest.as_str().to_owned()),
            superseded: answer.superseded,
        }
    }
}

impl From<InstanceAnswerShape> for InstanceAnswer {
    fn from(shape: InstanceAnswerShape) -> Self {
        Self {
            partstat: shape.partstat.into(),
            stamp: shape.stamp.into(),
            arrived: shape.arrived,
            digest: shape.digest.map(Digest::from_stored),
            superseded: shape.superseded,
        }
    }
}

/// What people saw of an event under an earlier revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Edition")]
pub struct EditionShape {
    pub revision: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    pub status: StatusCode,
    pub shown: InstanceEditionShape,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recurrence: Vec<LineShape>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: ByInstance<Option<InstanceEditionShape>>,
}

/// What people saw of one date.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's InstanceEdition")]
pub struct InstanceEditionShape {
    pub start: TimeShape,
    pub end: TimeShape,
    pub summary: String,
    pub location: String,
    pub description: String,
}

impl From<&InstanceEdition> for InstanceEditionShape {
    fn from(edition: &InstanceEdition) -> Self {
        Self {
            start: (&edition.start).into(),
            end: (&edition.end).into(),
            summary: edition.summary.clone(),
            location: edition.location.clone(),
            description: edition.description.as_str().to_owned(),
        }
    }
}

impl From<InstanceEditionShape> for InstanceEdition {
    fn from(shape: InstanceEditionShape) -> Self {
        Self {
            start: shape.start.into(),
            end: shape.end.into(),
            summary: shape.summary,
            location: shape.location,
            description: Digest::from_stored(shape.description),
        }
    }
}

impl From<&Edition> for EditionShape {
    fn from(edition: &Edition) -> Self {
        Self {
            revision: edition.revision,
            since: edition.since,
            status: edition.status.into(),
            shown: (&edition.shown).into(),
            recurrence: edition.recurrence.iter().map(LineShape::from).collect(),
            instances: edition
                .instances
                .iter()
                .map(|(key, shown)| {
                    let shown = shown.as_ref().map(InstanceEditionShape::from);
                    (key.as_str().to_owned(), shown)
                })
                .collect(),
        }
    }
}

impl TryFrom<EditionShape> for Edition {
    type Error = Malformed;

    fn try_from(shape: EditionShape) -> Result<Self, Malformed> {
        Ok(Self {
            revision: shape.revision,
            since: shape.since,
            status: shape.status.into(),
            shown: shape.shown.into(),
            recurrence: shape
                .recurrence
                .into_iter()
                .map(ContentLine::from)
                .collect(),
            instances: shape
                .instances
                .into_iter()
                .map(|(key, shown)| Ok((instance_key(&key)?, shown.map(Into::into))))
                .collect::<Result<_, _>>()?,
        })
    }
}
