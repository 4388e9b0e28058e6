//! The calendar parts of a mail, wherever they stand and however they are labelled.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{DefaultHasher, Hasher},
};

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::{
    CalendarPart, Mail, Problem, Source, charset, encoding, tnef,
    winmail::{self, Wrapped},
};

/// Deepest mail in a mail whose parts are looked at.
const MAX_FORWARDS: usize = 8;

/// More calendar parts than this do not make the refusal any clearer.
const MAX_CALENDAR_PARTS: usize = 50;

/// Subtypes of `text` and `application` that calendars come under.
const CALENDAR_TYPES: [&str; 9] = [
    "calendar",
    "ics",
    "icalendar",
    "vcalendar",
    "x-vcalendar",
    "x-icalendar",
    "x-ical",
    "x-ics",
    "x-vnd.calendar",
];

/// Ends of the names of calendar files.
const CALENDAR_NAMES: [&str; 4] = [".ics", ".ical", ".icalendar", ".vcs"];

/// The parser keeps one attached mail inside the other; thousands of them would end the process when dropped.
const MAX_ATTACHED_MAILS: usize = 200;

/// Whether the attached mails are few enough to be taken apart one inside the other.
pub(super) fn nesting_is_bearable(raw: &[u8]) -> bool {
    let ends_and_starts = |slash: &usize| {
        let before = raw.get(slash.saturating_sub(9)..*slash).unwrap_or_default();
        let after = raw.get(slash + 1..slash + 7).unwrap_or_default();
        before.len() >= 7
            && (before
                .last_chunk::<7>()
                .is_some_and(|end| end.eq_ignore_ascii_case(b"message"))
                || before.eq_ignore_ascii_case(b"multipart")
                    && after.eq_ignore_ascii_case(b"digest"))
    };
    memchr::memchr_iter(b'/', raw)
        .filter(ends_and_starts)
        .take(MAX_ATTACHED_MAILS)
        .count()
        < MAX_ATTACHED_MAILS
}

/// Fills the calendar parts, the plain text, and what came of a winmail.dat.
pub(super) fn read(message: &Message<'_>, mail: &mut Mail, problems: &mut Vec<Problem>) {
    let mut wrapped = Vec::new();
    collect(message, 0, mail, &mut wrapped, problems);
    if mail
        .text
        .as_deref()
        .is_none_or(|text| text.trim().is_empty())
    {
        mail.text = text_of_html(message).or(mail.text.take());
    }
    // Who sends both means the same by both, and says more in the one everybody reads.
    if mail.calendars.iter().all(|part| part.forwarded) {
        winmail::read(wrapped, mail, problems);
    }
    mail.calendars = without_copies(std::mem::take(&mut mail.calendars));
}

fn collect<'a>(
    message: &'a Message<'_>,
    depth: usize,
    mail: &mut Mail,
    wrapped: &mut Vec<Wrapped<'a>>,
    problems: &mut Vec<Problem>,
) {
    for part in &message.parts {
        match (&part.body, kind(part)) {
            (PartType::Message(inner), _) if depth < MAX_FORWARDS => {
                collect(inner, depth + 1, mail, wrapped, problems);
            }
            (PartType::Multipart(_) | PartType::Message(_), _) => {}
            (_, Kind::Calendar) => {
                keep(message, part, depth > 0, mail, problems);
            }
            (_, Kind::Tnef) => wrapped.push(Wrapped {
                bytes: match &part.body {
                    PartType::Binary(bytes) => Cow::Borrowed(bytes.as_ref()),
                    _ => encoding::decode(raw(message, part), part.encoding, problems),
                },
                forwarded: depth > 0,
            }),
            // Some gateways relabel everything they do not know.
            _ if starts_like_a_calendar(part.contents()) => {
                keep(message, part, depth > 0, mail, problems);
            }
            (PartType::Text(text), Kind::PlainText) if depth == 0 && mail.text.is_none() => {
                mail.text = Some(text.clone().into_owned());
            }
            _ => {}
        }
    }
}

/// Some programs send HTML alone.
fn text_of_html(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| match &part.body {
        PartType::Html(html) => Some(super::html::text(html)),
        _ => None,
    })
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
    if matches!(main.to_ascii_lowercase().as_str(), "text" | "application")
        && CALENDAR_TYPES
            .iter()
            .any(|known| sub.eq_ignore_ascii_case(known))
        || CALENDAR_NAMES.iter().any(|end| name.ends_with(end))
    {
        Kind::Calendar
    } else if is("application", "ms-tnef")
        || is("application", "vnd.ms-tnef")
        || name == "winmail.dat"
        || matches!(&part.body, PartType::Binary(bytes) if tnef::is_tnef(bytes))
    {
        Kind::Tnef
    } else if is("text", "plain") {
        Kind::PlainText
    } else {
        Kind::Other
    }
}

fn starts_like_a_calendar(contents: &[u8]) -> bool {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    let contents = contents.trim_ascii_start();
    let contents = contents.strip_prefix(b"\xef\xbb\xbf").unwrap_or(contents);
    let contents = contents.trim_ascii_start();
    contents
        .get(..BEGIN.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(BEGIN))
}

fn keep(
    message: &Message<'_>,
    part: &MessagePart<'_>,
    forwarded: bool,
    mail: &mut Mail,
    problems: &mut Vec<Problem>,
) {
    if mail.calendars.len() < MAX_CALENDAR_PARTS {
        let part = calendar(message, part, forwarded, problems);
        mail.calendars.push(part);
    }
}

/// Clients send the same calendar inline and as an attachment; line ends, folds and outer space may differ.
fn without_copies(parts: Vec<CalendarPart>) -> Vec<CalendarPart> {
    if parts.len() < 2 {
        return parts;
    }
    let mut places = HashMap::new();
    let mut kept: Vec<CalendarPart> = Vec::new();
    for part in parts {
        // Most copies are the same to the byte, and need no closer look.
        let same = kept
            .iter_mut()
            .find(|known| known.text.trim_ascii_end() == part.text.trim_ascii_end());
        if let Some(known) = same {
            merge(known, part);
            continue;
        }
        let place = *places.entry(hash(&part.text)).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) if content(&known.text).eq(content(&part.text)) => merge(known, part),
            _ => kept.push(part),
        }
    }
    kept
}

fn merge(known: &mut CalendarPart, copy: CalendarPart) {
    known.forwarded &= copy.forwarded;
    if known.method_parameter.is_none() {
        known.method_parameter = copy.method_parameter;
    }
}

/// So that many parts are compared in the time of one. The keys are fixed: the same on every run.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for line in text.lines() {
        hasher.write(line.trim().as_bytes());
    }
    hasher.finish()
}

/// What of a text is not a line end, a fold, or space around them.
fn content(text: &str) -> impl Iterator<Item = u8> {
    text.lines().map(str::trim).flat_map(str::bytes)
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
    // Not the parser's own text: it decodes before lines are unfolded, which breaks the characters that clients
    // fold in the middle.
    let bytes = encoding::decode(raw(message, part), part.encoding, problems);
    let (text, unknown_charset) =
        charset::decode(&bytes, attribute("charset").as_deref(), problems);
    CalendarPart {
        source: Source::Calendar,
        method_parameter: attribute("method").filter(|method| !method.is_empty()),
        text,
        unknown_charset,
        forwarded,
    }
}

/// The part as it stands in the mail.
fn raw<'a>(message: &'a Message<'_>, part: &MessagePart<'_>) -> &'a [u8] {
    message
        .raw_message
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default()
}
