//! Text as sentences of plain words: one spelling for a letter, no accents, so that "asistiré" and "asistire" are one.

use icu_normalizer::DecomposingNormalizer;

/// A sentence: words and punctuation, each followed by one space, the last of them its end (`.` or `?`).
#[derive(Debug)]
pub(super) struct Sentence {
    pub(super) text: String,
    pub(super) is_question: bool,
}

/// A line as short as this was ended by the writer, not by the width of the window.
const SHORT_LINE: usize = 45;

/// The sentences of a text.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let folded = fold(text);
    let mut all = Vec::new();
    let mut words = String::new();
    let mut end = |words: &mut String, is_question: bool| {
        if words.chars().any(char::is_alphanumeric) {
            words.push_str(if is_question { "? " } else { ". " });
            all.push(Sentence {
                text: std::mem::take(words),
                is_question,
            });
        }
        words.clear();
    };
    let mut lines = folded.lines().peekable();
    while let Some(line) = lines.next() {
        let mut chars = line.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            let after = chars.peek().copied().unwrap_or(' ');
            let is_inside = before.is_alphanumeric() && after.is_alphanumeric();
            match c {
                _ if c.is_alphanumeric() => {
                    words.push(c);
                    if !after.is_alphanumeric() && !joins(after) {
                        words.push(' ');
                    }
                }
                '\'' if is_inside => words.push(c),
                '.' | ':' if is_inside && before.is_numeric() && after.is_numeric() => {
                    words.push(c);
                }
                '+' if after.is_numeric() => words.push_str("plus "),
                '&' => words.push_str("& "),
                '?' => end(close(&mut words), true),
                '.' | '!' | ';' | '…' => end(close(&mut words), false),
                '-' if is_inside => _ = close(&mut words),
                _ => match meaning(c) {
                    Some(word) => close(&mut words).push_str(word),
                    None if is_mark(c) => close(&mut words).push_str(", "),
                    None => _ = close(&mut words),
                },
            }
            before = c;
        }
        close(&mut words);
        let goes_on = lines.peek().is_some_and(|next| {
            let is_wrapped = line.chars().count() > SHORT_LINE;
            // Folding has made all letters small, so the next line's first tells nothing any more.
            is_wrapped && !next.trim().is_empty()
        });
        if !goes_on {
            end(&mut words, false);
        }
    }
    end(&mut words, false);
    all
}

/// What joins two letters or digits to one word, if more of them follow.
fn joins(c: char) -> bool {
    matches!(c, '\'' | '.' | ':')
}

/// Ends a word that turned out to have no more letters.
fn close(words: &mut String) -> &mut String {
    if words.ends_with(|c: char| c != ' ') {
        words.push(' ');
    }
    words
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        ',' | ':' | '(' | ')' | '/' | '-' | '–' | '—' | '"' | '„' | '“' | '”' | '«' | '»' | '*'
    )
}

/// The emoji people answer with.
fn meaning(c: char) -> Option<&'static str> {
    match c {
        '👍' | '👌' | '✅' | '✔' | '☑' | '🙋' => Some("thumbsup "),
        '👎' | '❌' | '✖' | '🚫' | '🙅' => Some("thumbsdown "),
        '🤷' | '🤔' => Some("shrug "),
        _ => None,
    }
}

/// Lower case, one apostrophe, no accents; umlauts as two letters. Patterns are folded by the same function. The accent
/// that tells the Spanish yes from "if" is kept, as `sii`.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut word = 0;
    let lower = text.to_lowercase();
    for c in DecomposingNormalizer::new_nfd().normalize_iter(lower.chars()) {
        match c {
            '\u{308}' if folded.ends_with(['a', 'o', 'u']) => folded.push('e'),
            '\u{301}' if folded.get(word..) == Some("si") => folded.push('i'),
            '\u{300}'..='\u{36f}' => {}
            'ß' => folded.push_str("ss"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '’' | '‘' | '`' | '´' | 'ʼ' => folded.push('\''),
            // Invisible: joins emoji, marks directions, changes colours.
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe0f}' | '\u{ad}' | '\u{feff}' => {}
            _ => {
                folded.push(c);
                if !c.is_alphanumeric() {
                    word = folded.len();
                }
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_sentences_end_where_people_end_them() {
        for (text, expected) in [
            ("I’ll be there!", "i'll be there . "),
            ("Sí", "sii . "),
            ("si puedo", "si puedo . "),
            ("asistiré", "asistire . "),
            (
                "Wir wären dabei – natürlich.",
                "wir waeren dabei , natuerlich . ",
            ),
            ("Peut-être", "peut etre . "),
            ("+1 👍🏽", "plus 1 thumbsup . "),
            ("at 10:30, on 3.5. ok", "at 10:30 , on 3.5 . |ok . "),
            ("Is there parking? Yes", "is there parking ? |yes . "),
            ("Yes\nBob", "yes . |bob . "),
            ("... !?", ""),
            (
                "a line that an old mail program has wrapped because\nit was too long",
                "a line that an old mail program has wrapped because it was too long . ",
            ),
        ] {
            let all: Vec<_> = sentences(text).into_iter().map(|s| s.text).collect();
            assert_eq!(all.join("|"), expected, "{text}");
        }
    }
}
