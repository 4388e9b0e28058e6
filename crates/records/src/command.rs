//! Parts of organizers' commands as they are sent and held.

use invite::command::{
    Answered, FromAttendee, InstanceCancel, InstanceRequest, Proposed, Range, Whole,
};
use invite::id::{Digest, ReplyToken};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DetailsShape, MailboxShape, Malformed, PartstatCode, StampShape, TimeShape, address};

/// A whole event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Whole")]
pub struct WholeShape {
    pub stamp: StampShape,
    pub details: DetailsShape,
}

impl From<&Whole> for WholeShape {
    fn from(whole: &Whole) -> Self {
        Self {
            stamp: whole.stamp.into(),
            details: (&whole.details).into(),
        }
    }
}

impl From<WholeShape> for Whole {
    fn from(shape: WholeShape) -> Self {
        Self {
            stamp: shape.stamp.into(),
            details: shape.details.into(),
        }
    }
}

/// Which instances: `one`, `this-and-future`, `added`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in the domain's Range")]
pub enum RangeCode {
    One,
    ThisAndFuture,
    Added,
}

/// An instance of a series.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's InstanceRequest")]
pub struct InstanceRequestShape {
    pub recurrence_id: TimeShape,
    pub range: RangeCode,
    pub stamp: StampShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<DetailsShape>,
}

impl From<&InstanceRequest> for InstanceRequestShape {
    fn from(request: &InstanceRequest) -> Self {
        Self {
            recurrence_id: (&request.recurrence_id).into(),
            range: match request.range {
                Range::One => RangeCode::One,
                Range::ThisAndFuture => RangeCode::ThisAndFuture,
                Range::Added => RangeCode::Added,
            },
            stamp: request.stamp.into(),
            details: request.details.as_ref().map(DetailsShape::from),
        }
    }
}

impl From<InstanceRequestShape> for InstanceRequest {
    fn from(shape: InstanceRequestShape) -> Self {
        Self {
            recurrence_id: shape.recurrence_id.into(),
            range: match shape.range {
                RangeCode::One => Range::One,
                RangeCode::ThisAndFuture => Range::ThisAndFuture,
                RangeCode::Added => Range::Added,
            },
            stamp: shape.stamp.into(),
            details: shape.details.map(Into::into),
        }
    }
}

/// An instance that does not take place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's InstanceCancel")]
pub struct InstanceCancelShape {
    pub recurrence_id: TimeShape,
    pub this_and_future: bool,
    pub stamp: StampShape,
}

impl From<&InstanceCancel> for InstanceCancelShape {
    fn from(cancel: &InstanceCancel) -> Self {
        Self {
            recurrence_id: (&cancel.recurrence_id).into(),
            this_and_future: cancel.this_and_future,
            stamp: cancel.stamp.into(),
        }
    }
}

impl From<InstanceCancelShape> for InstanceCancel {
    fn from(shape: InstanceCancelShape) -> Self {
        Self {
            recurrence_id: shape.recurrence_id.into(),
            this_and_future: shape.this_and_future,
            stamp: shape.stamp.into(),
        }
    }
}

/// What a mail of an attendee says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's FromAttendee")]
pub struct FromAttendeeShape {
    pub uid: String,
    pub from: MailboxShape,
    pub from_is_authenticated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendee: Option<MailboxShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prodid: Option<String>,
    pub arrived: Timestamp,
    pub digest: String,
}

impl From<&FromAttendee> for FromAttendeeShape {
    fn from(by: &FromAttendee) -> Self {
        Self {
            uid: by.uid.clone(),
            from: (&by.from).into(),
            from_is_authenticated: by.from_is_authenticated,
            token: by.token.as_ref().map(|token| token.as_str().to_owned()),
            attendee: by.attendee.as_ref().map(MailboxShape::from),
            prodid: by.prodid.clone(),
            arrived: by.arrived,
            digest: by.digest.as_str().to_owned(),
        }
    }
}

impl FromAttendeeShape {
    /// What the mail of that id says of itself.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn of_mail(self, mail_id: &str) -> Result<FromAttendee, Malformed> {
        Ok(FromAttendee {
            uid: self.uid,
            from: self.from.try_into()?,
            from_is_authenticated: self.from_is_authenticated,
            token: self.token.as_deref().and_then(ReplyToken::parse),
            attendee: self.attendee.map(TryInto::try_into).transpose()?,
            prodid: self.prodid,
            arrived: self.arrived,
            mail_id: mail_id.to_owned(),
            digest: Digest::from_stored(self.digest),
        })
    }
}

/// One answer of a REPLY.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Answered")]
pub struct AnsweredShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence_id: Option<TimeShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partstat: Option<PartstatCode>,
    pub stamp: StampShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegated_to: Option<MailboxShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegated_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
}

impl From<&Answered> for AnsweredShape {
    fn from(answered: &Answered) -> Self {
        Self {
            recurrence_id: answered.recurrence_id.as_ref().map(TimeShape::from),
            partstat: answered.partstat.map(PartstatCode::from),
            stamp: answered.stamp.into(),
            delegated_to: answered.delegated_to.as_ref().map(MailboxShape::from),
            delegated_from: answered
                .delegated_from
                .as_ref()
                .map(|address| address.as_str().to_owned()),
            comment: answered.comment.clone(),
            people: answered.people,
        }
    }
}

impl TryFrom<AnsweredShape> for Answered {
    type Error = Malformed;

    fn try_from(shape: AnsweredShape) -> Result<Self, Malformed> {
        Ok(Self {
            recurrence_id: shape.recurrence_id.map(Into::into),
            partstat: shape.partstat.map(Into::into),
            stamp: shape.stamp.into(),
            delegated_to: shape.delegated_to.map(TryInto::try_into).transpose()?,
            delegated_from: shape.delegated_from.as_deref().map(address).transpose()?,
            comment: shape.comment,
            people: shape.people,
        })
    }
}

/// One proposal of a COUNTER.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Proposed")]
pub struct ProposedShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence_id: Option<TimeShape>,
    pub stamp: StampShape,
    pub start: TimeShape,
    pub end: TimeShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl From<&Proposed> for ProposedShape {
    fn from(proposed: &Proposed) -> Self {
        Self {
            recurrence_id: proposed.recurrence_id.as_ref().map(TimeShape::from),
            stamp: proposed.stamp.into(),
            start: (&proposed.start).into(),
            end: (&proposed.end).into(),
            comment: proposed.comment.clone(),
        }
    }
}

impl From<ProposedShape> for Proposed {
    fn from(shape: ProposedShape) -> Self {
        Self {
            recurrence_id: shape.recurrence_id.map(Into::into),
            stamp: shape.stamp.into(),
            start: shape.start.into(),
            end: shape.end.into(),
            comment: shape.comment,
        }
    }
}
