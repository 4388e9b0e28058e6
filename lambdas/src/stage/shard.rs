//! A shard: people who get the same letter, staged in S3 for whoever sends it.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::bail;
use cloud::{
    blobs::{Blob, Blobs},
    shape::MailboxShape,
};
use invite::{address::Mailbox, id::Uid};
use serde::{Deserialize, Serialize};

/// A shard as it lies in S3: this in its first line, a person in each that follows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ShardHead {
    /// How often people were added to the event by others, when it was looked up that none of these was an attendee.
    #[serde(default)]
    pub(crate) added_by_others: u64,
}

/// Somebody in a shard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct InShard {
    pub(crate) mailbox: Mailbox,
    /// What a list says of him besides.
    pub(crate) further: BTreeMap<String, String>,
}

/// The same, as it lies there.
#[derive(Serialize, Deserialize)]
struct InShardShape {
    #[serde(flatten)]
    mailbox: MailboxShape,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    further: BTreeMap<String, String>,
}

/// Where a shard lies.
pub(crate) fn shard_key(uid: &Uid, job: &str, shard: u64) -> String {
    format!("lists/{uid}/{job}/shard-{shard:05}.jsonl")
}

/// A shard's bytes.
pub(crate) fn written<'a>(
    head: &ShardHead,
    people: impl IntoIterator<Item = (&'a Mailbox, &'a [(Arc<str>, String)])>,
) -> anyhow::Result<Vec<u8>> {
    let mut lines = serde_json::to_vec(head)?;
    for (mailbox, further) in people {
        lines.push(b'\n');
        let shape = InShardShape {
            mailbox: mailbox.into(),
            further: further
                .iter()
                .map(|(column, value)| (column.to_string(), value.clone()))
                .collect(),
        };
        serde_json::to_writer(&mut lines, &shape)?;
    }
    Ok(lines)
}

/// Reads a shard.
pub(crate) async fn read(
    lists: &Blobs,
    uid: &Uid,
    job: &str,
    shard: u64,
) -> anyhow::Result<(ShardHead, Vec<InShard>)> {
    let key = shard_key(uid, job, shard);
    let Blob::Whole(bytes) = lists.read(&key, u64::MAX).await? else {
        bail!("the shard is too large");
    };
    understood(&bytes)
}

fn understood(bytes: &[u8]) -> anyhow::Result<(ShardHead, Vec<InShard>)> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let head = serde_json::from_slice(lines.next().unwrap_or_default())?;
    let people = lines
        .map(|line| {
            let shape: InShardShape = serde_json::from_slice(line)?;
            Ok(InShard {
                mailbox: shape.mailbox.try_into()?,
                further: shape.further,
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok((head, people))
}

#[cfg(test)]
mod tests {
    use invite::address::Address;

    use super::*;

    #[test]
    fn a_shard_reads_as_it_was_written() {
        let further: Vec<(Arc<str>, String)> = vec![("company".into(), "B\nGmbH".to_owned())];
        let people: Vec<InShard> = ["bob@b.test", "jörg@b.test"]
            .into_iter()
            .map(|address| InShard {
                mailbox: Mailbox {
                    address: Address::parse(address).unwrap(),
                    name: Some("Ö \"x\"\nline".to_owned()),
                },
                further: further
                    .iter()
                    .map(|(column, value)| (column.to_string(), value.clone()))
                    .collect(),
            })
            .collect();
        let head = ShardHead { added_by_others: 7 };
        let lines = people
            .iter()
            .map(|person| (&person.mailbox, further.as_slice()));
        let bytes = written(&head, lines).unwrap();
        assert_eq!(understood(&bytes).unwrap(), (head, people));
        let nobody = written(&ShardHead::default(), []).unwrap();
        assert_eq!(understood(&nobody).unwrap().1, []);
    }
}
