//! What SES tells of the mail sent under a configuration set: the documented shape of its events, key for key, and the
//! topics they go to.

use std::collections::HashMap;
use std::sync::Arc;

use cloud::Cloud;
use cloud::event_destinations::{EventDestinations, EventTopic};
use cloud::topics::Topic;
use jiff::{SignedDuration, Timestamp};
use mail_parser::{Message, MessageParser};
use serde_json::{Value, json};
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio_util::task::TaskTracker;

use crate::fate::{Answer, Step};
use crate::notification::{addresses, headers};
use crate::outgoing::chain;

/// As whom the local cloud sends.
const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";
/// How long the destinations just read are good: long enough for a burst of mail, short enough for a deployment.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(1);
/// Publications under way at a time.
const IN_FLIGHT: usize = 16;

/// A mail SES was handed, as its events show it.
#[derive(Debug, Clone)]
pub struct SentMail {
    /// SES's id of it.
    pub id: String,
    /// When it was handed over.
    pub at: Timestamp,
    /// FromEmailAddress, or else From.
    pub source: String,
    /// Everybody it goes to.
    pub destination: Vec<String>,
    /// The configuration set it was sent under.
    pub configuration_set: String,
    /// EmailTags.
    pub tags: Vec<(String, String)>,
    /// The mail.
    pub raw: Vec<u8>,
}

/// One event, to be published to whoever is told of its kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The configuration set it belongs to.
    pub configuration_set: String,
    /// Its kind, as SES's API has it.
    pub kind: &'static str,
    /// What is published.
    pub message: Value,
}

/// The event of one step of a mail's way, at one recipient's or, of `Sent` and `Rejected`, of the mail.
#[must_use]
pub fn event(mail: &SentMail, recipient: &str, step: &Step, at: Timestamp) -> Event {
    let at = stamp(at);
    let feedback = format!("{}-{}", mail.id, kind_of(step).to_lowercase());
    let refused = |answer: &Answer| json!({"emailAddress": recipient, "status": answer.status, "diagnosticCode": answer.diagnostic});
    let (name, key, about) = match step {
        Step::Sent => ("Send", "send", json!({})),
        Step::Rejected => ("Reject", "reject", json!({"reason": "Bad content"})),
        Step::Delivered { response } => (
            "Delivery",
            "delivery",
            json!({
                "timestamp": at, "processingTimeMillis": 0, "recipients": [recipient],
                "smtpResponse": response, "reportingMTA": "a1-1.smtp-out.amazonses.com",
            }),
        ),
        Step::Delayed(answer) => (
            "DeliveryDelay",
            "deliveryDelay",
            json!({
                "timestamp": at, "delayType": "TransientCommunicationFailure", "expirationTime": at,
                "delayedRecipients": [refused(answer)],
            }),
        ),
        Step::Bounced {
            permanent,
            sub_type,
            answer,
        } => {
            let mut who = refused(answer);
            if let Some(who) = who.as_object_mut() {
                who.insert("action".to_owned(), json!("failed"));
            }
            (
                "Bounce",
                "bounce",
                json!({
                    "bounceType": if *permanent { "Permanent" } else { "Transient" }, "bounceSubType": sub_type,
                    "bouncedRecipients": [who], "timestamp": at, "feedbackId": feedback,
                    "reportingMTA": "dsn; a1-1.smtp-out.amazonses.com",
                }),
            )
        }
        Step::Complained => (
            "Complaint",
            "complaint",
            json!({
                "complainedRecipients": [{"emailAddress": recipient}], "timestamp": at, "feedbackId": feedback,
                "complaintSubType": null, "complaintFeedbackType": "abuse",
                "userAgent": "Amazon SES Mailbox Simulator", "arrivalDate": at,
            }),
        ),
    };
    Event {
        configuration_set: mail.configuration_set.clone(),
        kind: kind_of(step),
        message: json!({"eventType": name, "mail": mail_object(mail), key: about}),
    }
}

fn kind_of(step: &Step) -> &'static str {
    match step {
        Step::Sent => "SEND",
        Step::Rejected => "REJECT",
        Step::Delivered { .. } => "DELIVERY",
        Step::Delayed(_) => "DELIVERY_DELAY",
        Step::Bounced { .. } => "BOUNCE",
        Step::Complained => "COMPLAINT",
    }
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn mail_object(mail: &SentMail) -> Value {
    let message = MessageParser::new().parse_headers(&mail.raw);
    let message = message.as_ref();
    let (headers, headers_truncated) = message.map(headers).unwrap_or_default();
    let domain = mail.source.rsplit('@').next().unwrap_or_default();
    let domain = domain.trim_end_matches('>');
    let mut tags: HashMap<&str, Vec<&str>> = HashMap::from([
        (
            "ses:configuration-set",
            vec![mail.configuration_set.as_str()],
        ),
        ("ses:from-domain", vec![domain]),
    ]);
    for (name, value) in &mail.tags {
        tags.entry(name).or_default().push(value);
    }
    json!({
        "timestamp": stamp(mail.at), "source": mail.source, "messageId": mail.id,
        "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
        "sendingAccountId": ACCOUNT, "destination": mail.destination,
        "headersTruncated": headers_truncated, "headers": headers,
        "commonHeaders": {
            "from": addresses(message.and_then(Message::from)), "to": addresses(message.and_then(Message::to)),
            "messageId": mail.id, "subject": message.and_then(Message::subject),
        },
        "tags": tags,
    })
}

