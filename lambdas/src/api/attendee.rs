//! `GET /event/{uid}/attendees/{address}`: one attendee, what he answered, what he was told, and what became of it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use cloud::shape::{OriginCode, PostedCode};
use invite::{
    address::{Address, Shown},
    delivery::SentLetters,
    event::{Attendee, Event, InstanceEdition},
    ledger::{What, of_attendee},
};
use serde::{Deserialize, Serialize};

use super::{
    attendees::AnswerView,
    event_api::{Needs, Seen},
    ledger::{
        difference::ShownView,
        view::{AnsweredView, DeliveredView, SentView},
    },
};
use crate::shell::{Failed, Kind, Problem};

/// An attendee, with all that is known of his answers and of the letters to him. What he proposed stands in the ledger.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "AttendeeHistory")
)]
pub(super) struct AttendeeHistoryView {
    attendee: String,
    /// Empty without one.
    name: String,
    status: AnswerView,
    /// Where the invitation came from.
    #[cfg_attr(test, schemars(with = "String"))]
    origin: OriginCode,
    /// When he was invited, in epoch seconds.
    invited: i64,
    /// Whose invitation he holds, if not his own.
    from: Option<FromView>,
    /// To whom he delegated, while he does.
    delegated_to: Option<String>,
    /// What he was told last: what he sees; null before his invitation.
    told: Option<ToldView>,
    /// Where the mail to him stands, as in the deliveries.
    #[cfg_attr(test, schemars(with = "String"))]
    delivery: PostedCode,
    /// Letters that were sent to him, the oldest first; of many the newest.
    letters: Vec<At<SentView>>,
    /// What became of them, the oldest first.
    deliveries: Vec<At<DeliveredView>>,
    /// What he answered, in the order in which it came.
    answers: Vec<At<AnsweredView>>,
}

#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "InvitationFrom")
)]
struct FromView {
    attendee: String,
    /// He was sent instead, and not as one more.
    delegated: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Told"))]
struct ToldView {
    /// The event's revision he knows.
    revision: u64,
    /// Whether that is how the event is now.
    is_current: bool,
    /// What that shows; null where it is not kept any more. Dates of a series that differ stand in the ledger.
    shows: Option<ShownView>,
}

/// Something that happened then.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "{T}At"))]
struct At<T> {
    /// In epoch seconds.
    at: i64,
    #[serde(flatten)]
    what: T,
}

#[derive(Deserialize)]
pub(super) struct OfAttendee {
    address: String,
}

pub(super) async fn one(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    Path(OfAttendee { address }): Path<OfAttendee>,
) -> Result<Json<AttendeeHistoryView>, Failed> {
    let address = Address::parse(&address).ok_or_else(unknown)?;
    let known = needs
        .table
        .attendee_and_letters(&event.uid, &address)
        .await?;
    let (attendee, letters) = known.ok_or_else(unknown)?;
    Ok(Json(AttendeeHistoryView::of(&event, &attendee, &letters)))
}

fn unknown() -> Problem {
    Problem::new(
        Kind::UnknownAttendee,
        "Nobody of that address is invited to the event.",
    )
}

impl AttendeeHistoryView {
    fn of(event: &Event, attendee: &Attendee, letters: &SentLetters) -> Self {
        let mut entries = of_attendee(attendee, letters, Shown::Whole);
        entries.sort_by(|a, b| a.place().cmp(b.place()));
        let (mut sent, mut deliveries, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            let at = entry.at.as_second();
            match entry.what {
                What::Sent {
                    letter,
                    revision,
                    job,
                } => {
                    let what = SentView {
                        letter,
                        revision,
                        job,
                    };
                    sent.push(At { at, what });
                }
                What::Delivery(delivered) => {
                    let what = (&delivered).into();
                    deliveries.push(At { at, what });
                }
                What::Answered(answered) => {
                    let what = (&*answered).into();
                    answers.push(At { at, what });
                }
                _ => {}
            }
        }
        let posted = letters.posted();
        Self {
            attendee: attendee.mailbox.address.as_str().to_owned(),
            name: attendee.mailbox.name.clone().unwrap_or_default(),
            status: attendee.answer_to(event).into(),
            origin: attendee.origin.into(),
            invited: attendee.invited.as_second(),
            from: attendee.lineage.as_ref().map(|lineage| FromView {
                attendee: lineage.from.as_str().to_owned(),
                delegated: lineage.delegated,
            }),
            delegated_to: attendee
                .delegated_to
                .as_ref()
                .map(|to| to.as_str().to_owned()),
            told: posted.sent_revision.map(|revision| ToldView {
                revision,
                is_current: revision == event.revision,
                shows: shown_by(event, revision).as_ref().map(ShownView::from),
            }),
            delivery: posted.state().into(),
            letters: sent,
            deliveries,
            answers,
        }
    }
}

/// What attendees saw of the event under that revision, as far as it is kept.
fn shown_by(event: &Event, revision: u64) -> Option<InstanceEdition> {
    if revision == event.revision {
        return Some(InstanceEdition::of(&event.details));
    }
    let edition = event
        .editions
        .iter()
        .find(|edition| edition.revision == revision);
    edition.map(|edition| edition.shown.clone())
}

#[cfg(test)]
mod tests {
    use invite::{
        address::Mailbox,
        delivery::{DeliveryState, Fact, SentLetter},
        event::{Answer, Edition, Evidence, Origin, Stamp},
        ical::Partstat,
        id::Digest,
    };
    use jiff::Timestamp;
    use serde_json::json;

