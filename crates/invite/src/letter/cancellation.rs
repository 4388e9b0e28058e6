//! "It does not take place."

use super::{Draft, Kind, Letter, LetterError, Sender};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
};

/// Tells an attendee that the event does not take place; `event` is already cancelled, its SEQUENCE raised.
///
/// # Errors
/// [`LetterError`].
pub fn cancellation(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Cancellation, event, sender)?.addressed(attendee, answers, None)
}
