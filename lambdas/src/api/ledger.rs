//! `GET /event/{uid}/ledger`: what was received, decided, changed, sent and answered, and why; the newest first, for who asks
//! why somebody sees what he sees begins at the end.

pub(in crate::api) mod difference;
mod jobs;
pub(super) mod view;

use std::{collections::HashMap, sync::Arc};

use access::{caller::Caller, decision::may, scope::Scope};
use axum::{Json, extract::State};
use cloud::table::{MailOutcome, ReadFrom, sender_hash};
use invite::{
    address::{Address, Shown},
    delivery::SentLetters,
    event::{Attendee, Event},
    ledger::{Entry, Pages, Place, Received, What, Who, of_attendee, of_event, of_refused},
};
use jiff::{SignedDuration, Timestamp};

use self::view::LedgerView;
use super::{
    attendees::shown_to,
    caller::Known,
    cursor::{Cursors, limit},
    event_api::{Needs, Seen},
};
use crate::shell::{Failed, Kind, Parameters, Problem};

/// The parameter that asks about one attendee.
pub(super) const ATTENDEE: &str = "attendee";

/// Most attendees an event may have for theirs to stand in its ledger without one being named: each page reads all of them,
/// because an attendee's record is found by his address and not by when something happened to him.
const MAX_ATTENDEES: u64 = 5_000;
/// Attendees read in one go.
const PAGE: i32 = 1_000;
/// Commands read in one go.
const COMMANDS: i32 = 50;
/// Commands looked at for one page.
const MAX_COMMANDS: usize = 400;

/// What a caller wants to see.
struct Asked {
    shown: Shown,
    /// The event, its organizer, and of all others him alone.
    about: Option<Address>,
}

impl Asked {
    fn read(caller: &Caller, parameters: &Parameters) -> Result<Self, Problem> {
        let shown = shown_to(caller, parameters)?;
        let about = match parameters.text(ATTENDEE) {
            None => None,
            // Who may not read addresses may not find out by asking, either, who is invited.
            Some(given) => {
                may(Scope::AttendeesReadUnmasked, caller)?;
                let address = Address::parse(&given).ok_or_else(|| {
                    let detail = "`attendee` is an address.";
                    Problem::parameter(Kind::InvalidParameter, ATTENDEE, detail)
                })?;
                Some(address)
            }
        };
        Ok(Self { shown, about })
    }
}

pub(super) async fn page(
    State(needs): State<Arc<Needs>>,
    Known(caller): Known,
    Seen(event): Seen,
    parameters: Parameters,
) -> Result<Json<LedgerView>, Failed> {
    let asked = Asked::read(&caller, &parameters)?;
    let cursors = Cursors::of(&needs.key, format!("ledger of {}", event.uid));
    let after = cursors
        .after(&parameters)?
        .and_then(|place| Place::parse(&place));
    let limit = usize::try_from(limit(&parameters)?).unwrap_or_default();
    let mut reading = Reading::new(&needs, &event, &asked, Pages::new(after, limit));
    reading.event().await?;
    let attendees_left_out = reading.attendees().await?;
    reading.commands().await?;
    let page = reading.pages.page();
    let next = page.next.map(|place| cursors.sealed(&place.to_string()));
    Ok(Json(LedgerView::of(
        &page.entries,
        attendees_left_out,
        next,
    )))
}

/// A page that is being read.
struct Reading<'a> {
    needs: &'a Needs,
    event: &'a Event,
    asked: &'a Asked,
    pages: Pages,
    /// Who is known by what stands for him in outcomes.
    senders: HashMap<String, Who>,
}

impl<'a> Reading<'a> {
    fn new(needs: &'a Needs, event: &'a Event, asked: &'a Asked, pages: Pages) -> Self {
        let organizer = sender_hash(&event.organizer.address);
        Self {
            needs,
            event,
            asked,
            pages,
            senders: HashMap::from([(organizer, Who::Organizer)]),
        }
    }

    /// Its changes, and the work that reaches many.
    async fn event(&mut self) -> Result<(), Failed> {
        let (table, uid) = (&self.needs.table, &self.event.uid);
        let mut entries = of_event(self.event, self.needs.recorder.language);
        let jobs = table.jobs(uid).await?;
        entries.extend(jobs.iter().flat_map(jobs::of_job));
        let reports = table.reports(uid).await?;
        entries.extend(reports.iter().flat_map(jobs::of_report));
        self.offer(entries);
        Ok(())
    }

