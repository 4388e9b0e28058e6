//! "No more mail from this organizer" (D16): what every letter carries so that its reader can say so with one click, or
//! by mail, and who is then left in peace.

use data_encoding::BASE64URL_NOPAD;

use crate::{
    address::{Address, Mailbox},
    event::Event,
    id::{OfPair, TenantKey, Uid},
    mail::Mail,
};

/// What proves that its bearer holds a letter from this organizer to this attendee: event, reader, and 112 bits of
/// HMAC(organizer, attendee) that serve this purpose alone. The organizer's address does not stand in it, for attendees are not
/// shown it; he is found by the event.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    uid: Uid,
    attendee: Address,
    proof: [u8; 14],
}

impl Ticket {
    /// The ticket in a letter of this organizer's event to this attendee.
    #[must_use]
    pub fn issue(key: &TenantKey, uid: &Uid, organizer: &Address, attendee: &Address) -> Self {
        Self {
            uid: uid.clone(),
            attendee: attendee.clone(),
            proof: OfPair::derive(key, organizer, attendee).no_more,
        }
    }

    /// Reads a ticket; `None` unless it has the form of one. It proves nothing yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('.');
        let uid = Uid::parse(fields.next()?)?;
        let attendee = BASE64URL_NOPAD.decode(fields.next()?.as_bytes()).ok()?;
        let attendee = Address::parse(std::str::from_utf8(&attendee).ok()?)?;
        let proof = BASE64URL_NOPAD.decode(fields.next()?.as_bytes()).ok()?;
        fields.next().is_none().then_some(())?;
        Some(Self {
            uid,
            attendee,
            proof: proof.try_into().ok()?,
        })
    }

    /// As it stands in a link: letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.uid, written(&self.attendee, &self.proof))
    }

    /// The event whose letter it stood in.
    #[must_use]
    pub fn uid(&self) -> &Uid {
        &self.uid
    }

    /// Who holds it, if it proves anything.
    #[must_use]
    pub fn attendee(&self) -> &Address {
        &self.attendee
    }

    /// Whether it is of a letter of this organizer; takes the same time for every wrong one.
    #[must_use]
    pub fn proves(&self, key: &TenantKey, organizer: &Address) -> bool {
        key.is_believed(|key| {
            let right = OfPair::derive(key, organizer, &self.attendee).no_more;
            let difference = self
                .proof
                .iter()
                .zip(right)
                .fold(0, |difference, (a, b)| difference | (a ^ b));
            difference == 0
        })
    }
}

/// What stands behind the uid in a ticket's text.
pub(crate) fn written(attendee: &Address, proof: &[u8]) -> String {
    let mut text = BASE64URL_NOPAD.encode(attendee.as_str().as_bytes());
    text.push('.');
    BASE64URL_NOPAD.encode_append(proof, &mut text);
    text
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ticket({}, …)", self.uid)
    }
}

/// A mail to `unsubscribe@`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsubscribe {
    /// The ticket in its subject or text.
    pub ticket: Option<Ticket>,
    /// Who From says it is.
    pub from: Mailbox,
    /// Whether From is authenticated, aligned.
    pub from_is_authenticated: bool,
    /// Whether it asks to erase its sender, too.
    pub says_erase: bool,
}

impl Unsubscribe {
    /// Who is to be erased: the sender himself, where he is proven. A ticket is enough for peace, and not for this: who holds a
    /// letter may have been sent it on.
    #[must_use]
    pub fn erases(&self) -> Option<&Address> {
        (self.says_erase && self.from_is_authenticated).then_some(&self.from.address)
    }
}

/// Who is left in peace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Peace {
    /// Who held the letter of a ticket, by that organizer.
    FromOne {
        /// He.
        attendee: Address,
        /// The organizer.
        organizer: Mailbox,
    },
    /// Who wrote without a ticket that is right, by everybody here: he named nobody, so he means all.
    FromAll {
        /// He.
        attendee: Address,
    },
}

/// Decides about a mail to `unsubscribe@`; `event` is that of its ticket. `None`: nothing proves who wants this.
#[must_use]
pub fn unsubscribe(
    event: Option<&Event>,
    key: &TenantKey,
    unsubscribe: &Unsubscribe,
) -> Option<Peace> {
    let right = unsubscribe
        .ticket
        .as_ref()
        .zip(event)
        .filter(|(ticket, event)| {
            ticket.uid == event.uid && ticket.proves(key, &event.organizer.address)
        });
    match right {
        Some((ticket, event)) => Some(Peace::FromOne {
            attendee: ticket.attendee.clone(),
            organizer: event.organizer.clone(),
        }),
        None => unsubscribe.from_is_authenticated.then(|| Peace::FromAll {
            attendee: unsubscribe.from.address.clone(),
        }),
    }
}

/// The first ticket in a mail's subject or text.
#[must_use]
pub(crate) fn ticket_in(mail: &Mail) -> Option<Ticket> {
    let text = mail.text.as_deref().unwrap_or_default();
    [mail.subject.as_deref().unwrap_or_default(), text]
        .into_iter()
        .flat_map(|text| {
            text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
        })
        .find_map(|word| Ticket::parse(word.trim_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ReplyToken;

    fn key() -> TenantKey {
        TenantKey::new([7; 32]).unwrap()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn ticket() -> Ticket {
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        Ticket::issue(
            &key(),
            &uid,
            &address("alice@a.test"),
            &address("bob@b.test"),
        )
    }

    #[test]
    fn a_ticket_proves_one_pair_only_and_is_no_reply_token() {
        let read = Ticket::parse(&ticket().text()).unwrap();
        assert_eq!(read, ticket());
        assert!(read.proves(&key(), &address("alice@a.test")));
        assert!(!read.proves(&key(), &address("dora@a.test")));
        assert!(!read.proves(&TenantKey::new([8; 32]).unwrap(), &address("alice@a.test")));
        let carol = Ticket {
            attendee: address("carol@c.test"),
            ..read
        };
        assert!(!carol.proves(&key(), &address("alice@a.test")));
        let reply = ReplyToken::derive(&key(), &address("alice@a.test"), &address("bob@b.test"));
        assert!(!ticket().text().contains(reply.as_str()));
    }

    #[test]
    fn a_ticket_does_not_name_the_organizer_and_fits_into_a_link() {
        let text = ticket().text();
        assert!(!text.contains("alice"));
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')),
            "{text}"
        );
    }

    #[test]
    fn what_has_not_the_form_of_a_ticket_is_none() {
        let text = ticket().text();
        for wrong in [
            "",
            "unsubscribe",
            text.trim_end_matches(|c| c != '.'),
            &format!("{text}.x"),
            &format!("{text}x"),
            &text.replace("5f5f", "5F5F"),
        ] {
            assert_eq!(Ticket::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_ticket_is_found_in_the_subject_or_in_the_text() {
        let text = ticket().text();
        for (subject, body) in [
            (format!("unsubscribe {text}"), None),
            (format!("Re: unsubscribe <{text}>."), None),
            (
                "please".to_owned(),
                Some(format!("https://api.test/unsubscribe/{text}\nthanks")),
            ),
        ] {
            let mail = Mail {
                subject: Some(subject.clone()),
                text: body,
                ..Mail::default()
            };
            assert_eq!(ticket_in(&mail), Some(ticket()), "{subject}");
        }
        assert_eq!(ticket_in(&Mail::default()), None);
    }
}
