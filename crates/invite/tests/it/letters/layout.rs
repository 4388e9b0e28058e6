//! Every golden letter has the layout mail clients need.

use invite::{
    event::Answers,
    ical::Partstat,
    language::Language,
    letter::{self, Letter, Sender},
    unsubscribe::Ticket,
};
use mail_parser::{HeaderName, MessageParser, MimeHeaders, PartType};

use super::{all, samples};

/// Those of words alone go to organizers, or ask an attendee back.
fn has_a_calendar(name: &str) -> bool {
    !name.starts_with("event-")
        && !name.starts_with("list-")
        && !name.starts_with("fan-out-")
        && !matches!(name, "ask-back" | "guest-waits")
        && !name.starts_with("unsubscribed")
        && !name.starts_with("enrolled")
        && !name.starts_with("erasing")
        && !name.starts_with("limit-reached")
        && !name.starts_with("report")
}

fn header_lines<'a>(letter: &'a str, name: &str) -> Vec<&'a str> {
    let (head, _) = letter.split_once("\r\n\r\n").unwrap();
    head.split("\r\n")
        .filter(|line| {
            line.split_once(':')
                .is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
        })
        .collect()
}

#[test]
fn lines_are_short_ascii_and_end_in_crlf() {
    for (name, letter) in all() {
        assert!(letter.raw.is_ascii(), "{name}");
        let text = String::from_utf8(letter.raw).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{name}");
        for line in text.split("\r\n") {
            let is_unsubscribe =
                line.starts_with("List-Unsubscribe") || line.starts_with(" <mailto:");
            // A Message-ID is never folded (RFC 5322 section 3.6.4); 998 is what lines must not exceed.
            let is_id = line.starts_with("Message-ID") || line.starts_with("References");
            // Nor is an address: a job's is as long as a local part may be.
            let is_stop = line.starts_with(" <stop+");
            let limit = if is_unsubscribe || is_id || is_stop {
                998
            } else {
                78
            };
            assert!(line.len() <= limit, "{name}: {line}");
        }
    }
}

