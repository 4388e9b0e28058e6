//! Serves routes of the API: a request of the gateway goes to the router, its answer back.

mod body;
mod conditional;
mod gateway;
mod identity;
mod problem;

use std::{convert::Infallible, panic::AssertUnwindSafe};

use access::{caller::Caller, decision::decide};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::IntoResponse,
};
use cloud::clock::Stopwatch;
use futures::FutureExt;
use invite::page;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tower::ServiceExt;
use tracing::Instrument;

pub(crate) use body::{
    CalendarBody, Described, FormBody, JsonBody, OptionalCalendar, OptionalJson, Parameters,
    RawBody, whole,
};
pub(crate) use conditional::{is_as_seen, tag};
pub(crate) use gateway::{RequestId, SourceIp};
pub(crate) use identity::IdentityShape;
#[cfg(test)]
pub(crate) use problem::ProblemDocument;
pub(crate) use problem::{Failed, Kind, Problem};

use crate::functions::{Function, Guarded, Trigger};
use gateway::Arrived;

/// A page for people.
#[derive(Debug)]
pub(crate) struct Page(pub(crate) String);

impl IntoResponse for Page {
    /// No page may be framed, run anything, or tell its address to whoever is linked from it: a ticket may stand in it.
    fn into_response(self) -> Response<Body> {
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (HeaderName::from_static("x-robots-tag"), "noindex"),
        ];
        (headers, self.0).into_response()
    }
}

/// Serves requests of people who need not be known with a router; an error or a panic is answered 500 and logged.
pub(crate) async fn serve_http(router: Router) -> anyhow::Result<()> {
    serve(router, Door::Open).await
}

/// Serves requests of callers who are known and may what the function's route needs; others are told why not, and the
/// router does not hear of them.
pub(crate) async fn serve_api(function: &'static Function, router: Router) -> anyhow::Result<()> {
    let Trigger::Http { routes } = function.trigger else {
        anyhow::bail!("{} has no routes of callers", function.name);
    };
    serve(router, Door::Guarded(routes)).await
}

/// Who comes in.
#[derive(Clone, Copy)]
enum Door {
    /// Everybody.
    Open,
    /// Who may what his route needs.
    Guarded(&'static [Guarded]),
}

impl Door {
    /// Whom the request is of; `None` where nobody asks.
    fn let_in(self, arrived: &Arrived) -> Result<Option<Caller>, Problem> {
        let Self::Guarded(routes) = self else {
            return Ok(None);
        };
        let guarded = routes
            .iter()
            .find(|guarded| guarded.key() == arrived.route_key)
            .ok_or_else(unknown_route)?;
        Ok(decide(guarded.required, arrived.presented()).map(Some)?)
    }
}

async fn serve(router: Router, door: Door) -> anyhow::Result<()> {
    let router = &router;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Arrived>| {
        // In a box, or its type grows beyond what the compiler looks into.
        Box::pin(
            async move { Ok::<_, lambda_runtime::Error>(one(event.payload, router, door).await) },
        )
    }))
    .await
    .map_err(|error| anyhow::anyhow!(error))
}

/// The router's own answer where it has no such route, though the gateway has.
fn is_unrouted(response: &Response<Body>) -> bool {
    let (status, headers) = (response.status(), response.headers());
    matches!(
        status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    ) && !headers.contains_key(CONTENT_TYPE)
}

fn unknown_route() -> Problem {
    Problem::new(Kind::UnknownRoute, "There is nothing at this address.")
}

async fn one(arrived: Arrived, router: &Router, door: Door) -> Value {
    let stopwatch = Stopwatch::start();
    let request_id = arrived.request_id().to_owned();
    let span = tracing::info_span!(
        "request",
        request.id = request_id,
        route = arrived.route_key,
        event.id = tracing::field::Empty,
    );
    async {
        let response = match AssertUnwindSafe(answered(arrived, &request_id, router, door))
            .catch_unwind()
            .await
        {
            Ok(response) => response,
            Err(_panic) => all_of(Problem::fault().into_document(&request_id)).await,
        };
        let duration_ms = stopwatch.elapsed().as_secs_f64() * 1e3;
        tracing::info!(status = response.status().as_u16(), duration_ms, "answered");
        gateway::answer(&response)
    }
    .instrument(span)
    .await
}

