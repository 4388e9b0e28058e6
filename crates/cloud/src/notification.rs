//! What SES says when it has stored a mail: its receipt notification, as it comes through the topic.
//!
//! Read with types of our own, because SES leaves out what a mail does not have, a From header for one.

use invite::{
    address::Address,
    command::{Receipt, Verdict},
};
use jiff::Timestamp;
use serde::Deserialize;

/// A mail in the inbox and what SES found out about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// The object's key in the inbox bucket.
    pub object_key: String,
    /// SES's findings.
    pub receipt: Receipt,
}

/// Why a notification cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// Not the JSON SES writes.
    #[error("not a receipt notification of SES")]
    Shape(#[from] serde_json::Error),
    /// SES was told to do something else with the mail than to store it.
    #[error("the mail was not stored in a bucket: the rule's action was {0:?}")]
    NotStored(String),
}

/// Reads a notification of an S3 action.
///
/// # Errors
/// [`NotificationError`]; no other attempt will succeed.
pub fn read(json: &str) -> Result<Arrival, NotificationError> {
    let Notification { mail, receipt } = serde_json::from_str(json)?;
    let Some(object_key) = receipt
        .action
        .object_key
        .filter(|_| receipt.action.kind == "S3")
    else {
        return Err(NotificationError::NotStored(receipt.action.kind));
    };
    Ok(Arrival {
        object_key,
        receipt: Receipt {
            mail_id: mail.message_id,
            recipients: receipt
                .recipients
                .iter()
                .filter_map(|text| Address::parse(text))
                .collect(),
            // The null return path is an empty source, or `<>`: neither is an address.
            envelope_from: mail.source.as_deref().and_then(Address::parse),
            arrived: receipt.timestamp,
            spam: receipt.spam_verdict.into(),
            virus: receipt.virus_verdict.into(),
            spf: receipt.spf_verdict.into(),
            dkim: receipt.dkim_verdict.into(),
            dmarc: receipt.dmarc_verdict.into(),
        },
    })
}

#[derive(Deserialize)]
struct Notification {
    mail: MailShape,
    receipt: ReceiptShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MailShape {
    message_id: String,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptShape {
    timestamp: Timestamp,
    #[serde(default)]
    recipients: Vec<String>,
    #[serde(default)]
    spam_verdict: VerdictShape,
    #[serde(default)]
    virus_verdict: VerdictShape,
    #[serde(default)]
    spf_verdict: VerdictShape,
    #[serde(default)]
    dkim_verdict: VerdictShape,
    #[serde(default)]
    dmarc_verdict: VerdictShape,
    action: ActionShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionShape {
    #[serde(rename = "type")]
    kind: String,
    object_key: Option<String>,
}

#[derive(Default, Deserialize)]
struct VerdictShape {
    #[serde(default)]
    status: String,
}

/// `PASS`, `FAIL`, `GRAY`, `PROCESSING_FAILED`, `DISABLED`, or missing: only the first is a pass.
impl From<VerdictShape> for Verdict {
    fn from(shape: VerdictShape) -> Self {
        match shape.status.as_str() {
            "PASS" => Self::Pass,
            "FAIL" => Self::Fail,
            _ => Self::Gray,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After the example in SES's developer guide, "Contents of notifications for Amazon SES email receiving".
    fn notification(source: &str, verdicts: &str, action: &str) -> String {
        format!(
            r#"{{"notificationType":"Received",
               "receipt":{{"timestamp":"2026-03-01T10:05:33.936Z","processingTimeMillis":222,
                 "recipients":["create@acme.invites.example","ALICE+x@acme.invites.example","not an address"],
                 {verdicts}
                 "action":{{{action}}}}},
               "mail":{{"timestamp":"2026-03-01T10:05:33.936Z","source":"{source}",
                 "messageId":"d6iitobk75ur44p8kdnnp7g2n800","destination":["create@acme.invites.example"],
                 "headersTruncated":false,"headers":[{{"name":"To","value":"create@acme.invites.example"}}],
                 "commonHeaders":{{"to":["create@acme.invites.example"]}}}}}}"#
        )
    }

    const STORED: &str = r#""type":"S3","topicArn":"arn:aws:sns:us-east-1:012345678912:mail-received",
        "bucketName":"inbox","objectKeyPrefix":"raw/","objectKey":"raw/d6iitobk75ur44p8kdnnp7g2n800""#;

    #[test]
    fn reads_what_ses_stored_and_found_out() {
        let verdicts = r#""spamVerdict":{"status":"PASS"},"virusVerdict":{"status":"FAIL"},
            "spfVerdict":{"status":"GRAY"},"dkimVerdict":{"status":"PROCESSING_FAILED"},"#;
        let arrival = read(&notification("alice@a.test", verdicts, STORED)).unwrap();
        assert_eq!(arrival.object_key, "raw/d6iitobk75ur44p8kdnnp7g2n800");
        let receipt = arrival.receipt;
        assert_eq!(receipt.mail_id, "d6iitobk75ur44p8kdnnp7g2n800");
        assert_eq!(receipt.arrived.to_string(), "2026-03-01T10:05:33.936Z");
        assert_eq!(receipt.recipients.len(), 2);
        assert_eq!(receipt.envelope_from, Address::parse("alice@a.test"));
        assert_eq!(
            (receipt.spam, receipt.virus, receipt.spf),
            (Verdict::Pass, Verdict::Fail, Verdict::Gray)
        );
    }

    #[test]
    fn a_missing_or_failed_verdict_is_never_a_pass() {
        let verdicts =
            r#""dkimVerdict":{"status":"PROCESSING_FAILED"},"spfVerdict":{"status":"DISABLED"},"#;
        let receipt = read(&notification("", verdicts, STORED)).unwrap().receipt;
        for verdict in [
            receipt.spam,
            receipt.virus,
            receipt.spf,
            receipt.dkim,
            receipt.dmarc,
        ] {
            assert_eq!(verdict, Verdict::Gray);
        }
    }

    #[test]
    fn the_null_return_path_is_no_sender() {
        for source in ["", "<>"] {
            let arrival = read(&notification(source, "", STORED)).unwrap();
            assert_eq!(arrival.receipt.envelope_from, None, "{source:?}");
        }
    }

    #[test]
    fn a_mail_that_was_not_stored_cannot_be_read() {
        let bounced = r#""type":"Bounce","smtpReplyCode":"550""#;
        let error = read(&notification("", "", bounced)).unwrap_err();
        assert!(error.to_string().contains("Bounce"), "{error}");
        assert!(matches!(read("{}"), Err(NotificationError::Shape(_))));
    }
}
