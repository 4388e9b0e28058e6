//! `cis jobs`, against an API that says what it is told to.

use std::process::Output;

use expect_test::expect;
use serde_json::{Value, json};

use crate::answering::{answering, asking, shown};

const UID: &str = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c";

fn jobs(api: &str, more: &[&str]) -> Output {
    asking(api, &[&["jobs", UID], more].concat())
}

fn update(state: &str, done: u64) -> Value {
    json!({
        "job": "update-3", "kind": "update", "state": state, "created": 1_772_359_200, "people": 612,
        "held_until": 1_772_359_800, "revision": 3, "replaces": "update-2",
        "sending": {
            "due": 612, "sent": done, "already_invited": 0, "already_told": 0, "unwanted": 0, "rejected": 0,
            "dropped": 0, "waiting": 612 - done, "is_done": done == 612,
        },
    })
}

#[test]
fn the_jobs_of_an_event_stand_in_a_table() {
    let list = json!({
        "job": "0123456789abcdef0123", "kind": "list", "state": "checked", "people": 1400, "held_until": null,
    });
    let (api, asked) = answering(vec![(200, json!({"jobs": [update("held", 0), list]}))]);
    expect![[r#"
        job                   kind          state               people
        update-3              update        held                   612  until 2026-03-01T10:10:00Z
        0123456789abcdef0123  list          checked               1400
    "#]]
    .assert_eq(&shown(&jobs(&api, &[])));
    let asked = asked.join().unwrap().remove(0);
    assert!(
        asked.starts_with(&format!("GET /event/{UID}/jobs HTTP/1.1\r\n")),
        "{asked}"
    );
    assert!(
        asked
            .to_lowercase()
            .contains("authorization: bearer secret-token\r\n"),
        "{asked}"
    );
}

#[test]
fn one_job_tells_how_far_its_letters_have_come() {
    let (api, _) = answering(vec![(200, update("staged", 300))]);
    expect![[r#"
        job                      update-3
        kind                     update
        state                    staged
        people                   612
        in place of              update-2
        sent                     300
        waiting                  312
        done                     no
    "#]]
    .assert_eq(&shown(&jobs(&api, &["update-3"])));
}

#[test]
fn it_is_watched_until_it_is_done_and_a_line_is_written_when_something_has_happened() {
    let answers = [
        update("held", 0),
        update("held", 0),
        update("staged", 300),
        update("staged", 612),
    ];
    let (api, _) = answering(answers.into_iter().map(|answer| (200, answer)).collect());
    expect![[r#"
        held: 0 of 612, 612 waiting, until 2026-03-01T10:10:00Z
        staged: 300 of 612, 312 waiting
        staged: 612 of 612, 0 waiting
    "#]]
    .assert_eq(&shown(&jobs(&api, &["update-3", "--watch"])));
}

#[test]
fn a_report_has_rows_and_is_done_when_it_is_written() {
    let report = |state: &str, rows: u64| json!({"job": "4be1c02e5f7d4a3b9c10", "kind": "report", "state": state, "rows": rows});
    let (api, _) = answering(vec![(200, json!({"jobs": [report("written", 7)]}))]);
    expect![[r#"
        job                   kind          state               people
        4be1c02e5f7d4a3b9c10  report        written                  7
    "#]]
    .assert_eq(&shown(&jobs(&api, &[])));
    let (api, _) = answering(vec![(200, report("written", 7))]);
    expect![[r#"
        job                      4be1c02e5f7d4a3b9c10
        kind                     report
        state                    written
        rows                     7
        done                     yes
    "#]]
    .assert_eq(&shown(&jobs(&api, &["4be1c02e5f7d4a3b9c10"])));
    let answers = vec![
        (200, report("writing", 40_000)),
        (200, report("written", 60_000)),
    ];
    let (api, _) = answering(answers);
    expect![[r#"
        writing: 40000 rows
        written: 60000 rows
    "#]]
    .assert_eq(&shown(&jobs(&api, &["4be1c02e5f7d4a3b9c10", "--watch"])));
}

#[test]
fn a_reminder_tells_how_many_have_not_answered() {
    let reminder = json!({
        "job": "reminder-0123456789ab", "kind": "reminder", "state": "staged", "created": 1_772_359_200, "people": 0,
        "held_until": null, "dry_run": true, "revision": 3, "reminds": 12, "not_reminded": {"answered": 30},
        "sending": {"due": 0, "sent": 0, "waiting": 0, "is_done": true},
    });
    let (api, _) = answering(vec![(200, reminder)]);
    expect![[r#"
        job                      reminder-0123456789ab
        kind                     reminder
        state                    staged
        people                   0
        dry run                  nobody is reminded
        reminds                  12
        sent                     0
        done                     yes
    "#]]
    .assert_eq(&shown(&jobs(&api, &["reminder-0123456789ab"])));
}

#[test]
fn programs_get_what_the_api_answers() {
    let (api, _) = answering(vec![(200, update("staged", 612))]);
    let output = shown(&jobs(&api, &["update-3", "--json"]));
    assert_eq!(
        serde_json::from_str::<Value>(&output).unwrap(),
        update("staged", 612)
    );
}

#[test]
fn what_the_api_refuses_is_told_and_ends_with_1() {
    let problem = json!({"type": "unknown-job", "status": 404, "detail": "The event has no job of that name."});
    let (api, _) = answering(vec![(404, problem)]);
    let output = jobs(&api, &["update-9"]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        error,
        "cis jobs: The event has no job of that name. (404)\n"
    );
}

#[test]
fn an_api_that_cannot_be_asked_ends_with_2_and_the_token_stays_here() {
    for (api, told) in [
        ("http://127.0.0.1:1", "127.0.0.1:1"),
        ("http://api.acme.example", "is not https://"),
    ] {
        let output = jobs(api, &[]);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(told), "{error}");
        assert!(!error.contains("secret-token"), "{error}");
    }
}
