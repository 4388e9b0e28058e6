//! Work that reaches many people.

use cloud::shape::{MailboxShape, Malformed};
use invite::{
    command::Stop,
    id::{StopToken, Uid},
};
use serde::{Deserialize, Serialize};

use super::MailShape;

/// What the function that goes through attendees, and lets go what has waited, is told: the changes of the topics it hears,
/// and what it tells itself.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum StagingMessage {
    /// As [`super::ChangeMessage::EventUpdated`].
    EventUpdated {
        /// The event.
        uid: String,
        /// Its revision after the change.
        revision: u64,
    },
    /// As [`super::ChangeMessage::EventCancelled`].
    EventCancelled {
        /// The event.
        uid: String,
        /// Its revision after the change.
        revision: u64,
    },
    /// As [`super::ChangeMessage::ReminderRequested`].
    ReminderRequested {
        /// The event.
        uid: String,
        /// The job.
        job: String,
    },
    /// As [`JobMessage`].
    JobDue {
        /// The event.
        uid: String,
        /// The job.
        job: String,
    },
}

/// The time of a job that waits has come, or may have.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "job-due")]
pub struct JobMessage {
    /// The event.
    pub uid: String,
    /// The job.
    pub job: String,
}

/// The people of a shard are to be sent their letters, to the function that sends many.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "shard-due")]
pub struct ShardMessage {
    /// The event.
    pub uid: String,
    /// The job.
    pub job: String,
    /// Which of its shards.
    pub shard: u64,
}

/// An organizer's word about what waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Stop")]
pub struct StopMessage {
    pub mail: MailShape,
    pub uid: String,
    pub token: String,
    pub from: MailboxShape,
    pub from_is_authenticated: bool,
    pub says_stop: bool,
}

impl StopMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, stop: &Stop) -> Self {
        Self {
            mail,
            uid: stop.uid.as_str().to_owned(),
            token: stop.token.as_str().to_owned(),
            from: (&stop.from).into(),
            from_is_authenticated: stop.from_is_authenticated,
            says_stop: stop.says_stop,
        }
    }
}

impl TryFrom<StopMessage> for Stop {
    type Error = Malformed;

    fn try_from(message: StopMessage) -> Result<Self, Malformed> {
        Ok(Self {
            uid: Uid::parse(&message.uid).ok_or(Malformed("a uid"))?,
            token: StopToken::parse(&message.token).ok_or(Malformed("a token"))?,
            from: message.from.try_into()?,
            from_is_authenticated: message.from_is_authenticated,
            says_stop: message.says_stop,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{ChangeMessage, read, write};

    #[test]
    fn staging_understands_what_the_topics_say_and_what_it_says_itself() {
        let (uid, job) = (|| "0".repeat(40), || "update-3".to_owned());
        let updated = write(&ChangeMessage::EventUpdated {
            uid: uid(),
            revision: 3,
        });
        let cancelled = write(&ChangeMessage::EventCancelled {
            uid: uid(),
            revision: 4,
        });
        let asked = write(&ChangeMessage::ReminderRequested {
            uid: uid(),
            job: job(),
        });
        let due = write(&JobMessage {
            uid: uid(),
            job: job(),
        });
        for (body, expected) in [
            (
                updated,
                StagingMessage::EventUpdated {
                    uid: uid(),
                    revision: 3,
                },
            ),
            (
                cancelled,
                StagingMessage::EventCancelled {
                    uid: uid(),
                    revision: 4,
                },
            ),
            (
                asked,
                StagingMessage::ReminderRequested {
                    uid: uid(),
                    job: job(),
                },
            ),
            (
                due,
                StagingMessage::JobDue {
                    uid: uid(),
                    job: job(),
                },
            ),
        ] {
            assert_eq!(read::<StagingMessage>(&body.unwrap()).unwrap(), expected);
        }
    }
}
