//! The identities that travel in mail: event uids, reply tokens, digests of what was seen.

mod tenant_key;

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};

pub use tenant_key::{TenantKey, TenantKeyTooShort};

use crate::address::Address;

/// Our UID of an event: 40 lower-case hexadecimal characters, an HMAC of (organizer, client's UID).
///
/// The same mail again gives the same uid, and a stranger who knows the client's UID gets another event.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Uid(String);

impl Uid {
    /// Derives the uid of the event an organizer's client calls `client_uid`.
    #[must_use]
    pub fn derive(key: &TenantKey, organizer: &Address, client_uid: &str) -> Self {
        let mac = key.name("uid", &[organizer.as_str(), client_uid]);
        let mut hex = HEXLOWER.encode(&mac);
        hex.truncate(40);
        Self(hex)
    }

    /// Reads a uid written by us; `None` unless it matches `^[a-z0-9]{40}$`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let valid = text.len() == 40
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        valid.then(|| Self(text.to_owned()))
    }

    /// The 40 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What one HMAC of (organizer, attendee) gives: three parts, none of which tells anything of another.
#[derive(Clone, PartialEq, Eq)]
pub struct OfPair {
    /// By it this attendee answers this organizer.
    pub token: ReplyToken,
    /// Names the two in what everybody may read: 16 hexadecimal characters.
    pub name: String,
    /// By it he says that he wants no more mail of this organizer ([`crate::unsubscribe::Ticket`]): 112 bits.
    pub(crate) no_more: [u8; 14],
}

impl OfPair {
    /// Derives them.
    #[must_use]
    pub fn derive(key: &TenantKey, organizer: &Address, attendee: &Address) -> Self {
        let mac = key.mac("reply", &[organizer.as_str(), attendee.as_str()]);
        let (token, rest) = mac.split_at(10);
        let (name, rest) = rest.split_at(8);
        let mut no_more = [0; 14];
        for (byte, of_mac) in no_more.iter_mut().zip(rest) {
            *byte = *of_mac;
        }
        Self {
            token: ReplyToken::of(token),
            name: HEXLOWER.encode(name),
            no_more,
        }
    }
}

impl fmt::Debug for OfPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfPair(…)")
    }
}

/// The signed part of a reply address: 80 bits of HMAC(organizer, attendee), 16 lower-case base32 characters.
///
/// Stable for a pair of people, so clients learn to know the sender.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReplyToken(String);

impl ReplyToken {
    /// The token by which this attendee answers this organizer.
    #[must_use]
    pub fn derive(key: &TenantKey, organizer: &Address, attendee: &Address) -> Self {
        OfPair::derive(key, organizer, attendee).token
    }

    /// Ten bytes as they stand in an address.
    fn of(bytes: &[u8]) -> Self {
        let mut token = BASE32_NOPAD.encode(bytes);
        token.make_ascii_lowercase();
        Self(token)
    }

    /// Reads a token as it stands in an address; `None` unless it has the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let valid =
            text.len() == 16 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        valid.then_some(Self(text))
    }

    /// Whether this is the token of this pair; takes the same time for every wrong token.
    #[must_use]
    pub fn proves(&self, key: &TenantKey, organizer: &Address, attendee: &Address) -> bool {
        key.is_believed(|key| self.is_the_same(&Self::derive(key, organizer, attendee)))
    }

    fn is_the_same(&self, right: &Self) -> bool {
        let difference = self
            .0
            .bytes()
            .zip(right.0.bytes())
            .fold(0, |difference, (a, b)| difference | (a ^ b));
        self.0.len() == right.0.len() && difference == 0
    }

    /// The 16 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyToken(…)")
    }
}

/// What lets an organizer's "yes" to somebody uninvited be told from anybody else's: 80 bits of HMAC(event, person), 16
/// lower-case base32 characters. It stands in the address he is asked from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApprovalToken(ReplyToken);

impl ApprovalToken {
    /// The token by which an organizer lets this person into this event.
    #[must_use]
    pub fn derive(key: &TenantKey, uid: &Uid, person: &Address) -> Self {
        let mac = key.mac("approval", &[uid.as_str(), person.as_str()]);
        let (token, _) = mac.split_at(10);
        Self(ReplyToken::of(token))
    }

