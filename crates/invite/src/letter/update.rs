//! "It has changed."

use super::{Draft, Kind, Letter, LetterError, Sender};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
};

/// Tells an attendee what the event is now; `answers` are his answers to this version of it, which his
/// calendar goes on showing.
///
/// # Errors
/// [`LetterError`].
pub fn update(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Update, event, sender)?.addressed(attendee, answers)
}
