//! The calendar object of a letter, addressed to one attendee (RFC 5546 sections 3.2.2, 3.2.5, 3.2.8): the event, or
//! the series and behind it each instance that differs.
//!
//! What does not depend on the attendee is written once an event ([`Draft`]); an attendee's copy adds ORGANIZER and
//! ATTENDEE to each VEVENT.

use crate::{
    address::{Address, Mailbox},
    event::{Answers, Event},
    ical::{
        Partstat, Status,
        alarm::write_alarms,
        content_line::{Lines, Value},
        kept::write_kept,
    },
    time::InstanceKey,
};

mod own_zone;
mod plan;
mod recurrence;
mod time;
mod unwritable;
mod zones;

use plan::{Component, Plan};
use time::utc;
pub use unwritable::Unwritable;

/// Who wrote the object. Without a version, so that a mail repeated across a deployment keeps its bytes.
const PRODID: &str = "-//Calendar Invite Server//NONSGML CIS//EN";

/// What the object asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// METHOD:REQUEST: an invitation or an update.
    Request,
    /// METHOD:CANCEL.
    Cancel,
    /// METHOD:DECLINECOUNTER.
    DeclineCounter {
        /// Of a proposal for this instance of a series; `None`: for the event.
        instance: Option<InstanceKey>,
    },
}

impl Purpose {
    /// As in the body and in the Content-Type of the part.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::DeclineCounter { .. } => "DECLINECOUNTER",
        }
    }
}

/// An event's object without ORGANIZER and ATTENDEE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    events: Vec<Unaddressed>,
    end: Vec<u8>,
}

/// What stands before the parties of a VEVENT.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Unaddressed {
    before: Vec<u8>,
    instance: Option<InstanceKey>,
}

impl Draft {
    /// Writes what all attendees' copies share. `html` makes what may be sent of an organizer's HTML; nothing of it is
    /// written where that is empty.
    ///
    /// # Errors
    /// That there is no valid object of this event.
    pub fn new(
        event: &Event,
        purpose: &Purpose,
        html: impl Fn(&str) -> String,
    ) -> Result<Self, Unwritable> {
        let plan = Plan::of(event, purpose)?;
        let mut lines = Lines::default();
        let wire =
            |lines: &mut Lines, name, value: &str| lines.property(name, &[], Value::Wire(value));
        lines.begin("VCALENDAR");
        wire(&mut lines, "VERSION", "2.0");
        wire(&mut lines, "PRODID", PRODID);
        wire(&mut lines, "CALSCALE", "GREGORIAN");
        wire(&mut lines, "METHOD", purpose.method());
        plan.write_zones(&mut lines);
        let mut events = Vec::new();
        for component in &plan.components {
            write_head(&mut lines, event, component);
            events.push(Unaddressed {
                before: std::mem::take(&mut lines).into_bytes(),
                instance: component.instance.clone(),
            });
            let html = component.details.description_html.as_deref().map(&html);
            let html = html.as_deref().filter(|html| !html.is_empty());
            write_tail(&mut lines, event, purpose, component, html);
        }
        lines.end("VCALENDAR");
        Ok(Self {
            events,
            end: lines.into_bytes(),
        })
    }

    /// The whole object for one attendee.
    #[must_use]
    pub fn addressed(&self, organizer: &Mailbox, attendee: &Mailbox, answers: &Answers) -> Vec<u8> {
        let mut parties = Parties::new(organizer, attendee);
        let written = self.events.iter().map(|event| event.before.len());
        let mut object = Vec::with_capacity(
            written.sum::<usize>() + self.events.len() * PARTIES_OCTETS + self.end.len(),
        );
        for event in &self.events {
            object.extend_from_slice(&event.before);
            object.extend_from_slice(parties.with(answers.to(event.instance.as_ref())));
        }
        object.extend_from_slice(&self.end);
        object
    }
}

/// As many as the two mostly have, so that nothing is copied twice.
const PARTIES_OCTETS: usize = 512;

/// ORGANIZER and ATTENDEE of one attendee's copy; most of his answers are alike.
struct Parties<'a> {
    organizer: &'a Mailbox,
    attendee: &'a Mailbox,
    written: Option<(Partstat, Vec<u8>)>,
}

