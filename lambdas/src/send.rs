//! Letters to attendees. All three functions do the same thing with another letter: see [`post`].

pub(crate) mod send_cancellation;
pub(crate) mod send_invite;
pub(crate) mod send_update;

mod post;
