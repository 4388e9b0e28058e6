//! Answers of people who were not invited (D10).
//!
//! > policy open (default, origin `shared`), approve, closed

use super::{
    Ignored, Outcome, Rule,
    attendee::Records,
    held::expiry,
    order::compared,
    record::{place, record},
    who::answering,
};
use crate::{
    address::{Address, Mailbox},
    command::{Answered, FromAttendee, RefusalReason},
    event::{Answer, Attendee, Lineage, Uninvited, WaitingAnswer, WaitsFor},
    ical::Partstat,
};

/// Somebody to whom `through` passed his invitation on.
pub(super) fn uninvited(
    records: &mut Records<'_>,
    through: &Address,
    by: &FromAttendee,
    answered: &Answered,
    answer: Answer,
) -> Outcome {
    let guest = answering(by);
    if let Some(mut attendee) = records.get(&guest.address).cloned() {
        // Another answer of the same mail has let him in.
        let outcome = record(records.event, &mut attendee, answer, &mut records.why);
        records.put(attendee);
        return outcome;
    }
    if records.event.is_cancelled() {
        records.why.note(Rule::GuestToCancelledEvent, []);
        return Outcome::Ignored(Ignored::AlreadyCancelled);
    }
    if answer.partstat == Partstat::Delegated {
        records.why.note(Rule::GuestDelegates, []);
        return Outcome::Refused(RefusalReason::NotSupported {
            what: "an answer that sends somebody else, by somebody who was not invited himself",
        });
    }
    if answered.delegated_from.is_some() {
        return delegate_of(records, through, guest, answered, answer);
    }
    let policy = match records.event.uninvited {
        Uninvited::Open => Rule::PolicyOpen,
        Uninvited::Approve => Rule::PolicyApprove,
        Uninvited::Closed => Rule::PolicyClosed,
    };
    records.why.note(policy, []);
    match records.event.uninvited {
        Uninvited::Open => {
            let lineage = Lineage {
                from: through.clone(),
                delegated: false,
            };
            match records.invited(guest, lineage) {
                Ok(mut attendee) => {
                    let outcome = record(records.event, &mut attendee, answer, &mut records.why);
                    records.put(attendee);
                    outcome
                }
                Err(why) => Outcome::Refused(RefusalReason::CannotBeInvited { why }),
            }
        }
        Uninvited::Approve => wait(records, through, guest, answer, WaitsFor::Approval),
        // Clients leave DELEGATED-FROM out; should he turn out to be a delegate, his answer is not lost.
        Uninvited::Closed => match wait(records, through, guest, answer, WaitsFor::Delegation) {
            Outcome::Waits(_) => Outcome::Refused(RefusalReason::InvitedOnly),
            other => other,
        },
    }
}

/// Somebody who was not invited, with no token that says through whom he comes, but with DELEGATED-FROM.
pub(super) fn delegate_came_first(
    records: &mut Records<'_>,
    by: &FromAttendee,
    answered: &Answered,
    answer: Answer,
) -> Outcome {
    let named = answered.delegated_from.as_ref();
    let Some(delegator) = named.and_then(|address| records.get(address)) else {
        records.why.note(Rule::NobodyKnown, []);
        return Outcome::Ignored(Ignored::UnknownAttendee);
    };
    let delegator = delegator.mailbox.address.clone();
    let named = ("delegator", (&delegator).into());
    records.why.note(Rule::SaysWhoseDelegate, [named]);
    if records.event.is_cancelled() {
        records.why.note(Rule::GuestToCancelledEvent, []);
        return Outcome::Ignored(Ignored::AlreadyCancelled);
    }
    wait(
        records,
        &delegator,
        answering(by),
        answer,
        WaitsFor::Delegation,
    )
}

fn delegate_of(
    records: &mut Records<'_>,
    through: &Address,
    guest: &Mailbox,
    answered: &Answered,
    answer: Answer,
) -> Outcome {
    let named = answered.delegated_from.as_ref();
    let delegator = named
        .and_then(|address| records.get(address))
        .map_or(through, |delegator| &delegator.mailbox.address)
        .clone();
    let named = ("delegator", (&delegator).into());
    records.why.note(Rule::SaysWhoseDelegate, [named]);
    wait(records, &delegator, guest, answer, WaitsFor::Delegation)
}

/// Keeps an answer in the record of whom it came through, the newest of each person and instance.
fn wait(
    records: &mut Records<'_>,
    through: &Address,
    guest: &Mailbox,
    answer: Answer,
    waits_for: WaitsFor,
) -> Outcome {
    let Some(mut attendee) = records.get(through).cloned() else {
        return Outcome::Ignored(Ignored::UnknownAttendee);
    };
    attendee
        .waiting
        .retain(|waiting| waiting.expires > records.now);
    let before = attendee.waiting.iter().position(|waiting| {
        waiting.mailbox.address == guest.address && waiting.answer.instance == answer.instance
    });
    if let Some(known) = before.and_then(|at| attendee.waiting.get(at)) {
        if known.answer.digest == answer.digest {
            records.why.note(Rule::SeenBefore, []);
            return Outcome::Ignored(Ignored::SeenBefore);
        }
        if place(&answer) < place(&known.answer) {
            let values = compared(known.answer.stamp, answer.stamp);
            records.why.note(Rule::OlderAnswer, values);
            return Outcome::Ignored(Ignored::NotNewer);
        }
    } else if attendee.waiting.len() >= Attendee::MAX_WAITING {
        let limit = ("limit", Attendee::MAX_WAITING.into());
        records.why.note(Rule::TooManyWaiting, [limit]);
        return Outcome::Ignored(Ignored::TooManyWaiting);
    }
    if let Some(at) = before {
        attendee.waiting.remove(at);
    }
    let values = [
        ("person", (&guest.address).into()),
        ("through", through.into()),
        ("until", expiry(records.now).into()),
    ];
    records.why.note(Rule::Waits, values);
    attendee.waiting.push(WaitingAnswer {
        mailbox: guest.clone(),
        waits_for,
        answer,
        expires: expiry(records.now),
    });
    records.put(attendee);
    Outcome::Waits(waits_for)
}
