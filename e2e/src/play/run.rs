//! All conversations at once, and then one more look at each when the system has come to rest.

use std::time::Duration;

use conversation::Conversation;
use futures::{StreamExt, stream};

use super::{Failure, Play, redelivery::Notifications};
use crate::{
    fault::Fault,
    wait::{Look, until},
    world::World,
};

/// How many are played at the same time: enough to keep two cores busy, few enough for each to be quick.
const AT_ONCE: usize = 8;

/// What came of one conversation.
#[derive(Debug)]
pub struct Played {
    /// Its name.
    pub name: String,
    /// What is not as it says, `None` if all is.
    pub failure: Option<String>,
}

/// What came of all.
#[derive(Debug)]
pub struct Ended {
    /// Each conversation.
    pub played: Vec<Played>,
    /// Whether all work came to an end, else what was left.
    pub at_rest: Result<(), Fault>,
}

/// Plays conversations; `within` is how long each single thing may take.
///
/// # Errors
/// [`Fault`] when the stack cannot be used.
pub async fn run(
    world: &World,
    conversations: &[&Conversation],
    within: Duration,
    mut progress: impl FnMut(&Played),
) -> Result<Ended, Fault> {
    let tag: String = std::iter::repeat_with(fastrand::lowercase)
        .take(8)
        .collect();
    let notifications = Notifications::listen(world, &tag).await?;
    let playing = conversations.iter().map(|conversation| {
        let mut play = Play::new(world, &notifications, conversation, within);
        async move {
            let end = play.play().await;
            (play, end)
        }
    });
    let mut playing = stream::iter(playing).buffer_unordered(AT_ONCE);
    let mut all = Vec::new();
    let mut played = Vec::new();
    while let Some((play, end)) = playing.next().await {
        let failed = end.is_err();
        let done = told(play.conversation, end);
        progress(&done);
        if failed {
            played.push(done);
        } else {
            all.push(play);
        }
    }
    drop(playing);
    // What a function did not finish because it ended comes back only when its time is over.
    let at_rest = at_rest(world, 3 * within).await;
    for play in &mut all {
        let end = play.check_again().await;
        played.push(told(play.conversation, end));
    }
    drop(all);
    notifications.end(world).await?;
    Ok(Ended { played, at_rest })
}

/// Waits until no queue of the tenant holds anything.
async fn at_rest(world: &World, within: Duration) -> Result<(), Fault> {
    until("the end of all work in the queues", within, async || {
        let at_work = world.records.at_work().await?;
        Ok(if at_work.is_empty() {
            Look::Seen(())
        } else {
            Look::NotYet(at_work.join(", "))
        })
    })
    .await
}

fn told(conversation: &Conversation, end: Result<(), Failure>) -> Played {
    Played {
        name: conversation.name.clone(),
        failure: end.err().map(|Failure { line, what }| {
            format!(
                "{}:{line}: {what}\n  {}",
                conversation.file.display(),
                conversation.title
            )
        }),
    }
}
