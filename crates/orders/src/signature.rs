//! `X-Shopify-Hmac-Sha256`: base64 of the HMAC-SHA256 of the body, byte for byte as it came, with the app's secret.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

/// What the shop says about the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Reads the header; `None` unless it is base64 of 32 bytes.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let bytes = BASE64.decode(header.trim().as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// The shop's secrets: the one in force, and while it is being changed the one before or after it.
///
/// As JSON, how the secret store has it: `{"current":"…","other":"…"}`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    current: String,
    #[serde(default)]
    other: Option<String>,
}

/// Why these are no secrets.
#[derive(Debug, thiserror::Error)]
pub enum NoSecrets {
    /// Another shape; what JSON finds wrong with it could repeat a piece of it.
    #[error(
        "the shop's secrets must be JSON: {{\"current\":\"…\",\"other\":\"…\"}}, the second only while they change"
    )]
    Shape,
    /// An empty key vouches for everything.
    #[error("a secret of the shop is shorter than {MIN_LENGTH} characters")]
    TooShort,
}

/// Shopify's have 32 and more.
const MIN_LENGTH: usize = 8;

impl Secrets {
    /// Reads them as they are stored.
    ///
    /// # Errors
    /// [`NoSecrets`]; its text never holds them.
    pub fn parse(json: &str) -> Result<Self, NoSecrets> {
        let secrets: Self = serde_json::from_str(json).map_err(|_| NoSecrets::Shape)?;
        if secrets.each().any(|secret| secret.len() < MIN_LENGTH) {
            return Err(NoSecrets::TooShort);
        }
        Ok(secrets)
    }

    /// Whether the shop has signed these bytes, with either secret; takes the same time for every wrong signature.
    #[must_use]
    pub fn vouch_for(&self, body: &[u8], signature: &Signature) -> bool {
        // Both are tried, whichever fits: how long it takes says nothing about which.
        self.each().fold(false, |vouched, secret| {
            vouched | signed(secret, body, signature)
        })
    }

    fn each(&self) -> impl Iterator<Item = &str> {
        [Some(&self.current), self.other.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

fn signed(secret: &str, body: &[u8], signature: &Signature) -> bool {
    // HMAC takes keys of any length.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .is_ok_and(|mac| mac.chain_update(body).verify_slice(&signature.0).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shopify's own example.
    const BODY: &[u8] = br#"{"foo": "bar"}"#;
    const SIGNED: &str = "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=";

    fn secrets(json: &str) -> Secrets {
        Secrets::parse(json).unwrap()
    }

    #[test]
    fn the_shop_is_known_by_its_signature_of_the_very_bytes() {
        let ours = secrets(r#"{"current":"test_secret_key"}"#);
        let signature = Signature::parse(SIGNED).unwrap();
        assert!(ours.vouch_for(BODY, &signature));
        assert!(
            !ours.vouch_for(br#"{"foo":"bar"}"#, &signature),
            "the same JSON in other bytes"
        );
        assert!(!ours.vouch_for(b"", &signature));
    }

    #[test]
    fn while_secrets_change_both_hold() {
        let signature = Signature::parse(SIGNED).unwrap();
        for json in [
            r#"{"current":"the new one","other":"test_secret_key"}"#,
            r#"{"current":"test_secret_key","other":"the next one"}"#,
        ] {
            assert!(secrets(json).vouch_for(BODY, &signature), "{json}");
        }
        let changed = secrets(r#"{"current":"the new one"}"#);
        assert!(!changed.vouch_for(BODY, &signature));
    }

    #[test]
    fn what_is_no_signature_is_none() {
        for header in [
            "",
            "abc",
            "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g",
            "!!!!",
            &"A".repeat(100_000),
        ] {
            assert_eq!(Signature::parse(header), None);
        }
    }

    #[test]
    fn secrets_of_another_shape_are_refused_without_being_repeated() {
        for json in [
            "hunter2hunter2",
            r#"{"current":""}"#,
            r#"{"current":"hunter2hunter2","other":"x"}"#,
            "{}",
        ] {
            let error = Secrets::parse(json).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert_eq!(
            format!("{:?}", secrets(r#"{"current":"hunter2hunter2"}"#)),
            "Secrets(…)"
        );
    }
}
