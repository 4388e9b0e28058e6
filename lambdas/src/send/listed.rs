//! The invitations of one shard of a list.
//!
//! A person's record is written before his invitation goes, so that his answer never meets an attendee nobody knows; and
//! not much before: nobody's is, who stands [`WINDOW`] behind somebody whose letter is still under way. So whoever takes a
//! shard up again sees by the records how far it came, and sends at most those of one window once more, and the same
//! bytes.
//!
//! Nobody's record is written over. When the list was checked, nobody on it was an attendee; as long as the event's count
//! of people added by others has not changed since, that is still so, and one call tells it of all of them.

use std::{
    collections::{HashMap, VecDeque},
    ops::RangeInclusive,
    pin::pin,
};

use cloud::{
    clock,
    table::{Added, EventNow, Kind},
};
use futures::{
    StreamExt,
    future::{self, Either},
    stream::FuturesUnordered,
};
use invite::{
    address::Address,
    event::Event,
    letter::{self, Draft},
};

use super::{
    listed_letter::{Due, Post},
    paced::Paced,
    send_shard::{Needs, Went, Work},
    window::{Became, Window},
};
use crate::{
    messages::{self, LetterMessage},
    shell::WORKS_FOR,
    stage::shard::InShard,
};

/// People stored at a time: one call of the table.
const STORED_AT_ONCE: usize = 25;
/// So far behind the first whose letter is not out nobody is stored.
const WINDOW: usize = 64;
/// People between two looks at the event, and two notes of how far the shard has come.
const CHECKED_EVERY: usize = 2000;
/// Letters in flight.
const IN_FLIGHT: RangeInclusive<u8> = 8..=64;

/// The event, as last looked at.
struct Looked {
    event: Event,
    /// Nobody at this place or behind was stored then.
    at: usize,
}

/// A shard under way.
pub(super) struct Listed<'a> {
    needs: &'a Needs,
    paced: &'a Paced<'a>,
    work: &'a mut Work,
    people: &'a [InShard],
    window: Window,
    /// Nobody at this place or behind is stored by this call.
    next: usize,
    /// People who are attendees already.
    added: HashMap<Address, Added>,
    /// How often others had added people when that was so.
    added_by_others: u64,
    /// The organizer may not invite at present.
    is_suspended: bool,
    /// The event as it was when the shard was taken up, until it is looked at.
    at_first: Option<EventNow>,
}

impl<'a> Listed<'a> {
    /// Sends a shard's invitations, from where it stands. What it came to stands in the record; the caller stores it.
    pub(super) async fn send(
        needs: &'a Needs,
        paced: &'a Paced<'a>,
        work: &'a mut Work,
        people: &'a [InShard],
        added_by_others: u64,
        at_first: EventNow,
    ) -> anyhow::Result<Went> {
        let done = usize::try_from(work.record.done)?;
        let mut listed = Self {
            window: Window::from(done, people.len()),
            next: done,
            added: HashMap::new(),
            is_suspended: false,
            at_first: Some(at_first),
            added_by_others,
            needs,
            paced,
            people,
            work,
        };
        if listed.work.is_resumed {
            listed.resume().await?;
        }
        let went = listed.go().await;
        // Also after a fault: what went out is not sent again.
        listed.count(people.len());
        if let Ok(Went::Dropped) = went {
            // Whose letters were under way when an earlier call ended: they are attendees, and keep their places.
            let rest = listed.people.iter().skip(listed.window.first());
            let under_way = rest
                .filter(|person| listed.is_mine(&person.mailbox.address))
                .count() as u64;
            let record = &mut listed.work.record;
            record.sent += under_way;
            record.dropped = record.people - record.done - under_way;
            record.done = record.people;
        }
        went
    }

    /// Sees by the records how far an earlier call has come.
    async fn resume(&mut self) -> anyhow::Result<()> {
        // Who had the shard may have gone on until it was taken over.
        self.at_first = None;
        let now = self.work.event_now(self.needs).await?;
        self.look_up(self.next).await?;
        self.added_by_others = now.invitations.added_by_others();
        let is_mine = |person: &InShard| self.is_mine(&person.mailbox.address);
        let begun = self
            .people
            .iter()
            .rposition(is_mine)
            .map_or(0, |last| last + 1);
        let people = self.people.iter().enumerate();
        let surely_ended = begun.saturating_sub(WINDOW);
        for (place, person) in people.take(surely_ended).skip(self.next) {
            let became = match self.added.get(&person.mailbox.address) {
                None => Became::Unwanted,
                Some(added) if !self.is_of_job(added) => Became::AlreadyInvited,
                Some(added) if added.is_rejected => Became::Rejected,
                Some(_) => Became::Sent,
            };
            self.window.ends(place, became);
        }
        Ok(())
    }

