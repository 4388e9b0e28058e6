//! Content lines on their way out (RFC 5545 section 3.1): whatever is handed in, what comes out is valid.

use crate::ical::ContentLine;

/// Octets a line may have without its line break.
const MAX_LINE_OCTETS: usize = 75;

/// Properties that stand at most once in the component they are in (RFC 5545 sections 3.6, 3.6.1, 3.6.6, RFC 7986
/// section 5), by alphabet; the rest may repeat.
const SINGLETONS: [&str; 30] = [
    "ACTION",
    "CALSCALE",
    "CLASS",
    "COLOR",
    "CREATED",
    "DESCRIPTION",
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "DURATION",
    "GEO",
    "LAST-MODIFIED",
    "LOCATION",
    "METHOD",
    "ORGANIZER",
    "PRIORITY",
    "PRODID",
    "RECURRENCE-ID",
    "REPEAT",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "TRANSP",
    "TRIGGER",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "UID",
    "URL",
    "VERSION",
];

/// A property's value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// To be escaped as TEXT (RFC 5545 section 3.3.11).
    Text(&'a str),
    /// As on the wire.
    Wire(&'a str),
}

/// Parameters with their decoded values.
pub(crate) type Params<'a> = &'a [(&'a str, &'a str)];

/// Collects content lines; components nest by closure, so none stays open.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    out: Vec<u8>,
    /// Which of [`SINGLETONS`] stand in the open component, a bit each.
    seen: u32,
}

impl Lines {
    /// With room for so many octets.
    pub(crate) fn with_capacity(octets: usize) -> Self {
        Self {
            out: Vec::with_capacity(octets),
            seen: 0,
        }
    }

    /// Writes `BEGIN:name`, what `inside` writes, `END:name`.
    pub(crate) fn component(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.begin(name);
        let outer = std::mem::take(&mut self.seen);
        inside(self);
        self.seen = outer;
        self.end(name);
    }

    /// Writes `BEGIN:name` of a component whose end is written by [`Lines::end`]: for an object whose parts are
    /// written apart.
    pub(crate) fn begin(&mut self, name: &'static str) {
        self.fold(&format!("BEGIN:{name}"));
    }

    /// Writes `END:name`.
    pub(crate) fn end(&mut self, name: &'static str) {
        self.fold(&format!("END:{name}"));
    }

    /// Writes a property. Left out: a second one of a name that stands once, and one whose name is no name.
    pub(crate) fn property(&mut self, name: &str, params: Params<'_>, value: Value<'_>) {
        let params = params.iter().map(|(name, value)| (*name, [*value]));
        self.write(name, params, value);
    }

    /// Writes a line that was read.
    pub(crate) fn content_line(&mut self, line: &ContentLine) {
        let params = line
            .params
            .iter()
            .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str)));
        self.write(&line.name, params, Value::Wire(&line.value));
    }

    fn write<'a, Values: IntoIterator<Item = &'a str>>(
        &mut self,
        name: &str,
        params: impl Iterator<Item = (&'a str, Values)>,
        value: Value<'_>,
    ) {
        let bit = SINGLETONS
            .binary_search(&name)
            .map_or(0, |place| 1_u32 << place);
        if self.seen & bit != 0 || !is_name(name) {
            return;
        }
        self.seen |= bit;
        let mut line = String::with_capacity(4 * MAX_LINE_OCTETS);
        line.push_str(name);
        let mut seen: Vec<&str> = Vec::new();
        for (name, values) in params {
            if is_name(name) && !seen.contains(&name) {
                seen.push(name);
                line.push(';');
                line.push_str(name);
                for (position, value) in values.into_iter().enumerate() {
                    line.push(if position == 0 { '=' } else { ',' });
                    push_param_value(&mut line, name, value);
                }
            }
        }
        line.push(':');
        match value {
            Value::Text(text) => push_escaped(&mut line, text),
            Value::Wire(wire) if every(wire, |b| b >= b' ' && b != 0x7f) => line.push_str(wire),
            Value::Wire(wire) => line.extend(wire.chars().filter(|c| is_allowed(*c))),
        }
        self.fold(&line);
    }

    /// The lines, each ended by CRLF.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Folds on character boundaries, and never between the two characters of an escape: clients that unfold after
    /// unescaping exist.
    fn fold(&mut self, line: &str) {
        if every(line, |b| b.is_ascii() && b != b'\\' && b != b'^') {
            // Most lines: any octet may begin the next one.
            let (first, mut rest) = line
                .as_bytes()
                .split_at_checked(MAX_LINE_OCTETS)
                .unwrap_or((line.as_bytes(), &[]));
            self.out.extend_from_slice(first);
            while !rest.is_empty() {
                let (next, more) = rest
                    .split_at_checked(MAX_LINE_OCTETS - 1)
                    .unwrap_or((rest, &[]));
                self.out.extend_from_slice(b"\r\n ");
                self.out.extend_from_slice(next);
                rest = more;
            }
            self.out.extend_from_slice(b"\r\n");
            return;
        }
        let mut octets = 0;
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            let escaped = characters.next_if(|next| match character {
                '\\' => true,
                '^' => matches!(next, 'n' | '^' | '\''),
                _ => false,
            });
            let width = character.len_utf8() + escaped.map_or(0, char::len_utf8);
            if octets + width > MAX_LINE_OCTETS {
                self.out.extend_from_slice(b"\r\n ");
                octets = 1;
            }
            octets += width;
            let mut buffer = [0; 4];
            for character in std::iter::once(character).chain(escaped) {
                self.out
                    .extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            }
        }
        self.out.extend_from_slice(b"\r\n");
    }
}

