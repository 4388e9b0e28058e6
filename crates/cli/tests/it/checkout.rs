//! `cis tenants`, `cis dlq` and `cis doctor` hand over to the scripts of a checkout, here to ones that say what they got.
#![cfg(unix)]

use std::{
    path::Path,
    process::{Command, Output},
};

/// A folder that is known for a checkout, whose scripts tell their arguments and end with 3.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/checkout");

fn cis(folder: &Path, named: Option<&Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cis"));
    command.args(arguments).current_dir(folder);
    match named {
        Some(named) => command.env("CIS_CHECKOUT", named),
        None => command.env_remove("CIS_CHECKOUT"),
    };
    command.output().unwrap()
}

fn said(output: &Output) -> (String, Option<i32>) {
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    (said.trim_end().to_owned(), output.status.code())
}

#[test]
fn the_scripts_of_the_checkout_around_get_what_was_said_and_their_exit_code_is_ours() {
    let within = Path::new(CHECKOUT).join("infra/config");
    for (arguments, expected) in [
        (&["tenants"][..], "tenant list"),
        (&["tenants", "--json"], "tenant list --json"),
        (
            &["dlq", "explain", "record-event", "--stage", "prod"],
            "dlq explain record-event --stage prod",
        ),
        (&["dlq", "--help"], "dlq --help"),
        (&["doctor", "--tenant", "acme"], "doctor --tenant acme"),
    ] {
        let output = cis(&within, None, arguments);
        assert_eq!(said(&output), (expected.to_owned(), Some(3)));
    }
}

#[test]
fn a_checkout_elsewhere_is_named() {
    let output = cis(Path::new("/"), Some(Path::new(CHECKOUT)), &["doctor"]);
    assert_eq!(said(&output), ("doctor".to_owned(), Some(3)));
}

#[test]
fn without_a_checkout_it_says_what_it_needs() {
    for named in [None, Some(Path::new("/"))] {
        let output = cis(Path::new("/"), named, &["dlq", "list"]);
        let told = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(told.contains("there is no scripts/dlq here"), "{told}");
        assert!(told.contains("CIS_CHECKOUT"), "{told}");
    }
}
