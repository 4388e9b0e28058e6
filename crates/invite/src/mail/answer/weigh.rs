//! What all that was said comes to. An answer is certain only when the clause it stands in is understood whole and
//! nothing else puts it in doubt.

use super::{
    Confidence, Reason,
    language::{Language, Sign},
    people,
    phrases::{self, Span},
    words::Sentence,
};
use crate::ical::Partstat;

/// Above this an answer may well be about something else.
const MANY_WORDS: usize = 80;

/// A clause of more phrases than this around its answer is not understood; it keeps the search linear.
const MANY_FRAMES: usize = 16;

/// With a bare "yes" or "ok", so many words may stay unknown: a name.
const NAME: usize = 2;

/// What was found in a text.
pub(super) struct Weighed {
    pub(super) partstat: Option<Partstat>,
    pub(super) people: Option<u32>,
    pub(super) confidence: Confidence,
    pub(super) language: Option<Language>,
    pub(super) reasons: Vec<Reason>,
}

/// A sentence with what was found in it.
struct Found<'a> {
    sentence: &'a Sentence,
    spans: Vec<Span>,
}

pub(super) fn weigh(sentences: &[Sentence]) -> Weighed {
    let (language, found) = best_language(sentences);
    let mut reasons = Vec::new();
    for Found { sentence, spans } in &found {
        for span in spans {
            if let Some(what) = name(span.sign) {
                let text = sentence.text.get(span.start..span.end).unwrap_or_default();
                reasons.push(Reason {
                    what,
                    phrase: text.trim_end_matches([' ', '.', ',', '?']).to_owned(),
                });
            }
        }
        if sentence.is_question {
            reasons.push(Reason {
                what: "question",
                phrase: String::new(),
            });
        }
    }
    let (mut partstat, mut confidence) = decide(&found);
    if partstat.is_some() && another_language_differs(sentences, language, &found, partstat) {
        (partstat, confidence) = (None, Confidence::Unclear);
    }
    let counted = found
        .iter()
        .filter(|found| !found.sentence.is_question)
        .flat_map(|found| &found.spans)
        .take_while(|span| span.sign != Sign::Closing);
    Weighed {
        partstat,
        people: partstat
            .filter(|partstat| *partstat != Partstat::Declined)
            .and_then(|_| people::count(counted)),
        confidence,
        language,
        reasons,
    }
}

/// Whether a machine says that it is one, in any language.
pub(super) fn is_automatic(sentences: &[Sentence]) -> bool {
    Language::ALL.into_iter().any(|language| {
        sentences.iter().any(|sentence| {
            phrases::find(language, &sentence.text)
                .iter()
                .any(|span| span.sign == Sign::Away)
        })
    })
}

impl<'a> Found<'a> {
    fn of(sentence: &'a Sentence, language: Language) -> Self {
        let found = phrases::find(language, &sentence.text);
        // "No" is an answer when nothing else is said in its clause ("no parking needed"), "yes" when it comes first
        // ("not sure").
        let settle = |(place, span): (usize, &Span)| {
            let (is_open, is_closed) = surroundings(&sentence.text, &found, place);
            let sign = match span.sign {
                Sign::NoWord if !is_open || !is_closed => Sign::Negation,
                Sign::YesWord if !is_open => Sign::Neutral,
                sign => sign,
            };
            Span { sign, ..*span }
        };
        let spans = found.iter().enumerate().map(settle).collect();
        Self { sentence, spans }
    }
}

