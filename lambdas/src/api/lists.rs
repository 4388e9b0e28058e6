//! Lists too large for mail: a list is announced, and uploaded to the address given; its job tells how far it has come.

use std::time::Duration;

use cloud::{
    clock,
    table::{JobRecord, JobState, Stored},
};
use invite::{event::Event, id::Digest};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::event_api::Needs;
use crate::{
    decide::verify_list::upload_key,
    shell::{Answer, Request},
};

/// How long a list may be uploaded after it was announced.
const UPLOAD_WITHIN: Duration = Duration::from_secs(3600);

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

#[cfg(test)]
mod tests {
    use super::*;

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
