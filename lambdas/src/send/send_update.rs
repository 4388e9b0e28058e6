//! An event has changed: one attendee hears of it, and is asked again where his answer no longer holds.

use cloud::table::Kind;
use invite::letter::{self, Letter, LetterError};

use super::post::{self, Told};
use crate::functions::Function;

pub(crate) const FUNCTION: Function = post::sends(
    "send-update",
    "send_update",
    "Sends one update of an event.",
    "Updates wait in the queue.",
    || {
        Box::pin(post::serve(|kind| match kind {
            Kind::Update => Some(update),
            Kind::Invite | Kind::Cancellation | Kind::Owed | Kind::Reminder => None,
        }))
    },
);

fn update(told: &Told<'_>) -> Result<Vec<Letter>, LetterError> {
    let letter = letter::update(
        told.event,
        &told.attendee.mailbox,
        &told.answers(),
        told.last_told,
        told.sender,
    )?;
    Ok(vec![letter])
}
