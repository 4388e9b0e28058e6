//! Mail out: an HTTP front with SES v2's address. Every request goes on to the cloud unchanged, so signatures, IAM and
//! identities are enforced there; a raw mail the cloud has accepted is then handed to the mailbox, which the cloud
//! itself would rebuild and lose its calendar.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use lettre::address::Envelope;
use tokio::sync::mpsc::UnboundedSender;

use crate::events::{Event, SentMail, event};
use crate::fate::{Step, refused, simulated, taken};
use crate::faults::Faults;
use crate::mailbox::Mailbox;
use crate::outgoing::{self, Accepted, SendRequest, chain};

const SEND_PATH: &str = "/v2/email/outbound-emails";
/// A 40 MB mail in base64, and the request around it.
const MAX_BODY_BYTES: usize = 60 * 1024 * 1024;
/// Belong to one connection, not to the request (RFC 9110 7.6.1).
const HOP_BY_HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What may keep the front from starting.
#[derive(Debug, thiserror::Error)]
pub enum FrontError {
    /// `SSL_CERT_FILE` cannot be read.
    #[error("reading the certificates to trust (SSL_CERT_FILE)")]
    Certificates(#[source] std::io::Error),
    /// The cloud's URL has no scheme or host.
    #[error("the cloud's address is not https://host:port or http://host:port: {0}")]
    Cloud(Uri),
}

/// The front's parts.
pub struct Front {
    cloud: Uri,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    mailbox: Mailbox,
    rate: Option<DefaultDirectRateLimiter>,
    faults: Faults,
    events: UnboundedSender<Event>,
    clock: fn() -> Timestamp,
}

/// Why a request that was to be passed on got no answer.
#[derive(Debug, thiserror::Error)]
enum ForwardError {
    #[error("joining the cloud's address and the path")]
    Uri(#[source] axum::http::uri::InvalidUriParts),
    #[error("asking the cloud")]
    Cloud(#[source] hyper_util::client::legacy::Error),
    #[error("reading the cloud's answer")]
    Answer(#[source] hyper::Error),
}

/// An error as SES v2 answers it.
struct SesError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Front {
    /// A front before `cloud`. `max_send_rate` is in recipients a second, as SES counts; none is no limit. What becomes
    /// of the mail it tells as `events`; `faults` come on top.
    ///
    /// # Errors
    /// Certificates that cannot be read, or an address that is none.
    pub fn new(
        cloud: Uri,
        mailbox: Mailbox,
        max_send_rate: Option<NonZeroU32>,
        faults: Faults,
        events: UnboundedSender<Event>,
        clock: fn() -> Timestamp,
    ) -> Result<Self, FrontError> {
        if cloud.scheme().is_none() || cloud.authority().is_none() {
            return Err(FrontError::Cloud(cloud));
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(FrontError::Certificates)?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let rate = max_send_rate.map(|rate| RateLimiter::direct(Quota::per_second(rate)));
        Ok(Self {
            cloud,
            client,
            mailbox,
            rate,
            faults,
            events,
            clock,
        })
    }

    /// The front as a service.
    pub fn router(self) -> Router {
        Router::new().fallback(answer).with_state(Arc::new(self))
    }

    async fn respond(&self, request: Request) -> Result<Response<Body>, SesError> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY_BYTES)
            .collect()
            .await
            .map_err(|error| SesError::bad_request(format!("the request cannot be read: {error}")))?
            .to_bytes();
        if parts.method != Method::POST || parts.uri.path() != SEND_PATH {
            let answer = self.forward(parts, body).await?;
            return Ok(answer.map(Body::from));
        }
        let outgoing = SendRequest::read(&body).map_err(SesError::from)?;
        tokio::time::sleep(self.faults.latency()).await;
        self.keep_rate(outgoing.recipients())?;
        let answer = self.forward(parts, body).await?;
        if answer.status() != StatusCode::OK {
            tracing::info!(
                status = answer.status().as_u16(),
                "the cloud refused a mail"
            );
            return Ok(answer.map(Body::from));
        }
        let no_id = || SesError::internal("the cloud's answer names no MessageId");
        let accepted = Accepted::read(answer.body()).ok_or_else(no_id)?;
        let at = (self.clock)();
        let told = outgoing.told(&accepted, at);
        self.tell(told.as_ref(), "", &[Step::Sent]);
        if outgoing.is_infected() {
            tracing::info!(mail.id = accepted.id(), "a mail holds a virus");
            self.tell(told.as_ref(), "", &[Step::Rejected]);
            return Ok(answer.map(Body::from));
        }
        let mail = outgoing.mail(&accepted, at).ok_or_else(no_id)?;
        for (recipient, envelope) in mail.to_each() {
            let steps = match simulated(recipient) {
                Some(steps) => steps,
                None if self.faults.has_mailbox() => {
                    self.hand_over(&accepted, &envelope, &mail.raw).await?
                }
                None => taken(),
            };
            self.tell(told.as_ref(), recipient.as_ref(), &steps);
        }
        tracing::info!(
            mail.id = accepted.id(),
            mail.bytes = mail.raw.len(),
            "mail sent"
        );
        if self.faults.loses_answer() {
            return Err(SesError::internal("the mail is sent, and this answer lost"));
        }
        Ok(answer.map(Body::from))
    }

    /// What becomes of a mail at the mailbox. SES answers its caller before it knows, so a refusal is no error of the
    /// request; a mailbox that is not there is a fault of this stack, and the caller's to try again.
    async fn hand_over(
        &self,
        accepted: &Accepted,
        envelope: &Envelope,
        raw: &[u8],
    ) -> Result<Vec<Step>, SesError> {
        let Err(error) = self.mailbox.deliver(envelope, raw).await else {
            return Ok(taken());
        };
        let Some((code, words)) = error.refusal() else {
            tracing::error!(
                mail.id = accepted.id(),
                error = chain(&error),
                "the mailbox cannot be reached"
            );
            return Err(SesError::internal("the mailbox did not take the mail"));
        };
        tracing::info!(mail.id = accepted.id(), code, "the mailbox refused a mail");
        Ok(refused(code, &words))
    }

    /// Nobody is told of a mail under no configuration set.
    fn tell(&self, mail: Option<&SentMail>, recipient: &str, steps: &[Step]) {
        let Some(mail) = mail else { return };
        for step in steps {
            // Only when the program ends does nobody listen.
            let _ = self
                .events
                .send(event(mail, recipient, step, (self.clock)()));
        }
    }

    /// SES refuses what is over the rate; it does not queue.
    fn keep_rate(&self, recipients: NonZeroU32) -> Result<(), SesError> {
        let is_over =
            |rate: &DefaultDirectRateLimiter| !matches!(rate.check_n(recipients), Ok(Ok(())));
        if !self.faults.throttles() && !self.rate.as_ref().is_some_and(is_over) {
            return Ok(());
        }
        Err(SesError {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: "TooManyRequestsException",
            message: "Maximum sending rate exceeded.".to_owned(),
        })
    }

    /// Sends the request on as it came: method, path, query, header (Host too, which the signature covers) and body.
    async fn forward(
        &self,
        parts: axum::http::request::Parts,
        body: Bytes,
    ) -> Result<Response<Bytes>, SesError> {
        self.exchange(parts, body).await.map_err(|error| {
            tracing::error!(error = %chain(&error), "a request could not be passed on");
            SesError::internal("the cloud does not answer")
        })
    }

    async fn exchange(
        &self,
        parts: axum::http::request::Parts,
        body: Bytes,
    ) -> Result<Response<Bytes>, ForwardError> {
        let mut uri = self.cloud.clone().into_parts();
        uri.path_and_query = parts.uri.into_parts().path_and_query;
        let uri = Uri::from_parts(uri).map_err(ForwardError::Uri)?;
        let mut request = hyper::Request::new(Full::new(body));
        *request.method_mut() = parts.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = parts.headers;
        strip(request.headers_mut());
        let answer = self
            .client
            .request(request)
            .await
            .map_err(ForwardError::Cloud)?;
        let (mut parts, body) = answer.into_parts();
        strip(&mut parts.headers);
        let body = body
            .collect()
            .await
            .map_err(ForwardError::Answer)?
            .to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response<Body> {
    front
        .respond(request)
        .await
        .unwrap_or_else(SesError::into_response)
}

fn strip(headers: &mut axum::http::HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

impl SesError {
    fn bad_request(message: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "BadRequestException",
            message,
        }
    }

    fn internal(message: &str) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalServiceErrorException",
            message: message.to_owned(),
        }
    }

    fn into_response(self) -> Response<Body> {
        let body = serde_json::json!({ "message": self.message }).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        response.headers_mut().insert(
            HeaderName::from_static("x-amzn-errortype"),
            HeaderValue::from_static(self.code),
        );
        response
    }
}

impl From<outgoing::Refusal> for SesError {
    fn from(refusal: outgoing::Refusal) -> Self {
        Self::bad_request(refusal.to_string())
    }
}
