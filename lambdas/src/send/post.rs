//! One letter to one attendee: claim, load, write, send, mark.
//!
//! The claim comes before the event is read. So whoever tells of a newer change either sees the claim, and waits, or
//! has stored that change before it is read here.

use std::time::Duration;

use anyhow::{Context, bail};
use cloud::{
    clock,
    env::Reader,
    mailer::{Mailer, Sent},
    shape::address,
    table::{Claim, Claimed, Kind, LetterShape, NotClaimed, Stored, Table},
};
use futures::future::LocalBoxFuture;
use invite::{
    decide::{self, AttendeeWrite},
    delivery::{Unwanted, stands_against},
    event::{Answers, Attendee, Event, Owed, OwedLetter, Place},
    id::Uid,
    letter::{Letter, LetterError, Sender},
};

use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, LetterMessage},
    shell::{Handled, Message, PostOffice, about_event, about_mail, serve_queue},
};

/// What every sending function may.
const RIGHTS: &[Right] = &[
    Right {
        on: "letters",
        actions: &["s3:GetObject"],
    },
    Right {
        on: "table",
        actions: &["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
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

/// Writes the letters of one kind; mostly one.
type Write = fn(&Told<'_>) -> Result<Vec<Letter>, LetterError>;

/// How letters of a kind are written; `None`: they have another queue.
pub(super) type Writer = fn(Kind) -> Option<Write>;

/// Another letter to the same attendee is mostly out within a second; the queue would wait for minutes.
pub(super) const CLAIM_PAUSE: Duration = Duration::from_millis(500);
pub(super) const CLAIM_ATTEMPTS: usize = 10;

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
            "API_URL",
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

/// Serves a queue of letters.
pub(super) async fn serve(writer: Writer) -> anyhow::Result<()> {
    let office = PostOffice::open(Reader::of_process()).await?;
    serve_queue(async |message| deliver(&*office.up_to_date().await, writer, message).await).await
}

async fn deliver(office: &PostOffice, writer: Writer, message: Message) -> Handled {
    let letter: LetterMessage = messages::read(&message.body)?;
    let Some(write) = writer(letter.kind) else {
        bail!(
            "a letter of the kind {} came to the wrong queue",
            letter.kind.as_str()
        );
    };
    about_event(&letter.uid);
    let uid = Uid::parse(&letter.uid).context("the message names no event")?;
    let attendee = address(&letter.attendee)?;
    for _ in 0..CLAIM_ATTEMPTS {
        let claim = Claim {
            uid: &uid,
            attendee: &attendee,
            kind: letter.kind,
            revision: letter.revision.unwrap_or_default(),
            asked: letter.asked.as_deref(),
            by: &message.id,
            at: clock::now(),
        };
        match office.table.claim_send(&claim).await? {
            Claimed::Yes {
                attendee,
                last_told,
                letters,
                ..
            } => {
                let claimed = Addressee {
                    attendee: &attendee,
                    last_told,
                    letters: &letters,
                };
                return send(office, &claim, claimed, write).await;
            }
            Claimed::No(NotClaimed::InFlight) => tokio::time::sleep(CLAIM_PAUSE).await,
            Claimed::No(why) => return Ok(why.code()),
        }
    }
    bail!("another letter to this attendee is still under way");
}

async fn send(office: &PostOffice, claim: &Claim<'_>, to: Addressee<'_>, write: Write) -> Handled {
    let table = &office.table;
    let event = table.event(claim.uid).await?;
    let Some(event) = event.filter(|event| is_due(claim, event, to.attendee)) else {
        // A conflict: the claim has lapsed, which is as good.
        let _ = table.release_claim(claim).await?;
        return Ok("superseded");
    };
    let letter = Due {
        claim,
        event: &event,
        to,
        sender: &office.sender,
    };
    // Asked at every send and not only when he was invited: what he said, or what his server did, may be newer.
    let unwanted = table
        .unwanted(claim.attendee, &event.organizer.address)
        .await?;
    let told = letter
        .tell(table, unwanted, write, async |letters| {
            let sent = send_all(&office.mailer, &letters).await?;
            if let Sent::Accepted { ses_message_id } = &sent {
                about_mail(ses_message_id);
            }
            Ok(sent)
        })
        .await?;
    Ok(told.code())
}

/// A claimed letter that still tells how the event is.
pub(super) struct Due<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) event: &'a Event,
    pub(super) to: Addressee<'a>,
    pub(super) sender: &'a Sender,
}

/// Whom it goes to, as he was when it was claimed.
#[derive(Clone, Copy)]
pub(super) struct Addressee<'a> {
    pub(super) attendee: &'a Attendee,
    /// The revision of the event he was last told.
    pub(super) last_told: Option<u64>,
    /// What he was sent so far.
    pub(super) letters: &'a [LetterShape],
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Became {
    Sent,
    Rejected,
    Withheld(Unwanted),
}

impl Became {
    fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Withheld(why) => why.code(),
        }
    }
}

