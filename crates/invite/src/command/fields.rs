//! An event in a few plain fields, for programs that write no calendars.

use jiff::{Timestamp, civil, tz::TimeZone};

use super::{RefusalReason, details::checked};
use crate::{
    event::Details,
    ical::{Status, Zones},
    time::CalendarTime,
};

/// What is said of an event; `None`: nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fields {
    /// SUMMARY.
    pub summary: Option<String>,
    /// DESCRIPTION.
    pub description: Option<String>,
    /// LOCATION.
    pub location: Option<String>,
    /// DTSTART.
    pub start: Option<CalendarTime>,
    /// DTEND.
    pub end: Option<CalendarTime>,
    /// STATUS: that it takes place, or may.
    pub status: Option<Status>,
}

impl Fields {
    /// A new event of them: as long as is said, else for the day, or for no time (RFC 5545 section 3.6.1).
    ///
    /// # Errors
    /// The property that is missing or cannot be right, or that there is too much of it.
    pub fn details(self) -> Result<Details, RefusalReason> {
        let missing = RefusalReason::Missing {
            property: "DTSTART",
        };
        let start = self.start.clone().ok_or(missing)?;
        let end = match &start {
            CalendarTime::AllDay(day) => CalendarTime::AllDay(day.tomorrow().unwrap_or(*day)),
            other => other.clone(),
        };
        self.applied_to(&Details::at_time(start, end))
    }

    /// An event that takes place once, with what they say in the place of what it says; all else stays. With another start
    /// and no end it takes as long as before.
    ///
    /// # Errors
    /// As [`Fields::details`].
    pub fn applied_to(self, details: &Details) -> Result<Details, RefusalReason> {
        let mut changed = match &self.start {
            Some(start) => details.at(start),
            None => details.clone(),
        };
        if let Some(end) = self.end {
            changed.end = end;
        }
        if let Some(status) = self.status {
            changed.status = status;
        }
        if let Some(summary) = self.summary {
            changed.summary = summary;
        }
        if let Some(location) = self.location {
            changed.location = location;
        }
        if let Some(description) = self.description {
            // It would say something else.
            changed.description_html = None;
            changed.description = description;
        }
        let needs_a_definition =
            |time: &CalendarTime| matches!(time, CalendarTime::Zoned { iana: None, .. });
        if !needs_a_definition(&changed.start) && !needs_a_definition(&changed.end) {
            changed.zones.clear();
        }
        checked(changed)
    }
}

