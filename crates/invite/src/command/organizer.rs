//! What an organizer's calendar asks: REQUEST, ADD, PUBLISH, CANCEL; of an event, a series, or instances of one.

use super::{
    Cancel, Cancelled, FoundCalendar, InstanceCancel, InstanceRequest, Range, RefusalReason,
    Request, Whole, classify::Asking, details::details,
};
use crate::{
    address::{Address, Mailbox},
    command::Sender,
    ical::{Method, Status, Vevent},
};

impl Asking<'_> {
    pub(super) fn request(
        &self,
        sender: &Sender,
        found: &FoundCalendar,
    ) -> Result<Request, RefusalReason> {
        let mailto = self.create_mailbox()?;
        let events = of_one_uid(found)?;
        let organizer = self.organizer_of_all(sender, &events)?;
        let zones = &found.calendar.zones;
        let is_addition = found.calendar.method == Some(Method::Add);
        let mut whole = None;
        let mut instances = Vec::new();
        for event in &events {
            match (&event.recurrence_id, is_addition) {
                (Some(recurrence_id), _) => instances.push(InstanceRequest {
                    recurrence_id: recurrence_id.clone(),
                    range: if event.this_and_future {
                        Range::ThisAndFuture
                    } else {
                        Range::One
                    },
                    stamp: self.stamp(event),
                    details: match event.status {
                        Some(Status::Cancelled) => None,
                        _ => Some(details(event, zones)?),
                    },
                }),
                (None, true) => {
                    let details = details(event, zones)?;
                    instances.push(InstanceRequest {
                        recurrence_id: details.start.clone(),
                        range: Range::Added,
                        stamp: self.stamp(event),
                        details: Some(details),
                    });
                }
                (None, false) if whole.is_none() => {
                    whole = Some(Whole {
                        stamp: self.stamp(event),
                        details: details(event, zones)?,
                    });
                }
                // Two events of one UID, and nothing says which of them it is.
                (None, false) => return Err(RefusalReason::SeveralCalendars),
            }
        }
        Ok(Request {
            digest: self.digest(&organizer.address, found),
            organizer,
            mailto,
            client_uid: uid(&events)?,
            prodid: found.calendar.prodid.clone().unwrap_or_default(),
            whole,
            instances,
            uninvited: self.mailboxes.uninvited,
        })
    }

    pub(super) fn cancel(
        &self,
        sender: &Sender,
        found: &FoundCalendar,
    ) -> Result<Cancel, RefusalReason> {
        self.create_mailbox()?;
        let events = of_one_uid(found)?;
        let organizer = self.organizer_of_all(sender, &events)?;
        let whole = events.iter().find(|event| event.recurrence_id.is_none());
        let what = match whole {
            Some(event) => Cancelled::Whole {
                stamp: self.stamp(event),
            },
            None => Cancelled::Instances(
                events
                    .iter()
                    .filter_map(|event| {
                        Some(InstanceCancel {
                            recurrence_id: event.recurrence_id.clone()?,
                            this_and_future: event.this_and_future,
                            stamp: self.stamp(event),
                        })
                    })
                    .collect(),
            ),
        };
        Ok(Cancel {
            digest: self.digest(&organizer.address, found),
            organizer,
            client_uid: uid(&events)?,
            what,
        })
    }

    fn create_mailbox(&self) -> Result<Address, RefusalReason> {
        self.mailboxes
            .create
            .clone()
            .ok_or(RefusalReason::NotACommandMailbox)
    }

    /// One organizer for the series and its instances; an override may leave him out.
    fn organizer_of_all(
        &self,
        sender: &Sender,
        events: &[&Vevent],
    ) -> Result<Mailbox, RefusalReason> {
        let missing = RefusalReason::Missing {
            property: "ORGANIZER",
        };
        let mut organizer = Err(missing);
        for event in events.iter().filter(|event| event.organizer.is_some()) {
            let named = self.organizer(sender, event)?;
            organizer = organizer.or(Ok(named));
        }
        organizer
    }

    /// ORGANIZER must be who sent the mail; a shared calendar counts as whoever sends for it.
    fn organizer(&self, sender: &Sender, event: &Vevent) -> Result<Mailbox, RefusalReason> {
        const PROPERTY: &str = "ORGANIZER";
        let organizer = event
            .organizer
            .as_ref()
            .ok_or(RefusalReason::Missing { property: PROPERTY })?;
        let address = organizer
            .address
            .as_ref()
            .ok_or(RefusalReason::Invalid { property: PROPERTY })?;
        let is_shared = self
            .policy
            .shared_calendar_domains
            .iter()
            .any(|domain| domain.eq_ignore_ascii_case(address.domain()));
        if *address != sender.mailbox.address && !is_shared {
            return Err(RefusalReason::NotTheOrganizer);
        }
        Ok(Mailbox {
            address: sender.mailbox.address.clone(),
            name: organizer
                .name
                .clone()
                .filter(|_| !is_shared)
                .or_else(|| sender.mailbox.name.clone()),
        })
    }
}

/// The VEVENTs of a calendar, all of one event.
pub(super) fn of_one_uid(found: &FoundCalendar) -> Result<Vec<&Vevent>, RefusalReason> {
    let events = &found.calendar.events;
    let Some((event, others)) = events.split_first() else {
        return Err(if found.calendar.other_components.is_empty() {
            RefusalReason::UnreadableCalendar
        } else {
            RefusalReason::NotSupported {
                what: "anything but an event, such as a task or a note",
            }
        });
    };
    if others.iter().any(|other| other.uid != event.uid) {
        return Err(RefusalReason::SeveralCalendars);
    }
    let is_unreadable = |event: &Vevent| event.invalid.contains(&"RECURRENCE-ID");
    if events.iter().any(is_unreadable) {
        return Err(RefusalReason::Invalid {
            property: "RECURRENCE-ID",
        });
    }
    Ok(events.iter().collect())
}

/// Longest UID of a client that is kept, in bytes.
const MAX_UID_BYTES: usize = 1_024;

pub(super) fn uid(events: &[&Vevent]) -> Result<String, RefusalReason> {
    match events.first().and_then(|event| event.uid.as_ref()) {
        Some(uid) if uid.len() > MAX_UID_BYTES || uid.chars().any(char::is_control) => {
            Err(RefusalReason::Invalid { property: "UID" })
        }
        Some(uid) => Ok(uid.clone()),
        None => Err(RefusalReason::Missing { property: "UID" }),
    }
}
