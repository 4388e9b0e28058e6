//! `cis explain`: one example for each rule people ask about, as files of `golden/explain/`: what is stored, the mail, and
//! what is said of both.

mod story;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use expect_test::expect_file;
use invite::{decide::Rule, event::Uninvited};
use serde_json::Value;

use story::{
    ALICE, BOB, CAROL, DORA, KEY, KICKOFF, KICKOFF_MOVED, NINE, NOON, Stored, as_aws_prints,
    from_attendee, held_update, mail, request, stop, token_of, uid, unproven,
};

const STATES: [&str; 8] = [
    "nothing", "kickoff", "answered", "moved", "held", "series", "approve", "closed",
];

/// What is stored, by the name of its file.
fn state(name: &str) -> Vec<Value> {
    let kickoff = || Stored::event(false).invited(BOB).invited(CAROL);
    let answered = || kickoff().answered(&accepted("20260301T100000Z"));
    let stored = match name {
        "nothing" => return Vec::new(),
        "kickoff" => kickoff(),
        "answered" => answered(),
        "moved" => answered().moved(),
        "held" => {
            let mut items = answered().moved().items();
            items.push(held_update());
            return items;
        }
        "series" => Stored::event(true)
            .invited(BOB)
            .answered(&accepted("20260301T100000Z")),
        "approve" => kickoff().for_uninvited(Uninvited::Approve),
        "closed" => kickoff().for_uninvited(Uninvited::Closed),
        other => panic!("{other}"),
    };
    stored.items()
}

fn accepted(dtstamp: &str) -> String {
    reply("Sun, 1 Mar 2026 10:00:00 +0000", "ACCEPTED", dtstamp, "")
}

fn reply(date: &str, partstat: &str, dtstamp: &str, more: &str) -> String {
    let attendee = format!(";PARTSTAT={partstat}:mailto:{BOB}");
    let lines = format!("DTSTAMP:{dtstamp}\nSEQUENCE:0{more}");
    from_attendee(BOB, &token_of(BOB), date, "REPLY", &attendee, &lines)
}

/// Dora answers the invitation Bob has passed on to her.
fn doras(date: &str) -> String {
    let attendee = format!(";PARTSTAT=ACCEPTED:mailto:{DORA}");
    let lines = "DTSTAMP:20260301T110000Z\nSEQUENCE:0";
    from_attendee(DORA, &token_of(BOB), date, "REPLY", &attendee, lines)
}

