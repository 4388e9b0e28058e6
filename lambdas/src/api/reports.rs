//! Attendee reports: asked for, and as they are shown among the event's jobs.

use std::{sync::Arc, time::Duration};

use access::{caller::Caller, scope::Scope};
use axum::{Extension, Json, extract::State, http::StatusCode, response::Response};
use cloud::{
    clock,
    table::{ReportRecord, ReportState, Stored},
};
use invite::{
    event::Event,
    id::{Digest, Uid},
    report::{Tally, kept_until},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    deprecated::deprecated,
    event_api::{Needs, Seen},
    report_page::can_be_had_for,
};
use crate::{
    notify::write_report::report_key,
    shell::{Failed, RequestId},
};

/// How long the address of a report can be used.
pub(super) const READ_WITHIN: Duration = Duration::from_secs(900);
/// What a report is saved as.
pub(super) const FILE_NAME: &str = "attendees.csv";
/// Who asks again after one was begun that long ago gets another.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// An attendee report.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Report"))]
pub(super) struct ReportView {
    /// Its name, unique among the event's jobs.
    job: String,
    /// `report`.
    kind: &'static str,
    /// `writing` or `written`.
    #[cfg_attr(test, schemars(with = "String"))]
    state: ReportState,
    /// When it was asked for, in epoch seconds.
    created: i64,
    /// When it was written, in epoch seconds; null before.
    written: Option<i64>,
    /// Until when it can be had, in epoch seconds; null before it is written.
    kept_until: Option<i64>,
    /// Attendees it has so far.
    rows: u64,
    /// The same by what they answered.
    rsvp: AnswersView,
    /// Bytes of the table, once it is written.
    bytes: u64,
    /// The table; the address can be used for 15 minutes. Of a single job alone, while it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    result_url: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ReportAnswers"))]
struct AnswersView {
    accepted: u64,
    declined: u64,
    noaction: u64,
    tentative: u64,
}

impl ReportView {
    pub(super) fn of(report: &ReportRecord) -> Self {
        let tally = Tally::from(report.tally);
        Self {
            job: report.job.clone(),
            kind: "report",
            state: report.state,
            created: report.created.as_second(),
            written: report.written.map(Timestamp::as_second),
            kept_until: report
                .written
                .map(|written| kept_until(written).as_second()),
            rows: tally.rows(),
            rsvp: AnswersView {
                accepted: tally.accepted,
                declined: tally.declined,
                noaction: tally.no_action,
                tentative: tally.tentative,
            },
            bytes: report.bytes,
            result_url: None,
        }
    }

    /// With where the table is, which names people.
    pub(super) async fn whole(
        needs: &Needs,
        caller: &Caller,
        uid: &Uid,
        report: &ReportRecord,
    ) -> anyhow::Result<Self> {
        let mut view = Self::of(report);
        let within = can_be_had_for(report, clock::now());
        if let Some(within) = within.filter(|_| caller.has(Scope::AttendeesReadUnmasked)) {
            let key = report_key(uid, &report.job);
            let address = needs.lists.address_to_read(&key, FILE_NAME, within).await?;
            view.result_url = Some(address);
        }
        Ok(view)
    }
}

/// `POST /event/{uid}/report`
pub(super) async fn ask(
    State(needs): State<Arc<Needs>>,
    Extension(request_id): Extension<RequestId>,
    Seen(event): Seen,
) -> Result<(StatusCode, Json<ReportView>), Failed> {
    asked(&needs, &event, &request_id).await
}

/// `GET /event/{uid}/report`, of the old system.
pub(super) async fn ask_by_old_method(
    State(needs): State<Arc<Needs>>,
    Extension(request_id): Extension<RequestId>,
    Seen(event): Seen,
) -> Result<Response, Failed> {
    Ok(deprecated(asked(&needs, &event, &request_id).await?))
}

async fn asked(
    needs: &Needs,
    event: &Event,
    RequestId(request_id): &RequestId,
) -> Result<(StatusCode, Json<ReportView>), Failed> {
    let (table, uid) = (&needs.table, &event.uid);
    let now = clock::now();
    let reports = table.reports(uid).await?;
    // Who asks while one is written is handed that one.
    let report = match reports.into_iter().find(|report| is_under_way(report, now)) {
        Some(report) => report,
        None => {
            // The same request told twice by the platform is one report.
            let name = Digest::of_text(&format!("report\n{uid}\n{request_id}"));
            let name = name.as_str().chars().take(20).collect();
            let report = ReportRecord::asked(name, now);
            // A conflict: the same request, told twice.
            let (Stored::Done | Stored::Conflict) = table.create_report(uid, &report).await?;
            report
        }
    };
    Ok((StatusCode::ACCEPTED, Json(ReportView::of(&report))))
}

fn is_under_way(report: &ReportRecord, now: Timestamp) -> bool {
    report.state == ReportState::Writing && now.duration_since(report.created) < GIVEN_UP_AFTER
}

#[cfg(test)]
mod tests {
    use cloud::table::TallyShape;
    use serde_json::json;

    use super::*;

    fn asked(created: &str) -> ReportRecord {
        ReportRecord::asked("0123456789abcdef0123".to_owned(), created.parse().unwrap())
    }

    #[test]
    fn a_report_tells_how_far_it_has_come_and_until_when_it_is_kept() {
        let written = ReportRecord {
            state: ReportState::Written,
            written: Some("2026-03-01T10:00:05Z".parse().unwrap()),
            tally: TallyShape {
                accepted: 2,
                no_action: 1,
                ..TallyShape::default()
            },
            bytes: 300,
            ..asked("2026-03-01T10:00:00Z")
        };
        assert_eq!(
            serde_json::to_value(ReportView::of(&written)).unwrap(),
            json!({
                "job": "0123456789abcdef0123", "kind": "report", "state": "written", "created": 1_772_359_200,
                "written": 1_772_359_205, "kept_until": 1_772_964_005, "rows": 3, "bytes": 300,
                "rsvp": {"accepted": 2, "declined": 0, "noaction": 1, "tentative": 0},
            })
        );
    }

    #[test]
    fn who_asks_again_soon_gets_the_one_that_is_being_written() {
        let now = "2026-03-01T10:30:00Z".parse().unwrap();
        assert!(is_under_way(&asked("2026-03-01T10:00:00Z"), now));
        assert!(!is_under_way(&asked("2026-03-01T09:00:00Z"), now));
        let written = ReportRecord {
            state: ReportState::Written,
            ..asked("2026-03-01T10:29:00Z")
        };
        assert!(!is_under_way(&written, now));
    }
}
