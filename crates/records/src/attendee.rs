//! What an attendee has said beside his answers, and what he is owed, as stored.

use invite::{
    event::{Answer, Lineage, Owed, OwedLetter, Proposal, WaitingAnswer, WaitsFor},
    id::Digest,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    EvidenceCode, MailboxShape, Malformed, PartstatCode, StampShape, TimeShape, address,
    series::instance_key,
};

/// One answer in the history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Answer")]
pub struct AnswerShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    pub partstat: PartstatCode,
    pub stamp: StampShape,
    pub arrived: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prodid: Option<String>,
    pub evidence: EvidenceCode,
    pub earlier_version: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mail_id: String,
    pub digest: String,
}

impl From<&Answer> for AnswerShape {
    fn from(answer: &Answer) -> Self {
        Self {
            instance: answer.instance.as_ref().map(|key| key.as_str().to_owned()),
            partstat: answer.partstat.into(),
            stamp: answer.stamp.into(),
            arrived: answer.arrived,
            prodid: answer.prodid.clone(),
            evidence: answer.evidence.into(),
            earlier_version: answer.earlier_version,
            comment: answer.comment.clone(),
            people: answer.people,
            mail_id: answer.mail_id.clone(),
            digest: answer.digest.as_str().to_owned(),
        }
    }
}

impl TryFrom<AnswerShape> for Answer {
    type Error = Malformed;

    fn try_from(shape: AnswerShape) -> Result<Self, Malformed> {
        Ok(Self {
            instance: shape.instance.as_deref().map(instance_key).transpose()?,
            partstat: shape.partstat.into(),
            stamp: shape.stamp.into(),
            arrived: shape.arrived,
            prodid: shape.prodid,
            evidence: shape.evidence.into(),
            earlier_version: shape.earlier_version,
            comment: shape.comment,
            people: shape.people,
            mail_id: shape.mail_id,
            digest: Digest::from_stored(shape.digest),
        })
    }
}

/// Whose invitation he holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Lineage")]
pub struct LineageShape {
    pub from: String,
    pub delegated: bool,
}

impl From<&Lineage> for LineageShape {
    fn from(lineage: &Lineage) -> Self {
        Self {
            from: lineage.from.as_str().to_owned(),
            delegated: lineage.delegated,
        }
    }
}

impl TryFrom<LineageShape> for Lineage {
    type Error = Malformed;

    fn try_from(shape: LineageShape) -> Result<Self, Malformed> {
        Ok(Self {
            from: address(&shape.from)?,
            delegated: shape.delegated,
        })
    }
}

/// An open proposal for another time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Proposal")]
pub struct ProposalShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    pub start: TimeShape,
    pub end: TimeShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub stamp: StampShape,
    pub arrived: Timestamp,
    pub evidence: EvidenceCode,
    pub digest: String,
}

impl ProposalShape {
    /// What is stored; `instance`: of which one, or of the event.
    #[must_use]
    pub fn new(instance: Option<&str>, proposal: &Proposal) -> Self {
        Self {
            instance: instance.map(str::to_owned),
            start: (&proposal.start).into(),
            end: (&proposal.end).into(),
            comment: proposal.comment.clone(),
            stamp: proposal.stamp.into(),
            arrived: proposal.arrived,
            evidence: proposal.evidence.into(),
            digest: proposal.digest.as_str().to_owned(),
        }
    }
}

impl From<ProposalShape> for Proposal {
    fn from(shape: ProposalShape) -> Self {
        Self {
            start: shape.start.into(),
            end: shape.end.into(),
            comment: shape.comment,
            stamp: shape.stamp.into(),
            arrived: shape.arrived,
            evidence: shape.evidence.into(),
            digest: Digest::from_stored(shape.digest),
        }
    }
}

/// An answer by somebody who was not invited (yet).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's WaitingAnswer")]
pub struct WaitingShape {
    pub mailbox: MailboxShape,
    pub waits_for: WaitsForCode,
    pub answer: AnswerShape,
    pub expires: Timestamp,
}

/// What it waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in the domain's WaitsFor")]
pub enum WaitsForCode {
    Delegation,
    Approval,
}

impl From<WaitsFor> for WaitsForCode {
    fn from(waits_for: WaitsFor) -> Self {
        match waits_for {
            WaitsFor::Delegation => Self::Delegation,
            WaitsFor::Approval => Self::Approval,
        }
    }
}

impl From<WaitsForCode> for WaitsFor {
    fn from(code: WaitsForCode) -> Self {
        match code {
            WaitsForCode::Delegation => Self::Delegation,
            WaitsForCode::Approval => Self::Approval,
        }
    }
}

impl From<&WaitingAnswer> for WaitingShape {
    fn from(waiting: &WaitingAnswer) -> Self {
        Self {
            mailbox: (&waiting.mailbox).into(),
            waits_for: waiting.waits_for.into(),
            answer: (&waiting.answer).into(),
            expires: waiting.expires,
        }
    }
}

impl TryFrom<WaitingShape> for WaitingAnswer {
    type Error = Malformed;

    fn try_from(shape: WaitingShape) -> Result<Self, Malformed> {
        Ok(Self {
            mailbox: shape.mailbox.try_into()?,
            waits_for: shape.waits_for.into(),
            answer: shape.answer.try_into()?,
            expires: shape.expires,
        })
    }
}

/// A mail he is owed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Owed")]
pub struct OwedShape {
    pub letter: OwedLetterShape,
    pub digest: String,
    pub asked: Timestamp,
}

/// Which mail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in the domain's OwedLetter")]
pub enum OwedLetterShape {
    Current,
    DeclineCounter {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instance: Option<String>,
    },
    AskBack,
    WaitingList,
    Seat,
}

impl From<&Owed> for OwedShape {
    fn from(owed: &Owed) -> Self {
        Self {
            letter: match &owed.letter {
                OwedLetter::Current => OwedLetterShape::Current,
                OwedLetter::DeclineCounter { instance } => OwedLetterShape::DeclineCounter {
                    instance: instance.as_ref().map(|key| key.as_str().to_owned()),
                },
                OwedLetter::AskBack => OwedLetterShape::AskBack,
                OwedLetter::WaitingList => OwedLetterShape::WaitingList,
                OwedLetter::Seat => OwedLetterShape::Seat,
            },
            digest: owed.digest.as_str().to_owned(),
            asked: owed.asked,
        }
    }
}

impl TryFrom<OwedShape> for Owed {
    type Error = Malformed;

    fn try_from(shape: OwedShape) -> Result<Self, Malformed> {
        Ok(Self {
            letter: match shape.letter {
                OwedLetterShape::Current => OwedLetter::Current,
                OwedLetterShape::DeclineCounter { instance } => OwedLetter::DeclineCounter {
                    instance: instance.as_deref().map(instance_key).transpose()?,
                },
                OwedLetterShape::AskBack => OwedLetter::AskBack,
                OwedLetterShape::WaitingList => OwedLetter::WaitingList,
                OwedLetterShape::Seat => OwedLetter::Seat,
            },
            digest: Digest::from_stored(shape.digest),
            asked: shape.asked,
        })
    }
}