/// Each example: its name, what is stored, the mail.
fn examples() -> Vec<(&'static str, &'static str, String)> {
    let create = "create@acme.invites.example";
    let to_bob = token_of(BOB);
    let none_issued = "alice+aaaaaaaaaaaaaaaa@acme.invites.example";
    let of_bob = |method: &str, params: &str, lines: &str| {
        let attendee = format!("{params}:mailto:{BOB}");
        from_attendee(BOB, &to_bob, NOON, method, &attendee, lines)
    };
    vec![
        ("request-new", "nothing", request(NINE, KICKOFF)),
        ("request-stale", "moved", {
            request(NOON, &KICKOFF.replace("Room 4", "Room 3"))
        }),
        ("request-again", "answered", request(NINE, KICKOFF)),
        (
            "request-significant",
            "answered",
            request(NOON, KICKOFF_MOVED),
        ),
        ("request-of-no-consequence", "answered", {
            request(
                NOON,
                &KICKOFF.replace("T090000Z\nSEQUENCE", "T110000Z\nSEQUENCE"),
            )
        }),
        ("cancel-by-a-stranger", "answered", {
            let vevent = "UID:kickoff@a.example\nORGANIZER:mailto:mallory@m.example\n\
                DTSTAMP:20260301T110000Z\nSEQUENCE:5\nDTSTART:20260303T090000Z";
            mail("mallory@m.example", create, NOON, "CANCEL", vevent)
        }),
        ("cancel-in-anothers-name", "answered", {
            let vevent = format!(
                "UID:kickoff@a.example\nORGANIZER:mailto:{ALICE}\n\
                 DTSTAMP:20260301T110000Z\nSEQUENCE:5\nDTSTART:20260303T090000Z"
            );
            mail("mallory@m.example", create, NOON, "CANCEL", &vevent)
        }),
        ("cancel", "answered", {
            let vevent = format!(
                "UID:kickoff@a.example\nORGANIZER:mailto:{ALICE}\n\
                 DTSTAMP:20260301T090000Z\nSEQUENCE:0\nDTSTART:20260303T090000Z"
            );
            mail(ALICE, create, NOON, "CANCEL", &vevent)
        }),
        ("reply-newer", "answered", {
            reply(NOON, "DECLINED", "20260301T110000Z", "")
        }),
        ("reply-older", "answered", {
            reply(NOON, "DECLINED", "20260301T095900Z", "")
        }),
        ("reply-to-an-earlier-version", "moved", {
            reply(NOON, "DECLINED", "20260301T110000Z", "")
        }),
        ("reply-forged", "kickoff", {
            let vevent = format!(
                "UID:{}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{BOB}\n\
                 DTSTAMP:20260301T110000Z\nSEQUENCE:0",
                uid()
            );
            unproven("mallory@m.example", none_issued, NOON, "REPLY", &vevent)
        }),
        ("reply-for-one-date", "series", {
            let instance = "\nRECURRENCE-ID:20260310T090000Z";
            reply(NOON, "DECLINED", "20260301T110000Z", instance)
        }),
        ("counter", "answered", {
            let lines = "DTSTAMP:20260301T110000Z\nSEQUENCE:0\nDTSTART:20260303T140000Z\n\
                DTEND:20260303T150000Z\nCOMMENT:Not before lunch";
            of_bob("COUNTER", ";PARTSTAT=TENTATIVE", lines)
        }),
        ("counter-stale", "moved", {
            let lines = "DTSTAMP:20260301T110000Z\nSEQUENCE:0\nDTSTART:20260303T140000Z\n\
                DTEND:20260303T150000Z";
            of_bob("COUNTER", ";PARTSTAT=TENTATIVE", lines)
        }),
        ("stop", "held", stop(ALICE, "STOP")),
        ("stop-unclear", "held", stop(ALICE, "Who are they?")),
        (
            "stop-by-a-stranger",
            "held",
            stop("mallory@m.example", "STOP"),
        ),
        ("delegated", "kickoff", {
            let params = format!(";PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:{DORA}\"");
            of_bob("REPLY", &params, "DTSTAMP:20260301T110000Z\nSEQUENCE:0")
        }),
        ("uninvited-open", "kickoff", doras(NOON)),
        ("uninvited-approve", "approve", doras(NOON)),
        ("uninvited-closed", "closed", doras(NOON)),
        ("refresh", "moved", {
            of_bob("REFRESH", "", "DTSTAMP:20260301T110000Z")
        }),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/explain")
}

fn cis(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cis"))
        .current_dir(folder().join("../.."))
        .args(arguments)
        .output()
        .unwrap()
}

fn explain(mail: &str, state: &str, more: &[&str]) -> Output {
    let path = |name: &str| format!("golden/explain/{name}");
    let (mail, state, key) = (path(mail), path(state), path("key"));
    let arguments = ["explain", &mail, "--state", &state, "--key", &key];
    cis(&[&arguments[..], more].concat())
}

fn printed(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn each_example_is_explained_as_its_golden_file_says() {
    expect_file![folder().join("key")].assert_eq(&format!("{KEY}\n"));
    for name in STATES {
        let file = folder().join(format!("{name}.json"));
        expect_file![file].assert_eq(&as_aws_prints(&state(name)));
    }
    for (name, state, mail) in examples() {
        expect_file![folder().join(format!("{name}.eml"))].assert_eq(&mail);
        let output = explain(&format!("{name}.eml"), &format!("{state}.json"), &[]);
        expect_file![folder().join(format!("{name}.txt"))].assert_eq(&printed(&output));
    }
}

#[test]
fn programs_get_the_same_as_json() {
    let output = explain("reply-newer.eml", "answered.json", &["--json"]);
    expect_file![folder().join("reply-newer.json")].assert_eq(&printed(&output));
}

#[test]
fn plain_json_is_as_good_as_dynamodbs() {
    let plain = serde_json::to_vec(&state("answered")).unwrap();
    let file = std::env::temp_dir().join(format!("cis-explain-{}.json", std::process::id()));
    std::fs::write(&file, plain).unwrap();
    let of_plain = cis(&[
        "explain",
        "golden/explain/reply-newer.eml",
        "--key",
        "golden/explain/key",
        "--state",
        file.to_str().unwrap(),
    ]);
    std::fs::remove_file(&file).unwrap();
    let of_dynamodb = explain("reply-newer.eml", "answered.json", &[]);
    assert_eq!(printed(&of_plain), printed(&of_dynamodb));
}

#[test]
fn without_the_key_no_token_is_proven_and_an_event_is_known_by_its_organizer() {
    let without = |mail: &str| {
        let mail = format!("golden/explain/{mail}");
        let state = "golden/explain/answered.json";
        let output = cis(&["explain", &mail, "--state", state, "--json"]);
        let explained: Value = serde_json::from_str(&printed(&output)).unwrap();
        explained
    };
    let reply = without("reply-newer.eml");
    assert_eq!(reply["key_is_given"], false);
    assert_eq!(reply["reasons"][0]["code"], "token-of-nobody");
    let request = without("request-significant.eml");
    assert_eq!(request["decision"]["outcomes"][0]["kind"], "updated");
}

#[test]
fn what_is_known_of_people_changes_the_decision() {
    for (mail, state, option, told) in [
        (
            "request-new.eml",
            "nothing.json",
            "--suspended",
            "organizer-suspended",
        ),
        (
            "request-new.eml",
            "nothing.json",
            "--enrolled-only",
            "organizer-not-enrolled",
        ),
        (
            "request-new.eml",
            "nothing.json",
            "--events-per-organizer=0",
            "event-limit",
        ),
        (
            "uninvited-open.eml",
            "kickoff.json",
            "--invites-per-event=2",
            "cannot-be-invited",
        ),
        (
            "uninvited-open.eml",
            "kickoff.json",
            "--blocked=dora@d.example",
            "cannot-be-invited",
        ),
    ] {
        let output = explain(mail, state, &[option, "--json"]);
        let explained: Value = serde_json::from_str(&printed(&output)).unwrap();
        let outcome = &explained["decision"]["outcomes"][0];
        assert_eq!(outcome["reason"], told, "{option}");
        assert_eq!(explained["writes"], Value::Array(Vec::new()), "{option}");
    }
}

#[test]
fn what_cannot_be_read_ends_with_2_and_the_reason() {
    for (mail, state, told) in [
        ("reply-newer.eml", "key", "it is no JSON"),
        ("reply-newer.eml", "absent", "golden/explain/absent: "),
        ("absent", "answered.json", "golden/explain/absent: "),
        ("nothing.json", "answered.json", "it is no mail"),
    ] {
        let output = explain(mail, state, &[]);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn help_says_how_to_get_the_state() {
    let help = printed(&cis(&["explain", "--help"]));
    assert!(help.contains("aws dynamodb query"), "{help}");
    assert!(help.contains("event#UID"), "{help}");
}

/// The documentation's example is run as it stands there.
#[test]
fn the_documentation_shows_what_is_printed() {
    let documentation = std::fs::read_to_string(folder().join("../../docs/explain.md")).unwrap();
    let example = documentation
        .split("```\n$ ")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let (command, shown) = example.split_once('\n').unwrap();
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(printed(&cis(&arguments)), shown);
}

#[test]
fn every_field_of_the_json_is_in_the_documentation() {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    found.push(name.clone());
                    if !["mail", "before", "after", "value"].contains(&name.as_str()) {
                        names(value, found);
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let documentation = std::fs::read_to_string(folder().join("../../docs/explain.md")).unwrap();
    let mut found = Vec::new();
    for (name, state, _) in examples() {
        let output = explain(
            &format!("{name}.eml"),
            &format!("{state}.json"),
            &["--json"],
        );
        names(
            &serde_json::from_str(&printed(&output)).unwrap(),
            &mut found,
        );
    }
    for name in found {
        // The keys of instances are dates.
        if name.starts_with('2') {
            continue;
        }
        let is_named = ["`", ".", "{", " "].iter().any(|before| {
            ["`", ",", "}"]
                .iter()
                .any(|after| documentation.contains(&format!("{before}{name}{after}")))
        });
        assert!(is_named, "docs/explain.md does not name {name}");
    }
}

#[test]
fn every_rule_is_in_the_documentation() {
    let mut table = "# The rules decisions are made by\n\n\
        What [`cis explain`](explain.md) names as reasons, in the order of a mail's way; written by a test from the code. A code is stable.\n\
        semantics.md are the rules this project adds where the RFCs leave room, by row of its table of order and repetition or by chapter.\n\n\
        | code | what it says | written in |\n|---|---|---|\n"
        .to_owned();
    for rule in Rule::ALL {
        let (code, says, written_in) = (rule.code(), rule.says(), rule.written_in());
        table.push_str(&format!("| `{code}` | {says} | {written_in} |\n"));
    }
    expect_file![folder().join("../../docs/rules.md")].assert_eq(&table);
}
