//! A message's properties → a meeting ([MS-OXOCAL] section 2.2, [MS-OXCICAL] section 2.1.3).

use jiff::{Span, Timestamp, civil};

use super::{
    kind::Kind,
    mapi::{
        Name::{self, Lid, Tag},
        Set,
    },
    message::Message,
    party::Parties,
    recurrence::Recurrence,
    rtf,
    timezone::{Use, Zone},
    uid,
};
use crate::mail::{Problem, html};

const SUBJECT: Name = Tag(0x0037);
const CONVERSATION_TOPIC: Name = Tag(0x0070);
const IMPORTANCE: Name = Tag(0x0017);
const SENSITIVITY: Name = Tag(0x0036);
const CLIENT_SUBMIT_TIME: Name = Tag(0x0039);
const START_DATE: Name = Tag(0x0060);
const END_DATE: Name = Tag(0x0061);
const RESPONSE_REQUESTED: Name = Tag(0x0063);
const BODY: Name = Tag(0x1000);
const RTF_COMPRESSED: Name = Tag(0x1009);
const HTML: Name = Tag(0x1013);
const INTERNET_CODEPAGE: Name = Tag(0x3fde);
const SEQUENCE: Name = Lid(Set::Appointment, 0x8201);
const BUSY_STATUS: Name = Lid(Set::Appointment, 0x8205);
const LOCATION: Name = Lid(Set::Appointment, 0x8208);
const START_WHOLE: Name = Lid(Set::Appointment, 0x820d);
const END_WHOLE: Name = Lid(Set::Appointment, 0x820e);
const SUB_TYPE: Name = Lid(Set::Appointment, 0x8215);
const RECUR: Name = Lid(Set::Appointment, 0x8216);
const INTENDED_BUSY_STATUS: Name = Lid(Set::Appointment, 0x8224);
const EXCEPTION_REPLACE_TIME: Name = Lid(Set::Appointment, 0x8228);
const TIME_ZONE_STRUCT: Name = Lid(Set::Appointment, 0x8233);
const TIME_ZONE_DESCRIPTION: Name = Lid(Set::Appointment, 0x8234);
const PROPOSED_START_WHOLE: Name = Lid(Set::Appointment, 0x8250);
const PROPOSED_END_WHOLE: Name = Lid(Set::Appointment, 0x8251);
const COUNTER_PROPOSAL: Name = Lid(Set::Appointment, 0x8257);
const TIME_ZONE_START_DISPLAY: Name = Lid(Set::Appointment, 0x825e);
const TIME_ZONE_RECUR: Name = Lid(Set::Appointment, 0x8260);
const ATTENDEE_CRITICAL_CHANGE: Name = Lid(Set::Meeting, 0x0001);
const WHERE: Name = Lid(Set::Meeting, 0x0002);
const GLOBAL_OBJECT_ID: Name = Lid(Set::Meeting, 0x0003);
const START_RECURRENCE_TIME: Name = Lid(Set::Meeting, 0x000e);
const OWNER_CRITICAL_CHANGE: Name = Lid(Set::Meeting, 0x001a);
const CLEAN_GLOBAL_OBJECT_ID: Name = Lid(Set::Meeting, 0x0023);
const REMINDER_DELTA: Name = Lid(Set::Common, 0x8501);
const REMINDER_SET: Name = Lid(Set::Common, 0x8503);
const COMMON_START: Name = Lid(Set::Common, 0x8516);
const COMMON_END: Name = Lid(Set::Common, 0x8517);

/// A time as the properties give it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum When {
    Instant(Timestamp),
    /// On the clock of the meeting's zone.
    Local(civil::DateTime),
    /// On a clock nobody names.
    Floating(civil::DateTime),
    Day(civil::Date),
}

/// A request, an answer, a cancellation or an appointment.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    pub(super) kind: Kind,
    pub(super) uid: Option<String>,
    pub(super) sequence: Option<u32>,
    pub(super) stamp: Option<Timestamp>,
    pub(super) start: Option<When>,
    pub(super) end: Option<When>,
    /// Of a counter: when the meeting is until somebody agrees.
    pub(super) original: Option<(When, When)>,
    pub(super) recurrence_id: Option<When>,
    pub(super) recurrence: Option<Recurrence>,
    pub(super) zone: Option<Zone>,
    pub(super) is_all_day: bool,
    pub(super) summary: Option<String>,
    pub(super) location: Option<String>,
    pub(super) description: Option<String>,
    pub(super) html: Option<String>,
    pub(super) categories: Vec<String>,
    /// 0 normal, 1 personal, 2 private, 3 confidential.
    pub(super) sensitivity: i64,
    /// 0 low, 1 normal, 2 high.
    pub(super) importance: i64,
    /// 0 free, 1 tentative, 2 busy, 3 out of office, 4 elsewhere.
    pub(super) busy: Option<i64>,
    pub(super) reminder_minutes: Option<i64>,
    pub(super) asks_for_answers: bool,
    pub(super) parties: Parties,
}

