use std::{collections::HashMap, panic::AssertUnwindSafe};

use cloud::clock::Stopwatch;
use futures::FutureExt;
use invite::page::CONTENT_SECURITY_POLICY;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tracing::Instrument;

use super::log_failure;

/// A request as the HTTP API passes it on (payload format 2.0), as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    /// Method and path of the route, e.g. `GET /event/{uid}`.
    pub(crate) route_key: String,
    #[serde(default)]
    path_parameters: HashMap<String, String>,
    #[serde(default)]
    query_string_parameters: HashMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: RequestContext,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    #[serde(default)]
    request_id: String,
    authorizer: Option<Authorizer>,
}

#[derive(Clone, Debug, Deserialize)]
struct Authorizer {
    jwt: Option<Jwt>,
}

#[derive(Clone, Debug, Deserialize)]
struct Jwt {
    claims: Option<Map<String, Value>>,
}

impl Request {
    /// A parameter of the path; empty when the route has none of that name.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.path_parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter of the query, its repetitions joined by commas; `None` when it is not there.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query_string_parameters.get(name).map(String::as_str)
    }

    /// Claims of the token the API has checked; `None` without one.
    pub(crate) fn claims(&self) -> Option<&Map<String, Value>> {
        self.request_context
            .authorizer
            .as_ref()?
            .jwt
            .as_ref()?
            .claims
            .as_ref()
    }

    /// What the platform calls this request by; no other has it.
    pub(crate) fn id(&self) -> &str {
        &self.request_context.request_id
    }

    /// The body; `None` when its transfer encoding is broken.
    pub(crate) fn body(&self) -> Option<Vec<u8>> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            data_encoding::BASE64.decode(body.as_bytes()).ok()
        } else {
            Some(body.as_bytes().to_vec())
        }
    }
}

/// What a request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is done: status and body.
    Done(u16, Value),
    /// It is done, and here is a table (RFC 4180).
    Csv {
        /// Its bytes, as UTF-8 with a byte order mark, without which Excel takes it for something else.
        body: String,
        /// Name of the file it is saved as.
        file: String,
        /// Query by which the rows after these are had, for a Link header (RFC 8288).
        next: Option<String>,
    },
    /// A page for people: status and HTML.
    Page(u16, String),
    /// It is not: a problem document (RFC 9457).
    Problem {
        /// Status.
        status: u16,
        /// Stable kebab-case name of the problem.
        code: &'static str,
        /// What is wrong and what to do, for people.
        detail: String,
        /// Which fields are wrong, by JSON pointer, and how.
        errors: Vec<FieldError>,
    },
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// JSON pointer into the body.
    pub(crate) pointer: String,
    /// What is wrong.
    pub(crate) detail: String,
}

impl Answer {
    /// A problem that is not one of a field.
    pub(crate) fn problem(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Problem {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// A problem of one field.
    pub(crate) fn wrong_field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::Problem {
            status: 400,
            code: "invalid-field",
            detail: detail.clone(),
            errors: vec![FieldError {
                pointer: pointer.into(),
                detail,
            }],
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Done(status, _) | Self::Page(status, _) | Self::Problem { status, .. } => *status,
            Self::Csv { .. } => 200,
        }
    }

    fn into_response(self, request_id: &str) -> Value {
        let status = self.status();
        let (content_type, body) = match self {
            Self::Done(_, body) => ("application/json", body),
            Self::Csv { body, file, next } => return csv_response(&body, &file, next.as_deref()),
            Self::Page(status, html) => return page_response(status, &html),
            Self::Problem {
                status,
                code,
                detail,
                errors,
            } => {
                let mut problem = json!({
                    "type": format!("urn:calendar-invite-server:problem:{code}"),
                    "title": code.replace('-', " "),
                    "status": status,
                    "detail": detail,
                    "instance": format!("urn:request:{request_id}"),
                });
                if let (false, Some(object)) = (errors.is_empty(), problem.as_object_mut()) {
                    object.insert("errors".to_owned(), json!(errors));
                }
                ("application/problem+json", problem)
            }
        };
        json!({
            "statusCode": status,
            "headers": {"content-type": content_type, "cache-control": "no-store"},
            "body": body.to_string(),
        })
    }
}

/// No page may be kept, framed, or tell its address to whoever is linked from it: a ticket stands in it.
fn page_response(status: u16, html: &str) -> Value {
    json!({
        "statusCode": status,
        "headers": {
            "content-type": "text/html; charset=utf-8", "cache-control": "no-store",
            "content-security-policy": CONTENT_SECURITY_POLICY, "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff", "x-robots-tag": "noindex",
        },
        "body": html,
    })
}

fn csv_response(body: &str, file: &str, next: Option<&str>) -> Value {
    let mut headers = json!({
        "content-type": "text/csv; charset=utf-8", "cache-control": "no-store",
        "content-disposition": format!("attachment; filename=\"{file}\""),
    });
    if let (Some(next), Some(headers)) = (next, headers.as_object_mut()) {
        headers.insert("link".to_owned(), json!(format!("<?{next}>; rel=\"next\"")));
    }
    json!({"statusCode": 200, "headers": headers, "body": body})
}

/// Serves requests with a handler; an error or a panic is answered 500 and logged.
pub(crate) async fn serve_http(
    handle: impl AsyncFn(Request) -> anyhow::Result<Answer>,
) -> anyhow::Result<()> {
    let handle = &handle;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Request>| {
        // In a box, or its type grows beyond what the compiler looks into.
        Box::pin(async move { Ok::<_, lambda_runtime::Error>(one(event.payload, handle).await) })
    }))
    .await
    .map_err(|error| anyhow::anyhow!(error))
}

