//! What an event has been.

use super::{Changed, Entry, What};
use crate::{
    event::{Edition, Event},
    language::Language,
    letter::changes_between,
};

/// The revision an event is recorded with.
const FIRST: u64 = 1;

/// Its changes, as far as they are kept. What a rule was and is, is said in that language.
///
/// A change is known by the edition it led to, which says since when it was so; one that was stored before that was kept has
/// no entry, but what differs from it is told with the next.
#[must_use]
pub fn of_event(event: &Event, language: Language) -> Vec<Entry> {
    let now = Edition::of(event);
    let editions: Vec<&Edition> = event.editions.iter().chain([&now]).collect();
    let mut entries = Vec::new();
    if editions.iter().all(|edition| edition.revision != FIRST) {
        let recorded = Changed {
            revision: FIRST,
            is: None,
            differs: None,
        };
        entries.push(changed(event.created, recorded));
    }
    let before = [None].into_iter().chain(editions.iter().copied().map(Some));
    for (edition, before) in editions.iter().zip(before) {
        let since = match edition.revision {
            FIRST => Some(event.created),
            _ => edition.since,
        };
        let Some(at) = since else { continue };
        let before =
            before.filter(|before| before.revision.checked_add(1) == Some(edition.revision));
        let is = Changed {
            revision: edition.revision,
            is: Some((edition.status, edition.shown.clone())),
            differs: before
                .map(|before| changes_between(before, edition, &event.details.zones, language)),
        };
        entries.push(changed(at, is));
    }
    entries
}

fn changed(at: jiff::Timestamp, changed: Changed) -> Entry {
    let name = changed.revision.to_string();
    Entry::new(
        at,
        None,
        What::Changed(Box::new(changed)),
        &["changed", &name],
    )
}
