//! Time zones: PidLidTimeZoneStruct and PidLidAppointmentTimeZoneDefinition… ([MS-OXOCAL] sections 2.2.1.39, 2.2.1.41)
//! → a clock, and VTIMEZONE.

use jiff::{Timestamp, civil, tz};

use super::{cursor::Cursor, mapi::wide};
use crate::ical::{Lines, Value};

/// Most rules of one definition; Windows has one for each year the law changed in.
const MAX_RULES: u16 = 1_000;

const WEEKDAYS: [&str; 7] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/// A zone of Windows.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    /// Windows' name of it, e.g. `W. Europe Standard Time`, or Outlook's description.
    pub(super) tzid: String,
    rule: Rule,
    zone: tz::TimeZone,
}

/// Minutes are what has to be added to local time to get UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Rule {
    standard: i32,
    daylight: i32,
    /// Onsets of standard and daylight time; `None` where the clock never changes.
    onsets: Option<(Onset, Onset)>,
}

/// A day of a month by its weekday, every year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Onset {
    month: u16,
    /// 0 is Sunday.
    weekday: u16,
    /// First to fourth; 5 is the last.
    week: u16,
    hour: u16,
    minute: u16,
    second: u16,
}

/// What a zone is read for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Use {
    /// A time in that year.
    Year(i16),
    /// A series, which follows the rule of the day it was made.
    Series,
}

impl Zone {
    /// PidLidTimeZoneStruct has no name; PidLidTimeZoneDescription stands in for it.
    pub(super) fn of_struct(bytes: &[u8], description: Option<String>) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let biases = [cursor.i32()?, cursor.i32()?, cursor.i32()?];
        cursor.u16()?;
        let standard = onset(&mut cursor)?;
        cursor.u16()?;
        let daylight = onset(&mut cursor)?;
        let rule = Rule::new(biases, standard, daylight)?;
        let tzid = description.unwrap_or_else(|| rule.describe());
        Self::new(tzid, rule)
    }

    /// One of the three definitions, which name the zone and have rules for several years.
    pub(super) fn of_definition(bytes: &[u8], wanted: Use) -> Option<Self> {
        const OF_A_SERIES: u16 = 1;
        let mut cursor = Cursor::new(bytes);
        (cursor.u8()? == 2).then_some(())?;
        cursor.u8()?;
        let length = usize::from(cursor.u16()?);
        let mut header = Cursor::new(cursor.take(length)?);
        header.u16()?;
        let name_length = usize::from(header.u16()?) * 2;
        let name = wide(header.take(name_length)?).trim().to_owned();
        let mut rules = Vec::new();
        for _ in 0..header.u16()?.min(MAX_RULES) {
            cursor.take(2 + 2)?;
            let flags = cursor.u16()?;
            let year = cursor.u16()?;
            cursor.take(14)?;
            let biases = [cursor.i32()?, cursor.i32()?, cursor.i32()?];
            let standard = onset(&mut cursor)?;
            let daylight = onset(&mut cursor)?;
            rules.push((flags, year, Rule::new(biases, standard, daylight)?));
        }
        // A rule holds from its year until the next one's.
        let by_year = |year: i16| {
            rules
                .iter()
                .filter(|(_, from, _)| i32::from(*from) <= i32::from(year))
                .max_by_key(|(_, from, _)| *from)
        };
        let chosen = match wanted {
            Use::Series => rules.iter().find(|(flags, ..)| flags & OF_A_SERIES != 0),
            Use::Year(year) => by_year(year),
        };
        let (.., rule) = *chosen.or_else(|| rules.last())?;
        let tzid = if name.is_empty() {
            rule.describe()
        } else {
            name
        };
        Self::new(tzid, rule)
    }

    /// A clock that is so many minutes ahead of UTC and never changes.
    pub(super) fn fixed(minutes_ahead: i32) -> Option<Self> {
        let rule = Rule {
            standard: -minutes_ahead,
            daylight: -minutes_ahead,
            onsets: None,
        };
        Self::new(rule.describe(), rule)
    }

    fn new(tzid: String, rule: Rule) -> Option<Self> {
        let zone = tz::TimeZone::posix(&rule.posix()).ok()?;
        Some(Self { tzid, rule, zone })
    }

    /// The wall clock at an instant.
    pub(super) fn local(&self, instant: Timestamp) -> civil::DateTime {
        self.zone.to_datetime(instant)
    }

    /// What the wall clock means (RFC 5545 section 3.3.5 in gaps and overlaps).
    pub(super) fn instant(&self, local: civil::DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_timestamp(local).compatible().ok()
    }

    /// Writes it as a VTIMEZONE.
    pub(super) fn write(&self, lines: &mut Lines) {
        let Rule {
            standard, daylight, ..
        } = self.rule;
        lines.component("VTIMEZONE", |lines| {
            lines.property("TZID", &[], Value::Text(&self.tzid));
            match self.rule.onsets {
                Some((to_standard, to_daylight)) => {
                    lines.component("STANDARD", |lines| {
                        observance(lines, Some(to_standard), daylight, standard);
                    });
                    lines.component("DAYLIGHT", |lines| {
                        observance(lines, Some(to_daylight), standard, daylight);
                    });
                }
                None => lines.component("STANDARD", |lines| {
                    observance(lines, None, standard, standard);
                }),
            }
        });
    }
}

