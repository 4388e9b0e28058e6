//! What a conversation file says, as values.

use std::{collections::BTreeSet, path::PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::time::Time;

/// One file.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The file's name without its extension.
    pub name: String,
    /// The file, for messages.
    pub file: PathBuf,
    /// What it shows, with the law it rests on.
    pub title: String,
    /// Every address in it, for runners that replace them.
    pub addresses: BTreeSet<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it stands, from 1.
    pub line: usize,
    /// When it happens, by the people's clocks.
    pub at: Timestamp,
    /// What happens.
    pub action: Action,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Action {
    /// A stored record is there beforehand.
    Given(Given),
    /// A mail to us.
    Mail(Box<Mail>),
    /// People are invited through the API.
    Invite {
        /// To what.
        event: Event,
        /// Whom.
        people: Vec<String>,
    },
    /// A mail sent before arrives again: the bytes that went out under this number.
    Repeat {
        /// [`Mail::number`].
        number: usize,
        /// Under the same mail id (the queue delivered twice), not as a new mail.
        same_mail_id: bool,
    },
    /// Mails, invites and repeats that race.
    Together(Vec<Step>),
    /// What must have come of it.
    Expect(Vec<Expectation>),
}

/// A record that is there beforehand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// An organizer who may not create events.
    Suspended {
        /// Who.
        organizer: String,
    },
    /// An organizer with as many events as the tenant's plan allows.
    EventsUsedUp {
        /// Who.
        organizer: String,
    },
    /// An event with as many invitations as the tenant's plan allows. It must be there by then.
    InvitationsUsedUp {
        /// Which.
        event: Event,
    },
    /// Somebody who wants no mail of an organizer.
    Blocked {
        /// Who wants none.
        attendee: String,
        /// Of whom.
        organizer: String,
    },
    /// So much time since the last statement. Real clocks are not set: what is stored grows older.
    TimePassed(SignedDuration),
}

/// The event somebody's client calls by a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Event {
    /// What the file calls it.
    pub name: String,
    /// Whose it is; `None` while nobody in the file sent a REQUEST for it.
    pub organizer: Option<String>,
}

/// One mail to us, before it is bytes.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Counts the mails of the file from 0, for repeats.
    pub number: usize,
    /// From, and the envelope's sender unless told otherwise.
    pub from: String,
    /// Where it goes.
    pub to: Destination,
    /// What it holds.
    pub content: Content,
    /// The envelope's sender.
    pub return_path: ReturnPath,
    /// Whether it comes from a host that may not send for From's domain.
    pub forged: bool,
    /// Further header lines.
    pub headers: Vec<String>,
    /// Date.
    pub date: Timestamp,
}

/// Where a mail goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Destination {
    /// `create`, `bulk` or `rsvp` at our mail domain.
    Mailbox(String),
    /// The signed address of this person's invitation to the event the mail is about.
    TokenOf(String),
    /// The form of a signed address that was never issued.
    WrongToken,
    /// Reply-To of our last letter to who mails.
    Reply,
    /// Any other address.
    Address(String),
}

/// The envelope's sender.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReturnPath {
    /// From.
    From,
    /// `<>`
    Null,
    /// Somebody else.
    Other(String),
}

/// What a mail holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A calendar.
    Calendar(Box<Calendar>),
    /// Words only.
    Text(String),
    /// The last letter we sent to this person, sent back.
    OurLastMailTo(String),
    /// A recorded mail.
    File {
        /// As it was recorded.
        bytes: Vec<u8>,
        /// Addresses to replace in it: those of the conversation.
        addresses: BTreeSet<String>,
    },
}

/// The calendar in a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// METHOD, e.g. `REQUEST`.
    pub method: String,
    /// About which event.
    pub event: Event,
    /// UID, where it is not the event's.
    pub uid: Option<String>,
    /// SEQUENCE; `None` writes none (it means 0).
    pub sequence: Option<u32>,
    /// DTSTAMP.
    pub dtstamp: Timestamp,
    /// What the event says.
    pub details: Details,
    /// RECURRENCE-ID, of a mail about one instance of a series.
    pub on: Option<Time>,
    /// That has RANGE=THISANDFUTURE.
    pub and_later: bool,
    /// Further VEVENTs, of instances that differ.
    pub overrides: Vec<Override>,
    /// ORGANIZER of a REQUEST or CANCEL where it is not who mails.
    pub organizer: Option<String>,
    /// ATTENDEE: of a REPLY who answers, else whom the organizer's own client invited.
    pub attendees: Vec<String>,
    /// PARTSTAT of a REPLY.
    pub partstat: Option<String>,
    /// DELEGATED-TO of that ATTENDEE.
    pub delegated_to: Option<String>,
    /// DELEGATED-FROM of that ATTENDEE.
    pub delegated_from: Option<String>,
    /// `method` of the part's Content-Type, where it is not METHOD.
    pub announced: Option<String>,
    /// Properties left out.
    pub without: BTreeSet<String>,
    /// Properties added, unfolded.
    pub lines: Vec<String>,
    /// Whether a second, different VCALENDAR follows.
    pub two_calendars: bool,
    /// Whose habits it has.
    pub client: Client,
}

