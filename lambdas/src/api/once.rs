//! `Idempotency-Key`: a request that changes something and has a key happens once. Whoever lost the answer asks again with the
//! same key and gets it.

use std::collections::BTreeMap;

use access::caller::Caller;
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{
        Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{CONTENT_TYPE, IF_MATCH},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use cloud::{
    clock,
    table::{Begun, KeptAnswer, KeyedRequest, Table},
};
use invite::id::Digest;

use crate::shell::{Failed, Kind, Problem, RequestId, all_of, whole};

/// The header.
pub(super) const HEADER: &str = "Idempotency-Key";
/// Longest key, in characters.
const MAX_KEY: usize = 255;
/// Largest answer that is kept, in bytes: it has to fit an item of the table.
const MAX_KEPT: usize = 256 * 1024;
/// When to ask again for what is being carried out.
const SOON_SECS: u32 = 2;

/// What a request with a key is known by, whenever it comes again: an extension of those that are carried out.
#[derive(Clone, Debug)]
pub(super) struct Asked(pub(super) Digest);

/// The key a request has.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let written = value.to_str().unwrap_or_default().trim();
    // The draft has it in quotes (draft-ietf-httpapi-idempotency-key-header); most clients do without.
    let key = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(written);
    let is_one = (1..=MAX_KEY).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic());
    if !is_one {
        let detail =
            format!("`{HEADER}` has 1 to {MAX_KEY} ASCII characters without spaces, like a UUID.");
        return Err(Problem::in_header(HEADER, detail));
    }
    Ok(Some(key.to_owned()))
}

/// Carries out what has a key once, and all else as it comes.
pub(super) async fn once(State(table): State<Table>, request: Request, next: Next) -> Response {
    match carried_out(&table, request, next).await {
        Ok(response) => response,
        Err(failed) => failed.into_response(),
    }
}

async fn carried_out(table: &Table, request: Request, next: Next) -> Result<Response, Failed> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let key = if reads { None } else { key(request.headers())? };
    // Who is nobody is told so by the route.
    let (Some(key), Some(caller)) = (key, caller(request.extensions())) else {
        return Ok(next.run(request).await);
    };
    let try_id = try_id(request.extensions());
    let (mut parts, body) = request.into_parts();
    let copy = Request::from_parts(parts.clone(), body);
    let (_, body) = whole(copy).await?;
    let asked = digest(&parts.method, &parts.uri.to_string(), &parts.headers, &body);
    let known_by = format!("{caller}\n{key}\n{}", asked.as_str());
    parts.extensions.insert(Asked(Digest::of_text(&known_by)));
    let keyed = KeyedRequest::new(&caller, &key, asked, &try_id);
    match table.begin_request(&keyed, clock::now()).await? {
        Begun::First => {}
        Begun::Answered(answer) => return Ok(again(answer)),
        Begun::InProgress => {
            let problem = Problem::new(
                Kind::InProgress,
                "A request with this key is being carried out; ask again for its answer.",
            );
            return Err(problem.retry_after(SOON_SECS).into());
        }
        Begun::Reused => {
            let detail = format!("This {HEADER} belongs to another request; give each its own.");
            return Err(Problem::new(Kind::KeyReused, detail).into());
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (response, answer) = kept(response, &try_id).await;
    // A conflict: it took so long that another try has begun, and that one's answer counts.
    let _ = table
        .end_request(&keyed, answer.as_ref(), clock::now())
        .await?;
    Ok(response)
}

/// Whose keys these are: administrators share theirs.
fn caller(extensions: &Extensions) -> Option<String> {
    Some(match extensions.get::<Caller>()? {
        Caller::Administrator => "administrators".to_owned(),
        Caller::Organizer(address) => format!("organizer {}", address.as_str()),
        Caller::Program(program) => format!("program {}", program.id),
    })
}

fn try_id(extensions: &Extensions) -> String {
    extensions
        .get::<RequestId>()
        .map(|RequestId(id)| id.clone())
        .unwrap_or_default()
}

/// All that makes a request another.
fn digest(method: &Method, uri: &str, headers: &HeaderMap, body: &[u8]) -> Digest {
    let mut asked = Vec::new();
    let [content_type, seen] = [CONTENT_TYPE, IF_MATCH]
        .map(|name| headers.get(name).map_or(&[][..], HeaderValue::as_bytes));
    for part in [
        method.as_str().as_bytes(),
        uri.as_bytes(),
        content_type,
        seen,
    ] {
        asked.extend_from_slice(part);
        asked.push(b'\n');
    }
    asked.extend_from_slice(body);
    Digest::of_bytes(&asked)
}

/// The answer as it goes to the caller, and as it is kept; a fault of ours is not: the request may be tried again.
async fn kept(mut response: Response, request_id: &str) -> (Response, Option<KeptAnswer>) {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.into_document(request_id);
    }
    let response = all_of(response).await;
    let answer = (!response.status().is_server_error())
        .then(|| std::str::from_utf8(response.body()).ok())
        .flatten()
        .filter(|body| body.len() <= MAX_KEPT)
        .map(|body| KeptAnswer {
            status: response.status().as_u16(),
            headers: texts(response.headers()),
            body: body.to_owned(),
        });
    (response.map(Body::from), answer)
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        })
        .collect()
}

