//! What a mail about an invitation says.

use anyhow::bail;
use invite::{
    address::{Address, Mailbox},
    command::{Approval, Counter, FromAttendee, Reply},
    decide::{self, AttendeeDecision, Known},
    event::Attendee,
    id::Uid,
};
use jiff::Timestamp;

use crate::messages::{CommandMessage, MailShape};

/// One of them.
pub(super) enum Said {
    Reply(Reply),
    Counter(Counter),
    Refresh(FromAttendee),
    Unclear(FromAttendee),
    Approval(Approval),
}

impl Said {
    /// From the message of a mail, and that mail.
    pub(super) fn of(message: CommandMessage) -> anyhow::Result<(MailShape, Self)> {
        Ok(match message {
            CommandMessage::ReplyReceived(message) => {
                (message.mail.clone(), Self::Reply((*message).try_into()?))
            }
            CommandMessage::CounterReceived(message) => {
                (message.mail.clone(), Self::Counter((*message).try_into()?))
            }
            CommandMessage::RefreshReceived(message) => {
                let by = message.by.of_mail(&message.mail.id)?;
                (message.mail, Self::Refresh(by))
            }
            CommandMessage::UnclearWordsReceived(message) => {
                let by = message.by.of_mail(&message.mail.id)?;
                (message.mail, Self::Unclear(by))
            }
            CommandMessage::ApprovalReceived(message) => {
                (message.mail.clone(), Self::Approval((*message).try_into()?))
            }
            CommandMessage::EventRequested(_)
            | CommandMessage::EventCancelRequested(_)
            | CommandMessage::UnsubscribeRequested(_)
            | CommandMessage::ListRequested(_)
            | CommandMessage::StopRequested(_) => {
                bail!("the message is of no attendee's answer")
            }
        })
    }

    /// As outcome records name it.
    pub(super) fn command(&self) -> &'static str {
        match self {
            Self::Reply(_) => "reply",
            Self::Counter(_) => "counter",
            Self::Refresh(_) => "refresh",
            Self::Unclear(_) => "unclear-words",
            Self::Approval(_) => "approval",
        }
    }

    /// What an attendee's mail says of itself; an approval is none.
    pub(super) fn by(&self) -> Option<&FromAttendee> {
        match self {
            Self::Reply(reply) => Some(&reply.by),
            Self::Counter(counter) => Some(&counter.by),
            Self::Refresh(by) | Self::Unclear(by) => Some(by),
            Self::Approval(_) => None,
        }
    }

    /// The event it is about, if it names one of ours.
    pub(super) fn uid(&self) -> Option<Uid> {
        match self {
            Self::Approval(approval) => Some(approval.uid.clone()),
            _ => self.by().and_then(|by| Uid::parse(&by.uid)),
        }
    }

    /// Who From says it is.
    pub(super) fn from(&self) -> &Mailbox {
        match self {
            Self::Reply(Reply { by, .. })
            | Self::Counter(Counter { by, .. })
            | Self::Refresh(by)
            | Self::Unclear(by) => &by.from,
            Self::Approval(approval) => &approval.from,
        }
    }

    /// The addresses whose records are to be loaded.
    pub(super) fn addresses(&self) -> Vec<&Address> {
        match self {
            Self::Reply(reply) => decide::addresses_of_reply(reply),
            Self::Counter(Counter { by, .. }) | Self::Refresh(by) | Self::Unclear(by) => {
                decide::addresses_to_load(by)
            }
            Self::Approval(_) => Vec::new(),
        }
    }

    pub(super) fn decide(&self, known: &Known<'_>, now: Timestamp) -> AttendeeDecision {
        match self {
            Self::Reply(reply) => decide::reply(known, reply, now),
            Self::Counter(counter) => decide::counter(known, counter, now),
            Self::Refresh(by) => decide::refresh(known, by, now),
            Self::Unclear(by) => decide::unclear(known, by, now),
            Self::Approval(approval) => decide::approval(known, approval, now),
        }
    }

    /// Whether a record holds what this very mail said: this digest, arrived at this moment.
    pub(super) fn is_stored_in(&self, attendee: &Attendee) -> bool {
        let Some(by) = self.by() else { return false };
        let waiting = attendee.waiting.iter().map(|waiting| &waiting.answer);
        let answers = attendee.history.iter().chain(waiting);
        let said = answers.map(|answer| (&answer.digest, answer.arrived));
        let proposed = attendee.proposals.values();
        let proposed = proposed.map(|proposal| (&proposal.digest, proposal.arrived));
        let owed = attendee.owed.iter().map(|owed| (&owed.digest, owed.asked));
        said.chain(proposed)
            .chain(owed)
            .any(|(digest, arrived)| *digest == by.digest && arrived == by.arrived)
    }
}
