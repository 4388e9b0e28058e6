//! Work that reaches many people: how far it has come, what came of it; and stopping it while it waits.

use std::time::Duration;

use cloud::table::{JobKind, JobRecord, Stored};
use invite::{decide::NotStopped, event::Event};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::event_api::Needs;
use crate::{
    decide::{attempts::until_stored, verify_list::result::result_key},
    shell::Answer,
    stage::{progress::Progress, waiting},
};

/// How long the address of a result can be used.
const RESULT_WITHIN: Duration = Duration::from_secs(900);

/// `GET /event/{uid}/jobs`
pub(super) async fn all(needs: &Needs, event: &Event) -> anyhow::Result<Answer> {
    let mut jobs = needs.table.jobs(&event.uid).await?;
    jobs.sort_by_key(|job| std::cmp::Reverse(job.created));
    let jobs: Vec<Value> = jobs.iter().map(shown).map(Value::Object).collect();
    Ok(Answer::Done(200, json!({ "jobs": jobs })))
}

/// `GET /event/{uid}/jobs/{job}`
pub(super) async fn one(needs: &Needs, event: &Event, job: &str) -> anyhow::Result<Answer> {
    match needs.table.job(&event.uid, job).await? {
        Some(job) => whole(needs, event, &job).await,
        None => Ok(unknown()),
    }
}

/// `POST /event/{uid}/jobs/{job}/stop`
pub(super) async fn stop(needs: &Needs, event: &Event, job: &str) -> anyhow::Result<Answer> {
    let (table, uid) = (&needs.table, &event.uid);
    until_stored(async || {
        let Some(mut job) = table.job(uid, job).await? else {
            return Ok(Some(unknown()));
        };
        match waiting::stop(table, uid, &mut job, None).await? {
            Ok(Stored::Done) | Err(NotStopped::StoppedBefore) => {
                whole(needs, event, &job).await.map(Some)
            }
            Ok(Stored::Conflict) => Ok(None),
            Err(why) => not_stopped(needs, event, &job, why).await.map(Some),
        }
    })
    .await
}

async fn not_stopped(
    needs: &Needs,
    event: &Event,
    job: &JobRecord,
    why: NotStopped,
) -> anyhow::Result<Answer> {
    let detail = match why {
        NotStopped::TooLate => {
            let progress = Progress::of(&needs.table, &event.uid, job).await?;
            format!(
                "It goes out already: {} of {} letters have gone.",
                progress.sent, progress.due
            )
        }
        NotStopped::Superseded => {
            "Something newer has taken its place, and may be stopped itself.".to_owned()
        }
        NotStopped::NotHeld | NotStopped::StoppedBefore => {
            "It does not wait, or not yet; only what waits can be stopped.".to_owned()
        }
    };
    Ok(Answer::problem(409, why.code(), detail))
}

fn unknown() -> Answer {
    Answer::problem(404, "unknown-job", "The event has no job of that name.")
}

async fn whole(needs: &Needs, event: &Event, job: &JobRecord) -> anyhow::Result<Answer> {
    let mut answer = shown(job);
    let progress = Progress::of(&needs.table, &event.uid, job).await?;
    answer.insert("sending".to_owned(), sending(&progress));
    if job.has_result() {
        let key = result_key(&event.uid, &job.job);
        let url = needs
            .lists
            .address_to_read(&key, "result.csv", RESULT_WITHIN)
            .await?;
        answer.insert("result_url".to_owned(), json!(url));
    }
    Ok(Answer::Done(200, Value::Object(answer)))
}

/// A job without its sending: what all have, and what lists have beside.
fn shown(job: &JobRecord) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut add = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    add("job", json!(job.job));
    add("kind", json!(job.kind));
    add("state", json!(job.state));
    add("created", json!(job.created.as_second()));
    add("people", json!(job.reaches()));
    add(
        "held_until",
        json!(job.held_until.map(Timestamp::as_second)),
    );
    match job.kind {
        JobKind::List => {
            let first_refused: Vec<Value> = job
                .first_refused
                .iter()
                .map(|row| json!({"line": row.line, "reason": row.why}))
                .collect();
            add("dry_run", json!(job.dry_run));
            add("checked", json!(job.checked.map(Timestamp::as_second)));
            add("refusal", json!(job.refusal));
            add("rows", json!(job.rows));
            add("invited", json!(job.invited));
            add("refused", json!(job.refused));
            add("first_refused", json!(first_refused));
        }
        JobKind::Update | JobKind::Cancellation => {
            add("revision", json!(job.revision));
            add("replaces", json!(job.replaces));
        }
    }
    shown
}

/// How far the letters have come.
fn sending(progress: &Progress) -> Value {
    json!({
        "due": progress.due,
        "sent": progress.sent,
        "already_invited": progress.already_invited,
        "already_told": progress.already_told,
        "unwanted": progress.unwanted,
        "rejected": progress.rejected,
        "dropped": progress.dropped,
        "waiting": progress.waiting,
        "is_done": progress.is_done,
    })
}

#[cfg(test)]
mod tests {
    use cloud::{shape::MailboxShape, table::JobState};

    use super::*;

    fn organizer() -> MailboxShape {
        MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        }
    }

    #[test]
    fn a_list_tells_what_came_of_it_and_not_where_it_lies_or_whose_it_is() {
        let job = JobRecord {
            checked: Some("2026-03-01T10:00:05Z".parse().unwrap()),
            rows: 1500,
            invited: 1400,
            refused: [("repeated".to_owned(), 100)].into(),
            ..JobRecord::new(
                "0123456789abcdef0123".to_owned(),
                JobState::Checked,
                "uploads/5f/01".to_owned(),
                organizer(),
                "2026-03-01T10:00:00Z".parse().unwrap(),
            )
        };
        assert_eq!(
            Value::Object(shown(&job)),
            json!({
                "job": "0123456789abcdef0123", "kind": "list", "state": "checked", "people": 1400,
                "created": 1_772_359_200, "held_until": null, "checked": 1_772_359_205, "dry_run": false,
                "refusal": null, "rows": 1500, "invited": 1400, "refused": {"repeated": 100}, "first_refused": [],
            })
        );
    }

    #[test]
    fn a_change_tells_until_when_it_waits_and_what_it_takes_the_place_of() {
        let created = "2026-03-01T10:00:00Z".parse().unwrap();
        let job = JobRecord {
            state: JobState::Held,
            held_until: Some("2026-03-01T10:10:00Z".parse().unwrap()),
            replaces: Some("update-2".to_owned()),
            people: 612,
            ..JobRecord::of_change(JobKind::Update, 3, organizer(), created)
        };
        assert_eq!(
            Value::Object(shown(&job)),
            json!({
                "job": "update-3", "kind": "update", "state": "held", "people": 612, "created": 1_772_359_200,
                "held_until": 1_772_359_800, "revision": 3, "replaces": "update-2",
            })
        );
    }
}
