//! Names of records.

use std::collections::HashMap;

use access::key::KeyId;
use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use invite::{
    address::Address,
    erasure::ErasureId,
    id::{Digest, Uid},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Counted;

/// Partition key and sort key of one item; `Debug` masks them, for addresses stand in some.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    pub(super) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    /// An event.
    #[must_use]
    pub fn event(uid: &Uid) -> Self {
        Self::new(event_partition(uid), format!("event#{uid}"))
    }

    /// What came before the REQUEST it belongs to.
    #[must_use]
    pub fn held(uid: &Uid) -> Self {
        Self::new(event_partition(uid), "held#")
    }

    /// A person invited to an event.
    #[must_use]
    pub fn attendee(uid: &Uid, attendee: &Address) -> Self {
        Self::new(
            event_partition(uid),
            format!("{ATTENDEES}{}", attendee.as_str()),
        )
    }

    /// How the places of an event stand.
    #[must_use]
    pub fn seating(uid: &Uid) -> Self {
        Self::new(event_partition(uid), "seats#")
    }

    /// Somebody who waits for a place, by when his answer arrived.
    #[must_use]
    pub fn waiting(uid: &Uid, since: Timestamp, attendee: &Address) -> Self {
        let (at, who) = (since.as_nanosecond(), attendee.as_str());
        Self::new(event_partition(uid), format!("{WAITING}{at:030}#{who}"))
    }

    /// How many were invited to an event.
    #[must_use]
    pub fn invitations(uid: &Uid) -> Self {
        Self::new(event_partition(uid), "invitations#")
    }

    /// An invitation that was asked for and not made.
    #[must_use]
    pub fn refused_invitation(uid: &Uid, attendee: &Address) -> Self {
        Self::new(
            event_partition(uid),
            format!("{REFUSED}{}", attendee.as_str()),
        )
    }

    /// What one shard of the stream has counted.
    #[must_use]
    pub fn statistics(counted: &Counted, shard: &str) -> Self {
        Self::new(counted.partition(), format!("{STATISTICS}{shard}"))
    }

    /// Work on an event that reaches many people.
    #[must_use]
    pub fn job(uid: &Uid, job: &str) -> Self {
        Self::new(event_partition(uid), format!("{JOBS}{job}"))
    }

    /// A report about an event's attendees.
    #[must_use]
    pub fn report(uid: &Uid, job: &str) -> Self {
        Self::new(event_partition(uid), format!("{REPORTS}{job}"))
    }

    /// The sending of one shard of a job.
    #[must_use]
    pub fn shard(uid: &Uid, job: &str, shard: u64) -> Self {
        Self::new(
            event_partition(uid),
            format!("{}{shard:05}", shards_of(job)),
        )
    }

    /// Every record that says that this person wants no mail from that organizer, or gets none.
    pub(super) fn unwanted(person: &Address, organizer: &Address) -> [Self; 3] {
        let partition = format!("attendee#{}", person.as_str());
        [
            Self::block(person, organizer),
            Self::new(partition.clone(), "block#"),
            Self::new(partition, "suppressed#"),
        ]
    }

    /// An organizer.
    #[must_use]
    pub fn organizer(organizer: &Address) -> Self {
        let name = organizer_partition(organizer);
        Self::new(name.clone(), name)
    }

    /// An attendee who does not want to be invited by an organizer.
    #[must_use]
    pub fn block(attendee: &Address, organizer: &Address) -> Self {
        Self::new(
            attendee_partition(attendee),
            format!("block#{}", organizer.as_str()),
        )
    }

    /// Somebody who does not want to be invited by anybody here.
    #[must_use]
    pub fn block_of_all(attendee: &Address) -> Self {
        Self::new(attendee_partition(attendee), "block#")
    }

    /// An address no mail goes to any more.
    #[must_use]
    pub fn suppressed(address: &Address) -> Self {
        Self::new(attendee_partition(address), SUPPRESSED)
    }

    /// What became of a mail.
    #[must_use]
    pub fn mail(mail_id: &str) -> Self {
        let name = format!("mail#{mail_id}");
        Self::new(name.clone(), name)
    }

    /// An order of the shop.
    #[must_use]
    pub fn order(order_id: u64) -> Self {
        let name = format!("order#shopify#{order_id}");
        Self::new(name.clone(), name)
    }

    /// A subscription, by the order it was bought with and its line: `<order>-<line>`.
    #[must_use]
    pub fn subscription(organizer: &Address, name: &str) -> Self {
        let sort = format!("{SUBSCRIPTIONS}{name}");
        Self::new(organizer_partition(organizer), sort)
    }

    /// A webhook of the shop, by the id the shop gave it.
    #[must_use]
    pub fn webhook(webhook_id: &str) -> Self {
        let name = format!("webhook#shopify#{webhook_id}");
        Self::new(name.clone(), name)
    }

    /// What came within this hour for the shop's webhooks, and not from the shop.
    #[must_use]
    pub fn not_the_shop(at: Timestamp) -> Self {
        let name = format!("not-the-shop#{}", at.strftime("%Y-%m-%dT%H"));
        Self::new(name.clone(), name)
    }

    /// How often an invite link was used, by what is counted within which hour or day.
    pub(super) fn link_use(count: &str) -> Self {
        let name = format!("link-use#{count}");
        Self::new(name.clone(), name)
    }

    /// A notice that was sent, by the hash of whom it went to and why.
    #[must_use]
    pub fn notice(to: &Address, reason: &str) -> Self {
        let name = format!("notice#{}#{reason}", hash_of(to));
        Self::new(name.clone(), name)
    }

    /// A key of a program. All are in one partition: there are few, and each use is one small write.
    #[must_use]
    pub fn api_key(id: &KeyId) -> Self {
        Self::new(API_KEYS, format!("{API_KEYS}{id}"))
    }

    /// The erasure of a person. All are in one partition, so that who only asks for one may write nothing else.
    #[must_use]
    pub fn erasure(id: &ErasureId) -> Self {
        Self::new(ERASURES, format!("{ERASURES}{}", id.as_str()))
    }

    /// A request with a key, by the digest of whose key it is and the key.
    pub(super) fn keyed_request(name: &Digest) -> Self {
        let name = format!("request#{}", name.as_str());
        Self::new(name.clone(), name)
    }

    pub(super) fn item(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = |name: &str| name.split('#').next().unwrap_or_default().to_owned();
        write!(f, "Key({}#…/{}#…)", kind(&self.pk), kind(&self.sk))
    }
}

