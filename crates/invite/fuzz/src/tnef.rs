//! Bytes that say they are a winmail.dat.

use invite::{
    address::{Address, Mailbox},
    ical,
    mail::tnef::{self, Envelope, Outcome},
};

use crate::problems;

/// How calendars begin that were written out of a meeting; an attached file may be anybody's.
const WRITTEN_HERE: &str = "-//Microsoft Corporation//Outlook TNEF//EN";

/// Reading is the same each time; a calendar comes out only where a meeting is said to be in it; what is written
/// out of a meeting is one calendar, however little the meeting says.
///
/// # Panics
/// When one of that does not hold.
pub fn check(bytes: &[u8]) {
    let (read, found) = tnef::read(bytes);
    let (again, found_again) = tnef::read(bytes);
    assert!(found == found_again, "read twice, read differently");
    problems::check_some(&found);
    let envelope = Envelope {
        from: Some(Mailbox {
            address: Address::parse("alice@a.test").unwrap(),
            name: Some("Alice".to_owned()),
        }),
        to: Address::parse("bob@b.test").into_iter().collect(),
        text: None,
    };
    let (calendars, more) = read.calendars(&envelope);
    assert!(calendars == again.calendars(&envelope).0);
    problems::check_some(&more);
    if read.outcome() != Outcome::Meeting {
        assert!(calendars.is_empty());
    }
    for calendar in calendars {
        let (read, _) = ical::read(&calendar.text);
        let is_a_meeting = read
            .first()
            .is_some_and(|first| first.prodid.as_deref() == Some(WRITTEN_HERE));
        if is_a_meeting {
            assert_eq!(read.len(), 1, "{}", calendar.text);
            assert!(!read[0].events.is_empty(), "{}", calendar.text);
            assert!(read[0].other_components.is_empty(), "{}", calendar.text);
        }
    }
}
