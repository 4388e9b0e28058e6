//! What SES says of a mail it was handed: an event of its configuration set, as it comes through the topic.
//!
//! Read with types of our own, for the reason [`super::notification`] has: what SES leaves out must not fail.

use invite::{
    address::Address,
    delivery::{DeliveryState, Fact},
    id::Uid,
};
use jiff::Timestamp;
use serde::Deserialize;

/// The tag of a mail that names the event it tells of.
pub(crate) const EVENT_TAG: &str = "event";
/// The tag that names the letter.
pub(crate) const LETTER_TAG: &str = "letter";
/// The tag that names the event's revision.
pub(crate) const REVISION_TAG: &str = "revision";

/// SES says so into a topic that was just made the destination of events; it is not JSON.
const SETUP: &str = "Successfully validated SNS topic for Amazon SES event publishing.";

/// What a message of the topic is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeliveryEvent {
    /// SES has tried whether it may publish.
    Setup,
    /// Something that changes nothing here: an opened mail, a report that a mail is *not* spam.
    Nothing,
    /// Something happened to a mail.
    Happened(Box<Happened>),
}

/// What happened to one mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Happened {
    /// SES's id of the mail.
    pub mail_id: String,
    /// To whom, of those the mail went to: one, for every letter has one recipient.
    pub recipients: Vec<Address>,
    /// The event the letter tells of; `None` of a notice to an organizer.
    pub uid: Option<Uid>,
    /// What happened.
    pub fact: Fact,
}

/// Why an event cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not an event of SES's configuration sets")]
pub struct DeliveryEventError(#[from] serde_json::Error);

/// Reads one message of the topic.
///
/// # Errors
/// [`DeliveryEventError`]; no other attempt will succeed.
pub fn read(message: &str) -> Result<DeliveryEvent, DeliveryEventError> {
    if message.trim() == SETUP {
        return Ok(DeliveryEvent::Setup);
    }
    let event: EventShape = serde_json::from_str(message)?;
    let tag = |name: &str| event.mail.tags.get(name).and_then(|values| values.first());
    let Some(found) = found(&event) else {
        return Ok(DeliveryEvent::Nothing);
    };
    let named = if found.recipients.is_empty() {
        &event.mail.destination
    } else {
        &found.recipients
    };
    Ok(DeliveryEvent::Happened(Box::new(Happened {
        recipients: named.iter().filter_map(|text| bare(text)).collect(),
        uid: tag(EVENT_TAG).and_then(|text| Uid::parse(text)),
        fact: Fact {
            state: found.state,
            revision: tag(REVISION_TAG)
                .and_then(|text| text.parse().ok())
                .unwrap_or_default(),
            letter: tag(LETTER_TAG).cloned().unwrap_or_default(),
            at: found.at.unwrap_or(event.mail.timestamp),
            code: found.code,
            words: found.words,
        },
        mail_id: event.mail.message_id,
    })))
}

/// What an event comes to.
struct Found {
    state: DeliveryState,
    recipients: Vec<String>,
    at: Option<Timestamp>,
    code: Option<String>,
    words: Option<String>,
}

fn found(event: &EventShape) -> Option<Found> {
    let plain = |state| Found {
        state,
        recipients: Vec::new(),
        at: None,
        code: None,
        words: None,
    };
    Some(match event.kind.as_str() {
        "Send" => plain(DeliveryState::Sent),
        "Delivery" => {
            let delivery = event.delivery.as_ref()?;
            Found {
                recipients: delivery.recipients.clone(),
                at: delivery.timestamp,
                ..plain(DeliveryState::Delivered)
            }
        }
        "DeliveryDelay" => {
            let delay = event.delivery_delay.as_ref()?;
            told_by(
                DeliveryState::Delayed,
                delay.delay_type.as_deref(),
                delay.timestamp,
                &delay.delayed_recipients,
            )
        }
        "Bounce" => {
            let bounce = event.bounce.as_ref()?;
            // `Undetermined` is what SES cannot make sense of: nobody is given up for that.
            let state = match bounce.bounce_type.as_str() {
                "Permanent" => DeliveryState::Bounced,
                _ => DeliveryState::SoftBounced,
            };
            let kind = bounce.bounce_sub_type.as_deref();
            told_by(state, kind, bounce.timestamp, &bounce.bounced_recipients)
        }
        "Complaint" => {
            let complaint = event.complaint.as_ref()?;
            let kind = complaint.complaint_feedback_type.as_deref();
            // "This is no spam", and a machine's remark about signatures: neither is a person's complaint (RFC 5965).
            if matches!(kind, Some("not-spam" | "auth-failure")) {
                return None;
            }
            Found {
                code: kind
                    .or(complaint.complaint_sub_type.as_deref())
                    .map(one_line),
                ..told_by(
                    DeliveryState::Complained,
                    None,
                    complaint.timestamp,
                    &complaint.complained_recipients,
                )
            }
        }
        "Reject" => Found {
            code: event
                .reject
                .as_ref()
                .and_then(|reject| reject.reason.as_deref())
                .map(one_line),
            ..plain(DeliveryState::Rejected)
        },
        _ => return None,
    })
}

fn told_by(
    state: DeliveryState,
    kind: Option<&str>,
    at: Option<Timestamp>,
    recipients: &[RecipientShape],
) -> Found {
    let first = recipients.first();
    let status = first.and_then(|one| one.status.as_deref());
    let code: Vec<&str> = kind.into_iter().chain(status).collect();
    Found {
        state,
        recipients: recipients
            .iter()
            .map(|one| one.email_address.clone())
            .collect(),
        at,
        code: (!code.is_empty()).then(|| one_line(&code.join(" "))),
        words: first
            .and_then(|one| one.diagnostic_code.as_deref())
            .map(one_line),
    }
}

/// Servers write what they like.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(Fact::MAX_WORDS).collect()
}

