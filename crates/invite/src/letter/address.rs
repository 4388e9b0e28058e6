//! The signed address an attendee answers to: `<organizer-slug>+<token>@<mail domain>`.

use crate::{
    address::{Address, Mailbox},
    event::Event,
    id::{ApprovalToken, OfPair, ReplyToken, StopToken},
    letter::{LetterError, Sender, view::display_name},
};

/// Longest slug, in bytes: with `+` and the token's 16 characters it stays far below the 64 octets a local part may
/// have (RFC 5321 section 4.5.3.1.1), and readable in a narrow column.
const MAX_SLUG_BYTES: usize = 32;

/// The address that is From, Reply-To and ORGANIZER in everything this attendee gets from this organizer.
///
/// # Errors
/// [`LetterError::MailDomain`] when the tenant's mail domain cannot stand in an address.
pub fn reply_address(
    organizer: &Mailbox,
    attendee: &Address,
    sender: &Sender,
) -> Result<Address, LetterError> {
    let token = ReplyToken::derive(&sender.key, &organizer.address, attendee);
    Ok(unsigned(organizer, sender)?.signed(&token))
}

/// The same without the token.
fn unsigned(organizer: &Mailbox, sender: &Sender) -> Result<Address, LetterError> {
    let address = format!("{}@{}", slug(organizer), sender.mail_domain);
    Address::parse(&address)
        .filter(|address| address.as_str().is_ascii())
        .ok_or_else(|| LetterError::MailDomain(sender.mail_domain.clone()))
}

/// The address an organizer is asked from whether `guest` may come: `rsvp+<uid>-<token>@<mail domain>`, 62 octets
/// before the `@` of the 64 there may be (RFC 5321 section 4.5.3.1.1).
///
/// # Errors
/// [`LetterError::MailDomain`] when the tenant's mail domain cannot stand in an address.
pub fn approval_address(
    event: &Event,
    guest: &Address,
    sender: &Sender,
) -> Result<Address, LetterError> {
    let token = ApprovalToken::derive(&sender.key, &event.uid, guest);
    of_event("rsvp", event, token.as_str(), sender)
}

/// The address an organizer stops a job of this event from: `stop+<uid>-<token>@<mail domain>`, as long as the one above.
///
/// # Errors
/// [`LetterError::MailDomain`] when the tenant's mail domain cannot stand in an address.
pub fn stop_address(event: &Event, job: &str, sender: &Sender) -> Result<Address, LetterError> {
    let token = StopToken::derive(&sender.key, &event.uid, job);
    of_event("stop", event, token.as_str(), sender)
}

fn of_event(
    mailbox: &str,
    event: &Event,
    token: &str,
    sender: &Sender,
) -> Result<Address, LetterError> {
    let text = format!("{mailbox}+{}-{token}@{}", event.uid, sender.mail_domain);
    Address::parse(&text)
        .filter(|address| address.as_str().is_ascii())
        .ok_or_else(|| LetterError::MailDomain(sender.mail_domain.clone()))
}

/// An organizer as attendees see him: From, Reply-To and ORGANIZER, less the token of each.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    organizer: &'a Address,
    unsigned: Address,
    name: String,
}

impl<'a> Seen<'a> {
    pub(super) fn of(event: &'a Event, sender: &Sender) -> Result<Self, LetterError> {
        Ok(Self {
            organizer: &event.organizer.address,
            unsigned: unsigned(&event.organizer, sender)?,
            name: display_name(&event.organizer),
        })
    }

    /// As this attendee sees him, with the token in it, and what else comes of the two of them.
    pub(super) fn by(&self, attendee: &Address, sender: &Sender) -> (Mailbox, OfPair) {
        let pair = OfPair::derive(&sender.key, self.organizer, attendee);
        let organizer = Mailbox {
            address: self.unsigned.signed(&pair.token),
            name: Some(self.name.clone()),
        };
        (organizer, pair)
    }
}

