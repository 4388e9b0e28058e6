//! A report about an event's attendees: how far it is written. One item a report; each write is on condition that nobody else
//! has written since.

use invite::{id::Uid, report::Tally};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    EXPLAINED_FOR, Fault, Key, Keyed, Stored, Table,
    key::{REPORTS, event_partition},
    number, put_conflicts, stored,
};

/// A report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportRecord {
    /// Its name, unique among the event's jobs.
    pub job: String,
    /// How far it has come.
    pub state: ReportState,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Timestamp>,
    /// Counts the writes of this record.
    pub version: u64,
    /// Rows written so far, by answer.
    pub tally: TallyShape,
    /// While it is written in parts: they, and where the next one begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<PartsShape>,
    /// Its bytes, once it is written.
    #[serde(default)]
    pub bytes: u64,
}

/// How far a report has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportState {
    /// The attendees are gone through.
    Writing,
    /// It is there to be had.
    Written,
}

/// The parts of a report that are in S3.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartsShape {
    /// Names the upload.
    pub upload: String,
    /// What S3 calls each part.
    pub tags: Vec<String>,
    /// Bytes of them.
    pub bytes: u64,
    /// The sort key of the last attendee in them: the cursor.
    pub through: String,
}

/// Rows by answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Tally")]
pub struct TallyShape {
    pub accepted: u64,
    pub tentative: u64,
    pub declined: u64,
    pub no_action: u64,
}

impl From<Tally> for TallyShape {
    fn from(tally: Tally) -> Self {
        Self {
            accepted: tally.accepted,
            tentative: tally.tentative,
            declined: tally.declined,
            no_action: tally.no_action,
        }
    }
}

impl From<TallyShape> for Tally {
    fn from(shape: TallyShape) -> Self {
        Self {
            accepted: shape.accepted,
            tentative: shape.tentative,
            declined: shape.declined,
            no_action: shape.no_action,
        }
    }
}

impl ReportRecord {
    /// A report nothing of which is written yet.
    #[must_use]
    pub fn asked(job: String, created: Timestamp) -> Self {
        Self {
            job,
            state: ReportState::Writing,
            created,
            written: None,
            version: 0,
            tally: TallyShape::default(),
            parts: None,
            bytes: 0,
        }
    }
}

impl Table {
    /// A report.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn report(&self, uid: &Uid, job: &str) -> Result<Option<ReportRecord>, Fault> {
        self.get("read the report", &Key::report(uid, job)).await
    }

    /// Every report about an event.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn reports(&self, uid: &Uid) -> Result<Vec<ReportRecord>, Fault> {
        self.all("read the reports", &event_partition(uid), Some(REPORTS))
            .await
    }

    /// Records that a report is asked for, on condition that there is none of that name.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn create_report(&self, uid: &Uid, report: &ReportRecord) -> Result<Stored, Fault> {
        let operation = "record that a report is asked for";
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(report_item(operation, uid, report)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }

    /// Moves a report on, on condition that nobody else has.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn advance_report(
        &self,
        uid: &Uid,
        report: &mut ReportRecord,
    ) -> Result<Stored, Fault> {
        let operation = "move the report on";
        let before = report.version;
        report.version += 1;
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(report_item(operation, uid, report)?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(before))
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }
}

fn report_item(
    operation: &'static str,
    uid: &Uid,
    report: &ReportRecord,
) -> Result<super::Item, Fault> {
    let expires = report
        .created
        .checked_add(EXPLAINED_FOR)
        .unwrap_or(Timestamp::MAX);
    Keyed::until(Key::report(uid, &report.job), expires, report).item(operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_comes_back_from_the_table_as_it_went() {
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let asked = ReportRecord::asked(
            "0123456789abcdef0123".to_owned(),
            "2026-03-01T10:00:00Z".parse().unwrap(),
        );
        let in_parts = ReportRecord {
            version: 2,
            tally: TallyShape {
                accepted: 7,
                no_action: 40_000,
                ..TallyShape::default()
            },
            parts: Some(PartsShape {
                upload: "u1".to_owned(),
                tags: vec!["\"d4\"".to_owned()],
                bytes: 5_242_900,
                through: "attendee#bob@b.test".to_owned(),
            }),
            ..asked.clone()
        };
        for report in [asked, in_parts] {
            let item = report_item("test", &uid, &report).unwrap();
            assert_eq!(item["sk"].as_s().unwrap(), "report#0123456789abcdef0123");
            assert!(item.contains_key("expires_at"));
            let back: ReportRecord = super::super::from_item("test", item).unwrap();
            assert_eq!(back, report);
        }
    }
}
