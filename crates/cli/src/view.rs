//! Whose view a mail is read in.

use clap::Args;
use invite::{address::Address, command::Policy};

/// The server whose view it is.
#[derive(Args)]
pub(crate) struct View {
    /// The mail domain of the server whose view this is.
    #[arg(long, value_name = "DOMAIN", default_value = "acme.invites.example")]
    mail_domain: String,
    /// A calendar service that sends in its users' names; may be repeated.
    #[arg(long, value_name = "ADDRESS", value_parser = address,
          default_value = "calendar-notification@google.com")]
    trusted_calendar_sender: Vec<Address>,
    /// A domain of shared calendars; may be repeated.
    #[arg(
        long,
        value_name = "DOMAIN",
        default_value = "group.calendar.google.com"
    )]
    shared_calendar_domain: Vec<String>,
    /// Go on as if DMARC had passed, to see what the calendar itself would lead to.
    #[arg(long)]
    pub(crate) trust_sender: bool,
}

impl View {
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            mail_domain: self.mail_domain.to_lowercase(),
            trusted_calendar_senders: self.trusted_calendar_sender.clone(),
            shared_calendar_domains: self.shared_calendar_domain.clone(),
        }
    }
}

pub(crate) fn address(text: &str) -> Result<Address, String> {
    Address::parse(text).ok_or_else(|| "not an e-mail address".to_owned())
}
