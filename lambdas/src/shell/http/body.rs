//! What a request brings: a body of JSON or a calendar, parameters of the query.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{HeaderMap, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::problem::{Kind, Problem};

/// Longest body, in bytes.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// A body that has to be there.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// A body that may be left out.
pub(crate) struct OptionalJson<T>(pub(crate) T);

/// An event, in a calendar (RFC 5545) or in JSON.
pub(crate) enum Described<T> {
    /// The calendar's text.
    Calendar(String),
    /// What the JSON says.
    Json(T),
}

/// A calendar.
pub(crate) struct CalendarBody(pub(crate) String);

/// A calendar that may be left out.
pub(crate) struct OptionalCalendar(pub(crate) Option<String>);

/// What a form of a page says.
pub(crate) struct FormBody(pub(crate) Parameters);

/// A body byte for byte as it came: what is signed is the bytes.
pub(crate) struct RawBody(pub(crate) Bytes);

impl<S: Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        bytes(request.into_body()).await.map(Self)
    }
}

impl<S: Sync> FromRequest<S> for FormBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (headers, body) = whole(request).await?;
        if !matches!(Media::of(&headers), Media::Form | Media::Unsaid) {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "The body has to be a form: Content-Type: application/x-www-form-urlencoded.",
            ));
        }
        let pairs = form_urlencoded::parse(&body).into_owned();
        Ok(Self(Parameters(pairs.collect())))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(&body(request).await?).map(Self)
    }
}

impl<S: Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let body = body(request).await?;
        if body.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        read(&body).map(Self)
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Described<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (headers, body) = whole(request).await?;
        match Media::of(&headers) {
            Media::Calendar => text(&body).map(Self::Calendar),
            Media::Unsaid if begins_a_calendar(&body) => text(&body).map(Self::Calendar),
            Media::Json | Media::Unsaid => read(&body).map(Self::Json),
            Media::Form | Media::Other => Err(Problem::new(
                Kind::UnsupportedMediaType,
                "The body has to be a calendar or JSON: Content-Type: text/calendar or application/json.",
            )),
        }
    }
}

impl<S: Sync> FromRequest<S> for CalendarBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (headers, body) = whole(request).await?;
        calendar(&headers, &body).map(Self)
    }
}

impl<S: Sync> FromRequest<S> for OptionalCalendar {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (headers, body) = whole(request).await?;
        if body.trim_ascii().is_empty() {
            return Ok(Self(None));
        }
        calendar(&headers, &body).map(|text| Self(Some(text)))
    }
}

/// The headers and the body, all of it.
pub(crate) async fn whole(request: Request) -> Result<(HeaderMap, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    Ok((parts.headers, bytes(body).await?))
}

async fn body(request: Request) -> Result<Bytes, Problem> {
    let (headers, body) = whole(request).await?;
    let is_json = matches!(Media::of(&headers), Media::Json | Media::Unsaid);
    if !body.is_empty() && !is_json {
        return Err(Problem::new(
            Kind::UnsupportedMediaType,
            "The body has to be JSON: Content-Type: application/json.",
        ));
    }
    Ok(body)
}

async fn bytes(body: Body) -> Result<Bytes, Problem> {
    to_bytes(body, MAX_BODY).await.map_err(|_| {
        let detail = format!("The body is longer than {MAX_BODY} bytes.");
        Problem::new(Kind::BodyTooLarge, detail)
    })
}

fn calendar(headers: &HeaderMap, body: &[u8]) -> Result<String, Problem> {
    match Media::of(headers) {
        Media::Calendar => text(body),
        Media::Unsaid if begins_a_calendar(body) => text(body),
        _ => Err(Problem::new(
            Kind::UnsupportedMediaType,
            "The body has to be a calendar: Content-Type: text/calendar.",
        )),
    }
}

