//! The table's stream, told to the world: events created, updated, cancelled, refused; people to be invited.
//!
//! Twice is harmless: everybody who hears it checks the table first.

use cloud::{
    Cloud,
    env::Reader,
    queues::Queue,
    shape::StatusCode,
    table::{EventRecord, Kind, MailOutcome, Outcome},
    topics::Topic,
};
use futures::{StreamExt, stream};
use serde::Deserialize;

use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, ChangeMessage, LetterMessage},
    shell::{Change, Stopped, serve_stream},
};

pub(crate) const FUNCTION: Function = Function {
    name: "publish-changes",
    handler: "publish_changes",
    purpose: "Tells the world what changed in the table, from its stream.",
    error_impact: "Changes are stored but nobody is told until the stream is read again (24 h).",
    trigger: Trigger::Stream {
        batch_size: 100,
        tumbling_window_secs: 0,
        sort_key_prefixes: &["event#", "attendee#", "mail#"],
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &[
        "EVENT_CANCELLED",
        "EVENT_CREATED",
        "EVENT_REFUSED",
        "EVENT_UPDATED",
        "SQS_URL",
    ],
    rights: &[
        Right {
            on: "topic event-created",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-updated",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-cancelled",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-refused",
            actions: &["sns:Publish"],
        },
        Right {
            on: "queue send-invite",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

struct Needs {
    created: Topic,
    updated: Topic,
    cancelled: Topic,
    refused: Topic,
    invites: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let cancelled = env.text("EVENT_CANCELLED");
    let created = env.text("EVENT_CREATED");
    let refused = env.text("EVENT_REFUSED");
    let updated = env.text("EVENT_UPDATED");
    let invites = env.text("SQS_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        created: Topic::new(&cloud, created),
        updated: Topic::new(&cloud, updated),
        cancelled: Topic::new(&cloud, cancelled),
        refused: Topic::new(&cloud, refused),
        invites: Queue::new(&cloud, invites),
    };
    serve_stream(async |changes| handle(&needs, &changes).await).await
}

/// What a change of the table means to others.
#[derive(Clone, PartialEq, Eq, Debug)]
enum News {
    Of(ChangeMessage),
    ToInvite(LetterMessage),
}

/// Publications under way at a time.
const IN_FLIGHT: usize = 10;

async fn handle(needs: &Needs, changes: &[Change]) -> Result<(), Stopped> {
    let mut stopped = None;
    let mut news = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        match news_of(change) {
            Ok(Some(one)) => news.push((at, one)),
            Ok(None) => {}
            Err(why) => {
                stopped = Some(Stopped { at, why });
                break;
            }
        }
    }
    let published = stream::iter(&news)
        .filter_map(async |(at, one)| match one {
            News::Of(message) => Some((*at, message)),
            News::ToInvite(_) => None,
        })
        .map(async |(at, message)| {
            publish(needs, message)
                .await
                .map_err(|why| Stopped { at, why })
        })
        .buffer_unordered(IN_FLIGHT)
        .filter_map(async |published| published.err())
        .collect::<Vec<Stopped>>();
    let (published, invited) = futures::join!(published, invite(needs, &news));
    // Everything from the first that failed comes again.
    published
        .into_iter()
        .chain(invited.err())
        .chain(stopped)
        .min_by_key(|stopped| stopped.at)
        .map_or(Ok(()), Err)
}

async fn publish(needs: &Needs, message: &ChangeMessage) -> anyhow::Result<()> {
    let topic = match message {
        ChangeMessage::EventCreated { .. } => &needs.created,
        ChangeMessage::EventUpdated { .. } => &needs.updated,
        ChangeMessage::EventCancelled { .. } => &needs.cancelled,
        ChangeMessage::EventRefused { .. } => &needs.refused,
    };
    topic.publish(&messages::write(message)?).await?;
    Ok(())
}

async fn invite(needs: &Needs, news: &[(usize, News)]) -> Result<(), Stopped> {
    let mut places = Vec::new();
    let mut bodies = Vec::new();
    for (at, one) in news {
        if let News::ToInvite(message) = one {
            let body = messages::write(message).map_err(|error| Stopped {
                at: *at,
                why: error.into(),
            })?;
            places.push(*at);
            bodies.push(body);
        }
    }
    needs.invites.send_all(&bodies).await.map_err(|error| {
        let first = error.places.first().and_then(|place| places.get(*place));
        Stopped {
            at: first.copied().unwrap_or_default(),
            why: error.into(),
        }
    })
}

fn news_of(change: &Change) -> anyhow::Result<Option<News>> {
    match change.sort.split_once('#').map(|(kind, _)| kind) {
        Some("event") => Ok(news_of_event(change.before()?, change.after()?)),
        Some("attendee") => news_of_attendee(change),
        Some("mail") => Ok(news_of_mail(change.before()?, change.after()?)),
        _ => Ok(None),
    }
}

fn news_of_event(old: Option<EventRecord>, new: Option<EventRecord>) -> Option<News> {
    let new = new?;
    let is_cancelled = new.status == StatusCode::Cancelled;
    let uid = new.uid;
    let message = match old {
        // Also when its CANCEL came first: the organizer can still take that back, and must know the uid then.
        None => ChangeMessage::EventCreated { uid },
        Some(old) if new.revision <= old.revision => return None,
        Some(_) if is_cancelled => ChangeMessage::EventCancelled {
            uid,
            revision: new.revision,
        },
        Some(_) => ChangeMessage::EventUpdated {
            uid,
            revision: new.revision,
        },
    };
    Some(News::Of(message))
}

fn news_of_attendee(change: &Change) -> anyhow::Result<Option<News>> {
    #[derive(Deserialize)]
    struct Invited {
        email: String,
    }
    let (None, Some(new)) = (change.before::<Invited>()?, change.after::<Invited>()?) else {
        return Ok(None);
    };
    let Some(uid) = change.partition.strip_prefix("event#") else {
        return Ok(None);
    };
    Ok(Some(News::ToInvite(LetterMessage {
        uid: uid.to_owned(),
        attendee: new.email,
        kind: Kind::Invite,
        revision: None,
    })))
}

fn news_of_mail(old: Option<MailOutcome>, new: Option<MailOutcome>) -> Option<News> {
    let is_refused = |mail: &MailOutcome| mail.outcome == Outcome::Refused;
    let new = new.filter(|new| is_refused(new) && new.notify.is_some())?;
    if old.as_ref().is_some_and(is_refused) {
        return None;
    }
    Some(News::Of(ChangeMessage::EventRefused {
        mail_id: new.mail_id,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::shell::tests::change;

    fn event(revision: u64, version: u64, status: &str) -> Value {
        let at = "2026-03-01T10:00:00Z";
        let stamp = json!({"sequence": 0, "dtstamp": at});
        let time = json!({"kind": "utc", "instant": at});
        json!({
            "pk": "event#0", "sk": "event#0", "uid": "0", "client_uid": "kickoff",
            "organizer": {"email": "alice@a.test"}, "prodid": "", "mailto": "create@acme.invites.example",
            "revision": revision, "version": version, "stamp": stamp, "accepted": stamp, "status": status,
            "details": {"start": time, "end": time, "status": "confirmed", "summary": "", "description": "",
                        "location": ""},
            "created": at, "last_modified": at, "seen": [],
        })
    }

    fn mail(outcome: &str, notify: Option<&str>) -> Value {
        let at = "2026-03-01T10:00:00Z";
        let mut mail = json!({
            "pk": "mail#m1", "sk": "mail#m1", "mail_id": "m1", "outcome": outcome, "received": at, "decided": at,
            "expires_at": 1_800_000_000,
        });
        if let Some(email) = notify {
            mail["notify"] = json!({"email": email});
        }
        mail
    }

    fn news(sort: &str, old: Option<Value>, new: Option<Value>) -> Option<News> {
        news_of(&change("1", sort, old, new)).unwrap()
    }

    #[test]
    fn an_event_is_created_updated_and_cancelled() {
        let uid = || "0".to_owned();
        let confirmed = || Some(event(1, 1, "confirmed"));
        for (old, new, expected) in [
            (
                None,
                confirmed(),
                Some(ChangeMessage::EventCreated { uid: uid() }),
            ),
            (
                None,
                Some(event(1, 1, "cancelled")),
                Some(ChangeMessage::EventCreated { uid: uid() }),
            ),
            (
                confirmed(),
                Some(event(2, 2, "tentative")),
                Some(ChangeMessage::EventUpdated {
                    uid: uid(),
                    revision: 2,
                }),
            ),
            (
                confirmed(),
                Some(event(2, 2, "cancelled")),
                Some(ChangeMessage::EventCancelled {
                    uid: uid(),
                    revision: 2,
                }),
            ),
            // Only its place in the order was remembered.
            (confirmed(), Some(event(1, 2, "confirmed")), None),
            (confirmed(), None, None),
        ] {
            let told = news("event#0", old, new);
            assert_eq!(told, expected.map(News::Of));
        }
    }

    #[test]
    fn a_new_attendee_is_invited_and_a_changed_one_is_not() {
        let bob =
            || Some(json!({"pk": "event#0", "sk": "attendee#bob@b.test", "email": "bob@b.test"}));
        let told = news("attendee#bob@b.test", None, bob());
        let Some(News::ToInvite(letter)) = told else {
            panic!("{told:?}");
        };
        assert_eq!(letter.uid, "0".repeat(40));
        assert_eq!(letter.attendee, "bob@b.test");
        assert_eq!(news("attendee#bob@b.test", bob(), bob()), None);
        assert_eq!(news("attendee#bob@b.test", bob(), None), None);
    }

    #[test]
    fn a_refusal_is_told_once_and_only_to_somebody() {
        let told = Some(News::Of(ChangeMessage::EventRefused {
            mail_id: "m1".to_owned(),
        }));
        let refused = || Some(mail("refused", Some("alice@a.test")));
        assert_eq!(news("mail#m1", None, refused()), told);
        assert_eq!(
            news("mail#m1", Some(mail("passed-on", None)), refused()),
            told
        );
        assert_eq!(news("mail#m1", refused(), refused()), None);
        assert_eq!(news("mail#m1", None, Some(mail("refused", None))), None);
        assert_eq!(news("mail#m1", None, Some(mail("applied", None))), None);
    }

    #[test]
    fn an_image_that_cannot_be_read_is_a_failure() {
        let bad = Some(json!({"pk": "event#0", "sk": "event#0", "uid": 7}));
        assert!(news_of(&change("1", "event#0", None, bad)).is_err());
    }
}
