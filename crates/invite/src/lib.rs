//! The domain of the Calendar Invite Server, in the order a mail travels:
//! bytes become a [`mail`], its calendar part becomes [`ical`] objects, both become a [`command`],
//! the command meets an [`event`] in [`decide`], what people must hear of it becomes a [`letter`], and what becomes of
//! that is its [`delivery`]. All of it together is the event's [`ledger`].
//!
//! Invariants, each with a test:
//! - Reading never fails and never panics: bytes → `(T, Vec<Problem>)`.
//! - A decision is a function of what is known, what arrived and `now`; nothing else.
//! - A refusal is a value with a reason people can read; nothing here returns "try again".

pub mod address;
pub mod command;
pub mod csv;
pub mod cursor;
pub mod decide;
pub mod delivery;
pub mod erasure;
pub mod event;
pub mod ical;
pub mod id;
pub mod invite_link;
pub mod language;
pub mod ledger;
pub mod letter;
pub mod mail;
pub mod page;
pub mod report;
pub mod statistics;
pub mod time;
pub mod unsubscribe;
