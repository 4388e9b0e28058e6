//! What reaches many people: whether it waits before it goes out (D5), what takes its place (D4), and how it is stopped.
//!
//! Each step is one conditional write of the job's record, so of a stop and of the end of the waiting exactly one comes
//! first. What waits tells how the event is when it waits no more; a newer change takes its place, and people hear of both
//! in one letter, because that says what changed since their last copy.

use jiff::{SignedDuration, Timestamp};

use super::Ignored;
use crate::{
    command::{RefusalReason, Stop},
    event::Event,
    id::TenantKey,
};

/// What reaches more people than that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    /// More people than these.
    pub above: u64,
    /// How long.
    pub wait: SignedDuration,
}

impl Hold {
    /// Until when what reaches so many people waits; `None`: it does not.
    #[must_use]
    pub fn until(self, people: u64, now: Timestamp) -> Option<Timestamp> {
        (people > self.above).then(|| now.checked_add(self.wait).unwrap_or(Timestamp::MAX))
    }
}

/// What many people are told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tells {
    /// That they are invited: people on a list.
    Invitation,
    /// That the event has changed.
    Update {
        /// The event's revision after the change.
        revision: u64,
    },
    /// That the event does not take place.
    Cancellation {
        /// The event's revision after the change.
        revision: u64,
    },
    /// That they have not answered yet.
    Reminder {
        /// The event's revision they have not answered.
        revision: u64,
    },
}

impl Tells {
    /// Whether it is not to be told any more, the event being as it is now (`None`: gone). Of a reminder also when there
    /// is nothing left to remind of; a change asks everybody again by itself.
    #[must_use]
    pub fn is_superseded(self, event: Option<&Event>, now: Timestamp) -> bool {
        event.is_none_or(|event| match self {
            Self::Invitation => event.is_cancelled(),
            Self::Update { revision } | Self::Cancellation { revision } => {
                event.revision != revision
            }
            Self::Reminder { revision } => {
                event.revision != revision || event.is_cancelled() || event.has_begun(now)
            }
        })
    }
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// It is found out who hears of it.
    Preparing,
    /// It waits, and can be stopped.
    Held {
        /// Until then.
        until: Timestamp,
    },
    /// It goes out, or has gone out.
    Going,
    /// The organizer has stopped it.
    Stopped,
    /// Something newer has taken its place, or its time is over.
    Superseded,
}

/// What to do with a job whose time has come, or may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// Ask again then.
    Wait {
        /// Then.
        until: Timestamp,
    },
    /// Store that it goes, on condition that the record is as it was read; then send.
    Release,
    /// Send: that it goes is stored.
    Send,
    /// Store that it is superseded, on condition that the record is as it was read.
    Supersede,
    /// It has ended, or has not come so far.
    Nothing,
}

/// Decides what to do with a job.
#[must_use]
pub fn due(tells: Tells, stage: Stage, event: Option<&Event>, now: Timestamp) -> Due {
    match stage {
        Stage::Preparing | Stage::Held { .. } if tells.is_superseded(event, now) => Due::Supersede,
        Stage::Held { until } if now < until => Due::Wait { until },
        Stage::Held { .. } => Due::Release,
        Stage::Going => Due::Send,
        Stage::Preparing | Stage::Stopped | Stage::Superseded => Due::Nothing,
    }
}

/// Why a job is not stopped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotStopped {
    /// It does not wait yet, and perhaps will not.
    NotHeld,
    /// It goes out.
    TooLate,
    /// It was stopped before.
    StoppedBefore,
    /// Something newer has taken its place.
    Superseded,
}

impl NotStopped {
    /// Stable kebab-case name, for the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotHeld => "not-held",
            Self::TooLate => "too-late-to-stop",
            Self::StoppedBefore => "stopped-before",
            Self::Superseded => "stop-superseded",
        }
    }
}

/// Decides whether a job can be stopped. `Ok`: store that it is, on condition that the record is as it was read, and give
/// the places of a list back in the same write.
///
/// # Errors
/// Why not.
pub fn stop(stage: Stage) -> Result<(), NotStopped> {
    match stage {
        Stage::Held { .. } => Ok(()),
        Stage::Preparing => Err(NotStopped::NotHeld),
        Stage::Going => Err(NotStopped::TooLate),
        Stage::Stopped => Err(NotStopped::StoppedBefore),
        Stage::Superseded => Err(NotStopped::Superseded),
    }
}

/// A job of an event, as far as its organizer may stop it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stoppable<'a> {
    /// Its name.
    pub job: &'a str,
    /// How far it has come.
    pub stage: Stage,
    /// People it is for.
    pub people: u64,
    /// Letters that have gone.
    pub sent: u64,
}

/// What to do about an organizer's mail to the address of a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StopDecision {
    /// As of [`stop`].
    Stop,
    /// Nobody vouches for the mail.
    Quarantine,
    /// It has no effect, and nobody is told.
    Ignore(Ignored),
    /// Refuse, and say so.
    Refuse(RefusalReason),
}

/// Whether this job is the one the mail is about.
#[must_use]
pub fn stop_is_about(key: &TenantKey, stop: &Stop, job: &str) -> bool {
    stop.token.proves(key, &stop.uid, job)
}

/// Decides about an organizer's mail to the address he was told from that a job waits. `job`: the one of the event's for
/// which [`stop_is_about`] holds.
#[must_use]
pub fn stop_by_mail(
    event: Option<&Event>,
    job: Option<&Stoppable<'_>>,
    mail: &Stop,
) -> StopDecision {
    let Some(event) = event else {
        return StopDecision::Ignore(Ignored::UnknownEvent);
    };
    if !mail.from_is_authenticated {
        return StopDecision::Quarantine;
    }
    if mail.from.address != event.organizer.address {
        return StopDecision::Refuse(RefusalReason::NotYourEvent);
    }
    let Some(job) = job else {
        return StopDecision::Ignore(Ignored::NothingWaits);
    };
    match stop(job.stage) {
        Ok(()) if mail.says_stop => StopDecision::Stop,
        // He was told until when: not to stop it is an answer, too, but one he may not have meant.
        Ok(()) => StopDecision::Refuse(RefusalReason::NotAStop),
        _ if !mail.says_stop => StopDecision::Ignore(Ignored::NothingWaits),
        Err(NotStopped::TooLate) => StopDecision::Refuse(RefusalReason::TooLateToStop {
            sent: job.sent,
            people: job.people,
        }),
        Err(NotStopped::Superseded) => StopDecision::Refuse(RefusalReason::StopSuperseded),
        Err(NotStopped::StoppedBefore | NotStopped::NotHeld) => {
            StopDecision::Ignore(Ignored::NothingWaits)
        }
    }
}
