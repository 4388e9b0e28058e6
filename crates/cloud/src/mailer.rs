//! SES: raw mail out.
//!
//! SendEmail is the one operation called for every single letter, a million times for a large list. What the SDK does
//! around an operation costs more CPU than the operation: so the request is written and signed here, and goes out
//! through the SDK's own HTTP client, over connections like those of every other call.

mod answer;
mod credentials;
mod endpoint;
mod request;
mod ses;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use invite::letter::Letter;

use self::{credentials::Credentials, endpoint::Endpoint, ses::Ses};
use crate::{Cloud, Fault, clock};

/// Before a letter is offered again: as often as the SDK offers what other calls ask, and for as long as it waits in
/// the mean.
const PAUSES: &[Duration] = &[Duration::from_millis(500), Duration::from_secs(1)];

/// What is tried here, to whoever reads of a fault.
const SEND: &str = "send a mail";

/// Sends letters under one configuration set.
#[derive(Clone, Debug)]
pub struct Mailer {
    ses: Arc<Ses>,
    configuration_set: String,
    pauses: &'static [Duration],
}

/// A letter with all that SES is told about it.
#[derive(Clone, Debug)]
pub struct Wrapped(Bytes);

/// What SES did with a letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sent {
    /// It took it, under this id.
    Accepted {
        /// SES's message id.
        ses_message_id: String,
    },
    /// It will never take it.
    Rejected {
        /// SES's name for the reason; no personal data.
        code: String,
    },
}

impl Mailer {
    /// Sends under the configuration set of that name. Nothing is sent anywhere yet.
    ///
    /// # Errors
    /// [`Fault`] when the process's environment does not say where SES is, or as whom to ask it.
    pub async fn open(cloud: &Cloud, configuration_set: String) -> Result<Self, Fault> {
        let config = &cloud.config;
        let ses = Ses::new(
            config,
            Endpoint::of(config).await?,
            Credentials::of(config)?,
            clock::now,
        )?;
        Ok(Self {
            ses: Arc::new(ses),
            configuration_set,
            pauses: PAUSES,
        })
    }

    /// The same, but it offers each letter once: for whoever keeps a pace of his own.
    #[must_use]
    pub fn without_retries(&self) -> Self {
        Self {
            pauses: &[],
            ..self.clone()
        }
    }

    /// Sends one letter to its one recipient.
    ///
    /// # Errors
    /// [`Fault`] when it may be taken later: throttling, a pause of sending, the network.
    pub async fn send(&self, letter: &Letter) -> Result<Sent, Fault> {
        self.offer(&self.wrap(letter)?).await
    }

    /// A letter as it goes to SES: whoever offers it more than once needs the letter no more.
    ///
    /// # Errors
    /// [`Fault`] in theory only.
    pub fn wrap(&self, letter: &Letter) -> Result<Wrapped, Fault> {
        let body = request::body(letter, &self.configuration_set);
        body.map(|body| Wrapped(body.into()))
            .map_err(Fault::during(SEND))
    }

    /// Sends it.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn offer(&self, letter: &Wrapped) -> Result<Sent, Fault> {
        let mut pauses = self.pauses.iter();
        loop {
            let attempt = 1 + self.pauses.len() - pauses.len();
            let untaken = match self.ses.offer(&letter.0, attempt).await {
                Ok(sent) => return Ok(sent),
                Err(untaken) => untaken,
            };
            match pauses.next() {
                Some(pause) if untaken.may_pass() => tokio::time::sleep(*pause).await,
                _ => return Err(Fault::during(SEND)(untaken)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
