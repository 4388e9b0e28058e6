//! Another try of a message, soon.
//!
//! A queue hides what was handed out for several times as long as its function may take, and so would hide what failed
//! within milliseconds, minutes to half an hour. Most faults are of a moment: the first repeats come quickly. What fails
//! still waits as long as the queue says, so that the tries outlast a disturbance of several minutes.

use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use cloud::{Cloud, queues::Queue};
use tokio::sync::OnceCell;

use super::log_failure;

/// After the first failure, after the second.
const SOON: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(20)];

/// Asks the queue for it; its client is built when something fails, which is seldom.
#[derive(Default)]
pub(super) struct Again {
    cloud: OnceCell<Cloud>,
}

impl Again {
    /// Shortens the time a message that failed is hidden. That this fails too is logged only: the message comes back, later.
    pub(super) async fn soon(&self, message: &SqsMessage) {
        let (Some(after), Some(receipt), Some(arn)) = (
            after(message),
            message.receipt_handle.clone(),
            message.event_source_arn.as_ref(),
        ) else {
            return;
        };
        let cloud = self.cloud.get_or_init(Cloud::from_env).await;
        let hidden = async {
            let queue = Queue::of_arn(cloud, arn).await?;
            queue.hide(receipt, after).await
        };
        if let Err(fault) = hidden.await {
            log_failure("the message comes back later than it could", &fault.into());
        }
    }
}

/// How long a message that failed waits for its next try; nothing where the queue's own time holds.
fn after(message: &SqsMessage) -> Option<Duration> {
    let received = message.attributes.get("ApproximateReceiveCount")?;
    let before: usize = received.parse::<usize>().ok()?.checked_sub(1)?;
    SOON.get(before).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_repeats_come_soon_and_further_ones_when_the_queue_says() {
        let after_receives = |count: &str| {
            let message: SqsMessage = serde_json::from_value(serde_json::json!({
                "messageId": "1",
                "attributes": { "ApproximateReceiveCount": count },
            }))
            .unwrap();
            after(&message).map(|after| after.as_secs())
        };
        assert_eq!(after_receives("1"), Some(2));
        assert_eq!(after_receives("2"), Some(20));
        for later in ["3", "6", "0", "-1", "often"] {
            assert_eq!(after_receives(later), None, "{later}");
        }
    }
}
