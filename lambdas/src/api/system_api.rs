//! The whole tenant, for its administrators.

use std::sync::Arc;

use access::{decision::Required, scope::Scope};
use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use cloud::{
    clock,
    env::Reader,
    table::{Counted, Month},
};

use super::{
    cursor::{Cursors, limit},
    erasures,
    event_list::{EventsView, ListedEventView},
    keys,
    views::StatisticsView,
};
use crate::{
    functions::{Function, Guarded, Right, Trigger},
    shell::{Failed, Parameters, Started, serve_api},
};

pub(crate) const FUNCTION: Function = Function {
    name: "system-api",
    handler: "system_api",
    purpose: "What administrators ask of the whole tenant: its events, the last changed first, its statistics, its keys, and that somebody is erased.",
    error_impact: "The API answers administrators 500.",
    trigger: Trigger::Http {
        routes: &[
            Guarded::get("/system/events", Required::Scope(Scope::SystemRead)),
            Guarded::get("/system/statistics", Required::Scope(Scope::SystemRead)),
            Guarded::get("/system/keys", Required::Administrator),
            Guarded::post("/system/keys", Required::Administrator),
            Guarded::post("/system/keys/{key}/revoke", Required::Administrator),
            Guarded::post("/system/erasures", Required::Administrator),
            Guarded::get("/system/erasures/{erasure}", Required::Administrator),
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
            on: "table keys",
            actions: &["dynamodb:PutItem", "dynamodb:UpdateItem"],
        },
        Right {
            on: "table erasures",
            actions: &["dynamodb:PutItem"],
        },
        Right {
            on: "index feed",
            actions: &["dynamodb:Query"],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

/// Months looked into in one call: a quiet year is one answer.
const MAX_MONTHS: usize = 12;

async fn run() -> anyhow::Result<()> {
    let (started, ()) = Started::with(Reader::of_process(), Some(())).await?;
    serve_api(&FUNCTION, router(started)).await
}

fn router(needs: Started) -> Router {
    Router::new()
        .route("/system/events", get(events))
        .route("/system/statistics", get(statistics))
        .route("/system/keys", get(keys::all).post(keys::make))
        .route("/system/keys/{key}/revoke", post(keys::revoke))
        .route("/system/erasures", post(erasures::ask))
        .route("/system/erasures/{erasure}", get(erasures::one))
        .with_state(Arc::new(needs))
}

/// Where a page ended: a month, and the place in it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    month: Month,
    /// `None`: at its beginning.
    after: Option<String>,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let (month, after) = text.split_once('/')?;
        Some(Self {
            month: Month::parse(month)?,
            after: (!after.is_empty()).then(|| after.to_owned()),
        })
    }

    fn written(&self) -> String {
        format!(
            "{}/{}",
            self.month,
            self.after.as_deref().unwrap_or_default()
        )
    }
}

async fn events(
    State(needs): State<Arc<Started>>,
    parameters: Parameters,
) -> Result<Json<EventsView>, Failed> {
    let cursors = Cursors::of(&needs.key, "events of the system".to_owned());
    let limit = limit(&parameters)?;
    let mut place = cursors
        .after(&parameters)?
        .and_then(|place| Place::read(&place))
        .or(Some(Place {
            month: Month::of(clock::now()),
            after: None,
        }));
    let mut events = Vec::new();
    for _ in 0..MAX_MONTHS {
        let Some(Place { month, after }) = &place else {
            break;
        };
        let missing = limit - i32::try_from(events.len()).unwrap_or(limit);
        if missing <= 0 {
            break;
        }
        let page = needs
            .table
            .events_of_month(*month, after.as_deref(), missing)
            .await?;
        events.extend(page.events.iter().map(ListedEventView::of));
        place = after_page(*month, page.next);
    }
    let next = place.map(|place| cursors.sealed(&place.written()));
    Ok(Json(EventsView { events, next }))
}

/// Where it goes on: in the month, or in the one before; `None` when there is none before.
fn after_page(month: Month, next: Option<String>) -> Option<Place> {
    match next {
        Some(next) => Some(Place {
            month,
            after: Some(next),
        }),
        None => month.before().map(|month| Place { month, after: None }),
    }
}

async fn statistics(State(needs): State<Arc<Started>>) -> Result<Json<StatisticsView>, Failed> {
    let statistics = needs.table.statistics(&Counted::System).await?;
    Ok(Json(StatisticsView::of(&statistics, None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_in_the_month_before_until_the_first() {
        let month = |text| Month::parse(text).unwrap();
        let place = |text, after: Option<&str>| Place {
            month: month(text),
            after: after.map(str::to_owned),
        };
        let more = after_page(month("2026-03"), Some("7#5f".to_owned()));
        assert_eq!(more, Some(place("2026-03", Some("7#5f"))));
        assert_eq!(
            after_page(month("2026-03"), None),
            Some(place("2026-02", None))
        );
        assert_eq!(after_page(month("2026-01"), None), None);
        for place in [place("2026-03", Some("7#5f")), place("2026-03", None)] {
            assert_eq!(Place::read(&place.written()), Some(place));
        }
        assert_eq!(Place::read("2026-3/x"), None);
    }
}
