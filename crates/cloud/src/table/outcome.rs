//! What became of each mail, for people who ask, and for deciding about each once. A mail that is an answer and nothing
//! else has no record of its own: the answer in the attendee's history names it.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use invite::address::Address;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    EXPLAINED_FOR, Fault, Key, Keyed, Stored, Table, feed::InFeed, key::hash_of, put_conflicts,
    stored, text,
};
use crate::shape::MailboxShape;

/// What became of a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Understood and handed to the function that decides about it. Not written any more; what was is kept for 90 days.
    PassedOn,
    /// It did what it asked for.
    Applied,
    /// Allowed, but without effect.
    Ignored,
    /// Refused, with a reason.
    Refused,
    /// Kept apart: nothing proves it, or it may be harmful.
    Quarantined,
    /// Waits for another mail.
    Held,
}

/// The record of it, never changed but for a `passed-on`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailOutcome {
    /// SES's message id.
    pub mail_id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Stable code of the reason, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What its sender can do, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// `request`, `cancel`, `reply`, `counter`, `refresh`, `unclear-words`, `approval`, `stop`, `unsubscribe` or `list`;
    /// `None` where it was refused before that mattered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The event it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The event's revision after it, where it was applied to the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// SHA-256 of who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// When SES received it.
    pub received: Timestamp,
    /// When this was decided.
    pub decided: Timestamp,
    /// Whom to tell of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<MailboxShape>,
    /// Its subject, kept with `notify` only: the notice repeats it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its Message-ID, kept with `notify` only: the notice answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
}

impl MailOutcome {
    /// An outcome without further words.
    #[must_use]
    pub fn new(mail_id: &str, outcome: Outcome, received: Timestamp, decided: Timestamp) -> Self {
        Self {
            mail_id: mail_id.to_owned(),
            outcome,
            reason: None,
            text: None,
            remedy: None,
            command: None,
            uid: None,
            revision: None,
            sender: None,
            received,
            decided,
            notify: None,
            subject: None,
            message_id: None,
        }
    }

    /// What to say of it in a log line.
    #[must_use]
    pub fn said(&self) -> &'static str {
        match self.outcome {
            Outcome::PassedOn => "passed-on",
            Outcome::Applied => "applied",
            Outcome::Ignored => "ignored",
            Outcome::Refused => "refused",
            Outcome::Quarantined => "quarantined",
            Outcome::Held => "held",
        }
    }
}

/// What stands for a sender in outcome records: SHA-256 of the address, in hexadecimal.
#[must_use]
pub fn sender_hash(sender: &Address) -> String {
    hash_of(sender)
}

impl Table {
    /// What became of the mail of that id, as far as it is known.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn mail_outcome(&self, mail_id: &str) -> Result<Option<MailOutcome>, Fault> {
        self.get("read the outcome of a mail", &Key::mail(mail_id))
            .await
    }

    /// Whether it was decided before what becomes of the mail of that id.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn is_decided(&self, mail_id: &str) -> Result<bool, Fault> {
        let known = self.mail_outcome(mail_id).await?;
        Ok(known.is_some_and(|known| known.outcome != Outcome::PassedOn))
    }

    /// Records what became of a mail; [`Stored::Conflict`] when that had been decided before, which then stands.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn record_outcome(&self, outcome: &MailOutcome) -> Result<Stored, Fault> {
        let operation = "record the outcome of a mail";
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(keyed(outcome).item(operation)?))
            .condition_expression(NOT_DECIDED)
            .expression_attribute_values(":passed_on", text("passed-on"))
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }

    /// The same, as a part of a transaction.
    pub(super) fn outcome_write(
        &self,
        operation: &'static str,
        outcome: &MailOutcome,
    ) -> Result<TransactWriteItem, Fault> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(keyed(outcome).item(operation)?))
            .condition_expression(NOT_DECIDED)
            .expression_attribute_values(":passed_on", text("passed-on"))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// An outcome as it is written: with what lists it in its event's ledger, where it is about one.
#[derive(Serialize)]
struct ListedOutcome<'a> {
    #[serde(flatten)]
    outcome: &'a MailOutcome,
    #[serde(flatten)]
    feed: Option<InFeed>,
}

fn keyed(outcome: &MailOutcome) -> Keyed<ListedOutcome<'_>> {
    let listed = ListedOutcome {
        outcome,
        feed: outcome
            .uid
            .as_deref()
            .map(|uid| InFeed::of_ledger(uid, outcome.decided)),
    };
    let expires = outcome
        .decided
        .checked_add(EXPLAINED_FOR)
        .unwrap_or(Timestamp::MAX);
    Keyed::until(Key::mail(&outcome.mail_id), expires, listed)
}

const NOT_DECIDED: &str = "attribute_not_exists(pk) OR outcome = :passed_on";

#[cfg(test)]
mod tests {
    use super::{super::from_item, *};

    #[test]
    fn what_is_about_an_event_is_listed_in_its_ledger_and_comes_back_as_it_went() {
        let decided = "2026-03-01T10:00:00.123456789Z".parse().unwrap();
        let nothing = MailOutcome::new("m1", Outcome::Applied, decided, decided);
        let about = MailOutcome {
            uid: Some("5f".repeat(20)),
            revision: Some(2),
            ..nothing.clone()
        };
        for (outcome, feed) in [
            (nothing, None),
            (about, Some(format!("ledger#{}", "5f".repeat(20)))),
        ] {
            let item = keyed(&outcome).item("test").unwrap();
            let listed = item.get("feed").and_then(|feed| feed.as_s().ok()).cloned();
            assert_eq!(listed, feed);
            let at = item.get("feed_at").and_then(|at| at.as_n().ok());
            assert_eq!(at.map(String::as_str), feed.map(|_| "1772359200123"));
            assert_eq!(from_item::<MailOutcome>("test", item).unwrap(), outcome);
        }
    }
}
