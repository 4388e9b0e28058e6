//! What API Gateway sends (payload format 2.0), as a request for the router; and the router's answer as API Gateway takes it.
//!
//! Ours and not `lambda_http`'s: there a header with a byte beyond ASCII is an error of the function, and a `<` in a query ends
//! in a panic. Both are a caller's to send, and must not be answered 500.

use std::{collections::HashMap, net::IpAddr};

use access::{caller::Caller, refusal::Refusal};
use axum::{
    body::{Body, Bytes},
    http::{
        Method, Request, Response, Uri,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
};
use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    identity::IdentityShape,
    problem::{Kind, Problem},
};

/// What may not stand in a URI as it is.
const NOT_IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
const NOT_IN_PATH: &AsciiSet = &NOT_IN_QUERY.add(b'?');

/// A request as the gateway passes it on, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Arrived {
    /// Method and path of the route, e.g. `GET /event/{uid}`; `$default` for what no other route takes.
    pub(super) route_key: String,
    #[serde(default)]
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    path_parameters: Option<HashMap<String, String>>,
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
    http: Http,
    authorizer: Option<Authorizer>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    #[serde(default)]
    source_ip: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Authorizer {
    /// What our own function has said of who calls.
    lambda: Option<Value>,
}

/// What the platform calls a request by; no other has it. An extension of every request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Whence a request comes, as the gateway saw it itself: no header says so, for anybody may write one. An extension of every
/// request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SourceIp(pub(crate) Option<IpAddr>);

impl Arrived {
    pub(super) fn request_id(&self) -> &str {
        &self.request_context.request_id
    }

    /// Who calls, as the gateway was told; nobody, where it was told nothing that is understood.
    pub(super) fn presented(&self) -> Result<Caller, Refusal> {
        self.request_context
            .authorizer
            .as_ref()
            .and_then(|authorizer| authorizer.lambda.clone())
            .and_then(|said| serde_json::from_value::<IdentityShape>(said).ok())
            .map_or(Err(Refusal::NoCredentials), IdentityShape::presented)
    }

    /// The request for the router.
    pub(super) fn request(self) -> Result<Request<Body>, Problem> {
        let broken = || Problem::new(Kind::NotJson, "The body's transfer encoding is broken.");
        let mut uri = self.path();
        if !self.raw_query_string.is_empty() {
            uri.push('?');
            uri.extend(utf8_percent_encode(&self.raw_query_string, NOT_IN_QUERY));
        }
        let body = match self.body {
            None => Bytes::new(),
            Some(body) if self.is_base64_encoded => data_encoding::BASE64
                .decode(body.as_bytes())
                .map_err(|_| broken())?
                .into(),
            Some(body) => body.into(),
        };
        let no_route = || Problem::new(Kind::UnknownRoute, "There is nothing at this address.");
        let mut request = Request::new(Body::from(body));
        *request.uri_mut() = uri.parse::<Uri>().map_err(|_| no_route())?;
        *request.method_mut() = Method::from_bytes(self.request_context.http.method.as_bytes())
            .map_err(|_| no_route())?;
        *request.headers_mut() = headers(&self.headers);
        let source_ip = self.request_context.http.source_ip.parse().ok();
        request.extensions_mut().insert(SourceIp(source_ip));
        request
            .extensions_mut()
            .insert(RequestId(self.request_context.request_id));
        Ok(request)
    }

