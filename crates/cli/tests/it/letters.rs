//! `cis letters preview`: every letter is there, and a tenant's broken template is told and left out. `cis letters bundle`: what
//! is wrong is told, and nothing is written unless all is right.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use expect_test::expect;
use serde_json::{Value, json};

fn cis_letters(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cis"))
        .arg("letters")
        .args(arguments)
        .output()
        .unwrap()
}

fn preview(arguments: &[&str]) -> Output {
    cis_letters(&[&["preview"], arguments].concat())
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

/// A tenant's own templates in a folder of that name.
fn own(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let own = folder(name);
    for (file, source) in files {
        let path = own.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, source).unwrap();
    }
    own
}

#[test]
fn a_tenants_template_is_shown_and_a_broken_one_told_and_its_letter_is_ours() {
    let own = own(
        "own-letters",
        &[
            ("update/subject.txt.j2", "New: {{ event.summary }}"),
            ("invite/subject.txt.j2", "Come: {{ event.summary }}"),
            ("invite/body.txt.j2", "{{ event.nonsense }}"),
            ("notes.txt", "no template"),
        ],
    );
    let output = preview(&["--json", "--own", own.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("cis letters: invite/body.txt.j2: line 1: undefined value"),
        "{told}"
    );
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let [invite, update] = [&shown["letters"][0], &shown["letters"][1]];
    assert_eq!(invite["name"], "invite");
    assert!(
        invite["subject"]
            .as_str()
            .unwrap()
            .starts_with("Invitation: Kick-off"),
        "{invite}"
    );
    assert_eq!(update["subject"], "New: Kick-off");
    assert_eq!(shown["not_used"][0]["file"], "invite/body.txt.j2");
    assert_eq!(shown["not_used"][0]["line"], 1);
    // It works in no language, and is told once.
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn templates_that_are_right_are_one_file() {
    let own = own(
        "right-letters",
        &[
            ("invite/subject.txt.j2", "Come: {{ event.summary }}"),
            ("de.ftl", "where = Ort\n"),
            ("README.md", "Ask Olga."),
        ],
    );
    let out = folder("bundled").join("templates.json");
    let [own, file] = [own.to_str().unwrap(), out.to_str().unwrap()];
    let output = cis_letters(&["bundle", own, "--out", file]);
    assert_eq!(output.status.code(), Some(0));
    let written: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(
        written,
        json!({
            "version": 1,
            "files": {"de.ftl": "where = Ort\n", "invite/subject.txt.j2": "Come: {{ event.summary }}"},
        })
    );
    let output = cis_letters(&["bundle", own, "--json"]);
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(checked["files"], json!(["de.ftl", "invite/subject.txt.j2"]));
    assert_eq!(checked["faults"], json!([]));
}

#[test]
fn templates_that_are_not_right_are_no_file_and_all_that_is_wrong_is_told() {
    let own = own(
        "wrong-letters",
        &[
            ("invite/subject.txt.j2", "Come:\n{{ event.summary }}"),
            ("update/body.html.j2", "\n{{ event.summary|safe }}"),
            (
                "cancellation/body.html.j2",
                "<a href=\"/more\">{{ event.summary }}</a></html>",
            ),
            ("de.ftl", "where = { $place }\n"),
        ],
    );
    let out = folder("not-bundled").join("templates.json");
    let [own, file] = [own.to_str().unwrap(), out.to_str().unwrap()];
    let output = cis_letters(&["bundle", own, "--out", file]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!out.exists());
    let told = String::from_utf8(output.stderr).unwrap();
    expect![[r#"
        cis letters: update/body.html.j2: line 2: the filter safe is not allowed; there are beside, capitalize, count, default, first, last, length, link, lower, strong, title, trim, upper
        cis letters: cancellation/body.html.j2: line 1: a link begins with https://, http://, mailto: or tel:, and not as in: /more (in en)
        cis letters: invite/subject.txt.j2: a subject is one line (in en)
        cis letters: de.ftl: where has no variable $place; it has none (in de)
    "#]].assert_eq(&told);
    let output = cis_letters(&["bundle", own, "--json", "--language", "de"]);
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(checked["faults"][1]["file"], "update/body.html.j2");
    assert_eq!(checked["faults"][1]["line"], 2);
    let empty = folder("no-letters");
    for folder in ["/nonexistent", empty.to_str().unwrap()] {
        assert_eq!(cis_letters(&["bundle", folder]).status.code(), Some(2));
    }
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
    let output = preview(&["--own", "/nonexistent"]);
    assert_eq!(output.status.code(), Some(2));
}
