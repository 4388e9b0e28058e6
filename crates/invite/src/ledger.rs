//! An event's ledger (D15): what was received, decided, changed, sent and answered, and why; "why does Alice see 10:00?"
//!
//! It is no record of its own: nothing is written for it. Each entry is read from the record that was written when it
//! happened, so an entry is there as long as that record is, and the ledger cannot say anything else than the system knows.

mod of_attendee;
mod of_event;
mod page;

use std::fmt;

use jiff::Timestamp;

use crate::{
    delivery::{DeliveryState, Unwanted},
    event::{Evidence, InstanceEdition, Origin, WaitsFor},
    ical::{Partstat, Status},
    letter::Change,
    time::{CalendarTime, InstanceKey},
};

pub use of_attendee::{of_attendee, of_refused};
pub use of_event::of_event;
pub use page::{Page, Pages, Place};

/// Something that happened to an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whom, or to whom; `None`: to the event itself.
    pub who: Option<Who>,
    /// What.
    pub what: What,
    /// Where it stands among the others.
    place: Place,
}

impl Entry {
    /// `name` tells it from all others of its kind at that time.
    #[must_use]
    pub fn new(at: Timestamp, who: Option<Who>, what: What, name: &[&str]) -> Self {
        let place = Place::of(at, what.rank(), name);
        Self {
            at,
            who,
            what,
            place,
        }
    }

    /// Where it stands among the others.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }
}

/// Somebody, as much of him as is shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Who {
    /// Whose event it is.
    Organizer,
    /// An attendee, or a guest who would like to be one: the address, masked or not.
    Attendee(String),
    /// Somebody whose address is not kept.
    Somebody,
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Organizer => "Organizer",
            Self::Attendee(_) => "Attendee(…)",
            Self::Somebody => "Somebody",
        })
    }
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A command came, by mail or API, and this became of it. An answer that counts has no entry of this kind: it is
    /// [`What::Answered`], which names its mail.
    Received(Received),
    /// The event is another since; the first time: it is there.
    Changed(Box<Changed>),
    /// Work that reaches many has come so far.
    Job(JobStep),
    /// Somebody was to be invited, and was not.
    NotInvited {
        /// Stable code of the reason.
        reason: String,
    },
    /// He was invited.
    Invited {
        /// Where the invitation came from.
        origin: Origin,
        /// Whose invitation he holds, if not his own.
        from: Option<Who>,
    },
    /// He answered.
    Answered(Box<Answered>),
    /// Somebody not invited answered; it waits in the record of the attendee it came through.
    Waits {
        /// That attendee.
        through: Who,
        /// What it waits for.
        waits_for: WaitsFor,
        /// What he said.
        partstat: Partstat,
    },
    /// He would like another time better.
    Proposed(Box<Proposed>),
    /// A letter to him was sent.
    Sent {
        /// Which, e.g. `update`.
        letter: &'static str,
        /// The revision of the event he knows by it.
        revision: Option<u64>,
        /// The list's job it went out with.
        job: Option<String>,
    },
    /// This became of a letter to him.
    Delivery(Delivered),
    /// A letter was due and not sent.
    Withheld(Unwanted),
    /// A letter was due and will never be taken.
    Rejected {
        /// SES's code of the reason, or ours.
        code: String,
    },
}

impl What {
    /// Of what happened at the same instant the cause comes before what follows from it.
    fn rank(&self) -> u8 {
        match self {
            Self::Received(_) => 0,
            Self::Changed(_) => 1,
            Self::Job(_) => 2,
            Self::NotInvited { .. } => 3,
            Self::Invited { .. } => 4,
            Self::Answered(_) => 5,
            Self::Waits { .. } => 6,
            Self::Proposed(_) => 7,
            Self::Sent { .. } => 8,
            Self::Delivery(_) => 9,
            Self::Withheld(_) => 10,
            Self::Rejected { .. } => 11,
        }
    }
}

/// A command, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// Names the mail, or the API's request.
    pub id: String,
    /// Which command, as far as that was seen.
    pub command: Option<String>,
    /// Stable code of what became of it.
    pub outcome: &'static str,
    /// Stable code of the reason, where there is one.
    pub reason: Option<String>,
    /// The reason in words, where they are shown.
    pub words: Option<String>,
    /// The revision of the event after it, where it was applied to it.
    pub revision: Option<u64>,
    /// When it came.
    pub received: Timestamp,
}

/// What an event is since a change, and what differs from before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    /// Counts the changes people hear of, from 1.
    pub revision: u64,
    /// What is known of it then; `None` where that is not kept any more.
    pub is: Option<(Status, InstanceEdition)>,
    /// What differs from the revision before; `None` where that is not kept, or there is none.
    pub differs: Option<Vec<Change>>,
}

/// How far a job has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobStep {
    /// Its name.
    pub job: String,
    /// `list`, `update`, `cancellation` or `report`.
    pub kind: &'static str,
    /// How far.
    pub step: Step,
    /// Of a change: the event's revision it tells.
    pub revision: Option<u64>,
    /// How many it reaches, once that is known.
    pub people: Option<u64>,
}

/// A step of a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// It was asked for.
    Begun {
        /// The job whose place it took.
        replaces: Option<String>,
    },
    /// It waits until then, for its organizer may stop it.
    Held {
        /// Until when.
        until: Timestamp,
    },
    /// Every row of the list is decided about.
    Checked,
    /// The whole list is refused.
    Refused {
        /// Stable code of the reason.
        reason: String,
    },
    /// The organizer has stopped it: nobody hears of it.
    Stopped,
    /// Something newer has taken its place.
    Superseded,
    /// The report is there.
    Written,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answered {
    /// What he said.
    pub partstat: Partstat,
    /// About which date of a series; `None`: about all of it.
    pub instance: Option<InstanceKey>,
    /// How it is proven.
    pub evidence: Evidence,
    /// The program he answered in.
    pub prodid: Option<String>,
    /// It was given to an earlier version of the event, so it is recorded and never counted.
    pub earlier_version: bool,
    /// What he said beside, where words are shown.
    pub comment: Option<String>,
    /// How many people come, where he said so.
    pub people: Option<u64>,
    /// The mail it came in, where that was kept.
    pub mail: Option<String>,
}

/// Another time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// Of which date of a series; `None`: of all of it.
    pub instance: Option<InstanceKey>,
    /// DTSTART.
    pub start: CalendarTime,
    /// DTEND.
    pub end: CalendarTime,
    /// How it is proven.
    pub evidence: Evidence,
    /// What he said beside, where words are shown.
    pub comment: Option<String>,
}

/// What became of a letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// How far it came.
    pub state: DeliveryState,
    /// Which letter.
    pub letter: String,
    /// The revision of the event it tells.
    pub revision: u64,
    /// SES's kind of it and the server's status.
    pub code: Option<String>,
    /// The server's own words, where words are shown.
    pub words: Option<String>,
}
