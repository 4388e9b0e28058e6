//! What is kept of a person: found by going through the table, for no index leads from him to his events (it would cost a write for
//! each of a million attendees), and taken away, each item on condition of what it was.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use invite::{address::Address, event::Attendee, id::Uid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fault, Key, Keyed, Stored, Table,
    feed::InFeed,
    from_item,
    key::{ATTENDEES, REFUSED, hash_of},
    number, put_conflicts, stored, text, update_conflicts,
};

/// What a page of the table holds of somebody.
#[derive(Debug, Default)]
pub struct KeptPage {
    /// It, in the table's order.
    pub kept: Vec<Kept>,
    /// Items looked at.
    pub items: u64,
    /// Letters to many are going out, or their sending was given up.
    pub has_letters_under_way: bool,
    /// Read on after this; `None` when this was the last page.
    pub next: Option<Key>,
}

/// Something that is kept of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// He is invited to this event.
    Invited(Uid),
    /// He was to be invited to this event, and was not.
    Refused(Uid),
    /// Somebody else's record names him.
    Named {
        /// The event.
        uid: Uid,
        /// Whose record it is.
        by: Address,
    },
    /// What became of a mail of his.
    Mail(String),
}

/// As much of an item as tells what it is.
#[derive(Deserialize)]
struct Found {
    #[serde(flatten)]
    key: Key,
    mail_id: Option<String>,
    waiting: Option<Vec<Waiting>>,
    lineage: Option<Lineage>,
    delegated_to: Option<String>,
}

#[derive(Deserialize)]
struct Waiting {
    mailbox: Named,
}

#[derive(Deserialize)]
struct Named {
    email: String,
}

#[derive(Deserialize)]
struct Lineage {
    from: String,
}

impl Found {
    /// What it is of this person; `None`: nothing, or that letters are under way.
    fn of(self, person: &Address) -> Option<Kept> {
        if let Some(mail_id) = self.mail_id.filter(|_| self.key.sk.starts_with(MAILS)) {
            return Some(Kept::Mail(mail_id));
        }
        let uid = Uid::parse(self.key.pk.strip_prefix("event#")?)?;
        if let Some(refused) = self.key.sk.strip_prefix(REFUSED) {
            return (refused == person.as_str()).then_some(Kept::Refused(uid));
        }
        let by = self.key.sk.strip_prefix(ATTENDEES)?;
        if by == person.as_str() {
            return Some(Kept::Invited(uid));
        }
        let waiting = self.waiting.into_iter().flatten();
        let mut names = waiting
            .map(|waiting| waiting.mailbox.email)
            .chain(self.lineage.map(|lineage| lineage.from))
            .chain(self.delegated_to);
        let by = Address::parse(by)?;
        names
            .any(|name| name == person.as_str())
            .then_some(Kept::Named { uid, by })
    }
}

/// Sort keys of what became of mails begin so.
const MAILS: &str = "mail#";
/// Sort keys of shards that are sent begin so.
const SHARDS: &str = "shard#";

/// What DynamoDB hands over of a page: what may be of the person, and shards whose letters have not all gone. A path into a list's
/// items cannot be compared, so whoever has answers waiting in his record is looked at.
const MAY_BE_KEPT: &str = "#sk = :attendee OR #sk = :refused \
     OR (begins_with(#sk, :attendees) AND (#lineage.#from = :email OR #delegated = :email OR attribute_exists(#waiting))) \
     OR (begins_with(#sk, :mails) AND (#sender = :hash OR #notify.#email = :email)) \
     OR (begins_with(#sk, :shards) AND #done < #people)";

/// A block that ends: what was under way when somebody was erased invites him no more.
#[derive(Serialize)]
struct EndingBlock {
    by: &'static str,
    at: Timestamp,
    #[serde(flatten)]
    feed: InFeed,
}

