//! Erasing a person (D16): what is kept of him, and what of him stands in other people's records.
//!
//! His own record goes as a whole. From a record of somebody else only his name is taken: what that person said, and what is
//! counted of it, stays as it was.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;

use crate::{
    address::Address,
    event::{Answer, Attendee},
    id::TenantKey,
    unsubscribe::Ticket,
};

/// Names the erasure of a person without naming the person: 128 bits of HMAC(address) under the key that names events, in
/// hexadecimal. It comes to the same for the same person, so one of his is under way at a time.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ErasureId(String);

impl ErasureId {
    const CHARS: usize = 32;

    /// The name of this person's.
    #[must_use]
    pub fn derive(key: &TenantKey, person: &Address) -> Self {
        let mut text = HEXLOWER.encode(&key.name("erasure", &[person.as_str()]));
        text.truncate(Self::CHARS);
        Self(text)
    }

    /// Reads a name; `None` unless it has the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == Self::CHARS
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_one.then(|| Self(text.to_owned()))
    }

    /// The 32 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ErasureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErasureId({})", self.0)
    }
}

/// What the button of the page posts: it was shown to somebody who held this ticket, at most two hours ago. A mail program's one
/// click posts to the same address and has none, so it never erases anybody.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

/// How long a page may lie open, at least, in seconds.
const NONCE_SECS: i64 = 3_600;

impl Nonce {
    /// The one a page shown now holds.
    #[must_use]
    pub fn issue(key: &TenantKey, ticket: &Ticket, now: Timestamp) -> Self {
        Self::of_hour(key, ticket, now.as_second().div_euclid(NONCE_SECS))
    }

    fn of_hour(key: &TenantKey, ticket: &Ticket, hour: i64) -> Self {
        let mac = key.mac("erase-page", &[&ticket.text(), &hour.to_string()]);
        let mut nonce = [0; 16];
        for (byte, of_mac) in nonce.iter_mut().zip(mac) {
            *byte = of_mac;
        }
        Self(nonce)
    }

    /// Reads one; `None` unless it has the form of one. It proves nothing yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// As it stands in the form.
    #[must_use]
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Whether a page shown with this ticket in this hour or the one before held it; takes the same time for every wrong one.
    #[must_use]
    pub fn proves(&self, key: &TenantKey, ticket: &Ticket, now: Timestamp) -> bool {
        let hour = now.as_second().div_euclid(NONCE_SECS);
        key.is_believed(|key| {
            let right = [hour, hour - 1].map(|hour| self.is(&Self::of_hour(key, ticket, hour)));
            right.contains(&true)
        })
    }

    fn is(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(…)")
    }
}

/// The mails his answers came in, as far as his record names them.
pub fn mails_of(attendee: &Attendee) -> impl Iterator<Item = &str> {
    attendee.history.iter().filter_map(mail_of)
}

/// The mails of answers of his that wait in the record of somebody who passed an invitation on to him.
pub fn mails_waiting_of<'a>(
    attendee: &'a Attendee,
    person: &'a Address,
) -> impl Iterator<Item = &'a str> {
    attendee
        .waiting
        .iter()
        .filter(move |waiting| waiting.mailbox.address == *person)
        .filter_map(|waiting| mail_of(&waiting.answer))
}

fn mail_of(answer: &Answer) -> Option<&str> {
    Some(answer.mail_id.as_str()).filter(|id| !id.is_empty())
}

