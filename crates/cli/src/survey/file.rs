//! One file of a survey: what it is, whose it is, and whether its events are decoded.

use invite::{
    command::{self, Calendars, FoundCalendar},
    ical::{self, Calendar},
    mail::{self, Mail, Unreadable, tnef},
};
use serde::Serialize;

use super::product;

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A mail with a calendar part.
    Mail,
    /// A mail with a winmail.dat, or a winmail.dat alone.
    Tnef,
    /// A calendar file.
    Calendar,
}

/// Why nothing of a file is decoded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reason {
    /// A limit of size, lines, nesting or parameters is passed.
    TooLarge,
    /// In a charset nobody here knows.
    UnknownCharset,
    /// No VCALENDAR can be found in what calls itself one.
    NoVcalendar,
    /// A winmail.dat that holds no meeting.
    NoMeeting,
    /// Only VTODO, VJOURNAL, VFREEBUSY and the like.
    NoEvent,
    /// A VCALENDAR in which nothing stands but, perhaps, time zones.
    Empty,
    /// Its start, end or recurrence id is no time.
    NoTime,
    /// What it recurs by cannot be told.
    NoRule,
}

impl Reason {
    /// The stable name.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::UnknownCharset => "unknown-charset",
            Self::NoVcalendar => "no-vcalendar",
            Self::NoMeeting => "no-meeting",
            Self::NoEvent => "no-event",
            Self::Empty => "empty",
            Self::NoTime => "no-time",
            Self::NoRule => "no-rule",
        }
    }

    /// It was read, and nobody is invited to anything in it.
    pub(super) fn is_without_event(self) -> bool {
        matches!(self, Self::NoMeeting | Self::NoEvent | Self::Empty)
    }

    /// Why that is right, as far as the reason alone says it.
    pub(super) fn justification(self) -> &'static str {
        match self {
            Self::TooLarge => "beyond the limits, which no client's invitation comes near",
            Self::UnknownCharset => "guessing would write wrong names into people's calendars",
            Self::NoVcalendar => {
                "a file of that name or a part of that type, but neither VCALENDAR nor VEVENT is in it"
            }
            Self::NoMeeting => "an ordinary mail or its attachments in Outlook's format",
            Self::NoEvent => "tasks, notes, free and busy times: nobody is invited to them",
            Self::Empty => "nothing stands in it",
            Self::NoTime => "when it takes place cannot be told, and is not guessed",
            Self::NoRule => "how it recurs cannot be told, and is not guessed",
        }
    }
}

/// One file that has, or claims to have, a calendar.
#[derive(Serialize)]
pub(super) struct Surveyed {
    pub(super) path: String,
    pub(super) kind: Kind,
    /// The family of products that wrote it; null when nothing says.
    pub(super) product: Option<&'static str>,
    /// METHOD; null for a calendar that is no message.
    pub(super) method: Option<String>,
    /// Null when decoded.
    pub(super) reason: Option<Reason>,
}

impl Surveyed {
    /// `None` for what neither has nor claims to have a calendar.
    pub(super) fn of(path: &str, bytes: &[u8]) -> Option<Self> {
        if tnef::is_tnef(bytes) {
            return Some(Self::of_mail(path, &around_tnef(bytes)));
        }
        let begins_a_calendar = begins_a_calendar(bytes);
        let (mail, _) = mail::read(bytes);
        let has_calendar = !mail.calendars.is_empty() || mail.tnef.is_some();
        if has_calendar && !begins_a_calendar {
            return Some(Self::of_read_mail(path, &mail));
        }
        let is_no_mail = mail.unreadable == Some(Unreadable::NotAMail);
        let is_named_so = [".ics", ".vcs", ".ical"]
            .iter()
            .any(|end| path.to_ascii_lowercase().ends_with(end));
        if begins_a_calendar || is_named_so || is_no_mail && has_a_calendar(bytes) {
            return Some(Self::of_calendar(path, bytes));
        }
        None
    }

    fn of_mail(path: &str, raw: &[u8]) -> Self {
        Self::of_read_mail(path, &mail::read(raw).0)
    }

