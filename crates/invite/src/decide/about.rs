//! Which instance of a series an attendee's mail is about.

use std::cell::OnceCell;

use super::{Rule, reason::Trace};
use crate::{
    event::{Event, Recurring},
    time::{CalendarTime, InstanceKey},
};

/// What a component of an attendee's mail is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum About {
    /// The series, or the event that takes place once.
    Whole,
    /// One instance of the series.
    One(InstanceKey),
    /// A date on which there is none.
    Nothing,
}

/// The dates of an event; its rule is read once, and only if somebody names a date that is not an override.
pub(super) struct Dates<'a> {
    event: &'a Event,
    rule: OnceCell<Recurring<'a>>,
}

impl<'a> Dates<'a> {
    pub(super) fn of(event: &'a Event) -> Self {
        Self {
            event,
            rule: OnceCell::new(),
        }
    }

    /// What RECURRENCE-ID, or its absence, names.
    fn named(&self, recurrence_id: Option<&CalendarTime>) -> About {
        let Some(written) = recurrence_id else {
            return About::Whole;
        };
        let details = &self.event.details;
        let time = details.recurrence_id(written);
        let key = time.instance_key();
        if !details.recurs() {
            // Some clients answer a single event with its own start as RECURRENCE-ID.
            return if key == details.start.instance_key() {
                About::Whole
            } else {
                About::Nothing
            };
        }
        if self.event.instances.contains_key(&key) || self.rule_gives(&time) {
            About::One(key)
        } else {
            About::Nothing
        }
    }

    /// The same, noting what it is.
    pub(super) fn named_explained(
        &self,
        recurrence_id: Option<&CalendarTime>,
        why: &mut Trace,
    ) -> About {
        let about = self.named(recurrence_id);
        match (&about, recurrence_id) {
            (About::One(key), _) => why.note(Rule::AboutInstance, [("instance", key.into())]),
            (About::Nothing, Some(written)) => {
                let key = self.event.details.recurrence_id(written).instance_key();
                why.note(Rule::NoSuchInstance, [("recurrence_id", (&key).into())]);
            }
            _ => {}
        }
        about
    }

    fn rule_gives(&self, time: &CalendarTime) -> bool {
        let rule = self.rule.get_or_init(|| self.event.details.recurring());
        rule.series().is_occurrence(time)
    }
}
