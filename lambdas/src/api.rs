//! What programs ask and tell.

pub(crate) mod event_api;

mod caller;
mod deliveries;
mod invites;
mod views;
