//! Keys of programs (`x-api-key`): what they look like, what is kept of them, and whether one is let in.
//!
//! A key is `cis_`, its id, and 256 bits nobody can guess. Its hash is kept, not it: SHA-256, which is right for what is drawn
//! and wrong for what people make up. A slow hash makes guessing dear; 256 bits cannot be guessed at any speed, and a
//! slow hash would be paid with every request.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use invite::address::Address;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::{
    caller::{Caller, Program},
    refusal::Refusal,
    scope::Scopes,
};

/// How every key begins, for people and for programs that look for lost ones.
pub const PREFIX: &str = "cis_";
/// What a key is, as a regular expression.
pub const PATTERN: &str = "cis_[a-z2-7]{16}_[a-z2-7]{52}";
/// Bytes to draw for a key: ten for its id, 32 for its secret.
pub const DRAWN_BYTES: usize = ID_BYTES + SECRET_BYTES;

const ID_BYTES: usize = 10;
const SECRET_BYTES: usize = 32;
const ID_CHARACTERS: usize = 16;
const SECRET_CHARACTERS: usize = 52;
const SECS_OF_MINUTE: i64 = 60;

/// Names a key; no secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct KeyId(String);

impl KeyId {
    /// Reads an id; `None` unless it is 16 letters and digits of base 32.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_base32(text, ID_CHARACTERS).then(|| Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that was just drawn: the only time its text is there.
pub struct DrawnKey {
    /// Its name.
    pub id: KeyId,
    /// The key itself.
    pub text: String,
    /// What is kept of it.
    pub hash: String,
}

impl DrawnKey {
    /// The key of these random bytes.
    #[must_use]
    pub fn of(random: &[u8; DRAWN_BYTES]) -> Self {
        let (id, secret) = random.split_at(ID_BYTES);
        let [id, secret] = [id, secret].map(|bytes| BASE32_NOPAD.encode(bytes).to_lowercase());
        let text = format!("{PREFIX}{id}_{secret}");
        Self {
            id: KeyId(id),
            hash: hash(&text),
            text,
        }
    }
}

/// A key as somebody shows it.
pub struct PresentedKey {
    /// Its name.
    pub id: KeyId,
    hash: String,
}

impl PresentedKey {
    /// Reads it; `None` when it cannot be a key of ours.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let id = KeyId::parse(id).filter(|_| is_base32(secret, SECRET_CHARACTERS))?;
        Some(Self {
            id,
            hash: hash(text),
        })
    }

    /// What would be kept of it.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

fn is_base32(text: &str, characters: usize) -> bool {
    text.len() == characters
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// What is kept of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Its name.
    pub id: KeyId,
    /// What it is for, in its administrator's words.
    pub name: String,
    /// SHA-256 of it, in hexadecimal.
    pub hash: String,
    /// What it may.
    pub scopes: Scopes,
    /// Whose events it may see; `None`: everybody's.
    pub organizer: Option<Address>,
    /// How often it may be used in a minute.
    pub per_minute: u32,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good; `None`: until it is revoked.
    pub expires: Option<Timestamp>,
    /// Since when it is not.
    pub revoked: Option<Timestamp>,
    /// Its use so far.
    pub usage: Usage,
}

/// How a key was used last.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Usage {
    /// The minute that is counted, in minutes since 1970; 0: it was never used.
    pub minute: i64,
    /// How often it was used in it.
    pub uses: u32,
}

impl Usage {
    /// The day it was used last, in UTC.
    #[must_use]
    pub fn last_day(self) -> Option<Date> {
        let secs = self.minute.checked_mul(SECS_OF_MINUTE)?;
        let last = Timestamp::from_second(secs).ok()?;
        (self.minute > 0).then(|| last.to_zoned(TimeZone::UTC).date())
    }
}

impl Key {
    /// Whether it lets in who shows this, now.
    ///
    /// # Errors
    /// The [`Refusal`]. That a key exists, was revoked or is over only learns who has shown all of it.
    pub fn admits(&self, presented: &PresentedKey, now: Timestamp) -> Result<(), Refusal> {
        let is_it = verify_slices_are_equal(self.hash.as_bytes(), presented.hash.as_bytes());
        if is_it.is_err() {
            return Err(Refusal::UnknownKey);
        }
        if self.revoked.is_some() {
            return Err(Refusal::RevokedKey);
        }
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(Refusal::ExpiredKey);
        }
        // Another processor's clock may be a minute ahead.
        if self.usage.minute >= minute_of(now) && self.usage.uses >= self.per_minute {
            return Err(Refusal::TooManyRequests {
                retry_after_secs: secs_to_next_minute(now),
            });
        }
        Ok(())
    }

    /// Who calls with it.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::Program(Program {
            id: self.id.to_string(),
            scopes: self.scopes.clone(),
            organizer: self.organizer.clone(),
        })
    }
}

