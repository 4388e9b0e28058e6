//! PidLidAppointmentRecur ([MS-OXOCAL] section 2.2.1.44) → RRULE, the days taken out, and the instances changed
//! ([MS-OXCICAL] section 2.1.3.2.2).

use std::collections::HashSet;

use jiff::{Span, civil};

use super::{code_page::CodePage, cursor::Cursor, mapi::wide};

/// Most days taken out, and most instances changed.
const MAX_EXCEPTIONS: usize = 5_000;

/// "Never ends", as a date.
const NO_END: u32 = 0x5ae9_80df;

const WEEKDAYS: [&str; 7] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/// A series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Recurrence {
    /// RRULE without its end.
    pattern: String,
    pub(super) end: End,
    /// When the first instance begins, on the clock of the series.
    pub(super) first: civil::DateTime,
    /// Instances that do not take place at all.
    pub(super) taken_out: Vec<civil::DateTime>,
    /// Instances that take place in another way.
    pub(super) changed: Vec<Changed>,
}

/// How a series ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Never,
    After(u32),
    /// The last instance, on the clock of the series.
    With(civil::DateTime),
}

/// An instance that differs, on the clock of the series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Changed {
    pub(super) original_start: civil::DateTime,
    pub(super) start: civil::DateTime,
    pub(super) end: civil::DateTime,
    pub(super) subject: Option<String>,
    pub(super) location: Option<String>,
}

impl Recurrence {
    /// `None` for what is not one, or is one of another calendar than Gregory's.
    pub(super) fn read(blob: &[u8], code_page: CodePage) -> Option<Self> {
        const VERSION: u16 = 0x3004;
        let mut cursor = Cursor::new(blob);
        (cursor.u16()? == VERSION).then_some(())?;
        cursor.u16()?;
        let frequency = cursor.u16()?;
        let kind = cursor.u16()?;
        let calendar = cursor.u16()?;
        // Hijri, Hebrew, the lunar ones, and others that count other years.
        matches!(calendar, 0..=5 | 7 | 9..=12).then_some(())?;
        let _first = cursor.u32()?;
        let period = cursor.u32()?;
        let _sliding = cursor.u32()?;
        let pattern = pattern(&mut cursor, frequency, kind, period)?;
        let ends = cursor.u32()?;
        let count = cursor.u32()?;
        let week_start = weekday(cursor.u32()?)?;
        let deleted = dates(&mut cursor)?;
        let _modified = dates(&mut cursor)?;
        let (start_date, end_date) = (cursor.u32()?, cursor.u32()?);
        // What follows is of an appointment; tasks have the above alone.
        cursor.u32()?;
        let writer = cursor.u32()?;
        let (start, _end) = (cursor.u32()?, cursor.u32()?);
        let mut changed = exceptions(&mut cursor, code_page)?;
        let _ = read_wide_texts(&mut cursor, writer, &mut changed);
        let at_start = |date: u32| minutes(date.checked_add(start)?);
        let end = match ends {
            0x2021 if end_date != NO_END => End::With(at_start(end_date)?),
            0x2022 if count > 0 => End::After(count),
            0x2021 | 0x2023 | 0xffff_ffff => End::Never,
            _ => return None,
        };
        // A changed instance counts as deleted, too.
        let is_changed: HashSet<_> = changed
            .iter()
            .map(|(changed, _)| changed.original_start.date())
            .collect();
        let mut taken_out = deleted
            .into_iter()
            .map(at_start)
            .collect::<Option<Vec<_>>>()?;
        taken_out.retain(|day| !is_changed.contains(&day.date()));
        Some(Self {
            pattern: pattern.rule(month(start_date)?, week_start),
            end,
            first: at_start(start_date)?,
            taken_out,
            changed: changed.into_iter().map(|(changed, _)| changed).collect(),
        })
    }

