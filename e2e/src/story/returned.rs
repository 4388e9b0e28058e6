//! The step of a letter that comes back.

use serde_json::json;

use super::Story;
use crate::{
    fault::Fault,
    records::text,
    wait::{Look, until},
};

impl Story<'_> {
    /// Somebody is invited whose mailbox is not there: an address of SES's simulator, which says so.
    pub(super) async fn come_back(&self, uid: &str) -> Result<(), Fault> {
        let label = self.cast.alice.address.rsplit('@').next();
        let label = label.unwrap_or_default().replace('.', "-");
        let nobody = format!("bounce+{label}@simulator.amazonses.com");
        let path = format!("/event/{uid}/invites");
        let invites = json!({ "invites": [{ "email": nobody }] });
        let answer = self.world.api.post(&path, &invites).await?;
        if !answer.is_success() {
            return Err(Fault::Wrong(format!("the API answered {answer}")));
        }
        until(
            "the bounce in the attendee's record",
            self.within,
            async || {
                let records = self.world.records.about_event(uid).await?;
                let state = records
                    .attendee(&nobody)
                    .map(|item| text(item, "/delivery/state"));
                Ok::<_, Fault>(match state.as_deref() {
                    Some("bounced") => Look::Seen(()),
                    state => Look::NotYet(format!("{state:?}")),
                })
            },
        )
        .await?;
        let path = format!("/event/{uid}/deliveries?state=bounced");
        let table = self.world.api.get(&path).await?;
        let rows = table.body.as_str().unwrap_or_default();
        if rows.contains(&format!("{nobody},,bounced,")) {
            Ok(())
        } else {
            Err(Fault::Wrong(format!("the API does not show it: {table}")))
        }
    }
}
