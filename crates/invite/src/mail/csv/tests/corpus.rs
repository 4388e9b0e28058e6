//! Lists of other people. The collection stands beside a checkout (or where `CIS_CORPUS` says) and is not part of it;
//! where it is absent the test says so and passes.
#![allow(clippy::print_stdout, reason = "says what it skipped")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::*;

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("CIS_CORPUS").map_or(beside, PathBuf::from);
    if !path.is_dir() {
        println!("skipped: no corpus at {}", path.display());
        return None;
    }
    Some(path)
}

fn lists(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lists(&path, found);
        } else if path.extension().is_some_and(|end| end == "csv") {
            found.push(path);
        }
    }
}

/// All fields of all records, the header's too.
fn records(list: &[u8]) -> Vec<Vec<String>> {
    let mut rows = Rows::new(list).unwrap();
    let mut all = Vec::new();
    while let Some((_, record)) = rows.records.read().unwrap() {
        all.push(
            record
                .unwrap()
                .fields()
                .map(|field| field.into_owned())
                .collect(),
        );
    }
    all
}

#[test]
fn the_fields_of_csv_spectrum_are_those_of_its_results() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("max-mapper+csv-spectrum");
    let mut all = Vec::new();
    lists(&folder.join("csvs"), &mut all);
    assert!(all.len() >= 11, "only {} lists", all.len());
    for path in all {
        let name = path.file_stem().unwrap().to_str().unwrap();
        // The published result is of other values than the list.
        if name == "location_coordinates" {
            continue;
        }
        let expected = fs::read(folder.join(format!("json/{name}.json"))).unwrap();
        let expected: Vec<serde_json::Value> = serde_json::from_slice(&expected).unwrap();
        let read = records(&fs::read(&path).unwrap());
        let (header, rows) = read.split_first().unwrap();
        assert_eq!(rows.len(), expected.len(), "{name}");
        for (row, expected) in rows.iter().zip(expected) {
            for (key, field) in header.iter().zip(row) {
                // A copy of the collection may have lost the CR of the list and kept that of its result.
                let expected = expected[key].as_str().unwrap().replace("\r\n", "\n");
                assert_eq!(expected, field.replace("\r\n", "\n"), "{name} {key}");
            }
        }
    }
}

#[test]
fn the_same_list_in_every_encoding_and_with_every_line_end_is_the_same() {
    let Some(corpus) = corpus() else { return };
    let read = |name: &str| {
        records(&fs::read(corpus.join(format!("wireservice+csvkit/examples/{name}.csv"))).unwrap())
    };
    let numbers = |header: [&str; 3], last: &str| {
        [header, ["1", "2", "3"], ["4", "5", last]].map(|row| row.map(str::to_owned).to_vec())
    };
    for (name, header, last) in [
        ("test_utf8", ["foo", "bar", "baz"], "ʤ"),
        ("test_utf8_bom", ["foo", "bar", "baz"], "ʤ"),
        ("test_utf16_big", ["a", "b", "c"], "ʤ"),
        ("test_utf16_little", ["a", "b", "c"], "ʤ"),
        ("test_latin1", ["a", "b", "c"], "©"),
    ] {
        assert_eq!(read(name), numbers(header, last), "{name}");
    }
    assert_eq!(read("mac_newlines")[2], ["Once upon\ra time", "5", "6"]);
}

#[test]
fn every_list_of_the_corpus_is_read_to_its_end() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    for folder in [
        "wireservice+csvkit",
        "max-mapper+csv-spectrum",
        "jqnatividad+qsv",
    ] {
        lists(&corpus.join(folder), &mut all);
    }
    assert!(all.len() > 100, "only {} lists", all.len());
    for path in all {
        let list = fs::read(&path).unwrap();
        let rows: Vec<Row> = Rows::new(&list[..]).unwrap().map(Result::unwrap).collect();
        let lines = rows.windows(2).all(|pair| pair[0].line < pair[1].line);
        assert!(lines, "{}", path.display());
    }
}
