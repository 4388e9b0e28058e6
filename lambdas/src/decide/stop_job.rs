//! An organizer's answer to the letter that something of his waits before it reaches many people.

use anyhow::bail;
use cloud::{
    clock,
    env::Reader,
    table::{JobRecord, MailOutcome, Outcome, Stored, Table},
    tenant::Tenant,
};
use invite::{
    command::Stop,
    decide::{self, StopDecision, Stoppable},
    event::Event,
    id::TenantKey,
    language::Language,
};

use super::{
    attempts,
    outcome::{ignored, refused},
};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, CommandMessage, MailShape},
    shell::{Handled, Message, Started, about_event, about_mail, serve_queue},
    stage::{progress::Progress, waiting},
};

pub(crate) const FUNCTION: Function = Function {
    name: "stop-job",
    handler: "stop_job",
    purpose: "Stops what waits before it reaches many people, by its organizer's mail.",
    error_impact: "An organizer's STOP waits in the queue; what he wants to stop may go out meanwhile.",
    trigger: Trigger::Queue {
        topics: &["stop-requested"],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "TENANT", "TENANT_KEY_SECRET"],
    rights: &[
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
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
    key: TenantKey,
    language: Language,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let tenant = env.parsed("TENANT", Tenant::parse);
    let (Started { table, key, .. }, tenant) = Started::with(env, tenant).await?;
    let needs = Needs {
        table,
        key,
        language: tenant.language,
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let CommandMessage::StopRequested(message) = messages::read(&message.body)? else {
        bail!("the message is no word about a job");
    };
    let mail = message.mail.clone();
    let stop = Stop::try_from(*message)?;
    about_mail(&mail.id);
    about_event(stop.uid.as_str());
    attempts::of_mail(&needs.table, &mail, async || {
        decide_once(needs, &mail, &stop).await
    })
    .await
}

/// Load, decide, store; `None` when somebody else was quicker.
async fn decide_once(
    needs: &Needs,
    mail: &MailShape,
    stop: &Stop,
) -> anyhow::Result<Option<MailOutcome>> {
    let table = &needs.table;
    let now = clock::now();
    let event = table.event(&stop.uid).await?;
    let mut job = job_of(needs, event.as_ref(), stop).await?;
    let decision = match &job {
        None => decide::stop_by_mail(event.as_ref(), None, stop),
        Some(job) => {
            let progress = Progress::of(table, &stop.uid, job).await?;
            let stoppable = Stoppable {
                job: &job.job,
                stage: job.stage(),
                people: job.reaches(),
                sent: progress.sent,
            };
            decide::stop_by_mail(event.as_ref(), Some(&stoppable), stop)
        }
    };
    let outcome = match decision {
        StopDecision::Stop => {
            let Some(job) = &mut job else {
                bail!("a job was stopped that is not there");
            };
            let by = mail.message_id.clone();
            match waiting::stop(table, &stop.uid, job, by).await? {
                Ok(Stored::Done) => mail.outcome(Outcome::Applied, now),
                // It is decided again, by what is stored now.
                Ok(Stored::Conflict) | Err(_) => return Ok(None),
            }
        }
        StopDecision::Quarantine => mail.outcome(Outcome::Quarantined, now),
        // An earlier delivery of this very mail may have stopped it.
        StopDecision::Ignore(_) if is_stopped_by(job.as_ref(), mail) => {
            mail.outcome(Outcome::Applied, now)
        }
        StopDecision::Ignore(reason) => ignored(mail, reason, now),
        StopDecision::Refuse(reason) => {
            let notify = (!mail.is_automatic).then_some(&stop.from);
            refused(mail, &reason, notify, now, needs.language)
        }
    };
    let outcome = MailOutcome {
        command: Some("stop".to_owned()),
        uid: Some(stop.uid.as_str().to_owned()),
        ..outcome
    };
    // A conflict: another delivery of this message has recorded it.
    let _ = table.record_outcome(&outcome).await?;
    Ok(Some(outcome))
}

/// The job whose token it is. It stands in the address only, so all of the event's are asked.
async fn job_of(
    needs: &Needs,
    event: Option<&Event>,
    stop: &Stop,
) -> anyhow::Result<Option<JobRecord>> {
    let Some(event) = event else {
        return Ok(None);
    };
    let jobs = needs.table.jobs(&event.uid).await?;
    let is_meant = |job: &JobRecord| decide::stop_is_about(&needs.key, stop, &job.job);
    Ok(jobs.into_iter().find(is_meant))
}

fn is_stopped_by(job: Option<&JobRecord>, mail: &MailShape) -> bool {
    job.is_some_and(|job| job.stop_message_id.is_some() && job.stop_message_id == mail.message_id)
}
