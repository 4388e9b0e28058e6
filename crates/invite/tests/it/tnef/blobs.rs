//! What Outlook packs into single properties ([MS-OXOCAL] section 2.2.1): identifiers, zones, recurrences.

use jiff::civil;

use super::writer::{length, utf16};

/// PidLidGlobalObjectId; with the UID of another client in it, or with Outlook's own data.
pub(crate) fn object_id(day: Option<civil::Date>, data: &[u8]) -> Vec<u8> {
    let beginning = [
        4, 0, 0, 0, 0x82, 0, 0xe0, 0, 0x74, 0xc5, 0xb7, 0x10, 0x1a, 0x82, 0xe0, 8,
    ];
    let day = day.map_or([0; 4], |day| {
        let [high, low] = day.year().to_be_bytes();
        [
            high,
            low,
            day.month().unsigned_abs(),
            day.day().unsigned_abs(),
        ]
    });
    [&beginning[..], &day, &[0; 8], &[0; 8], &length(data), data].concat()
}

/// PidLidAppointmentTimeZoneDefinition…: one rule, from each biases and onsets as (month, week, weekday, hour).
pub(crate) fn zone(name: &str, bias: i32, onsets: Option<[(u16, u16, u16, u16); 2]>) -> Vec<u8> {
    let name = utf16(name);
    let header = [
        &2_u16.to_le_bytes()[..],
        &u16::try_from(name.len() / 2).unwrap().to_le_bytes(),
        &name,
        &1_u16.to_le_bytes(),
    ]
    .concat();
    let header_length = u16::try_from(header.len()).unwrap().to_le_bytes();
    let rule = [&[2, 1, 0x3e, 0, 3, 0, 0xd6, 0x07][..], &[0; 14]].concat();
    [
        &[2, 1][..],
        &header_length,
        &header,
        &rule,
        &biases(bias),
        &systemtimes(onsets, false),
    ]
    .concat()
}

/// PidLidTimeZoneStruct.
pub(crate) fn zone_struct(bias: i32, onsets: Option<[(u16, u16, u16, u16); 2]>) -> Vec<u8> {
    [biases(bias), systemtimes(onsets, true)].concat()
}

fn biases(bias: i32) -> Vec<u8> {
    [bias, 0, -60]
        .iter()
        .flat_map(|bias| bias.to_le_bytes())
        .collect()
}

fn systemtimes(onsets: Option<[(u16, u16, u16, u16); 2]>, with_year: bool) -> Vec<u8> {
    let onsets = onsets.unwrap_or_default();
    let mut out = Vec::new();
    for (month, week, weekday, hour) in onsets {
        let words = [0, month, weekday, week, hour, 0, 0, 0];
        let year: &[u16] = if with_year { &[0] } else { &[] };
        out.extend(
            year.iter()
                .chain(&words)
                .flat_map(|word| word.to_le_bytes()),
        );
    }
    out
}

/// PidLidAppointmentRecur.
#[derive(Clone)]
pub(crate) struct Recurrence {
    pub(crate) frequency: u16,
    pub(crate) kind: u16,
    pub(crate) period: u32,
    /// Weekdays, day of month, or weekdays and which of them.
    pub(crate) details: Vec<u32>,
    pub(crate) end: (u32, u32),
    pub(crate) deleted: Vec<civil::Date>,
    pub(crate) start: civil::DateTime,
    pub(crate) minutes: u32,
    pub(crate) last: Option<civil::Date>,
    pub(crate) changed: Vec<Changed>,
}

/// An instance that differs.
#[derive(Clone)]
pub(crate) struct Changed {
    pub(crate) original: civil::DateTime,
    pub(crate) start: civil::DateTime,
    pub(crate) end: civil::DateTime,
    pub(crate) subject: Option<String>,
    pub(crate) location: Option<String>,
}

/// Minutes since 1601.
fn minutes(time: civil::DateTime) -> u32 {
    let from = civil::date(1601, 1, 1).at(0, 0, 0, 0);
    u32::try_from(time.duration_since(from).as_mins()).unwrap()
}

impl Recurrence {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let day = |date: civil::Date| minutes(date.at(0, 0, 0, 0));
        for word in [0x3004, 0x3004, self.frequency, self.kind, 0] {
            out.extend(word.to_le_bytes());
        }
        let mut longs = vec![0, self.period, 0];
        longs.extend(&self.details);
        let count = |length: usize| u32::try_from(length).unwrap();
        longs.extend([self.end.0, self.end.1, 1]);
        longs.push(count(self.deleted.len() + self.changed.len()));
        longs.extend(self.deleted.iter().map(|date| day(*date)));
        longs.extend(
            self.changed
                .iter()
                .map(|changed| day(changed.original.date())),
        );
        longs.push(count(self.changed.len()));
        longs.extend(self.changed.iter().map(|changed| day(changed.start.date())));
        longs.push(day(self.start.date()));
        longs.push(self.last.map_or(0x5ae9_80df, day));
        let offset = minutes(self.start) - day(self.start.date());
        longs.extend([0x3006, 0x3009, offset, offset + self.minutes]);
        out.extend(longs.iter().flat_map(|long| long.to_le_bytes()));
        out.extend(u16::try_from(self.changed.len()).unwrap().to_le_bytes());
        for changed in &self.changed {
            for time in [changed.start, changed.end, changed.original] {
                out.extend(minutes(time).to_le_bytes());
            }
            let texts = [&changed.subject, &changed.location];
            let flags = u16::from(texts[0].is_some()) | u16::from(texts[1].is_some()) << 4;
            out.extend(flags.to_le_bytes());
            for text in texts.into_iter().flatten() {
                // What the code page lacks is a question mark here, and whole in UTF-16 below.
                let narrow: Vec<u8> = text
                    .chars()
                    .map(|c| u8::try_from(c).unwrap_or(b'?'))
                    .collect();
                let length = u16::try_from(narrow.len()).unwrap();
                out.extend((length + 1).to_le_bytes());
                out.extend(length.to_le_bytes());
                out.extend(narrow);
            }
        }
        out.extend(0_u32.to_le_bytes());
        for changed in &self.changed {
            out.extend([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            if changed.subject.is_none() && changed.location.is_none() {
                continue;
            }
            for time in [changed.start, changed.end, changed.original] {
                out.extend(minutes(time).to_le_bytes());
            }
            for text in [&changed.subject, &changed.location].into_iter().flatten() {
                let wide = utf16(text);
                out.extend(u16::try_from(wide.len() / 2).unwrap().to_le_bytes());
                out.extend(wide);
            }
            out.extend(0_u32.to_le_bytes());
        }
        out.extend(0_u32.to_le_bytes());
        out
    }
}
