//! Mails without a calendar: words as an answer, and to the addresses that take a yes, a STOP, or no more mail.

use super::*;

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
