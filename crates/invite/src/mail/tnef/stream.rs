//! The stream of attributes ([MS-OXTNEF] section 2.1.3).

use super::cursor::Cursor;
use crate::mail::Problem;

/// How every TNEF stream begins: 0x223E9F78.
pub(super) const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];

/// Outlook writes some twenty attributes and a handful for each attachment.
pub(super) const MAX_ATTRIBUTES: usize = 10_000;

/// How many wrong checksums are named before the rest is only counted.
const MAX_NAMED: usize = 5;

/// The lower half of an attribute's number; the upper half only says how its data is written.
pub(super) mod id {
    pub(in super::super) const OWNER: u16 = 0x0000;
    pub(in super::super) const SENT_FOR: u16 = 0x0001;
    pub(in super::super) const DATE_START: u16 = 0x0006;
    pub(in super::super) const DATE_END: u16 = 0x0007;
    pub(in super::super) const FROM: u16 = 0x8000;
    pub(in super::super) const SUBJECT: u16 = 0x8004;
    pub(in super::super) const MESSAGE_CLASS: u16 = 0x8008;
    pub(in super::super) const BODY: u16 = 0x800c;
    pub(in super::super) const ATTACH_DATA: u16 = 0x800f;
    pub(in super::super) const ATTACH_TITLE: u16 = 0x8010;
    pub(in super::super) const ATTACH_REND_DATA: u16 = 0x9002;
    pub(in super::super) const MAPI_PROPS: u16 = 0x9003;
    pub(in super::super) const RECIP_TABLE: u16 = 0x9004;
    pub(in super::super) const ATTACHMENT: u16 = 0x9005;
    pub(in super::super) const OEM_CODEPAGE: u16 = 0x9007;
}

/// The specification's name of an attribute.
fn name(id: u16) -> String {
    let known = match id {
        id::OWNER => "attOwner",
        id::SENT_FOR => "attSentFor",
        id::DATE_START => "attDateStart",
        id::DATE_END => "attDateEnd",
        id::FROM => "attFrom",
        id::SUBJECT => "attSubject",
        id::MESSAGE_CLASS => "attMessageClass",
        id::BODY => "attBody",
        id::ATTACH_DATA => "attAttachData",
        id::ATTACH_TITLE => "attAttachTitle",
        id::ATTACH_REND_DATA => "attAttachRendData",
        id::MAPI_PROPS => "attMsgProps",
        id::RECIP_TABLE => "attRecipTable",
        id::ATTACHMENT => "attAttachment",
        id::OEM_CODEPAGE => "attOemCodepage",
        other => return format!("the attribute 0x{other:04X}"),
    };
    known.to_owned()
}

/// One attribute; whether it is the message's or an attachment's follows from its id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) id: u16,
    pub(super) data: &'a [u8],
}

/// The attributes of a stream that begins with [`SIGNATURE`], up to where it breaks off. A wrong checksum is named
/// and the attribute read all the same: some gateways change text without counting anew.
pub(super) fn attributes<'a>(bytes: &'a [u8], problems: &mut Vec<Problem>) -> Vec<Attribute<'a>> {
    let mut cursor = Cursor::new(bytes);
    let mut found = Vec::new();
    let mut wrong = 0;
    // Signature and key.
    let _ = cursor.take(SIGNATURE.len() + 2);
    while !cursor.is_empty() {
        if found.len() == MAX_ATTRIBUTES {
            problems.push(Problem::new(
                "tnef-too-large",
                format!("the TNEF stream has more than {MAX_ATTRIBUTES} attributes; the rest was left out"),
            ));
            break;
        }
        let mut ahead = cursor;
        let Some((attribute, checksum)) = attribute(&mut ahead) else {
            // Blanks and line ends behind the last attribute are what a transport left there.
            if !is_padding(cursor.rest()) {
                problems.push(Problem::new(
                    "tnef-truncated",
                    match found.last() {
                        Some(Attribute { id, .. }) => {
                            format!("the TNEF stream breaks off behind {}", name(*id))
                        }
                        None => "the TNEF stream has no whole attribute".to_owned(),
                    },
                ));
            }
            break;
        };
        cursor = ahead;
        if sum(attribute.data) != checksum {
            wrong += 1;
            if wrong <= MAX_NAMED {
                problems.push(Problem::new(
                    "tnef-checksum",
                    format!(
                        "the checksum of {} is wrong; read all the same",
                        name(attribute.id)
                    ),
                ));
            }
        }
        found.push(attribute);
    }
    found
}

fn attribute<'a>(cursor: &mut Cursor<'a>) -> Option<(Attribute<'a>, u16)> {
    let level = cursor.u8()?;
    let id = cursor.u16()?;
    let _kind = cursor.u16()?;
    let length = cursor.length()?;
    let data = cursor.take(length)?;
    let checksum = cursor.u16()?;
    matches!(level, 1 | 2).then_some((Attribute { id, data }, checksum))
}

fn sum(data: &[u8]) -> u16 {
    data.iter()
        .fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}

fn is_padding(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || *byte == 0)
}
