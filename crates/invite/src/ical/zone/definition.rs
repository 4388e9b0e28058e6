//! A VTIMEZONE kept with an event: the instances of a series lie years ahead of the mail that defined their zone.

use crate::ical::ContentLine;

/// Longest VTIMEZONE that is kept, in bytes: three times the longest history that clients write. One that is longer
/// serves while its mail is read and no longer.
pub const MAX_DEFINITION_BYTES: usize = 32 * 1024;

/// A VTIMEZONE as the organizer's client wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZoneDefinition {
    tzid: String,
    lines: Vec<ContentLine>,
}

impl ZoneDefinition {
    /// Takes content lines from `BEGIN:VTIMEZONE` to its END; `None` when they are something else, have no TZID or are
    /// longer than [`MAX_DEFINITION_BYTES`].
    #[must_use]
    pub fn new(lines: Vec<ContentLine>) -> Option<Self> {
        let is = |line: Option<&ContentLine>, name: &str| {
            line.is_some_and(|line| line.name == name && line.value == "VTIMEZONE")
        };
        let bytes: usize = lines.iter().map(|line| line.to_string().len() + 2).sum();
        if !is(lines.first(), "BEGIN") || !is(lines.last(), "END") || bytes > MAX_DEFINITION_BYTES {
            return None;
        }
        let tzid = lines.iter().find(|line| line.name == "TZID")?.text();
        (!tzid.trim().is_empty()).then_some(Self { tzid, lines })
    }

    /// What its calendar calls it.
    #[must_use]
    pub fn tzid(&self) -> &str {
        &self.tzid
    }

    /// Whether a property's TZID means this zone: case, space and quotes may differ.
    #[must_use]
    pub fn is_named(&self, tzid: &str) -> bool {
        super::key(&self.tzid) == super::key(tzid)
    }

    /// The content lines, `BEGIN:VTIMEZONE` and its END included, to be stored.
    #[must_use]
    pub fn lines(&self) -> &[ContentLine] {
        &self.lines
    }

    /// As text to be read.
    pub(in crate::ical) fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.to_string());
            text.push('\n');
        }
        text
    }
}