impl Table {
    /// What the next page of the table keeps of a person.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn kept_of(&self, person: &Address, after: Option<&Key>) -> Result<KeptPage, Fault> {
        let operation = "look for what is kept of a person";
        let names = [
            "sk", "lineage", "from", "waiting", "sender", "notify", "email", "done", "people",
        ]
        .map(|name| (format!("#{name}"), name.to_owned()));
        let mut names = HashMap::from(names);
        names.insert("#delegated".to_owned(), "delegated_to".to_owned());
        let email = person.as_str();
        let values = [
            (":attendee", format!("{ATTENDEES}{email}")),
            (":refused", format!("{REFUSED}{email}")),
            (":attendees", ATTENDEES.to_owned()),
            (":email", email.to_owned()),
            (":mails", MAILS.to_owned()),
            (":hash", hash_of(person)),
            (":shards", SHARDS.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), text(value)));
        let answer = self
            .client
            .scan()
            .table_name(&self.name)
            .filter_expression(MAY_BE_KEPT)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values.into()))
            .set_exclusive_start_key(after.map(Key::item))
            .consistent_read(true)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let mut page = KeptPage {
            items: u64::try_from(answer.scanned_count).unwrap_or_default(),
            next: answer
                .last_evaluated_key
                .map(|key| from_item(operation, key))
                .transpose()?,
            ..KeptPage::default()
        };
        for item in answer.items.unwrap_or_default() {
            let found: Found = from_item(operation, item)?;
            page.has_letters_under_way |= found.key.sk.starts_with(SHARDS);
            page.kept.extend(found.of(person));
        }
        Ok(page)
    }

    /// Takes an attendee out of an event, on condition that his record is at this revision, and gives his place of the limit
    /// back, both or neither: whoever invites him again counts him once.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn remove_attendee(&self, uid: &Uid, attendee: &Attendee) -> Result<Stored, Fault> {
        let operation = "take an attendee out of an event";
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(uid, &attendee.mailbox.address).item()))
            .condition_expression("revision = :revision")
            .expression_attribute_values(":revision", number(attendee.revision))
            .build()
            .map_err(Fault::during(operation))?;
        let mut writes = vec![TransactWriteItem::builder().delete(delete).build()];
        // Who was let in before invitations were counted has no place. A count that falls to nothing meanwhile is a conflict.
        if self.invited_so_far(uid).await? > 0 {
            let count = Update::builder()
                .table_name(&self.name)
                .set_key(Some(Key::invitations(uid).item()))
                .update_expression("ADD invited :less")
                .condition_expression("invited >= :one")
                .expression_attribute_values(":less", number(-1))
                .expression_attribute_values(":one", number(1))
                .build()
                .map_err(Fault::during(operation))?;
            writes.push(TransactWriteItem::builder().update(count).build());
        }
        // Of the places of an event with a limit, too.
        if attendee.place.is_some() {
            let seating = self.seating(uid).await?;
            writes.extend(self.without_place(operation, uid, &seating, attendee)?);
        }
        self.transact(operation, writes).await
    }

    /// Forgets that somebody was to be invited to an event, and was not.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn forget_refused_invitation(
        &self,
        uid: &Uid,
        attendee: &Address,
    ) -> Result<(), Fault> {
        self.client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(Key::refused_invitation(uid, attendee).item()))
            .send()
            .await
            .map_err(Fault::during("forget a refused invitation"))?;
        Ok(())
    }

    /// Takes from what became of a mail who has sent it; that it was decided about stays, so that it is not taken up again.
    /// [`Stored::Conflict`]: nothing is known of that mail any more.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn forget_sender(&self, mail_id: &str) -> Result<Stored, Fault> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::mail(mail_id).item()))
            .update_expression("REMOVE #sender, #notify, #subject, #message_id")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#sender", "sender")
            .expression_attribute_names("#notify", "notify")
            .expression_attribute_names("#subject", "subject")
            .expression_attribute_names("#message_id", "message_id")
            .send()
            .await;
        stored("forget who sent a mail", answer, update_conflicts)
    }

    /// Records that nobody invites a person until then, unless he has said himself that he wants no mail, which stands.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn block_until(
        &self,
        person: &Address,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "keep a person from being invited for a while";
        let record = EndingBlock {
            by: "erasure",
            at: now,
            feed: InFeed::unwanted(now),
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(
                Keyed::until(Key::block_of_all(person), until, record).item(operation)?,
            ))
            .condition_expression("attribute_not_exists(pk) OR attribute_exists(expires_at)");
        stored(operation, put.send().await, put_conflicts)
    }
}

