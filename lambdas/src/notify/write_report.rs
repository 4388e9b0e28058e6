//! A report about an event's attendees is asked for: they are gone through page by page and written as a table.
//!
//! A short table is written at once; a long one in parts, of which each is recorded with the place the next one begins at. So
//! memory holds one part at most, and whoever takes the report up again goes on there. The parts of a report that is given up
//! are taken away by the bucket's lifecycle, as the report is when its time is over.

use anyhow::{Context, bail};
use cloud::{
    Cloud,
    blobs::{Blobs, LEAST_PART_BYTES, Parts, PartsEnd},
    clock::{self, Stopwatch},
    env::Reader,
    queues::Queue,
    table::{PartsShape, ReportRecord, ReportState, Stored, Table},
};
use invite::{
    csv::Csv,
    event::Event,
    id::Uid,
    report::{COLUMNS, Tally, write_row},
};

use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, ChangeMessage},
    shell::{Handled, Message, WORKS_FOR, about_event, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "write-report",
    handler: "write_report",
    purpose: "Writes an attendee report: goes through the attendees page by page and writes a table of them.",
    error_impact: "Organizers do not get the attendee reports they ask for; what is asked for waits in the queue.",
    trigger: Trigger::Queue {
        topics: &["report-requested"],
        batch_size: 1,
        max_concurrency: 2,
    },
    timeout_secs: 300,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "INBOX_BUCKET", "SQS_URL"],
    rights: &[
        Right {
            on: "reports",
            actions: &["s3:PutObject"],
        },
        Right {
            on: "table",
            actions: &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
        },
        Right {
            on: "queue write-report",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

/// Attendees read in one go; the table hands over a megabyte of them at most.
const PAGE: i32 = 1_000;

struct Needs {
    table: Table,
    reports: Blobs,
    own: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let reports = env.text("INBOX_BUCKET");
    let own = env.text("SQS_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        reports: Blobs::new(&cloud, reports),
        own: Queue::new(&cloud, own),
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

/// Where a report lies.
pub(crate) fn report_key(uid: &Uid, job: &str) -> String {
    format!("reports/{uid}/{job}.csv")
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let ChangeMessage::ReportRequested { uid, job } = messages::read(&message.body)? else {
        bail!("the message is not a report's");
    };
    about_event(&uid);
    let uid = Uid::parse(&uid).context("the message names no event")?;
    let (Some(event), Some(report)) = (
        needs.table.event(&uid).await?,
        needs.table.report(&uid, &job).await?,
    ) else {
        return Ok("unknown-report");
    };
    if report.state == ReportState::Written {
        return Ok("seen-before");
    }
    let writing = Writing {
        needs,
        event: &event,
        key: report_key(&uid, &job),
    };
    match writing.go_on(report).await? {
        Went::Through => Ok("written"),
        Went::OutOfTime => {
            needs.own.send_all(&[message.body]).await?;
            Ok("continued")
        }
    }
}

enum Went {
    Through,
    /// The rest is for another call.
    OutOfTime,
}

/// One report that is being written.
struct Writing<'a> {
    needs: &'a Needs,
    event: &'a Event,
    key: String,
}

impl Writing<'_> {
    /// Goes through the attendees, from where the report stands.
    async fn go_on(&self, mut report: ReportRecord) -> anyhow::Result<Went> {
        let Needs { table, reports, .. } = self.needs;
        let stopwatch = Stopwatch::start();
        let mut tally = Tally::from(report.tally);
        let mut after = report.parts.as_ref().map(|parts| parts.through.clone());
        let mut csv = match after {
            None => Csv::with_columns(&COLUMNS),
            Some(_) => Csv::continued(),
        };
        let mut parts = report
            .parts
            .as_ref()
            .map(|parts| reports.resume_parts(&self.key, parts.upload.clone(), parts.tags.clone()));
        loop {
            let page = table
                .attendees(&self.event.uid, after.as_deref(), PAGE)
                .await?;
            for (attendee, posted) in page.attendees.iter().zip(&page.posted) {
                write_row(&mut csv, &mut tally, self.event, attendee, posted);
            }
            report.tally = tally.into();
            let Some(through) = page.next else {
                self.finish(report, parts, csv.take()).await?;
                return Ok(Went::Through);
            };
            if csv.bytes() >= LEAST_PART_BYTES {
                let written = match parts {
                    Some(parts) => parts,
                    None => reports.begin_parts(&self.key).await?,
                };
                let written = self
                    .write_part(&mut report, written, csv.take(), &through)
                    .await?;
                parts = Some(written);
                if stopwatch.elapsed() > WORKS_FOR {
                    return Ok(Went::OutOfTime);
                }
            }
            after = Some(through);
        }
    }

    /// Writes a part, and then that it is written.
    async fn write_part<'b>(
        &self,
        report: &mut ReportRecord,
        mut parts: Parts<'b>,
        bytes: Vec<u8>,
        through: &str,
    ) -> anyhow::Result<Parts<'b>> {
        let before = report.parts.as_ref().map_or(0, |parts| parts.bytes);
        let bytes_in_all = before + bytes.len() as u64;
        parts.write(bytes).await?;
        report.parts = Some(PartsShape {
            upload: parts.upload().to_owned(),
            tags: parts.tags().to_vec(),
            bytes: bytes_in_all,
            through: through.to_owned(),
        });
        self.store(report).await?;
        Ok(parts)
    }

    async fn finish(
        &self,
        mut report: ReportRecord,
        parts: Option<Parts<'_>>,
        rest: Vec<u8>,
    ) -> anyhow::Result<()> {
        let before = report.parts.take().map_or(0, |parts| parts.bytes);
        report.bytes = before + rest.len() as u64;
        match parts {
            None => self.needs.reports.write(&self.key, rest).await?,
            Some(mut parts) => {
                if !rest.is_empty() {
                    parts.write(rest).await?;
                }
                if parts.end().await? == PartsEnd::Lost {
                    // Two calls wrote the same part, or one of them ended the object and not the record.
                    let job = report.job.clone();
                    let mut again = ReportRecord {
                        version: report.version,
                        ..ReportRecord::asked(job, report.created)
                    };
                    self.store(&mut again).await?;
                    bail!("the parts of the report are lost, so it is begun again");
                }
            }
        }
        report.state = ReportState::Written;
        report.written = Some(clock::now());
        self.store(&mut report).await?;
        tracing::info!(
            rows = Tally::from(report.tally).rows(),
            bytes = report.bytes,
            "a report is written"
        );
        Ok(())
    }

    async fn store(&self, report: &mut ReportRecord) -> anyhow::Result<()> {
        match self
            .needs
            .table
            .advance_report(&self.event.uid, report)
            .await?
        {
            Stored::Done => Ok(()),
            Stored::Conflict => bail!("another call works on the same report"),
        }
    }
}
