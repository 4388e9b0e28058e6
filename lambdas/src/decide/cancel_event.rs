//! An organizer's CANCEL: of an event that is there, or of one whose REQUEST is still on its way.

use anyhow::bail;
use cloud::{
    clock,
    env::Reader,
    table::{MailOutcome, Outcome, Stored, Table},
    tenant::Tenant,
};
use invite::{
    command::Cancel,
    decide::{self, CancelDecision},
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
    name: "cancel-event",
    handler: "cancel_event",
    purpose: "Cancels an event, once.",
    error_impact: "Cancellations wait in the queue; attendees are not told yet.",
    trigger: Trigger::Queue {
        topics: &["event-cancel-requested"],
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
    let CommandMessage::EventCancelRequested(message) = messages::read(&message.body)? else {
        bail!("the message is not an event's cancellation");
    };
    let mail = message.mail.clone();
    let cancel = Cancel::try_from(*message)?;
    let uid = Uid::derive(&needs.key, &cancel.organizer.address, &cancel.client_uid);
    about_mail(&mail.id);
    about_event(uid.as_str());
    attempts::of_mail(&needs.table, &mail, async || {
        let known = needs.table.event(&uid).await?;
        let (table, language) = (&needs.table, needs.language);
        let decided = decide_about(table, language, &uid, known.as_ref(), &mail, &cancel).await?;
        Ok(decided.map(|decided| decided.record))
    })
    .await
}

/// Loads what else there is to know, decides and stores; `None` when somebody else was quicker.
pub(crate) async fn decide_about(
    table: &Table,
    language: Language,
    uid: &Uid,
    known: Option<&Event>,
    mail: &MailShape,
    cancel: &Cancel,
) -> anyhow::Result<Option<Decided>> {
    let now = clock::now();
    let held = match known {
        None => table.held(uid).await?,
        Some(_) => None,
    };
    let about = |outcome: MailOutcome| MailOutcome {
        command: Some("cancel".to_owned()),
        uid: Some(uid.as_str().to_owned()),
        ..outcome
    };
    let (came, record, stored) = match decide::cancel(known, held.as_ref(), cancel, now) {
        CancelDecision::Cancel(event) | CancelDecision::Update(event) => {
            let outcome = MailOutcome {
                revision: Some(event.revision),
                ..about(mail.outcome(Outcome::Applied, now))
            };
            let stored = table.change_event(&event, &outcome).await?;
            (Came::Applied, outcome, stored)
        }
        CancelDecision::Hold(held) => {
            let outcome = about(mail.outcome(Outcome::Held, now));
            let stored = table.hold(uid, &held, &outcome).await?;
            (Came::Held, outcome, stored)
        }
        CancelDecision::Ignore { reason, remember } => {
            let outcome = about(ignored(mail, reason, now));
            let stored = match remember {
                Some(event) => table.change_event(&event, &outcome).await?,
                None => table.record_outcome(&outcome).await?,
            };
            (Came::Ignored(reason), outcome, stored)
        }
        CancelDecision::Refuse(reason) => {
            let notify = (!mail.is_automatic).then_some(&cancel.organizer);
            let outcome = about(refused(mail, &reason, notify, now, language));
            let stored = table.record_outcome(&outcome).await?;
            (Came::Refused(reason), outcome, stored)
        }
    };
    Ok((stored == Stored::Done).then_some(Decided { came, record }))
}
