//! One integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may assert by ending"
)]

mod answers;
mod conversations;
mod corpus;
mod ledger;
mod letters;
mod mutations;
mod properties;
mod report;
mod series;
mod tnef;
