//! Events as stored.

use std::collections::BTreeMap;

use invite::{
    event::Event,
    id::{Digest, Uid},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ByInstance, DetailsShape, EditionShape, InstanceShape, MailboxShape, Malformed, SeatsShape,
    StampShape, StatusCode, UninvitedCode, address, all, by_instance, of_instances,
};

/// An event as stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Event")]
pub struct EventRecord {
    pub uid: String,
    pub client_uid: String,
    pub organizer: MailboxShape,
    pub prodid: String,
    pub mailto: String,
    pub revision: u64,
    pub version: u64,
    pub stamp: StampShape,
    pub accepted: StampShape,
    pub status: StatusCode,
    pub details: DetailsShape,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: ByInstance<InstanceShape>,
    /// Records from before series came have none; see [`Event`]'s way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_since: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uninvited: Option<UninvitedCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<SeatsShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<EditionShape>,
    #[serde(default)]
    pub tzdata: String,
    pub created: Timestamp,
    pub last_modified: Timestamp,
    pub seen: Vec<String>,
}

impl From<&Event> for EventRecord {
    fn from(event: &Event) -> Self {
        Self {
            uid: event.uid.as_str().to_owned(),
            client_uid: event.client_uid.clone(),
            organizer: (&event.organizer).into(),
            prodid: event.prodid.clone(),
            mailto: event.mailto.as_str().to_owned(),
            revision: event.revision,
            version: event.version,
            stamp: event.stamp.into(),
            accepted: event.accepted.into(),
            status: event.status.into(),
            details: (&event.details).into(),
            instances: by_instance(&event.instances),
            open_since: Some(event.open_since),
            uninvited: Some(event.uninvited.into()),
            seats: event.seats.map(Into::into),
            editions: event.editions.iter().map(EditionShape::from).collect(),
            tzdata: event.tzdata.clone(),
            created: event.created,
            last_modified: event.last_modified,
            seen: event
                .seen
                .iter()
                .map(|digest| digest.as_str().to_owned())
                .collect(),
        }
    }
}

impl TryFrom<EventRecord> for Event {
    type Error = Malformed;

    fn try_from(record: EventRecord) -> Result<Self, Malformed> {
        Ok(Self {
            uid: Uid::parse(&record.uid).ok_or(Malformed("a uid"))?,
            client_uid: record.client_uid,
            organizer: record.organizer.try_into()?,
            prodid: record.prodid,
            mailto: address(&record.mailto)?,
            revision: record.revision,
            version: record.version,
            stamp: record.stamp.into(),
            accepted: record.accepted.into(),
            // Then SEQUENCE rose with what reopened answers, and with a cancellation, which does not.
            open_since: record.open_since.unwrap_or_else(|| {
                let cancelled = record.status == StatusCode::Cancelled;
                record.stamp.sequence.saturating_sub(u32::from(cancelled))
            }),
            status: record.status.into(),
            details: record.details.into(),
            instances: of_instances(record.instances)?,
            uninvited: record.uninvited.map(Into::into).unwrap_or_default(),
            seats: record.seats.map(Into::into),
            editions: all(record.editions)?,
            tzdata: record.tzdata,
            created: record.created,
            last_modified: record.last_modified,
            seen: record.seen.into_iter().map(Digest::from_stored).collect(),
        })
    }
}
