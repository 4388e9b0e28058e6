//! Records that can be read by the time they were written: each names it, and what it belongs to, in an index.

use std::borrow::Cow;

use invite::event::Event;
use jiff::Timestamp;
use serde::Serialize;

use super::event_feed::Month;

/// The index by what a record belongs to. Its partition key is `feed`, its sort key `feed_at`; it has only keys.
pub(super) const INDEX: &str = "feed";
/// The index by organizer, of events. Its partition key is `organizer_feed`, its sort key `feed_at`; it has only keys.
pub(super) const ORGANIZER_INDEX: &str = "organizer-feed";
/// Who wants no mail of whom: one partition, for it is written once a person and organizer, and rarely.
pub(super) const UNWANTED: &str = "unwanted";

/// What puts a record into the indexes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct InFeed {
    feed: Cow<'static, str>,
    /// In milliseconds since 1970.
    feed_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    organizer_feed: Option<String>,
}

impl InFeed {
    /// A record that somebody wants no mail, written then.
    pub(super) fn unwanted(at: Timestamp) -> Self {
        Self {
            feed: UNWANTED.into(),
            feed_at: at.as_millisecond(),
            organizer_feed: None,
        }
    }

    /// What became of a command about the event of that uid, decided then.
    pub(super) fn of_ledger(uid: &str, decided: Timestamp) -> Self {
        Self {
            feed: ledger_partition(uid).into(),
            feed_at: decided.as_millisecond(),
            organizer_feed: None,
        }
    }

    /// An event, by when it was changed last: among those of its month, and among its organizer's.
    pub(super) fn event(event: &Event) -> Self {
        Self {
            feed: Month::of(event.last_modified).partition().into(),
            feed_at: event.last_modified.as_millisecond(),
            organizer_feed: Some(event.organizer.address.as_str().to_owned()),
        }
    }
}

/// What became of the commands about an event: a partition an event.
pub(super) fn ledger_partition(uid: &str) -> String {
    format!("ledger#{uid}")
}