/// Publishes events, as the configuration sets of the cloud say, until nobody can tell of any more.
pub async fn publish(
    cloud: Cloud,
    mut events: mpsc::UnboundedReceiver<Event>,
    clock: fn() -> Timestamp,
) {
    let publisher = Arc::new(Publisher {
        destinations: EventDestinations::new(&cloud),
        cloud,
        known: Mutex::default(),
        clock,
    });
    let tasks = TaskTracker::new();
    let places = Arc::new(Semaphore::new(IN_FLIGHT));
    while let Some(event) = events.recv().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let publisher = Arc::clone(&publisher);
        tasks.spawn(async move {
            if let Err(error) = publisher.tell(&event).await {
                tracing::error!(kind = event.kind, error = %chain(&error), "an event was not published");
            }
            drop(place);
        });
    }
    tasks.close();
    tasks.wait().await;
}

/// The topics of a configuration set, and when they were read.
type Known = (Timestamp, Arc<[EventTopic]>);

struct Publisher {
    cloud: Cloud,
    destinations: EventDestinations,
    known: Mutex<HashMap<String, Known>>,
    clock: fn() -> Timestamp,
}

impl Publisher {
    async fn tell(&self, event: &Event) -> Result<(), cloud::Fault> {
        for topic in self.topics(&event.configuration_set).await?.iter() {
            if topic.events.iter().any(|kind| kind == event.kind) {
                Topic::new(&self.cloud, topic.arn.clone())
                    .publish(&event.message.to_string())
                    .await?;
            }
        }
        Ok(())
    }

    async fn topics(&self, configuration_set: &str) -> Result<Arc<[EventTopic]>, cloud::Fault> {
        let mut known = self.known.lock().await;
        let now = (self.clock)();
        if let Some((at, topics)) = known.get(configuration_set)
            && now.duration_since(*at) < GOOD_FOR
        {
            return Ok(Arc::clone(topics));
        }
        let topics: Arc<[EventTopic]> = self.destinations.topics(configuration_set).await?.into();
        known.insert(configuration_set.to_owned(), (now, Arc::clone(&topics)));
        Ok(topics)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::fate::refused;

    fn mail() -> SentMail {
        SentMail {
            id: "0100-1".to_owned(),
            at: "2026-03-01T10:05:00.5Z".parse().unwrap(),
            source: "Alice <alice@acme.test>".to_owned(),
            destination: vec!["bob@b.test".to_owned()],
            configuration_set: "set".to_owned(),
            tags: vec![("event".to_owned(), "u-1".to_owned())],
            raw:
                b"From: Alice <alice@acme.test>\r\nTo: bob@b.test\r\nSubject: Kick-off\r\n\r\nhello"
                    .to_vec(),
        }
    }

    #[test]
    fn a_bounce_has_the_keys_ses_documents() {
        let steps = refused(550, "5.1.1 user unknown");
        let at = "2026-03-01T10:05:01Z".parse().unwrap();
        let bounce = event(&mail(), "bob@b.test", steps.first().unwrap(), at);
        assert_eq!(
            (bounce.kind, bounce.configuration_set.as_str()),
            ("BOUNCE", "set")
        );
        expect![[r#"
            {
              "bounce": {
                "bounceSubType": "General",
                "bounceType": "Permanent",
                "bouncedRecipients": [
                  {
                    "action": "failed",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    "emailAddress": "bob@b.test",
                    "status": "5.1.1"
                  }
                ],
                "feedbackId": "0100-1-bounce",
                "reportingMTA": "dsn; a1-1.smtp-out.amazonses.com",
                "timestamp": "2026-03-01T10:05:01.000Z"
              },
              "eventType": "Bounce",
              "mail": {
                "commonHeaders": {
                  "from": [
                    "Alice <alice@acme.test>"
                  ],
                  "messageId": "0100-1",
                  "subject": "Kick-off",
                  "to": [
                    "bob@b.test"
                  ]
                },
                "destination": [
                  "bob@b.test"
                ],
                "headers": [
                  {
                    "name": "From",
                    "value": "Alice <alice@acme.test>"
                  },
                  {
                    "name": "To",
                    "value": "bob@b.test"
                  },
                  {
                    "name": "Subject",
                    "value": "Kick-off"
                  }
                ],
                "headersTruncated": false,
                "messageId": "0100-1",
                "sendingAccountId": "000000000000",
                "source": "Alice <alice@acme.test>",
                "sourceArn": "arn:aws:ses:us-east-1:000000000000:identity/acme.test",
                "tags": {
                  "event": [
                    "u-1"
                  ],
                  "ses:configuration-set": [
                    "set"
                  ],
                  "ses:from-domain": [
                    "acme.test"
                  ]
                },
                "timestamp": "2026-03-01T10:05:00.500Z"
              }
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&bounce.message).unwrap());
    }

    #[test]
    fn every_step_is_read_back_as_what_it_is() {
        use crate::fate::{simulated, taken};
        use cloud::delivery_event::{DeliveryEvent, read};
        use lettre::address::Address;
        let at = "2026-03-01T10:05:01Z".parse().unwrap();
        let complaint = Address::new("complaint", "simulator.amazonses.com").unwrap();
        let steps = [Step::Sent, Step::Rejected]
            .into_iter()
            .chain(taken())
            .chain(refused(451, "busy"))
            .chain(refused(550, "gone"))
            .chain(simulated(&complaint).unwrap());
        let states: Vec<String> = steps
            .map(|step| event(&mail(), "bob@b.test", &step, at).message.to_string())
            .map(|message| match read(&message).unwrap() {
                DeliveryEvent::Happened(happened) => {
                    assert_eq!(happened.recipients.len(), 1);
                    format!("{:?}", happened.fact.state)
                }
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(
            states,
            [
                "Sent",
                "Rejected",
                "Delivered",
                "Delayed",
                "SoftBounced",
                "Bounced",
                "Delivered",
                "Complained"
            ]
        );
    }
}
