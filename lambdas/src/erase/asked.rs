//! That somebody is to be erased, by API, by mail or by the page: recorded once for each person at a time. The stream tells
//! erase-person.

use anyhow::bail;
use cloud::table::{AskedBy, ErasureRecord, ErasureState, Stored, Table};
use invite::{address::Address, decide::Standing, erasure::ErasureId, id::TenantKey};
use jiff::Timestamp;

/// How often it is looked again because another request was quicker.
const ATTEMPTS: usize = 3;

/// What asking for an erasure comes to.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It runs, since now or before.
    Runs(Box<ErasureRecord>),
    /// The person organizes events, and others rely on them.
    Organizes,
}

/// Records that a person is to be erased, unless that runs already.
pub(crate) async fn begin(
    table: &Table,
    key: &TenantKey,
    person: &Address,
    by: AskedBy,
    now: Timestamp,
) -> anyhow::Result<Begun> {
    if organizes(&table.standing(person, now).await?) {
        return Ok(Begun::Organizes);
    }
    let id = ErasureId::derive(key, person);
    for _ in 0..ATTEMPTS {
        let before = table.erasure(&id).await?;
        if let Some(before) = before
            .as_ref()
            .filter(|before| before.state == ErasureState::Running)
        {
            return Ok(Begun::Runs(Box::new(before.clone())));
        }
        let erasure = ErasureRecord::asked(&id, person, by, now, before.as_ref());
        if table.begin_erasure(&id, &erasure, before.as_ref()).await? == Stored::Done {
            return Ok(Begun::Runs(Box::new(erasure)));
        }
    }
    bail!("others kept asking for the same erasure")
}

fn organizes(standing: &Standing) -> bool {
    standing.events > 0 || standing.enrolled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_events_or_a_plan_organizes_and_who_is_only_suspended_does_not() {
        for (standing, expected) in [
            (Standing::default(), false),
            (
                Standing {
                    suspended: true,
                    ..Standing::default()
                },
                false,
            ),
            (
                Standing {
                    events: 1,
                    ..Standing::default()
                },
                true,
            ),
            (
                Standing {
                    enrolled: true,
                    ..Standing::default()
                },
                true,
            ),
        ] {
            assert_eq!(organizes(&standing), expected, "{standing:?}");
        }
    }
}
