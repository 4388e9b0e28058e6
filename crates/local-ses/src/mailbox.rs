//! The mailbox people look at: any SMTP server; here the sending half.

use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::outgoing::{Outgoing, chain};

/// What SES's own machines call themselves.
const OUTBOUND_HOST: &str = "a1-1.smtp-out.amazonses.com";
const TIMEOUT: Duration = Duration::from_secs(10);
/// As many as functions of the local stack send at once.
const MAX_CONNECTIONS: u32 = 8;

/// The mailbox's SMTP server.
#[derive(Debug, Clone)]
pub struct Mailbox {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// The server refused the mail or is not there.
#[derive(Debug, thiserror::Error)]
#[error("handing the mail to the mailbox")]
pub struct MailboxError(#[source] lettre::transport::smtp::Error);

impl MailboxError {
    /// What may be logged: the server's own words can name an address, so of a refusal only its code is told.
    #[must_use]
    pub fn without_addresses(&self) -> String {
        match self.0.status() {
            Some(code) => format!("the mailbox answered {code}"),
            None => chain(self),
        }
    }
}

impl Mailbox {
    /// The mailbox at `host` and `port`; it is not asked before the first mail.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .hello_name(ClientId::Domain(OUTBOUND_HOST.to_owned()))
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS))
            .build();
        Self { transport }
    }

    /// Hands a mail over; done when the server has said so.
    ///
    /// # Errors
    /// When the server has not said so; it may have the mail all the same.
    pub async fn deliver(&self, mail: &Outgoing) -> Result<(), MailboxError> {
        // The library ends every mail with a line's end of its own, one too many for a mail that has one.
        let raw = mail.raw.strip_suffix(b"\r\n").unwrap_or(&mail.raw);
        self.transport
            .send_raw(&mail.envelope, raw)
            .await
            .map_err(MailboxError)?;
        Ok(())
    }
}
