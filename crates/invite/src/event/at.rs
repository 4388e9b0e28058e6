//! What the rule of a series gives on one date.

use jiff::{Timestamp, civil, tz::TimeZone};

use super::Details;
use crate::time::CalendarTime;

impl Details {
    /// What takes place at `recurrence_id` where no override says otherwise: the same, for as long, then.
    #[must_use]
    pub fn at(&self, recurrence_id: &CalendarTime) -> Self {
        Self {
            end: lasting(&self.start, &self.end, recurrence_id),
            start: recurrence_id.clone(),
            recurrence: Vec::new(),
            ..self.clone()
        }
    }

    /// How this series writes the time a RECURRENCE-ID means: some clients give a day where the series has times, or
    /// midnight where it has days.
    #[must_use]
    pub fn recurrence_id(&self, written: &CalendarTime) -> CalendarTime {
        match (&self.start, written) {
            (
                CalendarTime::AllDay(_),
                CalendarTime::Floating(local) | CalendarTime::Zoned { local, .. },
            ) => CalendarTime::AllDay(local.date()),
            (CalendarTime::AllDay(_), CalendarTime::Utc(instant)) => {
                CalendarTime::AllDay(TimeZone::UTC.to_datetime(*instant).date())
            }
            (CalendarTime::Zoned { local, .. }, CalendarTime::AllDay(day)) => {
                self.in_zone_of_start(day.to_datetime(local.time()))
            }
            (CalendarTime::Zoned { .. }, CalendarTime::Floating(local)) => {
                self.in_zone_of_start(*local)
            }
            (CalendarTime::Utc(start), CalendarTime::AllDay(day)) => {
                let local = day.to_datetime(TimeZone::UTC.to_datetime(*start).time());
                CalendarTime::Utc(utc(local))
            }
            (CalendarTime::Floating(start), CalendarTime::AllDay(day)) => {
                CalendarTime::Floating(day.to_datetime(start.time()))
            }
            _ => written.clone(),
        }
    }

    fn in_zone_of_start(&self, local: civil::DateTime) -> CalendarTime {
        match &self.start {
            CalendarTime::Zoned {
                tzid,
                iana: Some(iana),
                ..
            } => zoned(local, tzid, iana).unwrap_or(CalendarTime::Floating(local)),
            _ => CalendarTime::Floating(local),
        }
    }
}

/// The end of what starts at `begins` and lasts as long as from `start` to `end`: by the clock for instants (a shift
/// of the clocks does not lengthen a meeting), by the calendar for days.
pub(super) fn lasting(
    start: &CalendarTime,
    end: &CalendarTime,
    begins: &CalendarTime,
) -> CalendarTime {
    let local_length = |start: civil::DateTime, end: civil::DateTime| start.duration_until(end);
    match begins {
        CalendarTime::AllDay(day) => {
            let days = match (start, end) {
                (CalendarTime::AllDay(start), CalendarTime::AllDay(end)) => {
                    start.duration_until(*end)
                }
                _ => jiff::SignedDuration::from_hours(24),
            };
            CalendarTime::AllDay(day.checked_add(days).unwrap_or(*day))
        }
        CalendarTime::Floating(local) => {
            let length = match (start, end) {
                (CalendarTime::Floating(start), CalendarTime::Floating(end)) => {
                    local_length(*start, *end)
                }
                _ => start.instant().duration_until(end.instant()),
            };
            CalendarTime::Floating(local.checked_add(length).unwrap_or(*local))
        }
        CalendarTime::Utc(instant) => {
            let length = start.instant().duration_until(end.instant());
            CalendarTime::Utc(instant.checked_add(length).unwrap_or(*instant))
        }
        CalendarTime::Zoned {
            local,
            tzid,
            iana,
            instant,
        } => {
            let length = start.instant().duration_until(end.instant());
            let ends = instant.checked_add(length).unwrap_or(*instant);
            let local_end = iana
                .as_deref()
                .and_then(|iana| TimeZone::get(iana).ok())
                .map_or_else(
                    || local.checked_add(length).unwrap_or(*local),
                    |zone| zone.to_datetime(ends),
                );
            CalendarTime::Zoned {
                local: local_end,
                tzid: tzid.clone(),
                iana: iana.clone(),
                instant: ends,
            }
        }
    }
}

fn zoned(local: civil::DateTime, tzid: &str, iana: &str) -> Option<CalendarTime> {
    let zone = TimeZone::get(iana).ok()?;
    Some(CalendarTime::Zoned {
        local,
        tzid: tzid.to_owned(),
        iana: Some(iana.to_owned()),
        instant: zone.to_timestamp(local).ok()?,
    })
}

fn utc(local: civil::DateTime) -> Timestamp {
    TimeZone::UTC
        .to_timestamp(local)
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
