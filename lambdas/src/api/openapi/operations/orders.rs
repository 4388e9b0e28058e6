//! What the shop tells.

use serde_json::{Value, json};

use super::{answer, operation};
use crate::{
    api::{
        openapi::{Operation, Schemas},
        order_webhook::WebhookView,
    },
    shell::Kind,
};

pub(super) fn all(schemas: &mut Schemas) -> Vec<Operation> {
    let by_old_path = told(
        schemas,
        "POST /order/order",
        "tellOfOrderByOldPath",
        "The same, by the old system's address.",
    );
    vec![
        told(
            schemas,
            "POST /order",
            "tellOfOrder",
            "The shop tells of an order that is paid, cancelled or refunded.",
        ),
        Operation {
            is_deprecated: true,
            ..by_old_path
        },
    ]
}

fn told(
    schemas: &mut Schemas,
    route: &'static str,
    id: &'static str,
    summary: &'static str,
) -> Operation {
    Operation {
        parameters: vec![
            header("X-Shopify-Hmac-Sha256", "The shop's signature of the body."),
            header("X-Shopify-Webhook-Id", "The shop's id of the webhook."),
            header("X-Shopify-Topic", "What it is about."),
        ],
        body: Some(
            json!({"required": true, "content": {"application/json": {"schema": {"type": "object"}}}}),
        ),
        answers: vec![(
            200,
            answer("What became of it.", schemas.told::<WebhookView>()),
        )],
        problems: vec![Kind::InvalidHeader, Kind::NotTheShop, Kind::BodyTooLarge],
        ..operation(route, id, "orders", summary)
    }
}

fn header(name: &str, description: &str) -> Value {
    json!({
        "name": name, "in": "header", "required": true, "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": description,
    })
}
