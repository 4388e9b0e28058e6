//! The calendar parts of a mail, wherever they stand and however they are labelled.

use std::borrow::Cow;

use mail_parser::{
    Encoding, Message, MessagePart, MimeHeaders, PartType,
    decoders::{
        base64::base64_decode, charsets::map::charset_decoder,
        quoted_printable::quoted_printable_decode,
    },
};

use super::{CalendarPart, Mail, Problem};

/// Deepest mail in a mail whose parts are looked at.
const MAX_FORWARDS: usize = 8;

/// More calendar parts than this do not make the refusal any clearer.
const MAX_CALENDAR_PARTS: usize = 50;

/// The parser keeps one attached mail inside the other; thousands of them would end the process when dropped.
const MAX_ATTACHED_MAILS: usize = 200;

/// Whether the attached mails are few enough to be taken apart one inside the other.
pub(super) fn nesting_is_bearable(raw: &[u8]) -> bool {
    let ends_and_starts = |(slash, _): &(usize, &u8)| {
        let before = raw.get(slash.saturating_sub(9)..*slash).unwrap_or_default();
        let after = raw.get(slash + 1..slash + 7).unwrap_or_default();
        before.len() >= 7
            && (before
                .last_chunk::<7>()
                .is_some_and(|end| end.eq_ignore_ascii_case(b"message"))
                || before.eq_ignore_ascii_case(b"multipart")
                    && after.eq_ignore_ascii_case(b"digest"))
    };
    raw.iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .filter(ends_and_starts)
        .take(MAX_ATTACHED_MAILS)
        .count()
        < MAX_ATTACHED_MAILS
}

/// Fills the calendar parts, the plain text, and whether a winmail.dat is there.
pub(super) fn read(message: &Message<'_>, mail: &mut Mail, problems: &mut Vec<Problem>) {
    let mut left = MAX_CALENDAR_PARTS;
    collect(message, 0, &mut left, mail, problems);
    if mail.has_tnef && mail.calendars.is_empty() {
        problems.push(Problem::new(
            "tnef-not-supported",
            "the invitation stands in a winmail.dat (TNEF), which is not read yet",
        ));
    }
}

fn collect(
    message: &Message<'_>,
    depth: usize,
    left: &mut usize,
    mail: &mut Mail,
    problems: &mut Vec<Problem>,
) {
    for part in &message.parts {
        match (&part.body, kind(part)) {
            (PartType::Message(inner), _) if depth < MAX_FORWARDS => {
                collect(inner, depth + 1, left, mail, problems);
            }
            (PartType::Multipart(_) | PartType::Message(_), _) => {}
            (_, Kind::Calendar) if *left == 0 => {}
            (_, Kind::Calendar) => {
                *left -= 1;
                keep(calendar(message, part, depth > 0, problems), mail);
            }
            (_, Kind::Tnef) => mail.has_tnef = true,
            (PartType::Text(text), Kind::PlainText) => {
                // Some gateways relabel everything they do not know.
                if starts_like_a_calendar(text) && *left > 0 {
                    *left -= 1;
                    keep(calendar(message, part, depth > 0, problems), mail);
                } else if depth == 0 && mail.text.is_none() {
                    mail.text = Some(text.clone().into_owned());
                }
            }
            _ => {}
        }
    }
}

enum Kind {
    Calendar,
    Tnef,
    PlainText,
    Other,
}

fn kind(part: &MessagePart<'_>) -> Kind {
    let (main, sub) = part.content_type().map_or(("text", "plain"), |kind| {
        (kind.ctype(), kind.subtype().unwrap_or_default())
    });
    let is = |a: &str, b: &str| main.eq_ignore_ascii_case(a) && sub.eq_ignore_ascii_case(b);
    let name = part
        .attachment_name()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if is("text", "calendar")
        || is("text", "x-vcalendar")
        || is("application", "ics")
        || is("application", "icalendar")
        || is("application", "calendar")
        || [".ics", ".ical", ".vcs"]
            .iter()
            .any(|end| name.ends_with(end))
    {
        Kind::Calendar
    } else if is("application", "ms-tnef")
        || is("application", "vnd.ms-tnef")
        || name == "winmail.dat"
    {
        Kind::Tnef
    } else if is("text", "plain") {
        Kind::PlainText
    } else {
        Kind::Other
    }
}

fn starts_like_a_calendar(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .get(..15)
        .is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

/// Clients send the same calendar inline and as an attachment; only line ends and outer space may differ.
fn keep(part: CalendarPart, mail: &mut Mail) {
    let same = |a: &str, b: &str| {
        let lines = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| line.trim_end().to_owned())
                .filter(|line| !line.is_empty())
                .collect()
        };
        a == b || lines(a) == lines(b)
    };
    match mail
        .calendars
        .iter_mut()
        .find(|known| same(&known.text, &part.text))
    {
        Some(known) => {
            known.forwarded &= part.forwarded;
            if known.method_parameter.is_none() {
                known.method_parameter = part.method_parameter;
            }
        }
        None => mail.calendars.push(part),
    }
}

