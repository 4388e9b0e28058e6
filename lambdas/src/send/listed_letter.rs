//! One invitation of a list.

use cloud::{
    clock,
    mailer::Sent,
    table::{Stored, Table},
};
use invite::{
    address::Mailbox,
    event::Answers,
    ical::Partstat,
    id::Uid,
    letter::{Draft, Letter},
};

use super::{paced::Paced, window::Became};

/// Somebody whose letter may go.
pub(super) struct Due<'a> {
    pub(super) place: usize,
    pub(super) person: &'a Mailbox,
}

/// Sends the letters of a shard.
pub(super) struct Post<'a> {
    /// `None`: the event cannot be written.
    pub(super) draft: Option<&'a Draft<'a>>,
    pub(super) paced: &'a Paced<'a>,
    pub(super) table: &'a Table,
    pub(super) uid: &'a Uid,
    pub(super) job: &'a str,
}

impl Post<'_> {
    /// What became of whoever stands at that place; an error when his letter has to wait.
    pub(super) async fn send(&self, due: Due<'_>) -> (usize, anyhow::Result<Became>) {
        (due.place, self.became(&due).await)
    }

    async fn became(&self, due: &Due<'_>) -> anyhow::Result<Became> {
        let code = match self.letter(due.person) {
            None => "unwritable".to_owned(),
            Some(letter) => match self.paced.send(letter).await? {
                Sent::Accepted { .. } => return Ok(Became::Sent),
                Sent::Rejected { code } => code,
            },
        };
        tracing::warn!(code, "the letter is rejected for good");
        let person = &due.person.address;
        // A conflict: he is not this list's any more.
        let (Stored::Done | Stored::Conflict) = self
            .table
            .reject_listed(self.uid, person, self.job, &code, clock::now())
            .await?;
        Ok(Became::Rejected)
    }

    /// Written only when it goes: a letter is some kilobytes, and those that wait need none.
    fn letter(&self, person: &Mailbox) -> Option<Letter> {
        let answers = Answers::all(Partstat::NeedsAction);
        self.draft?.addressed(person, &answers, None).ok()
    }
}
