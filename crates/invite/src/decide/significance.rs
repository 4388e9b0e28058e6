//! Which differences people must be asked about again (D6), which they are told of, and which nobody notices.
//!
//! > Significant (DTSTART, DTEND, DURATION, RRULE, RDATE, EXDATE, LOCATION, STATUS): sequence+1, answers reopen.

use jiff::{Timestamp, civil};

use crate::{event::Details, ical::ContentLine, time::CalendarTime};

/// Whether people who said they come must be asked again.
pub(super) fn differs_significantly(old: &Details, new: &Details) -> bool {
    moment(&old.start) != moment(&new.start)
        || moment(&old.end) != moment(&new.end)
        || old.location != new.location
        || old.status != new.status
        || !recur_alike(old, new)
}

/// Whether an attendee could notice: everything but the client's own bookkeeping.
pub(super) fn differs_visibly(old: &Details, new: &Details) -> bool {
    let visible = |details: &Details| Details {
        other: details
            .other
            .iter()
            .filter(|line| !is_bookkeeping(line))
            .cloned()
            .collect(),
        // Compared by meaning.
        recurrence: Vec::new(),
        zones: Vec::new(),
        ..details.clone()
    };
    visible(old) != visible(new) || !recur_alike(old, new)
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
