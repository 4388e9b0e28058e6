//! The bytes of a mail. Everything that differs between two runs elsewhere (Message-ID, boundaries, Date) is derived
//! from what is told.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    encoders::{Base64Encoder, QuotedPrintableEncoder},
    headers::{
        Header, address::Address as AddressHeader, content_type::ContentType, date::Date,
        message_id::MessageId, raw::Raw, text::Text,
    },
    mime::MimePart,
};
use sha2::{Digest as _, Sha256};

use super::{Letter, LetterError, Sender, template::one_line, templates::Texts};
use crate::{
    address::{Address, Mailbox},
    event::Event,
    id::Uid,
};

/// Who a letter is between, and its name: what differs between its recipients.
#[derive(Debug)]
pub(super) struct Between {
    pub(super) from: Mailbox,
    pub(super) to: Mailbox,
    /// `None`: to From.
    pub(super) reply_to: Option<Mailbox>,
    /// Without angle brackets.
    pub(super) message_id: String,
    /// Header fields.
    pub(super) list_unsubscribe: Option<String>,
}

/// What a letter follows on.
#[derive(Debug)]
pub(super) struct Occasion {
    pub(super) date: Timestamp,
    /// RFC 3834 section 5: `auto-generated`, or `auto-replied`.
    pub(super) auto_submitted: &'static str,
    /// Without angle brackets.
    pub(super) in_reply_to: Option<String>,
    /// What the letter is about, in References; without angle brackets.
    pub(super) reference: Option<String>,
}

/// The texts of a letter, encoded.
#[derive(Debug)]
pub(super) struct Encoded {
    plain: Vec<u8>,
    html: Vec<u8>,
}

impl Encoded {
    pub(super) fn new(texts: &Texts) -> Self {
        Self {
            plain: quoted_printable(&texts.plain),
            html: quoted_printable(&texts.html),
        }
    }

    pub(super) fn parts(&self) -> [MimePart<'_>; 2] {
        [("text/plain", &self.plain), ("text/html", &self.html)].map(|(kind, encoded)| {
            MimePart::new(
                ContentType::new(kind).attribute("charset", "utf-8"),
                encoded.as_slice(),
            )
            .transfer_encoding("quoted-printable")
        })
    }
}

/// A letter of texts, and of one file, if there is one.
pub(super) fn write_notice(
    between: Between,
    occasion: &Occasion,
    texts: &Texts,
    file: Option<&File<'_>>,
) -> Letter {
    let encoded = Encoded::new(texts);
    let id = between.message_id.split('@').next().unwrap_or_default();
    let name = id.rsplit('.').next().unwrap_or_default();
    let alternative = multipart("alternative", name, encoded.parts().into());
    let attached = file.map(File::encoded);
    let body = match (file, &attached) {
        (Some(file), Some(encoded)) => {
            multipart("mixed", name, vec![alternative, file.part(encoded)])
        }
        _ => alternative,
    };
    let mut raw = Vec::new();
    between.write(&mut raw);
    raw.extend(occasion.fields());
    write_body(&texts.subject, body, &mut raw);
    between.with(raw)
}

/// A text file to attach.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) content_type: &'a str,
    pub(super) bytes: &'a [u8],
}

impl File<'_> {
    fn encoded(&self) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(self.bytes.len() * 3 / 2);
        Base64Encoder::new()
            .wrap_lines()
            .encode_into(self.bytes, &mut encoded);
        encoded
    }

    fn part<'x>(&self, encoded: &'x [u8]) -> MimePart<'x> {
        MimePart::new(
            ContentType::new(self.content_type.to_owned())
                .attribute("charset", "utf-8")
                .attribute("name", self.name.to_owned()),
            encoded,
        )
        .transfer_encoding("base64")
        .attachment(self.name.to_owned())
    }
}

/// Subject, MIME-Version, the headers of the body, and the body.
pub(super) fn write_body(subject: &str, body: MimePart<'_>, out: &mut Vec<u8>) {
    field(out, "Subject", &Text::new(subject));
    out.extend_from_slice(b"MIME-Version: 1.0\r\n");
    MessageBuilder::new().body(body).serialize_body(out);
}

/// Boundaries cannot occur in a part: `=_` is neither base64 nor quoted-printable (RFC 2045 section 6.7). `name`: at
/// most 50 characters of a boundary's 70 (RFC 2046 section 5.1.1).
pub(super) fn multipart<'x>(kind: &str, name: &str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
    let boundary = format!("=_{kind}_{name}");
    let content_type =
        ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary);
    MimePart::new(content_type, parts)
}

impl Between {
    /// Their header fields. Message-ID and List-Unsubscribe are of our own making: nothing in them is encoded.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        field(out, "From", &mailbox_header(&self.from));
        let reply_to = self.reply_to.as_ref().unwrap_or(&self.from);
        field(out, "Reply-To", &mailbox_header(reply_to));
        field(out, "To", &mailbox_header(&self.to));
        for piece in ["Message-ID: <", &self.message_id, ">\r\n"] {
            out.extend_from_slice(piece.as_bytes());
        }
        if let Some(fields) = &self.list_unsubscribe {
            out.extend_from_slice(fields.as_bytes());
        }
    }

    /// The letter between them.
    pub(super) fn with(self, raw: Vec<u8>) -> Letter {
        Letter {
            from: self.from,
            to: self.to,
            tells: None,
            raw,
        }
    }
}

