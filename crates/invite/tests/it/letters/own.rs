//! Letters of a tenant's own templates, about real events.

use std::{fs, path::Path};

use invite::{
    language::Language,
    letter::{Letter, NotUsed, Sender, Templates},
};
use mail_parser::MessageParser;

use super::{all_by, changed, samples};

const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../email-templates");

/// Every file of ours, as a tenant would have copied it.
fn ours() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(TEMPLATES).to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(TEMPLATES).unwrap().to_str().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with(".json") {
                files.push((name.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

fn sender(language: Language, files: &[(String, String)]) -> Sender {
    let files = files
        .iter()
        .map(|(name, source)| (name.as_str(), source.as_str()));
    let told = |not_used: &NotUsed| panic!("{not_used}");
    let (templates, not_used) = Templates::with_own(language, files, told);
    assert_eq!(not_used, []);
    Sender {
        templates,
        ..samples::sender(language)
    }
}

#[test]
fn copies_of_ours_are_the_same_letters_byte_for_byte() {
    for language in Language::ALL {
        let own = all_by(&sender(language, &ours()));
        let ours = all_by(&samples::sender(language));
        assert_eq!(own.len(), ours.len());
        for ((name, own), (_, ours)) in own.iter().zip(&ours) {
            assert!(own.raw == ours.raw, "{name}");
        }
    }
}

/// The template fails for who is not told what changed, and for nobody else.
#[test]
fn a_letter_is_the_tenants_or_ours_wholly() {
    let files = [
        ("update/subject.txt.j2", "Mine: {{ event.summary }}"),
        (
            "update/body.txt.j2",
            "My words. {% if not changes %}{{ event.no }}{% endif %}",
        ),
    ];
    let (templates, _) = Templates::with_own(Language::English, files, |_| {});
    let sender = Sender {
        templates,
        ..samples::sender(Language::English)
    };
    let (mut own, mut ours) = (0, 0);
    for (name, Letter { raw, .. }) in changed::letters(&sender) {
        let mail = MessageParser::default().parse(&raw).unwrap();
        let is_mine = mail.subject().unwrap().starts_with("Mine: ");
        let plain = mail.body_text(0).unwrap();
        assert_eq!(is_mine, plain.starts_with("My words."), "{name}");
        *(if is_mine { &mut own } else { &mut ours }) += 1;
    }
    assert_eq!((own, ours), (5, 1));
}
