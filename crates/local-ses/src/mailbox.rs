//! The mailbox people look at: any SMTP server; here the sending half.

use std::error::Error;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

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
    /// The code and the words of a server that was asked and said no; they can name an address. `None`: it was not
    /// reached, and whether it has the mail nobody knows.
    #[must_use]
    pub fn refusal(&self) -> Option<(u16, String)> {
        let code = self.0.status()?;
        let words = self.0.source().map(ToString::to_string);
        Some((code.into(), words.unwrap_or_default()))
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
    pub async fn deliver(&self, envelope: &Envelope, raw: &[u8]) -> Result<(), MailboxError> {
        // The library ends every mail with a line's end of its own, one too many for a mail that has one.
        let raw = raw.strip_suffix(b"\r\n").unwrap_or(raw);
        self.transport
            .send_raw(envelope, raw)
            .await
            .map_err(MailboxError)?;
        Ok(())
    }
}
