//! Who is told what of a decision.

use invite::{
    address::Mailbox,
    command::RefusalReason,
    decide::{newly_owed, newly_waiting},
    event::{Attendee, Event, OwedLetter},
    language::Language,
};
use serde::Serialize;

/// A mail that follows.
#[derive(Serialize)]
pub(crate) struct Letter {
    pub(crate) to: String,
    /// `invite`, `update`, `cancellation`, `current`, `decline-counter`, `ask-back`; to organizers `event-created`,
    /// `event-refused` (also to attendees), `guest-waits`, `fan-out-stopped`; `unsubscribed` to who wants no more mail, `erasing` to who
    /// wants nothing kept of him.
    pub(crate) letter: &'static str,
    /// METHOD of its calendar; null where there is none in it.
    pub(crate) method: Option<&'static str>,
    /// What it says beside.
    pub(crate) says: Option<String>,
}

impl Letter {
    fn new(to: &Mailbox, letter: &'static str, method: Option<&'static str>) -> Self {
        Self {
            to: to.address.as_str().to_owned(),
            letter,
            method,
            says: None,
        }
    }
}

/// That no more mail comes.
pub(super) fn list(to: &Mailbox) -> Letter {
    Letter::new(to, "list-receipt", None)
}

pub(super) fn erasing(to: &Mailbox) -> Letter {
    Letter::new(to, "erasing", None)
}

pub(super) fn unsubscribed(to: &Mailbox) -> Letter {
    Letter::new(to, "unsubscribed", None)
}

/// At most one an hour for each person and reason; nobody, where nobody is to be told.
pub(super) fn refused(notify: Option<&Mailbox>, reason: &RefusalReason) -> Vec<Letter> {
    notify
        .map(|to| Letter {
            says: Some(reason.what_is_wrong(Language::English)),
            ..Letter::new(to, "event-refused", None)
        })
        .into_iter()
        .collect()
}

pub(super) fn stopped(organizer: &Mailbox) -> Vec<Letter> {
    vec![Letter::new(organizer, "fan-out-stopped", None)]
}

pub(super) fn created(event: &Event) -> Vec<Letter> {
    vec![Letter::new(&event.organizer, "event-created", None)]
}

/// Everybody invited hears of a change.
pub(super) fn changed(event: &Event, attendees: &[Attendee]) -> Vec<Letter> {
    let (letter, method) = if event.is_cancelled() {
        ("cancellation", "CANCEL")
    } else {
        ("update", "REQUEST")
    };
    attendees
        .iter()
        .map(|attendee| Letter::new(&attendee.mailbox, letter, Some(method)))
        .collect()
}

/// What follows from one attendee's record.
pub(super) fn after(
    event: &Event,
    before: Option<&Attendee>,
    after: &Attendee,
    is_new: bool,
) -> Vec<Letter> {
    let to = &after.mailbox;
    let current = || {
        if event.is_cancelled() {
            Letter::new(to, "cancellation", Some("CANCEL"))
        } else {
            Letter::new(to, "current", Some("REQUEST"))
        }
    };
    let mut letters = Vec::new();
    if is_new {
        letters.push(Letter::new(to, "invite", Some("REQUEST")));
    }
    match newly_owed(before, after).map(|owed| &owed.letter) {
        Some(OwedLetter::Current) => letters.push(current()),
        Some(OwedLetter::DeclineCounter { .. }) => {
            letters.push(Letter::new(to, "decline-counter", Some("DECLINECOUNTER")));
            letters.push(current());
        }
        Some(OwedLetter::AskBack) => letters.push(Letter::new(to, "ask-back", None)),
        Some(OwedLetter::WaitingList) => {
            letters.push(Letter::new(to, "waiting-list", Some("REQUEST")));
        }
        Some(OwedLetter::Seat) => letters.push(Letter::new(to, "seat", Some("REQUEST"))),
        None => {}
    }
    for waiting in newly_waiting(before, after) {
        letters.push(Letter {
            says: Some(format!(
                "may {} come, who holds the invitation of {}?",
                waiting.mailbox.address.as_str(),
                to.address.as_str()
            )),
            ..Letter::new(&event.organizer, "guest-waits", None)
        });
    }
    letters
}
