//! Somebody has written to `unsubscribe@`: from now on he is left in peace, and told so once; erased, too, if he asks for that.

use anyhow::bail;
use cloud::{
    clock,
    env::Reader,
    mailer::Sent,
    table::{AskedBy, MailOutcome, Outcome, Said, Stored},
};
use invite::{
    address::{Address, Mailbox},
    command::RefusalReason,
    letter::{self, Erasing, Letter, LetterError, Unsubscribed},
    unsubscribe::{self, Peace, Unsubscribe},
};
use jiff::SignedDuration;

use super::{attempts, outcome::refused};
use crate::{
    erase::{Begun, begin},
    functions::{Function, Right, Trigger},
    messages::{self, CommandMessage, MailShape},
    shell::{Handled, Message, PostOffice, about_event, about_mail, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "record-unsubscribe",
    handler: "record_unsubscribe",
    purpose: "Records that the writer of a mail to unsubscribe@ wants no more mail, or is to be erased, and confirms it to him.",
    error_impact: "People who unsubscribe by mail still get mail; their wish waits in the queue.",
    trigger: Trigger::Queue {
        topics: &["unsubscribe-requested"],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &[
        "API_URL",
        "CONFIGURATION_SET",
        "DYNAMODB_TABLE",
        "MAIL_DOMAIN",
        "TENANT",
        "TENANT_KEY_SECRET",
    ],
    rights: &[
        Right {
            on: "letters",
            actions: &["s3:GetObject"],
        },
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
        Right {
            on: "identity",
            actions: &["ses:SendRawEmail"],
        },
        Right {
            on: "configuration-set",
            actions: &["ses:SendRawEmail"],
        },
    ],
    run: || Box::pin(run()),
};

/// One mail is confirmed once; a message of it cannot come back later than this.
const CONFIRMED_ONCE: SignedDuration = SignedDuration::from_hours(30 * 24);

async fn run() -> anyhow::Result<()> {
    let office = PostOffice::open(Reader::of_process()).await?;
    serve_queue(async |message| handle(&*office.up_to_date().await, message).await).await
}

async fn handle(office: &PostOffice, message: Message) -> Handled {
    let CommandMessage::UnsubscribeRequested(read) = messages::read(&message.body)? else {
        bail!("the message is not of a mail to unsubscribe@");
    };
    let mail = read.mail.clone();
    let unsubscribe = Unsubscribe::try_from(*read)?;
    about_mail(&mail.id);
    attempts::of_mail(&office.table, &mail, async || {
        decide_once(office, &mail, &unsubscribe, &message.id).await
    })
    .await
}

/// Load, decide, store, confirm; each step may be repeated.
async fn decide_once(
    office: &PostOffice,
    mail: &MailShape,
    asked: &Unsubscribe,
    by: &str,
) -> anyhow::Result<Option<MailOutcome>> {
    let table = &office.table;
    let now = clock::now();
    let uid = asked.ticket.as_ref().map(|ticket| ticket.uid());
    let event = match uid {
        Some(uid) => table.event(uid).await?,
        None => None,
    };
    let decided = |outcome| MailOutcome {
        command: Some("unsubscribe".to_owned()),
        ..outcome
    };
    let peace = unsubscribe::unsubscribe(event.as_ref(), &office.sender.key, asked);
    let said = |uid| Said {
        by: "mail",
        at: now,
        uid,
    };
    let outcome = match &peace {
        None => {
            let reason = RefusalReason::NotAuthenticated;
            decided(refused(mail, &reason, None, now, office.sender.language()))
        }
        Some(Peace::FromAll { attendee }) => {
            // A conflict: he had said so before.
            let _ = table
                .block(attendee, None, &said(None), clock::now())
                .await?;
            tell(office, mail, asked, None, by).await?;
            decided(mail.outcome(Outcome::Applied, now))
        }
        Some(Peace::FromOne {
            attendee,
            organizer,
        }) => {
            let uid = uid.map(|uid| uid.as_str());
            about_event(uid.unwrap_or_default());
            let organizer_address = Some(&organizer.address);
            let _ = table
                .block(attendee, organizer_address, &said(uid), clock::now())
                .await?;
            if let Some(event) = &event {
                // A conflict: he was taken out of the event.
                let _ = table.show_blocked(&event.uid, attendee, now).await?;
            }
            tell(office, mail, asked, Some(organizer), by).await?;
            decided(MailOutcome {
                uid: uid.map(str::to_owned),
                ..mail.outcome(Outcome::Applied, now)
            })
        }
    };
    let stored = table.record_outcome(&outcome).await?;
    Ok((stored == Stored::Done).then_some(outcome))
}

/// Begins to erase him, if that is what he asks, and confirms what becomes of his mail.
async fn tell(
    office: &PostOffice,
    mail: &MailShape,
    asked: &Unsubscribe,
    organizer: Option<&Mailbox>,
    by: &str,
) -> anyhow::Result<()> {
    let organizes = match asked.erases() {
        Some(person) => Some(erased(office, person).await?),
        None => None,
    };
    confirm(office, mail, asked, by, || match organizes {
        Some(organizes) => letter::erasing(
            &Erasing {
                to: &asked.from,
                organizes,
                mail_id: &mail.id,
                in_reply_to: mail.message_id.as_deref(),
                arrived: mail.received,
            },
            &office.sender,
        ),
        None => letter::unsubscribed(
            &Unsubscribed {
                to: &asked.from,
                organizer,
                mail_id: &mail.id,
                in_reply_to: mail.message_id.as_deref(),
                arrived: mail.received,
            },
            &office.sender,
        ),
    })
    .await
}

/// Begins to erase who wrote himself, and records that he wants no mail of anybody, which outlives what is erased. Whether he
/// organizes events, so that nothing is.
async fn erased(office: &PostOffice, person: &Address) -> anyhow::Result<bool> {
    let (table, now) = (&office.table, clock::now());
    let said = Said {
        by: "mail",
        at: now,
        uid: None,
    };
    // A conflict: he had said so before.
    let _ = table.block(person, None, &said, now).await?;
    let begun = begin(table, &office.sender.key, person, AskedBy::Mail, now).await?;
    Ok(matches!(begun, Begun::Organizes))
}

/// To the writer, if he is who he says and no machine: nobody else has asked for a mail.
async fn confirm(
    office: &PostOffice,
    mail: &MailShape,
    asked: &Unsubscribe,
    by: &str,
    write: impl FnOnce() -> Result<Letter, LetterError>,
) -> anyhow::Result<()> {
    let to = &asked.from.address;
    if !asked.from_is_authenticated || mail.is_automatic || office.table.is_suppressed(to).await? {
        return Ok(());
    }
    let letter = match write() {
        Ok(letter) => letter,
        Err(error) => {
            tracing::warn!(%error, "the confirmation cannot be written");
            return Ok(());
        }
    };
    let reason = format!("unsubscribed-{}", mail.id);
    let claimed = office
        .table
        .claim_notice(to, &reason, by, clock::now(), CONFIRMED_ONCE)
        .await?;
    if claimed == Stored::Conflict {
        return Ok(());
    }
    if let Sent::Rejected { code } = office.mailer.send(&letter).await? {
        tracing::warn!(code, "the confirmation is rejected for good");
    }
    // A conflict: a newer one has taken its place.
    let _ = office.table.mark_notice_sent(to, &reason, by).await?;
    Ok(())
}
