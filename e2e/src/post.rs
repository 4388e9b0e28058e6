//! Mail in: SMTP to the stack, from an honest place or a forger's.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use lettre::{
    Address,
    address::{AddressError, Envelope},
    transport::smtp::{client::AsyncSmtpConnection, extension::ClientId, response::Response},
};

/// Where a mail is sent from. The stack trusts domains it has never heard of from 127.0.0.1 only (SPF with a strict
/// DMARC policy), so what comes from another address of this machine is a forgery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The sender's own mail service.
    Honest,
    /// Somebody else's machine.
    Forged,
}

impl Place {
    fn ip(self) -> IpAddr {
        match self {
            Self::Honest => Ipv4Addr::LOCALHOST.into(),
            Self::Forged => Ipv4Addr::new(127, 0, 0, 66).into(),
        }
    }
}

/// The stack's SMTP server.
#[derive(Clone, Debug)]
pub struct Post {
    server: SocketAddr,
}

/// A mail the server took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// SES's id of it, by which its outcome is found.
    pub mail_id: String,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The envelope cannot be written.
    #[error("{address} cannot stand in an envelope")]
    Address {
        /// What was given.
        address: String,
        /// Why.
        #[source]
        source: AddressError,
    },
    /// Nobody to send to.
    #[error("a mail needs a recipient")]
    NoRecipient,
    /// The connection, or the server's refusal.
    #[error("could not {what} by SMTP")]
    Smtp {
        /// The operation.
        what: &'static str,
        /// Why; holds the server's answer.
        #[source]
        source: lettre::transport::smtp::Error,
    },
    /// It was taken, but the answer does not say under which id.
    #[error("the server's answer does not name the mail: {answer:?}")]
    NoMailId {
        /// The answer.
        answer: String,
    },
}

impl Post {
    /// The SMTP server at this address.
    #[must_use]
    pub fn new(server: SocketAddr) -> Self {
        Self { server }
    }

    /// Sends raw bytes; `from` is the return path, empty for none.
    ///
    /// # Errors
    /// [`PostError`]; a refused recipient is [`PostError::Smtp`].
    pub async fn send(
        &self,
        place: Place,
        from: &str,
        to: &[&str],
        raw: &[u8],
    ) -> Result<Taken, PostError> {
        self.send_greeting("client.example", place, from, to, raw)
            .await
    }

    /// The same, from a host that greets with this name: what SPF goes by where there is no return path.
    ///
    /// # Errors
    /// [`PostError`]; a refused recipient is [`PostError::Smtp`].
    pub async fn send_greeting(
        &self,
        host: &str,
        place: Place,
        from: &str,
        to: &[&str],
        raw: &[u8],
    ) -> Result<Taken, PostError> {
        let envelope = envelope(from, to)?;
        let fault = |what| move |source| PostError::Smtp { what, source };
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            self.server,
            Some(Duration::from_secs(20)),
            &ClientId::Domain(host.to_owned()),
            None,
            Some(place.ip()),
        )
        .await
        .map_err(fault("connect"))?;
        let response = connection
            .send(&envelope, raw)
            .await
            .map_err(fault("send"))?;
        // The mail is the server's now; whether the goodbye is heard changes nothing.
        connection.quit().await.ok();
        mail_id(&response)
    }
}

fn envelope(from: &str, to: &[&str]) -> Result<Envelope, PostError> {
    let address = |text: &str| {
        text.parse::<Address>()
            .map_err(|source| PostError::Address {
                address: text.to_owned(),
                source,
            })
    };
    let from = (!from.is_empty()).then(|| address(from)).transpose()?;
    let to = to
        .iter()
        .map(|text| address(text))
        .collect::<Result<Vec<_>, _>>()?;
    Envelope::new(from, to).map_err(|_| PostError::NoRecipient)
}

/// SES answers `250 OK <message id>`.
fn mail_id(response: &Response) -> Result<Taken, PostError> {
    let answer = response.message().collect::<Vec<_>>().join(" ");
    answer
        .split_ascii_whitespace()
        .map(|word| word.trim_matches(['<', '>']))
        .rfind(|word| {
            word.len() >= 16 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        .map(|id| Taken {
            mail_id: id.to_owned(),
        })
        .ok_or(PostError::NoMailId {
            answer: answer.clone(),
        })
}