/// The language most of the text is understood in; `None` where only signs of all languages were found.
fn best_language(sentences: &[Sentence]) -> (Option<Language>, Vec<Found<'_>>) {
    let mut best: Option<(usize, Language, Vec<Found<'_>>)> = None;
    let mut least = usize::MAX;
    for language in Language::ALL {
        let found: Vec<_> = sentences
            .iter()
            .map(|sentence| Found::of(sentence, language))
            .collect();
        let understood = found
            .iter()
            .flat_map(|found| &found.spans)
            .map(|span| span.end - span.start)
            .sum();
        least = least.min(understood);
        if best.as_ref().is_none_or(|(most, ..)| understood > *most) {
            best = Some((understood, language, found));
        }
    }
    match best {
        Some((most, language, found)) => ((most > least).then_some(language), found),
        None => (None, Vec::new()),
    }
}

/// Somebody who mixes languages may say yes in one and no in the other.
fn another_language_differs(
    sentences: &[Sentence],
    language: Option<Language>,
    found: &[Found<'_>],
    partstat: Option<Partstat>,
) -> bool {
    Language::ALL
        .into_iter()
        .filter(|other| Some(*other) != language)
        .any(|other| {
            sentences.iter().zip(found).any(|(sentence, known)| {
                Found::of(sentence, other).spans.iter().any(|span| {
                    let says = match span.sign {
                        Sign::Yes | Sign::YesWord => Partstat::Accepted,
                        Sign::No | Sign::NoWord => Partstat::Declined,
                        Sign::Maybe => Partstat::Tentative,
                        _ => return false,
                    };
                    Some(says) != partstat && !known.spans.iter().any(|known| known.overlaps(span))
                })
            })
        })
}

const fn name(sign: Sign) -> Option<&'static str> {
    Some(match sign {
        Sign::Yes | Sign::YesWord => "yes",
        Sign::No | Sign::NoWord => "no",
        Sign::Maybe => "maybe",
        Sign::Wish => "wish",
        Sign::People => "people",
        Sign::Away => "automatic",
        Sign::Other => "other",
        Sign::Condition => "condition",
        Sign::Hedge => "hedge",
        Sign::Regret => "regret",
        Sign::Contrast => "contrast",
        Sign::Negation => "negation",
        Sign::Neutral | Sign::Closing | Sign::Frame => return None,
    })
}

fn decide(found: &[Found<'_>]) -> (Option<Partstat>, Confidence) {
    use Confidence::{Certain, Likely, Unclear};
    let has = |sign: Sign| {
        found
            .iter()
            .any(|f| f.spans.iter().any(|span| span.sign == sign))
    };
    // What is asked is no answer.
    let said: Vec<&Found<'_>> = found.iter().filter(|f| !f.sentence.is_question).collect();
    let says = |sign: Sign| {
        said.iter()
            .any(|f| f.spans.iter().any(|span| span.sign == sign))
    };
    let (yes, no) = (
        says(Sign::Yes) || says(Sign::YesWord),
        says(Sign::No) || says(Sign::NoWord),
    );
    let maybe = says(Sign::Maybe);
    if has(Sign::Away) || (yes && no) || (maybe && no) {
        return (None, Unclear);
    }
    let is_clear = said.iter().all(|f| clauses_are_understood(f)) && words(found) <= MANY_WORDS;
    let is_bare = !(says(Sign::Yes) || says(Sign::No) || says(Sign::Maybe));
    let certain = if is_clear && (!is_bare || unknown(found) <= NAME) {
        Certain
    } else {
        Likely
    };
    // In the sentence of an answer, or in any.
    let beside = |sign: Sign| {
        said.iter().any(|f| {
            f.spans.iter().any(Span::answers) && f.spans.iter().any(|span| span.sign == sign)
        })
    };
    if maybe {
        let doubtful = yes || beside(Sign::Negation) || has(Sign::Other);
        return (
            Some(Partstat::Tentative),
            if doubtful {
                certain.min(Likely)
            } else {
                certain
            },
        );
    }
    if no {
        if beside(Sign::Condition) || beside(Sign::Negation) {
            return (None, Unclear);
        }
        let doubtful = contrast_follows(found, Span::answers)
            || has(Sign::Other)
            || has(Sign::Hedge)
            || has(Sign::Condition)
            || has(Sign::People);
        return (
            Some(Partstat::Declined),
            if doubtful { Likely } else { certain },
        );
    }
    let soft = says(Sign::Wish) || says(Sign::People);
    if !yes && !soft
        || has(Sign::Regret)
        || has(Sign::Other)
        || contrast_follows(found, |span| span.answers() || span.sign == Sign::Wish)
        || has(Sign::Contrast) && !yes
        || !yes && (has(Sign::Negation) || has(Sign::Condition) || has(Sign::Hedge))
        || beside(Sign::Negation)
    {
        return (None, Unclear);
    }
    if beside(Sign::Condition) || beside(Sign::Hedge) {
        return (Some(Partstat::Tentative), Likely);
    }
    let doubtful = !yes
        || has(Sign::Condition)
        || has(Sign::Hedge)
        || has(Sign::Negation)
        || has(Sign::Contrast);
    (
        Some(Partstat::Accepted),
        if doubtful { Likely } else { certain },
    )
}

/// "Yes, but …": what comes after an answer takes some of it back.
fn contrast_follows(found: &[Found<'_>], is_answer: impl Fn(&Span) -> bool) -> bool {
    let mut answered = false;
    for span in found.iter().flat_map(|f| &f.spans) {
        if answered && span.sign == Sign::Contrast {
            return true;
        }
        answered |= is_answer(span);
    }
    false
}

/// Whether every answer in a sentence stands between punctuation and words that do not change it.
fn clauses_are_understood(found: &Found<'_>) -> bool {
    found.spans.iter().enumerate().all(|(place, span)| {
        !span.answers() || surroundings(&found.sentence.text, &found.spans, place) == (true, true)
    })
}

/// Whether everything before, and after, a phrase is understood up to the next punctuation, and does not change it.
fn surroundings(text: &str, spans: &[Span], answer: usize) -> (bool, bool) {
    let is_mark = |c: char| matches!(c, ',' | '.' | '?');
    let (before, rest) = spans.split_at(answer);
    let Some((answer, after)) = rest.split_first() else {
        return (false, false);
    };
    let frames =
        |span: &&Span| span.answers() || span.sign.is_frame() || answer.sign == Sign::Maybe;
    let mut start = answer.start;
    let mut previous = before.iter().rev().take(MANY_FRAMES).filter(frames);
    let is_open = loop {
        let text = text.get(..start).unwrap_or_default().trim_end();
        if text.is_empty() || text.ends_with(is_mark) {
            break true;
        }
        match previous.next() {
            Some(span) if span.end == start => start = span.start,
            _ => break false,
        }
    };
    let mut end = answer.end;
    let mut next = after.iter().take(MANY_FRAMES).filter(frames);
    let is_closed = loop {
        let until = text.get(..end).unwrap_or_default().trim_end();
        let rest = text.get(end..).unwrap_or_default();
        if until.ends_with(is_mark) || rest.is_empty() || rest.starts_with(is_mark) {
            break true;
        }
        match next.next() {
            Some(span) if span.start == end => end = span.end,
            _ => break false,
        }
    };
    (is_open, is_closed)
}

fn words(found: &[Found<'_>]) -> usize {
    found.iter().map(|f| count(&f.sentence.text)).sum()
}

/// Words no phrase explains, up to "Best regards" and the like, where names and titles begin.
fn unknown(found: &[Found<'_>]) -> usize {
    let mut unknown = 0;
    for Found { sentence, spans } in found {
        let mut at = 0;
        for span in spans {
            unknown += count(sentence.text.get(at..span.start).unwrap_or_default());
            at = span.end;
            if span.sign == Sign::Closing {
                return unknown;
            }
        }
        unknown += count(sentence.text.get(at..).unwrap_or_default());
    }
    unknown
}

fn count(text: &str) -> usize {
    text.split(' ')
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}