/// ASCII letters, digits and dashes of the organizer's name, else of the local part, else `organizer`.
///
/// It is there for people to read; who the organizer is, the token says.
fn slug(organizer: &Mailbox) -> String {
    let from_name = organizer.name.as_deref().map(slug_of).unwrap_or_default();
    let candidates = [from_name, slug_of(organizer.address.local())];
    candidates
        .into_iter()
        .find(|slug| !slug.is_empty())
        .unwrap_or_else(|| "organizer".to_owned())
}

fn slug_of(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().flat_map(without_accent) {
        if slug.len() >= MAX_SLUG_BYTES {
            break;
        }
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The letters of western European names people write without their accents; all else becomes a dash.
fn without_accent(character: char) -> impl Iterator<Item = char> {
    let plain = match character {
        'ä' | 'Ä' | 'æ' | 'Æ' => "ae",
        'à'..='å' | 'À'..='Å' => "a",
        'ç' | 'Ç' => "c",
        'è'..='ë' | 'È'..='Ë' => "e",
        'ì'..='ï' | 'Ì'..='Ï' => "i",
        'ñ' | 'Ñ' => "n",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ò'..='õ' | 'Ò'..='Õ' => "o",
        'ü' | 'Ü' => "ue",
        'ù'..='û' | 'Ù'..='Û' => "u",
        'ý' | 'ÿ' | 'Ý' => "y",
        'ß' => "ss",
        '\'' | '’' => "",
        _ => return Some(character).into_iter().chain("".chars()),
    };
    None.into_iter().chain(plain.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organizer(name: Option<&str>, address: &str) -> Mailbox {
        Mailbox {
            address: Address::parse(address).unwrap(),
            name: name.map(str::to_owned),
        }
    }

    #[test]
    fn the_slug_is_readable_ascii_of_the_name_or_the_local_part() {
        for (name, address, expected) in [
            (Some("Alice Ng"), "a@a.test", "alice-ng"),
            (
                Some("Jürgen  Groß-Öztürk"),
                "j@a.test",
                "juergen-gross-oeztuerk",
            ),
            (Some("O'Neill, Séan (PhD)"), "s@a.test", "oneill-sean-phd"),
            (Some("山田太郎"), "taro.yamada@a.test", "taro-yamada"),
            (Some("山田太郎"), "山田@a.test", "organizer"),
            (None, "alice_ng+list@a.test", "alice-ng-list"),
            (
                Some("\"; <x@y.test>\r\nBcc: z"),
                "a@a.test",
                "x-y-test-bcc-z",
            ),
        ] {
            assert_eq!(slug(&organizer(name, address)), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_makes_a_short_slug_without_a_dash_at_its_end() {
        let slug = slug(&organizer(Some(&"abcdefg ".repeat(20)), "a@a.test"));
        assert_eq!(slug, "abcdefg-abcdefg-abcdefg-abcdefg");
    }

    #[test]
    fn the_address_carries_the_token_of_this_pair() {
        let sender = Sender {
            brand: crate::letter::Brand {
                name: "Acme".to_owned(),
                color: crate::letter::Brand::COLOR.to_owned(),
                site: None,
                support: None,
                logo: None,
                address: None,
            },
            mail_domain: "acme.invites.example".to_owned(),
            key: crate::id::TenantKey::new([7; 32]).unwrap(),
            update_subject_prefix: Sender::UPDATE_SUBJECT_PREFIX.to_owned(),
            templates: crate::letter::Templates::of(crate::language::Language::English),
            pages: None,
        };
        let alice = organizer(Some("Alice Ng"), "alice@a.test");
        let bob = Address::parse("bob@b.test").unwrap();
        let address = reply_address(&alice, &bob, &sender).unwrap();
        let (slug, token) = address.local().split_once('+').unwrap();
        assert_eq!(slug, "alice-ng");
        assert!(
            ReplyToken::parse(token)
                .unwrap()
                .proves(&sender.key, &alice.address, &bob)
        );
    }
}
