//! "Erase me": somebody does not want anything kept of him.
//!
//! What is erased does not come back, so here no is the better mistake: who meant it and is not understood has been left in
//! peace all the same, and is told how to say it. A clause counts that is short, neither asks nor denies, says to erase, and
//! whom: himself or what is his, not his place on a list.

use super::{
    MAX_BYTES, MAX_WRITTEN_BYTES, SENTENCES, WORDS, up_to,
    words::{Sentence, sentences},
    written::written,
};
use crate::mail::Mail;

/// To erase, in English and German, folded.
const ERASE: [&str; 6] = [
    "erase", "delete", "loesche", "loeschen", "loescht", "loesch",
];
/// The same where it is about data; about a person these mean something else ("remove me from the list").
const REMOVE: [&str; 6] = [
    "remove",
    "wipe",
    "entferne",
    "entfernen",
    "entfernt",
    "entfern",
];
/// The same where nearly nothing else is said: people ask to be forgotten for a day, too.
const FORGET: [&str; 4] = ["forget", "vergiss", "vergesst", "vergessen"];
/// Words of a clause that may stand around to forget and whom.
const FORGET_WORDS: usize = 4;

const ME: [&str; 3] = ["me", "myself", "mich"];
const MY: [&str; 4] = ["my", "meine", "meiner", "meinen"];
const DATA: [&str; 11] = [
    "data",
    "information",
    "details",
    "account",
    "record",
    "records",
    "answers",
    "daten",
    "angaben",
    "informationen",
    "antworten",
];
const ALL: [&str; 3] = ["everything", "all", "alles"];
const OF_ME: [&str; 3] = ["me", "mir", "mich"];

/// What turns it round, or asks, where it stands before the word; folded.
const NOT: [&str; 22] = [
    "not",
    "don't",
    "dont",
    "doesn't",
    "didn't",
    "did",
    "do",
    "can",
    "can't",
    "cannot",
    "couldn't",
    "won't",
    "if",
    "never",
    "nicht",
    "nie",
    "niemals",
    "kein",
    "keine",
    "keinesfalls",
    "wenn",
    "falls",
];

/// What means a place on a list, or at one event, and not what is kept of a person.
const ELSE: [&str; 16] = [
    "list",
    "lists",
    "mailing",
    "newsletter",
    "event",
    "meeting",
    "invitation",
    "reminder",
    "liste",
    "verteiler",
    "mailingliste",
    "termin",
    "treffen",
    "einladung",
    "erinnerung",
    "tomorrow",
];

/// Whether a mail's subject, or its first own words, ask to erase its sender.
#[must_use]
pub fn says_erase(mail: &Mail) -> bool {
    let subject = mail.subject.as_deref().unwrap_or_default();
    // "Re: …" repeats somebody's subject, and is not his word.
    if !subject.contains(':') && is_erase(subject) {
        return true;
    }
    let text = up_to(mail.text.as_deref().unwrap_or_default(), MAX_BYTES);
    is_erase(&written(text))
}

fn is_erase(text: &str) -> bool {
    sentences(up_to(text, MAX_WRITTEN_BYTES))
        .iter()
        .take(SENTENCES)
        .filter(|sentence| !sentence.is_question)
        .any(says_it)
}

fn says_it(sentence: &Sentence) -> bool {
    sentence
        .text
        .split(' ')
        .collect::<Vec<_>>()
        .split(|word| matches!(*word, "," | "&" | "and" | "und"))
        .any(|clause| {
            let words: Vec<&str> = clause
                .iter()
                .copied()
                .filter(|word| word.contains(char::is_alphanumeric))
                .collect();
            is_said_in(&words)
        })
}

fn is_said_in(words: &[&str]) -> bool {
    let has = |some: &[&str]| words.iter().any(|word| some.contains(word));
    let is_me = has(&ME) || has(&ALL) && has(&OF_ME);
    let is_mine = words
        .iter()
        .position(|word| MY.contains(word))
        .and_then(|my| words.get(my + 1..))
        .is_some_and(|rest| rest.iter().take(2).any(|word| DATA.contains(word)));
    let verb = words.iter().position(|word| {
        ERASE.contains(word) && (is_me || is_mine)
            || REMOVE.contains(word) && is_mine
            || FORGET.contains(word) && (is_me || is_mine) && words.len() <= FORGET_WORDS
    });
    let Some((before, _)) = verb.and_then(|verb| words.split_at_checked(verb)) else {
        return false;
    };
    words.len() <= WORDS && !before.iter().any(|word| NOT.contains(word)) && !has(&ELSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str, text: &str) -> Mail {
        Mail {
            subject: Some(subject.to_owned()),
            text: Some(text.to_owned()),
            ..Mail::default()
        }
    }

    #[test]
    fn who_wants_to_be_erased_is_understood_in_two_languages() {
        for text in [
            "Erase me",
            "ERASE ME!",
            "erase me.\r\n\r\nBest,\r\nBob",
            "Please erase me and never invite me again.",
            "Never invite me again, and delete all my data",
            "Hello,\r\nplease delete my personal data. Thanks",
            "Delete everything you know about me",
            "Remove my data",
            "Please forget me",
            "I want you to delete my account",
            "Lösche mich",
            "Bitte löschen Sie mich!",
            "Guten Tag,\r\nbitte löschen Sie meine Daten.",
            "Meine Daten löschen",
            "Bitte alles über mich löschen",
            "Entfernen Sie meine persönlichen Daten",
            "Vergessen Sie mich",
            "erase me\r\n\r\nOn Mon, Acme Events wrote:\r\n> Will you come?",
        ] {
            assert!(says_erase(&mail("unsubscribe", text)), "{text}");
            let subject = text.lines().next().unwrap_or_default();
            let is_whole = text.lines().count() == 1;
            assert!(!is_whole || says_erase(&mail(subject, "")), "{subject}");
        }
    }

    #[test]
    fn what_may_mean_something_else_erases_nobody() {
        for text in [
            "",
            "unsubscribe",
            "STOP",
            "No more, please",
            "Remove me",
            "Please remove me from your list",
            "Delete me from this mailing list",
            "Erase me from the list of this event",
            "Please don't erase me",
            "Do not delete my data",
            "Will you erase me?",
            "If you delete me",
            "Bitte löschen Sie mich nicht aus dem Verteiler",
            "Bitte nicht meine Daten löschen",
            "Löschen Sie diesen Termin",
            "Delete this",
            "Please forget me for tomorrow evening, I am ill",
            "I read somewhere that one may ask you to delete my data and so on, what is that about",
            "> erase me",
            "On Mon, Acme Events wrote:\r\n> erase me",
        ] {
            assert!(!says_erase(&mail("unsubscribe", text)), "{text}");
        }
        assert!(!says_erase(&mail("Re: erase me", "")));
        assert!(!says_erase(&mail("Fwd: delete my data", "see below")));
    }
}
