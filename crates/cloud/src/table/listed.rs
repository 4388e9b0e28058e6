//! Many people at once: which of those on a list are attendees, and the records of those invited by one.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use invite::{
    address::{Address, Mailbox},
    event::{Attendee, Event, Origin},
    id::Uid,
};
use jiff::Timestamp;
use records::MailboxShape;
use serde::{Deserialize, Serialize};

use super::{
    AttendeeRecord, EventRecord, Fault, Invitations, Item, JobRecord, Key, Keyed, Kind, Stored,
    Table, from_item, stored, text, understood, update_conflicts,
};

/// Keys DynamoDB reads in one call.
const READ_AT_ONCE: usize = 100;
/// Items DynamoDB writes in one call.
const WRITTEN_AT_ONCE: usize = 25;
/// How often what DynamoDB has left of a call is offered again.
const ATTEMPTS: u32 = 8;

/// Somebody a list invites, as stored: he is told by the shard he stands in, so nobody else sends him his invitation.
/// Whether it went out stands in the shard's record.
#[derive(Serialize)]
struct ListedAttendee<'a> {
    #[serde(flatten)]
    attendee: AttendeeRecord,
    sent_revision: u64,
    sent_kind: Kind,
    sent_at: Timestamp,
    list_job: &'a str,
}

/// By what those differ whom a list invites at the same time.
#[derive(Serialize)]
struct ListedPerson<'a> {
    #[serde(flatten)]
    mailbox: MailboxShape,
    /// What the list says of him besides, for templates.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    further: &'a BTreeMap<String, String>,
}

/// What is read of an attendee to see whether a list may write him.
#[derive(Deserialize)]
struct Found {
    list_job: Option<String>,
    sent_revision: Option<u64>,
    rejected: Option<String>,
}

/// An attendee somebody else may have added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Added {
    /// The list's job that added him, if one did.
    pub by_job: Option<String>,
    /// The revision of the event his last letter tells.
    pub told: Option<u64>,
    /// SES will never take his letter.
    pub is_rejected: bool,
}

/// An event, how many people were invited to it, and a job of it, read together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventNow {
    /// The event.
    pub event: Option<Event>,
    /// For the job that was asked for.
    pub invitations: Invitations,
    /// That job.
    pub job: Option<JobRecord>,
}

impl Table {
    /// The event, the count of its invitations and one of its jobs, in one call.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn event_now(&self, uid: &Uid, job: &str) -> Result<EventNow, Fault> {
        let operation = "read the event, the count of its invitations and the job";
        let (event, counts) = (Key::event(uid), Key::invitations(uid));
        let of_job = Key::job(uid, job);
        let mut now = EventNow {
            event: None,
            invitations: Invitations::default(),
            job: None,
        };
        let keys = [&event, &counts, &of_job];
        for (key, item) in self.read_all(operation, &keys, None).await? {
            if key == event {
                let record: EventRecord = from_item(operation, item)?;
                now.event = Some(understood(operation, Event::try_from(record))?);
            } else if key == of_job {
                now.job = Some(from_item(operation, item)?);
            } else {
                now.invitations = Invitations::of(&from_item(operation, item)?, job);
            }
        }
        Ok(now)
    }

    /// Which of these people are attendees.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn added_among(
        &self,
        uid: &Uid,
        people: &[&Address],
    ) -> Result<HashMap<Address, Added>, Fault> {
        let operation = "look up attendees";
        let keys: HashMap<Key, &Address> = people
            .iter()
            .map(|address| (Key::attendee(uid, address), *address))
            .collect();
        let asked: Vec<&Key> = keys.keys().collect();
        let found = self
            .read_all(
                operation,
                &asked,
                Some("pk, sk, list_job, sent_revision, rejected"),
            )
            .await?;
        found
            .into_iter()
            .filter_map(|(key, item)| Some(((*keys.get(&key)?).clone(), item)))
            .map(|(address, item)| {
                let found: Found = from_item(operation, item)?;
                let added = Added {
                    by_job: found.list_job,
                    told: found.sent_revision,
                    is_rejected: found.rejected.is_some(),
                };
                Ok((address, added))
            })
            .collect()
    }

    /// The items of these keys that there are.
    async fn read_all(
        &self,
        operation: &'static str,
        keys: &[&Key],
        projection: Option<&str>,
    ) -> Result<Vec<(Key, Item)>, Fault> {
        let mut found = Vec::new();
        for keys in keys.chunks(READ_AT_ONCE) {
            let mut left = Some(
                KeysAndAttributes::builder()
                    .set_keys(Some(keys.iter().map(|key| key.item()).collect()))
                    .set_projection_expression(projection.map(str::to_owned))
                    .consistent_read(true)
                    .build()
                    .map_err(Fault::during(operation))?,
            );
            for _ in 0..ATTEMPTS {
                let Some(asked) = left.take() else { break };
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.name, asked)
                    .send()
                    .await
                    .map_err(Fault::during(operation))?;
                let items = answer
                    .responses
                    .unwrap_or_default()
                    .remove(&self.name)
                    .unwrap_or_default();
                for item in items {
                    let key: Key = from_item(operation, item.clone())?;
                    found.push((key, item));
                }
                left = answer
                    .unprocessed_keys
                    .unwrap_or_default()
                    .remove(&self.name)
                    .filter(|keys| !keys.keys.is_empty());
            }
            if left.is_some() {
                return Err(Fault::during(operation)("the table is too busy"));
            }
        }
        Ok(found)
    }

    /// Stores people a list's job invites now; nobody of them may be an attendee ([`Self::added_among`]).
    ///
    /// # Errors
    /// [`Fault`]; some of them may be stored.
    pub async fn store_listed(
        &self,
        event: &Event,
        job: &str,
        people: &[(&Mailbox, &BTreeMap<String, String>)],
        now: Timestamp,
    ) -> Result<(), Fault> {
        let operation = "store the people a list invites";
        for people in people.chunks(WRITTEN_AT_ONCE) {
            let items = listed_items(operation, event, job, people, now)?;
            let puts = items.into_iter().map(|item| {
                let put = PutRequest::builder().set_item(Some(item)).build();
                let put = put.map_err(Fault::during(operation))?;
                Ok(WriteRequest::builder().put_request(put).build())
            });
            let mut left = puts.collect::<Result<Vec<_>, Fault>>()?;
            for _ in 0..ATTEMPTS {
                if left.is_empty() {
                    break;
                }
                left = self
                    .client
                    .batch_write_item()
                    .request_items(&self.name, std::mem::take(&mut left))
                    .send()
                    .await
                    .map_err(Fault::during(operation))?
                    .unprocessed_items
                    .unwrap_or_default()
                    .remove(&self.name)
                    .unwrap_or_default();
            }
            if !left.is_empty() {
                return Err(Fault::during(operation)("the table is too busy"));
            }
        }
        Ok(())
    }

    /// Marks that SES, or our own rules of what a mail can be, will never let the invitation of somebody on a list out.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn reject_listed(
        &self,
        uid: &Uid,
        attendee: &Address,
        job: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "mark an invitation as rejected";
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(uid, attendee).item()))
            .update_expression(
                "SET rejected = :code, rejected_at = :at REMOVE sent_revision, sent_kind, sent_at",
            )
            .condition_expression("list_job = :job")
            .expression_attribute_values(":at", text(now.to_string()))
            .expression_attribute_values(":code", text(code))
            .expression_attribute_values(":job", text(job))
            .send()
            .await;
        stored(operation, answer, update_conflicts)
    }
}

