//! A signed token as it comes (RFC 7515, compact): taken apart, and its signature checked. What it claims is judged in
//! [`crate::token`].
//!
//! Two algorithms are believed, RS256 and ES256, and which of them is the key's to say, not the token's: so `none`, and HMAC with
//! a public key as its secret, have no place to go wrong in.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{jwks::PublicKey, refusal::TokenFault};

/// Longest token looked at, in bytes; the gateway takes no more in headers together.
pub const MAX_BYTES: usize = 10 * 1024;

/// A token whose signature nobody has looked at.
#[derive(Debug)]
pub struct Unverified<'a> {
    header: Header,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: String,
    /// Extensions that have to be understood; none is.
    crit: Option<Value>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`TokenFault::Malformed`]; [`TokenFault::Key`] when it names no key.
    pub fn read(token: &'a str) -> Result<Self, TokenFault> {
        if token.len() > MAX_BYTES {
            return Err(TokenFault::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenFault::Malformed)?;
        let decoded = |text: &str| {
            BASE64URL_NOPAD
                .decode(text.as_bytes())
                .map_err(|_| TokenFault::Malformed)
        };
        let header: Map<String, Value> =
            serde_json::from_slice(&decoded(header)?).map_err(|_| TokenFault::Malformed)?;
        let header: Header =
            serde_json::from_value(Value::Object(header)).map_err(|_| TokenFault::Key)?;
        if header.crit.is_some() {
            return Err(TokenFault::Malformed);
        }
        Ok(Self {
            header,
            claims: serde_json::from_slice(&decoded(claims)?).map_err(|_| TokenFault::Malformed)?,
            signed,
            signature: decoded(signature)?,
        })
    }

    /// Whom it says it is of, to find the keys by.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// The key it says it is signed with.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.header.kid
    }

    /// What it claims, if that key has signed it.
    ///
    /// # Errors
    /// [`TokenFault::Key`] when it says another algorithm than the key's, [`TokenFault::Signature`].
    pub fn verified(self, key: &PublicKey) -> Result<Map<String, Value>, TokenFault> {
        if self.header.alg != key.algorithm() {
            return Err(TokenFault::Key);
        }
        if !key.has_signed(self.signed.as_bytes(), &self.signature) {
            return Err(TokenFault::Signature);
        }
        Ok(self.claims)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use aws_lc_rs::{
        hmac,
        rand::SystemRandom,
        rsa::KeySize,
        signature::{
            ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
        },
    };
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jwks::Jwks;

    pub(crate) fn encoded(value: &Value) -> String {
        BASE64URL_NOPAD.encode(value.to_string().as_bytes())
    }

    /// An issuer's key.
    pub(crate) struct Signer {
        pair: EcdsaKeyPair,
        pub(crate) keys: Jwks,
    }

    impl Signer {
        pub(crate) fn new(kid: &str) -> Self {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
            let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
            let [x, y] = [x, y].map(|half| BASE64URL_NOPAD.encode(half));
            let set = json!({"keys": [{"kty": "EC", "kid": kid, "crv": "P-256", "x": x, "y": y}]});
            Self {
                pair,
                keys: Jwks::read(set.to_string().as_bytes()).unwrap(),
            }
        }

        pub(crate) fn signed(&self, header: &Value, claims: &Value) -> String {
            let message = format!("{}.{}", encoded(header), encoded(claims));
            let signature = self
                .pair
                .sign(&SystemRandom::new(), message.as_bytes())
                .unwrap();
            format!("{message}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
        }
    }

    #[test]
    fn a_token_of_either_algorithm_is_believed() {
        let claims = json!({"iss": "https://i.test", "sub": "1"});
        let es256 = Signer::new("a");
        let token = es256.signed(&json!({"alg": "ES256", "kid": "a"}), &claims);
        let unverified = Unverified::read(&token).unwrap();
        assert_eq!(
            (unverified.issuer(), unverified.kid()),
            (Some("https://i.test"), "a")
        );
        let read = unverified.verified(es256.keys.key("a").unwrap()).unwrap();
        assert_eq!(Value::Object(read), claims);

        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key();
        let key = PublicKey::Rsa {
            n: public.modulus().big_endian_without_leading_zero().to_vec(),
            e: public.exponent().big_endian_without_leading_zero().to_vec(),
        };
        let message = format!(
            "{}.{}",
            encoded(&json!({"alg": "RS256", "kid": "a"})),
            encoded(&claims)
        );
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .unwrap();
        let token = format!("{message}.{}", BASE64URL_NOPAD.encode(&signature));
        assert!(Unverified::read(&token).unwrap().verified(&key).is_ok());
    }

    #[test]
    fn the_key_says_the_algorithm_and_not_the_token() {
        let signer = Signer::new("a");
        let key = signer.keys.key("a").unwrap();
        for alg in ["none", "None", "HS256", "RS256", "ES384", ""] {
            let token = signer.signed(&json!({"alg": alg, "kid": "a"}), &json!({}));
            let unverified = Unverified::read(&token).unwrap();
            assert_eq!(unverified.verified(key), Err(TokenFault::Key), "{alg}");
        }
        // Nothing signed at all, and HMAC with what everybody knows.
        let header = encoded(&json!({"alg": "ES256", "kid": "a"}));
        let message = format!("{header}.{}", encoded(&json!({})));
        let PublicKey::P256(point) = key else {
            panic!("another kind of key")
        };
        let mac = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, point),
            message.as_bytes(),
        );
        for signature in [&[][..], mac.as_ref(), &[0; 64]] {
            let token = format!("{message}.{}", BASE64URL_NOPAD.encode(signature));
            let unverified = Unverified::read(&token).unwrap();
            assert_eq!(unverified.verified(key), Err(TokenFault::Signature));
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let header = encoded(&json!({"alg": "ES256", "kid": "a"}));
        let critical = encoded(&json!({"alg": "ES256", "kid": "a", "crit": ["exp"]}));
        let nameless = encoded(&json!({"alg": "ES256"}));
        for (token, fault) in [
            (String::new(), TokenFault::Malformed),
            ("a.b.c".to_owned(), TokenFault::Malformed),
            (format!("{header}.e30"), TokenFault::Malformed),
            (format!("{header}.e30=.AAAA"), TokenFault::Malformed),
            (format!("{header}.W10.AAAA"), TokenFault::Malformed),
            (format!("{header}.e30.AAAA.AAAA"), TokenFault::Malformed),
            (format!("{critical}.e30.AAAA"), TokenFault::Malformed),
            (format!("{nameless}.e30.AAAA"), TokenFault::Key),
            ("a".repeat(MAX_BYTES + 1), TokenFault::Malformed),
        ] {
            assert_eq!(Unverified::read(&token).unwrap_err(), fault, "{token:.60}");
        }
    }

    proptest! {
        #[test]
        fn no_changed_byte_is_believed(index in 0_usize..1000, to in "[A-Za-z0-9_-]") {
            let signer = Signer::new("a");
            let token = signer.signed(&json!({"alg": "ES256", "kid": "a"}), &json!({"iss": "i", "sub": "1"}));
            let index = index % token.len();
            let mut changed = token.clone();
            changed.replace_range(index..=index, &to);
            // The last character of the signature has bits that mean nothing; they must be zero.
            prop_assume!(changed != token);
            let key = signer.keys.key("a").unwrap();
            let believed = Unverified::read(&changed).and_then(|token| token.verified(key));
            prop_assert!(believed.is_err(), "{}", changed);
        }

        #[test]
        fn no_text_is_too_odd_to_be_refused(token in ".{0,200}") {
            prop_assert!(Unverified::read(&token).is_err());
        }
    }
}
