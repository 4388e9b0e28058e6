//! What programs ask and tell, and the pages people are led to.

pub(crate) mod authorize;

pub(crate) mod api_guide;
pub(crate) mod event_api;
pub(crate) mod invite_page;
pub(crate) mod order_webhook;
pub(crate) mod organizer_api;
pub(crate) mod report_page;
pub(crate) mod system_api;
pub(crate) mod unsubscribe_page;

mod attendee;
mod attendees;
mod caller;
mod checkin;
mod cursor;
mod deliveries;
mod deprecated;
mod erasures;
mod event_answer;
mod event_body;
mod event_list;
mod invites;
mod jobs;
mod keys;
mod ledger;
mod lists;
mod once;
mod reminders;
mod reports;
mod views;
mod write_event;

/// `docs/authorization.md`, who may call what, as it is written from the code.
#[cfg(test)]
mod authorization;
/// The description of all of it, `golden/openapi.json`, as it is written from the code.
#[cfg(test)]
mod openapi;
