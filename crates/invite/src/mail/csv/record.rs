//! Records of bounded size out of a reader of any size.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use csv_core::ReadRecordResult;

use super::{MAX_FIELDS, MAX_ROW_BYTES, WhyNot};

/// As much is asked of the reader at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// The records of a list, one at a time in one buffer.
pub(super) struct Records<R> {
    input: R,
    buffer: Vec<u8>,
    /// What of the buffer is not used yet.
    unused: std::ops::Range<usize>,
    core: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    line: u64,
    after_cr: bool,
}

/// One record, quotes undone.
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            buffer: vec![0; BUFFER_BYTES],
            unused: 0..0,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            output: vec![0; MAX_ROW_BYTES],
            ends: vec![0; MAX_FIELDS],
            line: 1,
            after_cr: false,
        }
    }

    /// The next record and the line it begins on; `Err` inside is why it is not read.
    pub(super) fn read(&mut self) -> io::Result<Option<(u64, Result<Record<'_>, WhyNot>)>> {
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let line = self.line;
        let (mut written, mut ended) = (0, 0);
        let mut refused = None;
        loop {
            if self.unused.is_empty() {
                self.fill()?;
            }
            let input = self.buffer.get(self.unused.clone()).unwrap_or_default();
            let (result, read, wrote, ends) = self.core.read_record(
                input,
                self.output.get_mut(written..).unwrap_or_default(),
                self.ends.get_mut(ended..).unwrap_or_default(),
            );
            self.count_lines(read);
            written += wrote;
            ended += ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                // What does not fit is read to its end and forgotten.
                ReadRecordResult::OutputFull => {
                    written = 0;
                    refused.get_or_insert(WhyNot::TooLong);
                }
                ReadRecordResult::OutputEndsFull => {
                    ended = 0;
                    refused.get_or_insert(WhyNot::TooManyFields);
                }
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        let record = match refused {
            Some(why) => Err(why),
            None => Ok(Record {
                bytes: self.output.get(..written).unwrap_or_default(),
                ends: self.ends.get(..ended).unwrap_or_default(),
            }),
        };
        Ok(Some((line, record)))
    }

    /// Blank lines are no records; `false` at the end of the list.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            if self.unused.is_empty() {
                self.fill()?;
            }
            match self.buffer.get(self.unused.start) {
                _ if self.unused.is_empty() => return Ok(false),
                Some(b'\r' | b'\n') => self.count_lines(1),
                _ => return Ok(true),
            }
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(read) => {
                    self.unused = 0..read;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Marks bytes as used; the core counts no lines that end in CR alone.
    fn count_lines(&mut self, used: usize) {
        let end = self.unused.start + used;
        for byte in self.buffer.get(self.unused.start..end).unwrap_or_default() {
            let is_new = *byte == b'\r' || *byte == b'\n' && !self.after_cr;
            self.line += u64::from(is_new);
            self.after_cr = *byte == b'\r';
        }
        self.unused.start = end;
    }
}

impl Record<'_> {
    /// The fields, trimmed. UTF-8 is taken as such; bytes that are not are Windows-1252, which Latin-1 is a part of.
    pub(super) fn fields(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends).map(|(start, end)| {
            let bytes = self.bytes.get(start..*end).unwrap_or_default();
            let bytes = bytes.trim_ascii();
            match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text.trim()),
                Err(_) => {
                    encoding_rs::WINDOWS_1252
                        .decode_without_bom_handling(bytes)
                        .0
                }
            }
        })
    }

    pub(super) fn field(&self, number: usize) -> Option<Cow<'_, str>> {
        self.fields().nth(number)
    }

    pub(super) fn is_blank(&self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }
}