    /// Reads a token as it stands in an address; `None` unless it has the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        ReplyToken::parse(text).map(Self)
    }

    /// Whether this is the token of this person; takes the same time for every wrong token.
    #[must_use]
    pub fn proves(&self, key: &TenantKey, uid: &Uid, person: &Address) -> bool {
        key.is_believed(|key| self.0.is_the_same(&Self::derive(key, uid, person).0))
    }

    /// The 16 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for ApprovalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApprovalToken(…)")
    }
}

/// What lets an organizer's "stop" to one job be told from anybody else's: 80 bits of HMAC(event, job), 16 lower-case base32
/// characters. It stands in the address he is told from that the job waits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StopToken(ReplyToken);

impl StopToken {
    /// The token by which the organizer of this event stops this job of it.
    #[must_use]
    pub fn derive(key: &TenantKey, uid: &Uid, job: &str) -> Self {
        let mac = key.mac("stop", &[uid.as_str(), job]);
        let (token, _) = mac.split_at(10);
        Self(ReplyToken::of(token))
    }

    /// Reads a token as it stands in an address; `None` unless it has the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        ReplyToken::parse(text).map(Self)
    }

    /// Whether this is the token of this job; takes the same time for every wrong token.
    #[must_use]
    pub fn proves(&self, key: &TenantKey, uid: &Uid, job: &str) -> bool {
        key.is_believed(|key| self.0.is_the_same(&Self::derive(key, uid, job).0))
    }

    /// The 16 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for StopToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StopToken(…)")
    }
}

/// SHA-256 of (sender, calendar part): the same content under another mail id is known by it. Also of other texts
/// that are compared and not kept.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Digest(String);

impl Digest {
    /// Digests what makes two mails the same to us.
    #[must_use]
    pub fn of(sender: &Address, calendar_part: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(sender.as_str().as_bytes());
        hash.update([0]);
        hash.update(calendar_part);
        Self(HEXLOWER.encode(&hash.finalize()))
    }

    /// Digests a text, to tell later whether it is another.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// Digests bytes, to tell later whether they are others.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// Takes back a digest from its stored text.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// 64 hexadecimal characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> TenantKey {
        TenantKey::new([7; 32]).unwrap()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn a_uid_is_forty_hex_and_differs_by_organizer() {
        let alice = Uid::derive(&key(), &address("alice@a.test"), "kickoff");
        let mallory = Uid::derive(&key(), &address("mallory@m.test"), "kickoff");
        assert_ne!(alice, mallory);
        assert_eq!(Uid::parse(alice.as_str()), Some(alice));
    }

    #[test]
    fn a_uid_does_not_depend_on_the_case_of_the_address() {
        let lower = Uid::derive(&key(), &address("alice@a.test"), "kickoff");
        assert_eq!(
            Uid::derive(&key(), &address("Alice@A.test"), "kickoff"),
            lower
        );
    }

    #[test]
    fn a_token_proves_one_pair_only() {
        let token = ReplyToken::derive(&key(), &address("alice@a.test"), &address("bob@b.test"));
        assert_eq!(token.as_str().len(), 16);
        assert!(token.proves(&key(), &address("alice@a.test"), &address("bob@b.test")));
        assert!(!token.proves(&key(), &address("alice@a.test"), &address("carol@c.test")));
        assert!(!token.proves(&key(), &address("bob@b.test"), &address("alice@a.test")));
    }

    #[test]
    fn a_stop_proves_one_job_of_one_event_and_nothing_else() {
        let [kickoff, party] = ["5f", "00"].map(|hex| Uid::parse(&hex.repeat(20)).unwrap());
        let token = StopToken::derive(&key(), &kickoff, "update-3");
        assert_eq!(StopToken::parse(token.as_str()), Some(token.clone()));
        assert!(token.proves(&key(), &kickoff, "update-3"));
        assert!(!token.proves(&key(), &kickoff, "update-4"));
        assert!(!token.proves(&key(), &party, "update-3"));
        let person = address("update-3@a.test");
        let approval = ApprovalToken::derive(&key(), &kickoff, &person);
        assert_ne!(approval.as_str(), token.as_str());
    }

    #[test]
    fn fields_cannot_run_into_each_other() {
        assert_ne!(
            key().mac("uid", &["ab", "c"]),
            key().mac("uid", &["a", "bc"])
        );
    }
}