impl Due<'_> {
    /// Writes it, sends it and marks what became of it.
    pub(super) async fn tell(
        &self,
        table: &Table,
        unwanted: Option<Unwanted>,
        write: impl FnOnce(&Told<'_>) -> Result<Vec<Letter>, LetterError>,
        send: impl AsyncFnOnce(Vec<Letter>) -> anyhow::Result<Sent>,
    ) -> anyhow::Result<Became> {
        let Self {
            claim, event, to, ..
        } = *self;
        let attendee = to.attendee;
        if let Some(why) = stands_against(unwanted, claim.kind.purpose(), attendee.partstat) {
            // A conflict: the claim has lapsed, which is as good.
            let _ = table.withhold(claim, why).await?;
            return Ok(Became::Withheld(why));
        }
        if let Some(reopened) = decide::reopen(event, attendee) {
            let write = AttendeeWrite::Change(Box::new(reopened));
            // A conflict: he has just said something, after which this is asked again.
            let _ = table.store_attendees(claim.uid, &[write], 0).await?;
        }
        let told = Told {
            event,
            attendee,
            last_told: to.last_told,
            sender: self.sender,
        };
        let sent = match write(&told) {
            Ok(letters) => send(letters).await?,
            Err(error) => {
                tracing::warn!(%error, "the letter cannot be written");
                Sent::Rejected {
                    code: "unwritable".to_owned(),
                }
            }
        };
        let (became, marked) = match sent {
            Sent::Accepted { ses_message_id } => {
                let revision = tells_of(claim, attendee, event);
                let marked = table
                    .mark_sent(claim, to.letters, revision, &ses_message_id, clock::now())
                    .await?;
                (Became::Sent, marked)
            }
            Sent::Rejected { code } => {
                tracing::warn!(code, "the letter is rejected for good");
                (Became::Rejected, table.mark_rejected(claim, &code).await?)
            }
        };
        if marked == Stored::Conflict {
            tracing::warn!(
                "the claim had lapsed when the letter was sent; it may have been sent twice"
            );
        }
        Ok(became)
    }
}

/// In this order; the first that is rejected for good ends it.
async fn send_all(mailer: &Mailer, letters: &[Letter]) -> anyhow::Result<Sent> {
    let mut last = Sent::Rejected {
        code: "nothing-to-send".to_owned(),
    };
    for letter in letters {
        last = mailer.send(letter).await?;
        if let Sent::Rejected { .. } = last {
            break;
        }
    }
    Ok(last)
}

/// What he is owed, if this is that letter.
fn owed<'a>(claim: &Claim<'_>, attendee: &'a Attendee) -> Option<&'a Owed> {
    let is_this = |owed: &&Owed| Some(owed.digest.as_str()) == claim.asked;
    attendee.owed.as_ref().filter(is_this)
}

/// Whether the letter still tells how the event is.
fn is_due(claim: &Claim<'_>, event: &Event, attendee: &Attendee) -> bool {
    match claim.kind {
        Kind::Invite => !event.is_cancelled(),
        Kind::Update | Kind::Cancellation | Kind::Reminder => event.revision == claim.revision,
        Kind::Owed => owed(claim, attendee).is_some_and(|owed| match &owed.letter {
            // Where there is a cancellation, that is the answer.
            OwedLetter::Current | OwedLetter::DeclineCounter { .. } => true,
            OwedLetter::AskBack => !event.is_cancelled(),
            OwedLetter::WaitingList => !event.is_cancelled() && attendee.waits(),
            OwedLetter::Seat => !event.is_cancelled() && attendee.place == Some(Place::Seat),
        }),
    }
}

/// The revision he knows once it is sent; `None`: the letter tells nothing new.
fn tells_of(claim: &Claim<'_>, attendee: &Attendee, event: &Event) -> Option<u64> {
    let asks_back = owed(claim, attendee).is_some_and(|owed| owed.letter == OwedLetter::AskBack);
    (!asks_back).then_some(event.revision)
}
