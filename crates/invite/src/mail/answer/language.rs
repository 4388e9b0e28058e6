//! What people say in each language.
//!
//! Each entry is a regular expression over folded words (see `words`), written with its accents and folded with the
//! same function; `<name>` stands for one of the language's `parts`. A comma or full stop in the text is a word of its
//! own.

mod english;
mod french;
mod german;
mod spanish;

/// The language of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// `en`
    English,
    /// `de`
    German,
    /// `fr`
    French,
    /// `es`
    Spanish,
}

impl Language {
    /// All of them, in the order that decides between equals.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// Its code (ISO 639-1).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    pub(super) const fn phrases(self) -> &'static Phrases {
        match self {
            Self::English => &english::PHRASES,
            Self::German => &german::PHRASES,
            Self::French => &french::PHRASES,
            Self::Spanish => &spanish::PHRASES,
        }
    }
}

/// What a phrase says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Sign {
    /// An answer whatever stands around it: "I'll be there".
    Yes,
    /// "I can't make it".
    No,
    /// "not sure yet".
    Maybe,
    /// An answer when nothing else is said: "yes", "ok", 👍.
    YesWord,
    /// "no", "nope", 👎.
    NoWord,
    /// Would be glad, without saying whether: "I'd love to", "looking forward to it".
    Wish,
    /// How many people come.
    People,
    /// Automatic: "out of office".
    Away,
    /// Somebody else comes, or another time is asked for.
    Other,
    /// "if", "unless".
    Condition,
    /// "probably", "I hope".
    Hedge,
    /// "unfortunately".
    Regret,
    /// "but".
    Contrast,
    /// "not".
    Negation,
    /// Polite, and says nothing: greetings, thanks, "no problem".
    Neutral,
    /// Ends the text; names and titles follow: "best regards".
    Closing,
    /// May stand right before or after an answer without changing it: "of course", "on Friday".
    Frame,
}

impl Sign {
    /// Whether it may stand beside an answer in one clause and leave it an answer. What casts doubt is weighed on its
    /// own.
    pub(super) const fn is_frame(self) -> bool {
        matches!(
            self,
            Self::Frame
                | Self::Neutral
                | Self::Closing
                | Self::People
                | Self::Wish
                | Self::Hedge
                | Self::Regret
                | Self::Contrast
                | Self::Negation
        )
    }
}

/// How a phrase counts people; the number is its first group, or `one` where it has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Count {
    /// All of them together, with the writer: "two of us".
    Together,
    /// The same as an answer: "we'll be three".
    Coming,
    /// Those who come with the writer: "with my wife".
    Beside,
    /// As many and the writer: "+1".
    Plus,
}

/// A language's phrases.
pub(super) struct Phrases {
    /// What `<name>` stands for.
    pub(super) parts: &'static [(&'static str, &'static str)],
    /// By what they say.
    pub(super) signs: &'static [(Sign, &'static [&'static str])],
    /// By how they count.
    pub(super) people: &'static [(Count, &'static [&'static str])],
    /// Numbers in words; `<n>` is one of them or digits.
    pub(super) numbers: &'static [(&'static str, u32)],
}

/// Understood in every language.
pub(super) const EVERYWHERE: &[(Sign, &[&str])] = &[
    (
        Sign::YesWord,
        &["ok", "okay", "okey", "thumbsup", "^plus 1 [.]"],
    ),
    (Sign::NoWord, &["thumbsdown"]),
    (Sign::Frame, &["please"]),
    (Sign::Hedge, &["shrug"]),
    (
        Sign::Neutral,
        &[
            "hi(?: [a-z]+)?(?: [a-z]+)? [,.]",
            "hello(?: [a-z]+)?(?: [a-z]+)? [,.]",
            "hey(?: [a-z]+)? [,.]",
            "hi",
            "hello",
            "thanks",
            "thx",
            "ciao",
            "super",
        ],
    ),
    (
        Sign::Closing,
        &[
            "best",
            "best regards",
            "kind regards",
            "regards",
            "br",
            "cheers",
            "xx?x?",
        ],
    ),
];
