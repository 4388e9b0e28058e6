//! A list of people has arrived, in a mail or by an upload: each row is decided about while the list streams by, and
//! those to invite are staged in shards.
//!
//! Shards are of rows, so where one begins and ends depends on the list alone. How many are done stands in the job's
//! record, written together with the invitations it takes of the event's limit; whoever takes the job up again reads the
//! list from the start and goes on there. A shard is queued after it is recorded: the last one again, in case it was not.

mod list_stream;
pub(crate) mod result;
mod rows;

use anyhow::bail;
use cloud::{
    Cloud,
    blobs::Blobs,
    clock,
    env::Reader,
    queues::Queue,
    shape::MailboxShape,
    table::{Invitations, JobRecord, JobState, MailOutcome, Outcome, Stored, Table, UnwantedFeed},
    tenant::Tenant,
    upload,
};
use invite::{
    command::List,
    decide::{Hold, Limits, ListRefusal},
    event::Event,
    id::{Digest, Uid},
    language::Language,
};

use self::{
    list_stream::list_stream,
    rows::{Went, go_through, queue},
};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, CommandMessage, MailShape},
    shell::{Handled, Message, about_event, about_mail, serve_queue},
    stage::waiting::{Lanes, hold_or_go},
};

pub(crate) const FUNCTION: Function = Function {
    name: "verify-list",
    handler: "verify_list",
    purpose: "Goes through a list of people row by row: whom to invite, in shards, and what came of each row.",
    error_impact: "Lists of people wait in the queue; nobody on them is invited.",
    trigger: Trigger::Queue {
        topics: &["list-requested", "list-uploaded"],
        batch_size: 1,
        max_concurrency: 5,
    },
    timeout_secs: 300,
    memory_mb: 512,
    environment: &[
        "DYNAMODB_TABLE",
        "INBOX_BUCKET",
        "MAIL_DOMAIN",
        "SEND_SHARD_QUEUE_URL",
        "STAGE_ATTENDEES_QUEUE_URL",
        "TENANT",
        "VERIFY_LIST_QUEUE_URL",
    ],
    rights: &[
        Right {
            on: "inbox",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "uploads",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "lists",
            actions: &["s3:GetObject", "s3:PutObject"],
        },
        Right {
            on: "table",
            actions: &[
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
        },
        Right {
            on: "index feed",
            actions: &["dynamodb:Query"],
        },
        Right {
            on: "queue send-shard",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "queue stage-attendees",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "queue verify-list",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

/// Largest list that is read, in bytes; a mail is smaller anyway.
const MAX_LIST_BYTES: u64 = 512 * 1024 * 1024;

struct Needs {
    table: Table,
    inbox: Blobs,
    lanes: Lanes,
    own: Queue,
    limits: Limits,
    hold: Option<Hold>,
    mail_domain: String,
    language: Language,
    /// Kept from one list to the next.
    unwanted: UnwantedFeed,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let inbox = env.text("INBOX_BUCKET");
    let mail_domain = env.text("MAIL_DOMAIN");
    let shards = env.text("SEND_SHARD_QUEUE_URL");
    let staging = env.text("STAGE_ATTENDEES_QUEUE_URL");
    let own = env.text("VERIFY_LIST_QUEUE_URL");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let tenant = env.finish(tenant)?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        inbox: Blobs::new(&cloud, inbox),
        lanes: Lanes {
            shards: Queue::new(&cloud, shards),
            staging: Queue::new(&cloud, staging),
        },
        own: Queue::new(&cloud, own),
        limits: tenant.limits,
        hold: tenant.hold,
        mail_domain,
        language: tenant.language,
        unwanted: UnwantedFeed::default(),
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let ended = match upload::keys(&message.body) {
        Some(keys) => {
            let mut ended = Ended::Said("nothing-to-do");
            for key in keys {
                ended = uploaded(needs, &key).await?;
            }
            ended
        }
        None => mailed(needs, &message).await?,
    };
    match ended {
        Ended::Said(said) => Ok(said),
        Ended::OutOfTime => {
            needs.own.send_all(&[message.body]).await?;
            Ok("continued")
        }
    }
}

/// What a call came to.
enum Ended {
    Said(&'static str),
    /// The rest is for another call.
    OutOfTime,
}

async fn uploaded(needs: &Needs, key: &str) -> anyhow::Result<Ended> {
    let mut names = key.split('/').skip(1);
    let (Some(uid), Some(job)) = (names.next().and_then(Uid::parse), names.next()) else {
        return Ok(Ended::Said("not-an-upload"));
    };
    about_event(uid.as_str());
    let now = needs.table.event_now(&uid, job).await?;
    let Some(event) = now.event else {
        return Ok(Ended::Said("unknown-event"));
    };
    let Some(job) = now.job else {
        return Ok(Ended::Said("unknown-job"));
    };
    check(needs, &event, job, now.invitations).await
}

async fn mailed(needs: &Needs, message: &Message) -> anyhow::Result<Ended> {
    let CommandMessage::ListRequested(asked) = messages::read(&message.body)? else {
        bail!("the message is not a list's");
    };
    let (mail, object_key) = (asked.mail.clone(), asked.object_key.clone());
    let list = List::try_from(*asked)?;
    about_mail(&mail.id);
    about_event(list.uid.as_str());
    if needs.table.is_decided(&mail.id).await? {
        return Ok(Ended::Said("seen-before"));
    }
    let event = needs.table.event(&list.uid).await?;
    // An event of somebody else is answered as one that is not there.
    let event = event.filter(|event| event.organizer.address == list.organizer.address);
    let Some(event) = event else {
        let outcome = refused(
            &mail,
            &list,
            ListRefusal::NotYourEvent,
            true,
            needs.language,
        );
        // A conflict: it was decided already. That stands.
        let _ = needs.table.record_outcome(&outcome).await?;
        return Ok(Ended::Said(ListRefusal::NotYourEvent.code()));
    };
    let name = job_of_mail(&mail.id);
    let job = match needs.table.job(&list.uid, &name).await? {
        Some(job) => job,
        None => {
            let job = JobRecord::new(
                name,
                JobState::Checking,
                object_key,
                (&list.organizer).into(),
                mail.received,
            );
            let job = JobRecord {
                is_in_mail: true,
                dry_run: list.dry_run,
                message_id: mail.message_id.clone(),
                ..job
            };
            if needs.table.create_job(&list.uid, &job).await? == Stored::Conflict {
                bail!("another call has begun with the same list");
            }
            job
        }
    };
    let invitations = needs.table.invitations(&list.uid, &job.job).await?;
    let ended = check(needs, &event, job, invitations).await?;
    if let Ended::Said(said) = ended {
        let outcome = match ListRefusal::of_code(said) {
            Some(reason) => refused(&mail, &list, reason, false, needs.language),
            None => about(&list, mail.outcome(Outcome::Applied, clock::now())),
        };
        let _ = needs.table.record_outcome(&outcome).await?;
    }
    Ok(ended)
}

/// Names the job of a mail: the same however often it is told of.
fn job_of_mail(mail_id: &str) -> String {
    let digest = Digest::of_text(mail_id);
    digest.as_str().chars().take(20).collect()
}

fn about(list: &List, outcome: MailOutcome) -> MailOutcome {
    MailOutcome {
        command: Some("list".to_owned()),
        uid: Some(list.uid.as_str().to_owned()),
        ..outcome
    }
}

/// The outcome of a mail whose list is refused. Of one with a job the receipt tells; else the notice of refused mail.
fn refused(
    mail: &MailShape,
    list: &List,
    reason: ListRefusal,
    has_no_job: bool,
    language: Language,
) -> MailOutcome {
    let notify = has_no_job && !mail.is_automatic;
    let outcome = MailOutcome {
        reason: Some(reason.code().to_owned()),
        text: Some(reason.what_is_wrong(language).to_owned()),
        remedy: Some(reason.what_to_do(language).to_owned()),
        notify: notify.then(|| MailboxShape::from(&list.organizer)),
        subject: mail.subject.clone().filter(|_| notify),
        message_id: mail.message_id.clone().filter(|_| notify),
        ..mail.outcome(Outcome::Refused, clock::now())
    };
    about(list, outcome)
}

/// Goes through a list, from where its job stands.
async fn check(
    needs: &Needs,
    event: &Event,
    mut job: JobRecord,
    invitations: Invitations,
) -> anyhow::Result<Ended> {
    if job.is_decided() {
        // What a call left undone that ended too early.
        go_on(needs, event, &mut job).await?;
        return Ok(Ended::Said("seen-before"));
    }
    let standing = needs
        .table
        .standing(&event.organizer.address, clock::now())
        .await?;
    if let Some(reason) = ListRefusal::before(event, &standing).filter(|_| job.shards == 0) {
        return refuse(needs, event, job, reason).await;
    }
    if !job.is_in_mail && needs.inbox.size(&job.object_key).await? > MAX_LIST_BYTES {
        return refuse(needs, event, job, ListRefusal::TooLarge).await;
    }
    if needs.hold.is_none() && job.shards > 0 && job.last_people > 0 && !job.dry_run {
        queue(needs, event, &job, job.shards - 1).await?;
    }
    let (pump, steps) = list_stream(&needs.inbox, &job.object_key, job.is_in_mail);
    let limit = needs.limits.invites_of(&standing);
    let going = go_through(needs, event, &mut job, limit, invitations, steps);
    let ((), went) = futures::join!(pump, going);
    match went? {
        Went::Refused(reason) => refuse(needs, event, job, reason).await,
        Went::OutOfTime => Ok(Ended::OutOfTime),
        Went::Through { has_another } => {
            job.has_another = has_another;
            finish(needs, event, job).await
        }
    }
}

/// Every row is decided about.
async fn finish(needs: &Needs, event: &Event, mut job: JobRecord) -> anyhow::Result<Ended> {
    if let Some(reason) = ListRefusal::after(&job.tally()) {
        return refuse(needs, event, job, reason).await;
    }
    job.result_bytes = result::put_together(&needs.inbox, &event.uid, &job).await?;
    let now = clock::now();
    job.checked = Some(now);
    hold_or_go(&mut job, needs.hold, now);
    // Where nothing waits, each shard was queued when it was decided about.
    job.is_queued = needs.hold.is_none();
    store(needs, event, &mut job).await?;
    go_on(needs, event, &mut job).await?;
    tracing::info!(rows = job.rows, invited = job.invited, "a list is checked");
    Ok(Ended::Said("checked"))
}

/// Lets the list's invitations go, or wait.
async fn go_on(needs: &Needs, event: &Event, job: &mut JobRecord) -> anyhow::Result<()> {
    needs
        .lanes
        .go_on(&needs.table, &event.uid, Some(event), job)
        .await?;
    Ok(())
}

async fn refuse(
    needs: &Needs,
    event: &Event,
    mut job: JobRecord,
    reason: ListRefusal,
) -> anyhow::Result<Ended> {
    job.state = JobState::Refused;
    job.refusal = Some(reason.code().to_owned());
    job.checked = Some(clock::now());
    // Of what was to wait for the end, nothing has gone.
    let unused = needs.hold.map_or(0, |_| job.reaches());
    match needs.table.end_job(&event.uid, &mut job, unused).await? {
        Stored::Done => Ok(Ended::Said(reason.code())),
        Stored::Conflict => bail!("another call works on the same list"),
    }
}

async fn store(needs: &Needs, event: &Event, job: &mut JobRecord) -> anyhow::Result<()> {
    let nobody = Invitations::default();
    match needs.table.advance_job(&event.uid, job, 0, nobody).await? {
        Stored::Done => Ok(()),
        Stored::Conflict => bail!("another call works on the same list"),
    }
}

/// Where a list is to be uploaded to.
pub(crate) fn upload_key(uid: &Uid, job: &str) -> String {
    format!("uploads/{uid}/{job}")
}
