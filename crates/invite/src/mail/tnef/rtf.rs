//! PidTagRtfCompressed → plain text: what Outlook writes where there is no other body ([MS-OXRTFCP], [MS-OXRTFEX]).
//!
//! The compression is a library's. The text is taken out here: the libraries that read RTF do not read letters in
//! code pages, which is how Outlook writes all of them.

use super::code_page::CodePage;

/// Largest compressed body that is read, and largest one it may become, in bytes.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Deepest group in a group; Outlook needs six.
const MAX_NESTING: usize = 100;

/// Most fonts that are kept.
const MAX_FONTS: usize = 1_000;

/// Undoes the compression; `None` for what is damaged or too large.
pub(super) fn decompress(compressed: &[u8]) -> Option<String> {
    const HEADER_BYTES: usize = 16;
    const UNCOMPRESSED: &[u8] = b"MELA";
    /// A reference of two bytes and its share of a control byte become seventeen.
    const MAX_RATIO: usize = 8;
    let size = |from: usize| -> Option<usize> {
        let bytes = compressed.get(from..from + 4)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    // The library believes these, so they are checked before it sees them.
    let (length, raw) = (size(0)?.checked_add(4)?, size(4)?);
    let whole = compressed.get(..length)?;
    let body = length.checked_sub(HEADER_BYTES)?;
    let fits = if whole.get(8..12)? == UNCOMPRESSED {
        raw <= body
    } else {
        raw <= body.saturating_mul(MAX_RATIO)
    };
    (fits && length <= MAX_BYTES && raw <= MAX_BYTES)
        .then(|| compressed_rtf::decompress_rtf(whole).ok())
        .flatten()
}

/// The text of an RTF document; every character of it stands for a byte.
pub(super) fn text(rtf: &str) -> String {
    let mut reading = Reading {
        out: String::new(),
        pending: Vec::new(),
        state: State::default(),
        open: Vec::new(),
        too_deep: 0,
        fonts: Vec::new(),
        default: CodePage::default(),
        to_skip: 0,
        surrogate: None,
    };
    let mut rest = rtf;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '{' => reading.open(),
            '}' => reading.close(),
            '\\' => rest = reading.control(rest),
            '\r' | '\n' | '\0' => {}
            other => reading.byte(other),
        }
    }
    reading.flush();
    reading.out.trim().to_owned()
}

