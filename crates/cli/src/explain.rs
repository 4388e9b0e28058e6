//! `cis explain MAIL --state STATE`: what a mail leads to for an event that is stored, and why.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use invite::{
    address::Address,
    command::{self, Reading},
    decide::{Limits, Standing},
    event::Uninvited,
    id::TenantKey,
    mail::{self, Unreadable},
};
use jiff::Timestamp;

use crate::{
    inspect::{read_file, receipt, report::Report},
    view::{View, address},
};

mod decided;
mod difference;
mod listed;
mod outcome;
mod report;
mod state;
mod stopped;
mod text;
mod told;
mod write;

use decided::Server;
use report::Explanation;
use state::State;

const EXAMPLES: &str = "\
What is stored about an event comes from the table; UID is the event's, 40 characters, as in the UID of our letters:
  aws dynamodb query --table-name TABLE --consistent-read \\
    --key-condition-expression 'pk = :event' \\
    --expression-attribute-values '{\":event\":{\"S\":\"event#UID\"}}' > state.json
Of an event that is not there yet it is empty: {\"Items\":[]}

The key of a tenant, by which tokens and uids are checked, is the secret's string:
  aws secretsmanager get-secret-value --secret-id ARN --query SecretString --output text > key

Examples:
  cis explain reply.eml --state state.json --key key      what it leads to, and why, for people
  cis explain reply.eml --state state.json --json         the same for programs (docs/explain.md)
  cis explain update.eml --state state.json --trust-sender --now 2026-03-01T10:05:00Z

Exit codes: 0 explained, whatever the decision is; 2 the mail or the state cannot be read, with the reason on standard
error.";

/// Show what a mail leads to for an event that is stored: what is known, what is decided, the reasons step by step with the
/// values they compared, what is written, and who is told. Nothing is sent or stored.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    /// A raw mail (.eml); `-` reads standard input.
    mail: PathBuf,
    /// What is stored about the event: JSON, as DynamoDB writes it or plain.
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Print JSON of a stable shape, described in docs/explain.md.
    #[arg(long)]
    json: bool,
    /// When it is decided, and when the mail arrived; without it, the mail's Date.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// The tenant's key: a file with the secret's string. Without it no token is proven, and an event is known by its
    /// organizer and client's UID.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    view: View,
    #[command(flatten)]
    tenant: Tenant,
    #[command(flatten)]
    people: People,
}

/// What the tenant allows.
#[derive(Args)]
struct Tenant {
    /// Invitations an event may have.
    #[arg(long, value_name = "NUMBER", default_value_t = 2500)]
    invites_per_event: u32,
    /// Events an organizer may have; without it, any number.
    #[arg(long, value_name = "NUMBER")]
    events_per_organizer: Option<u32>,
    /// Only organizers with a subscription may create events.
    #[arg(long)]
    enrolled_only: bool,
    /// Who else may answer a new event: open, approve or closed.
    #[arg(long, value_name = "POLICY", value_parser = policy, default_value = "open")]
    uninvited: Uninvited,
}

/// What is known of people outside of the event's own records.
#[derive(Args)]
struct People {
    /// The organizer is suspended.
    #[arg(long)]
    suspended: bool,
    /// The organizer has a subscription.
    #[arg(long)]
    enrolled: bool,
    /// Events the organizer has created.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    events: u32,
    /// Somebody who wants no mail of the organizer; may be repeated.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    blocked: Vec<Address>,
}

fn policy(text: &str) -> Result<Uninvited, String> {
    Uninvited::parse(text).ok_or_else(|| "not one of open, approve, closed".to_owned())
}

impl Explain {
    pub(crate) fn run(&self) -> ExitCode {
        match self.explanation() {
            Ok(explanation) => {
                let output = if self.json {
                    serde_json::to_string_pretty(&explanation)
                        .map_or_else(|error| error.to_string(), |json| json + "\n")
                } else {
                    text::write(&explanation)
                };
                // A reader who has seen enough may close the pipe.
                let _ = io::stdout().write_all(output.as_bytes());
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("cis explain: {error}");
                ExitCode::from(2)
            }
        }
    }

    fn explanation(&self) -> Result<Explanation, String> {
        let read =
            |file: &Path| read_file(file).map_err(|error| format!("{}: {error}", file.display()));
        let raw = read(&self.mail)?;
        let stored = read(&self.state)?;
        let state =
            State::parse(&stored).map_err(|error| format!("{}: {error}", self.state.display()))?;
        let key = self.key()?;

        let policy = self.view.policy();
        let (mail, _) = mail::read(&raw);
        let (mut receipt, mailbox) = receipt::of(&mail, &policy, self.view.trust_sender);
        let now = self.now.or(mail.date).unwrap_or_default();
        receipt.arrived = now;
        let reading: Reading = command::read(&raw, &receipt, &policy);
        if let Some(unreadable) = reading.mail.unreadable {
            let reason = match unreadable {
                Unreadable::NotAMail => "it is no mail",
                Unreadable::TooLarge => "it is larger than what is read",
            };
            return Err(format!("{}: {reason}", self.mail.display()));
        }
        let key_is_given = key.is_some();
        let server = Server {
            raw: &raw,
            mail_domain: &policy.mail_domain,
            state: &state,
            standing: Standing {
                suspended: self.people.suspended,
                enrolled: self.people.enrolled,
                // What is given as the tenant's limits holds.
                allowance: None,
                events: self.people.events,
            },
            limits: Limits {
                events_per_organizer: self.tenant.events_per_organizer,
                invites_per_event: self.tenant.invites_per_event,
                enrolled_only: self.tenant.enrolled_only,
                uninvited: self.tenant.uninvited,
            },
            key: match key {
                Some(key) => key,
                None => nobodys_key()?,
            },
            key_is_given,
            blocking: self.people.blocked.clone(),
            now,
            is_automatic: command::is_automatic(&reading.mail, &receipt, &policy),
        };
        let decided = server.decide(&reading);
        let mail = Report::of_mail(&reading, &receipt, &policy, mailbox);
        Ok(Explanation::new(mail, &state, decided, now, key_is_given))
    }

    fn key(&self) -> Result<Option<TenantKey>, String> {
        let Some(file) = &self.key else {
            return Ok(None);
        };
        let in_file = |error: String| format!("{}: {error}", file.display());
        let bytes = read_file(file).map_err(|error| in_file(error.to_string()))?;
        let secret = String::from_utf8(bytes).map_err(|error| in_file(error.to_string()))?;
        // What printed the secret ended the last line, perhaps twice.
        let key = TenantKey::parse(secret.trim_ascii_end());
        let key = key.map_err(|error| in_file(error.to_string()))?;
        Ok(Some(key))
    }
}

/// Proves nothing that any tenant has issued.
fn nobodys_key() -> Result<TenantKey, String> {
    TenantKey::new([0; TenantKey::MIN_BYTES]).map_err(|error| error.to_string())
}
