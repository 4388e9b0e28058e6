//! What an event's ledger is read from, beside its event and jobs: what became of commands about it, by the time that was
//! decided; its attendees with all that was sent to them; and who was not invited.

use futures::future::try_join_all;
use invite::{
    address::Address,
    delivery::{SentLetter, SentLetters, Unwanted},
    event::Attendee,
    id::Uid,
};
use jiff::Timestamp;
use records::AttendeeRecord;
use serde::Deserialize;

use super::{
    Fault, Item, Key, Keyed, Kind, LetterShape, MailOutcome, RefusedInvitation, Table,
    feed::{INDEX, ledger_partition},
    from_item,
    key::{ATTENDEES, REFUSED, event_partition},
    number, text, understood,
};
use crate::shape::{DeliveryShape, UnwantedCode};

/// Where the commands about an event are read on.
#[derive(Clone, Debug)]
pub enum ReadFrom {
    /// At the newest.
    Newest,
    /// At those that were decided then.
    Instant(Timestamp),
    /// After a page.
    Page(Box<PageEnd>),
}

/// Where a page of an index ended.
#[derive(Clone, Debug)]
pub struct PageEnd(Item);

/// Some of the commands about an event, the newest first.
#[derive(Debug)]
pub struct CommandPage {
    /// What became of them.
    pub outcomes: Vec<MailOutcome>,
    /// When the last of them was decided, to the millisecond; `None` if there are none.
    pub read_to: Option<Timestamp>,
    /// Where it goes on; `None` when these were the last.
    pub next: Option<ReadFrom>,
}

/// Some of an event's attendees, by address, with what was sent to them.
#[derive(Debug)]
pub struct SentPage {
    /// They.
    pub attendees: Vec<(Attendee, SentLetters)>,
    /// Read on after this; `None` when these were the last.
    pub next: Option<String>,
}

/// An entry of the index.
#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    key: Key,
    feed_at: i64,
}

/// An attendee's item, as far as it says what was sent to him.
#[derive(Deserialize)]
struct SentRecord {
    sent_revision: Option<u64>,
    sent_kind: Option<Kind>,
    sent_at: Option<Timestamp>,
    #[serde(default)]
    letters_before: Vec<LetterShape>,
    list_job: Option<String>,
    withheld: Option<UnwantedCode>,
    withheld_at: Option<Timestamp>,
    rejected: Option<String>,
    rejected_at: Option<Timestamp>,
    #[serde(flatten)]
    delivery: DeliveryShape,
}

impl From<SentRecord> for SentLetters {
    fn from(record: SentRecord) -> Self {
        let last = match (record.sent_kind, record.sent_at) {
            (Some(kind), Some(at)) => Some(LetterShape {
                kind,
                revision: record.sent_revision,
                at,
            }),
            _ => None,
        };
        let list_job = record.list_job;
        let sent = record.letters_before.into_iter().chain(last);
        let letters = sent.map(|letter| SentLetter {
            letter: letter.kind.as_str(),
            revision: letter.revision,
            at: letter.at,
            // A list invites; whatever came later has another cause.
            job: list_job.clone().filter(|_| letter.kind == Kind::Invite),
        });
        Self {
            letters: letters.collect(),
            withheld: record
                .withheld
                .map(|why| (Unwanted::from(why), record.withheld_at)),
            rejected: record.rejected.map(|code| (code, record.rejected_at)),
            delivery: record.delivery.into(),
        }
    }
}

#[derive(Deserialize)]
struct SentAttendee {
    #[serde(flatten)]
    attendee: AttendeeRecord,
    #[serde(flatten)]
    sent: SentRecord,
}

impl SentAttendee {
    fn understood(self, operation: &'static str) -> Result<(Attendee, SentLetters), Fault> {
        let attendee = understood(operation, self.attendee.try_into())?;
        Ok((attendee, self.sent.into()))
    }
}

