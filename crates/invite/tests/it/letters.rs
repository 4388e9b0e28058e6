//! Golden letters: each event's letters, byte for byte, in `golden/letters/`.
//!
//! `UPDATE_GOLDEN=1 cargo test -p invite letters` writes them anew; look at the difference before you commit it.

mod changed;
mod changes;
mod fan_out;
mod generated;
mod generated_series;
mod layout;
mod lists;
mod objects;
mod owed;
mod read_back;
mod samples;
mod series;

use std::{fs, path::PathBuf};

use invite::{
    event::Event,
    ical::Status,
    letter::{self, Letter},
};

fn golden_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/letters")
}

/// Every golden letter with its name.
fn all() -> Vec<(String, Letter)> {
    let sender = samples::sender();
    let mut letters = Vec::new();
    for sample in samples::all() {
        for (kind, letter) in sample.letters(&sender) {
            letters.push((format!("{}-{kind}", sample.name), letter));
        }
    }
    for (name, status) in [
        ("event-created", Status::Confirmed),
        ("event-created-cancelled", Status::Cancelled),
    ] {
        let event = Event {
            status,
            ..samples::berlin().event
        };
        let api_url = "https://api.acme.example/";
        let to = Some("<abc123@mail.a.test>");
        let created = letter::event_created(&event, api_url, to, &sender);
        letters.push((name.to_owned(), created.unwrap()));
    }
    letters.extend(changed::letters(&sender));
    letters.extend(owed::letters(&sender));
    for (name, unsubscribed) in samples::unsubscribed() {
        let letter = letter::unsubscribed(&unsubscribed, &sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    letters.extend(lists::letters(&sender));
    letters.extend(fan_out::letters(&sender));
    for (name, enrolled) in samples::enrolled() {
        let letter = letter::enrolled(&enrolled, &sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    for (name, refused) in samples::refused() {
        let letter = letter::event_refused(&refused, &sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    letters
}

#[test]
fn letters_are_what_they_were() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let letters = all();
    if update {
        fs::create_dir_all(golden_dir()).unwrap();
        for entry in fs::read_dir(golden_dir()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
    let mut differing = Vec::new();
    for (name, letter) in &letters {
        let path = golden_dir().join(format!("{name}.eml"));
        if update {
            fs::write(&path, &letter.raw).unwrap();
        } else if fs::read(&path).ok().as_ref() != Some(&letter.raw) {
            differing.push(name.as_str());
        }
    }
    assert!(
        differing.is_empty(),
        "these letters differ from golden/letters: {differing:?}; look, then UPDATE_GOLDEN=1"
    );
    let on_disk = fs::read_dir(golden_dir()).unwrap().count();
    assert_eq!(
        on_disk,
        letters.len(),
        "golden/letters has files nobody writes"
    );
}

#[test]
fn the_same_event_gives_the_same_bytes() {
    assert_eq!(all(), all());
}
