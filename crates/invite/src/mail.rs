//! A raw mail, read: who sent it, how well that is proven, and its calendar parts.

use jiff::Timestamp;

use crate::address::{Address, Mailbox};

/// Something found wrong while reading that did not stop the reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Stable kebab-case name, e.g. `unknown-charset`.
    pub code: &'static str,
    /// One sentence for people; names line and property where there is one; no personal data.
    pub text: String,
}

/// One calendar part of a mail, transfer encoding and charset undone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarPart {
    /// `method` parameter of its Content-Type, as written.
    pub method_parameter: Option<String>,
    /// The text, decoded to UTF-8, line ends as they came.
    pub text: String,
}

/// A mail as far as this system cares.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mail {
    /// Every mailbox of every From header; anything but exactly one is refused later.
    pub from: Vec<Mailbox>,
    /// How many From headers there are.
    pub from_headers: usize,
    /// Sender.
    pub sender: Option<Mailbox>,
    /// First Reply-To.
    pub reply_to: Option<Mailbox>,
    /// Subject, decoded.
    pub subject: Option<String>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Date.
    pub date: Option<Timestamp>,
    /// Return-Path as the receiving server wrote it; `None` inside when null (`<>`).
    pub return_path: Option<Option<Address>>,
    /// Auto-Submitted's keyword, lower case.
    pub auto_submitted: Option<String>,
    /// Precedence, lower case.
    pub precedence: Option<String>,
    /// The topmost Authentication-Results header whose authserv-id is `amazonses.com`, unfolded.
    pub authentication_results: Option<String>,
    /// text/calendar and application/ics parts in order, identical copies once.
    pub calendars: Vec<CalendarPart>,
    /// A winmail.dat (application/ms-tnef) is there.
    pub has_tnef: bool,
    /// The first text/plain part, decoded.
    pub text: Option<String>,
}
