//! An event does not take place: one attendee hears of it.

use cloud::table::Kind;
use invite::letter::{self, Letter, LetterError};

use super::post::{self, Told};
use crate::functions::Function;

pub(crate) const FUNCTION: Function = post::sends(
    "send-cancellation",
    "send_cancellation",
    "Sends one cancellation.",
    "Cancellations wait in the queue.",
    || {
        Box::pin(post::serve(|kind| match kind {
            Kind::Cancellation => Some(cancellation),
            Kind::Invite | Kind::Update | Kind::Owed | Kind::Reminder => None,
        }))
    },
);

fn cancellation(told: &Told<'_>) -> Result<Vec<Letter>, LetterError> {
    let letter = letter::cancellation(
        told.event,
        &told.attendee.mailbox,
        &told.answers(),
        told.sender,
    )?;
    Ok(vec![letter])
}
