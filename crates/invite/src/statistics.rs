//! How many were invited, from where, and what they answered (A25), counted by the changes of attendee records.
//!
//! Adding up [`Statistics::of_change`] of every change of an attendee's record, each once, gives the same as counting
//! the records: a replayed mail changes no record, so it moves nothing.

use std::{collections::BTreeMap, ops::AddAssign};

use crate::{
    event::{Attendee, Origin},
    ical::Partstat,
};

/// Numbers of one event, or the difference a change makes to them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// People invited.
    pub attendees: i64,
    /// The same by where the invitation came from; no zeros.
    pub origin: BTreeMap<Origin, i64>,
    /// People whose current answer came from this client (PRODID); no zeros.
    pub prodid: BTreeMap<String, i64>,
    /// Current answers.
    pub accepted: i64,
    /// Current answers.
    pub declined: i64,
    /// Current answers.
    pub tentative: i64,
    /// People without a current answer.
    pub no_action: i64,
}

impl Statistics {
    /// What a change of one attendee's record adds: `None` before is a new one, `None` after a removed one.
    #[must_use]
    pub fn of_change(before: Option<&Attendee>, after: Option<&Attendee>) -> Self {
        let mut change = Self::default();
        if let Some(before) = before {
            change.count(before, -1);
        }
        if let Some(after) = after {
            change.count(after, 1);
        }
        change
    }

    /// Counts records from scratch.
    #[must_use]
    pub fn recount<'a>(attendees: impl IntoIterator<Item = &'a Attendee>) -> Self {
        let mut statistics = Self::default();
        for attendee in attendees {
            statistics.count(attendee, 1);
        }
        statistics
    }

    fn count(&mut self, attendee: &Attendee, by: i64) {
        self.attendees += by;
        add(&mut self.origin, attendee.origin, by);
        if let Some(prodid) = client_of_current_answer(attendee) {
            add(&mut self.prodid, prodid.to_owned(), by);
        }
        match attendee.partstat {
            Partstat::Accepted => self.accepted += by,
            Partstat::Declined => self.declined += by,
            Partstat::Tentative => self.tentative += by,
            Partstat::NeedsAction | Partstat::Delegated => self.no_action += by,
        }
    }
}

impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.attendees += other.attendees;
        for (origin, by) in other.origin {
            add(&mut self.origin, origin, by);
        }
        for (prodid, by) in other.prodid {
            add(&mut self.prodid, prodid, by);
        }
        self.accepted += other.accepted;
        self.declined += other.declined;
        self.tentative += other.tentative;
        self.no_action += other.no_action;
    }
}

fn client_of_current_answer(attendee: &Attendee) -> Option<&str> {
    (attendee.partstat != Partstat::NeedsAction).then_some(())?;
    attendee
        .history
        .iter()
        .rev()
        .find(|answer| {
            !answer.earlier_version
                && answer.partstat == attendee.partstat
                && answer.stamp.sequence == attendee.partstat_sequence
        })?
        .prodid
        .as_deref()
}

fn add<K: Ord>(counts: &mut BTreeMap<K, i64>, key: K, by: i64) {
    let count = counts.entry(key).or_default();
    *count += by;
    if *count == 0 {
        counts.retain(|_, count| *count != 0);
    }
}
