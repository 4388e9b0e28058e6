//! Mails and calendars of other people's clients, read whole. The collection stands next to a checkout and is not
//! part of it (or where `CIS_CORPUS` says); where it is absent the test says so and passes.

#![expect(clippy::print_stdout, reason = "says what it skipped")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use invite::{
    command::{Policy, Receipt, read},
    ical,
};

pub(crate) fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("CIS_CORPUS").map_or(beside, PathBuf::from);
    if !path.is_dir() {
        println!("skipped: no corpus at {}", path.display());
        return None;
    }
    Some(path)
}

pub(crate) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes.iter().filter(|byte| **byte != b'\r') {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

fn with_lf(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect()
}

#[test]
fn every_file_of_the_corpus_is_read_without_a_panic_whatever_its_line_ends() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    files(&corpus, &mut all);
    assert!(all.len() > 1_000, "only {} files", all.len());
    for path in &all {
        let bytes = fs::read(path).unwrap();
        for bytes in [with_lf(&bytes), with_crlf(&bytes), bytes] {
            let _ = read(&bytes, &Receipt::default(), &Policy::default());
            let _ = ical::read(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn line_ends_do_not_change_what_a_mail_says() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    files(&corpus, &mut all);
    for path in all
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
    {
        let bytes = fs::read(path).unwrap();
        let events = |bytes: &[u8]| -> Vec<_> {
            read(bytes, &Receipt::default(), &Policy::default())
                .calendars
                .found
                .into_iter()
                .flat_map(|found| found.calendar.events)
                .map(|event| (event.uid, event.start, event.end, event.attendees.len()))
                .collect()
        };
        assert_eq!(
            events(&with_lf(&bytes)),
            events(&with_crlf(&bytes)),
            "{}",
            path.display()
        );
    }
}
