//! One event: what it is, its statistics, what became of its mail, its ledger; creating, changing and cancelling it, inviting people to it.

use std::sync::Arc;

use access::{decision::Required, scope::Scope};
use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    middleware,
    routing::{get, post},
};
use cloud::{
    blobs::Blobs,
    env::Reader,
    queues::Queue,
    table::{Counted, Table},
    tenant::Tenant,
};
use invite::{
    event::Event,
    id::{TenantKey, Uid},
};
use serde::Deserialize;

use super::{
    attendee, attendees,
    caller::Known,
    checkin, deliveries, invites, jobs, ledger, lists, once, reminders, reports,
    views::{EventView, StatisticsView},
    write_event,
};
use crate::{
    decide::record_event,
    functions::{Function, Guarded, Right, Trigger},
    shell::{Failed, Kind, Problem, Started, about_event, serve_api},
};

pub(crate) const FUNCTION: Function = Function {
    name: "event-api",
    handler: "event_api",
    purpose: "What is asked and told of one event: itself, its attendees, statistics, invitations, lists, reminders, reports and their jobs, its ledger; records it, and who has come.",
    error_impact: "The API answers 500.",
    trigger: Trigger::Http {
        routes: &[
            Guarded::post("/event", Required::Scope(Scope::EventsWrite)),
            Guarded::get("/event/{uid}", Required::Scope(Scope::EventsRead)),
            Guarded::put("/event/{uid}", Required::Scope(Scope::EventsWrite)),
            Guarded::patch("/event/{uid}", Required::Scope(Scope::EventsWrite)),
            Guarded::post("/event/{uid}/cancel", Required::Scope(Scope::EventsWrite)),
            Guarded::get(
                "/event/{uid}/statistics",
                Required::Scope(Scope::EventsRead),
            ),
            Guarded::get(
                "/event/{uid}/attendees",
                Required::Scope(Scope::AttendeesRead),
            ),
            Guarded::get(
                "/event/{uid}/attendees/{address}",
                Required::Scope(Scope::AttendeesReadUnmasked),
            ),
            Guarded::get("/event/{uid}/ledger", Required::Scope(Scope::LedgerRead)),
            Guarded::get(
                "/event/{uid}/deliveries",
                Required::Scope(Scope::AttendeesReadUnmasked),
            ),
            Guarded::post("/event/{uid}/invites", Required::Scope(Scope::InvitesWrite)),
            Guarded::post(
                "/event/{uid}/checkin",
                Required::Scope(Scope::CheckinsWrite),
            ),
            Guarded::post("/event/{uid}/lists", Required::Scope(Scope::InvitesWrite)),
            Guarded::post("/event/{uid}/remind", Required::Scope(Scope::InvitesWrite)),
            Guarded::post(
                "/event/{uid}/report",
                Required::Scope(Scope::AttendeesReadUnmasked),
            ),
            Guarded::get(
                "/event/{uid}/report",
                Required::Scope(Scope::AttendeesReadUnmasked),
            ),
            Guarded::get("/event/{uid}/jobs", Required::Scope(Scope::JobsRead)),
            Guarded::get("/event/{uid}/jobs/{job}", Required::Scope(Scope::JobsRead)),
            Guarded::post(
                "/event/{uid}/jobs/{job}/stop",
                Required::Scope(Scope::JobsWrite),
            ),
        ],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &[
        "DYNAMODB_TABLE",
        "INBOX_BUCKET",
        "MAIL_DOMAIN",
        "SQS_URL",
        "TENANT",
        "TENANT_KEY_SECRET",
    ],
    rights: &[
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "dynamodb:ConditionCheckItem",
            ],
        },
        Right {
            on: "index feed",
            actions: &["dynamodb:Query"],
        },
        Right {
            on: "uploads",
            actions: &["s3:PutObject"],
        },
        Right {
            on: "lists",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "reports",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "queue verify-invite",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

pub(super) struct Needs {
    pub(super) table: Table,
    pub(super) lists: Blobs,
    pub(super) verify: Queue,
    pub(super) key: TenantKey,
    pub(super) recorder: record_event::Needs,
    pub(super) mail_domain: String,
    pub(super) shared_calendar_domains: Vec<String>,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let lists = env.text("INBOX_BUCKET");
    let mail_domain = env.text("MAIL_DOMAIN");
    let verify = env.text("SQS_URL");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let (started, tenant) = Started::with(env, tenant).await?;
    let policy = tenant.policy(&mail_domain);
    let needs = Needs {
        lists: Blobs::new(&started.cloud, lists),
        verify: Queue::new(&started.cloud, verify),
        recorder: record_event::Needs {
            table: started.table.clone(),
            limits: tenant.limits,
            key: started.key.clone(),
            language: tenant.language,
        },
        mail_domain: policy.mail_domain,
        shared_calendar_domains: policy.shared_calendar_domains,
        table: started.table,
        key: started.key,
    };
    serve_api(&FUNCTION, router(needs)).await
}

fn router(needs: Needs) -> Router {
    let once = middleware::from_fn_with_state(needs.table.clone(), once::once);
    Router::new()
        .route("/event", post(write_event::create))
        .route(
            "/event/{uid}",
            get(event)
                .put(write_event::replace)
                .patch(write_event::change),
        )
        .route("/event/{uid}/cancel", post(write_event::cancel))
        .route("/event/{uid}/statistics", get(statistics))
        .route("/event/{uid}/attendees", get(attendees::page))
        .route("/event/{uid}/attendees/{address}", get(attendee::one))
        .route("/event/{uid}/ledger", get(ledger::page))
        .route("/event/{uid}/deliveries", get(deliveries::all))
        .route("/event/{uid}/invites", post(invites::ask))
        .route("/event/{uid}/checkin", post(checkin::check_in))
        .route("/event/{uid}/lists", post(lists::begin))
        .route("/event/{uid}/remind", post(reminders::ask))
        .route(
            "/event/{uid}/report",
            post(reports::ask).get(reports::ask_by_old_method),
        )
        .route("/event/{uid}/jobs", get(jobs::all))
        .route("/event/{uid}/jobs/{job}", get(jobs::one))
        .route("/event/{uid}/jobs/{job}/stop", post(jobs::stop))
        .layer(once)
        .with_state(Arc::new(needs))
}

/// The event the path names, which the caller may see.
pub(super) struct Seen(pub(super) Event);

#[derive(Deserialize)]
struct OfEvent {
    uid: String,
}

impl FromRequestParts<Arc<Needs>> for Seen {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, needs: &Arc<Needs>) -> Result<Self, Failed> {
        let Known(caller) = Known::from_request_parts(parts, needs).await?;
        let Path(path) = Path::<OfEvent>::from_request_parts(parts, needs)
            .await
            .map_err(|_| unknown_event())?;
        let uid = Uid::parse(&path.uid).ok_or_else(unknown_event)?;
        about_event(uid.as_str());
        // An event of somebody else is answered as one that is not there: uids are not to be found out by asking.
        let event = needs.table.event(&uid).await?;
        let event = event.filter(|event| caller.sees(&event.organizer.address));
        Ok(Self(event.ok_or_else(unknown_event)?))
    }
}

pub(super) fn unknown_event() -> Problem {
    Problem::new(
        Kind::UnknownEvent,
        "There is no event of that uid among those you may see.",
    )
}

/// Nobody can be invited to what does not take place.
pub(super) fn takes_place(event: &Event) -> Result<(), Problem> {
    if event.is_cancelled() {
        return Err(Problem::new(
            Kind::EventCancelled,
            "The event is cancelled, so nobody can be invited to it.",
        ));
    }
    Ok(())
}

async fn event(Seen(event): Seen) -> Json<EventView> {
    Json(EventView::of(&event))
}

async fn statistics(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
) -> Result<Json<StatisticsView>, Failed> {
    let counted = Counted::Event(event.uid.clone());
    let statistics = needs.table.statistics(&counted).await?;
    let seats = match event.seats {
        Some(seats) => Some((seats, needs.table.seating(&event.uid).await?)),
        None => None,
    };
    Ok(Json(StatisticsView::of(&statistics, seats)))
}