#[cfg(test)]
mod tests {
    use invite::event::Attendee;

    use super::{
        super::{AttendeeRecord, Item, any},
        *,
    };

    fn uid() -> Uid {
        Uid::parse(&"0".repeat(40)).unwrap()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn found(key: &Key, more: serde_json::Value) -> Found {
        let mut item: Item = serde_dynamo::to_item(more).unwrap();
        item.extend(key.item());
        from_item("test", item).unwrap()
    }

    #[test]
    fn what_is_kept_of_a_person_is_told_from_what_looks_like_it() {
        let bob = address("bob@b.test");
        let carol = address("carol@c.test");
        let nothing = || serde_json::json!({});
        let named = |more| (Key::attendee(&uid(), &carol), more);
        let by_carol = || {
            Some(Kept::Named {
                uid: uid(),
                by: carol.clone(),
            })
        };
        for ((key, more), expected) in [
            (
                (Key::attendee(&uid(), &bob), nothing()),
                Some(Kept::Invited(uid())),
            ),
            (
                (Key::refused_invitation(&uid(), &bob), nothing()),
                Some(Kept::Refused(uid())),
            ),
            (
                (Key::mail("m1"), serde_json::json!({"mail_id": "m1"})),
                Some(Kept::Mail("m1".to_owned())),
            ),
            (
                named(serde_json::json!({"delegated_to": "bob@b.test"})),
                by_carol(),
            ),
            (
                named(serde_json::json!({"lineage": {"from": "bob@b.test", "delegated": true}})),
                by_carol(),
            ),
            (
                named(serde_json::json!({"waiting": [
                    {"mailbox": {"email": "dan@d.test"}}, {"mailbox": {"email": "bob@b.test"}},
                ]})),
                by_carol(),
            ),
            (
                named(serde_json::json!({"waiting": [{"mailbox": {"email": "dan@d.test"}}]})),
                None,
            ),
            ((Key::shard(&uid(), "update-2", 1), nothing()), None),
            // A block is a wish, and stays.
            ((Key::block_of_all(&bob), nothing()), None),
            ((Key::suppressed(&bob), nothing()), None),
        ] {
            assert_eq!(
                found(&key, more.clone()).of(&bob),
                expected,
                "{key:?} {more}"
            );
        }
    }

    #[test]
    fn what_others_records_name_is_found_where_it_is_stored() {
        let bob = Attendee {
            delegated_to: Some(address("carol@c.test")),
            ..any::bob()
        };
        let key = Key::attendee(&uid(), &bob.mailbox.address);
        let item = Keyed::kept(key, AttendeeRecord::from(&bob))
            .item("test")
            .unwrap();
        let found: Found = from_item("test", item).unwrap();
        let by = address("bob@b.test");
        let expected = Kept::Named { uid: uid(), by };
        assert_eq!(found.of(&address("carol@c.test")), Some(expected));
    }

    #[test]
    fn every_name_and_value_of_the_filter_is_used() {
        let words: Vec<&str> = MAY_BE_KEPT
            .split(|c: char| !(c.is_alphanumeric() || matches!(c, '#' | ':' | '_')))
            .filter(|word| word.starts_with(['#', ':']))
            .collect();
        for name in [
            "#sk",
            "#lineage",
            "#from",
            "#waiting",
            "#sender",
            "#notify",
            "#email",
            "#done",
            "#people",
            "#delegated",
            ":attendee",
            ":refused",
            ":attendees",
            ":email",
            ":mails",
            ":hash",
            ":shards",
        ] {
            assert!(words.contains(&name), "{name}");
        }
    }
}
