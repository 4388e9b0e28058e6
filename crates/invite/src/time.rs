//! Calendar time: an instant, a local time in a zone, a floating time or a whole day (RFC 5545 3.3.4, 3.3.5).

use jiff::{Timestamp, civil};

/// When something in a calendar starts or ends, as it was written and as it was resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CalendarTime {
    /// `DTSTART:20260303T090000Z`
    Utc(Timestamp),
    /// `DTSTART;TZID=Europe/Berlin:20260303T100000`
    Zoned {
        /// The wall clock time in that zone.
        local: civil::DateTime,
        /// The TZID as the client wrote it.
        tzid: String,
        /// The IANA name it was resolved to; `None` when only the mail's own VTIMEZONE could resolve it.
        iana: Option<String>,
        /// The instant it means (gaps and overlaps by RFC 5545 3.3.5).
        instant: Timestamp,
    },
    /// `DTSTART:20260303T100000`: the same wall clock time wherever the reader is.
    Floating(civil::DateTime),
    /// `DTSTART;VALUE=DATE:20260303`
    AllDay(civil::Date),
}

impl CalendarTime {
    /// The instant, with floating times and days read as UTC: fit for sorting and for the old API's epoch
    /// seconds, not for telling people when to come.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        let utc = |local: civil::DateTime| {
            jiff::tz::TimeZone::UTC
                .to_timestamp(local)
                .unwrap_or(Timestamp::UNIX_EPOCH)
        };
        match self {
            Self::Utc(instant) | Self::Zoned { instant, .. } => *instant,
            Self::Floating(local) => utc(*local),
            Self::AllDay(date) => utc(date.to_datetime(civil::Time::midnight())),
        }
    }

    /// Whether this is a day rather than a time.
    #[must_use]
    pub fn is_all_day(&self) -> bool {
        matches!(self, Self::AllDay(_))
    }
}
