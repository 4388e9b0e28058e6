//! PARTSTAT=DELEGATED: somebody else comes in his place (RFC 5546 section 3.2.2.3).
//!
//! > delegate invited, lineage kept; a delegate's answer that comes first waits
//!
//! An attendee who answers again takes the delegation back; whoever was invited by it stays invited. Nobody delegates to
//! himself, nor to somebody who has delegated himself: so delegations never form a ring.

use super::{Outcome, Rule, attendee::Records, reason::Trace, record::record, who::same_mailbox};
use crate::{
    address::{Address, Mailbox},
    command::{Answered, RefusalReason},
    event::{Answer, Attendee, Lineage, WaitingAnswer},
    ical::Partstat,
};

pub(super) fn delegate(
    records: &mut Records<'_>,
    delegator: &Address,
    answered: &Answered,
    answer: Answer,
) -> Outcome {
    if let Some(key) = &answer.instance {
        records
            .why
            .note(Rule::DelegatesOneInstance, [("instance", key.into())]);
        // Who is invited is invited to the series: he would be asked to come to all of it.
        return Outcome::Refused(RefusalReason::NotSupported {
            what: "an answer that sends somebody else on a single date of a series",
        });
    }
    let Some(mut attendee) = records.get(delegator).cloned() else {
        return Outcome::Ignored(super::Ignored::UnknownAttendee);
    };
    let outcome = record(records.event, &mut attendee, answer, &mut records.why);
    if outcome != Outcome::Recorded {
        records.put(attendee);
        return outcome;
    }
    let property = "DELEGATED-TO";
    let Some(to) = &answered.delegated_to else {
        records.why.note(Rule::DelegateMissing, []);
        return Outcome::Refused(RefusalReason::Missing { property });
    };
    let named = ("delegate", (&to.address).into());
    if same_mailbox(&to.address, delegator) {
        records.why.note(Rule::DelegateIsHimself, [named]);
        return Outcome::Refused(RefusalReason::Invalid { property });
    }
    let waiting = take_waiting(&mut attendee, records, &to.address);
    let lineage = Lineage {
        from: delegator.clone(),
        delegated: true,
    };
    let mut delegate = match records.get(&to.address).cloned() {
        Some(known) if known.answer_to(records.event) == Partstat::Delegated => {
            records.why.note(Rule::DelegateHasDelegated, [named]);
            return Outcome::Refused(RefusalReason::Invalid { property });
        }
        // Who was invited by the organizer himself keeps that.
        Some(known) => {
            records.why.note(Rule::DelegateIsInvited, [named]);
            Attendee {
                lineage: known.lineage.is_some().then_some(lineage),
                ..known
            }
        }
        None => {
            let first = waiting.first().map(|waiting| &waiting.mailbox);
            let mailbox: &Mailbox = first.unwrap_or(to);
            match records.invited(mailbox, lineage) {
                Ok(invited) => invited,
                Err(why) => return Outcome::Refused(RefusalReason::CannotBeInvited { why }),
            }
        }
    };
    record_waiting(records, &mut delegate, waiting);
    attendee.delegated_to = Some(to.address.clone());
    records.put(attendee);
    records.put(delegate);
    Outcome::Recorded
}

fn take_waiting(
    attendee: &mut Attendee,
    records: &Records<'_>,
    delegate: &Address,
) -> Vec<WaitingAnswer> {
    let (taken, left) = attendee
        .waiting
        .drain(..)
        .filter(|waiting| waiting.expires > records.now)
        .partition(|waiting| waiting.mailbox.address == *delegate);
    attendee.waiting = left;
    taken
}

/// Records what waited. The event may have changed since it came.
pub(super) fn record_waiting(
    records: &mut Records<'_>,
    attendee: &mut Attendee,
    waiting: Vec<WaitingAnswer>,
) {
    let event = records.event;
    let why: &mut Trace = &mut records.why;
    for WaitingAnswer { answer, .. } in waiting {
        let person = ("person", (&attendee.mailbox.address).into());
        why.note(Rule::WaitingAnswerTaken, [person]);
        let open_since = event.answers_open_since(answer.instance.as_ref());
        let as_of_now = Answer {
            earlier_version: answer.stamp.sequence < open_since,
            ..answer
        };
        record(event, attendee, as_of_now, why);
    }
}
