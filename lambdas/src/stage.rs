//! One change becomes a message for each attendee.

pub(crate) mod shard;
pub(crate) mod stage_attendees;
