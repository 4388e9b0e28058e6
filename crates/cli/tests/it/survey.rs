//! `cis survey`: what it counts, and that it tells nothing about people.

use std::{fs, process::Command};

use expect_test::expect;

fn survey(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cis"))
        .arg("survey")
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn a_folder_is_counted_by_product_and_method() {
    let folder = std::env::temp_dir().join(format!("cis-survey-{}", std::process::id()));
    fs::create_dir_all(folder.join("inner")).unwrap();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/mail/");
    for mail in ["request", "cancel", "reply-accepted"] {
        let name = format!("thunderbird-153-{mail}.eml");
        fs::copy(format!("{golden}{name}"), folder.join("inner").join(name)).unwrap();
    }
    let task = "BEGIN:VCALENDAR\nPRODID:-//Apple Inc.//Mac OS X//EN\nBEGIN:VTODO\nSUMMARY:Alice Ng\nEND:VTODO\nEND:VCALENDAR\n";
    let timeless =
        "BEGIN:VCALENDAR\nPRODID:x\nBEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR\n";
    for (name, text) in [
        ("task.ics", task),
        ("timeless.ics", timeless),
        ("empty.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
        ("nothing.vcs", "?"),
        ("letter.eml", "From: alice@a.test\n\nHello\n"),
        ("picture.png", "PNG"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let (code, markdown) = survey(&[folder.to_str().unwrap()]);
    let (_, json) = survey(&["--json", folder.to_str().unwrap()]);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(code, Some(0));
    expect![[r#"
        ## Mails with a calendar

        | written by | method | decoded | no event in it | refused |
        |---|---|---:|---|---|
        | Thunderbird | CANCEL | 1 |  |  |
        | Thunderbird | REPLY | 1 |  |  |
        | Thunderbird | REQUEST | 1 |  |  |
        | **of real products** | | **3** | 0 | **0**; 100.0 % decoded |
        | **in all** | | **3** | 0 | **0**; 100.0 % decoded |

        ## Calendar files

        | written by | method | decoded | no event in it | refused |
        |---|---|---:|---|---|
        | Apple | – | 0 | 1 no-event |  |
        | others, tests and examples | – | 0 | 1 empty | 1 no-time, 1 no-vcalendar |
        | **in all** | | **0** | 2 | **2**; 0.0 % decoded |

        ## Refused

        | file | written by | reason | why that is right |
        |---|---|---|---|
        | `nothing.vcs` | – | no-vcalendar | a file of that name or a part of that type, but neither VCALENDAR nor VEVENT is in it |
        | `timeless.ics` | – | no-time | when it takes place cannot be told, and is not guessed |

        Besides all these, 2 files have no calendar and claim none.
    "#]].assert_eq(&markdown);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["rows"][0]["product"], "Thunderbird");
    assert_eq!(json["not_decoded"].as_array().unwrap().len(), 4);
    assert!(!markdown.contains("Alice") && !json.to_string().contains("Alice"));
}

#[test]
fn a_folder_that_is_not_there_ends_with_2() {
    assert_eq!(survey(&["/nonexistent"]).0, Some(2));
}
