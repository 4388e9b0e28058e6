//! What a change of a report means to others: it is to be written, or to be sent.

use cloud::table::{ReportRecord, ReportState};

use crate::{messages::ChangeMessage, shell::Change};

pub(super) fn news_of_report(change: &Change) -> anyhow::Result<Option<ChangeMessage>> {
    let Some(new) = change.after::<ReportRecord>()? else {
        return Ok(None);
    };
    let Some(uid) = change.partition.strip_prefix("event#") else {
        return Ok(None);
    };
    let old = change.before::<ReportRecord>()?.map(|old| old.state);
    let (uid, job) = (uid.to_owned(), new.job);
    Ok(match (old, new.state) {
        (None, ReportState::Writing) => Some(ChangeMessage::ReportRequested { uid, job }),
        (Some(ReportState::Writing), ReportState::Written) => {
            Some(ChangeMessage::ReportWritten { uid, job })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::shell::tests::change;

    fn report(state: &str) -> Value {
        json!({
            "pk": "event#0", "sk": "report#1", "job": "1", "state": state, "created": "2026-03-01T10:00:00Z", "version": 1,
            "tally": {"accepted": 0, "tentative": 0, "declined": 0, "no_action": 0},
        })
    }

    #[test]
    fn a_report_is_asked_for_once_and_written_once() {
        let news = |old: Option<&str>, new: Option<&str>| {
            let change = change("1", "report#1", old.map(report), new.map(report));
            news_of_report(&change).unwrap()
        };
        let (uid, job) = (|| "0".repeat(40), || "1".to_owned());
        let asked = ChangeMessage::ReportRequested {
            uid: uid(),
            job: job(),
        };
        let written = ChangeMessage::ReportWritten {
            uid: uid(),
            job: job(),
        };
        assert_eq!(news(None, Some("writing")), Some(asked));
        assert_eq!(news(Some("writing"), Some("writing")), None);
        assert_eq!(news(Some("writing"), Some("written")), Some(written));
        assert_eq!(news(Some("written"), Some("written")), None);
        assert_eq!(news(Some("written"), None), None);
    }
}
