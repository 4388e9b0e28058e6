//! What becomes of whole mails.

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

#[test]
fn every_reason_has_a_code_and_two_sentences() {
    use RefusalReason as R;
    let reasons = [
        R::Quarantined,
        R::NotOneFrom,
        R::NotAuthenticated,
        R::NotTheOrganizer,
        R::Loop,
        R::TooLarge {
            limit_bytes: mail::MAX_BYTES,
        },
        R::UnreadableMail,
        R::NoCalendar,
        R::SeveralCalendars,
        R::UnreadableCalendar,
        R::UnknownCharset,
        R::Missing { property: "UID" },
        R::Missing {
            property: "DTSTART",
        },
        R::Missing {
            property: "ORGANIZER",
        },
        R::Missing { property: "METHOD" },
        R::Invalid {
            property: "DTSTART",
        },
        R::Invalid { property: "DTEND" },
        R::NotSupported {
            what: "a recurring event",
        },
        R::NotACommandMailbox,
        R::OrganizerSuspended,
        R::OrganizerNotEnrolled,
        R::EventLimit { limit: 5 },
        R::TooManyAnswers { limit: 366 },
        R::NotYourEvent,
        R::WhichEvent,
        R::Unclear,
        R::InvitedOnly,
        R::CannotBeInvited {
            why: NotInvited::InviteLimit { limit: 2500 },
        },
        R::CannotBeInvited {
            why: NotInvited::Unwanted(Unwanted::Blocked),
        },
        R::Missing {
            property: "DELEGATED-TO",
        },
        R::Invalid {
            property: "SEQUENCE",
        },
    ];
    let [all, in_german] = Language::ALL.map(|language| -> String {
        let told = reasons.iter().map(|reason| {
            let wrong = reason.what_is_wrong(language);
            format!(
                "{}\n  {wrong}\n  {}\n",
                reason.code(),
                reason.what_to_do(language)
            )
        });
        told.collect()
    });
    for sentence in in_german.lines().filter(|line| line.starts_with(' ')) {
        assert!(
            sentence.ends_with('.') && !all.contains(sentence),
            "{sentence}"
        );
    }
    expect![[r#"
        quarantined
          Your message was held back because it looks like spam or carries a virus.
          Please check your computer for viruses, then send the invitation again without attachments.
        not-one-from
          Your message does not name exactly one sender.
          Please send the invitation again from a single address.
        not-authenticated
          We could not be sure that this message really came from you.
          Please send it through your usual mail provider, or ask whoever runs your mail to set up SPF, DKIM or DMARC.
        not-the-organizer
          The invitation names somebody else as its organizer, so we did not act on it in your name.
          Please send the invitation from the address of its organizer, or create a new event under your own name.
        loop
          This message was sent automatically, and automatic messages are not acted upon.
          If you meant to send an invitation, please send it from your calendar yourself.
        too-large
          Your message is larger than the 10 MB we can read.
          Please shorten the description or leave out attachments, then send it again.
        unreadable-mail
          Your message arrived damaged and could not be opened.
          Please send the invitation again from your calendar.
        no-calendar
          Your message contains no calendar invitation.
          Please invite this address from your calendar, as you would invite a person.
        several-calendars
          Your message contains more than one event, and we could not tell which one you meant.
          Please send one event in each message.
        unreadable-calendar
          The calendar invitation in your message could not be read.
          Please save the event in your calendar and send the invitation again.
        unknown-charset
          The calendar invitation is written in a character set we do not know.
          Please send the invitation again in Unicode (UTF-8), which every current calendar can do.
        missing
          The invitation leaves out the event's identifier.
          Please add the event's identifier to the event in your calendar and send the invitation again.
        missing
          The invitation leaves out the time the event starts.
          Please add the time the event starts to the event in your calendar and send the invitation again.
        missing
          The invitation leaves out the organizer's address.
          Please add the organizer's address to the event in your calendar and send the invitation again.
        missing
          The invitation leaves out whether it invites, changes or cancels.
          Please add whether it invites, changes or cancels to the event in your calendar and send the invitation again.
        invalid
          The invitation gives the time the event starts in a way that cannot be right.
          Please check the time the event starts in your calendar and send the invitation again.
        invalid
          The invitation gives the time the event ends in a way that cannot be right.
          Please check the time the event ends in your calendar and send the invitation again.
        not-supported
          Your message contains a recurring event, which we cannot handle yet.
          Please send it as a plain event, or ask our support how else we can help.
        not-a-command-mailbox
          This address does not take calendar invitations.
          Please send new invitations, changes and cancellations to our address that begins with create@.
        organizer-suspended
          Your account is suspended at present, so we did not act on your invitation.
          Please write to our support to have your account looked at.
        organizer-not-enrolled
          Your address is not enrolled yet, so we did not act on your invitation.
          Please order a plan first, then send the invitation again.
        event-limit
          You already have 5 events, which is as many as your plan allows.
          Please move to a larger plan, then send the invitation again.
        too-many-answers
          You have answered more than 366 single dates of the series, which is more than we can keep.
          Please answer the series as a whole.
        not-your-event
          This event was created by somebody else, and only its creator can change it.
          Please ask the event's creator to change it, or create a new event of your own.
        which-event
          We could not tell which event your message is about.
          Please use the buttons of the invitation in your mail program or calendar, or reply to the invitation itself.
        unclear
          We could not tell whether you meant yes or no.
          Please answer the question again with yes or no as the first word.
        invited-only
          This event is open only to the people its organizer has invited.
          Please ask the organizer to invite you.
        cannot-be-invited
          As many people as can be, 2500, are invited already.
          Please ask the organizer.
        cannot-be-invited
          That person cannot be invited to this event.
          Please ask the organizer.
        missing
          The invitation leaves out who comes in your place.
          Please add who comes in your place to the event in your calendar and send the invitation again.
        invalid
          The invitation gives which version of the event it is about in a way that cannot be right.
          Please check which version of the event it is about in your calendar and send the invitation again.
    "#]].assert_eq(&all);
}

const UID: &str = "0123456789abcdef0123456789abcdef01234567";

fn words(headers: &str, text: &str) -> String {
    format!(
        "From: bob@b.test\r\nDate: Tue, 3 Mar 2026 09:00:00 +0000\r\n{headers}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

#[test]
fn words_are_an_answer_to_the_letter_they_name() {
    let to = receipt("bob@b.test", "a+k7f3q2zr5m4x2c6d@acme.invites.example");
    let of = |id: &str| format!("<{id}@acme.invites.example>");
    let letter = of(&format!("invite.{UID}.3.0011"));
    let thread = of(&format!("event.{UID}.2"));
    let other = of("event.ffffffffffffffffffffffffffffffffffffffff.2");
    let mut seen = String::new();
    for (what, headers) in [
        ("letter", format!("In-Reply-To: {letter}\r\n")),
        (
            "id by SES",
            format!(
                "In-Reply-To: <1@email.amazonses.com>\r\nReferences: {thread}\r\n <1@email.amazonses.com>\r\n"
            ),
        ),
        ("two events", format!("References: {thread} {other}\r\n")),
        (
            "letter in a thread of another",
            format!("In-Reply-To: {letter}\r\nReferences: {other} {letter}\r\n"),
        ),
        (
            "somebody else's domain",
            format!("In-Reply-To: <invite.{UID}.3.0011@mallory.test>\r\n"),
        ),
        ("nothing", String::new()),
    ] {
        let answered = match read(
            words(&headers, "Yes, two of us.").as_bytes(),
            &to,
            &policy(),
        )
        .command
        {
            Ok(Command::Reply(reply)) => {
                let answer = &reply.answers[0];
                assert_eq!(reply.by.uid, UID);
                format!(
                    "{:?} seq {} people {:?} comment {:?}",
                    answer.partstat, answer.stamp.sequence, answer.people, answer.comment
                )
            }
            _ => outcome(&words(&headers, "Yes, two of us."), &to),
        };
        seen.push_str(&format!("{what}: {answered}\n"));
    }
    let unclear = words(&format!("In-Reply-To: {letter}\r\n"), "What is this about?");
    seen.push_str(&format!("unclear words: {}\n", outcome(&unclear, &to)));
    let automatic = words(
        &format!("In-Reply-To: {letter}\r\nAuto-Submitted: auto-replied\r\n"),
        "Yes",
    );
    seen.push_str(&format!(
        "a machine's words: {}\n",
        outcome(&automatic, &to)
    ));
    expect![[r#"
        letter: Some(Accepted) seq 3 people Some(2) comment Some("Yes, two of us.")
        id by SES: Some(Accepted) seq 2 people Some(2) comment Some("Yes, two of us.")
        two events: WhichEvent, and says so
        letter in a thread of another: Some(Accepted) seq 3 people Some(2) comment Some("Yes, two of us.")
        somebody else's domain: WhichEvent, and says so
        nothing: WhichEvent, and says so
        unclear words: unclear 0123456789abcdef0123456789abcdef01234567
        a machine's words: Loop
    "#]].assert_eq(&seen);
}

#[test]
fn an_organizer_says_yes_or_no_to_the_address_he_was_asked_from() {
    let to = receipt(
        "bob@b.test",
        &format!("rsvp+{UID}-k7f3q2zr5m4x2c6d@acme.invites.example"),
    );
    let mut seen = String::new();
    for text in ["Yes", "No, sorry", "Who is that?"] {
        seen.push_str(&format!("{text}: {}\n", outcome(&words("", text), &to)));
    }
    expect![[r#"
        Yes: approval Some(true)
        No, sorry: approval Some(false)
        Who is that?: approval None
    "#]]
    .assert_eq(&seen);
}

#[test]
fn an_organizer_stops_what_waits_at_the_address_he_was_told_from() {
    let to = receipt(
        "bob@b.test",
        &format!("stop+{UID}-k7f3q2zr5m4x2c6d@acme.invites.example"),
    );
    let unproven = Receipt {
        dmarc: Verdict::Fail,
        ..to.clone()
    };
    let automatic = words("Auto-Submitted: auto-replied\r\n", "STOP");
    let mut seen = String::new();
    for text in ["STOP", "Bitte anhalten", "Go on"] {
        seen.push_str(&format!("{text}: {}\n", outcome(&words("", text), &to)));
    }
    let stop = words("", "STOP");
    seen.push_str(&format!("a forgery: {}\n", outcome(&stop, &unproven)));
    seen.push_str(&format!("a machine: {}\n", outcome(&automatic, &to)));
    expect![[r#"
        STOP: stop true, from true
        Bitte anhalten: stop true, from true
        Go on: stop false, from true
        a forgery: stop true, from false
        a machine: Loop
    "#]]
    .assert_eq(&seen);
}

#[test]
fn who_wants_no_more_mail_holds_a_ticket_or_is_who_he_says() {
    let key = crate::id::TenantKey::new([7; 32]).unwrap();
    let uid = Uid::parse(&"5f".repeat(20)).unwrap();
    let address = |text| Address::parse(text).unwrap();
    let ticket = crate::unsubscribe::Ticket::issue(
        &key,
        &uid,
        &address("alice@a.test"),
        &address("bob@b.test"),
    );
    let ticket = ticket.text();
    let write = |headers: &str, subject: &str| {
        format!(
            "{headers}From: bob@b.test\r\nSubject: {subject}\r\nContent-Type: text/plain\r\n\r\nplease\r\n"
        )
    };
    let to = |verdict| Receipt {
        dmarc: verdict,
        ..receipt("bob@b.test", "unsubscribe@acme.invites.example")
    };
    let with_ticket = format!("unsubscribe {ticket}");
    let erases_with_ticket = format!("Erase me. {ticket}");
    let automatic = "Auto-Submitted: auto-generated\r\n";
    for (headers, subject, verdict, expected) in [
        (
            "",
            with_ticket.as_str(),
            Verdict::Pass,
            "unsubscribe, ticket true, from true",
        ),
        (
            "",
            &with_ticket,
            Verdict::Fail,
            "unsubscribe, ticket true, from false",
        ),
        // Mail programs write it by themselves when their button is pressed; nobody is answered then.
        (
            automatic,
            &with_ticket,
            Verdict::Pass,
            "unsubscribe, ticket true, from false",
        ),
        (
            "",
            "stop it",
            Verdict::Pass,
            "unsubscribe, ticket false, from true",
        ),
        ("", "stop it", Verdict::Fail, "NotAuthenticated"),
        (
            "",
            "Erase me, please",
            Verdict::Pass,
            "unsubscribe, ticket false, from true, erases him",
        ),
        ("", "Erase me, please", Verdict::Fail, "NotAuthenticated"),
        (automatic, "Erase me, please", Verdict::Pass, "Loop"),
        // A ticket is a reason to leave its reader in peace, and proves nobody.
        (
            "",
            &erases_with_ticket,
            Verdict::Fail,
            "unsubscribe, ticket true, from false",
        ),
        (
            "",
            &erases_with_ticket,
            Verdict::Pass,
            "unsubscribe, ticket true, from true, erases him",
        ),
        (automatic, "Out of office", Verdict::Pass, "Loop"),
    ] {
        assert_eq!(
            outcome(&write(headers, subject), &to(verdict)),
            expected,
            "{headers}{subject}"
        );
    }
}
