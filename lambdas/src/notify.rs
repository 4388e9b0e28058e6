//! Letters to organizers, and the reports in them.

pub(crate) mod notify_organizer;
pub(crate) mod write_report;

mod checked_list;
mod enrolled;
mod fan_out;
mod written_report;