    /// What they were told and have said. Whether it is left out, because they are too many.
    async fn attendees(&mut self) -> Result<bool, Failed> {
        let (table, uid) = (&self.needs.table, &self.event.uid);
        let shown = self.asked.shown;
        if let Some(address) = &self.asked.about {
            self.knows(address);
            if let Some((attendee, letters)) = table.attendee_and_letters(uid, address).await? {
                self.attendee(&attendee, &letters);
            }
            if let Some(refused) = table.refused_invitation(uid, address).await? {
                let entry = of_refused(address, &refused.reason, refused.decided, shown);
                self.offer([entry]);
            }
            return Ok(false);
        }
        if u64::from(table.invited_so_far(uid).await?) > MAX_ATTENDEES {
            return Ok(true);
        }
        let mut after = None;
        loop {
            let page = table
                .attendees_and_letters(uid, after.as_deref(), PAGE)
                .await?;
            for (attendee, letters) in &page.attendees {
                self.attendee(attendee, letters);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for (address, refused) in table.refused_invitations(uid).await? {
            let entry = of_refused(&address, &refused.reason, refused.decided, shown);
            self.offer([entry]);
        }
        Ok(false)
    }

    fn attendee(&mut self, attendee: &Attendee, letters: &SentLetters) {
        self.knows(&attendee.mailbox.address);
        self.offer(of_attendee(attendee, letters, self.asked.shown));
    }

    fn knows(&mut self, address: &Address) {
        let who = Who::Attendee(self.asked.shown.address(address));
        self.senders.entry(sender_hash(address)).or_insert(who);
    }

    /// What came, and what became of it. They are read from the newest that may be on the page.
    async fn commands(&mut self) -> Result<(), Failed> {
        let (table, uid) = (&self.needs.table, &self.event.uid);
        let mut from = match self.pages.begins_at() {
            None => ReadFrom::Newest,
            Some(at) => ReadFrom::Instant(at),
        };
        let mut looked_at = 0;
        loop {
            let page = table.commands(uid, &from, COMMANDS).await?;
            looked_at += page.outcomes.len();
            let entries: Vec<Entry> = page
                .outcomes
                .iter()
                .filter_map(|outcome| self.received(outcome))
                .collect();
            self.offer(entries);
            let (Some(next), Some(read_to)) = (page.next, page.read_to) else {
                return Ok(());
            };
            // Others of that millisecond may not be read yet.
            let known_since = after_millisecond(read_to);
            if self.pages.is_full_since(known_since)
                || (looked_at >= MAX_COMMANDS && self.pages.end_before(known_since))
            {
                return Ok(());
            }
            from = next;
        }
    }

    /// `None`: it is somebody else's than was asked about.
    fn received(&self, outcome: &MailOutcome) -> Option<Entry> {
        let sender = outcome.sender.as_ref();
        let who = sender.and_then(|sender| self.senders.get(sender)).cloned();
        if who.is_none() && self.asked.about.is_some() {
            return None;
        }
        let received = Received {
            id: outcome.mail_id.clone(),
            command: outcome.command.clone(),
            outcome: outcome.said(),
            reason: outcome.reason.clone(),
            words: self.asked.shown.words(outcome.text.as_deref()),
            revision: outcome.revision,
            received: outcome.received,
        };
        Some(Entry::new(
            outcome.decided,
            Some(who.unwrap_or(Who::Somebody)),
            What::Received(received),
            &["received", &outcome.mail_id],
        ))
    }

    fn offer(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            self.pages.offer(entry);
        }
    }
}

fn after_millisecond(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(1))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use access::caller::Program;

    use super::*;

    fn program(scopes: &[Scope]) -> Caller {
        Caller::Program(Program {
            id: "program".to_owned(),
            scopes: scopes.iter().copied().collect(),
            organizer: None,
        })
    }

    #[test]
    fn who_may_not_read_addresses_neither_sees_nor_asks_about_one() {
        let masked = program(&[Scope::LedgerRead]);
        let whole = program(&[Scope::LedgerRead, Scope::AttendeesReadUnmasked]);
        for (pairs, may) in [
            (&[][..], true),
            (&[("unmasked", "false")], true),
            (&[("unmasked", "true")], false),
            (&[("attendee", "bob@b.test")], false),
            (&[("attendee", "nobody")], false),
        ] {
            let parameters = Parameters::of(pairs);
            let refused = Asked::read(&masked, &parameters).err();
            assert_eq!(refused.is_none(), may, "{pairs:?}");
            if let Some(problem) = refused {
                assert_eq!(problem.kind, Kind::MissingScope, "{pairs:?}");
            }
        }
        let asked = |given| Asked::read(&whole, &Parameters::of(&[("attendee", given)]));
        let bob = asked("Bob@b.test").ok().and_then(|asked| asked.about);
        assert_eq!(bob, Address::parse("bob@b.test"));
        let problem = asked("nobody").err().map(|problem| problem.kind);
        assert_eq!(problem, Some(Kind::InvalidParameter));
    }
}
