//! Values as they are stored and sent, each with its way from and to the domain.
//!
//! Names and codes here are a contract with everything already stored: they are added to, never changed.
//!
//! `cloud` keeps them in the table and sends them, `cis explain` reads what an operator fetched from there: so this crate
//! names no SDK.

use invite::{
    address::{Address, Mailbox},
    delivery::{DeliveryState, PostedState, Unwanted},
    event::{Details, Evidence, Origin, Stamp, Uninvited},
    ical::{ContentLine, Partstat, Status},
    time::CalendarTime,
};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

mod attendee;
mod attendee_record;
mod command;
mod delivery;
mod event_record;
mod held_record;
mod job;
mod seats;
mod series;

pub use attendee::{
    AnswerShape, LineageShape, OwedLetterShape, OwedShape, ProposalShape, WaitingShape,
    WaitsForCode,
};
pub use attendee_record::AttendeeRecord;
pub use command::{
    AnsweredShape, FromAttendeeShape, InstanceCancelShape, InstanceRequestShape, ProposedShape,
    RangeCode, WholeShape,
};
pub use delivery::{DeliveryShape, FactShape};
pub use event_record::EventRecord;
pub use held_record::{HeldCancelShape, HeldInstanceShape, HeldRecord};
pub use job::{JobKind, JobStanding, JobState};
pub use seats::{PlaceShape, SeatingRecord, SeatsAskedShape, SeatsShape};
pub use series::{
    ByInstance, EditionShape, InstanceAnswerShape, InstanceEditionShape, InstanceShape,
    instance_key,
};
use series::{by_instance, of_instances};

/// A stored or sent value that is none of the domain's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not what this version writes")]
pub struct Malformed(pub &'static str);

macro_rules! codes {
    ($(#[$about:meta])* $shape:ident of $domain:ty { $($variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[expect(missing_docs, reason = "the domain's enum of the same variants has them")]
        pub enum $shape {
            $($variant),+
        }

        impl From<$domain> for $shape {
            fn from(value: $domain) -> Self {
                match value {
                    $(<$domain>::$variant => Self::$variant),+
                }
            }
        }

        impl From<$shape> for $domain {
            fn from(value: $shape) -> Self {
                match value {
                    $($shape::$variant => Self::$variant),+
                }
            }
        }
    };
}

codes! {
    /// STATUS: `confirmed`, `tentative`, `cancelled`.
    StatusCode of Status { Confirmed, Tentative, Cancelled }
}
codes! {
    /// PARTSTAT: `needs-action`, `accepted`, `declined`, `tentative`, `delegated`.
    PartstatCode of Partstat { NeedsAction, Accepted, Declined, Tentative, Delegated }
}
codes! {
    /// Evidence of an answer: `none`, `aligned`, `token`.
    EvidenceCode of Evidence { None, Aligned, Token }
}
codes! {
    /// Who else may answer: `open`, `approve`, `closed`.
    UninvitedCode of Uninvited { Open, Approve, Closed }
}
codes! {
    /// How far a letter came: `sent`, `delayed`, `soft-bounced`, `delivered`, `rejected`, `bounced`, `complained`.
    DeliveryCode of DeliveryState { Sent, Delayed, SoftBounced, Delivered, Rejected, Bounced, Complained }
}
codes! {
    /// Where the mail to somebody stands: `waiting`, `withheld`, or as [`DeliveryCode`].
    PostedCode of PostedState {
        Waiting, Withheld, Sent, Delayed, SoftBounced, Delivered, Rejected, Bounced, Complained
    }
}
codes! {
    /// Why somebody gets no mail: `blocked`, `bounced`, `complained`.
    UnwantedCode of Unwanted { Blocked, Bounced, Complained }
}
codes! {
    /// Where an invitation came from: `api`, `bulk`, `shared`, or where an invite link stood, as `mailchimpcta`.
    OriginCode of Origin {
        Api, Bulk, Convertkit, Emailcta, Hubspot, Klaviyo, Klaviyocta, Landingpage,
        Mailchimpcta, Multievent, Sendgrid, Sendgridcta, Shared, Singlesend, Test,
        Vip, Webform, Wix, Wixv2, Zoho
    }
}

/// An address with its name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxShape {
    /// Lower case.
    pub email: String,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl std::fmt::Debug for MailboxShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailboxShape(…)")
    }
}

impl From<&Mailbox> for MailboxShape {
    fn from(mailbox: &Mailbox) -> Self {
        Self {
            email: mailbox.address.as_str().to_owned(),
            name: mailbox.name.clone(),
        }
    }
}

impl TryFrom<MailboxShape> for Mailbox {
    type Error = Malformed;

    fn try_from(shape: MailboxShape) -> Result<Self, Malformed> {
        Ok(Self {
            address: address(&shape.email)?,
            name: shape.name,
        })
    }
}

