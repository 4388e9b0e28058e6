//! What a request is refused with: problem documents (RFC 9457) of stable types.

use access::{decision::Denial, refusal::Refusal};
use axum::{
    Json,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::super::log_failure;

/// How tokens are asked for. Keys have no scheme of their own that a header could name.
const CHALLENGE: &str = "Bearer realm=\"calendar-invite-server\"";

/// The types of problems there are. Their names are a contract: none changes its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    NotJson,
    InvalidField,
    InvalidCalendar,
    InvalidHeader,
    InvalidParameter,
    InvalidCursor,
    UnknownState,
    NoCredentials,
    InvalidCredentials,
    MissingScope,
    NotTheShop,
    NotAllowed,
    OrganizerSuspended,
    OrganizerNotEnrolled,
    EventLimit,
    UnknownRoute,
    UnknownEvent,
    UnknownJob,
    UnknownOrganizer,
    UnknownAttendee,
    UnknownKey,
    UnknownErasure,
    MethodNotAllowed,
    EventCancelled,
    EventBegun,
    NotNewer,
    IsASeries,
    TooLateToStop,
    StopSuperseded,
    NotHeld,
    OrganizesEvents,
    KeyReused,
    InProgress,
    PreconditionFailed,
    BodyTooLarge,
    UnsupportedMediaType,
    TooManyRequests,
    Fault,
}

impl Kind {
    /// All of them, by status.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 38] = [
        Self::NotJson,
        Self::InvalidField,
        Self::InvalidCalendar,
        Self::InvalidHeader,
        Self::InvalidParameter,
        Self::InvalidCursor,
        Self::UnknownState,
        Self::NoCredentials,
        Self::InvalidCredentials,
        Self::MissingScope,
        Self::NotTheShop,
        Self::NotAllowed,
        Self::OrganizerSuspended,
        Self::OrganizerNotEnrolled,
        Self::EventLimit,
        Self::UnknownRoute,
        Self::UnknownEvent,
        Self::UnknownJob,
        Self::UnknownOrganizer,
        Self::UnknownAttendee,
        Self::UnknownKey,
        Self::UnknownErasure,
        Self::MethodNotAllowed,
        Self::EventCancelled,
        Self::EventBegun,
        Self::NotNewer,
        Self::IsASeries,
        Self::TooLateToStop,
        Self::StopSuperseded,
        Self::NotHeld,
        Self::OrganizesEvents,
        Self::KeyReused,
        Self::InProgress,
        Self::PreconditionFailed,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::Fault,
    ];

    /// Its name, the end of its `type`.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::InvalidField => "invalid-field",
            Self::InvalidCalendar => "invalid-calendar",
            Self::InvalidHeader => "invalid-header",
            Self::InvalidParameter => "invalid-parameter",
            Self::InvalidCursor => "invalid-cursor",
            Self::NotTheShop => "not-the-shop",
            Self::UnknownState => "unknown-state",
            Self::NoCredentials => "no-credentials",
            Self::InvalidCredentials => "invalid-credentials",
            Self::MissingScope => "missing-scope",
            Self::NotAllowed => "not-allowed",
            Self::OrganizerSuspended => "organizer-suspended",
            Self::OrganizerNotEnrolled => "organizer-not-enrolled",
            Self::EventLimit => "event-limit",
            Self::UnknownRoute => "unknown-route",
            Self::UnknownEvent => "unknown-event",
            Self::UnknownJob => "unknown-job",
            Self::UnknownOrganizer => "unknown-organizer",
            Self::UnknownAttendee => "unknown-attendee",
            Self::UnknownKey => "unknown-key",
            Self::UnknownErasure => "unknown-erasure",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::EventCancelled => "event-cancelled",
            Self::EventBegun => "event-begun",
            Self::NotNewer => "not-newer",
            Self::IsASeries => "is-a-series",
            Self::TooLateToStop => "too-late-to-stop",
            Self::StopSuperseded => "stop-superseded",
            Self::NotHeld => "not-held",
            Self::OrganizesEvents => "organizes-events",
            Self::KeyReused => "key-reused",
            Self::InProgress => "in-progress",
            Self::PreconditionFailed => "precondition-failed",
            Self::BodyTooLarge => "body-too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::TooManyRequests => "too-many-requests",
            Self::Fault => "fault",
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::NotJson
            | Self::InvalidField
            | Self::InvalidCalendar
            | Self::InvalidHeader
            | Self::InvalidParameter
            | Self::InvalidCursor
            | Self::UnknownState => StatusCode::BAD_REQUEST,
            Self::NoCredentials | Self::InvalidCredentials | Self::NotTheShop => {
                StatusCode::UNAUTHORIZED
            }
            Self::MissingScope
            | Self::NotAllowed
            | Self::OrganizerSuspended
            | Self::OrganizerNotEnrolled
            | Self::EventLimit => StatusCode::FORBIDDEN,
            Self::UnknownRoute
            | Self::UnknownEvent
            | Self::UnknownJob
            | Self::UnknownOrganizer
            | Self::UnknownAttendee
            | Self::UnknownKey
            | Self::UnknownErasure => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::EventCancelled
            | Self::EventBegun
            | Self::NotNewer
            | Self::IsASeries
            | Self::TooLateToStop
            | Self::StopSuperseded
            | Self::NotHeld
            | Self::OrganizesEvents
            | Self::KeyReused
            | Self::InProgress => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its `type`.
    pub(crate) fn uri(self) -> String {
        format!("urn:calendar-invite-server:problem:{}", self.code())
    }
}

