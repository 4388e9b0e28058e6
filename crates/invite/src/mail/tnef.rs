//! TNEF, Outlook's and Exchange's own wrapping of a message (`winmail.dat`): the meeting in it, or the calendar
//! attached in it.
//!
//! Ours, because no library does it: `tnef` takes the attributes apart and stops before the properties, and the
//! others call a reader written in C. The specifications are [MS-OXTNEF] for the stream, [MS-OXOCAL] for the meeting
//! and [MS-OXCICAL] for what it is in iCalendar. A meeting becomes iCalendar text, as Exchange would have sent it
//! with TNEF turned off, so everything behind sees one kind of calendar.

use crate::{
    address::{Address, Mailbox},
    mail::{Problem, charset},
};

mod code_page;
mod cursor;
mod kind;
mod mapi;
mod meeting;
mod message;
mod party;
mod recurrence;
mod rtf;
mod stream;
mod timezone;
mod uid;
mod write;

use kind::Kind;
use meeting::Meeting;
use message::Message;

/// Largest TNEF stream that is read, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Deepest message in a message that is looked at.
const MAX_NESTING: usize = 4;

/// Most meetings and calendars of one stream; more do not make the refusal any clearer.
const MAX_ITEMS: usize = 50;

/// Most messages of one stream that are looked at.
const MAX_MESSAGES: usize = 100;

/// Most problems that are told of one stream: they are for people.
const MAX_PROBLEMS: usize = 20;

/// What TNEF leaves to the mail around it ([MS-OXTNEF] section 2.2.3).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Envelope {
    /// From, if it is one mailbox.
    pub from: Option<Mailbox>,
    /// To and Cc, in order.
    pub to: Vec<Address>,
    /// The mail's own text.
    pub text: Option<String>,
}

/// A TNEF stream, read.
#[derive(Clone, Debug, Default)]
pub struct Tnef {
    /// What kind of message it says it is, e.g. `IPM.Schedule.Meeting.Request`.
    pub message_class: Option<String>,
    items: Vec<Item>,
    messages: usize,
    /// It, or a meeting in it, cannot be read.
    is_damaged: bool,
}

/// What came of a TNEF stream; the better, the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// Neither a meeting nor a calendar is in it.
    NoMeeting,
    /// It cannot be read, or the meeting in it cannot.
    Damaged,
    /// A meeting or a calendar is in it.
    Meeting,
}

/// Something with a calendar in it.
#[derive(Clone, Debug)]
struct Item {
    content: Content,
    /// It stands in a message that was attached, so the sender passed it on.
    forwarded: bool,
}

#[derive(Clone, Debug)]
enum Content {
    Meeting(Box<Meeting>),
    /// An attached calendar file.
    File(Vec<u8>),
}

/// A calendar out of a TNEF stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TnefCalendar {
    /// iCalendar text.
    pub text: String,
    /// The label of an attached file's charset when nobody here knows it.
    pub unknown_charset: Option<String>,
    /// It stands in a message that was attached, so the sender passed it on.
    pub forwarded: bool,
}

/// Whether the bytes begin like a TNEF stream.
#[must_use]
pub fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(&stream::SIGNATURE)
}

/// Reads a TNEF stream. Never fails and never panics; takes time and memory linear in the bytes, and no more than
/// the limits of this module.
#[must_use]
pub fn read(bytes: &[u8]) -> (Tnef, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut tnef = Tnef::default();
    if bytes.len() > MAX_BYTES {
        problems.push(Problem::new(
            "tnef-too-large",
            format!("the TNEF stream has more than {MAX_BYTES} bytes"),
        ));
        tnef.is_damaged = true;
    } else if is_tnef(bytes) {
        tnef.read_message(bytes, 0, &mut problems);
        problems.truncate(MAX_PROBLEMS - 1);
        tnef.report_absence(&mut problems);
    } else {
        problems.push(Problem::new(
            "not-tnef",
            "what is called winmail.dat does not begin like one (0x223E9F78)",
        ));
        tnef.is_damaged = true;
    }
    (tnef, problems)
}

