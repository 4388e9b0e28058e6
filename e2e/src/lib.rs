//! People who use the deployed local stack: they mail over SMTP, read their mailboxes, call the API; and somebody who
//! looks into the table to see that what they were told is what was stored.
//!
//! Nothing here knows the tenant's key: uids and reply addresses are read from mail, as people's clients do.

pub mod stack;

pub mod world;

pub mod person;

pub mod post;

pub mod records;

pub mod letter;

pub mod no_more;

pub mod mailbox;

pub mod api;

pub mod wait;

pub mod fault;

pub mod story;

pub mod play;
