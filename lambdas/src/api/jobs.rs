//! Work that reaches many people: how far it has come, what came of it; and stopping it while it waits.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use access::{caller::Caller, scope::Scope};
use axum::{
    Json,
    extract::{Path, State},
};
use cloud::table::{JobKind, JobRecord, JobState, Stored};
use invite::{decide::NotStopped, event::Event};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    caller::Known,
    event_api::{Needs, Seen},
    reports::ReportView,
};
use crate::{
    decide::{
        attempts::{ATTEMPTS, others_were_quicker},
        verify_list::result::result_key,
    },
    shell::{Failed, Kind, Problem},
    stage::{progress::Progress, waiting},
};

/// How long the address of a result can be used.
const RESULT_WITHIN: Duration = Duration::from_secs(900);

/// Work that reaches many people.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Job"))]
pub(super) struct JobView {
    /// Its name, unique within the event.
    job: String,
    /// `list`, `update`, `cancellation` or `reminder`.
    #[cfg_attr(test, schemars(with = "String"))]
    kind: JobKind,
    /// How far it has come.
    #[cfg_attr(test, schemars(with = "String"))]
    state: JobState,
    /// When it was asked for, in epoch seconds.
    created: i64,
    /// How many it reaches.
    people: u64,
    /// Until when it waits, or has waited, in epoch seconds; null when it never did.
    held_until: Option<i64>,
    #[serde(flatten)]
    what: WhatView,
    /// What became of each row of a list, as CSV, for who may read addresses; the address can be used for 15
    /// minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    result_url: Option<String>,
    /// How far its letters have come; of a single job alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    sending: Option<SendingView>,
}

#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum WhatView {
    List {
        /// Nobody is invited; it only tells who would be.
        dry_run: bool,
        /// When every row was decided about, in epoch seconds.
        checked: Option<i64>,
        /// Why the whole list is refused.
        refusal: Option<String>,
        /// Rows decided about: `invited` and all of `refused`.
        rows: u64,
        invited: u64,
        /// Rows that invite nobody, by reason.
        refused: BTreeMap<String, u64>,
        first_refused: Vec<RefusedRowView>,
    },
    Reminder {
        /// Nobody is reminded; it only tells how many would be.
        dry_run: bool,
        /// The event's revision they have not answered.
        revision: Option<u64>,
        /// Attendees gone through who are reminded, or would be.
        reminds: u64,
        /// The others, by reason.
        not_reminded: BTreeMap<String, u64>,
    },
    Change {
        /// The event's revision it tells.
        revision: Option<u64>,
        /// The job whose place it took while that waited.
        replaces: Option<String>,
    },
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RefusedRow"))]
struct RefusedRowView {
    line: u64,
    reason: String,
}

/// How many people came to what; together they are `due`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Sending"))]
struct SendingView {
    due: u64,
    sent: u64,
    already_invited: u64,
    already_told: u64,
    unwanted: u64,
    rejected: u64,
    dropped: u64,
    waiting: u64,
    is_done: bool,
}

/// Work on an event that takes its time.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AnyJob"))]
pub(super) enum AnyJobView {
    Job(JobView),
    Report(ReportView),
}

/// The jobs of an event, the newest first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Jobs"))]
pub(super) struct JobsView {
    jobs: Vec<AnyJobView>,
}

#[derive(Deserialize)]
pub(super) struct OfJob {
    job: String,
}

/// `GET /event/{uid}/jobs`
pub(super) async fn all(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
) -> Result<Json<JobsView>, Failed> {
    let jobs = needs.table.jobs(&event.uid).await?;
    let reports = needs.table.reports(&event.uid).await?;
    let jobs = jobs
        .iter()
        .map(|job| (job.created, AnyJobView::Job(JobView::of(job))));
    let reports = reports
        .iter()
        .map(|report| (report.created, AnyJobView::Report(ReportView::of(report))));
    let mut all: Vec<(Timestamp, AnyJobView)> = jobs.chain(reports).collect();
    all.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
    let jobs = all.into_iter().map(|(_, job)| job).collect();
    Ok(Json(JobsView { jobs }))
}

/// `GET /event/{uid}/jobs/{job}`
pub(super) async fn one(
    State(needs): State<Arc<Needs>>,
    Known(caller): Known,
    Seen(event): Seen,
    Path(OfJob { job }): Path<OfJob>,
) -> Result<Json<AnyJobView>, Failed> {
    let (table, uid) = (&needs.table, &event.uid);
    if let Some(job) = table.job(uid, &job).await? {
        let job = whole(&needs, &caller, &event, &job).await?;
        return Ok(Json(AnyJobView::Job(job)));
    }
    match table.report(uid, &job).await? {
        Some(report) => {
            let report = ReportView::whole(&needs, &caller, uid, &report).await?;
            Ok(Json(AnyJobView::Report(report)))
        }
        None => Err(unknown().into()),
    }
}

/// `POST /event/{uid}/jobs/{job}/stop`
pub(super) async fn stop(
    State(needs): State<Arc<Needs>>,
    Known(caller): Known,
    Seen(event): Seen,
    Path(OfJob { job }): Path<OfJob>,
) -> Result<Json<JobView>, Failed> {
    for _ in 0..ATTEMPTS {
        if let Some(stopped) = stop_once(&needs, &event, &job).await? {
            return Ok(Json(whole(&needs, &caller, &event, &stopped).await?));
        }
    }
    Err(others_were_quicker().into())
}

