//! iCalendar objects (RFC 5545) as this system reads and writes them.

use jiff::Timestamp;

use crate::{address::Address, time::CalendarTime};

mod alarm;
mod content_line;
mod date;
mod kept;
mod line;
mod read;
pub mod recurrence;
mod vtimezone;
pub mod write;
mod zone;

pub(crate) use content_line::{Lines, Params, Value};
pub use read::{
    MAX_BYTES, MAX_COMPONENTS, MAX_LINE_BYTES, MAX_LINES, MAX_NESTING, MAX_PARAMETERS, TOO_LARGE,
    read,
};
pub use zone::{MAX_DEFINITION_BYTES, ZoneDefinition, Zones};

/// What an iTIP message asks for (RFC 5546 section 1.4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// Invite, or change.
    Request,
    /// An attendee's answer.
    Reply,
    /// The event, or a part of it, will not take place.
    Cancel,
    /// An attendee asks for another time.
    Counter,
    /// The organizer says no to a counter.
    DeclineCounter,
    /// An attendee asks for the current version.
    Refresh,
    /// More instances of a series.
    Add,
    /// Posted without asking for answers.
    Publish,
}

impl Method {
    /// Reads METHOD in any case; `None` for what iTIP does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_ascii_uppercase().as_str() {
            "REQUEST" => Self::Request,
            "REPLY" => Self::Reply,
            "CANCEL" => Self::Cancel,
            "COUNTER" => Self::Counter,
            "DECLINECOUNTER" => Self::DeclineCounter,
            "REFRESH" => Self::Refresh,
            "ADD" => Self::Add,
            "PUBLISH" => Self::Publish,
            _ => return None,
        })
    }

    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Cancel => "CANCEL",
            Self::Counter => "COUNTER",
            Self::DeclineCounter => "DECLINECOUNTER",
            Self::Refresh => "REFRESH",
            Self::Add => "ADD",
            Self::Publish => "PUBLISH",
        }
    }
}

/// PARTSTAT of a VEVENT's attendee (RFC 5545 3.2.12).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Partstat {
    /// Not answered yet.
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// May come.
    Tentative,
    /// Sends somebody else.
    Delegated,
}

impl Partstat {
    /// Reads PARTSTAT in any case, vCalendar 1.0's words included; `None` for what is no answer of an attendee.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_ascii_uppercase().as_str() {
            "NEEDS-ACTION" | "NEEDS ACTION" | "SENT" => Self::NeedsAction,
            "ACCEPTED" | "CONFIRMED" => Self::Accepted,
            "DECLINED" => Self::Declined,
            "TENTATIVE" => Self::Tentative,
            "DELEGATED" => Self::Delegated,
            _ => return None,
        })
    }

    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Tentative => "TENTATIVE",
            Self::Delegated => "DELEGATED",
        }
    }
}

/// STATUS of a VEVENT (RFC 5545 3.8.1.11).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// Takes place.
    Confirmed,
    /// May take place.
    Tentative,
    /// Does not take place.
    Cancelled,
}

impl Status {
    /// Reads STATUS in any case; `None` for what a VEVENT cannot have.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_ascii_uppercase().as_str() {
            "CONFIRMED" => Self::Confirmed,
            "TENTATIVE" => Self::Tentative,
            "CANCELLED" | "CANCELED" => Self::Cancelled,
            _ => return None,
        })
    }

    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// One content line, unfolded, its value still escaped as on the wire (RFC 5545 3.1), so writing it back is
/// the identity.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ContentLine {
    /// Upper case.
    pub name: String,
    /// Parameter names in upper case; values decoded (RFC 6868), without quotes.
    pub params: Vec<(String, Vec<String>)>,
    /// As on the wire.
    pub value: String,
}

impl ContentLine {
    /// RDATE, EXDATE or another property whose value is one time.
    #[must_use]
    pub fn of_time(name: &str, time: &CalendarTime) -> Self {
        let params = match time {
            CalendarTime::Zoned { tzid, .. } => vec![("TZID".to_owned(), vec![tzid.clone()])],
            CalendarTime::AllDay(_) => vec![("VALUE".to_owned(), vec!["DATE".to_owned()])],
            CalendarTime::Utc(_) | CalendarTime::Floating(_) => Vec::new(),
        };
        let value = match time {
            CalendarTime::Zoned { local, .. } => CalendarTime::Floating(*local).instance_key(),
            other => other.instance_key(),
        };
        Self {
            name: name.to_owned(),
            params,
            value: value.as_str().to_owned(),
        }
    }

