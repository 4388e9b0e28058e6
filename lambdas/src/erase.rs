//! Erasing a person: asked for by whoever may, then carried out by going through the table.

pub(crate) mod erase_person;

mod asked;

pub(crate) use asked::{Begun, begin};
