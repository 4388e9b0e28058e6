//! A VEVENT, checked, becomes what attendees see.

use super::RefusalReason;
use crate::{
    event::Details,
    ical::{ContentLine, Status, Vevent},
    time::CalendarTime,
};

/// Most that an event may say, in bytes, so that it fits one record of the table with room for the rest.
pub const MAX_DETAILS_BYTES: usize = 128 * 1024;

/// Turns a VEVENT into its details: of an event, of a series, or of an instance of one.
///
/// # Errors
/// The property that is missing or cannot be right, or that there is too much of it.
pub fn details(event: &Vevent) -> Result<Details, RefusalReason> {
    if !event.unknown_zones.is_empty() {
        return Err(RefusalReason::Invalid {
            property: "DTSTART",
        });
    }
    for property in ["DTSTART", "DTEND", "DURATION"] {
        if event.invalid.contains(&property) {
            return Err(RefusalReason::Invalid { property });
        }
    }
    let missing = RefusalReason::Missing {
        property: "DTSTART",
    };
    let start = event.start.clone().ok_or(missing)?;
    let end = match (&start, event.end.clone()) {
        // An end that is not later is none (RFC 5545 section 3.8.2.2), and a day without one ends with itself.
        (CalendarTime::AllDay(day), Some(CalendarTime::AllDay(end))) if end == *day => {
            CalendarTime::AllDay(day.tomorrow().unwrap_or(*day))
        }
        (_, Some(end)) => end,
        (start, None) => start.clone(),
    };
    if cannot_end(&end, &start) {
        return Err(RefusalReason::Invalid { property: "DTEND" });
    }
    let details = Details {
        start,
        end,
        status: match event.status {
            Some(Status::Tentative) => Status::Tentative,
            _ => Status::Confirmed,
        },
        summary: event.summary.clone().unwrap_or_default(),
        description: event.description.clone().unwrap_or_default(),
        description_html: event.description_html.clone(),
        location: event.location.clone().unwrap_or_default(),
        alarms: event.alarms.clone(),
        other: event.other.clone(),
        recurrence: recurrence(event),
        zones: Vec::new(),
    };
    if details.bytes() > MAX_DETAILS_BYTES {
        return Err(RefusalReason::TooLarge {
            limit_bytes: MAX_DETAILS_BYTES,
        });
    }
    Ok(details)
}

/// What makes it a series; an override has none of its own.
fn recurrence(event: &Vevent) -> Vec<ContentLine> {
    if event.recurrence_id.is_some() {
        return Vec::new();
    }
    let rules = event.rrule.iter().map(|rule| ContentLine {
        name: "RRULE".to_owned(),
        params: Vec::new(),
        value: rule.clone(),
    });
    rules
        .chain(event.recurrence_dates.iter().cloned())
        .collect()
}

/// An end before its start, or of another kind: a day does not end at an hour, and where no zone is told, no instant
/// comes after a time (RFC 5545 section 3.8.2.2).
fn cannot_end(end: &CalendarTime, start: &CalendarTime) -> bool {
    let is_floating = |time: &CalendarTime| matches!(time, CalendarTime::Floating(_));
    start.is_all_day() != end.is_all_day()
        || is_floating(start) != is_floating(end)
        || end.instant() < start.instant()
}
