//! The bytes of a mail. Everything that differs between two runs elsewhere (Message-ID, boundaries, Date) is derived
//! from what is told.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    encoders::{Base64Encoder, QuotedPrintableEncoder},
    headers::{HeaderType, address::Address as AddressHeader, content_type::ContentType, raw::Raw},
    mime::MimePart,
};
use sha2::{Digest as _, Sha256};

use super::{
    Letter, LetterError, Sender,
    template::{Texts, one_line},
};
use crate::{
    address::{Address, Mailbox},
    event::Event,
    id::Uid,
};

/// The headers of a letter.
#[derive(Debug)]
pub(super) struct Headers {
    pub(super) from: Mailbox,
    pub(super) to: Mailbox,
    pub(super) reply_to: Mailbox,
    pub(super) subject: String,
    pub(super) message_id: String,
    pub(super) date: Timestamp,
    /// RFC 3834 section 5: `auto-generated`, or `auto-replied`.
    pub(super) auto_submitted: &'static str,
    /// With angle brackets.
    pub(super) list_unsubscribe: Option<String>,
    /// Without angle brackets.
    pub(super) in_reply_to: Option<String>,
    /// What the letter is about, in References; without angle brackets.
    pub(super) reference: Option<String>,
}

/// The texts of a letter, encoded.
#[derive(Debug)]
struct Encoded {
    plain: Vec<u8>,
    html: Vec<u8>,
}

impl Encoded {
    fn new(texts: &Texts) -> Self {
        Self {
            plain: quoted_printable(&texts.plain),
            html: quoted_printable(&texts.html),
        }
    }

    fn parts(&self) -> [MimePart<'_>; 2] {
        [("text/plain", &self.plain), ("text/html", &self.html)].map(|(kind, encoded)| {
            MimePart::new(
                ContentType::new(kind).attribute("charset", "utf-8"),
                encoded.as_slice(),
            )
            .transfer_encoding("quoted-printable")
        })
    }
}

/// A letter with a calendar object, less headers and object.
#[derive(Debug)]
pub(super) struct Invitation {
    method: &'static str,
    texts: Encoded,
}

impl Invitation {
    pub(super) fn new(method: &'static str, texts: &Texts) -> Self {
        Self {
            method,
            texts: Encoded::new(texts),
        }
    }

    pub(super) fn write(&self, headers: Headers, calendar: &[u8]) -> Letter {
        let mut encoded = Vec::with_capacity(calendar.len() * 3 / 2);
        Base64Encoder::new()
            .wrap_lines()
            .encode_into(calendar, &mut encoded);
        // Outlook looks into the first child of multipart/mixed only, and takes the last alternative; without a
        // disposition, or Gmail shows no buttons.
        let inline = MimePart::new(
            ContentType::new("text/calendar")
                .attribute("charset", "utf-8")
                .attribute("method", self.method),
            encoded.as_slice(),
        )
        .transfer_encoding("base64");
        let attached = MimePart::new(
            ContentType::new("application/ics").attribute("name", "invite.ics"),
            encoded.as_slice(),
        )
        .transfer_encoding("base64")
        .attachment("invite.ics");
        let [plain, html] = self.texts.parts();
        let alternative = multipart("alternative", &headers, vec![plain, html, inline]);
        let body = multipart("mixed", &headers, vec![alternative, attached]);
        write(headers, body)
    }
}

/// A letter of texts alone.
pub(super) fn write_notice(headers: Headers, texts: &Texts) -> Letter {
    let texts = Encoded::new(texts);
    let body = multipart("alternative", &headers, texts.parts().into());
    write(headers, body)
}

/// Boundaries cannot occur in a part: `=_` is neither base64 nor quoted-printable (RFC 2045 section 6.7).
fn multipart<'x>(kind: &str, headers: &Headers, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
    let id = headers.message_id.split('@').next().unwrap_or_default();
    // At most 70 characters (RFC 2046 section 5.1.1).
    let id = id.rsplit('.').next().unwrap_or_default();
    let boundary = format!("=_{kind}_{id}");
    let content_type =
        ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary);
    MimePart::new(content_type, parts)
}

fn write(headers: Headers, body: MimePart<'_>) -> Letter {
    let mut message = MessageBuilder::new()
        .header("From", mailbox_header(&headers.from))
        .header("Reply-To", mailbox_header(&headers.reply_to))
        .header("To", mailbox_header(&headers.to))
        .subject(headers.subject.as_str())
        .date(headers.date.as_second())
        .message_id(headers.message_id.as_str());
    if let Some(id) = &headers.in_reply_to {
        message = message.in_reply_to(id.as_str());
    }
    let references: Vec<&str> = [&headers.reference, &headers.in_reply_to]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !references.is_empty() {
        message = message.references(references);
    }
    message = message.header("Auto-Submitted", Raw::new(headers.auto_submitted));
    if let Some(address) = &headers.list_unsubscribe {
        message = message.header("List-Unsubscribe", Raw::new(address.as_str()));
    }
    let mut raw = Vec::new();
    message.body(body).serialize(&mut raw);
    Letter {
        from: headers.from,
        to: headers.to,
        reply_to: headers.reply_to,
        subject: headers.subject,
        message_id: headers.message_id,
        raw,
    }
}

fn mailbox_header(mailbox: &Mailbox) -> HeaderType<'_> {
    let address = mailbox.address.as_str();
    AddressHeader::new_address(mailbox.name.as_deref(), address).into()
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

/// Names what is told: the same letter has the same Message-ID. Of a letter about an event it is readable what about,
/// so that an answer in words, which names it in In-Reply-To, can be placed.
pub(super) fn message_id(sender: &Sender, about: Option<About<'_>>, told: &[&str]) -> String {
    let mut hash = Sha256::new();
    for field in told {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let mut id = HEXLOWER.encode(&hash.finalize());
    id.truncate(32);
    let id = match about {
        Some(About { uid, sequence }) => format!("invite.{uid}.{sequence}.{id}"),
        None => id,
    };
    format!("{id}@{}", sender.mail_domain)
}

/// A name for what a letter is about, in References. SES gives a letter a Message-ID of its own, but leaves this, and
/// whoever answers repeats it (RFC 5322 section 3.6.4).
pub(super) fn reference(sender: &Sender, About { uid, sequence }: About<'_>) -> String {
    format!("event.{uid}.{sequence}@{}", sender.mail_domain)
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
