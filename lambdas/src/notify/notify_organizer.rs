//! The organizer hears that his event is recorded, why his mail was refused, what his subscription allows, and is asked
//! about guests: once, whatever is repeated.

use anyhow::{Context, bail};
use cloud::{
    blobs::Blobs,
    clock,
    env::Reader,
    mailer::Sent,
    shape::address,
    table::{JobState, MailOutcome, Stored, sender_hash},
};
use invite::{
    address::{Address, Mailbox},
    decide::HOLD_FOR,
    event::{Event, WaitingAnswer, WaitsFor},
    id::Uid,
    letter::{
        self, Asked, Guest, Letter, LetterError, LimitReached, Refused, address::approval_address,
    },
};
use jiff::SignedDuration;

use super::{
    checked_list::CheckedList, enrolled::Subscription, fan_out::AboutJob,
    written_report::WrittenReport,
};
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, ChangeMessage},
    shell::{Handled, Message, PostOffice, about_event, about_mail, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "notify-organizer",
    handler: "notify_organizer",
    purpose: "Mails the organizer: event created, event refused, what came of a list, a limit that is reached, what waits before many hear of it, a report, somebody not invited would like to come, what his subscription allows.",
    error_impact: "Organizers do not hear that an event was recorded or refused, and are not asked about guests; it waits in the queue.",
    trigger: Trigger::Queue {
        topics: &[
            "enrolled",
            "event-created",
            "event-refused",
            "fan-out-held",
            "fan-out-stopped",
            "guest-waits",
            "limit-reached",
            "list-checked",
            "report-written",
        ],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &[
        "API_URL",
        "CONFIGURATION_SET",
        "DYNAMODB_TABLE",
        "INBOX_BUCKET",
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
            on: "lists",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "reports",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
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

/// Refusals for the same reason are told to a person once in this time (semantics: no loops, ever).
const QUIET: SignedDuration = SignedDuration::from_hours(1);
/// That nobody more is invited to an event is told once in this time.
const DAILY: SignedDuration = SignedDuration::from_hours(24);
/// An event is created once, a subscription begins once; a message of that cannot come back later than this.
const CREATED_ONCE: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Clone)]
pub(super) struct Needs {
    pub(super) office: PostOffice,
    pub(super) lists: Blobs,
    pub(super) api_url: String,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let lists = env.text("INBOX_BUCKET");
    let office = PostOffice::open(env).await?;
    let needs = Needs {
        api_url: office.sender.pages.clone().unwrap_or_default(),
        lists: Blobs::new(&office.cloud, lists),
        office,
    };
    serve_queue(async |message| handle(&needs.up_to_date().await, message).await).await
}

impl Needs {
    async fn up_to_date(&self) -> Self {
        Self {
            office: self.office.up_to_date().await.into_owned(),
            ..self.clone()
        }
    }
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    match messages::read(&message.body)? {
        ChangeMessage::EventCreated { uid } => {
            about_event(&uid);
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let Some(event) = needs.office.table.event(&uid).await? else {
                return Ok("unknown-event");
            };
            let notice = Notice {
                to: &event.organizer.address,
                reason: &format!("created-{uid}"),
                by: &message.id,
                quiet: CREATED_ONCE,
            };
            notify(needs, &notice, || created(needs, &event)).await
        }
        ChangeMessage::EventRefused { mail_id } => {
            about_mail(&mail_id);
            let outcome = needs.office.table.mail_outcome(&mail_id).await?;
            let Some(refusal) = outcome.and_then(Refusal::of) else {
                return Ok("nobody-to-tell");
            };
            let notice = Notice {
                to: &refusal.to.address,
                reason: &refusal.reason,
                by: &message.id,
                quiet: QUIET,
            };
            notify(needs, &notice, || refused(needs, &refusal)).await
        }
        ChangeMessage::GuestWaits {
            uid,
            through,
            guest,
        } => {
            about_event(&uid);
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let (through, guest) = (address(&through)?, address(&guest)?);
            ask_about_guest(needs, &message.id, &uid, &through, &guest).await
        }
        ChangeMessage::ListChecked { uid, job } => {
            about_event(&uid);
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let Some(checked) = CheckedList::load(needs, &uid, &job).await? else {
                return Ok("unknown-list");
            };
            let notice = Notice {
                to: &checked.to.address,
                reason: &format!("list-{uid}-{job}"),
                by: &message.id,
                quiet: CREATED_ONCE,
            };
            notify(needs, &notice, || checked.receipt(needs)).await
        }
        ChangeMessage::Enrolled {
            organizer,
            subscription,
        } => {
            let organizer = address(&organizer)?;
            let Some(found) = Subscription::load(needs, &organizer, &subscription).await? else {
                return Ok("worth-nothing-any-more");
            };
            let notice = Notice {
                to: &found.to.address,
                reason: &format!("enrolled-{subscription}"),
                by: &message.id,
                quiet: CREATED_ONCE,
            };
            notify(needs, &notice, || found.letter(needs)).await
        }
        ChangeMessage::FanOutHeld { uid, job } => {
            about_event(&uid);
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let Some(about) = AboutJob::load(needs, &uid, &job, JobState::Held).await? else {
                return Ok("waits-no-more");
            };
            let notice = Notice {
                to: &about.event.organizer.address,
                reason: &format!("held-{uid}-{job}"),
                by: &message.id,
                quiet: CREATED_ONCE,
            };
            notify(needs, &notice, || about.held(needs)).await
        }
        ChangeMessage::FanOutStopped { uid, job } => {
            about_event(&uid);
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let Some(about) = AboutJob::load(needs, &uid, &job, JobState::Stopped).await? else {
                return Ok("unknown-job");
            };
            let notice = Notice {
                to: &about.event.organizer.address,
                reason: &format!("stopped-{uid}-{job}"),
                by: &message.id,
                quiet: CREATED_ONCE,
            };
            notify(needs, &notice, || about.stopped(needs)).await
        }
        ChangeMessage::LimitReached { uid, limit, at } => {
            about_event(&uid);
            if !needs.office.tells_of_limits {
                return Ok("not-wanted");
            }
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let Some(event) = needs.office.table.event(&uid).await? else {
                return Ok("unknown-event");
            };
            let notice = Notice {
                to: &event.organizer.address,
                reason: &format!("limit-{uid}"),
                by: &message.id,
                quiet: DAILY,
            };
            let reached = LimitReached {
                event: &event,
                limit,
                at,
            };
            notify(needs, &notice, || {
                letter::limit_reached(&reached, &needs.office.sender)
            })
            .await
        }
        ChangeMessage::ReportWritten { uid, job } => {
            about_event(&uid);
            let uid = Uid::parse(&uid).context("the message names no event")?;
            let Some(written) = WrittenReport::load(needs, &uid, &job).await? else {
                return Ok("unknown-report");
            };
            let notice = Notice {
                to: &written.event.organizer.address,
                reason: &format!("report-{uid}-{job}"),
                by: &message.id,
                quiet: CREATED_ONCE,
            };
            notify(needs, &notice, || written.letter(needs)).await
        }
        other @ (ChangeMessage::EventUpdated { .. }
        | ChangeMessage::EventCancelled { .. }
        | ChangeMessage::ErasureRequested { .. }
        | ChangeMessage::ReminderRequested { .. }
        | ChangeMessage::SeatsDue { .. }
        | ChangeMessage::ReportRequested { .. }) => {
            bail!("organizers are not notified of {other:?}")
        }
    }
}

/// One notice: to whom, why, asked for by which message, and how long another is not sent.
struct Notice<'a> {
    to: &'a Address,
    reason: &'a str,
    by: &'a str,
    quiet: SignedDuration,
}

