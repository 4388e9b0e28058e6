//! `cis inspect`: its exit codes, and the shape promised in docs/inspect.md.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use expect_test::{expect, expect_file};
use serde_json::Value;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../golden/mail")
        .join(name)
}

fn cis(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cis"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn json(arguments: &[&str], input: &[u8]) -> Value {
    let all = [&["inspect", "--json"], arguments].concat();
    serde_json::from_slice(&cis(&all, input).stdout).unwrap()
}

#[test]
fn the_json_has_the_promised_shape() {
    let mail = golden("thunderbird-153-request.eml");
    let output = cis(&["inspect", "--json", mail.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0));
    expect_file!["../../../../golden/mail/thunderbird-153-request.inspect.json"]
        .assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn mails_of_every_shape_are_read_as_their_golden_files_say() {
    for name in [
        "careless-export",
        "domino-request",
        "exchange-forwarded-utf-16",
        "google-counter-labelled-reply",
        "phone-vcalendar-1",
    ] {
        let mail = golden(&format!("{name}.eml"));
        let output = cis(
            &[
                "inspect",
                "--json",
                "--trust-sender",
                mail.to_str().unwrap(),
            ],
            b"",
        );
        expect_file![golden(&format!("{name}.inspect.json"))]
            .assert_eq(&String::from_utf8(output.stdout).unwrap());
    }
}

#[test]
fn every_field_of_the_json_is_in_the_documentation() {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    found.push(name.clone());
                    names(value, found);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let documentation = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/inspect.md"
    ))
    .unwrap();
    let mut found = Vec::new();
    for mail in ["request", "cancel", "series-one-instance-moved"] {
        let mail = golden(&format!("thunderbird-153-{mail}.eml"));
        names(&json(&[mail.to_str().unwrap()], b""), &mut found);
    }
    for name in found {
        let is_named = [
            format!("`{name}`"),
            format!(".{name}`"),
            format!("{{{name},"),
            format!(", {name}}}"),
            format!(", {name},"),
        ]
        .iter()
        .any(|form| documentation.contains(form));
        assert!(is_named, "docs/inspect.md does not name {name}");
    }
}

