//! Bytes of a calendar → text. The label is the last thing believed: clients write one charset and name another.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

use super::Problem;

/// As many bytes show UTF-16 by the NULs between Latin letters.
const UTF16_SAMPLE_BYTES: usize = 64;

/// Decodes a calendar's bytes, keeping its lines where they are; says the charset's name when it is unknown and the
/// bytes are not UTF-8 either.
pub(super) fn decode(
    bytes: &[u8],
    charset: Option<&str>,
    problems: &mut Vec<Problem>,
) -> (String, Option<String>) {
    let charset = charset
        .map(|label| label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')))
        .filter(|label| !label.is_empty())
        .unwrap_or("utf-8");
    if let Some(decoder) = utf16(bytes).and_then(|label| charset_decoder(label.as_bytes())) {
        let text = decoder(bytes);
        return (text.trim_start_matches('\u{feff}').to_owned(), None);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Most wrong labels are on good UTF-8, and no other charset in use looks like UTF-8 by chance. ISO-2022 and
    // UTF-7 are seven bits wide and have to be believed.
    let is_seven_bit = is_seven_bit(charset);
    if !is_seven_bit && let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), None);
    }
    // A fold may stand inside a character.
    let bytes = unfold(bytes);
    if !is_seven_bit && let Ok(text) = std::str::from_utf8(&bytes) {
        return (text.to_owned(), None);
    }
    if is_claimed_by_default(charset) {
        return (wrongly_labelled(&bytes, problems), None);
    }
    match charset_decoder(charset.as_bytes()) {
        Some(decoder) => (decoder(&bytes), None),
        None => {
            problems.push(Problem::new(
                "unknown-charset",
                "the calendar part is in a charset nobody here knows",
            ));
            (
                String::from_utf8_lossy(&bytes).into_owned(),
                Some(charset.to_owned()),
            )
        }
    }
}

/// Decodes one property's value: UTF-8 if it is that, else by the CHARSET beside it, else as Windows-1252.
pub(crate) fn decode_value(bytes: &[u8], charset: Option<&str>) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !charset.is_some_and(is_seven_bit) => text.to_owned(),
        _ => match charset
            .filter(|label| !is_claimed_by_default(label))
            .and_then(|label| charset_decoder(label.as_bytes()))
        {
            Some(decoder) => decoder(bytes),
            None => with_windows_1252(bytes),
        },
    }
}

fn is_seven_bit(charset: &str) -> bool {
    ["iso-2022", "utf-7", "unicode-1-1-utf-7", "hz-gb"]
        .iter()
        .any(|prefix| {
            charset
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
}

/// The labels software writes without looking at the text.
fn is_claimed_by_default(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii", "utf-16", "binary"]
        .iter()
        .any(|label| charset.eq_ignore_ascii_case(label))
}

/// Text that is not the UTF-8 its label says: by the CHARSET that a property of vCalendar 1.0 names, else as UTF-8
/// with Windows-1252 in between, which is what pasting into old calendars made.
fn wrongly_labelled(bytes: &[u8], problems: &mut Vec<Problem>) -> String {
    let valid = bytes
        .utf8_chunks()
        .next()
        .map_or(0, |chunk| chunk.valid().len());
    let before = bytes.get(..valid).unwrap_or_default();
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    let number = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let property = property_name(before.get(line_start..).unwrap_or_default());
    if let Some(label) = charset_of_a_property(bytes)
        && let Some(decoder) = charset_decoder(label.as_bytes())
    {
        return decoder(bytes);
    }
    problems.push(Problem::new(
        "wrong-charset",
        format!(
            "{property} is not in the charset the part's label says; read as Windows-1252 (line {number})"
        ),
    ));
    with_windows_1252(bytes)
}

/// UTF-8 where it is that.
fn with_windows_1252(bytes: &[u8]) -> String {
    let Some(decoder) = charset_decoder(b"windows-1252") else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(&decoder(chunk.invalid()));
        }
    }
    text
}

/// The name a line begins with; a word for it where there is none.
fn property_name(line: &[u8]) -> String {
    let end = line
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-')
        .unwrap_or(line.len());
    line.get(..end)
        .and_then(|name| std::str::from_utf8(name).ok())
        .filter(|name| !name.is_empty() && name.len() <= 40)
        .map_or_else(|| "a value".to_owned(), str::to_ascii_uppercase)
}

/// The first `;CHARSET=…` that is not UTF-8's.
fn charset_of_a_property(bytes: &[u8]) -> Option<&str> {
    const PARAMETER: &[u8] = b";CHARSET=";
    let at = bytes
        .windows(PARAMETER.len())
        .position(|window| window.eq_ignore_ascii_case(PARAMETER))?;
    let label = bytes.get(at + PARAMETER.len()..)?;
    let end = label
        .iter()
        .position(|byte| matches!(byte, b';' | b':' | b',' | b'\r' | b'\n'))?;
    let label = std::str::from_utf8(label.get(..end)?)
        .ok()?
        .trim_matches('"');
    (!is_claimed_by_default(label)).then_some(label)
}

