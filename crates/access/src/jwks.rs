//! An issuer's public keys (RFC 7517), and when they are fetched again.

use std::collections::HashMap;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// Longest set that is read, in bytes. Issuers publish two to four keys of half a kilobyte.
pub const MAX_BYTES: usize = 64 * 1024;

/// Most keys of a set that are kept.
const MAX_KEYS: usize = 32;

/// The keys of a set that can be used here, by their names.
#[derive(Clone, Default, Debug)]
pub struct Jwks(HashMap<String, PublicKey>);

/// A key that signs tokens. Its kind is its algorithm: what a token says of its own algorithm only has to agree.
#[derive(Clone, Debug)]
pub enum PublicKey {
    /// RS256.
    Rsa {
        /// Modulus.
        n: Vec<u8>,
        /// Exponent.
        e: Vec<u8>,
    },
    /// ES256, an uncompressed point.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct SetShape {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct KeyShape {
    kty: String,
    kid: String,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwks {
    /// Reads a set. Keys of other kinds, for encryption, or without a name are left out.
    ///
    /// # Errors
    /// A sentence, when it is no set at all.
    pub fn read(json: &[u8]) -> Result<Self, String> {
        let set: SetShape = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let keys = set.keys.into_iter().filter_map(|key| {
            let key: KeyShape = serde_json::from_value(key).ok()?;
            Some((key.kid.clone(), PublicKey::of(&key)?))
        });
        Ok(Self(keys.take(MAX_KEYS).collect()))
    }

    /// The key of that name.
    #[must_use]
    pub fn key(&self, kid: &str) -> Option<&PublicKey> {
        self.0.get(kid)
    }
}

impl PublicKey {
    fn of(shape: &KeyShape) -> Option<Self> {
        let bytes = |text: &Option<String>| {
            BASE64URL_NOPAD
                .decode(text.as_ref()?.trim_end_matches('=').as_bytes())
                .ok()
        };
        let without_leading_zeros = |bytes: Vec<u8>| -> Vec<u8> {
            bytes.into_iter().skip_while(|byte| *byte == 0).collect()
        };
        if shape.r#use.as_deref().is_some_and(|used| used != "sig") {
            return None;
        }
        let key = match (shape.kty.as_str(), shape.crv.as_deref()) {
            ("RSA", _) => Self::Rsa {
                n: without_leading_zeros(bytes(&shape.n)?),
                e: without_leading_zeros(bytes(&shape.e)?),
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(&shape.x)?, bytes(&shape.y)?);
                if (x.len(), y.len()) != (32, 32) {
                    return None;
                }
                Self::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            _ => return None,
        };
        shape
            .alg
            .as_ref()
            .is_none_or(|alg| alg == key.algorithm())
            .then_some(key)
    }

    /// The one algorithm it signs by, as a token's header names it.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    /// Whether the signature is this key's. An RSA key of less than 2,048 bits has signed nothing.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

/// The keys of an issuer as they were fetched last.
#[derive(Default, Debug)]
pub struct KeyCache {
    known: Option<(Jwks, Timestamp)>,
    asked: Option<Timestamp>,
}

/// A set is fetched anew after so long: a key the issuer has withdrawn is believed no longer.
pub const FRESH: SignedDuration = SignedDuration::from_mins(60);

/// While an issuer cannot be reached, what is known of it is believed so long.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Between two questions to an issuer: a stranger's made-up names of keys do not have us ask without end.
pub const PAUSE: SignedDuration = SignedDuration::from_secs(30);

impl KeyCache {
    /// The key of that name, if it is known and not too old.
    #[must_use]
    pub fn key(&self, kid: &str, now: Timestamp) -> Option<&PublicKey> {
        let (keys, fetched) = self.known.as_ref()?;
        (now.duration_since(*fetched) < KEPT)
            .then(|| keys.key(kid))
            .flatten()
    }