/// What a group inherits and gives back.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// In a destination that is no text.
    is_hidden: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`: what only readers of RTF shall see.
    is_of_rtf: bool,
    /// In `\fonttbl`.
    lists_fonts: bool,
    font: Option<i32>,
    /// Bytes behind a `\u` that stand in for it.
    stand_ins: usize,
}

struct Reading {
    out: String,
    /// Bytes whose code page is the state's.
    pending: Vec<u8>,
    state: State,
    open: Vec<State>,
    /// Groups opened beyond [`MAX_NESTING`].
    too_deep: usize,
    fonts: Vec<(i32, CodePage)>,
    default: CodePage,
    to_skip: usize,
    surrogate: Option<u16>,
}

impl Reading {
    fn open(&mut self) {
        self.flush();
        if self.open.len() < MAX_NESTING {
            if self.open.is_empty() {
                self.state.stand_ins = 1;
            }
            self.open.push(self.state);
        } else {
            self.too_deep += 1;
        }
    }

    fn close(&mut self) {
        self.flush();
        match self.too_deep.checked_sub(1) {
            Some(left) => self.too_deep = left,
            None => {
                if let Some(outer) = self.open.pop() {
                    self.state = outer;
                }
            }
        }
        self.to_skip = 0;
    }

    /// What stands behind a backslash; gives back what is left.
    fn control<'a>(&mut self, rest: &'a str) -> &'a str {
        let word_ends = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(word_ends).unwrap_or((rest, ""));
        if word.is_empty() {
            return self.symbol(behind);
        }
        let number_ends = behind
            .char_indices()
            .find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-'))
            .map_or(behind.len(), |(at, _)| at);
        let (number, behind) = behind.split_at_checked(number_ends).unwrap_or((behind, ""));
        self.word(word, number.parse().ok());
        behind.strip_prefix(' ').unwrap_or(behind)
    }

    fn symbol<'a>(&mut self, rest: &'a str) -> &'a str {
        let mut characters = rest.chars();
        match characters.next() {
            Some('\'') => {
                let byte = rest
                    .get(1..3)
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match byte {
                    Some(byte) => self.byte(char::from(byte)),
                    None => return characters.as_str(),
                }
                return rest.get(3..).unwrap_or_default();
            }
            Some('*') => self.state.is_hidden = true,
            Some('~') => self.character('\u{a0}'),
            Some('_') => self.character('-'),
            Some(literal @ ('\\' | '{' | '}')) => self.byte(literal),
            Some('\r' | '\n') => self.character('\n'),
            _ => {}
        }
        characters.as_str()
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("par" | "line" | "row" | "sect" | "page", _) => self.character('\n'),
            ("tab" | "cell", _) => self.character('\t'),
            ("lquote", _) => self.character('\u{2018}'),
            ("rquote", _) => self.character('\u{2019}'),
            ("ldblquote", _) => self.character('\u{201c}'),
            ("rdblquote", _) => self.character('\u{201d}'),
            ("bullet", _) => self.character('\u{2022}'),
            ("endash", _) => self.character('\u{2013}'),
            ("emdash", _) => self.character('\u{2014}'),
            ("u", Some(unit)) => self.unicode(unit),
            ("uc", Some(count)) => self.state.stand_ins = usize::try_from(count).unwrap_or(0),
            ("ansicpg", Some(number)) => {
                self.default = CodePage::new(i64::from(number)).unwrap_or_default();
            }
            ("f", font) => {
                self.flush();
                self.state.font = font;
            }
            ("fcharset", Some(charset)) if self.state.lists_fonts => {
                if let (Some(font), Some(code_page)) = (self.state.font, of_charset(charset))
                    && self.fonts.len() < MAX_FONTS
                {
                    self.fonts.push((font, code_page));
                }
            }
            ("htmlrtf", number) => {
                self.flush();
                self.state.is_of_rtf = number != Some(0);
            }
            ("fonttbl", _) => {
                self.state.lists_fonts = true;
                self.state.is_hidden = true;
            }
            (
                "colortbl" | "stylesheet" | "info" | "pict" | "object" | "header" | "footer"
                | "headerl" | "headerr" | "footerl" | "footerr" | "fldinst",
                _,
            ) => self.state.is_hidden = true,
            _ => {}
        }
    }

    /// A byte of the text, as the character of that number.
    fn byte(&mut self, byte: char) {
        if let Some(left) = self.to_skip.checked_sub(1) {
            self.to_skip = left;
        } else if self.shows() {
            match u8::try_from(byte) {
                Ok(byte) => self.pending.push(byte),
                Err(_) => self.character(byte),
            }
        }
    }

    fn character(&mut self, character: char) {
        if self.shows() {
            self.flush();
            self.out.push(character);
        }
    }

    /// A unit of UTF-16, signed.
    fn unicode(&mut self, unit: i32) {
        self.to_skip = self.state.stand_ins;
        let Ok(unit) = u16::try_from(unit & 0xffff) else {
            return;
        };
        let units = [self.surrogate.take(), Some(unit)];
        if self.state.is_hidden || (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
            return;
        }
        for character in char::decode_utf16(units.into_iter().flatten()).flatten() {
            self.character(character);
        }
    }

    fn shows(&self) -> bool {
        !self.state.is_hidden && !self.state.is_of_rtf && self.too_deep == 0
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let code_page = self
            .fonts
            .iter()
            .find(|(font, _)| Some(*font) == self.state.font)
            .map_or(self.default, |(_, code_page)| *code_page);
        self.out.push_str(&code_page.decode(&self.pending));
        self.pending.clear();
    }
}

/// The code page of a font's `\fcharset`; `None` for the document's own.
fn of_charset(charset: i32) -> Option<CodePage> {
    let number = match charset {
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    };
    Some(CodePage(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_out_of_its_format() {
        for (rtf, expected) in [
            (r"{\rtf1\ansi\ansicpg1252\pard hello world}", "hello world"),
            (
                r"{\rtf1\ansi one\par two\line three\tab four}",
                "one\ntwo\nthree\tfour",
            ),
            (
                r"{\rtf1\ansi\ansicpg1252 \'dcberblick \{1\} a\\b}",
                r"Überblick {1} a\b",
            ),
            (r"{\rtf1\ansi\ansicpg1251 \'ca\'ee\'ed\'e5\'f6}", "Конец"),
            (
                r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial Cyr;}}\f1 \'ca\'ee\f0\'e9}",
                "Коé",
            ),
            (
                r"{\rtf1\ansi\uc1 \u220?berblick \u-10179?\u-8704?!}",
                "Überblick 😀!",
            ),
            (
                r"{\rtf1{\info{\author Nobody}}{\*\generator x;}{\colortbl;\red0;}seen}",
                "seen",
            ),
            (
                r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 seen{\*\htmltag72 </p>}\htmlrtf }\par\htmlrtf0 }",
                "seen",
            ),
            ("", ""),
            (r"\'", ""),
            (r"}}}\'zz\u", "zz"),
        ] {
            assert_eq!(text(rtf), expected, "{rtf}");
        }
    }

    #[test]
    fn groups_without_end_are_borne() {
        assert_eq!(text(&"{".repeat(1_000_000)), "");
        let deep = format!("{}x{}seen", "{".repeat(1_000), "}".repeat(1_000));
        assert_eq!(text(&deep), "seen");
    }

    #[test]
    fn what_lies_about_its_size_is_not_unpacked() {
        let good = compressed_rtf::compress_rtf(r"{\rtf1 hello}").unwrap();
        assert_eq!(decompress(&good).unwrap(), r"{\rtf1 hello}");
        for (at, byte) in [(0, 0xff), (4, 0xff), (7, 0x7f), (12, 0xaa)] {
            let mut bad = good.clone();
            bad[at] ^= byte;
            let _ = decompress(&bad);
        }
        let mut huge = good.clone();
        huge[7] = 0x7f;
        assert_eq!(decompress(&huge), None);
        for end in 0..good.len() {
            assert_eq!(decompress(&good[..end]), None);
        }
    }
}
