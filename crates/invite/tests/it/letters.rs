//! Golden letters: each event's letters, byte for byte, in `golden/letters/`.
//!
//! `UPDATE_GOLDEN=1 cargo test -p invite letters` writes them anew; look at the difference before you commit it.

mod changed;
mod changes;
mod fan_out;
mod generated;
mod generated_series;
mod invite_page;
mod layout;
mod lists;
mod objects;
mod owed;
mod own;
mod read_back;
mod reminder;
mod report;
pub(crate) mod samples;
mod series;
mod words;

use std::{fs, path::PathBuf};

use invite::{
    event::Event,
    ical::Status,
    language::Language,
    letter::{self, Brand, Letter, LimitReached, Sender},
};
use mail_parser::MessageParser;

fn golden_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/letters")
}

/// Every golden letter with its name.
fn all() -> Vec<(String, Letter)> {
    all_in(Language::English)
}

fn all_in(language: Language) -> Vec<(String, Letter)> {
    all_by(&samples::sender(language))
}

fn all_by(sender: &Sender) -> Vec<(String, Letter)> {
    let mut letters = Vec::new();
    for sample in samples::all() {
        for (kind, letter) in sample.letters(sender) {
            letters.push((format!("{}-{kind}", sample.name), letter));
        }
    }
    letters.push(branded(sender));
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
        let created = letter::event_created(&event, api_url, to, sender);
        letters.push((name.to_owned(), created.unwrap()));
    }
    letters.extend(changed::letters(sender));
    letters.extend(reminder::letters(sender));
    letters.extend(owed::letters(sender));
    for (name, unsubscribed) in samples::unsubscribed() {
        let letter = letter::unsubscribed(&unsubscribed, sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    for (name, erasing) in samples::erasing() {
        let letter = letter::erasing(&erasing, sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    let event = samples::berlin().event;
    let reached = LimitReached {
        event: &event,
        limit: 2_500,
        at: "2026-02-01T09:00:00Z".parse().unwrap(),
    };
    let letter = letter::limit_reached(&reached, sender).unwrap();
    letters.push(("limit-reached".to_owned(), letter));
    letters.extend(lists::letters(sender));
    letters.extend(fan_out::letters(sender));
    letters.extend(report::letters(sender));
    for (name, enrolled) in samples::enrolled() {
        let letter = letter::enrolled(&enrolled, sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    for (name, refused) in samples::refused(sender.language()) {
        let letter = letter::event_refused(&refused, sender).unwrap();
        letters.push((name.to_owned(), letter));
    }
    letters
}

/// With all a brand may have.
fn branded(sender: &Sender) -> (String, Letter) {
    let brand = Brand {
        logo: Some(samples::LOGO.to_owned()),
        address: Some("Acme Ltd, 5 High Street, London".to_owned()),
        ..sender.brand.clone()
    };
    let sender = Sender {
        brand,
        ..sender.clone()
    };
    let [(_, invite), ..] = samples::berlin().letters(&sender);
    ("berlin-branded-invite".to_owned(), invite)
}

#[test]
fn letters_are_what_they_were() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let letters = all();
    if update {
        if golden_dir().exists() {
            fs::remove_dir_all(golden_dir()).unwrap();
        }
        fs::create_dir_all(golden_dir().join("de")).unwrap();
    }
    let mut files: Vec<(PathBuf, Vec<u8>)> = letters
        .into_iter()
        .map(|(name, letter)| (format!("{name}.eml").into(), letter.raw))
        .collect();
    // The words alone: the rest is the same in every language.
    for (name, letter) in all_in(Language::German) {
        files.push((format!("de/{name}.txt").into(), words_of(&letter)));
    }
    let mut differing = Vec::new();
    for (name, bytes) in &files {
        let path = golden_dir().join(name);
        if update {
            fs::write(&path, bytes).unwrap();
        } else if fs::read(&path).ok().as_ref() != Some(bytes) {
            differing.push(name.display().to_string());
        }
    }
    assert!(
        differing.is_empty(),
        "these letters differ from golden/letters: {differing:?}; look, then UPDATE_GOLDEN=1"
    );
    let on_disk = |folder: PathBuf| fs::read_dir(folder).unwrap().count();
    assert_eq!(
        on_disk(golden_dir()) - 1 + on_disk(golden_dir().join("de")),
        files.len(),
        "golden/letters has files nobody writes"
    );
}

/// Its subject and its plain text.
fn words_of(letter: &Letter) -> Vec<u8> {
    let mail = MessageParser::default().parse(&letter.raw).unwrap();
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    format!("Subject: {}\n\n{text}", mail.subject().unwrap()).into_bytes()
}

#[test]
fn the_same_event_gives_the_same_bytes() {
    assert_eq!(all(), all());
}
