//! Letters to attendees: three functions do the same thing with another letter, see [`post`]; [`send_shard`] sends many
//! invitations at a time; [`track_delivery`] hears what becomes of them.

pub(crate) mod send_cancellation;
pub(crate) mod send_invite;
pub(crate) mod send_shard;
pub(crate) mod send_update;
pub(crate) mod track_delivery;

mod changes;
mod listed;
mod listed_letter;
mod paced;
mod post;
mod rate;
mod window;
