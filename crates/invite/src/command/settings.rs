//! What an organizer says of his event that no calendar has a word for.

use crate::event::{SeatsAsked, Uninvited};

/// What an organizer sets that no calendar has a word for: by the mailbox (`create+closed+seats-50@`), or by a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EventSettings {
    /// Who else may answer.
    pub uninvited: Option<Uninvited>,
    /// How many can come.
    pub seats: Option<SeatsAsked>,
}

impl EventSettings {
    /// Reads words between `+`: `closed`, `seats-50`, `seats-unlimited`; `None` if one is none of them, or one of a kind comes twice.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        let mut settings = Self::default();
        for word in words.split('+') {
            let seats = word.strip_prefix("seats-").and_then(SeatsAsked::parse);
            match (seats, Uninvited::parse(word)) {
                (Some(seats), _) if settings.seats.is_none() => settings.seats = Some(seats),
                (None, Some(who)) if settings.uninvited.is_none() => settings.uninvited = Some(who),
                _ => return None,
            }
        }
        Some(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_said_once_in_any_order() {
        let settings = |uninvited, seats| Some(EventSettings { uninvited, seats });
        let closed = Some(Uninvited::Closed);
        let fifty = Some(SeatsAsked::Limited(50));
        for (words, expected) in [
            ("closed", settings(closed, None)),
            ("seats-50", settings(None, fifty)),
            ("seats-50+closed", settings(closed, fifty)),
            ("closed+seats-50", settings(closed, fifty)),
            (
                "seats-unlimited",
                settings(None, Some(SeatsAsked::Unlimited)),
            ),
            ("closed+open", None),
            ("seats-50+seats-50", None),
            ("seats-0", None),
            ("seats-", None),
            ("closed+", None),
            ("", None),
            ("k7f3abcdefghijkl", None),
        ] {
            assert_eq!(EventSettings::parse(words), expected, "{words}");
        }
    }
}