impl Table {
    /// What became of at most `limit` commands about an event, the newest first.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn commands(
        &self,
        uid: &Uid,
        from: &ReadFrom,
        limit: i32,
    ) -> Result<CommandPage, Fault> {
        let operation = "read what became of the commands about an event";
        let until = match from {
            ReadFrom::Instant(at) => at.as_millisecond(),
            ReadFrom::Newest | ReadFrom::Page(_) => i64::MAX,
        };
        let start = match from {
            ReadFrom::Page(end) => Some(end.0.clone()),
            ReadFrom::Newest | ReadFrom::Instant(_) => None,
        };
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression("feed = :feed AND feed_at <= :until")
            .expression_attribute_values(":feed", text(ledger_partition(uid.as_str())))
            .expression_attribute_values(":until", number(until))
            .scan_index_forward(false)
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let listed = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| from_item::<Listed>(operation, item))
            .collect::<Result<Vec<_>, _>>()?;
        let read_to = listed
            .last()
            .and_then(|last| Timestamp::from_millisecond(last.feed_at).ok());
        let outcomes = listed
            .iter()
            .map(|listed| self.get::<MailOutcome>(operation, &listed.key));
        // One that has expired meanwhile is not there.
        let outcomes = try_join_all(outcomes).await?.into_iter().flatten();
        Ok(CommandPage {
            outcomes: outcomes.collect(),
            read_to,
            next: answer
                .last_evaluated_key
                .map(|key| ReadFrom::Page(Box::new(PageEnd(key)))),
        })
    }

    /// An attendee, with what was sent to him.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendee_and_letters(
        &self,
        uid: &Uid,
        attendee: &Address,
    ) -> Result<Option<(Attendee, SentLetters)>, Fault> {
        let operation = "read the attendee and what was sent to him";
        let record: Option<SentAttendee> =
            self.get(operation, &Key::attendee(uid, attendee)).await?;
        record
            .map(|record| record.understood(operation))
            .transpose()
    }

    /// At most `limit` attendees of an event with what was sent to them, after those that came before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendees_and_letters(
        &self,
        uid: &Uid,
        after: Option<&str>,
        limit: i32,
    ) -> Result<SentPage, Fault> {
        let operation = "read a page of attendees and what was sent to them";
        let (records, next) = self
            .page::<SentAttendee>(
                operation,
                &event_partition(uid),
                Some(ATTENDEES),
                after,
                Some(limit),
            )
            .await?;
        let attendees = records
            .into_iter()
            .map(|record| record.understood(operation))
            .collect::<Result<_, _>>()?;
        Ok(SentPage { attendees, next })
    }

    /// Why a person was not invited, the last time.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn refused_invitation(
        &self,
        uid: &Uid,
        attendee: &Address,
    ) -> Result<Option<RefusedInvitation>, Fault> {
        self.get(
            "read why a person was not invited",
            &Key::refused_invitation(uid, attendee),
        )
        .await
    }

    /// Who was not invited, and why.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn refused_invitations(
        &self,
        uid: &Uid,
    ) -> Result<Vec<(Address, RefusedInvitation)>, Fault> {
        let refused: Vec<Keyed<RefusedInvitation>> = self
            .all(
                "read who was not invited",
                &event_partition(uid),
                Some(REFUSED),
            )
            .await?;
        let refused = refused.into_iter().filter_map(|keyed| {
            let address = keyed.key.sk.strip_prefix(REFUSED)?;
            Some((Address::parse(address)?, keyed.record))
        });
        Ok(refused.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{any, from_item},
        *,
    };

    #[test]
    fn what_was_sent_is_read_from_an_attendees_item_letter_by_letter() {
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let bob = any::bob();
        let key = Key::attendee(&uid, &bob.mailbox.address);
        let mut item = Keyed::kept(key, AttendeeRecord::from(&bob))
            .item("test")
            .unwrap();
        let read = |item: &Item| -> (Attendee, SentLetters) {
            let record: SentAttendee = from_item("test", item.clone()).unwrap();
            record.understood("test").unwrap()
        };
        assert_eq!(read(&item), (bob.clone(), SentLetters::default()));

        let at = |minute: i64| Timestamp::from_second(1_772_445_600 + minute * 60).unwrap();
        let before = LetterShape {
            kind: Kind::Invite,
            revision: Some(1),
            at: at(0),
        };
        item.extend([
            ("list_job".to_owned(), text("job")),
            (
                "letters_before".to_owned(),
                serde_dynamo::to_attribute_value([before]).unwrap(),
            ),
            ("sent_revision".to_owned(), number(2)),
            ("sent_kind".to_owned(), text("update")),
            ("sent_at".to_owned(), text(at(1).to_string())),
            ("withheld".to_owned(), text("blocked")),
            ("withheld_at".to_owned(), text(at(2).to_string())),
            // As it was stored before its time was.
            ("rejected".to_owned(), text("code")),
        ]);
        let letter = |letter, revision, minute, job: Option<&str>| SentLetter {
            letter,
            revision: Some(revision),
            at: at(minute),
            job: job.map(str::to_owned),
        };
        let letters = SentLetters {
            letters: vec![
                letter("invite", 1, 0, Some("job")),
                letter("update", 2, 1, None),
            ],
            withheld: Some((Unwanted::Blocked, Some(at(2)))),
            rejected: Some(("code".to_owned(), None)),
            ..SentLetters::default()
        };
        assert_eq!(read(&item), (bob, letters));
    }
}
