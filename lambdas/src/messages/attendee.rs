//! What mails of attendees ask, and the organizer's word about one of them.

use cloud::shape::{AnsweredShape, FromAttendeeShape, MailboxShape, Malformed, ProposedShape, all};
use invite::{
    command::{Approval, Counter, FromAttendee, Reply},
    id::{ApprovalToken, Uid},
};
use serde::{Deserialize, Serialize};

use super::MailShape;

/// A REPLY, or an answer in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Reply")]
pub struct ReplyMessage {
    pub mail: MailShape,
    pub by: FromAttendeeShape,
    pub answers: Vec<AnsweredShape>,
}

impl ReplyMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, reply: &Reply) -> Self {
        Self {
            mail,
            by: (&reply.by).into(),
            answers: reply.answers.iter().map(AnsweredShape::from).collect(),
        }
    }
}

impl TryFrom<ReplyMessage> for Reply {
    type Error = Malformed;

    fn try_from(message: ReplyMessage) -> Result<Self, Malformed> {
        Ok(Self {
            by: message.by.of_mail(&message.mail.id)?,
            answers: all(message.answers)?,
        })
    }
}

/// A COUNTER.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Counter")]
pub struct CounterMessage {
    pub mail: MailShape,
    pub by: FromAttendeeShape,
    pub proposals: Vec<ProposedShape>,
}

impl CounterMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, counter: &Counter) -> Self {
        Self {
            mail,
            by: (&counter.by).into(),
            proposals: counter.proposals.iter().map(ProposedShape::from).collect(),
        }
    }
}

impl TryFrom<CounterMessage> for Counter {
    type Error = Malformed;

    fn try_from(message: CounterMessage) -> Result<Self, Malformed> {
        Ok(Self {
            by: message.by.of_mail(&message.mail.id)?,
            proposals: message.proposals.into_iter().map(Into::into).collect(),
        })
    }
}

/// A REFRESH, or words that are no answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's FromAttendee")]
pub struct AskedMessage {
    pub mail: MailShape,
    pub by: FromAttendeeShape,
}

impl AskedMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, by: &FromAttendee) -> Self {
        Self {
            mail,
            by: by.into(),
        }
    }
}

/// The organizer's yes or no.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Approval")]
pub struct ApprovalMessage {
    pub mail: MailShape,
    pub uid: String,
    pub token: String,
    pub from: MailboxShape,
    pub from_is_authenticated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<bool>,
}

impl ApprovalMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, approval: &Approval) -> Self {
        Self {
            mail,
            uid: approval.uid.as_str().to_owned(),
            token: approval.token.as_str().to_owned(),
            from: (&approval.from).into(),
            from_is_authenticated: approval.from_is_authenticated,
            verdict: approval.verdict,
        }
    }
}

impl TryFrom<ApprovalMessage> for Approval {
    type Error = Malformed;

    fn try_from(message: ApprovalMessage) -> Result<Self, Malformed> {
        Ok(Self {
            uid: Uid::parse(&message.uid).ok_or(Malformed("a uid"))?,
            token: ApprovalToken::parse(&message.token).ok_or(Malformed("a token"))?,
            from: message.from.try_into()?,
            from_is_authenticated: message.from_is_authenticated,
            verdict: message.verdict,
        })
    }
}
