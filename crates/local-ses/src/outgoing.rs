//! A mail on its way out: what the request asks, and what SES changes in the mail before it sends it.

use std::num::NonZeroU32;

use data_encoding::BASE64;
use jiff::Timestamp;
use lettre::address::{Address, Envelope};
use serde::Deserialize;

use crate::events::SentMail;
use crate::verdict::is_infected;

/// SES v2 takes no larger mail.
const MAX_MAIL_BYTES: usize = 40 * 1024 * 1024;
/// SES takes no more recipients of one mail.
const MAX_RECIPIENTS: u32 = 50;

/// Header fields SES sets itself or keeps to itself. The mail's own Message-ID is not kept anywhere: who wants to find
/// the mail again reads the MessageId of the answer, as with SES.
const REPLACED: [&str; 8] = [
    "message-id",
    "date",
    "bcc",
    "return-path",
    "feedback-id",
    "x-ses-outgoing",
    "x-ses-configuration-set",
    "x-ses-message-tags",
];

/// A mail for the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// To whom, and from SES's own address, made of the id, so that bounces would come back to it.
    pub envelope: Envelope,
    /// The mail.
    pub raw: Vec<u8>,
}

impl Outgoing {
    /// The same mail to each recipient by himself: each server answers for its own.
    pub fn to_each(&self) -> impl Iterator<Item = (&Address, Envelope)> {
        let from = self.envelope.from();
        self.envelope.to().iter().filter_map(move |recipient| {
            let envelope = Envelope::new(from.cloned(), vec![recipient.clone()]).ok()?;
            Some((recipient, envelope))
        })
    }
}

/// What a caller of SendEmail asks.
#[derive(Debug)]
pub struct SendRequest {
    recipients: Vec<Address>,
    count: NonZeroU32,
    raw: Vec<u8>,
    source: Option<String>,
    configuration_set: Option<String>,
    tags: Vec<(String, String)>,
}

/// Why a request is not even shown to the cloud.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    /// Not the documented JSON.
    #[error("the request is not a SendEmail request: {0}")]
    Json(String),
    /// Simple or templated content, which this system never sends.
    #[error("only Content.Raw is carried by the local post office")]
    NotRaw,
    /// The data is no base64.
    #[error("Content.Raw.Data is not base64")]
    Data,
    /// Nobody to send to.
    #[error("the request names no recipient")]
    NoRecipient,
    /// Not an address.
    #[error("a recipient is not an address")]
    Recipient,
    /// Over the limit.
    #[error("recipient count exceeds {MAX_RECIPIENTS}")]
    TooManyRecipients,
    /// Over the limit.
    #[error("message length is more than {MAX_MAIL_BYTES} bytes long")]
    TooLarge,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    #[serde(default)]
    destination: Destination,
    content: Content,
    from_email_address: Option<String>,
    configuration_set_name: Option<String>,
    #[serde(default)]
    email_tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Option<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
}

impl SendRequest {
    /// Reads the request's body.
    ///
    /// # Errors
    /// Why SES would refuse it too, or that it is of a kind not carried here.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let wire: Wire =
            serde_json::from_slice(body).map_err(|error| Refusal::Json(error.to_string()))?;
        let raw = wire.content.raw.ok_or(Refusal::NotRaw)?;
        let raw = BASE64
            .decode(raw.data.as_bytes())
            .map_err(|_| Refusal::Data)?;
        if raw.len() > MAX_MAIL_BYTES {
            return Err(Refusal::TooLarge);
        }
        let Destination {
            to_addresses,
            cc_addresses,
            bcc_addresses,
        } = wire.destination;
        let recipients = [to_addresses, cc_addresses, bcc_addresses]
            .concat()
            .iter()
            .map(|named| bare(named).parse().map_err(|_| Refusal::Recipient))
            .collect::<Result<Vec<Address>, _>>()?;
        let count = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        let count = NonZeroU32::new(count).ok_or(Refusal::NoRecipient)?;
        if count.get() > MAX_RECIPIENTS {
            return Err(Refusal::TooManyRecipients);
        }
        Ok(Self {
            recipients,
            count,
            raw,
            source: wire.from_email_address,
            configuration_set: wire.configuration_set_name,
            tags: wire
                .email_tags
                .into_iter()
                .map(|tag| (tag.name, tag.value))
                .collect(),
        })
    }

    /// How many recipients the mail counts for.
    #[must_use]
    pub fn recipients(&self) -> NonZeroU32 {
        self.count
    }

    /// The mail as SES's events show it; nothing when it is sent under no configuration set, for then nobody is told.
    #[must_use]
    pub fn told(&self, accepted: &Accepted, at: Timestamp) -> Option<SentMail> {
        Some(SentMail {
            id: accepted.local_part().to_owned(),
            at,
            source: self.source.clone().unwrap_or_default(),
            destination: self.recipients.iter().map(ToString::to_string).collect(),
            configuration_set: self.configuration_set.clone()?,
            tags: self.tags.clone(),
            raw: self.raw.clone(),
        })
    }

    /// Whether SES will not send it, though it has taken it.
    #[must_use]
    pub fn is_infected(&self) -> bool {
        is_infected(&self.raw)
    }

    /// The mail as SES sends it; nothing when the id cannot be part of an address.
    #[must_use]
    pub fn mail(self, accepted: &Accepted, at: Timestamp) -> Option<Outgoing> {
        let id = accepted.local_part();
        let from = Address::new(id, "amazonses.com").ok()?;
        let envelope = Envelope::new(Some(from), self.recipients).ok()?;
        let mut raw = format!(
            "Message-ID: <{id}@email.amazonses.com>\r\nDate: {date}\r\n\
             Feedback-ID: 1.us-east-1.local:AmazonSES\r\nX-SES-Outgoing: {day}-127.0.0.1\r\n",
            date = at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            day = at.strftime("%Y.%m.%d"),
        )
        .into_bytes();
        raw.extend_from_slice(&without_replaced(&self.raw));
        Some(Outgoing { envelope, raw })
    }
}

