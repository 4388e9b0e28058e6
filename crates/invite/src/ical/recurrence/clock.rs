//! What the wall clock times of a series mean: on the clock DTSTART was written by.

use jiff::{Timestamp, civil, tz};

use crate::{ical::zone::Zones, time::CalendarTime};

/// The clock of a series.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock<'a> {
    Utc,
    Zone {
        zones: &'a Zones,
        tzid: &'a str,
        /// Of DTSTART: for a zone whose definition is not at hand any more.
        iana: Option<&'a str>,
    },
    Floating,
    Day,
}

/// A wall clock time and what it means.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) time: CalendarTime,
    /// Whether the clock leaves that time out, so that it means a later one (RFC 5545 section 3.3.5).
    pub(super) is_in_gap: bool,
}

impl<'a> Clock<'a> {
    pub(super) fn of(start: &'a CalendarTime, zones: &'a Zones) -> Self {
        match start {
            CalendarTime::Utc(_) => Self::Utc,
            CalendarTime::Zoned { tzid, iana, .. } => Self::Zone {
                zones,
                tzid,
                iana: iana.as_deref(),
            },
            CalendarTime::Floating(_) => Self::Floating,
            CalendarTime::AllDay(_) => Self::Day,
        }
    }

    /// `None` beyond the calendar, and where a hostile zone has used up what may be spent on it.
    pub(super) fn read(self, local: civil::DateTime) -> Option<Read> {
        let plain = |time| {
            Some(Read {
                time,
                is_in_gap: false,
            })
        };
        match self {
            Self::Utc => plain(CalendarTime::Utc(
                tz::TimeZone::UTC.to_timestamp(local).ok()?,
            )),
            Self::Floating => plain(CalendarTime::Floating(local)),
            Self::Day => plain(CalendarTime::AllDay(local.date())),
            Self::Zone { zones, tzid, iana } => {
                let resolved = zones.resolve_or(tzid, iana, local)?;
                Some(Read {
                    time: CalendarTime::Zoned {
                        local,
                        tzid: tzid.to_owned(),
                        iana: resolved.iana,
                        instant: resolved.instant,
                    },
                    is_in_gap: resolved.is_in_gap,
                })
            }
        }
    }
}

impl Clock<'_> {
    /// What this clock shows at `time`; as written where it is of no place.
    pub(super) fn shows(self, time: &CalendarTime) -> Option<civil::DateTime> {
        let written = local(time);
        match (self, instant(time)) {
            (Self::Utc, Some(instant)) => Some(tz::TimeZone::UTC.to_datetime(instant)),
            (Self::Zone { tzid, .. }, _) if matches!(time, CalendarTime::Zoned { tzid: of_time, .. } if of_time == tzid) => {
                Some(written)
            }
            (Self::Zone { zones, tzid, iana }, Some(instant)) => {
                zones.local(tzid, iana, tz::TimeZone::UTC.to_datetime(instant), instant)
            }
            _ => Some(written),
        }
    }
}

/// The wall clock time as written, that of an instant being UTC's, that of a day its midnight.
pub(super) fn local(time: &CalendarTime) -> civil::DateTime {
    match time {
        CalendarTime::Utc(instant) => tz::TimeZone::UTC.to_datetime(*instant),
        CalendarTime::Zoned { local, .. } | CalendarTime::Floating(local) => *local,
        CalendarTime::AllDay(day) => day.at(0, 0, 0, 0),
    }
}

/// The instant, of what is one.
pub(super) fn instant(time: &CalendarTime) -> Option<Timestamp> {
    match time {
        CalendarTime::Utc(instant) | CalendarTime::Zoned { instant, .. } => Some(*instant),
        CalendarTime::Floating(_) | CalendarTime::AllDay(_) => None,
    }
}
