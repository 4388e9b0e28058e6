//! An organizer's yes or no to somebody who was not invited (D10, policy `approve`).

use jiff::Timestamp;

use super::{
    AttendeeDecision, Ignored, Known, Outcome, attendee::Records, delegate::as_of_now,
    record::record,
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
        return AttendeeDecision::only(Outcome::Ignored(Ignored::UnknownEvent));
    };
    let mut records = Records::new(known, event, now);
    let outcome = decided(&mut records, event, approval);
    records.decision(vec![outcome], approval.from_is_authenticated)
}

fn decided(records: &mut Records<'_>, event: &Event, approval: &Approval) -> Outcome {
    if !approval.from_is_authenticated {
        return Outcome::Quarantined;
    }
    if approval.from.address != event.organizer.address {
        return Outcome::Refused(RefusalReason::NotYourEvent);
    }
    let Some(yes) = approval.verdict else {
        return Outcome::Refused(RefusalReason::Unclear);
    };
    let key = records.known.key;
    let asked = records.known.attendees.iter().find_map(|attendee| {
        let person = approval_is_about(event, key, approval, attendee)?;
        Some((attendee.clone(), person.clone()))
    });
    let Some((mut through, person)) = asked else {
        return Outcome::Ignored(Ignored::NothingWaits);
    };
    let (answers, left): (Vec<WaitingAnswer>, Vec<WaitingAnswer>) = through
        .waiting
        .drain(..)
        .filter(|waiting| waiting.expires > records.now)
        .partition(|waiting| waiting.mailbox.address == person);
    through.waiting = left;
    let Some(first) = answers.first() else {
        return Outcome::Ignored(Ignored::NothingWaits);
    };
    if yes {
        let lineage = Lineage {
            from: through.mailbox.address.clone(),
            delegated: false,
        };
        let known = records.get(&person).cloned();
        let invited = known.map_or_else(|| records.invited(&first.mailbox, lineage), Ok);
        let mut guest = match invited {
            Ok(guest) => guest,
            Err(why) => return Outcome::Refused(RefusalReason::CannotBeInvited { why }),
        };
        for WaitingAnswer { answer, .. } in answers {
            record(event, &mut guest, as_of_now(records, answer));
        }
        records.put(guest);
    }
    records.put(through);
    Outcome::Recorded
}
