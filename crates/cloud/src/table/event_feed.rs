//! Events by when they were changed last, the newest first: those of an organizer, those of a month.
//!
//! The indexes name them; what they are is read from the table, so a list shows each as it is now.

use futures::future::try_join_all;
use invite::{address::Address, event::Event, id::Uid};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::Deserialize;

use super::{
    Fault, Item, Key, Table,
    feed::{INDEX, ORGANIZER_INDEX},
    from_item, number, text,
};

/// Some events, the newest first.
#[derive(Debug)]
pub struct EventPage {
    /// They.
    pub events: Vec<Event>,
    /// Read on after this; `None` when these were the last.
    pub next: Option<String>,
}

/// A month of the calendar, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Month(Date);

impl Month {
    /// The month of an instant.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.to_zoned(TimeZone::UTC).date().first_of_month())
    }

    /// Reads `2026-03`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_month = text.len() == "2026-03".len();
        let first = format!("{text}-01").parse().ok();
        first.filter(|_| is_month).map(Self)
    }

    /// The month before it; `None` before those there are events of: none was recorded by this system before 2026.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        let before = self.0.checked_sub(1.month()).ok()?;
        (before.year() >= FIRST_YEAR).then_some(Self(before))
    }

    pub(super) fn partition(self) -> String {
        format!("events#{self}")
    }
}

/// The year of this system's first event.
const FIRST_YEAR: i16 = 2026;

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// An entry of an index.
#[derive(Deserialize)]
struct Entry {
    pk: String,
    feed_at: i64,
}

/// Where a page ended: the last event's time and uid.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    feed_at: i64,
    uid: Uid,
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let (feed_at, uid) = text.split_once('#')?;
        Some(Self {
            feed_at: feed_at.parse().ok()?,
            uid: Uid::parse(uid)?,
        })
    }

    fn of(entry: &Entry) -> Option<Self> {
        Some(Self {
            feed_at: entry.feed_at,
            uid: entry.uid()?,
        })
    }

    /// The key of an index begins after.
    fn item(&self, partition: (&str, &str)) -> Item {
        let mut item = Key::event(&self.uid).item();
        item.insert("feed_at".to_owned(), number(self.feed_at));
        item.insert(partition.0.to_owned(), text(partition.1));
        item
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.feed_at, self.uid)
    }
}

impl Entry {
    fn uid(&self) -> Option<Uid> {
        Uid::parse(self.pk.strip_prefix("event#")?)
    }
}

impl Table {
    /// At most `limit` events of an organizer.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn events_of(
        &self,
        organizer: &Address,
        after: Option<&str>,
        limit: i32,
    ) -> Result<EventPage, Fault> {
        let partition = ("organizer_feed", organizer.as_str());
        self.events_in(ORGANIZER_INDEX, partition, after, limit)
            .await
    }

    /// At most `limit` events that were changed last in a month.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn events_of_month(
        &self,
        month: Month,
        after: Option<&str>,
        limit: i32,
    ) -> Result<EventPage, Fault> {
        let partition = month.partition();
        self.events_in(INDEX, ("feed", &partition), after, limit)
            .await
    }

    async fn events_in(
        &self,
        index: &str,
        partition: (&str, &str),
        after: Option<&str>,
        limit: i32,
    ) -> Result<EventPage, Fault> {
        let operation = "read a page of events";
        let start = after
            .and_then(Place::parse)
            .map(|place| place.item(partition));
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(index)
            .key_condition_expression("#partition = :partition")
            .expression_attribute_names("#partition", partition.0)
            .expression_attribute_values(":partition", text(partition.1))
            .scan_index_forward(false)
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let has_more = answer.last_evaluated_key.is_some();
        let entries = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| from_item::<Entry>(operation, item))
            .collect::<Result<Vec<_>, _>>()?;
        let uids: Vec<Uid> = entries.iter().filter_map(Entry::uid).collect();
        let events = try_join_all(uids.iter().map(|uid| self.event(uid))).await?;
        let last = entries.last().filter(|_| has_more);
        Ok(EventPage {
            events: events.into_iter().flatten().collect(),
            next: last.and_then(Place::of).map(|place| place.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_back_to_the_first_there_are_events_of() {
        let month = Month::of("2026-03-31T23:59:59Z".parse().unwrap());
        assert_eq!(month.partition(), "events#2026-03");
        assert_eq!(Month::parse("2026-03"), Some(month));
        assert_eq!(month.before(), Month::parse("2026-02"));
        assert_eq!(
            Month::parse("2027-01").unwrap().before(),
            Month::parse("2026-12")
        );
        assert_eq!(Month::parse("2026-01").unwrap().before(), None);
        for wrong in ["", "2026", "2026-13", "2026-3", "2026-03-01"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let place = Place {
            feed_at: 1_772_445_700_123,
            uid: Uid::parse(&"5f".repeat(20)).unwrap(),
        };
        assert_eq!(Place::parse(&place.to_string()), Some(place));
        assert_eq!(Place::parse("x#y"), None);
    }
}
