//! An organizer: his events, and how many people they reach together.

use std::sync::Arc;

use access::{caller::Caller, decision::Required, scope::Scope};
use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::Response,
    routing::{get, post},
};
use cloud::{env::Reader, table::Counted};
use invite::address::Address;
use serde::Deserialize;

use super::{
    caller::Known,
    cursor::{Cursors, limit},
    deprecated::deprecated,
    event_list::{EventsView, ListedEventView},
    views::StatisticsView,
};
use crate::{
    functions::{Function, Guarded, Right, Trigger},
    shell::{Failed, JsonBody, Kind, Parameters, Problem, Started, serve_api},
};

pub(crate) const FUNCTION: Function = Function {
    name: "organizer-api",
    handler: "organizer_api",
    purpose: "What is asked of one organizer: his events, the last changed first, and their statistics together.",
    error_impact: "The API answers 500 to questions about organizers.",
    trigger: Trigger::Http {
        routes: &[
            Guarded::get(
                "/organizer/{organizer}/events",
                Required::Scope(Scope::EventsRead),
            ),
            Guarded::get(
                "/organizer/{organizer}/statistics",
                Required::Scope(Scope::EventsRead),
            ),
            Guarded::get(
                "/organizer/shadow/{organizer}/events",
                Required::Scope(Scope::EventsRead),
            ),
            Guarded::post("/organizer/events", Required::Scope(Scope::EventsRead)),
        ],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "TENANT_KEY_SECRET"],
    rights: &[
        Right {
            on: "table",
            actions: &["dynamodb:GetItem", "dynamodb:Query"],
        },
        Right {
            on: "index organizer-feed",
            actions: &["dynamodb:Query"],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

async fn run() -> anyhow::Result<()> {
    let (started, ()) = Started::with(Reader::of_process(), Some(())).await?;
    serve_api(&FUNCTION, router(started)).await
}

fn router(needs: Started) -> Router {
    Router::new()
        .route("/organizer/{organizer}/events", get(events))
        .route("/organizer/{organizer}/statistics", get(statistics))
        .route(
            "/organizer/shadow/{organizer}/events",
            get(events_by_old_path),
        )
        .route("/organizer/events", post(events_by_body))
        .with_state(Arc::new(needs))
}

/// The organizer the path names, whom the caller may ask about.
struct Asked(Address);

#[derive(Deserialize)]
struct OfOrganizer {
    organizer: String,
}

impl FromRequestParts<Arc<Started>> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, needs: &Arc<Started>) -> Result<Self, Problem> {
        let Known(caller) = Known::from_request_parts(parts, needs).await?;
        let Path(path) = Path::<OfOrganizer>::from_request_parts(parts, needs)
            .await
            .map_err(|_| unknown_organizer())?;
        asked(&caller, &path.organizer).map(Self)
    }
}

/// Somebody else is answered as one who is not there: who organizes here is not to be found out by asking.
fn asked(caller: &Caller, organizer: &str) -> Result<Address, Problem> {
    Address::parse(organizer)
        .filter(|organizer| caller.sees(organizer))
        .ok_or_else(unknown_organizer)
}

fn unknown_organizer() -> Problem {
    Problem::new(
        Kind::UnknownOrganizer,
        "There is no organizer of that address among those you may see.",
    )
}

async fn events(
    State(needs): State<Arc<Started>>,
    Asked(organizer): Asked,
    parameters: Parameters,
) -> Result<Json<EventsView>, Failed> {
    Ok(Json(page(&needs, &organizer, &parameters).await?))
}

async fn statistics(
    State(needs): State<Arc<Started>>,
    Asked(organizer): Asked,
) -> Result<Json<StatisticsView>, Failed> {
    let statistics = needs
        .table
        .statistics(&Counted::Organizer(organizer))
        .await?;
    Ok(Json(StatisticsView::of(&statistics, None)))
}

/// `GET /organizer/shadow/{organizer}/events`, of the old system.
async fn events_by_old_path(
    State(needs): State<Arc<Started>>,
    Asked(organizer): Asked,
    parameters: Parameters,
) -> Result<Response, Failed> {
    Ok(deprecated(Json(
        page(&needs, &organizer, &parameters).await?,
    )))
}

/// Who is asked about.
#[derive(Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "OrganizerAsked")
)]
pub(super) struct OrganizerBody {
    /// His address.
    organizer: String,
}

/// `POST /organizer/events`, of the old system: the organizer stands in the body.
async fn events_by_body(
    State(needs): State<Arc<Started>>,
    Known(caller): Known,
    parameters: Parameters,
    JsonBody(body): JsonBody<OrganizerBody>,
) -> Result<Response, Failed> {
    let organizer = asked(&caller, &body.organizer)?;
    Ok(deprecated(Json(
        page(&needs, &organizer, &parameters).await?,
    )))
}

async fn page(
    needs: &Started,
    organizer: &Address,
    parameters: &Parameters,
) -> Result<EventsView, Failed> {
    let cursors = Cursors::of(&needs.key, format!("events of {}", organizer.as_str()));
    let after = cursors.after(parameters)?;
    let page = needs
        .table
        .events_of(organizer, after.as_deref(), limit(parameters)?)
        .await?;
    Ok(EventsView {
        events: page.events.iter().map(ListedEventView::of).collect(),
        next: page.next.map(|place| cursors.sealed(&place)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organizer_asks_about_himself_and_an_administrator_about_anybody() {
        let alice = Address::parse("alice@a.test").unwrap();
        let caller = Caller::Organizer(alice.clone());
        assert_eq!(asked(&caller, "Alice@A.test"), Ok(alice.clone()));
        assert_eq!(asked(&Caller::Administrator, "alice@a.test"), Ok(alice));
        for other in ["bob@b.test", "alice", ""] {
            let problem = asked(&caller, other).unwrap_err();
            assert_eq!(problem.kind, Kind::UnknownOrganizer, "{other}");
        }
    }
}
