//! What an organizer's calendar asks: REQUEST, ADD, PUBLISH, CANCEL; of an event, a series, or instances of one. The same
//! of a calendar in a mail and of one that a program hands over.

use super::{
    Cancel, Cancelled, EventSettings, FoundCalendar, InstanceCancel, InstanceRequest, Range,
    RefusalReason, Request, Whole, classify::Asking, details::details,
};
use crate::{
    address::{Address, Mailbox},
    command::Sender,
    event::Stamp,
    ical::{Calendar, Method, Status, Vevent},
    id::Digest,
};

impl Asking<'_> {
    pub(super) fn request(
        &self,
        sender: &Sender,
        found: &FoundCalendar,
    ) -> Result<Request, RefusalReason> {
        let mailto = self.create_mailbox()?;
        self.organizing(sender, found)?
            .request(&found.calendar, mailto, self.mailboxes.settings)
    }

    pub(super) fn cancel(
        &self,
        sender: &Sender,
        found: &FoundCalendar,
    ) -> Result<Cancel, RefusalReason> {
        self.create_mailbox()?;
        self.organizing(sender, found)?.cancel(&found.calendar)
    }

    fn create_mailbox(&self) -> Result<Address, RefusalReason> {
        self.mailboxes
            .create
            .clone()
            .ok_or(RefusalReason::NotACommandMailbox)
    }

    fn organizing(
        &self,
        sender: &Sender,
        found: &FoundCalendar,
    ) -> Result<Organizing, RefusalReason> {
        let events = of_one_uid(&found.calendar)?;
        let shared = &self.policy.shared_calendar_domains;
        let missing = RefusalReason::Missing {
            property: "ORGANIZER",
        };
        Ok(Organizing {
            organizer: organizer_of_all(&sender.mailbox, shared, &events)?.ok_or(missing)?,
            unstamped: self.unstamped(),
            digest: self.digest(&sender.mailbox.address, found),
        })
    }
}

/// Whose calendar it is, and what stands for what it leaves out.
pub(super) struct Organizing {
    pub(super) organizer: Mailbox,
    /// SEQUENCE and DTSTAMP of a VEVENT that has none.
    pub(super) unstamped: Stamp,
    pub(super) digest: Digest,
}

impl Organizing {
    /// REQUEST, PUBLISH or ADD.
    pub(super) fn request(
        self,
        calendar: &Calendar,
        mailto: Address,
        settings: EventSettings,
    ) -> Result<Request, RefusalReason> {
        let events = of_one_uid(calendar)?;
        let zones = &calendar.zones;
        let is_addition = calendar.method == Some(Method::Add);
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
            digest: self.digest,
            organizer: self.organizer,
            mailto,
            client_uid: uid(&events)?,
            prodid: calendar.prodid.clone().unwrap_or_default(),
            whole,
            instances,
            settings,
        })
    }

    /// CANCEL.
    pub(super) fn cancel(self, calendar: &Calendar) -> Result<Cancel, RefusalReason> {
        let events = of_one_uid(calendar)?;
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
            digest: self.digest,
            organizer: self.organizer,
            client_uid: uid(&events)?,
            what,
        })
    }

    fn stamp(&self, event: &Vevent) -> Stamp {
        stamp(event, self.unstamped)
    }
}

/// SEQUENCE and DTSTAMP, each from elsewhere where the VEVENT has none.
pub(super) fn stamp(event: &Vevent, unstamped: Stamp) -> Stamp {
    Stamp {
        sequence: event.sequence.unwrap_or(unstamped.sequence),
        dtstamp: event.dtstamp.unwrap_or(unstamped.dtstamp),
    }
}

/// Line ends may change on the way, and do not make another calendar.
pub(super) fn digest_of_calendar(sender: &Address, text: &str) -> Digest {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    Digest::of(sender, lines.join("\n").trim_end().as_bytes())
}

/// One organizer for the series and its instances; an override may leave him out. `None`: all do.
pub(super) fn organizer_of_all(
    sender: &Mailbox,
    shared_domains: &[String],
    events: &[&Vevent],
) -> Result<Option<Mailbox>, RefusalReason> {
    let mut organizer = None;
    for event in events {
        let named = organizer_of(sender, shared_domains, event)?;
        organizer = organizer.or(named);
    }
    Ok(organizer)
}

/// ORGANIZER must be who sent it; a shared calendar counts as whoever sends for it.
fn organizer_of(
    sender: &Mailbox,
    shared_domains: &[String],
    event: &Vevent,
) -> Result<Option<Mailbox>, RefusalReason> {
    let Some(organizer) = &event.organizer else {
        return Ok(None);
    };
    let address = organizer.address.as_ref().ok_or(RefusalReason::Invalid {
        property: "ORGANIZER",
    })?;
    let is_shared = shared_domains
        .iter()
        .any(|domain| domain.eq_ignore_ascii_case(address.domain()));
    if *address != sender.address && !is_shared {
        return Err(RefusalReason::NotTheOrganizer);
    }
    let name = organizer.name.clone().filter(|_| !is_shared);
    Ok(Some(Mailbox {
        address: sender.address.clone(),
        name: name.or_else(|| sender.name.clone()),
    }))
}

/// The VEVENTs of a calendar, all of one event.
pub(super) fn of_one_uid(calendar: &Calendar) -> Result<Vec<&Vevent>, RefusalReason> {
    let events = &calendar.events;
    let Some((event, others)) = events.split_first() else {
        return Err(if calendar.other_components.is_empty() {
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
        Some(uid) if can_be_uid(uid) => Ok(uid.clone()),
        Some(_) => Err(RefusalReason::Invalid { property: "UID" }),
        None => Err(RefusalReason::Missing { property: "UID" }),
    }
}

/// Whether a client may call its event so.
#[must_use]
pub fn can_be_uid(uid: &str) -> bool {
    uid.len() <= MAX_UID_BYTES && !uid.chars().any(char::is_control)
}