    /// RRULE; UNTIL as `until` writes it.
    pub(super) fn rule(&self, until: impl FnOnce(civil::DateTime) -> String) -> String {
        match self.end {
            End::Never => self.pattern.clone(),
            End::After(count) => format!("{};COUNT={count}", self.pattern),
            End::With(last) => format!("{};UNTIL={}", self.pattern, until(last)),
        }
    }
}

enum Pattern {
    Daily(u32),
    Weekly(u32, u32),
    /// Months, day of the month; 31 and above is the last one.
    Monthly(u32, u32),
    /// Months, weekdays, which of them; 5 is the last one.
    MonthlyNth(u32, u32, u32),
}

fn pattern(cursor: &mut Cursor<'_>, frequency: u16, kind: u16, period: u32) -> Option<Pattern> {
    const DAILY: u16 = 0x200a;
    const DAY: u32 = 24 * 60;
    const ALL_WEEK: u32 = 0x7f;
    if period == 0 || !matches!(frequency, 0x200a..=0x200d) {
        return None;
    }
    let mut weekdays = || cursor.u32().filter(|days| (1..=ALL_WEEK).contains(days));
    Some(match kind {
        0 => {
            let days = period / DAY;
            (days > 0 && period.is_multiple_of(DAY)).then_some(Pattern::Daily(days))?
        }
        // "Every working day" is daily to Outlook, and a pattern of weekdays.
        1 => Pattern::Weekly(if frequency == DAILY { 1 } else { period }, weekdays()?),
        2 | 4 => {
            let day = cursor.u32().filter(|day| (1..=31).contains(day))?;
            Pattern::Monthly(period, if kind == 4 { 31 } else { day })
        }
        3 => {
            let days = weekdays()?;
            let nth = cursor.u32().filter(|nth| (1..=5).contains(nth))?;
            Pattern::MonthlyNth(period, days, nth)
        }
        _ => return None,
    })
}

impl Pattern {
    fn rule(&self, month: i8, week_start: &str) -> String {
        let interval = |interval: u32| match interval {
            1 => String::new(),
            other => format!(";INTERVAL={other}"),
        };
        let every = |months: u32| match months % 12 {
            0 => format!("FREQ=YEARLY{};BYMONTH={month}", interval(months / 12)),
            _ => format!("FREQ=MONTHLY{}", interval(months)),
        };
        match *self {
            Self::Daily(days) => format!("FREQ=DAILY{}", interval(days)),
            Self::Weekly(weeks, days) => format!(
                "FREQ=WEEKLY{};BYDAY={};WKST={week_start}",
                interval(weeks),
                weekdays(days)
            ),
            Self::Monthly(months, day) => {
                let length = if months % 12 == 0 { longest(month) } else { 31 };
                // Outlook takes the last day of a month that is too short; RFC 5545 would leave the month out.
                let days = match day {
                    day if day >= length => "-1".to_owned(),
                    30 if months % 12 != 0 => "28,29,30;BYSETPOS=-1".to_owned(),
                    29 if months % 12 != 0 => "28,29;BYSETPOS=-1".to_owned(),
                    day => day.to_string(),
                };
                format!("{};BYMONTHDAY={days}", every(months))
            }
            Self::MonthlyNth(months, days, nth) => {
                let nth = match nth {
                    5 => "-1".to_owned(),
                    nth => nth.to_string(),
                };
                let days = weekdays(days);
                let by_day = if days.contains(',') {
                    format!("{days};BYSETPOS={nth}")
                } else {
                    format!("{nth}{days}")
                };
                format!("{};BYDAY={by_day}", every(months))
            }
        }
    }
}

/// The days a month can have.
fn longest(month: i8) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn weekdays(bits: u32) -> String {
    let days: Vec<_> = WEEKDAYS
        .into_iter()
        .enumerate()
        .filter(|(position, _)| bits >> position & 1 == 1)
        .map(|(_, day)| day)
        .collect();
    days.join(",")
}

