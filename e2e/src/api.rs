//! The tenant's REST API, over TLS, trusting nobody but the local stack's own authority.

use std::{collections::BTreeMap, fs, io, time::Duration};

use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url, redirect::Policy};

pub use reqwest::Method;
use serde_json::Value;

use crate::stack::Stack;

/// The API as a user of it.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: Url,
    token: String,
}

/// An answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body; a text if it is no JSON.
    pub body: Value,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// Why the API gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The authority's certificate cannot be read.
    #[error("could not read the local stack's certificate authority")]
    Authority(#[source] io::Error),
    /// No client can be made.
    #[error("could not make an HTTPS client")]
    Client(#[source] reqwest::Error),
    /// No answer.
    #[error("could not call {method} {path}")]
    Call {
        /// The method.
        method: Method,
        /// The path.
        path: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
}

impl Answer {
    /// The body's value at a JSON pointer, as a number.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<i64> {
        self.body.pointer(pointer).and_then(Value::as_i64)
    }

    /// The body's value at a JSON pointer, as text.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }

    /// Whether it is a 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|status| status.is_success())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}

impl Api {
    /// The API of a stack, as its administrator.
    ///
    /// # Errors
    /// [`ApiError`] without a readable authority.
    pub fn new(stack: &Stack) -> Result<Self, ApiError> {
        Self::following(stack, Policy::default())
    }

    /// The API as somebody without a token, who is shown where he is led and does not go there.
    ///
    /// # Errors
    /// [`ApiError`] without a readable authority.
    pub fn visitor(stack: &Stack) -> Result<Self, ApiError> {
        Ok(Self::following(stack, Policy::none())?.with_token(""))
    }

    fn following(stack: &Stack, redirects: Policy) -> Result<Self, ApiError> {
        let pem = fs::read(&stack.authority).map_err(ApiError::Authority)?;
        let authorities = Certificate::from_pem_bundle(&pem).map_err(ApiError::Client)?;
        let client = Client::builder()
            .tls_certs_only(authorities)
            .redirect(redirects)
            .timeout(Duration::from_secs(30))
            // Less than the cloud keeps an idle connection.
            .pool_idle_timeout(Duration::from_secs(10))
            .no_proxy()
            .build()
            .map_err(ApiError::Client)?;
        Ok(Self {
            client,
            base: stack.api.clone(),
            token: stack.api_token.clone(),
        })
    }

    /// The same API with another token, or with none when it is empty.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// [`ApiError::Call`] without an answer; a problem document is an answer.
    pub async fn get(&self, path: &str) -> Result<Answer, ApiError> {
        self.call(Method::GET, path, None).await
    }

    /// Asks for something.
    ///
    /// # Errors
    /// [`ApiError::Call`] without an answer; a problem document is an answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, ApiError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Puts bytes where an answer says, without a token.
    ///
    /// # Errors
    /// [`ApiError::Call`] without an answer.
    pub async fn upload(&self, url: &str, bytes: Vec<u8>) -> Result<u16, ApiError> {
        let answer = self.client.put(url).body(bytes).send().await;
        answer
            .map(|answer| answer.status().as_u16())
            .map_err(|source| ApiError::Call {
                method: Method::PUT,
                path: "an address to upload to".to_owned(),
                source,
            })
    }

    /// Reads text from where an answer says, without a token.
    ///
    /// # Errors
    /// [`ApiError::Call`] without an answer.
    pub async fn download(&self, url: &str) -> Result<String, ApiError> {
        let fault = |source| ApiError::Call {
            method: Method::GET,
            path: "an address to download from".to_owned(),
            source,
        };
        let answer = self.client.get(url).send().await.map_err(fault)?;
        answer.text().await.map_err(fault)
    }

    /// Posts a form to an address of the stack's, without a token.
    ///
    /// # Errors
    /// [`ApiError::Call`] without an answer.
    pub async fn form(&self, url: &str, form: String) -> Result<Answer, ApiError> {
        let request = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        answered(Method::POST, "an address for forms", request).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ApiError> {
        let request = self.request(method.clone(), path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        answered(method, path, request).await
    }

    /// Asks as no client of ours would: whatever method, headers and body.
    ///
    /// # Errors
    /// [`ApiError::Call`] without an answer; a problem document is an answer.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ApiError> {
        let mut request = self.request(method.clone(), path).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answered(method, path, request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let request = self.client.request(method, url);
        if self.token.is_empty() {
            return request;
        }
        request.bearer_auth(&self.token)
    }
}

async fn answered(method: Method, path: &str, request: RequestBuilder) -> Result<Answer, ApiError> {
    let fault = |source| ApiError::Call {
        method: method.clone(),
        path: path.to_owned(),
        source,
    };
    let response = request.send().await.map_err(fault)?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let text = response.text().await.map_err(fault)?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer {
        status,
        body,
        headers,
    })
}
