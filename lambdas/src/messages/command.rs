use cloud::{
    shape::{DetailsShape, MailboxShape, Malformed, PartstatCode, StampShape, address},
    table::{MailOutcome, Outcome},
};
use invite::{
    command::{Cancel, Reply, Request},
    id::{Digest, ReplyToken},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The mail a command came in, as far as its outcome record needs it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailShape {
    /// SES's id.
    pub id: String,
    /// When SES received it.
    pub received: Timestamp,
    /// SHA-256 of who sent it, if From says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Its subject, for a notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its Message-ID, for a notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Nobody wrote it by hand, so nobody is answered (RFC 3834 section 2).
    pub is_automatic: bool,
}

impl MailShape {
    /// The record of what became of it.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome, decided: Timestamp) -> MailOutcome {
        MailOutcome {
            sender: self.sender.clone(),
            ..MailOutcome::new(&self.id, outcome, self.received, decided)
        }
    }
}

/// A REQUEST.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Request")]
pub struct RequestMessage {
    pub mail: MailShape,
    pub organizer: MailboxShape,
    pub mailto: String,
    pub client_uid: String,
    pub stamp: StampShape,
    pub prodid: String,
    pub details: DetailsShape,
    pub digest: String,
}

impl RequestMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, request: &Request) -> Self {
        Self {
            mail,
            organizer: (&request.organizer).into(),
            mailto: request.mailto.as_str().to_owned(),
            client_uid: request.client_uid.clone(),
            stamp: request.stamp.into(),
            prodid: request.prodid.clone(),
            details: (&request.details).into(),
            digest: request.digest.as_str().to_owned(),
        }
    }
}

impl TryFrom<RequestMessage> for Request {
    type Error = Malformed;

    fn try_from(message: RequestMessage) -> Result<Self, Malformed> {
        Ok(Self {
            organizer: message.organizer.try_into()?,
            mailto: address(&message.mailto)?,
            client_uid: message.client_uid,
            stamp: message.stamp.into(),
            prodid: message.prodid,
            details: message.details.into(),
            digest: Digest::from_stored(message.digest),
        })
    }
}

/// A CANCEL.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Cancel")]
pub struct CancelMessage {
    pub mail: MailShape,
    pub organizer: MailboxShape,
    pub client_uid: String,
    pub stamp: StampShape,
    pub digest: String,
}

impl CancelMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, cancel: &Cancel) -> Self {
        Self {
            mail,
            organizer: (&cancel.organizer).into(),
            client_uid: cancel.client_uid.clone(),
            stamp: cancel.stamp.into(),
            digest: cancel.digest.as_str().to_owned(),
        }
    }
}

impl TryFrom<CancelMessage> for Cancel {
    type Error = Malformed;

    fn try_from(message: CancelMessage) -> Result<Self, Malformed> {
        Ok(Self {
            organizer: message.organizer.try_into()?,
            client_uid: message.client_uid,
            stamp: message.stamp.into(),
            digest: Digest::from_stored(message.digest),
        })
    }
}

/// A REPLY.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Reply")]
pub struct ReplyMessage {
    pub mail: MailShape,
    pub uid: String,
    pub from: MailboxShape,
    pub from_is_authenticated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendee: Option<MailboxShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partstat: Option<PartstatCode>,
    pub stamp: StampShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prodid: Option<String>,
    pub arrived: Timestamp,
    pub digest: String,
}

impl ReplyMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, reply: &Reply) -> Self {
        Self {
            mail,
            uid: reply.uid.clone(),
            from: (&reply.from).into(),
            from_is_authenticated: reply.from_is_authenticated,
            token: reply.token.as_ref().map(|token| token.as_str().to_owned()),
            attendee: reply.attendee.as_ref().map(MailboxShape::from),
            partstat: reply.partstat.map(PartstatCode::from),
            stamp: reply.stamp.into(),
            prodid: reply.prodid.clone(),
            arrived: reply.arrived,
            digest: reply.digest.as_str().to_owned(),
        }
    }
}

impl TryFrom<ReplyMessage> for Reply {
    type Error = Malformed;

    fn try_from(message: ReplyMessage) -> Result<Self, Malformed> {
        Ok(Self {
            uid: message.uid,
            from: message.from.try_into()?,
            from_is_authenticated: message.from_is_authenticated,
            token: message.token.as_deref().and_then(ReplyToken::parse),
            attendee: message.attendee.map(TryInto::try_into).transpose()?,
            partstat: message.partstat.map(Into::into),
            stamp: message.stamp.into(),
            prodid: message.prodid,
            arrived: message.arrived,
            digest: Digest::from_stored(message.digest),
        })
    }
}
