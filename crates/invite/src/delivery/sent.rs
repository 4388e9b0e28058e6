//! What was sent to an attendee, letter by letter, as his record says it.

use jiff::Timestamp;

use super::{Delivery, Posted, Reminded, Unwanted};

/// A letter SES has taken; of those on a list, that was handed to the shard that sends it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentLetter {
    /// Which, e.g. `invite`.
    pub letter: &'static str,
    /// The revision of the event he knows by it.
    pub revision: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// The list's job it went out with.
    pub job: Option<String>,
}

/// All that is known of the letters to an attendee.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SentLetters {
    /// Those that were sent, the newest last, at most [`SentLetters::MAX`].
    pub letters: Vec<SentLetter>,
    /// Why the last one that was due was not sent, and since when; without a time where it was stored before that was kept.
    pub withheld: Option<(Unwanted, Option<Timestamp>)>,
    /// What SES, or our own rules of what a mail can be, refused a letter for, and when.
    pub rejected: Option<(String, Option<Timestamp>)>,
    /// What SES has told since.
    pub delivery: Delivery,
}

impl SentLetters {
    /// How many letters are kept, the newest.
    pub const MAX: usize = 8;

    /// Where the mail to him stands.
    #[must_use]
    pub fn posted(&self) -> Posted {
        Posted {
            // Not every letter tells of the event: a reminder tells nothing new.
            sent_revision: self.letters.iter().rev().find_map(|letter| letter.revision),
            is_rejected: self.rejected.is_some(),
            withheld: self.withheld.map(|(why, _)| why),
            delivery: self.delivery.clone(),
            // Where the mail stands does not depend on it.
            reminded: Reminded::default(),
        }
    }
}
