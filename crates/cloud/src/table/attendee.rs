//! People invited to an event, and their answers.

use invite::{address::Address, delivery::Posted, event::Attendee, id::Uid};
use records::AttendeeRecord;
use serde::Deserialize;

use super::{
    Fault, Key, PostedRecord, Table,
    key::{ATTENDEES, event_partition},
    understood,
};

/// Some of an event's attendees, by address.
#[derive(Debug)]
pub struct AttendeePage {
    /// They.
    pub attendees: Vec<Attendee>,
    /// Where the mail to each of them stands, in the same order.
    pub posted: Vec<Posted>,
    /// Read on after this; `None` when these were the last.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct PostedAttendee {
    #[serde(flatten)]
    attendee: AttendeeRecord,
    #[serde(flatten)]
    posted: PostedRecord,
}

impl Table {
    /// An attendee.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendee(&self, uid: &Uid, attendee: &Address) -> Result<Option<Attendee>, Fault> {
        let operation = "read the attendee";
        let record: Option<AttendeeRecord> =
            self.get(operation, &Key::attendee(uid, attendee)).await?;
        understood(operation, record.map(Attendee::try_from).transpose())
    }

    /// At most `limit` attendees of an event, after those that came before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn attendees(
        &self,
        uid: &Uid,
        after: Option<&str>,
        limit: i32,
    ) -> Result<AttendeePage, Fault> {
        let operation = "read a page of attendees";
        let (records, next) = self
            .page(
                operation,
                &event_partition(uid),
                Some(ATTENDEES),
                after,
                Some(limit),
            )
            .await?;
        let mut page = AttendeePage {
            attendees: Vec::with_capacity(records.len()),
            posted: Vec::with_capacity(records.len()),
            next,
        };
        for PostedAttendee { attendee, posted } in records {
            page.attendees
                .push(understood(operation, attendee.try_into())?);
            page.posted.push(posted.into());
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Keyed, any, from_item},
        *,
    };

    proptest! {
        #[test]
        fn an_attendee_comes_back_from_the_table_as_he_went(attendee in any::attendee()) {
            let uid = Uid::parse(&"0".repeat(40)).unwrap();
            let key = Key::attendee(&uid, &attendee.mailbox.address);
            let item = Keyed::kept(key, AttendeeRecord::from(&attendee)).item("test").unwrap();
            let back: AttendeeRecord = from_item("test", item).unwrap();
            prop_assert_eq!(Attendee::try_from(back).unwrap(), attendee);
        }
    }
}