impl Tnef {
    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match (self.items.is_empty(), self.is_damaged) {
            (false, _) => Outcome::Meeting,
            (true, true) => Outcome::Damaged,
            (true, false) => Outcome::NoMeeting,
        }
    }

    /// The calendars in it: the meeting itself, else what is attached. `envelope` says what TNEF leaves to the mail.
    #[must_use]
    pub fn calendars(&self, envelope: &Envelope) -> (Vec<TnefCalendar>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut calendars = Vec::new();
        for Item { content, forwarded } in &self.items {
            let (text, unknown_charset) = match content {
                // A message passed on has an envelope of its own, which nobody has kept.
                Content::Meeting(meeting) if *forwarded => {
                    (write::write(meeting, &Envelope::default()), None)
                }
                Content::Meeting(meeting) => (write::write(meeting, envelope), None),
                Content::File(bytes) => {
                    let (text, charset) = charset::decode(bytes, None, &mut problems);
                    (Some(text), charset)
                }
            };
            match text {
                Some(text) => calendars.push(TnefCalendar {
                    text,
                    unknown_charset,
                    forwarded: *forwarded,
                }),
                None => problems.push(Problem::new(
                    "tnef-too-large",
                    "PidLidAppointmentRecur changes so many instances that the calendar would be too large",
                )),
            }
        }
        (calendars, problems)
    }

    fn read_message(&mut self, bytes: &[u8], depth: usize, problems: &mut Vec<Problem>) {
        self.messages += 1;
        if self.messages > MAX_MESSAGES {
            return;
        }
        let message = Message::read(bytes, problems);
        let forwarded = depth > 0;
        let classes: Vec<_> = message.classes().collect();
        if !forwarded {
            self.message_class = classes.first().cloned();
        }
        if let Some(kind) = classes.iter().find_map(|class| Kind::of_class(class)) {
            match Meeting::read(&message, kind, problems) {
                Some(meeting) => self.keep(Content::Meeting(Box::new(meeting)), forwarded),
                None => self.is_damaged = true,
            }
            // What is attached to a meeting belongs to it: an agenda, or the changed instances of a series.
            return;
        }
        for attachment in &message.attachments {
            // A message object stands behind the identifier of its interface.
            const INTERFACE_BYTES: usize = 16;
            let inner = attachment.data.get(INTERFACE_BYTES..).unwrap_or_default();
            let nested = [attachment.data, inner]
                .into_iter()
                .find(|data| is_tnef(data));
            match nested {
                Some(nested) if depth + 1 < MAX_NESTING => {
                    self.read_message(nested, depth + 1, problems);
                }
                Some(_) => problems.push(Problem::new(
                    "tnef-too-large",
                    format!("more than {MAX_NESTING} messages one inside the other"),
                )),
                None if is_calendar(attachment.name.as_deref(), attachment.data) => {
                    self.keep(Content::File(attachment.data.to_vec()), forwarded);
                }
                None => {}
            }
        }
    }

    fn keep(&mut self, content: Content, forwarded: bool) {
        if self.items.len() < MAX_ITEMS {
            self.items.push(Item { content, forwarded });
        }
    }

    fn report_absence(&self, problems: &mut Vec<Problem>) {
        if self.outcome() != Outcome::NoMeeting {
            return;
        }
        // Only names as Microsoft makes them are repeated; anything else may be somebody's words.
        let class = self
            .message_class
            .as_deref()
            .filter(|class| class.len() <= 64 && class.to_ascii_uppercase().starts_with("IPM."))
            .filter(|class| {
                class
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ' ' | '_' | '-'))
            })
            .unwrap_or("no known class");
        problems.push(Problem::new(
            "tnef-without-meeting",
            format!(
                "the winmail.dat is of {class}: neither a meeting nor with a calendar attached"
            ),
        ));
    }
}

fn is_calendar(name: Option<&str>, data: &[u8]) -> bool {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let starts_like_one = data
        .trim_ascii_start()
        .get(..BEGIN.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(BEGIN));
    let is_called_one = name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        [".ics", ".ical", ".vcs"]
            .iter()
            .any(|end| name.ends_with(end))
    });
    starts_like_one || is_called_one && !data.is_empty()
}
