//! `cis keys`, against an API that says what it is told to.

use std::process::{Command, Output};

use expect_test::expect;
use serde_json::{Value, json};

use crate::answering::{answering, asking, shown};

fn keys(api: &str, more: &[&str]) -> Output {
    asking(api, &[&["keys"], more].concat())
}

fn key(changes: &Value) -> Value {
    let mut key = json!({
        "id": "abcdefghij234567", "name": "the shop", "scopes": ["events:read", "invites:write"], "organizer": null,
        "per_minute": 600, "created": 1_772_359_200, "expires": null, "revoked": null, "last_used": null,
    });
    key.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    key
}

#[test]
fn a_key_is_made_and_shown_alone_in_the_first_line() {
    let (api, asked) = answering(vec![(
        201,
        key(&json!({"key": "cis_abcdefghij234567_secret"})),
    )]);
    let made = keys(
        &api,
        &[
            "create",
            "the shop",
            "--scope",
            "events:read",
            "--scope",
            "invites:write",
            "--days",
            "30",
        ],
    );
    expect![[r#"
        cis_abcdefghij234567_secret

        id          abcdefghij234567
        name        the shop
        may         events:read invites:write
        of          everybody's events
        a minute    600
        made        2026-03-01T10:00:00Z
        state       good until it is revoked

        The key is shown this once: put it where secrets are kept. Programs send it as x-api-key.
    "#]]
    .assert_eq(&shown(&made));
    let asked = asked.join().unwrap().remove(0);
    assert!(
        asked.starts_with("POST /system/keys HTTP/1.1\r\n"),
        "{asked}"
    );
    let (_, body) = asked.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let expected =
        json!({"name": "the shop", "scopes": ["events:read", "invites:write"], "days": 30});
    assert_eq!(body, expected);
}

#[test]
fn the_keys_stand_in_a_table() {
    let revoked = key(
        &json!({"revoked": 1_772_359_260, "last_used": "2026-03-01", "organizer": "olga@a.test"}),
    );
    let ends = key(&json!({"expires": 1_774_951_200}));
    let (api, _) = answering(vec![(200, json!({"keys": [revoked, ends]}))]);
    expect![[r#"
        id                last used   state                               of                        name: what it may
        abcdefghij234567  2026-03-01  revoked 2026-03-01T10:01:00Z        olga@a.test               the shop: events:read invites:write
        abcdefghij234567  never       good until 2026-03-31T10:00:00Z     everybody's events        the shop: events:read invites:write
    "#]]
    .assert_eq(&shown(&keys(&api, &["list"])));
}

#[test]
fn a_key_is_revoked_by_its_id() {
    let (api, asked) = answering(vec![(200, key(&json!({"revoked": 1_772_359_260})))]);
    let revoked = keys(&api, &["revoke", "abcdefghij234567", "--json"]);
    let answer: Value = serde_json::from_str(&shown(&revoked)).unwrap();
    assert_eq!(answer["revoked"], 1_772_359_260);
    let asked = asked.join().unwrap().remove(0);
    assert!(
        asked.starts_with("POST /system/keys/abcdefghij234567/revoke "),
        "{asked}"
    );

    // The key itself stays out of addresses, and so out of logs.
    let refused = keys(
        "http://127.0.0.1:1",
        &["revoke", "cis_abcdefghij234567_secret"],
    );
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_no_is_told_with_its_reason() {
    let no = json!({"detail": "Only administrators may, signed in themselves."});
    let (api, _) = answering(vec![(403, no)]);
    let output = keys(&api, &["list"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "cis keys: Only administrators may, signed in themselves. (403)\n"
    );
    let missing = Command::new(env!("CARGO_BIN_EXE_cis"))
        .args(["keys", "list"])
        .env_remove("CIS_API")
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(2));
}
