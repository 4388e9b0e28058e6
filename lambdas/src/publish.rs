//! What has changed in the table is told to the world, and counted.

pub(crate) mod count_statistics;
pub(crate) mod publish_changes;

mod erasure_news;
mod limit_news;
mod news;
mod report_news;
