//! "Please come."

use super::{Draft, Kind, Letter, LetterError, Sender};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
    ical::Partstat,
};

/// Invites an attendee.
///
/// # Errors
/// [`LetterError`].
pub fn invite(event: &Event, attendee: &Mailbox, sender: &Sender) -> Result<Letter, LetterError> {
    Draft::new(Kind::Invite, event, sender)?.addressed(
        attendee,
        &Answers::all(Partstat::NeedsAction),
        None,
    )
}
