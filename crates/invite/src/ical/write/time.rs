//! Times as an object has them: as they were read, but that each names one instant, and each TZID a zone the object
//! defines.

use jiff::{Timestamp, civil, tz::TimeZone};

use super::{own_zone::OwnZone, unwritable::Unwritable};
use crate::{
    event::Event,
    ical::{
        ZoneDefinition, Zones,
        content_line::{Lines, Value},
    },
    time::CalendarTime,
};

/// The zones the times of one object may be in.
#[derive(Debug)]
pub(super) struct Clocks {
    own: Vec<OwnZone>,
    pub(super) zones: Zones,
}

/// A zone by the name the object gives it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Zone {
    /// Of the IANA database.
    Iana(String),
    /// Only the organizer's client knows it.
    Own {
        /// TZID in the object.
        name: String,
        /// TZID in his definition. At his times it may be spelled otherwise, and it is one zone all the same.
        tzid: String,
    },
}

/// A time as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Written {
    Utc(Timestamp),
    Zoned {
        local: civil::DateTime,
        zone: Zone,
        instant: Timestamp,
    },
    Floating(civil::DateTime),
    Day(civil::Date),
}

impl Clocks {
    /// With the definitions kept of the organizer's client, of the event and of its instances.
    pub(super) fn of(event: &Event) -> Self {
        let of_instances = event.instances.values();
        let details = std::iter::once(&event.details)
            .chain(of_instances.filter_map(|instance| instance.details.as_ref()));
        let mut definitions: Vec<ZoneDefinition> = Vec::new();
        for lines in details.flat_map(|details| &details.zones) {
            if let Some(definition) = ZoneDefinition::new(lines.clone())
                && !definitions
                    .iter()
                    .any(|known| known.is_named(definition.tzid()))
            {
                definitions.push(definition);
            }
        }
        let mut own: Vec<OwnZone> = Vec::new();
        for definition in &definitions {
            let names: Vec<_> = own.iter().map(OwnZone::name).collect();
            own.extend(OwnZone::new(definition, &names));
        }
        Self {
            own,
            zones: Zones::of(&definitions),
        }
    }

    pub(super) fn own(&self, name: &str) -> Option<&OwnZone> {
        self.own.iter().find(|zone| zone.name() == name)
    }

    /// A single time. Where it does not name one instant on its clock, it is in UTC: in the hour that comes twice the
    /// second cannot be told (RFC 5545 section 3.3.5), in the one that is left out clients disagree, and some zones
    /// nobody knows any more.
    pub(super) fn write(&self, time: &CalendarTime) -> Written {
        match time {
            CalendarTime::Utc(instant) => Written::Utc(*instant),
            CalendarTime::Zoned {
                tzid,
                iana,
                instant,
                ..
            } => self
                .zone(tzid, iana.as_deref())
                .and_then(|zone| self.at(zone, *instant))
                .unwrap_or(Written::Utc(*instant)),
            CalendarTime::Floating(local) => Written::Floating(*local),
            CalendarTime::AllDay(day) => Written::Day(*day),
        }
    }

    /// The start of a series: its rule counts on this clock, so it cannot be in UTC instead.
    pub(super) fn write_first(&self, time: &CalendarTime) -> Result<Written, Unwritable> {
        let CalendarTime::Zoned {
            local,
            tzid,
            iana,
            instant,
        } = time
        else {
            return Ok(self.write(time));
        };
        let names_it = |zone: &Zone| self.instant(zone, *local) == Some(*instant);
        // From before his definition begins, his time was read by the database.
        let zone = self
            .own_zone(tzid)
            .filter(names_it)
            .or_else(|| known(iana.as_deref()).filter(names_it))
            .or_else(|| self.zone(tzid, iana.as_deref()))
            .ok_or(Unwritable::UnknownZone)?;
        Ok(Written::Zoned {
            local: *local,
            zone,
            instant: *instant,
        })
    }

    /// A time of a series in the form of its DTSTART, as RECURRENCE-ID, EXDATE and RDATE have to be (RFC 5545 section
    /// 3.8.4.4); in UTC where that clock does not name the instant.
    pub(super) fn write_like(&self, first: &Written, time: &CalendarTime) -> Written {
        match (first, time) {
            (Written::Day(_), _) => Written::Day(local(time).date()),
            (Written::Floating(_), _) => Written::Floating(local(time)),
            (Written::Zoned { zone, .. }, CalendarTime::Zoned { local, tzid, iana, instant })
                // As the rule says it, if only the clock is left out then.
                if self.zone(tzid, iana.as_deref()).as_ref() == Some(zone)
                    && self.instant(zone, *local) == Some(*instant) =>
            {
                Written::Zoned {
                    local: *local,
                    zone: zone.clone(),
                    instant: *instant,
                }
            }
            (Written::Zoned { zone, .. }, CalendarTime::Utc(_) | CalendarTime::Zoned { .. }) => {
                let instant = time.instant();
                self.at(zone.clone(), instant)
                    .unwrap_or(Written::Utc(instant))
            }
            (Written::Zoned { zone, .. }, CalendarTime::Floating(_) | CalendarTime::AllDay(_)) => {
                let local = local(time);
                match self.instant(zone, local) {
                    Some(instant) => Written::Zoned {
                        local,
                        zone: zone.clone(),
                        instant,
                    },
                    None => Written::Floating(local),
                }
            }
            (Written::Utc(_), _) => Written::Utc(time.instant()),
        }
    }

