//! What a change of the table means to others.

use cloud::{
    shape::StatusCode,
    table::{
        AttendeeRecord, EventRecord, JobKind, JobRecord, JobState, Kind, MailOutcome, Outcome,
    },
};
use invite::{
    decide,
    event::{Attendee, Place},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    erasure_news::news_of_erasure, limit_news::news_of_refused, report_news::news_of_report,
};
use crate::{
    messages::{ChangeMessage, LetterMessage},
    shell::Change,
};

/// Something others are to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum News {
    Of(ChangeMessage),
    /// For one person, who waits for it.
    Letter(LetterMessage),
}

/// What a change means; mostly one thing or nothing.
pub(super) fn news_of(change: &Change) -> anyhow::Result<Vec<News>> {
    Ok(match change.sort.split_once('#').map(|(kind, _)| kind) {
        Some("event") => news_of_event(change.before()?, change.after()?),
        Some("attendee") => news_of_attendee(change)?,
        Some("job") => news_of_job(change)?,
        Some("erasure") => Vec::from_iter(news_of_erasure(change)?.map(News::Of)),
        Some("refused") => Vec::from_iter(news_of_refused(change)?.map(News::Of)),
        Some("report") => Vec::from_iter(news_of_report(change)?.map(News::Of)),
        Some("mail") => Vec::from_iter(news_of_mail(change.before()?, change.after()?)),
        Some("subscription") => Vec::from_iter(news_of_subscription(change)?),
        _ => Vec::new(),
    })
}

fn news_of_event(old: Option<EventRecord>, new: Option<EventRecord>) -> Vec<News> {
    let seats = new.as_ref().filter(|new| {
        let before = old.as_ref().and_then(|old| old.seats);
        new.seats != before
    });
    let seats = seats.map(|new| {
        News::Of(ChangeMessage::SeatsDue {
            uid: new.uid.clone(),
            attendee: None,
        })
    });
    let change = change_of_event(old, new).map(News::Of);
    change.into_iter().chain(seats).collect()
}

fn change_of_event(old: Option<EventRecord>, new: Option<EventRecord>) -> Option<ChangeMessage> {
    let new = new?;
    let is_cancelled = new.status == StatusCode::Cancelled;
    let uid = new.uid;
    Some(match old {
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
    })
}

fn news_of_attendee(change: &Change) -> anyhow::Result<Vec<News>> {
    let attendee = |record: Option<AttendeeRecord>| record.map(Attendee::try_from).transpose();
    let Some(uid) = change.partition.strip_prefix("event#") else {
        return Ok(Vec::new());
    };
    let Some(after) = attendee(change.after()?)? else {
        // He was taken out, and made room.
        let before = attendee(change.before()?)?;
        let made_room = before.is_some_and(|before| before.place == Some(Place::Seat));
        let room = made_room.then(|| {
            News::Of(ChangeMessage::SeatsDue {
                uid: uid.to_owned(),
                attendee: None,
            })
        });
        return Ok(Vec::from_iter(room));
    };
    let email = after.mailbox.address.as_str();
    let letter = |kind, asked| {
        News::Letter(LetterMessage {
            uid: uid.to_owned(),
            attendee: email.to_owned(),
            kind,
            revision: None,
            asked,
        })
    };
    let before = attendee(change.before()?)?;
    let is_new = before.is_none() && !is_told_by_a_list(change)?;
    let invitation = is_new.then(|| letter(Kind::Invite, None));
    let owed = decide::newly_owed(before.as_ref(), &after)
        .map(|owed| letter(Kind::Owed, Some(owed.digest.as_str().to_owned())));
    let guests = decide::newly_waiting(before.as_ref(), &after)
        .into_iter()
        .map(|waiting| {
            News::Of(ChangeMessage::GuestWaits {
                uid: uid.to_owned(),
                through: email.to_owned(),
                guest: waiting.mailbox.address.as_str().to_owned(),
            })
        });
    let place = newly_open(before.as_ref(), &after).then(|| {
        News::Of(ChangeMessage::SeatsDue {
            uid: uid.to_owned(),
            attendee: Some(email.to_owned()),
        })
    });
    Ok(invitation
        .into_iter()
        .chain(owed)
        .chain(guests)
        .chain(place)
        .collect())
}

