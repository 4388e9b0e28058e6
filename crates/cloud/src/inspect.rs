//! What somebody sees and does who looks over the system's shoulder: end-to-end tests and operators. No function of the
//! system uses it, and none has the rights.

mod objects;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::Value;

use crate::{Cloud, Fault, blobs};

/// Looks into one account.
#[derive(Clone, Debug)]
pub struct Inspector {
    table: aws_sdk_dynamodb::Client,
    objects: aws_sdk_s3::Client,
    queues: aws_sdk_sqs::Client,
    topics: aws_sdk_sns::Client,
}

/// Messages in a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Depth {
    /// Waiting.
    pub waiting: u64,
    /// Handed out and not yet done with, or waiting for another try.
    pub in_flight: u64,
}

impl Inspector {
    /// With the caller's own rights.
    #[must_use]
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            table: aws_sdk_dynamodb::Client::new(&cloud.config),
            objects: blobs::client(cloud),
            queues: aws_sdk_sqs::Client::new(&cloud.config),
            topics: aws_sdk_sns::Client::new(&cloud.config),
        }
    }

    /// Every item of a partition, as it is stored, by sort key.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn items(&self, table: &str, partition: &str) -> Result<Vec<Value>, Fault> {
        let operation = "look at a partition";
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .table
                .query()
                .table_name(table)
                .key_condition_expression("pk = :partition")
                .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .send()
                .await
                .map_err(Fault::during(operation))?;
            for item in page.items.unwrap_or_default() {
                items.push(serde_dynamo::from_item(item).map_err(Fault::during(operation))?);
            }
            match page.last_evaluated_key {
                Some(key) => start = Some(key),
                None => return Ok(items),
            }
        }
    }

    /// Writes an item as it is given, over whatever is there.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn put_item(&self, table: &str, item: &Value) -> Result<(), Fault> {
        let operation = "write an item";
        let item = serde_dynamo::to_item(item).map_err(Fault::during(operation))?;
        self.table
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .send()
            .await
            .map_err(Fault::during(operation))?;
        Ok(())
    }

    /// Every queue whose name begins so, with its URL and how much is in it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn queues(&self, prefix: &str) -> Result<BTreeMap<String, (String, Depth)>, Fault> {
        let operation = "list the queues";
        let mut queues = BTreeMap::new();
        let listed = self
            .queues
            .list_queues()
            .queue_name_prefix(prefix)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        for url in listed.queue_urls.unwrap_or_default() {
            let attributes = self
                .queues
                .get_queue_attributes()
                .queue_url(&url)
                .attribute_names(QueueAttributeName::All)
                .send()
                .await
                .map_err(Fault::during(operation))?
                .attributes
                .unwrap_or_default();
            let number = |name| {
                attributes
                    .get(&name)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0)
            };
            let depth = Depth {
                waiting: number(QueueAttributeName::ApproximateNumberOfMessages),
                in_flight: number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
            };
            let name = url.rsplit('/').next().unwrap_or_default().to_owned();
            queues.insert(name, (url, depth));
        }
        Ok(queues)
    }

    /// Whether there is an object of that key in the bucket whose name begins so.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn has_object(&self, bucket_prefix: &str, key: &str) -> Result<bool, Fault> {
        let operation = "look for an object";
        let buckets = self
            .objects
            .list_buckets()
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let mut names = buckets.buckets().iter().filter_map(|bucket| bucket.name());
        let bucket = names.find(|name| name.starts_with(bucket_prefix));
        let bucket = bucket.ok_or_else(|| Fault::during(operation)("there is no such bucket"))?;
        let found = self
            .objects
            .list_objects_v2()
            .bucket(bucket)
            .prefix(key)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        Ok(found
            .contents()
            .iter()
            .any(|object| object.key() == Some(key)))
    }

    /// How long a message of the queue is hidden while it is worked on, in seconds.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn hidden_secs(&self, queue_url: &str) -> Result<u32, Fault> {
        let operation = "read a queue's visibility timeout";
        let name = QueueAttributeName::VisibilityTimeout;
        let attributes = self
            .queues
            .get_queue_attributes()
            .queue_url(queue_url)
            .attribute_names(name.clone())
            .send()
            .await
            .map_err(Fault::during(operation))?
            .attributes
            .unwrap_or_default();
        let text = attributes.get(&name).cloned().unwrap_or_default();
        text.parse().map_err(Fault::during(operation))
    }

    /// Changes it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn hide_for(&self, queue_url: &str, hidden_secs: u32) -> Result<(), Fault> {
        self.queues
            .set_queue_attributes()
            .queue_url(queue_url)
            .attributes(
                QueueAttributeName::VisibilityTimeout,
                hidden_secs.to_string(),
            )
            .send()
            .await
            .map_err(Fault::during("change a queue's visibility timeout"))?;
        Ok(())
    }

    /// Queues one message as it is given.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn send(&self, queue_url: &str, body: &str) -> Result<(), Fault> {
        self.queues
            .send_message()
            .queue_url(queue_url)
            .message_body(body)
            .send()
            .await
            .map_err(Fault::during("queue a message"))?;
        Ok(())
    }

    /// Up to ten messages of a queue, which stay in it and are hidden from others for `hidden_secs`.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn peek(&self, queue_url: &str, hidden_secs: i32) -> Result<Vec<Peeked>, Fault> {
        let answer = self
            .queues
            .receive_message()
            .queue_url(queue_url)
            .max_number_of_messages(10)
            .visibility_timeout(hidden_secs)
            .send()
            .await
            .map_err(Fault::during("look into a queue"))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .map(|message| Peeked {
                body: message.body.unwrap_or_default(),
                receipt: message.receipt_handle.unwrap_or_default(),
            })
            .collect())
    }

    /// Removes a message that was looked at.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn remove(&self, queue_url: &str, peeked: &Peeked) -> Result<(), Fault> {
        self.queues
            .delete_message()
            .queue_url(queue_url)
            .receipt_handle(&peeked.receipt)
            .send()
            .await
            .map_err(Fault::during("remove a message"))?;
        Ok(())
    }

    /// The ARN of the topic of this name.
    ///
    /// # Errors
    /// [`Fault`], also if there is none.
    pub async fn topic_arn(&self, name: &str) -> Result<String, Fault> {
        let operation = "find a topic";
        let mut next = None;
        loop {
            let page = self
                .topics
                .list_topics()
                .set_next_token(next)
                .send()
                .await
                .map_err(Fault::during(operation))?;
            let found = page
                .topics()
                .iter()
                .filter_map(|topic| topic.topic_arn())
                .find(|arn| arn.rsplit(':').next() == Some(name));
            if let Some(arn) = found {
                return Ok(arn.to_owned());
            }
            next = page.next_token;
            if next.is_none() {
                return Err(Fault::during(operation)(format!(
                    "there is no topic {name}"
                )));
            }
        }
    }

    /// Makes a queue that gets everything a topic publishes, as it is.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn listen(&self, topic_arn: &str, queue_name: &str) -> Result<Listening, Fault> {
        let operation = "listen to a topic";
        let arn = topic_arn
            .rsplit_once(':')
            .map(|(prefix, _)| format!("{}:{queue_name}", prefix.replacen(":sns:", ":sqs:", 1)))
            .unwrap_or_default();
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "sns.amazonaws.com" },
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": { "ArnEquals": { "aws:SourceArn": topic_arn } },
            }],
        });
        let url = self
            .queues
            .create_queue()
            .queue_name(queue_name)
            .attributes(QueueAttributeName::Policy, policy.to_string())
            .send()
            .await
            .map_err(Fault::during(operation))?
            .queue_url
            .unwrap_or_default();
        let subscription = self
            .topics
            .subscribe()
            .topic_arn(topic_arn)
            .protocol("sqs")
            .endpoint(arn)
            .attributes("RawMessageDelivery", "true")
            .send()
            .await
            .map_err(Fault::during(operation))?
            .subscription_arn
            .unwrap_or_default();
        Ok(Listening { url, subscription })
    }

    /// Takes the subscription and the queue away.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn stop_listening(&self, listening: &Listening) -> Result<(), Fault> {
        let operation = "stop listening to a topic";
        self.topics
            .unsubscribe()
            .subscription_arn(&listening.subscription)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        self.queues
            .delete_queue()
            .queue_url(&listening.url)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        Ok(())
    }
}

/// A queue that gets what a topic publishes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listening {
    /// The queue's URL.
    pub url: String,
    subscription: String,
}

/// A message that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peeked {
    /// Its body.
    pub body: String,
    /// By which it can be removed.
    receipt: String,
}