/// The partition of keys, whose sort keys begin so, too.
pub(super) const API_KEYS: &str = "key#";
/// The partition of erasures, whose sort keys begin so, too.
pub(super) const ERASURES: &str = "erasure#";
/// Sort keys of attendees begin so.
pub(super) const ATTENDEES: &str = "attendee#";
/// Sort keys of jobs begin so.
pub(super) const JOBS: &str = "job#";
/// Sort keys of invitations that were not made begin so.
pub(super) const REFUSED: &str = "refused#";
/// Sort keys of reports begin so.
pub(super) const REPORTS: &str = "report#";
/// Sort keys of statistics begin so.
pub(super) const STATISTICS: &str = "statistics#";

/// Sort keys of subscriptions begin so.
pub(super) const SUBSCRIPTIONS: &str = "subscription#";

/// Sort keys of those who wait for a place begin so.
pub(super) const WAITING: &str = "waiting#";

/// The sort key of what says that an address gets no mail.
pub(super) const SUPPRESSED: &str = "suppressed#";

pub(super) fn attendee_partition(attendee: &Address) -> String {
    format!("attendee#{}", attendee.as_str())
}

pub(super) fn event_partition(uid: &Uid) -> String {
    format!("event#{uid}")
}

/// Sort keys of a job's shards begin so.
pub(super) fn shards_of(job: &str) -> String {
    format!("shard#{job}#")
}

pub(super) fn organizer_partition(organizer: &Address) -> String {
    format!("organizer#{}", organizer.as_str())
}

/// SHA-256 of an address, in hexadecimal: tells two apart without naming them.
#[must_use]
pub(crate) fn hash_of(address: &Address) -> String {
    HEXLOWER.encode(&Sha256::digest(address.as_str().as_bytes()))
}
