//! mail + what the receiving server knows of it → what is asked of us.

use jiff::Timestamp;

use crate::{
    address::{Address, Mailbox},
    event::{Details, Evidence, Stamp},
    ical::{self, Calendar, Partstat},
    id::{ApprovalToken, Digest, ReplyToken, StopToken, Uid},
    mail::{self, Mail, Problem},
    time::CalendarTime,
    unsubscribe::Unsubscribe,
};

mod attendee;
mod authenticate;
mod calendar;
mod classify;
mod details;
mod fields;
mod list;
mod mailbox;
mod organizer;
mod program;
mod refusal;
mod settings;
mod words;

pub use authenticate::{Proof, Sender, sender};
pub use classify::{classify, is_automatic};
pub use details::{MAX_DETAILS_BYTES, details};
pub use fields::{Fields, time};
pub use mailbox::{Mailboxes, mailboxes};
pub use organizer::can_be_uid;
pub use program::{InName, ProgramsCalendar};
pub use refusal::RefusalReason;
pub use settings::EventSettings;

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

/// What an organizer says about his event: REQUEST, ADD or PUBLISH, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The authenticated organizer.
    pub organizer: Mailbox,
    /// The mailbox of ours it came to.
    pub mailto: Address,
    /// The client's UID.
    pub client_uid: String,
    /// PRODID, empty if missing.
    pub prodid: String,
    /// The whole event, a series included. `None`: the mail is about single instances only.
    pub whole: Option<Whole>,
    /// Instances of a series that differ from its rule, in the order of the mail.
    pub instances: Vec<InstanceRequest>,
    /// What the mailbox it came to says beside the calendar.
    pub settings: EventSettings,
    /// For repeats.
    pub digest: Digest,
}

/// A VEVENT without RECURRENCE-ID.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whole {
    /// The client's order.
    pub stamp: Stamp,
    /// What it says.
    pub details: Details,
}

/// A VEVENT with RECURRENCE-ID, or one of an ADD.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstanceRequest {
    /// Which instance.
    pub recurrence_id: CalendarTime,
    /// How many of them.
    pub range: Range,
    /// The client's order.
    pub stamp: Stamp,
    /// What it is instead; `None`: it does not take place (STATUS:CANCELLED).
    pub details: Option<Details>,
}

/// Which instances a VEVENT with RECURRENCE-ID means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Range {
    /// That one.
    One,
    /// That one and all later ones (RANGE=THISANDFUTURE, RFC 5545 section 3.2.13).
    ThisAndFuture,
    /// One more, which the rule does not give (ADD, RFC 5546 section 3.2.4).
    Added,
}

/// A CANCEL, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cancel {
    /// The authenticated organizer.
    pub organizer: Mailbox,
    /// The client's UID.
    pub client_uid: String,
    /// What does not take place.
    pub what: Cancelled,
    /// For repeats.
    pub digest: Digest,
}

/// What a CANCEL is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cancelled {
    /// The whole event.
    Whole {
        /// The client's order.
        stamp: Stamp,
    },
    /// These instances of a series; at least one.
    Instances(Vec<InstanceCancel>),
}

/// One instance a CANCEL names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstanceCancel {
    /// Which instance.
    pub recurrence_id: CalendarTime,
    /// Whether all later ones, too.
    pub this_and_future: bool,
    /// The client's order.
    pub stamp: Stamp,
}

/// What every mail of an attendee about one of our invitations says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FromAttendee {
    /// UID as it stands in the mail: ours, if we invited.
    pub uid: String,
    /// Who From says it is.
    pub from: Mailbox,
    /// Whether From is authenticated, aligned.
    pub from_is_authenticated: bool,
    /// The token in the envelope recipient, if it was sent to a signed address.
    pub token: Option<ReplyToken>,
    /// ATTENDEE; `None` when the client left it out.
    pub attendee: Option<Mailbox>,
    /// PRODID of the attendee's client.
    pub prodid: Option<String>,
    /// When it arrived.
    pub arrived: Timestamp,
    /// The mail itself, as in [`Receipt::mail_id`].
    pub mail_id: String,
    /// For repeats.
    pub digest: Digest,
}

/// A REPLY to one of our invitations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// By whom.
    pub by: FromAttendee,
    /// The answers, in the order of the mail; at least one.
    pub answers: Vec<Answered>,
}

/// One VEVENT of a REPLY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answered {
    /// Which instance of a series; `None`: all of it, or the single event.
    pub recurrence_id: Option<CalendarTime>,
    /// The answer; `None` when PARTSTAT is missing.
    pub partstat: Option<Partstat>,
    /// SEQUENCE and DTSTAMP.
    pub stamp: Stamp,
    /// DELEGATED-TO, the first; of a DELEGATED.
    pub delegated_to: Option<Mailbox>,
    /// DELEGATED-FROM, the first; of a delegate's answer.
    pub delegated_from: Option<Address>,
    /// COMMENT, or the answer in words.
    pub comment: Option<String>,
    /// How many people come, where the words say so.
    pub people: Option<u32>,
}

/// A COUNTER to one of our invitations: other times an attendee would like better.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counter {
    /// By whom.
    pub by: FromAttendee,
    /// The proposals, in the order of the mail; at least one.
    pub proposals: Vec<Proposed>,
}

/// One VEVENT of a COUNTER.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// For which instance of a series; `None`: for all of it, or the single event.
    pub recurrence_id: Option<CalendarTime>,
    /// SEQUENCE and DTSTAMP.
    pub stamp: Stamp,
    /// DTSTART.
    pub start: CalendarTime,
    /// DTEND.
    pub end: CalendarTime,
    /// COMMENT.
    pub comment: Option<String>,
}

/// An organizer's answer to the question whether somebody uninvited may come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// To which event.
    pub uid: Uid,
    /// Says who may.
    pub token: ApprovalToken,
    /// Who From says it is.
    pub from: Mailbox,
    /// Whether From is authenticated, aligned.
    pub from_is_authenticated: bool,
    /// Yes or no; `None` where the words say neither for certain.
    pub verdict: Option<bool>,
}

/// An organizer's answer to the letter that says that something waits before it reaches many people (D5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop {
    /// Of which event.
    pub uid: Uid,
    /// Says which job.
    pub token: StopToken,
    /// Who From says it is.
    pub from: Mailbox,
    /// Whether From is authenticated, aligned.
    pub from_is_authenticated: bool,
    /// Whether his words are to stop it.
    pub says_stop: bool,
}

/// A list of people to invite, for an event; the list itself is still in the mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// The authenticated sender.
    pub organizer: Mailbox,
    /// The event the mail names; whether it is his is not known yet.
    pub uid: Uid,
    /// Nobody is to be invited: he wants to know who would be.
    pub dry_run: bool,
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
    /// Cancel one, or instances of one.
    Cancel(Cancel),
    /// Answer one, by calendar or in words.
    Reply(Reply),
    /// Propose another time for one.
    Counter(Counter),
    /// Send the current version of one.
    Refresh(FromAttendee),
    /// Words about one that say neither yes nor no for certain: to be asked back.
    Unclear(FromAttendee),
    /// Let somebody into one who was not invited, or not.
    Approval(Approval),
    /// Do not send what waits.
    Stop(Stop),
    /// Get no more mail.
    Unsubscribe(Unsubscribe),
    /// Invite everybody on a list to one.
    List(List),
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
        let several = mail.calendars.len() > 1;
        problems.extend(more.into_iter().map(|problem| match several {
            true => problem.in_part(part + 1),
            false => problem,
        }));
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
