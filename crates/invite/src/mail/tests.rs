//! Mails of every shape.

use proptest::prelude::*;

use super::*;

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
const HEAD: &str = "From: Alice Ng <alice@a.test>\r\nMIME-Version: 1.0\r\n";

fn mail(text: &str) -> Mail {
    read(text.as_bytes()).0
}

fn texts(mail: &Mail) -> Vec<&str> {
    mail.calendars.iter().map(|part| part.text.trim()).collect()
}

#[test]
fn a_calendar_is_found_wherever_it_stands_and_whatever_it_is_called() {
    let encoded = data_encoding::BASE64.encode(CALENDAR.as_bytes());
    for body in [
        format!("Content-Type: text/calendar; method=REQUEST\r\n\r\n{CALENDAR}"),
        format!(
            "Content-Type: TEXT/Calendar\r\nContent-Transfer-Encoding: Base64\r\n\r\n{encoded}"
        ),
        format!("Content-Type: application/ics; name=invite.ics\r\n\r\n{CALENDAR}"),
        format!(
            "Content-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=\"Invite.ICS\"\r\n\r\n{CALENDAR}"
        ),
        format!("Content-Type: text/plain\r\n\r\n{CALENDAR}"),
        format!("Content-Type: text/x-vcalendar\r\n\r\n{CALENDAR}"),
        format!("Content-Type: application/octet-stream\r\n\r\n{CALENDAR}"),
        format!(
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"
        ),
        format!("Content-Type: text/html\r\n\r\n\u{feff}\r\n{CALENDAR}"),
        format!(
            "Content-Type: text/plain; name*0*=utf-8''Einladung%20; name*1*=%C3%BC.vcs\r\n\r\n{CALENDAR}"
        ),
        format!("Content-Type: text/calendar\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{encoded}"),
        format!(
            "Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n{CALENDAR}"
        ),
        format!(
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\
             Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHi\r\n\
             --b\r\nContent-Type: text/calendar\r\n\r\n{CALENDAR}\r\n--b--\r\n--a\r\n\
             Content-Type: application/ics; name=invite.ics\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--a--"
        ),
    ] {
        let mail = mail(&format!("{HEAD}{body}"));
        assert_eq!(texts(&mail), [CALENDAR.trim()], "{body}");
        assert!(!mail.calendars[0].forwarded);
    }
}

#[test]
fn a_calendar_in_an_attached_mail_is_marked_as_forwarded() {
    let mail = mail(&format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n\
         From: bob@b.test\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n{CALENDAR}\r\n--a--\r\n"
    ));
    assert_eq!(texts(&mail), [CALENDAR.trim()]);
    assert!(mail.calendars[0].forwarded);
    assert_eq!(mail.from[0].address.as_str(), "alice@a.test");
}

#[test]
fn copies_are_one_calendar_and_what_differs_is_another() {
    let long = CALENDAR.replace("REQUEST", "REQUEST\r\nX-LONG:one two");
    let folded = long.replace("one two", "one\r\n  two");
    let mail_of = |calendars: &[&str]| {
        let parts: String = calendars
            .iter()
            .map(|calendar| format!("--a\r\nContent-Type: text/calendar\r\n\r\n{calendar}\r\n"))
            .collect();
        mail(&format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=a\r\n\r\n{parts}--a--\r\n"
        ))
        .calendars
        .len()
    };
    assert_eq!(mail_of(&[CALENDAR, CALENDAR]), 1);
    assert_eq!(mail_of(&[CALENDAR, &CALENDAR.replace("\r\n", "\n\n")]), 1);
    assert_eq!(mail_of(&[CALENDAR, &long, CALENDAR, &long]), 2);
    assert_eq!(
        mail_of(&[&long, &folded.replace("  two", " two"), CALENDAR]),
        3
    );
    assert_eq!(mail_of(&[""; 60]), 1);
}

