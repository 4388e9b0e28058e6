//! "Stop": an organizer does not want sent what waits.
//!
//! Here a wrong yes is better than none: what is stopped can be sent again, what has gone cannot be taken back. So the
//! word counts wherever it stands in a short sentence that neither asks nor denies it.

use super::{
    MAX_BYTES, MAX_WRITTEN_BYTES, SENTENCES, WORDS, up_to,
    words::{Sentence, sentences},
    written::written,
};
use crate::mail::Mail;

/// The word in the languages answers are read in, folded.
const STOP: [&str; 29] = [
    // English
    "stop",
    "halt",
    "abort",
    // German
    "stopp",
    "stoppe",
    "stoppen",
    "stoppt",
    "anhalten",
    "aufhalten",
    "abbrechen",
    "abbruch",
    // French
    "arretez",
    "arrete",
    "arreter",
    "arret",
    "stoppez",
    "stopper",
    "annulez",
    // Spanish
    "alto",
    "pare",
    "paren",
    "para",
    "parar",
    "parad",
    "detener",
    "detenga",
    "detengan",
    "deten",
    "detente",
];

/// Words that are only the word when nothing else stands beside them: "para" is also "for".
const ALONE: [&str; 4] = ["para", "pare", "paren", "alto"];

/// What turns it round, folded.
const NOT: [&str; 14] = [
    "not",
    "don't",
    "dont",
    "doesn't",
    "never",
    "nicht",
    "kein",
    "keinesfalls",
    "nie",
    "pas",
    "ne",
    "n'arretez",
    "no",
    "nunca",
];

/// Whether a mail's own words are to stop it; where there are none, its subject's.
#[must_use]
pub fn says_stop(mail: &Mail) -> bool {
    let text = written(up_to(mail.text.as_deref().unwrap_or_default(), MAX_BYTES));
    if text.trim().is_empty() {
        let subject = mail.subject.as_deref().unwrap_or_default();
        // "Re: …" repeats our own subject, and is not his word.
        return !subject.contains(':') && is_stop(subject);
    }
    is_stop(&text)
}

fn is_stop(text: &str) -> bool {
    sentences(up_to(text, MAX_WRITTEN_BYTES))
        .iter()
        .take(SENTENCES)
        .any(says_it)
}

fn says_it(sentence: &Sentence) -> bool {
    let words: Vec<&str> = sentence
        .text
        .split(' ')
        .filter(|word| word.contains(char::is_alphanumeric))
        .collect();
    let is_said = words
        .iter()
        .any(|word| STOP.contains(word) && (words.len() == 1 || !ALONE.contains(word)));
    is_said
        && !sentence.is_question
        && words.len() <= WORDS
        && !words.iter().any(|word| NOT.contains(word))
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

    const OURS: &str = "Re: 600 people will be told: Kick-off";

    #[test]
    fn stop_is_read_in_four_languages_however_it_is_written() {
        for text in [
            "STOP",
            "stop",
            "Stop!",
            "stop.\r\n\r\nBest,\r\nAlice",
            "Please stop it, thanks",
            "STOP STOP STOP",
            "Oh no!\r\nStop!",
            "**STOP**",
            "Halt",
            "Stopp!",
            "Bitte stoppen.",
            "Bitte anhalten!",
            "Arrêtez !",
            "Arrêtez l'envoi s'il vous plaît",
            "Alto",
            "¡Alto!",
            "¡Detener!",
            "stop\r\n\r\nOn Mon, Acme Events wrote:\r\n> Answer STOP until 10:10 to stop it.",
            "Stop\r\n\r\nSent from my iPhone",
        ] {
            assert!(says_stop(&mail(OURS, text)), "{text}");
        }
        assert!(says_stop(&mail("STOP", "")));
        assert!(says_stop(&mail("Stop!", "\r\n> quoted")));
    }

    #[test]
    fn what_is_no_stop_is_asked_about() {
        for text in [
            "",
            "ok",
            "Go ahead",
            "Please don't stop",
            "Nicht stoppen!",
            "N'arretez pas",
            "No parar",
            "Should I answer stop?",
            "para todos",
            "Who are these people, and does everybody on the bus stop list get a mail from me now",
            "> STOP",
            "On Mon, Acme Events wrote:\r\n> Answer STOP until 10:10 to stop it.",
        ] {
            assert!(!says_stop(&mail(OURS, text)), "{text}");
        }
        assert!(!says_stop(&mail("Re: stop", "")));
    }
}
