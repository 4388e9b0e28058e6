//! E-mail addresses: compared case-insensitively, masked in logs.

use std::fmt;

use crate::id::ReplyToken;

/// An e-mail address, trimmed and lower-cased; `Debug` masks it, so it cannot leak into logs.
///
/// The local part is lower-cased too: no mailbox provider in use tells them apart, and two attendees who
/// differ by case are one person (RFC 5321 section 2.4 allows otherwise; experience does not).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

impl Address {
    /// Longest address accepted, in octets (RFC 5321 section 4.5.3.1.3: 256 with the angle brackets).
    pub const MAX_BYTES: usize = 254;

    /// Reads `user@domain`, with or without `mailto:`; `None` if it cannot be an address mail is sent to.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = match text.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..)?.trim(),
            _ => text,
        };
        let (local, domain) = text.rsplit_once('@')?;
        let local_is_fine = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(|c| {
                !c.is_whitespace()
                    && !c.is_control()
                    && !matches!(
                        c,
                        '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '[' | ']' | '@'
                    )
            });
        let domain_is_fine = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        (text.len() <= Self::MAX_BYTES && local_is_fine && domain_is_fine)
            .then(|| Self(text.to_lowercase()))
    }

    /// Reads `user@domain` and nothing beside it: `mailto:` in front of it is a mistake worth telling, not one to guess at.
    #[must_use]
    pub fn alone(text: &str) -> Option<Self> {
        Self::parse(text).filter(|address| address.as_str().eq_ignore_ascii_case(text.trim()))
    }

    /// The whole address, lower case. Not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with this token as its detail (RFC 5233): `user+token@domain`. Of a user of at most 47 octets it
    /// stays within the 64 there may be (RFC 5321 section 4.5.3.1.1).
    #[must_use]
    pub(crate) fn signed(&self, token: &ReplyToken) -> Self {
        Self([self.local(), "+", token.as_str(), "@", self.domain()].concat())
    }

    /// `johndoe@example.com` as others may see it: `j*******@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}@{}", masked(self.local()), self.domain())
    }

    /// What stands before the last `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the last `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address with its domain in the letters people read, where mail was sent to its ASCII form (RFC 5890).
    #[must_use]
    pub fn with_readable_domain(&self) -> Self {
        let (domain, read) = idna::domain_to_unicode(self.domain());
        read.ok()
            .and_then(|()| Self::parse(&format!("{}@{domain}", self.local())))
            .unwrap_or_else(|| self.clone())
    }
}

/// What stands for all letters of a name but its first, however many there are.
const MASK: &str = "*******";

/// `John Doe` as others may see it: `J*******`.
#[must_use]
pub fn masked(name: &str) -> String {
    name.trim()
        .chars()
        .next()
        .map_or_else(String::new, |first| format!("{first}{MASK}"))
}

/// How much of people is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// Of addresses and names the first letter, and the domain; of what they say and what is said of them nothing.
    Masked,
    /// All.
    Whole,
}

impl Shown {
    /// An address.
    #[must_use]
    pub fn address(self, address: &Address) -> String {
        match self {
            Self::Masked => address.masked(),
            Self::Whole => address.as_str().to_owned(),
        }
    }

    /// A name.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        match self {
            Self::Masked => masked(name),
            Self::Whole => name.to_owned(),
        }
    }

    /// Words in which people may be named.
    #[must_use]
    pub fn words(self, words: Option<&str>) -> Option<String> {
        match self {
            Self::Masked => None,
            Self::Whole => words.map(str::to_owned),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.0.chars().next().unwrap_or('?');
        write!(f, "Address({first}…)")
    }
}

/// An address with the name people gave it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Mailbox {
    /// Where mail goes.
    pub address: Address,
    /// The display name, as decoded; never empty.
    pub name: Option<String>,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({:?})", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_masked_person_the_first_letter_and_the_domain_are_left() {
        for (address, expected) in [
            ("johndoe@example.com", "j*******@example.com"),
            ("J@example.com", "j*******@example.com"),
            ("a-very-long-name@example.com", "a*******@example.com"),
        ] {
            assert_eq!(Address::parse(address).unwrap().masked(), expected);
        }
        assert_eq!(masked("John Doe"), "J*******");
        assert_eq!(masked(" Élodie"), "É*******");
        assert_eq!(masked("  "), "");
    }

    #[test]
    fn reads_what_calendar_clients_write() {
        for (text, address) in [
            ("bob@b.test", "bob@b.test"),
            ("mailto:Bob@B.test", "bob@b.test"),
            ("MAILTO: bob@b.test ", "bob@b.test"),
            (
                "alice-ng+k7f3aaaabbbbcccc@acme.invites.example",
                "alice-ng+k7f3aaaabbbbcccc@acme.invites.example",
            ),
        ] {
            assert_eq!(Address::parse(text).unwrap().as_str(), address, "{text}");
        }
    }

    #[test]
    fn a_domain_is_read_back_from_the_letters_of_dns() {
        for (sent, invited) in [
            ("bob@xn--bcher-kva.test", "bob@bücher.test"),
            ("bob@b.test", "bob@b.test"),
            ("bob@xn--99999999999.test", "bob@xn--99999999999.test"),
        ] {
            let read = Address::parse(sent).unwrap().with_readable_domain();
            assert_eq!(read.as_str(), invited);
        }
    }

    #[test]
    fn refuses_what_could_break_a_header() {
        for text in [
            "",
            "bob",
            "@b.test",
            "bob@",
            "bob@b",
            "bob@b..test",
            "bob@b.test\r\nBcc: x@y.test",
            "b ob@b.test",
            "bob,carol@b.test",
            "<bob@b.test>",
        ] {
            assert_eq!(Address::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn debug_is_masked() {
        assert_eq!(
            format!("{:?}", Address::parse("bob@b.test").unwrap()),
            "Address(b…)"
        );
    }
}
