//! The recurrence set of a series without its overrides (RFC 5545 section 3.8.5): DTSTART, RRULE and RDATE together,
//! less EXDATE and EXRULE.

use jiff::{Span, Timestamp, civil, tz};

use super::{
    Recurrence,
    clock::Clock,
    exclusions::Exclusions,
    rule::{End, Until},
    stream::Stream,
};
use crate::{
    ical::Zones,
    time::{CalendarTime, InstanceKey},
};

/// Occurrences looked at to answer one question. A series longer than that without an UNTIL counts as endless.
pub const MAX_COUNTED: usize = 200_000;

/// A series: where it begins, how it goes on, and the zones its calendar defined.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    start: &'a CalendarTime,
    recurrence: &'a Recurrence,
    zones: &'a Zones,
}

/// Occurrences in order, each later than the one before it. Endless where the series is, so take as many as needed.
#[derive(Clone, Debug)]
pub struct Occurrences<'a> {
    streams: Vec<Head<'a>>,
    dates: std::slice::Iter<'a, super::Date>,
    date: Option<&'a CalendarTime>,
    /// DTSTART, until it has been given out.
    start: Option<&'a CalendarTime>,
    exclusions: Exclusions,
    last: Option<Timestamp>,
    from: Option<Timestamp>,
}

#[derive(Clone, Debug)]
struct Head<'a> {
    stream: Stream<'a>,
    next: Option<CalendarTime>,
}

impl<'a> Series<'a> {
    /// `start` is DTSTART, `zones` are those of the calendar `start` and `recurrence` were read from.
    #[must_use]
    pub fn new(start: &'a CalendarTime, recurrence: &'a Recurrence, zones: &'a Zones) -> Self {
        Self {
            start,
            recurrence,
            zones,
        }
    }

    pub(super) fn start(&self) -> &'a CalendarTime {
        self.start
    }

    pub(super) fn recurrence(&self) -> &'a Recurrence {
        self.recurrence
    }

    pub(super) fn zones(&self) -> &'a Zones {
        self.zones
    }

    /// The end RDATE gives an occurrence.
    pub(super) fn end_by_date(&self, occurrence: &CalendarTime) -> Option<&'a CalendarTime> {
        let dates = &self.recurrence.dates;
        let at = dates.binary_search_by_key(&occurrence.instant(), |date| date.start.instant());
        dates.get(at.ok()?)?.end.as_ref()
    }

    /// All occurrences, DTSTART the first whether a rule matches it or not, unless it is excluded.
    #[must_use]
    pub fn occurrences(&self) -> Occurrences<'a> {
        self.from(None)
    }

    /// The occurrences that are not before `instant`; floating times and days count as UTC's.
    #[must_use]
    pub fn occurrences_from(&self, instant: Timestamp) -> Occurrences<'a> {
        self.from(Some(instant))
    }

    fn from(&self, from: Option<Timestamp>) -> Occurrences<'a> {
        let clock = Clock::of(self.start, self.zones);
        // No clock is two days off.
        let sought = from.and_then(|from| {
            let utc = tz::TimeZone::UTC.to_datetime(from);
            utc.checked_sub(Span::new().days(2)).ok()
        });
        let streams: Vec<_> = self
            .recurrence
            .rules
            .iter()
            .map(|rule| Stream::new(rule, self.start, clock))
            .map(|mut stream| {
                if let Some(sought) = sought {
                    stream.seek(sought);
                }
                Head {
                    next: stream.next(),
                    stream,
                }
            })
            .collect();
        let mut dates = self.recurrence.dates.iter();
        Occurrences {
            streams,
            date: dates.next().map(|date| &date.start),
            dates,
            start: Some(self.start),
            exclusions: Exclusions::new(
                &self.recurrence.excluded,
                &self.recurrence.exclusion_rules,
                self.start,
            ),
            last: None,
            from,
        }
    }

    /// Whether RECURRENCE-ID names an occurrence. False for one beyond [`MAX_COUNTED`] where a rule counts.
    #[must_use]
    pub fn is_occurrence(&self, instance: &CalendarTime) -> bool {
        self.occurrence(&instance.instance_key()).is_some()
    }

    /// The occurrence with that name.
    #[must_use]
    pub fn occurrence(&self, key: &InstanceKey) -> Option<CalendarTime> {
        let at = instant_of(key)?;
        self.occurrences_from(at)
            .take(MAX_COUNTED)
            .take_while(|time| time.instant() <= at)
            .find(|time| time.instance_key() == *key)
    }

    /// The first occurrence after `instant`.
    #[must_use]
    pub fn next_after(&self, instant: Timestamp) -> Option<CalendarTime> {
        self.occurrences_from(instant)
            .take(MAX_COUNTED)
            .find(|time| time.instant() > instant)
    }

    /// Whether a rule goes on without COUNT and UNTIL.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.recurrence
            .rules
            .iter()
            .any(|rule| rule.end == End::Never)
    }

    /// How many occurrences there are; `None` when it is endless or there are more than [`MAX_COUNTED`].
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        if self.is_endless() {
            return None;
        }
        let count = self.occurrences().take(MAX_COUNTED + 1).count();
        (count <= MAX_COUNTED).then_some(count)
    }

    /// The last occurrence; `None` when it is endless, counts to more than [`MAX_COUNTED`], or has none at all.
    #[must_use]
    pub fn last(&self) -> Option<CalendarTime> {
        if self.is_endless() {
            return None;
        }
        // What is close to the end is looked at first: most series with an UNTIL have occurrences there.
        let end = self.end_of_untils();
        for days in [2_i64, 62, 800, 12_000] {
            let Some(end) = end else { break };
            let from = end.checked_sub(jiff::SignedDuration::from_hours(days * 24));
            if let Some(last) = from
                .ok()
                .and_then(|from| last_of(self.occurrences_from(from)))
            {
                return Some(last);
            }
        }
        last_of(self.occurrences())
    }

    /// The latest UNTIL or RDATE; `None` when a rule counts, so that nothing says when it ends.
    fn end_of_untils(&self) -> Option<Timestamp> {
        let utc = |local: civil::DateTime| tz::TimeZone::UTC.to_timestamp(local).ok();
        let untils = self.recurrence.rules.iter().map(|rule| match rule.end {
            End::Until(Until::Utc(instant)) => Some(instant),
            End::Until(Until::Local(local)) => utc(local),
            End::Until(Until::Date(day)) => utc(day.at(23, 59, 59, 0)),
            End::Never | End::Count(_) => None,
        });
        let dates = self
            .recurrence
            .dates
            .iter()
            .map(|date| Some(date.start.instant()));
        untils
            .chain(dates)
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .max()
    }
}

