//! One change becomes a message for each attendee.

pub(crate) mod stage_attendees;