/// `iana-token / x-name` (RFC 5545 section 3.1).
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// All characters but controls; a tab is white space (RFC 5545 section 3.1, `CONTROL`).
fn is_allowed(character: char) -> bool {
    character == '\t' || !character.is_ascii_control()
}

/// Whether it is so of every octet. All are looked at, without a branch for each, which is several times less work.
fn every(text: &str, is_so: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |all, octet| all & is_so(octet))
}

/// Quoted unless it is a plain token, and a person's name always (RFC 6868 for what quotes cannot hold).
fn push_param_value(line: &mut String, name: &str, value: &str) {
    let in_token =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'+' | b'.');
    if name != "CN" && !value.is_empty() && every(value, in_token) {
        // Most values: the rest only takes out what is not written.
        line.push_str(value);
        return;
    }
    if name == "CN" && every(value, |b| b >= b' ' && !matches!(b, b'^' | b'"' | 0x7f)) {
        line.push('"');
        line.push_str(value);
        line.push('"');
        return;
    }
    let is_written = |c: &char| matches!(c, '\r' | '\n') || is_allowed(*c);
    // Names of time zones, media types and the like are read unquoted by more clients than quoted.
    let is_token = name != "CN"
        && value.chars().any(|c| is_written(&c))
        && value
            .chars()
            .filter(is_written)
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '+' | '.'));
    if is_token {
        line.extend(value.chars().filter(is_written));
        return;
    }
    line.push('"');
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '^' => line.push_str("^^"),
            '"' => line.push_str("^'"),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' => line.push_str("^n"),
            other if is_allowed(other) => line.push(other),
            _ => {}
        }
    }
    line.push('"');
}

/// RFC 5545 section 3.3.11; a line break of any kind is `\n`.
fn push_escaped(line: &mut String, text: &str) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => line.push_str("\\\\"),
            ';' => line.push_str("\\;"),
            ',' => line.push_str("\\,"),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' => line.push_str("\\n"),
            other if is_allowed(other) => line.push(other),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, params: Params<'_>, value: Value<'_>) -> String {
        let mut lines = Lines::default();
        lines.property(name, params, value);
        String::from_utf8(lines.into_bytes()).unwrap()
    }

    #[test]
    fn text_is_escaped_and_a_line_break_of_any_kind_is_one() {
        assert_eq!(
            written("SUMMARY", &[], Value::Text("a,b;c\\d\r\ne\rf\ng\u{7}")),
            "SUMMARY:a\\,b\\;c\\\\d\\ne\\nf\\ng\r\n"
        );
    }

    #[test]
    fn a_name_with_quotes_and_a_line_break_stays_one_parameter() {
        assert_eq!(
            written(
                "ORGANIZER",
                &[("CN", "Al \"Ace\" Ng^\r\nATTENDEE:x")],
                Value::Wire("mailto:a@a.test")
            ),
            "ORGANIZER;CN=\"Al ^'Ace^' Ng^^^nATTENDEE:x\":mailto:a@a.test\r\n"
        );
    }

    #[test]
    fn a_control_in_a_parameter_is_left_out_and_changes_nothing_else() {
        for value in ["Europe/Berlin", "\u{1}Europe/\0Berlin"] {
            assert_eq!(
                written("X-A", &[("TZID", value)], Value::Wire("1")),
                "X-A;TZID=Europe/Berlin:1\r\n"
            );
        }
        for value in ["", "\u{1}"] {
            assert_eq!(
                written("X-A", &[("B", value)], Value::Wire("1")),
                "X-A;B=\"\":1\r\n"
            );
        }
    }

    #[test]
    fn a_line_break_in_a_raw_value_cannot_begin_a_property() {
        assert_eq!(
            written("URL", &[], Value::Wire("https://a.test\r\nATTENDEE:x")),
            "URL:https://a.testATTENDEE:x\r\n"
        );
    }

    #[test]
    fn a_property_that_stands_once_is_written_once() {
        let mut lines = Lines::default();
        lines.property("STATUS", &[], Value::Wire("CONFIRMED"));
        lines.property("STATUS", &[], Value::Wire("CANCELLED"));
        lines.component("VALARM", |alarm| {
            alarm.property("STATUS", &[], Value::Wire("inner"));
        });
        lines.property("X-A", &[], Value::Wire("1"));
        lines.property("X-A", &[], Value::Wire("2"));
        assert_eq!(
            String::from_utf8(lines.into_bytes()).unwrap(),
            "STATUS:CONFIRMED\r\nBEGIN:VALARM\r\nSTATUS:inner\r\nEND:VALARM\r\nX-A:1\r\nX-A:2\r\n"
        );
    }

    #[test]
    fn what_is_no_name_is_left_out() {
        assert_eq!(written("X A", &[], Value::Wire("1")), "");
        assert_eq!(written("", &[], Value::Wire("1")), "");
        assert_eq!(
            written(
                "X-A",
                &[("B:C", "1"), ("D", "2"), ("D", "3")],
                Value::Wire("1")
            ),
            "X-A;D=2:1\r\n"
        );
    }

    #[test]
    fn folds_fall_between_characters_and_beside_escapes() {
        for filler in 60..76 {
            let text = format!("{}\n😀\\,ü^", "x".repeat(filler));
            let out = written("SUMMARY", &[], Value::Text(&text));
            for line in out.split("\r\n") {
                assert!(line.len() <= 75, "{line:?}");
                assert!(!line.ends_with('\\') || line.ends_with("\\\\"), "{line:?}");
            }
            assert!(
                out.replace("\r\n ", "").contains("\\n😀\\\\\\,ü^"),
                "{out:?}"
            );
        }
    }
}
