//! An attendee was added: his invitation.

use cloud::table::Kind;
use invite::letter;

use super::post::{self, Told};
use crate::functions::{Function, Trigger};

pub(crate) const FUNCTION: Function = Function {
    name: "send-invite",
    handler: "send_invite",
    purpose: "Sends one invitation.",
    error_impact: "Invitations wait in the queue.",
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
        Box::pin(post::serve(Kind::Invite, |told: &Told<'_>| {
            letter::invite(told.event, &told.attendee.mailbox, told.sender)
        }))
    },
};
