//! Receipt rules of SES: which mail is taken in and where it goes. Asked by the local post office only; on AWS SES
//! itself carries them out.

use crate::{Cloud, Fault};

/// One enabled rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, for the log.
    pub name: String,
    /// Domains, `.subdomains` or addresses; empty takes everyone.
    pub recipients: Vec<String>,
    /// Whether spam and virus are looked for.
    pub scan: bool,
    /// What is done, in order.
    pub actions: Vec<Action>,
}

/// What a rule does with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Store the mail, then tell a topic.
    Store(Store),
    /// No later rule sees the mail.
    Stop,
    /// Something this system's rules never do.
    Other,
}

/// The S3 action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The bucket's name.
    pub bucket: String,
    /// What the object's key begins with; often empty.
    pub key_prefix: String,
    /// The ARN of the topic told after the object is stored.
    pub topic: Option<String>,
}

/// The active rule set of the account.
#[derive(Clone, Debug)]
pub struct ReceiptRules {
    client: aws_sdk_ses::Client,
}

impl ReceiptRules {
    /// The one there is.
    #[must_use]
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            client: aws_sdk_ses::Client::new(&cloud.config),
        }
    }

    /// The enabled rules of the active set, in their order; none when no set is active.
    ///
    /// # Errors
    /// [`Fault`] when SES does not answer.
    pub async fn read(&self) -> Result<Vec<Rule>, Fault> {
        let active = self
            .client
            .describe_active_receipt_rule_set()
            .send()
            .await
            .map_err(Fault::during("read the active receipt rules"))?;
        Ok(active
            .rules()
            .iter()
            .filter(|rule| rule.enabled)
            .map(rule)
            .collect())
    }
}

fn rule(rule: &aws_sdk_ses::types::ReceiptRule) -> Rule {
    Rule {
        name: rule.name().to_owned(),
        recipients: rule.recipients().to_vec(),
        scan: rule.scan_enabled,
        actions: rule.actions().iter().map(action).collect(),
    }
}

fn action(action: &aws_sdk_ses::types::ReceiptAction) -> Action {
    if let Some(store) = action.s3_action() {
        return Action::Store(Store {
            bucket: store.bucket_name().to_owned(),
            key_prefix: store.object_key_prefix().unwrap_or_default().to_owned(),
            topic: store.topic_arn().map(str::to_owned),
        });
    }
    if action.stop_action().is_some() {
        return Action::Stop;
    }
    Action::Other
}
