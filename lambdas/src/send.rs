//! Letters to attendees: the functions that send do the same thing with another letter, see [`post`]; and what becomes of
//! them.

pub(crate) mod send_cancellation;
pub(crate) mod send_invite;
pub(crate) mod send_update;
pub(crate) mod track_delivery;

mod post;
