//! An event does not take place: one attendee hears of it.

use cloud::table::Kind;
use invite::letter;

use super::post::{self, Told};
use crate::functions::{Function, Trigger};

pub(crate) const FUNCTION: Function = Function {
    name: "send-cancellation",
    handler: "send_cancellation",
    purpose: "Sends one cancellation.",
    error_impact: "Cancellations wait in the queue.",
    trigger: Trigger::Queue {
        topics: &[],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: post::ENVIRONMENT,
    rights: post::RIGHTS,
    run: || {
        Box::pin(post::serve(Kind::Cancellation, |told: &Told<'_>| {
            letter::cancellation(
                told.event,
                &told.attendee.mailbox,
                told.attendee.answer_to(told.event),
                told.sender,
            )
        }))
    },
};
