//! The steps: what is done, and everything that must then be seen.

use std::{sync::PoisonError, time::Duration};

use jiff::ToSpan;
use serde_json::json;
use tokio::time::Instant;

use super::Story;
use crate::{
    fault::Fault,
    letter::{Invitation, Letter},
    person::{Person, reply, words},
    post::Place,
    records::text,
    wait::{Look, until},
};

/// How a subject of the sample tenant begins when an event has changed.
const UPDATE_PREFIX: &str = "CalendarSnack Event Updated:";

/// No answer yet, as it is stored.
const OPEN: &str = "needs-action";

/// How many of each answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Answers {
    accepted: i64,
    declined: i64,
    open: i64,
    tentative: i64,
}

impl Story<'_> {
    /// Alice's client mails a REQUEST.
    pub(super) async fn create(&self) -> Result<String, Fault> {
        self.command("Alice's invitation", |meeting, story| {
            meeting.request(
                &story.cast.alice,
                &story.create_address(),
                cloud::clock::now(),
            )
        })
        .await?;
        let alice = &self.cast.alice.address;
        let uid = until(
            "the notice to Alice that her event was created",
            self.within,
            async || {
                let letters = self.world.mailbox.letters_to(alice).await?;
                Ok::<_, Fault>(match letters.iter().find_map(Letter::uid) {
                    Some(uid) => Look::Seen(uid),
                    None => Look::NotYet(subjects(&letters)),
                })
            },
        )
        .await?;
        *self.uid.lock().unwrap_or_else(PoisonError::into_inner) = Some(uid.clone());
        let event = self.world.api.get(&format!("/event/{uid}")).await?;
        let meeting = self.meeting();
        if event.text("/summary_html") != Some(&meeting.summary)
            || event.text("/status") != Some("confirmed")
        {
            return Err(Fault::Wrong(format!(
                "the API shows another event: {event}"
            )));
        }
        let records = self.world.records.about_event(&uid).await?;
        match records.event() {
            Some(stored) if text(stored, "/client_uid") == meeting.client_uid => Ok(uid),
            stored => Err(Fault::Wrong(format!(
                "the table does not hold the event under {uid}: {stored:?}"
            ))),
        }
    }

    /// The API invites three people.
    pub(super) async fn invite(&self, uid: &str) -> Result<Vec<Letter>, Fault> {
        let invites: Vec<_> = self
            .attendees()
            .iter()
            .map(|person| json!({ "email": person.address, "name": person.name }))
            .collect();
        let path = format!("/event/{uid}/invites");
        let answer = self
            .world
            .api
            .post(&path, &json!({ "invites": invites }))
            .await?;
        if answer.status != 202 {
            return Err(Fault::Wrong(format!("POST {path} answered {answer}")));
        }
        let letters = self.letters("REQUEST", 0).await?;
        for letter in &letters {
            let Some(invitation) = &letter.calendar else {
                continue;
            };
            let is_ours =
                letter.from.ends_with(&self.world.stack.mail_domain) && letter.from.contains('+');
            if invitation.uid != uid || invitation.partstat != "NEEDS-ACTION" || !is_ours {
                return Err(Fault::Wrong(format!(
                    "not the invitation to this event: {invitation:?}"
                )));
            }
        }
        self.statistics(
            uid,
            Answers {
                accepted: 0,
                declined: 0,
                open: 3,
                tentative: 0,
            },
        )
        .await?;
        self.partstats(uid, [OPEN; 3]).await?;
        Ok(letters)
    }

    /// Each answers differently.
    pub(super) async fn answer(&self, uid: &str, letters: &[Letter]) -> Result<(), Fault> {
        let answers = ["ACCEPTED", "TENTATIVE", "DECLINED"];
        for ((letter, person), partstat) in letters.iter().zip(self.attendees()).zip(answers) {
            self.reply(letter, person, partstat).await?;
        }
        self.statistics(
            uid,
            Answers {
                accepted: 1,
                declined: 1,
                open: 0,
                tentative: 1,
            },
        )
        .await?;
        self.partstats(uid, ["accepted", "tentative", "declined"])
            .await
    }

    /// The event takes place a day later.
    pub(super) async fn move_it(&self, uid: &str) -> Result<Vec<Letter>, Fault> {
        self.command("Alice's move", |meeting, story| {
            meeting.sequence += 1;
            meeting.start = meeting.start.saturating_add(1.day());
            meeting.request(
                &story.cast.alice,
                &story.create_address(),
                cloud::clock::now(),
            )
        })
        .await?;
        let letters = self.letters("REQUEST", 1).await?;
        if let Some(letter) = letters
            .iter()
            .find(|letter| !letter.subject.starts_with(UPDATE_PREFIX))
        {
            return Err(Fault::Wrong(format!(
                "the subject of an update does not begin with {UPDATE_PREFIX:?}: {:?}",
                letter.subject
            )));
        }
        self.statistics(
            uid,
            Answers {
                accepted: 0,
                declined: 0,
                open: 3,
                tentative: 0,
            },
        )
        .await?;
        self.partstats(uid, [OPEN; 3]).await?;
        let event = self.world.api.get(&format!("/event/{uid}")).await?;
        if event.number("/sequence") != Some(1) {
            return Err(Fault::Wrong(format!(
                "the API does not show the move: {event}"
            )));
        }
        Ok(letters)
    }

    /// Bob can come on the other day, too; his client says so twice.
    pub(super) async fn accept_again(&self, uid: &str, letters: &[Letter]) -> Result<(), Fault> {
        for letter in letters.iter().take(1) {
            self.reply(letter, &self.cast.bob, "ACCEPTED").await?;
            self.reply(letter, &self.cast.bob, "ACCEPTED").await?;
        }
        self.statistics(
            uid,
            Answers {
                accepted: 1,
                declined: 0,
                open: 2,
                tentative: 0,
            },
        )
        .await?;
        self.partstats(uid, ["accepted", OPEN, OPEN]).await
    }

    /// Another room, again and again; how long until Bob's client has it.
    pub(super) async fn measure(&self, uid: &str, updates: u32) -> Result<Vec<Duration>, Fault> {
        let mut waits = Vec::new();
        for _ in 0..updates {
            let begin = Instant::now();
            self.command("Alice's change of rooms", |meeting, story| {
                meeting.sequence += 1;
                meeting.location = format!("Room {}", meeting.sequence);
                meeting.request(
                    &story.cast.alice,
                    &story.create_address(),
                    cloud::clock::now(),
                )
            })
            .await?;
            let meeting = self.meeting();
            let invitation = self
                .letter(&self.cast.bob, "REQUEST", meeting.sequence)
                .await?;
            waits.push(begin.elapsed());
            let room = invitation.calendar.map(|invitation| invitation.location);
            if room.as_ref() != Some(&meeting.location) {
                return Err(Fault::Wrong(format!(
                    "Bob is sent to {room:?} instead of {}",
                    meeting.location
                )));
            }
        }
        // The last change has reached everybody before anything else happens.
        self.letters("REQUEST", self.meeting().sequence).await?;
        self.partstats(uid, [OPEN; 3]).await?;
        Ok(waits)
    }

    /// Somebody else mails a CANCEL that says it is from Alice.
    pub(super) async fn forge(&self, uid: &str) -> Result<(), Fault> {
        let alice = &self.cast.alice;
        let mut meeting = self.meeting();
        meeting.sequence += 1;
        let create = self.create_address();
        let raw = meeting.cancel(alice, &create, cloud::clock::now());
        let mail_id = self
            .send(
                "the forged cancellation",
                Place::Forged,
                alice,
                &create,
                &raw,
            )
            .await?;
        let outcome = until(
            "the outcome of the forged cancellation",
            self.within,
            async || {
                Ok::<_, Fault>(match self.world.records.outcome(&mail_id, &[]).await? {
                    Some(outcome) => Look::Seen(outcome),
                    None => Look::NotYet(format!("no outcome of mail {mail_id}")),
                })
            },
        )
        .await?;
        if !outcome.is_refusal() {
            return Err(Fault::Wrong(format!(
                "the forged cancellation was not refused: {outcome}"
            )));
        }
        let event = self.world.api.get(&format!("/event/{uid}")).await?;
        if event.text("/status") != Some("confirmed") {
            return Err(Fault::Wrong(format!(
                "a stranger cancelled the event: {event}"
            )));
        }
        Ok(())
    }

    /// Alice forgets to attach the event.
    pub(super) async fn mail_without_calendar(&self) -> Result<(), Fault> {
        let alice = &self.cast.alice;
        let create = self.create_address();
        let raw = words(alice, &create, "A party on Friday", cloud::clock::now());
        self.send(
            "a mail without a calendar",
            Place::Honest,
            alice,
            &create,
            &raw,
        )
        .await?;
        until(
            "the notice to Alice of why it was refused",
            self.within,
            async || {
                let letters = self.world.mailbox.letters_to(&alice.address).await?;
                let is_it = |letter: &&Letter| letter.subject.contains("A party on Friday");
                Ok(match letters.iter().find(is_it) {
                    Some(_) => Look::Seen(()),
                    None => Look::NotYet(subjects(&letters)),
                })
            },
        )
        .await
    }

    /// Alice's client mails a CANCEL.
    pub(super) async fn cancel(&self, uid: &str) -> Result<(), Fault> {
        self.command("Alice's cancellation", |meeting, story| {
            meeting.sequence += 1;
            meeting.cancel(
                &story.cast.alice,
                &story.create_address(),
                cloud::clock::now(),
            )
        })
        .await?;
        let letters = self.letters("CANCEL", self.meeting().sequence).await?;
        if let Some(letter) = letters.iter().find(|letter| {
            letter
                .calendar
                .as_ref()
                .is_none_or(|invitation| invitation.status != "CANCELLED")
        }) {
            return Err(Fault::Wrong(format!(
                "a cancellation without STATUS:CANCELLED to {}",
                letter.to
            )));
        }
        let event = self.world.api.get(&format!("/event/{uid}")).await?;
        if event.text("/status") != Some("cancelled") {
            return Err(Fault::Wrong(format!(
                "the API does not show the cancellation: {event}"
            )));
        }
        let records = self.world.records.about_event(uid).await?;
        match records.event() {
            Some(event) if text(event, "/status") == "cancelled" => Ok(()),
            event => Err(Fault::Wrong(format!(
                "the table does not hold the cancellation: {event:?}"
            ))),
        }
    }

    pub(super) fn attendees(&self) -> [&Person; 3] {
        [&self.cast.bob, &self.cast.carol, &self.cast.dave]
    }

    fn create_address(&self) -> String {
        self.world.stack.address("create")
    }

    pub(super) fn meeting(&self) -> crate::person::Meeting {
        self.meeting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn command(
        &self,
        what: &'static str,
        mail: impl FnOnce(&mut crate::person::Meeting, &Self) -> Vec<u8>,
    ) -> Result<(), Fault> {
        let raw = mail(
            &mut self.meeting.lock().unwrap_or_else(PoisonError::into_inner),
            self,
        );
        self.send(
            what,
            Place::Honest,
            &self.cast.alice,
            &self.create_address(),
            &raw,
        )
        .await?;
        Ok(())
    }

    async fn reply(&self, letter: &Letter, person: &Person, partstat: &str) -> Result<(), Fault> {
        let Some(invitation) = &letter.calendar else {
            return Err(Fault::Wrong(format!(
                "nothing to answer in the mail to {}",
                letter.to
            )));
        };
        let raw = reply(invitation, person, partstat, cloud::clock::now());
        self.send(
            "an answer",
            Place::Honest,
            person,
            &invitation.organizer,
            &raw,
        )
        .await?;
        Ok(())
    }

    pub(super) async fn send(
        &self,
        what: &'static str,
        place: Place,
        from: &Person,
        to: &str,
        raw: &[u8],
    ) -> Result<String, Fault> {
        let taken = self
            .world
            .post
            .send(place, &from.address, &[to], raw)
            .await?;
        self.mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((what, taken.mail_id.clone()));
        Ok(taken.mail_id)
    }

    async fn letters(&self, method: &str, sequence: u32) -> Result<Vec<Letter>, Fault> {
        let mut letters = Vec::new();
        for person in self.attendees() {
            letters.push(self.letter(person, method, sequence).await?);
        }
        Ok(letters)
    }

    pub(super) async fn letter(
        &self,
        person: &Person,
        method: &str,
        sequence: u32,
    ) -> Result<Letter, Fault> {
        let what = format!("a {method} with SEQUENCE {sequence} to {}", person.name);
        let is_it = |invitation: &Invitation| {
            invitation.method == method && invitation.sequence == sequence
        };
        until(what, self.within, async || {
            let letters = self.world.mailbox.letters_to(&person.address).await?;
            let found = letters
                .iter()
                .find(|letter| letter.calendar.as_ref().is_some_and(is_it));
            Ok(match found {
                Some(letter) => Look::Seen(letter.clone()),
                None => Look::NotYet(subjects(&letters)),
            })
        })
        .await
    }

    async fn statistics(&self, uid: &str, expected: Answers) -> Result<(), Fault> {
        let path = format!("/event/{uid}/statistics");
        let all = expected.accepted + expected.declined + expected.open + expected.tentative;
        until(
            format!("statistics of {expected:?}"),
            self.within,
            async || {
                let answer = self.world.api.get(&path).await?;
                let shown = [
                    ("/attendees", all),
                    ("/origin/api", all),
                    ("/rsvp/accepted", expected.accepted),
                    ("/rsvp/declined", expected.declined),
                    ("/rsvp/noaction", expected.open),
                    ("/rsvp/tentative", expected.tentative),
                ]
                .iter()
                .all(|(pointer, number)| answer.number(pointer) == Some(*number));
                Ok(if shown {
                    Look::Seen(())
                } else {
                    Look::NotYet(answer.to_string())
                })
            },
        )
        .await
    }

    async fn partstats(&self, uid: &str, expected: [&str; 3]) -> Result<(), Fault> {
        until(
            format!("{expected:?} in the table"),
            self.within,
            async || {
                let records = self.world.records.about_event(uid).await?;
                let found = self
                    .attendees()
                    .map(|person| records.partstat(&person.address));
                Ok(if found == expected {
                    Look::Seen(())
                } else {
                    Look::NotYet(format!("{found:?}"))
                })
            },
        )
        .await
    }
}

/// The subjects of letters, for reports.
pub(super) fn subjects(letters: &[Letter]) -> String {
    if letters.is_empty() {
        return "no mail".to_owned();
    }
    letters
        .iter()
        .map(|letter| {
            letter.calendar.as_ref().map_or_else(
                || format!("{:?}", letter.subject),
                |invitation| {
                    format!(
                        "{:?} ({} {})",
                        letter.subject, invitation.method, invitation.sequence
                    )
                },
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}
