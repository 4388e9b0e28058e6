//! Content-Transfer-Encoding of a calendar part, undone (RFC 2045 section 6): by what the header says, or by what the
//! bytes are.

use std::borrow::Cow;

use mail_parser::{
    Encoding,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};

use super::Problem;

/// How `BEGIN:VCALENDAR` begins in base64, alone and behind a byte order mark.
const BEGIN_IN_BASE64: [&[u8]; 3] = [b"QkVHSU46", b"77u/QkVHSU46", b"QkVHSU4g"];

/// The bytes of a part whose header says `encoding`; what cannot be decoded is left out and named.
pub(super) fn decode<'a>(
    raw: &'a [u8],
    encoding: Encoding,
    problems: &mut Vec<Problem>,
) -> Cow<'a, [u8]> {
    let found = found(raw, encoding);
    if found != encoding {
        problems.push(Problem::new(
            "bad-transfer-encoding",
            "the calendar part is not encoded as its Content-Transfer-Encoding says",
        ));
    }
    let decoded = match found {
        Encoding::None => return Cow::Borrowed(raw),
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    };
    Cow::Owned(decoded.unwrap_or_else(|| {
        problems.push(Problem::new(
            "bad-transfer-encoding",
            "the calendar part holds bytes that its Content-Transfer-Encoding does not allow",
        ));
        match found {
            Encoding::Base64 => base64_among_others(raw),
            _ => quoted_printable(raw),
        }
    }))
}

/// The encoding the bytes are in. Gateways decode and leave the header, or encode and write none.
fn found(raw: &[u8], says: Encoding) -> Encoding {
    let start = raw.trim_ascii_start();
    let begins = |with: &[u8]| {
        start
            .get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    match says {
        Encoding::Base64 if begins(b"BEGIN:V") => Encoding::None,
        Encoding::None if BEGIN_IN_BASE64.iter().any(|begin| start.starts_with(begin)) => {
            Encoding::Base64
        }
        Encoding::None
            if begins(b"BEGIN:V")
                && memchr::memmem::find(raw, b"=3D").is_some()
                && has_encoded_parameters(raw) =>
        {
            Encoding::QuotedPrintable
        }
        says => says,
    }
}

/// `;TZID=3DEurope/Berlin`: an equals sign is encoded only where everything is.
fn has_encoded_parameters(raw: &[u8]) -> bool {
    raw.split(|byte| *byte == b';').skip(1).any(|parameter| {
        parameter
            .split(|byte| !byte.is_ascii_alphabetic() && *byte != b'-')
            .next()
            .is_some_and(|name| {
                !name.is_empty()
                    && parameter
                        .get(name.len()..name.len() + 3)
                        .is_some_and(|equals| equals == b"=3D")
            })
    })
}

/// Base64 with something else in it: footers of mailing lists, quote marks, line numbers.
fn base64_among_others(raw: &[u8]) -> Vec<u8> {
    let alphabet: Vec<u8> = raw
        .iter()
        .copied()
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        .collect();
    base64_decode(&alphabet).unwrap_or_default()
}

/// Quoted-printable, an equals sign that begins nothing being itself (RFC 2045 section 6.7).
pub(crate) fn quoted_printable(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        let line_end = after
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))
            .unwrap_or(after.len());
        let hex = after.first_chunk::<2>().and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_hex
                .then(|| u8::from_str_radix(digits, 16).ok())
                .flatten()
        });
        if let Some(decoded) = hex {
            out.push(decoded);
            rest = after.get(2..).unwrap_or_default();
        } else if after.get(line_end).is_none_or(|byte| *byte == b'\n') {
            rest = after.get(line_end + 1..).unwrap_or_default();
        } else {
            out.push(b'=');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "BEGIN:VCALENDAR\r\nX;TZID=A:1\r\nEND:VCALENDAR\r\n";

    fn decoded(raw: &str, encoding: Encoding) -> (String, usize) {
        let mut problems = Vec::new();
        let bytes = decode(raw.as_bytes(), encoding, &mut problems);
        (String::from_utf8_lossy(&bytes).into_owned(), problems.len())
    }

    #[test]
    fn a_header_that_is_wrong_about_its_encoding_is_seen_through() {
        let base64 = data_encoding::BASE64.encode(TEXT.as_bytes());
        let quoted = TEXT.replace('=', "=3D");
        for (raw, says, problems) in [
            (TEXT, Encoding::None, 0),
            (&base64, Encoding::Base64, 0),
            (&quoted, Encoding::QuotedPrintable, 0),
            (TEXT, Encoding::Base64, 1),
            (&base64, Encoding::None, 1),
            (&quoted, Encoding::None, 1),
        ] {
            assert_eq!(decoded(raw, says), (TEXT.to_owned(), problems), "{raw}");
        }
    }

    #[test]
    fn what_base64_does_not_allow_is_left_out() {
        let base64 = data_encoding::BASE64.encode(TEXT.as_bytes());
        let (head, tail) = base64.split_at(20);
        let (text, problems) = decoded(
            &format!("> {head}\r\n> \u{e9}*{tail}\r\n"),
            Encoding::Base64,
        );
        assert_eq!((text.as_str(), problems), (TEXT, 1));
        // A mailing list's footer comes behind the calendar.
        let (text, _) = decoded(&format!("{base64}\r\n____\r\nList"), Encoding::Base64);
        assert!(text.starts_with(TEXT), "{text}");
    }

    #[test]
    fn an_equals_sign_that_begins_nothing_is_itself() {
        for (raw, text) in [
            ("a=3Db", "a=b"),
            ("a=\r\nb", "ab"),
            ("a= \t\r\nb", "ab"),
            ("a=zb", "a=zb"),
            ("a==3D", "a=="),
            ("a=4", "a=4"),
            ("a=", "a"),
            ("1=2=\u{e9}", "1=2=\u{e9}"),
        ] {
            assert_eq!(
                String::from_utf8(quoted_printable(raw.as_bytes())).unwrap(),
                text,
                "{raw}"
            );
        }
    }
}
