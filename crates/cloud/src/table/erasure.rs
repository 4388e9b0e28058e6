//! The erasure of a person: how far the table is gone through. One item for each person who was erased, by a name that does not
//! tell who; the address stands in it only as long as it is needed. Each write is on condition that nobody else has written
//! since.

use invite::{address::Address, erasure::ErasureId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    EXPLAINED_FOR, Fault, Item, Key, Keyed, Stored, Table, number, put_conflicts, stored, text,
};

/// An erasure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ErasureRecord {
    /// Its name, the same for the same person.
    pub erasure: String,
    /// How far it has come.
    pub state: ErasureState,
    /// Who asked for it.
    pub asked_by: AskedBy,
    /// Whom to erase; gone when it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<ErasedAddress>,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Timestamp>,
    /// Counts the writes of this record, over all that were asked for of this person.
    pub version: u64,
    /// The key of the last item gone through: the cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Key>,
    /// Letters to many were going out meanwhile, so that the table is gone through once more when they have ended.
    #[serde(default)]
    pub crosses_letters: bool,
    /// It is gone through once more.
    #[serde(default)]
    pub is_second_time: bool,
    /// What was done.
    #[serde(default)]
    pub erased: ErasedShape,
}

/// An address that is not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErasedAddress(pub String);

impl std::fmt::Debug for ErasedAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ErasedAddress(…)")
    }
}

/// How far an erasure has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErasureState {
    /// The table is gone through.
    Running,
    /// Nothing is left.
    Done,
}

/// Who asked for an erasure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedBy {
    /// An administrator.
    Api,
    /// The person, by mail.
    Mail,
    /// Who held a letter to the person, by the page.
    Page,
}

/// What an erasure has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ErasedShape {
    /// Items of the table gone through.
    pub items: u64,
    /// Events he was invited to and is not any more.
    pub events: u64,
    /// Records of others that named him and do not any more.
    pub mentions: u64,
    /// Mails of his that were deleted.
    pub mails: u64,
    /// Refused invitations of his that were forgotten.
    pub refused: u64,
}

impl ErasureRecord {
    /// Whether all is gone through, and is once more when letters to many have ended that were going out.
    #[must_use]
    pub fn waits_for_letters(&self) -> bool {
        self.is_second_time && self.through.is_none()
    }

    /// One of which nothing is done yet, in the place of `before`.
    #[must_use]
    pub fn asked(
        id: &ErasureId,
        person: &Address,
        by: AskedBy,
        now: Timestamp,
        before: Option<&Self>,
    ) -> Self {
        Self {
            erasure: id.as_str().to_owned(),
            state: ErasureState::Running,
            asked_by: by,
            address: Some(ErasedAddress(person.as_str().to_owned())),
            created: now,
            done: None,
            version: before.map_or(0, |before| before.version.saturating_add(1)),
            through: None,
            crosses_letters: false,
            is_second_time: false,
            erased: ErasedShape::default(),
        }
    }

    /// The same once nothing is left: without what would tell who it was.
    #[must_use]
    pub fn ended(self, now: Timestamp) -> Self {
        Self {
            state: ErasureState::Done,
            done: Some(now),
            address: None,
            through: None,
            ..self
        }
    }
}

impl Table {
    /// An erasure.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn erasure(&self, id: &ErasureId) -> Result<Option<ErasureRecord>, Fault> {
        self.get("read the erasure", &Key::erasure(id)).await
    }

    /// Records that an erasure is asked for, on condition that there is none of that person, or only the one `before`.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn begin_erasure(
        &self,
        id: &ErasureId,
        erasure: &ErasureRecord,
        before: Option<&ErasureRecord>,
    ) -> Result<Stored, Fault> {
        let operation = "record that an erasure is asked for";
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(erasure_item(operation, id, erasure)?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before.version)),
        };
        stored(operation, put.send().await, put_conflicts)
    }

    /// Moves an erasure on, on condition that nobody else has.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn advance_erasure(
        &self,
        id: &ErasureId,
        erasure: &mut ErasureRecord,
    ) -> Result<Stored, Fault> {
        let operation = "move the erasure on";
        let before = erasure.version;
        erasure.version += 1;
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(erasure_item(operation, id, erasure)?))
            .condition_expression("version = :before AND #state = :running")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":before", number(before))
            .expression_attribute_values(":running", text("running"))
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }
}

fn erasure_item(
    operation: &'static str,
    id: &ErasureId,
    erasure: &ErasureRecord,
) -> Result<Item, Fault> {
    let expires = erasure
        .created
        .checked_add(EXPLAINED_FOR)
        .unwrap_or(Timestamp::MAX);
    Keyed::until(Key::erasure(id), expires, erasure).item(operation)
}

#[cfg(test)]
mod tests {
    use invite::id::TenantKey;

    use super::*;

    fn asked() -> (ErasureId, ErasureRecord) {
        let bob = Address::parse("bob@b.test").unwrap();
        let id = ErasureId::derive(&TenantKey::new([7; 32]).unwrap(), &bob);
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        let asked = ErasureRecord::asked(&id, &bob, AskedBy::Mail, now, None);
        (id, asked)
    }

    #[test]
    fn an_erasure_comes_back_from_the_table_as_it_went() {
        let (id, asked) = asked();
        let under_way = ErasureRecord {
            version: 3,
            through: Some(Key::new("event#1", "attendee#carol@c.test")),
            crosses_letters: true,
            erased: ErasedShape {
                items: 4_000,
                events: 2,
                ..ErasedShape::default()
            },
            ..asked.clone()
        };
        for erasure in [asked, under_way] {
            let item = erasure_item("test", &id, &erasure).unwrap();
            assert_eq!(item["pk"].as_s().unwrap(), "erasure#");
            assert!(item.contains_key("expires_at"));
            let back: ErasureRecord = super::super::from_item("test", item).unwrap();
            assert_eq!(back, erasure);
        }
    }

    #[test]
    fn what_is_left_of_one_that_is_done_does_not_tell_who_it_was() {
        let (id, asked) = asked();
        let under_way = ErasureRecord {
            through: Some(Key::new("event#1", "attendee#bob@b.test")),
            ..asked
        };
        let done = under_way.ended("2026-03-01T10:01:00Z".parse().unwrap());
        let item = erasure_item("test", &id, &done).unwrap();
        assert!(!format!("{item:?}").contains("b.test"), "{item:?}");
        let bob = Address::parse("bob@b.test").unwrap();
        let again = ErasureRecord::asked(&id, &bob, AskedBy::Api, done.created, Some(&done));
        assert_eq!(again.version, done.version + 1);
        assert!(!format!("{again:?}").contains("b.test"), "{again:?}");
    }
}
