//! What people do, in the order of the file.

use std::collections::BTreeMap;

use conversation::{
    Action, Bindings as _, Content, Conversation, Destination, Event, Given, Mail, Message, Step,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Cast, Failure, LastExpected, Notifications, Play, Sent};
use crate::{
    fault::Fault,
    post::Place,
    wait::{Look, until},
    world::World,
};

/// More than any plan allows.
const USED_UP: u32 = 1_000_000_000;

impl<'a> Play<'a> {
    pub(crate) fn new(
        world: &'a World,
        notifications: &'a Notifications,
        conversation: &'a Conversation,
        within: std::time::Duration,
    ) -> Self {
        let tag: String = std::iter::repeat_with(fastrand::lowercase)
            .take(8)
            .collect();
        Self {
            world,
            notifications,
            conversation,
            within,
            cast: Cast::new(&world.stack.mail_domain, &tag),
            sent: BTreeMap::new(),
            arrived: Vec::new(),
            all_arrived: Vec::new(),
            letters_before: BTreeMap::new(),
            last_expected: None,
        }
    }

    /// Plays the file up to the first thing that is not as it says.
    pub(crate) async fn play(&mut self) -> Result<(), Failure> {
        let conversation = self.conversation;
        for step in &conversation.steps {
            match &step.action {
                Action::Expect(expectations) => {
                    self.settle().await.map_err(Failure::at(step.line))?;
                    let expected = LastExpected {
                        expectations: expectations.clone(),
                        arrived: std::mem::take(&mut self.arrived),
                        letters_before: self.letters_before.clone(),
                    };
                    self.check_until(&expected).await?;
                    self.letters_before = self.count_letters();
                    self.last_expected = Some(expected);
                }
                Action::Together(racing) => self.race(racing).await?,
                _ => self.one(step).await.map_err(Failure::at(step.line))?,
            }
        }
        Ok(())
    }

    /// When every queue is empty: nothing came after it was counted.
    pub(crate) async fn check_again(&mut self) -> Result<(), Failure> {
        match self.last_expected.clone() {
            Some(expected) => self.check_until(&expected).await,
            None => Ok(()),
        }
    }

    /// One statement, until its mail is decided upon or its people are invited.
    async fn one(&mut self, step: &Step) -> Result<(), Fault> {
        match &step.action {
            Action::Given(Given::TimePassed(passed)) => self.age(*passed).await,
            Action::Given(given) => self.given(given).await,
            Action::Invite { event, people } => self.invite(event, people).await,
            Action::Mail(mail) => {
                let message = self.write(mail).await?;
                let mail_id = self.send(&message).await?;
                self.took(mail, message, mail_id);
                self.decided().await
            }
            Action::Repeat {
                number,
                same_mail_id,
            } => {
                let sent = self.sent.get(number).cloned();
                let sent =
                    sent.ok_or_else(|| Fault::Wrong("repeats a mail that comes later".to_owned()))?;
                if *same_mail_id {
                    if let Some(mail_id) = sent.mail_ids.first() {
                        self.notifications
                            .again(self.world, mail_id, self.within)
                            .await?;
                    }
                    return Ok(());
                }
                let mail_id = self.send(&sent.message).await?;
                self.repeated(*number, mail_id);
                self.decided().await
            }
            Action::Together(_) | Action::Expect(_) => Ok(()),
        }
    }

