//! Why everything is as it is: the event's ledger.

use serde_json::Value;

use super::Story;
use crate::{
    fault::Fault,
    records::text,
    wait::{Look, until},
};

impl Story<'_> {
    /// The ledger has her cancellation and the change it made, the newest first.
    pub(super) async fn ask_why(&self, uid: &str) -> Result<(), Fault> {
        let path = format!("/event/{uid}/ledger?limit=100");
        until("the cancellation in the ledger", self.within, async || {
            let ledger = self.world.api.get(&path).await?;
            let entries = ledger.body.get("entries").and_then(Value::as_array);
            let position = |field: &str, value: &str| {
                entries?
                    .iter()
                    .position(|entry| text(entry, field) == value)
            };
            // Of one instant, what came of it stands before what she asked for.
            let command = position("/command", "cancel");
            let change = position("/status", "cancelled");
            Ok::<_, Fault>(if change.is_some() && change < command {
                Look::Seen(())
            } else {
                Look::NotYet(ledger.to_string())
            })
        })
        .await
    }
}
