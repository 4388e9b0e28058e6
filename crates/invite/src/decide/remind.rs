//! Who is reminded to answer (D17): whoever has not, and was asked as the event is now; seldom enough to be no nuisance.
//!
//! Decided about twice: when the attendees are gone through, and again when each letter is about to go, so that an answer
//! that has come meanwhile is honoured.

use jiff::{SignedDuration, Timestamp};

use super::Standing;
use crate::{
    delivery::{Posted, Purpose, Reminded, Unwanted, stands_against},
    event::{Attendee, Event},
    ical::Partstat,
};

/// At most one reminder in this time for each person.
pub const REMINDED_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Most reminders of an event for each person.
pub const MAX_REMINDERS: u32 = 3;

/// Why nobody can be reminded of an event.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CannotRemind {
    /// It does not take place.
    Cancelled,
    /// It has begun.
    Begun,
    /// Its organizer may not send anything at present.
    OrganizerSuspended,
}

/// Why a person is not reminded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NotReminded {
    /// He has said something to the event as it is now, or to a date of it.
    Answered,
    /// He wants no mail, or can have none.
    Unwanted(Unwanted),
    /// He has not heard yet how the event is now: that letter asks him, or the organizer has stopped it.
    NotTold,
    /// He was reminded within [`REMINDED_EVERY`], or since this was asked for.
    TooSoon,
    /// He was reminded [`MAX_REMINDERS`] times.
    OftenEnough,
}

impl NotReminded {
    /// Stable kebab-case name, for records and the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unwanted(why) => why.code(),
            Self::NotTold => "not-told",
            Self::TooSoon => "too-soon",
            Self::OftenEnough => "often-enough",
        }
    }
}

/// Decides whether an organizer may have people reminded of his event.
///
/// # Errors
/// Why not.
pub fn may_remind(event: &Event, organizer: &Standing, now: Timestamp) -> Result<(), CannotRemind> {
    if event.is_cancelled() {
        return Err(CannotRemind::Cancelled);
    }
    if event.has_begun(now) {
        return Err(CannotRemind::Begun);
    }
    if organizer.suspended {
        return Err(CannotRemind::OrganizerSuspended);
    }
    Ok(())
}

/// A reminder, which goes to many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reminder<'a> {
    /// Of which event.
    pub event: &'a Event,
    /// When it was asked for: the same reminder goes to nobody twice, however late the rest of it goes.
    pub asked: Timestamp,
}

impl Reminder<'_> {
    /// Decides about one attendee, by what his record says. Whether he wants mail at all is asked again at the send.
    ///
    /// # Errors
    /// Why he is not reminded.
    pub fn reminds(
        self,
        attendee: &Attendee,
        posted: &Posted,
        now: Timestamp,
    ) -> Result<(), NotReminded> {
        if let Some(why) = stands_against(posted.unwanted(), Purpose::Tells, attendee.partstat) {
            return Err(NotReminded::Unwanted(why));
        }
        self.is_due(attendee, posted.sent_revision, posted.reminded, now)
    }

    /// The same of somebody who wants mail; `told` is the revision of the event he was last told.
    ///
    /// # Errors
    /// Why he is not reminded.
    pub fn is_due(
        self,
        attendee: &Attendee,
        told: Option<u64>,
        reminded: Reminded,
        now: Timestamp,
    ) -> Result<(), NotReminded> {
        if has_answered(attendee, self.event) {
            return Err(NotReminded::Answered);
        }
        if told != Some(self.event.revision) {
            return Err(NotReminded::NotTold);
        }
        let is_recent =
            |last: Timestamp| last >= self.asked || now.duration_since(last) < REMINDED_EVERY;
        if reminded.last.is_some_and(is_recent) {
            return Err(NotReminded::TooSoon);
        }
        if reminded.times >= MAX_REMINDERS {
            return Err(NotReminded::OftenEnough);
        }
        Ok(())
    }
}

/// Whether an attendee has said anything that holds: to the event, or to a date of a series.
fn has_answered(attendee: &Attendee, event: &Event) -> bool {
    attendee.answer_to(event) != Partstat::NeedsAction
        || attendee
            .instances
            .keys()
            .any(|key| attendee.answer_to_instance(event, key) != Partstat::NeedsAction)
}
