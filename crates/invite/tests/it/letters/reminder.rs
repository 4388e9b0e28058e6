//! Letters that remind of an invitation.

use invite::{
    event::{Answers, Event},
    ical::Partstat,
    language::Language,
    letter::{Draft, Kind, Letter, Sender},
};
use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};

use super::{samples, series};

fn to_bob(kind: Kind, event: &Event, sender: &Sender) -> Letter {
    let bob = samples::mailbox("Bob Byte", "bob@b.test");
    let nothing = Answers::all(Partstat::NeedsAction);
    let draft = Draft::new(kind, event, sender).unwrap();
    draft.addressed(&bob, &nothing, None).unwrap()
}

fn reminder(event: &Event, asked: &str, sender: &Sender) -> Letter {
    let asked: Timestamp = asked.parse().unwrap();
    to_bob(Kind::Reminder { asked }, event, sender)
}

/// Every letter of this kind with its name.
pub(super) fn letters(sender: &Sender) -> Vec<(String, Letter)> {
    let asked = "2026-02-20T10:00:00Z";
    [
        ("reminder", samples::berlin().event),
        ("reminder-series", series::weekly().event),
    ]
    .map(|(name, event)| (name.to_owned(), reminder(&event, asked, sender)))
    .into()
}

fn object(letter: &Letter) -> Vec<u8> {
    let mail = MessageParser::default().parse(&letter.raw).unwrap();
    let attached = mail
        .attachments()
        .find(|part| part.attachment_name() == Some("invite.ics"));
    attached.unwrap().contents().to_vec()
}

#[test]
fn the_calendar_object_is_the_one_he_has() {
    let sender = samples::sender(Language::English);
    for event in [samples::berlin().event, series::weekly().event] {
        let invited = to_bob(Kind::Invite, &event, &sender);
        let reminded = reminder(&event, "2026-02-20T10:00:00Z", &sender);
        assert_eq!(object(&reminded), object(&invited));
        assert_eq!(reminded.from, invited.from);
    }
}

#[test]
fn two_reminders_are_two_mails_and_one_sent_again_is_one() {
    let sender = samples::sender(Language::English);
    let event = samples::berlin().event;
    let first = reminder(&event, "2026-02-20T10:00:00Z", &sender);
    assert_eq!(first, reminder(&event, "2026-02-20T10:00:00Z", &sender));
    let second = reminder(&event, "2026-02-22T10:00:00Z", &sender);
    let id = |letter: &Letter| invite::mail::read(&letter.raw).0.message_id;
    assert_ne!(id(&first), id(&second));
}
