//! Letters that a mail of an attendee's leads to.

use invite::{
    event::{Answers, Event},
    ical::Partstat,
    id::Digest,
    language::Language,
    letter::{self, Asked, Guest, Letter, Sender},
};

use super::{samples, series};

fn asked(digest: &Digest) -> Asked<'_> {
    Asked {
        digest,
        at: "2026-02-02T10:00:00Z".parse().unwrap(),
        message_id: Some("<question@mail.b.test>"),
    }
}

/// Every letter of this kind with its name.
pub(super) fn letters(sender: &Sender) -> Vec<(String, Letter)> {
    let digest = Digest::of_text("the mail that asked");
    let asked = asked(&digest);
    let bob = samples::mailbox("Bob Byte", "bob@b.test");
    let accepted = Answers::all(Partstat::Accepted);
    let tentative = Answers::all(Partstat::Tentative);
    let by_itself = Asked {
        message_id: None,
        ..asked.clone()
    };
    let berlin = samples::berlin().event;
    let weekly = series::weekly().event;
    let key = |event: &Event| {
        let second = &series::occurrences(event)[1];
        second.instance_key()
    };
    let moved = weekly.instances.keys().next().unwrap();
    let plain = key(&weekly);
    let carol = samples::mailbox("Carol \"C\" <x>", "carol@c.test");
    let guest = Guest {
        mailbox: &carol,
        through: &bob,
        approval: &samples::address("rsvp+token@acme.invites.example"),
    };
    let decline = |event: &Event, instance| {
        letter::decline_counter(event, &bob, &accepted, instance, &asked, sender)
    };
    [
        (
            "current",
            letter::current(&weekly, &bob, &accepted, &asked, sender),
        ),
        ("counter-declined", decline(&berlin, None)),
        ("counter-declined-moved-date", decline(&weekly, Some(moved))),
        ("counter-declined-date", decline(&weekly, Some(&plain))),
        (
            "waiting-list",
            letter::waiting_list(&berlin, &bob, &tentative, &asked, sender),
        ),
        (
            "seat",
            letter::seat(&berlin, &bob, &accepted, &by_itself, sender),
        ),
        ("ask-back", letter::ask_back(&berlin, &bob, &asked, sender)),
        (
            "guest-waits",
            letter::guest_waits(&berlin, &guest, &asked, sender),
        ),
    ]
    .map(|(name, letter)| (name.to_owned(), letter.unwrap()))
    .into()
}

#[test]
fn two_questions_have_two_letters_and_one_asked_twice_has_one() {
    let sender = samples::sender(Language::English);
    let bob = samples::mailbox("Bob Byte", "bob@b.test");
    let event = samples::berlin().event;
    let id = |mail: &str| {
        let digest = Digest::of_text(mail);
        let letter = letter::ask_back(&event, &bob, &asked(&digest), &sender);
        invite::mail::read(&letter.unwrap().raw).0.message_id
    };
    assert_eq!(id("one"), id("one"));
    assert_ne!(id("one"), id("two"));
}

#[test]
fn what_a_mail_led_to_says_so_and_only_the_organizer_is_asked_out_of_the_blue() {
    for (name, letter) in letters(&samples::sender(Language::English)) {
        let (mail, _) = invite::mail::read(&letter.raw);
        let text = String::from_utf8(letter.raw).unwrap();
        let is_answer = !["guest-waits", "seat"].contains(&name.as_str());
        let kind = if is_answer {
            "auto-replied"
        } else {
            "auto-generated"
        };
        assert!(
            text.contains(&format!("Auto-Submitted: {kind}\r\n")),
            "{name}"
        );
        let in_reply_to = text.contains("In-Reply-To: <question@mail.b.test>\r\n");
        assert_eq!(in_reply_to, is_answer, "{name}");
        let expected = if name == "guest-waits" {
            &samples::address("rsvp+token@acme.invites.example")
        } else {
            &letter.from.address
        };
        assert_eq!(&mail.reply_to.unwrap().address, expected, "{name}");
    }
}

#[test]
fn a_date_the_series_does_not_have_cannot_be_declined() {
    let sender = samples::sender(Language::English);
    let bob = samples::mailbox("Bob Byte", "bob@b.test");
    let digest = Digest::of_text("x");
    let never = samples::zoned("2026-03-04T10:00", "Europe/Berlin").instance_key();
    let letter = letter::decline_counter(
        &series::weekly().event,
        &bob,
        &Answers::all(Partstat::Accepted),
        Some(&never),
        &asked(&digest),
        &sender,
    );
    assert!(matches!(letter, Err(letter::LetterError::Calendar { .. })));
}
