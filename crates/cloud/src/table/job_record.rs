//! The record of a job.

use std::collections::BTreeMap;

use invite::decide::{RowRefusal, Stage, Tally, Tells};
use jiff::Timestamp;
use records::{JobKind, JobState};
use serde::{Deserialize, Serialize};

use crate::shape::MailboxShape;

/// Work that reaches many people: a list to invite, a change to tell, or those to remind who have not answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JobRecord {
    /// Its name, unique within the event.
    pub job: String,
    /// What it does.
    #[serde(default)]
    pub kind: JobKind,
    /// How far it has come.
    pub state: JobState,
    /// Of a change: the event's revision after it; of a reminder that of the event when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// Of a change or a reminder: the sort key of the last attendee gone through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staged_through: Option<String>,
    /// Of a change: attendees who hear of it; of a reminder those who are, or would be, reminded.
    #[serde(default)]
    pub people: u64,
    /// Of a change: they are few, and each has a message of his own instead of a place in a shard.
    #[serde(default)]
    pub is_direct: bool,
    /// Until when it waits, or has waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// When it began to wait, was stopped, or was superseded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
    /// The job whose place it took while that waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Of a change that waits: the revision everybody was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_told: Option<u64>,
    /// Message-ID of the mail that stopped it, which the confirmation answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_message_id: Option<String>,
    /// Each of its shards is in the queue, or has been.
    #[serde(default)]
    pub is_queued: bool,
    /// Where the list lies in the inbox bucket; of a change nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object_key: String,
    /// Whether it is attached to a mail there, or is the whole object.
    #[serde(default)]
    pub is_in_mail: bool,
    /// Who is told of it.
    pub organizer: MailboxShape,
    /// Nobody is invited or reminded; it only says who would be.
    pub dry_run: bool,
    /// Message-ID of the mail it came in, which the receipt answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// When it was asked for.
    pub created: Timestamp,
    /// When every row was decided about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Timestamp>,
    /// Counts the writes of this record.
    pub version: u64,
    /// Shards that are decided about and stored: the cursor.
    pub shards: u64,
    /// People in the last of them.
    pub last_people: u64,
    /// Rows decided about.
    pub rows: u64,
    /// Rows that invite somebody.
    pub invited: u64,
    /// Rows that invite nobody, or attendees who are not reminded, by the code of the reason.
    #[serde(default)]
    pub refused: BTreeMap<String, u64>,
    /// The first rows that invite nobody.
    #[serde(default)]
    pub first_refused: Vec<RefusedRowShape>,
    /// Code of the reason why the whole list is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The mail has a further list, which was not read.
    #[serde(default)]
    pub has_another: bool,
    /// Bytes of the result, once it is put together.
    #[serde(default)]
    pub result_bytes: u64,
}

/// A row that invites nobody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefusedRowShape {
    /// The line of the file.
    pub line: u64,
    /// Why; no personal data.
    pub why: String,
}

impl JobRecord {
    /// A job of which nothing is done yet, on a list that is an object by itself and is meant.
    #[must_use]
    pub fn new(
        job: String,
        state: JobState,
        object_key: String,
        organizer: MailboxShape,
        created: Timestamp,
    ) -> Self {
        Self {
            job,
            kind: JobKind::List,
            state,
            revision: None,
            staged_through: None,
            people: 0,
            is_direct: false,
            held_until: None,
            changed: None,
            replaces: None,
            last_told: None,
            stop_message_id: None,
            is_queued: false,
            object_key,
            is_in_mail: false,
            organizer,
            dry_run: false,
            message_id: None,
            created,
            checked: None,
            version: 0,
            shards: 0,
            last_people: 0,
            rows: 0,
            invited: 0,
            refused: BTreeMap::new(),
            first_refused: Vec::new(),
            refusal: None,
            has_another: false,
            result_bytes: 0,
        }
    }

    /// Rows by what they came to.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally {
            rows: self.rows,
            invited: self.invited,
            refused: self
                .refused
                .iter()
                .filter_map(|(code, rows)| Some((RowRefusal::of_code(code)?, *rows)))
                .collect(),
        }
    }

    /// Takes in further rows.
    pub fn count(&mut self, more: &Tally) {
        self.rows += more.rows;
        self.invited += more.invited;
        for (reason, rows) in &more.refused {
            *self.refused.entry(reason.code().to_owned()).or_default() += rows;
        }
    }

    /// The telling of a change, of which nothing is done yet.
    #[must_use]
    pub fn of_change(
        kind: JobKind,
        revision: u64,
        organizer: MailboxShape,
        created: Timestamp,
    ) -> Self {
        let name = Self::name_of_change(kind, revision);
        Self {
            kind,
            revision: Some(revision),
            ..Self::new(name, JobState::Staging, String::new(), organizer, created)
        }
    }

    /// A reminder of the event as it is under that revision, of which nothing is done yet.
    #[must_use]
    pub fn of_reminder(
        name: String,
        revision: u64,
        organizer: MailboxShape,
        created: Timestamp,
    ) -> Self {
        Self {
            kind: JobKind::Reminder,
            revision: Some(revision),
            ..Self::new(name, JobState::Staging, String::new(), organizer, created)
        }
    }

    /// Names the telling of a change: the same however often it is asked for.
    #[must_use]
    pub fn name_of_change(kind: JobKind, revision: u64) -> String {
        let kind = match kind {
            JobKind::List => "list",
            JobKind::Update => "update",
            JobKind::Cancellation => "cancellation",
            JobKind::Reminder => "reminder",
        };
        format!("{kind}-{revision}")
    }

    /// What people are told, as decisions have it.
    #[must_use]
    pub fn tells(&self) -> Tells {
        self.kind.tells(self.revision)
    }

    /// How far it has come, as decisions have it.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.state.stage(self.held_until)
    }

    /// How many people hear of it.
    #[must_use]
    pub fn reaches(&self) -> u64 {
        match self.kind {
            _ if self.dry_run => 0,
            JobKind::List => self.invited,
            JobKind::Update | JobKind::Cancellation | JobKind::Reminder => self.people,
        }
    }

    /// Whether every row of a list is decided about, or every attendee gone through, whatever became of it then.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        match self.state {
            JobState::AwaitingUpload | JobState::Checking | JobState::Staging => false,
            JobState::Held
            | JobState::Checked
            | JobState::Staged
            | JobState::Refused
            | JobState::Stopped
            | JobState::Superseded => true,
        }
    }

    /// Whether what became of each row of a list is to be had.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.kind == JobKind::List && self.is_decided() && self.state != JobState::Refused
    }
}
