//! `cis` as its users run it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may assert by ending"
)]

mod inspect;
mod list;
mod survey;
