//! Whether an organizer may create one more event: his standing, and what the tenant allows.

use super::{Limits, Rule, Standing, reason::Trace};
use crate::command::RefusalReason;

/// Why this organizer may not create an event.
pub(super) fn may_not_create(
    standing: &Standing,
    limits: &Limits,
    why: &mut Trace,
) -> Option<RefusalReason> {
    if standing.suspended {
        why.note(Rule::OrganizerSuspended, []);
        return Some(RefusalReason::OrganizerSuspended);
    }
    if limits.enrolled_only && !standing.enrolled {
        why.note(Rule::OrganizerNotEnrolled, []);
        return Some(RefusalReason::OrganizerNotEnrolled);
    }
    let limit = limits.events_of(standing);
    let counted = [
        Some(("events", standing.events.into())),
        limit.map(|limit| ("limit", limit.into())),
    ];
    let counted = counted.into_iter().flatten();
    match limit.filter(|limit| standing.events >= *limit) {
        Some(limit) => {
            why.note(Rule::EventLimitReached, counted);
            Some(RefusalReason::EventLimit { limit })
        }
        None => {
            why.note(Rule::MayCreate, counted);
            None
        }
    }
}
