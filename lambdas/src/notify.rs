//! Letters to organizers.

pub(crate) mod notify_organizer;

mod checked_list;
mod enrolled;
mod fan_out;
