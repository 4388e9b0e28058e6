//! One letter to one attendee: claim, load, write, send, mark.
//!
//! The claim comes before the event is read. So whoever tells of a newer change either sees the claim, and waits, or
//! has stored that change before it is read here.

use std::time::Duration;

use anyhow::{Context, bail};
use cloud::{
    clock,
    env::Reader,
    mailer::Sent,
    shape::address,
    table::{Claim, Claimed, Kind, NotClaimed, Stored},
};
use futures::future::LocalBoxFuture;
use invite::{
    event::{Answers, Attendee, Event},
    id::Uid,
    letter::{Letter, LetterError, Sender},
};

use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, LetterMessage},
    shell::{Handled, Message, PostOffice, about_event, serve_queue},
};

/// What every sending function may.
const RIGHTS: &[Right] = &[
    Right {
        on: "table",
        actions: &["dynamodb:GetItem", "dynamodb:UpdateItem"],
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
];

/// What a letter is written from.
pub(super) struct Told<'a> {
    pub(super) event: &'a Event,
    pub(super) attendee: &'a Attendee,
    /// The revision of the event he was last told.
    pub(super) last_told: Option<u64>,
    pub(super) sender: &'a Sender,
}

impl Told<'_> {
    /// His answers, as far as they still hold.
    pub(super) fn answers(&self) -> Answers {
        Answers::of(self.attendee, self.event)
    }
}

/// Writes the letter of one kind.
pub(super) type Write = fn(&Told<'_>) -> Result<Letter, LetterError>;

/// Another letter to the same attendee is mostly out within a second; the queue would wait for minutes.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);
const CLAIM_ATTEMPTS: usize = 10;

/// A function that sends letters of one kind: all of them are alike but for the letter.
pub(super) const fn sends(
    name: &'static str,
    handler: &'static str,
    purpose: &'static str,
    error_impact: &'static str,
    run: fn() -> LocalBoxFuture<'static, anyhow::Result<()>>,
) -> Function {
    Function {
        name,
        handler,
        purpose,
        error_impact,
        trigger: Trigger::Queue {
            topics: &[],
            batch_size: 10,
            max_concurrency: 5,
        },
        timeout_secs: 30,
        memory_mb: 256,
        environment: &[
            "CONFIGURATION_SET",
            "DYNAMODB_TABLE",
            "MAIL_DOMAIN",
            "TENANT",
            "TENANT_KEY_SECRET",
        ],
        rights: RIGHTS,
        run,
    }
}

/// Serves a queue of letters of one kind.
pub(super) async fn serve(kind: Kind, write: Write) -> anyhow::Result<()> {
    let office = PostOffice::open(Reader::of_process()).await?;
    serve_queue(async |message| deliver(&office, kind, write, message).await).await
}

async fn deliver(office: &PostOffice, kind: Kind, write: Write, message: Message) -> Handled {
    let letter: LetterMessage = messages::read(&message.body)?;
    if letter.kind != kind {
        bail!(
            "a letter of the kind {} came to the wrong queue",
            letter.kind.as_str()
        );
    }
    about_event(&letter.uid);
    let uid = Uid::parse(&letter.uid).context("the message names no event")?;
    let attendee = address(&letter.attendee)?;
    for _ in 0..CLAIM_ATTEMPTS {
        let claim = Claim {
            uid: &uid,
            attendee: &attendee,
            kind,
            revision: letter.revision.unwrap_or_default(),
            by: &message.id,
            at: clock::now(),
        };
        match office.table.claim_send(&claim).await? {
            Claimed::Yes {
                attendee,
                last_told,
            } => return send(office, &claim, &attendee, last_told, write).await,
            Claimed::No(NotClaimed::InFlight) => tokio::time::sleep(CLAIM_PAUSE).await,
            Claimed::No(why) => return Ok(why.code()),
        }
    }
    bail!("another letter to this attendee is still under way");
}

async fn send(
    office: &PostOffice,
    claim: &Claim<'_>,
    attendee: &Attendee,
    last_told: Option<u64>,
    write: Write,
) -> Handled {
    let table = &office.table;
    let event = table.event(claim.uid).await?;
    let Some(event) = event.filter(|event| is_due(claim, event)) else {
        // A conflict: the claim has lapsed, which is as good.
        let _ = table.release_claim(claim).await?;
        return Ok("superseded");
    };
    if claim.kind == Kind::Update && attendee.answer_to(&event) != attendee.partstat {
        // A conflict: he has just answered the new version, or it was reopened before.
        let _ = table
            .reopen_answer(claim.uid, claim.attendee, event.answers_open_since(None))
            .await?;
    }
    let told = Told {
        event: &event,
        attendee,
        last_told,
        sender: &office.sender,
    };
    let sent = match write(&told) {
        Ok(letter) => office.mailer.send(&letter).await?,
        Err(error) => {
            tracing::warn!(%error, "the letter cannot be written");
            Sent::Rejected {
                code: "unwritable".to_owned(),
            }
        }
    };
    let (said, marked) = match sent {
        Sent::Accepted { ses_message_id } => {
            let marked = table
                .mark_sent(claim, event.revision, &ses_message_id, clock::now())
                .await?;
            ("sent", marked)
        }
        Sent::Rejected { code } => {
            tracing::warn!(code, "the letter is rejected for good");
            ("rejected", table.mark_rejected(claim, &code).await?)
        }
    };
    if marked == Stored::Conflict {
        tracing::warn!(
            "the claim had lapsed when the letter was sent; it may have been sent twice"
        );
    }
    Ok(said)
}

/// Whether the letter still tells how the event is.
fn is_due(claim: &Claim<'_>, event: &Event) -> bool {
    match claim.kind {
        Kind::Invite => !event.is_cancelled(),
        Kind::Update | Kind::Cancellation => event.revision == claim.revision,
    }
}