/// Why a request is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    /// What is wrong and what to do, for people.
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
    /// In a box: most have none, and a problem is handed on by many.
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

/// What is wrong with one thing of a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FieldError {
    /// JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<String>,
    /// Name of a parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<&'static str>,
    /// Name of a property of the calendar (RFC 5545).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) property: Option<&'static str>,
    /// Name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<&'static str>,
    /// What is wrong.
    pub(crate) detail: String,
}

impl FieldError {
    fn saying(detail: &str) -> Self {
        Self {
            pointer: None,
            parameter: None,
            property: None,
            header: None,
            detail: detail.to_owned(),
        }
    }
}

/// A problem document (RFC 9457).
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProblemDocument {
    /// `urn:calendar-invite-server:problem:` and its name; names stay.
    r#type: String,
    /// The name in words.
    title: String,
    status: u16,
    /// What is wrong and what to do, for people.
    detail: String,
    /// Names this answer; tell it when you ask us about it.
    instance: String,
    /// Which fields or parameters are wrong, and how.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Problem {
    /// A problem that is not one of a field.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            header: None,
        }
    }

    /// A problem of one field of the body, by JSON pointer.
    pub(crate) fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let error = FieldError {
            pointer: Some(pointer.into()),
            ..FieldError::saying(&detail)
        };
        Self {
            errors: vec![error],
            ..Self::new(Kind::InvalidField, detail)
        }
    }

    /// A problem of one parameter of the query.
    pub(crate) fn parameter(kind: Kind, name: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let error = FieldError {
            parameter: Some(name),
            ..FieldError::saying(&detail)
        };
        Self {
            errors: vec![error],
            ..Self::new(kind, detail)
        }
    }

    /// A problem of one property of the calendar.
    pub(crate) fn property(name: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let error = FieldError {
            property: Some(name),
            ..FieldError::saying(&detail)
        };
        Self {
            errors: vec![error],
            ..Self::new(Kind::InvalidCalendar, detail)
        }
    }

    /// A problem of one header.
    pub(crate) fn in_header(name: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let error = FieldError {
            header: Some(name),
            ..FieldError::saying(&detail)
        };
        Self {
            errors: vec![error],
            ..Self::new(Kind::InvalidHeader, detail)
        }
    }

    /// The same, with when to ask again.
    pub(crate) fn retry_after(self, secs: u32) -> Self {
        self.with(RETRY_AFTER, &secs.to_string())
    }

    /// The method is none of those the address knows.
    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        let detail = format!("This address knows {allowed} only.");
        Self::new(Kind::MethodNotAllowed, detail).with(ALLOW, allowed)
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.header = HeaderValue::from_str(value)
            .ok()
            .map(|value| Box::new((name, value)));
        self
    }

    /// Nobody is known, with what a program has to know to do better (RFC 9110 section 15.5.2, RFC 6750 section 3).
    fn refused(refusal: Refusal) -> Self {
        let problem = |kind| Self::new(kind, refusal.detail());
        match refusal {
            // Who has shown nothing is told no error.
            Refusal::NoCredentials => {
                problem(Kind::NoCredentials).with(WWW_AUTHENTICATE, CHALLENGE)
            }
            Refusal::TwoCredentials
            | Refusal::InvalidToken(_)
            | Refusal::UnknownKey
            | Refusal::RevokedKey
            | Refusal::ExpiredKey => problem(Kind::InvalidCredentials).with(
                WWW_AUTHENTICATE,
                &format!("{CHALLENGE}, error=\"invalid_token\""),
            ),
            Refusal::TooManyRequests { retry_after_secs } => {
                problem(Kind::TooManyRequests).with(RETRY_AFTER, &retry_after_secs.to_string())
            }
            Refusal::NobodyKnown => problem(Kind::NotAllowed),
        }
    }

    /// What we could not do, though the request was right.
    pub(crate) fn fault() -> Self {
        Self::new(
            Kind::Fault,
            "This is our fault. Try again; if it stays, tell us the instance.",
        )
    }

    /// The document, for the request of that id.
    pub(crate) fn into_document(self, request_id: &str) -> Response {
        let document = ProblemDocument {
            r#type: self.kind.uri(),
            title: self.kind.code().replace('-', " "),
            status: self.kind.status().as_u16(),
            detail: self.detail,
            instance: format!("urn:request:{request_id}"),
            errors: self.errors,
        };
        let mut response = (self.kind.status(), Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.extend(self.header.map(|header| *header));
        response
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Refused(refusal) => Self::refused(refusal),
            Denial::MissingScope(scope) => Self::new(
                Kind::MissingScope,
                format!("This needs the scope {scope}: {}.", scope.meaning()),
            )
            .with(
                WWW_AUTHENTICATE,
                &format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{scope}\""),
            ),
            Denial::NotTheWholeTenant => Self::new(
                Kind::NotAllowed,
                "Only administrators may see the whole system, and programs that are bound to no organizer.",
            ),
            Denial::NotAnAdministrator => Self::new(
                Kind::NotAllowed,
                "Only administrators may, signed in themselves.",
            ),
        }
    }
}

