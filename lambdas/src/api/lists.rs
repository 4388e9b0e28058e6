//! Lists too large for mail, and what comes of lists: a list is announced, uploaded to the address given, and its job
//! tells how far it has come.

use std::time::Duration;

use cloud::{
    clock,
    table::{JobRecord, JobState, ShardRecord, Stored},
};
use invite::{event::Event, id::Digest};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::event_api::Needs;
use crate::{
    decide::verify_list::{result::result_key, upload_key},
    shell::{Answer, Request},
};

/// How long a list may be uploaded after it was announced.
const UPLOAD_WITHIN: Duration = Duration::from_secs(3600);
/// How long the address of a result can be used.
const RESULT_WITHIN: Duration = Duration::from_secs(900);

/// `POST /event/{uid}/lists`
pub(super) async fn begin(
    needs: &Needs,
    event: &Event,
    request: &Request,
) -> anyhow::Result<Answer> {
    if event.is_cancelled() {
        return Ok(Answer::problem(
            409,
            "event-cancelled",
            "The event is cancelled, so nobody can be invited to it.",
        ));
    }
    let dry_run = match dry_run(request.body().as_deref().unwrap_or_default()) {
        Ok(dry_run) => dry_run,
        Err(problem) => return Ok(problem),
    };
    let now = clock::now();
    // The same request told twice by the platform is one job.
    let name = Digest::of_text(&format!("{}\n{}", event.uid, request.id()));
    let name: String = name.as_str().chars().take(20).collect();
    let key = upload_key(&event.uid, &name);
    let job = JobRecord {
        dry_run,
        ..JobRecord::new(
            name,
            JobState::AwaitingUpload,
            key.clone(),
            (&event.organizer).into(),
            now,
        )
    };
    // A conflict: the same request, told twice.
    let (Stored::Done | Stored::Conflict) = needs.table.create_job(&event.uid, &job).await?;
    let url = needs.lists.address_to_write(&key, UPLOAD_WITHIN).await?;
    let expires = SignedDuration::try_from(UPLOAD_WITHIN)
        .ok()
        .and_then(|within| now.checked_add(within).ok())
        .unwrap_or(Timestamp::MAX);
    Ok(Answer::Done(
        201,
        json!({
            "event": event.uid.as_str(),
            "job": job.job,
            "upload": {"method": "PUT", "url": url, "expires": expires.as_second()},
        }),
    ))
}

/// The body: nothing, or `{"dry_run": true}`.
fn dry_run(body: &[u8]) -> Result<bool, Answer> {
    if body.trim_ascii().is_empty() {
        return Ok(false);
    }
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        let detail = format!("The body is not JSON: {error}.");
        Answer::problem(400, "not-json", detail)
    })?;
    match body.get("dry_run") {
        None => Ok(false),
        Some(Value::Bool(dry_run)) => Ok(*dry_run),
        Some(_) => Err(Answer::wrong_field(
            "/dry_run",
            "`dry_run` must be true or false.",
        )),
    }
}

/// `GET /event/{uid}/jobs`
pub(super) async fn all(needs: &Needs, event: &Event) -> anyhow::Result<Answer> {
    let mut jobs = needs.table.jobs(&event.uid).await?;
    jobs.sort_by_key(|job| std::cmp::Reverse(job.created));
    let jobs: Vec<Value> = jobs.iter().map(shown).map(Value::Object).collect();
    Ok(Answer::Done(200, json!({ "jobs": jobs })))
}

/// `GET /event/{uid}/jobs/{job}`
pub(super) async fn one(needs: &Needs, event: &Event, job: &str) -> anyhow::Result<Answer> {
    let Some(job) = needs.table.job(&event.uid, job).await? else {
        return Ok(Answer::problem(
            404,
            "unknown-job",
            "The event has no job of that name.",
        ));
    };
    let mut answer = shown(&job);
    let shards = needs.table.shards(&event.uid, &job.job).await?;
    answer.insert("sending".to_owned(), sending(&job, &shards));
    if job.state == JobState::Checked {
        let key = result_key(&event.uid, &job.job);
        let url = needs
            .lists
            .address_to_read(&key, "result.csv", RESULT_WITHIN)
            .await?;
        answer.insert("result_url".to_owned(), json!(url));
    }
    Ok(Answer::Done(200, Value::Object(answer)))
}

