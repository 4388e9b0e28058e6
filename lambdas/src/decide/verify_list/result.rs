//! What became of each row, for the organizer: written shard by shard, put together at the end.

use anyhow::bail;
use cloud::{
    blobs::{Blob, Blobs, LEAST_PART_BYTES, PartsEnd},
    table::JobRecord,
};
use invite::{
    decide::{self, ListDecision, RESULT_HEADER},
    id::Uid,
};

/// Where the result of every row lies.
pub(crate) fn result_key(uid: &Uid, job: &str) -> String {
    format!("lists/{uid}/{job}/result.csv")
}

fn piece_key(uid: &Uid, job: &str, shard: u64) -> String {
    format!("lists/{uid}/{job}/result-{shard:05}.csv")
}

/// Writes what became of the rows of the shard that comes next.
pub(super) async fn write_piece(
    lists: &Blobs,
    uid: &Uid,
    job: &JobRecord,
    decision: &ListDecision,
) -> anyhow::Result<()> {
    let mut results = String::new();
    decide::write_results(&decision.results, &mut results);
    let key = piece_key(uid, &job.job, job.shards);
    lists.write(&key, results.into_bytes()).await?;
    Ok(())
}

/// One file of all results; bytes of it.
pub(super) async fn put_together(lists: &Blobs, uid: &Uid, job: &JobRecord) -> anyhow::Result<u64> {
    let key = result_key(uid, &job.job);
    let mut part = RESULT_HEADER.as_bytes().to_vec();
    let mut parts = None;
    let mut bytes = 0;
    for shard in 0..job.shards {
        let piece = piece_key(uid, &job.job, shard);
        let Blob::Whole(piece) = lists.read(&piece, u64::MAX).await? else {
            bail!("a piece of the result is too large");
        };
        part.extend(piece);
        if part.len() >= LEAST_PART_BYTES {
            bytes += part.len() as u64;
            if parts.is_none() {
                parts = Some(lists.begin_parts(&key).await?);
            }
            if let Some(parts) = &mut parts {
                parts.write(std::mem::take(&mut part)).await?;
            }
        }
    }
    bytes += part.len() as u64;
    match parts {
        None => lists.write(&key, part).await?,
        Some(mut parts) => {
            if !part.is_empty() {
                parts.write(part).await?;
            }
            if parts.end().await? == PartsEnd::Lost {
                bail!("the parts of the result are lost");
            }
        }
    }
    Ok(bytes)
}
