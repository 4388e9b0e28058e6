//! The steps of work that reaches many, as far as its record says when each was taken.

use cloud::table::{JobKind, JobRecord, JobState, ReportRecord};
use invite::ledger::{Entry, JobStep, Step, What};
use jiff::Timestamp;

pub(super) fn of_job(job: &JobRecord) -> Vec<Entry> {
    let is_counted = job.is_decided();
    let step = |at: Timestamp, step: Step| {
        let people = (is_counted && !matches!(step, Step::Begun { .. })).then(|| job.reaches());
        entry(
            at,
            JobStep {
                job: job.job.clone(),
                kind: match job.kind {
                    JobKind::List => "list",
                    JobKind::Update => "update",
                    JobKind::Cancellation => "cancellation",
                    JobKind::Reminder => "reminder",
                },
                step,
                revision: job.revision,
                people,
            },
        )
    };
    let begun = Step::Begun {
        replaces: job.replaces.clone(),
    };
    let mut steps = vec![step(job.created, begun)];
    if let Some(at) = job.checked {
        steps.push(step(
            at,
            match &job.refusal {
                Some(reason) => Step::Refused {
                    reason: reason.clone(),
                },
                None => Step::Checked,
            },
        ));
    }
    // Its last change of this kind is kept, and not those before.
    if let Some(at) = job.changed {
        steps.extend(match (job.state, job.held_until) {
            (JobState::Stopped, _) => Some(step(at, Step::Stopped)),
            (JobState::Superseded, _) => Some(step(at, Step::Superseded)),
            (_, Some(until)) => Some(step(at, Step::Held { until })),
            (_, None) => None,
        });
    }
    steps
}

pub(super) fn of_report(report: &ReportRecord) -> Vec<Entry> {
    let step = |at: Timestamp, step: Step| {
        entry(
            at,
            JobStep {
                job: report.job.clone(),
                kind: "report",
                step,
                revision: None,
                people: None,
            },
        )
    };
    let written = report.written.map(|at| step(at, Step::Written));
    let begun = step(report.created, Step::Begun { replaces: None });
    [begun].into_iter().chain(written).collect()
}

/// A step of a job is taken once.
fn entry(at: Timestamp, step: JobStep) -> Entry {
    let name = [
        "job".to_owned(),
        step.job.clone(),
        super::view::name_of(&step.step).to_owned(),
    ];
    let name = name.each_ref().map(String::as_str);
    Entry::new(at, None, What::Job(step), &name)
}

#[cfg(test)]
mod tests {
    use cloud::shape::MailboxShape;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_772_445_600 + minute * 60).unwrap()
    }

    fn job(kind: JobKind) -> JobRecord {
        let organizer = MailboxShape {
            email: "alice@a.test".to_owned(),
            name: None,
        };
        JobRecord {
            people: 612,
            ..JobRecord::of_change(kind, 3, organizer, at(0))
        }
    }

    fn steps(entries: &[Entry]) -> Vec<(Timestamp, &'static str, Option<u64>)> {
        let step = |entry: &Entry| match &entry.what {
            What::Job(step) => (
                entry.at,
                super::super::view::name_of(&step.step),
                step.people,
            ),
            other => panic!("{other:?}"),
        };
        entries.iter().map(step).collect()
    }

    #[test]
    fn a_change_that_waited_says_since_when_and_what_ended_it() {
        let held = JobRecord {
            state: JobState::Held,
            held_until: Some(at(10)),
            changed: Some(at(1)),
            ..job(JobKind::Update)
        };
        assert_eq!(
            steps(&of_job(&held)),
            [(at(0), "begun", None), (at(1), "held", Some(612))]
        );
        let let_go = JobRecord {
            state: JobState::Staged,
            ..held.clone()
        };
        assert_eq!(steps(&of_job(&let_go)), steps(&of_job(&held)));
        let stopped = JobRecord {
            state: JobState::Stopped,
            changed: Some(at(5)),
            ..held
        };
        assert_eq!(
            steps(&of_job(&stopped)),
            [(at(0), "begun", None), (at(5), "stopped", Some(612))]
        );
    }

    #[test]
    fn a_change_nobody_waited_for_has_begun() {
        let staged = JobRecord {
            state: JobState::Staged,
            ..job(JobKind::Cancellation)
        };
        assert_eq!(steps(&of_job(&staged)), [(at(0), "begun", None)]);
    }

    #[test]
    fn a_list_says_when_it_was_gone_through_and_whether_it_was_refused() {
        let checked = JobRecord {
            state: JobState::Checked,
            checked: Some(at(2)),
            invited: 7,
            ..job(JobKind::List)
        };
        assert_eq!(
            steps(&of_job(&checked)),
            [(at(0), "begun", None), (at(2), "checked", Some(7))]
        );
        let refused = JobRecord {
            state: JobState::Refused,
            refusal: Some("no-rows".to_owned()),
            invited: 0,
            ..checked
        };
        assert_eq!(steps(&of_job(&refused))[1].1, "refused");
    }

    #[test]
    fn a_report_says_when_it_was_written() {
        let mut report = ReportRecord::asked("r".to_owned(), at(0));
        assert_eq!(steps(&of_report(&report)), [(at(0), "begun", None)]);
        report.written = Some(at(1));
        assert_eq!(steps(&of_report(&report))[1], (at(1), "written", None));
    }
}
