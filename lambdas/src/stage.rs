//! Who hears of what reaches many people, and when it goes.

pub(crate) mod progress;
pub(crate) mod shard;
pub(crate) mod stage_attendees;
pub(crate) mod waiting;
