//! What the shop tells of orders: each webhook counts once, in whatever order they come.
//!
//! Whoever is not the shop is told nothing but that. What is from the shop is always taken: it tells again for two days what is
//! not answered with success, and stops telling anything when that happens too often. So what cannot be understood is recorded,
//! with the reason, and answered with success.

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use axum::{Json, Router, extract::State, http::HeaderMap, response::Response, routing::post};
use cloud::{
    clock,
    env::Reader,
    secrets,
    table::{Stored, Table, WebhookOutcome, WebhookRecord},
};
use orders::{Plans, Said, Secrets, Signature, Topic};
use serde::Serialize;
use tokio::sync::RwLock;

use super::deprecated::deprecated;
use crate::{
    functions::{Function, Right, Route, Trigger},
    shell::{Failed, Kind, Problem, RawBody, log_failure, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "order-webhook",
    handler: "order_webhook",
    purpose: "POST /order: takes in what the shop tells of orders that are paid, cancelled or refunded, as subscriptions.",
    error_impact: "Who has bought a subscription does not get it, until the shop tells of it again (it does for two days).",
    trigger: Trigger::Page {
        routes: &[
            Route {
                method: "POST",
                path: "/order",
            },
            Route {
                method: "POST",
                path: LEGACY,
            },
        ],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "SHOP_PLANS", "SHOP_SECRET"],
    rights: &[
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
            ],
        },
        Right {
            on: "secret shop",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

/// Where the old system was told; it goes away.
const LEGACY: &str = "/order/order";

/// The header that says the body is the shop's.
const SIGNATURE: &str = "x-shopify-hmac-sha256";

/// How long a secret that was taken away may still hold.
const KNOWN_FOR: Duration = Duration::from_mins(5);
/// How often secrets are looked up for a signature that fits none: they may have been changed.
const LOOKED_UP_EVERY: Duration = Duration::from_secs(60);
/// How often two webhooks about one order may meet.
const ATTEMPTS: usize = 5;
/// Characters of an id or a topic.
const MAX_HEADER: usize = 200;

struct Needs {
    cloud: cloud::Cloud,
    table: Table,
    plans: Plans,
    secret: String,
    known: RwLock<Known>,
}

struct Known {
    secrets: Secrets,
    read: clock::Stopwatch,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let secret = env.text("SHOP_SECRET");
    let plans = env.parsed("SHOP_PLANS", |json| serde_json::from_str::<Plans>(json));
    let plans = env.finish(plans)?;
    let cloud = cloud::Cloud::from_env().await;
    let needs = Needs {
        known: RwLock::new(Known::read(&cloud, &secret).await?),
        table: Table::new(&cloud, table),
        plans,
        secret,
        cloud,
    };
    let router = Router::new()
        .route("/order", post(told))
        .route(LEGACY, post(told_by_legacy_route))
        .with_state(Arc::new(needs));
    serve_http(router).await
}

impl Known {
    async fn read(cloud: &cloud::Cloud, secret: &str) -> anyhow::Result<Self> {
        let text = secrets::text(cloud, secret).await?;
        Ok(Self {
            secrets: Secrets::parse(&text)?,
            read: clock::Stopwatch::start(),
        })
    }
}

async fn told_by_legacy_route(
    state: State<Arc<Needs>>,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, Failed> {
    Ok(deprecated(told(state, headers, body).await?))
}

async fn told(
    State(needs): State<Arc<Needs>>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<WebhookView>, Failed> {
    let received = clock::now();
    if !is_the_shop(&needs, &headers, &body).await? {
        let has_signature = headers.contains_key(SIGNATURE);
        tracing::warn!(has_signature, "a webhook is not signed by the shop");
        if let Err(fault) = needs.table.count_not_the_shop(received).await {
            // It is refused all the same.
            log_failure("a refused webhook is not counted", &fault.into());
        }
        return Err(Problem::new(
            Kind::NotTheShop,
            "X-Shopify-Hmac-Sha256 is not the shop's signature of this body.",
        )
        .into());
    }
    let webhook = WebhookRecord {
        webhook_id: header(&headers, "x-shopify-webhook-id")?,
        topic: header(&headers, "x-shopify-topic")?,
        received,
        outcome: WebhookOutcome::UnknownTopic,
        problem: None,
        order_id: None,
        not_enrolled: Vec::new(),
    };
    Ok(Json(taken(&needs, webhook, &body).await?))
}

/// Whether the shop has signed the body, with a secret that is in force now.
async fn is_the_shop(needs: &Needs, headers: &HeaderMap, body: &[u8]) -> anyhow::Result<bool> {
    let header = headers.get(SIGNATURE);
    let Some(signature) = header
        .and_then(|header| header.to_str().ok())
        .and_then(Signature::parse)
    else {
        return Ok(false);
    };
    {
        let known = needs.known.read().await;
        let age = known.read.elapsed();
        if age < KNOWN_FOR && known.secrets.vouch_for(body, &signature) {
            return Ok(true);
        }
        if age < LOOKED_UP_EVERY {
            return Ok(false);
        }
    }
    let mut known = needs.known.write().await;
    *known = Known::read(&needs.cloud, &needs.secret).await?;
    Ok(known.secrets.vouch_for(body, &signature))
}

/// A header that names something: visible ASCII, not too long.
fn header(headers: &HeaderMap, name: &'static str) -> Result<String, Problem> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .filter(|value| (1..=MAX_HEADER).contains(&value.len()))
        .map(str::to_owned)
        .ok_or_else(|| {
            let detail =
                format!("The header {name} has to be there, of at most {MAX_HEADER} characters.");
            Problem::in_header(name, detail)
        })
}

async fn taken(needs: &Needs, webhook: WebhookRecord, body: &[u8]) -> anyhow::Result<WebhookView> {
    for _ in 0..ATTEMPTS {
        if let Some(before) = needs.table.webhook(&webhook.webhook_id).await? {
            return Ok(WebhookView::of(before, true));
        }
        let (stored, webhook) = enter(needs, webhook.clone(), body).await?;
        if stored == Stored::Done {
            tracing::info!(topic = webhook.topic, outcome = ?webhook.outcome, "webhook");
            return Ok(WebhookView::of(webhook, false));
        }
    }
    bail!("others write about the same order all the time");
}

async fn enter(
    needs: &Needs,
    webhook: WebhookRecord,
    body: &[u8],
) -> anyhow::Result<(Stored, WebhookRecord)> {
    let table = &needs.table;
    let Some(topic) = Topic::parse(&webhook.topic) else {
        return Ok((table.record_webhook(&webhook).await?, webhook));
    };
    let said = match Said::read(topic, body) {
        Ok(said) => said,
        Err(problem) => {
            tracing::error!(%problem, "a webhook of the shop cannot be read");
            let webhook = WebhookRecord {
                outcome: WebhookOutcome::Unreadable,
                problem: Some(problem.to_string()),
                ..webhook
            };
            return Ok((table.record_webhook(&webhook).await?, webhook));
        }
    };
    let order_id = said.order_id();
    let mut order = table.order(order_id).await?;
    let entered = order.ledger.enter(&said, &needs.plans);
    let webhook = webhook.entered(order_id, &entered);
    let stored = table
        .enter_order(order_id, &order, &entered, &webhook)
        .await?;
    Ok((stored, webhook))
}

/// What became of a webhook, without anybody's address.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Webhook"))]
pub(super) struct WebhookView {
    /// The shop's id of it.
    webhook: String,
    /// What it says it is about.
    topic: String,
    /// `entered`, `unknown-topic` or `unreadable`.
    outcome: &'static str,
    /// Where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The shop's id of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    /// Lines of the order that make no subscription.
    not_enrolled: Vec<LineView>,
    /// Whether it was here before; then nothing more has happened.
    repeated: bool,
}

/// A line of an order that makes no subscription.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NotEnrolled"))]
struct LineView {
    /// The shop's id of the line.
    line: String,
    /// `not-a-plan`, `no-organizer`, `organizer-unreadable` or `too-many`.
    reason: &'static str,
}

impl WebhookView {
    fn of(webhook: WebhookRecord, repeated: bool) -> Self {
        let lines = webhook.not_enrolled.into_iter();
        Self {
            webhook: webhook.webhook_id,
            topic: webhook.topic,
            outcome: webhook.outcome.code(),
            problem: webhook.problem,
            order: webhook.order_id,
            not_enrolled: lines
                .map(|line| LineView {
                    line: line.line,
                    reason: line.reason.code(),
                })
                .collect(),
            repeated,
        }
    }
}
