//! What an attendee says of his invitation: REPLY, COUNTER, REFRESH, words; and whether the organizer lets a guest in.

mod known;
mod said;

use anyhow::bail;
use cloud::{
    clock,
    env::Reader,
    table::{MailOutcome, Outcome as Recorded, Stored, Table},
    tenant::Tenant,
};
use invite::{
    decide::{self, AttendeeWrite, Ignored, Limits, Outcome},
    event::{Attendee, WaitsFor},
    id::{TenantKey, Uid},
};
use jiff::Timestamp;

use self::{
    known::{Loaded, load},
    said::Said,
};
use super::{
    attempts,
    outcome::{ignored, refused},
};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, CommandMessage, MailShape},
    shell::{Handled, Message, Started, about_event, about_mail, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "record-reply",
    handler: "record_reply",
    purpose: "Records what attendees answer, propose and ask for, in order.",
    error_impact: "Answers wait in the queue; statistics lag.",
    trigger: Trigger::Queue {
        topics: &["reply-received"],
        batch_size: 10,
        max_concurrency: 10,
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
    limits: Limits,
    key: TenantKey,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let tenant = env.parsed("TENANT", Tenant::parse);
    let (Started { table, key, .. }, tenant) = Started::with(env, tenant).await?;
    let needs = Needs {
        table,
        limits: tenant.limits,
        key,
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let command: CommandMessage = messages::read(&message.body)?;
    let (mail, said) = Said::of(command)?;
    about_mail(&mail.id);
    let uid = said.uid();
    if let Some(uid) = &uid {
        about_event(uid.as_str());
    }
    attempts::of_mail(&needs.table, &mail, async || {
        let Some(outcome) = decide_once(needs, uid.as_ref(), &mail, &said).await? else {
            return Ok(None);
        };
        let outcome = MailOutcome {
            command: Some(said.command().to_owned()),
            uid: uid.as_ref().map(|uid| uid.as_str().to_owned()),
            ..outcome
        };
        // A conflict: another delivery of this message has recorded it.
        let _ = needs.table.record_outcome(&outcome).await?;
        Ok(Some(outcome))
    })
    .await
}

/// Load, decide, store; `None` when somebody else was quicker.
async fn decide_once(
    needs: &Needs,
    uid: Option<&Uid>,
    mail: &MailShape,
    said: &Said,
) -> anyhow::Result<Option<MailOutcome>> {
    let now = clock::now();
    let loaded = match uid {
        Some(uid) => load(needs, uid, said, now).await?,
        None => Loaded::default(),
    };
    let decision = said.decide(&loaded.known(needs), now);
    match uid {
        Some(uid) => {
            if !store(needs, uid, &decision.writes).await? {
                return Ok(None);
            }
        }
        None if decision.writes.is_empty() => {}
        None => bail!("an answer was accepted to an event without a uid"),
    }
    // An earlier delivery of this very mail stored what it says and did not come to recording that.
    let is_stored = *decision.outcome() == Outcome::Ignored(Ignored::SeenBefore)
        && loaded
            .attendees
            .iter()
            .any(|known| said.is_stored_in(known));
    if let (true, Some(uid)) = (is_stored, uid) {
        reopen_what_crossed_a_change(needs, uid, loaded.attendees.iter()).await?;
        return Ok(Some(mail.outcome(Recorded::Applied, now)));
    }
    Ok(Some(outcome_of(decision.outcome(), mail, said, now)))
}

/// Whether nobody else was quicker.
async fn store(needs: &Needs, uid: &Uid, writes: &[AttendeeWrite]) -> anyhow::Result<bool> {
    let limit = needs.limits.invites_per_event;
    if needs.table.store_attendees(uid, writes, limit).await? == Stored::Conflict {
        return Ok(false);
    }
    reopen_what_crossed_a_change(needs, uid, writes.iter().map(AttendeeWrite::attendee)).await?;
    Ok(true)
}

/// The event is not part of the answer's write (an answer would cost twice). So a significant change may have been
/// stored, and its update sent while there was no answer to reopen, since the event was read.
async fn reopen_what_crossed_a_change(
    needs: &Needs,
    uid: &Uid,
    attendees: impl Iterator<Item = &Attendee>,
) -> anyhow::Result<()> {
    let mut attendees = attendees.peekable();
    if attendees.peek().is_none() {
        return Ok(());
    }
    let Some(event) = needs.table.event(uid).await? else {
        return Ok(());
    };
    for attendee in attendees {
        if let Some(reopened) = decide::reopen(&event, attendee) {
            let write = AttendeeWrite::Change(Box::new(reopened));
            // A conflict: it was reopened, or he said something else, after which this is asked again.
            let _ = needs
                .table
                .store_attendees(uid, &[write], needs.limits.invites_per_event)
                .await?;
        }
    }
    Ok(())
}

fn outcome_of(outcome: &Outcome, mail: &MailShape, said: &Said, now: Timestamp) -> MailOutcome {
    let because = |recorded: Recorded, reason: &str| MailOutcome {
        reason: Some(reason.to_owned()),
        ..mail.outcome(recorded, now)
    };
    match outcome {
        Outcome::Recorded | Outcome::Proposed | Outcome::Owed => {
            mail.outcome(Recorded::Applied, now)
        }
        Outcome::RecordedUncounted(reason) => because(Recorded::Applied, reason.code()),
        Outcome::Waits(WaitsFor::Delegation) => because(Recorded::Held, "waits-for-delegation"),
        Outcome::Waits(WaitsFor::Approval) => because(Recorded::Held, "waits-for-approval"),
        Outcome::Quarantined => mail.outcome(Recorded::Quarantined, now),
        Outcome::Ignored(reason) => ignored(mail, *reason, now),
        Outcome::Refused(reason) => {
            let notify = (!mail.is_automatic).then_some(said.from());
            refused(mail, reason, notify, now)
        }
    }
}
