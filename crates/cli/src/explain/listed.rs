//! What the server would decide about a mailed list of people: each row, as verify-list does.

use invite::{
    address::Address,
    command::List,
    decide::{self, KnownPerson, ListContext, ListRefusal, Tally},
    delivery::Unwanted,
    language::Language,
    mail::{self, csv::Rows},
};

use super::{
    decided::{Decided, Server},
    outcome, told,
};

/// Rows decided about at a time.
const ROWS: usize = 1000;

impl Server<'_> {
    /// Nobody is written here: the people of a list are, when their invitations go out.
    pub(super) fn list(&self, list: &List) -> Decided {
        let outcomes = match self.tally(list) {
            Ok(tally) => outcome::of_list(&tally, list.dry_run),
            Err(reason) => vec![outcome::refused_list(reason)],
        };
        Decided {
            uid: Some(list.uid.to_string()),
            outcomes,
            letters: vec![told::list(&list.organizer)],
            ..Decided::default()
        }
    }

    fn tally(&self, list: &List) -> Result<Tally, ListRefusal> {
        let is_his = |organizer: &Address| *organizer == list.organizer.address;
        let event = self
            .event(&list.uid)
            .filter(|event| is_his(&event.organizer.address))
            .ok_or(ListRefusal::NotYourEvent)?;
        if let Some(reason) = ListRefusal::before(event, &self.standing) {
            return Err(reason);
        }
        let attached = held(mail::attached_list(self.raw))?;
        let mut rows = held(Rows::new(held(mail::text_only(attached))?).map(Ok))?;
        let context = ListContext::of(event, self.mail_domain, Language::English);
        let known = |address: &Address| KnownPerson {
            is_invited: self.attendee(address).is_some(),
            unwanted: self.blocking.contains(address).then_some(Unwanted::Blocked),
        };
        let mut room = (self.limits.invites_per_event as usize)
            .saturating_sub(self.state.attendees.len()) as u64;
        let mut tally = Tally::default();
        loop {
            let some: Vec<_> = rows.by_ref().take(ROWS).filter_map(Result::ok).collect();
            if some.is_empty() {
                break;
            }
            let decision = decide::list(&context, &some, known, room);
            room = room.saturating_sub(decision.tally.invited);
            tally.add(&decision.tally);
        }
        ListRefusal::after(&tally).map_or(Ok(tally), Err)
    }
}

/// What is in memory is always read.
fn held<T>(read: std::io::Result<Result<T, mail::NoList>>) -> Result<T, ListRefusal> {
    read.map_err(|_| ListRefusal::NotText)?.map_err(Into::into)
}
