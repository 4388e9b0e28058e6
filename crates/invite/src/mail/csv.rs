//! A list of people to invite (CSV), as spreadsheets, contact books and mailing services export it, read row by row.
//!
//! Any of comma, semicolon, tab and bar; UTF-8, UTF-16, Windows-1252; any line ends; with or without a header. Only one
//! row, one buffer and eight bytes for each address seen are held, however long the list is (RFC 4180 where it is
//! followed).

use std::{
    fmt,
    io::{self, Read},
    sync::Arc,
};

use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use crate::address::Mailbox;

mod columns;
mod delimiter;
mod record;
mod seen;
mod why_not;

use columns::Columns;
use record::{Record, Records};
use seen::Seen;

pub use why_not::WhyNot;

/// Longest row that is read, in bytes of UTF-8; an opening quote that is never closed ends here, too.
pub const MAX_ROW_BYTES: usize = 64 * 1024;

/// Most fields of a row.
pub const MAX_FIELDS: usize = 1024;

/// Most rows of a list.
pub const MAX_ROWS: u64 = 1_000_000;

/// As much is shown of a cell that is no address.
const MAX_CELL_CHARS: usize = 100;

/// This much is looked at to find out the encoding, the delimiter and the header.
const HEAD_BYTES: usize = 64 * 1024;

/// What stands in further columns, by their names, which all rows of a list share; no name comes twice.
pub type Further = Vec<(Arc<str>, String)>;

/// One row that is not blank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Which row it is, from 1; a header and blank rows are none.
    pub number: u64,
    /// The line of the file it begins on, from 1.
    pub line: u64,
    /// Who is to be invited, or why nobody is.
    pub mailbox: Result<Mailbox, RowProblem>,
    /// What stands in the further columns a header names, for templates.
    pub further: Further,
}

/// Why a row invites nobody; `Debug` leaves out what stands in it.
#[derive(Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line of the file the row begins on, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: WhyNot,
    /// What stands where the address would be, shortened: the row's owner finds it by that.
    pub cell: String,
}

impl fmt::Debug for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowProblem(line {}: {:?})", self.line, self.why)
    }
}

/// The rows of a list, in order. An `Err` is the reader's own ("try again"); nothing in the list itself is one.
pub struct Rows<R> {
    records: Records<Text<R>>,
    /// `None` until the first record has shown whether it is a header.
    columns: Option<Columns>,
    seen: Seen,
    number: u64,
    /// The first line is `sep=;`, which tells Excel the delimiter.
    skips_first: bool,
    is_done: bool,
}

type Text<R> = io::Chain<io::Cursor<Vec<u8>>, Decoded<R>>;
type Decoded<R> = DecodeReaderBytes<io::Chain<io::Cursor<Vec<u8>>, R>, Vec<u8>>;

impl<R: Read> Rows<R> {
    /// Begins to read a list.
    ///
    /// # Errors
    /// What the reader says when its first bytes cannot be read.
    pub fn new(mut list: R) -> io::Result<Self> {
        let start = head_of(&mut list, HEAD_BYTES)?;
        let encoding = utf16_without_mark(&start);
        let mut text = DecodeReaderBytesBuilder::new()
            .encoding(encoding)
            .utf8_passthru(true)
            .strip_bom(true)
            .bom_override(true)
            .build(io::Cursor::new(start).chain(list));
        let head = head_of(&mut text, HEAD_BYTES)?;
        let (delimiter, skips_first) = match delimiter::named(&head) {
            Some(delimiter) => (delimiter, true),
            None => (delimiter::guessed(&head), false),
        };
        Ok(Self {
            records: Records::new(io::Cursor::new(head).chain(text), delimiter),
            columns: None,
            seen: Seen::default(),
            number: 0,
            skips_first,
            is_done: false,
        })
    }

    fn row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some((line, record)) = self.records.read()? else {
                return Ok(None);
            };
            if std::mem::take(&mut self.skips_first) || record.as_ref().is_ok_and(Record::is_blank)
            {
                continue;
            }
            if self.columns.is_none()
                && let Ok(record) = &record
            {
                let (columns, is_header) = Columns::of(record);
                self.columns = Some(columns);
                if is_header {
                    continue;
                }
            }
            self.number += 1;
            if self.number > MAX_ROWS {
                self.is_done = true;
                return Ok(Some(self.refused(line, WhyNot::TooManyRows, "")));
            }
            let columns = self.columns.get_or_insert_default();
            let read = record
                .map_err(|why| (why, String::new()))
                .and_then(|record| {
                    let mailbox = columns
                        .mailbox(&record)
                        .map_err(|why| (why, columns.cell(&record)))?;
                    Ok((mailbox, columns.further(&record)))
                });
            return Ok(Some(match read {
                Ok((mailbox, further)) if self.seen.is_new(&mailbox.address) => Row {
                    number: self.number,
                    line,
                    mailbox: Ok(mailbox),
                    further,
                },
                Ok((mailbox, _)) => self.refused(line, WhyNot::Repeated, mailbox.address.as_str()),
                Err((why, cell)) => self.refused(line, why, &cell),
            }));
        }
    }

    fn refused(&self, line: u64, why: WhyNot, cell: &str) -> Row {
        Row {
            number: self.number,
            line,
            mailbox: Err(RowProblem {
                line,
                why,
                cell: cell.chars().take(MAX_CELL_CHARS).collect(),
            }),
            further: Vec::new(),
        }
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let row = self.row();
        self.is_done |= !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

/// As much as there is, up to `limit` bytes.
fn head_of(reader: &mut impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader
        .take(u64::try_from(limit).unwrap_or(u64::MAX))
        .read_to_end(&mut head)?;
    Ok(head)
}

/// UTF-16 whose mark was lost: only it has a NUL in every other place between Latin letters. Anything else is
/// decoded field by field, because one export may hold two encodings.
pub(super) fn utf16_without_mark(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let pairs = || head.chunks_exact(2).take(64);
    let with_nul_at = |place: usize| {
        pairs()
            .filter(|pair| pair.get(place) == Some(&0) && pair.get(1 - place) != Some(&0))
            .count()
    };
    let most = pairs().count() * 3 / 4;
    if pairs().count() < 2 {
        None
    } else if with_nul_at(1) > most {
        Some(encoding_rs::UTF_16LE)
    } else if with_nul_at(0) > most {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
