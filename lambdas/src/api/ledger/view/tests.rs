//! Entries as they are told.

use invite::{
    event::{Edition, Origin},
    language::Language,
    ledger::of_event,
    time::CalendarTime,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::api::views::tests::kickoff;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_445_600 + second).unwrap()
}

fn shown(entry: &Entry) -> Value {
    serde_json::to_value(EntryView::of(entry)).unwrap()
}

#[test]
fn a_command_says_who_gave_it_how_and_what_became_of_it() {
    let received = |id: &str| Received {
        id: id.to_owned(),
        command: Some("request".to_owned()),
        outcome: "applied",
        reason: None,
        words: None,
        revision: Some(2),
        received: at(-1),
    };
    let entry = |id: &str, who| Entry::new(at(0), Some(who), What::Received(received(id)), &[id]);
    assert_eq!(
        shown(&entry("m1", Who::Organizer)),
        json!({
            "at": 1_772_445_600, "who": "organizer", "kind": "received", "by": "mail", "id": "m1", "command": "request",
            "outcome": "applied", "reason": null, "text": null, "revision": 2, "received": 1_772_445_599,
        })
    );
    let by_api = shown(&entry("api-r1", Who::Somebody));
    assert_eq!(
        (&by_api["by"], &by_api["who"]),
        (&json!("api"), &json!("somebody"))
    );
}

#[test]
fn a_change_says_what_it_was_and_is() {
    let before = kickoff();
    let mut event = kickoff();
    event.editions.push(Edition::of(&before));
    event.revision += 1;
    event.last_modified = at(100);
    event.details.start = CalendarTime::Utc(at(3_600));
    let entries = of_event(&event, Language::English);
    assert_eq!(
        shown(entries.last().unwrap()),
        json!({
            "at": 1_772_445_700, "who": null, "kind": "changed", "revision": 4, "status": "tentative",
            "shows": {
                "start": "2026-03-02T11:00:00Z", "end": "2026-03-04", "summary": "<b>Kick-off</b> & \"more\"",
                "location": "",
            },
            "differs": [{
                "what": "when",
                "before": {"start": "2026-03-03T09:00:00Z", "end": "2026-03-04"},
                "now": {"start": "2026-03-02T11:00:00Z", "end": "2026-03-04"},
            }],
        })
    );
}

#[test]
fn a_step_of_a_job_says_what_belongs_to_it() {
    let step = |step| {
        let step = JobStep {
            job: "update-3".to_owned(),
            kind: "update",
            step,
            revision: Some(3),
            people: Some(612),
        };
        shown(&Entry::new(at(0), None, What::Job(step), &[]))
    };
    assert_eq!(
        step(Step::Held { until: at(600) }),
        json!({
            "at": 1_772_445_600, "who": null, "kind": "job", "job": "update-3", "work": "update", "step": "held",
            "revision": 3, "people": 612, "until": 1_772_446_200,
        })
    );
    let replaces = Some("update-2".to_owned());
    assert_eq!(step(Step::Begun { replaces })["replaces"], "update-2");
    let reason = "no-rows".to_owned();
    assert_eq!(step(Step::Refused { reason })["reason"], "no-rows");
}

#[test]
fn somebody_invited_is_named_as_far_as_he_is_shown() {
    let what = What::Invited {
        origin: Origin::Shared,
        from: Some(Who::Attendee("b*******@b.test".to_owned())),
    };
    let who = Who::Attendee("c*******@c.test".to_owned());
    assert_eq!(
        shown(&Entry::new(at(0), Some(who), what, &[])),
        json!({
            "at": 1_772_445_600, "who": "attendee", "attendee": "c*******@c.test", "kind": "invited",
            "origin": "shared", "from": "b*******@b.test",
        })
    );
}
