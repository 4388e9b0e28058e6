//! Answers after a significant change, of the event or of one instance.
//!
//! > Significant: sequence+1, answers reopen.

use std::collections::BTreeSet;

use crate::{
    event::{Attendee, Event, InstanceAnswer, Stamp},
    ical::Partstat,
    time::InstanceKey,
};

/// The attendee's record with the answers set back to NEEDS-ACTION that were given before the last significant
/// change of what they answer; `None` if there is nothing to set back. Stored on condition that the stored `revision`
/// is one less.
///
/// Asked by whoever sends the update, and by whoever has just stored an answer: one of the two comes last.
#[must_use]
pub fn reopen(event: &Event, attendee: &Attendee) -> Option<Attendee> {
    let mut settled = attendee.clone();
    settle(event, &mut settled);
    if settled == *attendee {
        return None;
    }
    settled.revision = settled.revision.saturating_add(1);
    Some(settled)
}

/// Brings what counts in line with the event: so that the record alone, without the event, says it (statistics).
pub(super) fn settle(event: &Event, attendee: &mut Attendee) {
    attendee.partstat = attendee.answer_to(event);
    attendee.place = attendee.place_by_answer(event);
    if attendee.partstat != Partstat::Delegated {
        attendee.delegated_to = None;
    }
    let keys: BTreeSet<InstanceKey> = attendee
        .instances
        .keys()
        .chain(event.instances.keys())
        .cloned()
        .collect();
    for key in keys {
        let open_since = event.answers_open_since(Some(&key));
        let whole_counts = attendee.partstat_sequence >= open_since;
        let own = attendee
            .instances
            .get(&key)
            .filter(|own| own.answers_since(open_since))
            .cloned();
        match own {
            Some(own) => {
                let superseded = whole_counts && attendee.said_of_all_later_than(&own);
                attendee
                    .instances
                    .insert(key, InstanceAnswer { superseded, ..own });
            }
            None if whole_counts || attendee.partstat == Partstat::NeedsAction => {
                attendee.instances.remove(&key);
            }
            None => {
                attendee
                    .instances
                    .insert(key, asked_again(event, open_since));
            }
        }
    }
}

fn asked_again(event: &Event, open_since: u32) -> InstanceAnswer {
    InstanceAnswer {
        partstat: Partstat::NeedsAction,
        stamp: Stamp {
            sequence: open_since,
            dtstamp: event.created,
        },
        arrived: event.created,
        digest: None,
        superseded: false,
    }
}
