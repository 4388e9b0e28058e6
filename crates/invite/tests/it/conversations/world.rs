//! The table, the handlers and the post office of the pure runner: load, decide, store, and nothing else.

mod attendee;
mod post;

use std::collections::{BTreeMap, BTreeSet};

use conversation::{Bindings, Given, Message};
use invite::{
    address::{Address, Mailbox},
    command::{
        self, Approval, Cancel, Command, FromAttendee, Policy, Receipt, Refusal, Request, Verdict,
    },
    decide::{
        self, AttendeeDecision, AttendeeWrite, CancelDecision, Explained, Held, Invite,
        InviteDecision, Known, Limits, Outcome, Reason, RequestDecision, Rule, Standing,
    },
    delivery::Unwanted,
    event::{Answers, Attendee, Event, Origin, OwedLetter, Uninvited},
    ical::Method,
    id::{TenantKey, Uid},
    letter::{self, Brand, Sender},
    statistics::Statistics,
};
use jiff::{SignedDuration, Timestamp};

const MAIL_DOMAIN: &str = "acme.invites.example";
const LIMITS: Limits = Limits {
    events_per_organizer: Some(5),
    invites_per_event: 2500,
    enrolled_only: false,
    uninvited: Uninvited::Open,
};

/// Everything that is known, and what happened since the last `expect`.
#[derive(Clone)]
pub(super) struct World {
    now: Timestamp,
    pub(super) events: BTreeMap<Uid, Event>,
    held: BTreeMap<Uid, Held>,
    pub(super) attendees: BTreeMap<(Uid, Address), Attendee>,
    pub(super) statistics: BTreeMap<Uid, Statistics>,
    suspended: BTreeSet<Address>,
    created: BTreeMap<Address, u32>,
    invitations: BTreeMap<Uid, u32>,
    blocks: BTreeSet<(Address, Address)>,
    letters: BTreeMap<Address, Vec<u8>>,
    noticed: BTreeMap<(Address, String), Timestamp>,
    /// Outcomes of mails in words, e.g. `ignored older sequence`.
    pub(super) outcomes: Vec<String>,
    pub(super) mail_out: Vec<(Address, Method)>,
    pub(super) notices: Vec<(Address, &'static str)>,
    /// The rules that decided, since the beginning.
    pub(super) rules: BTreeSet<Rule>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now: Timestamp::UNIX_EPOCH,
            events: BTreeMap::new(),
            held: BTreeMap::new(),
            attendees: BTreeMap::new(),
            statistics: BTreeMap::new(),
            suspended: BTreeSet::new(),
            created: BTreeMap::new(),
            invitations: BTreeMap::new(),
            blocks: BTreeSet::new(),
            letters: BTreeMap::new(),
            noticed: BTreeMap::new(),
            outcomes: Vec::new(),
            mail_out: Vec::new(),
            notices: Vec::new(),
            rules: BTreeSet::new(),
        }
    }
}

fn key() -> TenantKey {
    TenantKey::new([7; 32]).unwrap()
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|| panic!("{text} is no address"))
}

fn sender() -> Sender {
    Sender {
        brand: Brand {
            name: "Acme".to_owned(),
            color: Brand::COLOR.to_owned(),
            site: None,
            support: None,
            logo: None,
            address: None,
        },
        mail_domain: MAIL_DOMAIN.to_owned(),
        key: key(),
        update_subject_prefix: Sender::UPDATE_SUBJECT_PREFIX.to_owned(),
        templates: letter::Templates::of(invite::language::Language::English),
        pages: Some("https://api.acme.example/".to_owned()),
    }
}

impl Bindings for World {
    fn mail_domain(&self) -> String {
        MAIL_DOMAIN.to_owned()
    }
    fn address(&self, person: &str) -> String {
        person.to_owned()
    }
    fn client_uid(&self, event: &str) -> String {
        event.to_owned()
    }
    fn our_uid(&self, organizer: &str, client_uid: &str) -> String {
        Uid::derive(&key(), &address(organizer), client_uid).to_string()
    }
    fn signed_address(&self, organizer: &str, attendee: &str) -> String {
        let organizer = Mailbox {
            address: address(organizer),
            name: None,
        };
        letter::address::reply_address(&organizer, &address(attendee), &sender())
            .unwrap()
            .as_str()
            .to_owned()
    }
    fn last_letter_to(&self, person: &str) -> Option<Vec<u8>> {
        self.letters.get(&address(person)).cloned()
    }
}

