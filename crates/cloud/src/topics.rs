//! Topics of SNS: what others may subscribe to.

use crate::{Cloud, Fault};

/// One topic.
#[derive(Clone, Debug)]
pub struct Topic {
    client: aws_sdk_sns::Client,
    arn: String,
}

/// Largest message SNS takes, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

impl Topic {
    /// The topic of that ARN.
    #[must_use]
    pub fn new(cloud: &Cloud, arn: String) -> Self {
        Self {
            client: aws_sdk_sns::Client::new(&cloud.config),
            arn,
        }
    }

    /// Publishes one message.
    ///
    /// # Errors
    /// [`Fault`] when SNS has not acknowledged it; it may have been published all the same.
    pub async fn publish(&self, message: &str) -> Result<(), Fault> {
        self.client
            .publish()
            .topic_arn(&self.arn)
            .message(message)
            .send()
            .await
            .map_err(Fault::during("publish to a topic"))?;
        Ok(())
    }
}
