//! mail + what the receiving server knows of it → what is asked of us.

use jiff::Timestamp;

use crate::{
    address::{Address, Mailbox},
    event::{Details, Evidence, Stamp},
    ical::Partstat,
    id::{Digest, ReplyToken},
};

/// A verdict of SES on one check. Missing is `Gray`: never a pass.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Verdict {
    /// Passed.
    Pass,
    /// Failed.
    Fail,
    /// Neither, or the scan did not take place.
    #[default]
    Gray,
}

/// What SES says about a received mail (its receipt notification).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Receipt {
    /// SES's message id: the name of the object in the inbox, and of the outcome record.
    pub mail_id: String,
    /// Envelope recipients within our domain.
    pub recipients: Vec<Address>,
    /// Envelope sender; `None` for the null return path.
    pub envelope_from: Option<Address>,
    /// When it arrived.
    pub arrived: Timestamp,
    /// Verdicts.
    pub spam: Verdict,
    /// Virus scan.
    pub virus: Verdict,
    /// SPF of the envelope sender's domain.
    pub spf: Verdict,
    /// Any DKIM signature.
    pub dkim: Verdict,
    /// DMARC of From's domain; `Gray` when it has no record.
    pub dmarc: Verdict,
}

/// What a tenant lets count as the sender.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// Our mail domain, e.g. `acme.invites.example`.
    pub mail_domain: String,
    /// Calendar services that send in their users' names, e.g. `calendar-notification@google.com`: the organizer
    /// is then in Reply-To and ORGANIZER.
    pub trusted_calendar_senders: Vec<Address>,
    /// Domains of shared calendars, e.g. `group.calendar.google.com`: their ORGANIZER counts as the sender.
    pub shared_calendar_domains: Vec<String>,
}

/// A REQUEST for one single event, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The authenticated organizer.
    pub organizer: Mailbox,
    /// The mailbox of ours it came to.
    pub mailto: Address,
    /// The client's UID.
    pub client_uid: String,
    /// The client's order.
    pub stamp: Stamp,
    /// PRODID, empty if missing.
    pub prodid: String,
    /// What it says.
    pub details: Details,
    /// For repeats.
    pub digest: Digest,
}

/// A CANCEL of one whole event, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cancel {
    /// The authenticated organizer.
    pub organizer: Mailbox,
    /// The client's UID.
    pub client_uid: String,
    /// The client's order.
    pub stamp: Stamp,
    /// For repeats.
    pub digest: Digest,
}

/// A REPLY to one of our invitations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// UID as it stands in the reply: ours, if we invited.
    pub uid: String,
    /// Who From says it is, and whether SPF or DKIM agree (aligned).
    pub from: Mailbox,
    /// Whether From is authenticated, aligned.
    pub from_is_authenticated: bool,
    /// The token in the envelope recipient, if it was sent to a signed address.
    pub token: Option<ReplyToken>,
    /// ATTENDEE of the reply; `None` when the client left it out.
    pub attendee: Option<Mailbox>,
    /// The answer; `None` when PARTSTAT is missing.
    pub partstat: Option<Partstat>,
    /// SEQUENCE and DTSTAMP of the reply.
    pub stamp: Stamp,
    /// PRODID of the attendee's client.
    pub prodid: Option<String>,
    /// When it arrived.
    pub arrived: Timestamp,
    /// For repeats.
    pub digest: Digest,
}

/// What a mail asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Record or change an event.
    Request(Request),
    /// Cancel one.
    Cancel(Cancel),
    /// Answer one.
    Reply(Reply),
}

/// Why a mail is not taken up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What it is, for machines.
    pub reason: RefusalReason,
    /// Whom to tell: only a sender who is authenticated, and never an automatic mail (RFC 3834 section 2).
    pub notify: Option<Mailbox>,
}

/// Reasons, each with a stable code and two sentences for people: what is wrong, what to do.
///
/// (Variants beyond these come with the rules that need them.)
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RefusalReason {
    /// Virus or spam verdict FAIL: quarantined, never answered.
    Quarantined,
    /// Not exactly one From mailbox.
    NotOneFrom,
    /// Nothing proves the sender.
    NotAuthenticated,
    /// The authenticated sender is not the ORGANIZER.
    NotTheOrganizer,
    /// Automatic mail, a bounce, or our own mail come back.
    Loop,
    /// Too large to read; the limit in bytes.
    TooLarge {
        /// Limit in bytes.
        limit_bytes: usize,
    },
    /// Not a mail we can take apart.
    UnreadableMail,
    /// No calendar part.
    NoCalendar,
    /// More than one VCALENDAR, or several events.
    SeveralCalendars,
    /// The calendar part cannot be read.
    UnreadableCalendar,
    /// A charset nobody here knows.
    UnknownCharset,
    /// A property that must be there is not: `UID`, `DTSTART`, `ORGANIZER`, `METHOD`, ….
    Missing {
        /// The property's name.
        property: &'static str,
    },
    /// A property that cannot be right, e.g. an end before its start.
    Invalid {
        /// The property's name.
        property: &'static str,
    },
    /// Understood, but not taken up yet: recurring events, delegation, counter proposals, ….
    NotSupported {
        /// What, as a noun phrase, e.g. `a recurring event`.
        what: &'static str,
    },
    /// Mail for a mailbox that takes no commands.
    NotACommandMailbox,
    /// The organizer may not create events at present.
    OrganizerSuspended,
    /// The organizer must be enrolled first.
    OrganizerNotEnrolled,
    /// The organizer has as many events as the plan allows.
    EventLimit {
        /// Events the plan allows.
        limit: u32,
    },
    /// ORGANIZER cannot change, and only who created an event changes it.
    NotYourEvent,
}

/// An answer's evidence, as [`crate::decide`] grades it.
#[must_use]
pub fn evidence_of(token_is_right: bool, from_is_attendee_and_authenticated: bool) -> Evidence {
    match (token_is_right, from_is_attendee_and_authenticated) {
        (true, _) => Evidence::Token,
        (false, true) => Evidence::Aligned,
        (false, false) => Evidence::None,
    }
}