    /// All of them at once.
    async fn race(&mut self, racing: &[Step]) -> Result<(), Failure> {
        let line = racing.first().map_or(0, |step| step.line);
        let fail = Failure::at(line);
        let mut mails = Vec::new();
        let mut repeats = Vec::new();
        let mut invites = Vec::new();
        for step in racing {
            match &step.action {
                Action::Mail(mail) => {
                    let message = self.write(mail).await.map_err(Failure::at(step.line))?;
                    mails.push((mail, message));
                }
                Action::Repeat {
                    number,
                    same_mail_id,
                } => repeats.push((*number, *same_mail_id)),
                Action::Invite { event, people } => invites.push((event, people)),
                Action::Given(_) | Action::Together(_) | Action::Expect(_) => {}
            }
        }
        // What is repeated may be one of those that race with it.
        let mut messages: Vec<(usize, Option<&Mail>, Message)> = mails
            .into_iter()
            .map(|(mail, message)| (mail.number, Some(&**mail), message))
            .collect();
        for (number, same_mail_id) in repeats {
            if same_mail_id {
                let known = self
                    .sent
                    .get(&number)
                    .and_then(|sent| sent.mail_ids.first().cloned());
                if let Some(mail_id) = known {
                    let again = self.notifications.again(self.world, &mail_id, self.within);
                    again.await.map_err(&fail)?;
                }
                continue;
            }
            let racing = messages.iter().find(|(racing, ..)| *racing == number);
            let message = racing
                .map(|(.., message)| message.clone())
                .or_else(|| self.sent.get(&number).map(|sent| sent.message.clone()));
            let message = message
                .ok_or_else(|| fail(Fault::Wrong("repeats a mail that comes later".to_owned())))?;
            messages.push((number, None, message));
        }
        let this = &*self;
        let sending = messages.iter().map(|(.., message)| this.send(message));
        let asking = invites
            .iter()
            .map(|(event, people)| this.ask_to_invite(event, people));
        let (sent, asked) = tokio::join!(all(sending), all(asking));
        let asked = asked.map_err(&fail)?;
        let sent = sent.map_err(&fail)?;
        for ((number, mail, message), mail_id) in messages.into_iter().zip(sent) {
            match mail {
                Some(mail) => self.took(mail, message, mail_id),
                None => self.repeated(number, mail_id),
            }
        }
        self.decided().await.map_err(&fail)?;
        for ((event, people), taken) in invites.into_iter().zip(asked) {
            if taken {
                self.invited(event, people).await.map_err(&fail)?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, mail: &Mail) -> Result<Message, Fault> {
        match (&mail.to, &mail.content) {
            (Destination::TokenOf(person), Content::Calendar(calendar)) => {
                let organizer = calendar.event.organizer.clone();
                self.wait_for_signed_address(organizer.as_deref(), person)
                    .await?;
            }
            (Destination::Reply, _) => {
                self.settle().await?;
                self.refresh(std::slice::from_ref(&mail.from)).await?;
            }
            (_, Content::OurLastMailTo(person)) => {
                self.settle().await?;
                self.refresh(std::slice::from_ref(person)).await?;
            }
            _ => {}
        }
        mail.write(&self.cast)
            .map_err(|problem| Fault::Wrong(problem.to_string()))
    }

    async fn send(&self, message: &Message) -> Result<String, Fault> {
        let place = if message.forged {
            Place::Forged
        } else {
            Place::Honest
        };
        let from = message.envelope_from.as_deref().unwrap_or_default();
        let taken = self
            .world
            .post
            .send_greeting(
                &message.from_domain,
                place,
                from,
                &[&message.envelope_to],
                &message.bytes,
            )
            .await?;
        Ok(taken.mail_id)
    }

    fn took(&mut self, mail: &Mail, message: Message, mail_id: String) {
        self.arrived.push(mail_id.clone());
        self.all_arrived.push(mail_id.clone());
        let about = match &mail.content {
            Content::Calendar(calendar)
                if matches!(calendar.method.as_str(), "REQUEST" | "CANCEL") =>
            {
                Some((mail.from.clone(), calendar.event.name.clone()))
            }
            _ => None,
        };
        let mail_ids = vec![mail_id];
        self.sent.insert(
            mail.number,
            Sent {
                message,
                mail_ids,
                about,
            },
        );
    }

    fn repeated(&mut self, number: usize, mail_id: String) {
        self.arrived.push(mail_id.clone());
        self.all_arrived.push(mail_id.clone());
        if let Some(sent) = self.sent.get_mut(&number) {
            sent.mail_ids.push(mail_id);
        }
    }

    /// What attendees are owed and what waits in their records becomes so much older.
    async fn age(&mut self, passed: SignedDuration) -> Result<(), Fault> {
        self.settle().await?;
        for uid in self.cast.uids.values() {
            let records = self.world.records.about_event(uid).await?;
            for attendee in records.attendees() {
                let mut older = attendee.clone();
                let waiting = older.pointer_mut("/waiting").and_then(Value::as_array_mut);
                let expiries = waiting
                    .into_iter()
                    .flatten()
                    .filter_map(|waiting| waiting.pointer_mut("/expires"));
                expiries.for_each(|time| set_back(time, passed));
                if let Some(asked) = older.pointer_mut("/owed/asked") {
                    set_back(asked, passed);
                }
                if older != *attendee {
                    self.world.records.put(&older).await?;
                }
            }
        }
        Ok(())
    }

    async fn given(&self, given: &Given) -> Result<(), Fault> {
        let organizer = |person: &str| format!("organizer#{}", self.cast.address(person));
        let record = match given {
            Given::Suspended { organizer: person } => {
                json!({ "pk": organizer(person), "sk": "suspended#e2e" })
            }
            Given::EventsUsedUp { organizer: person } => {
                json!({ "pk": organizer(person), "sk": organizer(person), "events": USED_UP })
            }
            Given::InvitationsUsedUp { event } => {
                let uid = self.uid(event).unwrap_or_default();
                json!({ "pk": format!("event#{uid}"), "sk": "invitations#", "invited": USED_UP })
            }
            Given::Blocked {
                attendee,
                organizer,
            } => json!({
                "pk": format!("attendee#{}", self.cast.address(attendee)),
                "sk": format!("block#{}", self.cast.address(organizer)),
            }),
            Given::TimePassed(_) => return Ok(()),
        };
        self.world.records.put(&record).await
    }

    async fn invite(&self, event: &Event, people: &[String]) -> Result<(), Fault> {
        if self.ask_to_invite(event, people).await? {
            self.invited(event, people).await?;
            self.told(event, people).await?;
        }
        Ok(())
    }

    /// Waits until whoever is invited was sent his invitation: what follows finds him told.
    async fn told(&self, event: &Event, people: &[String]) -> Result<(), Fault> {
        let Some(uid) = self.uid(event) else {
            return Ok(());
        };
        let what = format!("an invitation to everybody invited: {people:?}");
        until(what, self.within, async || {
            let records = self.world.records.about_event(uid).await?;
            let untold = people.iter().find(|person| {
                let attendee = records.attendee(&self.cast.address(person));
                attendee.is_some_and(|attendee| {
                    ["/sent_revision", "/rejected"]
                        .iter()
                        .all(|mark| attendee.pointer(mark).is_none())
                })
            });
            Ok(match untold {
                None => Look::Seen(()),
                Some(person) => Look::NotYet(format!("{person} was sent nothing")),
            })
        })
        .await
    }

    /// Whether the API took it; it refuses at once for an event that is cancelled.
    async fn ask_to_invite(&self, event: &Event, people: &[String]) -> Result<bool, Fault> {
        let Some(uid) = self.uid(event) else {
            return Ok(false);
        };
        let invites: Vec<_> = people
            .iter()
            .map(|person| json!({ "email": self.cast.address(person) }))
            .collect();
        let path = format!("/event/{uid}/invites");
        let answer = self
            .world
            .api
            .post(&path, &json!({ "invites": invites }))
            .await?;
        match answer.status {
            202 => Ok(true),
            409 => Ok(false),
            _ => Err(Fault::Wrong(format!("POST {path} answered {answer}"))),
        }
    }

    /// Waits until each is invited or turned down.
    async fn invited(&self, event: &Event, people: &[String]) -> Result<(), Fault> {
        let Some(uid) = self.uid(event) else {
            return Ok(());
        };
        until(
            format!("everybody invited or turned down: {people:?}"),
            self.within,
            async || {
                let records = self.world.records.about_event(uid).await?;
                let keys = records.keys();
                let waiting: Vec<_> = people
                    .iter()
                    .map(|person| self.cast.address(person))
                    .filter(|address| {
                        !keys.contains(&format!("attendee#{address}"))
                            && !keys.contains(&format!("refused#{address}"))
                    })
                    .collect();
                Ok(if waiting.is_empty() {
                    Look::Seen(())
                } else {
                    Look::NotYet(format!("still waiting for {waiting:?}"))
                })
            },
        )
        .await
    }

    pub(super) fn uid(&self, event: &Event) -> Option<&str> {
        self.cast.uid_of(event.organizer.as_deref()?, &event.name)
    }
}

fn set_back(time: &mut Value, by: SignedDuration) {
    let stored: Option<Timestamp> = time.as_str().and_then(|text| text.parse().ok());
    if let Some(stored) = stored {
        *time = Value::from((stored - by).to_string());
    }
}

/// The world a check reads.
pub(super) fn all_people(conversation: &Conversation) -> Vec<String> {
    conversation.addresses.iter().cloned().collect()
}

async fn all<T, E>(
    tasks: impl Iterator<Item = impl Future<Output = Result<T, E>>>,
) -> Result<Vec<T>, E> {
    let tasks: Vec<_> = tasks.collect();
    futures::future::try_join_all(tasks).await
}
