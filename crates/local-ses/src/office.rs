//! The post office behind the counter: answers the sessions' questions by the cloud's receipt rules, and carries the
//! rules out. A mail is acknowledged only when it is stored and told.

use std::sync::Arc;

use cloud::Cloud;
use cloud::blobs::Blobs;
use cloud::receipt_rules::ReceiptRules;
use cloud::topics::Topic;
use jiff::{SignedDuration, Timestamp};
use mail_auth::MessageAuthenticator;
use tokio::sync::{Mutex, mpsc};
use tokio_util::task::TaskTracker;

use crate::notification::{Notification, Stored, object_key};
use crate::outgoing::chain;
use crate::rules::{self, Rule, Step};
use crate::smtp::{IncomingMail, Outcome, Question, Standing};
use crate::trace::{ID_BYTES, MailId, Trace};
use crate::verdict::{self, Findings, Handover};

/// How long the rules just read are good: long enough for one mail's recipients, short enough for a deployment.
const RULES_GOOD_FOR: SignedDuration = SignedDuration::from_secs(1);

/// The post office.
pub struct Office {
    cloud: Cloud,
    receipt_rules: ReceiptRules,
    authenticator: MessageAuthenticator,
    known: Mutex<Option<(Timestamp, Arc<[Rule]>)>>,
    clock: fn() -> Timestamp,
    random: fn() -> [u8; ID_BYTES],
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
enum OfficeError {
    #[error(transparent)]
    Cloud(#[from] cloud::Fault),
    #[error("writing the notification")]
    Notification(#[source] serde_json::Error),
    #[error("no rule takes the mail any more")]
    NoRule,
}

impl Office {
    /// A post office for the rules of `cloud`.
    #[must_use]
    pub fn new(
        cloud: Cloud,
        authenticator: MessageAuthenticator,
        clock: fn() -> Timestamp,
        random: fn() -> [u8; ID_BYTES],
    ) -> Self {
        let receipt_rules = ReceiptRules::new(&cloud);
        Self {
            cloud,
            receipt_rules,
            authenticator,
            known: Mutex::new(None),
            clock,
            random,
        }
    }

    /// Answers until nobody can ask any more, then ends what is under way.
    pub async fn serve(self, mut questions: mpsc::Receiver<Question>) {
        let office = Arc::new(self);
        let tasks = TaskTracker::new();
        while let Some(question) = questions.recv().await {
            let office = Arc::clone(&office);
            tasks.spawn(async move { office.answer(question).await });
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn answer(&self, question: Question) {
        // A client that has gone does not hear the answer; what was stored is stored.
        match question {
            Question::Recipient { address, answer } => {
                let standing = match self.rules().await {
                    Ok(rules) if rules::takes(&rules, &address) => Standing::Taken,
                    Ok(_) => Standing::Unknown,
                    Err(error) => {
                        tracing::error!(error = %chain(&error), "the receipt rules cannot be read");
                        Standing::Unavailable
                    }
                };
                let _ = answer.send(standing);
            }
            Question::Mail { mail, answer } => {
                let outcome = match self.take(&mail).await {
                    Ok(id) => Outcome::Stored(id),
                    Err(error) => {
                        tracing::error!(error = %chain(&error), "a mail was not taken");
                        Outcome::Unavailable
                    }
                };
                let _ = answer.send(outcome);
            }
        }
    }

    async fn rules(&self) -> Result<Arc<[Rule]>, cloud::Fault> {
        let mut known = self.known.lock().await;
        let now = (self.clock)();
        if let Some((at, rules)) = known.as_ref()
            && now.duration_since(*at) < RULES_GOOD_FOR
        {
            return Ok(Arc::clone(rules));
        }
        let rules: Arc<[Rule]> = self.receipt_rules.read().await?.into();
        *known = Some((now, Arc::clone(&rules)));
        Ok(rules)
    }

    async fn take(&self, mail: &IncomingMail) -> Result<String, OfficeError> {
        let at = (self.clock)();
        let id = MailId::new((self.random)());
        let rules = self.rules().await?;
        let handover = Handover {
            peer: mail.peer,
            helo: &mail.helo,
            from: &mail.from,
        };
        let findings = verdict::examine(&self.authenticator, handover, &mail.raw).await;
        let steps = rules::steps(&rules, &mail.recipients);
        if steps.is_empty() {
            return Err(OfficeError::NoRule);
        }
        for step in &steps {
            self.carry_out(step, mail, &findings, &id, at).await?;
        }
        tracing::info!(
            mail.id = id.as_str(),
            mail.bytes = mail.raw.len(),
            spf = findings.spf,
            dkim = ?findings.dkim_verdict,
            dmarc = ?findings.dmarc_verdict,
            duration_ms = (self.clock)().duration_since(at).as_millis(),
            "mail taken"
        );
        Ok(id.as_str().to_owned())
    }

    /// Stores, then tells: who is told finds the object.
    async fn carry_out(
        &self,
        step: &Step<'_>,
        mail: &IncomingMail,
        findings: &Findings,
        id: &MailId,
        at: Timestamp,
    ) -> Result<(), OfficeError> {
        let trace = Trace {
            id,
            at,
            peer: mail.peer,
            helo: &mail.helo,
            from: &mail.from,
            recipients: &step.recipients,
            scan: step.scan,
            findings,
        };
        let raw = [trace.fields().as_bytes(), mail.raw.as_slice()].concat();
        Blobs::new(&self.cloud, step.store.bucket.clone())
            .write(&object_key(step.store, id), raw.clone())
            .await?;
        let Some(topic) = &step.store.topic else {
            return Ok(());
        };
        let notification = Notification::new(&Stored {
            id,
            at,
            took_millis: (self.clock)().duration_since(at).as_millis(),
            from: &mail.from,
            destination: &mail.recipients,
            recipients: &step.recipients,
            scan: step.scan,
            findings,
            store: step.store,
            raw: &raw,
        });
        let message = serde_json::to_string(&notification).map_err(OfficeError::Notification)?;
        Topic::new(&self.cloud, topic.clone())
            .publish(&message)
            .await?;
        Ok(())
    }
}