/// Calendars are UTF-8 unless somebody says otherwise (RFC 5545 section 3.1.4), which nobody needs to here.
fn text(body: &[u8]) -> Result<String, Problem> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Problem::new(Kind::InvalidCalendar, "The calendar is not UTF-8."))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

fn begins_a_calendar(body: &[u8]) -> bool {
    body.trim_ascii_start()
        .get(..6)
        .is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:"))
}

/// What a body is said to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Media {
    /// `application/json`, or what is written in it (RFC 6839).
    Json,
    /// `text/calendar`.
    Calendar,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// Nothing is said, and the body is taken at its word.
    Unsaid,
    Other,
}

impl Media {
    fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Self::Unsaid;
        };
        let media_type = value
            .to_str()
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let is_json = media_type == "application/json"
            || media_type
                .strip_prefix("application/")
                .is_some_and(|subtype| subtype.ends_with("+json"));
        match media_type.as_str() {
            "text/calendar" => Self::Calendar,
            "application/x-www-form-urlencoded" => Self::Form,
            _ if is_json => Self::Json,
            _ => Self::Other,
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let at = error.path().clone();
        let error = error.into_inner();
        if error.is_data() {
            let detail = without_place(&error.to_string());
            Problem::field(pointer(&at, &detail), detail)
        } else {
            not_json(&error)
        }
    })?;
    json.end().map_err(|error| not_json(&error))?;
    Ok(read)
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::new(Kind::NotJson, format!("The body is not JSON: {error}."))
}