impl Meeting {
    /// `None` when the series cannot be read: half of it would be another meeting.
    pub(super) fn read(
        message: &Message<'_>,
        kind: Kind,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let properties = &message.properties;
        let mut invalid = |property: &str, why: &str| {
            problems.push(Problem::new(
                "tnef-invalid-property",
                format!("{property} {why}"),
            ));
        };
        let kind = match kind {
            Kind::Reply(partstat) if properties.is_set(COUNTER_PROPOSAL) => Kind::Counter(partstat),
            kind => kind,
        };
        let id = properties.bytes(GLOBAL_OBJECT_ID);
        let uid = properties
            .bytes(CLEAN_GLOBAL_OBJECT_ID)
            .or(id)
            .and_then(uid::uid);
        let is_instance = properties.time(EXCEPTION_REPLACE_TIME).is_some()
            || id.and_then(uid::instance_day).is_some();
        let recurrence = match properties.bytes(RECUR).filter(|blob| !blob.is_empty()) {
            Some(blob) if !is_instance => {
                let Some(recurrence) = Recurrence::read(blob, message.code_page) else {
                    invalid(
                        "PidLidAppointmentRecur",
                        "cannot be read, or is of a calendar other than Gregory's",
                    );
                    return None;
                };
                Some(recurrence)
            }
            _ => None,
        };
        let instant = |names: [Name; 3]| names.into_iter().find_map(|name| properties.time(name));
        let start = instant([START_WHOLE, COMMON_START, START_DATE]);
        let end = instant([END_WHOLE, COMMON_END, END_DATE]);
        let zone = zone(message, recurrence.as_ref(), start, &mut invalid);
        let clock = Clock {
            zone: zone.as_ref(),
            is_all_day: properties.is_set(SUB_TYPE),
        };
        let proposed = [PROPOSED_START_WHOLE, PROPOSED_END_WHOLE].map(|name| {
            properties
                .time(name)
                .filter(|_| matches!(kind, Kind::Counter(_)))
        });
        let settled = (
            start.map(|start| clock.start(start)),
            end.map(|end| clock.end(end)),
        );
        let (start, end, original) = match proposed {
            [Some(start), Some(end)] => (
                Some(clock.start(start)),
                Some(clock.end(end)),
                settled.0.zip(settled.1),
            ),
            _ => (
                settled
                    .0
                    .or_else(|| first_instance(recurrence.as_ref(), clock)),
                settled.1,
                None,
            ),
        };
        let start = start.or(message.legacy.start.map(When::Floating));
        let end = end.or(message.legacy.end.map(When::Floating));
        let recurrence_id = properties
            .time(EXCEPTION_REPLACE_TIME)
            .map(|time| clock.start(time))
            .or_else(|| clock.instance(id?, properties.number(START_RECURRENCE_TIME), start));
        let (description, html) = bodies(message, &mut invalid);
        let intended = properties
            .number(INTENDED_BUSY_STATUS)
            .filter(|status| *status >= 0 && kind == Kind::Request);
        Some(Self {
            kind,
            uid,
            sequence: properties
                .number(SEQUENCE)
                .and_then(|sequence| u32::try_from(sequence).ok()),
            stamp: stamp(message, kind),
            start,
            end,
            original,
            recurrence_id,
            recurrence,
            is_all_day: clock.is_all_day,
            zone,
            summary: message
                .text(SUBJECT)
                .or_else(|| message.legacy_text(message.legacy.subject))
                .or_else(|| message.text(CONVERSATION_TOPIC)),
            location: message.text(LOCATION).or_else(|| message.text(WHERE)),
            description,
            html,
            categories: properties.texts(Name::Keywords, message.code_page),
            sensitivity: properties.number(SENSITIVITY).unwrap_or(0),
            importance: properties.number(IMPORTANCE).unwrap_or(1),
            busy: intended.or_else(|| properties.number(BUSY_STATUS)),
            reminder_minutes: properties
                .number(REMINDER_DELTA)
                .filter(|_| properties.is_set(REMINDER_SET)),
            asks_for_answers: properties.is_set(RESPONSE_REQUESTED),
            parties: Parties::read(message, kind.is_answer()),
        })
    }
}

/// What puts messages about a meeting in order ([MS-OXCICAL] section 2.1.3.1.1.20.8).
fn stamp(message: &Message<'_>, kind: Kind) -> Option<Timestamp> {
    let change = if kind.is_answer() {
        ATTENDEE_CRITICAL_CHANGE
    } else {
        OWNER_CRITICAL_CHANGE
    };
    let properties = &message.properties;
    properties
        .time(change)
        .or_else(|| properties.time(CLIENT_SUBMIT_TIME))
}

