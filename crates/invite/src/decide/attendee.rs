//! What mails of attendees are decided with, and what comes of them.

use jiff::Timestamp;

use super::{
    Ignored, Invite, InviteDecision, Limits, NotInvited, Reason, Rule, Standing, Uncounted, invite,
    reason::{Trace, Value},
};
use crate::{
    address::{Address, Mailbox},
    command::RefusalReason,
    delivery::Unwanted,
    event::{Attendee, Event, Lineage, Origin, Owed, WaitingAnswer, WaitsFor},
    id::TenantKey,
};

/// What is loaded, strongly consistent, before a mail of an attendee is decided upon.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// `event#<uid>`/`event#<uid>`, under the uid that [`crate::id::Uid::parse`] finds in the mail; `None` if it finds
    /// none, or there is none.
    pub event: Option<&'a Event>,
    /// Records of attendees, as far as they exist: those each function names.
    pub attendees: &'a [Attendee],
    /// Of the same addresses, those who want no mail of the event's organizer, or can have none: what the records of
    /// `attendee#<address>` say.
    pub blocking: &'a [Address],
    /// The organizer's suspension.
    pub standing: &'a Standing,
    /// What the tenant allows.
    pub limits: &'a Limits,
    /// The count in `event#<uid>`/`invitations#`.
    pub invited_so_far: u32,
    /// The tenant's.
    pub key: &'a TenantKey,
}

/// What to do about a mail of an attendee: REPLY, COUNTER, REFRESH, words, or an organizer's approval.
///
/// All writes in one transaction. If one of its conditions fails, another message was quicker: load and decide again.
/// Sending follows from what is stored: an invitation from a new record, the letter of a changed
/// [`Attendee::owed`] ([`newly_owed`]), the question to the organizer from an answer that waits ([`newly_waiting`]).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttendeeDecision {
    /// What to store, each record once; may be empty.
    pub writes: Vec<AttendeeWrite>,
    /// What became of each answer or proposal, in the order of the mail; at least one.
    pub outcomes: Vec<Outcome>,
    /// Why, in the order in which it was decided.
    pub reasons: Vec<Reason>,
}

/// One record to store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttendeeWrite {
    /// Condition: the stored `revision` is one less.
    Change(Box<Attendee>),
    /// A new record, as in [`InviteDecision::Invite`]: put it if there is none, and add one to
    /// `event#<uid>`/`invitations#` on condition that it is still below the limit.
    Invite(Box<Attendee>),
}

impl AttendeeWrite {
    /// The record.
    #[must_use]
    pub fn attendee(&self) -> &Attendee {
        match self {
            Self::Change(attendee) | Self::Invite(attendee) => attendee,
        }
    }
}

/// What became of one answer, one proposal or one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Recorded; it counts.
    Recorded,
    /// Recorded in the history only: the current answer stays.
    RecordedUncounted(Uncounted),
    /// Kept until somebody else has said his part.
    Waits(WaitsFor),
    /// A proposal for another time is kept.
    Proposed,
    /// He is owed a letter now.
    Owed,
    /// Nothing proves it: show it, never count it.
    Quarantined,
    /// No effect.
    Ignored(Ignored),
    /// Understood, but refused for a reason; From is authenticated, so he may be told.
    Refused(RefusalReason),
}

impl AttendeeDecision {
    /// About an event that is not there.
    pub(super) fn unknown_event(uid: &str) -> Self {
        let values = [("uid", Value::Text(uid.to_owned()))].into();
        Self {
            writes: Vec::new(),
            outcomes: vec![Outcome::Ignored(Ignored::UnknownEvent)],
            reasons: vec![Reason {
                rule: Rule::NoSuchEvent,
                values,
            }],
        }
    }

    /// The one to record of the mail as a whole: what had an effect comes before what had none, a refusal before
    /// what nobody is told.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        let rank = |outcome: &&Outcome| match outcome {
            Outcome::Recorded => 0,
            Outcome::Proposed | Outcome::Owed => 1,
            Outcome::RecordedUncounted(_) => 2,
            Outcome::Refused(_) => 3,
            Outcome::Waits(_) => 4,
            Outcome::Quarantined => 5,
            Outcome::Ignored(Ignored::NotAnAnswer) => 7,
            Outcome::Ignored(_) => 6,
        };
        self.outcomes
            .iter()
            .min_by_key(rank)
            .unwrap_or(&Outcome::Ignored(Ignored::NotAnAnswer))
    }
}

/// The letter an attendee's record says he is owed, and did not say before.
#[must_use]
pub fn newly_owed<'a>(before: Option<&Attendee>, after: &'a Attendee) -> Option<&'a Owed> {
    let known = before.and_then(|before| before.owed.as_ref());
    after.owed.as_ref().filter(|owed| Some(*owed) != known)
}