async fn answered(
    arrived: Arrived,
    request_id: &str,
    router: &Router,
    door: Door,
) -> Response<Bytes> {
    let let_in = door
        .let_in(&arrived)
        .and_then(|caller| Ok((caller, arrived.request()?)));
    let (caller, mut request) = match let_in {
        Ok(let_in) => let_in,
        Err(problem) => {
            let mut response = all_of(problem.into_document(request_id)).await;
            never_kept(&mut response);
            return response;
        }
    };
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let Ok(mut response) = routed(router, request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.into_document(request_id);
    } else if is_unrouted(&response) {
        response = unknown_route().into_document(request_id);
    }
    finished(&method, &headers, all_of(response).await)
}

async fn routed(
    router: &Router,
    request: axum::http::Request<Body>,
) -> Result<Response<Body>, Infallible> {
    router.clone().oneshot(request).await
}

fn finished(method: &Method, asked: &HeaderMap, response: Response<Bytes>) -> Response<Bytes> {
    let mut response = match *method {
        Method::GET => conditional::conditional(asked, response),
        _ => response,
    };
    never_kept(&mut response);
    response
}

/// Unless something else is said.
fn never_kept(response: &mut Response<Bytes>) {
    response
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// Its body, all of it; answers are made in memory.
pub(crate) async fn all_of(response: Response<Body>) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, body)
}

#[cfg(test)]
pub(crate) mod tests {
    use access::{decision::Required, scope::Scope};
    use axum::{Extension, Json, routing::get};
    use serde_json::json;

    use super::*;

    /// What the gateway is answered to a request of a route, `path` for its parameters; the body is JSON unless it is empty.
    pub(crate) async fn ask(router: Router, route: &str, path: Value, more: Value) -> Value {
        let (method, _) = route.split_once(' ').unwrap_or(("GET", ""));
        let mut event = json!({
            "version": "2.0", "routeKey": route, "rawPath": "/", "headers": {}, "pathParameters": path,
            "requestContext": {
                "requestId": "r-1", "http": {"method": method},
            },
        });
        let more = more.as_object().unwrap().clone();
        event.as_object_mut().unwrap().extend(more);
        one(serde_json::from_value(event).unwrap(), &router, Door::Open).await
    }

    const GUARDED: &[Guarded] = &[Guarded::get("/secret", Required::Scope(Scope::EventsRead))];

    /// What a guarded route answers to who comes with this from the function that says who calls.
    async fn asked_at(route: &str, authorizer: Value) -> Value {
        let router = Router::new().route(
            "/secret",
            get(async |Extension(caller): Extension<Caller>| format!("{caller:?}")),
        );
        let event = json!({
            "version": "2.0", "routeKey": route, "rawPath": "/secret", "headers": {}, "pathParameters": {},
            "requestContext": {"requestId": "r-1", "http": {"method": "GET"}, "authorizer": authorizer},
        });
        one(
            serde_json::from_value(event).unwrap(),
            &router,
            Door::Guarded(GUARDED),
        )
        .await
    }

