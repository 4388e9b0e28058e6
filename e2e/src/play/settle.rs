//! Waiting until everything that was set in motion has left its mark: each mail its outcome, each change a letter to each
//! attendee, each created event and each refusal its notice, each answer its place in the statistics.

use std::{collections::BTreeSet, slice};

use conversation::Bindings as _;
use serde_json::Value;

use super::{Play, step::all_people};
use crate::{
    fault::Fault,
    records::{EventRecords, text},
    wait::{Look, until},
};

impl Play<'_> {
    /// Waits until every mail is decided upon, and learns the uids.
    pub(super) async fn decided(&mut self) -> Result<(), Fault> {
        let within = self.within;
        let waiting = self.all_arrived.clone();
        let world = self.world;
        let this = &*self;
        let outcomes = until("an outcome of every mail", within, async || {
            let events = this.events().await?;
            let mut found = Vec::new();
            for mail_id in &waiting {
                match world.records.outcome(mail_id, &events).await? {
                    Some(outcome) => found.push(outcome),
                    None => return Ok(Look::NotYet(format!("nothing of mail {mail_id}"))),
                }
            }
            Ok::<_, Fault>(Look::Seen(found))
        })
        .await?;
        for (mail_id, outcome) in waiting.iter().zip(outcomes) {
            self.learn(mail_id, &outcome.uid);
        }
        Ok(())
    }

    /// What is stored about every event of this play.
    pub(super) async fn events(&self) -> Result<Vec<EventRecords>, Fault> {
        let mut events = Vec::new();
        for uid in self.cast.uids.values() {
            events.push(self.world.records.about_event(uid).await?);
        }
        Ok(events)
    }

    fn learn(&mut self, mail_id: &String, uid: &str) {
        if uid.is_empty() {
            return;
        }
        let sent = self
            .sent
            .values()
            .find(|sent| sent.mail_ids.contains(mail_id));
        if let Some((organizer, event)) = sent.and_then(|sent| sent.about.as_ref()) {
            let key = (self.cast.address(organizer), self.cast.client_uid(event));
            self.cast.uids.insert(key, uid.to_owned());
        }
    }

    /// Waits until nothing of this play is on its way any more.
    pub(super) async fn settle(&mut self) -> Result<(), Fault> {
        self.decided().await?;
        let this = &*self;
        until(
            "the end of everything that was set in motion",
            this.within,
            async || {
                Ok::<_, Fault>(match this.on_its_way().await? {
                    None => Look::Seen(()),
                    Some(what) => Look::NotYet(what),
                })
            },
        )
        .await?;
        let people = all_people(self.conversation);
        self.refresh(&people).await
    }

    /// Something that is not finished, if there is.
    async fn on_its_way(&self) -> Result<Option<String>, Fault> {
        for ((organizer, _), uid) in &self.cast.uids {
            let records = self.world.records.about_event(uid).await?;
            let Some(event) = records.event() else {
                continue;
            };
            if let Some(what) = untold(&records, event) {
                return Ok(Some(what));
            }
            if let Some(what) = self.unasked(organizer, uid, &records).await? {
                return Ok(Some(what));
            }
            if let Some(what) = self.uncounted(uid, &records).await? {
                return Ok(Some(what));
            }
            let letters = self.world.mailbox.letters_to(organizer).await?;
            let is_told = letters
                .iter()
                .any(|letter| letter.calendar.is_none() && letter.uid().as_deref() == Some(uid));
            if !is_told {
                return Ok(Some(format!(
                    "{organizer} was not told that event {uid} was created"
                )));
            }
        }
        for mail_id in &self.all_arrived {
            let Some(outcome) = self.world.records.mail(mail_id).await? else {
                continue;
            };
            if let Some(what) = self.unnoticed(&outcome).await? {
                return Ok(Some(what));
            }
        }
        Ok(None)
    }

    /// The statistics must equal a recount of the attendees.
    async fn uncounted(&self, uid: &str, records: &EventRecords) -> Result<Option<String>, Fault> {
        let shown = self
            .world
            .api
            .get(&format!("/event/{uid}/statistics"))
            .await?;
        let is = |pointer: &str| shown.number(pointer).unwrap_or_default();
        let stored = |partstat: &str| {
            let with = records
                .attendees()
                .filter(|attendee| text(attendee, "/partstat") == partstat);
            i64::try_from(with.count()).unwrap_or(i64::MAX)
        };
        let recount = [
            (is("/rsvp/accepted"), stored("accepted")),
            (is("/rsvp/declined"), stored("declined")),
            (is("/rsvp/tentative"), stored("tentative")),
            // Who has delegated does not answer himself.
            (
                is("/rsvp/noaction"),
                stored("needs-action") + stored("delegated"),
            ),
        ];
        let is_equal = recount.iter().all(|(shown, stored)| shown == stored);
        Ok((!is_equal).then(|| format!("statistics {shown} where the attendees say {recount:?}")))
    }

    /// The organizer must be asked about each guest who waits for his word.
    async fn unasked(
        &self,
        organizer: &str,
        uid: &str,
        records: &EventRecords,
    ) -> Result<Option<String>, Fault> {
        let waiting = records.attendees().flat_map(|attendee| {
            let waiting = attendee.pointer("/waiting").and_then(Value::as_array);
            waiting.into_iter().flatten()
        });
        let organizer_hash = match cloud::shape::address(organizer) {
            Ok(organizer) => cloud::table::sender_hash(&organizer),
            Err(problem) => return Err(Fault::Wrong(problem.to_string())),
        };
        let mut asked = BTreeSet::new();
        for waiting in waiting.filter(|waiting| text(waiting, "/waits_for") == "approval") {
            let guest = text(waiting, "/mailbox/email");
            // What he says further does not make it another question.
            if !asked.insert(guest.clone()) {
                continue;
            }
            let guest_hash = match cloud::shape::address(&guest) {
                Ok(guest) => cloud::table::sender_hash(&guest),
                Err(problem) => return Err(Fault::Wrong(problem.to_string())),
            };
            let reason = format!("guest-waits-{uid}-{guest_hash}");
            let notice = self.world.records.notice(&organizer_hash, &reason).await?;
            if !is_sent(notice.as_ref()) {
                return Ok(Some(format!("{organizer} was not asked about {guest}")));
            }
        }
        Ok(None)
    }

    async fn unnoticed(&self, outcome: &Value) -> Result<Option<String>, Fault> {
        let notify = text(outcome, "/notify/email");
        if notify.is_empty() || notify.ends_with(&format!("@{}", self.world.stack.mail_domain)) {
            return Ok(None);
        }
        let (sender, reason) = (text(outcome, "/sender"), text(outcome, "/reason"));
        let notice = self.world.records.notice(&sender, &reason).await?;
        Ok((!is_sent(notice.as_ref()))
            .then(|| format!("the sender of a mail refused as {reason} was not told: {notice:?}")))
    }

    /// Reads people's mailboxes.
    pub(super) async fn refresh(&mut self, people: &[String]) -> Result<(), Fault> {
        for person in people {
            let address = self.cast.address(person);
            let letters = self.world.mailbox.letters_to(&address).await?;
            self.cast.letters.insert(address, letters);
        }
        Ok(())
    }

    /// Somebody can answer only what has reached him.
    pub(super) async fn wait_for_signed_address(
        &mut self,
        organizer: Option<&str>,
        person: &String,
    ) -> Result<(), Fault> {
        let address = self.cast.address(person);
        let organizer = self.cast.address(organizer.unwrap_or_default());
        let uids: Vec<String> = self
            .cast
            .uids
            .iter()
            .filter(|((of, _), _)| *of == organizer)
            .map(|(_, uid)| uid.clone())
            .collect();
        let mut is_invited = false;
        for uid in &uids {
            let records = self.world.records.about_event(uid).await?;
            is_invited |= records.attendee(&address).is_some();
        }
        if !is_invited {
            return self.refresh(slice::from_ref(person)).await;
        }
        let world = self.world;
        until(
            format!("an invitation to {person}"),
            self.within,
            async || {
                let letters = world.mailbox.letters_to(&address).await?;
                let has = letters
                    .iter()
                    .filter_map(|letter| letter.calendar.as_ref())
                    .any(|invitation| uids.contains(&invitation.uid));
                Ok::<_, Fault>(if has {
                    Look::Seen(())
                } else {
                    Look::NotYet("no mail".to_owned())
                })
            },
        )
        .await?;
        self.refresh(slice::from_ref(person)).await
    }
}

fn is_sent(notice: Option<&Value>) -> bool {
    notice.is_some_and(|notice| notice.pointer("/is_sent") == Some(&Value::Bool(true)))
}

/// An attendee who has not yet been sent the event's latest revision, or what he is owed.
fn untold(records: &EventRecords, event: &Value) -> Option<String> {
    let revision = event
        .pointer("/revision")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let is_cancelled = text(event, "/status") == "cancelled";
    records
        .attendees()
        .find(|attendee| {
            let told = attendee.pointer("/sent_revision").and_then(Value::as_u64);
            let owed = attendee.pointer("/owed/digest");
            let is_told = told.is_some_and(|told| told >= revision)
                && (owed.is_none() || owed == attendee.pointer("/owed_sent"));
            // Of an event that was cancelled before he was invited, nothing is told.
            let hears_nothing = is_cancelled && told.is_none();
            !is_told && !hears_nothing && attendee.pointer("/rejected").is_none()
        })
        .map(|attendee| {
            format!(
                "{} was last sent revision {:?} of {revision}, or is owed a letter",
                text(attendee, "/sk"),
                attendee.pointer("/sent_revision")
            )
        })
}
