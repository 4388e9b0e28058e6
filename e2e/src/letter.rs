//! A mail the tenant sent, as its recipient's client reads it: with a parser that is not the product's.

use std::str::FromStr;

use icalendar::{Calendar, CalendarComponent, Component, EventLike, Property};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders};

/// One mail out of a mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// The bytes as they were delivered.
    pub raw: Vec<u8>,
    /// Subject, decoded.
    pub subject: String,
    /// From's address.
    pub from: String,
    /// From's name.
    pub from_name: String,
    /// To's address.
    pub to: String,
    /// Reply-To's address.
    pub reply_to: Option<String>,
    /// The words of the text part, in one line: where a line ends is of no matter.
    pub text: String,
    /// The calendar part, if it has one.
    pub calendar: Option<Invitation>,
}

/// What a calendar client takes from an invitation, an update or a cancellation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// METHOD of the calendar; equal to the content type's `method`.
    pub method: String,
    /// UID.
    pub uid: String,
    /// SEQUENCE.
    pub sequence: u32,
    /// STATUS.
    pub status: String,
    /// DTSTART as written.
    pub start: String,
    /// SUMMARY.
    pub summary: String,
    /// LOCATION.
    pub location: String,
    /// ORGANIZER, without `mailto:`.
    pub organizer: String,
    /// The only ATTENDEE, without `mailto:`.
    pub attendee: String,
    /// The ATTENDEE's PARTSTAT.
    pub partstat: String,
    /// The whole calendar, as text.
    pub ics: String,
}

/// What is wrong with a mail we sent.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a letter nobody could use: {0}")]
pub struct BadLetter(String);

