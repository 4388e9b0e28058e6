//! What a recurring event comes to.

use invite::{
    ical::{Vevent, Zones, recurrence::Series},
    language::Language,
};
use serde::Serialize;

use super::report::{Time, time};

/// Occurrences of a series that are shown.
const FIRST: usize = 5;

/// A series as docs/inspect.md describes it.
#[derive(Serialize)]
pub(crate) struct Repeats {
    pub(crate) sentence: Option<String>,
    pub(crate) first: Vec<Time>,
    pub(crate) last: Option<Time>,
    pub(crate) count: Option<usize>,
    pub(crate) endless: bool,
}

impl Repeats {
    /// `None` of an event that takes place once.
    pub(super) fn of(event: &Vevent, zones: &Zones) -> Option<Self> {
        let start = event.start.as_ref()?;
        if event.recurrence.is_empty() {
            return None;
        }
        let series = Series::new(start, &event.recurrence, zones);
        Some(Self {
            sentence: series.sentence(Language::English),
            first: series
                .occurrences()
                .take(FIRST)
                .map(|at| time(&at))
                .collect(),
            last: series.last().as_ref().map(time),
            count: series.count(),
            endless: series.is_endless(),
        })
    }
}
