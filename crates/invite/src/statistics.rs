//! How many were invited, from where, and what they answered (A25), counted by the changes of attendee records.
//!
//! Adding up [`Statistics::of_change`] of every change of an attendee's record, each once, gives the same as counting
//! the records: a replayed mail changes no record, so it moves nothing.

use std::{collections::BTreeMap, ops::AddAssign};

use crate::{
    delivery::{Posted, PostedState},
    event::{Attendee, Origin},
    ical::Partstat,
    time::InstanceKey,
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
    /// By instance of a series what is to be added to the four numbers above to have those of the instance; no
    /// zeros. An instance is here only if somebody says something else to it than to the series.
    pub instances: BTreeMap<InstanceKey, Answers>,
    /// People by where the mail to them stands; no zeros. Who waits for his first letter is not counted here: he is
    /// whoever of the attendees is missing.
    pub delivery: BTreeMap<PostedState, i64>,
    /// People who have come.
    pub attended: i64,
}

/// Answers by what they say, or a difference of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Answers {
    /// Come.
    pub accepted: i64,
    /// Do not come.
    pub declined: i64,
    /// May come.
    pub tentative: i64,
    /// Have not answered, or send somebody else.
    pub no_action: i64,
}

impl Answers {
    fn add(&mut self, partstat: Partstat, by: i64) {
        *match partstat {
            Partstat::Accepted => &mut self.accepted,
            Partstat::Declined => &mut self.declined,
            Partstat::Tentative => &mut self.tentative,
            Partstat::NeedsAction | Partstat::Delegated => &mut self.no_action,
        } += by;
    }
}

impl AddAssign for Answers {
    fn add_assign(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.declined += other.declined;
        self.tentative += other.tentative;
        self.no_action += other.no_action;
    }
}

impl Statistics {
    /// The answers to the series, or to the event that takes place once.
    #[must_use]
    pub fn answers(&self) -> Answers {
        Answers {
            accepted: self.accepted,
            declined: self.declined,
            tentative: self.tentative,
            no_action: self.no_action,
        }
    }

    /// The answers to one instance.
    #[must_use]
    pub fn answers_to(&self, instance: &InstanceKey) -> Answers {
        let mut answers = self.answers();
        answers += self.instances.get(instance).copied().unwrap_or_default();
        answers
    }

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

    /// What a change of where the mail to one attendee stands adds.
    #[must_use]
    pub fn of_posting(before: Option<&Posted>, after: Option<&Posted>) -> Self {
        let mut change = Self::default();
        for (posted, by) in [(before, -1), (after, 1)] {
            match posted.map(Posted::state) {
                None | Some(PostedState::Waiting) => {}
                Some(state) => add(&mut change.delivery, state, by),
            }
        }
        change
    }

    /// The same for many events together, whose dates have nothing to do with each other.
    #[must_use]
    pub fn without_instances(mut self) -> Self {
        self.instances.clear();
        self
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
        self.attended += if attendee.attended.is_some() { by } else { 0 };
        add(&mut self.origin, attendee.origin, by);
        if let Some(prodid) = attendee
            .current_answer()
            .and_then(|answer| answer.prodid.as_ref())
        {
            add(&mut self.prodid, prodid.clone(), by);
        }
        let mut answers = Answers::default();
        answers.add(attendee.partstat, by);
        self.add_answers(answers);
        for (key, own) in &attendee.instances {
            if !own.superseded {
                let mut difference = Answers::default();
                difference.add(attendee.partstat, -by);
                difference.add(own.partstat, by);
                self.add_difference(key, difference);
            }
        }
    }

    fn add_answers(&mut self, answers: Answers) {
        self.accepted += answers.accepted;
        self.declined += answers.declined;
        self.tentative += answers.tentative;
        self.no_action += answers.no_action;
    }

    fn add_difference(&mut self, key: &InstanceKey, difference: Answers) {
        if difference == Answers::default() {
            return;
        }
        let sum = self.instances.entry(key.clone()).or_default();
        *sum += difference;
        if *sum == Answers::default() {
            self.instances.remove(key);
        }
    }
}

impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.attendees += other.attendees;
        self.attended += other.attended;
        self.add_answers(other.answers());
        for (origin, by) in other.origin {
            add(&mut self.origin, origin, by);
        }
        for (prodid, by) in other.prodid {
            add(&mut self.prodid, prodid, by);
        }
        for (key, difference) in other.instances {
            self.add_difference(&key, difference);
        }
        for (state, by) in other.delivery {
            add(&mut self.delivery, state, by);
        }
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, i64>, key: K, by: i64) {
    let count = counts.entry(key).or_default();
    *count += by;
    if *count == 0 {
        counts.retain(|_, count| *count != 0);
    }
}
