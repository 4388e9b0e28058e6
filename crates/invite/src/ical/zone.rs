//! TZID → offset: by the mail's own VTIMEZONE, else by the IANA database, else by the names other vendors use.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    str::FromStr,
};

use jiff::{Span, Timestamp, civil, tz};

use self::rules::Rules;
use super::read::definition as read_definition;
use crate::time::CalendarTime;

mod after;
mod definition;
mod drift;
mod names;
mod rules;

pub use definition::{MAX_DEFINITION_BYTES, ZoneDefinition};
pub(super) use rules::{Observance, Rule};

/// Observances times years that are worked out for one calendar: thirty zones with a century of history each, in
/// sixty different years. A calendar made to take longer has its times read as floating.
const BUDGET: usize = 200_000;

/// What a local time in a zone means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Resolved {
    pub(super) instant: Timestamp,
    /// The IANA zone that gives the same instant.
    pub(super) iana: Option<String>,
    /// Whether the clock of that zone leaves that time out.
    pub(super) is_in_gap: bool,
}

/// One VTIMEZONE as read.
#[derive(Clone, Debug, Default)]
pub(super) struct Definition {
    pub(super) tzid: String,
    /// X-LIC-LOCATION.
    pub(super) location: Option<String>,
    /// X-MICROSOFT-CDO-TZID.
    pub(super) cdo: Option<String>,
    pub(super) observances: Vec<Observance>,
}

/// The zones one calendar can name: those it defines, and all that have a name (IANA, Windows, Exchange, …).
#[derive(Debug)]
pub struct Zones {
    own: HashMap<String, Zone>,
    /// Names looked up before: a calendar has many times and few zones.
    named: RefCell<HashMap<String, Option<Iana>>>,
    budget: Cell<usize>,
}

#[derive(Debug, Default)]
struct Zone {
    rules: Option<Rules>,
    iana: Option<Iana>,
    /// Where the rules are some years of the IANA zone written out: up to when.
    excerpt_until: Option<civil::DateTime>,
}

#[derive(Clone, Debug)]
struct Iana {
    /// `None` for a plain offset.
    name: Option<String>,
    zone: tz::TimeZone,
}

impl Default for Zones {
    /// The zones that have a name.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Zones {
    pub(super) fn new(definitions: Vec<Definition>) -> Self {
        let mut own = HashMap::new();
        let budget = Cell::new(BUDGET);
        for definition in definitions {
            let iana = named(&definition.tzid)
                .or_else(|| definition.location.as_deref().and_then(named))
                .or_else(|| definition.cdo.as_deref().and_then(by_cdo));
            let rules = Rules::new(definition.observances);
            let excerpt_until = rules.as_ref().zip(iana.as_ref()).and_then(|(rules, iana)| {
                let last = rules.last_onset()?;
                let after = last.checked_add(Span::new().days(1)).ok()?;
                let agree = rules.instant(after, &budget)?.0 == iana.instant(after)?.0;
                agree.then_some(last)
            });
            let zone = Zone {
                rules,
                iana,
                excerpt_until,
            };
            own.entry(key(&definition.tzid)).or_insert(zone);
        }
        Self {
            own,
            named: RefCell::default(),
            budget,
        }
    }

    /// The zones of a calendar read before, by the definitions kept of it.
    #[must_use]
    pub fn of(definitions: &[ZoneDefinition]) -> Self {
        Self::new(definitions.iter().filter_map(read_definition).collect())
    }

    /// What `local` means in the zone the mail calls `tzid`; `None` when nothing knows that zone.
    pub(super) fn resolve(&self, tzid: &str, local: civil::DateTime) -> Option<Resolved> {
        let Some(zone) = self.own.get(&key(tzid)) else {
            let iana = self.named(tzid)?;
            let (instant, is_in_gap) = iana.instant(local)?;
            return Some(Resolved {
                instant,
                iana: iana.name,
                is_in_gap,
            });
        };
        let by_iana = zone
            .iana
            .as_ref()
            .and_then(|iana| Some((iana.instant(local)?, iana.name.clone())));
        // A single observance that never changes, under the name of a zone that does, is a stub some senders put
        // there to satisfy the grammar; people mean the zone. So is one that begins after the event, and one that ends
        // before it in the middle of the zone's changes.
        let is_beyond = zone.excerpt_until.is_some_and(|last| local > last);
        let by_rules = zone
            .rules
            .as_ref()
            .filter(|rules| by_iana.is_none() || rules.describe(local) && !is_beyond)
            .and_then(|rules| rules.instant(local, &self.budget));
        let ((instant, is_in_gap), iana) = match (by_rules, by_iana) {
            (Some(by_rules), Some((same, iana))) if by_rules.0 == same.0 => (by_rules, iana),
            (Some(by_rules), _) => (by_rules, None),
            (None, Some(by_iana)) => by_iana,
            (None, None) => return None,
        };
        Some(Resolved {
            instant,
            iana,
            is_in_gap,
        })
    }

    /// That wall clock time in a zone of the IANA database, whatever other name it is given by.
    pub(crate) fn time(&self, tzid: &str, local: civil::DateTime) -> Option<CalendarTime> {
        let resolved = self.resolve(tzid, local)?;
        let iana = resolved.iana?;
        Some(CalendarTime::Zoned {
            local,
            tzid: iana.clone(),
            iana: Some(iana),
            instant: resolved.instant,
        })
    }

    /// What `local` means to whoever has nothing but the definition the mail calls `tzid`.
    pub(super) fn by_rules_alone(&self, tzid: &str, local: civil::DateTime) -> Option<Timestamp> {
        let rules = self.own.get(&key(tzid))?.rules.as_ref()?;
        Some(rules.instant(local, &self.budget)?.0)
    }

