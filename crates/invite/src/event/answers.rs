//! What an attendee's copy of an event says he has answered.

use std::collections::BTreeMap;

use super::{Attendee, Event};
use crate::{ical::Partstat, time::InstanceKey};

/// An attendee's answers to an event as it is now: to all of it, and to single instances of a series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answers {
    whole: Partstat,
    instances: BTreeMap<InstanceKey, Partstat>,
}

impl Answers {
    /// The same answer to every instance.
    #[must_use]
    pub fn all(partstat: Partstat) -> Self {
        Self {
            whole: partstat,
            instances: BTreeMap::new(),
        }
    }

    /// Those of an attendee's that still hold.
    #[must_use]
    pub fn of(attendee: &Attendee, event: &Event) -> Self {
        let answered = attendee.instances.keys().chain(event.instances.keys());
        let whole = match attendee.answer_to(event) {
            // His calendar is not to say that he comes while there is no place for him.
            Partstat::Accepted if attendee.waits() => Partstat::Tentative,
            said => said,
        };
        Self {
            whole,
            instances: answered
                .map(|key| (key.clone(), attendee.answer_to_instance(event, key)))
                .collect(),
        }
    }

    /// To one instance of a series; `None`: to the event.
    #[must_use]
    pub fn to(&self, instance: Option<&InstanceKey>) -> Partstat {
        let differing = instance.and_then(|key| self.instances.get(key));
        differing.copied().unwrap_or(self.whole)
    }
}
