//! The page of an invite link, and where the link is told.

use invite::{
    address::Mailbox,
    decide::Standing,
    event::{Details, Event, Uninvited},
    ical::Status,
    id::TenantKey,
    invite_link::{Bound, Landings, NoLink, Nonce, Said, Wrong, link, offered},
    language::Language,
    letter,
    page::{self, InviteLink, Notice},
};
use jiff::Timestamp;

use super::samples;

const NOW: &str = "2026-02-10T10:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn html(shown: InviteLink<'_>, language: Language) -> String {
    let html = page::invite_link(shown, &samples::sender(language)).unwrap();
    html.replace("&#x2f;", "/")
}

/// Of an event, as whoever follows such a link sees it.
fn asked(event: &Event, said: &Said, attendee: bool, notice: Option<Notice>) -> String {
    let address = samples::address("bob@b.test");
    let attendee = attendee.then_some(&address);
    let key = TenantKey::new([7; 32]).unwrap();
    let bound = Bound {
        uid: &event.uid,
        attendee,
        said,
    };
    let nonce = Nonce::issue(&key, bound, now());
    let asks = InviteLink::Asks {
        event,
        attendee,
        said,
        nonce: &nonce,
        notice,
    };
    let html = html(asks, Language::English);
    assert!(html.contains(&nonce.text()), "{html}");
    html
}

fn said(name: &str, origin: &str, landing: &str) -> Said {
    Said {
        email: String::new(),
        name: name.to_owned(),
        origin: origin.to_owned(),
        landing: landing.to_owned(),
    }
}

