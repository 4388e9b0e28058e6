//! What the server would decide about a mail, as its functions do: load, decide, store, tell.

use invite::{
    address::Address,
    command::{Cancel, Command, FromAttendee, Reading, Request},
    decide::{
        self, AttendeeDecision, AttendeeWrite, CancelDecision, Explained, Held, Known, Limits,
        Reason, RequestDecision, Standing,
    },
    event::{Attendee, Event},
    id::{TenantKey, Uid},
    statistics::Statistics,
    unsubscribe::{self, Ticket, Unsubscribe},
};
use jiff::Timestamp;

use super::{
    outcome::{self, Outcome},
    state::State,
    told::{self, Letter},
    write::Write,
};

/// The server that decides.
pub(crate) struct Server<'a> {
    /// The mail, as it came.
    pub(crate) raw: &'a [u8],
    pub(crate) mail_domain: &'a str,
    pub(crate) state: &'a State,
    pub(crate) standing: Standing,
    pub(crate) limits: Limits,
    pub(crate) key: TenantKey,
    /// Without the tenant's own, uids and tokens cannot be checked.
    pub(crate) key_is_given: bool,
    /// Who wants no mail of the organizer.
    pub(crate) blocking: Vec<Address>,
    pub(crate) now: Timestamp,
    /// Whether a machine sent the mail, which is told nothing.
    pub(crate) is_automatic: bool,
}

/// What comes of a mail.
#[derive(Default)]
pub(crate) struct Decided {
    /// Under which the event is looked for.
    pub(crate) uid: Option<String>,
    /// What became of it, or of each of its answers.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) writes: Vec<Write>,
    pub(crate) letters: Vec<Letter>,
    /// Counted from the attendees there are, before and after.
    pub(crate) statistics: (Statistics, Statistics),
}

