//! What people see of an event, and what differs between two revisions of it, as the API shows it.

use cloud::shape::StatusCode;
use invite::{event::InstanceEdition, ical::Status, letter::Change, time::CalendarTime};
use serde::Serialize;

/// What people see of an event. Times as in RFC 9557.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ShownEvent"))]
pub(in crate::api) struct ShownView {
    /// `2026-03-03T10:00:00+01:00[Europe/Berlin]`, or a day.
    start: String,
    end: String,
    summary: String,
    location: String,
}

/// One difference between two revisions.
#[derive(Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Difference"))]
pub(super) enum DifferenceView {
    Status {
        #[cfg_attr(test, schemars(with = "String"))]
        before: StatusCode,
        #[cfg_attr(test, schemars(with = "String"))]
        now: StatusCode,
    },
    When {
        before: SpanView,
        now: SpanView,
    },
    /// In words of the tenant's language; null: it takes place once.
    Recurrence {
        before: Option<String>,
        now: Option<String>,
    },
    Location {
        before: String,
        now: String,
    },
    Summary {
        before: String,
        now: String,
    },
    Description,
    /// A date of a series.
    Date {
        /// When the rule has it.
        instance: String,
        before: ShownView,
        now: ShownView,
    },
    DateCancelled {
        instance: String,
    },
    DateBack {
        instance: String,
        now: ShownView,
    },
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Span"))]
pub(super) struct SpanView {
    start: String,
    end: String,
}

impl From<&InstanceEdition> for ShownView {
    fn from(shown: &InstanceEdition) -> Self {
        Self {
            start: shown.start.written(),
            end: shown.end.written(),
            summary: shown.summary.clone(),
            location: shown.location.clone(),
        }
    }
}

impl From<&(CalendarTime, CalendarTime)> for SpanView {
    fn from((start, end): &(CalendarTime, CalendarTime)) -> Self {
        Self {
            start: start.written(),
            end: end.written(),
        }
    }
}

impl DifferenceView {
    pub(super) fn of(change: &Change) -> Self {
        let status = |status: &Status| StatusCode::from(*status);
        match change {
            Change::Status { before, now } => Self::Status {
                before: status(before),
                now: status(now),
            },
            Change::When { before, now } => Self::When {
                before: before.into(),
                now: now.into(),
            },
            Change::Recurrence { before, now } => Self::Recurrence {
                before: before.clone(),
                now: now.clone(),
            },
            Change::Where { before, now } => Self::Location {
                before: before.clone(),
                now: now.clone(),
            },
            Change::Title { before, now } => Self::Summary {
                before: before.clone(),
                now: now.clone(),
            },
            Change::Description => Self::Description,
            Change::Instance {
                recurrence_id,
                before,
                now,
            } => Self::Date {
                instance: recurrence_id.written(),
                before: (&**before).into(),
                now: (&**now).into(),
            },
            Change::InstanceCancelled { recurrence_id } => Self::DateCancelled {
                instance: recurrence_id.written(),
            },
            Change::InstanceBack { recurrence_id, now } => Self::DateBack {
                instance: recurrence_id.written(),
                now: (&**now).into(),
            },
        }
    }
}
