//! Whom a link invites, as it or its form says.

use super::{Said, Wrong};
use crate::{
    address::{Address, Mailbox},
    decide::{ListContext, RowRefusal},
};

/// Longest name, in characters.
const MAX_NAME: usize = 80;

/// Whom to invite; `None`: nothing is said of that. What a list would refuse is refused here, for the same reasons; but who
/// organizes the event nobody finds out by asking.
///
/// # Errors
/// [`Wrong::Email`], [`Wrong::Name`].
pub fn person(said: &Said, of_event: &ListContext) -> Result<Option<Mailbox>, Wrong> {
    let name = name(&said.name).ok_or(Wrong::Name)?;
    if said.email.trim().is_empty() {
        return Ok(None);
    }
    let address = Address::alone(&said.email).ok_or(Wrong::Email)?;
    match of_event.refuses(&address) {
        None | Some(RowRefusal::Organizer) => Ok(Some(Mailbox { address, name })),
        Some(_) => Err(Wrong::Email),
    }
}

/// `None`: it is no name. A stranger writes it and somebody else gets it in a mail of ours, so it may hold nothing that a mail
/// program makes a link of.
fn name(said: &str) -> Option<Option<String>> {
    let name = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_name = name.chars().count() <= MAX_NAME
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '/' | '\\' | '@' | '<' | '>' | ':'))
        && !name.split(' ').any(looks_like_a_host);
    is_name.then(|| Some(name).filter(|name| !name.is_empty()))
}

/// `evil.example`, and not `J.R.` or `Dr.`: two letters or more stand on either side of a dot.
fn looks_like_a_host(word: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    word.char_indices().any(|(at, c)| {
        let (before, behind) = word.split_at_checked(at).unwrap_or_default();
        matches!(c, '.' | '。' | '．' | '｡') && letters(before) >= 2 && letters(behind) >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn read(email: &str, name: &str) -> Result<Option<(String, Option<String>)>, Wrong> {
        let said = Said {
            email: email.to_owned(),
            name: name.to_owned(),
            ..Said::default()
        };
        let of_event = ListContext {
            organizer: Address::parse("alice@a.test").unwrap(),
            mail_domain: "acme.invites.example".to_owned(),
            language: Language::English,
        };
        let read = person(&said, &of_event)?;
        Ok(read.map(|mailbox| (mailbox.address.as_str().to_owned(), mailbox.name)))
    }

    #[test]
    fn a_link_says_who_or_leaves_it_to_the_form() {
        let bob =
            |name: Option<&str>| Ok(Some(("bob@b.test".to_owned(), name.map(ToOwned::to_owned))));
        assert_eq!(read(" Bob@B.test ", ""), bob(None));
        assert_eq!(
            read("bob@b.test", "  Bob \t Jones "),
            bob(Some("Bob Jones"))
        );
        assert_eq!(read("", ""), Ok(None));
        assert_eq!(read(" ", "Bob"), Ok(None));
        // Nobody is told that he organizes it.
        assert!(read("alice@a.test", "").is_ok());
    }

    #[test]
    fn where_no_invitation_goes_is_no_address() {
        for wrong in [
            "bob",
            "bob@b.test, carol@c.test",
            "mailto:bob@b.test",
            "*|EMAIL|*",
            "{{ contact.email }}",
            "create@acme.invites.example",
            "alice-ng+x@acme.invites.example",
            "abuse@b.test",
            "bob@b.test\r\nBcc: carol@c.test",
        ] {
            assert_eq!(read(wrong, ""), Err(Wrong::Email), "{wrong}");
        }
    }

    #[test]
    fn a_name_carries_no_link_and_no_address() {
        for name in [
            "Dr. Bob",
            "J.R.R. Tolkien",
            "María-José O’Neill",
            "王小明",
            "Bob Jr.",
        ] {
            assert!(read("bob@b.test", name).is_ok(), "{name}");
        }
        for wrong in [
            "Win at https://evil.example",
            "evil.example",
            "see evil。example",
            "www.evil.example now",
            "carol@c.test",
            "<b>Bob</b>",
            "tel:123",
            "Bob\u{0}",
            &"B".repeat(81),
        ] {
            assert_eq!(read("bob@b.test", wrong), Err(Wrong::Name), "{wrong}");
        }
    }
}
