//! Letters to organizers.

pub(crate) mod notify_organizer;

mod checked_list;
mod fan_out;