/// Reads a day (`2026-03-03`), a wall clock time in `zone` (`2026-03-03T10:00`), or an instant (`2026-03-03T09:00:00Z`, shown in
/// `zone` where one is given), to the second. `None`: it is none of them, there is no such zone, or a wall clock time without one.
#[must_use]
pub fn time(text: &str, zone: Option<&str>) -> Option<CalendarTime> {
    let is_writable = |date: civil::Date| (1..=9999).contains(&date.year());
    if let Ok(date) = civil::Date::strptime("%Y-%m-%d", text) {
        return is_writable(date).then_some(CalendarTime::AllDay(date));
    }
    let zones = Zones::default();
    let (instant, local) = match text.parse::<Timestamp>() {
        Ok(instant) => {
            let instant = Timestamp::from_second(instant.as_second()).ok()?;
            (Some(instant), TimeZone::UTC.to_datetime(instant))
        }
        Err(_) => {
            let local: civil::DateTime = text.parse().ok()?;
            (None, local.with().subsec_nanosecond(0).build().ok()?)
        }
    };
    if !is_writable(local.date()) {
        return None;
    }
    match (instant, zone) {
        (Some(instant), None) => Some(CalendarTime::Utc(instant)),
        (Some(instant), Some(zone)) => {
            let CalendarTime::Zoned { tzid, .. } = zones.time(zone, local)? else {
                return None;
            };
            let local = TimeZone::get(&tzid).ok()?.to_datetime(instant);
            Some(CalendarTime::Zoned {
                local,
                iana: Some(tzid.clone()),
                tzid,
                instant,
            })
        }
        (None, Some(zone)) => zones.time(zone, local),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::InstanceKey;

    fn at(text: &str) -> Option<CalendarTime> {
        time(text, Some("Europe/Berlin"))
    }

    #[test]
    fn a_time_is_a_day_or_the_clock_of_a_zone_or_an_instant() {
        for (text, zone, key) in [
            ("2026-03-03", None, "20260303"),
            ("2026-03-03", Some("Europe/Berlin"), "20260303"),
            ("2026-03-03T09:00:00Z", None, "20260303T090000Z"),
            ("2026-03-03T10:00:00.9+01:00", None, "20260303T090000Z"),
            (
                "2026-03-03T10:00",
                Some("Europe/Berlin"),
                "20260303T090000Z",
            ),
            (
                "2026-07-03T10:00:00",
                Some("W. Europe Standard Time"),
                "20260703T080000Z",
            ),
            (
                "2026-03-03T09:00:00Z",
                Some("Europe/Berlin"),
                "20260303T090000Z",
            ),
        ] {
            let time = time(text, zone).unwrap();
            assert_eq!(time.instance_key().as_str(), key, "{text} {zone:?}");
        }
        for (text, zone) in [
            ("2026-03-03T10:00", None),
            ("2026-03-03T10:00", Some("Mars/Olympus")),
            ("2026-03-03T10:00", Some("")),
            ("2026-13-03", None),
            ("tomorrow", Some("Europe/Berlin")),
            ("", None),
            ("-000001-03-03T10:00:00Z", None),
        ] {
            assert_eq!(time(text, zone), None, "{text} {zone:?}");
        }
    }

    #[test]
    fn who_moves_the_start_alone_keeps_the_length() {
        let fields = Fields {
            summary: Some("Kick-off".to_owned()),
            start: at("2026-03-03T10:00"),
            end: at("2026-03-03T11:30"),
            ..Fields::default()
        };
        let details = fields.details().unwrap();
        let later = Fields {
            start: at("2026-07-03T14:00"),
            ..Fields::default()
        };
        let moved = later.applied_to(&details).unwrap();
        assert_eq!(Some(moved.end.clone()), at("2026-07-03T15:30"));
        assert_eq!(moved.summary, "Kick-off");
        let too_early = Fields {
            end: at("2026-07-03T13:00"),
            ..Fields::default()
        };
        let refused = too_early.applied_to(&moved).unwrap_err();
        assert_eq!(refused, RefusalReason::Invalid { property: "DTEND" });
    }

    #[test]
    fn without_an_end_a_day_is_a_day_and_without_a_start_there_is_no_event() {
        let day = Fields {
            start: at("2026-03-03"),
            ..Fields::default()
        };
        let details = day.details().unwrap();
        assert_eq!(Some(details.end), at("2026-03-04"));
        let missing = RefusalReason::Missing {
            property: "DTSTART",
        };
        assert_eq!(Fields::default().details(), Err(missing));
    }

    proptest! {
        #[test]
        fn whatever_is_read_as_a_time_can_be_written(text in "[-+0-9TZ:.]{0,24}", zone in prop::option::of("[A-Za-z/]{0,16}")) {
            if let Some(time) = time(&text, zone.as_deref()) {
                let key = time.instance_key();
                prop_assert_eq!(InstanceKey::parse(key.as_str()), Some(key.clone()));
            }
        }

        #[test]
        fn what_is_not_said_stays(summary in ".{0,20}", location in ".{0,20}") {
            let fields = Fields {
                start: at("2026-03-03T10:00"),
                location: Some(location.clone()),
                ..Fields::default()
            };
            let details = fields.details().unwrap();
            let named = Fields { summary: Some(summary.clone()), ..Fields::default() };
            let changed = named.applied_to(&details).unwrap();
            prop_assert_eq!(changed.summary.clone(), summary);
            prop_assert_eq!(Details { summary: String::new(), ..changed }, details);
        }
    }
}
