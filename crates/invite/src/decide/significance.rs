//! Which differences people must be asked about again (D6), which they are told of, and which nobody notices.
//!
//! > Significant (DTSTART, DTEND, DURATION, RRULE, RDATE, EXDATE, LOCATION, STATUS): sequence+1, answers reopen.

use jiff::{Timestamp, civil};

use crate::{event::Details, ical::ContentLine, time::CalendarTime};

/// Whether people who said they come must be asked again.
pub(super) fn differs_significantly(old: &Details, new: &Details) -> bool {
    !significant_differences(old, new).is_empty()
}

/// The properties for whose difference they must be.
pub(super) fn significant_differences(old: &Details, new: &Details) -> Vec<&'static str> {
    named([
        ("DTSTART", moment(&old.start) != moment(&new.start)),
        ("DTEND", moment(&old.end) != moment(&new.end)),
        ("LOCATION", old.location != new.location),
        ("STATUS", old.status != new.status),
        (RECURRENCE, !recur_alike(old, new)),
    ])
}

/// Whether an attendee could notice: everything but the client's own bookkeeping.
pub(super) fn differs_visibly(old: &Details, new: &Details) -> bool {
    !visible_differences(old, new).is_empty()
}

/// What he could notice.
pub(super) fn visible_differences(old: &Details, new: &Details) -> Vec<&'static str> {
    let Details {
        start,
        end,
        status,
        summary,
        description,
        description_html,
        location,
        alarms,
        other,
        // Compared by meaning.
        recurrence: _,
        zones: _,
    } = old;
    let shown = |lines: &[ContentLine]| -> Vec<ContentLine> {
        let shown = lines.iter().filter(|line| !is_bookkeeping(line));
        shown.cloned().collect()
    };
    let html_differs = *description_html != new.description_html;
    named([
        ("DTSTART", *start != new.start),
        ("DTEND", *end != new.end),
        ("LOCATION", *location != new.location),
        ("STATUS", *status != new.status),
        ("SUMMARY", *summary != new.summary),
        ("DESCRIPTION", *description != new.description),
        ("X-ALT-DESC", html_differs),
        ("VALARM", *alarms != new.alarms),
        ("other properties", shown(other) != shown(&new.other)),
        (RECURRENCE, !recur_alike(old, new)),
    ])
}

/// RRULE, RDATE and EXDATE come to a set of dates together.
const RECURRENCE: &str = "RRULE, RDATE or EXDATE";

fn named<const N: usize>(differs: [(&'static str, bool); N]) -> Vec<&'static str> {
    let names = differs.into_iter().filter(|(_, differs)| *differs);
    names.map(|(name, _)| name).collect()
}

/// What a calendar time means to people, however the client wrote it: Google turns the zone's time it was given
/// into UTC, Outlook renames the zone, and nobody has to be asked again for that.
#[derive(PartialEq)]
enum Moment {
    Instant(Timestamp),
    Floating(civil::DateTime),
    Day(civil::Date),
}

fn moment(time: &CalendarTime) -> Moment {
    match time {
        CalendarTime::Utc(instant) | CalendarTime::Zoned { instant, .. } => {
            Moment::Instant(*instant)
        }
        CalendarTime::Floating(local) => Moment::Floating(*local),
        CalendarTime::AllDay(date) => Moment::Day(*date),
    }
}

/// Whether two descriptions of when something recurs come to the same, whatever their clients wrote.
pub(super) fn recur_alike(old: &Details, new: &Details) -> bool {
    old.recurrence == new.recurrence
        || old
            .recurring()
            .series()
            .recurs_like(&new.recurring().series())
}

/// Properties a client rewrites with every mail it sends, although the organizer changed nothing.
fn is_bookkeeping(line: &ContentLine) -> bool {
    const NAMES: [&str; 3] = ["CREATED", "LAST-MODIFIED", "X-GENERATION"];
    const PREFIXES: [&str; 4] = ["X-MOZ-", "X-MICROSOFT-CDO-", "X-MS-OLK-", "X-EVOLUTION-"];
    NAMES.contains(&line.name.as_str())
        || PREFIXES.iter().any(|prefix| line.name.starts_with(prefix))
}
