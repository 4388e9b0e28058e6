//! Who wants no mail of whom, kept in memory: a list of a million people cannot ask about each of them.
//!
//! Each record of that kind names the time it was written in an index of its own; what is new since it was last read is
//! one call, however many people a list has.

use std::{
    cell::RefCell,
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use invite::{address::Address, delivery::Unwanted};
use serde::Deserialize;

use super::{
    Fault, Key, Table,
    feed::{INDEX, UNWANTED},
    from_item, number, text,
};

/// An index lags behind its table, and clocks behind one another.
const OVERLAP_MS: i64 = 60_000;

/// What was read of the index so far, shared by all that a function does at a time.
#[derive(Debug, Default)]
pub struct UnwantedFeed {
    read: RefCell<Read>,
}

/// Eight bytes a record.
#[derive(Debug, Default)]
struct Read {
    keys: HashSet<u64>,
    read_to_ms: i64,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(flatten)]
    key: Key,
    feed_at: i64,
}

impl UnwantedFeed {
    /// Reads on: everything the first time, then what is new.
    ///
    /// # Errors
    /// [`Fault`]; what was read until then is kept.
    pub async fn refresh(&self, table: &Table) -> Result<(), Fault> {
        // Taken out, for nothing may be borrowed while the table is waited for.
        let mut read = self.read.take();
        let end = table.read_unwanted(&mut read).await;
        self.read.replace(read);
        end
    }

    /// Why this person wants no mail of that organizer; the table is asked only where what was read may name him.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn why(
        &self,
        table: &Table,
        person: &Address,
        organizer: &Address,
    ) -> Result<Option<Unwanted>, Fault> {
        if self.may_name(person, organizer) {
            table.unwanted(person, organizer).await
        } else {
            Ok(None)
        }
    }

    /// Whether this person may want no mail of that organizer. `false` is certain, as of the last reading; `true` is to be
    /// asked again ([`Table::unwanted`]): a record may be gone, and two keys may look alike.
    #[must_use]
    pub fn may_name(&self, person: &Address, organizer: &Address) -> bool {
        let read = self.read.borrow();
        Key::unwanted(person, organizer)
            .iter()
            .any(|key| read.keys.contains(&hash(key)))
    }
}

impl Read {
    fn take(&mut self, entry: &Entry) {
        self.keys.insert(hash(&entry.key));
        self.read_to_ms = self.read_to_ms.max(entry.feed_at);
    }
}

fn hash(key: &Key) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Table {
    async fn read_unwanted(&self, feed: &mut Read) -> Result<(), Fault> {
        let operation = "read who wants no mail";
        let since = feed.read_to_ms.saturating_sub(OVERLAP_MS);
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .index_name(INDEX)
                .key_condition_expression("feed = :feed AND feed_at >= :since")
                .expression_attribute_values(":feed", text(UNWANTED))
                .expression_attribute_values(":since", number(since))
                .set_exclusive_start_key(start.take())
                .send()
                .await
                .map_err(Fault::during(operation))?;
            for item in answer.items.unwrap_or_default() {
                feed.take(&from_item(operation, item)?);
            }
            match answer.last_evaluated_key {
                Some(key) => start = Some(key),
                None => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn fed(keys: &[Key]) -> UnwantedFeed {
        let feed = UnwantedFeed::default();
        for (at, key) in (1..).zip(keys) {
            feed.read.borrow_mut().take(&Entry {
                key: key.clone(),
                feed_at: at,
            });
        }
        feed
    }

    #[test]
    fn a_block_names_two_people_and_a_suppression_one_and_everybody() {
        let (bob, alice, dora) = (
            address("bob@b.test"),
            address("alice@a.test"),
            address("dora@a.test"),
        );
        let blocked = fed(&[Key::block(&bob, &alice)]);
        assert!(blocked.may_name(&bob, &alice));
        assert!(!blocked.may_name(&bob, &dora));
        assert!(!blocked.may_name(&alice, &bob));
        for key in [Key::block_of_all(&bob), Key::suppressed(&bob)] {
            let feed = fed(&[key]);
            assert!(feed.may_name(&bob, &alice) && feed.may_name(&bob, &dora));
            assert!(!feed.may_name(&dora, &alice));
        }
    }

    #[test]
    fn it_reads_on_where_it_stopped() {
        let keys = ["bob@b.test", "carol@c.test"].map(|text| Key::suppressed(&address(text)));
        assert_eq!(fed(&keys).read.borrow().read_to_ms, 2);
    }
}
