//! Which one of a mail's calendars counts.

use super::{Calendars, FoundCalendar, RefusalReason};
use crate::{
    ical::Vevent,
    mail::{Mail, tnef},
};

/// The one calendar of a mail. Copies count once; what was forwarded counts only if nothing else is there.
pub(super) fn only_calendar<'a>(
    mail: &Mail,
    calendars: &'a Calendars,
) -> Result<&'a FoundCalendar, RefusalReason> {
    if let Some(reason) = nothing_readable(mail, calendars) {
        return Err(reason);
    }
    let is_own = |found: &&FoundCalendar| {
        mail.calendars
            .get(found.part)
            .is_some_and(|part| !part.forwarded)
    };
    let mut own: Vec<_> = calendars.found.iter().filter(is_own).collect();
    if own.is_empty() {
        own = calendars.found.iter().collect();
    }
    let (first, others) = own.split_first().ok_or(RefusalReason::NoCalendar)?;
    if others.iter().any(|other| !are_the_same(first, other)) {
        return Err(RefusalReason::SeveralCalendars);
    }
    let unknown_charset = mail
        .calendars
        .get(first.part)
        .is_some_and(|part| part.unknown_charset.is_some());
    if unknown_charset {
        return Err(RefusalReason::UnknownCharset);
    }
    // The copy that says its method, if only one does.
    let with_method = own.iter().find(|found| found.calendar.method.is_some());
    Ok(with_method.unwrap_or(first))
}

fn nothing_readable(mail: &Mail, calendars: &Calendars) -> Option<RefusalReason> {
    if !calendars.found.is_empty() {
        return None;
    }
    Some(if mail.calendars.is_empty() {
        match mail.tnef {
            None => RefusalReason::NoCalendar,
            Some(tnef::Outcome::NoMeeting) => RefusalReason::NoMeetingInTnef,
            // One with a meeting too large to be written has no calendar here, either.
            Some(tnef::Outcome::Damaged | tnef::Outcome::Meeting) => {
                RefusalReason::UnreadableCalendar
            }
        }
    } else if calendars.too_large {
        RefusalReason::TooLarge {
            limit_bytes: crate::ical::MAX_BYTES,
        }
    } else if mail
        .calendars
        .iter()
        .any(|part| part.unknown_charset.is_some())
    {
        RefusalReason::UnknownCharset
    } else {
        RefusalReason::UnreadableCalendar
    })
}

/// Two of a client's renderings of the same thing: the attached one often has another description or fewer
/// parameters. What they are about, and when it is, must agree.
fn are_the_same(a: &FoundCalendar, b: &FoundCalendar) -> bool {
    let about = |event: &Vevent| {
        (
            event.uid.clone(),
            event.sequence.unwrap_or(0),
            event.recurrence_id.clone(),
            event.start.clone(),
            event.end.clone(),
        )
    };
    let abouts =
        |found: &FoundCalendar| -> Vec<_> { found.calendar.events.iter().map(about).collect() };
    abouts(a) == abouts(b)
        && a.calendar.other_components == b.calendar.other_components
        && (a.calendar.method == b.calendar.method
            || a.calendar.method.is_none()
            || b.calendar.method.is_none())
}
