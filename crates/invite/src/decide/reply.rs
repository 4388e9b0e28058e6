//! An attendee's REPLY.
//!
//! > dropped, counted | older than the attendee's last: ignored. Older than the event's: recorded, "answered an
//! > earlier version" | later DTSTAMP wins; equal: later arrival | clamped to ours (client fault)
//!
//! Who answers (docs/decisions/who-answers.md):
//! 1. With the right token and an ATTENDEE that is its owner, or is missing, or is plainly the same mailbox: the
//!    owner, whoever From is. Google rewrites From, Exchange answers from an alias.
//! 2. Else an ATTENDEE (or, if missing, a From) who is invited: himself, proven only by his own authenticated From.
//! 3. Else, with the right token: somebody the owner forwarded his invitation to; refused until uninvited answers
//!    are taken up.
//! 4. Else nobody we know: ignored.

use super::{Ignored, ReplyDecision, Uncounted};
use crate::{
    address::Address,
    command::{RefusalReason, Reply, evidence_of},
    event::{Answer, Attendee, Event, Evidence, Stamp},
    ical::Partstat,
    id::{Digest, TenantKey},
};

/// The addresses whose attendee records (`event#<uid>`/`attendee#<address>`) are loaded first: ATTENDEE, From.
#[must_use]
pub fn addresses_to_load(reply: &Reply) -> Vec<&Address> {
    let mut addresses: Vec<&Address> = reply
        .by
        .attendee
        .iter()
        .map(|named| &named.address)
        .collect();
    if !addresses.contains(&&reply.by.from.address) {
        addresses.push(&reply.by.from.address);
    }
    addresses
}

/// Whether the reply came to the signed address of this attendee of this event.
#[must_use]
pub fn token_is_of(event: &Event, key: &TenantKey, reply: &Reply, attendee: &Address) -> bool {
    reply
        .by
        .token
        .as_ref()
        .is_some_and(|token| token.proves(key, &event.organizer.address, attendee))
}

/// Decides about a REPLY.
///
/// Loaded first, strongly consistent: `event`, under the uid that [`crate::id::Uid::parse`] finds in the reply (`None` if
/// it finds none); `known`, the records of [`addresses_to_load`], as far as they exist. If the reply has a token, it
/// [`is of`](token_is_of) none of them and ATTENDEE has no record, also the record of its owner: the one of the
/// event's attendees for whom [`token_is_of`] says yes, if any.
///
/// The condition of the write sees a change of the attendee, not one of the event. So once the answer is stored (also
/// if [`Ignored::SeenBefore`] says that it was) the event is read again and [`super::reopen`] applied: an answer that
/// crossed a significant change does not stay counted.
#[must_use]
pub fn reply(
    event: Option<&Event>,
    known: &[Attendee],
    key: &TenantKey,
    reply: &Reply,
) -> ReplyDecision {
    let Some(event) = event else {
        return ReplyDecision::Ignore(Ignored::UnknownEvent);
    };
    match who_answers(event, known, key, reply) {
        Who::Invited(_, Evidence::None) => ReplyDecision::Quarantine,
        Who::Invited(attendee, evidence) => record(event, attendee, evidence, reply),
        Who::Guest if reply.by.from_is_authenticated => {
            ReplyDecision::Refuse(RefusalReason::NotSupported {
                what: "an answer by somebody who was not invited",
            })
        }
        Who::Guest => ReplyDecision::Quarantine,
        Who::Nobody => ReplyDecision::Ignore(Ignored::UnknownAttendee),
    }
}

enum Who<'a> {
    /// An invited person, and how well that is proven.
    Invited(&'a Attendee, Evidence),
    /// Somebody not invited, to whom the token's owner passed his invitation on.
    Guest,
    /// Nobody this event knows.
    Nobody,
}