    #[tokio::test]
    async fn a_guarded_route_lets_in_who_may_and_tells_the_others_why_not() {
        let program =
            |scopes: &str| json!({"lambda": {"caller": "program", "id": "crm", "scopes": scopes}});
        let refused = |why: &str| json!({"lambda": {"caller": "nobody", "refusal": why, "retry_after_secs": "7"}});
        for (authorizer, status, header) in [
            (json!({"lambda": {"caller": "administrator"}}), 200, None),
            (program("events:read"), 200, None),
            (
                program("jobs:read"),
                403,
                Some((
                    "www-authenticate",
                    r#"Bearer realm="calendar-invite-server", error="insufficient_scope", scope="events:read""#,
                )),
            ),
            (
                refused("no-credentials"),
                401,
                Some((
                    "www-authenticate",
                    r#"Bearer realm="calendar-invite-server""#,
                )),
            ),
            (
                refused("token-expired"),
                401,
                Some((
                    "www-authenticate",
                    r#"Bearer realm="calendar-invite-server", error="invalid_token""#,
                )),
            ),
            (
                refused("too-many-requests"),
                429,
                Some(("retry-after", "7")),
            ),
            (refused("nobody-known"), 403, None),
            // Whatever is not understood is nobody.
            (json!({"lambda": {"caller": "king"}}), 401, None),
            (
                json!({"lambda": {"caller": "program", "scopes": "events:read"}}),
                401,
                None,
            ),
            (
                json!({"lambda": {"caller": "organizer", "address": "alice"}}),
                401,
                None,
            ),
            (json!({"lambda": null}), 401, None),
            (
                json!({"jwt": {"claims": {"cognito:groups": "[admin]"}}}),
                401,
                None,
            ),
            (json!(null), 401, None),
        ] {
            let told = asked_at("GET /secret", authorizer.clone()).await;
            assert_eq!(told["statusCode"], status, "{authorizer}");
            if let Some((name, value)) = header {
                assert_eq!(told["headers"][name], value, "{authorizer}");
            }
            if status != 200 {
                assert_eq!(told["headers"]["content-type"], "application/problem+json");
                assert_eq!(told["headers"]["cache-control"], "no-store");
            }
        }
    }

    #[tokio::test]
    async fn a_route_that_is_not_guarded_is_not_there() {
        for route in ["GET /open", "POST /secret", "$default"] {
            let told = asked_at(route, json!({"lambda": {"caller": "administrator"}})).await;
            assert_eq!(told["statusCode"], 404, "{route}");
        }
    }

    async fn got(router: Router, more: Value) -> Value {
        ask(router, "GET /", json!({}), more).await
    }

    #[tokio::test]
    async fn a_panic_is_answered_500_without_its_message() {
        async fn panics() -> Page {
            panic!("bob@b.test")
        }
        let told = got(Router::new().route("/", get(panics)), json!({})).await;
        assert_eq!(told["statusCode"], 500);
        assert_eq!(told["headers"]["content-type"], "application/problem+json");
        assert!(!told.to_string().contains("bob"), "{told}");
    }

    #[tokio::test]
    async fn a_fault_is_answered_500_without_its_cause() {
        async fn fails() -> Result<Page, Failed> {
            Err(anyhow::anyhow!("no route to bob@b.test").into())
        }
        let told = got(Router::new().route("/", get(fails)), json!({})).await;
        assert_eq!(told["statusCode"], 500);
        assert_eq!(told["headers"]["cache-control"], "no-store");
        let body: Value = serde_json::from_str(told["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["instance"], "urn:request:r-1");
        assert!(!told.to_string().contains("bob"), "{told}");
    }

    #[tokio::test]
    async fn what_the_router_does_not_know_is_a_problem_document_too() {
        let router = Router::new().route("/elsewhere", get(async || "here"));
        let told = got(router, json!({})).await;
        assert_eq!(told["statusCode"], 404);
        assert_eq!(told["headers"]["content-type"], "application/problem+json");
    }

    #[tokio::test]
    async fn what_was_read_has_a_tag_and_is_kept_by_its_reader_alone() {
        let router = Router::new().route("/", get(async || Json(json!({"a": 1}))));
        let first = got(router.clone(), json!({})).await;
        assert_eq!(first["headers"]["cache-control"], "private, no-cache");
        let tag = &first["headers"]["etag"];
        let again = got(router, json!({"headers": {"if-none-match": tag}})).await;
        assert_eq!(
            (&again["statusCode"], &again["body"]),
            (&json!(304), &json!(""))
        );
    }

    #[tokio::test]
    async fn a_page_runs_nothing_and_tells_nobody_where_it_is() {
        let router = Router::new().route("/", get(async || Page("<p>no".to_owned())));
        let told = got(router, json!({})).await;
        let headers = told["headers"].as_object().unwrap();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        let policy = headers["content-security-policy"].as_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
}
