//! A VEVENT, checked, becomes what attendees see.

use super::RefusalReason;
use crate::{
    event::Details,
    ical::{ContentLine, Status, Vevent, ZoneDefinition},
    time::CalendarTime,
};

/// Most that an event may say, in bytes, so that it fits one record of the table with room for the rest.
pub const MAX_DETAILS_BYTES: usize = 128 * 1024;

/// Turns a VEVENT into its details: of an event, of a series, or of an instance of one. `zones` are its calendar's.
///
/// # Errors
/// The property that is missing or cannot be right, or that there is too much of it.
pub fn details(event: &Vevent, zones: &[ZoneDefinition]) -> Result<Details, RefusalReason> {
    if !event.unknown_zones.is_empty() {
        return Err(RefusalReason::Invalid {
            property: "DTSTART",
        });
    }
    for property in [
        "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE",
    ] {
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
    let recurrence = recurrence(event);
    checked(Details {
        zones: own_zones(&[&start, &end], &recurrence, zones),
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
        recurrence,
    })
}

/// Refuses what cannot take place, and what is too much to keep.
pub(super) fn checked(details: Details) -> Result<Details, RefusalReason> {
    if cannot_end(&details.end, &details.start) {
        return Err(RefusalReason::Invalid { property: "DTEND" });
    }
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

/// The definitions of those zones that nothing but the mail itself knows.
fn own_zones(
    times: &[&CalendarTime],
    recurrence: &[ContentLine],
    zones: &[ZoneDefinition],
) -> Vec<Vec<ContentLine>> {
    let only_here = |tzid: &str| {
        times.iter().any(|time| {
            matches!(time, CalendarTime::Zoned { tzid: named, iana: None, .. } if named == tzid)
        })
    };
    let in_dates = |zone: &ZoneDefinition| {
        recurrence.iter().any(|line| {
            line.param("TZID").is_some_and(|tzid| {
                let known_by_time = times.iter().any(|time| {
                    matches!(time, CalendarTime::Zoned { tzid: named, iana: Some(_), .. } if named == tzid)
                });
                zone.is_named(tzid) && !known_by_time
            })
        })
    };
    let is_needed = |zone: &&ZoneDefinition| only_here(zone.tzid()) || in_dates(zone);
    zones
        .iter()
        .filter(is_needed)
        .map(|zone| zone.lines().to_vec())
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
