//! `cis list`: its exit codes, and the shape promised in docs/list.md.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use expect_test::expect;

const LIST: &str =
    "Name;E-Mail\nBob Näslund;bob@b.test\n;carol@c.test\nDan;dan(at)d.test\nBob;BOB@b.test\n";

fn list(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cis"))
        .arg("list")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_list_for_people() {
    let output = list(&["-"], LIST);
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        line 2: Bob Näslund <bob@b.test>
        line 3: carol@c.test
        line 4: nobody, what stands in place of the address is not one mail can be sent to
        line 5: nobody, the address stands in an earlier row, too
        4 rows: 2 to invite, 2 with a problem
    "#]]
    .assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_list_for_programs() {
    expect![[r#"
        {"row":1,"line":2,"address":"bob@b.test","name":"Bob Näslund","problem":null}
        {"row":2,"line":3,"address":"carol@c.test","name":null,"problem":null}
        {"row":3,"line":4,"address":null,"name":null,"problem":"what stands in place of the address is not one mail can be sent to"}
        {"row":4,"line":5,"address":null,"name":null,"problem":"the address stands in an earlier row, too"}
        {"rows":4,"invited":2,"problems":2}
    "#]]
    .assert_eq(&String::from_utf8(list(&["--json", "-"], LIST).stdout).unwrap());
}

#[test]
fn a_list_without_a_fault_ends_with_0_and_one_that_cannot_be_read_with_2() {
    assert_eq!(list(&["-"], "bob@b.test\n").status.code(), Some(0));
    assert_eq!(list(&["-"], "").status.code(), Some(0));
    let output = list(&["/nonexistent"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("/nonexistent")
    );
}