fn again(answer: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::Json;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn with_key(value: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_bytes(value).unwrap());
        headers
    }

    #[test]
    fn a_key_may_be_in_quotes() {
        assert_eq!(key(&HeaderMap::new()), Ok(None));
        for written in ["8e03978e-40d5", "\"8e03978e-40d5\"", " 8e03978e-40d5 "] {
            let key = key(&with_key(written.as_bytes())).unwrap();
            assert_eq!(key.as_deref(), Some("8e03978e-40d5"), "{written}");
        }
    }

    #[test]
    fn what_can_be_no_key_is_refused() {
        let long = "k".repeat(MAX_KEY + 1);
        for written in ["", "\"\"", "two words", "caf\u{e9}", &long] {
            let problem = key(&with_key(written.as_bytes())).unwrap_err();
            assert_eq!(problem.kind, Kind::InvalidHeader, "{written:?}");
            assert_eq!(problem.errors[0].header, Some(HEADER));
        }
    }

    #[tokio::test]
    async fn an_answer_comes_again_as_it_was_and_a_fault_does_not() {
        let created = (
            StatusCode::CREATED,
            [("location", "/event/5f")],
            Json(json!({"a": 1})),
        );
        let refused = Problem::new(Kind::NotHeld, "no");
        for first in [created.into_response(), refused.into_response()] {
            let (first, answer) = kept(first, "r-1").await;
            let (first, second) = (all_of(first).await, all_of(again(answer.unwrap())).await);
            assert_eq!(first.status(), second.status());
            assert_eq!(first.headers(), second.headers());
            assert_eq!(first.body(), second.body());
        }
        let (fault, answer) = kept(Problem::fault().into_response(), "r-1").await;
        assert_eq!((fault.status().as_u16(), answer), (500, None));
    }

    proptest! {
        #[test]
        fn requests_are_the_same_only_if_all_of_them_is(
            a in ("[a-c/]{0,4}", "[a-c]{0,3}", "[a-c]{0,3}"), b in ("[a-c/]{0,4}", "[a-c]{0,3}", "[a-c]{0,3}"),
        ) {
            let of = |(uri, seen, body): &(String, String, String)| {
                let mut headers = HeaderMap::new();
                headers.insert(IF_MATCH, HeaderValue::from_str(seen).unwrap());
                digest(&Method::POST, uri, &headers, body.as_bytes())
            };
            prop_assert_eq!(of(&a) == of(&b), a == b);
        }
    }
}
