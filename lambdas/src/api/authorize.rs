//! Who calls the API: asked by the gateway before each request, by the headers alone.
//!
//! What is said here lets nobody in: the function that is called does ([`crate::shell::serve_api`]), because the gateway's own
//! refusals are no problem documents and know no Retry-After. Nothing is cached by the gateway, for then uses could not be
//! counted, and a key that is revoked would go on for as long.

use std::collections::HashMap;

use access::{
    caller::Caller,
    issuer::Issuer,
    jwks::{self, Jwks, KeyCache},
    jws::Unverified,
    key::PresentedKey,
    refusal::{Refusal, TokenFault},
    token,
};
use cloud::{Cloud, clock, env::Reader, table::Table, web::Web};
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    functions::{Function, Right, Trigger},
    shell::{IdentityShape, log_failure},
};

pub(crate) const FUNCTION: Function = Function {
    name: "authorize",
    handler: "authorize",
    purpose: "Says who calls the API, by a token of a user pool or another issuer, or by a key.",
    error_impact: "The API answers 500 to callers; pages that people are led to work.",
    trigger: Trigger::Authorizer {},
    timeout_secs: 10,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "ISSUERS"],
    rights: &[Right {
        on: "table keys",
        actions: &["dynamodb:UpdateItem"],
    }],
    run: || Box::pin(run()),
};

/// Longest discovery document that is read, in bytes.
const MAX_DISCOVERY_BYTES: usize = 64 * 1024;

/// What the gateway asks (payload format 2.0), as far as it is needed.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    headers: HashMap<String, String>,
}

/// What it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    /// The function that is called refuses, by what stands in the context.
    is_authorized: bool,
    context: IdentityShape,
}

struct Needs {
    table: Table,
    web: Web,
    issuers: Vec<Believed>,
}

/// An issuer, and its keys as they are known.
struct Believed {
    issuer: Issuer,
    keys: Mutex<KeyCache>,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let issuers = env.parsed("ISSUERS", Issuer::read_all);
    let issuers = env.finish(issuers)?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        web: Web::new(&cloud)?,
        issuers: issuers.into_iter().map(Believed::new).collect(),
    };
    let needs = &needs;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Asked>| {
        // In a box, as requests are.
        Box::pin(async move {
            said(needs, &event.payload).await.map_err(|error| {
                log_failure("could not say who calls", &error);
                lambda_runtime::Error::from("could not say who calls")
            })
        })
    }))
    .await
    .map_err(|error| anyhow::anyhow!(error))
}

async fn said(needs: &Needs, asked: &Asked) -> anyhow::Result<Said> {
    let presented = presented(needs, &asked.headers, clock::now()).await?;
    match &presented {
        Ok(Caller::Program(program)) => tracing::info!(program.id = program.id, "a program calls"),
        Ok(_) => {}
        Err(refusal) => tracing::info!(reason = refusal.code(), "nobody is known"),
    }
    Ok(Said {
        is_authorized: true,
        context: IdentityShape::of(&presented),
    })
}

/// What a request shows of who sends it.
#[derive(Debug, PartialEq, Eq)]
enum Credentials<'a> {
    Token(&'a str),
    Key(&'a str),
}

impl<'a> Credentials<'a> {
    fn of(headers: &'a HashMap<String, String>) -> Result<Self, Refusal> {
        let header = |wanted: &str| {
            headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.trim())
                .filter(|value| !value.is_empty())
        };
        match (header("authorization"), header("x-api-key")) {
            (None, None) => Err(Refusal::NoCredentials),
            (Some(_), Some(_)) => Err(Refusal::TwoCredentials),
            (None, Some(key)) => Ok(Self::Key(key)),
            (Some(authorization), None) => match authorization.split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                    Ok(Self::Token(token.trim()))
                }
                // Other schemes prove nothing here.
                Some(_) => Err(Refusal::NoCredentials),
                // As the gateway took it before: the token alone.
                None => Ok(Self::Token(authorization)),
            },
        }
    }
}

async fn presented(
    needs: &Needs,
    headers: &HashMap<String, String>,
    now: Timestamp,
) -> anyhow::Result<Result<Caller, Refusal>> {
    match Credentials::of(headers) {
        Err(refusal) => Ok(Err(refusal)),
        Ok(Credentials::Token(token)) => by_token(needs, token, now).await,
        Ok(Credentials::Key(key)) => by_key(&needs.table, key, now).await,
    }
}

