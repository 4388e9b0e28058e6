//! A mail comes in.

pub(crate) mod receive_mail;
