//! What SES publishes when it has stored a mail: the documented shape of its notification, key for key.

use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser};
use serde::Serialize;

use crate::rules::Store;
use crate::trace::MailId;
use crate::verdict::{Findings, Verdict};

/// SES leaves the rest of a longer header out and says so.
const HEADERS_MAX_BYTES: usize = 10 * 1024;

/// The whole message of the topic.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    notification_type: &'static str,
    mail: Mail,
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    timestamp: String,
    source: String,
    message_id: String,
    destination: Vec<String>,
    headers_truncated: bool,
    headers: Vec<Header>,
    common_headers: CommonHeaders,
}

#[derive(Debug, Serialize)]
pub(crate) struct Header {
    name: String,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CommonHeaders {
    return_path: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reply_to: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cc: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bcc: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    timestamp: String,
    processing_time_millis: i128,
    recipients: Vec<String>,
    spam_verdict: Status,
    virus_verdict: Status,
    spf_verdict: Status,
    dkim_verdict: Status,
    dmarc_verdict: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    dmarc_policy: Option<&'static str>,
    action: Action,
}

#[derive(Debug, Serialize)]
struct Status {
    status: Verdict,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic_arn: Option<String>,
    bucket_name: String,
    object_key_prefix: String,
    object_key: String,
}

/// What a notification tells.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// The id given.
    pub id: &'a MailId,
    /// When the mail came.
    pub at: Timestamp,
    /// From its coming to this.
    pub took_millis: i128,
    /// The envelope sender; empty for the null return path.
    pub from: &'a str,
    /// All envelope recipients.
    pub destination: &'a [String],
    /// Those the rule matched.
    pub recipients: &'a [String],
    /// Whether the rule asked for the spam and virus verdicts.
    pub scan: bool,
    /// What the checks found.
    pub findings: &'a Findings,
    /// The action carried out.
    pub store: &'a Store,
    /// The mail as stored, SES's own fields included.
    pub raw: &'a [u8],
}

/// The key a mail is stored under.
#[must_use]
pub fn object_key(store: &Store, id: &MailId) -> String {
    format!("{}{}", store.key_prefix, id.as_str())
}

impl Notification {
    /// Tells of a mail that is stored.
    #[must_use]
    pub fn new(stored: &Stored<'_>) -> Self {
        let Stored {
            findings, store, ..
        } = *stored;
        let scanned = |verdict| Status {
            status: if stored.scan {
                verdict
            } else {
                Verdict::Disabled
            },
        };
        let timestamp = format!("{:.3}", stored.at);
        Self {
            notification_type: "Received",
            mail: Mail::new(stored, timestamp.clone()),
            receipt: Receipt {
                timestamp,
                processing_time_millis: stored.took_millis,
                recipients: stored.recipients.to_vec(),
                spam_verdict: scanned(findings.spam_verdict),
                virus_verdict: scanned(findings.virus_verdict),
                spf_verdict: Status {
                    status: findings.spf_verdict,
                },
                dkim_verdict: Status {
                    status: findings.dkim_verdict,
                },
                dmarc_verdict: Status {
                    status: findings.dmarc_verdict,
                },
                dmarc_policy: findings.dmarc_policy,
                action: Action {
                    kind: "S3",
                    topic_arn: store.topic.clone(),
                    bucket_name: store.bucket.clone(),
                    object_key_prefix: store.key_prefix.clone(),
                    object_key: object_key(store, stored.id),
                },
            },
        }
    }
}

impl Mail {
    fn new(stored: &Stored<'_>, timestamp: String) -> Self {
        let message = MessageParser::default().parse_headers(stored.raw);
        let message = message.as_ref();
        let (headers, headers_truncated) = message.map(headers).unwrap_or_default();
        let raw = |name: &str| {
            message
                .and_then(|message| message.header_raw(name))
                .map(unfolded)
        };
        Self {
            timestamp,
            source: stored.from.to_owned(),
            message_id: stored.id.as_str().to_owned(),
            destination: stored.destination.to_vec(),
            headers_truncated,
            headers,
            common_headers: CommonHeaders {
                return_path: stored.from.to_owned(),
                from: addresses(message.and_then(Message::from)),
                reply_to: addresses(message.and_then(Message::reply_to)),
                date: raw("Date"),
                to: addresses(message.and_then(Message::to)),
                cc: addresses(message.and_then(Message::cc)),
                bcc: addresses(message.and_then(Message::bcc)),
                message_id: raw("Message-ID"),
                subject: message.and_then(Message::subject).map(str::to_owned),
            },
        }
    }
}

pub(crate) fn headers(message: &Message<'_>) -> (Vec<Header>, bool) {
    let mut headers = Vec::new();
    let mut bytes = 0;
    for (name, value) in message.headers_raw() {
        let value = unfolded(value);
        bytes += name.len() + value.len();
        if bytes > HEADERS_MAX_BYTES {
            return (headers, true);
        }
        headers.push(Header {
            name: name.to_owned(),
            value,
        });
    }
    (headers, false)
}

pub(crate) fn addresses(address: Option<&Address<'_>>) -> Vec<String> {
    let named = |entry: &mail_parser::Addr<'_>| match (entry.name(), entry.address()) {
        (Some(name), Some(address)) => format!("{} <{address}>", phrase(name)),
        (None, Some(address)) => address.to_owned(),
        (name, None) => name.unwrap_or_default().to_owned(),
    };
    address
        .map(|address| address.iter().map(named).collect())
        .unwrap_or_default()
}

/// A name as it may stand before an address: quoted where it holds what has a meaning there (RFC 5322 3.2.3).
fn phrase(name: &str) -> String {
    if name.contains([
        '(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '.', '"',
    ]) {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

fn unfolded(value: &str) -> String {
    value.replace(['\r', '\n'], "").trim().to_owned()
}
