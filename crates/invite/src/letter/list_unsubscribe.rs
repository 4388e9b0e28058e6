//! How the reader of a letter says that he wants no more from this organizer: by one click (RFC 8058), or by mail (RFC
//! 2369 section 3.2), both with the same ticket.

use super::Sender;
use crate::{address::Address, event::Event, id::OfPair, unsubscribe::written};

/// The header fields that say so, less what is each reader's.
#[derive(Debug)]
pub(super) struct ListUnsubscribe {
    /// What stands before, between and behind the reader's part of the ticket.
    pieces: Vec<String>,
    octets: usize,
}

impl ListUnsubscribe {
    pub(super) fn of(event: &Event, sender: &Sender) -> Self {
        let uid = &event.uid;
        let mail = format!(
            "<mailto:unsubscribe@{}?subject=unsubscribe%20{uid}.",
            sender.mail_domain
        );
        // One click takes https alone (RFC 8058 section 3.1).
        let pages = sender
            .pages
            .as_deref()
            .filter(|pages| pages.starts_with("https://"))
            .map(|pages| pages.trim_end_matches('/'));
        let pieces = match pages {
            Some(pages) => vec![
                format!("List-Unsubscribe: <{pages}/unsubscribe/{uid}."),
                format!(">,\r\n {mail}"),
                ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".to_owned(),
            ],
            None => vec![format!("List-Unsubscribe: {mail}"), ">\r\n".to_owned()],
        };
        let octets = pieces.iter().map(String::len).sum();
        Self { pieces, octets }
    }

    /// The header fields of the letter to this attendee.
    pub(super) fn fields(&self, attendee: &Address, pair: &OfPair) -> String {
        let written = written(attendee, &pair.no_more);
        let mut fields = String::with_capacity(self.octets + self.pieces.len() * written.len());
        for (place, piece) in self.pieces.iter().enumerate() {
            if place > 0 {
                fields.push_str(&written);
            }
            fields.push_str(piece);
        }
        fields
    }
}
