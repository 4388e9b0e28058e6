//! Who answers (docs/decisions/who-answers.md):
//! 1. With the right token and an ATTENDEE that is its owner, or is missing, or is plainly the same mailbox: the
//!    owner, whoever From is. Google rewrites From, Exchange answers from an alias.
//! 2. Else an ATTENDEE (or, if missing, a From) who is invited: himself, proven only by his own authenticated From.
//! 3. Else, with the right token: somebody the owner passed his invitation on to.
//! 4. Else nobody we know.

use super::{
    Known, Rule,
    reason::{Trace, Value},
};
use crate::{
    address::{Address, Mailbox},
    command::{FromAttendee, evidence_of},
    event::{Attendee, Event, Evidence},
    id::TenantKey,
};

/// The addresses whose attendee records (`event#<uid>`/`attendee#<address>`) are loaded first: ATTENDEE, From.
#[must_use]
pub fn addresses_to_load(by: &FromAttendee) -> Vec<&Address> {
    let mut addresses: Vec<&Address> = by.attendee.iter().map(|named| &named.address).collect();
    if !addresses.contains(&&by.from.address) {
        addresses.push(&by.from.address);
    }
    addresses
}

/// Whether the mail came to the signed address of this attendee of this event.
#[must_use]
pub fn token_is_of(event: &Event, key: &TenantKey, by: &FromAttendee, attendee: &Address) -> bool {
    by.token
        .as_ref()
        .is_some_and(|token| token.proves(key, &event.organizer.address, attendee))
}

/// Who answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// An invited person, and how well that is proven.
    Invited(Address, Evidence),
    /// Somebody not invited, to whom this attendee, the token's owner, passed his invitation on.
    Guest { through: Address },
    /// Nobody this event knows.
    Nobody,
}

pub(super) fn who_answers(
    event: &Event,
    known: &Known<'_>,
    by: &FromAttendee,
    why: &mut Trace,
) -> Who {
    let owner = known
        .attendees
        .iter()
        .find(|attendee| token_is_of(event, known.key, by, &attendee.mailbox.address));
    note_token(by, owner, why);
    let answering = answering(by);
    let invited = known
        .attendees
        .iter()
        .find(|attendee| attendee.mailbox.address == answering.address);
    let mut for_the_owner = |owner: &Attendee| match &by.attendee {
        None => true,
        Some(named) if named.address == owner.mailbox.address => true,
        Some(named) => {
            let is_same = invited.is_none() && same_mailbox(&named.address, &owner.mailbox.address);
            if is_same {
                why.note(Rule::SameMailbox, [("attendee", (&named.address).into())]);
            }
            is_same
        }
    };
    let answers = ("answers", Value::from(&answering.address));
    match (owner, invited) {
        (Some(owner), _) if for_the_owner(owner) => {
            let evidence = evidence_of(true, false);
            let values = [
                ("answers", (&owner.mailbox.address).into()),
                ("evidence", evidence.into()),
            ];
            why.note(Rule::AnswersAsInvited, values);
            Who::Invited(owner.mailbox.address.clone(), evidence)
        }
        (_, Some(invited)) => {
            let is_himself = from_is(by, |from| *from == invited.mailbox.address, why);
            let evidence = evidence_of(false, is_himself);
            why.note(
                Rule::AnswersAsInvited,
                [answers, ("evidence", evidence.into())],
            );
            if evidence == Evidence::None {
                why.note(Rule::NothingProves, []);
            }
            Who::Invited(invited.mailbox.address.clone(), evidence)
        }
        (Some(owner), None) => {
            let through = ("through", (&owner.mailbox.address).into());
            why.note(Rule::PassedOn, [answers, through]);
            Who::Guest {
                through: owner.mailbox.address.clone(),
            }
        }
        (None, None) => {
            why.note(Rule::NobodyKnown, [answers]);
            Who::Nobody
        }
    }
}

fn note_token(by: &FromAttendee, owner: Option<&Attendee>, why: &mut Trace) {
    match (&by.token, owner) {
        (_, Some(owner)) => {
            let owner = ("owner", (&owner.mailbox.address).into());
            why.note(Rule::TokenProves, [owner]);
        }
        (Some(_), None) => why.note(Rule::TokenOfNobody, []),
        (None, None) => why.note(Rule::NoToken, []),
    }
}

/// Whether From proves who answers.
fn from_is(by: &FromAttendee, is_he: impl FnOnce(&Address) -> bool, why: &mut Trace) -> bool {
    let is_proven = by.from_is_authenticated && is_he(&by.from.address);
    let rule = if is_proven {
        Rule::FromProves
    } else {
        Rule::FromDoesNotProve
    };
    let is_authenticated = if by.from_is_authenticated {
        "yes"
    } else {
        "no"
    };
    let values = [
        ("from", (&by.from.address).into()),
        ("authenticated", is_authenticated.into()),
    ];
    why.note(rule, values);
    is_proven
}

/// ATTENDEE, or From where the client left it out.
pub(super) fn answering(by: &FromAttendee) -> &Mailbox {
    by.attendee.as_ref().unwrap_or(&by.from)
}

/// Whether somebody not invited is who he says: no token was made for him, so only his own From proves him.
pub(super) fn guest_is_proven(by: &FromAttendee, why: &mut Trace) -> bool {
    from_is(by, |from| same_mailbox(from, &answering(by).address), why)
}

/// Whether two addresses are one mailbox by what its provider documents: `user+detail` (RFC 5233), and dots and
/// the second domain of Google Mail. Any other likeness is a guess, and a wrong guess overwrites somebody's answer.
pub(super) fn same_mailbox(a: &Address, b: &Address) -> bool {
    let canonical = |address: &Address| {
        let user = address.local().split('+').next().unwrap_or_default();
        match address.domain() {
            "gmail.com" | "googlemail.com" => (user.replace('.', ""), "gmail.com".to_owned()),
            domain => (user.to_owned(), domain.to_owned()),
        }
    };
    canonical(a) == canonical(b)
}