    /// Whether to ask the issuer before a token signed with that key is judged; from then on it counts as asked.
    #[must_use]
    pub fn is_to_ask(&mut self, kid: &str, now: Timestamp) -> bool {
        let is_fresh = self.known.as_ref().is_some_and(|(keys, fetched)| {
            keys.key(kid).is_some() && now.duration_since(*fetched) < FRESH
        });
        let was_asked = self
            .asked
            .is_some_and(|asked| now.duration_since(asked) < PAUSE);
        let is_to_ask = !is_fresh && !was_asked;
        if is_to_ask {
            self.asked = Some(now);
        }
        is_to_ask
    }

    /// Keeps what the issuer has answered.
    pub fn keep(&mut self, keys: Jwks, now: Timestamp) {
        self.known = Some((keys, now));
    }

    /// Whether nothing was ever fetched, or too long ago.
    #[must_use]
    pub fn is_empty(&self, now: Timestamp) -> bool {
        self.known
            .as_ref()
            .is_none_or(|(_, fetched)| now.duration_since(*fetched) >= KEPT)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn set(keys: &serde_json::Value) -> Jwks {
        Jwks::read(json!({"keys": keys}).to_string().as_bytes()).unwrap()
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    #[test]
    fn only_keys_that_sign_by_what_is_believed_are_kept() {
        let rsa = json!({"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": "AMfA", "e": "AQAB"});
        let p256 = json!({"kty": "EC", "kid": "p256", "crv": "P-256", "x": X, "y": Y});
        let keys = set(&json!([rsa, p256]));
        assert_eq!(keys.key("rsa").unwrap().algorithm(), "RS256");
        assert_eq!(keys.key("p256").unwrap().algorithm(), "ES256");
        let with = |key: &serde_json::Value, field: &str, value: serde_json::Value| {
            let mut key = key.clone();
            key[field] = value;
            key
        };
        for other in [
            json!({"kty": "oct", "kid": "x", "k": "c2VjcmV0"}),
            with(&rsa, "use", json!("enc")),
            with(&rsa, "alg", json!("HS256")),
            with(&rsa, "alg", json!("RS512")),
            with(&rsa, "alg", json!("none")),
            with(&rsa, "n", json!("%%%")),
            with(&rsa, "kid", json!(7)),
            with(&p256, "crv", json!("P-384")),
            with(&p256, "x", json!("AAAA")),
            json!("rsa"),
        ] {
            assert!(set(&json!([other])).0.is_empty(), "{other}");
        }
    }

    #[test]
    fn a_set_that_is_none_says_so_and_a_long_one_is_cut() {
        for text in ["", "[]", "{}", "{\"keys\":7}", "<html>"] {
            assert!(Jwks::read(text.as_bytes()).is_err(), "{text}");
        }
        let many: Vec<_> = (0..100)
            .map(|kid| json!({"kty": "RSA", "kid": kid.to_string(), "n": "AMfA", "e": "AQAB"}))
            .collect();
        assert_eq!(set(&json!(many)).0.len(), MAX_KEYS);
    }

    #[test]
    fn an_issuer_is_asked_for_a_key_nobody_knows_but_not_without_end() {
        let keys = set(&json!([{"kty": "EC", "kid": "a", "crv": "P-256", "x": X, "y": Y}]));
        let mut cache = KeyCache::default();
        assert!(cache.is_to_ask("a", at(0)) && cache.is_empty(at(0)));
        cache.keep(keys, at(0));
        assert!(!cache.is_to_ask("a", at(1)) && cache.key("a", at(1)).is_some());
        // It does not have this one; half a minute later it may.
        assert!(!cache.is_to_ask("b", at(29)) && cache.key("b", at(29)).is_none());
        assert!(cache.is_to_ask("b", at(31)) && !cache.is_to_ask("c", at(32)));
        // After an hour the known ones are fetched anew, and used for a day while that fails.
        assert!(!cache.is_to_ask("a", at(3_599)) && cache.is_to_ask("a", at(3_600)));
        assert!(cache.key("a", at(86_399)).is_some() && cache.key("a", at(86_400)).is_none());
        assert!(cache.is_empty(at(86_400)));
    }
}
