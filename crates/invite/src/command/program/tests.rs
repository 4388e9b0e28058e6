use proptest::prelude::*;

use super::*;
use crate::{
    command::{Command, Fields, Policy, Receipt, Verdict, read, time},
    decide::{self, CancelDecision, Ignored, Limits, RequestDecision, Standing},
    event::Uninvited,
    id::TenantKey,
};

fn key() -> TenantKey {
    TenantKey::new([7; 32]).unwrap()
}

fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

fn alice() -> Mailbox {
    Mailbox {
        address: Address::parse("alice@a.test").unwrap(),
        name: Some("Alice".to_owned()),
    }
}

fn mailto() -> Address {
    Address::parse("create@acme.invites.example").unwrap()
}

fn asked<'a>(organizer: &'a Mailbox, known: Option<&'a Event>) -> InName<'a> {
    InName {
        organizer,
        shared_calendar_domains: &[],
        known,
        now: now(),
    }
}

fn calendar(method: &str, event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t\r\n{method}BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn of(text: &str) -> ProgramsCalendar {
    ProgramsCalendar::read(text).unwrap()
}

const STAMPED: &str = "UID:kickoff\r\nDTSTAMP:20260301T090000Z\r\nSEQUENCE:2\r\nDTSTART:20260310T090000Z\r\n\
    ORGANIZER;CN=Alice:mailto:alice@a.test";
const PLAIN: &str = "UID:kickoff\r\nDTSTART:20260310T090000Z";

fn decided(known: Option<&Event>, request: &Request) -> RequestDecision {
    let limits = Limits {
        events_per_organizer: None,
        invites_per_event: 10,
        enrolled_only: false,
        uninvited: Uninvited::Open,
    };
    decide::request(
        known,
        None,
        &Standing::default(),
        &limits,
        &key(),
        request,
        now(),
    )
}

fn created(text: &str) -> Event {
    let request = asked(&alice(), None)
        .request(&of(text), mailto(), EventSettings::default())
        .unwrap();
    match decided(None, &request) {
        RequestDecision::Create(event) => *event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_calendar_is_the_same_command_as_in_a_mail() {
    for (method, is_request) in [("REQUEST", true), ("CANCEL", false)] {
        let text = calendar(&format!("METHOD:{method}\r\n"), STAMPED);
        let mail = format!(
            "From: Alice <alice@a.test>\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n{text}"
        );
        let receipt = Receipt {
            recipients: vec![mailto()],
            envelope_from: Address::parse("alice@a.test"),
            dmarc: Verdict::Pass,
            ..Receipt::default()
        };
        let policy = Policy {
            mail_domain: "acme.invites.example".to_owned(),
            ..Policy::default()
        };
        let by_mail = read(mail.as_bytes(), &receipt, &policy).command.unwrap();
        let alice = alice();
        let asked = asked(&alice, None);
        let by_program = if is_request {
            Command::Request(
                asked
                    .request(&of(&text), mailto(), EventSettings::default())
                    .unwrap(),
            )
        } else {
            Command::Cancel(asked.cancel(&of(&text)).unwrap())
        };
        assert_eq!(by_program, by_mail);
    }
}

#[test]
fn what_a_calendar_leaves_out_is_the_newest_of_its_organizer() {
    let event = created(&calendar("", STAMPED));
    let alice = alice();
    let moved = PLAIN.replace("T0900", "T1000");
    let request = asked(&alice, Some(&event))
        .request(
            &of(&calendar("", &moved)),
            mailto(),
            EventSettings::default(),
        )
        .unwrap();
    assert_eq!(request.organizer, alice);
    assert_eq!(request.whole.as_ref().unwrap().stamp.sequence, 2);
    let RequestDecision::Update { event, .. } = decided(Some(&event), &request) else {
        panic!("it is not newer");
    };
    // What says itself that it is older still is.
    let request = asked(&alice, Some(&event))
        .request(
            &of(&calendar("", STAMPED)),
            mailto(),
            EventSettings::default(),
        )
        .unwrap();
    assert!(matches!(
        decided(Some(&event), &request),
        RequestDecision::Ignore {
            reason: Ignored::SeenBefore,
            ..
        }
    ));
    let older = STAMPED.replace("T0900", "T0800");
    let request = asked(&alice, Some(&event))
        .request(
            &of(&calendar("", &older)),
            mailto(),
            EventSettings::default(),
        )
        .unwrap();
    assert!(matches!(
        decided(Some(&event), &request),
        RequestDecision::Ignore {
            reason: Ignored::NotNewer,
            ..
        }
    ));
}

#[test]
fn a_calendar_of_an_event_may_have_its_uid_of_ours_or_none_and_no_other() {
    let event = created(&calendar("", STAMPED));
    let with = |uid: &str| of(&calendar("", &PLAIN.replace("UID:kickoff\r\n", uid)));
    for uid in ["", "UID:kickoff\r\n", &format!("UID:{}\r\n", event.uid)] {
        let its = with(uid).of_event(&event).unwrap();
        assert_eq!(its.client_uid().unwrap(), "kickoff");
    }
    let refused = with("UID:other\r\n").of_event(&event).unwrap_err();
    assert_eq!(refused, RefusalReason::Invalid { property: "UID" });
}

#[test]
fn what_is_no_calendar_of_one_event_says_why() {
    let two = calendar("", PLAIN).repeat(2);
    let task = calendar("", PLAIN).replace("VEVENT", "VTODO");
    for (text, code) in [
        ("", "unreadable-calendar"),
        (
            "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            "unreadable-calendar",
        ),
        (&two, "several-calendars"),
        (&task, "not-supported"),
    ] {
        let refused = ProgramsCalendar::read(text).unwrap_err();
        assert_eq!(refused.code(), code, "{text}");
    }
    let alice = alice();
    let asked = asked(&alice, None);
    for method in ["CANCEL", "REPLY", "X-MINE"] {
        let text = calendar(&format!("METHOD:{method}\r\n"), PLAIN);
        let refused = asked
            .request(&of(&text), mailto(), EventSettings::default())
            .unwrap_err();
        assert_eq!(refused, RefusalReason::Invalid { property: "METHOD" });
    }
    let others = STAMPED.replace("alice@a.test", "bob@b.test");
    let refused = asked.request(
        &of(&calendar("", &others)),
        mailto(),
        EventSettings::default(),
    );
    assert_eq!(refused, Err(RefusalReason::NotTheOrganizer));
}

#[test]
fn an_event_is_cancelled_once_and_a_later_request_reinstates_it() {
    let event = created(&calendar("", STAMPED));
    let alice = alice();
    let command = asked(&alice, Some(&event)).cancel_of("kickoff".to_owned());
    let CancelDecision::Cancel(event) = decide::cancel(Some(&event), None, &command, now()) else {
        panic!("it is not cancelled");
    };
    let again = asked(&alice, Some(&event)).cancel_of("kickoff".to_owned());
    assert!(matches!(
        decide::cancel(Some(&event), None, &again, now()),
        CancelDecision::Ignore {
            reason: Ignored::AlreadyCancelled,
            ..
        }
    ));
    let higher = STAMPED.replace("SEQUENCE:2", "SEQUENCE:3");
    let request = asked(&alice, Some(&event))
        .request(
            &of(&calendar("", &higher)),
            mailto(),
            EventSettings::default(),
        )
        .unwrap();
    assert!(matches!(
        decided(Some(&event), &request),
        RequestDecision::Update { .. }
    ));
}

proptest! {
    #[test]
    fn reading_a_programs_calendar_never_fails_otherwise_than_by_a_reason(text in ".{0,200}", event in "[A-Z:;=\r\n0-9]{0,120}") {
        for text in [text, calendar("", &event)] {
            if let Ok(read) = ProgramsCalendar::read(&text) {
                let alice = alice();
                let _ = asked(&alice, None).request(&read, mailto(), EventSettings::default());
                let _ = asked(&alice, None).cancel(&read);
            }
        }
    }

    /// Also when the clock stands still: the last word of a program is the newest.
    #[test]
    fn fields_are_never_older_than_what_is_known(said in prop::collection::vec(("[a-c]{1,2}", 9..12_i8), 1..8)) {
        let mut event = created(&calendar("", STAMPED));
        let alice = alice();
        for (summary, hour) in said {
            let fields = Fields {
                summary: Some(summary.clone()),
                start: time(&format!("2026-03-10T{hour:02}:00:00Z"), None),
                ..Fields::default()
            };
            let details = fields.applied_to(&event.details).unwrap();
            let asked = asked(&alice, Some(&event));
            let request = asked.request_of(event.client_uid.clone(), String::new(), details, mailto(), EventSettings::default());
            event = match decided(Some(&event), &request) {
                RequestDecision::Update { event, .. } => *event,
                RequestDecision::Ignore { reason: Ignored::NothingChanged, remember: Some(event) } => *event,
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(&event.details.summary, &summary);
        }
    }
}