/// The minute in which uses are counted, in minutes since 1970.
#[must_use]
pub fn minute_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(SECS_OF_MINUTE)
}

fn secs_to_next_minute(now: Timestamp) -> u32 {
    let left = SECS_OF_MINUTE - now.as_second().rem_euclid(SECS_OF_MINUTE);
    u32::try_from(left).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scope::Scope;

    /// 20 seconds past a full minute.
    const NOW: i64 = 1_800_000_020;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap()
    }

    fn drawn(seed: u8) -> DrawnKey {
        DrawnKey::of(&[seed; DRAWN_BYTES])
    }

    fn kept(drawn: &DrawnKey) -> Key {
        Key {
            id: drawn.id.clone(),
            name: "the shop".to_owned(),
            hash: drawn.hash.clone(),
            scopes: Scopes::of_names([Scope::EventsRead.name()]),
            organizer: None,
            per_minute: 2,
            created: at(NOW - 1000),
            expires: None,
            revoked: None,
            usage: Usage::default(),
        }
    }

    fn shown(text: &str) -> PresentedKey {
        PresentedKey::read(text).unwrap()
    }

    #[test]
    fn a_key_is_recognised_and_is_not_what_is_kept_of_it() {
        let key = drawn(0xa5);
        assert_eq!(key.text.len(), 4 + 16 + 1 + 52);
        assert!(key.text.starts_with("cis_") && key.text.contains(key.id.as_str()));
        assert_eq!(
            PATTERN,
            format!("{PREFIX}[a-z2-7]{{{ID_CHARACTERS}}}_[a-z2-7]{{{SECRET_CHARACTERS}}}")
        );
        assert_eq!(shown(&key.text).hash(), key.hash);
        assert_eq!(key.hash.len(), 64);
        assert!(!format!("{:?}", kept(&key)).contains(&key.text));
    }

    #[test]
    fn what_cannot_be_a_key_is_none() {
        let text = drawn(1).text;
        let (mut beheaded, mut shortened) = (text.clone(), text.clone());
        beheaded.remove(0);
        shortened.pop();
        for wrong in [
            "",
            "cis_",
            &beheaded,
            &shortened,
            &format!("{text}a"),
            &text.to_uppercase(),
            &text.replace("cis_", "sk_"),
            &format!("{shortened} "),
            &"é".repeat(36),
        ] {
            assert!(PresentedKey::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn who_shows_the_whole_key_hears_what_became_of_it_and_nobody_else() {
        let (key, other) = (drawn(1), drawn(2));
        let guessed = format!("cis_{}_{}", key.id, "a".repeat(SECRET_CHARACTERS));
        let revoked = Key {
            revoked: Some(at(NOW - 1)),
            ..kept(&key)
        };
        let over = Key {
            expires: Some(at(NOW)),
            ..kept(&key)
        };
        let full = Key {
            usage: Usage {
                minute: minute_of(at(NOW)),
                uses: 2,
            },
            ..kept(&key)
        };
        for (kept, refusal) in [
            (&kept(&key), None),
            (&revoked, Some(Refusal::RevokedKey)),
            (&over, Some(Refusal::ExpiredKey)),
            (
                &full,
                Some(Refusal::TooManyRequests {
                    retry_after_secs: 40,
                }),
            ),
        ] {
            assert_eq!(kept.admits(&shown(&key.text), at(NOW)).err(), refusal);
            for wrong in [&guessed, &other.text] {
                assert_eq!(
                    kept.admits(&shown(wrong), at(NOW)),
                    Err(Refusal::UnknownKey)
                );
            }
        }
    }

    #[test]
    fn the_next_minute_counts_from_nothing() {
        let key = drawn(1);
        let full = Key {
            usage: Usage {
                minute: minute_of(at(NOW)),
                uses: 9,
            },
            expires: Some(at(NOW + 41)),
            ..kept(&key)
        };
        assert!(full.admits(&shown(&key.text), at(NOW + 39)).is_err());
        assert!(full.admits(&shown(&key.text), at(NOW + 40)).is_ok());
        let last_day = |key: &Key| key.usage.last_day().map(|day| day.to_string());
        assert_eq!(last_day(&full).as_deref(), Some("2027-01-15"));
        assert_eq!(last_day(&kept(&key)), None);
    }

    proptest! {
        #[test]
        fn no_other_key_is_let_in(mine in any::<[u8; 32]>(), theirs in any::<[u8; 32]>()) {
            prop_assume!(mine != theirs);
            let of = |secret: [u8; 32]| {
                let mut random = [7; DRAWN_BYTES];
                random[ID_BYTES..].copy_from_slice(&secret);
                DrawnKey::of(&random)
            };
            let (mine, theirs) = (of(mine), of(theirs));
            prop_assert_eq!(&mine.id, &theirs.id);
            prop_assert_eq!(
                kept(&mine).admits(&shown(&theirs.text), at(NOW)),
                Err(Refusal::UnknownKey)
            );
        }
    }
}
