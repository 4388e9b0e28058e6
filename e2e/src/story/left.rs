//! The step of somebody who wants no more mail.

use serde_json::json;

use super::Story;
use crate::{
    fault::Fault,
    no_more::NoMore,
    person::words,
    post::Place,
    records::text,
    wait::{Look, until},
};

impl Story<'_> {
    /// Erin is invited, presses her mail program's button, and writes a mail besides.
    pub(super) async fn leave(&self, uid: &str) -> Result<(), Fault> {
        let erin = &self.cast.erin;
        let path = format!("/event/{uid}/invites");
        let invites = json!({ "invites": [{ "email": erin.address, "name": erin.name }] });
        let answer = self.world.api.post(&path, &invites).await?;
        if !answer.is_success() {
            return Err(Fault::Wrong(format!("the API answered {answer}")));
        }
        let sequence = self.meeting().sequence;
        let letter = self.letter(erin, "REQUEST", sequence).await?;
        let no_more = NoMore::of(&letter, &self.world.stack)?;
        let anybody = self.world.api.with_token("");
        let answer = anybody.post(&no_more.path, &json!({})).await?;
        if answer.status != 200 {
            return Err(Fault::Wrong(format!("one click was answered {answer}")));
        }
        let raw = words(erin, &no_more.to, &no_more.subject, cloud::clock::now());
        self.send("Erin's mail", Place::Honest, erin, &no_more.to, &raw)
            .await?;
        until("the confirmation to Erin", self.within, async || {
            let letters = self.world.mailbox.letters_to(&erin.address).await?;
            let confirms = letters
                .iter()
                .any(|letter| letter.subject.starts_with("You get no more invitations"));
            Ok::<_, Fault>(if confirms {
                Look::Seen(())
            } else {
                Look::NotYet(super::steps::subjects(&letters))
            })
        })
        .await?;
        let records = self.world.records.about_event(uid).await?;
        let shown = records
            .attendee(&erin.address)
            .map(|item| text(item, "/withheld"));
        if shown.as_deref() == Some("blocked") {
            Ok(())
        } else {
            Err(Fault::Wrong(format!("her record says {shown:?}")))
        }
    }
}
