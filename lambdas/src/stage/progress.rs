//! How far the letters of a job have come.

use cloud::table::{JobRecord, JobState, ShardRecord, Table};
use invite::id::Uid;

/// How many people came to what; together they are [`Self::due`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Progress {
    /// People it is for; nobody, of what was stopped or superseded before it went.
    pub(crate) due: u64,
    /// Letters that have gone.
    pub(crate) sent: u64,
    /// Somebody else had invited them.
    pub(crate) already_invited: u64,
    /// They had heard of the change, or were no attendees any more.
    pub(crate) already_told: u64,
    /// They wanted no mail by then, or mail to them comes back.
    pub(crate) unwanted: u64,
    /// Their letters will never be taken.
    pub(crate) rejected: u64,
    /// It was not to go out any more.
    pub(crate) dropped: u64,
    /// Nothing is known of them yet.
    pub(crate) waiting: u64,
    /// Nothing more comes of it.
    pub(crate) is_done: bool,
}

impl Progress {
    pub(crate) async fn of(table: &Table, uid: &Uid, job: &JobRecord) -> anyhow::Result<Self> {
        if job.is_direct {
            return of_few(table, uid, job).await;
        }
        Ok(Self::of_shards(job, &table.shards(uid, &job.job).await?))
    }

    /// Of people who have a message each, by what stands in the records of those who were invited then. Who is missing there was
    /// erased: nothing more comes of his.
    fn of_told(people: u64, told: u64, not_told: u64) -> Self {
        let sent = told.min(people);
        let waiting = not_told.min(people - sent);
        Self {
            due: people,
            sent,
            waiting,
            dropped: people - sent - waiting,
            is_done: waiting == 0,
            ..Self::default()
        }
    }

    pub(crate) fn of_shards(job: &JobRecord, shards: &[ShardRecord]) -> Self {
        let sum = |of: fn(&ShardRecord) -> u64| shards.iter().map(of).sum::<u64>();
        let has_ended = matches!(job.state, JobState::Stopped | JobState::Superseded);
        let due = if has_ended { 0 } else { job.reaches() };
        let done = sum(|shard| shard.done);
        Self {
            due,
            sent: sum(|shard| shard.sent),
            already_invited: sum(|shard| shard.already_invited),
            already_told: sum(|shard| shard.already_told),
            unwanted: sum(|shard| shard.unwanted),
            rejected: sum(|shard| shard.rejected),
            dropped: sum(|shard| shard.dropped),
            waiting: due.saturating_sub(done),
            is_done: job.is_decided() && job.state != JobState::Held && done >= due,
        }
    }
}

/// Of a change told to few, one message each: who was told of it, or of something newer, stands in their records.
async fn of_few(table: &Table, uid: &Uid, job: &JobRecord) -> anyhow::Result<Progress> {
    let revision = job.revision.unwrap_or_default();
    let (mut told, mut not_told) = (0, 0);
    let mut after = None;
    loop {
        let page = table.attendees(uid, after.as_deref(), PAGE).await?;
        for (attendee, posted) in page.attendees.iter().zip(&page.posted) {
            if attendee.invited <= job.created {
                let is_told = posted.sent_revision.is_some_and(|told| told >= revision);
                *(if is_told { &mut told } else { &mut not_told }) += 1;
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(Progress::of_told(job.people, told, not_told))
}

/// Attendees read at a time.
const PAGE: i32 = 500;

#[cfg(test)]
mod tests {
    use cloud::{shape::MailboxShape, table::JobKind};

    use super::*;

    fn job(state: JobState) -> JobRecord {
        let organizer = MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        };
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        JobRecord {
            state,
            people: 1400,
            ..JobRecord::of_change(JobKind::Update, 3, organizer, now)
        }
    }

    fn shard(done: u64, sent: u64) -> ShardRecord {
        ShardRecord {
            done,
            sent,
            already_told: done - sent,
            ..ShardRecord::default()
        }
    }

    #[test]
    fn everybody_it_is_for_has_a_letter_waits_or_has_a_reason() {
        let progress =
            Progress::of_shards(&job(JobState::Staged), &[shard(990, 985), shard(100, 100)]);
        let expected = Progress {
            due: 1400,
            sent: 1085,
            already_told: 5,
            waiting: 310,
            ..Progress::default()
        };
        assert_eq!(progress, expected);
        let progress = Progress::of_shards(&job(JobState::Staged), &[shard(1400, 1400)]);
        assert!(progress.is_done);
    }

    #[test]
    fn nobody_waits_for_the_letter_of_somebody_who_was_erased() {
        for (told, not_told, (sent, waiting, dropped)) in [
            (2, 1, (2, 1, 0)),
            (3, 0, (3, 0, 0)),
            // One was told and erased then; one was erased before his letter went.
            (2, 0, (2, 0, 1)),
            (1, 1, (1, 1, 1)),
            // He wants no mail, so it was not for him.
            (3, 1, (3, 0, 0)),
        ] {
            let expected = Progress {
                due: 3,
                sent,
                waiting,
                dropped,
                is_done: waiting == 0,
                ..Progress::default()
            };
            assert_eq!(Progress::of_told(3, told, not_told), expected);
        }
    }

    #[test]
    fn what_waits_is_not_done_and_what_was_stopped_is() {
        for (state, due, is_done) in [
            (JobState::Staging, 1400, false),
            (JobState::Held, 1400, false),
            (JobState::Stopped, 0, true),
            (JobState::Superseded, 0, true),
        ] {
            let progress = Progress::of_shards(&job(state), &[]);
            assert_eq!(
                (progress.due, progress.is_done),
                (due, is_done),
                "{state:?}"
            );
        }
    }
}
