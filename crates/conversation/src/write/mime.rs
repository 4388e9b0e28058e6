//! The mail around the calendar as each client builds it.

use data_encoding::{BASE64, BASE64_MIME};
use jiff::Timestamp;

use crate::{Calendar, Client};

/// What all mails have in front.
pub(super) struct Head<'a> {
    pub(super) from: &'a str,
    pub(super) from_name: &'a str,
    pub(super) to: &'a str,
    pub(super) number: usize,
    pub(super) date: Timestamp,
    pub(super) more: &'a [String],
}

impl Head<'_> {
    fn write(&self, subject: &str) -> String {
        let domain = self.from.rsplit('@').next().unwrap_or_default();
        let mut head = format!(
            "From: {} <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}.{}@{domain}>\r\n",
            encoded_word(self.from_name),
            self.from,
            self.to,
            encoded_word(subject),
            self.date.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            self.date.as_second(),
            self.number,
        );
        for line in self.more {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head + "MIME-Version: 1.0\r\n"
    }
}

/// A mail of words only.
pub(super) fn text(head: &Head<'_>, words: &str) -> Vec<u8> {
    let part = plain(words);
    format!("{}{part}", head.write("Hello")).into_bytes()
}

/// A mail with a calendar.
pub(super) fn calendar(head: &Head<'_>, calendar: &Calendar, ics: &str) -> Vec<u8> {
    let words = format!("{} {}", calendar.method, calendar.details.summary);
    let html = format!("<html><body><p>{}</p></body></html>", calendar.method);
    let method = if calendar.without.contains("METHOD") {
        String::new()
    } else {
        let announced = calendar.announced.as_ref().unwrap_or(&calendar.method);
        format!("; method={announced}")
    };
    let inline = format!("text/calendar; charset=UTF-8{method}");
    let attached = "application/ics; name=\"invite.ics\"\r\n\
                    Content-Disposition: attachment; filename=\"invite.ics\"";
    let body = match calendar.client {
        Client::Thunderbird => multipart(
            "mixed",
            &[
                multipart("alternative", &[plain(&words), eight_bit(&inline, ics)]),
                eight_bit(attached, ics),
            ],
        ),
        Client::Google => multipart(
            "mixed",
            &[
                multipart(
                    "alternative",
                    &[
                        base64("text/plain; charset=\"UTF-8\"; format=flowed", &words),
                        quoted_printable("text/html; charset=\"UTF-8\"", &html),
                        base64(&inline, ics),
                    ],
                ),
                base64(attached, ics),
            ],
        ),
        Client::Outlook => multipart(
            "alternative",
            &[
                quoted_printable("text/plain; charset=\"us-ascii\"", &words),
                quoted_printable("text/html; charset=\"us-ascii\"", &html),
                base64(&inline, ics),
            ],
        ),
        Client::Apple => multipart(
            "alternative",
            &[
                plain(&words),
                quoted_printable("text/calendar; charset=utf-8", ics),
            ],
        ),
        Client::Evolution => quoted_printable(&inline, ics),
    };
    format!("{}{body}", head.write(&words)).into_bytes()
}

fn plain(words: &str) -> String {
    eight_bit("text/plain; charset=UTF-8", &format!("{words}\r\n"))
}

fn eight_bit(content_type: &str, text: &str) -> String {
    format!("Content-Type: {content_type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}")
}

fn base64(content_type: &str, text: &str) -> String {
    format!(
        "Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        BASE64_MIME.encode(text.as_bytes())
    )
}

fn quoted_printable(content_type: &str, text: &str) -> String {
    let lines: Vec<String> = text.split("\r\n").map(quoted_line).collect();
    format!(
        "Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        lines.join("\r\n")
    )
}

/// RFC 2045 6.7: at most 76 characters a line, soft breaks between.
fn quoted_line(line: &str) -> String {
    let mut quoted = String::new();
    let mut width = 0;
    for byte in line.bytes() {
        let unit = match byte {
            b'!'..=b'<' | b'>'..=b'~' => char::from(byte).to_string(),
            _ => format!("={byte:02X}"),
        };
        if width + unit.len() > 75 {
            quoted.push_str("=\r\n");
            width = 0;
        }
        width += unit.len();
        quoted.push_str(&unit);
    }
    quoted
}

fn multipart(kind: &str, parts: &[String]) -> String {
    let boundary = format!("=_{kind}_of_{}", parts.len());
    let mut body = format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        body += &format!("--{boundary}\r\n{part}\r\n");
    }
    body + &format!("--{boundary}--\r\n")
}

/// RFC 2047.
fn encoded_word(text: &str) -> String {
    if text.is_ascii() {
        text.to_owned()
    } else {
        format!("=?UTF-8?B?{}?=", BASE64.encode(text.as_bytes()))
    }
}
