//! A mail has arrived in the inbox: it is read, its sender found out, and what it asks passed on.
//!
//! What it passes on it publishes and no more: the function that decides records what becomes of the mail. A mail that
//! comes twice is published twice, which is harmless, for that function knows what it has seen.

use anyhow::Context;
use cloud::{
    Cloud,
    blobs::{Blob, Blobs},
    clock,
    env::Reader,
    notification::{self, Arrival},
    table::{MailOutcome, Table, sender_hash},
    tenant::Tenant,
    topics::{self, Topic},
};
use invite::{
    command::{self, Command, Policy, Reading, Refusal, RefusalReason},
    language::Language,
    mail,
};
use jiff::Timestamp;

use crate::{
    decide::outcome::{logged, refused},
    functions::{Function, Right, Trigger},
    messages::{
        self, ApprovalMessage, AskedMessage, CancelMessage, CommandMessage, CounterMessage,
        ListMessage, MailShape, ReplyMessage, RequestMessage, StopMessage, UnsubscribeMessage,
    },
    shell::{Handled, Message, about_mail, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "receive-mail",
    handler: "receive_mail",
    purpose: "Reads a mail from the inbox, authenticates and classifies it, publishes the command.",
    error_impact: "Mail to the tenant is not taken up; it stays in the inbox bucket and the queue.",
    trigger: Trigger::Queue {
        topics: &["mail-received"],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 60,
    memory_mb: 512,
    environment: &[
        "DYNAMODB_TABLE",
        "EVENT_CANCEL_REQUESTED",
        "EVENT_REQUESTED",
        "INBOX_BUCKET",
        "LIST_REQUESTED",
        "MAIL_DOMAIN",
        "REPLY_RECEIVED",
        "STOP_REQUESTED",
        "TENANT",
        "UNSUBSCRIBE_REQUESTED",
    ],
    rights: &[
        Right {
            on: "inbox",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "table",
            actions: &["dynamodb:GetItem", "dynamodb:PutItem"],
        },
        Right {
            on: "topic event-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic event-cancel-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic reply-received",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic stop-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic unsubscribe-requested",
            actions: &["sns:Publish"],
        },
        Right {
            on: "topic list-requested",
            actions: &["sns:Publish"],
        },
    ],
    run: || Box::pin(run()),
};

/// SES puts this into a bucket to see whether it may.
const SETUP_MAIL: &str = "AMAZON_SES_SETUP_NOTIFICATION";

struct Needs {
    inbox: Blobs,
    table: Table,
    requested: Topic,
    cancel_requested: Topic,
    replied: Topic,
    stopped: Topic,
    unsubscribed: Topic,
    listed: Topic,
    policy: Policy,
    language: Language,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let cancel_requested = env.text("EVENT_CANCEL_REQUESTED");
    let requested = env.text("EVENT_REQUESTED");
    let inbox = env.text("INBOX_BUCKET");
    let listed = env.text("LIST_REQUESTED");
    let mail_domain = env.text("MAIL_DOMAIN");
    let replied = env.text("REPLY_RECEIVED");
    let stopped = env.text("STOP_REQUESTED");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let unsubscribed = env.text("UNSUBSCRIBE_REQUESTED");
    let tenant = env.finish(tenant)?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        inbox: Blobs::new(&cloud, inbox),
        table: Table::new(&cloud, table),
        requested: Topic::new(&cloud, requested),
        cancel_requested: Topic::new(&cloud, cancel_requested),
        replied: Topic::new(&cloud, replied),
        stopped: Topic::new(&cloud, stopped),
        unsubscribed: Topic::new(&cloud, unsubscribed),
        listed: Topic::new(&cloud, listed),
        policy: tenant.policy(&mail_domain),
        language: tenant.language,
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let arrival = notification::read(&message.body)?;
    let mail_id = &arrival.receipt.mail_id;
    about_mail(mail_id);
    if mail_id == SETUP_MAIL {
        return Ok("setup");
    }
    if needs.table.is_decided(mail_id).await? {
        return Ok("seen-before");
    }
    let blob = needs
        .inbox
        .read(&arrival.object_key, mail::MAX_BYTES as u64)
        .await?;
    let reading = read(&blob, &arrival, &needs.policy);
    let now = clock::now();
    let shape = shape_of(&reading, &arrival, &needs.policy);
    let turned_down = match &reading.command {
        Ok(command) => pass_on(needs, &shape, &arrival.object_key, command, now).await?,
        Err(refusal) => {
            let notify = refusal.notify.as_ref();
            Some(refused(
                &shape,
                &refusal.reason,
                notify,
                now,
                needs.language,
            ))
        }
    };
    let Some(outcome) = turned_down else {
        return Ok("passed-on");
    };
    // A conflict: it was decided already. That stands.
    let _ = needs.table.record_outcome(&outcome).await?;
    Ok(logged(&outcome))
}

/// Reads the mail, or of one that is too large as much as says whom to tell.
fn read(blob: &Blob, arrival: &Arrival, policy: &Policy) -> Reading {
    let bytes = match blob {
        Blob::Whole(bytes) => bytes,
        Blob::TooLarge { head } => head,
    };
    let mut reading = command::read(bytes, &arrival.receipt, policy);
    if matches!(blob, Blob::TooLarge { .. }) {
        let reason = RefusalReason::TooLarge {
            limit_bytes: mail::MAX_BYTES,
        };
        reading.command = Err(match reading.command {
            // What tells for which event it is stands before the list, which is read elsewhere.
            Ok(Command::List(list)) => {
                reading.command = Ok(Command::List(list));
                return reading;
            }
            Ok(_) => Refusal {
                reason,
                notify: command::sender(&reading.mail, &arrival.receipt, policy)
                    .map(|sender| sender.mailbox),
            },
            Err(Refusal {
                reason: RefusalReason::Quarantined,
                notify,
            }) => Refusal {
                reason: RefusalReason::Quarantined,
                notify,
            },
            Err(Refusal { notify, .. }) => Refusal { reason, notify },
        });
    }
    reading
}

fn shape_of(reading: &Reading, arrival: &Arrival, policy: &Policy) -> MailShape {
    MailShape {
        id: arrival.receipt.mail_id.clone(),
        received: arrival.receipt.arrived,
        sender: reading
            .mail
            .from
            .first()
            .map(|from| sender_hash(&from.address)),
        subject: reading.mail.subject.clone(),
        message_id: reading.mail.message_id.clone(),
        is_automatic: command::is_automatic(&reading.mail, &arrival.receipt, policy),
    }
}

/// Publishes what the mail asks; or says why it cannot.
async fn pass_on(
    needs: &Needs,
    mail: &MailShape,
    object_key: &str,
    command: &Command,
    now: Timestamp,
) -> anyhow::Result<Option<MailOutcome>> {
    let (topic, message, by) = match command {
        Command::Request(request) => (
            &needs.requested,
            CommandMessage::EventRequested(Box::new(RequestMessage::new(mail.clone(), request))),
            &request.organizer,
        ),
        Command::Cancel(cancel) => (
            &needs.cancel_requested,
            CommandMessage::EventCancelRequested(Box::new(CancelMessage::new(
                mail.clone(),
                cancel,
            ))),
            &cancel.organizer,
        ),
        Command::Reply(reply) => (
            &needs.replied,
            CommandMessage::ReplyReceived(Box::new(ReplyMessage::new(mail.clone(), reply))),
            &reply.by.from,
        ),
        Command::Counter(counter) => (
            &needs.replied,
            CommandMessage::CounterReceived(Box::new(CounterMessage::new(mail.clone(), counter))),
            &counter.by.from,
        ),
        Command::Refresh(by) => (
            &needs.replied,
            CommandMessage::RefreshReceived(Box::new(AskedMessage::new(mail.clone(), by))),
            &by.from,
        ),
        Command::Unclear(by) => (
            &needs.replied,
            CommandMessage::UnclearWordsReceived(Box::new(AskedMessage::new(mail.clone(), by))),
            &by.from,
        ),
        Command::Approval(approval) => (
            &needs.replied,
            CommandMessage::ApprovalReceived(Box::new(ApprovalMessage::new(
                mail.clone(),
                approval,
            ))),
            &approval.from,
        ),
        Command::Stop(stop) => (
            &needs.stopped,
            CommandMessage::StopRequested(Box::new(StopMessage::new(mail.clone(), stop))),
            &stop.from,
        ),
        Command::Unsubscribe(unsubscribe) => (
            &needs.unsubscribed,
            CommandMessage::UnsubscribeRequested(Box::new(UnsubscribeMessage::new(
                mail.clone(),
                unsubscribe,
            ))),
            &unsubscribe.from,
        ),
        Command::List(list) => (
            &needs.listed,
            CommandMessage::ListRequested(Box::new(ListMessage::new(
                mail.clone(),
                object_key,
                list,
            ))),
            &list.organizer,
        ),
    };
    let json = messages::write(&message).context("could not write a message")?;
    if json.len() > topics::MAX_MESSAGE_BYTES {
        let reason = RefusalReason::TooLarge {
            limit_bytes: topics::MAX_MESSAGE_BYTES,
        };
        let notify = (!mail.is_automatic).then_some(by);
        return Ok(Some(refused(mail, &reason, notify, now, needs.language)));
    }
    topic.publish(&json).await?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use invite::{
        address::Address,
        command::{Receipt, Verdict},
    };

    use super::*;

    fn arrival() -> Arrival {
        Arrival {
            object_key: "raw/1".to_owned(),
            receipt: Receipt {
                mail_id: "1".to_owned(),
                recipients: vec![Address::parse("create@acme.invites.example").unwrap()],
                envelope_from: Address::parse("alice@a.test"),
                dmarc: Verdict::Pass,
                spam: Verdict::Pass,
                virus: Verdict::Pass,
                ..Receipt::default()
            },
        }
    }

    fn policy() -> Policy {
        Policy {
            mail_domain: "acme.invites.example".to_owned(),
            ..Policy::default()
        }
    }

    fn head(headers: &str) -> Blob {
        Blob::TooLarge {
            head: format!("From: Alice <alice@a.test>\r\n{headers}\r\nhello").into_bytes(),
        }
    }

    #[test]
    fn an_authenticated_sender_of_too_large_a_mail_is_told() {
        let reading = read(&head("Subject: big\r\n"), &arrival(), &policy());
        let refusal = reading.command.unwrap_err();
        assert_eq!(refusal.reason.code(), "too-large");
        assert_eq!(
            refusal.notify.map(|notify| notify.address),
            Address::parse("alice@a.test")
        );
    }

    #[test]
    fn nobody_is_told_of_too_large_a_mail_that_was_sent_automatically() {
        let reading = read(
            &head("Auto-Submitted: auto-replied\r\n"),
            &arrival(),
            &policy(),
        );
        assert_eq!(reading.command.unwrap_err().notify, None);
    }

    #[test]
    fn too_large_a_mail_with_a_virus_stays_quarantined() {
        let mut arrival = arrival();
        arrival.receipt.virus = Verdict::Fail;
        let reading = read(&head(""), &arrival, &policy());
        assert_eq!(
            reading.command.unwrap_err().reason,
            RefusalReason::Quarantined
        );
    }
}