    /// As [`Zones::resolve`], or by the IANA name the zone had while its definition was at hand.
    pub(super) fn resolve_or(
        &self,
        tzid: &str,
        iana: Option<&str>,
        local: civil::DateTime,
    ) -> Option<Resolved> {
        self.resolve(tzid, local)
            .or_else(|| self.resolve(iana?, local))
    }

    fn named(&self, tzid: &str) -> Option<Iana> {
        if let Some(known) = self.named.borrow().get(tzid) {
            return known.clone();
        }
        let found = named(tzid);
        self.named
            .borrow_mut()
            .insert(tzid.to_owned(), found.clone());
        found
    }

    /// The wall clock time at an instant in that zone, the inverse of [`Zones::resolve`].
    pub(super) fn local(
        &self,
        tzid: &str,
        iana: Option<&str>,
        near: civil::DateTime,
        instant: Timestamp,
    ) -> Option<civil::DateTime> {
        // Offsets change by hours, so two steps settle it; in the hour repeated both readings are right.
        let mut local = near;
        for _ in 0..4 {
            let meant = self.resolve_or(tzid, iana, local)?.instant;
            let off = instant.as_second().checked_sub(meant.as_second())?;
            if off == 0 {
                return Some(local);
            }
            local = local.checked_add(Span::new().try_seconds(off).ok()?).ok()?;
        }
        Some(local)
    }
}

impl Iana {
    /// A time in a gap is read with the offset before the gap, one that happens twice is the first of the two
    /// (RFC 5545 section 3.3.5): what jiff calls compatible. With whether it is in a gap.
    fn instant(&self, local: civil::DateTime) -> Option<(Timestamp, bool)> {
        let read = self.zone.to_ambiguous_timestamp(local);
        let is_in_gap = matches!(read.offset(), tz::AmbiguousOffset::Gap { .. });
        Some((read.compatible().ok()?, is_in_gap))
    }
}

/// TZID and its definition may differ in case, space, quotes and escapes.
fn key(tzid: &str) -> String {
    tzid.replace('\\', "")
        .trim_matches(|c: char| c.is_whitespace() || c == '"')
        .to_lowercase()
}

/// Whether whoever reads that TZID may take it for a zone of the databases.
pub(super) fn is_known(tzid: &str) -> bool {
    named(tzid).is_some()
}

fn named(tzid: &str) -> Option<Iana> {
    let name = tzid
        .replace('\\', "")
        .trim_matches(|c: char| c.is_whitespace() || c == '"')
        .to_owned();
    // Outlook's display names begin with an offset that is wrong half of the year: `(UTC+01:00) Bern, Rome`.
    let place = name
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .map_or(name.as_str(), |(_, place)| place.trim());
    iana(&name)
        .or_else(|| by_path(&name))
        .or_else(|| by_other_separators(&name))
        .or_else(|| names::iana_of(&name).and_then(iana))
        .or_else(|| names::iana_of(place).and_then(iana))
        .or_else(|| by_vendor(place))
        .or_else(|| iana(&names::zone_of_a_city_in(place)?))
        .or_else(|| by_vendor(&name))
        .or_else(|| by_offset(&name))
}

fn iana(name: &str) -> Option<Iana> {
    let zone = tz::TimeZone::get(name).ok()?;
    Some(Iana {
        name: zone.iana_name().map(ToOwned::to_owned),
        zone,
    })
}

/// `/mozilla.org/20070129_1/Europe/Berlin`, `posix/Europe/Vaduz`: the tail that is a zone.
fn by_path(name: &str) -> Option<Iana> {
    let mut rest = name;
    while let Some((_, tail)) = rest.split_once('/') {
        // `/mozilla.org/20070129_1/UTC` ends in a zone, too; `Foo/EST` means no zone of that name.
        let is_zone = tail.contains('/') || name.starts_with('/') && tail.starts_with("UTC");
        if is_zone && let Some(found) = iana(tail) {
            return Some(found);
        }
        rest = tail;
    }
    None
}

/// `America-Chicago`, `America/Los Angeles`.
fn by_other_separators(name: &str) -> Option<Iana> {
    let spaced = name.replace(' ', "_");
    if spaced != name && spaced.contains('/') {
        return iana(&spaced);
    }
    let (area, place) = name.split_once('-')?;
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    (is_word(area) && is_word(place))
        .then(|| iana(&format!("{area}/{place}")))
        .flatten()
}

/// Names of Windows (CLDR's windowsZones), Exchange and Outlook, from calcard's tables.
fn by_vendor(name: &str) -> Option<Iana> {
    let zone = calcard::common::timezone::Tz::from_str(name).ok()?;
    iana(&zone.name()?)
}

fn by_cdo(id: &str) -> Option<Iana> {
    let zone = calcard::common::timezone::Tz::from_ms_cdo_zone_id(id.trim())?;
    iana(&zone.name()?)
}

/// `UTC+11`, `GMT-0330`, `+01:00`: no zone, but no doubt either.
fn by_offset(name: &str) -> Option<Iana> {
    let upper = name.to_ascii_uppercase();
    let rest = upper
        .strip_prefix("UTC")
        .or_else(|| upper.strip_prefix("GMT"))
        .unwrap_or(&upper)
        .trim();
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() > 2 {
        (number / 100, number % 100)
    } else {
        (number, 0)
    };
    let offset = tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    (hours <= 14 && minutes < 60).then(|| Iana {
        name: None,
        zone: tz::TimeZone::fixed(offset),
    })
}

#[cfg(test)]
mod tests;