/// `None`: somebody else was quicker.
async fn stop_once(needs: &Needs, event: &Event, job: &str) -> Result<Option<JobRecord>, Failed> {
    let (table, uid) = (&needs.table, &event.uid);
    let Some(mut job) = table.job(uid, job).await? else {
        let problem = match table.report(uid, job).await? {
            Some(_) => not_held(),
            None => unknown(),
        };
        return Err(problem.into());
    };
    match waiting::stop(table, uid, &mut job, None).await? {
        Ok(Stored::Done) | Err(NotStopped::StoppedBefore) => Ok(Some(job)),
        Ok(Stored::Conflict) => Ok(None),
        Err(why) => Err(not_stopped(needs, event, &job, why).await?.into()),
    }
}

async fn not_stopped(
    needs: &Needs,
    event: &Event,
    job: &JobRecord,
    why: NotStopped,
) -> anyhow::Result<Problem> {
    Ok(match why {
        NotStopped::TooLate => {
            let progress = Progress::of(&needs.table, &event.uid, job).await?;
            let detail = format!(
                "It goes out already: {} of {} letters have gone.",
                progress.sent, progress.due
            );
            Problem::new(Kind::TooLateToStop, detail)
        }
        NotStopped::Superseded => Problem::new(
            Kind::StopSuperseded,
            "Something newer has taken its place, and may be stopped itself.",
        ),
        NotStopped::NotHeld | NotStopped::StoppedBefore => not_held(),
    })
}

fn not_held() -> Problem {
    Problem::new(
        Kind::NotHeld,
        "It does not wait, or not yet; only what waits can be stopped.",
    )
}

fn unknown() -> Problem {
    Problem::new(Kind::UnknownJob, "The event has no job of that name.")
}

/// A job with its sending, and where its result is, which names people.
async fn whole(
    needs: &Needs,
    caller: &Caller,
    event: &Event,
    job: &JobRecord,
) -> anyhow::Result<JobView> {
    let progress = Progress::of(&needs.table, &event.uid, job).await?;
    let mut view = JobView::of(job);
    view.sending = Some(progress.into());
    if job.has_result() && caller.has(Scope::AttendeesReadUnmasked) {
        let key = result_key(&event.uid, &job.job);
        let url = needs
            .lists
            .address_to_read(&key, "result.csv", RESULT_WITHIN)
            .await?;
        view.result_url = Some(url);
    }
    Ok(view)
}

impl JobView {
    /// Without its sending and result.
    pub(super) fn of(job: &JobRecord) -> Self {
        Self {
            job: job.job.clone(),
            kind: job.kind,
            state: job.state,
            created: job.created.as_second(),
            people: job.reaches(),
            held_until: job.held_until.map(Timestamp::as_second),
            what: WhatView::of(job),
            result_url: None,
            sending: None,
        }
    }
}

impl WhatView {
    fn of(job: &JobRecord) -> Self {
        match job.kind {
            JobKind::List => Self::List {
                dry_run: job.dry_run,
                checked: job.checked.map(Timestamp::as_second),
                refusal: job.refusal.clone(),
                rows: job.rows,
                invited: job.invited,
                refused: job.refused.clone(),
                first_refused: job
                    .first_refused
                    .iter()
                    .map(|row| RefusedRowView {
                        line: row.line,
                        reason: row.why.clone(),
                    })
                    .collect(),
            },
            JobKind::Reminder => Self::Reminder {
                dry_run: job.dry_run,
                revision: job.revision,
                reminds: job.people,
                not_reminded: job.refused.clone(),
            },
            JobKind::Update | JobKind::Cancellation => Self::Change {
                revision: job.revision,
                replaces: job.replaces.clone(),
            },
        }
    }
}

impl From<Progress> for SendingView {
    fn from(progress: Progress) -> Self {
        Self {
            due: progress.due,
            sent: progress.sent,
            already_invited: progress.already_invited,
            already_told: progress.already_told,
            unwanted: progress.unwanted,
            rejected: progress.rejected,
            dropped: progress.dropped,
            waiting: progress.waiting,
            is_done: progress.is_done,
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud::shape::MailboxShape;
    use serde_json::{Value, json};

    use super::*;

    fn shown(job: &JobRecord) -> Value {
        serde_json::to_value(JobView::of(job)).unwrap()
    }

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
            shown(&job),
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
            shown(&job),
            json!({
                "job": "update-3", "kind": "update", "state": "held", "people": 612, "created": 1_772_359_200,
                "held_until": 1_772_359_800, "revision": 3, "replaces": "update-2",
            })
        );
    }

    #[test]
    fn a_reminder_tells_whom_it_is_for_and_why_not_for_the_others() {
        let created = "2026-03-01T10:00:00Z".parse().unwrap();
        let job = JobRecord {
            state: JobState::Staged,
            dry_run: true,
            people: 12,
            refused: [("answered".to_owned(), 30), ("too-soon".to_owned(), 2)].into(),
            ..JobRecord::of_reminder("reminder-1".to_owned(), 3, organizer(), created)
        };
        assert_eq!(
            shown(&job),
            json!({
                "job": "reminder-1", "kind": "reminder", "state": "staged", "people": 0, "created": 1_772_359_200,
                "held_until": null, "dry_run": true, "revision": 3, "reminds": 12,
                "not_reminded": {"answered": 30, "too-soon": 2},
            })
        );
    }
}
