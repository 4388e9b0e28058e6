//! Bytes that say they are a list of people.

use std::{
    collections::HashSet,
    io::{self, Read},
};

use invite::{
    language::Language,
    mail::csv::{Row, Rows},
};

/// However the bytes come in, the rows are the same; each invites one person, once, or says in one line, without an
/// address, why it does not.
///
/// # Panics
/// When one of that does not hold.
pub fn check(bytes: &[u8]) {
    let rows = all(bytes);
    assert_eq!(
        rows,
        all(Trickle(bytes)),
        "the reader's pieces change what is read"
    );
    let lines = bytes
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .count();
    assert!(
        rows.len() <= lines + 1,
        "{} rows of {lines} lines",
        rows.len()
    );
    let mut seen = HashSet::new();
    let mut number = 0;
    for row in rows {
        assert!(row.number > number, "rows are numbered in order");
        number = row.number;
        match row.mailbox {
            Ok(mailbox) => {
                assert!(seen.insert(mailbox.address.clone()), "invited twice");
                assert_ne!(mailbox.name.as_deref(), Some(""));
            }
            Err(problem) => {
                let why = problem.why.in_words(Language::English);
                assert!(!why.is_empty() && why.len() <= 400);
                assert!(!why.contains(['\r', '\n', '@']), "{why}");
            }
        }
    }
}

fn all(list: impl Read) -> Vec<Row> {
    Rows::new(list)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .expect("bytes in memory can be read")
}

/// Gives out a few bytes at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = buffer.len().min(7);
        self.0.read(&mut buffer[..some])
    }
}
