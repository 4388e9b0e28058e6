//! An attendee's REPLY.

use anyhow::bail;
use cloud::{
    clock,
    env::Reader,
    table::{MailOutcome, Outcome, Stored, Table},
};
use invite::{
    command::Reply,
    decide::{self, Ignored, ReplyDecision},
    event::{Attendee, Event},
    id::Uid,
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
    purpose: "Records an attendee's answer, in order.",
    error_impact: "Answers wait in the queue; statistics lag.",
    trigger: Trigger::Queue {
        topics: &["reply-received"],
        batch_size: 10,
        max_concurrency: 10,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "TENANT_KEY_SECRET"],
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

async fn run() -> anyhow::Result<()> {
    let (needs, ()) = Started::with(Reader::of_process(), Some(())).await?;
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Started, message: Message) -> Handled {
    let CommandMessage::ReplyReceived(message) = messages::read(&message.body)? else {
        bail!("the message is not a reply");
    };
    let mail = message.mail.clone();
    let reply = Reply::try_from(*message)?;
    about_mail(&mail.id);
    let uid = Uid::parse(&reply.by.uid);
    if let Some(uid) = &uid {
        about_event(uid.as_str());
    }
    attempts::of_mail(&needs.table, &mail, async || {
        let Some(outcome) = decide_once(needs, uid.as_ref(), &mail, &reply).await? else {
            return Ok(None);
        };
        let outcome = MailOutcome {
            command: Some("reply".to_owned()),
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
    needs: &Started,
    uid: Option<&Uid>,
    mail: &MailShape,
    reply: &Reply,
) -> anyhow::Result<Option<MailOutcome>> {
    let table = &needs.table;
    let now = clock::now();
    let event = match uid {
        Some(uid) => table.event(uid).await?,
        None => None,
    };
    let known = match &event {
        Some(event) => known_attendees(needs, event, reply).await?,
        None => Vec::new(),
    };
    let decision = decide::reply(event.as_ref(), &known, &needs.key, reply);
    let (attendee, reason) = match decision {
        ReplyDecision::Record(attendee) => (attendee, None),
        ReplyDecision::RecordUncounted { attendee, reason } => (attendee, Some(reason)),
        ReplyDecision::Quarantine => return Ok(Some(mail.outcome(Outcome::Quarantined, now))),
        // An earlier delivery of this very mail stored the answer and did not come to recording that.
        ReplyDecision::Ignore(Ignored::SeenBefore) if is_stored_from(&known, reply) => {
            for attendee in &known {
                reopen_if_it_crossed_a_change(table, uid, attendee).await?;
            }
            return Ok(Some(mail.outcome(Outcome::Applied, now)));
        }
        ReplyDecision::Ignore(reason) => return Ok(Some(ignored(mail, reason, now))),
        ReplyDecision::Refuse(reason) => {
            let notify = (!mail.is_automatic).then_some(&reply.by.from);
            return Ok(Some(refused(mail, &reason, notify, now)));
        }
    };
    let Some(uid) = uid else {
        bail!("an answer was accepted to an event without a uid");
    };
    let outcome = MailOutcome {
        reason: reason.map(|reason| reason.code().to_owned()),
        ..mail.outcome(Outcome::Applied, now)
    };
    if table.record_answer(uid, &attendee).await? == Stored::Conflict {
        return Ok(None);
    }
    reopen_if_it_crossed_a_change(table, Some(uid), &attendee).await?;
    Ok(Some(outcome))
}

/// The event is not part of the answer's write (an answer would cost twice). So a significant change may have been
/// stored, and its update sent while there was no answer to reopen, since the event was read.
async fn reopen_if_it_crossed_a_change(
    table: &Table,
    uid: Option<&Uid>,
    attendee: &Attendee,
) -> anyhow::Result<()> {
    let Some(uid) = uid else { return Ok(()) };
    let Some(event) = table.event(uid).await? else {
        return Ok(());
    };
    if attendee.answer_to(&event) != attendee.partstat {
        // A conflict: it was reopened, or answered again.
        let _ = table
            .reopen_answer(
                uid,
                &attendee.mailbox.address,
                event.answers_open_since(None),
            )
            .await?;
    }
    Ok(())
}

/// The attendees a reply may be of: those it names, and the one whose signed address it came to.
async fn known_attendees(
    needs: &Started,
    event: &Event,
    reply: &Reply,
) -> anyhow::Result<Vec<Attendee>> {
    let mut known = Vec::new();
    for address in decide::addresses_to_load(reply) {
        known.extend(needs.table.attendee(&event.uid, address).await?);
    }
    let is_of = |attendee: &Attendee| {
        decide::token_is_of(event, &needs.key, reply, &attendee.mailbox.address)
    };
    let is_named = reply.by.attendee.as_ref().is_some_and(|named| {
        known
            .iter()
            .any(|attendee| attendee.mailbox.address == named.address)
    });
    if reply.by.token.is_some() && !is_named && !known.iter().any(is_of) {
        known.extend(owner_of_token(needs, event, is_of).await?);
    }
    Ok(known)
}

async fn owner_of_token(
    needs: &Started,
    event: &Event,
    is_of: impl Fn(&Attendee) -> bool,
) -> anyhow::Result<Option<Attendee>> {
    let mut after = None;
    loop {
        let page = needs
            .table
            .attendees(&event.uid, after.as_deref(), PAGE)
            .await?;
        if let Some(owner) = page.attendees.into_iter().find(&is_of) {
            return Ok(Some(owner));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(None),
        }
    }
}

/// Attendees read at a time.
const PAGE: i32 = 500;

fn is_stored_from(known: &[Attendee], reply: &Reply) -> bool {
    known
        .iter()
        .flat_map(|attendee| &attendee.history)
        .any(|answer| answer.digest == reply.by.digest && answer.arrived == reply.by.arrived)
}
