//! Lists too large for mail: a list is announced, and uploaded to the address given; its job tells how far it has come.

use std::{sync::Arc, time::Duration};

use axum::{Extension, Json, extract::State, http::StatusCode};
use cloud::{
    clock,
    table::{JobRecord, JobState, Stored},
};
use invite::id::Digest;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::event_api::{Needs, Seen, takes_place};
use crate::{
    decide::verify_list::upload_key,
    shell::{Failed, OptionalJson, RequestId},
};

/// How long a list may be uploaded after it was announced.
const UPLOAD_WITHIN: Duration = Duration::from_secs(3600);

/// How the list is to be taken.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "List"))]
pub(super) struct ListBody {
    /// Nobody is invited; the job tells who would be.
    #[serde(default)]
    dry_run: bool,
}

/// Where to put the list.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AnnouncedList"))]
pub(super) struct AnnouncedView {
    /// The event's uid.
    event: String,
    /// The job that tells how far it has come.
    job: String,
    upload: UploadView,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Upload"))]
struct UploadView {
    /// `PUT`.
    method: &'static str,
    url: String,
    /// Until when it can be used, in epoch seconds.
    expires: i64,
}

/// `POST /event/{uid}/lists`
pub(super) async fn begin(
    State(needs): State<Arc<Needs>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Seen(event): Seen,
    OptionalJson(body): OptionalJson<ListBody>,
) -> Result<(StatusCode, Json<AnnouncedView>), Failed> {
    takes_place(&event)?;
    let now = clock::now();
    // The same request told twice by the platform is one job.
    let name = Digest::of_text(&format!("{}\n{request_id}", event.uid));
    let name: String = name.as_str().chars().take(20).collect();
    let key = upload_key(&event.uid, &name);
    let job = JobRecord {
        dry_run: body.dry_run,
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
    let view = AnnouncedView {
        event: event.uid.as_str().to_owned(),
        job: job.job,
        upload: UploadView {
            method: "PUT",
            url,
            expires: expires.as_second(),
        },
    };
    Ok((StatusCode::CREATED, Json(view)))
}