impl Occasion {
    /// Its header fields.
    pub(super) fn fields(&self) -> Vec<u8> {
        let mut out = Vec::new();
        field(&mut out, "Date", &Date::new(self.date.as_second()));
        if let Some(id) = &self.in_reply_to {
            field(&mut out, "In-Reply-To", &MessageId::new(id.as_str()));
        }
        let references: Vec<&str> = [&self.reference, &self.in_reply_to]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if !references.is_empty() {
            field(&mut out, "References", &MessageId::from(references));
        }
        field(&mut out, "Auto-Submitted", &Raw::new(self.auto_submitted));
        out
    }
}

/// Writes one header field, folded and encoded where it must be.
fn field(out: &mut Vec<u8>, name: &str, value: &impl Header) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    value.write_header(out, name.len() + 2);
}

fn mailbox_header(mailbox: &Mailbox) -> AddressHeader<'_> {
    AddressHeader::new_address(mailbox.name.as_deref(), mailbox.address.as_str())
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let mut with_crlf = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        with_crlf.push_str(line);
        with_crlf.push_str("\r\n");
    }
    let mut encoded = Vec::new();
    QuotedPrintableEncoder::new()
        .preserve_line_breaks()
        .encode_into(with_crlf.as_bytes(), &mut encoded);
    encoded
}

/// What a letter is about: an event, at our SEQUENCE of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    uid: &'a Uid,
    sequence: u32,
}

impl<'a> About<'a> {
    pub(super) fn of(event: &'a Event) -> Self {
        Self {
            uid: &event.uid,
            sequence: event.stamp.sequence,
        }
    }
}

impl About<'_> {
    /// How Message-IDs of letters of a `kind` begin that tell all of their readers `told`: the same letter has the same
    /// Message-ID. It is readable what about, so that an answer in words, which names it in In-Reply-To, can be placed.
    pub(super) fn told(&self, kind: &str, told: &str) -> String {
        let Self { uid, sequence } = self;
        format!("invite.{uid}.{sequence}.{kind}-{told}.")
    }

    /// A name for what a letter is about, in References. SES gives a letter a Message-ID of its own, but leaves this,
    /// and whoever answers repeats it (RFC 5322 section 3.6.4).
    pub(super) fn reference(&self, sender: &Sender) -> String {
        let Self { uid, sequence } = self;
        format!("event.{uid}.{sequence}@{}", sender.mail_domain)
    }
}

/// The Message-ID of the letter to one of those readers; `pair` names the organizer and him.
pub(super) fn message_id_to(told: &str, pair: &str, sender: &Sender) -> String {
    [told, pair, "@", &sender.mail_domain].concat()
}

/// A Message-ID of a notice, by what it tells: the same notice has the same.
pub(super) fn message_id(sender: &Sender, told: &[&str]) -> String {
    let mut hash = Sha256::new();
    for field in told {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let mut id = HEXLOWER.encode(&hash.finalize());
    id.truncate(32);
    format!("{id}@{}", sender.mail_domain)
}

/// Which event, at which SEQUENCE, a Message-ID (without angle brackets) of a letter of ours is about.
#[must_use]
pub(crate) fn about_of(message_id: &str, mail_domain: &str) -> Option<(Uid, u32)> {
    let (id, domain) = message_id.trim().rsplit_once('@')?;
    if !domain.eq_ignore_ascii_case(mail_domain) {
        return None;
    }
    let mut fields = id.split('.');
    matches!(fields.next()?, "invite" | "event").then_some(())?;
    Some((Uid::parse(fields.next()?)?, fields.next()?.parse().ok()?))
}

/// To.
pub(super) fn recipient(mailbox: &Mailbox) -> Result<Mailbox, LetterError> {
    Ok(Mailbox {
        address: ascii_address(&mailbox.address)?,
        name: mailbox
            .name
            .as_deref()
            .map(one_line)
            .filter(|name| !name.is_empty()),
    })
}

/// From of notices to organizers.
pub(super) fn notification(sender: &Sender) -> Result<Mailbox, LetterError> {
    let address = format!("notification@{}", sender.mail_domain);
    Ok(Mailbox {
        address: Address::parse(&address)
            .filter(|address| address.as_str().is_ascii())
            .ok_or_else(|| LetterError::MailDomain(sender.mail_domain.clone()))?,
        name: Some(one_line(&sender.brand.name)).filter(|name| !name.is_empty()),
    })
}

/// A Message-ID as it stands between its angle brackets, or nothing if it could break a header.
pub(super) fn bare_message_id(text: &str) -> Option<String> {
    let id = text.trim().trim_start_matches('<').trim_end_matches('>');
    let fits = id.contains('@')
        && id.len() <= 250
        && id
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'));
    fits.then(|| id.to_owned())
}

/// The address with its domain in the letters of DNS (RFC 5890).
pub(super) fn ascii_address(address: &Address) -> Result<Address, LetterError> {
    if address.as_str().is_ascii() {
        return Ok(address.clone());
    }
    idna::domain_to_ascii(address.domain())
        .ok()
        .and_then(|domain| Address::parse(&format!("{}@{domain}", address.local())))
        .filter(|address| address.as_str().is_ascii())
        .ok_or(LetterError::AddressNotAscii)
}
