//! What changed since an attendee's last copy (D3), as data.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::Dates;
use crate::{
    event::{Edition, Event, InstanceEdition},
    ical::{ContentLine, Status, recurrence::Recurrence},
    language::Language,
    time::{CalendarTime, InstanceKey},
};

mod view;

pub(super) use view::ChangesView;

/// One difference between two editions of an event. Times are by the clock they were written for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of the large ones at most, among a few"
)]
pub enum Change {
    /// Confirmed, not yet confirmed, cancelled.
    Status {
        /// As it was.
        before: Status,
        /// As it is.
        now: Status,
    },
    /// DTSTART or DTEND, of a series: of all its dates.
    When {
        /// From when to when it was.
        before: (CalendarTime, CalendarTime),
        /// From when to when it is.
        now: (CalendarTime, CalendarTime),
    },
    /// RRULE, or RDATE and EXDATE where the rule is another; in words of the language asked for, `None`: it takes place
    /// once.
    Recurrence {
        /// As it was.
        before: Option<String>,
        /// As it is.
        now: Option<String>,
    },
    /// LOCATION; may be empty.
    Where {
        /// As it was.
        before: String,
        /// As it is.
        now: String,
    },
    /// SUMMARY; may be empty.
    Title {
        /// As it was.
        before: String,
        /// As it is.
        now: String,
    },
    /// DESCRIPTION: that it is another, not from what.
    Description,
    /// A date of a series takes place at another time or place, or under another title.
    Instance {
        /// When the rule has it.
        recurrence_id: CalendarTime,
        /// What it was.
        before: Box<InstanceEdition>,
        /// What it is.
        now: Box<InstanceEdition>,
    },
    /// A date of a series does not take place any more.
    InstanceCancelled {
        /// When the rule has it.
        recurrence_id: CalendarTime,
    },
    /// A date of a series takes place after all, or is a new one.
    InstanceBack {
        /// When the rule has it.
        recurrence_id: CalendarTime,
        /// What it is.
        now: Box<InstanceEdition>,
    },
}

/// What is different now for whoever was last told `before`. Empty: nothing that a letter tells.
#[must_use]
pub fn changes(before: &Edition, now: &Event, language: Language) -> Vec<Change> {
    changes_between(before, &Edition::of(now), &now.details.zones, language)
}

/// What is different in `after`; `zones` are the VTIMEZONEs the event's times and rules need beside those everybody knows.
#[must_use]
pub fn changes_between(
    before: &Edition,
    after: &Edition,
    zones: &[Vec<ContentLine>],
    language: Language,
) -> Vec<Change> {
    let mut changes = Vec::new();
    if before.status != after.status {
        changes.push(Change::Status {
            before: before.status,
            now: after.status,
        });
    }
    let (was, is) = (&before.shown, &after.shown);
    if was.summary != is.summary {
        changes.push(Change::Title {
            before: was.summary.clone(),
            now: is.summary.clone(),
        });
    }
    let same_time = same(&was.start, &is.start) && same(&was.end, &is.end);
    if !same_time {
        changes.push(Change::When {
            before: (was.start.clone(), was.end.clone()),
            now: (is.start.clone(), is.end.clone()),
        });
    }
    let old = Dates::new(&was.start, &before.recurrence, zones);
    let new = Dates::new(&is.start, &after.recurrence, zones);
    let same_rules = match (&old, &new) {
        (Some(old), Some(new)) => old.has_the_rules_of(new),
        (None, None) => true,
        _ => false,
    };
    if !same_rules {
        let words = |dates: &Option<Dates>| dates.as_ref().map(|dates| dates.sentence(language));
        changes.push(Change::Recurrence {
            before: words(&old),
            now: words(&new),
        });
    }
    if was.location != is.location {
        changes.push(Change::Where {
            before: was.location.clone(),
            now: is.location.clone(),
        });
    }
    if was.description != is.description {
        changes.push(Change::Description);
    }
    // Where all dates are others, which of the old ones is which of the new is not to be said.
    if same_rules
        && same(&was.start, &is.start)
        && let (Some(old), Some(new)) = (old, new)
    {
        let old = Instances::new(before, &old);
        let new = Instances::new(after, &new);
        changes.extend(old.differences(&new, was, is));
    }
    changes
}