/// Whether his answer has left something to settle about his place.
fn newly_open(before: Option<&Attendee>, after: &Attendee) -> bool {
    let before = before.and_then(|before| before.place);
    after.place != before && after.place.is_some_and(Place::is_open)
}

/// Whoever stores the people of a list sends them their invitations.
fn is_told_by_a_list(change: &Change) -> anyhow::Result<bool> {
    #[derive(Deserialize)]
    struct Listed {
        list_job: Option<String>,
    }
    let listed: Option<Listed> = change.after()?;
    Ok(listed.is_some_and(|listed| listed.list_job.is_some()))
}

fn news_of_job(change: &Change) -> anyhow::Result<Vec<News>> {
    let Some(new) = change.after::<JobRecord>()? else {
        return Ok(Vec::new());
    };
    let Some(uid) = change.partition.strip_prefix("event#") else {
        return Ok(Vec::new());
    };
    let old: Option<JobRecord> = change.before()?;
    let (uid, job) = (|| uid.to_owned(), || new.job.clone());
    let mut news = Vec::new();
    if new.kind == JobKind::Reminder && old.is_none() {
        news.push(News::Of(ChangeMessage::ReminderRequested {
            uid: uid(),
            job: job(),
        }));
    }
    let was_decided = old.as_ref().is_some_and(JobRecord::is_decided);
    if new.kind == JobKind::List && new.is_decided() && !was_decided {
        news.push(News::Of(ChangeMessage::ListChecked {
            uid: uid(),
            job: job(),
        }));
    }
    let is_new = |state| new.state == state && old.as_ref().is_none_or(|old| old.state != state);
    if is_new(JobState::Held) {
        news.push(News::Of(ChangeMessage::FanOutHeld {
            uid: uid(),
            job: job(),
        }));
    }
    if is_new(JobState::Stopped) {
        news.push(News::Of(ChangeMessage::FanOutStopped {
            uid: uid(),
            job: job(),
        }));
    }
    Ok(news)
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

/// That it ends is no news: the shop tells its customer what it has given back. Nor is one that somebody has written by hand.
fn news_of_subscription(change: &Change) -> anyhow::Result<Option<News>> {
    #[derive(Deserialize)]
    struct Subscription {
        organizer_email: Option<String>,
        recorded: Option<Timestamp>,
    }
    if change.before::<Subscription>()?.is_some() {
        return Ok(None);
    }
    let begun = change.after()?.and_then(|subscription: Subscription| {
        subscription.recorded?;
        Some(News::Of(ChangeMessage::Enrolled {
            organizer: subscription.organizer_email?,
            subscription: change.sort.strip_prefix("subscription#")?.to_owned(),
        }))
    });
    Ok(begun)
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

    fn news(sort: &str, old: Option<Value>, new: Option<Value>) -> Vec<News> {
        news_of(&change("1", sort, old, new)).unwrap()
    }

    fn attendee(more: Value) -> Value {
        let mut attendee = json!({
            "pk": "event#0", "sk": "attendee#bob@b.test", "email": "bob@b.test", "origin": "api",
            "partstat": "needs-action", "partstat_sequence": 0, "revision": 1,
            "invited": "2026-03-01T10:00:00Z", "history": [],
        });
        attendee
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        attendee
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
            assert_eq!(told, Vec::from_iter(expected.map(News::Of)));
        }
    }

    #[test]
    fn a_new_attendee_is_invited_and_a_changed_one_is_not() {
        let bob = || Some(attendee(json!({})));
        let told = news("attendee#bob@b.test", None, bob());
        let [News::Letter(letter)] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(letter.kind, Kind::Invite);
        assert_eq!(letter.uid, "0".repeat(40));
        assert_eq!(letter.attendee, "bob@b.test");
        assert_eq!(news("attendee#bob@b.test", bob(), bob()), []);
        assert_eq!(news("attendee#bob@b.test", bob(), None), []);
    }

    #[test]
    fn what_an_attendee_asked_for_is_sent_once() {
        let owed = |digest: &str| {
            let owed = json!({"letter": {"kind": "current"}, "digest": digest, "asked": "2026-03-02T10:00:00Z"});
            Some(attendee(json!({ "owed": owed })))
        };
        let sort = "attendee#bob@b.test";
        let told = news(sort, Some(attendee(json!({}))), owed("d1"));
        let [News::Letter(letter)] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(
            (letter.kind, letter.asked.as_deref()),
            (Kind::Owed, Some("d1"))
        );
        assert_eq!(news(sort, owed("d1"), owed("d1")), []);
        assert_eq!(news(sort, owed("d1"), owed("d2")).len(), 1);
    }

    #[test]
    fn the_organizer_is_asked_once_about_a_guest() {
        let waiting = |waits_for: &str| {
            let at = "2026-03-02T10:00:00Z";
            let waiting = json!([{
                "mailbox": {"email": "carol@c.test"}, "waits_for": waits_for, "expires": "2026-03-09T10:00:00Z",
                "answer": {
                    "partstat": "accepted", "stamp": {"sequence": 0, "dtstamp": at}, "arrived": at,
                    "evidence": "aligned", "earlier_version": false, "digest": "d1",
                },
            }]);
            Some(attendee(json!({ "waiting": waiting })))
        };
        let sort = "attendee#bob@b.test";
        let asked = News::Of(ChangeMessage::GuestWaits {
            uid: "0".repeat(40),
            through: "bob@b.test".to_owned(),
            guest: "carol@c.test".to_owned(),
        });
        let before = || Some(attendee(json!({})));
        assert_eq!(news(sort, before(), waiting("approval")), [asked]);
        assert_eq!(news(sort, waiting("approval"), waiting("approval")), []);
        assert_eq!(news(sort, before(), waiting("delegation")), []);
    }

    #[test]
    fn a_place_is_settled_once_after_an_answer_and_after_another_limit() {
        let standing = |place: Option<&str>| {
            let place = place.map(|is| json!({"is": is}));
            Some(attendee(match place {
                Some(place) => json!({"place": place}),
                None => json!({}),
            }))
        };
        let due = |attendee: Option<&str>| {
            News::Of(ChangeMessage::SeatsDue {
                uid: "0".repeat(40),
                attendee: attendee.map(str::to_owned),
            })
        };
        let of_bob = |old, new| news("attendee#bob@b.test", standing(old), standing(new));
        let bob = || due(Some("bob@b.test"));
        assert_eq!(of_bob(None, Some("asked")), [bob()]);
        assert_eq!(of_bob(Some("asked"), Some("asked")), []);
        assert_eq!(of_bob(Some("asked"), Some("seat")), []);
        assert_eq!(of_bob(Some("seat"), Some("leaves-seat")), [bob()]);
        assert_eq!(of_bob(Some("leaves-seat"), None), []);
        assert_eq!(
            news("attendee#bob@b.test", standing(Some("seat")), None),
            [due(None)]
        );
        assert_eq!(news("attendee#bob@b.test", standing(None), None), []);
        let limited = |limit: u32| {
            let mut event = event(1, u64::from(limit), "confirmed");
            event["uid"] = json!("0".repeat(40));
            event["seats"] = json!({"limit": limit, "since": "2026-03-01T10:00:00Z"});
            Some(event)
        };
        assert_eq!(news("event#0", limited(2), limited(3)), [due(None)]);
        assert_eq!(news("event#0", limited(2), limited(2)), []);
        assert_eq!(news("event#0", None, limited(2)).len(), 2);
    }

    #[test]
    fn who_is_invited_by_a_list_is_not_sent_a_second_invitation() {
        let bob = attendee(json!({"sent_revision": 1, "list_job": "1"}));
        assert_eq!(news("attendee#bob@b.test", None, Some(bob)), []);
    }

    #[test]
    fn a_list_is_told_of_once_when_it_is_decided_about() {
        let job = |state: &str| {
            json!({
                "pk": "event#0", "sk": "job#1", "job": "1", "state": state, "object_key": "inbox/1", "is_in_mail": true,
                "organizer": {"email": "alice@a.test"}, "dry_run": false, "created": "2026-03-01T10:00:00Z",
                "version": 1, "shards": 0, "last_people": 0, "rows": 0, "invited": 0,
            })
        };
        let told = News::Of(ChangeMessage::ListChecked {
            uid: "0".repeat(40),
            job: "1".to_owned(),
        });
        let news = |old: Option<&str>, new| news("job#1", old.map(job), Some(job(new)));
        assert_eq!(news(None, "awaiting-upload"), []);
        assert_eq!(news(Some("awaiting-upload"), "checking"), []);
        assert_eq!(
            news(Some("checking"), "checked"),
            std::slice::from_ref(&told)
        );
        assert_eq!(news(Some("awaiting-upload"), "refused"), [told]);
        assert_eq!(news(Some("checked"), "checked"), []);
    }

    #[test]
    fn a_job_is_told_of_when_it_is_asked_for_waits_and_is_stopped() {
        let job = |kind: &str, state: &str| {
            json!({
                "pk": "event#0", "sk": "job#1", "job": "1", "kind": kind, "state": state,
                "organizer": {"email": "alice@a.test"}, "dry_run": false, "created": "2026-03-01T10:00:00Z",
                "version": 1, "shards": 0, "last_people": 0, "rows": 0, "invited": 0,
            })
        };
        let (uid, name) = (|| "0".repeat(40), || "1".to_owned());
        let held = || {
            News::Of(ChangeMessage::FanOutHeld {
                uid: uid(),
                job: name(),
            })
        };
        let stopped = News::Of(ChangeMessage::FanOutStopped {
            uid: uid(),
            job: name(),
        });
        let checked = News::Of(ChangeMessage::ListChecked {
            uid: uid(),
            job: name(),
        });
        let asked = News::Of(ChangeMessage::ReminderRequested {
            uid: uid(),
            job: name(),
        });
        assert_eq!(
            news("job#1", None, Some(job("reminder", "staging"))),
            [asked]
        );
        assert_eq!(news("job#1", None, Some(job("update", "staging"))), []);
        let news = |kind, old, new| news("job#1", Some(job(kind, old)), Some(job(kind, new)));
        assert_eq!(news("update", "staging", "held"), [held()]);
        assert_eq!(news("update", "held", "held"), []);
        assert_eq!(news("update", "held", "staged"), []);
        assert_eq!(news("cancellation", "held", "stopped"), [stopped]);
        assert_eq!(news("update", "held", "superseded"), []);
        assert_eq!(news("reminder", "staging", "held"), [held()]);
        assert_eq!(news("reminder", "staging", "staged"), []);
        assert_eq!(news("list", "checking", "held"), [checked, held()]);
        assert_eq!(news("list", "held", "checked"), []);
    }

    #[test]
    fn a_refusal_is_told_once_and_only_to_somebody() {
        let told = || {
            vec![News::Of(ChangeMessage::EventRefused {
                mail_id: "m1".to_owned(),
            })]
        };
        let refused = || Some(mail("refused", Some("alice@a.test")));
        assert_eq!(news("mail#m1", None, refused()), told());
        assert_eq!(
            news("mail#m1", Some(mail("passed-on", None)), refused()),
            told()
        );
        assert_eq!(news("mail#m1", refused(), refused()), []);
        assert_eq!(news("mail#m1", None, Some(mail("refused", None))), []);
        assert_eq!(news("mail#m1", None, Some(mail("applied", None))), []);
    }

    #[test]
    fn who_is_enrolled_is_told_once_and_not_when_it_ends() {
        let subscription = |revoked: Option<&str>| {
            let mut subscription = json!({
                "pk": "organizer#alice@a.test", "sk": "subscription#1-11", "invoice_id": "1", "product_id": "7",
                "product": "Pro", "plan": {"name": "Pro", "events": null, "invites_per_event": 10_000},
                "enrollment_date": "2026-03-01T10:00:00Z", "recorded": "2026-03-01T10:05:00Z",
                "organizer_email": "alice@a.test",
            });
            if let Some(at) = revoked {
                subscription["revoked"] = json!(at);
            }
            Some(subscription)
        };
        let news = |old, new| news("subscription#1-11", old, new);
        let enrolled = News::Of(ChangeMessage::Enrolled {
            organizer: "alice@a.test".to_owned(),
            subscription: "1-11".to_owned(),
        });
        assert_eq!(news(None, subscription(None)), [enrolled]);
        let ended = || subscription(Some("2026-03-02T10:00:00Z"));
        assert_eq!(news(subscription(None), ended()), []);
        assert_eq!(news(ended(), None), []);
        let by_hand = Some(json!({"pk": "organizer#alice@a.test", "sk": "subscription#1-11"}));
        assert_eq!(news(None, by_hand), []);
    }

    #[test]
    fn an_image_that_cannot_be_read_is_a_failure() {
        let bad = Some(json!({"pk": "event#0", "sk": "event#0", "uid": 7}));
        assert!(news_of(&change("1", "event#0", None, bad)).is_err());
    }
}
