//! Content lines (RFC 5545 section 3.1): text → unfolded lines → name, parameters, value as on the wire.
//!
//! Ours, because the libraries decode values on the way in, and what the organizer's client wrote has to go out to
//! attendees unchanged.

use std::{borrow::Cow, fmt};

use super::ContentLine;

/// Unfolded lines with the number of the line each begins on, the first being 1; empty ones left out.
pub(super) fn unfolded(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Old Macintosh line ends, if there are no others.
    let end = if text.contains('\n') { '\n' } else { '\r' };
    let mut rest = text
        .split(end)
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .enumerate()
        // White space alone may be the rest of a folded line; of a line of its own it is nothing.
        .filter(|(_, line)| !line.is_empty())
        .peekable();
    std::iter::from_fn(move || {
        let (number, first) = rest.find(|(_, line)| !line.trim().is_empty())?;
        let mut line = Cow::Borrowed(first);
        // Quoted-printable of vCalendar 1.0 goes on behind a soft line break.
        if is_quoted_printable(&line) {
            while line.ends_with('=') {
                let Some((_, more)) = rest.next() else { break };
                let line = line.to_mut();
                line.pop();
                line.push_str(more);
            }
        }
        while let Some((_, folded)) = rest.next_if(|(_, line)| line.starts_with([' ', '\t'])) {
            let mut chars = folded.chars();
            chars.next();
            line.to_mut().push_str(chars.as_str());
        }
        Some((number + 1, line))
    })
}

fn is_quoted_printable(line: &str) -> bool {
    line.ends_with('=')
        && line
            .split_once(':')
            .is_some_and(|(head, _)| head.to_ascii_uppercase().contains("QUOTED-PRINTABLE"))
}

/// Takes one unfolded line apart; `None` when it is not a content line.
pub(super) fn parse(line: &str) -> Option<ContentLine> {
    let end = line.find([':', ';'])?;
    let (name, mut rest) = line.split_at_checked(end)?;
    let name = name.trim();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    if !is_name {
        return None;
    }
    let mut params = Vec::new();
    while let Some(after) = rest.strip_prefix(';') {
        let (param, remainder) = parameter(after);
        if let Some(param) = param {
            params.push(param);
        }
        rest = remainder;
    }
    let value = rest.strip_prefix(':').unwrap_or_default();
    let mut line = ContentLine {
        name: name.to_ascii_uppercase(),
        params,
        value: value.to_owned(),
    };
    heal(&mut line);
    decode_quoted_printable(&mut line);
    Some(line)
}

type Parameter = (String, Vec<String>);

/// One parameter from behind its `;`, and what is left of the line.
fn parameter(text: &str) -> (Option<Parameter>, &str) {
    let end = text.find(['=', ';', ':']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let name = name.trim().to_ascii_uppercase();
    let mut values = Vec::new();
    if let Some(after) = rest.strip_prefix('=') {
        rest = after;
        loop {
            let (value, remainder) = parameter_value(rest);
            values.push(value);
            match remainder.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    rest = remainder;
                    break;
                }
            }
        }
    }
    // Whatever stands between a closing quote and the next delimiter belongs nowhere.
    let rest = rest
        .find([';', ':'])
        .and_then(|at| rest.get(at..))
        .unwrap_or_default();
    ((!name.is_empty()).then_some((name, values)), rest)
}

fn parameter_value(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"')
        && let Some((value, rest)) = quoted.split_once('"')
    {
        return (decode_circumflex(value), rest);
    }
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = rest.find([',', ';', ':']).unwrap_or(rest.len());
        let (head, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        // RFC 5545 3.2 knows no backslash in parameters, but clients escape commas that way.
        match (head.strip_suffix('\\'), tail.split_at_checked(1)) {
            (Some(head), Some((delimiter, tail))) => {
                value.push_str(head);
                value.push_str(delimiter);
                rest = tail;
            }
            _ => {
                value.push_str(head);
                return (decode_circumflex(&value), tail);
            }
        }
    }
}

/// RFC 6868: `^n` is a line end, `^'` a double quote, `^^` a circumflex; any other stays.
fn decode_circumflex(value: &str) -> String {
    if !value.contains('^') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match (c, chars.peek()) {
            ('^', Some('n')) => '\n',
            ('^', Some('\'')) => '"',
            ('^', Some('^')) => '^',
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push(decoded);
        chars.next();
    }
    out
}

/// Puts back what an unquoted colon in a parameter has torn: `TZID=(UTC+01:00) Paris:2026…`, `CN=Re: x:mailto:…`.
fn heal(line: &mut ContentLine) {
    let value_at = match line.name.as_str() {
        "DTSTART" | "DTEND" | "RECURRENCE-ID" | "EXDATE" | "RDATE" => line.value.rfind(':'),
        "ORGANIZER" | "ATTENDEE" => line
            .value
            .to_ascii_lowercase()
            .find(":mailto:")
            .filter(|_| !line.value.get(..7).is_some_and(is_mailto)),
        _ => None,
    };
    let Some(at) = value_at else { return };
    let Some((torn, value)) = line.value.split_at_checked(at) else {
        return;
    };
    let value = value.strip_prefix(':').unwrap_or(value).to_owned();
    let torn = format!(":{torn}");
    if let Some(last) = line
        .params
        .last_mut()
        .and_then(|(_, values)| values.last_mut())
    {
        last.push_str(&torn);
        line.value = value;
    }
}

fn is_mailto(text: &str) -> bool {
    text.eq_ignore_ascii_case("mailto:")
}