    /// The path by the route the gateway has found: a parameter's value never becomes two segments.
    fn path(&self) -> String {
        let Some((_, template)) = self.route_key.split_once(' ') else {
            let decoded = percent_decode_str(&self.raw_path).decode_utf8_lossy();
            return utf8_percent_encode(&decoded, NOT_IN_PATH).to_string();
        };
        let segments = template.split('/').map(|segment| {
            let name = segment
                .strip_prefix('{')
                .and_then(|segment| segment.strip_suffix('}'));
            let Some(name) = name else {
                return segment.to_owned();
            };
            let value = self
                .path_parameters
                .as_ref()
                .and_then(|parameters| parameters.get(name))
                .map_or("", String::as_str);
            let decoded = percent_decode_str(value).decode_utf8_lossy();
            utf8_percent_encode(&decoded, NON_ALPHANUMERIC).to_string()
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// Headers as they are; one that cannot be a header is left out.
fn headers(named: &HashMap<String, String>) -> HeaderMap {
    named
        .iter()
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            Some((name, value))
        })
        .collect()
}

/// An answer whose body is all there, as the gateway takes it.
pub(super) fn answer(response: &Response<Bytes>) -> Value {
    let mut headers = Map::new();
    for name in response.headers().keys() {
        let values: Vec<String> = response
            .headers()
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        headers.insert(name.as_str().to_owned(), json!(values.join(", ")));
    }
    let (body, is_base64) = match std::str::from_utf8(response.body()) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (data_encoding::BASE64.encode(response.body()), true),
    };
    json!({
        "statusCode": response.status().as_u16(), "headers": headers, "body": body, "isBase64Encoded": is_base64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(more: Value) -> Arrived {
        let mut event = json!({
            "version": "2.0", "routeKey": "GET /event/{uid}", "rawPath": "/event/x", "rawQueryString": "",
            "headers": {}, "pathParameters": {"uid": "x"}, "isBase64Encoded": false,
            "requestContext": {"requestId": "r-1", "http": {"method": "GET"}},
        });
        let more = more.as_object().unwrap().clone();
        event.as_object_mut().unwrap().extend(more);
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn what_a_caller_writes_into_a_path_stays_one_segment() {
        for (value, path) in [
            ("5f", "/event/5f"),
            ("alice@a.test", "/event/alice%40a%2Etest"),
            ("alice%40a.test", "/event/alice%40a%2Etest"),
            ("a/b?c#d", "/event/a%2Fb%3Fc%23d"),
            ("é <\u{0}", "/event/%C3%A9%20%3C%00"),
        ] {
            let request = arrived(json!({"pathParameters": {"uid": value}}))
                .request()
                .unwrap();
            assert_eq!(request.uri().path(), path);
        }
    }

    #[test]
    fn no_query_or_header_of_a_caller_is_a_fault() {
        let request = arrived(json!({
            "rawQueryString": "a=<script>&b=\"é|\\\u{1}&c=%zz&d=1%202",
            "headers": {"x-name": "Zoë", "accept": "*/*", "bad name": "x", "x-line": "a\r\nb"},
        }))
        .request()
        .unwrap();
        let query = request.uri().query().unwrap();
        assert_eq!(query, "a=%3Cscript%3E&b=%22%C3%A9%7C%5C%01&c=%zz&d=1%202");
        let names: Vec<_> = request.headers().keys().collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }

    #[test]
    fn whence_a_request_comes_is_what_the_gateway_saw() {
        let from = |source_ip: Value| {
            let request = arrived(json!({
                "headers": {"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9"},
                "requestContext": {"http": {"method": "GET", "sourceIp": source_ip}},
            }))
            .request()
            .unwrap();
            *request.extensions().get::<SourceIp>().unwrap()
        };
        let [seen, network] = ["192.0.2.1", "2001:db8::1"];
        assert_eq!(from(json!(seen)), SourceIp(seen.parse().ok()));
        assert_eq!(from(json!(network)), SourceIp(network.parse().ok()));
        assert_eq!(from(json!("")), SourceIp(None));
    }

    #[test]
    fn what_no_route_takes_comes_with_its_own_path() {
        for raw_path in ["/", "/no such/é", "/%2e%2e/x?y"] {
            let request = arrived(json!({"routeKey": "$default", "rawPath": raw_path}))
                .request()
                .unwrap();
            assert!(request.uri().path().starts_with('/'), "{raw_path}");
            assert_eq!(request.uri().query(), None);
        }
    }

    #[tokio::test]
    async fn a_body_may_come_in_base64() {
        let arrived = arrived(json!({"body": "e30=", "isBase64Encoded": true}));
        let body = arrived.request().unwrap().into_body();
        assert_eq!(axum::body::to_bytes(body, 10).await.unwrap(), "{}");
    }

    #[test]
    fn bytes_that_are_no_text_go_back_in_base64() {
        let mut response = Response::new(Bytes::from_static(&[0xff]));
        for value in ["a", "b"] {
            let value = HeaderValue::from_static(value);
            response.headers_mut().append("vary", value);
        }
        let answer = answer(&response);
        assert_eq!(answer["body"], "/w==");
        assert_eq!(answer["isBase64Encoded"], true);
        assert_eq!(answer["headers"]["vary"], "a, b");
    }
}