impl Letter {
    /// Reads a delivered mail and checks what every client depends on.
    ///
    /// # Errors
    /// [`BadLetter`] saying which rule of the layout is broken.
    pub fn read(raw: Vec<u8>) -> Result<Self, BadLetter> {
        let message = MessageParser::default()
            .parse(&raw)
            .ok_or_else(|| bad("it is no mail"))?;
        let (from, from_name) =
            one(message.from()).ok_or_else(|| bad("From is not one mailbox"))?;
        let (to, _) = one(message.to()).ok_or_else(|| bad("To is not one mailbox"))?;
        let calendar = calendar_part(&message)?;
        let letter = Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            reply_to: one(message.reply_to()).map(|(address, _)| address),
            text: words(&message.body_text(0).unwrap_or_default()),
            from,
            from_name,
            to,
            calendar,
            raw: Vec::new(),
        };
        letter.check(&message)?;
        drop(message);
        Ok(Self { raw, ..letter })
    }

    fn check(&self, message: &Message<'_>) -> Result<(), BadLetter> {
        if message.header_raw("Auto-Submitted").is_none() {
            return Err(bad(
                "Auto-Submitted is missing: it could start a loop (RFC 3834)",
            ));
        }
        let Some(invitation) = &self.calendar else {
            return Ok(());
        };
        if invitation.organizer != self.from || self.reply_to.as_ref() != Some(&self.from) {
            return Err(bad("ORGANIZER, From and Reply-To differ"));
        }
        if invitation.attendee != self.to {
            return Err(bad("ATTENDEE is not To"));
        }
        Ok(())
    }

    /// Our uid, where the letter names one: in the calendar part or in the text.
    #[must_use]
    pub fn uid(&self) -> Option<String> {
        let in_text = || {
            self.text
                .split(|c: char| !c.is_ascii_alphanumeric())
                .find(|word| {
                    word.len() == 40
                        && word
                            .bytes()
                            .all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
                })
                .map(str::to_owned)
        };
        self.calendar
            .as_ref()
            .map(|invitation| invitation.uid.clone())
            .or_else(in_text)
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bad(what: impl Into<String>) -> BadLetter {
    BadLetter(what.into())
}

fn one(address: Option<&Address<'_>>) -> Option<(String, String)> {
    let mut all = address?.iter();
    let first = all.next()?;
    if all.next().is_some() {
        return None;
    }
    Some((
        first.address()?.to_lowercase(),
        first.name().unwrap_or_default().to_owned(),
    ))
}

/// The calendar part clients act on: the last child of multipart/alternative, `text/calendar` with `method`.
fn calendar_part(message: &Message<'_>) -> Result<Option<Invitation>, BadLetter> {
    let is_calendar = |part: &&MessagePart<'_>| part.is_content_type("text", "calendar");
    let parts: Vec<_> = message.parts.iter().filter(is_calendar).collect();
    let [part] = parts.as_slice() else {
        return if parts.is_empty() {
            Ok(None)
        } else {
            Err(bad("it has several text/calendar parts"))
        };
    };
    let method = part
        .content_type()
        .and_then(|content_type| content_type.attribute("method"))
        .ok_or_else(|| bad("text/calendar has no method"))?;
    let ics = part
        .text_contents()
        .ok_or_else(|| bad("text/calendar is no text"))?;
    invitation(method, ics).map(Some)
}

fn invitation(method: &str, ics: &str) -> Result<Invitation, BadLetter> {
    let calendar = Calendar::from_str(ics)
        .map_err(|error| bad(format!("the calendar cannot be read: {error}")))?;
    if calendar.property_value("METHOD") != Some(method) {
        return Err(bad(
            "METHOD differs between the content type and the calendar",
        ));
    }
    let events: Vec<_> = calendar
        .components
        .iter()
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    // A series comes with an object for each date that differs; it is the one that is of none. A letter about one date
    // has that one only.
    let of_all: Vec<_> = events
        .iter()
        .filter(|event| event.property_value("RECURRENCE-ID").is_none())
        .collect();
    let event = match (of_all.as_slice(), events.as_slice()) {
        ([event], _) => event,
        ([], [event]) => event,
        _ => return Err(bad(format!("the calendar has {} events", of_all.len()))),
    };
    let value = |name: &str| {
        event
            .property_value(name)
            .map(str::to_owned)
            .ok_or_else(|| bad(format!("{name} is missing")))
    };
    let attendees: Vec<&Property> = event
        .multi_properties()
        .get("ATTENDEE")
        .map(|all| all.iter().collect())
        .unwrap_or_default();
    let [attendee] = attendees.as_slice() else {
        return Err(bad(format!("the event has {} ATTENDEEs", attendees.len())));
    };
    Ok(Invitation {
        method: method.to_owned(),
        uid: value("UID")?,
        sequence: value("SEQUENCE")?
            .parse()
            .map_err(|_| bad("SEQUENCE is no number"))?,
        status: value("STATUS")?,
        start: value("DTSTART")?,
        summary: event.get_summary().unwrap_or_default().to_owned(),
        location: event.get_location().unwrap_or_default().to_owned(),
        organizer: mailto(&value("ORGANIZER")?),
        attendee: mailto(attendee.value()),
        partstat: attendee
            .params()
            .get("PARTSTAT")
            .map(|partstat| partstat.value().to_owned())
            .unwrap_or_default(),
        ics: ics.to_owned(),
    })
}

fn mailto(value: &str) -> String {
    let value = value.to_lowercase();
    value.strip_prefix("mailto:").unwrap_or(&value).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITATION: &str = "From: \"Alice Ng\" <alice-ng+k7f3aaaabbbbcccc@acme.invites.example>\r
Reply-To: <alice-ng+k7f3aaaabbbbcccc@acme.invites.example>\r
To: bob@b.test\r
Subject: Invitation: Kick-off\r
Auto-Submitted: auto-generated\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=b\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
\r
Hello\r
--b\r
Content-Type: text/calendar; charset=utf-8; method=REQUEST\r
\r
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//y//EN\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:0123456789012345678901234567890123456789\r
DTSTAMP:20260301T100000Z\r
SEQUENCE:0\r
STATUS:CONFIRMED\r
DTSTART:20260303T090000Z\r
DTEND:20260303T100000Z\r
SUMMARY:Kick-off\r
ORGANIZER;CN=\"Alice Ng\":mailto:alice-ng+k7f3aaaabbbbcccc@acme.invites.examp\r
 le\r
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@b.test\r
END:VEVENT\r
END:VCALENDAR\r
--b--\r
";

    #[test]
    fn an_invitation_is_read_as_a_client_does() {
        let letter = Letter::read(INVITATION.into()).unwrap();
        let invitation = letter.calendar.clone().unwrap();
        assert_eq!(letter.to, "bob@b.test");
        assert_eq!(invitation.method, "REQUEST");
        assert_eq!(invitation.organizer, letter.from);
        assert_eq!(invitation.partstat, "NEEDS-ACTION");
        assert_eq!(
            letter.uid().unwrap(),
            "0123456789012345678901234567890123456789"
        );
    }

    #[test]
    fn a_letter_clients_would_stumble_over_is_refused() {
        for (from, to, reason) in [
            ("method=REQUEST", "method=CANCEL", "METHOD differs"),
            ("method=REQUEST", "x=y", "no method"),
            (
                "RSVP=TRUE:mailto:bob",
                "RSVP=TRUE:mailto:carol",
                "ATTENDEE is not To",
            ),
            ("Reply-To: <alice", "Reply-To: <other", "differ"),
            ("Auto-Submitted", "X-Auto", "Auto-Submitted"),
            ("UID:", "X-UID:", "UID is missing"),
            (
                "To: bob@b.test",
                "To: bob@b.test, carol@c.test",
                "To is not one",
            ),
        ] {
            let error = Letter::read(INVITATION.replace(from, to).into()).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
