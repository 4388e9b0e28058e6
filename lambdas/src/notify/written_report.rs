//! A report that was written, and the letter that hands it over.

use cloud::{
    blobs::Blob,
    table::{ReportRecord, ReportState},
};
use invite::{
    event::Event,
    id::Uid,
    letter::{self, Letter, LetterError, Report, ReportFile},
};

use super::{checked_list::ATTACHED_BYTES, notify_organizer::Needs, write_report::report_key};

/// A report that was written.
pub(super) struct WrittenReport {
    pub(super) event: Event,
    report: ReportRecord,
    /// `None`: it is too large for mail.
    table: Option<Vec<u8>>,
}

impl WrittenReport {
    pub(super) async fn load(needs: &Needs, uid: &Uid, job: &str) -> anyhow::Result<Option<Self>> {
        let table = &needs.office.table;
        let (Some(event), Some(report)) = (table.event(uid).await?, table.report(uid, job).await?)
        else {
            return Ok(None);
        };
        if report.state != ReportState::Written {
            return Ok(None);
        }
        let table = if report.bytes <= ATTACHED_BYTES {
            match needs
                .lists
                .read(&report_key(uid, job), ATTACHED_BYTES)
                .await?
            {
                Blob::Whole(table) => Some(table),
                Blob::TooLarge { .. } => None,
            }
        } else {
            None
        };
        Ok(Some(Self {
            event,
            report,
            table,
        }))
    }

    pub(super) fn letter(&self, needs: &Needs) -> Result<Letter, LetterError> {
        let report = Report {
            event: &self.event,
            job: &self.report.job,
            tally: self.report.tally.into(),
            file: self
                .table
                .as_deref()
                .map_or(ReportFile::Linked, ReportFile::Attached),
            at: self.report.written.unwrap_or(self.report.created),
        };
        letter::report(&report, &needs.office.sender)
    }
}
