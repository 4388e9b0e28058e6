//! A VTIMEZONE before the VEVENTs for every TZID they use (RFC 5545 section 3.6.5), right over the whole span.

use jiff::{SignedDuration, Timestamp};

use super::time::{Clocks, Written, Zone};
use crate::ical::{content_line::Lines, vtimezone::write_vtimezone};

/// How far ahead a series without an end is looked at where its zone has no rule of its own: what governments decide
/// is not known further.
const ENDLESS_YEARS: i64 = 20;

/// The zones that are used, in the order they come, and the span of all times together: so each is right also for who
/// shows a time of one in another.
#[derive(Debug, Default)]
pub(super) struct Span {
    zones: Vec<Zone>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Span {
    pub(super) fn note(&mut self, time: &Written) {
        self.zones.extend(
            time.zone()
                .filter(|zone| !self.zones.contains(zone))
                .cloned(),
        );
        if let Some(instant) = time.instant() {
            self.from = Some(self.from.map_or(instant, |from| from.min(instant)));
            self.goes_on(instant);
        }
    }

    /// The zones are used until then, too.
    pub(super) fn goes_on(&mut self, last: Timestamp) {
        self.until = Some(self.until.map_or(last, |until| until.max(last)));
    }

    /// The zones are used without an end.
    pub(super) fn goes_on_for_ever(&mut self) {
        let ahead = SignedDuration::from_hours(ENDLESS_YEARS * 366 * 24);
        if let Some(from) = self.from {
            self.goes_on(from.checked_add(ahead).unwrap_or(Timestamp::MAX));
        }
    }

    pub(super) fn write(&self, lines: &mut Lines, clocks: &Clocks) {
        let Some((from, until)) = self.from.zip(self.until) else {
            return;
        };
        for zone in &self.zones {
            match zone {
                Zone::Iana(iana) => {
                    write_vtimezone(lines, iana, from, until);
                }
                Zone::Own { name, .. } => {
                    if let Some(own) = clocks.own(name) {
                        own.write(lines);
                    }
                }
            }
        }
    }
}