/// The people about whom the organizer is to be asked, who were not waiting before.
#[must_use]
pub fn newly_waiting<'a>(before: Option<&Attendee>, after: &'a Attendee) -> Vec<&'a WaitingAnswer> {
    let waits = |waiting: &&WaitingAnswer| waiting.waits_for == WaitsFor::Approval;
    let mut new: Vec<&WaitingAnswer> = Vec::new();
    for waiting in after.waiting.iter().filter(waits) {
        let is_same = |other: &WaitingAnswer| {
            other.waits_for == WaitsFor::Approval
                && other.mailbox.address == waiting.mailbox.address
        };
        let asked = before.is_some_and(|before| before.waiting.iter().any(is_same));
        if !asked && !new.iter().any(|other| is_same(other)) {
            new.push(waiting);
        }
    }
    new
}

/// The records as they are while a mail is decided upon.
pub(super) struct Records<'a> {
    pub(super) known: &'a Known<'a>,
    pub(super) event: &'a Event,
    pub(super) now: Timestamp,
    pub(super) why: Trace,
    changed: Vec<Attendee>,
}

impl<'a> Records<'a> {
    pub(super) fn new(known: &'a Known<'a>, event: &'a Event, now: Timestamp) -> Self {
        Self {
            known,
            event,
            now,
            why: Trace::default(),
            changed: Vec::new(),
        }
    }

    pub(super) fn get(&self, address: &Address) -> Option<&Attendee> {
        let is_his = |attendee: &&Attendee| attendee.mailbox.address == *address;
        self.changed
            .iter()
            .find(is_his)
            .or_else(|| self.stored(address))
    }

    fn stored(&self, address: &Address) -> Option<&'a Attendee> {
        let is_his = |attendee: &&Attendee| attendee.mailbox.address == *address;
        self.known.attendees.iter().find(is_his)
    }

    pub(super) fn put(&mut self, attendee: Attendee) {
        let address = attendee.mailbox.address.clone();
        self.changed
            .retain(|changed| changed.mailbox.address != address);
        self.changed.push(attendee);
    }

    /// The record of somebody let in through another attendee; not put yet.
    ///
    /// # Errors
    /// Why he cannot be invited.
    pub(super) fn invited(
        &mut self,
        mailbox: &Mailbox,
        lineage: Lineage,
    ) -> Result<Attendee, NotInvited> {
        let address = &mailbox.address;
        let more = self
            .changed
            .iter()
            .filter(|changed| self.stored(&changed.mailbox.address).is_none())
            .count();
        let so_far = u32::try_from(more)
            .unwrap_or(u32::MAX)
            .saturating_add(self.known.invited_so_far);
        let decision = invite(
            Some(self.event),
            self.get(address),
            self.known
                .blocking
                .contains(address)
                .then_some(Unwanted::Blocked),
            self.known.standing,
            self.known.limits,
            so_far,
            &Invite {
                mailbox: mailbox.clone(),
                origin: Origin::Shared,
            },
            self.now,
        );
        let person = ("person", address.into());
        match decision {
            InviteDecision::Invite(attendee) => {
                let from = ("through", (&lineage.from).into());
                self.why.note(Rule::Invited, [person, from]);
                Ok(Attendee {
                    lineage: Some(lineage),
                    ..*attendee
                })
            }
            InviteDecision::Refuse(reason) => {
                let because = ("because", reason.code().into());
                self.why.note(Rule::CannotBeInvited, [person, because]);
                Err(reason)
            }
        }
    }

    /// What differs from what is stored. Nobody is told anything whom nothing proves.
    pub(super) fn decision(
        mut self,
        outcomes: Vec<Outcome>,
        from_is_authenticated: bool,
    ) -> AttendeeDecision {
        let mut writes = Vec::new();
        for attendee in &self.changed {
            match self.stored(&attendee.mailbox.address) {
                None => writes.push(AttendeeWrite::Invite(Box::new(attendee.clone()))),
                Some(stored) if stored == attendee => {}
                Some(stored) => writes.push(AttendeeWrite::Change(Box::new(Attendee {
                    revision: stored.revision.saturating_add(1),
                    ..attendee.clone()
                }))),
            }
        }
        let why = &mut self.why;
        let told = |outcome| match outcome {
            Outcome::Refused(reason) if !from_is_authenticated => {
                why.note(Rule::NobodyIsTold, [("refused", reason.code().into())]);
                Outcome::Quarantined
            }
            other => other,
        };
        AttendeeDecision {
            writes,
            outcomes: outcomes.into_iter().map(told).collect(),
            reasons: self.why.reasons(),
        }
    }
}
