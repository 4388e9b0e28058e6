//! [`Mail`] → the bytes a person's program would send.

mod calendar;
mod letter;
mod mime;

use crate::{Calendar, Content, Destination, Mail, ReturnPath};

/// What only a runner knows. Addresses go in as the file writes them, and come out as they are used on the wire.
pub trait Bindings {
    /// Our mail domain, e.g. `acme.invites.example`.
    fn mail_domain(&self) -> String;
    /// The address used for one of the file's: the same, or one of its own for this run.
    fn address(&self, person: &str) -> String;
    /// The UID a person's client gives the event the file calls so.
    fn client_uid(&self, event: &str) -> String;
    /// Our uid of the event which this organizer's client calls so.
    fn our_uid(&self, organizer: &str, client_uid: &str) -> String;
    /// The address by which this attendee answers this organizer.
    fn signed_address(&self, organizer: &str, attendee: &str) -> String;
    /// The last letter we sent to this person.
    fn last_letter_to(&self, person: &str) -> Option<Vec<u8>>;
}

/// A mail on its way to us.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// The envelope's sender; `None`: `<>`.
    pub envelope_from: Option<String>,
    /// The envelope's recipient.
    pub envelope_to: String,
    /// The domain of From: what an honest host greets with.
    pub from_domain: String,
    /// Whether it comes from a host that may not send for From's domain.
    pub forged: bool,
    /// Headers and body, CRLF.
    pub bytes: Vec<u8>,
}

/// A mail that cannot be written at this point of the conversation.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unwritable {
    /// `our last mail to P`, and there was none.
    #[error("no letter was sent to {0} yet, so it cannot come back")]
    NoLetter(String),
    /// `token of P` for an event nobody organizes.
    #[error("nobody organizes `{0}`, so nobody has a signed address for it: say `of P`")]
    NoOrganizer(String),
    /// A zone this crate has no VTIMEZONE for.
    #[error("no VTIMEZONE for {0}: use Europe/Berlin or America/New_York")]
    NoTimeZone(String),
}

impl Mail {
    /// Writes it as its client would.
    ///
    /// # Errors
    /// [`Unwritable`] where the file asks for what is not there.
    pub fn write(&self, bindings: &dyn Bindings) -> Result<Message, Unwritable> {
        let from = bindings.address(&self.from);
        let to = self.envelope_to(bindings)?;
        let mut more = self.answered_letter(bindings)?;
        more.extend(
            self.headers
                .iter()
                .map(|line| with_addresses(line, bindings)),
        );
        let head = mime::Head {
            from: &from,
            from_name: &name_of(&self.from),
            to: &to,
            number: self.number,
            date: self.date,
            more: &more,
        };
        let bytes = match &self.content {
            Content::Calendar(calendar) => {
                let text = calendar::write(calendar, self, bindings)?;
                mime::calendar(&head, calendar, &text)
            }
            Content::Text(words) => mime::text(&head, words),
            Content::OurLastMailTo(person) => bindings
                .last_letter_to(person)
                .ok_or_else(|| Unwritable::NoLetter(person.clone()))?,
            Content::File { bytes, addresses } => {
                addresses.iter().fold(bytes.clone(), |bytes, person| {
                    replaced(&bytes, person, &bindings.address(person))
                })
            }
        };
        Ok(Message {
            envelope_from: match &self.return_path {
                ReturnPath::From => Some(from.clone()),
                ReturnPath::Null => None,
                ReturnPath::Other(person) => Some(bindings.address(person)),
            },
            envelope_to: to,
            from_domain: from
                .rsplit_once('@')
                .map_or(String::new(), |(_, domain)| domain.to_owned()),
            forged: self.forged,
            bytes,
        })
    }

    fn envelope_to(&self, bindings: &dyn Bindings) -> Result<String, Unwritable> {
        let domain = bindings.mail_domain();
        Ok(match &self.to {
            Destination::Mailbox(name) => format!("{name}@{domain}"),
            Destination::Address(address) => bindings.address(address),
            Destination::Reply => {
                let letter = self.letter(bindings)?;
                letter::address(&letter, "Reply-To")
                    .ok_or_else(|| Unwritable::NoLetter(self.from.clone()))?
            }
            Destination::WrongToken => format!("alice+aaaabbbbccccdddd@{domain}"),
            Destination::TokenOf(person) => {
                let calendar = self.calendar();
                let organizer = calendar.and_then(|calendar| {
                    let named = calendar.organizer.as_ref();
                    named.or(calendar.event.organizer.as_ref())
                });
                let organizer = organizer.ok_or_else(|| {
                    Unwritable::NoOrganizer(
                        calendar
                            .map_or("no event", |c| c.event.name.as_str())
                            .to_owned(),
                    )
                })?;
                bindings.signed_address(&bindings.address(organizer), &bindings.address(person))
            }
        })
    }

    /// Our last letter to who mails.
    fn letter(&self, bindings: &dyn Bindings) -> Result<Vec<u8>, Unwritable> {
        bindings
            .last_letter_to(&self.from)
            .ok_or_else(|| Unwritable::NoLetter(self.from.clone()))
    }

    /// In-Reply-To and References (RFC 5322 3.6.4) of an answer to it.
    fn answered_letter(&self, bindings: &dyn Bindings) -> Result<Vec<String>, Unwritable> {
        if self.to != Destination::Reply {
            return Ok(Vec::new());
        }
        let letter = self.letter(bindings)?;
        let id = letter::header(&letter, "Message-ID").unwrap_or_default();
        let before = letter::header(&letter, "References").unwrap_or_default();
        Ok(vec![
            format!("In-Reply-To: {id}"),
            format!("References: {before}\r\n {id}"),
        ])
    }

    fn calendar(&self) -> Option<&Calendar> {
        match &self.content {
            Content::Calendar(calendar) => Some(calendar),
            _ => None,
        }
    }
}

/// What a person is called: `alice@a.test` is Alice.
fn name_of(person: &str) -> String {
    let local = person.split('@').next().unwrap_or_default();
    let mut letters = local.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// `{alice@a.test}` → the address used for it.
fn with_addresses(line: &str, bindings: &dyn Bindings) -> String {
    let mut written = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        written.push_str(before);
        match after.split_once('}') {
            Some((person, after)) if person.contains('@') => {
                written.push_str(&bindings.address(person));
                rest = after;
            }
            _ => {
                written.push('{');
                rest = after;
            }
        }
    }
    written + rest
}

/// `old` → `new` wherever it stands, in any charset that contains ASCII.
fn replaced(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    let mut written = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest
            .strip_prefix(old.as_bytes())
            .filter(|_| !old.is_empty())
        {
            written.extend_from_slice(new.as_bytes());
            rest = after;
        } else {
            written.push(*first);
            rest = after;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_recorded_mail_are_replaced_wherever_they_stand() {
        let recorded = b"From: bob@b.test\r\n\xff mailto:bob@b.test";
        assert_eq!(
            replaced(recorded, "bob@b.test", "bob@b.run-1.test"),
            b"From: bob@b.run-1.test\r\n\xff mailto:bob@b.run-1.test"
        );
    }
}
