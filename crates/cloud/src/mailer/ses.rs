//! One request to SES: signed, sent, and its answer read.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningError, SigningSettings, sign},
    sign::v4::{SigningParams, signing_params},
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, SharedHttpConnector},
        orchestrator::HttpRequest,
        result::ConnectorError,
    },
    http::HttpError,
};
use aws_smithy_types::{
    body::SdkBody,
    byte_stream::{ByteStream, error::Error as BodyError},
};
use bytes::Bytes;
use jiff::Timestamp;

use super::{
    Sent,
    answer::{Refusal, accepted},
    credentials::Credentials,
    endpoint::Endpoint,
};
use crate::{Fault, connector::connector};

/// The name requests are signed for.
const SERVICE: &str = "ses";
const METHOD: &str = "POST";
const CONTENT_TYPE: (&str, &str) = ("content-type", "application/json");
/// As the SDK has it.
const CONNECTS_WITHIN: Duration = Duration::from_millis(3_100);
/// SES takes a mail in a fraction of a second. Later its answer is not waited for, and the mail may go twice.
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);

/// SES, as far as it takes mails.
#[derive(Debug)]
pub(super) struct Ses {
    connector: SharedHttpConnector,
    endpoint: Endpoint,
    credentials: Credentials,
    settings: SigningSettings,
    /// Names the function in traces and bills.
    user_agent: String,
    clock: fn() -> Timestamp,
}

/// Why a mail is not taken, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untaken {
    #[error("the request could not be written")]
    Unwritten(#[from] HttpError),
    #[error("there are no credentials to sign with")]
    NoCredentials(#[from] CredentialsError),
    #[error("the request could not be signed")]
    Unsigned(#[from] SigningError),
    #[error("what to sign is incomplete")]
    Incomplete(#[from] signing_params::BuildError),
    #[error("SES could not be asked")]
    Unreachable(#[from] ConnectorError),
    #[error("SES did not answer within {} s", ANSWERS_WITHIN.as_secs())]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("SES's answer broke off")]
    BrokenOff(#[from] BodyError),
    #[error("SES's answer is not JSON")]
    NotJson(#[from] serde_json::Error),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Untaken {
    /// Whether the same may be taken in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.may_pass(),
            Self::Unreachable(error) => !error.is_user(),
            Self::Silent(_) | Self::BrokenOff(_) => true,
            Self::Unwritten(_)
            | Self::NoCredentials(_)
            | Self::Unsigned(_)
            | Self::Incomplete(_)
            | Self::NotJson(_) => false,
        }
    }
}

impl Ses {
    pub(super) fn new(
        config: &SdkConfig,
        endpoint: Endpoint,
        credentials: Credentials,
        clock: fn() -> Timestamp,
    ) -> Result<Self, Fault> {
        let app = config.app_name().map(|name| format!(" app/{name}"));
        Ok(Self {
            connector: connector(config, CONNECTS_WITHIN)?,
            endpoint,
            credentials,
            settings: SigningSettings::default(),
            user_agent: [
                concat!("calendar-invite-server/", env!("CARGO_PKG_VERSION")),
                app.as_deref().unwrap_or_default(),
            ]
            .concat(),
            clock,
        })
    }

    /// Offers a mail, as the body of a request, for the `attempt`th time.
    pub(super) async fn offer(&self, body: &Bytes, attempt: usize) -> Result<Sent, Untaken> {
        let request = self.signed(body, attempt).await?;
        tokio::time::timeout(ANSWERS_WITHIN, self.ask(request)).await?
    }

    async fn signed(&self, body: &Bytes, attempt: usize) -> Result<HttpRequest, Untaken> {
        let now = SystemTime::from((self.clock)());
        let identity = self.credentials.at(now).await?;
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.endpoint.region)
            .name(SERVICE)
            .time(now)
            .settings(self.settings.clone())
            .build()?
            .into();
        let url = self.endpoint.url.as_str();
        let signable = SignableRequest::new(
            METHOD,
            url,
            [CONTENT_TYPE].into_iter(),
            SignableBody::Bytes(body),
        )?;
        let (signed, _) = sign(signable, &params)?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body.clone()));
        request.set_method(METHOD)?;
        request.set_uri(url)?;
        let headers = request.headers_mut();
        let (name, value) = CONTENT_TYPE;
        headers.try_insert(name, value)?;
        headers.try_insert("user-agent", self.user_agent.clone())?;
        headers.try_insert("amz-sdk-request", format!("attempt={attempt}"))?;
        for header in signed.into_parts().0 {
            headers.try_insert(header.name(), header.value().to_owned())?;
        }
        Ok(request)
    }

    async fn ask(&self, request: HttpRequest) -> Result<Sent, Untaken> {
        let answer = self.connector.call(request).await?;
        let status = answer.status();
        let named = answer.headers().get("x-amzn-errortype").map(str::to_owned);
        let body = ByteStream::new(answer.into_body())
            .collect()
            .await?
            .into_bytes();
        if status.is_success() {
            return Ok(accepted(&body)?);
        }
        let refusal = Refusal::read(status.as_u16(), named.as_deref(), &body);
        refusal.rejection().ok_or(refusal).map_err(Untaken::from)
    }
}

#[cfg(test)]
mod tests {
    use aws_config::Region;
    use aws_credential_types::{Credentials as Keys, provider::SharedCredentialsProvider};

    use super::*;

    /// The signature is what botocore 1.43 makes of the same request.
    #[tokio::test]
    async fn a_request_is_signed_with_its_body() {
        let keys = Keys::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let config = SdkConfig::builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .build();
        let ses = Ses::new(
            &config,
            Endpoint::of(&config).await.unwrap(),
            Credentials::of(&config).unwrap(),
            || "2026-03-01T10:00:00Z".parse().unwrap(),
        );
        let body = Bytes::from_static(br#"{"Content":{}}"#);
        let request = ses.unwrap().signed(&body, 2).await.unwrap();
        let expected = "AWS4-HMAC-SHA256 Credential=AKID/20260301/eu-central-1/ses/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, \
             Signature=2a24b298d55a38cfa0abdfc9ad270298948ffb6293c0cc0ddf62e047307c2b24";
        assert_eq!(request.headers().get("authorization"), Some(expected));
        assert_eq!(request.headers().get("amz-sdk-request"), Some("attempt=2"));
        assert_eq!(request.body().bytes(), Some(body.as_ref()));
    }
}
