//! "Please come."

use super::{Draft, Kind, Letter, LetterError, Sender};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
};

/// Invites an attendee. He has answered already where he was passed the invitation on.
///
/// # Errors
/// [`LetterError`].
pub fn invite(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Invite, event, sender)?.addressed(attendee, answers, None)
}
