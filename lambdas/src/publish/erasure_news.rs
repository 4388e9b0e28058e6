//! What a change of an erasure means to others: it is to be carried out.

use cloud::table::{ErasureRecord, ErasureState};

use crate::{messages::ChangeMessage, shell::Change};

pub(super) fn news_of_erasure(change: &Change) -> anyhow::Result<Option<ChangeMessage>> {
    let Some(new) = change.after::<ErasureRecord>()? else {
        return Ok(None);
    };
    let before = change.before::<ErasureRecord>()?;
    let ran = before.is_some_and(|before| before.state == ErasureState::Running);
    let begins = new.state == ErasureState::Running && !ran;
    Ok(begins.then_some(ChangeMessage::ErasureRequested {
        erasure: new.erasure,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::shell::tests::change;

    fn erasure(state: &str) -> Value {
        json!({
            "pk": "erasure#", "sk": "erasure#5f", "erasure": "5f", "state": state, "asked_by": "api",
            "created": "2026-03-01T10:00:00Z", "version": 1,
        })
    }

    #[test]
    fn an_erasure_is_asked_for_once_and_again_when_it_is_over() {
        let news = |old: Option<&str>, new: Option<&str>| {
            let change = change("1", "erasure#5f", old.map(erasure), new.map(erasure));
            news_of_erasure(&change).unwrap()
        };
        let asked = || {
            Some(ChangeMessage::ErasureRequested {
                erasure: "5f".to_owned(),
            })
        };
        assert_eq!(news(None, Some("running")), asked());
        assert_eq!(news(Some("running"), Some("running")), None);
        assert_eq!(news(Some("running"), Some("done")), None);
        assert_eq!(news(Some("done"), Some("running")), asked());
        assert_eq!(news(Some("done"), None), None);
    }
}
