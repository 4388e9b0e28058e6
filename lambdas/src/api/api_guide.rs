//! The API about itself: its description for programs and for people; and what no route takes.

use axum::{
    Router,
    http::{Method, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use invite::page;

use crate::{
    functions::{FUNCTIONS, Function, Route, Trigger},
    shell::{Failed, Kind, Page, Problem, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "api-guide",
    handler: "api_guide",
    purpose: "The API's description (GET /openapi.json, GET /docs); 404 and 405 for what no other function takes.",
    error_impact: "The API's description cannot be read; what does not exist answers 500 instead of 404.",
    trigger: Trigger::Page {
        routes: &[
            Route {
                method: "GET",
                path: "/openapi.json",
            },
            Route {
                method: "GET",
                path: "/docs",
            },
            Route {
                method: "ANY",
                path: Route::REST,
            },
        ],
    },
    timeout_secs: 10,
    memory_mb: 256,
    environment: &[],
    rights: &[],
    run: || Box::pin(run()),
};

/// Written from the code by the test of `openapi`, which compares it.
const DOCUMENT: &str = include_str!("../../../golden/openapi.json");

async fn run() -> anyhow::Result<()> {
    serve_http(router()).await
}

fn router() -> Router {
    Router::new()
        .route("/openapi.json", get(document))
        .route("/docs", get(docs))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}

async fn docs() -> Result<Response, Failed> {
    let document: serde_json::Value =
        serde_json::from_str(DOCUMENT).map_err(anyhow::Error::from)?;
    let html = page::api(&document).map_err(anyhow::Error::from)?;
    Ok(Page(html).into_response())
}

async fn nothing(method: Method, uri: Uri) -> Problem {
    let mut allowed: Vec<&str> = routes()
        .filter(|route| route.leads_to(uri.path()))
        .map(|route| route.method)
        .collect();
    allowed.sort_unstable();
    if allowed.is_empty() || allowed.contains(&method.as_str()) {
        Problem::new(
            Kind::UnknownRoute,
            "There is nothing at this address; /docs says what there is.",
        )
    } else {
        Problem::method_not_allowed(&allowed.join(", "))
    }
}

/// What other routes take.
fn routes() -> impl Iterator<Item = &'static Route> {
    FUNCTIONS
        .iter()
        .flat_map(|function| function.trigger.routes())
        .filter(|route| route.path != Route::REST)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::shell::tests::ask;

    async fn rest(method: &str, path: &str) -> Value {
        let more = json!({
            "rawPath": path, "requestContext": {"requestId": "r-1", "http": {"method": method}},
        });
        ask(router(), Route::REST, json!({}), more).await
    }

    #[tokio::test]
    async fn what_does_not_exist_is_a_problem_document() {
        for path in ["/", "/events", "/event/5f/statistics/more", "/evént/<x>"] {
            let answer = rest("GET", path).await;
            assert_eq!(answer["statusCode"], 404, "{path}");
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(body["type"], Kind::UnknownRoute.uri());
        }
    }

    #[tokio::test]
    async fn another_method_is_told_the_right_one() {
        for (method, path, allowed) in [
            ("DELETE", "/event/5f", "GET, PATCH, PUT"),
            ("GET", "/event", "POST"),
            ("GET", "/event/5f/invites", "POST"),
            ("PUT", "/unsubscribe/x", "GET, POST"),
            ("POST", "/docs", "GET"),
        ] {
            let answer = rest(method, path).await;
            assert_eq!(answer["statusCode"], 405, "{method} {path}");
            assert_eq!(answer["headers"]["allow"], allowed);
        }
    }

    #[tokio::test]
    async fn the_page_names_every_address_and_runs_nothing() {
        let answer = ask(router(), "GET /docs", json!({}), json!({})).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let html = answer["body"].as_str().unwrap().replace("&#x2f;", "/");
        for route in routes() {
            assert!(html.contains(route.path), "{}", route.path);
        }
        assert!(!html.contains("<script"));
    }

    #[tokio::test]
    async fn the_description_is_the_file() {
        let answer = ask(router(), "GET /openapi.json", json!({}), json!({})).await;
        assert_eq!(answer["headers"]["content-type"], "application/json");
        assert_eq!(answer["body"], DOCUMENT);
    }
}
