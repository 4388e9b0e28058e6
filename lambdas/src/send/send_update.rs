//! An event has changed: one attendee hears of it, and is asked again where his answer no longer holds.

use cloud::table::Kind;
use invite::letter;

use super::post;
use crate::functions::Function;

pub(crate) const FUNCTION: Function = post::sends(
    "send-update",
    "send_update",
    "Sends one update of an event.",
    "Updates wait in the queue.",
    || {
        Box::pin(post::serve(Kind::Update, |told| {
            letter::update(
                told.event,
                &told.attendee.mailbox,
                &told.answers(),
                told.last_told,
                told.sender,
            )
        }))
    },
);