#[test]
fn the_page_says_what_when_where_from_whom_and_to_whom_and_has_one_button() {
    let event = samples::berlin().event;
    let html = asked(&event, &Said::default(), true, None);
    for told in [
        event.details.summary.as_str(),
        event.details.location.as_str(),
        "Tuesday, 3 March 2026",
        "Alice Ng",
        "bob@b.test",
        r#"<form method="post" action="invite""#,
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert_eq!(html.matches("<button").count(), 1);
    assert!(!html.contains("alice"), "{html}");
    assert!(!html.contains("<script") && !html.contains(" src=") && !html.contains("@import"));
}

#[test]
fn without_an_address_it_has_fields_with_labels() {
    let html = asked(&samples::berlin().event, &Said::default(), false, None);
    for field in ["email", "name"] {
        assert!(html.contains(&format!("<label for=\"{field}\">")), "{html}");
        assert!(
            html.contains(&format!("<input id=\"{field}\" name=\"{field}\"")),
            "{html}"
        );
    }
    let event = samples::berlin().event;
    let wrong = Some(Notice::Wrong(Wrong::Email));
    let html = asked(&event, &Said::default(), false, wrong);
    assert!(html.contains("role=\"alert\""), "{html}");
    assert_eq!(html.matches("aria-invalid").count(), 1);
}

#[test]
fn whatever_people_and_links_say_stands_there_as_text() {
    let hostile = "\"><script>alert(1)</script><b x='";
    let event = samples::berlin().event;
    let event = Event {
        details: Details {
            summary: hostile.to_owned(),
            location: hostile.to_owned(),
            ..event.details
        },
        organizer: Mailbox {
            name: Some(hostile.to_owned()),
            ..event.organizer
        },
        ..event
    };
    for attendee in [true, false] {
        let html = asked(&event, &said(hostile, hostile, hostile), attendee, None);
        assert!(
            !html.contains("<script") && !html.contains("<b x"),
            "{html}"
        );
        // Each attribute ends where ours does.
        assert!(!html.contains("\"\">"), "{html}");
    }
    let address = samples::address("\u{e9}<x@b.test".replace('<', "'").as_str());
    let done = InviteLink::Done {
        event: &event,
        attendee: &address,
    };
    assert!(!html(done, Language::German).contains("<script"));
}

#[test]
fn an_organizer_without_a_name_is_not_named_by_his_address() {
    for name in [None, Some("alice@a.test"), Some("  ")] {
        let event = samples::berlin().event;
        let event = Event {
            organizer: Mailbox {
                name: name.map(ToOwned::to_owned),
                ..event.organizer
            },
            ..event
        };
        let html = asked(&event, &Said::default(), true, None);
        assert!(!html.contains("alice") && !html.contains("From"), "{html}");
    }
}

#[test]
fn nothing_of_an_event_is_told_where_it_has_no_link() {
    let names = |html: &str| html.contains("Kick-off") || html.contains("<form");
    for (shown, told) in [
        (
            InviteLink::Closed(NoLink::NotOffered),
            "keine Einladungen über einen Link",
        ),
        (InviteLink::Closed(NoLink::Cancelled), "abgesagt"),
        (InviteLink::Closed(NoLink::Over), "vorbei"),
        (InviteLink::Wrong(Wrong::Landing), "„landing“"),
        (InviteLink::Wrong(Wrong::Origin), "„origin“"),
        (InviteLink::TooOften, "zu viele Einladungen"),
        (InviteLink::Unknown, "unvollständig"),
    ] {
        let german = html(shown, Language::German);
        assert!(german.contains(told) && !names(&german), "{german}");
        assert!(german.contains("<html lang=\"de\""), "{german}");
        let english = html(shown, Language::English);
        assert!(
            !english.contains(told) || told.starts_with('„'),
            "{english}"
        );
    }
}

#[test]
fn the_way_to_another_address_keeps_where_the_link_stood_and_leads() {
    let said = said("Bob", "emailcta", "https://www.acme.example/?a=1&b=2");
    let html = asked(&samples::berlin().event, &said, true, None);
    let there = "href=\"invite?origin=emailcta&amp;landing=https%3A%2F%2Fwww%2Eacme%2Eexample%2F%3Fa%3D1%26b%3D2\"";
    assert!(html.contains(there), "{html}");
}

#[test]
fn a_page_whose_button_leads_on_lets_browsers_go_there_and_nowhere_else() {
    let landings = Landings::of(&["*.pages.example"], Some("https://www.acme.example")).unwrap();
    let policy = page::policy_leading_on(&landings);
    assert!(
        policy.contains("form-action 'self' https://*.pages.example https://www.acme.example;"),
        "{policy}"
    );
    let nowhere = page::policy_leading_on(&Landings::of(&[""; 0], None).unwrap());
    assert_eq!(nowhere, page::CONTENT_SECURITY_POLICY);
}

#[test]
fn an_event_has_a_link_while_somebody_may_come_whom_nobody_has_invited() {
    let event = samples::berlin().event;
    let none = Standing::default();
    let suspended = Standing {
        suspended: true,
        ..Standing::default()
    };
    assert_eq!(offered(&event, &none, now()), Ok(()));
    assert_eq!(offered(&event, &suspended, now()), Err(NoLink::NotOffered));
    let then = "2026-03-04T00:00:00Z".parse().unwrap();
    assert_eq!(offered(&event, &none, then), Err(NoLink::Over));
    let cancelled = Event {
        status: Status::Cancelled,
        ..event.clone()
    };
    assert_eq!(offered(&cancelled, &none, now()), Err(NoLink::Cancelled));
    // Of such an event strangers are not even told that it is cancelled.
    for uninvited in [Uninvited::Approve, Uninvited::Closed] {
        let closed = Event {
            uninvited,
            ..cancelled.clone()
        };
        assert_eq!(offered(&closed, &none, now()), Err(NoLink::NotOffered));
    }
}

#[test]
fn the_created_notice_has_the_link_where_there_is_one() {
    let open = samples::berlin().event;
    let approve = Event {
        uninvited: Uninvited::Approve,
        ..open.clone()
    };
    let there = link("https://api.acme.example/", &open.uid);
    assert!(there.ends_with(&format!(".example/event/{}/invite", open.uid)));
    for language in Language::ALL {
        let sender = samples::sender(language);
        for (event, has_one) in [(&open, true), (&approve, false)] {
            let api_url = "https://api.acme.example/";
            let notice = letter::event_created(event, api_url, None, &sender).unwrap();
            let (mail, _) = invite::mail::read(&notice.raw);
            let text = mail.text.unwrap();
            let is_told = text.lines().any(|line| line.trim() == there);
            assert_eq!(is_told, has_one, "{text}");
        }
    }
}
