//! `cis` as its users run it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may assert by ending"
)]

mod answering;
mod checkout;
mod erase;
mod explain;
mod inspect;
mod jobs;
mod keys;
mod letters;
mod list;
mod survey;