impl From<Denial> for Failed {
    fn from(denial: Denial) -> Self {
        Self::Refused(denial.into())
    }
}

impl IntoResponse for Problem {
    /// The document is written where the request's id is known: [`Problem::into_document`].
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a handler gives no other answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The caller is told why.
    Refused(Problem),
    /// We are.
    Fault(anyhow::Error),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

impl From<cloud::Fault> for Failed {
    fn from(fault: cloud::Fault) -> Self {
        Self::Fault(fault.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(problem) => problem.into_response(),
            Self::Fault(error) => {
                log_failure("the request failed", &error);
                Problem::fault().into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_type_of_problem_has_a_name_of_its_own() {
        let codes: HashSet<_> = Kind::ALL.map(Kind::code).into_iter().collect();
        assert_eq!(codes.len(), Kind::ALL.len());
    }

    #[tokio::test]
    async fn a_problem_names_the_field() {
        let told =
            Problem::field("/invites/3/email", "is not an e-mail address").into_document("r-1");
        assert_eq!(told.headers()["content-type"], "application/problem+json");
        let body = axum::body::to_bytes(told.into_body(), 1000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "urn:calendar-invite-server:problem:invalid-field", "title": "invalid field", "status": 400,
                "detail": "is not an e-mail address", "instance": "urn:request:r-1",
                "errors": [{"pointer": "/invites/3/email", "detail": "is not an e-mail address"}],
            })
        );
    }
}
