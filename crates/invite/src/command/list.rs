//! Mail for `bulk@`: a list of people to invite. The list itself is read by the function that decides about it; here it
//! only matters who sends it, and for which event.

use std::collections::BTreeSet;

use super::{List, RefusalReason, Sender, classify::Asking};
use crate::id::Uid;

impl Asking<'_> {
    pub(super) fn list(&self, sender: &Sender) -> Result<List, RefusalReason> {
        let subject = self.mail.subject.as_deref().unwrap_or_default();
        let text = self.mail.text.as_deref().unwrap_or_default();
        Ok(List {
            organizer: sender.mailbox.clone(),
            uid: named(subject, text)?,
            dry_run: self.mailboxes.dry_run || asks_for_a_dry_run(subject),
        })
    }
}

/// The event a mail names: in its subject, or else anywhere in its text, so that an answer to the letter that confirmed
/// the event names it by what it quotes.
fn named(subject: &str, text: &str) -> Result<Uid, RefusalReason> {
    let in_subject = uids(subject);
    let found = if in_subject.is_empty() {
        uids(text)
    } else {
        in_subject
    };
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(uid), None) => Ok(uid),
        (Some(_), Some(_)) => Err(RefusalReason::SeveralEventsNamed),
        (None, _) => Err(RefusalReason::NoEventNamed),
    }
}

/// Words that are a uid of ours; none of them is a word of any language.
fn uids(text: &str) -> BTreeSet<Uid> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() == 40 && word.bytes().any(|byte| byte.is_ascii_digit()))
        .filter_map(|word| Uid::parse(&word.to_ascii_lowercase()))
        .collect()
}

/// `dry run` in the subject, however it is written.
fn asks_for_a_dry_run(subject: &str) -> bool {
    let letters: String = subject
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == '-')
        .map(|c| {
            if c == '-' || c.is_whitespace() {
                ' '
            } else {
                c
            }
        })
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    words.contains(&"dryrun") || words.windows(2).any(|pair| pair == ["dry", "run"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const KICKOFF: &str = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c";
    const PARTY: &str = "00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa";

    #[test]
    fn the_event_is_named_in_the_subject_or_in_what_is_quoted() {
        let quoted =
            format!("Here they are.\r\n\r\n> POST https://api.example/event/{KICKOFF}/invites\r\n");
        let twice = format!("{quoted}> The event's name in the API: {KICKOFF}\r\n");
        let both = format!("{KICKOFF} {PARTY}");
        for (subject, text, expected) in [
            (KICKOFF, "", Ok(KICKOFF)),
            (
                &*format!("Kick-off [{}]", KICKOFF.to_uppercase()),
                "",
                Ok(KICKOFF),
            ),
            ("Re: Your event is ready", &*quoted, Ok(KICKOFF)),
            ("Re: Your event is ready", &*twice, Ok(KICKOFF)),
            // Who writes it into the subject means that one.
            (KICKOFF, PARTY, Ok(KICKOFF)),
            (
                "Kick-off",
                "please invite them",
                Err(RefusalReason::NoEventNamed),
            ),
            ("", &*both, Err(RefusalReason::SeveralEventsNamed)),
            (&*both, KICKOFF, Err(RefusalReason::SeveralEventsNamed)),
            (&*"x".repeat(40), "", Err(RefusalReason::NoEventNamed)),
            (
                &*format!("{KICKOFF}0"),
                "",
                Err(RefusalReason::NoEventNamed),
            ),
        ] {
            let found = named(subject, text);
            assert_eq!(
                found.as_ref().map(Uid::as_str),
                expected.as_ref().copied(),
                "{subject} {text}"
            );
        }
    }

    #[test]
    fn a_dry_run_is_asked_for_in_words() {
        for (subject, expected) in [
            ("dry run: Kick-off", true),
            ("Kick-off (Dry-Run)", true),
            ("[DRYRUN] guests", true),
            ("a run in dry weather", false),
            ("laundry running", false),
        ] {
            assert_eq!(asks_for_a_dry_run(subject), expected, "{subject}");
        }
    }
}