/// The record of somebody else without this person; `None` where it does not name him. Nothing that is counted changes.
#[must_use]
pub fn without(attendee: &Attendee, person: &Address) -> Option<Attendee> {
    let mut less = attendee.clone();
    less.waiting
        .retain(|waiting| waiting.mailbox.address != *person);
    less.lineage = less.lineage.filter(|lineage| lineage.from != *person);
    less.delegated_to = less.delegated_to.filter(|to| to != person);
    if less == *attendee {
        return None;
    }
    less.revision = less.revision.saturating_add(1);
    Some(less)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        address::Mailbox,
        event::{Evidence, Lineage, Origin, Stamp, WaitingAnswer, WaitsFor},
        ical::Partstat,
        id::{Digest, Uid},
        statistics::Statistics,
    };

    fn key() -> TenantKey {
        TenantKey::new([7; 32]).unwrap()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn ticket(attendee: &str) -> Ticket {
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        Ticket::issue(&key(), &uid, &address("alice@a.test"), &address(attendee))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_erasure_is_named_by_the_person_whatever_the_key_was_exchanged_for() {
        let bob = ErasureId::derive(&key(), &address("bob@b.test"));
        assert_eq!(ErasureId::parse(bob.as_str()), Some(bob.clone()));
        assert_eq!(ErasureId::derive(&key(), &address("Bob@B.test")), bob);
        assert_ne!(ErasureId::derive(&key(), &address("carol@c.test")), bob);
        let (old, new) = ("o".repeat(32), "n".repeat(32));
        let before = TenantKey::parse(&old).unwrap();
        let after = TenantKey::parse(&format!("{old}\n{new}\n{old}")).unwrap();
        let [before, after] =
            [before, after].map(|key| ErasureId::derive(&key, &address("b@b.test")));
        assert_eq!(before, after);
        for wrong in [
            "",
            "5f",
            &"5F".repeat(16),
            &"5g".repeat(16),
            &"5f".repeat(17),
        ] {
            assert_eq!(ErasureId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_nonce_is_good_for_its_ticket_for_an_hour_or_two() {
        let shown = at("2026-03-01T10:59:00Z");
        let nonce = Nonce::issue(&key(), &ticket("bob@b.test"), shown);
        let read = Nonce::parse(&nonce.text()).unwrap();
        for (now, expected) in [
            ("2026-03-01T10:59:30Z", true),
            ("2026-03-01T11:59:00Z", true),
            ("2026-03-01T12:00:00Z", false),
            ("2026-03-01T09:59:00Z", false),
        ] {
            assert_eq!(
                read.proves(&key(), &ticket("bob@b.test"), at(now)),
                expected,
                "{now}"
            );
        }
        assert!(!read.proves(&key(), &ticket("carol@c.test"), shown));
        assert!(!read.proves(
            &TenantKey::new([8; 32]).unwrap(),
            &ticket("bob@b.test"),
            shown
        ));
        for wrong in ["", "1", "One-Click", "AAAAAAAAAAAAAAAAAAAAAA=="] {
            assert_eq!(Nonce::parse(wrong), None, "{wrong}");
        }
    }

    const PEOPLE: [&str; 4] = ["bob@b.test", "carol@c.test", "dan@d.test", "eve@e.test"];

    fn person() -> impl Strategy<Value = Address> {
        proptest::sample::select(&PEOPLE[..]).prop_map(address)
    }

    fn answer(mail_id: &str) -> Answer {
        Answer {
            instance: None,
            partstat: Partstat::Accepted,
            stamp: Stamp {
                sequence: 0,
                dtstamp: Timestamp::UNIX_EPOCH,
            },
            arrived: Timestamp::UNIX_EPOCH,
            prodid: None,
            evidence: Evidence::Token,
            earlier_version: false,
            comment: None,
            people: None,
            mail_id: mail_id.to_owned(),
            digest: Digest::of_text(mail_id),
        }
    }

    prop_compose! {
        fn attendee()(
            waiting in proptest::collection::vec(person(), 0..4),
            from in proptest::option::of((person(), any::<bool>())),
            delegated_to in proptest::option::of(person()),
        ) -> Attendee {
            let olga = Mailbox { address: address("olga@o.test"), name: None };
            Attendee {
                partstat: if delegated_to.is_some() { Partstat::Delegated } else { Partstat::Tentative },
                lineage: from.map(|(from, delegated)| Lineage { from, delegated }),
                delegated_to,
                waiting: waiting
                    .into_iter()
                    .enumerate()
                    .map(|(place, address)| WaitingAnswer {
                        mailbox: Mailbox { address, name: None },
                        waits_for: WaitsFor::Approval,
                        answer: answer(&format!("m{place}")),
                        expires: Timestamp::UNIX_EPOCH,
                    })
                    .collect(),
                ..Attendee::invited(olga, Origin::Api, Timestamp::UNIX_EPOCH)
            }
        }
    }

    /// Every other person a record names, once for each time.
    fn named(attendee: &Attendee) -> Vec<&Address> {
        let waiting = attendee
            .waiting
            .iter()
            .map(|waiting| &waiting.mailbox.address);
        let from = attendee.lineage.iter().map(|lineage| &lineage.from);
        waiting.chain(from).chain(&attendee.delegated_to).collect()
    }

    proptest! {
        #[test]
        fn nobody_else_is_taken_from_a_record_and_nothing_counted_changes(
            before in attendee(),
            person in person(),
        ) {
            let others = |attendee: &Attendee| -> Vec<Address> {
                let named = named(attendee).into_iter();
                named.filter(|named| **named != person).cloned().collect()
            };
            match without(&before, &person) {
                None => prop_assert!(!named(&before).contains(&&person)),
                Some(after) => {
                    prop_assert!(named(&before).contains(&&person));
                    prop_assert!(!named(&after).contains(&&person));
                    prop_assert_eq!(others(&after), others(&before));
                    prop_assert_eq!(after.revision, before.revision + 1);
                    prop_assert_eq!(
                        Statistics::of_change(Some(&before), Some(&after)),
                        Statistics::default()
                    );
                    prop_assert_eq!(without(&after, &person), None);
                }
            }
        }
    }

    #[test]
    fn the_mails_of_a_person_are_those_of_his_answers_wherever_they_stand() {
        let bob = Mailbox {
            address: address("bob@b.test"),
            name: None,
        };
        let his = Attendee {
            // The first was stored before mails were named.
            history: vec![answer(""), answer("m1"), answer("m2")],
            ..Attendee::invited(bob.clone(), Origin::Api, Timestamp::UNIX_EPOCH)
        };
        assert_eq!(mails_of(&his).collect::<Vec<_>>(), ["m1", "m2"]);
        let carol = Mailbox {
            address: address("carol@c.test"),
            name: None,
        };
        let waiting = |mailbox: &Mailbox, mail: &str| WaitingAnswer {
            mailbox: mailbox.clone(),
            waits_for: WaitsFor::Delegation,
            answer: answer(mail),
            expires: Timestamp::UNIX_EPOCH,
        };
        let through = Attendee {
            waiting: vec![waiting(&carol, "m3"), waiting(&bob, "m4")],
            history: vec![answer("m5")],
            ..Attendee::invited(carol.clone(), Origin::Api, Timestamp::UNIX_EPOCH)
        };
        let of_bob: Vec<_> = mails_waiting_of(&through, &bob.address).collect();
        assert_eq!(of_bob, ["m4"]);
    }
}
