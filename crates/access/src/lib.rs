//! Who may do what by API.
//!
//! In the order a request is looked at: it presents a [`token`], signed ([`jws`]) with a key its [`issuer`] has published
//! ([`jwks`]), or a [`key`] of ours; that says who the [`caller`] is; and the [`decision`] is whether a caller may what a route
//! [requires](decision::Required), by his [`scope`]s. Which events he may see is a second question, and the caller's to answer:
//! [`caller::Caller::sees`].
//!
//! Nobody may anything unless something here says so: an unknown scope, claim, group or algorithm grants nothing.

pub mod caller;
pub mod decision;
pub mod issuer;
pub mod jwks;
pub mod jws;
pub mod key;
pub mod refusal;
pub mod scope;
pub mod token;
