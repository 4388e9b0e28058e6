//! A person is to be erased: the table is gone through page by page, and what is kept of him taken away.
//!
//! The cursor is stored with each page, so whoever takes the erasure up again goes on there; what was taken away already is not
//! there any more. Before that nobody can invite him any more, for a while, so that no list that is under way brings him back
//! behind the cursor; and when letters to many were going out, whose senders may have looked before, it is gone through once
//! more when they have ended.

use std::time::Duration;

use anyhow::{Context, bail};
use cloud::{
    Cloud,
    blobs::Blobs,
    clock::{self, Stopwatch},
    env::Reader,
    queues::Queue,
    shape::Malformed,
    table::{ErasureRecord, ErasureState, Kept, Stored, Table},
};
use invite::{
    address::Address,
    decide::AttendeeWrite,
    erasure::{self, ErasureId},
    id::Uid,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    decide::attempts::until_stored,
    functions::{Function, Right, Trigger},
    messages::{self, ChangeMessage},
    shell::{Handled, Message, WORKS_FOR, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "erase-person",
    handler: "erase_person",
    purpose: "Erases a person: goes through the table page by page and takes away what is kept of him, his mails included.",
    error_impact: "People who are to be erased are not yet; the erasure waits in the queue with its cursor.",
    trigger: Trigger::Queue {
        topics: &["erasure-requested"],
        batch_size: 1,
        max_concurrency: 2,
    },
    timeout_secs: 300,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "INBOX_BUCKET", "SQS_URL"],
    rights: &[
        Right {
            on: "inbox",
            actions: &["s3:DeleteObject"],
        },
        Right {
            on: "table",
            actions: &[
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Scan",
                "dynamodb:UpdateItem",
            ],
        },
        Right {
            on: "queue erase-person",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

/// Who is erased cannot be invited for so long: what was asked for or uploaded before has gone out by then.
const BLOCKED_FOR: SignedDuration = SignedDuration::from_hours(48);
/// Letters to many that were going out when nobody could invite him any more have looked at that by then: a call works for so long.
const LETTERS_LOOK_WITHIN: SignedDuration = SignedDuration::from_mins(10);

struct Needs {
    table: Table,
    inbox: Blobs,
    own: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let inbox = env.text("INBOX_BUCKET");
    let own = env.text("SQS_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        inbox: Blobs::new(&cloud, inbox),
        own: Queue::new(&cloud, own),
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

/// Where SES puts a mail.
fn mail_key(mail_id: &str) -> String {
    format!("inbox/{mail_id}")
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let ChangeMessage::ErasureRequested { erasure } = messages::read(&message.body)? else {
        bail!("the message is not an erasure's");
    };
    let id = ErasureId::parse(&erasure).context("the message names no erasure")?;
    let Some(record) = needs.table.erasure(&id).await? else {
        return Ok("unknown-erasure");
    };
    let Some(person) = person(&record)? else {
        return Ok("seen-before");
    };
    let now = clock::now();
    if let Some(wait) = waits(&record, now) {
        needs.own.send_later(message.body, wait).await?;
        return Ok("waits-for-letters");
    }
    let mut erasing = Erasing {
        needs,
        id,
        person,
        record,
    };
    match erasing.go_on().await? {
        Went::Through => Ok("erased"),
        Went::OutOfTime => {
            needs.own.send_all(&[message.body]).await?;
            Ok("continued")
        }
        Went::OnceMoreLater(wait) => {
            needs.own.send_later(message.body, wait).await?;
            Ok("waits-for-letters")
        }
    }
}

/// Whom to erase; `None` when it is done.
fn person(record: &ErasureRecord) -> anyhow::Result<Option<Address>> {
    if record.state == ErasureState::Done {
        return Ok(None);
    }
    let address = record.address.as_ref();
    let person = address.and_then(|address| Address::parse(&address.0));
    Ok(Some(person.ok_or(Malformed("an erasure's address"))?))
}

/// How long the second time waits, from now on.
fn waits(record: &ErasureRecord, now: Timestamp) -> Option<Duration> {
    if !record.waits_for_letters() {
        return None;
    }
    let left = LETTERS_LOOK_WITHIN - now.duration_since(record.created);
    Duration::try_from(left).ok().filter(|left| !left.is_zero())
}

enum Went {
    Through,
    /// The rest is for another call.
    OutOfTime,
    /// All was gone through, and is once more when letters to many have ended.
    OnceMoreLater(Duration),
}

/// One erasure under way.
struct Erasing<'a> {
    needs: &'a Needs,
    id: ErasureId,
    person: Address,
    record: ErasureRecord,
}

impl Erasing<'_> {
    /// Goes through the table, from where the erasure stands.
    async fn go_on(&mut self) -> anyhow::Result<Went> {
        let Needs { table, .. } = self.needs;
        let stopwatch = Stopwatch::start();
        if self.record.through.is_none() {
            let now = clock::now();
            let until = now.checked_add(BLOCKED_FOR).unwrap_or(Timestamp::MAX);
            // A conflict: he has said himself that he wants no mail.
            let _ = table.block_until(&self.person, until, now).await?;
        }
        loop {
            let page = table
                .kept_of(&self.person, self.record.through.as_ref())
                .await?;
            for kept in page.kept {
                self.erase(kept).await?;
            }
            self.record.erased.items += page.items;
            self.record.crosses_letters |= page.has_letters_under_way;
            let is_last = page.next.is_none();
            self.record.through = page.next;
            if is_last {
                return self.end().await;
            }
            self.store().await?;
            if stopwatch.elapsed() > WORKS_FOR {
                return Ok(Went::OutOfTime);
            }
        }
    }

    async fn end(&mut self) -> anyhow::Result<Went> {
        let now = clock::now();
        if self.record.crosses_letters && !self.record.is_second_time {
            self.record.is_second_time = true;
            if let Some(wait) = waits(&self.record, now) {
                self.store().await?;
                return Ok(Went::OnceMoreLater(wait));
            }
        }
        self.record = self.record.clone().ended(now);
        self.store().await?;
        let erased = &self.record.erased;
        tracing::info!(
            erasure.id = self.id.as_str(),
            items = erased.items,
            events = erased.events,
            mentions = erased.mentions,
            mails = erased.mails,
            "a person is erased"
        );
        Ok(Went::Through)
    }

    async fn store(&mut self) -> anyhow::Result<()> {
        let stored = self
            .needs
            .table
            .advance_erasure(&self.id, &mut self.record)
            .await?;
        match stored {
            Stored::Done => Ok(()),
            Stored::Conflict => bail!("another call works on the same erasure"),
        }
    }

    async fn erase(&mut self, kept: Kept) -> anyhow::Result<()> {
        match kept {
            Kept::Invited(uid) => self.take_out_of(&uid).await,
            Kept::Refused(uid) => {
                let table = &self.needs.table;
                table.forget_refused_invitation(&uid, &self.person).await?;
                self.record.erased.refused += 1;
                Ok(())
            }
            Kept::Named { uid, by } => self.take_name_from(&uid, &by).await,
            Kept::Mail(mail_id) => {
                self.delete_mails(std::iter::once(mail_id.as_str())).await?;
                // A conflict: it has expired meanwhile.
                let _ = self.needs.table.forget_sender(&mail_id).await?;
                Ok(())
            }
        }
    }

    /// His mails first, for his record names them.
    async fn take_out_of(&mut self, uid: &Uid) -> anyhow::Result<()> {
        let table = &self.needs.table;
        let mails = until_stored(async || {
            let Some(attendee) = table.attendee(uid, &self.person).await? else {
                return Ok(Some(None));
            };
            let mails = self.deleted(erasure::mails_of(&attendee)).await?;
            let stored = table.remove_attendee(uid, &attendee).await?;
            Ok((stored == Stored::Done).then_some(Some(mails)))
        })
        .await?;
        if let Some(mails) = mails {
            self.record.erased.mails += mails;
            self.record.erased.events += 1;
        }
        Ok(())
    }

    async fn take_name_from(&mut self, uid: &Uid, by: &Address) -> anyhow::Result<()> {
        let table = &self.needs.table;
        let mails = until_stored(async || {
            let Some(attendee) = table.attendee(uid, by).await? else {
                return Ok(Some(None));
            };
            let Some(less) = erasure::without(&attendee, &self.person) else {
                return Ok(Some(None));
            };
            let his = erasure::mails_waiting_of(&attendee, &self.person);
            let mails = self.deleted(his).await?;
            let write = AttendeeWrite::Change(Box::new(less));
            let stored = table.store_attendees(uid, &[write], u32::MAX).await?;
            Ok((stored == Stored::Done).then_some(Some(mails)))
        })
        .await?;
        if let Some(mails) = mails {
            self.record.erased.mails += mails;
            self.record.erased.mentions += 1;
        }
        Ok(())
    }

    async fn delete_mails(&mut self, mails: impl Iterator<Item = &str>) -> anyhow::Result<()> {
        self.record.erased.mails += self.deleted(mails).await?;
        Ok(())
    }

    /// How many; commands by API have ids, too, and no mail.
    async fn deleted<'b>(&self, mails: impl Iterator<Item = &'b str>) -> anyhow::Result<u64> {
        let mut deleted = 0;
        for mail_id in mails.filter(|id| !id.starts_with("api-")) {
            self.needs.inbox.delete(&mail_key(mail_id)).await?;
            deleted += 1;
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use cloud::table::{AskedBy, ErasedAddress};
    use invite::id::TenantKey;

    use super::*;

    fn asked() -> ErasureRecord {
        let bob = Address::parse("bob@b.test").unwrap();
        let id = ErasureId::derive(&TenantKey::new([7; 32]).unwrap(), &bob);
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        ErasureRecord::asked(&id, &bob, AskedBy::Api, now, None)
    }

    #[test]
    fn only_the_second_time_waits_and_only_at_its_beginning() {
        let at = |text: &str| text.parse().unwrap();
        let second = ErasureRecord {
            is_second_time: true,
            ..asked()
        };
        assert_eq!(waits(&asked(), at("2026-03-01T10:00:01Z")), None);
        let wait = Duration::from_secs(9 * 60);
        assert_eq!(waits(&second, at("2026-03-01T10:01:00Z")), Some(wait));
        assert_eq!(waits(&second, at("2026-03-01T10:10:00Z")), None);
        assert_eq!(waits(&second, at("2026-03-01T11:00:00Z")), None);
    }

    #[test]
    fn one_that_is_done_has_nobody_to_erase() {
        let bob = Address::parse("bob@b.test");
        assert_eq!(person(&asked()).unwrap(), bob);
        let done = asked().ended("2026-03-01T10:00:05Z".parse().unwrap());
        assert_eq!(person(&done).unwrap(), None);
        let spoilt = ErasureRecord {
            address: Some(ErasedAddress("nobody".to_owned())),
            ..asked()
        };
        assert!(person(&spoilt).is_err());
    }
}
