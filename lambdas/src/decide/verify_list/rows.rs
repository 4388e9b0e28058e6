//! The rows of a list, a shard at a time: who is known, what becomes of each row, who is staged.

use std::collections::HashMap;

use anyhow::{Context, bail};
use cloud::{
    clock::Stopwatch,
    table::{Invitations, JobRecord, JobState, RefusedRowShape, Stored},
};
use futures::{StreamExt, TryStreamExt, stream};
use invite::{
    address::Address,
    decide::{self, KnownPerson, ListContext, ListDecision, ListRefusal},
    event::Event,
    mail::csv::Row,
};
use tokio::sync::mpsc::Receiver;

use super::{
    Needs,
    list_stream::{ROWS_AT_ONCE, Step},
    result,
};
use crate::{
    messages::{self, ShardMessage},
    shell::WORKS_FOR,
    stage::shard::{self, ShardHead},
};

/// Rows of a shard. The reader hands over a divisor of it at a time.
const SHARD_ROWS: usize = 8 * ROWS_AT_ONCE;
/// Rows refused that the receipt names.
const FIRST_REFUSED: usize = 20;
/// How often a shard is decided about because people were invited by others at the same time.
const ATTEMPTS: usize = 5;
/// People looked up in one call of the table, and calls at a time.
const LOOKED_UP_AT_ONCE: usize = 100;
const LOOK_UPS_IN_FLIGHT: usize = 8;

/// What going through a list comes to.
pub(super) enum Went {
    Through {
        has_another: bool,
    },
    Refused(ListRefusal),
    /// The rest is for another call.
    OutOfTime,
}

/// Goes through a list, from where its job stands. A shard of which the `invitations`, as they were last seen or left, are
/// not true any more is decided about again.
pub(super) async fn go_through(
    needs: &Needs,
    event: &Event,
    job: &mut JobRecord,
    limit: u32,
    mut invitations: Invitations,
    mut steps: Receiver<Step>,
) -> anyhow::Result<Went> {
    let stopwatch = Stopwatch::start();
    needs.unwanted.refresh(&needs.table).await?;
    let context = ListContext::of(event, &needs.mail_domain, needs.language);
    let going = Going {
        needs,
        event,
        context: &context,
        limit,
    };
    let mut shard = 0;
    let mut rows = Vec::with_capacity(SHARD_ROWS);
    loop {
        let has_another = match steps.recv().await {
            None => bail!("the list's reader has ended"),
            Some(Step::NoList(what)) => return Ok(Went::Refused(what.into())),
            Some(Step::Fault(fault)) => return Err(fault).context("could not read the list"),
            Some(Step::Rows(some)) => {
                rows.extend(some);
                if rows.len() < SHARD_ROWS {
                    continue;
                }
                None
            }
            Some(Step::End { has_another }) => Some(has_another),
        };
        if !rows.is_empty() {
            if shard >= job.shards {
                if stopwatch.elapsed() > WORKS_FOR {
                    return Ok(Went::OutOfTime);
                }
                invitations = going.decide_shard(job, &rows, invitations).await?;
            }
            rows.clear();
            shard += 1;
        }
        if let Some(has_another) = has_another {
            return Ok(Went::Through { has_another });
        }
    }
}

/// One list, gone through.
struct Going<'a> {
    needs: &'a Needs,
    event: &'a Event,
    context: &'a ListContext,
    /// Invitations the event may have.
    limit: u32,
}

