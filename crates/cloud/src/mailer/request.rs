//! What SendEmail is asked.

use invite::letter::Letter;
use serde::Serialize;

use crate::delivery_event::{EVENT_TAG, LETTER_TAG, REVISION_TAG};

/// Where SES takes mails.
pub(super) const PATH: &str = "/v2/email/outbound-emails";

/// All but the mail.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct About<'a> {
    from_email_address: &'a str,
    destination: Destination<'a>,
    configuration_set_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_tags: Option<[Tag<'a>; 3]>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Destination<'a> {
    to_addresses: [&'a str; 1],
}

/// Tags show up in places of SES's where no address may stand; to whom the mail goes, its events say by themselves.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag<'a> {
    name: &'static str,
    value: &'a str,
}

/// What else there is of the JSON, and tags.
const ROOM_FOR_ALL_BUT_THE_MAIL: usize = 1024;

/// The request's body. The mail is most of it and is copied once, encoded, to its place.
pub(super) fn body(letter: &Letter, configuration_set: &str) -> serde_json::Result<Vec<u8>> {
    let revision = letter.tells.as_ref().map(|told| told.revision.to_string());
    let about = About {
        from_email_address: letter.from.address.as_str(),
        destination: Destination {
            to_addresses: [letter.to.address.as_str()],
        },
        configuration_set_name: configuration_set,
        email_tags: letter.tells.as_ref().zip(revision.as_deref()).map(
            // Names the letter in the events of its delivery.
            |(told, revision)| {
                [
                    (EVENT_TAG, told.uid.as_str()),
                    (LETTER_TAG, told.letter),
                    (REVISION_TAG, revision),
                ]
                .map(|(name, value)| Tag { name, value })
            },
        ),
    };
    let mail = base64_simd::STANDARD.encoded_length(letter.raw.len());
    let mut body = Vec::with_capacity(mail + ROOM_FOR_ALL_BUT_THE_MAIL);
    serde_json::to_writer(&mut body, &about)?;
    // Instead of the object's end.
    body.pop();
    body.extend_from_slice(br#","Content":{"Raw":{"Data":""#);
    base64_simd::STANDARD.encode_append(&letter.raw, &mut body);
    body.extend_from_slice(br#""}}}"#);
    Ok(body)
}
