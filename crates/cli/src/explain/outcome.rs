//! What becomes of a mail, in a word, with its code and a sentence.

use invite::{
    command::RefusalReason,
    decide::{
        self, CancelDecision, Ignored, ListRefusal, RequestDecision, StopDecision, Stoppable, Tally,
    },
    event::WaitsFor,
    language::Language,
    unsubscribe::Peace,
};
use serde::Serialize;

/// What became of a mail, or of one answer in it.
#[derive(Serialize)]
pub(crate) struct Outcome {
    /// `created`, `updated`, `cancelled`, `held`; `recorded`, `recorded-not-counted`, `waits`, `proposed`, `owed`;
    /// `stopped`; `left-in-peace`; `invites`, `would-invite`; `quarantined`, `ignored`, `refused`.
    pub(crate) kind: &'static str,
    /// The code of why, where there is one.
    pub(crate) reason: Option<&'static str>,
    /// The same in words.
    pub(crate) text: Option<String>,
}

impl Outcome {
    fn plain(kind: &'static str) -> Self {
        Self {
            kind,
            reason: None,
            text: None,
        }
    }

    fn because(kind: &'static str, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..Self::plain(kind)
        }
    }
}

pub(super) fn refused(reason: &RefusalReason) -> Outcome {
    let kind = match reason {
        RefusalReason::Quarantined => "quarantined",
        _ => "refused",
    };
    Outcome {
        text: Some(format!(
            "{} {}",
            reason.what_is_wrong(Language::English),
            reason.what_to_do(Language::English)
        )),
        ..Outcome::because(kind, reason.code())
    }
}

fn ignored(reason: Ignored) -> Outcome {
    Outcome {
        text: Some(reason.sentence().to_owned()),
        ..Outcome::because("ignored", reason.code())
    }
}

pub(super) fn of_request(decision: &RequestDecision) -> Outcome {
    match decision {
        RequestDecision::Create(event) if event.is_cancelled() => {
            Outcome::because("created", "cancelled-before-it-came")
        }
        RequestDecision::Create(_) => Outcome::plain("created"),
        RequestDecision::Update {
            significant: true, ..
        } => Outcome::because("updated", "significant"),
        RequestDecision::Update { .. } => Outcome::because("updated", "not-significant"),
        RequestDecision::Hold(_) => Outcome::plain("held"),
        RequestDecision::Ignore { reason, .. } => ignored(*reason),
        RequestDecision::Refuse(reason) => refused(reason),
    }
}

pub(super) fn of_cancel(decision: &CancelDecision) -> Outcome {
    match decision {
        CancelDecision::Cancel(_) => Outcome::plain("cancelled"),
        CancelDecision::Update(_) => Outcome::because("updated", "instances-cancelled"),
        CancelDecision::Hold(_) => Outcome::plain("held"),
        CancelDecision::Ignore { reason, .. } => ignored(*reason),
        CancelDecision::Refuse(reason) => refused(reason),
    }
}

pub(super) fn of_stop(decision: &StopDecision, job: Option<&Stoppable<'_>>) -> Outcome {
    match decision {
        StopDecision::Stop => Outcome {
            text: job.map(|job| format!("{}, for {} people", job.job, job.people)),
            ..Outcome::plain("stopped")
        },
        StopDecision::Quarantine => Outcome::plain("quarantined"),
        StopDecision::Ignore(reason) => ignored(*reason),
        StopDecision::Refuse(reason) => refused(reason),
    }
}

pub(super) fn of_unsubscribe(peace: Option<&Peace>) -> Outcome {
    match peace {
        None => refused(&RefusalReason::NotAuthenticated),
        Some(Peace::FromOne { .. }) => Outcome::because("left-in-peace", "by-one-organizer"),
        Some(Peace::FromAll { .. }) => Outcome::because("left-in-peace", "by-all-organizers"),
    }
}

/// An outcome for each reason rows have; their number is in the words.
pub(super) fn of_list(tally: &Tally, is_dry_run: bool) -> Vec<Outcome> {
    let invited = Outcome {
        text: Some(format!("{} of {} rows", tally.invited, tally.rows)),
        ..Outcome::plain(if is_dry_run {
            "would-invite"
        } else {
            "invites"
        })
    };
    let refused = tally.refused.iter().map(|(reason, rows)| Outcome {
        text: Some(format!(
            "{rows} rows {}",
            reason.in_words(Language::English)
        )),
        ..Outcome::because("refused", reason.code())
    });
    std::iter::once(invited).chain(refused).collect()
}

pub(super) fn refused_list(reason: ListRefusal) -> Outcome {
    Outcome {
        text: Some(format!(
            "{} {}",
            reason.what_is_wrong(Language::English),
            reason.what_to_do(Language::English)
        )),
        ..Outcome::because("refused", reason.code())
    }
}

pub(super) fn of_attendee(outcome: &decide::Outcome) -> Outcome {
    match outcome {
        decide::Outcome::Recorded => Outcome::plain("recorded"),
        decide::Outcome::RecordedUncounted(reason) => {
            Outcome::because("recorded-not-counted", reason.code())
        }
        decide::Outcome::Waits(WaitsFor::Delegation) => Outcome::because("waits", "delegation"),
        decide::Outcome::Waits(WaitsFor::Approval) => Outcome::because("waits", "approval"),
        decide::Outcome::Proposed => Outcome::plain("proposed"),
        decide::Outcome::Owed => Outcome::plain("owed"),
        decide::Outcome::Quarantined => Outcome::plain("quarantined"),
        decide::Outcome::Ignored(reason) => ignored(*reason),
        decide::Outcome::Refused(reason) => refused(reason),
    }
}
