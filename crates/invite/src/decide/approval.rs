//! An organizer's yes or no to somebody who was not invited (D10, policy `approve`).

use jiff::Timestamp;

use super::{
    AttendeeDecision, Ignored, Known, Outcome, Rule, attendee::Records, delegate::record_waiting,
};
use crate::{
    address::Address,
    command::{Approval, RefusalReason},
    event::{Attendee, Event, Lineage, WaitingAnswer, WaitsFor},
    id::TenantKey,
};

/// Whose waiting answer in this attendee's record an approval is about.
#[must_use]
pub fn approval_is_about<'a>(
    event: &Event,
    key: &TenantKey,
    approval: &Approval,
    attendee: &'a Attendee,
) -> Option<&'a Address> {
    attendee
        .waiting
        .iter()
        .filter(|waiting| waiting.waits_for == WaitsFor::Approval)
        .map(|waiting| &waiting.mailbox.address)
        .find(|address| approval.token.proves(key, &event.uid, address))
}

/// Decides about an organizer's approval.
///
/// [`Known::attendees`]: the one of the event's attendees for whom [`approval_is_about`] names somebody, if any, and that
/// person's own record, if there is one.
#[must_use]
pub fn approval(known: &Known<'_>, approval: &Approval, now: Timestamp) -> AttendeeDecision {
    let Some(event) = known.event else {
        return AttendeeDecision::unknown_event(approval.uid.as_str());
    };
    let mut records = Records::new(known, event, now);
    let outcome = decided(&mut records, event, approval);
    records.decision(vec![outcome], approval.from_is_authenticated)
}

fn decided(records: &mut Records<'_>, event: &Event, approval: &Approval) -> Outcome {
    if !approval.from_is_authenticated {
        let from = ("from", (&approval.from.address).into());
        records.why.note(Rule::ApproverIsNotProven, [from]);
        return Outcome::Quarantined;
    }
    if approval.from.address != event.organizer.address {
        let owner = &event.organizer.address;
        records.why.not_the_owner(owner, &approval.from.address);
        return Outcome::Refused(RefusalReason::NotYourEvent);
    }
    let Some(yes) = approval.verdict else {
        records.why.note(Rule::VerdictIsUnclear, []);
        return Outcome::Refused(RefusalReason::Unclear);
    };
    let key = records.known.key;
    let asked = records.known.attendees.iter().find_map(|attendee| {
        let person = approval_is_about(event, key, approval, attendee)?;
        Some((attendee.clone(), person.clone()))
    });
    let Some((mut through, person)) = asked else {
        records.why.note(Rule::NothingWaits, []);
        return Outcome::Ignored(Ignored::NothingWaits);
    };
    let (answers, left): (Vec<WaitingAnswer>, Vec<WaitingAnswer>) = through
        .waiting
        .drain(..)
        .filter(|waiting| waiting.expires > records.now)
        .partition(|waiting| waiting.mailbox.address == person);
    through.waiting = left;
    let Some(first) = answers.first().map(|waiting| waiting.mailbox.clone()) else {
        records.why.note(Rule::NothingWaits, []);
        return Outcome::Ignored(Ignored::NothingWaits);
    };
    let rule = if yes {
        Rule::Approved
    } else {
        Rule::NotApproved
    };
    let values = [
        ("person", (&person).into()),
        ("through", (&through.mailbox.address).into()),
    ];
    records.why.note(rule, values);
    if yes {
        let lineage = Lineage {
            from: through.mailbox.address.clone(),
            delegated: false,
        };
        let known = records.get(&person).cloned();
        let invited = known.map_or_else(|| records.invited(&first, lineage), Ok);
        let mut guest = match invited {
            Ok(guest) => guest,
            Err(why) => return Outcome::Refused(RefusalReason::CannotBeInvited { why }),
        };
        record_waiting(records, &mut guest, answers);
        records.put(guest);
    }
    records.put(through);
    Outcome::Recorded
}
