//! What a program asks in an organizer's name, without a mail: the same commands his mail is read to, so that the same is
//! decided about them.

use jiff::{SignedDuration, Timestamp};

use super::{
    Cancel, Cancelled, EventSettings, RefusalReason, Request, Whole,
    organizer::{Organizing, digest_of_calendar, of_one_uid, organizer_of_all, uid},
};
use crate::{
    address::{Address, Mailbox},
    event::{Details, Event, Stamp},
    ical::{self, Calendar, Method},
    id::Digest,
};

/// A calendar as a program hands it over: of one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgramsCalendar {
    calendar: Calendar,
    text: String,
}

impl ProgramsCalendar {
    /// Reads it.
    ///
    /// # Errors
    /// Why it is not the calendar of one event.
    pub fn read(text: &str) -> Result<Self, RefusalReason> {
        let (mut calendars, problems) = ical::read(text);
        if problems
            .iter()
            .any(|problem| problem.code == ical::TOO_LARGE)
        {
            return Err(RefusalReason::TooLarge {
                limit_bytes: ical::MAX_BYTES,
            });
        }
        let calendar = calendars.pop().ok_or(RefusalReason::UnreadableCalendar)?;
        if !calendars.is_empty() {
            return Err(RefusalReason::SeveralCalendars);
        }
        of_one_uid(&calendar)?;
        Ok(Self {
            calendar,
            text: text.to_owned(),
        })
    }

    /// ORGANIZER, if it names one that can be mailed to.
    #[must_use]
    pub fn organizer(&self) -> Option<Mailbox> {
        let mut parties = self
            .calendar
            .events
            .iter()
            .filter_map(|event| event.organizer.as_ref());
        parties.find_map(|party| {
            Some(Mailbox {
                address: party.address.clone()?,
                name: party.name.clone(),
            })
        })
    }

    /// UID.
    ///
    /// # Errors
    /// It is missing, or cannot be one.
    pub fn client_uid(&self) -> Result<String, RefusalReason> {
        uid(&of_one_uid(&self.calendar)?)
    }

    /// Whether it is about no more than single instances of a series.
    #[must_use]
    pub fn is_of_instances_only(&self) -> bool {
        let events = &self.calendar.events;
        events.iter().all(|event| event.recurrence_id.is_some())
            || self.calendar.method == Some(Method::Add)
    }

    /// The same as the calendar of a known event: its UID may be left out, or be ours.
    ///
    /// # Errors
    /// It has the UID of another.
    pub fn of_event(mut self, event: &Event) -> Result<Self, RefusalReason> {
        let is_its = |uid: &str| uid == event.client_uid || uid == event.uid.as_str();
        for component in &mut self.calendar.events {
            if component.uid.as_deref().is_some_and(|uid| !is_its(uid)) {
                return Err(RefusalReason::Invalid { property: "UID" });
            }
            component.uid = Some(event.client_uid.clone());
        }
        Ok(self)
    }
}

/// In whose name something is asked, and about what.
#[derive(Clone, Debug)]
pub struct InName<'a> {
    /// Of whom; that the program may is known.
    pub organizer: &'a Mailbox,
    /// Domains of shared calendars, whose ORGANIZER counts as him.
    pub shared_calendar_domains: &'a [String],
    /// The event as it is, if it is there.
    pub known: Option<&'a Event>,
    /// When it is asked.
    pub now: Timestamp,
}

impl InName<'_> {
    /// REQUEST, PUBLISH and ADD; without METHOD a REQUEST.
    ///
    /// # Errors
    /// What is wrong with the calendar.
    pub fn request(
        &self,
        calendar: &ProgramsCalendar,
        mailto: Address,
        settings: EventSettings,
    ) -> Result<Request, RefusalReason> {
        let ProgramsCalendar { calendar: read, .. } = calendar;
        let is_request = matches!(
            read.method,
            None | Some(Method::Request | Method::Publish | Method::Add)
        );
        if !is_request || read.unknown_method.is_some() {
            return Err(RefusalReason::Invalid { property: "METHOD" });
        }
        self.organizing(calendar)?.request(read, mailto, settings)
    }

    /// An event by its details; `client_uid` and `prodid` are the program's.
    #[must_use]
    pub fn request_of(
        &self,
        client_uid: String,
        prodid: String,
        details: Details,
        mailto: Address,
        settings: EventSettings,
    ) -> Request {
        let stamp = self.unstamped();
        Request {
            digest: self.digest_of(&format!("request {client_uid}"), stamp),
            organizer: self.organizer.clone(),
            mailto,
            client_uid,
            prodid,
            whole: Some(Whole { stamp, details }),
            instances: Vec::new(),
            settings,
        }
    }

    /// CANCEL; without METHOD the same.
    ///
    /// # Errors
    /// What is wrong with the calendar.
    pub fn cancel(&self, calendar: &ProgramsCalendar) -> Result<Cancel, RefusalReason> {
        let ProgramsCalendar { calendar: read, .. } = calendar;
        let is_cancel = matches!(read.method, None | Some(Method::Cancel));
        if !is_cancel || read.unknown_method.is_some() {
            return Err(RefusalReason::Invalid { property: "METHOD" });
        }
        self.organizing(calendar)?.cancel(read)
    }

    /// The whole event does not take place.
    #[must_use]
    pub fn cancel_of(&self, client_uid: String) -> Cancel {
        let stamp = self.unstamped();
        Cancel {
            digest: self.digest_of(&format!("cancel {client_uid}"), stamp),
            organizer: self.organizer.clone(),
            client_uid,
            what: Cancelled::Whole { stamp },
        }
    }

    fn organizing(&self, calendar: &ProgramsCalendar) -> Result<Organizing, RefusalReason> {
        let ProgramsCalendar {
            calendar: read,
            text,
        } = calendar;
        let events = of_one_uid(read)?;
        let named = organizer_of_all(self.organizer, self.shared_calendar_domains, &events)?;
        let unstamped = self.unstamped();
        let is_stamped = events
            .iter()
            .all(|event| event.sequence.is_some() && event.dtstamp.is_some());
        Ok(Organizing {
            digest: if is_stamped {
                digest_of_calendar(&self.organizer.address, text)
            } else {
                self.digest_of(text, unstamped)
            },
            organizer: named.unwrap_or_else(|| self.organizer.clone()),
            unstamped,
        })
    }

    /// Who says nothing about the order means that this is the newest.
    fn unstamped(&self) -> Stamp {
        let Some(known) = self.known else {
            return Stamp {
                sequence: 0,
                dtstamp: self.now,
            };
        };
        let after = known
            .accepted
            .dtstamp
            .checked_add(SignedDuration::from_millis(1))
            .unwrap_or(Timestamp::MAX);
        Stamp {
            sequence: known.accepted.sequence,
            dtstamp: self.now.max(after),
        }
    }

    /// Of what we gave its place in the order: the same words another time are another command.
    fn digest_of(&self, text: &str, stamp: Stamp) -> Digest {
        let Stamp { sequence, dtstamp } = stamp;
        let text = format!("{sequence} {dtstamp}\n{text}");
        Digest::of(&self.organizer.address, text.as_bytes())
    }
}

#[cfg(test)]
mod tests;