async fn notify(
    needs: &Needs,
    notice: &Notice<'_>,
    write: impl FnOnce() -> Result<Letter, LetterError>,
) -> Handled {
    let Notice {
        to,
        reason,
        by,
        quiet,
    } = *notice;
    if to.domain() == needs.office.sender.mail_domain {
        // Our own mailboxes: whatever this is, answering it would be a loop.
        return Ok("our-own-address");
    }
    if needs.office.table.is_suppressed(to).await? {
        return Ok("suppressed");
    }
    let letter = match write() {
        Ok(letter) => letter,
        Err(error) => {
            tracing::warn!(%error, "the notice cannot be written");
            return Ok("unwritable");
        }
    };
    let claimed = needs
        .office
        .table
        .claim_notice(to, reason, by, clock::now(), quiet)
        .await?;
    if claimed == Stored::Conflict {
        return Ok("told-before");
    }
    let said = match needs.office.mailer.send(&letter).await? {
        Sent::Accepted { .. } => "sent",
        Sent::Rejected { code } => {
            tracing::warn!(code, "the notice is rejected for good");
            "rejected"
        }
    };
    // A conflict: a newer notice has taken its place.
    let _ = needs.office.table.mark_notice_sent(to, reason, by).await?;
    Ok(said)
}

fn created(needs: &Needs, event: &Event) -> Result<Letter, LetterError> {
    letter::event_created(event, &needs.api_url, None, &needs.office.sender)
}