impl Going<'_> {
    /// Decides about the rows of the next shard, stores what comes of them, then that it is done, then queues it.
    async fn decide_shard(
        &self,
        job: &mut JobRecord,
        rows: &[Row],
        mut invitations: Invitations,
    ) -> anyhow::Result<Invitations> {
        let Self { needs, event, .. } = self;
        for _ in 0..ATTEMPTS {
            let known = self.look_up(rows, invitations).await?;
            let person = |address: &Address| known.get(address).copied().unwrap_or_default();
            let mut room = u64::from(self.limit.saturating_sub(invitations.invited));
            if job.dry_run {
                room = room.saturating_sub(job.invited);
            }
            let mut decision = decide::list(self.context, rows, person, room);
            let mut next = job.clone();
            next.state = JobState::Checking;
            next.shards += 1;
            next.last_people = decision.people.len() as u64;
            next.count(&decision.tally);
            note_refused(&mut next, &decision);
            result::write_piece(&needs.inbox, &event.uid, job, &decision).await?;
            // They are written, and a list may be long.
            decision.results = Vec::new();
            self.stage(job, &decision, invitations).await?;
            let reserved = if job.dry_run { 0 } else { next.last_people };
            let stored = needs
                .table
                .advance_job(&event.uid, &mut next, reserved, invitations)
                .await?;
            if stored == Stored::Done {
                *job = next;
                // What may wait, waits until it is known how many there are.
                if reserved > 0 && needs.hold.is_none() {
                    queue(needs, event, job, job.shards - 1).await?;
                }
                return Ok(invitations.with(reserved));
            }
            let now = needs.table.job(&event.uid, &job.job).await?;
            if now.is_none_or(|now| now.version != job.version) {
                bail!("another call works on the same list");
            }
            invitations = needs.table.invitations(&event.uid, &job.job).await?;
        }
        bail!("others kept inviting people to the event");
    }

    /// What is known of those whom something is known of.
    async fn look_up(
        &self,
        rows: &[Row],
        invitations: Invitations,
    ) -> anyhow::Result<HashMap<Address, KnownPerson>> {
        let Self { needs, event, .. } = self;
        let people: Vec<&Address> = decide::people_to_look_up(self.context, rows).collect();
        let mut known: HashMap<Address, KnownPerson> = HashMap::new();
        if invitations.added_by_others() > 0 {
            let added: Vec<_> = stream::iter(people.chunks(LOOKED_UP_AT_ONCE))
                .map(|people| needs.table.added_among(&event.uid, people))
                .buffer_unordered(LOOK_UPS_IN_FLIGHT)
                .try_collect()
                .await?;
            for address in added.into_iter().flatten().map(|(address, _)| address) {
                known.entry(address).or_default().is_invited = true;
            }
        }
        let organizer = &event.organizer.address;
        let may_name = |person: &&Address| needs.unwanted.may_name(person, organizer);
        let may_be_named: Vec<&Address> = people.into_iter().filter(may_name).collect();
        let named: Vec<_> = stream::iter(may_be_named)
            .map(async |person| {
                let why = needs.unwanted.why(&needs.table, person, organizer).await?;
                anyhow::Ok((person, why))
            })
            .buffer_unordered(LOOK_UPS_IN_FLIGHT)
            .try_collect()
            .await?;
        for (person, why) in named {
            known.entry(person.clone()).or_default().unwanted = why;
        }
        Ok(known)
    }

    /// Writes the people, if they are to be invited, as the shard that comes next.
    async fn stage(
        &self,
        job: &JobRecord,
        decision: &ListDecision,
        invitations: Invitations,
    ) -> anyhow::Result<()> {
        let (lists, uid) = (&self.needs.inbox, &self.event.uid);
        // Of a list that may wait, all shards are queued at its end, those with nobody in them, too.
        let is_queued = self.needs.hold.is_some() || !decision.people.is_empty();
        if job.dry_run || !is_queued {
            return Ok(());
        }
        let head = ShardHead {
            added_by_others: invitations.added_by_others(),
        };
        let people = decision.people.iter();
        let people = people.map(|person| (&person.mailbox, person.further.as_slice()));
        let key = shard::shard_key(uid, &job.job, job.shards);
        lists.write(&key, shard::written(&head, people)?).await?;
        Ok(())
    }
}

fn note_refused(job: &mut JobRecord, decision: &ListDecision) {
    let left = FIRST_REFUSED.saturating_sub(job.first_refused.len());
    let refused = decision
        .results
        .iter()
        .filter(|row| row.refused.is_some())
        .take(left)
        .map(|row| RefusedRowShape {
            line: row.line,
            why: row.why.clone(),
        });
    job.first_refused.extend(refused);
}

/// Asks for the letters of a shard.
pub(super) async fn queue(
    needs: &Needs,
    event: &Event,
    job: &JobRecord,
    shard: u64,
) -> anyhow::Result<()> {
    let message = messages::write(&ShardMessage {
        uid: event.uid.as_str().to_owned(),
        job: job.job.clone(),
        shard,
    })?;
    needs.lanes.shards.send_all(&[message]).await?;
    Ok(())
}
