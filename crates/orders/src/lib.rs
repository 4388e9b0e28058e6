//! Orders of a shop: whether a webhook is genuine, what it says, and which subscriptions follow from it.
//!
//! Pure, like the calendar engine: no I/O, no clock, no AWS. In the order a webhook meets it: its [`signature`] is checked
//! over the bytes that came, its [`webhook`] is read, and what is known of the order so far [`Ledger`] takes it in.
//!
//! Shopify sends each webhook at least once and in no order, so a ledger ends the same whichever comes first.

pub mod ledger;
pub mod plan;
pub mod signature;
pub mod webhook;

pub use ledger::{Entered, Ledger, Line, NotEnrolled};
pub use plan::{Plan, Plans};
pub use signature::{Secrets, Signature};
pub use webhook::{Order, Refund, Said, Topic, Unreadable};
