//! Orders of the shop, the subscriptions that follow from them, and the webhooks that told of them.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use invite::address::Address;
use jiff::Timestamp;
use orders::{Entered, Ledger, Line, NotEnrolled, Plan};
use serde::{Deserialize, Serialize};

use super::{EXPLAINED_FOR, Fault, Key, Keyed, Stored, Table, number, put_conflicts, stored, text};

/// An order as it was read; one that is not stored yet has version 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderRecord {
    /// What is known of it.
    pub ledger: Ledger,
    version: u64,
}

/// As it is stored. The ledger is text: its maps go by numbers, which the table's do not.
#[derive(Serialize, Deserialize)]
struct StoredOrder {
    ledger: String,
    version: u64,
}

/// A subscription. Written when it is bought and when it ends, by the function that hears the shop, and never else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRecord {
    /// The shop's id of the order.
    pub invoice_id: String,
    /// The shop's id of the product.
    pub product_id: String,
    /// What the product is called.
    pub product: String,
    /// What it allows.
    pub plan: Plan,
    /// When it was bought.
    pub enrollment_date: Timestamp,
    /// When the shop told of it.
    pub recorded: Timestamp,
    /// Who bought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_email: Option<String>,
    /// Whose it is.
    pub organizer_email: String,
    /// Since when it is worth nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

impl SubscriptionRecord {
    fn new(order_id: u64, line: &Line, recorded: Timestamp) -> Self {
        Self {
            invoice_id: order_id.to_string(),
            product_id: line.product_id.to_string(),
            product: line.product.clone(),
            plan: line.plan.clone(),
            enrollment_date: line.bought,
            recorded,
            purchase_email: line.purchaser.clone(),
            organizer_email: line.organizer.clone(),
            revoked: None,
        }
    }
}

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WebhookOutcome {
    /// It is in the order's ledger.
    Entered,
    /// Its topic changes no subscription.
    UnknownTopic,
    /// It is not what the shop sends for its topic.
    Unreadable,
}

impl WebhookOutcome {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::UnknownTopic => "unknown-topic",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A webhook, by the id the shop gave it, so that each counts once. Kept for 90 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRecord {
    /// The shop's id of it.
    pub webhook_id: String,
    /// What it says it is about.
    pub topic: String,
    /// When it came.
    pub received: Timestamp,
    /// What became of it.
    pub outcome: WebhookOutcome,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Lines of the order that make no subscription, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_enrolled: Vec<NotEnrolledLine>,
}

/// A line of an order that makes no subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotEnrolledLine {
    /// The shop's id of the line.
    pub line: String,
    /// Why.
    pub reason: NotEnrolled,
}

impl WebhookRecord {
    /// That it was entered into the order's ledger, and what of it makes no subscription.
    #[must_use]
    pub fn entered(self, order_id: u64, entered: &Entered) -> Self {
        let lines = entered.not_enrolled.iter();
        Self {
            outcome: WebhookOutcome::Entered,
            order_id: Some(order_id.to_string()),
            not_enrolled: lines
                .map(|(line, reason)| NotEnrolledLine {
                    line: line.to_string(),
                    reason: *reason,
                })
                .collect(),
            ..self
        }
    }
}