/// The zone of the meeting: of a series the one it recurs in, else the one it is shown in.
fn zone(
    message: &Message<'_>,
    recurrence: Option<&Recurrence>,
    start: Option<Timestamp>,
    invalid: &mut impl FnMut(&str, &str),
) -> Option<Zone> {
    let properties = &message.properties;
    let year = Use::Year(start.map_or(i16::MAX, |start| {
        jiff::tz::TimeZone::UTC.to_datetime(start).year()
    }));
    let (definitions, wanted) = match recurrence {
        Some(_) => ([TIME_ZONE_RECUR, TIME_ZONE_START_DISPLAY], Use::Series),
        None => ([TIME_ZONE_START_DISPLAY, TIME_ZONE_RECUR], year),
    };
    let blob = |name| properties.bytes(name).filter(|blob| !blob.is_empty());
    let mut is_there = false;
    let mut found = |zone: Option<Zone>| {
        is_there = true;
        zone
    };
    let zone = definitions
        .into_iter()
        .filter_map(blob)
        .find_map(|bytes| found(Zone::of_definition(bytes, wanted)))
        .or_else(|| {
            let bytes = blob(TIME_ZONE_STRUCT)?;
            found(Zone::of_struct(bytes, message.text(TIME_ZONE_DESCRIPTION)))
        });
    if is_there && zone.is_none() {
        invalid(
            "PidLidTimeZoneStruct",
            "or the definition beside it cannot be read",
        );
    }
    // The series counts on a clock; how far that is ahead of UTC shows in its first instance.
    zone.or_else(|| {
        let (first, start) = (recurrence?.first, start?);
        let as_utc = jiff::tz::TimeZone::UTC.to_timestamp(first).ok()?;
        let minutes = (as_utc.as_second() - start.as_second()) / 60;
        Zone::fixed(i32::try_from(minutes).ok().filter(|m| m.abs() <= 14 * 60)?)
    })
}

fn first_instance(recurrence: Option<&Recurrence>, clock: Clock<'_>) -> Option<When> {
    let first = recurrence?.first;
    Some(if clock.is_all_day {
        When::Day(first.date())
    } else {
        clock.local(first)
    })
}

/// How the meeting's times are to be understood.
#[derive(Clone, Copy)]
struct Clock<'a> {
    zone: Option<&'a Zone>,
    is_all_day: bool,
}

impl Clock<'_> {
    fn local(self, local: civil::DateTime) -> When {
        if self.zone.is_some() {
            When::Local(local)
        } else {
            When::Floating(local)
        }
    }

    fn start(self, instant: Timestamp) -> When {
        if self.is_all_day {
            When::Day(self.day(instant))
        } else {
            When::Instant(instant)
        }
    }

    /// The end of a day is the midnight behind it.
    fn end(self, instant: Timestamp) -> When {
        self.start(instant)
    }

    /// Days begin at the organizer's midnight. Where his zone is not told it is the nearest one of UTC: no zone people
    /// live in is further off than that, but for the two east of the date line.
    fn day(self, instant: Timestamp) -> civil::Date {
        let local = match self.zone {
            Some(zone) => zone.local(instant),
            None => jiff::tz::TimeZone::UTC.to_datetime(instant),
        };
        local
            .checked_add(Span::new().hours(12))
            .unwrap_or(local)
            .date()
    }

    /// The instance an identifier names by its day, with the series' time of day: PidLidStartRecurrenceTime, as hours,
    /// minutes and seconds of six bits each, or else the one the message has.
    fn instance(self, id: &[u8], time: Option<i64>, start: Option<When>) -> Option<When> {
        let day = uid::instance_day(id)?;
        if self.is_all_day {
            return Some(When::Day(day));
        }
        let packed = |time: i64| {
            let part = |shift: u32| i8::try_from(time >> shift & 0x3f).ok();
            civil::Time::new(part(12)?, part(6)?, part(0)?, 0).ok()
        };
        let of_start = || {
            Some(match start? {
                When::Instant(instant) => self.zone?.local(instant).time(),
                When::Local(local) | When::Floating(local) => local.time(),
                When::Day(_) => return None,
            })
        };
        match time.and_then(packed).or_else(of_start) {
            Some(time) => Some(self.local(day.to_datetime(time))),
            None => Some(When::Day(day)),
        }
    }
}

/// The body as text, and as HTML where it is there: plain, else out of the HTML, else out of the RTF.
fn bodies(
    message: &Message<'_>,
    invalid: &mut impl FnMut(&str, &str),
) -> (Option<String>, Option<String>) {
    let properties = &message.properties;
    let html = properties.bytes(HTML).map(|bytes| {
        let code_page = properties
            .number(INTERNET_CODEPAGE)
            .and_then(super::code_page::CodePage::new)
            .unwrap_or(message.code_page);
        code_page.decode(bytes)
    });
    let html = html.or_else(|| message.text(HTML));
    let text = message
        .text(BODY)
        .or_else(|| message.legacy_text(message.legacy.body))
        .or_else(|| {
            let text = html::text(html.as_deref()?);
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
        .or_else(|| {
            let rtf = rtf::decompress(properties.bytes(RTF_COMPRESSED)?);
            if rtf.is_none() {
                invalid("PidTagRtfCompressed", "is damaged or too large; left out");
            }
            let text = rtf::text(&rtf?);
            (!text.is_empty()).then_some(text)
        });
    (text, html)
}
