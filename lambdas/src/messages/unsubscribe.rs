use cloud::shape::{MailboxShape, Malformed};
use invite::unsubscribe::{Ticket, Unsubscribe};
use serde::{Deserialize, Serialize};

use super::MailShape;

/// A mail to `unsubscribe@`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Unsubscribe")]
pub struct UnsubscribeMessage {
    pub mail: MailShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    pub from: MailboxShape,
    pub from_is_authenticated: bool,
    #[serde(default)]
    pub says_erase: bool,
}

impl UnsubscribeMessage {
    /// What is sent.
    #[must_use]
    pub fn new(mail: MailShape, unsubscribe: &Unsubscribe) -> Self {
        Self {
            mail,
            ticket: unsubscribe.ticket.as_ref().map(Ticket::text),
            from: (&unsubscribe.from).into(),
            from_is_authenticated: unsubscribe.from_is_authenticated,
            says_erase: unsubscribe.says_erase,
        }
    }
}

impl TryFrom<UnsubscribeMessage> for Unsubscribe {
    type Error = Malformed;

    fn try_from(message: UnsubscribeMessage) -> Result<Self, Malformed> {
        let ticket = message
            .ticket
            .map(|text| Ticket::parse(&text).ok_or(Malformed("a ticket")));
        Ok(Self {
            ticket: ticket.transpose()?,
            from: message.from.try_into()?,
            from_is_authenticated: message.from_is_authenticated,
            says_erase: message.says_erase,
        })
    }
}
