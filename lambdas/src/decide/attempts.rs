//! A decision is taken again as long as another message was quicker.

use anyhow::anyhow;
use cloud::table::{MailOutcome, Table};

use super::outcome::logged;
use crate::{messages::MailShape, shell::Handled};

/// How often, before the message waits in the queue.
pub(crate) const ATTEMPTS: usize = 5;

/// After the last attempt.
pub(crate) fn others_were_quicker() -> anyhow::Error {
    anyhow!("others kept changing what this decides about")
}

/// Load, decide, store, by `once`, which finds `None` when somebody else was quicker.
pub(crate) async fn until_stored<T>(
    once: impl AsyncFn() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    for _ in 0..ATTEMPTS {
        if let Some(decided) = once().await? {
            return Ok(decided);
        }
    }
    Err(others_were_quicker())
}

/// The same for a mail, which is decided upon once.
pub(crate) async fn of_mail(
    table: &Table,
    mail: &MailShape,
    once: impl AsyncFn() -> anyhow::Result<Option<MailOutcome>>,
) -> Handled {
    until_stored(async || {
        if table.is_decided(&mail.id).await? {
            return Ok(Some("seen-before"));
        }
        Ok(once().await?.map(|outcome| logged(&outcome)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn who_was_not_quick_enough_decides_again_and_at_last_waits() {
        for (quicker, expected, attempts) in [
            (0, Some("stored"), 1),
            (2, Some("stored"), 3),
            (usize::MAX, None, ATTEMPTS),
        ] {
            let tried = Cell::new(0);
            let stored = until_stored(async || {
                tried.set(tried.get() + 1);
                Ok((tried.get() > quicker).then_some("stored"))
            })
            .await;
            assert_eq!(stored.ok(), expected);
            assert_eq!(tried.get(), attempts);
        }
    }

    #[tokio::test]
    async fn a_fault_is_not_tried_again_here() {
        let tried = Cell::new(0);
        let stored: anyhow::Result<()> = until_stored(async || {
            tried.set(tried.get() + 1);
            Err(anyhow!("the table is away"))
        })
        .await;
        assert_eq!(stored.unwrap_err().to_string(), "the table is away");
        assert_eq!(tried.get(), 1);
    }
}
