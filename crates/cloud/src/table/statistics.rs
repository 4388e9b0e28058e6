//! Statistics of an event, of all events of an organizer, and of the system: one item for each shard of the stream, so that no
//! item is hot and each change counts once.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use invite::{
    address::Address,
    id::Uid,
    statistics::{Answers, Statistics},
    time::InstanceKey,
};
use serde::{Deserialize, Serialize};

use super::{
    Fault, Key, Keyed, Stored, Table,
    key::{STATISTICS, event_partition},
    text,
};
use crate::shape::{OriginCode, PostedCode};

/// Statistics as they are stored and shown. Those of a single shard may be below zero: an answer given in one shard is
/// taken back in another.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StatisticsShape {
    /// Invited.
    pub attendees: i64,
    /// By where the invitation came from.
    pub origin: BTreeMap<OriginCode, i64>,
    /// By the client that answered.
    pub prodid: BTreeMap<String, i64>,
    /// By answer.
    pub rsvp: RsvpShape,
    /// By instance of a series what is to be added to `rsvp`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instances: BTreeMap<String, RsvpShape>,
    /// By where the mail to them stands; who waits for his first letter is in none of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub delivery: BTreeMap<PostedCode, i64>,
    /// Who have come.
    #[serde(default)]
    pub attended: i64,
}

/// Counts by answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RsvpShape {
    /// ACCEPTED.
    pub accepted: i64,
    /// DECLINED.
    pub declined: i64,
    /// Not answered, or not any more.
    pub noaction: i64,
    /// TENTATIVE.
    pub tentative: i64,
}

impl From<&Statistics> for StatisticsShape {
    fn from(counts: &Statistics) -> Self {
        Self {
            attendees: counts.attendees,
            origin: counts
                .origin
                .iter()
                .map(|(origin, count)| ((*origin).into(), *count))
                .collect(),
            prodid: counts.prodid.clone(),
            rsvp: counts.answers().into(),
            instances: counts
                .instances
                .iter()
                .map(|(key, answers)| (key.as_str().to_owned(), (*answers).into()))
                .collect(),
            delivery: counts
                .delivery
                .iter()
                .map(|(state, count)| (PostedCode::from(*state), *count))
                .collect(),
            attended: counts.attended,
        }
    }
}

impl From<Answers> for RsvpShape {
    fn from(answers: Answers) -> Self {
        Self {
            accepted: answers.accepted,
            declined: answers.declined,
            noaction: answers.no_action,
            tentative: answers.tentative,
        }
    }
}

impl From<RsvpShape> for Answers {
    fn from(shape: RsvpShape) -> Self {
        Self {
            accepted: shape.accepted,
            declined: shape.declined,
            tentative: shape.tentative,
            no_action: shape.noaction,
        }
    }
}

impl From<StatisticsShape> for Statistics {
    fn from(shape: StatisticsShape) -> Self {
        Self {
            attendees: shape.attendees,
            origin: shape
                .origin
                .into_iter()
                .map(|(origin, count)| (origin.into(), count))
                .collect(),
            prodid: shape.prodid,
            accepted: shape.rsvp.accepted,
            declined: shape.rsvp.declined,
            tentative: shape.rsvp.tentative,
            no_action: shape.rsvp.noaction,
            instances: shape
                .instances
                .into_iter()
                .filter_map(|(key, answers)| Some((InstanceKey::parse(&key)?, answers.into())))
                .collect(),
            delivery: shape
                .delivery
                .into_iter()
                .map(|(state, count)| (state.into(), count))
                .collect(),
            attended: shape.attended,
        }
    }
}

/// What is counted.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Counted {
    /// An event.
    Event(Uid),
    /// All events of an organizer.
    Organizer(Address),
    /// All events.
    System,
}

impl Counted {
    /// An organizer's is one of its own: his records are read with every mail of his, and must stay few.
    pub(super) fn partition(&self) -> String {
        match self {
            Self::Event(uid) => event_partition(uid),
            Self::Organizer(organizer) => format!("organizer-statistics#{}", organizer.as_str()),
            Self::System => "system#".to_owned(),
        }
    }
}

/// What one shard has counted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ShardStatistics {
    /// Sequence number of the last record counted, with zeros before it to [`ShardStatistics::WIDTH`], so that texts
    /// compare as numbers do.
    pub counted_through: String,
    /// The counts.
    pub counts: Statistics,
}

/// What one shard has counted of one thing, before and now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShardCount {
    /// What is counted.
    pub counted: Counted,
    /// `None`: nothing yet.
    pub before: Option<ShardStatistics>,
    /// Now.
    pub after: ShardStatistics,
}

impl ShardCount {
    /// Most that are stored in one call. The table takes 100 items and 4 MB; the statistics of a long series are some ten
    /// kilobytes.
    pub const AT_ONCE: usize = 25;
}

