//! Tables people open in their spreadsheets (RFC 4180): UTF-8 with a byte order mark, CRLF, and no cell that a program
//! would take for a formula.

use csv_core::{WriteResult, Writer, WriterBuilder};

/// Without it Excel takes UTF-8 for the machine's own code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A table, written row by row.
#[derive(Debug)]
pub struct Csv {
    writer: Writer,
    bytes: Vec<u8>,
}

impl Csv {
    /// A table with these columns and no row yet.
    #[must_use]
    pub fn with_columns(names: &[&str]) -> Self {
        let mut csv = Self::continued();
        csv.bytes.extend(BYTE_ORDER_MARK.as_bytes());
        csv.row(names);
        csv
    }

    /// The rest of a table of which what comes before is written elsewhere.
    #[must_use]
    pub fn continued() -> Self {
        Self {
            writer: WriterBuilder::new()
                .terminator(csv_core::Terminator::CRLF)
                .build(),
            bytes: Vec::new(),
        }
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.write(|writer, out| writer.delimiter(out));
            }
            self.cell(&harmless(cell.as_ref()));
        }
        self.write(|writer, out| writer.terminator(out));
    }

    fn cell(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        let mut buffer = [0; 256];
        loop {
            let (result, read, written) = self.writer.field(rest, &mut buffer);
            self.bytes.extend(buffer.iter().take(written));
            rest = rest.get(read..).unwrap_or_default();
            if result == WriteResult::InputEmpty {
                return;
            }
        }
    }

    /// What is written between cells is a few bytes long and fits at once.
    fn write(&mut self, what: impl FnOnce(&mut Writer, &mut [u8]) -> (WriteResult, usize)) {
        let mut buffer = [0; 16];
        let (_, written) = what(&mut self.writer, &mut buffer);
        self.bytes.extend(buffer.iter().take(written));
    }

    /// How long it is so far.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// What was written so far, taken out; what is written next goes on behind it.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// The whole table.
    #[must_use]
    pub fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// A cell that begins like a formula begins with an apostrophe instead, which spreadsheets do not show (OWASP, CSV
/// injection). A number stays one.
fn harmless(cell: &str) -> String {
    let begins_like_one = cell.trim_start_matches([' ', '\u{feff}']).starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    if begins_like_one && cell.parse::<f64>().is_err() {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_has_a_byte_order_mark_crlf_and_quotes_where_they_are_needed() {
        let mut csv = Csv::with_columns(&["email", "name"]);
        csv.row(&["bob@b.test", "O\"Neill, Bob"]);
        csv.row(&["zoe@b.test", "Zoë"]);
        let text = csv.text();
        assert_eq!(
            text,
            "\u{feff}email,name\r\nbob@b.test,\"O\"\"Neill, Bob\"\r\nzoe@b.test,Zoë\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("-5", "-5"),
            ("+1.5", "+1.5"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn every_table_is_read_back_as_it_was(
            rows in proptest::collection::vec(proptest::collection::vec("(\\PC|[\r\n\",;=\t']){0,600}", 3), 0..5),
        ) {
            let mut csv = Csv::with_columns(&["a", "b", "c"]);
            for row in &rows {
                csv.row(row);
            }
            let text = csv.text();
            let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let back: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let expected: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|cell| harmless(cell)).collect()).collect();
            prop_assert_eq!(back, expected);
        }
    }
}