impl Server<'_> {
    pub(crate) fn decide(&self, reading: &Reading) -> Decided {
        let decided = match &reading.command {
            Err(refusal) => Decided {
                outcomes: vec![outcome::refused(&refusal.reason)],
                letters: told::refused(refusal.notify.as_ref(), &refusal.reason),
                ..Decided::default()
            },
            Ok(Command::Request(request)) => self.request(request),
            Ok(Command::Cancel(cancel)) => self.cancel(cancel),
            Ok(Command::Reply(reply)) => {
                let named = decide::addresses_of_reply(reply);
                self.of_attendee(&reply.by, &named, |known| {
                    decide::reply(known, reply, self.now)
                })
            }
            Ok(Command::Counter(counter)) => {
                let named = decide::addresses_to_load(&counter.by);
                self.of_attendee(&counter.by, &named, |known| {
                    decide::counter(known, counter, self.now)
                })
            }
            Ok(Command::Refresh(by)) => {
                self.of_attendee(by, &decide::addresses_to_load(by), |known| {
                    decide::refresh(known, by, self.now)
                })
            }
            Ok(Command::Unclear(by)) => {
                self.of_attendee(by, &decide::addresses_to_load(by), |known| {
                    decide::unclear(known, by, self.now)
                })
            }
            Ok(Command::Approval(approval)) => {
                let event = self.event(&approval.uid);
                let about = event.and_then(|event| self.asked_about(event, approval));
                let mut attendees = Vec::new();
                if let Some((through, person)) = about {
                    attendees.push(through.clone());
                    attendees.extend(self.attendee(person).cloned());
                }
                let known = self.known(event, &attendees);
                let decision = decide::approval(&known, approval, self.now);
                let from = &approval.from;
                self.attendees_decision(approval.uid.to_string(), event, decision, from)
            }
            Ok(Command::Stop(stop)) => self.stop(stop),
            Ok(Command::Unsubscribe(asked)) => self.unsubscribe(asked),
            Ok(Command::List(list)) => self.list(list),
        };
        let before = Statistics::recount(&self.state.attendees);
        let mut after = before.clone();
        for write in &decided.writes {
            if let Some(attendee) = &write.attendee {
                let stored = self.attendee(&attendee.mailbox.address);
                after += Statistics::of_change(stored, Some(attendee));
            }
        }
        Decided {
            statistics: (before, after),
            ..decided
        }
    }

    fn unsubscribe(&self, asked: &Unsubscribe) -> Decided {
        let uid = asked.ticket.as_ref().map(Ticket::uid);
        let event = uid.and_then(|uid| self.event(uid));
        let peace = unsubscribe::unsubscribe(event, &self.key, asked);
        let is_told = peace.is_some() && asked.from_is_authenticated && !self.is_automatic;
        Decided {
            uid: uid.map(Uid::to_string),
            outcomes: vec![outcome::of_unsubscribe(peace.as_ref())],
            letters: is_told
                .then(|| match asked.erases() {
                    Some(_) => told::erasing(&asked.from),
                    None => told::unsubscribed(&asked.from),
                })
                .into_iter()
                .collect(),
            ..Decided::default()
        }
    }

    fn request(&self, request: &Request) -> Decided {
        let organizer = &request.organizer;
        let uid = Uid::derive(&self.key, &organizer.address, &request.client_uid);
        let known = self.event_of(&uid, &organizer.address, &request.client_uid);
        let held = self.held_for(&uid, known);
        let Explained { decision, reasons } = decide::request_explained(
            known,
            held,
            &self.standing,
            &self.limits,
            &self.key,
            request,
            self.now,
        );
        let outcome = outcome::of_request(&decision);
        let (event, letters) = match decision {
            RequestDecision::Create(event) => {
                let letters = told::created(&event);
                (Some(event), letters)
            }
            RequestDecision::Update { event, .. } => {
                let letters = told::changed(&event, &self.state.attendees);
                (Some(event), letters)
            }
            RequestDecision::Hold(held_now) => {
                return Decided {
                    uid: Some(uid.to_string()),
                    outcomes: vec![outcome],
                    reasons,
                    writes: vec![Write::held(held, &held_now)],
                    ..Decided::default()
                };
            }
            RequestDecision::Ignore { remember, .. } => (remember, Vec::new()),
            RequestDecision::Refuse(reason) => (None, told::refused(Some(organizer), &reason)),
        };
        Decided {
            uid: Some(known.map_or(uid, |known| known.uid.clone()).to_string()),
            outcomes: vec![outcome],
            reasons,
            writes: self.event_writes(known, event.as_deref()),
            letters,
            ..Decided::default()
        }
    }

    fn cancel(&self, cancel: &Cancel) -> Decided {
        let organizer = &cancel.organizer;
        let uid = Uid::derive(&self.key, &organizer.address, &cancel.client_uid);
        let known = self.event_of(&uid, &organizer.address, &cancel.client_uid);
        let held = self.held_for(&uid, known);
        let Explained { decision, reasons } =
            decide::cancel_explained(known, held, cancel, self.now);
        let outcome = outcome::of_cancel(&decision);
        let (event, letters) = match decision {
            CancelDecision::Cancel(event) | CancelDecision::Update(event) => {
                let letters = told::changed(&event, &self.state.attendees);
                (Some(event), letters)
            }
            CancelDecision::Hold(held_now) => {
                return Decided {
                    uid: Some(uid.to_string()),
                    outcomes: vec![outcome],
                    reasons,
                    writes: vec![Write::held(held, &held_now)],
                    ..Decided::default()
                };
            }
            CancelDecision::Ignore { remember, .. } => (remember, Vec::new()),
            CancelDecision::Refuse(reason) => (None, told::refused(Some(organizer), &reason)),
        };
        Decided {
            uid: Some(known.map_or(uid, |known| known.uid.clone()).to_string()),
            outcomes: vec![outcome],
            reasons,
            writes: self.event_writes(known, event.as_deref()),
            letters,
            ..Decided::default()
        }
    }

    /// The event's record, and those of the attendees whose answers are set back when the update is sent to them.
    fn event_writes(&self, known: Option<&Event>, event: Option<&Event>) -> Vec<Write> {
        let Some(event) = event else {
            return Vec::new();
        };
        let mut writes = vec![Write::event(known, event)];
        for attendee in &self.state.attendees {
            if let Some(reopened) = decide::reopen(event, attendee) {
                writes.push(Write::reopened(attendee, reopened));
            }
        }
        writes
    }

    fn of_attendee(
        &self,
        by: &FromAttendee,
        named: &[&Address],
        decide: impl FnOnce(&Known<'_>) -> AttendeeDecision,
    ) -> Decided {
        let event = Uid::parse(&by.uid).and_then(|uid| self.event(&uid));
        let attendees = event
            .map(|event| self.loaded(event, by, named))
            .unwrap_or_default();
        let decision = decide(&self.known(event, &attendees));
        self.attendees_decision(by.uid.clone(), event, decision, &by.from)
    }

    fn attendees_decision(
        &self,
        uid: String,
        event: Option<&Event>,
        decision: AttendeeDecision,
        from: &invite::address::Mailbox,
    ) -> Decided {
        let mut letters = Vec::new();
        for write in &decision.writes {
            let stored = self.attendee(&write.attendee().mailbox.address);
            let is_new = matches!(write, AttendeeWrite::Invite(_));
            if let Some(event) = event {
                letters.extend(told::after(event, stored, write.attendee(), is_new));
            }
        }
        if let decide::Outcome::Refused(reason) = decision.outcome() {
            let notify = (!self.is_automatic).then_some(from);
            letters.extend(told::refused(notify, reason));
        }
        Decided {
            uid: Some(uid),
            outcomes: decision.outcomes.iter().map(outcome::of_attendee).collect(),
            reasons: decision.reasons,
            writes: decision
                .writes
                .into_iter()
                .map(|write| {
                    let stored = self.attendee(&write.attendee().mailbox.address);
                    Write::attendee(stored, write)
                })
                .collect(),
            letters,
            ..Decided::default()
        }
    }

    fn known<'k>(&'k self, event: Option<&'k Event>, attendees: &'k [Attendee]) -> Known<'k> {
        Known {
            event,
            attendees,
            blocking: &self.blocking,
            standing: &self.standing,
            limits: &self.limits,
            invited_so_far: self.state.invited,
            key: &self.key,
        }
    }

    pub(super) fn event(&self, uid: &Uid) -> Option<&Event> {
        self.state.event.as_ref().filter(|event| event.uid == *uid)
    }

    /// The event an organizer's client calls so. Without the key, by whose it is and what his client calls it, from
    /// which its uid is made.
    fn event_of(&self, uid: &Uid, organizer: &Address, client_uid: &str) -> Option<&Event> {
        self.state.event.as_ref().filter(|event| {
            if self.key_is_given {
                event.uid == *uid
            } else {
                event.organizer.address == *organizer && event.client_uid == client_uid
            }
        })
    }

    /// What waits for it; looked at only while there is no event.
    fn held_for(&self, uid: &Uid, known: Option<&Event>) -> Option<&Held> {
        let is_of_it = !self.key_is_given || self.state.uid.as_deref() == Some(uid.as_str());
        let held = self.state.held.as_ref();
        held.filter(|_| known.is_none() && is_of_it)
    }

    pub(super) fn attendee(&self, address: &Address) -> Option<&Attendee> {
        let mut all = self.state.attendees.iter();
        all.find(|attendee| attendee.mailbox.address == *address)
    }

    /// The records the mail names, and the token's owner where they are not enough.
    fn loaded(&self, event: &Event, by: &FromAttendee, named: &[&Address]) -> Vec<Attendee> {
        let records = named.iter().filter_map(|address| self.attendee(address));
        let mut loaded: Vec<Attendee> = records.cloned().collect();
        let is_owner = |attendee: &Attendee| {
            decide::token_is_of(event, &self.key, by, &attendee.mailbox.address)
        };
        let attendee = by.attendee.as_ref();
        let has_record = attendee.is_some_and(|named| self.attendee(&named.address).is_some());
        if by.token.is_some() && !has_record && !loaded.iter().any(is_owner) {
            let mut all = self.state.attendees.iter();
            loaded.extend(all.find(|attendee| is_owner(attendee)).cloned());
        }
        loaded
    }

    fn asked_about(
        &self,
        event: &Event,
        approval: &invite::command::Approval,
    ) -> Option<(&Attendee, &Address)> {
        self.state.attendees.iter().find_map(|attendee| {
            let person = decide::approval_is_about(event, &self.key, approval, attendee)?;
            Some((attendee, person))
        })
    }
}