    use super::{super::views::tests::kickoff, *};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_445_600 + second).unwrap()
    }

    fn alice_who_has_accepted() -> Attendee {
        let alice = Mailbox {
            address: Address::parse("alice@a.test").unwrap(),
            name: Some("Alice".to_owned()),
        };
        let answer = Answer {
            instance: None,
            partstat: Partstat::Accepted,
            stamp: Stamp {
                sequence: 2,
                dtstamp: at(60),
            },
            arrived: at(61),
            prodid: Some("-//Example//EN".to_owned()),
            evidence: Evidence::Token,
            earlier_version: false,
            comment: Some("two of us".to_owned()),
            people: Some(2),
            mail_id: "m1".to_owned(),
            digest: Digest::of_text("a mail"),
        };
        Attendee {
            partstat: Partstat::Accepted,
            partstat_sequence: 2,
            history: vec![answer],
            ..Attendee::invited(alice, Origin::Api, at(0))
        }
    }

    #[test]
    fn an_attendee_sees_what_the_last_letter_that_reached_him_told() {
        let before = kickoff();
        let mut event = kickoff();
        event.editions.push(Edition::of(&before));
        event.revision += 1;
        event.details.location = "Room 2".to_owned();
        let bounced = Fact {
            state: DeliveryState::Bounced,
            revision: 3,
            letter: "invite".to_owned(),
            at: at(5),
            code: Some("General 5.1.1".to_owned()),
            words: Some("unknown".to_owned()),
        };
        let letters = SentLetters {
            letters: vec![SentLetter {
                letter: "invite",
                revision: Some(3),
                at: at(1),
                job: None,
            }],
            delivery: [bounced].into_iter().collect(),
            ..SentLetters::default()
        };
        let view = AttendeeHistoryView::of(&event, &alice_who_has_accepted(), &letters);
        assert_eq!(
            serde_json::to_value(view).unwrap(),
            json!({
                "attendee": "alice@a.test", "name": "Alice", "status": "accepted", "origin": "api",
                "invited": 1_772_445_600, "from": null, "delegated_to": null,
                "told": {
                    "revision": 3, "is_current": false,
                    "shows": {
                        "start": "2026-03-03T09:00:00Z", "end": "2026-03-04",
                        "summary": "<b>Kick-off</b> & \"more\"", "location": "",
                    },
                },
                "delivery": "bounced",
                "letters": [{"at": 1_772_445_601, "letter": "invite", "revision": 3, "job": null}],
                "deliveries": [{
                    "at": 1_772_445_605, "state": "bounced", "letter": "invite", "revision": 3, "code": "General 5.1.1",
                    "reason": "unknown",
                }],
                "answers": [{
                    "at": 1_772_445_661, "answer": "accepted", "instance": null, "evidence": "token",
                    "prodid": "-//Example//EN", "earlier_version": false, "comment": "two of us", "people": 2, "mail": "m1",
                }],
            })
        );
    }

    #[test]
    fn who_was_not_told_yet_sees_nothing() {
        let alice = alice_who_has_accepted();
        let view = AttendeeHistoryView::of(&kickoff(), &alice, &SentLetters::default());
        let view = serde_json::to_value(view).unwrap();
        assert_eq!(
            (&view["told"], &view["delivery"]),
            (&json!(null), &json!("waiting"))
        );
    }
}
