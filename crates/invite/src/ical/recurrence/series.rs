//! A series with its overrides: instances moved, cancelled, re-added, one by one or from one on (RFC 5545 section
//! 3.8.4.4).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    clock::{Clock, instant, local},
    occurrences::{Occurrences, Series},
};
use crate::{
    ical::date::Duration,
    time::{CalendarTime, InstanceKey},
};

/// RANGE.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Range {
    /// That instance.
    This,
    /// RANGE=THISANDFUTURE: that instance and all later ones.
    ThisAndFuture,
}

/// A VEVENT with RECURRENCE-ID.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// RECURRENCE-ID.
    pub instance: CalendarTime,
    /// Its RANGE.
    pub range: Range,
    /// DTSTART.
    pub start: CalendarTime,
    /// DTEND.
    pub end: CalendarTime,
    /// STATUS:CANCELLED, or METHOD:CANCEL.
    pub is_cancelled: bool,
}

/// One instance of a series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    /// When the rule has it, which is what names it.
    pub occurrence: CalendarTime,
    /// When it starts.
    pub start: CalendarTime,
    /// When it ends.
    pub end: CalendarTime,
    /// It does not take place.
    pub is_cancelled: bool,
    /// Which of the overrides says so, by its place among them.
    pub by: Option<usize>,
}

/// The instances of a series in the order of what names them, which is not that of their starts where some are moved.
#[derive(Clone, Debug)]
pub struct Instances<'a> {
    series: Series<'a>,
    end: &'a CalendarTime,
    overrides: &'a [Override],
    occurrences: Occurrences<'a>,
    next: Option<CalendarTime>,
    /// Overrides of one instance not given out yet, those that no rule has any more among them.
    single: BTreeMap<(Timestamp, InstanceKey), usize>,
    /// Overrides of an instance and all later ones, by where they begin.
    from: BTreeMap<Timestamp, usize>,
}

impl<'a> Series<'a> {
    /// The instances, as the overrides have them. `end` is the master's DTEND. Of two overrides of the same instance
    /// the later in the list counts; one of an instance that the series does not have (any more) adds it.
    #[must_use]
    pub fn instances(&self, end: &'a CalendarTime, overrides: &'a [Override]) -> Instances<'a> {
        let mut single = BTreeMap::new();
        let mut from = BTreeMap::new();
        for (at, over) in overrides.iter().enumerate() {
            let key = over.instance.instance_key();
            single.insert((over.instance.instant(), key), at);
            if over.range == Range::ThisAndFuture {
                from.insert(over.instance.instant(), at);
            }
        }
        let mut occurrences = self.occurrences();
        Instances {
            series: *self,
            end,
            overrides,
            next: occurrences.next(),
            occurrences,
            single,
            from,
        }
    }
}

impl Instances<'_> {
    /// The instance as the override of it has it.
    fn overridden(&self, at: usize, occurrence: CalendarTime) -> Option<Instance> {
        let over = self.overrides.get(at)?;
        Some(Instance {
            occurrence,
            start: over.start.clone(),
            end: over.end.clone(),
            is_cancelled: over.is_cancelled,
            by: Some(at),
        })
    }

    /// The instance as the master has it, or an override of an earlier one and all later: moved by as much on the
    /// clock, and as long (RFC 5545 section 3.8.4.4).
    fn plain(&self, occurrence: CalendarTime) -> Option<Instance> {
        let later = self.from.range(..=occurrence.instant()).next_back();
        let over = later.and_then(|(_, at)| Some((*at, self.overrides.get(*at)?)));
        let (start, length, by) = match over {
            Some((at, over)) => {
                let start = self.moved(&occurrence, over)?;
                (start, length(&over.start, &over.end), Some(at))
            }
            None => {
                let length = match self.series.end_by_date(&occurrence) {
                    Some(end) => length(&occurrence, end),
                    None => length(self.series.start(), self.end),
                };
                (occurrence.clone(), length, None)
            }
        };
        Some(Instance {
            end: self.series.zones().after(&start, length)?,
            is_cancelled: over.is_some_and(|(_, over)| over.is_cancelled),
            occurrence,
            start,
            by,
        })
    }

    /// On the clock of the series, so that what is moved follows its summer time as what is not.
    fn moved(&self, occurrence: &CalendarTime, over: &Override) -> Option<CalendarTime> {
        let clock = Clock::of(self.series.start(), self.series.zones());
        let by = clock
            .shows(&over.start)?
            .duration_since(clock.shows(&over.instance)?);
        let moved = clock.shows(occurrence)?.checked_add(by).ok()?;
        Some(clock.read(moved)?.time)
    }
}

/// From start to end: whole days on the same clock are days, whatever that clock does in between; anything else is
/// as long as it takes (RFC 5545 section 3.8.5.3: "the same exact duration").
fn length(start: &CalendarTime, end: &CalendarTime) -> Duration {
    const DAY: i64 = 86_400;
    let by_clock = local(end).duration_since(local(start)).as_secs();
    let same_clock = match (start, end) {
        (CalendarTime::Zoned { tzid: a, .. }, CalendarTime::Zoned { tzid: b, .. }) => a == b,
        (start, end) => instant(start).is_some() == instant(end).is_some(),
    };
    if same_clock && by_clock % DAY == 0 {
        return Duration {
            days: by_clock / DAY,
            seconds: 0,
        };
    }
    Duration {
        days: 0,
        seconds: end.instant().duration_since(start.instant()).as_secs(),
    }
}

impl Iterator for Instances<'_> {
    type Item = Instance;

    fn next(&mut self) -> Option<Instance> {
        let single = self.single.first_key_value();
        let single = single.map(|((instant, key), at)| (*instant, key.clone(), *at));
        match (single, self.next.take()) {
            // One that no rule has, or an instance that was taken out and comes again.
            (Some((instant, key, at)), next)
                if next.as_ref().is_none_or(|next| {
                    instant < next.instant()
                        || instant == next.instant() && key != next.instance_key()
                }) =>
            {
                self.next = next;
                self.single.pop_first();
                let occurrence = self.overrides.get(at)?.instance.clone();
                self.overridden(at, occurrence)
            }
            (Some((instant, _, at)), Some(next)) if instant == next.instant() => {
                self.single.pop_first();
                self.next = self.occurrences.next();
                self.overridden(at, next)
            }
            (_, Some(next)) => {
                self.next = self.occurrences.next();
                self.plain(next)
            }
            (_, None) => None,
        }
    }
}
