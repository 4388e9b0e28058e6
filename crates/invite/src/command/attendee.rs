//! What an attendee's calendar says: REPLY.

use super::{
    Answered, FoundCalendar, FromAttendee, RefusalReason, Reply,
    classify::Asking,
    organizer::{of_one_uid, uid},
};
use crate::{
    address::Mailbox,
    ical::{Partstat, Party, Vevent},
};

impl Asking<'_> {
    pub(super) fn reply(&self, found: &FoundCalendar) -> Result<Reply, RefusalReason> {
        let events = of_one_uid(found)?;
        let (first, others) = events
            .split_first()
            .ok_or(RefusalReason::UnreadableCalendar)?;
        if !others.is_empty() || first.recurrence_id.is_some() {
            return Err(RefusalReason::NotSupported {
                what: "an answer to a single date of a recurring event",
            });
        }
        let answered = self.answered(first);
        if answered.partstat == Some(Partstat::Delegated) {
            return Err(RefusalReason::NotSupported {
                what: "an answer that sends somebody else",
            });
        }
        Ok(Reply {
            by: self.by(found, &events)?,
            answers: vec![answered],
        })
    }

    pub(super) fn by(
        &self,
        found: &FoundCalendar,
        events: &[&Vevent],
    ) -> Result<FromAttendee, RefusalReason> {
        let attendee = events.iter().find_map(|event| self.attendee(event));
        Ok(FromAttendee {
            uid: uid(events)?,
            from: self.from.clone(),
            from_is_authenticated: self
                .sender
                .is_some_and(|sender| sender.mailbox.address == self.from.address),
            token: self.mailboxes.token.clone(),
            attendee: attendee.and_then(|attendee| {
                Some(Mailbox {
                    address: attendee.address.clone()?,
                    name: attendee.name.clone(),
                })
            }),
            prodid: found.calendar.prodid.clone(),
            arrived: self.receipt.arrived,
            digest: self.digest(&self.from.address, found),
        })
    }

    fn answered(&self, event: &Vevent) -> Answered {
        let attendee = self.attendee(event);
        Answered {
            recurrence_id: event.recurrence_id.clone(),
            partstat: attendee.and_then(|attendee| attendee.partstat),
            stamp: self.stamp(event),
            delegated_to: None,
            delegated_from: None,
            comment: None,
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
