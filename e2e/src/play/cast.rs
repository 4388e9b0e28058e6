//! The people of one play, under addresses nobody had before, and what they know.

use std::collections::BTreeMap;

use conversation::Bindings;

use crate::letter::Letter;

/// A uid nobody has: of an event that was never recorded.
const NO_UID: &str = "0000000000000000000000000000000000000000";

/// The people and what they know. Keys are addresses as they are used on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    mail_domain: String,
    tag: String,
    /// Our uid by (organizer, client's UID).
    pub(crate) uids: BTreeMap<(String, String), String>,
    /// Everything in people's mailboxes, the oldest first.
    pub(crate) letters: BTreeMap<String, Vec<Letter>>,
}

impl Cast {
    pub(crate) fn new(mail_domain: &str, tag: &str) -> Self {
        Self {
            mail_domain: mail_domain.to_owned(),
            tag: tag.to_owned(),
            uids: BTreeMap::new(),
            letters: BTreeMap::new(),
        }
    }

    /// The uid of the event which this organizer (by the file's name) calls so.
    pub(crate) fn uid_of(&self, organizer: &str, event: &str) -> Option<&str> {
        self.uids
            .get(&(self.address(organizer), self.client_uid(event)))
            .map(String::as_str)
    }

    /// The address by which this attendee answers this organizer, from the last letter that has it.
    pub(crate) fn signed(&self, organizer: &str, attendee: &str) -> Option<&str> {
        let is_his = |uid: &str| {
            self.uids
                .iter()
                .any(|((of, _), known)| of == organizer && known == uid)
        };
        self.letters
            .get(attendee)?
            .iter()
            .rev()
            .filter_map(|letter| letter.calendar.as_ref())
            .find(|invitation| is_his(&invitation.uid))
            .map(|invitation| invitation.organizer.as_str())
    }
}

impl Bindings for Cast {
    fn mail_domain(&self) -> String {
        self.mail_domain.clone()
    }

    /// `alice@a.test` becomes `alice@a-<tag>.test`; our own addresses stay.
    fn address(&self, person: &str) -> String {
        let Some((local, domain)) = person.rsplit_once('@') else {
            return person.to_owned();
        };
        let tagged = format!("-{}.", self.tag);
        if domain == self.mail_domain || domain.contains(&tagged) {
            return person.to_owned();
        }
        let domain = domain.replacen('.', &tagged, 1);
        format!("{local}@{domain}")
    }

    fn client_uid(&self, event: &str) -> String {
        format!("{event}-{}", self.tag)
    }

    fn our_uid(&self, organizer: &str, client_uid: &str) -> String {
        self.uids
            .get(&(self.address(organizer), client_uid.to_owned()))
            .cloned()
            .unwrap_or_else(|| NO_UID.to_owned())
    }

    fn signed_address(&self, organizer: &str, attendee: &str) -> String {
        self.signed(&self.address(organizer), &self.address(attendee))
            .map_or_else(
                || format!("nobody+aaaabbbbccccdddd@{}", self.mail_domain),
                str::to_owned,
            )
    }

    fn last_letter_to(&self, person: &str) -> Option<Vec<u8>> {
        let letters = self.letters.get(&self.address(person))?;
        letters.last().map(|letter| letter.raw.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_get_addresses_of_their_own_and_ours_stay() {
        let cast = Cast::new("acme.invites.example", "k7");
        assert_eq!(cast.address("alice@a.test"), "alice@a-k7.test");
        assert_eq!(cast.address("alice@a-k7.test"), "alice@a-k7.test");
        assert_eq!(
            cast.address("notification@acme.invites.example"),
            "notification@acme.invites.example"
        );
    }
}