#[derive(Serialize, Deserialize)]
struct ShardRecord {
    counted_through: String,
    counts: StatisticsShape,
}

impl ShardStatistics {
    /// Digits of the longest sequence number of a stream.
    pub const WIDTH: usize = 40;

    /// Counts a record of the stream, unless it was counted before.
    pub fn count(&mut self, sequence_number: &str, change: Statistics) {
        let place = format!("{sequence_number:0>width$}", width = Self::WIDTH);
        if place > self.counted_through {
            self.counts += change;
            self.counted_through = place;
        }
    }
}

impl From<&ShardStatistics> for ShardRecord {
    fn from(shard: &ShardStatistics) -> Self {
        Self {
            counted_through: shard.counted_through.clone(),
            counts: (&shard.counts).into(),
        }
    }
}

impl From<ShardRecord> for ShardStatistics {
    fn from(record: ShardRecord) -> Self {
        Self {
            counted_through: record.counted_through,
            counts: record.counts.into(),
        }
    }
}

impl Table {
    /// What a shard has counted.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn shard_statistics(
        &self,
        counted: &Counted,
        shard: &str,
    ) -> Result<Option<ShardStatistics>, Fault> {
        let record: Option<ShardRecord> = self
            .get(
                "read a shard's statistics",
                &Key::statistics(counted, shard),
            )
            .await?;
        Ok(record.map(ShardStatistics::from))
    }

    /// Stores what a shard has counted now, all of it or nothing, on condition that nobody else has counted for that shard
    /// since it was read. One call, however many items; at most [`ShardCount::AT_ONCE`].
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn store_shard_statistics(
        &self,
        shard: &str,
        counts: &[ShardCount],
    ) -> Result<Stored, Fault> {
        let operation = "store a shard's statistics";
        let puts = counts.iter().map(|count| {
            let key = Key::statistics(&count.counted, shard);
            let keyed = Keyed::kept(key, ShardRecord::from(&count.after));
            let put = Put::builder()
                .table_name(&self.name)
                .set_item(Some(keyed.item(operation)?));
            let put = match &count.before {
                None => put.condition_expression("attribute_not_exists(pk)"),
                Some(before) => put
                    .condition_expression("counted_through = :before")
                    .expression_attribute_values(":before", text(&before.counted_through)),
            };
            let put = put.build().map_err(Fault::during(operation))?;
            Ok(TransactWriteItem::builder().put(put).build())
        });
        self.transact(operation, puts.collect::<Result<_, Fault>>()?)
            .await
    }

    /// The statistics: those of all shards added up.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn statistics(&self, counted: &Counted) -> Result<Statistics, Fault> {
        let shards: Vec<ShardRecord> = self
            .all(
                "read the statistics",
                &counted.partition(),
                Some(STATISTICS),
            )
            .await?;
        let mut sum = Statistics::default();
        for shard in shards {
            sum += Statistics::from(shard.counts);
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use invite::{event::Attendee, ical::Partstat};
    use proptest::prelude::*;

    use super::{
        super::{any, from_item},
        *,
    };

    fn one() -> Statistics {
        let accepted = Attendee {
            partstat: Partstat::Accepted,
            attended: Some(jiff::Timestamp::UNIX_EPOCH),
            ..any::bob()
        };
        Statistics::of_change(None, Some(&accepted))
    }

    #[test]
    fn sequence_numbers_compare_as_numbers() {
        let mut shard = ShardStatistics::default();
        for sequence_number in ["9", "10", "9", "10", "100"] {
            shard.count(sequence_number, one());
        }
        assert_eq!(shard.counts.attendees, 3);
    }

    #[test]
    fn a_shard_comes_back_from_the_table_as_it_went() {
        let mut shard = ShardStatistics::default();
        shard.count("42", one());
        let key = Key::statistics(&Counted::System, "shard-1");
        let item = Keyed::kept(key, ShardRecord::from(&shard))
            .item("test")
            .unwrap();
        let back: ShardRecord = from_item("test", item).unwrap();
        assert_eq!(ShardStatistics::from(back), shard);
    }

    proptest! {
        #[test]
        fn a_batch_counts_once_however_it_is_cut_and_repeated(
            cuts in proptest::collection::vec((0usize..20, 0usize..20), 1..10),
        ) {
            let mut shard = ShardStatistics::default();
            let mut reached = 0;
            for (from, length) in cuts {
                // A stream goes on where it was, or goes back; it never skips.
                let from = from.min(reached);
                let to = (from + length).min(20);
                for sequence_number in from..to {
                    shard.count(&(sequence_number + 1).to_string(), one());
                }
                reached = reached.max(to);
            }
            prop_assert_eq!(shard.counts.accepted, i64::try_from(reached).unwrap());
        }
    }
}
