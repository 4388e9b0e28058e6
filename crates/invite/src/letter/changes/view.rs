//! `What changed` in letters: the lines people read.

use serde::Serialize;

use super::{Change, same};
use crate::{
    event::InstanceEdition,
    ical::Status,
    language::Language,
    letter::{
        template::one_line,
        when::{moment, span},
    },
    time::CalendarTime,
};

/// Changes that are told one by one.
const MAX_TOLD: usize = 12;

/// `What changed` in an update.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub(in crate::letter) struct ChangesView {
    lines: Vec<ChangeLine>,
    /// How many more changed.
    more: usize,
}

/// `Time: 10:00 → 11:00`, or `Description: changed`.
#[derive(Serialize, Debug, PartialEq, Eq)]
struct ChangeLine {
    what: String,
    before: Option<String>,
    now: String,
}

impl ChangesView {
    pub(in crate::letter) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(in crate::letter) fn of(changes: &[Change], language: Language) -> Self {
        let told = changes.iter().take(MAX_TOLD);
        Self {
            lines: told.map(|change| line(change, language)).collect(),
            more: changes.len().saturating_sub(MAX_TOLD),
        }
    }
}

fn line(change: &Change, language: Language) -> ChangeLine {
    let from_to = |what: &str, before: String, now: String| ChangeLine {
        what: what.to_owned(),
        before: Some(before),
        now,
    };
    let only = |what: String, now: &str| ChangeLine {
        what,
        before: None,
        now: now.to_owned(),
    };
    let moment = |time: &CalendarTime| moment(time, language);
    let said = |time: &(CalendarTime, CalendarTime)| said(time, language);
    let given = |text: &str| given(text, language);
    match change {
        Change::Status { before, now } => {
            let (english, german) = match (before, now) {
                (_, Status::Cancelled) => ("cancelled", "abgesagt"),
                (Status::Cancelled, _) => ("takes place after all", "findet doch statt"),
                (_, Status::Confirmed) => ("confirmed now", "jetzt bestätigt"),
                (_, Status::Tentative) => ("not yet confirmed", "noch nicht bestätigt"),
            };
            only("Status".to_owned(), language.pick(english, german))
        }
        Change::When { before, now } => {
            from_to(language.pick("Time", "Zeit"), said(before), said(now))
        }
        Change::Recurrence { before, now } => {
            let once = language.pick("once", "einmalig");
            let words = |words: &Option<String>| words.clone().unwrap_or_else(|| once.to_owned());
            let what = language.pick("Repeats", "Wiederholung");
            from_to(what, words(before), words(now))
        }
        Change::Where { before, now } => {
            from_to(language.pick("Place", "Ort"), given(before), given(now))
        }
        Change::Title { before, now } => {
            from_to(language.pick("Title", "Titel"), given(before), given(now))
        }
        Change::Description => {
            let what = language.pick("Description", "Beschreibung");
            only(what.to_owned(), language.pick("changed", "geändert"))
        }
        Change::Instance {
            recurrence_id,
            before,
            now,
        } => ChangeLine {
            what: moment(recurrence_id),
            ..differing(before, now, language)
        },
        Change::InstanceCancelled { recurrence_id } => only(
            moment(recurrence_id),
            language.pick("does not take place", "entfällt"),
        ),
        Change::InstanceBack { recurrence_id, now } => {
            let takes_place = language.pick("takes place", "findet statt");
            if same(&now.start, recurrence_id) {
                return only(moment(recurrence_id), takes_place);
            }
            let but = language.pick("but", "aber");
            let when = said(&(now.start.clone(), now.end.clone()));
            let now = format!("{takes_place}, {but} {when}");
            only(moment(recurrence_id), &now)
        }
    }
}

/// What differs of one date: the time before the place before the title.
fn differing(before: &InstanceEdition, now: &InstanceEdition, language: Language) -> ChangeLine {
    let mut was = Vec::new();
    let mut is = Vec::new();
    if !same(&before.start, &now.start) || !same(&before.end, &now.end) {
        was.push(said(&(before.start.clone(), before.end.clone()), language));
        is.push(said(&(now.start.clone(), now.end.clone()), language));
    }
    if before.location != now.location {
        was.push(given(&before.location, language));
        is.push(given(&now.location, language));
    }
    if before.summary != now.summary {
        was.push(given(&before.summary, language));
        is.push(given(&now.summary, language));
    }
    let other = is.is_empty();
    let another = language.pick("another description", "andere Beschreibung");
    ChangeLine {
        what: String::new(),
        before: Some(was.join(", ")).filter(|_| !other),
        now: if other {
            another.to_owned()
        } else {
            is.join(", ")
        },
    }
}

fn given(text: &str, language: Language) -> String {
    Some(one_line(text))
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| language.pick("none", "keine Angabe").to_owned())
}

fn said((start, end): &(CalendarTime, CalendarTime), language: Language) -> String {
    span(start, end, language)
}
