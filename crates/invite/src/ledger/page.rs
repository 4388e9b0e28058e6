//! The newest entries after a place, whatever order they are read in.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;

use super::Entry;
use crate::id::Digest;

/// Where an entry stands: by time; at the same instant the cause before what follows from it; then by its name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    at: Timestamp,
    rank: u8,
    /// Digest of its name, in which an address may stand.
    name: String,
}

/// Characters of the digest that are kept: 80 bits.
const NAME: usize = 20;

impl Place {
    pub(super) fn of(at: Timestamp, rank: u8, name: &[&str]) -> Self {
        let digest = Digest::of_text(&name.join("\n"));
        Self {
            at,
            rank,
            name: digest.as_str().chars().take(NAME).collect(),
        }
    }

    /// Before everything that happened at that instant.
    fn before_all_at(at: Timestamp) -> Self {
        Self {
            at,
            rank: 0,
            name: String::new(),
        }
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Reads a place as it is written; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '#');
        let at = parts.next()?.parse().ok()?;
        Some(Self {
            at: Timestamp::from_nanosecond(at).ok()?,
            rank: parts.next()?.parse().ok()?,
            name: parts.next()?.to_owned(),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}#{}", self.at.as_nanosecond(), self.rank, self.name)
    }
}

/// A page that is being put together: it holds no more than it will show, however many entries are offered.
#[derive(Debug)]
pub struct Pages {
    after: Option<Place>,
    limit: usize,
    /// Nothing that happened before may be shown: it is not known whether all of it was offered.
    known_since: Option<Place>,
    /// The newest, and one more, by which is seen that there are more.
    newest: BTreeMap<Place, Entry>,
}

/// A page of a ledger, the newest entry first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// They.
    pub entries: Vec<Entry>,
    /// Read on after this; `None` when these were the last.
    pub next: Option<Place>,
}

impl Pages {
    /// The page of at most `limit` entries after a place; without one the first.
    #[must_use]
    pub fn new(after: Option<Place>, limit: usize) -> Self {
        Self {
            after,
            limit,
            known_since: None,
            newest: BTreeMap::new(),
        }
    }

    /// The newest instant an entry of this page may be of; `None`: any.
    #[must_use]
    pub fn begins_at(&self) -> Option<Timestamp> {
        self.after.as_ref().map(Place::at)
    }

    /// Whether the page is full of what happened then or later: nothing before can be on it.
    #[must_use]
    pub fn is_full_since(&self, at: Timestamp) -> bool {
        let oldest = self.newest.first_key_value();
        self.newest.len() > self.limit && oldest.is_some_and(|(oldest, _)| oldest.at >= at)
    }

    /// Takes an entry in, if it is on this page as far as is known. The same one twice is one.
    pub fn offer(&mut self, entry: Entry) {
        if self
            .after
            .as_ref()
            .is_some_and(|after| entry.place >= *after)
        {
            return;
        }
        self.newest.insert(entry.place.clone(), entry);
        if self.newest.len() > self.limit.saturating_add(1) {
            self.newest.pop_first();
        }
    }

    /// Ends the page before that instant, for of what happened earlier not everything is offered. `false` when it cannot end
    /// there, because it would lead on to itself.
    pub fn end_before(&mut self, at: Timestamp) -> bool {
        let since = Place::before_all_at(at);
        let leads_on = self.after.as_ref().is_none_or(|after| since < *after);
        if leads_on {
            self.known_since = Some(since);
        }
        leads_on
    }

    /// The page.
    #[must_use]
    pub fn page(self) -> Page {
        let is_known = |place: &Place| self.known_since.as_ref().is_none_or(|since| place >= since);
        let mut entries: Vec<Entry> = self
            .newest
            .into_iter()
            .rev()
            .filter(|(place, _)| is_known(place))
            .map(|(_, entry)| entry)
            .collect();
        let next = if entries.len() > self.limit {
            entries.truncate(self.limit);
            entries.last().map(|last| last.place.clone())
        } else {
            self.known_since
        };
        Page { entries, next }
    }
}
