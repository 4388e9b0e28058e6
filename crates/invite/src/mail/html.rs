//! The text of a mail that has HTML alone: lines where a reader sees lines, `>` before what is quoted.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

/// More of the HTML is not looked at, in bytes: Outlook begins with tens of kilobytes of styles.
const MAX_BYTES: usize = 256 * 1024;

/// Deepest quotation that is marked as such.
const MAX_QUOTES: usize = 5;

/// The text, tags undone. Tokens only, no tree: linear, whatever is nested.
pub(super) fn text(html: &str) -> String {
    let mut end = html.len().min(MAX_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html.get(..end).unwrap_or_default()));
    let tokenizer = Tokenizer::new(Lines::default(), TokenizerOpts::default());
    // A sink that never returns a script is fed all of it at once.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().text.trim().to_owned()
}

#[derive(Default)]
struct Lines(RefCell<State>);

#[derive(Default)]
struct State {
    text: String,
    /// The element whose content nobody sees.
    hidden: Option<&'static str>,
    quotes: usize,
    /// A line has been begun, its `>` written.
    is_inside_line: bool,
    owes_space: bool,
}

const HIDDEN: [&str; 5] = ["style", "script", "title", "template", "noscript"];
const BLOCKS: [&str; 21] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "blockquote",
    "pre",
    "body",
    "section",
    "article",
    "dd",
];

impl TokenSink for Lines {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.hidden.is_none() => state.write(&text),
            Token::TagToken(tag) => return state.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let starts = tag.kind == TagKind::StartTag;
        if let Some(hidden) = HIDDEN.into_iter().find(|hidden| *hidden == name) {
            if starts && self.hidden.is_none() {
                self.hidden = Some(hidden);
                return match hidden {
                    "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => TokenSinkResult::Continue,
                };
            }
            if !starts && self.hidden == Some(hidden) {
                self.hidden = None;
            }
        } else if BLOCKS.contains(&name) {
            self.end_line();
            if name == "blockquote" {
                self.quotes = if starts {
                    self.quotes + 1
                } else {
                    self.quotes.saturating_sub(1)
                };
            }
            // A paragraph stands apart from the next.
            if name == "p" && !starts && !self.text.ends_with("\n\n") {
                self.text.push('\n');
            }
        } else if name == "td" || name == "th" {
            self.owes_space = true;
        }
        TokenSinkResult::Continue
    }

    fn write(&mut self, text: &str) {
        for word in text.split_inclusive(char::is_whitespace) {
            let trimmed = word.trim();
            if !trimmed.is_empty() {
                if !self.is_inside_line {
                    let marks = self.quotes.min(MAX_QUOTES);
                    self.text.extend(std::iter::repeat_n("> ", marks));
                } else if self.owes_space {
                    self.text.push(' ');
                }
                self.text.push_str(trimmed);
                self.is_inside_line = true;
                self.owes_space = false;
            }
            self.owes_space |= word.ends_with(char::is_whitespace);
        }
    }

    fn end_line(&mut self) {
        if self.is_inside_line {
            self.text.push('\n');
        }
        self.is_inside_line = false;
        self.owes_space = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_lines_and_so_does_the_text() {
        for (html, expected) in [
            ("Yes", "Yes"),
            ("<p>Yes,</p><p>two of&nbsp;us</p>", "Yes,\n\ntwo of us"),
            ("Yes<br>Bob<div>B &amp; C</div>", "Yes\nBob\nB & C"),
            (
                "<html><head><title>Re: no</title><style>p { no }</style></head><body><div dir=ltr>I&#39;ll\n  be <b>the</b>re</div></body>",
                "I'll be there",
            ),
            (
                "<div>Ja</div><div>Am 3.3.2026 schrieb A:<br></div><blockquote>Kommst du?<blockquote>x</blockquote></blockquote><div>unten</div>",
                "Ja\nAm 3.3.2026 schrieb A:\n> Kommst du?\n> > x\nunten",
            ),
            ("<script>no()</script>y<!-- no -->es", "yes"),
            ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
            ("</blockquote></style>x < y", "x < y"),
            ("<style>never closed", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn a_megabyte_of_open_tags_is_no_trouble() {
        let html = "<blockquote><div>x".repeat(100_000);
        assert!(text(&html).len() < 2 * MAX_BYTES);
    }
}
