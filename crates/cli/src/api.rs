//! The API, asked with a token.

use std::{fs, path::Path, sync::Arc, time::Duration};

use serde_json::Value;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{RootCerts, TlsConfig},
};

const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Api {
    agent: Agent,
    base: String,
    token: String,
}

/// What the API said.
pub(crate) enum Asked {
    Answer(Value),
    /// Its problem document, in a sentence.
    Problem(String),
}

impl Api {
    pub(crate) fn new(url: &str, token_file: &Path) -> Result<Self, String> {
        if !is_private(url) {
            return Err(format!(
                "{url} is not https://…, and a token is not sent where others can read it"
            ));
        }
        let token = fs::read_to_string(token_file)
            .map_err(|error| format!("{}: {error}", token_file.display()))?;
        // The provider the other programs of this workspace use.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            // A problem document is an answer.
            .http_status_as_error(false)
            // A redirect would take the token elsewhere.
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .build()
            .into();
        Ok(Self {
            agent,
            base: url.trim_end_matches('/').to_owned(),
            token: token.trim().to_owned(),
        })
    }

    /// Reads.
    pub(crate) fn ask(&self, path: &str) -> Result<Asked, String> {
        let request = self.agent.get(format!("{}{path}", self.base));
        self.answered(
            request
                .header("Authorization", format!("Bearer {}", self.token))
                .call(),
        )
    }

    /// Asks for something.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Asked, String> {
        let request = self.agent.post(format!("{}{path}", self.base));
        self.answered(
            request
                .header("Authorization", format!("Bearer {}", self.token))
                .header("Content-Type", "application/json")
                .send(body.to_string()),
        )
    }

    fn answered(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<Asked, String> {
        let cannot = |error: ureq::Error| format!("{}: {error}", self.base);
        let mut answer = answer.map_err(cannot)?;
        let status = answer.status();
        let text = answer.body_mut().read_to_string().map_err(cannot)?;
        let body: Option<Value> = serde_json::from_str(&text).ok();
        match body {
            Some(body) if status.is_success() => Ok(Asked::Answer(body)),
            Some(body) => {
                let detail = ["detail", "title", "message"]
                    .iter()
                    .find_map(|name| body.get(name).and_then(Value::as_str));
                Ok(Asked::Problem(match detail {
                    Some(detail) => format!("{detail} ({})", status.as_u16()),
                    None => status.to_string(),
                }))
            }
            None => Err(format!("{} answers {status}, and no JSON", self.base)),
        }
    }
}

/// Whether nobody on the way can read what is sent there.
fn is_private(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    match scheme {
        "https" => true,
        "http" => matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn a_token_is_sent_over_tls_or_not_out_of_the_machine() {
        for url in [
            "https://api.acme.example",
            "http://localhost:8080/x",
            "http://127.0.0.1",
            "http://[::1]:80/",
        ] {
            assert!(is_private(url), "{url}");
        }
        for url in [
            "http://api.acme.example",
            "api.acme.example",
            "http://localhost.acme.example",
            "http://localhost@acme.example/",
            "ftp://localhost",
        ] {
            assert!(!is_private(url), "{url}");
        }
    }
}
