//! Times as conversations write them.

use jiff::{Timestamp, civil};

/// When an event starts or ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Time {
    /// `2026-03-01T10:05Z`
    Utc(Timestamp),
    /// `2026-03-01T10:05[Europe/Berlin]`
    Zoned {
        /// The wall clock there.
        local: civil::DateTime,
        /// The IANA zone.
        zone: String,
    },
    /// `2026-03-01T10:05`
    Floating(civil::DateTime),
    /// `2026-03-01`
    Day(civil::Date),
}

impl Time {
    /// Reads one; `None` if it is none of the four forms.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if let Some((local, zone)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) {
            jiff::tz::TimeZone::get(zone).ok()?;
            return Some(Self::Zoned {
                local: local.parse().ok()?,
                zone: zone.to_owned(),
            });
        }
        if text.ends_with('Z') {
            return Some(Self::Utc(text.parse().ok()?));
        }
        if text.contains('T') {
            return Some(Self::Floating(text.parse().ok()?));
        }
        Some(Self::Day(text.parse().ok()?))
    }

    /// As long after this as `end` is after `start`, on the clock they are written in.
    #[must_use]
    pub fn lasting(&self, start: &Self, end: &Self) -> Self {
        let wall = |time: &Self| match time {
            Self::Utc(instant) => jiff::tz::TimeZone::UTC.to_datetime(*instant),
            Self::Zoned { local, .. } | Self::Floating(local) => *local,
            Self::Day(date) => date.at(0, 0, 0, 0),
        };
        let length = wall(start).duration_until(wall(end));
        let later = wall(self).checked_add(length).unwrap_or(wall(self));
        match self {
            Self::Utc(instant) => Self::Utc(instant.checked_add(length).unwrap_or(*instant)),
            Self::Zoned { zone, .. } => Self::Zoned {
                local: later,
                zone: zone.clone(),
            },
            Self::Floating(_) => Self::Floating(later),
            Self::Day(_) => Self::Day(later.date()),
        }
    }

    /// The instant it means, with floating times and days read as UTC.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        let in_zone = |local: civil::DateTime, zone: jiff::tz::TimeZone| {
            zone.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH)
        };
        match self {
            Self::Utc(instant) => *instant,
            Self::Zoned { local, zone } => in_zone(
                *local,
                jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC),
            ),
            Self::Floating(local) => in_zone(*local, jiff::tz::TimeZone::UTC),
            Self::Day(date) => in_zone(
                date.to_datetime(civil::Time::midnight()),
                jiff::tz::TimeZone::UTC,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_forms_are_told_apart() {
        assert!(matches!(
            Time::read("2026-03-01T10:05Z"),
            Some(Time::Utc(_))
        ));
        assert!(matches!(
            Time::read("2026-03-01T10:05[Europe/Berlin]"),
            Some(Time::Zoned { .. })
        ));
        assert!(matches!(
            Time::read("2026-03-01T10:05"),
            Some(Time::Floating(_))
        ));
        assert!(matches!(Time::read("2026-03-01"), Some(Time::Day(_))));
        for wrong in ["tomorrow", "2026-13-01", "2026-03-01T10:05[Mars/Base]"] {
            assert_eq!(Time::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_zoned_time_means_an_instant() {
        assert_eq!(
            Time::read("2026-07-01T10:05[Europe/Berlin]")
                .unwrap()
                .instant(),
            "2026-07-01T08:05:00Z".parse().unwrap()
        );
    }
}