#[test]
fn each_header_stands_once_and_nothing_is_smuggled_in() {
    for (name, letter) in all() {
        let text = String::from_utf8(letter.raw).unwrap();
        for header in [
            "From",
            "To",
            "Reply-To",
            "Subject",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Auto-Submitted",
            "Content-Type",
        ] {
            assert_eq!(header_lines(&text, header).len(), 1, "{name}: {header}");
        }
        for header in ["Cc", "Bcc", "Sender", "Precedence"] {
            assert!(header_lines(&text, header).is_empty(), "{name}: {header}");
        }
        let one_click = header_lines(&text, "List-Unsubscribe-Post");
        let expected: &[&str] = if has_a_calendar(&name) {
            &["List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
        } else {
            &[]
        };
        assert_eq!(one_click, expected, "{name}");
    }
}

#[test]
fn from_reply_to_and_organizer_are_the_signed_address_and_to_is_the_attendee_alone() {
    for (name, letter) in all().into_iter().filter(|(name, _)| has_a_calendar(name)) {
        let mail = MessageParser::default().parse(&letter.raw).unwrap();
        for (header, expected) in [
            (mail.from(), &letter.from),
            (mail.reply_to(), &letter.from),
            (mail.to(), &letter.to),
        ] {
            let found: Vec<_> = header.unwrap().iter().collect();
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(
                found[0].address(),
                Some(expected.address.as_str()),
                "{name}"
            );
            assert_eq!(found[0].name(), expected.name.as_deref(), "{name}");
        }
        let (mail, _) = invite::mail::read(&letter.raw);
        let (calendars, problems) = invite::ical::read(&mail.calendars[0].text);
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let vevent = &calendars[0].events[0];
        let organizer = vevent.organizer.as_ref().unwrap();
        assert_eq!(
            organizer.address.as_ref(),
            Some(&letter.from.address),
            "{name}"
        );
        assert_eq!(organizer.name, letter.from.name, "{name}");
        assert_eq!(vevent.attendees.len(), 1, "{name}");
        assert_eq!(
            vevent.attendees[0].address.as_ref(),
            Some(&letter.to.address),
            "{name}"
        );
    }
}

#[test]
fn the_calendar_is_the_last_alternative_of_the_first_part_and_attached_again() {
    for (name, letter) in all().into_iter().filter(|(name, _)| has_a_calendar(name)) {
        let mail = MessageParser::default().parse(&letter.raw).unwrap();
        let types: Vec<_> = mail
            .parts
            .iter()
            .map(|part| {
                let kind = part.content_type().unwrap();
                let encoding = part
                    .headers
                    .iter()
                    .find(|header| header.name == HeaderName::ContentTransferEncoding)
                    .and_then(|header| header.value.as_text())
                    .unwrap_or("-");
                format!("{}/{} {encoding}", kind.ctype(), kind.subtype().unwrap())
            })
            .collect();
        assert_eq!(
            types,
            [
                "multipart/mixed -",
                "multipart/alternative -",
                "text/plain quoted-printable",
                "text/html quoted-printable",
                "text/calendar base64",
                "application/ics base64",
            ],
            "{name}"
        );
        let PartType::Multipart(children) = &mail.parts[0].body else {
            panic!("{name}");
        };
        assert_eq!(children, &[1, 5], "{name}");
        let calendar = &mail.parts[4];
        let kind = calendar.content_type().unwrap();
        let method = if name.ends_with("-cancellation") {
            "CANCEL"
        } else if name.starts_with("counter-declined") {
            "DECLINECOUNTER"
        } else {
            "REQUEST"
        };
        assert_eq!(kind.attribute("method"), Some(method), "{name}");
        assert_eq!(kind.attribute("charset"), Some("utf-8"), "{name}");
        assert!(calendar.content_disposition().is_none(), "{name}");
        let attachment = &mail.parts[5];
        assert_eq!(
            attachment.content_type().unwrap().attribute("name"),
            Some("invite.ics")
        );
        assert_eq!(
            attachment.content_disposition().unwrap().ctype(),
            "attachment"
        );
        assert_eq!(calendar.contents(), attachment.contents(), "{name}");
        let object = String::from_utf8(calendar.contents().to_vec()).unwrap();
        assert!(
            object.contains(&format!("\r\nMETHOD:{method}\r\n")),
            "{name}"
        );
    }
}

#[test]
fn html_shows_texts_and_never_runs_them() {
    for (name, letter) in all() {
        let mail = MessageParser::default().parse(&letter.raw).unwrap();
        let html = mail.body_html(0).unwrap();
        assert!(!html.contains("<script"), "{name}");
        let images = html.matches("<img").count();
        let logos = usize::from(name.contains("branded"));
        assert_eq!(images, logos, "{name}: an image tells who reads");
        assert!(!html.contains("javascript:"), "{name}");
        assert!(
            !html.contains("alice@a.test"),
            "{name}: the organizer's address is not ours to tell"
        );
    }
}

#[test]
fn a_notice_answers_automatically_and_has_no_calendar() {
    for (name, letter) in all()
        .into_iter()
        .filter(|(name, _)| name.starts_with("event-"))
    {
        let text = String::from_utf8(letter.raw.clone()).unwrap();
        assert_eq!(
            header_lines(&text, "Auto-Submitted"),
            ["Auto-Submitted: auto-replied"],
            "{name}"
        );
        assert_eq!(
            letter.from.address.as_str(),
            "notification@acme.invites.example"
        );
        let (mail, _) = invite::mail::read(&letter.raw);
        assert!(mail.calendars.is_empty(), "{name}");
        // Else a mailbox of ours would answer it.
        assert_eq!(
            mail.auto_submitted.as_deref(),
            Some("auto-replied"),
            "{name}"
        );
    }
}

#[test]
fn the_created_notice_tells_how_to_invite() {
    let (_, created) = all()
        .into_iter()
        .find(|(name, _)| name == "event-created")
        .unwrap();
    let uid = samples::berlin().event.uid;
    let (mail, _) = invite::mail::read(&created.raw);
    let text = mail.text.unwrap();
    assert!(
        text.contains(&format!(
            "POST https://api.acme.example/event/{uid}/invites"
        )),
        "{text}"
    );
}

#[test]
fn the_notice_of_an_event_that_is_cancelled_already_says_so_and_invites_nobody() {
    let (_, created) = all()
        .into_iter()
        .find(|(name, _)| name == "event-created-cancelled")
        .unwrap();
    let (mail, _) = invite::mail::read(&created.raw);
    let subject = mail.subject.unwrap();
    assert!(subject.starts_with("Recorded as cancelled: "), "{subject}");
    let text = mail.text.unwrap();
    assert!(text.contains("Nobody can be invited to it."), "{text}");
    assert!(text.contains(samples::berlin().event.uid.as_str()));
    assert!(!text.contains("POST"), "{text}");
}

#[test]
fn subjects_are_plain() {
    let subject = |wanted: &str| -> String {
        let letter: Letter = all()
            .into_iter()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1;
        invite::mail::read(&letter.raw).0.subject.unwrap()
    };
    assert_eq!(
        subject("berlin-invite"),
        "Invitation: Kick-off, Tue 3 Mar 2026 10:00 (CET)"
    );
    assert_eq!(
        subject("berlin-update"),
        "CalendarSnack Event Updated: Kick-off, Tue 3 Mar 2026 10:00 (CET)"
    );
    assert_eq!(
        subject("all-day-cancellation"),
        "Cancelled: Company holiday, Fri 1 May 2026"
    );
    assert_eq!(
        subject("hostile-invite"),
        "Invitation: Hi Bcc: victim@v.test <script>alert(1)</script>, Sat 1 Aug 2026 09:00 (CEST)"
    );
    assert_eq!(
        subject("nameless-invite"),
        "Invitation: Untitled event, Wed 9 Sep 2026 09:00 (UTC-03:00)"
    );
}

#[test]
fn who_holds_a_letter_can_say_no_more_by_one_click_or_by_mail() {
    let sender = samples::sender(Language::English);
    for (name, letter) in all().into_iter().filter(|(name, _)| has_a_calendar(name)) {
        let mail = MessageParser::default().parse(&letter.raw).unwrap();
        let addresses = mail.header_raw("List-Unsubscribe").unwrap();
        let addresses: Vec<&str> = addresses.split(',').map(str::trim).collect();
        let [page, by_mail] = addresses.as_slice() else {
            panic!("{name}: {addresses:?}");
        };
        let ticket = page
            .strip_prefix("<https://api.acme.example/unsubscribe/")
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap();
        assert_eq!(
            *by_mail,
            format!("<mailto:unsubscribe@acme.invites.example?subject=unsubscribe%20{ticket}>"),
            "{name}"
        );
        let ticket = Ticket::parse(ticket).unwrap();
        assert_eq!(
            ticket.attendee(),
            &letter.to.address.with_readable_domain(),
            "{name}"
        );
        assert_eq!(
            Some(ticket.uid()),
            letter.tells.as_ref().map(|told| &told.uid),
            "{name}"
        );
        let organizers = samples::all()
            .into_iter()
            .map(|sample| sample.event.organizer);
        assert!(
            organizers
                .into_iter()
                .any(|organizer| ticket.proves(&sender.key, &organizer.address)),
            "{name}"
        );
    }
}

#[test]
fn without_a_page_people_say_no_more_by_mail_only() {
    for pages in [None, Some("http://localhost:4566/".to_owned())] {
        let sender = Sender {
            pages,
            ..samples::sender(Language::English)
        };
        let sample = samples::berlin();
        let answers = Answers::all(Partstat::NeedsAction);
        let letter = letter::invite(&sample.event, &sample.attendee, &answers, &sender).unwrap();
        let text = String::from_utf8(letter.raw).unwrap();
        assert!(text.contains("List-Unsubscribe: <mailto:"), "{text}");
        assert!(!text.contains("List-Unsubscribe-Post"));
    }
}
