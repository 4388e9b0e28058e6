//! The link to an attendee report that was too large for mail: leads on to the file, for as long as it is kept.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Path, State},
    http::{
        StatusCode,
        header::{LOCATION, REFERRER_POLICY},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use cloud::{
    blobs::Blobs,
    clock,
    env::Reader,
    table::{ReportRecord, Table},
    tenant::Tenant,
};
use invite::{
    letter::Sender,
    page,
    report::{Ticket, kept_until},
};
use jiff::Timestamp;

use super::reports::{FILE_NAME, READ_WITHIN};
use crate::{
    functions::{Function, Right, Route, Trigger},
    notify::write_report::report_key,
    shell::{Failed, Page, Started, about_event, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "report-page",
    handler: "report_page",
    purpose: "GET /report/{ticket}: leads from the link in an organizer's letter to his attendee report.",
    error_impact: "Organizers cannot have attendee reports that were too large for mail.",
    trigger: Trigger::Page {
        routes: &[Route {
            method: "GET",
            path: "/report/{ticket}",
        }],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &[
        "DYNAMODB_TABLE",
        "INBOX_BUCKET",
        "MAIL_DOMAIN",
        "TENANT",
        "TENANT_KEY_SECRET",
    ],
    rights: &[
        Right {
            on: "reports",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "table",
            actions: &["dynamodb:GetItem"],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

struct Needs {
    table: Table,
    reports: Blobs,
    sender: Sender,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let reports = env.text("INBOX_BUCKET");
    let mail_domain = env.text("MAIL_DOMAIN");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let (started, tenant) = Started::with(env, tenant).await?;
    let needs = Needs {
        reports: Blobs::new(&started.cloud, reports),
        sender: tenant.sender(&mail_domain, started.key),
        table: started.table,
    };
    let router = Router::new()
        .route("/report/{ticket}", get(lead))
        .with_state(Arc::new(needs));
    serve_http(router).await
}

async fn lead(
    State(needs): State<Arc<Needs>>,
    Path(ticket): Path<String>,
) -> Result<Response, Failed> {
    let ticket = Ticket::parse(&ticket).filter(|ticket| ticket.proves(&needs.sender.key));
    let Some(ticket) = ticket else {
        return gone(&needs, StatusCode::NOT_FOUND);
    };
    let (uid, job) = (ticket.uid(), ticket.job());
    about_event(uid.as_str());
    let report = needs.table.report(uid, job).await?;
    let Some(within) = report.and_then(|report| can_be_had_for(&report, clock::now())) else {
        return gone(&needs, StatusCode::GONE);
    };
    let address = needs
        .reports
        .address_to_read(&report_key(uid, job), FILE_NAME, within)
        .await?;
    let headers = [
        (LOCATION, address),
        (REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// How long from now the file may be read; `None`: no more, or not yet.
pub(super) fn can_be_had_for(report: &ReportRecord, now: Timestamp) -> Option<Duration> {
    let left = Duration::try_from(kept_until(report.written?).duration_since(now)).ok()?;
    (left >= Duration::from_secs(1)).then_some(left.min(READ_WITHIN))
}

fn gone(needs: &Needs, status: StatusCode) -> Result<Response, Failed> {
    let html = page::report_gone(&needs.sender).map_err(anyhow::Error::from)?;
    Ok((status, Page(html)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_can_be_had_for_seven_days_and_each_address_for_minutes() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let asked = ReportRecord::asked("1".to_owned(), at("2026-03-01T10:00:00Z"));
        assert_eq!(can_be_had_for(&asked, at("2026-03-01T10:00:00Z")), None);
        let written = ReportRecord {
            written: Some(at("2026-03-01T10:00:05Z")),
            ..asked
        };
        for (now, expected) in [
            ("2026-03-01T10:00:05Z", Some(900)),
            ("2026-03-08T09:59:05Z", Some(60)),
            ("2026-03-08T10:00:05Z", None),
            ("2026-04-01T10:00:00Z", None),
        ] {
            let had = can_be_had_for(&written, at(now));
            assert_eq!(had.map(|had| had.as_secs()), expected, "{now}");
        }
    }
}