/// What the cloud answered to a mail it accepted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Accepted {
    message_id: String,
}

impl Accepted {
    /// Reads the answer's body.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// The id as the caller is told.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.message_id
    }

    /// The local cloud gives the id with SES's domain, SES without.
    fn local_part(&self) -> &str {
        self.message_id
            .split_once('@')
            .map_or(self.message_id.as_str(), |(local, _)| local)
    }
}

/// An error and what caused it, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// `Name <a@b>` and `a@b` are both `a@b`.
fn bare(named: &str) -> &str {
    named
        .rsplit_once('<')
        .map_or(named, |(_, rest)| rest.trim_end().trim_end_matches('>'))
        .trim()
}

/// The mail without the fields SES sets; all else byte for byte.
fn without_replaced(raw: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(raw.len());
    let mut dropping = false;
    let mut rest = raw;
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        if line == b"\r\n" || line == b"\n" {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            dropping = is_replaced(line);
        }
        if !dropping {
            kept.extend_from_slice(line);
        }
        rest = after;
    }
    kept.extend_from_slice(rest);
    kept
}

fn is_replaced(line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    REPLACED.iter().any(|replaced| {
        name.trim_ascii_end()
            .eq_ignore_ascii_case(replaced.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn request(destination: &str, mail: &[u8]) -> Result<SendRequest, Refusal> {
        let data = BASE64.encode(mail);
        SendRequest::read(
            format!(r#"{{"Destination":{destination},"Content":{{"Raw":{{"Data":"{data}"}}}},"Other":1}}"#).as_bytes(),
        )
    }

    #[test]
    fn ses_sets_its_own_fields_and_leaves_the_rest_byte_for_byte() {
        let mail = b"From: a@x.test\r\nMessage-ID:\r\n <mine@x.test>\r\nbcc: c@z.test\r\nSubject: =?x?\r\n\tfolded\r\n\
                     Date: yesterday\r\n\r\nMessage-ID: in the body\r\n\xff\r\n";
        let accepted = Accepted::read(br#"{"MessageId":"0100-1@email.amazonses.com"}"#).unwrap();
        let at = "2026-03-01T10:05:00Z".parse().unwrap();
        let outgoing = request(
            r#"{"ToAddresses":["\"B, b\" <b@y.test>"],"BccAddresses":["c@z.test"]}"#,
            mail,
        )
        .unwrap();
        let outgoing = outgoing.mail(&accepted, at).unwrap();
        assert_eq!(
            outgoing.envelope.from().unwrap().to_string(),
            "0100-1@amazonses.com"
        );
        assert_eq!(
            outgoing
                .envelope
                .to()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            ["b@y.test", "c@z.test"]
        );
        assert!(outgoing.raw.ends_with(b"\r\n\xff\r\n"));
        expect![[r#"
            Message-ID: <0100-1@email.amazonses.com>
            Date: Sun, 01 Mar 2026 10:05:00 +0000
            Feedback-ID: 1.us-east-1.local:AmazonSES
            X-SES-Outgoing: 2026.03.01-127.0.0.1
            From: a@x.test
            Subject: =?x?
            	folded

            Message-ID: in the body
            �
        "#]]
        .assert_eq(&String::from_utf8_lossy(&outgoing.raw).replace("\r\n", "\n"));
    }

    #[test]
    fn a_mail_that_is_all_header_keeps_its_end() {
        assert_eq!(without_replaced(b"Date: x\nA: b"), b"A: b");
        assert_eq!(without_replaced(b"\r\nDate: x"), b"\r\nDate: x");
    }

    #[test]
    fn what_ses_would_refuse_is_refused_with_its_reason() {
        assert_eq!(request("{}", b"x").unwrap_err(), Refusal::NoRecipient);
        assert_eq!(
            request(r#"{"ToAddresses":["nobody"]}"#, b"x").unwrap_err(),
            Refusal::Recipient
        );
        let many = serde_json::json!({ "ToAddresses": vec!["a@b.test"; 51] }).to_string();
        assert_eq!(
            request(&many, b"x").unwrap_err(),
            Refusal::TooManyRecipients
        );
        let simple = br#"{"Destination":{"ToAddresses":["a@b.test"]},"Content":{"Simple":{}}}"#;
        assert_eq!(SendRequest::read(simple).unwrap_err(), Refusal::NotRaw);
        let data =
            br#"{"Destination":{"ToAddresses":["a@b.test"]},"Content":{"Raw":{"Data":"*"}}}"#;
        assert_eq!(SendRequest::read(data).unwrap_err(), Refusal::Data);
        assert!(matches!(
            SendRequest::read(b"{").unwrap_err(),
            Refusal::Json(_)
        ));
    }
}