fn who_answers<'a>(
    event: &Event,
    known: &'a [Attendee],
    key: &TenantKey,
    reply: &Reply,
) -> Who<'a> {
    let owner = known
        .iter()
        .find(|attendee| token_is_of(event, key, reply, &attendee.mailbox.address));
    let answering = reply.by.attendee.as_ref().unwrap_or(&reply.by.from);
    let invited = known
        .iter()
        .find(|attendee| attendee.mailbox.address == answering.address);
    let for_the_owner = |owner: &Attendee| match &reply.by.attendee {
        None => true,
        Some(named) => {
            named.address == owner.mailbox.address
                || (invited.is_none() && same_mailbox(&named.address, &owner.mailbox.address))
        }
    };
    match (owner, invited) {
        (Some(owner), _) if for_the_owner(owner) => Who::Invited(owner, evidence_of(true, false)),
        (_, Some(invited)) => {
            let is_himself =
                reply.by.from_is_authenticated && reply.by.from.address == invited.mailbox.address;
            Who::Invited(invited, evidence_of(false, is_himself))
        }
        (Some(_), None) => Who::Guest,
        (None, None) => Who::Nobody,
    }
}

/// Whether two addresses are one mailbox by what its provider documents: `user+detail` (RFC 5233), and dots and
/// the second domain of Google Mail. Any other likeness is a guess, and a wrong guess overwrites somebody's answer.
fn same_mailbox(a: &Address, b: &Address) -> bool {
    let canonical = |address: &Address| {
        let user = address.local().split('+').next().unwrap_or_default();
        match address.domain() {
            "gmail.com" | "googlemail.com" => (user.replace('.', ""), "gmail.com".to_owned()),
            domain => (user.to_owned(), domain.to_owned()),
        }
    };
    canonical(a) == canonical(b)
}

fn record(event: &Event, attendee: &Attendee, evidence: Evidence, reply: &Reply) -> ReplyDecision {
    if attendee
        .history
        .iter()
        .any(|answer| answer.digest == reply.by.digest)
    {
        return ReplyDecision::Ignore(Ignored::SeenBefore);
    }
    let answered = match reply.answers.as_slice() {
        [answered] if answered.recurrence_id.is_none() => answered,
        _ => {
            return ReplyDecision::Refuse(RefusalReason::NotSupported {
                what: "an answer to a single date of a recurring event",
            });
        }
    };
    let partstat = match answered.partstat {
        Some(given @ (Partstat::Accepted | Partstat::Declined | Partstat::Tentative)) => given,
        // Told to From, so From must be who he says.
        Some(Partstat::Delegated) if !reply.by.from_is_authenticated => {
            return ReplyDecision::Quarantine;
        }
        Some(Partstat::Delegated) => {
            return ReplyDecision::Refuse(RefusalReason::NotSupported { what: "delegation" });
        }
        Some(Partstat::NeedsAction) | None => return ReplyDecision::Ignore(Ignored::NotAnAnswer),
    };
    let stamp = Stamp {
        sequence: answered.stamp.sequence.min(event.highest_sequence()),
        dtstamp: answered.stamp.dtstamp,
    };
    let answer = Answer {
        instance: None,
        partstat,
        stamp,
        arrived: reply.by.arrived,
        prodid: reply.by.prodid.clone(),
        evidence,
        earlier_version: stamp.sequence < event.answers_open_since(None),
        comment: answered.comment.clone(),
        people: answered.people,
        digest: reply.by.digest.clone(),
    };
    if let Some(last) = attendee.history.last()
        && place(&answer) < place(last)
    {
        return ReplyDecision::Ignore(if stamp.sequence < last.stamp.sequence {
            Ignored::OlderSequence
        } else {
            Ignored::NotNewer
        });
    }

    let uncounted = if event.is_cancelled() {
        Some(Uncounted::EventCancelled)
    } else if answer.earlier_version {
        Some(Uncounted::EarlierVersion)
    } else {
        None
    };
    let mut attendee = attendee.clone();
    attendee.revision = attendee.revision.saturating_add(1);
    attendee.history.push(answer);
    let surplus = attendee.history.len().saturating_sub(Attendee::MAX_HISTORY);
    attendee.history.drain(..surplus);
    if let Some(reason) = uncounted {
        return ReplyDecision::RecordUncounted {
            attendee: Box::new(attendee),
            reason,
        };
    }
    attendee.partstat = partstat;
    attendee.partstat_sequence = stamp.sequence;
    ReplyDecision::Record(Box::new(attendee))
}

/// An answer's place in the order. What arrives in the same instant is told apart by its content, so that the order
/// of processing never decides.
fn place(answer: &Answer) -> (Stamp, jiff::Timestamp, &Digest) {
    (answer.stamp, answer.arrived, &answer.digest)
}