#[test]
fn characters_folded_in_the_middle_stay_whole() {
    let head = format!(
        "{HEAD}Content-Type: text/calendar; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    let mut raw = head.into_bytes();
    raw.extend_from_slice(b"BEGIN:VCALENDAR\r\nX:K\xc3\r\n \xb6ln\r\nEND:VCALENDAR\r\n");
    assert!(texts(&read(&raw).0)[0].contains("X:Köln"));
}

#[test]
fn any_charset_is_decoded_and_wrong_labels_are_seen_through() {
    let body = |charset: &str, value: &[u8]| {
        let head = format!(
            "{HEAD}Content-Type: text/calendar; charset={charset}\r\n\r\nBEGIN:VCALENDAR\r\nX:"
        );
        [head.as_bytes(), value, b"\r\nEND:VCALENDAR\r\n"].concat()
    };
    for (charset, bytes, text) in [
        ("utf-8", "ö".as_bytes(), "X:ö"),
        ("iso-8859-1", b"\xf6", "X:ö"),
        ("iso-8859-1", "ö".as_bytes(), "X:ö"),
        ("utf-8", b"\xf6", "X:ö"),
        ("us-ascii", b"\xf6", "X:ö"),
        ("windows-1251", b"\xcf\xf0", "X:Пр"),
        ("iso-2022-jp", b"\x1b$B%O\x1b(B", "X:ハ"),
        ("shift_jis", b"\x83n", "X:ハ"),
        ("gb18030", b"\xc4\xe3", "X:你"),
    ] {
        let (mail, _) = read(&body(charset, bytes));
        assert!(
            texts(&mail)[0].contains(text),
            "{charset}: {:?}",
            texts(&mail)
        );
        assert_eq!(mail.calendars[0].unknown_charset, None);
    }
    let (mail, problems) = read(&body("klingon", b"\xf6"));
    assert_eq!(
        mail.calendars[0].unknown_charset.as_deref(),
        Some("klingon")
    );
    assert_eq!(problems[0].code, "unknown-charset");
}

#[test]
fn utf_16_is_known_by_its_bytes() {
    for (label, mark) in [("utf-16", true), ("utf-16le", false), ("utf-8", true)] {
        let mut bytes = Vec::new();
        let text = format!("{}{CALENDAR}", if mark { "\u{feff}" } else { "" });
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let raw = format!(
            "{HEAD}Content-Type: text/calendar; charset={label}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            data_encoding::BASE64.encode(&bytes)
        );
        assert_eq!(texts(&mail(&raw)), [CALENDAR.trim()], "{label}");
    }
}

#[test]
fn only_the_topmost_authentication_results_count_and_only_of_ses() {
    let results = |headers: &str| mail(&format!("{headers}{HEAD}\r\n")).authentication_results;
    let ses = "Authentication-Results: amazonses.com;\r\n spf=pass\r\n";
    let other = "Authentication-Results: mx.m.test; dmarc=pass\r\n";
    assert_eq!(results(ses).as_deref(), Some("amazonses.com; spf=pass"));
    assert_eq!(
        results(&format!("{ses}{other}")).as_deref(),
        Some("amazonses.com; spf=pass")
    );
    assert_eq!(results(&format!("{other}{ses}")), None);
    assert_eq!(
        results("Authentication-Results: amazonses.com.m.test; dmarc=pass\r\n"),
        None
    );
}

#[test]
fn headers_of_machines_are_read() {
    let mail = mail(&format!(
        "Return-Path: <>\r\nAuto-Submitted: Auto-Replied; owner=x\r\nPrecedence: Bulk\r\nList-Id: <a.b.test>\r\n{HEAD}\r\n"
    ));
    assert_eq!(mail.return_path, Some(None));
    assert_eq!(mail.auto_submitted.as_deref(), Some("auto-replied"));
    assert_eq!(mail.precedence.as_deref(), Some("bulk"));
    assert!(mail.from_a_list);
}

#[test]
fn every_from_is_counted_also_those_that_cannot_be_mailed_to() {
    let froms = |from: &str| {
        let mail = mail(&format!("From: {from}\r\nSubject: x\r\n\r\n"));
        (
            mail.from_headers,
            mail.from_mailboxes,
            mail.from.len(),
            mail.from_is_group,
        )
    };
    assert_eq!(froms("Alice <alice@a.test>"), (1, 1, 1, false));
    assert_eq!(froms("alice@a.test, bob@b.test"), (1, 2, 2, false));
    assert_eq!(froms("alice@a.test\r\nFROM: bob@b.test"), (2, 2, 2, false));
    assert_eq!(froms("team: alice@a.test;"), (1, 1, 1, true));
    assert_eq!(froms("alice@a.test, bob@nowhere"), (1, 2, 1, false));
}

#[test]
fn a_winmail_dat_is_seen_and_named() {
    let raw = format!("{HEAD}Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx");
    let (mail, problems) = read(raw.as_bytes());
    assert_eq!(mail.tnef, Some(tnef::Outcome::Damaged));
    assert_eq!(problems[0].code, "not-tnef");
}

#[test]
fn what_is_no_mail_is_said_so() {
    for text in ["", "\r\n", "{\"a\": 1}", "Hello: world\r\n\r\n"] {
        assert_eq!(
            mail(text).unreadable,
            Some(Unreadable::NotAMail),
            "{text:?}"
        );
    }
}

#[test]
fn mails_within_mails_without_end_are_refused() {
    let nested = format!(
        "{HEAD}{}",
        "Content-Type: message/rfc822\r\n\r\n".repeat(100_000)
    );
    assert_eq!(mail(&nested).unreadable, Some(Unreadable::NotAMail));
    let parts: String = (0..50_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let _ = mail(&format!("{HEAD}{parts}"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn anything_like_a_mail_is_read_without_a_panic(
        pieces in prop::collection::vec(prop_oneof![
            Just("From: alice@a.test\r\n".to_owned()),
            Just("Content-Type: multipart/mixed; boundary=a\r\n".to_owned()),
            Just("Content-Type: text/calendar; charset=utf-16\r\n".to_owned()),
            Just("Content-Transfer-Encoding: base64\r\n".to_owned()),
            Just("Content-Transfer-Encoding: quoted-printable\r\n".to_owned()),
            Just("\r\n--a\r\n".to_owned()),
            Just("\r\n".to_owned()),
            Just("Content-Type: message/rfc822\r\n\r\n".to_owned()),
            "(Authentication-Results|Date|Return-Path|Sender): .{0,40}\r\n",
            ".{0,60}\n",
        ], 0..40),
    ) {
        let _ = read(pieces.concat().as_bytes());
    }
}
