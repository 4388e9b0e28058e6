use cloud::{
    shape::{
        InstanceCancelShape, InstanceRequestShape, MailboxShape, Malformed, SeatsAskedShape,
        StampShape, UninvitedCode, WholeShape, address,
    },
    table::{MailOutcome, Outcome},
};
use invite::{
    command::{Cancel, Cancelled, EventSettings, List, Request},
    id::{Digest, Uid},
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
    pub prodid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<WholeShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<InstanceRequestShape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uninvited: Option<UninvitedCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<SeatsAskedShape>,
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
            prodid: request.prodid.clone(),
            whole: request.whole.as_ref().map(WholeShape::from),
            instances: request
                .instances
                .iter()
                .map(InstanceRequestShape::from)
                .collect(),
            uninvited: request.settings.uninvited.map(UninvitedCode::from),
            seats: request.settings.seats.map(SeatsAskedShape::from),
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
            prodid: message.prodid,
            whole: message.whole.map(Into::into),
            instances: message.instances.into_iter().map(Into::into).collect(),
            settings: EventSettings {
                uninvited: message.uninvited.map(Into::into),
                seats: message.seats.map(TryInto::try_into).transpose()?,
            },
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
    #[serde(flatten)]
    pub what: CancelledShape,
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
            what: (&cancel.what).into(),
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
            what: message.what.into(),
            digest: Digest::from_stored(message.digest),
        })
    }
}

/// What does not take place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum CancelledShape {
    Whole { stamp: StampShape },
    Instances { instances: Vec<InstanceCancelShape> },
}

impl From<&Cancelled> for CancelledShape {
    fn from(what: &Cancelled) -> Self {
        match what {
            Cancelled::Whole { stamp } => Self::Whole {
                stamp: (*stamp).into(),
            },
            Cancelled::Instances(instances) => Self::Instances {
                instances: instances.iter().map(InstanceCancelShape::from).collect(),
            },
        }
    }
}

impl From<CancelledShape> for Cancelled {
    fn from(shape: CancelledShape) -> Self {
        match shape {
            CancelledShape::Whole { stamp } => Self::Whole {
                stamp: stamp.into(),
            },
            CancelledShape::Instances { instances } => {
                Self::Instances(instances.into_iter().map(Into::into).collect())
            }
        }
    }
}

/// A list of people to invite, in a mail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's List")]
pub struct ListMessage {
    pub mail: MailShape,
    /// The mail's object in the inbox.
    pub object_key: String,
    pub organizer: MailboxShape,
    pub uid: String,
    pub dry_run: bool,
}

impl ListMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, object_key: &str, list: &List) -> Self {
        Self {
            mail,
            object_key: object_key.to_owned(),
            organizer: (&list.organizer).into(),
            uid: list.uid.as_str().to_owned(),
            dry_run: list.dry_run,
        }
    }
}

impl TryFrom<ListMessage> for List {
    type Error = Malformed;

    fn try_from(message: ListMessage) -> Result<Self, Malformed> {
        Ok(Self {
            organizer: message.organizer.try_into()?,
            uid: Uid::parse(&message.uid).ok_or(Malformed("a uid"))?,
            dry_run: message.dry_run,
        })
    }
}
