//! The post office as those see it who talk to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may assert by ending"
)]

mod counter;
mod dialogue;
mod front;
mod notification;
mod verdicts;
