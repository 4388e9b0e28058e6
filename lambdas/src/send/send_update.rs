//! An event has changed: one attendee hears of it, and is asked again where his answer no longer holds.

use cloud::table::Kind;
use invite::letter;

use super::post::{self, Told};
use crate::functions::{Function, Trigger};

pub(crate) const FUNCTION: Function = Function {
    name: "send-update",
    handler: "send_update",
    purpose: "Sends one update of an event.",
    error_impact: "Updates wait in the queue.",
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
        Box::pin(post::serve(Kind::Update, |told: &Told<'_>| {
            letter::update(
                told.event,
                &told.attendee.mailbox,
                told.attendee.answer_to(told.event),
                told.sender,
            )
        }))
    },
};
