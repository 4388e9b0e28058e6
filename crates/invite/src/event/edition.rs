//! What an event was under an earlier revision, as far as people are told of changes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Details, Event, at::lasting};
use crate::{
    ical::{ContentLine, Status},
    id::Digest,
    time::{CalendarTime, InstanceKey},
};

/// What people saw of an event under one revision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edition {
    /// Which.
    pub revision: u64,
    /// Since when it was so; `None` of an edition that was stored before this was kept.
    pub since: Option<Timestamp>,
    /// The event's, [`Status::Cancelled`] included.
    pub status: Status,
    /// The event, or what a series' rule gives.
    pub shown: InstanceEdition,
    /// RRULE, RDATE, EXDATE as written.
    pub recurrence: Vec<ContentLine>,
    /// Instances that differed; `None`: it did not take place.
    pub instances: BTreeMap<InstanceKey, Option<InstanceEdition>>,
}

/// When, where and what one instance, or a whole event, was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstanceEdition {
    /// DTSTART.
    pub start: CalendarTime,
    /// DTEND.
    pub end: CalendarTime,
    /// SUMMARY.
    pub summary: String,
    /// LOCATION.
    pub location: String,
    /// Of DESCRIPTION: people are told that it changed, not from what.
    pub description: Digest,
}

impl InstanceEdition {
    /// What people see of these details.
    #[must_use]
    pub fn of(details: &Details) -> Self {
        Self {
            start: details.start.clone(),
            end: details.end.clone(),
            summary: details.summary.clone(),
            location: details.location.clone(),
            description: Digest::of_text(&details.description),
        }
    }

    /// The same for an instance that follows the rule.
    pub(crate) fn at(&self, recurrence_id: &CalendarTime) -> Self {
        Self {
            start: recurrence_id.clone(),
            end: lasting(&self.start, &self.end, recurrence_id),
            ..self.clone()
        }
    }
}

impl Edition {
    /// What people see of the event as it is now.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        Self {
            revision: event.revision,
            since: Some(event.last_modified),
            status: event.status,
            shown: InstanceEdition::of(&event.details),
            recurrence: event.details.recurrence.clone(),
            instances: event
                .instances
                .iter()
                .map(|(key, instance)| {
                    (
                        key.clone(),
                        instance.details.as_ref().map(InstanceEdition::of),
                    )
                })
                .collect(),
        }
    }

    /// About how many bytes of a record it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        const A_TIME: usize = 120;
        let shown = |edition: &InstanceEdition| {
            2 * A_TIME + 64 + edition.summary.len() + edition.location.len()
        };
        let recurrence: usize = self.recurrence.iter().map(ContentLine::bytes).sum();
        let instances: usize = self
            .instances
            .values()
            .map(|edition| 20 + edition.as_ref().map_or(0, shown))
            .sum();
        shown(&self.shown) + recurrence + instances
    }
}
