//! What counts of all an attendee has said.

use jiff::Timestamp;

use super::{Answer, Attendee, Event, InstanceAnswer};
use crate::{ical::Partstat, id::Digest, time::InstanceKey};

impl Attendee {
    /// What this attendee says to the event as it is now: an answer from before the last significant change reads
    /// as NEEDS-ACTION, also while the stored one has not been set back yet.
    #[must_use]
    pub fn answer_to(&self, event: &Event) -> Partstat {
        if self.partstat_sequence < event.answers_open_since(None) {
            Partstat::NeedsAction
        } else {
            self.partstat
        }
    }

    /// The same of one instance: of what he says to it and what he says to the series the later one, as far as they
    /// were given since he was last asked about it.
    #[must_use]
    pub fn answer_to_instance(&self, event: &Event, instance: &InstanceKey) -> Partstat {
        let open_since = event.answers_open_since(Some(instance));
        let whole = (self.partstat_sequence >= open_since).then_some(self.partstat);
        let own = self
            .instances
            .get(instance)
            .filter(|own| own.answers_since(open_since));
        match (own, whole) {
            (Some(own), Some(whole)) if self.said_of_all_later_than(own) => whole,
            (Some(own), _) => own.partstat,
            (None, Some(whole)) => whole,
            (None, None) => Partstat::NeedsAction,
        }
    }

    /// The recorded answer `partstat` is from; `None` while it is NEEDS-ACTION.
    #[must_use]
    pub fn current_answer(&self) -> Option<&Answer> {
        (self.partstat != Partstat::NeedsAction).then_some(())?;
        self.history.iter().rev().find(|answer| {
            answer.instance.is_none()
                && !answer.earlier_version
                && answer.partstat == self.partstat
                && answer.stamp.sequence == self.partstat_sequence
        })
    }

    /// Whether his answer to the series was given later than this one to an instance. Not by SEQUENCE: each component
    /// counts its own (RFC 5546 section 2.1.4).
    #[must_use]
    pub fn said_of_all_later_than(&self, own: &InstanceAnswer) -> bool {
        let given = |dtstamp: Timestamp, arrived: Timestamp| (dtstamp, arrived);
        self.current_answer().is_some_and(|whole| {
            given(whole.stamp.dtstamp, whole.arrived) > given(own.stamp.dtstamp, own.arrived)
        })
    }
}

impl InstanceAnswer {
    /// Whether this is an answer (and not a question), given to our SEQUENCE `open_since` or a later one.
    #[must_use]
    pub fn answers_since(&self, open_since: u32) -> bool {
        self.partstat != Partstat::NeedsAction && self.stamp.sequence >= open_since
    }

    /// What tells the answers to one instance apart, in their order.
    pub(crate) fn place(&self) -> (super::Stamp, Timestamp, Option<&Digest>) {
        (self.stamp, self.arrived, self.digest.as_ref())
    }
}