/// UTF-16 by its byte order mark, or by the NULs that only it has between Latin letters.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xfe, 0xff, ..] => return Some("utf-16be"),
        [0xff, 0xfe, ..] => return Some("utf-16le"),
        _ => {}
    }
    let sample = bytes.get(..UTF16_SAMPLE_BYTES).unwrap_or(bytes);
    let nuls = |rest: usize| {
        sample
            .iter()
            .enumerate()
            .filter(|(at, byte)| at % 2 == rest && **byte == 0)
            .count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    let enough = sample.len() / 4;
    match (even, odd) {
        _ if sample.len() < 8 => None,
        (even, 0) if even > enough => Some("utf-16be"),
        (0, odd) if odd > enough => Some("utf-16le"),
        _ => None,
    }
}

/// Takes out line ends followed by a blank (RFC 5545 section 3.1), on bytes, and puts as many blank lines behind the
/// unfolded one, so that every line keeps its number.
fn unfold(bytes: &[u8]) -> Cow<'_, [u8]> {
    let folds = |blank: &[u8; 2]| memchr::memmem::find(bytes, blank).is_some();
    if !folds(b"\n ") && !folds(b"\n\t") {
        return Cow::Borrowed(bytes);
    }
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut moved = 0_usize;
    let mut line_start = 0;
    // Where the text before trailing line ends ends.
    let mut text_end = 0;
    let mut is_quoted_printable = None;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\n' {
            out.push(byte);
            if byte != b'\r' {
                text_end = out.len();
            }
            continue;
        }
        let is_fold = matches!(rest.peek(), Some(b' ' | b'\t'));
        // In vCalendar 1.0 a soft line break of quoted-printable looks like a fold and is none.
        let is_soft_break = out.get(..text_end).is_some_and(|text| text.ends_with(b"="))
            && *is_quoted_printable.get_or_insert_with(|| {
                says_quoted_printable(out.get(line_start..).unwrap_or_default())
            });
        if is_fold && !is_soft_break && text_end > 0 {
            rest.next();
            // And the blank lines before it, which some clients put there.
            let gone = out.get(text_end..).unwrap_or_default();
            moved += 1 + gone.iter().filter(|byte| **byte == b'\n').count();
            out.truncate(text_end);
        } else {
            out.push(b'\n');
            if !is_soft_break && !matches!(rest.peek(), Some(b'\r' | b'\n')) {
                out.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut moved)));
                line_start = out.len();
                is_quoted_printable = None;
            }
        }
    }
    Cow::Owned(out)
}

fn says_quoted_printable(line: &[u8]) -> bool {
    const NAME: &[u8] = b"QUOTED-PRINTABLE";
    let head = line.split(|byte| *byte == b':').next().unwrap_or_default();
    head.windows(NAME.len())
        .any(|window| window.eq_ignore_ascii_case(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> String {
        String::from_utf8(unfold(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn folds_are_taken_out_and_the_lines_behind_keep_their_numbers() {
        for (folded, expected) in [
            ("A:1\r\n 2\r\nB:3\r\n", "A:12\r\n\nB:3\r\n"),
            ("A:1\n\t2\n 3\nB:4", "A:123\n\n\nB:4"),
            ("A:1\n\n\n 2\nB:3", "A:12\n\n\n\nB:3"),
            ("A:1\nB:2\n", "A:1\nB:2\n"),
            (" A:1\n 2\n", " A:12\n\n"),
            (
                "X;ENCODING=quoted-printable:a=\n b\n c\nY:1",
                "X;ENCODING=quoted-printable:a=\n bc\n\nY:1",
            ),
        ] {
            assert_eq!(unfolded(folded), expected, "{folded:?}");
            let line_of =
                |text: &str, what: char| text.lines().position(|line| line.starts_with(what));
            for name in ['B', 'Y'] {
                assert_eq!(line_of(folded, name), line_of(expected, name), "{folded:?}");
            }
        }
    }

    #[test]
    fn what_is_not_utf_8_is_read_by_what_else_is_known() {
        let read = |bytes: &[u8], charset| {
            let mut problems = Vec::new();
            let (text, unknown) = decode(bytes, charset, &mut problems);
            let problem = problems.first().map(|problem| problem.text.clone());
            (text, unknown, problem)
        };
        // One character of another charset does not spoil the others.
        let (text, _, problem) = read(b"A:1\nSUMMARY:K\xc3\xb6ln \x96 K\xf6ln", Some("utf-8"));
        assert_eq!(text, "A:1\nSUMMARY:Köln – Köln");
        assert_eq!(
            problem.as_deref(),
            Some(
                "SUMMARY is not in the charset the part's label says; read as Windows-1252 (line 2)"
            )
        );
        let (text, _, problem) = read(b"SUMMARY;CHARSET=SHIFT_JIS:\x83n", None);
        assert_eq!(
            (text.as_str(), problem),
            ("SUMMARY;CHARSET=SHIFT_JIS:ハ", None)
        );
        let (text, unknown, _) = read(b"X:\x83n", Some("\"klingon\""));
        assert_eq!(
            (text.as_str(), unknown.as_deref()),
            ("X:\u{fffd}n", Some("klingon"))
        );
    }

    #[test]
    fn utf_16_is_known_by_its_nuls_and_not_by_its_label() {
        let text = "\r\nBEGIN:VCALENDAR\r\nX:ü\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&little, &big] {
            for label in [None, Some("utf-16"), Some("utf-8")] {
                assert_eq!(decode(bytes, label, &mut Vec::new()).0, text);
            }
        }
        assert_eq!(
            decode(text.as_bytes(), Some("utf-16"), &mut Vec::new()).0,
            text
        );
    }
}
