//! An attendee's REPLY, or his answer in words.
//!
//! > dropped, counted | older than the attendee's last: ignored. Older than the event's: recorded, "answered an
//! > earlier version" | later DTSTAMP wins; equal: later arrival | clamped to ours (client fault) | several VEVENTs in one
//! > reply are several answers

use jiff::Timestamp;

use super::{
    AttendeeDecision, Ignored, Known, Outcome, Rule,
    about::{About, Dates},
    attendee::Records,
    delegate::delegate,
    reason::{Trace, on},
    record::record,
    uninvited::{delegate_came_first, uninvited},
    who::{Who, addresses_to_load, guest_is_proven, who_answers},
};
use crate::{
    address::Address,
    command::{Answered, FromAttendee, Reply},
    event::{Answer, Event, Evidence, Stamp},
    ical::Partstat,
    time::InstanceKey,
};

/// The addresses whose records are loaded for a REPLY: ATTENDEE, From, and the delegates and delegators it names.
#[must_use]
pub fn addresses_of_reply(reply: &Reply) -> Vec<&Address> {
    let mut addresses = addresses_to_load(&reply.by);
    let delegates = reply.answers.iter().flat_map(|answered| {
        let to = answered.delegated_to.iter().map(|mailbox| &mailbox.address);
        to.chain(&answered.delegated_from)
    });
    for address in delegates {
        // One reply delegates to one person; more are not worth more reads.
        if !addresses.contains(&address) && addresses.len() < 10 {
            addresses.push(address);
        }
    }
    addresses
}

/// Decides about a REPLY.
///
/// [`Known::attendees`]: the records of [`addresses_of_reply`]. If the reply has a token, [`super::token_is_of`] says it
/// is of none of them and ATTENDEE has no record, also the record of its owner: the one of the event's attendees for
/// whom it says yes, if any.
///
/// The condition of the write sees a change of the attendee, not one of the event. So once the answer is stored (also
/// if [`Ignored::SeenBefore`] says that it was) the event is read again and [`super::reopen`] applied: an answer that
/// crossed a significant change does not stay counted.
#[must_use]
pub fn reply(known: &Known<'_>, reply: &Reply, now: Timestamp) -> AttendeeDecision {
    let Some(event) = known.event else {
        return AttendeeDecision::unknown_event(&reply.by.uid);
    };
    let dates = Dates::of(event);
    let mut records = Records::new(known, event, now);
    let who = who_answers(event, known, &reply.by, &mut records.why);
    let outcomes = reply
        .answers
        .iter()
        .map(|answered| one(&mut records, &dates, &who, &reply.by, answered))
        .collect();
    records.decision(outcomes, reply.by.from_is_authenticated)
}

/// Decides about one VEVENT of it.
fn one(
    records: &mut Records<'_>,
    dates: &Dates<'_>,
    who: &Who,
    by: &FromAttendee,
    answered: &Answered,
) -> Outcome {
    let evidence = match who {
        Who::Invited(_, Evidence::None) => return Outcome::Quarantined,
        Who::Invited(_, evidence) => *evidence,
        Who::Guest { .. } | Who::Nobody if guest_is_proven(by, &mut records.why) => {
            Evidence::Aligned
        }
        Who::Guest { .. } => {
            records.why.note(Rule::NothingProves, []);
            return Outcome::Quarantined;
        }
        Who::Nobody => return Outcome::Ignored(Ignored::UnknownAttendee),
    };
    let why = &mut records.why;
    let answer = match answer(records.event, dates, by, answered, evidence, why) {
        Ok(answer) => answer,
        Err(reason) => return Outcome::Ignored(reason),
    };
    match who {
        Who::Invited(attendee, _) if answer.partstat == Partstat::Delegated => {
            delegate(records, attendee, answered, answer)
        }
        Who::Invited(attendee, _) => {
            let Some(mut attendee) = records.get(attendee).cloned() else {
                return Outcome::Ignored(Ignored::UnknownAttendee);
            };
            let outcome = record(records.event, &mut attendee, answer, &mut records.why);
            records.put(attendee);
            outcome
        }
        Who::Guest { through } => uninvited(records, through, by, answered, answer),
        Who::Nobody => delegate_came_first(records, by, answered, answer),
    }
}

/// The answer as it would stand in the history.
fn answer(
    event: &Event,
    dates: &Dates<'_>,
    by: &FromAttendee,
    answered: &Answered,
    evidence: Evidence,
    why: &mut Trace,
) -> Result<Answer, Ignored> {
    let partstat = match answered.partstat {
        Some(Partstat::NeedsAction) | None => {
            why.note(Rule::NeedsActionIsNoAnswer, []);
            return Err(Ignored::NotAnAnswer);
        }
        Some(given) => given,
    };
    let instance: Option<InstanceKey> =
        match dates.named_explained(answered.recurrence_id.as_ref(), why) {
            About::Whole => None,
            About::One(key) => Some(key),
            About::Nothing => return Err(Ignored::UnknownInstance),
        };
    let ours = event.sequence_of(instance.as_ref());
    if answered.stamp.sequence > ours {
        let values = [
            ("arrived", answered.stamp.sequence.into()),
            ("ours", ours.into()),
        ];
        why.note(
            Rule::SequenceClamped,
            on(instance.as_ref()).into_iter().chain(values),
        );
    }
    let stamp = Stamp {
        sequence: answered.stamp.sequence.min(ours),
        dtstamp: answered.stamp.dtstamp,
    };
    Ok(Answer {
        partstat,
        stamp,
        arrived: by.arrived,
        prodid: by.prodid.clone(),
        evidence,
        earlier_version: stamp.sequence < event.answers_open_since(instance.as_ref()),
        comment: answered.comment.clone(),
        people: answered.people,
        mail_id: by.mail_id.clone(),
        digest: by.digest.clone(),
        instance,
    })
}
