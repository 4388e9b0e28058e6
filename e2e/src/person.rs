//! People and what their calendar clients mail.

use jiff::{Timestamp, tz::TimeZone};

use crate::letter::Invitation;

/// Somebody with a mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Where they get mail.
    pub address: String,
}

impl Person {
    /// Somebody at a domain, e.g. `Bob` at `x1.test`.
    #[must_use]
    pub fn new(name: &str, domain: &str) -> Self {
        let local = name.to_lowercase().replace(' ', ".");
        Self {
            name: name.to_owned(),
            address: format!("{local}@{domain}"),
        }
    }
}

/// Where they get mail.
impl AsRef<str> for Person {
    fn as_ref(&self) -> &str {
        &self.address
    }
}

/// A meeting in the organizer's calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meeting {
    /// UID, as the organizer's client made it.
    pub client_uid: String,
    /// SEQUENCE.
    pub sequence: u32,
    /// SUMMARY.
    pub summary: String,
    /// LOCATION.
    pub location: String,
    /// DTSTART, local time in Europe/Berlin.
    pub start: jiff::civil::DateTime,
}

impl Meeting {
    /// The mail by which the organizer's client asks for this meeting, in its present state.
    #[must_use]
    pub fn request(&self, organizer: &Person, to: &str, now: Timestamp) -> Vec<u8> {
        self.mail("REQUEST", "CONFIRMED", organizer, to, now)
    }

    /// The mail by which it calls the meeting off.
    #[must_use]
    pub fn cancel(&self, organizer: &Person, to: &str, now: Timestamp) -> Vec<u8> {
        self.mail("CANCEL", "CANCELLED", organizer, to, now)
    }

    fn mail(
        &self,
        method: &str,
        status: &str,
        organizer: &Person,
        to: &str,
        now: Timestamp,
    ) -> Vec<u8> {
        let Self {
            client_uid,
            sequence,
            summary,
            location,
            start,
        } = self;
        let end = start.saturating_add(jiff::Span::new().hours(1));
        let Person { name, address } = organizer;
        let calendar = format!(
            "BEGIN:VCALENDAR\n\
             VERSION:2.0\n\
             PRODID:-//Example//Calendar of {name}//EN\n\
             METHOD:{method}\n\
             {BERLIN}\
             BEGIN:VEVENT\n\
             UID:{client_uid}\n\
             DTSTAMP:{stamp}\n\
             SEQUENCE:{sequence}\n\
             STATUS:{status}\n\
             DTSTART;TZID=Europe/Berlin:{start}\n\
             DTEND;TZID=Europe/Berlin:{end}\n\
             SUMMARY:{summary}\n\
             LOCATION:{location}\n\
             ORGANIZER;CN={name}:mailto:{address}\n\
             ATTENDEE;PARTSTAT=ACCEPTED:mailto:{address}\n\
             END:VEVENT\n\
             END:VCALENDAR\n",
            stamp = utc(now),
            start = start.strftime("%Y%m%dT%H%M%S"),
            end = end.strftime("%Y%m%dT%H%M%S"),
        );
        mail(organizer, to, summary, method, &calendar, now)
    }
}

/// The mail by which an attendee's client answers an invitation.
#[must_use]
pub fn reply(
    invitation: &Invitation,
    attendee: &Person,
    partstat: &str,
    now: Timestamp,
) -> Vec<u8> {
    let Invitation {
        uid,
        sequence,
        summary,
        organizer,
        ..
    } = invitation;
    let Person { name, address } = attendee;
    let calendar = format!(
        "BEGIN:VCALENDAR\n\
         VERSION:2.0\n\
         PRODID:-//Example//Calendar of an attendee//EN\n\
         METHOD:REPLY\n\
         BEGIN:VEVENT\n\
         UID:{uid}\n\
         DTSTAMP:{stamp}\n\
         SEQUENCE:{sequence}\n\
         SUMMARY:{summary}\n\
         ORGANIZER:mailto:{organizer}\n\
         ATTENDEE;CN={name};PARTSTAT={partstat}:mailto:{address}\n\
         END:VEVENT\n\
         END:VCALENDAR\n",
        stamp = utc(now),
    );
    mail(
        attendee,
        organizer,
        &format!("{partstat}: {summary}"),
        "REPLY",
        &calendar,
        now,
    )
}

/// A mail with nothing but words.
#[must_use]
pub fn words(from: &Person, to: &str, subject: &str, now: Timestamp) -> Vec<u8> {
    let Person { name, address } = from;
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap_or_default();
    let text = format!(
        "From: \"{name}\" <{address}>\n\
         To: <{to}>\n\
         Subject: {subject}\n\
         Date: {date}\n\
         Message-ID: <{id:x}@client.example>\n\
         MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\
         \n\
         {subject}\n",
        id = fastrand::u64(..),
    );
    text.replace('\n', "\r\n").into_bytes()
}

fn mail(
    from: &Person,
    to: &str,
    subject: &str,
    method: &str,
    calendar: &str,
    now: Timestamp,
) -> Vec<u8> {
    let Person { name, address } = from;
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap_or_default();
    let domain = address.rsplit('@').next().unwrap_or_default();
    let id = fastrand::u64(..);
    let text = format!(
        "From: \"{name}\" <{address}>\n\
         To: <{to}>\n\
         Subject: {subject}\n\
         Date: {date}\n\
         Message-ID: <{id:x}@{domain}>\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/alternative; boundary=\"=_{id:x}\"\n\
         \n\
         --=_{id:x}\n\
         Content-Type: text/plain; charset=utf-8\n\
         \n\
         {subject}\n\
         --=_{id:x}\n\
         Content-Type: text/calendar; charset=utf-8; method={method}\n\
         \n\
         {calendar}\
         --=_{id:x}--\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}

fn utc(now: Timestamp) -> String {
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}

const BERLIN: &str = "BEGIN:VTIMEZONE\n\
TZID:Europe/Berlin\n\
BEGIN:DAYLIGHT\n\
TZOFFSETFROM:+0100\n\
TZOFFSETTO:+0200\n\
TZNAME:CEST\n\
DTSTART:19700329T020000\n\
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n\
END:DAYLIGHT\n\
BEGIN:STANDARD\n\
TZOFFSETFROM:+0200\n\
TZOFFSETTO:+0100\n\
TZNAME:CET\n\
DTSTART:19701025T030000\n\
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n\
END:STANDARD\n\
END:VTIMEZONE\n";
