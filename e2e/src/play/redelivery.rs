//! The notifications of received mails as they were published, so that one can be handed over a second time, byte for
//! byte, as a queue may do at any time.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use cloud::inspect::Listening;
use serde_json::Value;

use crate::{
    fault::Fault,
    wait::{Look, until},
    world::World,
};

/// Listens to the tenant's topic of received mail.
pub(crate) struct Notifications {
    listening: Listening,
    receive_mail: String,
    heard: Mutex<HashMap<String, String>>,
}

impl Notifications {
    /// Begins to listen: what is published from now on is heard.
    pub(crate) async fn listen(world: &World, tag: &str) -> Result<Self, Fault> {
        let prefix = &world.stack.table;
        let inspector = &world.records.inspector;
        let receive_mail = inspector
            .queues(&format!("{prefix}-receive-mail"))
            .await?
            .remove(&format!("{prefix}-receive-mail"))
            .map(|(url, _)| url)
            .ok_or_else(|| Fault::Wrong(format!("there is no queue {prefix}-receive-mail")))?;
        let topic = inspector
            .topic_arn(&format!("{prefix}-mail-received"))
            .await?;
        let listening = inspector.listen(&topic, &format!("e2e-{tag}")).await?;
        Ok(Self {
            listening,
            receive_mail,
            heard: Mutex::default(),
        })
    }

    /// Hands the notification of this mail to receive-mail once more.
    pub(crate) async fn again(
        &self,
        world: &World,
        mail_id: &str,
        within: Duration,
    ) -> Result<(), Fault> {
        let inspector = &world.records.inspector;
        let notification = until(
            format!("the notification of mail {mail_id}"),
            within,
            async || {
                for message in inspector.peek(&self.listening.url, 5).await? {
                    inspector.remove(&self.listening.url, &message).await?;
                    if let Some(id) = id_in(&message.body) {
                        self.heard().insert(id, message.body);
                    }
                }
                Ok::<_, Fault>(match self.heard().get(mail_id) {
                    Some(body) => Look::Seen(body.clone()),
                    None => Look::NotYet("others".to_owned()),
                })
            },
        )
        .await?;
        Ok(inspector.send(&self.receive_mail, &notification).await?)
    }

    /// Stops listening.
    pub(crate) async fn end(self, world: &World) -> Result<(), Fault> {
        Ok(world
            .records
            .inspector
            .stop_listening(&self.listening)
            .await?)
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn id_in(notification: &str) -> Option<String> {
    let notification: Value = serde_json::from_str(notification).ok()?;
    Some(
        notification
            .pointer("/mail/messageId")?
            .as_str()?
            .to_owned(),
    )
}