/// The same to people, however it was written.
fn same(a: &CalendarTime, b: &CalendarTime) -> bool {
    a.instance_key() == b.instance_key()
}

/// What an edition says of single dates.
struct Instances<'a> {
    edition: &'a Edition,
    /// By EXDATE or one by one.
    cancelled: BTreeMap<InstanceKey, CalendarTime>,
    /// RDATE.
    added: BTreeMap<InstanceKey, CalendarTime>,
    dates: &'a Dates,
}

impl<'a> Instances<'a> {
    fn new(edition: &'a Edition, dates: &'a Dates) -> Self {
        let Recurrence {
            dates: added,
            excluded,
            ..
        } = dates.recurrence();
        let named = |time: &CalendarTime| {
            let time = dates.named(time);
            (time.instance_key(), time)
        };
        let mut cancelled: BTreeMap<_, _> = excluded.iter().map(named).collect();
        for (key, instance) in &edition.instances {
            match instance {
                Some(_) => cancelled.remove(key),
                None => cancelled.insert(key.clone(), dates.time_of(key)),
            };
        }
        Self {
            edition,
            cancelled,
            added: added.iter().map(|date| named(&date.start)).collect(),
            dates,
        }
    }

    /// What takes place under that name, as far as this edition says so of single dates; `None`: as the rule says.
    fn single(&self, key: &InstanceKey) -> Option<&InstanceEdition> {
        self.edition.instances.get(key).and_then(Option::as_ref)
    }

    fn differences(&self, now: &Self, was: &InstanceEdition, is: &InstanceEdition) -> Vec<Change> {
        let keys: BTreeSet<&InstanceKey> = [self, now]
            .into_iter()
            .flat_map(|side| {
                side.cancelled
                    .keys()
                    .chain(side.added.keys())
                    .chain(side.edition.instances.keys())
            })
            .collect();
        let mut found: Vec<_> = keys
            .into_iter()
            .filter_map(|key| {
                let recurrence_id = now.time_of(key, self);
                let before = self.shown(key, &recurrence_id, was);
                let after = now.shown(key, &recurrence_id, is);
                Some(match (before, after) {
                    (None, None) => return None,
                    (Some(_), None) => Change::InstanceCancelled { recurrence_id },
                    (None, Some(now)) => Change::InstanceBack {
                        recurrence_id,
                        now: Box::new(now),
                    },
                    // Of a date by the rule, what changed is said of all of them.
                    (Some(_), Some(_))
                        if self.single(key).is_none() && now.single(key).is_none() =>
                    {
                        return None;
                    }
                    (Some(before), Some(now)) if alike(&before, &now) => return None,
                    (Some(before), Some(now)) => Change::Instance {
                        recurrence_id,
                        before: Box::new(before),
                        now: Box::new(now),
                    },
                })
            })
            .collect();
        found.sort_by_key(|change| match change {
            Change::Instance { recurrence_id, .. }
            | Change::InstanceCancelled { recurrence_id }
            | Change::InstanceBack { recurrence_id, .. } => recurrence_id.instant(),
            _ => jiff::Timestamp::MIN,
        });
        found
    }

    fn time_of(&self, key: &InstanceKey, other: &Self) -> CalendarTime {
        let lists = [&self.cancelled, &self.added, &other.cancelled, &other.added];
        let listed = lists.into_iter().find_map(|list| list.get(key));
        listed.cloned().unwrap_or_else(|| self.dates.time_of(key))
    }

    /// `None`: nothing takes place.
    fn shown(
        &self,
        key: &InstanceKey,
        recurrence_id: &CalendarTime,
        by_rule: &InstanceEdition,
    ) -> Option<InstanceEdition> {
        if let Some(single) = self.single(key) {
            return Some(single.clone());
        }
        let takes_place = !self.cancelled.contains_key(key)
            && (self.added.contains_key(key) || self.dates.has(key));
        takes_place.then(|| by_rule.at(recurrence_id))
    }
}

/// Whether a letter would tell the same of both.
fn alike(a: &InstanceEdition, b: &InstanceEdition) -> bool {
    same(&a.start, &b.start)
        && same(&a.end, &b.end)
        && a.location == b.location
        && a.summary == b.summary
        && a.description == b.description
}
