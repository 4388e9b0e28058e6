//! Lists of MAPI properties ([MS-OXTNEF] section 2.1.3.4): names, and values as far as a meeting needs them.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{code_page::CodePage, cursor::Cursor};
use crate::mail::Problem;

/// Most properties of one stream; Outlook writes some hundred and twenty for a message, a dozen for a recipient.
pub(super) const MAX_PROPERTIES: usize = 100_000;

/// Most recipients that are looked at.
const MAX_ROWS: usize = 10_000;

/// Values of one property that are kept.
const MAX_VALUES: usize = 100;

/// Seconds from 1601, where FILETIME begins, to 1970.
const FILETIME_EPOCH_SECONDS: i64 = 11_644_473_600;

/// Outlook's "no date" is the year 4501.
const NO_DATE_SECONDS: i64 = 79_870_000_000;

/// Property sets ([MS-OXPROPS] section 1.3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Set {
    /// PSETID_Appointment
    Appointment,
    /// PSETID_Meeting
    Meeting,
    /// PSETID_Common
    Common,
}

/// What a property is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Name {
    /// By its number alone.
    Tag(u16),
    /// By its number in a property set.
    Lid(Set, u32),
    /// PidNameKeywords: the categories.
    Keywords,
}

/// A value as it stands there.
#[derive(Clone, Debug)]
enum Value<'a> {
    Number(i64),
    FileTime(i64),
    Bytes(&'a [u8]),
    /// In the message's code page.
    Narrow(&'a [u8]),
    /// UTF-16, little end first.
    Wide(&'a [u8]),
    Several(Vec<Value<'a>>),
}

/// The properties of a message, a recipient or an attachment.
#[derive(Debug, Default)]
pub(super) struct Properties<'a> {
    known: HashMap<Name, Value<'a>>,
}

impl<'a> Properties<'a> {
    pub(super) fn number(&self, name: Name) -> Option<i64> {
        match self.known.get(&name)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn is_set(&self, name: Name) -> bool {
        self.number(name).is_some_and(|number| number != 0)
    }

    /// In whole seconds; `None` for Outlook's "no date", too.
    pub(super) fn time(&self, name: Name) -> Option<Timestamp> {
        match self.known.get(&name)? {
            Value::FileTime(ticks) if *ticks > 0 => {
                Timestamp::from_second(ticks / 10_000_000 - FILETIME_EPOCH_SECONDS)
                    .ok()
                    .filter(|time| time.as_second() < NO_DATE_SECONDS)
            }
            _ => None,
        }
    }

    pub(super) fn bytes(&self, name: Name) -> Option<&'a [u8]> {
        match self.known.get(&name)? {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Up to its NUL, outer space taken off; `None` when nothing is left.
    pub(super) fn text(&self, name: Name, code_page: CodePage) -> Option<String> {
        text(self.known.get(&name)?, code_page)
    }

    pub(super) fn texts(&self, name: Name, code_page: CodePage) -> Vec<String> {
        match self.known.get(&name) {
            Some(Value::Several(values)) => values
                .iter()
                .filter_map(|value| text(value, code_page))
                .collect(),
            Some(value) => text(value, code_page).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

fn text(value: &Value<'_>, code_page: CodePage) -> Option<String> {
    let text = match value {
        Value::Narrow(bytes) => code_page.decode(bytes),
        Value::Wide(bytes) => wide(bytes),
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// UTF-16, little end first, up to its NUL.
pub(super) fn wide(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .take_while(|unit| *unit != 0);
    char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Reads property lists, and counts how many properties are left to be read.
pub(super) struct Reader<'p> {
    left: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'p> Reader<'p> {
    pub(super) fn new(problems: &'p mut Vec<Problem>) -> Self {
        Self {
            left: MAX_PROPERTIES,
            problems,
        }
    }

    /// One list; `attribute` is where it stands.
    pub(super) fn list<'a>(&mut self, data: &'a [u8], attribute: &str) -> Properties<'a> {
        let mut properties = Properties::default();
        self.list_at(&mut Cursor::new(data), &mut properties, attribute);
        properties
    }

    /// attRecipTable: a list for each recipient.
    pub(super) fn rows<'a>(&mut self, data: &'a [u8], attribute: &str) -> Vec<Properties<'a>> {
        let mut cursor = Cursor::new(data);
        let mut rows = Vec::new();
        for _ in 0..cursor.length().unwrap_or(0).min(MAX_ROWS) {
            let mut row = Properties::default();
            let is_whole = self.list_at(&mut cursor, &mut row, attribute);
            rows.push(row);
            if !is_whole {
                break;
            }
        }
        rows
    }

    /// Whether the list was there to its end. First come, first kept.
    fn list_at<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        properties: &mut Properties<'a>,
        attribute: &str,
    ) -> bool {
        let truncated = |tag: Option<u16>| {
            let of = tag.map_or(String::new(), |tag| format!(" at the property 0x{tag:04X}"));
            Problem::new("tnef-truncated", format!("{attribute} breaks off{of}"))
        };
        let Some(count) = cursor.length() else {
            self.problems.push(truncated(None));
            return false;
        };
        for _ in 0..count {
            let Some(left) = self.left.checked_sub(1) else {
                self.problems.push(Problem::new(
                    "tnef-too-large",
                    format!("more than {MAX_PROPERTIES} properties; the rest was left out"),
                ));
                return false;
            };
            self.left = left;
            let mut tag = None;
            let Some((name, value)) = property(cursor, &mut tag) else {
                self.problems.push(truncated(tag));
                return false;
            };
            if let (Some(name), Some(value)) = (name, value) {
                properties.known.entry(name).or_insert(value);
            }
        }
        true
    }
}

/// `None` where the list ends too early or goes on in a way nobody knows; `None` inside for what is not of interest.
fn property<'a>(
    cursor: &mut Cursor<'a>,
    tag: &mut Option<u16>,
) -> Option<(Option<Name>, Option<Value<'a>>)> {
    const MULTIPLE: u16 = 0x1000;
    let kind = cursor.u16()?;
    let number = cursor.u16()?;
    *tag = Some(number);
    let name = if number < 0x8000 {
        Some(Name::Tag(number))
    } else {
        named(cursor)?
    };
    let is_multiple = kind & MULTIPLE != 0;
    let kind = kind & !MULTIPLE;
    // Nothing, many times over, would take for ever.
    if is_multiple && is_empty(kind) {
        return None;
    }
    let is_counted = matches!(kind, 0x000d | 0x001e | 0x001f | 0x0102);
    let count = if is_multiple || is_counted {
        cursor.length()?
    } else {
        1
    };
    let mut values = Vec::new();
    // Each takes bytes of the list, so no count can make this long.
    for _ in 0..count {
        let value = value(cursor, kind)?;
        if values.len() < MAX_VALUES {
            values.extend(value);
        }
    }
    let value = if is_multiple {
        Some(Value::Several(values))
    } else {
        values.into_iter().next()
    };
    Some((name, value))
}

/// PtypUnspecified, PtypNull: no value stands there.
fn is_empty(kind: u16) -> bool {
    matches!(kind, 0x0000 | 0x0001)
}

fn named(cursor: &mut Cursor<'_>) -> Option<Option<Name>> {
    /// `{000620xx-0000-0000-C000-000000000046}` behind its first four bytes.
    const OF_OUTLOOK: [u8; 12] = [0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    const MEETING: [u8; 16] = [
        0x90, 0xda, 0xd8, 0x6e, 0x0b, 0x45, 0x1b, 0x10, 0x98, 0xda, 0x00, 0xaa, 0x00, 0x3f, 0x13,
        0x05,
    ];
    const PUBLIC_STRINGS: [u8; 4] = [0x29, 0x03, 0x02, 0];
    let set = cursor.take(16)?;
    let kind = cursor.u32()?;
    let (first, rest) = set.split_at_checked(4)?;
    let is_of_outlook = rest == OF_OUTLOOK;
    if kind == 0 {
        let lid = cursor.u32()?;
        let set = match first {
            _ if set == MEETING => Some(Set::Meeting),
            [0x02, 0x20, 0x06, 0] if is_of_outlook => Some(Set::Appointment),
            [0x08, 0x20, 0x06, 0] if is_of_outlook => Some(Set::Common),
            _ => None,
        };
        return Some(set.map(|set| Name::Lid(set, lid)));
    }
    let length = cursor.length()?;
    let text = cursor.take(length)?;
    padding(cursor, length)?;
    let is_keywords = is_of_outlook && first == PUBLIC_STRINGS && wide(text) == "Keywords";
    Some(is_keywords.then_some(Name::Keywords))
}

fn value<'a>(cursor: &mut Cursor<'a>, kind: u16) -> Option<Option<Value<'a>>> {
    Some(match kind {
        kind if is_empty(kind) => None,
        // PtypInteger16 and PtypBoolean, each followed by two bytes to fill up four.
        0x0002 => {
            let number = i16::from_le_bytes(cursor.u16()?.to_le_bytes());
            cursor.u16()?;
            Some(Value::Number(i64::from(number)))
        }
        0x000b => {
            let number = cursor.u16()?;
            cursor.u16()?;
            Some(Value::Number(i64::from(number)))
        }
        // PtypInteger32, PtypErrorCode
        0x0003 | 0x000a => Some(Value::Number(i64::from(cursor.i32()?))),
        // PtypFloating32
        0x0004 => cursor.take(4).map(|_| None)?,
        // PtypFloating64, PtypCurrency, PtypFloatingTime
        0x0005..=0x0007 => cursor.take(8).map(|_| None)?,
        // PtypInteger64
        0x0014 => Some(Value::Number(cursor.i64()?)),
        // PtypTime
        0x0040 => Some(Value::FileTime(cursor.i64()?)),
        // PtypGuid
        0x0048 => Some(Value::Bytes(cursor.take(16)?)),
        // PtypObject, PtypString8, PtypString, PtypBinary
        0x000d | 0x001e | 0x001f | 0x0102 => {
            let length = cursor.length()?;
            let bytes = cursor.take(length)?;
            padding(cursor, length)?;
            Some(match kind {
                0x001e => Value::Narrow(bytes),
                0x001f => Value::Wide(bytes),
                _ => Value::Bytes(bytes),
            })
        }
        _ => return None,
    })
}

/// Values begin at multiples of four bytes; the very last may lack what fills it up.
fn padding(cursor: &mut Cursor<'_>, length: usize) -> Option<()> {
    let fill = (4 - length % 4) % 4;
    cursor.take(fill.min(cursor.rest().len())).map(|_| ())
}
