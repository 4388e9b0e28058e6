//! Work that reaches many people: how far it has come, and what came of it. One item a job, and one a shard of it, which
//! the functions write that work on it; each write is on condition that nobody else has written since.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use invite::id::Uid;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    EXPLAINED_FOR, Fault, Invitations, JobRecord, Key, Keyed, Stored, Table,
    invitation::added_by,
    key::{JOBS, event_partition, shards_of},
    number, put_conflicts, stored,
};
/// The sending of one shard of a job: what it has come to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ShardRecord {
    /// Which shard, from 0.
    pub shard: u64,
    /// People in it.
    pub people: u64,
    /// People dealt with, in the order of the shard: the cursor.
    pub done: u64,
    /// Letters SES has taken.
    pub sent: u64,
    /// People somebody else had invited by then.
    pub already_invited: u64,
    /// Attendees who had heard of the change, or were none any more, by then.
    #[serde(default)]
    pub already_told: u64,
    /// Letters SES, or our own rules of what a mail can be, will never let out.
    pub rejected: u64,
    /// People who wanted no mail by then, or whose mail came back.
    #[serde(default)]
    pub unwanted: u64,
    /// People who got no letter because by then the event was cancelled, had changed again, or its organizer was
    /// suspended.
    pub dropped: u64,
    /// Whether all of them are dealt with.
    pub is_done: bool,
    /// Whoever worked on it last left nobody half dealt with.
    #[serde(default)]
    pub is_clean: bool,
    /// Counts the writes of this record.
    pub version: u64,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// Since when, in milliseconds.
    #[serde(default)]
    pub claimed_at: i64,
}

impl Table {
    /// A job.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn job(&self, uid: &Uid, job: &str) -> Result<Option<JobRecord>, Fault> {
        self.get("read the job", &Key::job(uid, job)).await
    }

    /// Every job of an event.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn jobs(&self, uid: &Uid) -> Result<Vec<JobRecord>, Fault> {
        self.all("read the jobs", &event_partition(uid), Some(JOBS))
            .await
    }

    /// Records a new job, on condition that there is none of that name.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn create_job(&self, uid: &Uid, job: &JobRecord) -> Result<Stored, Fault> {
        let operation = "record the job";
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(job_item(operation, uid, job)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }

    /// Ends a job before it has gone out, on condition that nobody else has written it, and gives the `unused` invitations
    /// it holds back: both or neither.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn end_job(
        &self,
        uid: &Uid,
        job: &mut JobRecord,
        unused: u64,
    ) -> Result<Stored, Fault> {
        let operation = "end the job";
        let mut writes = vec![self.job_put(operation, uid, job)?];
        if unused > 0 {
            writes.push(self.give_back(operation, uid, unused)?);
        }
        self.transact(operation, writes).await
    }

    /// The write that gives places back which a job had reserved and did not use.
    fn give_back(
        &self,
        operation: &'static str,
        uid: &Uid,
        unused: u64,
    ) -> Result<TransactWriteItem, Fault> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::invitations(uid).item()))
            .update_expression("ADD invited :less")
            .expression_attribute_values(":less", number(-i128::from(unused)))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The write of a job as it is next.
    fn job_put(
        &self,
        operation: &'static str,
        uid: &Uid,
        job: &mut JobRecord,
    ) -> Result<TransactWriteItem, Fault> {
        let before = job.version;
        job.version += 1;
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(job_item(operation, uid, job)?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(before))
            .build()
            .map_err(Fault::during(operation))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Moves a job on, on condition that nobody else has, and counts `reserved` invitations, on condition that nobody was
    /// added to the event since `invitations` was read: both or neither.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn advance_job(
        &self,
        uid: &Uid,
        job: &mut JobRecord,
        reserved: u64,
        invitations: Invitations,
    ) -> Result<Stored, Fault> {
        let operation = "move the job on";
        let mut writes = vec![self.job_put(operation, uid, job)?];
        if reserved > 0 {
            let reserve = Update::builder()
                .table_name(&self.name)
                .set_key(Some(Key::invitations(uid).item()))
                .update_expression("ADD invited :more, added :more, #by_job :more")
                .expression_attribute_names("#by_job", added_by(&job.job))
                .expression_attribute_values(":more", number(reserved));
            let reserve = match invitations.added {
                0 => reserve.condition_expression("attribute_not_exists(added)"),
                added => reserve
                    .condition_expression("added = :added")
                    .expression_attribute_values(":added", number(added)),
            };
            let reserve = reserve.build().map_err(Fault::during(operation))?;
            writes.push(TransactWriteItem::builder().update(reserve).build());
        }
        self.transact(operation, writes).await
    }

    /// The sending of a shard, if it has begun.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn shard(
        &self,
        uid: &Uid,
        job: &str,
        shard: u64,
    ) -> Result<Option<ShardRecord>, Fault> {
        self.get(
            "read how far a shard has come",
            &Key::shard(uid, job, shard),
        )
        .await
    }

    /// Every shard of a job whose sending has begun.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn shards(&self, uid: &Uid, job: &str) -> Result<Vec<ShardRecord>, Fault> {
        self.all(
            "read how far the shards have come",
            &event_partition(uid),
            Some(&shards_of(job)),
        )
        .await
    }

    /// Moves the sending of a shard on, on condition that nobody else has, and gives `unused` invitations back: both or
    /// neither.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn advance_shard(
        &self,
        uid: &Uid,
        job: &str,
        shard: &mut ShardRecord,
        unused: u64,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "move the sending of a shard on";
        let before = shard.version;
        shard.version += 1;
        let expires = now.checked_add(EXPLAINED_FOR).unwrap_or(Timestamp::MAX);
        let keyed = Keyed::until(Key::shard(uid, job, shard.shard), expires, &*shard);
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(keyed.item(operation)?));
        let put = match before {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            before => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before)),
        };
        let put = put.build().map_err(Fault::during(operation))?;
        if unused == 0 {
            let answer = self
                .client
                .put_item()
                .table_name(&self.name)
                .set_item(Some(put.item))
                .set_condition_expression(put.condition_expression)
                .set_expression_attribute_values(put.expression_attribute_values)
                .send()
                .await;
            return stored(operation, answer, put_conflicts);
        }
        self.transact(
            operation,
            vec![
                TransactWriteItem::builder().put(put).build(),
                self.give_back(operation, uid, unused)?,
            ],
        )
        .await
    }
}