    fn of_read_mail(path: &str, mail: &Mail) -> Self {
        let (calendars, _) = command::calendars(mail);
        let kind = if mail.tnef.is_some() {
            Kind::Tnef
        } else {
            Kind::Mail
        };
        let unknown_charset = mail
            .calendars
            .iter()
            .any(|part| part.unknown_charset.is_some());
        let nothing = match kind {
            _ if mail.tnef == Some(tnef::Outcome::NoMeeting) => Reason::NoMeeting,
            _ if unknown_charset => Reason::UnknownCharset,
            _ => Reason::NoVcalendar,
        };
        let product = (kind == Kind::Tnef).then_some("Outlook, Exchange");
        Self::new(path, kind, product, &calendars, nothing)
    }

    fn of_calendar(path: &str, bytes: &[u8]) -> Self {
        let (text, _) = mail::decode_calendar(bytes);
        let (found, problems) = ical::read(&text);
        let calendars = Calendars {
            found: found
                .into_iter()
                .map(|calendar| FoundCalendar { part: 0, calendar })
                .collect(),
            too_large: problems
                .iter()
                .any(|problem| problem.code == ical::TOO_LARGE),
        };
        Self::new(path, Kind::Calendar, None, &calendars, Reason::NoVcalendar)
    }

    fn new(
        path: &str,
        kind: Kind,
        product: Option<&'static str>,
        calendars: &Calendars,
        nothing: Reason,
    ) -> Self {
        let all = || calendars.found.iter().map(|found| &found.calendar);
        let reasons: Vec<_> = all().map(refused).collect();
        let reason = if calendars.too_large {
            Some(Reason::TooLarge)
        } else if reasons.is_empty() {
            Some(nothing)
        } else if reasons.contains(&None) {
            None
        } else {
            reasons.first().copied().flatten()
        };
        Self {
            path: path.to_owned(),
            kind,
            product: product
                .or_else(|| all().find_map(|calendar| product::of(calendar.prodid.as_deref()?))),
            method: all().find_map(|calendar| {
                calendar
                    .method
                    .map(|method| method.as_str().to_owned())
                    .or_else(|| {
                        calendar
                            .unknown_method
                            .as_ref()
                            .map(|_| "unknown".to_owned())
                    })
            }),
            reason,
        }
    }
}

/// An event is decoded when what stands there of its times and recurrence can be read; in a REPLY there may be none.
fn refused(calendar: &Calendar) -> Option<Reason> {
    if calendar.events.is_empty() {
        return Some(if calendar.other_components.is_empty() {
            Reason::Empty
        } else {
            Reason::NoEvent
        });
    }
    let is_time = |name: &&str| matches!(*name, "DTSTART" | "DTEND" | "DURATION" | "RECURRENCE-ID");
    let reasons: Vec<_> = calendar
        .events
        .iter()
        .map(|event| match event.invalid.as_slice() {
            [] => None,
            names if names.iter().any(is_time) => Some(Reason::NoTime),
            _ => Some(Reason::NoRule),
        })
        .collect();
    if reasons.contains(&None) {
        return None;
    }
    reasons.first().copied().flatten()
}

/// A winmail.dat alone is read as the mail it came in.
fn around_tnef(bytes: &[u8]) -> Vec<u8> {
    let mut mail = b"MIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\
                     Content-Transfer-Encoding: binary\r\n\r\n"
        .to_vec();
    mail.extend_from_slice(bytes);
    mail
}

/// Whether the first thing in it is a BEGIN, in whatever encoding.
fn begins_a_calendar(bytes: &[u8]) -> bool {
    let start: Vec<u8> = bytes
        .iter()
        .filter(|byte| byte.is_ascii_graphic())
        .take(7)
        .map(u8::to_ascii_uppercase)
        .collect();
    start == b"BEGIN:V"
}

fn has_a_calendar(bytes: &[u8]) -> bool {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    bytes
        .windows(BEGIN.len())
        .any(|window| window.eq_ignore_ascii_case(BEGIN))
}
