//! People invited to an event, and their answers.

use invite::{address::Address, delivery::Posted, event::Attendee, id::Uid};
use records::AttendeeRecord;
use serde::Deserialize;

use super::{
    Fault, Key, PostedRecord, Table,
    key::{ATTENDEES, event_partition},
    understood,
};

/// Some of an event's attendees, by address.
#[derive(Debug)]
pub struct AttendeePage {
    /// They.
    pub attendees: Vec<Attendee>,
    /// Where the mail to each of them stands, in the same order.
    pub posted: Vec<Posted>,
    /// Read on after this; `None` when these were the last.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct PostedAttendee {
    #[serde(flatten)]
    attendee: AttendeeRecord,
    #[serde(flatten)]
    posted: PostedRecord,
}

impl Table {
    /// An attendee.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendee(&self, uid: &Uid, attendee: &Address) -> Result<Option<Attendee>, Fault> {
        let operation = "read the attendee";
        let record: Option<AttendeeRecord> =
            self.get(operation, &Key::attendee(uid, attendee)).await?;
        understood(operation, record.map(Attendee::try_from).transpose())
    }

    /// At most `limit` attendees of an event, after those that came before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendees(
        &self,
        uid: &Uid,
        after: Option<&str>,
        limit: i32,
    ) -> Result<AttendeePage, Fault> {
        let after = after.map(str::to_owned);
        self.attendee_page(uid, after, limit).await
    }

    /// At most `limit` attendees of an event, after the one of that address.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendees_after(
        &self,
        uid: &Uid,
        after: Option<&Address>,
        limit: i32,
    ) -> Result<AttendeePage, Fault> {
        let after = after.map(|address| Key::attendee(uid, address).sk);
        self.attendee_page(uid, after, limit).await
    }

    async fn attendee_page(
        &self,
        uid: &Uid,
        after: Option<String>,
        limit: i32,
    ) -> Result<AttendeePage, Fault> {
        let operation = "read a page of attendees";
        let (records, next) = self
            .page(
                operation,
                &event_partition(uid),
                Some(ATTENDEES),
                after.as_deref(),
                Some(limit),
            )
            .await?;
        let mut page = AttendeePage {
            attendees: Vec::with_capacity(records.len()),
            posted: Vec::with_capacity(records.len()),
            next,
        };
        for PostedAttendee { attendee, posted } in records {
            page.attendees
                .push(understood(operation, attendee.try_into())?);
            page.posted.push(posted.into());
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use invite::{
        address::Mailbox,
        event::{Answer, Evidence, Origin, Stamp},
        ical::Partstat,
        id::Digest,
    };
    use proptest::prelude::*;

    use super::{
        super::{Item, Keyed, any, from_item, number, text},
        *,
    };

    /// What DynamoDB counts of an item, as its documentation has it.
    fn bytes_of(item: &Item) -> usize {
        let named = |(name, value): (&String, &AttributeValue)| name.len() + bytes_of_value(value);
        item.iter().map(named).sum()
    }

    fn bytes_of_value(value: &AttributeValue) -> usize {
        match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(number) => number.len().div_ceil(2) + 1,
            AttributeValue::Bool(_) => 1,
            AttributeValue::L(values) => {
                3 + values
                    .iter()
                    .map(|value| 1 + bytes_of_value(value))
                    .sum::<usize>()
            }
            AttributeValue::M(values) => 3 + values.len() + bytes_of(values),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_has_answered_and_thought_again_once_costs_one_write_unit() {
        let at = |text: &str| text.parse().unwrap();
        let answer = Answer {
            instance: None,
            partstat: Partstat::Tentative,
            stamp: Stamp {
                sequence: 1,
                dtstamp: at("2026-03-01T10:00:00Z"),
            },
            arrived: at("2026-03-01T10:00:02.123Z"),
            prodid: Some("-//Google Inc//Google Calendar 70.9054//EN".to_owned()),
            evidence: Evidence::Token,
            earlier_version: false,
            comment: None,
            people: None,
            mail_id: "d6iitobk75ur44p8kdnnp7g2n8000sd5q5ct2g81".to_owned(),
            digest: Digest::of_text("a mail"),
        };
        let address = Address::parse("alexandra.longfellow@department.example.org").unwrap();
        let mailbox = Mailbox {
            address: address.clone(),
            name: Some("Alexandra Longfellow".to_owned()),
        };
        let invited = at("2026-03-01T09:00:00.123456789Z");
        let attendee = Attendee {
            partstat: Partstat::Tentative,
            history: vec![answer.clone(), answer],
            ..Attendee::invited(mailbox, Origin::Api, invited)
        };
        let key = Key::attendee(&Uid::parse(&"0".repeat(40)).unwrap(), &address);
        let mut item = Keyed::kept(key, AttendeeRecord::from(&attendee))
            .item("test")
            .unwrap();
        let ses = "0100018b9c0d0f00-7b5f3c8e-1111-2222-3333-444444444444-000000";
        item.extend([
            ("sent_revision".to_owned(), number(1)),
            ("sent_kind".to_owned(), text("invite")),
            ("sent_at".to_owned(), text("2026-03-01T09:00:01.123456789Z")),
            ("ses_message_id".to_owned(), text(ses)),
        ]);
        let bytes = bytes_of(&item);
        assert!(bytes <= 1024, "{bytes} bytes");
    }

    #[test]
    fn an_answer_stored_before_mails_were_named_is_read() {
        let stored = serde_json::json!({
            "partstat": "accepted", "stamp": {"sequence": 0, "dtstamp": "2026-03-01T10:00:00Z"},
            "arrived": "2026-03-01T10:00:00Z", "evidence": "token", "earlier_version": false, "digest": "d1",
        });
        let read: records::AnswerShape = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), stored);
        assert_eq!(Answer::try_from(read).unwrap().mail_id, "");
    }

    proptest! {
        #[test]
        fn an_attendee_comes_back_from_the_table_as_he_went(attendee in any::attendee()) {
            let uid = Uid::parse(&"0".repeat(40)).unwrap();
            let key = Key::attendee(&uid, &attendee.mailbox.address);
            let item = Keyed::kept(key, AttendeeRecord::from(&attendee)).item("test").unwrap();
            let back: AttendeeRecord = from_item("test", item).unwrap();
            prop_assert_eq!(Attendee::try_from(back).unwrap(), attendee);
        }
    }
}
