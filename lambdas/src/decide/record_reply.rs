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
    decide::{self, AttendeeWrite, Limits, Outcome},
    event::{Attendee, WaitsFor},
    id::{TenantKey, Uid},
    language::Language,
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
    language: Language,
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
    let command: CommandMessage = messages::read(&message.body)?;
    let (mail, said) = Said::of(command)?;
    about_mail(&mail.id);
    let uid = said.uid();
    if let Some(uid) = &uid {
        about_event(uid.as_str());
    }
    attempts::of_mail(&needs.table, &mail, async || {
        decide_once(needs, uid.as_ref(), &mail, &said).await
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
    // An earlier delivery of this very mail has stored all it says: that is one write.
    let is_stored = loaded
        .attendees
        .iter()
        .any(|known| said.is_stored_in(known));
    if let (true, Some(uid)) = (is_stored, uid) {
        reopen_what_crossed_a_change(needs, uid, loaded.attendees.iter()).await?;
        let applied = mail.outcome(Recorded::Applied, now);
        return conclude(needs, Some(uid), said, applied, loaded.attendees.iter()).await;
    }
    let decision = said.decide(&loaded.known(needs), now);
    match uid {
        Some(uid) => {
            if !store(needs, uid, &decision.writes, loaded.limit(needs)).await? {
                return Ok(None);
            }
        }
        None if decision.writes.is_empty() => {}
        None => bail!("an answer was accepted to an event without a uid"),
    }
    let outcome = outcome_of(decision.outcome(), mail, said, now, needs.language);
    let written = decision.writes.iter().map(AttendeeWrite::attendee);
    conclude(needs, uid, said, outcome, written).await
}

/// Records what became of the mail, where the attendees' own records do not say it.
async fn conclude(
    needs: &Needs,
    uid: Option<&Uid>,
    said: &Said,
    outcome: MailOutcome,
    attendees: impl Iterator<Item = &Attendee>,
) -> anyhow::Result<Option<MailOutcome>> {
    let outcome = MailOutcome {
        command: Some(said.command().to_owned()),
        uid: uid.map(|uid| uid.as_str().to_owned()),
        ..outcome
    };
    if !is_said_by_a_history(&outcome, attendees) {
        // A conflict: another delivery of this message has recorded it.
        let _ = needs.table.record_outcome(&outcome).await?;
    }
    Ok(Some(outcome))
}

/// Whether a history names the mail and there is no more to say of it: an item beside would cost as much as the answer
/// did.
fn is_said_by_a_history<'a>(
    outcome: &MailOutcome,
    mut attendees: impl Iterator<Item = &'a Attendee>,
) -> bool {
    outcome.outcome == Recorded::Applied
        && outcome.reason.is_none()
        && attendees.any(|attendee| attendee.has_answer_of(&outcome.mail_id))
}

/// Whether nobody else was quicker.
async fn store(
    needs: &Needs,
    uid: &Uid,
    writes: &[AttendeeWrite],
    limit: u32,
) -> anyhow::Result<bool> {
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

fn outcome_of(
    outcome: &Outcome,
    mail: &MailShape,
    said: &Said,
    now: Timestamp,
    language: Language,
) -> MailOutcome {
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
            refused(mail, reason, notify, now, language)
        }
    }
}

#[cfg(test)]
mod tests {
    use invite::{
        address::{Address, Mailbox},
        event::{Answer, Evidence, Origin, Stamp},
        ical::Partstat,
        id::Digest,
    };

    use super::*;

    fn bob_who_answered_in(mail_id: &str) -> Attendee {
        let at = Timestamp::UNIX_EPOCH;
        let bob = Mailbox {
            address: Address::parse("bob@b.test").unwrap(),
            name: None,
        };
        let answer = Answer {
            instance: None,
            partstat: Partstat::Accepted,
            stamp: Stamp {
                sequence: 0,
                dtstamp: at,
            },
            arrived: at,
            prodid: None,
            evidence: Evidence::Token,
            earlier_version: false,
            comment: None,
            people: None,
            mail_id: mail_id.to_owned(),
            digest: Digest::of_text("yes"),
        };
        Attendee {
            history: vec![answer],
            ..Attendee::invited(bob, Origin::Api, at)
        }
    }

    #[test]
    fn a_mail_has_an_item_of_its_own_unless_a_history_says_all_of_it() {
        let at = Timestamp::UNIX_EPOCH;
        let became = |outcome, reason: Option<&str>| MailOutcome {
            reason: reason.map(str::to_owned),
            ..MailOutcome::new("m1", outcome, at, at)
        };
        let applied = || became(Recorded::Applied, None);
        for (what, outcome, history, expected) in [
            ("an answer", applied(), Some("m1"), true),
            ("what leaves no answer", applied(), None, false),
            (
                "an answer stored before mails were named",
                applied(),
                Some(""),
                false,
            ),
            ("the same in another mail", applied(), Some("m2"), false),
            (
                "an answer that does not count",
                became(Recorded::Applied, Some("earlier-version")),
                Some("m1"),
                false,
            ),
            (
                "one that waits",
                became(Recorded::Held, None),
                Some("m1"),
                false,
            ),
        ] {
            let attendee = history.map(bob_who_answered_in);
            let said = is_said_by_a_history(&outcome, attendee.iter());
            assert_eq!(said, expected, "{what}");
        }
    }
}
