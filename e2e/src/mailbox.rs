//! Mail out: the mailbox of the local stack, which holds everything the tenant sent to anybody.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, Url};
use serde::Deserialize;

use crate::letter::{BadLetter, Letter};

/// MailDev's REST API.
#[derive(Clone)]
pub struct Mailbox {
    client: Client,
    base: Url,
    read: Arc<Mutex<HashMap<String, Letter>>>,
}

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The request failed.
    #[error("could not {what} from the mailbox")]
    Ask {
        /// The operation.
        what: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// A mail arrived that breaks the rules of our own letters.
    #[error("mail {id} in the mailbox")]
    Letter {
        /// MailDev's id.
        id: String,
        /// What is wrong.
        #[source]
        source: BadLetter,
    },
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

impl Mailbox {
    /// The mailbox at this URL.
    ///
    /// # Errors
    /// [`MailboxError::Ask`] if no client can be made.
    pub fn new(base: Url) -> Result<Self, MailboxError> {
        let client = Client::builder()
            .timeout(Duration::from_secs(20))
            // MailDev gives up a connection that was idle for 5 s, whatever is just being sent over it.
            .pool_idle_timeout(Duration::from_secs(1))
            .no_proxy()
            .build()
            .map_err(ask("make a client"))?;
        Ok(Self {
            client,
            base,
            read: Arc::default(),
        })
    }

    /// Every letter to this address, the oldest first.
    ///
    /// # Errors
    /// [`MailboxError`], also for a letter that breaks the rules of our own letters.
    pub async fn letters_to(&self, address: &str) -> Result<Vec<Letter>, MailboxError> {
        let list = self
            .client
            .get(self.url("email"))
            .query(&[("to.address", address.to_lowercase())])
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(ask("list mail"))?;
        let list: Vec<Listed> = list.json().await.map_err(ask("list mail"))?;
        let mut letters = Vec::with_capacity(list.len());
        for Listed { id } in list {
            letters.push(self.letter(id).await?);
        }
        Ok(letters)
    }

    /// A delivered mail never changes, so each is fetched and checked once.
    async fn letter(&self, id: String) -> Result<Letter, MailboxError> {
        if let Some(letter) = self.known().get(&id) {
            return Ok(letter.clone());
        }
        let source = self
            .client
            .get(self.url(&format!("email/{id}/source")))
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(ask("read a mail"))?;
        let raw = source.bytes().await.map_err(ask("read a mail"))?;
        let letter = Letter::read(raw.into()).map_err(|source| MailboxError::Letter {
            id: id.clone(),
            source,
        })?;
        self.known().insert(id, letter.clone());
        Ok(letter)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Letter>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

fn ask(what: &'static str) -> impl Fn(reqwest::Error) -> MailboxError {
    move |source| MailboxError::Ask { what, source }
}