impl Table {
    /// What became of a webhook, if it came before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn webhook(&self, webhook_id: &str) -> Result<Option<WebhookRecord>, Fault> {
        self.get("read a webhook", &Key::webhook(webhook_id)).await
    }

    /// Records a webhook that changes nothing; [`Stored::Conflict`] when it is recorded.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn record_webhook(&self, webhook: &WebhookRecord) -> Result<Stored, Fault> {
        let operation = "record a webhook";
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(keyed(webhook).item(operation)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }

    /// An order; an empty ledger where nothing was heard of it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn order(&self, order_id: u64) -> Result<OrderRecord, Fault> {
        let operation = "read an order";
        let Some(stored) = self
            .get::<StoredOrder>(operation, &Key::order(order_id))
            .await?
        else {
            return Ok(OrderRecord::default());
        };
        Ok(OrderRecord {
            ledger: serde_json::from_str(&stored.ledger).map_err(Fault::during(operation))?,
            version: stored.version,
        })
    }

    /// Stores what a webhook changed of an order: its ledger, the subscriptions that began and ended by it, and the webhook;
    /// all, or nothing when somebody else was quicker or the webhook was here before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn enter_order(
        &self,
        order_id: u64,
        order: &OrderRecord,
        entered: &Entered,
        webhook: &WebhookRecord,
    ) -> Result<Stored, Fault> {
        let operation = "store what became of an order";
        let record = StoredOrder {
            ledger: serde_json::to_string(&order.ledger).map_err(Fault::during(operation))?,
            version: order.version + 1,
        };
        let ledger = Put::builder()
            .table_name(&self.name)
            .set_item(Some(
                Keyed::kept(Key::order(order_id), record).item(operation)?,
            ))
            .condition_expression("attribute_not_exists(pk) OR version = :before")
            .expression_attribute_values(":before", number(order.version))
            .build()
            .map_err(Fault::during(operation))?;
        let seen = Put::builder()
            .table_name(&self.name)
            .set_item(Some(keyed(webhook).item(operation)?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Fault::during(operation))?;
        let mut writes = vec![
            TransactWriteItem::builder().put(ledger).build(),
            TransactWriteItem::builder().put(seen).build(),
        ];
        for (id, line) in &order.ledger.lines {
            if entered.begun.contains(id) {
                writes.push(self.begin(operation, order_id, *id, line, webhook.received)?);
            } else if entered.ended.contains(id) {
                writes.push(self.end(operation, order_id, *id, line, webhook.received)?);
            }
        }
        self.transact(operation, writes).await
    }

    /// A subscription of an organizer, by the shop's ids of the order and its line: `<order>-<line>`.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn subscription(
        &self,
        organizer: &Address,
        name: &str,
    ) -> Result<Option<SubscriptionRecord>, Fault> {
        let key = Key::subscription(organizer, name);
        self.get("read a subscription", &key).await
    }

    /// Counts what somebody told of an order who is not the shop. One item an hour: it is open to everybody, and what they
    /// write must not fill the table.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn count_not_the_shop(&self, at: Timestamp) -> Result<(), Fault> {
        let operation = "count what is not signed by the shop";
        let expires = at.checked_add(EXPLAINED_FOR).unwrap_or(Timestamp::MAX);
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::not_the_shop(at).item()))
            .update_expression("ADD refused :one SET last_refused = :at, expires_at = :expires")
            .expression_attribute_values(":one", number(1_u32))
            .expression_attribute_values(":at", text(at.to_string()))
            .expression_attribute_values(":expires", number(expires.as_second()))
            .send()
            .await
            .map_err(Fault::during(operation))?;
        Ok(())
    }

    fn begin(
        &self,
        operation: &'static str,
        order_id: u64,
        id: u64,
        line: &Line,
        at: Timestamp,
    ) -> Result<TransactWriteItem, Fault> {
        let key = subscription_key(operation, order_id, id, line)?;
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(
                Keyed::kept(key, SubscriptionRecord::new(order_id, line, at)).item(operation)?,
            ))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn end(
        &self,
        operation: &'static str,
        order_id: u64,
        id: u64,
        line: &Line,
        at: Timestamp,
    ) -> Result<TransactWriteItem, Fault> {
        let key = subscription_key(operation, order_id, id, line)?;
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key.item()))
            .update_expression("SET revoked = :at")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(revoked)")
            .expression_attribute_values(":at", text(at.to_string()))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn subscription_key(
    operation: &'static str,
    order_id: u64,
    id: u64,
    line: &Line,
) -> Result<Key, Fault> {
    let organizer = Address::parse(&line.organizer)
        .ok_or("the ledger names somebody who has no address")
        .map_err(Fault::during(operation))?;
    Ok(Key::subscription(&organizer, &format!("{order_id}-{id}")))
}

fn keyed(webhook: &WebhookRecord) -> Keyed<&WebhookRecord> {
    let expires = webhook
        .received
        .checked_add(EXPLAINED_FOR)
        .unwrap_or(Timestamp::MAX);
    Keyed::until(Key::webhook(&webhook.webhook_id), expires, webhook)
}
