//! What the language means, and what is said about what it is not.

use conversation::{Action, Content, Destination, Event, EventIs, Expected, Given, Outcome, Step};

use crate::read;

const LATE: &str = r#"# RFC 5546 2.1.5: a late, older reply does not win
at 2026-03-01T10:00Z  mail alice@a.test -> create  REQUEST kickoff  location "Room 1"
                      invite kickoff bob@b.test
at 2026-03-01T10:06Z  mail bob@b.test -> token of bob  REPLY DECLINED
at +1m                together
    mail bob -> rsvp  REPLY ACCEPTED
        dtstamp 2026-03-01T10:05Z
    again
expect event kickoff  bob DECLINED  tentative 0  tentative
       ignored 1 "not newer"
       mail out bob REQUEST 1
"#;

fn event() -> Event {
    Event {
        name: "kickoff".to_owned(),
        organizer: Some("alice@a.test".to_owned()),
    }
}

fn answer(step: &Step) -> (String, Destination, String) {
    let Action::Mail(mail) = &step.action else {
        panic!("{step:?}");
    };
    let Content::Calendar(calendar) = &mail.content else {
        panic!("{mail:?}");
    };
    assert_eq!(calendar.event, event());
    (
        mail.from.clone(),
        mail.to.clone(),
        calendar.dtstamp.to_string(),
    )
}

#[test]
fn statements_become_steps_with_their_lines_and_times() {
    let conversation = read(LATE).unwrap();
    assert_eq!(conversation.name, "late");
    let steps: Vec<(usize, String)> = conversation
        .steps
        .iter()
        .map(|step| (step.line, step.at.strftime("%H:%M").to_string()))
        .collect();
    let expected = [
        (2, "10:00"),
        (3, "10:01"),
        (4, "10:06"),
        (5, "10:07"),
        (9, "10:10"),
    ];
    assert_eq!(steps, expected.map(|(line, at)| (line, at.to_owned())));
}

#[test]
fn a_reply_is_about_the_first_event_and_people_have_short_names() {
    let conversation = read(LATE).unwrap();
    let (from, to, dtstamp) = answer(&conversation.steps[2]);
    assert_eq!(from, "bob@b.test");
    assert_eq!(to, Destination::TokenOf("bob@b.test".to_owned()));
    assert_eq!(dtstamp, "2026-03-01T10:06:00Z");
}

#[test]
fn together_holds_what_is_indented_under_it() {
    let conversation = read(LATE).unwrap();
    let Action::Together(racing) = &conversation.steps[3].action else {
        panic!("{:?}", conversation.steps[3]);
    };
    let (_, to, dtstamp) = answer(&racing[0]);
    assert_eq!(to, Destination::Mailbox("rsvp".to_owned()));
    assert_eq!(dtstamp, "2026-03-01T10:05:00Z");
    assert!(matches!(
        racing[1].action,
        Action::Repeat {
            number: 2,
            same_mail_id: false
        }
    ));
}

#[test]
fn expectations_know_their_event_and_line() {
    let conversation = read(LATE).unwrap();
    let Action::Expect(expectations) = &conversation.steps[4].action else {
        panic!("{:?}", conversation.steps[4]);
    };
    let of_event = |is: EventIs| Expected::Event { event: event(), is };
    let expected: Vec<Expected> = expectations
        .iter()
        .map(|expectation| expectation.expected.clone())
        .collect();
    assert_eq!(
        expected,
        [
            of_event(EventIs::Answer {
                person: "bob@b.test".to_owned(),
                answer: Some("DECLINED".to_owned())
            }),
            of_event(EventIs::Count {
                of: "tentative".to_owned(),
                count: 0
            }),
            of_event(EventIs::Status("tentative".to_owned())),
            Expected::Mails {
                outcome: Outcome::Ignored("not newer".to_owned()),
                count: 1
            },
            Expected::MailOut {
                to: Some("bob@b.test".to_owned()),
                method: Some("REQUEST".to_owned()),
                count: 1
            },
        ]
    );
    assert_eq!(expectations[4].line, 11);
}

#[test]
fn a_later_request_keeps_what_the_last_one_said() {
    let text = LATE.replace(
        "at +1m                together",
        "mail alice -> create REQUEST kickoff seq 1 summary \"Moved\"\ntogether",
    );
    let conversation = read(&text).unwrap();
    let Action::Mail(mail) = &conversation.steps[3].action else {
        panic!("{:?}", conversation.steps[3]);
    };
    let Content::Calendar(calendar) = &mail.content else {
        panic!("{mail:?}");
    };
    assert_eq!(calendar.details.location.as_deref(), Some("Room 1"));
    assert_eq!(calendar.details.summary, "Moved");
    assert_eq!(calendar.sequence, Some(1));
}

#[test]
fn a_mistake_is_told_with_file_line_and_what_was_expected() {
    for (instead_of, there_is, told) in [
        (
            "# RFC",
            "RFC",
            "late.txt:1: the first line is `# ` and a title",
        ),
        (
            "invite kickoff bob@b.test",
            "invite kickoff bob@b.test carl",
            "late.txt:3: expected a person: an address, or what stands before its @ if one address of this file has it, found `carl`",
        ),
        (
            "-> token of bob",
            "-> to bob",
            "late.txt:4: expected create, bulk, rsvp, `token of P`, `wrong token`, reply or an address, found `to`",
        ),
        (
            "dtstamp 2026-03-01T10:05Z",
            "dtstamp yesterday",
            "late.txt:7: expected a time: ",
        ),
        (
            "    again",
            "    again other",
            "late.txt:8: expected a mail's name, given by `as NAME`, found `other`",
        ),
        (
            "\"not newer\"",
            "\"not newer",
            "late.txt:10: a text that begins with \" must end",
        ),
        (
            "REQUEST 1",
            "REQUEST",
            "late.txt:11: expected how many letters, a number before the end of the statement",
        ),
        (
            "       mail out",
            "letters out",
            "late.txt:11: a statement starts with one of `at`, `given`",
        ),
    ] {
        let problem = read(&LATE.replacen(instead_of, there_is, 1)).unwrap_err();
        let problem = problem.to_string();
        assert!(
            problem.starts_with(&format!("golden/conversations/{told}")),
            "{problem}"
        );
    }
}

#[test]
fn a_file_that_expects_nothing_is_no_test() {
    let (story, _) = LATE.split_once("expect").unwrap();
    let problem = read(story).unwrap_err();
    assert!(problem.text.contains("this cannot fail"), "{problem}");
}

#[test]
fn time_that_passes_moves_all_that_follows() {
    let text = "# Waiting\n\
                at 2026-03-01T10:00Z  mail alice@a.test -> create  REQUEST kickoff\n\
                given 8d pass\n\
                mail alice -> create  CANCEL kickoff\n\
                expect mail out 0\n";
    let conversation = read(text).unwrap();
    let Action::Given(Given::TimePassed(passed)) = conversation.steps[1].action else {
        panic!("{:?}", conversation.steps[1]);
    };
    assert_eq!(passed.as_hours(), 8 * 24);
    let between = conversation.steps[2]
        .at
        .duration_since(conversation.steps[0].at);
    assert_eq!(between.as_mins(), 8 * 24 * 60 + 2);
}
