//! "It has changed."

use super::{Draft, Kind, Letter, LetterError, Sender};
use crate::{address::Mailbox, event::Event, ical::Partstat};

/// Tells an attendee what the event is now; `partstat` is what he has answered to this version of it, which his
/// calendar goes on showing.
///
/// # Errors
/// [`LetterError`].
pub fn update(
    event: &Event,
    attendee: &Mailbox,
    partstat: Partstat,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Update, event, sender)?.addressed(attendee, partstat)
}
