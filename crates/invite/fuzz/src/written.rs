//! What was read and taken up is written to attendees, and reads back.

use invite::{
    address::{Address, Mailbox},
    command::Request,
    decide::{self, Limits, RequestDecision, Standing},
    event::{Answers, Event, Uninvited},
    ical::{
        self, Partstat,
        write::{self, Purpose},
    },
    id::TenantKey,
    language::Language,
    letter::{self, Brand, LetterError, Sender, Templates},
    time::CalendarTime,
};
use jiff::Timestamp;

use crate::read_back::{assert_letters_read_back, assert_objects_read_back, assert_well_formed};

/// The event a REQUEST creates; `None` for what is refused, or held because it is about instances alone.
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
        RequestDecision::Refuse(_) | RequestDecision::Hold(_) => None,
        other => panic!("a first REQUEST is ignored or a change: {other:?}"),
    }
}

/// Its calendar objects, as an attendee gets them. That an event cannot be written is an answer, too.
pub(crate) fn check_objects(event: &Event) {
    let Ok(draft) = write::Draft::new(event, &Purpose::Request, |_| String::new()) else {
        return;
    };
    if !event.details.recurs() && event.instances.is_empty() {
        assert_objects_read_back(event, &attendee());
        return;
    }
    let answers = Answers::all(Partstat::Accepted);
    let object = draft.addressed(&event.organizer, &attendee(), &answers);
    let object = String::from_utf8(object).unwrap();
    assert_well_formed(&object);
    let (calendars, problems) = ical::read(&object);
    assert!(problems.is_empty(), "{problems:?}\n{object}");
    assert_eq!(calendars.len(), 1);
    assert_eq!(
        calendars[0].events[0]
            .start
            .as_ref()
            .map(CalendarTime::instant),
        Some(event.details.start.instant())
    );
}

/// Its letters.
pub(crate) fn check_letters(event: &Event) {
    let sender = Sender {
        brand: Brand {
            name: "Acme".to_owned(),
            color: Brand::COLOR.to_owned(),
            site: None,
            support: None,
            logo: None,
            address: None,
        },
        mail_domain: "acme.invites.example".to_owned(),
        key: key(),
        update_subject_prefix: Sender::UPDATE_SUBJECT_PREFIX.to_owned(),
        templates: Templates::of(Language::English),
        pages: None,
    };
    let single = !event.details.recurs() && event.instances.is_empty();
    let written = if single {
        assert_letters_read_back(event, &attendee(), &sender)
    } else {
        letter::invite(
            event,
            &attendee(),
            &Answers::all(Partstat::NeedsAction),
            &sender,
        )
        .map(|_| ())
    };
    match written {
        Ok(()) | Err(LetterError::AddressNotAscii | LetterError::Calendar { .. }) => {}
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
