//! What functions tell each other. Every message says its version and type; whatever is not understood fails with a reason
//! and ends in the dead-letter queue, where it can be explained and sent again.

mod attendee;
mod command;
mod job;
mod unsubscribe;

use cloud::{
    shape::{MailboxShape, OriginCode},
    table::Kind,
};
use invite::{address::Address, event::Event};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use attendee::{ApprovalMessage, AskedMessage, CounterMessage, ReplyMessage};
pub use command::{CancelMessage, ListMessage, MailShape, RequestMessage};
pub use job::{JobMessage, ShardMessage, StagingMessage, StopMessage};
pub use unsubscribe::UnsubscribeMessage;

/// The version this program writes, and the newest it reads.
pub const VERSION: u64 = 1;

/// Why a message cannot be read. Another attempt by the same program will not help.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON at all.
    #[error("the message is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It does not say which version it is.
    #[error("the message has no version")]
    NoVersion,
    /// From a newer program.
    #[error("the message is of version {0}; this program reads up to {VERSION}")]
    Newer(u64),
    /// Not what this function reads.
    #[error("the message is not one for this function")]
    Shape(#[source] serde_json::Error),
}

/// Reads a message.
///
/// # Errors
/// [`Unreadable`].
pub fn read<T: DeserializeOwned>(body: &str) -> Result<T, Unreadable> {
    let value: serde_json::Value = serde_json::from_str(body).map_err(Unreadable::NotJson)?;
    match value.get("version").and_then(serde_json::Value::as_u64) {
        None => return Err(Unreadable::NoVersion),
        Some(version) if version > VERSION => return Err(Unreadable::Newer(version)),
        Some(_) => {}
    }
    serde_json::from_value(value).map_err(Unreadable::Shape)
}

/// Writes a message.
///
/// # Errors
/// Only for what is not JSON by its nature; none of these messages is.
pub fn write<T: Serialize>(message: &T) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Versioned<'a, T> {
        version: u64,
        #[serde(flatten)]
        message: &'a T,
    }
    serde_json::to_string(&Versioned {
        version: VERSION,
        message,
    })
}

/// What a mail asks, from receive-mail to the function that decides about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as the shapes within")]
pub enum CommandMessage {
    EventRequested(Box<RequestMessage>),
    EventCancelRequested(Box<CancelMessage>),
    ReplyReceived(Box<ReplyMessage>),
    CounterReceived(Box<CounterMessage>),
    RefreshReceived(Box<AskedMessage>),
    UnclearWordsReceived(Box<AskedMessage>),
    ApprovalReceived(Box<ApprovalMessage>),
    UnsubscribeRequested(Box<UnsubscribeMessage>),
    ListRequested(Box<ListMessage>),
    StopRequested(Box<StopMessage>),
}

/// What has changed, from publish-changes to everybody who wants to know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ChangeMessage {
    /// An event was recorded.
    EventCreated {
        /// The event.
        uid: String,
    },
    /// An event has changed, and attendees must hear of it.
    EventUpdated {
        /// The event.
        uid: String,
        /// Its revision after the change.
        revision: u64,
    },
    /// An event was cancelled.
    EventCancelled {
        /// The event.
        uid: String,
        /// Its revision after the change.
        revision: u64,
    },
    /// Somebody the organizer did not invite would like to come, and the organizer is to be asked.
    GuestWaits {
        /// The event.
        uid: String,
        /// The attendee in whose record the guest's answer waits.
        through: String,
        /// The guest.
        guest: String,
    },
    /// A mail of an authenticated sender was refused; the rest stands in its outcome record.
    EventRefused {
        /// SES's id of the mail.
        mail_id: String,
    },
    /// Somebody has a subscription, from an order of the shop.
    Enrolled {
        /// Whose it is: the address.
        organizer: String,
        /// The shop's ids of the order and its line: `<order>-<line>`.
        subscription: String,
    },
    /// Every row of a list is decided about, or the whole list is refused.
    ListChecked {
        /// The event.
        uid: String,
        /// The job.
        job: String,
    },
    /// A report about an event's attendees is asked for.
    ReportRequested {
        /// The event.
        uid: String,
        /// The report.
        job: String,
    },
    /// It is written, and the organizer is sent it.
    ReportWritten {
        /// The event.
        uid: String,
        /// The report.
        job: String,
    },
    /// Those who have not answered are to be reminded.
    ReminderRequested {
        /// The event.
        uid: String,
        /// The job.
        job: String,
    },
    /// At an event with a limit somebody may have a place to get or to give back; or the limit is another.
    SeatsDue {
        /// The event.
        uid: String,
        /// Whose place is to be settled; `None`: of all who had accepted before there was the limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attendee: Option<String>,
    },
    /// Something that reaches many people waits, and the organizer is told how to stop it.
    FanOutHeld {
        /// The event.
        uid: String,
        /// The job.
        job: String,
    },
    /// Somebody was to be invited to an event, to which as many are as can be.
    LimitReached {
        /// The event.
        uid: String,
        /// Invitations allowed for it.
        limit: u32,
        /// When.
        at: Timestamp,
    },
    /// Somebody is to be erased; who stands in the erasure's record.
    ErasureRequested {
        /// The erasure.
        erasure: String,
    },
    /// He has stopped it.
    FanOutStopped {
        /// The event.
        uid: String,
        /// The job.
        job: String,
    },
}

/// Somebody is to be invited, from the API to verify-invite.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "invite-requested")]
pub struct InviteMessage {
    /// The event.
    pub uid: String,
    /// Who.
    pub attendee: MailboxShape,
    /// Who asks for it.
    pub origin: OriginCode,
}

/// One letter is due, to the function that sends letters of that kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "letter-due")]
pub struct LetterMessage {
    /// The event.
    pub uid: String,
    /// To whom: the address.
    pub attendee: String,
    /// Which letter.
    pub kind: Kind,
    /// The revision of the event it tells; an invitation, and what is owed, tell the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// Of what he is owed: digest of the mail that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
}

impl LetterMessage {
    /// The letter that tells this revision of the event.
    pub(crate) fn of_revision(event: &Event, kind: Kind, attendee: &Address) -> Self {
        Self {
            uid: event.uid.as_str().to_owned(),
            attendee: attendee.as_str().to_owned(),
            kind,
            revision: Some(event.revision),
            asked: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created() -> ChangeMessage {
        ChangeMessage::EventCreated {
            uid: "0".repeat(40),
        }
    }

    #[test]
    fn a_message_says_version_and_type() {
        let json = write(&created()).unwrap();
        assert_eq!(
            json,
            format!(
                r#"{{"version":1,"type":"event-created","uid":"{}"}}"#,
                "0".repeat(40)
            )
        );
        assert_eq!(read::<ChangeMessage>(&json).unwrap(), created());
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let newer = write(&created()).unwrap().replace(":1,", ":2,");
        for (body, reason) in [
            ("hello", "the message is not JSON"),
            ("{}", "the message has no version"),
            (r#"{"version":"1"}"#, "the message has no version"),
            (
                newer.as_str(),
                "the message is of version 2; this program reads up to 1",
            ),
            (
                r#"{"version":1,"type":"something-else"}"#,
                "the message is not one for this function",
            ),
        ] {
            let error = read::<ChangeMessage>(body).unwrap_err();
            assert_eq!(error.to_string(), reason, "{body}");
        }
    }

    #[test]
    fn a_newer_version_is_told_even_when_its_shape_is_another() {
        let error = read::<LetterMessage>(r#"{"version":7,"anything":[]}"#).unwrap_err();
        assert!(matches!(error, Unreadable::Newer(7)), "{error}");
    }
}
