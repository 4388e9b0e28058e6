//! A list that was gone through, and what its organizer is told of it.

use cloud::{
    blobs::Blob,
    table::{JobRecord, JobState},
};
use invite::{
    address::Mailbox,
    decide::ListRefusal,
    event::Event,
    id::Uid,
    letter::{self, Letter, LetterError, ListOutcome, ListReceipt, RefusedRow},
};

use super::notify_organizer::Needs;
use crate::decide::verify_list::result::result_key;

/// The largest table that is attached to a letter, in bytes.
pub(super) const ATTACHED_BYTES: u64 = 1024 * 1024;

/// A list that was gone through, and who is told.
pub(super) struct CheckedList {
    pub(super) to: Mailbox,
    event: Event,
    job: JobRecord,
    result: Option<Vec<u8>>,
}

impl CheckedList {
    pub(super) async fn load(needs: &Needs, uid: &Uid, job: &str) -> anyhow::Result<Option<Self>> {
        let table = &needs.office.table;
        let (Some(event), Some(job)) = (table.event(uid).await?, table.job(uid, job).await?) else {
            return Ok(None);
        };
        let is_attached = job.has_result() && job.result_bytes <= ATTACHED_BYTES;
        let result = if is_attached {
            let key = result_key(uid, &job.job);
            match needs.lists.read(&key, ATTACHED_BYTES).await? {
                Blob::Whole(result) => Some(result),
                Blob::TooLarge { .. } => None,
            }
        } else {
            None
        };
        Ok(Some(Self {
            to: job.organizer.clone().try_into()?,
            event,
            job,
            result,
        }))
    }

    pub(super) fn receipt(&self, needs: &Needs) -> Result<Letter, LetterError> {
        let job = &self.job;
        let tally = job.tally();
        let first_refused: Vec<RefusedRow> = job
            .first_refused
            .iter()
            .map(|row| RefusedRow {
                line: row.line,
                why: row.why.clone(),
            })
            .collect();
        let api_url = needs.api_url.trim_end_matches('/');
        let result_url = format!("{api_url}/event/{}/jobs/{}", self.event.uid, job.job);
        let outcome = match job.refusal.as_deref().and_then(ListRefusal::of_code) {
            Some(reason) => ListOutcome::Refused(reason),
            None => ListOutcome::Decided {
                dry_run: job.dry_run,
                tally: &tally,
                first_refused: &first_refused,
                result: self.result.as_deref(),
                result_url: &result_url,
                has_another: job.has_another,
                waits: job.state == JobState::Held,
            },
        };
        let receipt = ListReceipt {
            event: &self.event,
            to: &self.to,
            job: &job.job,
            outcome,
            in_reply_to: job.message_id.as_deref(),
            at: job.checked.unwrap_or(job.created),
        };
        letter::list_receipt(&receipt, &needs.office.sender)
    }
}