/// What an event says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Details {
    /// DTSTART.
    pub start: Time,
    /// DTEND.
    pub end: Time,
    /// SUMMARY.
    pub summary: String,
    /// LOCATION.
    pub location: Option<String>,
    /// DESCRIPTION.
    pub description: Option<String>,
    /// STATUS.
    pub status: Option<String>,
    /// How it recurs.
    pub recurrence: Vec<Recurs>,
}

/// One property that makes a series of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recurs {
    /// RRULE.
    Rule(String),
    /// EXDATE.
    Except(Time),
    /// RDATE.
    Also(Time),
}

/// A VEVENT with RECURRENCE-ID beside that of its series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// RECURRENCE-ID.
    pub on: Time,
    /// RANGE=THISANDFUTURE.
    pub and_later: bool,
    /// SEQUENCE, where it is not the series'.
    pub sequence: Option<u32>,
    /// DTSTAMP, where it is not the series'.
    pub dtstamp: Option<Timestamp>,
    /// What takes place instead.
    pub details: Details,
    /// PARTSTAT of a REPLY, where it is another than to the series.
    pub partstat: Option<String>,
}

/// Programs people use, as far as their mails differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Client {
    /// Calendar inline and attached, 8bit, no STATUS.
    Thunderbird,
    /// Plain, HTML and base64 calendar, attached once more; UTC; STATUS:CONFIRMED.
    Google,
    /// Alternatives only, base64, Windows zone names, X-MICROSOFT properties.
    Outlook,
    /// One text/calendar part and a text, 7bit or quoted-printable, no Content-Type method.
    Apple,
    /// A single quoted-printable text/calendar part, no text at all.
    Evolution,
}

/// Something that must be so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// Where it stands, from 1.
    pub line: usize,
    /// What.
    pub expected: Expected,
}

/// What must be so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Of one event's record and its attendees'.
    Event {
        /// Which.
        event: Event,
        /// What.
        is: EventIs,
    },
    /// Letters to attendees since the last `expect`.
    MailOut {
        /// To whom; `None`: all.
        to: Option<String>,
        /// Of which METHOD; `None`: any.
        method: Option<String>,
        /// How many.
        count: usize,
    },
    /// Notices to organizers since the last `expect`.
    Notice {
        /// To whom.
        to: String,
        /// Which letter.
        kind: String,
        /// How many.
        count: usize,
    },
    /// Mails since the last `expect` with this outcome.
    Mails {
        /// Which.
        outcome: Outcome,
        /// How many.
        count: usize,
    },
}

/// What must be so of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EventIs {
    /// There is none.
    Missing,
    /// `confirmed`, `tentative` or `cancelled`.
    Status(String),
    /// Our SEQUENCE.
    Sequence(u32),
    /// SUMMARY.
    Summary(String),
    /// LOCATION.
    Location(String),
    /// DTSTART.
    Start(Time),
    /// DTEND.
    End(Time),
    /// One instance of a series.
    Date {
        /// When its rule has it.
        on: Time,
        /// What it is.
        is: DateIs,
    },
    /// An attendee's current answer, as an upper-case PARTSTAT; `None`: not invited.
    Answer {
        /// Whose.
        person: String,
        /// Which.
        answer: Option<String>,
    },
    /// The same of one instance of a series; he must be invited.
    AnswerOn {
        /// Whose.
        person: String,
        /// When its rule has it.
        on: Time,
        /// Which.
        answer: String,
    },
    /// The open proposal of an attendee.
    Proposal {
        /// Whose.
        person: String,
        /// For which instance of a series.
        on: Option<Time>,
        /// The proposed DTSTART; `None`: there is no proposal.
        start: Option<Time>,
    },
    /// Through whom somebody came who was not invited by the organizer.
    Lineage {
        /// Who.
        person: String,
        /// Through whom.
        of: String,
        /// As his delegate, or as a guest.
        delegated: bool,
    },
    /// How many answers of others wait in an attendee's record.
    Waiting {
        /// Whose record.
        person: String,
        /// How many.
        answers: usize,
    },
    /// How many answers an attendee's history holds.
    Recorded {
        /// Whose.
        person: String,
        /// How many.
        answers: usize,
    },
    /// How the last recorded answer is proven: `token` or `aligned`.
    Evidence {
        /// Whose.
        person: String,
        /// How.
        evidence: String,
    },
    /// One number of the statistics: `attendees`, `accepted`, `declined`, `tentative`, `noaction`.
    Count {
        /// Which.
        of: String,
        /// How many.
        count: i64,
    },
}

/// What must be so of one instance of a series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DateIs {
    /// Nothing differs.
    AsTheRule,
    /// It does not take place.
    Cancelled,
    /// Our SEQUENCE of it.
    Sequence(u32),
    /// DTSTART.
    Start(Time),
    /// DTEND.
    End(Time),
    /// SUMMARY.
    Summary(String),
    /// LOCATION.
    Location(String),
}

/// What became of a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Refused with this code.
    Refused(String),
    /// Without effect, for this reason in words.
    Ignored(String),
    /// An answer nothing proves: shown, not counted.
    Quarantined,
    /// A CANCEL that waits for its REQUEST.
    Held,
}