impl World {
    /// Time passes: to what the file says, and always by a second.
    pub(super) fn tick(&mut self, at: Timestamp) {
        self.now = at.max(self.now + SignedDuration::from_secs(1));
    }

    pub(super) fn forget_counts(&mut self) {
        self.outcomes.clear();
        self.mail_out.clear();
        self.notices.clear();
    }

    pub(super) fn uid(&self, event: &conversation::Event) -> Uid {
        let organizer = event.organizer.as_deref().unwrap_or("nobody@nowhere.test");
        Uid::derive(&key(), &address(organizer), &event.name)
    }

    pub(super) fn given(&mut self, given: &Given) {
        match given {
            Given::Suspended { organizer } => {
                self.suspended.insert(address(organizer));
            }
            Given::EventsUsedUp { organizer } => {
                let limit = LIMITS.events_per_organizer.unwrap();
                self.created.insert(address(organizer), limit);
            }
            Given::InvitationsUsedUp { event } => {
                self.invitations
                    .insert(self.uid(event), LIMITS.invites_per_event);
            }
            Given::Blocked {
                attendee,
                organizer,
            } => {
                self.blocks.insert((address(attendee), address(organizer)));
            }
            // The next mail comes later.
            Given::TimePassed(_) => {}
        }
    }

    fn note(&mut self, reasons: &[Reason]) {
        self.rules.extend(reasons.iter().map(|reason| reason.rule));
    }

    fn standing(&self, organizer: &Address) -> Standing {
        Standing {
            suspended: self.suspended.contains(organizer),
            enrolled: false,
            allowance: None,
            events: self.created.get(organizer).copied().unwrap_or(0),
        }
    }

    /// A mail arrives at SES, which says what it found and hands it to us.
    pub(super) fn receive(&mut self, message: &Message, number: usize, same_mail_id: bool) {
        let sender = message.envelope_from.as_deref();
        // A null return path is checked by what the host greets with (RFC 7208 section 2.4).
        let checked = sender.map_or(message.from_domain.as_str(), |sender| {
            sender.rsplit('@').next().unwrap_or_default()
        });
        let (spf, dmarc) = match (message.forged, checked == message.from_domain) {
            (true, _) => ("fail", "fail"),
            (false, true) => ("pass", "pass"),
            (false, false) => ("pass", "fail"),
        };
        let mut raw = format!(
            "Return-Path: <{}>\r\nAuthentication-Results: amazonses.com;\r\n spf={spf} client-ip=192.0.2.7; \
             envelope-from={}; helo={};\r\n dmarc={dmarc} header.from={};\r\n",
            sender.unwrap_or_default(),
            sender.unwrap_or_default(),
            message.from_domain,
            message.from_domain,
        )
        .into_bytes();
        raw.extend_from_slice(&message.bytes);
        let verdict = |word: &str| match word {
            "pass" => Verdict::Pass,
            _ => Verdict::Fail,
        };
        let receipt = Receipt {
            mail_id: format!("mail-{number}"),
            recipients: vec![address(&message.envelope_to)],
            envelope_from: sender.map(address),
            arrived: self.now,
            spam: Verdict::Pass,
            virus: Verdict::Pass,
            spf: verdict(spf),
            dkim: Verdict::Gray,
            dmarc: verdict(dmarc),
        };
        let policy = Policy {
            mail_domain: MAIL_DOMAIN.to_owned(),
            trusted_calendar_senders: vec![address("calendar-notification@google.com")],
            shared_calendar_domains: Vec::new(),
        };
        let outcome = match command::read(&raw, &receipt, &policy).command {
            Ok(Command::Request(request)) => self.request(&request),
            Ok(Command::Cancel(cancel)) => self.cancel(&cancel),
            Ok(Command::Reply(reply)) => {
                let named = decide::addresses_of_reply(&reply);
                self.an_attendees_mail(&reply.by, named, |known, now| {
                    decide::reply(known, &reply, now)
                })
            }
            Ok(Command::Counter(counter)) => {
                let named = decide::addresses_to_load(&counter.by);
                self.an_attendees_mail(&counter.by, named, |known, now| {
                    decide::counter(known, &counter, now)
                })
            }
            Ok(Command::Refresh(by)) => {
                let named = decide::addresses_to_load(&by);
                self.an_attendees_mail(&by, named, |known, now| decide::refresh(known, &by, now))
            }
            Ok(Command::Unclear(by)) => {
                let named = decide::addresses_to_load(&by);
                self.an_attendees_mail(&by, named, |known, now| decide::unclear(known, &by, now))
            }
            Ok(Command::Approval(approval)) => self.approval(&approval),
            Ok(Command::Stop(_) | Command::Unsubscribe(_)) => {
                panic!("no conversation is about this; e2e/tests/deployed plays it")
            }
            // Only the deployed stack has where lists lie.
            Ok(Command::List(_)) => "passed on".to_owned(),
            Err(refusal) => self.refuse(&refusal),
        };
        if !same_mail_id {
            self.outcomes.push(outcome);
        }
    }

