//! People invited to an event, and their answers, as stored.

use std::collections::BTreeMap;

use invite::{event::Attendee, time::InstanceKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AnswerShape, ByInstance, InstanceAnswerShape, LineageShape, MailboxShape, Malformed,
    OriginCode, OwedShape, PartstatCode, PlaceShape, ProposalShape, WaitingShape, address, all,
    by_instance, instance_key, of_instances,
};

/// An attendee as stored. What was sent to him stands in the same item, beside this.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Attendee")]
pub struct AttendeeRecord {
    #[serde(flatten)]
    pub mailbox: MailboxShape,
    pub origin: OriginCode,
    pub partstat: PartstatCode,
    pub partstat_sequence: u32,
    pub revision: u64,
    pub invited: Timestamp,
    pub history: Vec<AnswerShape>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: ByInstance<InstanceAnswerShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<LineageShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegated_to: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<ProposalShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<OwedShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceShape>,
}

impl From<&Attendee> for AttendeeRecord {
    fn from(attendee: &Attendee) -> Self {
        Self {
            mailbox: (&attendee.mailbox).into(),
            origin: attendee.origin.into(),
            partstat: attendee.partstat.into(),
            partstat_sequence: attendee.partstat_sequence,
            revision: attendee.revision,
            invited: attendee.invited,
            history: attendee.history.iter().map(AnswerShape::from).collect(),
            instances: by_instance(&attendee.instances),
            lineage: attendee.lineage.as_ref().map(LineageShape::from),
            delegated_to: attendee
                .delegated_to
                .as_ref()
                .map(|address| address.as_str().to_owned()),
            proposals: attendee
                .proposals
                .iter()
                .map(|(key, proposal)| {
                    ProposalShape::new(key.as_ref().map(InstanceKey::as_str), proposal)
                })
                .collect(),
            waiting: attendee.waiting.iter().map(WaitingShape::from).collect(),
            owed: attendee.owed.as_ref().map(OwedShape::from),
            attended: attendee.attended,
            place: attendee.place.map(Into::into),
        }
    }
}

impl TryFrom<AttendeeRecord> for Attendee {
    type Error = Malformed;

    fn try_from(record: AttendeeRecord) -> Result<Self, Malformed> {
        Ok(Self {
            mailbox: record.mailbox.try_into()?,
            origin: record.origin.into(),
            partstat: record.partstat.into(),
            partstat_sequence: record.partstat_sequence,
            revision: record.revision,
            invited: record.invited,
            history: all(record.history)?,
            instances: of_instances(record.instances)?,
            lineage: record.lineage.map(TryInto::try_into).transpose()?,
            delegated_to: record.delegated_to.as_deref().map(address).transpose()?,
            proposals: record
                .proposals
                .into_iter()
                .map(|shape| {
                    let key = shape.instance.as_deref().map(instance_key).transpose()?;
                    Ok((key, shape.into()))
                })
                .collect::<Result<_, Malformed>>()?,
            waiting: all(record.waiting)?,
            owed: record.owed.map(TryInto::try_into).transpose()?,
            attended: record.attended,
            place: record.place.map(Into::into),
        })
    }
}