async fn by_key(
    table: &Table,
    text: &str,
    now: Timestamp,
) -> anyhow::Result<Result<Caller, Refusal>> {
    let Some(shown) = PresentedKey::read(text) else {
        return Ok(Err(Refusal::UnknownKey));
    };
    Ok(table
        .use_api_key(&shown, now)
        .await?
        .map(|key| key.caller()))
}

async fn by_token(
    needs: &Needs,
    token: &str,
    now: Timestamp,
) -> anyhow::Result<Result<Caller, Refusal>> {
    let unverified = match Unverified::read(token) {
        Ok(unverified) => unverified,
        Err(fault) => return Ok(Err(Refusal::InvalidToken(fault))),
    };
    let believed = needs
        .issuers
        .iter()
        .find(|believed| unverified.issuer() == Some(believed.issuer.issuer.as_str()));
    let Some(Believed { issuer, keys }) = believed else {
        return Ok(Err(Refusal::InvalidToken(TokenFault::Issuer)));
    };
    let mut keys = keys.lock().await;
    if keys.is_to_ask(unverified.kid(), now) {
        match fetched(&needs.web, issuer).await {
            Ok(fetched) => keys.keep(fetched, now),
            // What is known of it goes on for a while.
            Err(error) => log_failure("could not fetch an issuer's keys", &error),
        }
    }
    if keys.is_empty(now) {
        anyhow::bail!("the keys of {} are not known", issuer.issuer);
    }
    let claims = match keys.key(unverified.kid(), now) {
        Some(key) => unverified.verified(key),
        None => Err(TokenFault::Key),
    };
    Ok(claims
        .map_err(Refusal::InvalidToken)
        .and_then(|claims| token::caller(issuer, &claims, now)))
}

async fn fetched(web: &Web, issuer: &Issuer) -> anyhow::Result<Jwks> {
    let url = match &issuer.jwks_uri {
        Some(url) => url.clone(),
        None => {
            let document = web.read(&issuer.discovery(), MAX_DISCOVERY_BYTES).await?;
            issuer
                .keys_by_discovery(&document)
                .map_err(anyhow::Error::msg)?
        }
    };
    let set = web.read(&url, jwks::MAX_BYTES).await?;
    Jwks::read(&set).map_err(anyhow::Error::msg)
}

impl Believed {
    fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            keys: Mutex::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(headers: &[(&str, &str)]) -> Result<String, Refusal> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Credentials::of(&headers).map(|credentials| format!("{credentials:?}"))
    }

    #[test]
    fn a_request_shows_a_token_or_a_key_and_not_both() {
        for (headers, expected) in [
            (
                &[("authorization", "Bearer a.b.c")][..],
                Ok("Token(\"a.b.c\")"),
            ),
            (
                &[("Authorization", "bearer  a.b.c ")],
                Ok("Token(\"a.b.c\")"),
            ),
            (&[("authorization", "a.b.c")], Ok("Token(\"a.b.c\")")),
            (&[("x-api-key", "cis_1")], Ok("Key(\"cis_1\")")),
            (&[("X-Api-Key", " cis_1 ")], Ok("Key(\"cis_1\")")),
            (
                &[("x-api-key", "cis_1"), ("authorization", "")],
                Ok("Key(\"cis_1\")"),
            ),
            (
                &[("x-api-key", "cis_1"), ("authorization", "Bearer a")],
                Err(Refusal::TwoCredentials),
            ),
            (
                &[("authorization", "Basic dTpw")],
                Err(Refusal::NoCredentials),
            ),
            (
                &[("authorization", " "), ("x-api-key", "")],
                Err(Refusal::NoCredentials),
            ),
            (&[("cookie", "token=a.b.c")], Err(Refusal::NoCredentials)),
            (&[], Err(Refusal::NoCredentials)),
        ] {
            assert_eq!(shown(headers), expected.map(str::to_owned), "{headers:?}");
        }
    }

    #[test]
    fn the_gateway_is_told_who_calls_in_texts() {
        let said = Said {
            is_authorized: true,
            context: IdentityShape::of(&Err(Refusal::TooManyRequests {
                retry_after_secs: 7,
            })),
        };
        assert_eq!(
            serde_json::to_value(said).unwrap(),
            json!({
                "isAuthorized": true,
                "context": {"caller": "nobody", "refusal": "too-many-requests", "retry_after_secs": "7"},
            })
        );
    }

    #[test]
    fn a_request_without_headers_is_one() {
        let asked: Asked =
            serde_json::from_value(json!({"version": "2.0", "type": "REQUEST"})).unwrap();
        assert!(asked.headers.is_empty());
    }
}
