//! What a command asks meets what is known.

pub(crate) mod cancel_event;
pub(crate) mod give_seats;
pub(crate) mod record_event;
pub(crate) mod record_reply;
pub(crate) mod record_unsubscribe;
pub(crate) mod stop_job;
pub(crate) mod verify_invite;
pub(crate) mod verify_list;

pub(crate) mod outcome;

pub(crate) mod attempts;
