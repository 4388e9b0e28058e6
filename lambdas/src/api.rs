//! What programs ask and tell, and the pages people are led to.

pub(crate) mod event_api;
pub(crate) mod unsubscribe_page;

mod caller;
mod deliveries;
mod invites;
mod jobs;
mod lists;
mod views;
