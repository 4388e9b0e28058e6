//! A mail with a calendar object, written once for many recipients: what differs between them is put between pieces.

use mail_builder::{encoders::Base64Encoder, headers::content_type::ContentType, mime::MimePart};

use super::{
    Letter,
    mail::{Between, Encoded, multipart, write_body},
    templates::Texts,
};
use crate::id::Uid;

/// Stands where the encoded object will; no header and no encoded text holds a NUL.
const OBJECT: &[u8] = b"\0object\0";

/// Such a mail, less object, who it is between and on what occasion.
#[derive(Debug)]
pub(super) struct Invitation {
    /// What stands before the object, between its two copies, and behind them.
    pieces: Vec<Vec<u8>>,
}

impl Invitation {
    pub(super) fn new(method: &'static str, uid: &Uid, texts: &Texts) -> Self {
        // Outlook looks into the first child of multipart/mixed only, and takes the last alternative; without a
        // disposition, or Gmail shows no buttons.
        let inline = MimePart::new(
            ContentType::new("text/calendar")
                .attribute("charset", "utf-8")
                .attribute("method", method),
            OBJECT,
        )
        .transfer_encoding("base64");
        let attached = MimePart::new(
            ContentType::new("application/ics").attribute("name", "invite.ics"),
            OBJECT,
        )
        .transfer_encoding("base64")
        .attachment("invite.ics");
        let encoded = Encoded::new(texts);
        let [plain, html] = encoded.parts();
        let name = uid.as_str();
        let alternative = multipart("alternative", name, vec![plain, html, inline]);
        let mut body = Vec::new();
        let mixed = multipart("mixed", name, vec![alternative, attached]);
        write_body(&texts.subject, mixed, &mut body);
        Self {
            pieces: pieces(&body),
        }
    }

    /// `occasion`: its header fields.
    pub(super) fn write(&self, between: Between, occasion: &[u8], calendar: &[u8]) -> Letter {
        let mut object = Vec::with_capacity(calendar.len() * 3 / 2);
        Base64Encoder::new()
            .wrap_lines()
            .encode_into(calendar, &mut object);
        let texts: usize = self.pieces.iter().map(Vec::len).sum();
        let mut raw = Vec::with_capacity(texts + 2 * object.len() + 1_024);
        between.write(&mut raw);
        raw.extend_from_slice(occasion);
        for (place, piece) in self.pieces.iter().enumerate() {
            if place > 0 {
                raw.extend_from_slice(&object);
            }
            raw.extend_from_slice(piece);
        }
        between.with(raw)
    }
}

/// What stands between the places of the object.
fn pieces(body: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some(place) = rest.windows(OBJECT.len()).position(|part| part == OBJECT) {
        let (piece, behind) = rest.split_at(place);
        pieces.push(piece.to_vec());
        rest = behind.get(OBJECT.len()..).unwrap_or_default();
    }
    pieces.push(rest.to_vec());
    pieces
}
