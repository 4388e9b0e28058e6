//! What people are told: invitations, updates, cancellations to attendees; notices to organizers.
//!
//! A letter is a function of what it tells: the same event, attendee and sender give the same bytes, so a send
//! that is repeated after a crash is taken as one mail by every client. No clock, no randomness.

use std::sync::Arc;

use crate::{
    address::{Address, Mailbox},
    delivery::Told,
    ical::write::Unwritable,
    id::TenantKey,
    language::Language,
};

pub mod address;
mod asked;
mod cancellation;
mod changes;
mod dates;
mod draft;
mod enrolled;
mod erasing;
mod fan_out;
mod guest_waits;
mod invitation;
mod invite;
mod limit_reached;
mod list_receipt;
mod list_unsubscribe;
mod mail;
mod messages;
mod notice;
mod plain;
mod report;
mod template;
mod templates;
mod unsubscribed;
mod update;
pub(crate) mod view;
mod when;

pub use asked::{Asked, ask_back, current, decline_counter, seat, waiting_list};
pub use cancellation::cancellation;
pub use changes::{Change, changes, changes_between};
pub use draft::{Draft, Kind};
pub use enrolled::{Enrolled, enrolled};
pub use erasing::{Erasing, erasing};
pub use fan_out::{FanOut, Held, fan_out_held, fan_out_stopped};
pub use guest_waits::{Guest, guest_waits};
pub use invite::invite;
pub use limit_reached::{LimitReached, limit_reached};
pub use list_receipt::{ListOutcome, ListReceipt, RefusedRow, list_receipt};
pub(crate) use mail::about_of;
pub use notice::{Refused, event_created, event_refused};
pub use report::{Report, ReportFile, report};
pub use templates::{
    Bundle, BundleError, MAX_TEMPLATE_BYTES, NotUsed, Preview, TellNotUsed, Templates, only_in_one,
};
pub use unsubscribed::{Unsubscribed, unsubscribed};
pub use update::update;

/// Who sends: the tenant, as its letters show it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// How its letters look.
    pub brand: Brand,
    /// Domain of the signed addresses, e.g. `acme.invites.example`.
    pub mail_domain: String,
    /// Signs the reply addresses.
    pub key: TenantKey,
    /// Begins the subject of an update.
    pub update_subject_prefix: String,
    /// What its letters say.
    pub templates: Templates,
    /// Where the pages are that letters link to, `https://…`; without them people unsubscribe by mail only.
    pub pages: Option<String>,
}

impl Sender {
    /// In which language its letters are.
    #[must_use]
    pub fn language(&self) -> Language {
        self.templates.language()
    }

    /// Begins the subject of an update where the tenant says nothing else; filters of long-standing customers
    /// look for it.
    pub const UPDATE_SUBJECT_PREFIX: &str = "CalendarSnack Event Updated:";
}

/// How a tenant's letters look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brand {
    /// Shown at the head and the foot of letters.
    pub name: String,
    /// Accent, `#` and six hexadecimal digits; anything else is replaced by [`Brand::COLOR`].
    pub color: String,
    /// `https://…`; shown at the foot of letters.
    pub site: Option<String>,
    /// Where people may ask; answers to notices go there.
    pub support: Option<Address>,
    /// A picture at the head of letters, `https://…`; whoever serves it sees who opens a letter.
    pub logo: Option<String>,
    /// Where the tenant is, in a line; shown at the foot of letters.
    pub address: Option<String>,
}

impl Brand {
    /// The accent of letters whose tenant gives none.
    pub const COLOR: &str = "#1f5fbf";
}

/// A mail, ready to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// The only From mailbox.
    pub from: Mailbox,
    /// The only recipient.
    pub to: Mailbox,
    /// What it tells of which event, by which events of its delivery name it; `None` of notices.
    pub tells: Option<Told>,
    /// The whole mail with CRLF line ends, at most 998 octets a line, ASCII only.
    pub raw: Vec<u8>,
}

/// Why a letter cannot be written. None of them goes away by trying again.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// Mail providers in use do not take such addresses without SMTPUTF8.
    #[error("mail cannot be sent to an address with letters beyond ASCII before the @")]
    AddressNotAscii,
    /// The signed address would not be an address.
    #[error("the mail domain {0:?} cannot stand in an address")]
    MailDomain(String),
    /// There is no valid calendar object of the event.
    #[error("the event cannot be written as a calendar object")]
    Calendar {
        /// Why.
        #[from]
        source: Unwritable,
    },
    /// The templates are part of the program and rendered by its tests; this is a fault of ours.
    #[error("the template {name} could not be rendered")]
    Template {
        /// The file in `email-templates/`.
        name: String,
        /// Where and why.
        source: Arc<minijinja::Error>,
    },
}
