//! How far a job has come, as its record says it.

use invite::decide::{Stage, Tells};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Invites the people on a list.
    #[default]
    List,
    /// Tells the attendees of a change.
    Update,
    /// Tells them that the event does not take place.
    Cancellation,
    /// Reminds those who have not answered.
    Reminder,
}

/// How far a job has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// The list is to be uploaded.
    AwaitingUpload,
    /// The list's rows are gone through.
    Checking,
    /// The attendees are gone through.
    Staging,
    /// It waits, because many hear of it, and the organizer can stop it.
    Held,
    /// Every row of the list is decided about; the invitations go out, if it is no dry run.
    Checked,
    /// Everybody who hears of it is known; the letters go out.
    Staged,
    /// Nobody is invited by the list.
    Refused,
    /// The organizer has stopped it; nobody hears of it.
    Stopped,
    /// Something newer has taken its place, or its time is over.
    Superseded,
}

/// What is stored of a job, as far as its organizer's word about it is decided by that.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct JobStanding {
    /// Its name, unique within the event.
    pub job: String,
    /// What it does.
    #[serde(default)]
    pub kind: JobKind,
    /// How far it has come.
    pub state: JobState,
    /// Counts the writes of its record.
    #[serde(default)]
    pub version: u64,
    /// Until when it waits.
    #[serde(default)]
    pub held_until: Option<Timestamp>,
    /// People on a list it invites.
    #[serde(default)]
    pub invited: u64,
    /// Attendees who hear of it.
    #[serde(default)]
    pub people: u64,
}

impl JobKind {
    /// As decisions have it; `revision` is that of the event that is told.
    #[must_use]
    pub fn tells(self, revision: Option<u64>) -> Tells {
        let revision = revision.unwrap_or_default();
        match self {
            Self::List => Tells::Invitation,
            Self::Update => Tells::Update { revision },
            Self::Cancellation => Tells::Cancellation { revision },
            Self::Reminder => Tells::Reminder { revision },
        }
    }
}

impl JobState {
    /// As decisions have it.
    #[must_use]
    pub fn stage(self, held_until: Option<Timestamp>) -> Stage {
        match self {
            Self::AwaitingUpload | Self::Checking | Self::Staging => Stage::Preparing,
            Self::Held => Stage::Held {
                until: held_until.unwrap_or(Timestamp::MIN),
            },
            // What is refused has nothing left to stop, either.
            Self::Checked | Self::Staged | Self::Refused => Stage::Going,
            Self::Stopped => Stage::Stopped,
            Self::Superseded => Stage::Superseded,
        }
    }
}