impl<'a> Parties<'a> {
    fn new(organizer: &'a Mailbox, attendee: &'a Mailbox) -> Self {
        Self {
            organizer,
            attendee,
            written: None,
        }
    }

    fn with(&mut self, partstat: Partstat) -> &[u8] {
        let written = self.written.take().filter(|(of, _)| *of == partstat);
        let written = written.unwrap_or_else(|| {
            let mut lines = Lines::with_capacity(PARTIES_OCTETS);
            write_parties(&mut lines, self.organizer, self.attendee, partstat);
            (partstat, lines.into_bytes())
        });
        &self.written.insert(written).1
    }
}

fn write_head(lines: &mut Lines, event: &Event, component: &Component<'_>) {
    let wire = |lines: &mut Lines, name, value: &str| lines.property(name, &[], Value::Wire(value));
    lines.begin("VEVENT");
    wire(lines, "UID", event.uid.as_str());
    wire(lines, "DTSTAMP", &utc(event.stamp.dtstamp));
    wire(lines, "SEQUENCE", &component.sequence.to_string());
    if let Some(recurrence_id) = &component.recurrence_id {
        recurrence_id.write(lines, "RECURRENCE-ID");
    }
    component.start.write(lines, "DTSTART");
    if let Some(end) = &component.end {
        end.write(lines, "DTEND");
    }
    component.recurs.write(lines);
    if component.start.is_all_day() {
        wire(lines, "X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE");
    }
}

fn write_parties(lines: &mut Lines, organizer: &Mailbox, attendee: &Mailbox, partstat: Partstat) {
    lines.property(
        "ORGANIZER",
        &[("CN", name_of(organizer))],
        Value::Wire(&mailto(&organizer.address)),
    );
    lines.property(
        "ATTENDEE",
        &[
            ("CUTYPE", "INDIVIDUAL"),
            ("ROLE", "REQ-PARTICIPANT"),
            ("PARTSTAT", partstat.as_str()),
            ("RSVP", "TRUE"),
            ("CN", name_of(attendee)),
        ],
        Value::Wire(&mailto(&attendee.address)),
    );
}

fn write_tail(
    lines: &mut Lines,
    event: &Event,
    purpose: &Purpose,
    component: &Component<'_>,
    description_html: Option<&str>,
) {
    let details = &component.details;
    let wire = |lines: &mut Lines, name, value: &str| lines.property(name, &[], Value::Wire(value));
    let text = |lines: &mut Lines, name, value: &str| {
        if !value.is_empty() {
            lines.property(name, &[], Value::Text(value));
        }
    };
    lines.property("SUMMARY", &[], Value::Text(&details.summary));
    text(lines, "DESCRIPTION", &details.description);
    if let Some(html) = description_html {
        let page = format!("<html><body>{html}</body></html>");
        lines.property(
            "X-ALT-DESC",
            &[("FMTTYPE", "text/html")],
            Value::Text(&page),
        );
    }
    text(lines, "LOCATION", &details.location);
    wire(lines, "STATUS", status(event, purpose, component).as_str());
    wire(lines, "CREATED", &utc(event.created));
    wire(lines, "LAST-MODIFIED", &utc(event.last_modified));
    // An attendee's counter proposal would reach us, who do not decide.
    wire(lines, "X-MICROSOFT-DISALLOW-COUNTER", "TRUE");
    write_kept(lines, &details.other);
    // RFC 5546 sections 3.2.5, 3.2.8: neither a CANCEL nor a DECLINECOUNTER has a VALARM.
    if *purpose == Purpose::Request {
        write_alarms(lines, &details.alarms, &details.summary);
    }
    lines.end("VEVENT");
}

fn status(event: &Event, purpose: &Purpose, component: &Component<'_>) -> Status {
    if *purpose == Purpose::Cancel {
        Status::Cancelled
    } else if component.instance.is_none() || event.is_cancelled() {
        event.status
    } else {
        component.details.status
    }
}

fn name_of(mailbox: &Mailbox) -> &str {
    let name = mailbox.name.as_deref().filter(|name| !name.is_empty());
    name.unwrap_or_else(|| mailbox.address.as_str())
}

fn mailto(address: &Address) -> String {
    format!("mailto:{}", address.as_str())
}
