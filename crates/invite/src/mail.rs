//! A raw mail, read: who sent it, how well that is proven, and its calendar parts.

use jiff::Timestamp;
use mail_parser::{Message, MessageParser};

use crate::address::{Address, Mailbox};

pub mod answer;
mod attached_list;
mod charset;
pub mod csv;
mod encoding;
mod html;
mod part;
mod sender;
pub mod tnef;
mod winmail;

pub use attached_list::{AttachedList, NoList, attached_list, text_only};
pub(crate) use charset::decode_value;
pub(crate) use encoding::quoted_printable;
pub use winmail::decode_tnef;

/// Decodes the bytes of a bare calendar file.
#[must_use]
pub fn decode_calendar(bytes: &[u8]) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    let (text, _) = charset::decode(bytes, None, &mut problems);
    (text, problems)
}

/// Largest mail that is read, in bytes; a list for `bulk@` has its own, larger limit.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Most Message-IDs that are kept of In-Reply-To and of References.
pub const MAX_REFERENCES: usize = 100;

/// As much of a mail that is too large is looked at for its headers.
const MAX_HEADER_BYTES: usize = 256 * 1024;

/// Something found wrong while reading that did not stop the reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Stable kebab-case name, e.g. `unknown-charset`.
    pub code: &'static str,
    /// One sentence for people; names line and property where there is one; no personal data.
    pub text: String,
}

impl Problem {
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }

    /// The same, saying in which of several calendar parts it was found; the first is 1.
    pub(crate) fn in_part(mut self, number: usize) -> Self {
        self.text.push_str(&format!(", in calendar part {number}"));
        self
    }
}

/// Why nothing of a mail was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unreadable {
    /// Larger than [`MAX_BYTES`].
    TooLarge,
    /// No header of a mail is there, so it is something else.
    NotAMail,
}

/// How a calendar stands in a mail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Source {
    /// As itself: text/calendar, or a file that is one.
    #[default]
    Calendar,
    /// In a winmail.dat: a meeting, or a calendar attached to one.
    Tnef,
}

/// One calendar part of a mail, transfer encoding and charset undone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CalendarPart {
    /// How it stands there.
    pub source: Source,
    /// `method` parameter of its Content-Type, as written.
    pub method_parameter: Option<String>,
    /// The text, decoded to UTF-8, its lines and their ends as they came.
    pub text: String,
    /// The label of its charset when nobody here knows it and the bytes are not UTF-8 either; then `text` is a guess.
    pub unknown_charset: Option<String>,
    /// It stands in a mail that was attached (message/rfc822), so the sender passed it on.
    pub forwarded: bool,
}

/// A mail as far as this system cares.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mail {
    /// Why nothing else here is filled (of a mail that is too large: nothing but headers).
    pub unreadable: Option<Unreadable>,
    /// Every mailbox of every From header that can be mailed to; anything but exactly one is refused later.
    pub from: Vec<Mailbox>,
    /// How many From headers there are.
    pub from_headers: usize,
    /// How many mailboxes they name, those included that cannot be mailed to.
    pub from_mailboxes: usize,
    /// From is written as a group (RFC 5322 section 3.4).
    pub from_is_group: bool,
    /// Sender.
    pub sender: Option<Mailbox>,
    /// Reply-To, if it names exactly one mailbox.
    pub reply_to: Option<Mailbox>,
    /// To and Cc, in order.
    pub recipients: Vec<Address>,
    /// Subject, decoded.
    pub subject: Option<String>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// In-Reply-To: Message-IDs without angle brackets, at most [`MAX_REFERENCES`].
    pub in_reply_to: Vec<String>,
    /// References, the oldest first; the last [`MAX_REFERENCES`].
    pub references: Vec<String>,
    /// Date.
    pub date: Option<Timestamp>,
    /// Return-Path as the receiving server wrote it; `None` inside when null (`<>`).
    pub return_path: Option<Option<Address>>,
    /// Auto-Submitted's keyword, lower case.
    pub auto_submitted: Option<String>,
    /// Precedence, lower case.
    pub precedence: Option<String>,
    /// List-Id or List-Post is there: a mailing list passed it on.
    pub from_a_list: bool,
    /// The topmost Authentication-Results header, unfolded, if its authserv-id is `amazonses.com`. One of another
    /// server, or one below, is the sender's own claim.
    pub authentication_results: Option<String>,
    /// X-SES-Spam-Verdict and X-SES-Virus-Verdict as SES adds them, for reading a stored mail without its receipt.
    pub ses_verdicts: (Option<String>, Option<String>),
    /// Calendar parts in order, however they are labelled, identical copies once; those of a winmail.dat where there
    /// are no others that the sender wrote himself.
    pub calendars: Vec<CalendarPart>,
    /// What came of the winmail.dat (application/ms-tnef), if there is one and it was read.
    pub tnef: Option<tnef::Outcome>,
    /// The first text/plain part, decoded; where that is missing or blank, the text of the first text/html part.
    pub text: Option<String>,
}

/// Reads a raw mail (RFC 5322, MIME of any shape). Never fails and never panics: what cannot be read is left out
/// and named in the problems.
#[must_use]
pub fn read(raw: &[u8]) -> (Mail, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut mail = Mail::default();
    let raw = without_envelope_line(raw);
    if raw.len() > MAX_BYTES {
        problems.push(Problem::new(
            "too-large",
            format!(
                "the mail has {} bytes; at most {MAX_BYTES} are read",
                raw.len()
            ),
        ));
        mail.unreadable = Some(Unreadable::TooLarge);
        // Who sent it is still worth knowing: to tell them.
        let head = raw.get(..MAX_HEADER_BYTES).unwrap_or(raw);
        if let Some(message) = MessageParser::default().parse_headers(head) {
            sender::read(&message, &mut mail, &mut problems);
        }
        return (mail, problems);
    }
    let is_bearable = part::nesting_is_bearable(raw);
    let message = is_bearable
        .then(|| MessageParser::default().parse(raw))
        .flatten()
        .filter(is_a_mail);
    let Some(message) = message else {
        problems.push(Problem::new(
            "not-a-mail",
            if is_bearable {
                "no header of a mail is there"
            } else {
                "more mails are attached one inside the other than are read"
            },
        ));
        mail.unreadable = Some(Unreadable::NotAMail);
        return (mail, problems);
    };
    sender::read(&message, &mut mail, &mut problems);
    part::read(&message, &mut mail, &mut problems);
    (mail, problems)
}

/// mbox files and some archives put a `From ` line of the envelope, or blank lines, before the headers.
fn without_envelope_line(raw: &[u8]) -> &[u8] {
    let raw = raw.trim_ascii_start();
    match raw.iter().position(|byte| *byte == b'\n') {
        Some(end) if raw.starts_with(b"From ") => raw.get(end + 1..).unwrap_or_default(),
        _ => raw,
    }
}

/// The parser finds a "header" in any text with a colon; a mail has at least one that belongs to mail.
fn is_a_mail(message: &Message<'_>) -> bool {
    const OF_A_MAIL: [&str; 9] = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Received",
        "Return-Path",
    ];
    message.parts.first().is_some_and(|root| {
        root.headers.iter().any(|header| {
            OF_A_MAIL
                .iter()
                .any(|name| name.eq_ignore_ascii_case(header.name()))
        })
    })
}

#[cfg(test)]
mod tests;
