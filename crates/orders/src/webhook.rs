//! What a webhook says: its topic from the header, the order or refund from the body.
//!
//! Only what subscriptions need is read; Shopify adds fields as it likes.

use invite::address::Address;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// `X-Shopify-Topic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// `orders/paid`.
    Paid,
    /// `orders/cancelled`.
    Cancelled,
    /// `refunds/create`.
    Refunded,
}

impl Topic {
    /// Reads the header; `None`: a topic that changes no subscription.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        match header.trim() {
            "orders/paid" => Some(Self::Paid),
            "orders/cancelled" => Some(Self::Cancelled),
            "refunds/create" => Some(Self::Refunded),
            _ => None,
        }
    }

    /// As in the header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "orders/paid",
            Self::Cancelled => "orders/cancelled",
            Self::Refunded => "refunds/create",
        }
    }
}

/// What a webhook says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The order is paid.
    Paid(Order),
    /// The order is cancelled, as a whole.
    Cancelled {
        /// Which.
        order_id: u64,
    },
    /// Money for some of it was given back.
    Refunded(Refund),
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The shop's id; also what a subscription calls its invoice.
    pub id: u64,
    /// When it was made.
    pub created: Timestamp,
    /// Who bought.
    pub purchaser: Option<Address>,
    /// What.
    pub items: Vec<Item>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The shop's id of the line.
    pub id: u64,
    /// Of the product; a product that was removed has none.
    pub product_id: Option<u64>,
    /// What the product is called.
    pub name: String,
    /// How many.
    pub quantity: u64,
    /// For whom: the line's property named `email`. `Err`: there is one, and it is no address.
    pub organizer: Result<Option<Address>, ()>,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The shop's id.
    pub id: u64,
    /// Of which order.
    pub order_id: u64,
    /// Which lines, and how many of each. Empty where only an amount was given back.
    pub items: Vec<(u64, u64)>,
}

/// Why a body cannot be read. Names the field, never what it holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON, or a field has another type.
    #[error("line {line}, column {column}: it is not what Shopify sends for this topic")]
    Shape {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// More lines than an order has.
    #[error("`{field}`: more than {MAX_ITEMS} lines")]
    TooMany {
        /// Of the body.
        field: &'static str,
    },
}

/// Lines of an order or refund: Shopify allows 500.
pub const MAX_ITEMS: usize = 500;
/// Characters of a product's name that are kept.
const MAX_NAME: usize = 255;

#[derive(Deserialize)]
struct OrderBody {
    id: u64,
    created_at: Timestamp,
    email: Option<String>,
    contact_email: Option<String>,
    #[serde(default)]
    line_items: Vec<ItemBody>,
}

#[derive(Deserialize)]
struct ItemBody {
    id: u64,
    product_id: Option<u64>,
    #[serde(default)]
    name: String,
    #[serde(default = "one")]
    quantity: u64,
    /// A list of name and value; other software has sent objects, and nothing.
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
struct CancelledBody {
    id: u64,
}

#[derive(Deserialize)]
struct RefundBody {
    id: u64,
    order_id: u64,
    #[serde(default)]
    refund_line_items: Vec<RefundItemBody>,
}

#[derive(Deserialize)]
struct RefundItemBody {
    line_item_id: u64,
    #[serde(default = "one")]
    quantity: u64,
}

fn one() -> u64 {
    1
}

impl Said {
    /// Reads the body of a webhook of that topic.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(topic: Topic, body: &[u8]) -> Result<Self, Unreadable> {
        match topic {
            Topic::Paid => Order::read(body).map(Self::Paid),
            Topic::Cancelled => {
                let CancelledBody { id } = json(body)?;
                Ok(Self::Cancelled { order_id: id })
            }
            Topic::Refunded => Refund::read(body).map(Self::Refunded),
        }
    }

    /// The order it is about.
    #[must_use]
    pub fn order_id(&self) -> u64 {
        match self {
            Self::Paid(order) => order.id,
            Self::Cancelled { order_id } => *order_id,
            Self::Refunded(refund) => refund.order_id,
        }
    }
}

impl Order {
    fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let body: OrderBody = json(body)?;
        at_most(body.line_items.len(), "line_items")?;
        let purchaser = [body.email, body.contact_email]
            .into_iter()
            .flatten()
            .find_map(|email| Address::parse(email.trim()));
        Ok(Self {
            id: body.id,
            created: body.created_at,
            purchaser,
            items: body.line_items.into_iter().map(Item::from).collect(),
        })
    }
}

impl From<ItemBody> for Item {
    fn from(body: ItemBody) -> Self {
        let email = email_among(&body.properties).filter(|email| !email.is_empty());
        Self {
            id: body.id,
            product_id: body.product_id,
            name: body.name.chars().take(MAX_NAME).collect(),
            quantity: body.quantity,
            organizer: email
                .map(|email| Address::parse(email).ok_or(()))
                .transpose(),
        }
    }
}

