//! The sources of letters, from `email-templates/`: subject, plain text and HTML of each, one base they stand in, a sample.

use crate::language::Language;

/// Names a letter's folder in `email-templates/`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Template {
    Invite,
    Update,
    Cancellation,
    Reminder,
    Current,
    CounterDeclined,
    AskBack,
    WaitingList,
    Seat,
    GuestWaits,
    EventCreated,
    EventRefused,
    Unsubscribed,
    Erasing,
    LimitReached,
    ListReceipt,
    FanOutHeld,
    FanOutStopped,
    Enrolled,
    Report,
}

impl Template {
    pub(super) const ALL: [Self; 20] = [
        Self::Invite,
        Self::Update,
        Self::Cancellation,
        Self::Reminder,
        Self::Current,
        Self::CounterDeclined,
        Self::AskBack,
        Self::WaitingList,
        Self::Seat,
        Self::GuestWaits,
        Self::EventCreated,
        Self::EventRefused,
        Self::Unsubscribed,
        Self::Erasing,
        Self::LimitReached,
        Self::ListReceipt,
        Self::FanOutHeld,
        Self::FanOutStopped,
        Self::Enrolled,
        Self::Report,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Update => "update",
            Self::Cancellation => "cancellation",
            Self::Reminder => "reminder",
            Self::Current => "current",
            Self::CounterDeclined => "counter-declined",
            Self::AskBack => "ask-back",
            Self::WaitingList => "waiting-list",
            Self::Seat => "seat",
            Self::GuestWaits => "guest-waits",
            Self::EventCreated => "event-created",
            Self::EventRefused => "event-refused",
            Self::Unsubscribed => "unsubscribed",
            Self::Erasing => "erasing",
            Self::LimitReached => "limit-reached",
            Self::ListReceipt => "list-receipt",
            Self::FanOutHeld => "fan-out-held",
            Self::FanOutStopped => "fan-out-stopped",
            Self::Enrolled => "enrolled",
            Self::Report => "report",
        }
    }

    /// Subject, plain text, HTML.
    pub(super) fn sources(self) -> [&'static str; 3] {
        macro_rules! sources {
            ($letter:literal) => {
                [
                    include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/subject.txt.j2"
                    )),
                    include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/body.txt.j2"
                    )),
                    include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/body.html.j2"
                    )),
                ]
            };
        }
        match self {
            Self::Invite => sources!("invite"),
            Self::Update => sources!("update"),
            Self::Cancellation => sources!("cancellation"),
            Self::Reminder => sources!("reminder"),
            Self::Current => sources!("current"),
            Self::CounterDeclined => sources!("counter-declined"),
            Self::AskBack => sources!("ask-back"),
            Self::WaitingList => sources!("waiting-list"),
            Self::Seat => sources!("seat"),
            Self::GuestWaits => sources!("guest-waits"),
            Self::EventCreated => sources!("event-created"),
            Self::EventRefused => sources!("event-refused"),
            Self::Unsubscribed => sources!("unsubscribed"),
            Self::Erasing => sources!("erasing"),
            Self::LimitReached => sources!("limit-reached"),
            Self::ListReceipt => sources!("list-receipt"),
            Self::FanOutHeld => sources!("fan-out-held"),
            Self::FanOutStopped => sources!("fan-out-stopped"),
            Self::Enrolled => sources!("enrolled"),
            Self::Report => sources!("report"),
        }
    }

    /// What stands for real content where letters are looked at and templates are tried: `sample.json`, or
    /// `sample.de.json`.
    pub(super) fn sample(self, language: Language) -> &'static str {
        macro_rules! sample {
            ($letter:literal) => {
                match language {
                    Language::English => include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/sample.json"
                    )),
                    Language::German => include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/sample.de.json"
                    )),
                }
            };
        }
        match self {
            Self::Invite => sample!("invite"),
            Self::Update => sample!("update"),
            Self::Cancellation => sample!("cancellation"),
            Self::Reminder => sample!("reminder"),
            Self::Current => sample!("current"),
            Self::CounterDeclined => sample!("counter-declined"),
            Self::AskBack => sample!("ask-back"),
            Self::WaitingList => sample!("waiting-list"),
            Self::Seat => sample!("seat"),
            Self::GuestWaits => sample!("guest-waits"),
            Self::EventCreated => sample!("event-created"),
            Self::EventRefused => sample!("event-refused"),
            Self::Unsubscribed => sample!("unsubscribed"),
            Self::Erasing => sample!("erasing"),
            Self::LimitReached => sample!("limit-reached"),
            Self::ListReceipt => sample!("list-receipt"),
            Self::FanOutHeld => sample!("fan-out-held"),
            Self::FanOutStopped => sample!("fan-out-stopped"),
            Self::Enrolled => sample!("enrolled"),
            Self::Report => sample!("report"),
        }
    }
}

/// The files of a letter, as [`Template::sources`] has them.
pub(super) const FILES: [&str; 3] = ["subject.txt.j2", "body.txt.j2", "body.html.j2"];

/// What letters stand in, and what several of them show.
pub(super) const SHARED: [(&str, &str); 4] = [
    (
        "base.html.j2",
        include_str!("../../../../email-templates/base.html.j2"),
    ),
    (
        "base.txt.j2",
        include_str!("../../../../email-templates/base.txt.j2"),
    ),
    (
        "event.html.j2",
        include_str!("../../../../email-templates/event.html.j2"),
    ),
    (
        "event.txt.j2",
        include_str!("../../../../email-templates/event.txt.j2"),
    ),
];

/// Longest text that stands in one line of a letter, in characters.
const MAX_LINE_CHARS: usize = 160;

/// A text for a subject, a name, a place: white space and controls collapsed, no marks that turn the reading
/// direction of what follows, not endless.
pub(super) fn one_line(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().filter(|c| !turns_direction(*c)));
        // Words of a megabyte exist.
        if line.len() > MAX_LINE_CHARS * 4 {
            break;
        }
    }
    shortened(line.trim(), MAX_LINE_CHARS)
}

/// Explicit bidirectional controls (UAX #9): in a name or subject they only ever disguise.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// At most `max` characters, an ellipsis for the rest.
pub(super) fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
            short.truncate(short.trim_end().len());
            short.push('…');
            short
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_short_line_that_reads_forwards() {
        assert_eq!(one_line(" a\r\n b\t\u{0}c\u{202e}d "), "a b cd");
        assert_eq!(one_line(&"x".repeat(2_000_000)).chars().count(), 160);
        assert_eq!(one_line("\u{202e}"), "");
    }
}