    fn is_of_job(&self, added: &Added) -> bool {
        added.by_job.as_deref() == Some(&self.work.job)
    }

    fn is_mine(&self, person: &Address) -> bool {
        let added = self.added.get(person);
        added.is_some_and(|added| self.is_of_job(added))
    }

    /// Looks up who from that place on is an attendee.
    async fn look_up(&mut self, from: usize) -> anyhow::Result<()> {
        let people = self.people.iter().skip(from);
        let people: Vec<&Address> = people.map(|person| &person.mailbox.address).collect();
        let table = &self.needs.office.table;
        self.added = table.added_among(&self.work.uid, &people).await?;
        Ok(())
    }

    async fn go(&mut self) -> anyhow::Result<Went> {
        let Some(mut looked) = self.look(None).await? else {
            return Ok(Went::Dropped);
        };
        loop {
            let until = self.people.len().min(looked.at + CHECKED_EVERY);
            let is_in_time = self.send_until(&looked.event, until).await?;
            let Some(now) = self.look(Some(&looked)).await? else {
                return Ok(Went::Dropped);
            };
            looked = now;
            if !is_in_time {
                return Ok(Went::OutOfTime);
            }
            if self.next == self.people.len() {
                return Ok(Went::Done);
            }
            self.count(looked.at);
            self.work.note(self.needs).await?;
        }
    }

    /// The event as it is now; `None` when nobody may be invited to it any more. Whoever was stored with what is not so
    /// any more is told.
    async fn look(&mut self, before: Option<&Looked>) -> anyhow::Result<Option<Looked>> {
        let now = match self.at_first.take() {
            Some(now) => now,
            None => self.work.event_now(self.needs).await?,
        };
        let Some(event) = now.event else {
            return Ok(None);
        };
        let others = now.invitations.added_by_others();
        if others != self.added_by_others {
            self.look_up(self.next).await?;
            self.added_by_others = others;
        }
        self.tell_of_changes(before, &event).await?;
        if before.is_none() {
            let table = &self.needs.office.table;
            let organizer = &event.organizer.address;
            self.is_suspended = table.standing(organizer, clock::now()).await?.suspended;
            self.next = self.window.first();
        }
        let may_invite = !event.is_cancelled() && !self.is_suspended;
        Ok(may_invite.then_some(Looked {
            at: self.next,
            event,
        }))
    }

    /// Whoever tells everybody of a change pages through the attendees once. Those stored since the event was last looked
    /// at may have come after that page with what was so before: they get a letter of their own. It is not sent to whoever
    /// has been told already.
    async fn tell_of_changes(&self, before: Option<&Looked>, event: &Event) -> anyhow::Result<()> {
        let stale: Vec<&InShard> = match before {
            Some(looked) if looked.event.revision == event.revision => return Ok(()),
            Some(looked) => {
                let since = self.people.get(looked.at..self.next);
                since.unwrap_or_default().iter().collect()
            }
            // Those of an earlier call.
            None => {
                let was_told_less = |person: &&InShard| {
                    self.added
                        .get(&person.mailbox.address)
                        .is_some_and(|added| {
                            self.is_of_job(added)
                                && added.told.is_some_and(|told| told < event.revision)
                        })
                };
                self.people.iter().filter(was_told_less).collect()
            }
        };
        let (kind, queue) = if event.is_cancelled() {
            (Kind::Cancellation, &self.needs.cancellations)
        } else {
            (Kind::Update, &self.needs.updates)
        };
        let letters = stale
            .into_iter()
            .map(|person| {
                let address = &person.mailbox.address;
                messages::write(&LetterMessage::of_revision(event, kind, address))
            })
            .collect::<Result<Vec<_>, _>>()?;
        queue.send_all(&letters).await?;
        Ok(())
    }