    /// What `local` means on the clock of `written`, if that is of a place.
    pub(super) fn instant_like(
        &self,
        written: &Written,
        local: civil::DateTime,
    ) -> Option<Timestamp> {
        match written {
            Written::Utc(_) => TimeZone::UTC.to_timestamp(local).ok(),
            Written::Zoned { zone, .. } => self.instant(zone, local),
            Written::Floating(_) | Written::Day(_) => None,
        }
    }

    fn zone(&self, tzid: &str, iana: Option<&str>) -> Option<Zone> {
        self.own_zone(tzid).or_else(|| known(iana))
    }

    fn own_zone(&self, tzid: &str) -> Option<Zone> {
        let own = self.own.iter().find(|own| own.is_named(tzid))?;
        Some(Zone::Own {
            name: own.name().to_owned(),
            tzid: own.tzid().to_owned(),
        })
    }

    fn instant(&self, zone: &Zone, local: civil::DateTime) -> Option<Timestamp> {
        match zone {
            Zone::Iana(iana) => TimeZone::get(iana).ok()?.to_timestamp(local).ok(),
            Zone::Own { tzid, .. } => self.zones.by_rules_alone(tzid, local),
        }
    }

    /// The wall clock time, if it names that instant.
    fn at(&self, zone: Zone, instant: Timestamp) -> Option<Written> {
        let local = match &zone {
            Zone::Iana(iana) => TimeZone::get(iana).ok()?.to_datetime(instant),
            Zone::Own { tzid, .. } => {
                let near = TimeZone::UTC.to_datetime(instant);
                self.zones.local(tzid, None, near, instant)?
            }
        };
        (self.instant(&zone, local) == Some(instant)).then_some(Written::Zoned {
            local,
            zone,
            instant,
        })
    }
}

impl Zone {
    /// TZID.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Iana(name) | Self::Own { name, .. } => name,
        }
    }
}

impl Written {
    /// Whether this can be DTEND beside `start`: of the same kind and later (RFC 5545 section 3.8.2.2). An event
    /// without DTEND ends when it starts, or with its day (section 3.6.1).
    pub(super) fn may_end(&self, start: &Self) -> bool {
        match (start, self) {
            (Self::Day(start), Self::Day(end)) => end > start,
            (Self::Floating(start), Self::Floating(end)) => end > start,
            (start, end) => start
                .instant()
                .zip(end.instant())
                .is_some_and(|(start, end)| end > start),
        }
    }

    pub(super) fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::Utc(instant) | Self::Zoned { instant, .. } => Some(*instant),
            Self::Floating(_) | Self::Day(_) => None,
        }
    }

    pub(super) fn zone(&self) -> Option<&Zone> {
        match self {
            Self::Zoned { zone, .. } => Some(zone),
            _ => None,
        }
    }

    pub(super) fn is_all_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// Without its TZID.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Utc(instant) => utc(*instant),
            Self::Zoned { local, .. } | Self::Floating(local) => date_time(*local),
            Self::Day(day) => date(*day),
        }
    }

    /// Writes a property of one time.
    pub(super) fn write(&self, lines: &mut Lines, name: &str) {
        let value = self.value();
        let value = Value::Wire(&value);
        match self {
            Self::Zoned { zone, .. } => lines.property(name, &[("TZID", zone.name())], value),
            Self::Day(_) => lines.property(name, &[("VALUE", "DATE")], value),
            Self::Utc(_) | Self::Floating(_) => lines.property(name, &[], value),
        }
    }
}

/// The zone of the database.
fn known(iana: Option<&str>) -> Option<Zone> {
    let iana = iana.filter(|iana| TimeZone::get(iana).is_ok())?;
    Some(Zone::Iana(iana.to_owned()))
}

/// The wall clock time as written, that of an instant being UTC's, that of a day its midnight.
pub(super) fn local(time: &CalendarTime) -> civil::DateTime {
    match time {
        CalendarTime::Utc(instant) => TimeZone::UTC.to_datetime(*instant),
        CalendarTime::Zoned { local, .. } | CalendarTime::Floating(local) => *local,
        CalendarTime::AllDay(day) => day.at(0, 0, 0, 0),
    }
}

pub(super) fn utc(instant: Timestamp) -> String {
    let local = TimeZone::UTC.to_datetime(instant);
    format!("{}Z", date_time(local))
}

pub(super) fn date_time(local: civil::DateTime) -> String {
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    format!("{}T{hour:02}{minute:02}{second:02}", date(local.date()))
}

/// Years before 0 do not fit the format (RFC 5545 section 3.3.4) and are written as 0.
fn date(day: civil::Date) -> String {
    let year = day.year().max(0);
    format!("{year:04}{:02}{:02}", day.month(), day.day())
}
