//! What was read and taken up is written to attendees, and reads back.

use invite::{
    address::{Address, Mailbox},
    command::Request,
    decide::{self, Limits, RequestDecision, Standing},
    event::{Event, Uninvited},
    id::TenantKey,
    letter::{Brand, LetterError, Sender},
};
use jiff::Timestamp;

use crate::read_back::{assert_letters_read_back, assert_objects_read_back};

/// The event a REQUEST creates; `None` for what is refused, as series still are.
pub(crate) fn event(request: &Request) -> Option<Event> {
    let limits = Limits {
        events_per_organizer: None,
        invites_per_event: 1,
        enrolled_only: false,
        uninvited: Uninvited::Open,
    };
    let standing = Standing::default();
    let now = Timestamp::UNIX_EPOCH;
    match decide::request(None, None, &standing, &limits, &key(), request, now) {
        RequestDecision::Create(event) => Some(*event),
        RequestDecision::Refuse(_) => None,
        other => panic!("a first REQUEST is ignored or a change: {other:?}"),
    }
}

/// Its calendar objects, as an attendee gets them.
pub(crate) fn check_objects(event: &Event) {
    assert_objects_read_back(event, &attendee());
}

/// Its letters.
pub(crate) fn check_letters(event: &Event) {
    let sender = Sender {
        brand: Brand {
            name: "Acme".to_owned(),
            color: Brand::COLOR.to_owned(),
            site: None,
            support: None,
        },
        mail_domain: "acme.invites.example".to_owned(),
        key: key(),
        update_subject_prefix: Sender::UPDATE_SUBJECT_PREFIX.to_owned(),
    };
    match assert_letters_read_back(event, &attendee(), &sender) {
        Ok(()) | Err(LetterError::AddressNotAscii) => {}
        Err(error) => panic!("{error}"),
    }
}

fn attendee() -> Mailbox {
    Mailbox {
        address: Address::parse("bob@b.test").unwrap(),
        name: None,
    }
}

fn key() -> TenantKey {
    TenantKey::new([7; 32]).unwrap()
}
