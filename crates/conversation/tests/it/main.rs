//! One integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may assert by ending"
)]

mod reads;
mod writes;

use conversation::{Bindings, Conversation, Problem};
use std::path::Path;

fn read(text: &str) -> Result<Conversation, Problem> {
    Conversation::read(
        Path::new("golden/conversations/late.txt"),
        text,
        Path::new("."),
    )
}

/// Bindings that show what was asked of them.
struct Shown;

impl Bindings for Shown {
    fn mail_domain(&self) -> String {
        "acme.invites.example".to_owned()
    }
    fn address(&self, person: &str) -> String {
        person.to_owned()
    }
    fn client_uid(&self, event: &str) -> String {
        format!("{event}-1")
    }
    fn our_uid(&self, organizer: &str, client_uid: &str) -> String {
        format!("uid-of-{client_uid}-of-{organizer}")
    }
    fn signed_address(&self, organizer: &str, attendee: &str) -> String {
        let name = |address: &str| address.split('@').next().unwrap_or_default().to_owned();
        format!(
            "{}+{}@acme.invites.example",
            name(organizer),
            name(attendee)
        )
    }
    fn last_letter_to(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}
