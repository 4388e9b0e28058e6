//! Governments change their clocks after people have agreed on a time: the wall clock time holds, the instant moves.

use jiff::Timestamp;

use super::Zones;
use crate::time::CalendarTime;

impl Zones {
    /// The time that was recorded, as it is read today: by the rules its calendar defined, or by the time-zone data in
    /// use (see [`crate::time::tzdata_version`]). `None` when it is the same instant, when both are past at `now`, and
    /// when nothing is known of its zone but what is not at hand any more.
    #[must_use]
    pub fn moved(&self, recorded: &CalendarTime, now: Timestamp) -> Option<CalendarTime> {
        let CalendarTime::Zoned {
            local,
            tzid,
            iana,
            instant,
        } = recorded
        else {
            return None;
        };
        let today = self.resolve_or(tzid, iana.as_deref(), *local)?;
        // Recorded by the mail's own rules; a zone that has the same name is not what was meant.
        if iana.is_none() && today.iana.is_some() {
            return None;
        }
        let is_ahead = *instant > now || today.instant > now;
        (today.instant != *instant && is_ahead).then(|| CalendarTime::Zoned {
            local: *local,
            tzid: tzid.clone(),
            iana: today.iana,
            instant: today.instant,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_ahead_whose_zone_has_other_rules_now_has_moved() {
        let at = |instant: &str, tzid: &str, iana: Option<&str>| CalendarTime::Zoned {
            local: "2026-07-15T10:00".parse().unwrap(),
            tzid: tzid.to_owned(),
            iana: iana.map(str::to_owned),
            instant: instant.parse().unwrap(),
        };
        let berlin = Some("Europe/Berlin");
        for (recorded, now, moved) in [
            // As if the data of then had had no summer time.
            (
                at("2026-07-15T09:00:00Z", "Europe/Berlin", berlin),
                "2026-03-01T00:00:00Z",
                Some("2026-07-15T08:00:00Z"),
            ),
            (
                at("2026-07-15T09:00:00Z", "gone with its mail", berlin),
                "2026-03-01T00:00:00Z",
                Some("2026-07-15T08:00:00Z"),
            ),
            // The same, past, by rules of its own, of no zone.
            (
                at("2026-07-15T08:00:00Z", "Europe/Berlin", berlin),
                "2026-03-01T00:00:00Z",
                None,
            ),
            (
                at("2026-07-15T09:00:00Z", "Europe/Berlin", berlin),
                "2026-08-01T00:00:00Z",
                None,
            ),
            (
                at("2026-07-15T09:00:00Z", "Europe/Berlin", None),
                "2026-03-01T00:00:00Z",
                None,
            ),
            (
                at("2026-07-15T09:00:00Z", "gone", None),
                "2026-03-01T00:00:00Z",
                None,
            ),
            (
                CalendarTime::Utc("2026-07-15T09:00:00Z".parse().unwrap()),
                "2026-03-01T00:00:00Z",
                None,
            ),
        ] {
            let found = Zones::default().moved(&recorded, now.parse().unwrap());
            let found = found.map(|time| time.instant().to_string());
            assert_eq!(found.as_deref(), moved, "{recorded:?}");
        }
    }
}