    fn refuse(&mut self, refusal: &Refusal) -> String {
        let code = refusal.reason.code();
        if let Some(to) = &refusal.notify {
            let last = (to.address.clone(), code.to_owned());
            let hour = SignedDuration::from_hours(1);
            let silent = self
                .noticed
                .get(&last)
                .is_some_and(|then| self.now.duration_since(*then) < hour);
            if !silent {
                self.noticed.insert(last, self.now);
                self.notices.push((to.address.clone(), "event-refused"));
            }
        }
        format!("refused {code}")
    }

    fn request(&mut self, request: &Request) -> String {
        let organizer = &request.organizer.address;
        let uid = Uid::derive(&key(), organizer, &request.client_uid);
        let Explained { decision, reasons } = decide::request_explained(
            self.events.get(&uid),
            self.held.get(&uid),
            &self.standing(organizer),
            &LIMITS,
            &key(),
            request,
            self.now,
        );
        self.note(&reasons);
        match decision {
            RequestDecision::Create(event) => {
                *self.created.entry(organizer.clone()).or_default() += 1;
                self.notices.push((organizer.clone(), "event-created"));
                self.events.insert(uid, *event);
                "created".to_owned()
            }
            RequestDecision::Update { event, .. } => {
                self.store(*event);
                self.tell_everybody(&uid);
                "updated".to_owned()
            }
            RequestDecision::Hold(held) => {
                self.held.insert(uid, *held);
                "held".to_owned()
            }
            RequestDecision::Ignore { reason, remember } => {
                if let Some(event) = remember {
                    self.store(*event);
                }
                format!("ignored {}", reason.sentence())
            }
            RequestDecision::Refuse(reason) => self.refuse(&Refusal {
                reason,
                notify: Some(request.organizer.clone()),
            }),
        }
    }

    fn cancel(&mut self, cancel: &Cancel) -> String {
        let uid = Uid::derive(&key(), &cancel.organizer.address, &cancel.client_uid);
        let known = self.events.get(&uid);
        let held = self.held.get(&uid);
        let Explained { decision, reasons } =
            decide::cancel_explained(known, held, cancel, self.now);
        self.note(&reasons);
        match decision {
            CancelDecision::Cancel(event) => {
                self.store(*event);
                self.tell_everybody(&uid);
                "cancelled".to_owned()
            }
            CancelDecision::Update(event) => {
                self.store(*event);
                self.tell_everybody(&uid);
                "updated".to_owned()
            }
            CancelDecision::Hold(held) => {
                self.held.insert(uid, *held);
                "held".to_owned()
            }
            CancelDecision::Ignore { reason, remember } => {
                if let Some(event) = remember {
                    self.store(*event);
                }
                format!("ignored {}", reason.sentence())
            }
            CancelDecision::Refuse(reason) => self.refuse(&Refusal {
                reason,
                notify: Some(cancel.organizer.clone()),
            }),
        }
    }

    pub(super) fn invite(&mut self, event: &conversation::Event, people: &[String]) {
        let uid = self.uid(event);
        for person in people {
            let person = address(person);
            let event = self.events.get(&uid);
            let organizer = event.map(|event| event.organizer.address.clone());
            let blocked = organizer.as_ref().is_some_and(|organizer| {
                self.blocks.contains(&(person.clone(), organizer.clone()))
            });
            let standing =
                organizer.map_or_else(Standing::default, |organizer| self.standing(&organizer));
            let invite = Invite {
                mailbox: Mailbox {
                    address: person.clone(),
                    name: None,
                },
                origin: Origin::Api,
            };
            let decision = decide::invite(
                event,
                self.attendees.get(&(uid.clone(), person.clone())),
                blocked.then_some(Unwanted::Blocked),
                &standing,
                &LIMITS,
                self.invitations.get(&uid).copied().unwrap_or(0),
                &invite,
                self.now,
            );
            if let InviteDecision::Invite(attendee) = decision {
                *self.invitations.entry(uid.clone()).or_default() += 1;
                self.store_attendee(&uid, *attendee);
                self.send(&uid, &person);
            }
        }
    }
}
