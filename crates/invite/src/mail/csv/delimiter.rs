//! What stands between the fields.

use std::io::Cursor;

use super::{columns::mailbox_of, record::Records};

/// In the order they are preferred when nothing tells them apart.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// So many records are looked at.
const RECORDS: usize = 20;

/// The delimiter in a first line `sep=;`, as Excel writes and reads it.
pub(super) fn named(head: &[u8]) -> Option<u8> {
    let (delimiter, rest) = match head {
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            delimiter,
            rest @ ..,
        ] => (delimiter, rest),
        _ => return None,
    };
    (DELIMITERS.contains(delimiter) && matches!(rest, [] | [b'\r' | b'\n', ..]))
        .then_some(*delimiter)
}

/// The delimiter that leaves most records with an address in a field of its own; else the one that splits most
/// records into as many fields as the first.
pub(super) fn guessed(head: &[u8]) -> u8 {
    let mut best = (DELIMITERS[0], (0, 0));
    for delimiter in DELIMITERS {
        let score = score(head, delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

fn score(head: &[u8], delimiter: u8) -> (usize, usize) {
    let mut records = Records::new(Cursor::new(head), delimiter);
    let (mut with_address, mut even) = (0, 0);
    let mut fields_of_first = None;
    for _ in 0..RECORDS {
        let record = match records.read() {
            Ok(Some((_, Ok(record)))) => record,
            Ok(Some((_, Err(_)))) => continue,
            Ok(None) | Err(_) => break,
        };
        let fields = record.fields().count();
        with_address += usize::from(record.fields().any(|field| mailbox_of(&field).is_some()));
        even += usize::from(fields > 1 && fields == *fields_of_first.get_or_insert(fields));
    }
    (with_address, even)
}