    /// About how many bytes it takes on the wire, folds not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let params: usize = self
            .params
            .iter()
            .map(|(name, values)| {
                name.len() + values.iter().map(|value| value.len() + 3).sum::<usize>()
            })
            .sum();
        self.name.len() + params + self.value.len() + 4
    }
}

#[cfg(test)]
impl ContentLine {
    /// One from plain text, for tests: `NAME;PARAM=value:value`, nothing quoted.
    pub(crate) fn plain(text: &str) -> Self {
        let (head, value) = text.split_once(':').unwrap();
        let mut head = head.split(';').map(str::to_owned);
        let name = head.next().unwrap();
        let params = head
            .map(|param| {
                let (name, value) = param.split_once('=').unwrap();
                (name.to_owned(), vec![value.to_owned()])
            })
            .collect();
        Self {
            name,
            params,
            value: value.to_owned(),
        }
    }
}

/// ORGANIZER or ATTENDEE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Party {
    /// The value as written: `mailto:bob@b.test`.
    pub value: String,
    /// `None` when the value is not an address one can mail to (Exchange's X.400, `invalid:nomail`).
    pub address: Option<Address>,
    /// CN.
    pub name: Option<String>,
    /// SENT-BY.
    pub sent_by: Option<Address>,
    /// PARTSTAT; `None` when it is missing or unknown (then RFC 5545 says NEEDS-ACTION).
    pub partstat: Option<Partstat>,
    /// Every other parameter, as written.
    pub params: Vec<(String, Vec<String>)>,
}

/// One VEVENT. Missing is `None`; whether that is allowed is for [`crate::command`] to say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Vevent {
    /// UID, as the client wrote it.
    pub uid: Option<String>,
    /// SEQUENCE; `None` means 0 (RFC 5545 3.8.7.4).
    pub sequence: Option<u32>,
    /// DTSTAMP.
    pub dtstamp: Option<Timestamp>,
    /// DTSTART.
    pub start: Option<CalendarTime>,
    /// DTEND, or DTSTART plus DURATION, or the default of RFC 5545 3.6.1 when neither is there.
    pub end: Option<CalendarTime>,
    /// RECURRENCE-ID.
    pub recurrence_id: Option<CalendarTime>,
    /// RECURRENCE-ID has RANGE=THISANDFUTURE (RFC 5545 3.2.13): it stands for that instance and all later ones.
    pub this_and_future: bool,
    /// RRULE values as written; usually none or one.
    pub rrule: Vec<String>,
    /// RDATE, EXDATE, EXRULE, as written.
    pub recurrence_dates: Vec<ContentLine>,
    /// What those say; `invalid` names those that cannot be followed.
    pub recurrence: recurrence::Recurrence,
    /// STATUS.
    pub status: Option<Status>,
    /// SUMMARY, unescaped.
    pub summary: Option<String>,
    /// DESCRIPTION, unescaped.
    pub description: Option<String>,
    /// X-ALT-DESC;FMTTYPE=text/html, or an ALTREP data URI's HTML.
    pub description_html: Option<String>,
    /// LOCATION, unescaped.
    pub location: Option<String>,
    /// ORGANIZER.
    pub organizer: Option<Party>,
    /// ATTENDEE, in order.
    pub attendees: Vec<Party>,
    /// VALARM components as content lines, BEGIN and END included.
    pub alarms: Vec<Vec<ContentLine>>,
    /// TZIDs of DTSTART, DTEND and RECURRENCE-ID that nothing could resolve; those times are floating here.
    pub unknown_zones: Vec<String>,
    /// Names of the properties that are there but cannot be read, e.g. `DTSTART`; their fields are `None`.
    pub invalid: Vec<&'static str>,
    /// All other properties, in order: URL, GEO, TRANSP, CLASS, CATEGORIES, CREATED, LAST-MODIFIED, X-….
    pub other: Vec<ContentLine>,
}

/// One VCALENDAR.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calendar {
    /// METHOD.
    pub method: Option<Method>,
    /// METHOD as written, where iTIP does not know it.
    pub unknown_method: Option<String>,
    /// PRODID.
    pub prodid: Option<String>,
    /// VERSION, `2.0` or `1.0`.
    pub version: Option<String>,
    /// The VTIMEZONEs, as far as they can be kept.
    pub zones: Vec<ZoneDefinition>,
    /// All other properties, in order: NAME, COLOR, REFRESH-INTERVAL, SOURCE (RFC 7986), CALSCALE, X-WR-….
    pub other: Vec<ContentLine>,
    /// VEVENTs in order.
    pub events: Vec<Vevent>,
    /// Names of the components that are neither VEVENT nor VTIMEZONE (VTODO, VJOURNAL, VFREEBUSY).
    pub other_components: Vec<String>,
}

#[cfg(test)]
mod tests;
