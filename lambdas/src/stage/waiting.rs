//! What reaches many people once it is known whom: it waits or goes at once, and when it goes its shards are queued.

use std::time::Duration;

use anyhow::{Context, bail};
use cloud::{
    clock,
    queues::{MAX_DELAY, Queue},
    table::{Invitations, JobKind, JobRecord, JobState, Stored, Table},
};
use invite::{
    decide::{self, Due, Hold, NotStopped},
    event::Event,
    id::Uid,
};
use jiff::Timestamp;

use crate::messages::{self, JobMessage, ShardMessage};

/// Where a job's work goes on.
pub(crate) struct Lanes {
    /// The queue of the function that sends shards.
    pub(crate) shards: Queue,
    /// The queue of the function that lets go what has waited.
    pub(crate) staging: Queue,
}

/// Notes in a job of which everybody is known that it waits, or that it goes; the caller stores it.
pub(crate) fn hold_or_go(job: &mut JobRecord, hold: Option<Hold>, now: Timestamp) {
    match hold.and_then(|hold| hold.until(job.reaches(), now)) {
        Some(until) => {
            job.state = JobState::Held;
            job.held_until = Some(until);
            job.changed = Some(now);
        }
        None => goes(job),
    }
}

fn goes(job: &mut JobRecord) {
    job.state = match job.kind {
        JobKind::List => JobState::Checked,
        JobKind::Update | JobKind::Cancellation | JobKind::Reminder => JobState::Staged,
    };
}

impl Lanes {
    /// Does what is due of a stored job: waits on, lets it go, queues what is not queued yet, or ends it. However often
    /// that is asked for.
    pub(crate) async fn go_on(
        &self,
        table: &Table,
        uid: &Uid,
        event: Option<&Event>,
        job: &mut JobRecord,
    ) -> anyhow::Result<&'static str> {
        let now = clock::now();
        match decide::due(job.tells(), job.stage(), event, now) {
            Due::Wait { until } => {
                self.ask_again(uid, job, until, now).await?;
                Ok("held")
            }
            Due::Release => {
                goes(job);
                store(table, uid, job).await?;
                self.queue(table, uid, job).await
            }
            Due::Send => self.queue(table, uid, job).await,
            Due::Supersede => supersede(table, uid, job).await,
            Due::Nothing => Ok("nothing-to-do"),
        }
    }

    /// Has the job looked at again when its time has come, or as late as a queue can.
    async fn ask_again(
        &self,
        uid: &Uid,
        job: &JobRecord,
        until: Timestamp,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let message = messages::write(&JobMessage {
            uid: uid.as_str().to_owned(),
            job: job.job.clone(),
        })?;
        let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        // A queue counts whole seconds, and must not be early.
        let after = (wait + Duration::from_secs(1)).min(MAX_DELAY);
        self.staging.send_later(message, after).await?;
        Ok(())
    }

    async fn queue(
        &self,
        table: &Table,
        uid: &Uid,
        job: &mut JobRecord,
    ) -> anyhow::Result<&'static str> {
        let has_shards = job.state != JobState::Refused && !job.dry_run;
        if has_shards && !job.is_queued {
            let shards = (0..job.shards)
                .map(|shard| {
                    messages::write(&ShardMessage {
                        uid: uid.as_str().to_owned(),
                        job: job.job.clone(),
                        shard,
                    })
                })
                .collect::<Result<Vec<_>, _>>()
                .context("could not write a message")?;
            self.shards.send_all(&shards).await?;
            job.is_queued = true;
            store(table, uid, job).await?;
        }
        Ok("staged")
    }
}

/// Ends a job because something newer has taken its place. The places a list holds are given back in the same write.
pub(crate) async fn supersede(
    table: &Table,
    uid: &Uid,
    job: &mut JobRecord,
) -> anyhow::Result<&'static str> {
    let places = places(job);
    job.state = JobState::Superseded;
    job.changed = Some(clock::now());
    match table.end_job(uid, job, places).await? {
        Stored::Done => Ok("superseded"),
        Stored::Conflict => bail!("another call works on the same job"),
    }
}

/// Stops a job, if that can be, and says when somebody else was quicker. The places a list holds are given back in the
/// same write.
pub(crate) async fn stop(
    table: &Table,
    uid: &Uid,
    job: &mut JobRecord,
    message_id: Option<String>,
) -> anyhow::Result<Result<Stored, NotStopped>> {
    if let Err(why) = decide::stop(job.stage()) {
        return Ok(Err(why));
    }
    let places = places(job);
    job.state = JobState::Stopped;
    job.changed = Some(clock::now());
    job.stop_message_id = message_id;
    Ok(Ok(table.end_job(uid, job, places).await?))
}

/// The invitations a list has taken of the event's limit: none of it has gone, or they would be its shards'.
fn places(job: &JobRecord) -> u64 {
    match job.kind {
        JobKind::List => job.reaches(),
        JobKind::Update | JobKind::Cancellation | JobKind::Reminder => 0,
    }
}

async fn store(table: &Table, uid: &Uid, job: &mut JobRecord) -> anyhow::Result<()> {
    match table
        .advance_job(uid, job, 0, Invitations::default())
        .await?
    {
        Stored::Done => Ok(()),
        Stored::Conflict => bail!("another call works on the same job"),
    }
}

#[cfg(test)]
mod tests {
    use cloud::shape::MailboxShape;
    use jiff::SignedDuration;

    use super::*;

    fn job(kind: JobKind, people: u64) -> JobRecord {
        let organizer = MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        };
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        let mut job = JobRecord::of_change(kind, 3, organizer, now);
        (job.people, job.invited) = (people, people);
        job
    }

    #[test]
    fn what_reaches_many_waits_and_what_reaches_few_goes() {
        let hold = Some(Hold {
            above: 500,
            wait: SignedDuration::from_mins(10),
        });
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        for (kind, people, hold, expected) in [
            (JobKind::Update, 501, hold, JobState::Held),
            (JobKind::Update, 500, hold, JobState::Staged),
            (JobKind::Cancellation, 501, hold, JobState::Held),
            (JobKind::Cancellation, 501, None, JobState::Staged),
            (JobKind::Reminder, 501, hold, JobState::Held),
            (JobKind::Reminder, 500, hold, JobState::Staged),
            (JobKind::List, 501, hold, JobState::Held),
            (JobKind::List, 500, hold, JobState::Checked),
        ] {
            let mut job = job(kind, people);
            hold_or_go(&mut job, hold, now);
            assert_eq!(job.state, expected, "{kind:?} {people}");
            let until = (expected == JobState::Held).then_some("2026-03-01T10:10:00Z");
            let until = until.map(|until| until.parse().unwrap());
            assert_eq!(job.held_until, until, "{kind:?} {people}");
        }
    }

    #[test]
    fn a_dry_run_waits_for_nothing() {
        let hold = Hold {
            above: 1,
            wait: SignedDuration::from_mins(10),
        };
        for (kind, expected) in [
            (JobKind::List, JobState::Checked),
            (JobKind::Reminder, JobState::Staged),
        ] {
            let mut job = JobRecord {
                dry_run: true,
                ..job(kind, 10_000)
            };
            hold_or_go(&mut job, Some(hold), Timestamp::UNIX_EPOCH);
            assert_eq!(job.state, expected);
        }
    }

    #[test]
    fn a_list_that_is_ended_gives_its_places_back_and_a_change_has_none() {
        assert_eq!(places(&job(JobKind::List, 600)), 600);
        assert_eq!(places(&job(JobKind::Update, 600)), 0);
    }
}
