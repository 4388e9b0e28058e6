//! Finds what is said in a sentence, in linear time.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    language::{Count, EVERYWHERE, Language, Sign},
    words::fold,
};

/// A phrase found in a sentence; bytes of its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) sign: Sign,
    pub(super) start: usize,
    pub(super) end: usize,
    /// How people are counted, if they are.
    pub(super) people: Option<(Count, u32)>,
}

impl Span {
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether it is an answer.
    pub(super) fn answers(&self) -> bool {
        matches!(
            self.sign,
            Sign::Yes | Sign::No | Sign::Maybe | Sign::YesWord | Sign::NoWord
        )
    }
}

/// A language's phrases, compiled.
struct Compiled {
    signs: Vec<(Sign, Regex)>,
    people: Vec<(Count, Regex)>,
    numbers: Vec<(Regex, u32)>,
}

static COMPILED: LazyLock<[Compiled; 4]> = LazyLock::new(|| Language::ALL.map(Compiled::of));

/// Phrases of a language in a sentence, in order, none inside another: the longest wins, then the earlier sign.
pub(super) fn find(language: Language, sentence: &str) -> Vec<Span> {
    let place = Language::ALL.iter().position(|known| *known == language);
    let Some(compiled) = place.and_then(|place| COMPILED.get(place)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (sign, regex) in &compiled.signs {
        all.extend(regex.find_iter(sentence).map(|found| Span {
            sign: *sign,
            start: found.start(),
            end: found.end(),
            people: None,
        }));
    }
    for (count, regex) in &compiled.people {
        all.extend(regex.captures_iter(sentence).filter_map(|found| {
            let whole = found.get(0)?;
            let number = found.iter().skip(1).flatten().next();
            Some(Span {
                sign: match count {
                    Count::Coming => Sign::Yes,
                    Count::Together | Count::Beside | Count::Plus => Sign::People,
                },
                start: whole.start(),
                end: whole.end(),
                people: Some((*count, number.map_or(1, |n| compiled.number(n.as_str())))),
            })
        }));
    }
    longest(all)
}

fn longest(mut all: Vec<Span>) -> Vec<Span> {
    // Stable, so that the order of the signs decides between equals.
    all.sort_by_key(|span| std::cmp::Reverse(span.end - span.start));
    let mut taken = std::collections::BTreeMap::<usize, Span>::new();
    for span in all {
        match taken.range_mut(..span.end).next_back() {
            // "My wife and I will come" is an answer and counts.
            Some((_, longer)) if longer.overlaps(&span) => {
                if longer.sign == Sign::Yes && longer.people.is_none() {
                    longer.people = span.people;
                }
            }
            _ => _ = taken.insert(span.start, span),
        }
    }
    taken.into_values().collect()
}

impl Compiled {
    fn of(language: Language) -> Self {
        let phrases = language.phrases();
        let words: Vec<&str> = phrases.numbers.iter().map(|(word, _)| *word).collect();
        let number = format!("([0-9]{{1,3}}|{})", words.join("|"));
        let spelled = |pattern: &&str| {
            let mut pattern = (*pattern).to_owned();
            // Parts may hold parts.
            for _ in 0..3 {
                for (name, part) in phrases.parts {
                    pattern = pattern.replace(&format!("<{name}>"), part);
                }
            }
            fold(&pattern.replace("<n>", &number))
        };
        let everywhere = |sign: Sign| {
            EVERYWHERE
                .iter()
                .filter(move |(known, _)| *known == sign)
                .flat_map(|(_, patterns)| *patterns)
        };
        Self {
            signs: phrases
                .signs
                .iter()
                .filter_map(|(sign, patterns)| {
                    let all = patterns.iter().chain(everywhere(*sign)).map(spelled);
                    Some((*sign, compiled(all.collect())?))
                })
                .collect(),
            people: phrases
                .people
                .iter()
                .filter_map(|(count, patterns)| {
                    Some((*count, compiled(patterns.iter().map(spelled).collect())?))
                })
                .collect(),
            numbers: phrases
                .numbers
                .iter()
                .filter_map(|(word, number)| {
                    Some((Regex::new(&format!("^(?:{})$", fold(word))).ok()?, *number))
                })
                .collect(),
        }
    }

    fn number(&self, word: &str) -> u32 {
        let known = self.numbers.iter().find(|(regex, _)| regex.is_match(word));
        word.parse()
            .ok()
            .or(known.map(|(_, number)| *number))
            .unwrap_or(1)
    }
}

/// One expression for all of them, whole words only; the longer first, since the first that fits is taken. A phrase
/// ends after its last word's space, whether its own pattern or this one takes it.
fn compiled(mut patterns: Vec<String>) -> Option<Regex> {
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.len()));
    let all = patterns.join("|");
    Regex::new(&format!(
        r"(?-u:\b{{start-half}})(?:{all}) ?(?-u:\b{{start-half}})"
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_of_every_language_is_an_expression_without_unknown_parts() {
        for (language, compiled) in Language::ALL.iter().zip(COMPILED.iter()) {
            let phrases = language.phrases();
            assert_eq!(compiled.signs.len(), phrases.signs.len(), "{language:?}");
            assert_eq!(compiled.people.len(), phrases.people.len(), "{language:?}");
            assert_eq!(
                compiled.numbers.len(),
                phrases.numbers.len(),
                "{language:?}"
            );
            for regex in compiled
                .signs
                .iter()
                .map(|(_, regex)| regex)
                .chain(compiled.people.iter().map(|(_, regex)| regex))
            {
                assert!(!regex.as_str().contains('<'), "{language:?}: {regex}");
            }
        }
    }

    #[test]
    fn the_longest_phrase_wins() {
        let found = |text: &str| -> Vec<_> {
            find(Language::English, text)
                .iter()
                .map(|span| {
                    let found = text.get(span.start..span.end).unwrap();
                    (span.sign, found.trim().to_owned())
                })
                .collect()
        };
        assert_eq!(
            found("no problem , i will definitely be there . "),
            [
                (Sign::Neutral, "no problem".to_owned()),
                (Sign::Yes, "i will definitely be there".to_owned())
            ]
        );
        assert_eq!(
            found("i will not be able to come . "),
            [(Sign::No, "i will not be able to come".to_owned())]
        );
    }
}
