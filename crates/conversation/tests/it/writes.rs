//! What clients put on the wire.

use conversation::{Action, Mail, Message};
use expect_test::{Expect, expect};

use crate::{Shown, read};

fn mail(statement: &str) -> Mail {
    let text = format!(
        "# t\nat 2026-03-01T10:00Z {statement}\nexpect event kickoff alice@a.test ACCEPTED mail out bob@b.test 0"
    );
    let conversation = read(&text).unwrap();
    match &conversation.steps[0].action {
        Action::Mail(mail) => (**mail).clone(),
        other => panic!("{other:?}"),
    }
}

fn written(statement: &str) -> Message {
    mail(statement).write(&Shown).unwrap()
}

fn check(statement: &str, expected: &Expect) {
    let message = written(statement);
    let text = String::from_utf8(message.bytes).unwrap();
    let lone_line_feed = text
        .as_bytes()
        .windows(2)
        .any(|pair| pair[1] == b'\n' && pair[0] != b'\r');
    assert!(!lone_line_feed, "{text}");
    expected.assert_eq(&text.replace("\r\n", "\n"));
}

#[test]
fn thunderbird_sends_the_calendar_inline_and_attached_without_sequence_and_status() {
    check(
        "mail alice@a.test -> create REQUEST kickoff location \"Room 4, left\" start 2026-03-10T09:00[Europe/Berlin] end 2026-03-10T10:00[Europe/Berlin]",
        &expect![[r#"
            From: Alice <alice@a.test>
            To: <create@acme.invites.example>
            Subject: REQUEST kickoff
            Date: Sun, 01 Mar 2026 10:00:00 +0000
            Message-ID: <1772359200.0@a.test>
            MIME-Version: 1.0
            Content-Type: multipart/mixed;
             boundary="=_mixed_of_2"

            --=_mixed_of_2
            Content-Type: multipart/alternative;
             boundary="=_alternative_of_2"

            --=_alternative_of_2
            Content-Type: text/plain; charset=UTF-8
            Content-Transfer-Encoding: 8bit

            REQUEST kickoff

            --=_alternative_of_2
            Content-Type: text/calendar; charset=UTF-8; method=REQUEST
            Content-Transfer-Encoding: 8bit

            BEGIN:VCALENDAR
            PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
            VERSION:2.0
            METHOD:REQUEST
            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            BEGIN:DAYLIGHT
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            DTSTART:19700329T020000
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            END:DAYLIGHT
            BEGIN:STANDARD
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            DTSTART:19701025T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            DTSTAMP:20260301T100000Z
            UID:kickoff-1
            SUMMARY:kickoff
            DTSTART;TZID=Europe/Berlin:20260310T090000
            DTEND;TZID=Europe/Berlin:20260310T100000
            ORGANIZER;CN=Alice:mailto:alice@a.test
            LOCATION:Room 4\, left
            CREATED:20260301T100000Z
            LAST-MODIFIED:20260301T100000Z
            TRANSP:OPAQUE
            END:VEVENT
            END:VCALENDAR

            --=_alternative_of_2--

            --=_mixed_of_2
            Content-Type: application/ics; name="invite.ics"
            Content-Disposition: attachment; filename="invite.ics"
            Content-Transfer-Encoding: 8bit

            BEGIN:VCALENDAR
            PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
            VERSION:2.0
            METHOD:REQUEST
            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            BEGIN:DAYLIGHT
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            DTSTART:19700329T020000
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            END:DAYLIGHT
            BEGIN:STANDARD
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            DTSTART:19701025T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            DTSTAMP:20260301T100000Z
            UID:kickoff-1
            SUMMARY:kickoff
            DTSTART;TZID=Europe/Berlin:20260310T090000
            DTEND;TZID=Europe/Berlin:20260310T100000
            ORGANIZER;CN=Alice:mailto:alice@a.test
            LOCATION:Room 4\, left
            CREATED:20260301T100000Z
            LAST-MODIFIED:20260301T100000Z
            TRANSP:OPAQUE
            END:VEVENT
            END:VCALENDAR

            --=_mixed_of_2--
        "#]],
    );
}

#[test]
fn a_reply_echoes_our_uid_and_the_signed_address() {
    check(
        "mail bob@b.test -> token of bob REPLY ACCEPTED to kickoff of alice@a.test seq 1 like evolution",
        &expect![[r#"
            From: Bob <bob@b.test>
            To: <alice+bob@acme.invites.example>
            Subject: REPLY kickoff
            Date: Sun, 01 Mar 2026 10:00:00 +0000
            Message-ID: <1772359200.0@b.test>
            MIME-Version: 1.0
            Content-Type: text/calendar; charset=UTF-8; method=REPLY
            Content-Transfer-Encoding: quoted-printable

            BEGIN:VCALENDAR
            PRODID:-//Ximian//NONSGML=20Evolution=20Calendar//EN
            VERSION:2.0
            CALSCALE:GREGORIAN
            METHOD:REPLY
            BEGIN:VEVENT
            DTSTAMP:20260301T100000Z
            UID:uid-of-kickoff-1-of-alice@a.test
            SUMMARY:kickoff
            DTSTART:20260311T100000Z
            DTEND:20260311T110000Z
            ORGANIZER:mailto:alice+bob@acme.invites.example
            ATTENDEE;CN=3DBob;PARTSTAT=3DACCEPTED;CUTYPE=3DINDIVIDUAL;ROLE=3DREQ-PARTIC=
            IPANT:ma
            =20ilto:bob@b.test
            SEQUENCE:1
            STATUS:CONFIRMED
            CREATED:20260301T100000Z
            LAST-MODIFIED:20260301T100000Z
            TRANSP:OPAQUE
            END:VEVENT
            END:VCALENDAR
        "#]],
    );
}

#[test]
fn outlook_sends_base64_and_names_of_windows() {
    let text = String::from_utf8(
        written("mail alice@a.test -> create REQUEST kickoff like outlook start 2026-03-10T09:00[Europe/Berlin]")
            .bytes,
    )
    .unwrap();
    let (_, calendar) = text.split_once("text/calendar").unwrap();
    let (_, calendar) = calendar.split_once("\r\n\r\n").unwrap();
    let (calendar, _) = calendar.split_once("\r\n--").unwrap();
    let calendar = data_encoding::BASE64_MIME
        .decode(format!("{}\r\n", calendar.trim_end()).as_bytes())
        .unwrap();
    let calendar = String::from_utf8(calendar).unwrap();
    assert!(
        calendar.contains("DTSTART;TZID=W. Europe Standard Time:20260310T090000\r\n"),
        "{calendar}"
    );
}

#[test]
fn the_envelope_says_who_sends_and_from_where() {
    let message = written(
        "mail bob@b.test -> wrong token REPLY ACCEPTED to kickoff of alice@a.test forged null return path",
    );
    assert_eq!(message.envelope_from, None);
    assert_eq!(
        message.envelope_to,
        "alice+aaaabbbbccccdddd@acme.invites.example"
    );
    assert!(message.forged);
}

#[test]
fn what_is_left_out_and_added_is_as_told() {
    let message = written(
        "mail alice@a.test -> create REQUEST kickoff without UID line \"CONTACT:mailto:{bob@b.test}\" header \"Reply-To: {bob@b.test}\"",
    );
    let text = String::from_utf8(message.bytes).unwrap();
    assert!(!text.contains("\nUID:"), "{text}");
    assert!(text.contains("\nCONTACT:mailto:bob@b.test\r\n"), "{text}");
    assert!(text.contains("\nReply-To: bob@b.test\r\n"), "{text}");
}

#[test]
fn a_letter_that_was_never_sent_cannot_come_back() {
    let problem = mail("mail bob@b.test -> create our last mail to bob@b.test")
        .write(&Shown)
        .unwrap_err();
    assert_eq!(
        problem.to_string(),
        "no letter was sent to bob@b.test yet, so it cannot come back"
    );
}