/// Asks whether somebody may come who was passed an invitation on; once about each, whatever he says further.
async fn ask_about_guest(
    needs: &Needs,
    message_id: &str,
    uid: &Uid,
    through: &Address,
    guest: &Address,
) -> Handled {
    let table = &needs.office.table;
    let (Some(event), Some(through)) =
        (table.event(uid).await?, table.attendee(uid, through).await?)
    else {
        return Ok("unknown-event");
    };
    let is_about = |waiting: &&WaitingAnswer| {
        waiting.waits_for == WaitsFor::Approval && waiting.mailbox.address == *guest
    };
    let Some(waiting) = through.waiting.iter().find(is_about) else {
        return Ok("nothing-waits");
    };
    let digest = &waiting.answer.digest;
    let notice = Notice {
        to: &event.organizer.address,
        reason: &format!("guest-waits-{uid}-{}", sender_hash(guest)),
        by: message_id,
        quiet: HOLD_FOR,
    };
    notify(needs, &notice, || {
        let sender = &needs.office.sender;
        let guest = Guest {
            mailbox: &waiting.mailbox,
            through: &through.mailbox,
            approval: &approval_address(&event, guest, sender)?,
        };
        let asked = Asked {
            digest,
            at: waiting.answer.arrived,
            message_id: None,
        };
        letter::guest_waits(&event, &guest, &asked, sender)
    })
    .await
}

/// A refusal somebody is to be told of.
struct Refusal {
    to: Mailbox,
    reason: String,
    text: String,
    remedy: String,
    outcome: MailOutcome,
}

impl Refusal {
    fn of(outcome: MailOutcome) -> Option<Self> {
        Some(Self {
            to: outcome.notify.clone()?.try_into().ok()?,
            reason: outcome.reason.clone()?,
            text: outcome.text.clone()?,
            remedy: outcome.remedy.clone()?,
            outcome,
        })
    }
}

fn refused(needs: &Needs, refusal: &Refusal) -> Result<Letter, LetterError> {
    let refused = Refused {
        to: &refusal.to,
        subject: refusal.outcome.subject.as_deref(),
        what_is_wrong: &refusal.text,
        what_to_do: &refusal.remedy,
        mail_id: &refusal.outcome.mail_id,
        in_reply_to: refusal.outcome.message_id.as_deref(),
        arrived: refusal.outcome.received,
    };
    letter::event_refused(&refused, &needs.office.sender)
}
