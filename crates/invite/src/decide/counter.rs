//! An attendee's COUNTER: another time he would like better.
//!
//! > dropped | DECLINECOUNTER and the current REQUEST | proposal kept, answer unchanged | refused | one open proposal per
//! > attendee and instance

use jiff::Timestamp;

use super::{
    AttendeeDecision, Ignored, Known, Outcome, Rule,
    about::{About, Dates},
    attendee::Records,
    order::compared,
    reason::{Trace, on},
    refresh::owe,
    who::{Who, who_answers},
};
use crate::{
    address::Address,
    command::{Counter, FromAttendee, Proposed, RefusalReason},
    event::{Attendee, Event, Evidence, OwedLetter, Proposal},
    time::{CalendarTime, InstanceKey},
};

/// Decides about a COUNTER.
///
/// [`Known::attendees`]: the records of [`super::addresses_to_load`], and the token's owner as for [`super::reply`].
#[must_use]
pub fn counter(known: &Known<'_>, counter: &Counter, now: Timestamp) -> AttendeeDecision {
    let Some(event) = known.event else {
        return AttendeeDecision::unknown_event(&counter.by.uid);
    };
    let dates = Dates::of(event);
    let mut records = Records::new(known, event, now);
    let who = who_answers(event, known, &counter.by, &mut records.why);
    let outcomes = counter
        .proposals
        .iter()
        .map(|proposed| match &who {
            Who::Invited(_, Evidence::None) => Outcome::Quarantined,
            Who::Invited(person, evidence) => one(
                &mut records,
                &dates,
                person,
                *evidence,
                &counter.by,
                proposed,
            ),
            Who::Guest { .. } | Who::Nobody => Outcome::Ignored(Ignored::UnknownAttendee),
        })
        .collect();
    records.decision(outcomes, counter.by.from_is_authenticated)
}

fn one(
    records: &mut Records<'_>,
    dates: &Dates<'_>,
    person: &Address,
    evidence: Evidence,
    by: &FromAttendee,
    proposed: &Proposed,
) -> Outcome {
    let event = records.event;
    let why = &mut records.why;
    let instance = match dates.named_explained(proposed.recurrence_id.as_ref(), why) {
        About::Whole => None,
        About::One(key) => Some(key),
        About::Nothing => return Outcome::Ignored(Ignored::UnknownInstance),
    };
    if takes_no_place(event, instance.as_ref()) {
        why.note(Rule::TakesNoPlace, on(instance.as_ref()));
        return Outcome::Ignored(Ignored::AlreadyCancelled);
    }
    let ours = event.sequence_of(instance.as_ref());
    let values = [
        ("arrived", proposed.stamp.sequence.into()),
        ("ours", ours.into()),
    ];
    let sequences = on(instance.as_ref()).into_iter().chain(values);
    if proposed.stamp.sequence > ours {
        why.note(Rule::ProposalAboveOurs, sequences);
        return Outcome::Refused(RefusalReason::Invalid {
            property: "SEQUENCE",
        });
    }
    let Some(mut attendee) = records.get(person).cloned() else {
        return Outcome::Ignored(Ignored::UnknownAttendee);
    };
    let why = &mut records.why;
    let outcome = if proposed.stamp.sequence < ours {
        why.note(Rule::ProposalIsStale, sequences);
        owe(
            &mut attendee,
            OwedLetter::DeclineCounter { instance },
            by,
            why,
        )
    } else {
        propose(&mut attendee, instance, evidence, by, proposed, why)
    };
    records.put(attendee);
    outcome
}

fn takes_no_place(event: &Event, instance: Option<&InstanceKey>) -> bool {
    let instance = instance.and_then(|key| event.instances.get(key));
    event.is_cancelled() || instance.is_some_and(|instance| instance.details.is_none())
}

fn propose(
    attendee: &mut Attendee,
    instance: Option<InstanceKey>,
    evidence: Evidence,
    by: &FromAttendee,
    proposed: &Proposed,
    why: &mut Trace,
) -> Outcome {
    let proposal = Proposal {
        start: proposed.start.clone(),
        end: proposed.end.clone(),
        comment: proposed.comment.clone(),
        stamp: proposed.stamp,
        arrived: by.arrived,
        evidence,
        digest: by.digest.clone(),
    };
    if let Some(known) = attendee.proposals.get(&instance) {
        if known.digest == proposal.digest {
            why.note(Rule::SeenBefore, on(instance.as_ref()));
            return Outcome::Ignored(Ignored::SeenBefore);
        }
        if place(&proposal) < place(known) {
            why.note(Rule::OlderProposal, compared(known.stamp, proposal.stamp));
            return Outcome::Ignored(if proposal.stamp.sequence < known.stamp.sequence {
                Ignored::OlderSequence
            } else {
                Ignored::NotNewer
            });
        }
    }
    let kept = on(instance.as_ref()).into_iter();
    let start = proposal.start.instance_key();
    why.note(Rule::ProposalKept, kept.chain([("start", (&start).into())]));
    attendee.proposals.insert(instance, proposal);
    while attendee.proposals.len() > Attendee::MAX_PROPOSALS {
        let oldest = attendee
            .proposals
            .iter()
            .min_by_key(|(_, proposal)| place(proposal));
        let Some(key) = oldest.map(|(key, _)| key.clone()) else {
            break;
        };
        attendee.proposals.remove(&key);
    }
    Outcome::Proposed
}

fn place(proposal: &Proposal) -> (crate::event::Stamp, Timestamp, &crate::id::Digest) {
    (proposal.stamp, proposal.arrived, &proposal.digest)
}

/// Another time, and who would like it better (D8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Instead of which instance of a series; `None`: of the event.
    pub instance: Option<InstanceKey>,
    /// Proposed DTSTART.
    pub start: CalendarTime,
    /// Proposed DTEND.
    pub end: CalendarTime,
    /// Who, in the order of addresses.
    pub who: Vec<Address>,
}

/// The open proposals by time: those about the current version. Those of each instance together, the most wanted first,
/// then the earlier.
#[must_use]
pub fn tally<'a>(event: &Event, attendees: impl IntoIterator<Item = &'a Attendee>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for attendee in attendees {
        for (instance, proposal) in &attendee.proposals {
            if proposal.stamp.sequence < event.sequence_of(instance.as_ref())
                || takes_no_place(event, instance.as_ref())
            {
                continue;
            }
            let is_same = |slot: &&mut Slot| {
                slot.instance == *instance
                    && slot.start.instance_key() == proposal.start.instance_key()
                    && slot.end.instance_key() == proposal.end.instance_key()
            };
            let who = attendee.mailbox.address.clone();
            match slots.iter_mut().find(is_same) {
                Some(slot) => slot.who.push(who),
                None => slots.push(Slot {
                    instance: instance.clone(),
                    start: proposal.start.clone(),
                    end: proposal.end.clone(),
                    who: vec![who],
                }),
            }
        }
    }
    for slot in &mut slots {
        slot.who.sort();
    }
    slots.sort_by_key(|slot| {
        (
            slot.instance.clone(),
            std::cmp::Reverse(slot.who.len()),
            slot.start.instant(),
            slot.end.instant(),
        )
    });
    slots
}
