//! What people are told: invitations, updates, cancellations to attendees; notices to organizers.
//!
//! A letter is a function of what it tells: the same event, attendee and sender give the same bytes, so a send
//! that is repeated after a crash is taken as one mail by every client. No clock, no randomness.

pub mod address;

use jiff::Timestamp;

use crate::{
    address::{Address, Mailbox},
    event::Event,
    ical::Partstat,
    id::TenantKey,
};

/// Who sends: the tenant, as its letters show it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// What people call the tenant, e.g. `Acme`.
    pub brand: Brand,
    /// Domain of the signed addresses, e.g. `acme.invites.example`.
    pub mail_domain: String,
    /// Signs the reply addresses.
    pub key: TenantKey,
    /// Begins the subject of an update.
    pub update_subject_prefix: String,
}

impl Sender {
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
    /// Where answers go.
    pub reply_to: Mailbox,
    /// As decoded.
    pub subject: String,
    /// Without the angle brackets.
    pub message_id: String,
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
}

/// A mail that was refused, and why.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    /// The authenticated sender of the refused mail.
    pub to: &'a Mailbox,
    /// Subject of the refused mail, if it had one.
    pub subject: Option<&'a str>,
    /// One sentence for people.
    pub what_is_wrong: &'a str,
    /// One sentence for people.
    pub what_to_do: &'a str,
    /// Names the refused mail; makes the notice's Message-ID.
    pub mail_id: &'a str,
    /// Message-ID of the refused mail, with or without angle brackets.
    pub in_reply_to: Option<&'a str>,
    /// When the refused mail arrived: the notice's Date.
    pub arrived: Timestamp,
}

/// Invites an attendee.
///
/// # Errors
/// [`LetterError`].
pub fn invite(event: &Event, attendee: &Mailbox, sender: &Sender) -> Result<Letter, LetterError> {
    let _ = (
        event,
        address::reply_address(&event.organizer, &attendee.address, sender)?,
    );
    Err(LetterError::AddressNotAscii)
}

/// Tells an attendee what the event is now; `partstat` is what he has answered to this version of it.
///
/// # Errors
/// [`LetterError`].
pub fn update(
    event: &Event,
    attendee: &Mailbox,
    partstat: Partstat,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let _ = partstat;
    invite(event, attendee, sender)
}

/// Tells an attendee that the event does not take place; `event` is already cancelled, its SEQUENCE raised.
///
/// # Errors
/// [`LetterError`].
pub fn cancellation(
    event: &Event,
    attendee: &Mailbox,
    partstat: Partstat,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let _ = partstat;
    invite(event, attendee, sender)
}

/// Tells the organizer that his event is recorded, its uid, and how to invite people
/// (`POST {api_url}/event/{uid}/invites`).
///
/// # Errors
/// [`LetterError`].
pub fn event_created(
    event: &Event,
    api_url: &str,
    in_reply_to: Option<&str>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let _ = (api_url, in_reply_to);
    invite(event, &event.organizer, sender)
}

/// Tells an authenticated sender why his mail was refused and what to do.
///
/// # Errors
/// [`LetterError`].
pub fn event_refused(refused: &Refused<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let _ = refused;
    Err(LetterError::MailDomain(sender.mail_domain.clone()))
}
