//! What a refused invitation means to others: nothing, but for a limit that was reached.

use cloud::table::RefusedInvitation;

use crate::{messages::ChangeMessage, shell::Change};

/// Each time somebody is refused for it; the organizer is told once a day.
pub(super) fn news_of_refused(change: &Change) -> anyhow::Result<Option<ChangeMessage>> {
    let new: Option<RefusedInvitation> = change.after()?;
    let Some(uid) = change.partition.strip_prefix("event#") else {
        return Ok(None);
    };
    Ok(new.and_then(|new| {
        Some(ChangeMessage::LimitReached {
            uid: uid.to_owned(),
            limit: new.limit?,
            at: new.decided,
        })
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::shell::tests::change;

    const AT: &str = "2026-03-01T10:00:00Z";

    fn refused(more: Value) -> Value {
        let mut item = json!({"pk": "event#0", "sk": "refused#bob@b.test", "decided": AT});
        item.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        item
    }

    #[test]
    fn a_limit_is_told_of_and_no_other_reason() {
        let news = |old: Option<Value>, new: Option<Value>| {
            news_of_refused(&change("1", "refused#bob@b.test", old, new)).unwrap()
        };
        let limit = || Some(refused(json!({"reason": "invite-limit", "limit": 5})));
        let blocked = || Some(refused(json!({"reason": "blocked"})));
        let reached = ChangeMessage::LimitReached {
            uid: "0".repeat(40),
            limit: 5,
            at: AT.parse().unwrap(),
        };
        assert_eq!(news(None, limit()), Some(reached.clone()));
        assert_eq!(news(blocked(), limit()), Some(reached));
        assert_eq!(news(None, blocked()), None);
        assert_eq!(news(limit(), None), None);
    }
}