/// vCalendar 1.0 writes other than ASCII as quoted-printable; here it becomes what RFC 5545 would have written.
fn decode_quoted_printable(line: &mut ContentLine) {
    let encoded = line.params.iter().any(|(name, values)| {
        name == "QUOTED-PRINTABLE"
            || name == "ENCODING"
                && values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("QUOTED-PRINTABLE"))
    });
    if !encoded {
        return;
    }
    let charset = line.param("CHARSET").map(ToOwned::to_owned);
    if let Some(bytes) =
        mail_parser::decoders::quoted_printable::quoted_printable_decode(line.value.as_bytes())
    {
        let (text, _) = crate::mail::decode_text(&bytes, charset.as_deref(), &mut Vec::new());
        line.value = escape(&text);
        line.params.retain(|(name, _)| {
            !matches!(name.as_str(), "ENCODING" | "QUOTED-PRINTABLE" | "CHARSET")
        });
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' => {}
            '\n' => out.push_str("\\n"),
            // A backslash of vCalendar 1.0 is an escape already.
            ',' if !out.ends_with('\\') => out.push_str("\\,"),
            ';' if !out.ends_with('\\') => out.push_str("\\;"),
            c => out.push(c),
        }
    }
    out
}

/// One unfolded line, as it goes on the wire (RFC 6868 for what parameters cannot hold).
impl fmt::Display for ContentLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (name, values) in &self.params {
            write!(f, ";{name}")?;
            for (at, value) in values.iter().enumerate() {
                f.write_str(if at == 0 { "=" } else { "," })?;
                let value = value
                    .replace('^', "^^")
                    .replace('\n', "^n")
                    .replace('"', "^'");
                if value.contains([',', ';', ':']) {
                    write!(f, "\"{value}\"")?;
                } else {
                    f.write_str(&value)?;
                }
            }
        }
        write!(f, ":{}", self.value)
    }
}

impl ContentLine {
    /// The first value of a parameter, by its upper-case name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(known, _)| known == name)
            .and_then(|(_, values)| values.first())
            .map(String::as_str)
    }

    /// The value as TEXT, escapes undone (RFC 5545 section 3.3.11).
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(self.value.len());
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => out.push('\n'),
                    Some(c @ ('\\' | ',' | ';' | ':' | '"')) => out.push(c),
                    Some(c) => {
                        out.push('\\');
                        out.push(c);
                    }
                    None => out.push('\\'),
                },
                c => out.push(c),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(line: &ContentLine) -> Vec<(&str, Vec<&str>)> {
        line.params
            .iter()
            .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
            .collect()
    }

    #[test]
    fn a_line_is_taken_apart_and_its_value_stays_as_on_the_wire() {
        let line =
            parse(r#"attendee;cn="Ng, Alice";ROLE=CHAIR;X-A=b,"c:d":mailto:alice@a.test"#).unwrap();
        assert_eq!(line.name, "ATTENDEE");
        assert_eq!(
            params(&line),
            [
                ("CN", vec!["Ng, Alice"]),
                ("ROLE", vec!["CHAIR"]),
                ("X-A", vec!["b", "c:d"])
            ]
        );
        assert_eq!(line.value, "mailto:alice@a.test");
        assert_eq!(parse(r"SUMMARY:a\, b\nc").unwrap().value, r"a\, b\nc");
    }

    #[test]
    fn circumflexes_are_decoded_after_rfc_6868() {
        let line = parse("ATTENDEE;CN=The ^'Boss^'^nof ^^ all ^x:mailto:b@b.test").unwrap();
        assert_eq!(line.param("CN"), Some("The \"Boss\"\nof ^ all ^x"));
    }

    #[test]
    fn colons_and_commas_that_should_have_been_quoted_are_healed() {
        let line = parse("DTSTART;TZID=(UTC-05:00) Eastern Time:20260303T090000").unwrap();
        assert_eq!(line.param("TZID"), Some("(UTC-05:00) Eastern Time"));
        assert_eq!(line.value, "20260303T090000");
        let line = parse("ATTENDEE;CN=Team: Sales:MAILTO:sales@b.test").unwrap();
        assert_eq!(line.param("CN"), Some("Team: Sales"));
        assert_eq!(line.value, "MAILTO:sales@b.test");
        let line = parse(r"DTSTART;TZID=Paris\, Madrid:20260303T090000").unwrap();
        assert_eq!(line.param("TZID"), Some("Paris, Madrid"));
    }

    #[test]
    fn lines_are_unfolded_with_any_line_end() {
        for end in ["\r\n", "\n"] {
            let text = ["SUMMARY:one", " two", "\tthree", "", "UID:1"].join(end);
            let lines: Vec<_> = unfolded(&text)
                .map(|(at, line)| (at, line.into_owned()))
                .collect();
            assert_eq!(
                lines,
                [
                    (1, "SUMMARY:onetwothree".to_owned()),
                    (5, "UID:1".to_owned())
                ]
            );
        }
        assert_eq!(unfolded("A:1\rB:2\r").count(), 2);
        assert_eq!(unfolded(" \t\r\nA:1\r\n\r\n \r\nB:2").count(), 2);
    }

    #[test]
    fn white_space_at_a_fold_is_kept() {
        let (_, line) = unfolded("SUMMARY:one\r\n    \r\n two\r\n").next().unwrap();
        assert_eq!(line, "SUMMARY:one   two");
    }

    #[test]
    fn quoted_printable_of_vcalendar_1_becomes_plain_text() {
        let text =
            "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:K=F6ln=\r\n und Bonn, 2=0A3\r\n";
        let (_, line) = unfolded(text).next().unwrap();
        let line = parse(&line).unwrap();
        assert_eq!(line.text(), "Köln und Bonn, 2\n3");
        assert!(line.params.is_empty());
    }

    #[test]
    fn what_is_no_content_line_is_said_so() {
        for text in ["no colon", ":value", "na me:x", "\u{e9}:x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
