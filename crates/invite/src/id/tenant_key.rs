use std::{fmt, iter};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A tenant's secret. Everything unforgeable in this system (uids, reply addresses) is keyed by it.
///
/// It is up to three things, which are one until it is exchanged: the key that names events, which stays for ever, for another
/// would give the same event another uid; the key that signs what goes out; and keys that signed before, or will soon, and are
/// believed.
#[derive(Clone)]
pub struct TenantKey {
    names: Keyed,
    signs: Keyed,
    believed: Vec<Keyed>,
}

type Keyed = Hmac<Sha256>;

/// A tenant key too short to be worth guessing at.
#[derive(Debug, thiserror::Error)]
#[error("the tenant key has {0} bytes; at least {min} are needed: generate a new secret", min = TenantKey::MIN_BYTES)]
pub struct TenantKeyTooShort(usize);

impl TenantKey {
    /// Shortest key accepted, in bytes.
    pub const MIN_BYTES: usize = 32;

    /// Fewest bytes of a signature that prove anything.
    const MIN_PROOF_BYTES: usize = 14;

    /// A key that has never been exchanged, of these bytes.
    ///
    /// # Errors
    /// [`TenantKeyTooShort`] below [`TenantKey::MIN_BYTES`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, TenantKeyTooShort> {
        let one = keyed(&bytes.into())?;
        Ok(Self {
            names: one.clone(),
            signs: one,
            believed: Vec::new(),
        })
    }

    /// Reads the secret as it is stored: a line for each key. The first names events, the second signs (the first, where it is
    /// alone), all others are believed.
    ///
    /// # Errors
    /// [`TenantKeyTooShort`] if one of them is.
    pub fn parse(secret: &str) -> Result<Self, TenantKeyTooShort> {
        let mut lines = secret.lines().map(str::as_bytes);
        let mut key = Self::new(lines.next().unwrap_or_default())?;
        if let Some(signs) = lines.next() {
            key.signs = keyed(signs)?;
        }
        key.believed = lines.map(keyed).collect::<Result<_, _>>()?;
        Ok(key)
    }

    /// Signs: HMAC-SHA256 over a purpose and length-prefixed fields, so that no two lists of fields collide.
    pub(crate) fn mac(&self, purpose: &str, fields: &[&str]) -> [u8; 32] {
        mac(&self.signs, purpose, fields)
    }

    /// Whether these first bytes of a signature are a believed key's; takes the same time for every wrong one of a length.
    pub(crate) fn has_signed(&self, purpose: &str, fields: &[&str], proof: &[u8]) -> bool {
        self.is_believed(|key| {
            let right = key.mac(purpose, fields);
            let difference = proof
                .iter()
                .zip(right)
                .fold(0, |difference, (a, b)| difference | (a ^ b));
            proof.len() >= Self::MIN_PROOF_BYTES && proof.len() <= right.len() && difference == 0
        })
    }

    /// Names, the same way: it comes to the same whatever the key was exchanged for.
    pub(crate) fn name(&self, purpose: &str, fields: &[&str]) -> [u8; 32] {
        mac(&self.names, purpose, fields)
    }

    /// Whether `holds` of a key that is believed, each asked as if it signed; the one that signs first.
    pub(crate) fn is_believed(&self, holds: impl Fn(&Self) -> bool) -> bool {
        self.first_believed(|key| holds(key).then_some(()))
            .is_some()
    }

    /// What the first key that is believed finds, each asked as if it signed; the one that signs first.
    pub(crate) fn first_believed<T>(&self, find: impl Fn(&Self) -> Option<T>) -> Option<T> {
        iter::once(&self.signs)
            .chain(&self.believed)
            .find_map(|signs| {
                find(&Self {
                    names: self.names.clone(),
                    signs: signs.clone(),
                    believed: Vec::new(),
                })
            })
    }
}

fn keyed(bytes: &[u8]) -> Result<Keyed, TenantKeyTooShort> {
    if bytes.len() < TenantKey::MIN_BYTES {
        return Err(TenantKeyTooShort(bytes.len()));
    }
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes a key of any length (RFC 2104 section 3)"
    )]
    let keyed = Keyed::new_from_slice(bytes).expect("HMAC takes any key");
    Ok(keyed)
}

fn mac(key: &Keyed, purpose: &str, fields: &[&str]) -> [u8; 32] {
    let mut mac = key.clone();
    for field in iter::once(&purpose).chain(fields) {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TenantKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        address::Address,
        cursor,
        id::{ApprovalToken, ReplyToken, StopToken, Uid},
        unsubscribe::Ticket,
    };

    /// A secret of several keys, each a letter repeated.
    fn secret(letters: &str) -> TenantKey {
        let lines: Vec<String> = letters
            .chars()
            .map(|letter| letter.to_string().repeat(TenantKey::MIN_BYTES))
            .collect();
        TenantKey::parse(&lines.join("\n")).unwrap()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    /// What is signed by one key and whether another believes each of it.
    fn believes(by: &TenantKey, signed: &TenantKey) -> Vec<bool> {
        let (alice, bob) = (address("alice@a.test"), address("bob@b.test"));
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        vec![
            ReplyToken::derive(signed, &alice, &bob).proves(by, &alice, &bob),
            ApprovalToken::derive(signed, &uid, &bob).proves(by, &uid, &bob),
            StopToken::derive(signed, &uid, "update-3").proves(by, &uid, "update-3"),
            Ticket::issue(signed, &uid, &alice, &bob).proves(by, &alice),
            cursor::opened(by, "list", &cursor::sealed(signed, "list", "place")).is_some(),
        ]
    }

    #[test]
    fn a_secret_of_one_line_is_one_key() {
        let (read, new) = (secret("a"), TenantKey::new([b'a'; 32]).unwrap());
        assert_eq!(read.mac("reply", &[]), new.mac("reply", &[]));
        assert_eq!(read.name("uid", &[]), new.name("uid", &[]));
    }

    #[test]
    fn a_key_is_exchanged_in_three_steps_and_nothing_sent_meanwhile_is_worthless() {
        let steps = ["a", "aab", "aba", "ab"].map(secret);
        for before_and_after in steps.windows(2) {
            // Some functions have read the secret before the step, some after it.
            for signed in before_and_after {
                for by in before_and_after {
                    assert_eq!(believes(by, signed), [true; 5]);
                }
            }
        }
        let [old, .., new] = &steps;
        assert_eq!(believes(new, old), [false; 5]);
        assert_eq!(believes(old, new), [false; 5]);
    }

    #[test]
    fn an_event_keeps_its_uid_whatever_signs() {
        let uid_by = |key: &TenantKey| Uid::derive(key, &address("alice@a.test"), "kickoff");
        assert_eq!(uid_by(&secret("ab")), uid_by(&secret("a")));
        assert_ne!(uid_by(&secret("ba")), uid_by(&secret("a")));
    }

    #[test]
    fn a_short_key_is_refused_wherever_it_stands() {
        let long = "a".repeat(32);
        for secret in [
            "",
            "short",
            &format!("{long}\n"),
            &format!("{long}\n{long}\nshort"),
        ] {
            assert_eq!(
                TenantKey::parse(secret).is_ok(),
                secret.trim() == long,
                "{secret}"
            );
        }
    }
}