fn calendar(
    message: &Message<'_>,
    part: &MessagePart<'_>,
    forwarded: bool,
    problems: &mut Vec<Problem>,
) -> CalendarPart {
    let attribute = |name: &str| {
        part.content_type()
            .and_then(|kind| kind.attribute(name))
            .map(|value| value.trim().to_owned())
    };
    let bytes = body(message, part, problems);
    let (text, unknown_charset) = decode(&bytes, attribute("charset").as_deref(), problems);
    CalendarPart {
        method_parameter: attribute("method").filter(|method| !method.is_empty()),
        text,
        unknown_charset,
        forwarded,
    }
}

/// The part's bytes, transfer encoding undone, charset untouched: the parser decodes text parts before lines are
/// unfolded, which breaks the characters that clients fold in the middle.
fn body<'a>(
    message: &'a Message<'_>,
    part: &'a MessagePart<'_>,
    problems: &mut Vec<Problem>,
) -> Cow<'a, [u8]> {
    let raw = message
        .raw_message
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => return Cow::Borrowed(raw),
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    };
    match decoded {
        Some(decoded) => Cow::Owned(decoded),
        None => {
            problems.push(Problem::new(
                "bad-transfer-encoding",
                "the calendar part is not encoded as its header says",
            ));
            Cow::Borrowed(part.contents())
        }
    }
}

/// Unfolds and decodes a calendar's bytes; says the charset's name when it is unknown and the bytes are not UTF-8.
pub(crate) fn decode(
    bytes: &[u8],
    charset: Option<&str>,
    problems: &mut Vec<Problem>,
) -> (String, Option<String>) {
    let charset = charset.unwrap_or("utf-8");
    if let Some(label) = utf16_label(bytes, charset)
        && let Some(decoder) = charset_decoder(label.as_bytes())
    {
        let text = decoder(bytes);
        return (text.trim_start_matches('\u{feff}').to_owned(), None);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = unfold(bytes);
    // Most wrong labels are on good UTF-8, and no other charset in use looks like UTF-8 by chance. ISO-2022 and
    // UTF-7 are seven bits wide and have to be believed.
    let seven_bit = ["iso-2022", "utf-7", "hz-gb"].iter().any(|prefix| {
        charset
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    });
    if !seven_bit && let Ok(text) = std::str::from_utf8(&bytes) {
        return (text.to_owned(), None);
    }
    if is_utf8(charset) || charset.eq_ignore_ascii_case("us-ascii") {
        problems.push(Problem::new(
            "wrong-charset",
            "the calendar part is not in the charset its label says; read as Windows-1252",
        ));
        if let Some(decoder) = charset_decoder(b"windows-1252") {
            return (decoder(&bytes), None);
        }
    }
    match charset_decoder(charset.as_bytes()) {
        Some(decoder) => (decoder(&bytes), None),
        None => {
            problems.push(Problem::new(
                "unknown-charset",
                "the calendar part is in a charset nobody here knows",
            ));
            (
                String::from_utf8_lossy(&bytes).into_owned(),
                Some(charset.to_owned()),
            )
        }
    }
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// UTF-16 by its byte order mark, by the NULs that only it has between Latin letters, or by its label.
fn utf16_label(bytes: &[u8], charset: &str) -> Option<&'static str> {
    match bytes {
        [0xfe, 0xff, ..] | [0, b'B' | b'b', ..] => Some("utf-16be"),
        [0xff, 0xfe, ..] | [b'B' | b'b', 0, ..] => Some("utf-16le"),
        _ if charset.eq_ignore_ascii_case("utf-16be") => Some("utf-16be"),
        _ if charset.eq_ignore_ascii_case("utf-16le") => Some("utf-16le"),
        _ => None,
    }
}

/// Takes out line ends followed by a blank (RFC 5545 section 3.1), on bytes, because a fold may stand inside a
/// character.
fn unfold(bytes: &[u8]) -> Cow<'_, [u8]> {
    let folds = bytes
        .windows(2)
        .any(|pair| matches!(pair, [b'\n', b' ' | b'\t']));
    // In vCalendar 1.0 a soft line break of quoted-printable looks like a fold and is none.
    let is_quoted_printable = || {
        bytes
            .windows(16)
            .any(|window| window.eq_ignore_ascii_case(b"quoted-printable"))
    };
    if !folds || is_quoted_printable() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\n' && matches!(rest.peek(), Some(b' ' | b'\t')) {
            rest.next();
            // And the blank lines before it, which some clients put there.
            while matches!(out.last(), Some(b'\r' | b'\n')) {
                out.pop();
            }
        } else {
            out.push(byte);
        }
    }
    Cow::Owned(out)
}
