//! mail + what the receiving server knows of it → what is asked of us.

use jiff::Timestamp;

use crate::{
    address::{Address, Mailbox},
    event::{Details, Evidence, Stamp},
    ical::{self, Calendar, Partstat},
    id::{Digest, ReplyToken},
    mail::{self, Mail, Problem},
};

mod authenticate;
mod calendar;
mod classify;
mod details;
mod mailbox;
mod refusal;

pub use authenticate::{Proof, Sender, sender};
pub use classify::{classify, is_automatic};
pub use details::{MAX_DETAILS_BYTES, details};
pub use mailbox::{Mailboxes, mailboxes};
pub use refusal::RefusalReason;

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
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of it for each mail, and it is moved twice"
)]
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

/// One VCALENDAR and the part of the mail it stands in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundCalendar {
    /// Index in [`Mail::calendars`].
    pub part: usize,
    /// With METHOD from the body, or else from the part's header.
    pub calendar: Calendar,
}

/// All calendars of a mail.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calendars {
    /// In order.
    pub found: Vec<FoundCalendar>,
    /// A part was larger than what is read.
    pub too_large: bool,
}

/// A raw mail taken apart: what `cis inspect` shows, and what the receiving function goes by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The mail.
    pub mail: Mail,
    /// Its calendars.
    pub calendars: Calendars,
    /// What it asks of us, or why it is not taken up.
    pub command: Result<Command, Refusal>,
    /// Everything found wrong on the way.
    pub problems: Vec<Problem>,
}

/// Takes a raw mail apart, from bytes to command: [`mail::read`], [`calendars`], [`classify`].
#[must_use]
pub fn read(raw: &[u8], receipt: &Receipt, policy: &Policy) -> Reading {
    let (mail, mut problems) = mail::read(raw);
    let (calendars, more) = calendars(&mail);
    problems.extend(more);
    let command = classify(&mail, &calendars, receipt, policy);
    Reading {
        mail,
        calendars,
        command,
        problems,
    }
}

/// Reads every calendar part of a mail. METHOD in the body wins over the one in the part's header, because that is
/// the one the sender's client acted on.
#[must_use]
pub fn calendars(mail: &Mail) -> (Calendars, Vec<Problem>) {
    let mut calendars = Calendars::default();
    let mut problems = Vec::new();
    for (part, text) in mail.calendars.iter().enumerate() {
        let (found, more) = ical::read(&text.text);
        calendars.too_large |= more.iter().any(|problem| problem.code == ical::TOO_LARGE);
        problems.extend(more);
        let in_header = text
            .method_parameter
            .as_deref()
            .and_then(ical::Method::parse);
        for mut calendar in found {
            match (calendar.method, in_header) {
                (Some(body), Some(header)) if body != header => problems.push(Problem::new(
                    "method-differs",
                    format!(
                        "the part's header says method={}, the calendar in it METHOD:{}; the \
                         calendar counts",
                        header.as_str(),
                        body.as_str()
                    ),
                )),
                (None, header) if calendar.unknown_method.is_none() => calendar.method = header,
                _ => {}
            }
            calendars.found.push(FoundCalendar { part, calendar });
        }
    }
    (calendars, problems)
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

#[cfg(test)]
mod tests;