/// A job without its sending.
fn shown(job: &JobRecord) -> Map<String, Value> {
    let first_refused: Vec<Value> = job
        .first_refused
        .iter()
        .map(|row| json!({"line": row.line, "reason": row.why}))
        .collect();
    let shown = json!({
        "job": job.job,
        "kind": "list",
        "state": job.state,
        "dry_run": job.dry_run,
        "created": job.created.as_second(),
        "checked": job.checked.map(Timestamp::as_second),
        "refusal": job.refusal,
        "rows": job.rows,
        "invited": job.invited,
        "refused": job.refused,
        "first_refused": first_refused,
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// How far the invitations have come.
fn sending(job: &JobRecord, shards: &[ShardRecord]) -> Value {
    let sum = |of: fn(&ShardRecord) -> u64| shards.iter().map(of).sum::<u64>();
    let due = if job.dry_run { 0 } else { job.invited };
    let done = sum(|shard| shard.done);
    json!({
        "due": due,
        "sent": sum(|shard| shard.sent),
        "already_invited": sum(|shard| shard.already_invited),
        "unwanted": sum(|shard| shard.unwanted),
        "rejected": sum(|shard| shard.rejected),
        "dropped": sum(|shard| shard.dropped),
        "waiting": due.saturating_sub(done),
        "is_done": job.is_decided() && done >= due,
    })
}

#[cfg(test)]
mod tests {
    use cloud::shape::MailboxShape;

    use super::*;

    fn job() -> JobRecord {
        let organizer = MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        };
        JobRecord {
            checked: Some("2026-03-01T10:00:05Z".parse().unwrap()),
            rows: 1500,
            invited: 1400,
            refused: [("repeated".to_owned(), 100)].into(),
            ..JobRecord::new(
                "0123456789abcdef0123".to_owned(),
                JobState::Checked,
                "uploads/5f/01".to_owned(),
                organizer,
                "2026-03-01T10:00:00Z".parse().unwrap(),
            )
        }
    }

    #[test]
    fn a_job_tells_what_came_of_the_list_and_not_where_it_lies_or_whose_it_is() {
        assert_eq!(
            Value::Object(shown(&job())),
            json!({
                "job": "0123456789abcdef0123", "kind": "list", "state": "checked", "dry_run": false,
                "created": 1_772_359_200, "checked": 1_772_359_205, "refusal": null,
                "rows": 1500, "invited": 1400, "refused": {"repeated": 100}, "first_refused": [],
            })
        );
    }

    #[test]
    fn everybody_invited_is_sent_to_waits_or_has_a_reason() {
        let shard = |done, sent, already_invited| ShardRecord {
            done,
            sent,
            already_invited,
            ..ShardRecord::default()
        };
        let job = job();
        assert_eq!(
            sending(&job, &[shard(990, 985, 5), shard(100, 100, 0)]),
            json!({"due": 1400, "sent": 1085, "already_invited": 5, "unwanted": 0, "rejected": 0, "dropped": 0, "waiting": 310,
                   "is_done": false})
        );
        assert_eq!(
            sending(&job, &[shard(990, 990, 0), shard(410, 410, 0)])["is_done"],
            true
        );
        let dry_run = JobRecord {
            dry_run: true,
            ..job
        };
        assert_eq!(sending(&dry_run, &[])["is_done"], true);
    }

    #[test]
    fn a_dry_run_is_asked_for_in_the_body() {
        for (body, expected) in [("", false), ("{}", false), (r#"{"dry_run":true}"#, true)] {
            assert_eq!(dry_run(body.as_bytes()), Ok(expected), "{body}");
        }
        for body in ["[", r#"{"dry_run":"yes"}"#] {
            assert!(dry_run(body.as_bytes()).is_err(), "{body}");
        }
    }
}
