//! What is stored, as it is stored: JSON of the items, read by the names that are a contract with what is stored already.

use std::fmt;

use cloud::{Cloud, inspect::Inspector};
use serde_json::Value;

use crate::{fault::Fault, stack::Stack};

/// The tenant's table and queues, as an operator sees them.
#[derive(Clone)]
pub struct Records {
    /// Everything else that can be looked at.
    pub inspector: Inspector,
    table: String,
}

/// What became of a mail.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// `applied`, `ignored`, `refused`, `quarantined`, `held`.
    pub outcome: String,
    /// The reason's stable code.
    pub reason: String,
    /// The reason in words.
    pub text: String,
    /// The event it is about, where the mail has a record of its own.
    pub uid: String,
}

impl Records {
    /// The table of a stack.
    pub async fn new(stack: &Stack) -> Self {
        Self {
            inspector: Inspector::new(&Cloud::from_env().await),
            table: stack.table.clone(),
        }
    }

    /// Every item about an event.
    ///
    /// # Errors
    /// [`Fault::Cloud`].
    pub async fn about_event(&self, uid: &str) -> Result<EventRecords, Fault> {
        let items = self
            .inspector
            .items(&self.table, &format!("event#{uid}"))
            .await?;
        Ok(EventRecords { items })
    }

    /// A mail's own record of what became of it.
    ///
    /// # Errors
    /// [`Fault::Cloud`].
    pub async fn mail(&self, mail_id: &str) -> Result<Option<Value>, Fault> {
        self.first(&format!("mail#{mail_id}")).await
    }

    /// A notice to somebody (by the hash of his address) about a reason.
    ///
    /// # Errors
    /// [`Fault::Cloud`].
    pub async fn notice(&self, to: &str, reason: &str) -> Result<Option<Value>, Fault> {
        self.first(&format!("notice#{to}#{reason}")).await
    }

    /// What became of a mail; `None` until that is decided. Its own record says it, or else the history of an attendee of
    /// one of these events, which names the mail where it was an answer and nothing else.
    ///
    /// # Errors
    /// [`Fault::Cloud`]. [`Fault::Wrong`] where both say the same: such an answer was paid for twice.
    pub async fn outcome(
        &self,
        mail_id: &str,
        events: &[EventRecords],
    ) -> Result<Option<Outcome>, Fault> {
        let own = self.mail(mail_id).await?.map(|record| Outcome {
            outcome: text(&record, "/outcome"),
            reason: text(&record, "/reason"),
            text: text(&record, "/text"),
            uid: text(&record, "/uid"),
        });
        let is_recorded = events.iter().any(|event| event.has_answer_of(mail_id));
        match own {
            Some(own) if is_recorded && own.reason.is_empty() => Err(Fault::Wrong(format!(
                "mail {mail_id} is in a history and has a record of its own: {own}"
            ))),
            None if is_recorded => Ok(Some(Outcome {
                outcome: "applied".to_owned(),
                ..Outcome::default()
            })),
            own => Ok(own),
        }
    }

    async fn first(&self, partition: &str) -> Result<Option<Value>, Fault> {
        let items = self.inspector.items(&self.table, partition).await?;
        Ok(items.into_iter().next())
    }

    /// Writes a record that a test finds there.
    ///
    /// # Errors
    /// [`Fault::Cloud`].
    pub async fn put(&self, item: &Value) -> Result<(), Fault> {
        Ok(self.inspector.put_item(&self.table, item).await?)
    }

    /// The tenant's dead-letter queues that hold something.
    ///
    /// # Errors
    /// [`Fault::Cloud`].
    pub async fn dead_letters(&self) -> Result<Vec<String>, Fault> {
        self.not_empty(|name| name.ends_with("-dlq")).await
    }

    /// The tenant's queues that have work waiting or being done.
    ///
    /// # Errors
    /// [`Fault::Cloud`].
    pub async fn at_work(&self) -> Result<Vec<String>, Fault> {
        self.not_empty(|name| !name.ends_with("-dlq")).await
    }

    async fn not_empty(&self, is_meant: impl Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
        let queues = self.inspector.queues(&self.table).await?;
        Ok(queues
            .into_iter()
            .filter(|(name, (_, depth))| is_meant(name) && depth.waiting + depth.in_flight > 0)
            .map(|(name, (_, depth))| format!("{name}: {}", depth.waiting + depth.in_flight))
            .collect())
    }
}

/// The items of one event.
#[derive(Clone, PartialEq, Debug)]
pub struct EventRecords {
    items: Vec<Value>,
}

impl EventRecords {
    /// The event itself.
    #[must_use]
    pub fn event(&self) -> Option<&Value> {
        self.with_sort_key("event#").next()
    }

    /// Everybody invited to it.
    pub fn attendees(&self) -> impl Iterator<Item = &Value> {
        self.with_sort_key("attendee#")
    }

    /// An attendee.
    #[must_use]
    pub fn attendee(&self, address: &str) -> Option<&Value> {
        self.item(&format!("attendee#{}", address.to_lowercase()))
    }

    /// Whether the history of an attendee names this mail.
    #[must_use]
    pub fn has_answer_of(&self, mail_id: &str) -> bool {
        self.attendees()
            .filter_map(|attendee| attendee.pointer("/history")?.as_array())
            .flatten()
            .any(|answer| text(answer, "/mail_id") == mail_id)
    }

    /// The item of that sort key.
    #[must_use]
    pub fn item(&self, key: &str) -> Option<&Value> {
        self.items
            .iter()
            .find(|item| item.pointer("/sk").and_then(Value::as_str) == Some(key))
    }

    /// An attendee's answer as stored, `-` for somebody who is not invited.
    #[must_use]
    pub fn partstat(&self, address: &str) -> String {
        self.attendee(address)
            .map_or_else(|| "-".to_owned(), |attendee| text(attendee, "/partstat"))
    }

    /// The sort keys.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.items.iter().map(|item| text(item, "/sk")).collect()
    }

    fn with_sort_key(&self, prefix: &'static str) -> impl Iterator<Item = &Value> {
        self.items
            .iter()
            .filter(move |item| text(item, "/sk").starts_with(prefix))
    }
}

/// Text of an item, empty if there is none.
#[must_use]
pub fn text(item: &Value, pointer: &str) -> String {
    item.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

impl Outcome {
    /// Whether the mail was turned down.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.outcome.as_str(), "refused" | "quarantined")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            outcome,
            reason,
            text,
            ..
        } = self;
        write!(f, "{outcome} {reason} {text:?}")
    }
}