async fn one(request: Request, handle: &impl AsyncFn(Request) -> anyhow::Result<Answer>) -> Value {
    let stopwatch = Stopwatch::start();
    let request_id = request.request_context.request_id.clone();
    let span = tracing::info_span!(
        "request",
        request.id = request_id,
        route = request.route_key,
        event.id = tracing::field::Empty,
    );
    async {
        let answer = match AssertUnwindSafe(handle(request)).catch_unwind().await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                log_failure("the request failed", &error);
                fault()
            }
            Err(_panic) => fault(),
        };
        let duration_ms = stopwatch.elapsed().as_secs_f64() * 1e3;
        tracing::info!(status = answer.status(), duration_ms, "answered");
        answer.into_response(&request_id)
    }
    .instrument(span)
    .await
}

fn fault() -> Answer {
    Answer::problem(
        500,
        "fault",
        "This is our fault. Try again; if it stays, tell us the instance.",
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A request as the HTTP API passes it on.
    pub(crate) fn request(route: &str, uid: &str, claims: Value, body: &str) -> Request {
        serde_json::from_value(json!({
            "version": "2.0", "routeKey": route, "rawPath": "/", "headers": {},
            "pathParameters": {"uid": uid}, "body": body, "isBase64Encoded": false,
            "requestContext": {"requestId": "r-1", "authorizer": {"jwt": {"claims": claims, "scopes": null}}},
        }))
        .unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_answered_500_without_its_message() {
        let told = one(request("GET /", "", json!({}), ""), &async |_| {
            panic!("bob@b.test")
        })
        .await;
        assert_eq!(told["statusCode"], 500);
        assert_eq!(told["headers"]["content-type"], "application/problem+json");
        assert!(!told.to_string().contains("bob"), "{told}");
    }

    #[test]
    fn a_problem_names_the_field() {
        let told = Answer::wrong_field("/invites/3/email", "is not an e-mail address")
            .into_response("r-1");
        let body: Value = serde_json::from_str(told["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["errors"][0]["pointer"], "/invites/3/email");
        assert_eq!(body["status"], 400);
        assert_eq!(body["instance"], "urn:request:r-1");
    }

    #[test]
    fn a_table_is_a_file_and_says_where_it_goes_on() {
        let told = Answer::Csv {
            body: "\u{feff}a\r\n".to_owned(),
            file: "deliveries.csv".to_owned(),
            next: Some("after=x".to_owned()),
        }
        .into_response("r-1");
        assert_eq!(told["statusCode"], 200);
        assert_eq!(told["headers"]["link"], "<?after=x>; rel=\"next\"");
        assert_eq!(
            told["headers"]["content-disposition"],
            "attachment; filename=\"deliveries.csv\""
        );
        assert_eq!(told["body"], "\u{feff}a\r\n");
    }

    #[test]
    fn a_page_runs_nothing_and_tells_nobody_where_it_is() {
        let told = Answer::Page(404, "<p>no".to_owned()).into_response("r-1");
        assert_eq!(told["statusCode"], 404);
        let headers = told["headers"].as_object().unwrap();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(
            headers["content-security-policy"]
                .as_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
    }

    #[test]
    fn a_body_may_come_in_base64() {
        let mut encoded = request("POST /", "", json!({}), "e30=");
        encoded.is_base64_encoded = true;
        assert_eq!(encoded.body().unwrap(), b"{}");
    }
}