#[test]
fn people_read_it_too() {
    let mail = std::fs::read_to_string(golden("thunderbird-153-reply-accepted.eml")).unwrap();
    // The capture was made with an address that only looks like a signed one.
    let mail = mail.replace("+k7f3q2zr5m4x8c6d@", "+k7f3q2zr5m4x2c6d@");
    let output = cis(&["inspect", "-"], mail.as_bytes());
    expect![[r#"
        Mail
          from         Bob Näslund <bob@example.net>
          to           alice-ng+k7f3q2zr5m4x2c6d@acme.invites.example
          date         2026-11-21T05:24:03Z
          subject      Accepted: Quarterly planning – Überblick & Ziele 2027 📅 with the whole product group of Acme
          evidence     nothing proves the sender (spf gray, dkim gray, dmarc gray, spam gray, virus gray)
        Command
          mailbox      alice-ng+k7f3q2zr5m4x2c6d@acme.invites.example
          asks         reply
                       it would be taken up
        Calendar REPLY
          by           -//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
        Event
          summary      Quarterly planning – Überblick & Ziele 2027 📅 with the whole product group of Acme
          start        2026-12-01T10:00:00 in America/New_York = 2026-12-01T15:00:00Z
          end          2026-12-01T11:00:00 in America/New_York = 2026-12-01T16:00:00Z
          location     Room 4, 5th floor, Acme HQ
          status       CONFIRMED
          uid          8b7d2c1e-0001-4f7e-9a44-e17a6d3a9c10@acme.invites.example
          sequence     0, stamped 2026-11-21T05:24:03Z
          organizer    Alice Ng <alice-ng+k7f3q2zr5m4x2c6d@acme.invites.example>
          attendee     Bob Näslund <bob@example.net> ACCEPTED
        No problems found.
    "#]].assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_sender_can_be_trusted_to_see_what_comes_next() {
    let mail = golden("thunderbird-153-request.eml");
    let mail = mail.to_str().unwrap();
    assert_eq!(
        json(&[mail], b"")["command"]["refusal"]["code"],
        "not-authenticated"
    );
    let trusted = json(&["--trust-sender", mail], b"");
    assert_eq!(trusted["command"]["taken_up"], true);
    let moved = golden("thunderbird-153-series-one-instance-moved.eml");
    let moved = json(&["--trust-sender", moved.to_str().unwrap()], b"");
    assert_eq!(moved["command"]["taken_up"], true);
    assert_eq!(
        moved["calendars"][0]["events"][0]["recurrence_id"]["instant"],
        "2026-12-17T09:00:00Z"
    );
}

#[test]
fn the_word_of_ses_is_taken_from_its_header() {
    let raw = std::fs::read(golden("thunderbird-153-request.eml")).unwrap();
    let with = |header: &str| json(&["-"], &[header.as_bytes(), &raw].concat());
    let passed = with(
        "Authentication-Results: amazonses.com; spf=pass; dkim=pass header.i=@example.net; dmarc=pass header.from=example.net;\r\n",
    );
    assert_eq!(passed["sender"]["evidence"]["proof"], "dmarc");
    assert_eq!(passed["command"]["taken_up"], true);
    let forged = with("Authentication-Results: mx.m.test; dmarc=pass\r\n");
    assert_eq!(forged["command"]["refusal"]["code"], "not-authenticated");
    let virus = with("X-SES-Virus-Verdict: FAIL\r\n");
    assert_eq!(virus["command"]["refusal"]["code"], "quarantined");
}

#[test]
fn a_bare_calendar_is_read() {
    let calendar = b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20260303\nEND:VEVENT\nEND:VCALENDAR\n";
    let report = json(&["-"], calendar);
    assert_eq!(report["kind"], "calendar");
    assert_eq!(report["sender"], Value::Null);
    assert_eq!(
        report["calendars"][0]["events"][0]["end"]["local"],
        "2026-03-04"
    );
}

#[test]
fn what_cannot_be_read_ends_with_2_and_the_reason() {
    for (input, reason) in [
        (&b""[..], "neither a mail nor a calendar"),
        (b"{}", "neither a mail nor a calendar"),
        (b"BEGIN:VTODO\nEND:VTODO\n", "there is no calendar in it"),
    ] {
        let output = cis(&["inspect", "--json", "-"], input);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains(reason));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["error"], reason);
    }
    let output = cis(&["inspect", "/nonexistent"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn help_has_examples() {
    let output = cis(&["inspect", "--help"], b"");
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("cis inspect --json")
    );
}

#[test]
fn an_answer_in_plain_words_is_shown_with_its_reasons() {
    let mail = "From: Bob <bob@b.test>\r\nTo: rsvp@acme.invites.example\r\nContent-Type: text/html\r\n\r\n<p>Ja, wir kommen gerne zu zweit.</p><p>Am 3.3.2026 schrieb Alice:</p><blockquote>Absage?</blockquote>";
    let report = json(&["-"], mail.as_bytes());
    assert_eq!(
        report["plain_answer"],
        serde_json::json!({
            "partstat": "ACCEPTED",
            "confidence": "certain",
            "people": 2,
            "language": "de",
            "comment": "Ja, wir kommen gerne zu zweit.",
            "reasons": [
                {"what": "yes", "phrase": "ja"},
                {"what": "yes", "phrase": "wir kommen gerne zu zweit"},
            ],
        })
    );
    let text = cis(&["inspect", "-"], mail.as_bytes());
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("answer       ACCEPTED (certain), 2 in all"),
        "{text}"
    );
    let automatic = format!("Auto-Submitted: auto-replied\r\n{mail}");
    let report = json(&["-"], automatic.as_bytes());
    assert_eq!(report["plain_answer"]["confidence"], "unclear");
    assert_eq!(report["plain_answer"]["reasons"][0]["what"], "automatic");
}
