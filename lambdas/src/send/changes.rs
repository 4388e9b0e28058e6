//! The letters of one shard of a change or a reminder: each attendee's is claimed, sent and marked as one alone is ([`super::post`]), many
//! in flight.
//!
//! The event is read before the claims and not after each, which is as good here: who was told of a newer change cannot be
//! claimed for an older one, and who is told of a newer one waits for the claim. Whether somebody has answered is read with
//! his claim: until then an answer spares him the reminder.

use std::cell::Cell;

use anyhow::bail;
use cloud::{
    clock,
    mailer::Sent,
    table::{Claim, Claimed, JobKind, JobRecord, Kind, NotClaimed},
};
use futures::{StreamExt, stream};
use invite::{
    address::Mailbox,
    decide::{Reminder, may_remind},
    delivery::Reminded,
    event::{Attendee, Event},
    letter::{self, Draft, Letter},
};
use jiff::Timestamp;

use super::{
    listed::in_flight,
    paced::Paced,
    post::{self, Addressee, CLAIM_ATTEMPTS, CLAIM_PAUSE, Due},
    send_shard::{Needs, Went, Work},
    window::{Became, Window},
};
use crate::{shell::WORKS_FOR, stage::shard::InShard};

/// Letters between two looks at the event, and two notes of how far the shard has come.
const LOOKED_AT_EVERY: usize = 100;

/// A shard under way.
pub(super) struct Changes<'a> {
    needs: &'a Needs,
    paced: &'a Paced<'a>,
    work: &'a mut Work,
    job: &'a JobRecord,
    people: &'a [InShard],
    window: Window,
}

impl<'a> Changes<'a> {
    /// Sends a shard's letters, from where it stands. What it came to stands in the record; the caller stores it.
    pub(super) async fn send(
        needs: &'a Needs,
        paced: &'a Paced<'a>,
        work: &'a mut Work,
        job: &'a JobRecord,
        people: &'a [InShard],
    ) -> anyhow::Result<Went> {
        let done = usize::try_from(work.record.done)?;
        let mut changes = Self {
            window: Window::from(done, people.len()),
            needs,
            paced,
            work,
            job,
            people,
        };
        let went = changes.go().await;
        // Also after a fault: what went out is told.
        changes.count();
        if let Ok(Went::Dropped) = went {
            let record = &mut changes.work.record;
            record.dropped = record.people.saturating_sub(record.done);
            record.done = record.people;
        }
        went
    }

    async fn go(&mut self) -> anyhow::Result<Went> {
        while self.window.first() < self.people.len() {
            let Some(event) = self.event_to_tell().await? else {
                return Ok(Went::Dropped);
            };
            if !self.send_some(&event).await? {
                return Ok(Went::OutOfTime);
            }
            self.count();
            self.work.note(self.needs).await?;
        }
        Ok(Went::Done)
    }

    /// The event; `None`: nobody further is told of it.
    async fn event_to_tell(&self) -> anyhow::Result<Option<Event>> {
        let table = &self.needs.office.table;
        let event = table.event(&self.work.uid).await?;
        let now = clock::now();
        let event = event.filter(|event| !self.job.tells().is_superseded(Some(event), now));
        let Some(event) = event else {
            return Ok(None);
        };
        if self.job.kind == JobKind::Reminder {
            let standing = table.standing(&event.organizer.address, now).await?;
            return Ok(may_remind(&event, &standing, now).is_ok().then_some(event));
        }
        Ok(Some(event))
    }

    /// Whether the next letters were all dealt with before time was up.
    async fn send_some(&mut self, event: &Event) -> anyhow::Result<bool> {
        let asked = self.job.created;
        let (kind, letter) = match self.job.kind {
            JobKind::Cancellation => (Kind::Cancellation, letter::Kind::Cancellation),
            JobKind::Reminder => (Kind::Reminder, letter::Kind::Reminder { asked }),
            JobKind::Update | JobKind::List => (Kind::Update, letter::Kind::Update),
        };
        let sender = &self.needs.office.sender;
        let draft = Draft::new(letter, event, sender)
            .map_err(|error| tracing::warn!(%error, "the letter cannot be written"))
            .ok();
        let by = format!("{}#{}", self.work.job, self.work.record.shard);
        let posting = Posting {
            needs: self.needs,
            paced: self.paced,
            event,
            kind,
            asked,
            draft: draft.as_ref(),
            by: &by,
            is_ended: Cell::new(false),
        };
        let from = self.window.first();
        let some = self.people.iter().enumerate();
        let mut letters = stream::iter(some.skip(from).take(LOOKED_AT_EVERY))
            .map(|(place, person)| posting.send(place, &person.mailbox))
            .buffer_unordered(in_flight(self.paced.per_second()));
        let mut waits = None;
        // To the end also when one has to wait: a letter under way is not left alone.
        while let Some((place, became)) = letters.next().await {
            match became {
                Ok(Some(became)) => self.window.ends(place, became),
                Ok(None) => {}
                Err(why) => waits = Some(why),
            }
        }
        match waits {
            Some(why) => Err(why),
            None => Ok(!posting.is_ended.get()),
        }
    }

