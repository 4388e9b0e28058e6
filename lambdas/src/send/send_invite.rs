//! An attendee was added: his invitation.

use cloud::table::Kind;
use invite::letter;

use super::post;
use crate::functions::Function;

pub(crate) const FUNCTION: Function = post::sends(
    "send-invite",
    "send_invite",
    "Sends one invitation.",
    "Invitations wait in the queue.",
    || {
        Box::pin(post::serve(Kind::Invite, |told| {
            letter::invite(told.event, &told.attendee.mailbox, told.sender)
        }))
    },
);
