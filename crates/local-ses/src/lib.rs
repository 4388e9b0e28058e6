//! The SES edge of the local stack: a post office for one machine.
//!
//! Mail in, in the order it travels: [`smtp`] takes it and asks the [`office`], [`verdict`] checks it against the
//! [`zone`] (asked through the [`resolver`]), [`rules`] say what is done, [`trace`] writes SES's header fields,
//! [`notification`] SES's message.
//! Mail out: [`front`] has SES v2's address, [`outgoing`] is the mail as SES changes it, [`mailbox`] where it goes,
//! [`fate`] what becomes of it there, and [`events`] how SES tells. [`faults`] make SES's bad days, on demand.

pub mod events;
pub mod fate;
pub mod faults;
pub mod front;
pub mod mailbox;
pub mod notification;
pub mod office;
pub mod outgoing;
pub mod resolver;
pub mod rules;
pub mod smtp;
pub mod trace;
pub mod verdict;
pub mod zone;

/// What SES calls its inbound servers, in greetings and trace fields.
pub const INBOUND_HOST: &str = "inbound-smtp.us-east-1.amazonaws.com";
