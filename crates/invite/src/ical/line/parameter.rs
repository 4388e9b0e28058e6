//! Parameters of a content line (RFC 5545 section 3.2), as clients write them: unquoted, torn by colons, escaped in
//! ways no RFC knows.

use memchr::{memchr2, memchr3};

use crate::ical::{ContentLine, MAX_PARAMETERS, date};

/// One parameter with its values.
type Parameter = (String, Vec<String>);

/// The parameters from the first `;` on, and the value behind their colon.
pub(super) fn split(mut rest: &str) -> (Vec<Parameter>, &str) {
    let mut params = Vec::new();
    while let Some(after) = rest.strip_prefix(';') {
        // One more than a whole calendar may have: it is refused for that.
        if params.len() > MAX_PARAMETERS {
            break;
        }
        let (param, remainder) = parameter(after);
        params.extend(param);
        rest = remainder;
    }
    (params, rest.strip_prefix(':').unwrap_or_default())
}

/// One parameter from behind its `;`, and what is left of the line.
fn parameter(text: &str) -> (Option<Parameter>, &str) {
    let end = memchr3(b'=', b';', b':', text.as_bytes()).unwrap_or(text.len());
    let (name, mut rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let name = name.trim().to_ascii_uppercase();
    let mut values = Vec::new();
    if let Some(after) = rest.strip_prefix('=') {
        rest = after;
        loop {
            let (value, remainder) = parameter_value(rest);
            values.push(value);
            match remainder.strip_prefix(',') {
                Some(more) if values.len() <= MAX_PARAMETERS => rest = more,
                _ => {
                    rest = remainder;
                    break;
                }
            }
        }
    }
    // Whatever stands between a closing quote and the next delimiter belongs nowhere.
    let rest = memchr2(b';', b':', rest.as_bytes())
        .and_then(|at| rest.get(at..))
        .unwrap_or_default();
    ((!name.is_empty()).then_some((name, values)), rest)
}

fn parameter_value(text: &str) -> (String, &str) {
    if let Some((value, rest)) = text.trim_start().strip_prefix('"').and_then(quoted) {
        return (decode_circumflex(&value.replace("\\\"", "\"")), rest);
    }
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = memchr3(b',', b';', b':', rest.as_bytes()).unwrap_or(rest.len());
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

/// What stands before the closing quote, and what behind it. A quote in a name (`"Al "Ace" Ng"`) closes nothing: what
/// follows it is no delimiter, and another quote comes before the next delimiter.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut end = text.find('"')?;
    loop {
        let after = text.get(end + 1..)?;
        let closes = after
            .trim_start()
            .chars()
            .next()
            .is_none_or(|next| matches!(next, ',' | ';' | ':'));
        let next = (!closes)
            .then(|| after.find(['"', ';', ':']))
            .flatten()
            .filter(|at| after.get(*at..).is_some_and(|rest| rest.starts_with('"')));
        match next {
            Some(at) => end += 1 + at,
            None => return Some((text.get(..end)?, after)),
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
pub(super) fn heal(line: &mut ContentLine) {
    if line.params.is_empty() || !line.value.contains(':') {
        return;
    }
    let value_at = match line.name.as_str() {
        "DTSTART" | "DTEND" | "RECURRENCE-ID" | "EXDATE" | "RDATE" => {
            date_behind_a_colon(&line.value)
        }
        "ORGANIZER" | "ATTENDEE" => uri_behind_a_colon(&line.value),
        _ => None,
    };
    let Some((torn, value)) = value_at.and_then(|at| line.value.split_at_checked(at)) else {
        return;
    };
    let value = value.strip_prefix(':').unwrap_or(value).to_owned();
    // More parameters may follow in what was taken for the value.
    let end = torn.find(';').unwrap_or(torn.len());
    let (torn, more) = torn.split_at_checked(end).unwrap_or((torn, ""));
    let (torn, more) = (format!(":{torn}"), split(more).0);
    if let Some(last) = line
        .params
        .last_mut()
        .and_then(|(_, values)| values.last_mut())
    {
        last.push_str(&torn);
        if let Some(inner) = last.strip_suffix('"') {
            last.truncate(inner.len());
        }
        line.params.extend(more);
        line.value = value;
    }
}

/// The colon before the first date, unless the value begins with one: `2026-03-03T10:00:00` has colons too.
fn date_behind_a_colon(value: &str) -> Option<usize> {
    let is_a_date = |text: &str| {
        let first = text.split([',', '/', ';']).next().unwrap_or_default();
        date::parse(first).is_some()
    };
    if is_a_date(value) {
        return None;
    }
    // No zone's name has more colons than this.
    value
        .match_indices(':')
        .take(4)
        .map(|(at, _)| at)
        .find(|at| value.get(at + 1..).is_some_and(is_a_date))
}

/// The colon before the address, unless the value begins with one.
fn uri_behind_a_colon(value: &str) -> Option<usize> {
    const BEGINNINGS: [&str; 12] = [
        "mailto:", "urn:", "http:", "https:", "invalid:", "sip:", "sips:", "tel:", "ldap:", "cid:",
        "smtp:", "/",
    ];
    let begins = |text: &str| {
        BEGINNINGS.iter().any(|beginning| {
            text.get(..beginning.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        })
    };
    if begins(value.trim_start()) {
        return None;
    }
    // Nobody's name has more colons than this.
    value
        .match_indices(':')
        .take(16)
        .map(|(at, _)| at)
        .find(|at| value.get(at + 1..).is_some_and(begins))
}
