//! What a person answered in plain words: "Yes, two of us", "leider nicht", "peut-être", "allí estaré".
//!
//! Only what was written counts: quoted mail and signatures are taken off first. A wrong answer is worse than none, so
//! an answer is [`Confidence::Certain`] only when the clause it stands in is understood whole and nothing in the text
//! puts it in doubt. Sarcasm is beyond this. Known phrases instead of a model: the same answer on every run, with its
//! reasons, and nothing leaves the process.

use crate::ical::Partstat;

use super::Mail;

mod erase;
mod language;
mod people;
mod phrases;
mod stop;
mod weigh;
mod words;
mod written;

pub use erase::says_erase;
pub use language::Language;
pub use stop::says_stop;

/// As much of a text is looked at, in bytes; answers stand at the top, or below what fits in here.
pub const MAX_BYTES: usize = 64 * 1024;

/// As much of what is left without quotes is searched for phrases, in bytes.
const MAX_WRITTEN_BYTES: usize = 8 * 1024;

/// Sentences that are looked at for one wish (to stop, to be erased): it stands at the top.
const SENTENCES: usize = 3;

/// What says such a wish in more words than these tells something else.
const WORDS: usize = 10;

/// How sure an answer is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// Nothing, or two things at once, were understood; there is no answer.
    Unclear,
    /// Probably meant so, but not to be acted on without asking.
    Likely,
    /// May be acted on.
    Certain,
}

impl Confidence {
    /// The least that may be acted on; below it the sender is asked.
    pub const THRESHOLD: Self = Self::Certain;

    /// `unclear`, `likely` or `certain`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unclear => "unclear",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Something in a text that bore on the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// `yes`, `no`, `maybe`, `wish`, `people`, `automatic`, `other`, `condition`, `hedge`, `regret`, `contrast`,
    /// `negation` or `question`.
    pub what: &'static str,
    /// The words, lower case and without accents; empty for a question and for what the mail's headers say.
    pub phrase: String,
}

/// What a person answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlainAnswer {
    /// Accepted, declined or tentative; `None` exactly when `confidence` is unclear.
    pub partstat: Option<Partstat>,
    /// How many come, the writer included, if the text says it; never with a refusal.
    pub people: Option<u32>,
    /// What the person wrote, without quotes and signatures; may be empty.
    pub comment: String,
    /// How sure `partstat` is.
    pub confidence: Confidence,
    /// The language most of it was understood in.
    pub language: Option<Language>,
    /// What was found, in order.
    pub reasons: Vec<Reason>,
}

impl PlainAnswer {
    /// The answer, if it may be acted on without asking.
    #[must_use]
    pub fn certain(&self) -> Option<Partstat> {
        self.partstat
            .filter(|_| self.confidence >= Confidence::THRESHOLD)
    }
}

/// Reads the answer in a mail's text. What a machine sent (RFC 3834) is no answer.
#[must_use]
pub fn read(mail: &Mail) -> PlainAnswer {
    let mut answer = read_text(mail.text.as_deref().unwrap_or_default());
    let is_automatic = mail
        .auto_submitted
        .as_deref()
        .is_some_and(|word| word != "no")
        || mail
            .precedence
            .as_deref()
            .is_some_and(|word| matches!(word, "bulk" | "junk" | "list" | "auto_reply"))
        || weigh::is_automatic(&words::sentences(up_to(
            mail.subject.as_deref().unwrap_or_default(),
            MAX_WRITTEN_BYTES,
        )));
    if is_automatic {
        answer.partstat = None;
        answer.people = None;
        answer.confidence = Confidence::Unclear;
        answer.reasons.insert(
            0,
            Reason {
                what: "automatic",
                phrase: String::new(),
            },
        );
    }
    answer
}

/// Reads the answer in a text, as [`read`] does without its headers.
#[must_use]
pub fn read_text(text: &str) -> PlainAnswer {
    let comment = written::written(up_to(text, MAX_BYTES));
    let weighed = weigh::weigh(&words::sentences(up_to(&comment, MAX_WRITTEN_BYTES)));
    PlainAnswer {
        partstat: weighed.partstat,
        people: weighed.people,
        comment,
        confidence: weighed.confidence,
        language: weighed.language,
        reasons: weighed.reasons,
    }
}

/// The beginning of a text, whole characters.
fn up_to(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
