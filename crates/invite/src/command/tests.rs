//! What becomes of whole mails.

mod reasons;
mod words;

use expect_test::expect;

use super::*;
use crate::language::Language;
use crate::{decide::NotInvited, delivery::Unwanted, time::CalendarTime};

const SES: &str = "Authentication-Results: amazonses.com; dkim=pass header.i=@a.test;\r\n";

fn policy() -> Policy {
    Policy {
        mail_domain: "acme.invites.example".to_owned(),
        trusted_calendar_senders: Address::parse("calendar-notification@google.com")
            .into_iter()
            .collect(),
        shared_calendar_domains: vec!["group.calendar.google.com".to_owned()],
    }
}

fn receipt(from: &str, to: &str) -> Receipt {
    Receipt {
        recipients: vec![Address::parse(to).unwrap()],
        envelope_from: Address::parse(from),
        dmarc: Verdict::Pass,
        ..Receipt::default()
    }
}

/// A mail with one calendar; `event` stands in its VEVENT.
fn mail(from: &str, method: &str, headers: &str, event: &str) -> String {
    format!(
        "{headers}From: {from}\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n\
         {event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

const EVENT: &str =
    "UID:kickoff\r\nDTSTART:20260310T090000Z\r\nORGANIZER;CN=Alice Ng:mailto:alice@a.test";

fn outcome(raw: &str, receipt: &Receipt) -> String {
    match read(raw.as_bytes(), receipt, &policy()).command {
        Ok(Command::Request(request)) => format!("request {}", request.client_uid),
        Ok(Command::Cancel(cancel)) => format!("cancel {}", cancel.client_uid),
        Ok(Command::Reply(reply)) => {
            format!("reply {} {:?}", reply.by.uid, reply.answers[0].partstat)
        }
        Ok(Command::Counter(counter)) => {
            format!(
                "counter {} {:?}",
                counter.by.uid, counter.proposals[0].start
            )
        }
        Ok(Command::Refresh(by)) => format!("refresh {}", by.uid),
        Ok(Command::Unclear(by)) => format!("unclear {}", by.uid),
        Ok(Command::Approval(approval)) => format!("approval {:?}", approval.verdict),
        Ok(Command::Stop(stop)) => format!(
            "stop {}, from {}",
            stop.says_stop, stop.from_is_authenticated
        ),
        Ok(Command::Unsubscribe(unsubscribe)) => format!(
            "unsubscribe, ticket {}, from {}{}",
            unsubscribe.ticket.is_some(),
            unsubscribe.from_is_authenticated,
            unsubscribe.erases().map_or("", |_| ", erases him")
        ),
        Ok(Command::List(list)) => format!("list for {}, dry run {}", list.uid, list.dry_run),
        Err(refusal) => format!(
            "{:?}{}",
            refusal.reason,
            if refusal.notify.is_some() {
                ", and says so"
            } else {
                ""
            }
        ),
    }
}

fn to_create(event: &str) -> String {
    let raw = mail("alice@a.test", "REQUEST", SES, event);
    outcome(
        &raw,
        &receipt("alice@a.test", "create@acme.invites.example"),
    )
}

#[test]
fn an_invitation_of_its_organizer_is_a_request() {
    let raw = mail("Al <alice@a.test>", "REQUEST", SES, EVENT);
    let receipt = receipt("alice@a.test", "create@acme.invites.example");
    let Ok(Command::Request(request)) = read(raw.as_bytes(), &receipt, &policy()).command else {
        panic!("refused");
    };
    assert_eq!(request.organizer.address.as_str(), "alice@a.test");
    assert_eq!(request.organizer.name.as_deref(), Some("Alice Ng"));
    let whole = request.whole.unwrap();
    assert_eq!(whole.stamp.sequence, 0);
    assert_eq!(whole.stamp.dtstamp.to_string(), "2026-03-03T09:00:00Z");
    assert_eq!(whole.details.end, whole.details.start);
}

#[test]
fn what_is_missing_or_cannot_be_right_is_named() {
    for (event, expected) in [
        (
            "DTSTART:20260310T090000Z\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Missing { property: "UID" }, and says so"#]],
        ),
        (
            "UID:1\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Missing { property: "DTSTART" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000Z",
            expect![[r#"Missing { property: "ORGANIZER" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:soon\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Invalid { property: "DTSTART" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART;TZID=Nowhere:20260310T090000\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Invalid { property: "DTSTART" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000Z\r\nDTEND:20260310T080000Z\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Invalid { property: "DTEND" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000\r\nDTEND:20260310T100000Z\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Invalid { property: "DTEND" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:20260310\r\nDTEND:20260310T100000Z\r\nORGANIZER:mailto:alice@a.test",
            expect![[r#"Invalid { property: "DTEND" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000Z\r\nORGANIZER:invalid:nomail",
            expect![[r#"Invalid { property: "ORGANIZER" }, and says so"#]],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000Z\r\nORGANIZER:mailto:bob@b.test",
            expect!["NotTheOrganizer, and says so"],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000Z\r\nRRULE:FREQ=DAILY\r\nORGANIZER:mailto:alice@a.test",
            expect!["request 1"],
        ),
        (
            "UID:1\r\nDTSTART:20260310T090000Z\r\nORGANIZER:mailto:team@group.calendar.google.com",
            expect!["request 1"],
        ),
    ] {
        expected.assert_eq(&to_create(event));
    }
}

#[test]
fn a_day_that_ends_on_itself_lasts_that_day() {
    let raw = mail(
        "alice@a.test",
        "REQUEST",
        SES,
        "UID:1\r\nDTSTART;VALUE=DATE:20260310\r\nDTEND;VALUE=DATE:20260310\r\nORGANIZER:mailto:alice@a.test",
    );
    let receipt = receipt("alice@a.test", "create@acme.invites.example");
    let Ok(Command::Request(request)) = read(raw.as_bytes(), &receipt, &policy()).command else {
        panic!("refused");
    };
    assert_eq!(
        request.whole.unwrap().details.end,
        CalendarTime::AllDay("2026-03-11".parse().unwrap())
    );
}

#[test]
fn an_overlong_event_is_refused() {
    let event = |bytes| to_create(&format!("{EVENT}\r\nDESCRIPTION:{}", "x".repeat(bytes)));
    assert_eq!(event(MAX_DETAILS_BYTES), "request kickoff");
    assert_eq!(
        event(MAX_DETAILS_BYTES + 1),
        "TooLarge { limit_bytes: 131072 }, and says so"
    );
}

#[test]
fn each_mailbox_takes_what_it_is_for() {
    let reply = "UID:1\r\nDTSTAMP:20260303T090000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@b.test";
    let mut seen = String::new();
    for mailbox in [
        "create",
        "rsvp",
        "bulk",
        "alice-ng+k7f3q2zr5m4x2c6d",
        "alice-ng+nonsense",
        "info",
    ] {
        for (method, from, event) in [
            ("REQUEST", "alice@a.test", EVENT),
            ("CANCEL", "alice@a.test", EVENT),
            ("REPLY", "bob@b.test", reply),
        ] {
            let raw = mail(from, method, "", event);
            let receipt = receipt(from, &format!("{mailbox}@acme.invites.example"));
            seen.push_str(&format!(
                "{mailbox} {method}: {}\n",
                outcome(&raw, &receipt)
            ));
        }
    }
    expect![[r#"
        create REQUEST: request kickoff
        create CANCEL: cancel kickoff
        create REPLY: reply 1 Some(Accepted)
        rsvp REQUEST: NotACommandMailbox, and says so
        rsvp CANCEL: NotACommandMailbox, and says so
        rsvp REPLY: reply 1 Some(Accepted)
        bulk REQUEST: NoEventNamed, and says so
        bulk CANCEL: NoEventNamed, and says so
        bulk REPLY: NoEventNamed, and says so
        alice-ng+k7f3q2zr5m4x2c6d REQUEST: NotACommandMailbox, and says so
        alice-ng+k7f3q2zr5m4x2c6d CANCEL: NotACommandMailbox, and says so
        alice-ng+k7f3q2zr5m4x2c6d REPLY: reply 1 Some(Accepted)
        alice-ng+nonsense REQUEST: NotACommandMailbox, and says so
        alice-ng+nonsense CANCEL: NotACommandMailbox, and says so
        alice-ng+nonsense REPLY: reply 1 Some(Accepted)
        info REQUEST: NotACommandMailbox, and says so
        info CANCEL: NotACommandMailbox, and says so
        info REPLY: NotACommandMailbox, and says so
    "#]]
    .assert_eq(&seen);
}

#[test]
fn methods_that_are_not_taken_up_yet_are_refused_politely() {
    let mut seen = String::new();
    for method in [
        "COUNTER",
        "DECLINECOUNTER",
        "REFRESH",
        "ADD",
        "PUBLISH",
        "DANCE",
        "",
    ] {
        let raw = mail("alice@a.test", method, SES, EVENT);
        let receipt = receipt("alice@a.test", "create@acme.invites.example");
        seen.push_str(&format!("{method}: {}\n", outcome(&raw, &receipt)));
    }
    expect![[r#"
        COUNTER: counter kickoff Utc(2026-03-10T09:00:00Z)
        DECLINECOUNTER: NotSupported { what: "an answer to a proposal for another time" }, and says so
        REFRESH: refresh kickoff
        ADD: request kickoff
        PUBLISH: request kickoff
        DANCE: Invalid { property: "METHOD" }, and says so
        : Missing { property: "METHOD" }, and says so
    "#]].assert_eq(&seen);
}

#[test]
fn automatic_mail_is_never_answered_and_only_its_replies_are_taken_up() {
    let reply = "UID:1\r\nATTENDEE;PARTSTAT=DECLINED:mailto:room@b.test";
    let mut seen = String::new();
    for headers in [
        "Auto-Submitted: no\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Auto-Submitted: auto-generated\r\nSender: calendar-notification@google.com\r\n",
        "Auto-Submitted: auto-replied (vacation)\r\n",
        "Precedence: bulk\r\n",
        "Return-Path: <>\r\n",
        "List-Id: <all.b.test>\r\n",
    ] {
        let raw = mail("room@b.test", "REPLY", headers, reply);
        let as_reply = outcome(
            &raw,
            &receipt("room@b.test", "a+k7f3q2zr5m4x2c6d@acme.invites.example"),
        );
        let raw = mail("alice@a.test", "REQUEST", headers, EVENT);
        let as_request = outcome(
            &raw,
            &receipt("alice@a.test", "create@acme.invites.example"),
        );
        seen.push_str(&format!(
            "{}: {as_reply}; {as_request}\n",
            headers.trim().replace("\r\n", ", ")
        ));
    }
    expect![[r#"
        Auto-Submitted: no: reply 1 Some(Declined); request kickoff
        Auto-Submitted: auto-generated: reply 1 Some(Declined); Loop
        Auto-Submitted: auto-generated, Sender: calendar-notification@google.com: reply 1 Some(Declined); request kickoff
        Auto-Submitted: auto-replied (vacation): reply 1 Some(Declined); Loop
        Precedence: bulk: reply 1 Some(Declined); Loop
        Return-Path: <>: reply 1 Some(Declined); Loop
        List-Id: <all.b.test>: reply 1 Some(Declined); Loop
    "#]]
    .assert_eq(&seen);
}

#[test]
fn our_own_mail_come_back_is_never_taken_up() {
    let reply = "UID:1\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@b.test";
    for from in [
        "notification@acme.invites.example",
        "bob@x.acme.invites.example",
    ] {
        let raw = mail(from, "REPLY", "", reply);
        let outcome = outcome(&raw, &receipt("bob@b.test", "rsvp@acme.invites.example"));
        assert_eq!(outcome, "Loop");
    }
}

#[test]
fn verdicts_come_before_everything() {
    let raw = mail("alice@a.test", "REQUEST", SES, EVENT);
    let good = receipt("alice@a.test", "create@acme.invites.example");
    let virus = Receipt {
        virus: Verdict::Fail,
        ..good.clone()
    };
    let spam = Receipt {
        spam: Verdict::Fail,
        ..good.clone()
    };
    let forged = Receipt {
        dmarc: Verdict::Fail,
        ..good.clone()
    };
    let unsure = Receipt {
        dmarc: Verdict::Gray,
        ..good
    };
    assert_eq!(outcome(&raw, &virus), "Quarantined");
    assert_eq!(outcome(&raw, &spam), "Quarantined");
    assert_eq!(outcome(&raw, &forged), "NotAuthenticated");
    assert_eq!(outcome(&raw, &unsure), "NotAuthenticated");
}

#[test]
fn two_senders_are_none() {
    for from in [
        "alice@a.test, bob@b.test",
        "alice@a.test\r\nFrom: bob@b.test",
        "team: alice@a.test;",
        "alice@a.test, nobody",
    ] {
        let raw = mail(from, "REQUEST", SES, EVENT);
        let receipt = receipt("alice@a.test", "create@acme.invites.example");
        assert_eq!(outcome(&raw, &receipt), "NotOneFrom", "{from}");
    }
}

#[test]
fn a_mail_without_a_readable_calendar_says_so() {
    let head = "From: alice@a.test\r\nMIME-Version: 1.0\r\nContent-Type: ";
    let receipt = receipt("alice@a.test", "create@acme.invites.example");
    for (body, expected) in [
        (
            "text/plain\r\n\r\nHello",
            expect!["NoCalendar, and says so"],
        ),
        (
            "text/calendar\r\n\r\nHello",
            expect!["UnreadableCalendar, and says so"],
        ),
        (
            "application/ms-tnef\r\n\r\nx",
            expect!["UnreadableCalendar, and says so"],
        ),
        (
            "text/calendar; method=request\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nEND:VTODO\r\nEND:VCALENDAR",
            expect![[
                r#"NotSupported { what: "anything but an event, such as a task or a note" }, and says so"#
            ]],
        ),
    ] {
        expected.assert_eq(&outcome(&format!("{head}{body}"), &receipt));
    }
}

#[test]
fn an_unknown_charset_matters_only_when_the_text_is_not_unicode() {
    let receipt = receipt("alice@a.test", "create@acme.invites.example");
    let raw = mail(
        "alice@a.test",
        "REQUEST",
        SES,
        &format!("{EVENT}\r\nSUMMARY:K\u{e9}"),
    )
    .replace("utf-8", "klingon");
    assert_eq!(outcome(&raw, &receipt), "request kickoff");
    let mut raw = raw.into_bytes();
    raw.retain(|byte| *byte != 0xc3);
    let refused = read(&raw, &receipt, &policy()).command.unwrap_err();
    assert_eq!(refused.reason, RefusalReason::UnknownCharset);
}

#[test]
fn an_oversize_mail_is_refused_and_its_proven_sender_told() {
    let raw = mail("alice@a.test", "REQUEST", SES, EVENT) + &"x\r\n".repeat(mail::MAX_BYTES / 3);
    let receipt = receipt("alice@a.test", "create@acme.invites.example");
    assert_eq!(
        outcome(&raw, &receipt),
        "TooLarge { limit_bytes: 10485760 }, and says so"
    );
}

#[test]
fn the_same_calendar_has_the_same_digest_whatever_its_line_ends() {
    let digest = |raw: &str| {
        let receipt = receipt("alice@a.test", "create@acme.invites.example");
        match read(raw.as_bytes(), &receipt, &policy()).command {
            Ok(Command::Request(request)) => request.digest,
            other => panic!("{other:?}"),
        }
    };
    let raw = mail("alice@a.test", "REQUEST", SES, EVENT);
    assert_eq!(digest(&raw), digest(&raw.replace("\r\n", "\n")));
    assert_ne!(digest(&raw), digest(&raw.replace("kickoff", "kick-off")));
}
