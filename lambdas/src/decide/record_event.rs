//! An organizer's REQUEST: a new event, or a change of one.

use anyhow::bail;
use cloud::{
    clock,
    env::Reader,
    table::{MailOutcome, Outcome, Stored, Table},
    tenant::Tenant,
};
use invite::{
    command::Request,
    decide::{self, Limits, RequestDecision},
    event::Event,
    id::{TenantKey, Uid},
    language::Language,
};

use super::{
    attempts,
    outcome::{Came, Decided, ignored, refused},
};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, CommandMessage, MailShape},
    shell::{Handled, Message, Started, about_event, about_mail, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "record-event",
    handler: "record_event",
    purpose: "Records a new or changed event.",
    error_impact: "Organizers' new events and changes are not recorded; they wait in the queue.",
    trigger: Trigger::Queue {
        topics: &["event-requested"],
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
                "dynamodb:Query",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:ConditionCheckItem",
            ],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

/// What a decision about a request needs.
pub(crate) struct Needs {
    pub(crate) table: Table,
    pub(crate) limits: Limits,
    pub(crate) key: TenantKey,
    pub(crate) language: Language,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let tenant = env.parsed("TENANT", Tenant::parse);
    let (Started { table, key, .. }, tenant) = Started::with(env, tenant).await?;
    let needs = Needs {
        table,
        limits: tenant.limits,
        key,
        language: tenant.language,
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let CommandMessage::EventRequested(message) = messages::read(&message.body)? else {
        bail!("the message is not an event's request");
    };
    let mail = message.mail.clone();
    let request = Request::try_from(*message)?;
    let uid = Uid::derive(&needs.key, &request.organizer.address, &request.client_uid);
    about_mail(&mail.id);
    about_event(uid.as_str());
    attempts::of_mail(&needs.table, &mail, async || {
        let known = needs.table.event(&uid).await?;
        let decided = decide_about(needs, &uid, known.as_ref(), &mail, &request).await?;
        Ok(decided.map(|decided| decided.record))
    })
    .await
}

/// Loads what else there is to know, decides and stores; `None` when somebody else was quicker.
pub(crate) async fn decide_about(
    needs: &Needs,
    uid: &Uid,
    known: Option<&Event>,
    mail: &MailShape,
    request: &Request,
) -> anyhow::Result<Option<Decided>> {
    let table = &needs.table;
    let now = clock::now();
    let organizer = &request.organizer;
    let held = match known {
        None => table.held(uid).await?,
        Some(_) => None,
    };
    let standing = table.standing(&organizer.address, now).await?;
    let decision = decide::request(
        known,
        held.as_ref(),
        &standing,
        &needs.limits,
        &needs.key,
        request,
        now,
    );
    let about = |outcome: MailOutcome| MailOutcome {
        command: Some("request".to_owned()),
        uid: Some(uid.as_str().to_owned()),
        ..outcome
    };
    let applied = |event: &Event| MailOutcome {
        revision: Some(event.revision),
        ..about(mail.outcome(Outcome::Applied, now))
    };
    let (came, record, stored) = match decision {
        RequestDecision::Create(event) => {
            let (outcome, limit) = (applied(&event), needs.limits.events_of(&standing));
            let stored = table
                .create_event(&event, held.as_ref(), limit, &outcome)
                .await?;
            (Came::Applied, outcome, stored)
        }
        RequestDecision::Update { event, .. } => {
            let outcome = applied(&event);
            let stored = table.change_event(&event, &outcome).await?;
            (Came::Applied, outcome, stored)
        }
        RequestDecision::Hold(held) => {
            let outcome = about(mail.outcome(Outcome::Held, now));
            let stored = table.hold(uid, &held, &outcome).await?;
            (Came::Held, outcome, stored)
        }
        RequestDecision::Ignore { reason, remember } => {
            let outcome = about(ignored(mail, reason, now));
            let stored = match remember {
                Some(event) => table.change_event(&event, &outcome).await?,
                None => table.record_outcome(&outcome).await?,
            };
            (Came::Ignored(reason), outcome, stored)
        }
        RequestDecision::Refuse(reason) => {
            let notify = (!mail.is_automatic).then_some(organizer);
            let outcome = about(refused(mail, &reason, notify, now, needs.language));
            let stored = table.record_outcome(&outcome).await?;
            (Came::Refused(reason), outcome, stored)
        }
    };
    Ok((stored == Stored::Done).then_some(Decided { came, record }))
}