/// `Name <a@b>`, `<a@b>` and `a@b` are all `a@b`.
fn bare(text: &str) -> Option<Address> {
    let address = text
        .rsplit_once('<')
        .map_or(text, |(_, rest)| rest.trim_end().trim_end_matches('>'));
    Address::parse(address)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventShape {
    #[serde(rename = "eventType")]
    kind: String,
    mail: MailShape,
    bounce: Option<BounceShape>,
    complaint: Option<ComplaintShape>,
    delivery: Option<DeliveredShape>,
    delivery_delay: Option<DelayShape>,
    reject: Option<RejectShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MailShape {
    message_id: String,
    timestamp: Timestamp,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: std::collections::HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BounceShape {
    #[serde(default)]
    bounce_type: String,
    bounce_sub_type: Option<String>,
    #[serde(default)]
    bounced_recipients: Vec<RecipientShape>,
    timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ComplaintShape {
    complaint_feedback_type: Option<String>,
    complaint_sub_type: Option<String>,
    #[serde(default)]
    complained_recipients: Vec<RecipientShape>,
    timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
struct DeliveredShape {
    #[serde(default)]
    recipients: Vec<String>,
    timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DelayShape {
    delay_type: Option<String>,
    #[serde(default)]
    delayed_recipients: Vec<RecipientShape>,
    timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
struct RejectShape {
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecipientShape {
    email_address: String,
    status: Option<String>,
    diagnostic_code: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After the examples in SES's developer guide, "Examples of event data that Amazon SES publishes to Amazon SNS".
    fn event(kind: &str, about: &str) -> String {
        format!(
            r#"{{"eventType":"{kind}",{about}
               "mail":{{"timestamp":"2026-03-01T10:05:00.936Z","source":"Alice Ng <alice-ng+k7f3@acme.invites.example>",
                 "sourceArn":"arn:aws:ses:us-east-1:123456789012:identity/acme.invites.example",
                 "sendingAccountId":"123456789012","messageId":"0100-1","destination":["\"Bob\" <Bob@b.test>"],
                 "headersTruncated":false,"headers":[{{"name":"To","value":"Bob@b.test"}}],
                 "commonHeaders":{{"to":["Bob@b.test"],"messageId":"0100-1"}},
                 "tags":{{"ses:configuration-set":["cis"],"event":["{uid}"],"letter":["update"],"revision":["3"]}}}}}}"#,
            uid = "0".repeat(40),
        )
    }

    fn happened(kind: &str, about: &str) -> Happened {
        match read(&event(kind, about)).unwrap() {
            DeliveryEvent::Happened(happened) => *happened,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bounce_says_whose_letter_came_back_and_why() {
        let about = r#""bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[
            {"emailAddress":"bob@b.test","action":"failed","status":"5.1.1",
             "diagnosticCode":"smtp; 550 5.1.1\r\n user\tunknown"}],
            "timestamp":"2026-03-01T10:06:02.669Z","feedbackId":"f-1","reportingMTA":"dsn; mta.b.test"},"#;
        let happened = happened("Bounce", about);
        assert_eq!(happened.recipients, [Address::parse("bob@b.test").unwrap()]);
        assert_eq!(happened.uid, Uid::parse(&"0".repeat(40)));
        assert_eq!(happened.mail_id, "0100-1");
        let fact = happened.fact;
        assert_eq!(fact.state, DeliveryState::Bounced);
        assert_eq!((fact.letter.as_str(), fact.revision), ("update", 3));
        assert_eq!(fact.at.to_string(), "2026-03-01T10:06:02.669Z");
        assert_eq!(fact.code.as_deref(), Some("General 5.1.1"));
        assert_eq!(fact.words.as_deref(), Some("smtp; 550 5.1.1 user unknown"));
    }

    #[test]
    fn each_event_is_a_step_on_the_way_of_a_letter() {
        let bounce = |kind: &str| format!(r#""bounce":{{"bounceType":"{kind}"}},"#);
        for (kind, about, expected) in [
            ("Send", r#""send":{},"#.to_owned(), DeliveryState::Sent),
            (
                "Delivery",
                r#""delivery":{"recipients":["bob@b.test"]},"#.to_owned(),
                DeliveryState::Delivered,
            ),
            (
                "DeliveryDelay",
                r#""deliveryDelay":{"delayType":"MailboxFull"},"#.to_owned(),
                DeliveryState::Delayed,
            ),
            ("Bounce", bounce("Transient"), DeliveryState::SoftBounced),
            ("Bounce", bounce("Undetermined"), DeliveryState::SoftBounced),
            ("Bounce", bounce("Permanent"), DeliveryState::Bounced),
            (
                "Complaint",
                r#""complaint":{"complaintFeedbackType":"abuse"},"#.to_owned(),
                DeliveryState::Complained,
            ),
            (
                "Complaint",
                r#""complaint":{},"#.to_owned(),
                DeliveryState::Complained,
            ),
            (
                "Reject",
                r#""reject":{"reason":"Bad content"},"#.to_owned(),
                DeliveryState::Rejected,
            ),
        ] {
            let happened = happened(kind, &about);
            assert_eq!(happened.fact.state, expected, "{kind} {about}");
            // Where the event names no one, it is whom the mail went to.
            assert_eq!(happened.recipients.len(), 1, "{kind}");
        }
    }

    #[test]
    fn what_is_no_step_changes_nothing() {
        for (kind, about) in [
            ("Open", r#""open":{},"#),
            (
                "Complaint",
                r#""complaint":{"complaintFeedbackType":"not-spam"},"#,
            ),
            (
                "Complaint",
                r#""complaint":{"complaintFeedbackType":"auth-failure"},"#,
            ),
            ("Rendering Failure", r#""failure":{},"#),
        ] {
            assert_eq!(
                read(&event(kind, about)).unwrap(),
                DeliveryEvent::Nothing,
                "{kind}"
            );
        }
        assert_eq!(read(SETUP).unwrap(), DeliveryEvent::Setup);
        assert!(read("hello").is_err());
    }
}
