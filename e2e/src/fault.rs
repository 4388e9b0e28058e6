//! Why a walk through the stack stopped.

use crate::{api::ApiError, mailbox::MailboxError, post::PostError, wait::NotSeen};

/// The first thing that was not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Mail in.
    #[error(transparent)]
    Post(#[from] PostError),
    /// Mail out.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The API.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The table or the queues.
    #[error(transparent)]
    Cloud(#[from] cloud::Fault),
    /// It did not come.
    #[error(transparent)]
    NotSeen(#[from] NotSeen),
    /// It came, and it is wrong.
    #[error("{0}")]
    Wrong(String),
}

impl Fault {
    /// The error with everything that caused it, one line.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        text
    }
}