    /// Takes into the record what became of those before whom everybody is dealt with.
    fn count(&mut self) {
        let counts = self.window.count(self.people.len());
        let record = &mut self.work.record;
        record.sent += counts.sent;
        record.rejected += counts.rejected;
        record.already_told += counts.already_told;
        record.unwanted += counts.unwanted;
        record.done += counts.all();
    }
}

/// Sends letters that tell how the event is.
struct Posting<'a> {
    needs: &'a Needs,
    paced: &'a Paced<'a>,
    event: &'a Event,
    kind: Kind,
    /// When the job was asked for.
    asked: Timestamp,
    /// `None`: the letter cannot be written.
    draft: Option<&'a Draft<'a>>,
    /// Claims for this shard, whichever call works on it.
    by: &'a str,
    /// No further letter is begun.
    is_ended: Cell<bool>,
}

impl Posting<'_> {
    /// What became of whoever stands at that place; `None`: it was not begun; an error when his letter has to wait.
    async fn send(
        &self,
        place: usize,
        person: &Mailbox,
    ) -> (usize, anyhow::Result<Option<Became>>) {
        if self.paced.elapsed() > WORKS_FOR {
            self.is_ended.set(true);
        }
        if self.is_ended.get() {
            return (place, Ok(None));
        }
        let became = self.became(person).await;
        if became.is_err() {
            self.is_ended.set(true);
        }
        (place, became.map(Some))
    }

    async fn became(&self, person: &Mailbox) -> anyhow::Result<Became> {
        let table = &self.needs.office.table;
        for _ in 0..CLAIM_ATTEMPTS {
            let claim = Claim {
                uid: &self.event.uid,
                attendee: &person.address,
                kind: self.kind,
                revision: self.event.revision,
                asked: None,
                by: self.by,
                at: clock::now(),
            };
            match table.claim_send(&claim).await? {
                Claimed::Yes {
                    attendee,
                    last_told,
                    reminded,
                    letters,
                } => {
                    if !self.is_due(&attendee, last_told, reminded) {
                        // A conflict: the claim has lapsed, which is as good.
                        let _ = table.release_claim(&claim).await?;
                        return Ok(Became::AlreadyTold);
                    }
                    let to = Addressee {
                        attendee: &attendee,
                        last_told,
                        letters: &letters,
                    };
                    let due = Due {
                        claim: &claim,
                        event: self.event,
                        to,
                        sender: &self.needs.office.sender,
                    };
                    return self.tell(&due).await;
                }
                Claimed::No(NotClaimed::InFlight) => tokio::time::sleep(CLAIM_PAUSE).await,
                Claimed::No(NotClaimed::Rejected) => return Ok(Became::Rejected),
                Claimed::No(
                    NotClaimed::SentBefore | NotClaimed::NotInvited | NotClaimed::InvitationPending,
                ) => return Ok(Became::AlreadyTold),
            }
        }
        bail!("another letter to an attendee is still under way");
    }

    /// Whether he is still to get it, by what his record says now: he may have answered since the shard was staged.
    fn is_due(&self, attendee: &Attendee, last_told: Option<u64>, reminded: Reminded) -> bool {
        let reminder = Reminder {
            event: self.event,
            asked: self.asked,
        };
        self.kind != Kind::Reminder
            || reminder
                .is_due(attendee, last_told, reminded, clock::now())
                .is_ok()
    }

    async fn tell(&self, due: &Due<'_>) -> anyhow::Result<Became> {
        let table = &self.needs.office.table;
        let (address, organizer) = (due.claim.attendee, &self.event.organizer.address);
        let unwanted = self.needs.unwanted.why(table, address, organizer).await?;
        let write = |told: &post::Told<'_>| {
            let letter = self.draft.map(|draft| {
                draft.addressed(&told.attendee.mailbox, &told.answers(), told.last_told)
            });
            Ok(letter.transpose()?.into_iter().collect())
        };
        let became = due
            .tell(table, unwanted, write, async |letters: Vec<Letter>| {
                Ok(match letters.into_iter().next() {
                    Some(letter) => self.paced.send(letter).await?,
                    None => Sent::Rejected {
                        code: "unwritable".to_owned(),
                    },
                })
            })
            .await?;
        Ok(match became {
            post::Became::Sent => Became::Sent,
            post::Became::Rejected => Became::Rejected,
            post::Became::Withheld(_) => Became::Unwanted,
        })
    }
}
