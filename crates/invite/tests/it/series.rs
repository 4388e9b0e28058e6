//! Recurring events of other people's clients, expanded. Without the collection the test says so and passes, as
//! [`crate::corpus`] does.

use std::fs;

use invite::{
    command::{Policy, Receipt, read},
    ical::{
        Calendar, Zones,
        recurrence::{Recurrence, Series},
    },
    language::Language,
};

use crate::corpus::{corpus, files};

/// Expands all recurring events of a calendar; how many there are.
fn expand(calendar: &Calendar) -> usize {
    let zones = Zones::of(&calendar.zones);
    let mut recurring = 0;
    for event in &calendar.events {
        let Some(start) = &event.start else { continue };
        if event.recurrence.is_empty() {
            continue;
        }
        recurring += 1;
        let series = Series::new(start, &event.recurrence, &zones);
        let first: Vec<_> = series.occurrences().take(50).collect();
        let instants: Vec<_> = first.iter().map(|time| time.instant()).collect();
        assert!(instants.is_sorted_by(|one, other| one < other));
        assert!(first.iter().take(3).all(|time| series.is_occurrence(time)));
        assert!(series.sentence(Language::English).is_some());
        let lines = event.recurrence.lines();
        let (again, problems) = Recurrence::read(&lines, start, &zones);
        assert!(
            problems
                .iter()
                .all(|problem| problem.code != "invalid-recurrence")
        );
        let again = Series::new(start, &again, &zones);
        assert!(series.recurs_like(&again));
        assert_eq!(again.occurrences().take(50).collect::<Vec<_>>(), first);
    }
    recurring
}

#[test]
fn every_series_of_the_corpus_is_expanded_in_order_and_the_same_after_storage() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    files(&corpus, &mut all);
    let mut recurring = 0;
    for path in &all {
        let bytes = fs::read(path).unwrap();
        let found = read(&bytes, &Receipt::default(), &Policy::default())
            .calendars
            .found;
        for found in &found {
            recurring += expand(&found.calendar);
        }
        if path.extension().is_some_and(|end| end == "ics") {
            let (calendars, _) = invite::ical::read(&String::from_utf8_lossy(&bytes));
            recurring += calendars.iter().map(expand).sum::<usize>();
        }
    }
    assert!(recurring > 100, "only {recurring}");
}
