//! What can be seen when a step fails: enough to know where the way of a mail ended.

use std::{slice, sync::PoisonError};

use super::{Failure, Story, steps::subjects, teller::Teller};
use crate::fault::Fault;

impl Story<'_> {
    pub(super) async fn failure(&self, teller: &Teller, fault: &Fault) -> Failure {
        Failure {
            step: teller
                .steps
                .last()
                .map(|step| step.title.clone())
                .unwrap_or_default(),
            reason: fault.chain(),
            seen: self.seen().await,
            logs: self.world.stack.logs.display().to_string(),
        }
    }

    async fn seen(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for person in std::iter::once(&self.cast.alice).chain(self.attendees()) {
            let letters = match self.world.mailbox.letters_to(&person.address).await {
                Ok(letters) => subjects(&letters),
                Err(error) => Fault::from(error).chain(),
            };
            seen.push(format!("mailbox of {}: {letters}", person.name));
        }
        let mails = self
            .mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let uid = self
            .uid
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let about_event = match &uid {
            Some(uid) => self.world.records.about_event(uid).await.map(Some),
            None => Ok(None),
        };
        let event = about_event.as_ref().ok().and_then(Option::as_ref);
        let events = event.map(slice::from_ref).unwrap_or_default();
        for (what, mail_id) in mails {
            let outcome = match self.world.records.outcome(&mail_id, events).await {
                Ok(Some(outcome)) => outcome.to_string(),
                Ok(None) => "none yet".to_owned(),
                Err(fault) => fault.chain(),
            };
            seen.push(format!("outcome of {what} ({mail_id}): {outcome}"));
        }
        if let Some(uid) = &uid {
            for path in [format!("/event/{uid}"), format!("/event/{uid}/statistics")] {
                let answer = match self.world.api.get(&path).await {
                    Ok(answer) => answer.to_string(),
                    Err(error) => Fault::from(error).chain(),
                };
                seen.push(format!("API {path}: {answer}"));
            }
            let keys = event.map(|event| event.keys().join(", "));
            seen.push(format!("table event#{uid}: {}", keys.unwrap_or_default()));
        }
        if let Err(fault) = &about_event {
            seen.push(fault.chain());
        }
        seen.push(match self.world.records.dead_letters().await {
            Ok(queues) if queues.is_empty() => "dead-letter queues: empty".to_owned(),
            Ok(queues) => format!("dead-letter queues: {}", queues.join(", ")),
            Err(fault) => fault.chain(),
        });
        seen
    }
}

impl Failure {
    pub(super) fn say(&self, teller: &Teller) {
        teller.say(format!("  step:   {}", self.step));
        teller.say(format!("  reason: {}", self.reason));
        for line in &self.seen {
            teller.say(format!("  seen:   {line}"));
        }
        teller.say(format!("  logs:   {}", self.logs));
    }
}
