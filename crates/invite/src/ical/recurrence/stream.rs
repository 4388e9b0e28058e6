//! The occurrences of one rule, in the order of their instants.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};

use super::{
    clock::{Clock, instant, local},
    expansion::Expansion,
    rule::{End, Rule, Until},
};
use crate::time::CalendarTime;

/// A rule's times with what they mean, as far as COUNT and UNTIL allow.
#[derive(Clone, Debug)]
pub(super) struct Stream<'a> {
    expansion: Expansion,
    clock: Clock<'a>,
    left: Option<u32>,
    until: Option<Until>,
    has_ended: bool,
    /// Times the zone's clock leaves out mean later ones, so they wait here for those in between.
    waiting: BTreeMap<Timestamp, CalendarTime>,
    next: Option<CalendarTime>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(rule: &Rule, start: &CalendarTime, clock: Clock<'a>) -> Self {
        let (left, until) = match rule.end {
            End::Never => (None, None),
            End::Count(count) => (Some(count), None),
            End::Until(until) => (None, Some(until)),
        };
        Self {
            expansion: Expansion::new(rule, local(start)),
            clock,
            left,
            until,
            has_ended: false,
            waiting: BTreeMap::new(),
            next: None,
        }
    }

    /// Leaves out what comes before `local`, where that can be done without counting. Only before the first
    /// occurrence is taken.
    pub(super) fn seek(&mut self, local: civil::DateTime) {
        if self.left.is_none() {
            self.expansion.seek(local);
        }
    }

    fn pull(&mut self) -> Option<(CalendarTime, bool)> {
        if self.has_ended || self.left == Some(0) {
            return None;
        }
        let local = self.expansion.next()?;
        let read = self.clock.read(local)?;
        let is_day = read.time.is_all_day();
        if let Some(until) = self.until
            && !until.admits(local, instant(&read.time), is_day)
        {
            return None;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        Some((read.time, read.is_in_gap))
    }
}

impl Iterator for Stream<'_> {
    type Item = CalendarTime;

    fn next(&mut self) -> Option<CalendarTime> {
        while self.next.is_none() && !self.has_ended {
            match self.pull() {
                Some((time, true)) => {
                    self.waiting.insert(time.instant(), time);
                }
                Some((time, false)) => self.next = Some(time),
                None => self.has_ended = true,
            }
        }
        let waiting = self.waiting.first_key_value().map(|(instant, _)| *instant);
        match (waiting, &self.next) {
            (Some(waiting), Some(next)) if next.instant() < waiting => self.next.take(),
            (Some(_), _) => self.waiting.pop_first().map(|(_, time)| time),
            (None, _) => self.next.take(),
        }
    }
}