fn observance(lines: &mut Lines, onset: Option<Onset>, from: i32, to: i32) {
    let time = onset.map_or("000000".to_owned(), |onset| {
        format!("{:02}{:02}{:02}", onset.hour, onset.minute, onset.second)
    });
    let mut wire = |name, value: &str| lines.property(name, &[], Value::Wire(value));
    // The rules know no beginning; this is the first day Windows knows.
    wire("DTSTART", &format!("16010101T{time}"));
    if let Some(onset) = onset {
        let weekday = WEEKDAYS
            .get(usize::from(onset.weekday))
            .copied()
            .unwrap_or_default();
        let week = match onset.week {
            5 => "-1".to_owned(),
            week => week.to_string(),
        };
        wire(
            "RRULE",
            &format!("FREQ=YEARLY;BYMONTH={};BYDAY={week}{weekday}", onset.month),
        );
    }
    wire("TZOFFSETFROM", &offset(from, ""));
    wire("TZOFFSETTO", &offset(to, ""));
}

/// `+0100` for the bias of -60.
fn offset(bias: i32, separator: &str) -> String {
    let sign = if bias > 0 { '-' } else { '+' };
    let minutes = bias.abs();
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

impl Rule {
    fn new(biases: [i32; 3], standard: Option<Onset>, daylight: Option<Onset>) -> Option<Self> {
        const DAY: i32 = 24 * 60;
        let [bias, standard_bias, daylight_bias] = biases;
        let rule = Self {
            standard: bias.checked_add(standard_bias)?,
            daylight: bias.checked_add(daylight_bias)?,
            onsets: standard.zip(daylight).filter(|(a, b)| a != b),
        };
        (rule.standard.abs() < DAY && rule.daylight.abs() < DAY).then_some(rule)
    }

    fn describe(&self) -> String {
        format!("UTC{}", offset(self.standard, ":"))
    }

    /// As POSIX writes a clock that changes twice a year, which is what Windows knows, too.
    fn posix(&self) -> String {
        let bias = |bias: i32| {
            let sign = if bias < 0 { "-" } else { "" };
            format!("{sign}{}:{:02}", bias.abs() / 60, bias.abs() % 60)
        };
        let mut text = format!("<STD>{}", bias(self.standard));
        if let Some((standard, daylight)) = self.onsets {
            text.push_str(&format!("<DST>{}", bias(self.daylight)));
            for onset in [daylight, standard] {
                text.push_str(&format!(
                    ",M{}.{}.{}/{}:{:02}:{:02}",
                    onset.month, onset.week, onset.weekday, onset.hour, onset.minute, onset.second
                ));
            }
        }
        text
    }
}

/// A SYSTEMTIME; `None` inside where the clock never changes.
fn onset(cursor: &mut Cursor<'_>) -> Option<Option<Onset>> {
    let (year, month) = (cursor.u16()?, cursor.u16()?);
    let (mut weekday, mut week) = (cursor.u16()?, cursor.u16()?);
    let (hour, minute, second) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    cursor.u16()?;
    if month == 0 {
        return Some(None);
    }
    // With a year it is that one day; by its weekday it is near enough in the years around.
    if year != 0 {
        let date = civil::Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(week).ok()?,
        )
        .ok()?;
        weekday = date.weekday().to_sunday_zero_offset().unsigned_abs().into();
        week = (week - 1) / 7 + 1;
    }
    let is_valid = (1..=12).contains(&month)
        && weekday < 7
        && (1..=5).contains(&week)
        && hour < 24
        && minute < 60
        && second < 60;
    is_valid.then_some(Some(Onset {
        month,
        weekday,
        week,
        hour,
        minute,
        second,
    }))
}
