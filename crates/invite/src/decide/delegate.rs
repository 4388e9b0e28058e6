//! PARTSTAT=DELEGATED: somebody else comes in his place (RFC 5546 section 3.2.2.3).
//!
//! > delegate invited, lineage kept; a delegate's answer that comes first waits
//!
//! An attendee who answers again takes the delegation back; whoever was invited by it stays invited. Nobody delegates to
//! himself, nor to somebody who has delegated himself: so delegations never form a ring.

use super::{Outcome, attendee::Records, record::record, who::same_mailbox};
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
    if answer.instance.is_some() {
        // Who is invited is invited to the series: he would be asked to come to all of it.
        return Outcome::Refused(RefusalReason::NotSupported {
            what: "an answer that sends somebody else on a single date of a series",
        });
    }
    let Some(mut attendee) = records.get(delegator).cloned() else {
        return Outcome::Ignored(super::Ignored::UnknownAttendee);
    };
    let outcome = record(records.event, &mut attendee, answer);
    if outcome != Outcome::Recorded {
        records.put(attendee);
        return outcome;
    }
    let property = "DELEGATED-TO";
    let Some(to) = &answered.delegated_to else {
        return Outcome::Refused(RefusalReason::Missing { property });
    };
    if same_mailbox(&to.address, delegator) {
        return Outcome::Refused(RefusalReason::Invalid { property });
    }
    let waiting = take_waiting(&mut attendee, records, &to.address);
    let lineage = Lineage {
        from: delegator.clone(),
        delegated: true,
    };
    let mut delegate = match records.get(&to.address) {
        Some(known) if known.answer_to(records.event) == Partstat::Delegated => {
            return Outcome::Refused(RefusalReason::Invalid { property });
        }
        // Who was invited by the organizer himself keeps that.
        Some(known) => Attendee {
            lineage: known.lineage.is_some().then_some(lineage),
            ..known.clone()
        },
        None => {
            let named = waiting.first().map(|waiting| &waiting.mailbox);
            let mailbox: &Mailbox = named.unwrap_or(to);
            match records.invited(mailbox, lineage) {
                Ok(invited) => invited,
                Err(why) => return Outcome::Refused(RefusalReason::CannotBeInvited { why }),
            }
        }
    };
    for WaitingAnswer { answer, .. } in waiting {
        record(records.event, &mut delegate, as_of_now(records, answer));
    }
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

/// The event may have changed while it waited.
pub(super) fn as_of_now(records: &Records<'_>, answer: Answer) -> Answer {
    let open_since = records.event.answers_open_since(answer.instance.as_ref());
    Answer {
        earlier_version: answer.stamp.sequence < open_since,
        ..answer
    }
}
