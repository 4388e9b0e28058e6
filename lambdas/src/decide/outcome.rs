//! Outcome records of decisions.

use cloud::{
    shape::MailboxShape,
    table::{MailOutcome, Outcome},
};
use invite::{address::Mailbox, command::RefusalReason, decide::Ignored, language::Language};
use jiff::Timestamp;

use crate::{messages::MailShape, shell::because};

/// What was decided about a command and is stored.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) came: Came,
    pub(crate) record: MailOutcome,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) enum Came {
    /// What it asked for.
    Applied,
    /// It waits for another.
    Held,
    /// Nothing, and that is right.
    Ignored(Ignored),
    /// It must not be.
    Refused(RefusalReason),
}

/// A mail that is refused, and whom to tell: in the tenant's language, for that is what people are told.
pub(crate) fn refused(
    mail: &MailShape,
    reason: &RefusalReason,
    notify: Option<&Mailbox>,
    now: Timestamp,
    language: Language,
) -> MailOutcome {
    let outcome = match reason {
        RefusalReason::Quarantined => Outcome::Quarantined,
        _ => Outcome::Refused,
    };
    MailOutcome {
        reason: Some(reason.code().to_owned()),
        text: Some(reason.what_is_wrong(language)),
        remedy: Some(reason.what_to_do(language)),
        notify: notify.map(MailboxShape::from),
        subject: notify.and(mail.subject.clone()),
        message_id: notify.and(mail.message_id.clone()),
        ..mail.outcome(outcome, now)
    }
}

/// What the log says of it: the outcome, and why.
pub(crate) fn logged(outcome: &MailOutcome) -> &'static str {
    if let Some(reason) = &outcome.reason {
        because(reason);
    }
    outcome.said()
}

/// A mail without effect.
pub(crate) fn ignored(mail: &MailShape, reason: Ignored, now: Timestamp) -> MailOutcome {
    MailOutcome {
        reason: Some(reason.code().to_owned()),
        text: Some(reason.sentence().to_owned()),
        ..mail.outcome(Outcome::Ignored, now)
    }
}