fn weekday(number: u32) -> Option<&'static str> {
    WEEKDAYS.get(usize::try_from(number).ok()?).copied()
}

fn dates(cursor: &mut Cursor<'_>) -> Option<Vec<u32>> {
    let count = cursor.length()?;
    if count > MAX_EXCEPTIONS {
        return None;
    }
    (0..count).map(|_| cursor.u32()).collect()
}

/// The time so many minutes after 1601 begins.
fn minutes(count: u32) -> Option<civil::DateTime> {
    civil::date(1601, 1, 1)
        .at(0, 0, 0, 0)
        .checked_add(Span::new().try_minutes(count).ok()?)
        .ok()
}

fn month(date: u32) -> Option<i8> {
    minutes(date).map(civil::DateTime::month)
}

const SUBJECT: u16 = 0x0001;
const LOCATION: u16 = 0x0010;

/// ExceptionInfo: the changed instances and what of each is changed.
fn exceptions(cursor: &mut Cursor<'_>, code_page: CodePage) -> Option<Vec<(Changed, u16)>> {
    /// Meeting type, minutes of the reminder, whether there is one: four bytes each.
    const BEFORE_LOCATION: [u16; 3] = [0x0002, 0x0004, 0x0008];
    /// Busy status, attachment, all-day, colour: four bytes each.
    const BEHIND_LOCATION: [u16; 4] = [0x0020, 0x0040, 0x0080, 0x0100];
    let count = usize::from(cursor.u16()?);
    if count > MAX_EXCEPTIONS {
        return None;
    }
    let mut found = Vec::new();
    for _ in 0..count {
        let (start, end, original) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
        let flags = cursor.u16()?;
        let text = |cursor: &mut Cursor<'_>| {
            cursor.u16()?;
            let length = usize::from(cursor.u16()?);
            Some(code_page.decode(cursor.take(length)?))
        };
        let skip = |cursor: &mut Cursor<'_>, numbers: &[u16]| {
            let count = numbers.iter().filter(|flag| flags & **flag != 0).count();
            cursor.take(4 * count).map(|_| ())
        };
        let subject = match flags & SUBJECT {
            0 => None,
            _ => Some(text(cursor)?),
        };
        skip(cursor, &BEFORE_LOCATION)?;
        let location = match flags & LOCATION {
            0 => None,
            _ => Some(text(cursor)?),
        };
        skip(cursor, &BEHIND_LOCATION)?;
        let changed = Changed {
            original_start: minutes(original)?,
            start: minutes(start)?,
            end: minutes(end)?,
            subject,
            location,
        };
        found.push((changed, flags));
    }
    Some(found)
}

/// ExtendedException: the same texts in UTF-16. Where it is missing those in the code page stay.
fn read_wide_texts(
    cursor: &mut Cursor<'_>,
    writer: u32,
    changed: &mut [(Changed, u16)],
) -> Option<()> {
    /// Outlook 2007 and later say what to highlight.
    const WITH_HIGHLIGHT: u32 = 0x3009;
    let block = |cursor: &mut Cursor<'_>| {
        let length = cursor.length()?;
        cursor.take(length).map(|_| ())
    };
    block(cursor)?;
    for (changed, flags) in changed {
        if writer >= WITH_HIGHLIGHT {
            block(cursor)?;
        }
        block(cursor)?;
        if *flags & (SUBJECT | LOCATION) == 0 {
            continue;
        }
        cursor.take(12)?;
        let text = |cursor: &mut Cursor<'_>| {
            let length = usize::from(cursor.u16()?) * 2;
            cursor.take(length).map(wide)
        };
        if *flags & SUBJECT != 0 {
            changed.subject = Some(text(cursor)?);
        }
        if *flags & LOCATION != 0 {
            changed.location = Some(text(cursor)?);
        }
        block(cursor)?;
    }
    Some(())
}
