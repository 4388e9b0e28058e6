//! `cis letters preview`: every letter is there, and a tenant's broken template is told and left out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn preview(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cis"))
        .args(["letters", "preview"])
        .args(arguments)
        .output()
        .unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn every_letter_is_written_as_html_and_text_with_a_page_that_shows_them() {
    let out = folder("letters");
    let output = preview(&["--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/../../email-templates");
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    let sheet = fs::read_to_string(out.join("sheet.html")).unwrap();
    for entry in fs::read_dir(templates).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            for language in ["en", "de"] {
                let name = format!("{language}/{name}");
                let html = fs::read_to_string(out.join(format!("{name}.html"))).unwrap();
                assert!(
                    html.contains(&format!("<html lang=\"{language}\"")),
                    "{name}"
                );
                let text = fs::read_to_string(out.join(format!("{name}.txt"))).unwrap();
                assert!(!text.trim().is_empty(), "{name}");
                for page in [&page, &sheet] {
                    assert!(page.contains(&format!("src=\"{name}.html\"")), "{name}");
                }
            }
        }
    }
}

#[test]
fn a_tenants_template_is_shown_and_a_broken_one_told() {
    let own = folder("own-letters");
    fs::create_dir(own.join("invite")).unwrap();
    fs::write(
        own.join("invite/subject.txt.j2"),
        "Come: {{ event.summary }}",
    )
    .unwrap();
    fs::write(own.join("invite/body.txt.j2"), "{{ event.nonsense }}").unwrap();
    fs::write(own.join("notes.txt"), "no template").unwrap();
    let output = preview(&["--json", "--templates", own.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("cis letters: invite/body.txt.j2: line 1: undefined value"),
        "{told}"
    );
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let invite = &shown["letters"][0];
    assert_eq!(invite["name"], "invite");
    assert_eq!(invite["subject"], "Come: Kick-off");
    assert!(
        invite["plain"]
            .as_str()
            .unwrap()
            .contains("Alice Ng invites you.")
    );
    assert_eq!(shown["not_used"][0]["file"], "invite/body.txt.j2");
    // It works in no language, and is told once.
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn letters_are_shown_in_the_language_asked_for() {
    let output = preview(&["--json", "--language", "de"]);
    assert_eq!(output.status.code(), Some(0));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let invite = &shown["letters"][0];
    let plain = invite["plain"].as_str().unwrap();
    assert!(plain.contains("Alice Ng lädt Sie ein."), "{plain}");
    assert!(
        invite["html"]
            .as_str()
            .unwrap()
            .contains(r#"<html lang="de""#)
    );
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let output = preview(&["--templates", "/nonexistent"]);
    assert_eq!(output.status.code(), Some(2));
}
