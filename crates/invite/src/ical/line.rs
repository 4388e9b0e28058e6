//! Content lines (RFC 5545 section 3.1): text → unfolded lines → name, parameters, value as on the wire.
//!
//! Ours, because the libraries decode values on the way in, and what the organizer's client wrote has to go out to
//! attendees unchanged.

use std::{borrow::Cow, fmt};

use super::ContentLine;

mod parameter;

/// Unfolded lines with the number of the line each begins on, the first being 1; empty ones left out.
pub(super) fn unfolded(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let text = text.trim_start_matches('\u{feff}');
    // A calendar pasted into a mail may be indented as a whole.
    let indent = indent_of_all(text);
    let mut rest = text
        .split(line_end(text))
        // Where lines end the old way a line feed ends one too, or it would stand in a value.
        .flat_map(|line| line.split('\n'))
        .map(move |line| line.strip_prefix(indent).unwrap_or(line))
        .map(|line| line.trim_end_matches('\r').trim_start_matches('\u{feff}'))
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

/// Old Macintosh line ends, if there are no others, or hardly any: a gateway may have ended the last line.
fn line_end(text: &str) -> char {
    let mut feeds = 0;
    let mut returns = 0;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\n' => feeds += 1,
            b'\r'
                if bytes
                    .peek()
                    .is_some_and(|next| !matches!(next, b'\n' | b'\r')) =>
            {
                returns += 1;
            }
            _ => {}
        }
        // Enough is seen; a text of one long line is not read to its end for this.
        if feeds > 3 {
            return '\n';
        }
    }
    if returns > feeds { '\r' } else { '\n' }
}

/// The white space before the first BEGIN, which no fold can explain.
fn indent_of_all(text: &str) -> &str {
    let first = text
        .split(['\n', '\r'])
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    first
        .len()
        .checked_sub(first.trim_ascii_start().len())
        .and_then(|end| first.get(..end))
        .unwrap_or_default()
}

fn is_quoted_printable(line: &str) -> bool {
    line.ends_with('=')
        && line
            .split_once(':')
            .is_some_and(|(head, _)| head.to_ascii_uppercase().contains("QUOTED-PRINTABLE"))
}

/// Takes one unfolded line apart; `None` when it is not a content line.
pub(super) fn parse(line: &str) -> Option<ContentLine> {
    let end = memchr::memchr2(b':', b';', line.as_bytes())?;
    let (name, rest) = line.split_at_checked(end)?;
    let name = name.trim();
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'/'));
    if !is_name {
        return None;
    }
    let (params, value) = parameter::split(rest);
    let mut line = ContentLine {
        name: name.to_ascii_uppercase(),
        params,
        value: value.to_owned(),
    };
    parameter::heal(&mut line);
    decode_quoted_printable(&mut line);
    Some(line)
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
    let bytes = crate::mail::quoted_printable(line.value.as_bytes());
    line.value = escape(&crate::mail::decode_value(&bytes, line.param("CHARSET")));
    line.params
        .retain(|(name, _)| !matches!(name.as_str(), "ENCODING" | "QUOTED-PRINTABLE" | "CHARSET"));
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
        // Not everything with colons is torn.
        let line = parse("DTSTART;VALUE=DATE-TIME:2026-03-03T10:00:00Z").unwrap();
        assert_eq!(line.value, "2026-03-03T10:00:00Z");
        let line = parse("EXDATE;TZID=(UTC+01:00) Paris:20260303T090000,20260304T090000").unwrap();
        assert_eq!(line.param("TZID"), Some("(UTC+01:00) Paris"));
        for value in [
            "urn:uuid:1",
            "/principals/1/",
            "invalid:nomail",
            "HTTPS://a.test/1",
        ] {
            let line = parse(&format!("ATTENDEE;CN=Re: Bob:{value}")).unwrap();
            assert_eq!(line.param("CN"), Some("Re: Bob"), "{value}");
            assert_eq!(line.value, value);
        }
    }

    #[test]
    fn parameters_behind_a_torn_one_are_parameters() {
        let line = parse("ATTENDEE;CN=Room 4: East;EMAIL=r@b.test;RSVP=TRUE:urn:uuid:1").unwrap();
        assert_eq!(
            params(&line),
            [
                ("CN", vec!["Room 4: East"]),
                ("EMAIL", vec!["r@b.test"]),
                ("RSVP", vec!["TRUE"])
            ]
        );
        assert_eq!(line.value, "urn:uuid:1");
    }

    #[test]
    fn quotes_within_quotes_belong_to_the_name() {
        for (cn, name) in [
            (r#""Al "Ace" Ng""#, r#"Al "Ace" Ng"#),
            (r#""Al \"Ace\" Ng""#, r#"Al "Ace" Ng"#),
            (r#""Al Ng" "#, "Al Ng"),
            (r#" "Al: Ng""#, "Al: Ng"),
            (r#""Al Ng"#, r#""Al Ng"#),
        ] {
            let line = parse(&format!("ATTENDEE;CN={cn};ROLE=CHAIR:mailto:a@a.test")).unwrap();
            assert_eq!(line.param("CN"), Some(name), "{cn}");
            assert_eq!(line.param("ROLE"), Some("CHAIR"), "{cn}");
        }
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
        for text in [
            "A:1\rB:2\r",
            "A:1\rB:2\rC:3\r\n",
            "A:1\r\r\nB:2\r\r\n",
            "  A:1\n  B:2\n",
            "\u{feff}A:1\n\u{feff}B:2\n",
        ] {
            let lines: Vec<_> = unfolded(text).take(2).collect();
            assert_eq!(lines, [(1, "A:1".into()), (2, "B:2".into())], "{text:?}");
        }
        // A lone carriage return in the text of one line ends nothing.
        assert_eq!(unfolded("A:1\rx\r\nB:2\r\n").count(), 2);
    }

    #[test]
    fn a_line_feed_ends_a_line_whatever_else_does() {
        let lines: Vec<_> = unfolded("A:1\rB:2\rC:3\nD:4\r\nE:5\rF:6\r")
            .map(|(_, line)| line.into_owned())
            .collect();
        assert_eq!(lines, ["A:1", "B:2", "C:3", "D:4", "E:5", "F:6"]);
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
