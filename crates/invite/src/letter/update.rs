//! "It has changed."

use super::{Draft, Kind, Letter, LetterError, Sender};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
};

/// Tells an attendee what the event is now; `answers` are his answers to this version of it, which his
/// calendar goes on showing.
/// `last` is the revision he was last told: the letter says what changed since, where the event still knows that.
///
/// # Errors
/// [`LetterError`].
pub fn update(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    last: Option<u64>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Update, event, sender)?.addressed(attendee, answers, last)
}