/// The items of people a list's job invites now. What all have alike is put into the form of an item once: that takes
/// longer than all else that is done to store a person.
fn listed_items(
    operation: &'static str,
    event: &Event,
    job: &str,
    people: &[(&Mailbox, &BTreeMap<String, String>)],
    now: Timestamp,
) -> Result<Vec<Item>, Fault> {
    let Some((first, _)) = people.first() else {
        return Ok(Vec::new());
    };
    let nobody = Mailbox {
        name: None,
        address: first.address.clone(),
    };
    let attendee = Attendee::invited(nobody, Origin::Bulk, now);
    let key = Key::attendee(&event.uid, &first.address);
    let alike = ListedAttendee {
        attendee: (&attendee).into(),
        sent_revision: event.revision,
        sent_kind: Kind::Invite,
        sent_at: now,
        list_job: job,
    };
    let alike = Keyed::kept(key, alike).item(operation)?;
    let of_each = people.iter().map(|(mailbox, further)| {
        let key = Key::attendee(&event.uid, &mailbox.address);
        let mailbox = (*mailbox).into();
        let person = Keyed::kept(key, ListedPerson { mailbox, further }).item(operation)?;
        let mut item = alike.clone();
        item.extend(person);
        Ok(item)
    });
    of_each.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::any, *};

    proptest! {
        #[test]
        fn each_of_a_list_is_stored_as_if_he_were_alone(
            event in any::event(),
            people in proptest::collection::vec((any::mailbox(), any_further()), 1..5),
        ) {
            let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
            let people: Vec<_> = people.iter().map(|(who, further)| (who, further)).collect();
            let together = listed_items("test", &event, "job", &people, now).unwrap();
            prop_assert_eq!(together.len(), people.len());
            for (item, (mailbox, further)) in together.into_iter().zip(people) {
                let attendee = Attendee::invited(mailbox.clone(), Origin::Bulk, now);
                let listed = ListedAttendee {
                    attendee: (&attendee).into(),
                    sent_revision: event.revision,
                    sent_kind: Kind::Invite,
                    sent_at: now,
                    list_job: "job",
                };
                let key = Key::attendee(&event.uid, &mailbox.address);
                let mut alone = Keyed::kept(key, listed).item("test").unwrap();
                if !further.is_empty() {
                    let further = serde_dynamo::to_attribute_value(further).unwrap();
                    alone.insert("further".to_owned(), further);
                }
                prop_assert_eq!(item, alone);
            }
        }
    }

    fn any_further() -> impl Strategy<Value = BTreeMap<String, String>> {
        proptest::collection::btree_map("[a-z ]{1,8}", ".{0,8}", 0..3)
    }
}