/// Reads a list back.
///
/// # Errors
/// [`Malformed`] says what in it is none of ours.
pub fn all<S, T: TryFrom<S, Error = Malformed>>(shapes: Vec<S>) -> Result<Vec<T>, Malformed> {
    shapes.into_iter().map(T::try_from).collect()
}

/// Reads an address of ours back.
///
/// # Errors
/// [`Malformed`] if it is none.
pub fn address(text: &str) -> Result<Address, Malformed> {
    Address::parse(text).ok_or(Malformed("an address"))
}

/// SEQUENCE and DTSTAMP.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StampShape {
    /// SEQUENCE.
    pub sequence: u32,
    /// DTSTAMP.
    pub dtstamp: Timestamp,
}

impl From<Stamp> for StampShape {
    fn from(Stamp { sequence, dtstamp }: Stamp) -> Self {
        Self { sequence, dtstamp }
    }
}

impl From<StampShape> for Stamp {
    fn from(StampShape { sequence, dtstamp }: StampShape) -> Self {
        Self { sequence, dtstamp }
    }
}

/// Calendar time, by `kind`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in the domain's CalendarTime")]
pub enum TimeShape {
    Utc {
        instant: Timestamp,
    },
    Zoned {
        local: civil::DateTime,
        tzid: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        iana: Option<String>,
        instant: Timestamp,
    },
    Floating {
        local: civil::DateTime,
    },
    AllDay {
        date: civil::Date,
    },
}

impl From<&CalendarTime> for TimeShape {
    fn from(time: &CalendarTime) -> Self {
        match time {
            CalendarTime::Utc(instant) => Self::Utc { instant: *instant },
            CalendarTime::Zoned {
                local,
                tzid,
                iana,
                instant,
            } => Self::Zoned {
                local: *local,
                tzid: tzid.clone(),
                iana: iana.clone(),
                instant: *instant,
            },
            CalendarTime::Floating(local) => Self::Floating { local: *local },
            CalendarTime::AllDay(date) => Self::AllDay { date: *date },
        }
    }
}

impl From<TimeShape> for CalendarTime {
    fn from(shape: TimeShape) -> Self {
        match shape {
            TimeShape::Utc { instant } => Self::Utc(instant),
            TimeShape::Zoned {
                local,
                tzid,
                iana,
                instant,
            } => Self::Zoned {
                local,
                tzid,
                iana,
                instant,
            },
            TimeShape::Floating { local } => Self::Floating(local),
            TimeShape::AllDay { date } => Self::AllDay(date),
        }
    }
}

/// One content line of the organizer's calendar, kept as written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LineShape {
    /// Upper case.
    pub name: String,
    /// Parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<(String, Vec<String>)>,
    /// As on the wire.
    pub value: String,
}

impl From<&ContentLine> for LineShape {
    fn from(line: &ContentLine) -> Self {
        Self {
            name: line.name.clone(),
            params: line.params.clone(),
            value: line.value.clone(),
        }
    }
}

impl From<LineShape> for ContentLine {
    fn from(shape: LineShape) -> Self {
        Self {
            name: shape.name,
            params: shape.params,
            value: shape.value,
        }
    }
}

/// What attendees see.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Details")]
pub struct DetailsShape {
    pub start: TimeShape,
    pub end: TimeShape,
    pub status: StatusCode,
    pub summary: String,
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description_html: Option<String>,
    pub location: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<Vec<LineShape>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<LineShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recurrence: Vec<LineShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Vec<LineShape>>,
}

impl From<&Details> for DetailsShape {
    fn from(details: &Details) -> Self {
        let lines = |lines: &[ContentLine]| lines.iter().map(LineShape::from).collect::<Vec<_>>();
        Self {
            start: (&details.start).into(),
            end: (&details.end).into(),
            status: details.status.into(),
            summary: details.summary.clone(),
            description: details.description.clone(),
            description_html: details.description_html.clone(),
            location: details.location.clone(),
            alarms: details.alarms.iter().map(|alarm| lines(alarm)).collect(),
            other: lines(&details.other),
            recurrence: lines(&details.recurrence),
            zones: details.zones.iter().map(|zone| lines(zone)).collect(),
        }
    }
}

impl From<DetailsShape> for Details {
    fn from(shape: DetailsShape) -> Self {
        let lines = |lines: Vec<LineShape>| lines.into_iter().map(ContentLine::from).collect();
        Self {
            start: shape.start.into(),
            end: shape.end.into(),
            status: shape.status.into(),
            summary: shape.summary,
            description: shape.description,
            description_html: shape.description_html,
            location: shape.location,
            alarms: shape.alarms.into_iter().map(lines).collect(),
            other: lines(shape.other),
            recurrence: lines(shape.recurrence),
            zones: shape.zones.into_iter().map(lines).collect(),
        }
    }
}