fn job_item(operation: &'static str, uid: &Uid, job: &JobRecord) -> Result<super::Item, Fault> {
    let expires = job
        .created
        .checked_add(EXPLAINED_FOR)
        .unwrap_or(Timestamp::MAX);
    Keyed::until(Key::job(uid, &job.job), expires, job).item(operation)
}

#[cfg(test)]
mod tests {
    use invite::decide::{RowRefusal, Tally};

    use super::*;
    use crate::{
        shape::MailboxShape,
        table::{JobState, RefusedRowShape},
    };

    fn job() -> JobRecord {
        let organizer = MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        };
        JobRecord {
            is_in_mail: true,
            version: 3,
            shards: 2,
            last_people: 998,
            rows: 2000,
            invited: 1990,
            refused: [("repeated".to_owned(), 10)].into(),
            first_refused: vec![RefusedRowShape {
                line: 7,
                why: "the address stands in an earlier row, too".to_owned(),
            }],
            ..JobRecord::new(
                "0123456789abcdef0123".to_owned(),
                JobState::Checking,
                "inbox/m1".to_owned(),
                organizer,
                "2026-03-01T10:00:00Z".parse().unwrap(),
            )
        }
    }

    #[test]
    fn a_job_comes_back_from_the_table_as_it_went() {
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let item = job_item("test", &uid, &job()).unwrap();
        assert_eq!(item["sk"].as_s().unwrap(), "job#0123456789abcdef0123");
        assert_eq!(
            super::super::from_item::<JobRecord>("test", item).unwrap(),
            job()
        );
    }

    #[test]
    fn further_rows_are_added_to_those_before() {
        let mut job = job();
        let more = Tally {
            rows: 5,
            invited: 2,
            refused: [(RowRefusal::Repeated, 1), (RowRefusal::Blocked, 2)].into(),
        };
        job.count(&more);
        let tally = job.tally();
        assert_eq!((tally.rows, tally.invited), (2005, 1992));
        assert_eq!(tally.of(RowRefusal::Repeated), 11);
        assert_eq!(tally.of(RowRefusal::Blocked), 2);
    }
}
