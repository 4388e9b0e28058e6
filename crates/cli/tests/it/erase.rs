//! `cis erase`, against an API that says what it is told to.

use expect_test::expect;
use serde_json::{Value, json};

use crate::answering::{answering, asking, shown};

fn erasure(changes: &Value) -> Value {
    let mut erasure = json!({
        "id": "5f".repeat(16), "state": "running", "asked_by": "api", "created": 1_772_359_200, "done": null,
        "items": 0, "events": 0, "mentions": 0, "mails": 0, "refused": 0,
    });
    erasure
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    erasure
}

#[test]
fn a_person_is_erased_and_waited_for() {
    let done = erasure(&json!({
        "state": "done", "done": 1_772_359_260, "items": 4_120, "events": 2, "mentions": 1, "mails": 3,
    }));
    let (api, asked) = answering(vec![
        (202, erasure(&json!({}))),
        (200, erasure(&json!({"items": 2_000}))),
        (200, done),
    ]);
    let erased = asking(&api, &["erase", "bob@b.test", "--wait"]);
    expect![[r#"
        running: 0 items
        running: 2000 items
        erasure             5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f
        state               done
        asked by            api
        asked               2026-03-01T10:00:00Z
        done                2026-03-01T10:01:00Z
        events left         2
        named no more by    1
        mails deleted       3
        refusals forgotten  0
        items looked at     4120
    "#]]
    .assert_eq(&shown(&erased));
    let asked = asked.join().unwrap();
    let [begins, follows, _] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert!(begins.starts_with("POST /system/erasures "), "{begins}");
    assert!(begins.ends_with(r#"{"email":"bob@b.test"}"#), "{begins}");
    // The address stands in no address, and so in no log.
    let path = format!("GET /system/erasures/{} ", "5f".repeat(16));
    assert!(follows.starts_with(&path), "{follows}");
}

#[test]
fn without_waiting_it_is_begun_and_that_is_shown() {
    let (api, asked) = answering(vec![(202, erasure(&json!({})))]);
    let begun = asking(&api, &["erase", "bob@b.test", "--json"]);
    let answer: Value = serde_json::from_str(&shown(&begun)).unwrap();
    assert_eq!(answer, erasure(&json!({})));
    assert_eq!(asked.join().unwrap().len(), 1);
}

#[test]
fn a_no_is_told_with_its_reason() {
    let no = json!({"detail": "This person organizes events."});
    let (api, _) = answering(vec![(409, no)]);
    let output = asking(&api, &["erase", "olga@o.test"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "cis erase: This person organizes events. (409)\n");
}
