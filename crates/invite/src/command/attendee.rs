//! What an attendee's calendar says: REPLY, COUNTER, REFRESH.

use super::{
    Answered, Counter, FoundCalendar, FromAttendee, Proposed, RefusalReason, Reply,
    classify::Asking,
    organizer::{of_one_uid, uid},
};
use crate::{
    address::{Address, Mailbox},
    event::{Answer, Event},
    ical::{Party, Vevent},
};

/// Most VEVENTs a mail of an attendee may have: the series and every instance that can differ.
const MAX_ANSWERS: usize = Event::MAX_INSTANCES + 1;

impl Asking<'_> {
    pub(super) fn reply(&self, found: &FoundCalendar) -> Result<Reply, RefusalReason> {
        let events = about_instances_one_by_one(found)?;
        let by = self.by(found, &events)?;
        let answers = events
            .iter()
            .map(|event| self.answered(event, by.attendee.as_ref()))
            .collect();
        Ok(Reply { by, answers })
    }

    pub(super) fn counter(&self, found: &FoundCalendar) -> Result<Counter, RefusalReason> {
        let events = about_instances_one_by_one(found)?;
        let proposed = |event: &&Vevent| {
            let property = "DTSTART";
            let start = event.start.clone();
            let start = start.ok_or(RefusalReason::Missing { property })?;
            let end = event.end.clone().unwrap_or_else(|| start.clone());
            if end.instant() < start.instant() {
                return Err(RefusalReason::Invalid { property: "DTEND" });
            }
            Ok(Proposed {
                recurrence_id: event.recurrence_id.clone(),
                stamp: self.stamp(event),
                start,
                end,
                comment: comment(event),
            })
        };
        Ok(Counter {
            proposals: events.iter().map(proposed).collect::<Result<_, _>>()?,
            by: self.by(found, &events)?,
        })
    }

    pub(super) fn refresh(&self, found: &FoundCalendar) -> Result<FromAttendee, RefusalReason> {
        self.by(found, &of_one_uid(&found.calendar)?)
    }

    fn by(&self, found: &FoundCalendar, events: &[&Vevent]) -> Result<FromAttendee, RefusalReason> {
        let attendee = events.iter().find_map(|event| self.attendee(event));
        Ok(FromAttendee {
            uid: uid(events)?,
            from: self.from.clone(),
            from_is_authenticated: self.has_an_authenticated_from(),
            token: self.mailboxes.token.clone(),
            attendee: attendee.and_then(mailbox),
            prodid: found.calendar.prodid.clone(),
            arrived: self.receipt.arrived,
            mail_id: self.receipt.mail_id.clone(),
            digest: self.digest(&self.from.address, found),
        })
    }

    pub(super) fn has_an_authenticated_from(&self) -> bool {
        self.sender
            .is_some_and(|sender| sender.mailbox.address == self.from.address)
    }

    /// A VEVENT that names somebody else than the others do is no answer of who sent them.
    fn answered(&self, event: &Vevent, by: Option<&Mailbox>) -> Answered {
        let address_of = |party: &Party| party.address.clone();
        let attendee = self
            .attendee(event)
            .filter(|party| by.is_none() || address_of(party) == by.map(|by| by.address.clone()));
        let delegated = |name: &str| {
            attendee
                .and_then(|party| party.params.iter().find(|(param, _)| param == name))
                .and_then(|(_, values)| values.first())
                .and_then(|value| Address::parse(value))
        };
        Answered {
            recurrence_id: event.recurrence_id.clone(),
            partstat: attendee.and_then(|attendee| attendee.partstat),
            stamp: self.stamp(event),
            delegated_to: delegated("DELEGATED-TO").map(|address| Mailbox {
                address,
                name: None,
            }),
            delegated_from: delegated("DELEGATED-FROM"),
            comment: comment(event),
            people: None,
        }
    }

    /// A reply names one attendee (RFC 5546 section 3.2.3); among several, the one who sent it.
    fn attendee<'a>(&self, event: &'a Vevent) -> Option<&'a Party> {
        match event.attendees.as_slice() {
            [attendee] => Some(attendee),
            several => several
                .iter()
                .find(|attendee| attendee.address.as_ref() == Some(&self.from.address)),
        }
    }
}

/// What we ask about is the series and single instances of it, so nobody is asked about "this one and all later ones".
fn about_instances_one_by_one(found: &FoundCalendar) -> Result<Vec<&Vevent>, RefusalReason> {
    let events = of_one_uid(&found.calendar)?;
    if events.len() > MAX_ANSWERS {
        return Err(RefusalReason::TooManyAnswers {
            limit: Event::MAX_INSTANCES,
        });
    }
    if events.iter().any(|event| event.this_and_future) {
        return Err(RefusalReason::NotSupported {
            what: "an answer to one date of a series and all later ones at once",
        });
    }
    Ok(events)
}

fn mailbox(party: &Party) -> Option<Mailbox> {
    Some(Mailbox {
        address: party.address.clone()?,
        name: party.name.clone(),
    })
}

fn comment(event: &Vevent) -> Option<String> {
    event
        .other
        .iter()
        .filter(|line| line.name == "COMMENT")
        .map(|line| up_to(line.text().trim(), Answer::MAX_COMMENT_BYTES))
        // Evolution writes an empty one.
        .find(|comment| !comment.is_empty())
}

/// The beginning of a text, whole characters.
pub(super) fn up_to(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