/// A missing field is told by the object that lacks it; the pointer names the field.
fn pointer(at: &Path, detail: &str) -> String {
    let missing = detail
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    let mut pointer = String::new();
    for segment in at {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    if let Some(name) = missing {
        pointer.push('/');
        pointer.push_str(name);
    }
    pointer
}

/// Without ` at line 1 column 7`: the pointer says it better.
fn without_place(detail: &str) -> String {
    match detail.rsplit_once(" at line ") {
        Some((detail, _)) => detail.to_owned(),
        None => detail.to_owned(),
    }
}

/// The parameters of the query, or of a form.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// One by its name, its repetitions joined by commas; `None` when it is not there.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .0
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(pairs.iter().map(owned).collect())
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::try_from_uri(&parts.uri)
            .map_err(|_| Problem::new(Kind::InvalidParameter, "The query cannot be read."))?;
        Ok(Self(pairs))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Row {
        email: String,
        name: Option<String>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Rows {
        invites: Vec<Row>,
    }

    fn request(content_type: Option<&str>, body: impl Into<Body>) -> Request {
        let mut request = Request::new(body.into());
        if let Some(content_type) = content_type {
            let value = content_type.parse().unwrap();
            request.headers_mut().insert(CONTENT_TYPE, value);
        }
        request
    }

    async fn refused(request: Request) -> Problem {
        match JsonBody::<Rows>::from_request(request, &()).await {
            Ok(JsonBody(rows)) => panic!("{rows:?}"),
            Err(problem) => problem,
        }
    }

    #[tokio::test]
    async fn a_wrong_field_is_named_by_its_place() {
        for (body, pointer) in [
            ("{}", "/invites"),
            ("[]", ""),
            (r#"{"invites":7}"#, "/invites"),
            (
                r#"{"invites":[{"email":"b@b.test"},{}]}"#,
                "/invites/1/email",
            ),
            (r#"{"invites":[{"email":7}]}"#, "/invites/0/email"),
            (
                r#"{"invites":[{"email":"b","name":[]}]}"#,
                "/invites/0/name",
            ),
        ] {
            let problem = refused(request(None, body)).await;
            assert_eq!(problem.kind, Kind::InvalidField, "{body}");
            assert_eq!(
                problem.errors[0].pointer.as_deref(),
                Some(pointer),
                "{body}"
            );
            assert!(!problem.detail.contains("line"), "{}", problem.detail);
        }
    }

    #[tokio::test]
    async fn what_is_not_json_or_too_long_says_so() {
        for (content_type, body, kind) in [
            (None, "hello".to_owned(), Kind::NotJson),
            (None, "{\"invites\":[]} {".to_owned(), Kind::NotJson),
            (None, String::new(), Kind::NotJson),
            (
                Some("text/plain"),
                "{}".to_owned(),
                Kind::UnsupportedMediaType,
            ),
            (
                Some("application/jsonp"),
                "{}".to_owned(),
                Kind::UnsupportedMediaType,
            ),
            (
                Some("application/json"),
                " ".repeat(MAX_BODY + 1),
                Kind::BodyTooLarge,
            ),
        ] {
            assert_eq!(refused(request(content_type, body)).await.kind, kind);
        }
        for content_type in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/vnd.x+json",
        ] {
            let request = request(Some(content_type), r#"{"invites":[]}"#);
            assert!(JsonBody::<Rows>::from_request(request, &()).await.is_ok());
        }
    }

    #[tokio::test]
    async fn a_body_that_may_be_left_out_may_be_blank() {
        for body in ["", "  \n"] {
            let read = OptionalJson::<Rows>::from_request(request(None, body), &()).await;
            assert!(read.is_ok(), "{body:?}");
        }
        let wrong = OptionalJson::<Rows>::from_request(request(None, "{}"), &()).await;
        assert!(wrong.is_err());
    }

    #[tokio::test]
    async fn an_event_comes_as_a_calendar_or_as_json() {
        const CALENDAR: &str = "\u{feff}BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
        for (content_type, body, is_calendar) in [
            (Some("text/calendar; charset=utf-8"), CALENDAR, Some(true)),
            (Some("Text/Calendar"), "{}", Some(true)),
            (None, "begin:vcalendar", Some(true)),
            (None, r#"{"email":"b@b.test"}"#, Some(false)),
            (Some("application/json"), r#"{"email":""}"#, Some(false)),
            (Some("application/json"), CALENDAR, None),
            (Some("text/plain"), CALENDAR, None),
        ] {
            let read = Described::<Row>::from_request(request(content_type, body), &()).await;
            let found = read.ok().map(|read| match read {
                Described::Calendar(text) => {
                    assert!(!text.starts_with('\u{feff}'));
                    true
                }
                Described::Json(_) => false,
            });
            assert_eq!(found, is_calendar, "{content_type:?} {body}");
        }
        let latin = request(Some("text/calendar"), vec![b'B', 0xe9]);
        let refused = CalendarBody::from_request(latin, &()).await.err().unwrap();
        assert_eq!(refused.kind, Kind::InvalidCalendar);
        let none = OptionalCalendar::from_request(request(None, " \r\n"), &()).await;
        assert_eq!(none.ok().and_then(|body| body.0), None);
    }

    #[tokio::test]
    async fn a_form_is_read_whatever_it_holds() {
        const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
        for (body, name) in [
            (&b"name=Zo%C3%AB+B.&email=b%40b.test"[..], "Zo\u{eb} B."),
            (&b"name=%ff%zz&&=&x"[..], "\u{fffd}%zz"),
            (&b"name=\xff"[..], "\u{fffd}"),
            (&b"name=a&name=b"[..], "a,b"),
        ] {
            let form = FormBody::from_request(request(Some(FORM), body), &()).await;
            assert_eq!(
                form.ok().and_then(|form| form.0.text("name")).as_deref(),
                Some(name)
            );
        }
        let json = request(Some("application/json"), "{}");
        let refused = FormBody::from_request(json, &()).await.err().unwrap();
        assert_eq!(refused.kind, Kind::UnsupportedMediaType);
    }

    #[test]
    fn a_parameter_that_is_repeated_is_a_list() {
        let parameters = Parameters::of(&[("state", "sent"), ("x", ""), ("state", "bounced")]);
        assert_eq!(parameters.text("state").as_deref(), Some("sent,bounced"));
        assert_eq!(parameters.text("after"), None);
    }
}
