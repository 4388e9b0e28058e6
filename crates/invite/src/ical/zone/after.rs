//! How long something lasts, in a zone: days by the calendar, hours by the clock (RFC 5545 section 3.3.6).

use jiff::tz;

use super::Zones;
use crate::{ical::date::Duration, time::CalendarTime};

impl Zones {
    /// The time that much later, of the same kind; `None` beyond the calendar, and where the zone is not known.
    pub(in crate::ical) fn after(
        &self,
        start: &CalendarTime,
        duration: Duration,
    ) -> Option<CalendarTime> {
        let (days, clock) = (duration.days()?, duration.clock()?);
        Some(match start {
            CalendarTime::Utc(instant) => {
                let local = tz::TimeZone::UTC.to_datetime(*instant);
                let end = local.checked_add(days).ok()?.checked_add(clock).ok()?;
                CalendarTime::Utc(tz::TimeZone::UTC.to_timestamp(end).ok()?)
            }
            CalendarTime::Floating(local) => {
                CalendarTime::Floating(local.checked_add(days).ok()?.checked_add(clock).ok()?)
            }
            CalendarTime::AllDay(date) => {
                // A DURATION with hours has no meaning for days; the hours are whole days in what clients write.
                let end = date.at(0, 0, 0, 0).checked_add(days).ok()?;
                CalendarTime::AllDay(end.checked_add(clock).ok()?.date())
            }
            CalendarTime::Zoned {
                local, tzid, iana, ..
            } => {
                let iana = iana.as_deref();
                let day = local.checked_add(days).ok()?;
                let begun = self.resolve_or(tzid, iana, day)?.instant;
                let instant = begun.checked_add(clock).ok()?;
                let near = day.checked_add(clock).ok()?;
                let local = self.local(tzid, iana, near, instant)?;
                CalendarTime::Zoned {
                    local,
                    tzid: tzid.clone(),
                    iana: self.resolve_or(tzid, iana, local)?.iana,
                    instant,
                }
            }
        })
    }
}