/// `None` when there is none, or no end to be seen.
fn last_of(mut occurrences: Occurrences<'_>) -> Option<CalendarTime> {
    let last = occurrences.by_ref().take(MAX_COUNTED).last();
    last.filter(|_| occurrences.next().is_none())
}

/// When the instance of that name is; a floating time and a day as UTC's.
fn instant_of(key: &InstanceKey) -> Option<Timestamp> {
    use crate::ical::date::{Written, parse};
    let local = match parse(key.as_str())? {
        Written::Date(day) => day.at(0, 0, 0, 0),
        Written::DateTime(local, _) => local,
    };
    tz::TimeZone::UTC.to_timestamp(local).ok()
}

impl Occurrences<'_> {
    /// The earliest of what all rules and dates have next.
    fn earliest(&mut self) -> Option<CalendarTime> {
        // An RDATE may come before DTSTART; rules never do.
        let is_first = |start: &&CalendarTime| {
            self.date
                .is_none_or(|date| date.instant() >= start.instant())
        };
        if self.start.filter(is_first).is_some() {
            return self.start.take().cloned();
        }
        let head = self
            .streams
            .iter_mut()
            .filter(|head| head.next.is_some())
            .min_by_key(|head| head.next.as_ref().map(CalendarTime::instant));
        match (head, self.date) {
            (Some(head), date)
                if date.is_none_or(|date| {
                    head.next
                        .as_ref()
                        .is_some_and(|next| next.instant() <= date.instant())
                }) =>
            {
                let next = head.stream.next();
                std::mem::replace(&mut head.next, next)
            }
            (_, Some(date)) => {
                self.date = self.dates.next().map(|date| &date.start);
                Some(date.clone())
            }
            (_, None) => None,
        }
    }
}

impl Iterator for Occurrences<'_> {
    type Item = CalendarTime;

    fn next(&mut self) -> Option<CalendarTime> {
        // What is left out one after the other is bounded, too: an EXRULE may take out all an RRULE gives.
        for _ in 0..MAX_COUNTED {
            let time = self.earliest()?;
            let at = time.instant();
            let is_later = self.last.is_none_or(|last| at > last);
            let is_wanted = self.from.is_none_or(|from| at >= from);
            if is_later && is_wanted {
                self.last = Some(at);
                if !self.exclusions.take_out(&time) {
                    return Some(time);
                }
            }
        }
        None
    }
}