    /// Stores people and sends their letters up to that place; `false` when time is up.
    async fn send_until(&mut self, event: &Event, until: usize) -> anyhow::Result<bool> {
        let draft = Draft::new(letter::Kind::Invite, event, &self.needs.office.sender)
            .map_err(|error| tracing::warn!(%error, "the invitation cannot be written"))
            .ok();
        let (uid, job) = (self.work.uid.clone(), self.work.job.clone());
        let post = Post {
            draft: draft.as_ref(),
            paced: self.paced,
            table: &self.needs.office.table,
            uid: &uid,
            job: &job,
        };
        let in_flight_at_most = in_flight(self.paced.per_second());
        let mut waits = None;
        let mut ready = VecDeque::new();
        let mut in_flight = FuturesUnordered::new();
        loop {
            while in_flight.len() < in_flight_at_most
                && let Some(due) = ready.pop_front()
            {
                in_flight.push(post.send(due));
            }
            let to = until.min(self.next + STORED_AT_ONCE);
            let may_store = self.next < to
                && to <= self.window.first() + WINDOW
                && ready.len() < STORED_AT_ONCE
                && waits.is_none()
                && self.paced.elapsed() < WORKS_FOR;
            let mut ended = Vec::new();
            if may_store {
                let mut store = pin!(self.store(event, to));
                // Letters go on meanwhile.
                let stored = loop {
                    if in_flight.is_empty() {
                        break store.as_mut().await?;
                    }
                    match future::select(store.as_mut(), in_flight.next()).await {
                        Either::Left((stored, _)) => break stored?,
                        Either::Right((end, _)) => ended.extend(end),
                    }
                };
                ready.extend(stored);
            } else {
                match in_flight.next().await {
                    Some(end) => ended.push(end),
                    None => break,
                }
            }
            for (place, became) in ended {
                match became {
                    Ok(became) => self.window.ends(place, became),
                    Err(why) => {
                        waits = Some(why);
                        ready.clear();
                    }
                }
            }
        }
        match waits {
            Some(why) => Err(why),
            None => Ok(self.next == until),
        }
    }

    /// Stores who is new up to that place; those that are to get a letter.
    async fn store(&mut self, event: &Event, to: usize) -> anyhow::Result<Vec<Due<'a>>> {
        let table = &self.needs.office.table;
        let organizer = &event.organizer.address;
        let (mut new, mut due) = (Vec::new(), Vec::new());
        let people = self.people.get(self.next..to).unwrap_or_default();
        for (place, person) in (self.next..).zip(people) {
            let address = &person.mailbox.address;
            let unwanted = self.needs.unwanted.why(table, address, organizer).await?;
            match self.added.get(address) {
                _ if unwanted.is_some() => self.window.ends(place, Became::Unwanted),
                Some(added) if !self.is_of_job(added) => {
                    self.window.ends(place, Became::AlreadyInvited);
                }
                Some(added) if added.is_rejected => self.window.ends(place, Became::Rejected),
                added => {
                    if added.is_none() {
                        new.push((&person.mailbox, &person.further));
                    }
                    due.push(Due {
                        place,
                        person: &person.mailbox,
                    });
                }
            }
        }
        let now = clock::now();
        table.store_listed(event, &self.work.job, &new, now).await?;
        self.next = to;
        Ok(due)
    }

    /// Takes into the record what those before `to` came to, as far as everybody before them is dealt with.
    fn count(&mut self, to: usize) {
        let counts = self.window.count(to);
        let record = &mut self.work.record;
        record.sent += counts.sent;
        record.rejected += counts.rejected;
        record.already_invited += counts.already_invited;
        record.unwanted += counts.unwanted;
        record.done += counts.all();
    }
}

/// As many as go in a second, within [`IN_FLIGHT`]: a letter that has to go again is not behind too many others.
pub(super) fn in_flight(per_second: f64) -> usize {
    let fitting = IN_FLIGHT
        .rev()
        .find(|letters| f64::from(*letters) <= per_second);
    usize::from(fitting.unwrap_or(*IN_FLIGHT.start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_flight_follow_the_rate_within_bounds() {
        for (per_second, expected) in [(0.5, 8), (8.9, 8), (20.7, 20), (500.0, 64)] {
            assert_eq!(in_flight(per_second), expected);
        }
    }
}
