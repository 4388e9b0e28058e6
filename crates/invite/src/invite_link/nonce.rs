//! What proves that the page of a link was looked at before its button is pressed. It is stateless: the minute it was made in, and
//! 128 bits of HMAC over that and over what the page said, which serve this purpose alone.
//!
//! It keeps programs that follow every link, and pages that post from elsewhere without looking, from having mail sent. Whoever
//! reads the page can press its button, for anybody's address: that is what the link is for, and why it has limits.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};

use super::Said;
use crate::{
    address::Address,
    id::{TenantKey, Uid},
};

/// How long a page may stay open, in minutes.
const MINUTES: i64 = 60;
/// How far clocks of two machines may be apart, in minutes.
const AHEAD: i64 = 2;

/// What the page said.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// Of which event.
    pub uid: &'a Uid,
    /// Whom it would invite; `None`: it asked.
    pub attendee: Option<&'a Address>,
    /// Origin and landing, as they came.
    pub said: &'a Said,
}

/// Stands in the form of a page.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce {
    /// Since 1970.
    minute: i64,
    proof: [u8; 16],
}

impl Nonce {
    /// For how long it is good.
    pub const GOOD_FOR: SignedDuration = SignedDuration::from_mins(MINUTES);

    /// The nonce of a page that is made now.
    #[must_use]
    pub fn issue(key: &TenantKey, bound: Bound<'_>, now: Timestamp) -> Self {
        let minute = minute_of(now);
        let mac = with_fields(bound, minute, |fields| key.mac(PURPOSE, fields));
        let mut proof = [0; 16];
        for (byte, of_mac) in proof.iter_mut().zip(mac) {
            *byte = of_mac;
        }
        Self { minute, proof }
    }

    /// Reads a nonce; `None` unless it has the form of one. It proves nothing yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (minute, proof) = text.split_once('.')?;
        let is_number =
            (1..=12).contains(&minute.len()) && minute.bytes().all(|byte| byte.is_ascii_digit());
        let proof = BASE64URL_NOPAD.decode(proof.as_bytes()).ok()?;
        Some(Self {
            minute: is_number.then(|| minute.parse().ok()).flatten()?,
            proof: proof.try_into().ok()?,
        })
    }

    /// As it stands in a form: letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.minute, BASE64URL_NOPAD.encode(&self.proof))
    }

    /// Whether it is of a page of ours that said this, within the last hour.
    #[must_use]
    pub fn proves(&self, key: &TenantKey, bound: Bound<'_>, now: Timestamp) -> bool {
        let age = minute_of(now) - self.minute;
        (-AHEAD..MINUTES).contains(&age)
            && with_fields(bound, self.minute, |fields| {
                key.has_signed(PURPOSE, fields, &self.proof)
            })
    }
}

const PURPOSE: &str = "invite-link";

fn minute_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}

fn with_fields<T>(bound: Bound<'_>, minute: i64, then: impl FnOnce(&[&str]) -> T) -> T {
    then(&[
        bound.uid.as_str(),
        bound.attendee.map_or("", Address::as_str),
        &bound.said.origin,
        &bound.said.landing,
        &minute.to_string(),
    ])
}

impl std::fmt::Debug for Nonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Nonce({}, …)", self.minute)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> TenantKey {
        TenantKey::new([7; 32]).unwrap()
    }

    fn now() -> Timestamp {
        "2026-03-01T10:00:30Z".parse().unwrap()
    }

    fn said(origin: &str, landing: &str) -> Said {
        Said {
            origin: origin.to_owned(),
            landing: landing.to_owned(),
            ..Said::default()
        }
    }

    #[test]
    fn a_nonce_proves_one_page_for_an_hour() {
        let [kickoff, party] = ["5f", "00"].map(|hex| Uid::parse(&hex.repeat(20)).unwrap());
        let [bob, carol] = ["bob@b.test", "carol@c.test"].map(|text| Address::parse(text).unwrap());
        let said_then = said("emailcta", "https://www.acme.example/");
        let bound = Bound {
            uid: &kickoff,
            attendee: Some(&bob),
            said: &said_then,
        };
        let nonce = Nonce::issue(&key(), bound, now());
        let back = Nonce::parse(&nonce.text()).unwrap();
        assert!(back == nonce && back.proves(&key(), bound, now()));
        assert!(!back.proves(&TenantKey::new([8; 32]).unwrap(), bound, now()));

        let [another_origin, another_landing, shifted] = [
            said("webform", "https://www.acme.example/"),
            said("emailcta", "https://www.acme.example/x"),
            said("emailctahttps://www.acme.example/", ""),
        ];
        for (uid, attendee, said) in [
            (&party, Some(&bob), &said_then),
            (&kickoff, Some(&carol), &said_then),
            (&kickoff, None, &said_then),
            (&kickoff, Some(&bob), &another_origin),
            (&kickoff, Some(&bob), &another_landing),
            (&kickoff, Some(&bob), &shifted),
        ] {
            let other = Bound {
                uid,
                attendee,
                said,
            };
            assert!(!nonce.proves(&key(), other, now()));
        }
        for (minutes, expected) in [(-3, false), (-2, true), (59, true), (60, false)] {
            let then = now() + SignedDuration::from_mins(minutes);
            assert_eq!(nonce.proves(&key(), bound, then), expected, "{minutes}");
        }
    }

    #[test]
    fn it_is_believed_while_the_key_is_exchanged() {
        let (old, new) = ("a".repeat(32), "b".repeat(32));
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        let bound = Bound {
            uid: &uid,
            attendee: None,
            said: &Said::default(),
        };
        let nonce = Nonce::issue(&TenantKey::parse(&old).unwrap(), bound, now());
        let exchanged = TenantKey::parse(&format!("{old}\n{new}\n{old}")).unwrap();
        assert!(nonce.proves(&exchanged, bound, now()));
        let over = TenantKey::parse(&format!("{old}\n{new}")).unwrap();
        assert!(!nonce.proves(&over, bound, now()));
    }

    proptest! {
        #[test]
        fn no_text_that_was_not_issued_proves_anything(text in "(?s).{0,40}", digits in 0_i64..100_000_000, proof in any::<[u8; 16]>()) {
            let uid = Uid::parse(&"5f".repeat(20)).unwrap();
            let bound = Bound { uid: &uid, attendee: None, said: &Said::default() };
            let made_up = format!("{digits}.{}", BASE64URL_NOPAD.encode(&proof));
            for text in [text, made_up] {
                prop_assert!(!Nonce::parse(&text).is_some_and(|nonce| nonce.proves(&key(), bound, now())));
            }
        }

        #[test]
        fn changing_one_bit_spoils_it(bit in 0_usize..128, minutes in 0_i64..1_000_000) {
            let now = Timestamp::from_second(minutes * 60).unwrap();
            let uid = Uid::parse(&"5f".repeat(20)).unwrap();
            let bound = Bound { uid: &uid, attendee: None, said: &Said::default() };
            let nonce = Nonce::issue(&key(), bound, now);
            prop_assert!(nonce.proves(&key(), bound, now));
            let mut spoilt = nonce.clone();
            spoilt.proof[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!spoilt.proves(&key(), bound, now));
            let another_minute = Nonce { minute: nonce.minute - 1, ..nonce };
            prop_assert!(!another_minute.proves(&key(), bound, now));
        }
    }
}
