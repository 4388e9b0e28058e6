//! An event does not take place: one attendee hears of it.

use cloud::table::Kind;
use invite::letter;

use super::post;
use crate::functions::Function;

pub(crate) const FUNCTION: Function = post::sends(
    "send-cancellation",
    "send_cancellation",
    "Sends one cancellation.",
    "Cancellations wait in the queue.",
    || {
        Box::pin(post::serve(Kind::Cancellation, |told| {
            letter::cancellation(
                told.event,
                &told.attendee.mailbox,
                &told.answers(),
                told.sender,
            )
        }))
    },
);
