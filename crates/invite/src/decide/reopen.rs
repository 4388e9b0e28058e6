//! Answers after a significant change.
//!
//! > Significant: sequence+1, answers reopen.

use crate::{
    event::{Attendee, Event},
    ical::Partstat,
};

/// The attendee's record with the answer set back to NEEDS-ACTION, if it was given before the last significant
/// change; `None` if there is nothing to set back. Stored on condition that the stored `revision` is one less.
///
/// Asked by whoever sends the update, and by whoever has just stored an answer: one of the two comes last.
#[must_use]
pub fn reopen(event: &Event, attendee: &Attendee) -> Option<Attendee> {
    if attendee.answer_to(event) == attendee.partstat {
        return None;
    }
    Some(Attendee {
        partstat: Partstat::NeedsAction,
        revision: attendee.revision.saturating_add(1),
        ..attendee.clone()
    })
}