impl Refund {
    fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let body: RefundBody = json(body)?;
        at_most(body.refund_line_items.len(), "refund_line_items")?;
        Ok(Self {
            id: body.id,
            order_id: body.order_id,
            items: body
                .refund_line_items
                .into_iter()
                .map(|item| (item.line_item_id, item.quantity))
                .collect(),
        })
    }
}

/// The property named `email`, of a list of `{name, value}`.
fn email_among(properties: &Value) -> Option<&str> {
    properties.as_array()?.iter().find_map(|property| {
        let name = property.get("name")?.as_str()?;
        let is_email = name.trim().eq_ignore_ascii_case("email");
        is_email.then(|| property.get("value")?.as_str().map(str::trim))?
    })
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(body).map_err(|error| Unreadable::Shape {
        line: error.line(),
        column: error.column(),
    })
}

fn at_most(lines: usize, field: &'static str) -> Result<(), Unreadable> {
    if lines > MAX_ITEMS {
        Err(Unreadable::TooMany { field })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(items: &Value) -> Order {
        let body = json!({
            "id": 820_982_911_946_154_508_u64,
            "email": "Buyer@Shop.Test ",
            "created_at": "2026-03-02T11:40:00-05:00",
            "line_items": items,
            "something_new": { "of": "tomorrow" },
        });
        Order::read(body.to_string().as_bytes()).unwrap()
    }

    fn organizer(properties: &Value) -> Result<Option<String>, ()> {
        let order = order(&json!([{ "id": 1, "product_id": 7, "properties": properties }]));
        order.items[0]
            .organizer
            .clone()
            .map(|address| address.map(|address| address.as_str().to_owned()))
    }

    #[test]
    fn an_order_says_who_bought_what_for_whom() {
        let order = order(&json!([
            { "id": 11, "product_id": 7, "name": "CalendarSnack Pro", "quantity": 2,
              "properties": [{ "name": "colour", "value": "blue" }, { "name": "Email", "value": " Org@A.Test" }] },
            { "id": 12, "product_id": null, "name": "Gone" },
        ]));
        assert_eq!(order.purchaser.unwrap().as_str(), "buyer@shop.test");
        assert_eq!(order.created.to_string(), "2026-03-02T16:40:00Z");
        let [pro, gone] = order.items.try_into().unwrap();
        assert_eq!((pro.id, pro.product_id, pro.quantity), (11, Some(7), 2));
        assert_eq!(pro.organizer.unwrap().unwrap().as_str(), "org@a.test");
        assert_eq!(
            (gone.product_id, gone.quantity, gone.organizer),
            (None, 1, Ok(None))
        );
    }

    #[test]
    fn properties_of_other_shapes_name_nobody() {
        for properties in [
            json!(null),
            json!({}),
            json!({ "email": "a@b.test" }),
            json!([]),
            json!("x"),
            json!([null, 1, { "name": 2 }, { "name": "email" }, { "name": "email", "value": 3 }, { "name": "email", "value": " " }]),
        ] {
            assert_eq!(organizer(&properties), Ok(None), "{properties}");
        }
        let wrong = json!([{ "name": "email", "value": "my boss" }]);
        assert_eq!(organizer(&wrong), Err(()));
        let crlf = json!([{ "name": "email", "value": "a@b.test\r\nBcc: c@d.test" }]);
        assert_eq!(organizer(&crlf), Err(()));
    }

    #[test]
    fn a_refund_says_which_lines() {
        let body = json!({ "id": 5, "order_id": 9, "refund_line_items": [{ "line_item_id": 11, "quantity": 1, "subtotal": 9.5 }] });
        let refund = Refund::read(body.to_string().as_bytes()).unwrap();
        assert_eq!(
            refund,
            Refund {
                id: 5,
                order_id: 9,
                items: vec![(11, 1)]
            }
        );
        let amount_only = Refund::read(br#"{"id":5,"order_id":9}"#).unwrap();
        assert!(amount_only.items.is_empty());
    }

    #[test]
    fn what_cannot_be_read_says_where_and_not_what() {
        for (topic, body) in [
            (Topic::Paid, "{\n\"id\": \"secret\"}"),
            (Topic::Paid, ""),
            (Topic::Cancelled, "[]"),
            (Topic::Refunded, "{\"id\":1}"),
            (Topic::Paid, "\u{0}"),
        ] {
            let error = Said::read(topic, body.as_bytes()).unwrap_err().to_string();
            assert!(
                error.starts_with("line ") && !error.contains("secret"),
                "{error}"
            );
        }
        let many: Vec<_> = (0..=MAX_ITEMS).map(|id| json!({ "id": id })).collect();
        let body = json!({ "id": 1, "created_at": "2026-03-02T00:00:00Z", "line_items": many });
        let error = Order::read(body.to_string().as_bytes()).unwrap_err();
        assert_eq!(
            error,
            Unreadable::TooMany {
                field: "line_items"
            }
        );
    }

    #[test]
    fn other_topics_are_none_of_ours() {
        for topic in [Topic::Paid, Topic::Cancelled, Topic::Refunded] {
            assert_eq!(Topic::parse(topic.as_str()), Some(topic));
        }
        assert_eq!(Topic::parse("orders/create"), None);
        assert_eq!(Topic::parse(""), None);
    }
}
