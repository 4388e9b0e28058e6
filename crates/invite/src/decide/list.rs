//! A list of people to invite (A3, A12): each row is decided about by itself, and counted once, whatever becomes of it.

use std::collections::BTreeMap;

use crate::{
    address::{Address, Mailbox},
    delivery::Unwanted,
    event::Event,
    language::Language,
    mail::csv::{Further, Row, RowProblem, WhyNot},
};

mod refusal;
mod result;
mod row_refusal;

pub use refusal::ListRefusal;
pub use result::{RESULT_HEADER, write_results};
pub use row_refusal::RowRefusal;

/// What a whole list is decided by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListContext {
    /// Who invites.
    pub organizer: Address,
    /// Our own domain.
    pub mail_domain: String,
    /// Of the reasons in words.
    pub language: Language,
}

impl ListContext {
    /// Of the lists for an event.
    #[must_use]
    pub fn of(event: &Event, mail_domain: &str, language: Language) -> Self {
        Self {
            organizer: event.organizer.address.clone(),
            mail_domain: mail_domain.to_lowercase(),
            language,
        }
    }

    /// What keeps a row from inviting anybody before anything is looked up.
    pub(crate) fn refuses(&self, address: &Address) -> Option<RowRefusal> {
        let domain = address.domain();
        let is_ours = domain
            .strip_suffix(self.mail_domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if !address.local().is_ascii() || idna::domain_to_ascii(domain).is_err() {
            Some(RowRefusal::Unmailable)
        } else if is_ours {
            Some(RowRefusal::OurAddress)
        } else if *address == self.organizer {
            Some(RowRefusal::Organizer)
        } else if is_role(address.local()) {
            Some(RowRefusal::RoleAddress)
        } else {
            None
        }
    }
}

/// Mailboxes that mail services and registries ask people to have (RFC 2142) or that nobody reads. `info`, `sales` and
/// the like are how small companies are reached, and stay.
fn is_role(local: &str) -> bool {
    const ROLES: [&str; 34] = [
        "abuse",
        "bounce",
        "bounces",
        "devnull",
        "dns",
        "do-not-reply",
        "donotreply",
        "ftp",
        "hostmaster",
        "inoc",
        "ispfeedback",
        "ispsupport",
        "list-request",
        "mailer-daemon",
        "maildaemon",
        "news",
        "no-reply",
        "nobody",
        "noc",
        "noreply",
        "null",
        "phish",
        "phishing",
        "postmaster",
        "registrar",
        "root",
        "security",
        "spam",
        "sysadmin",
        "undisclosed-recipients",
        "unsubscribe",
        "usenet",
        "uucp",
        "webmaster",
    ];
    ROLES.contains(&local)
}

/// What is known of a person on the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KnownPerson {
    /// He is an attendee already.
    pub is_invited: bool,
    /// Why he gets no mail of this organizer.
    pub unwanted: Option<Unwanted>,
}

/// A person to invite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Which row of the list.
    pub row: u64,
    /// Who.
    pub mailbox: Mailbox,
    /// What else the list says of him, for templates.
    pub further: Further,
}

/// What became of a row.
#[derive(Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The line of the file it begins on.
    pub line: u64,
    /// The address, or what stands in its place.
    pub cell: String,
    /// The name, if there is one.
    pub name: Option<String>,
    /// Why it invites nobody; `None`: it does.
    pub refused: Option<RowRefusal>,
    /// The reason in words, where there is one.
    pub why: String,
}

impl std::fmt::Debug for RowResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RowResult(line {}: {:?})", self.line, self.refused)
    }
}

/// How many rows came to what.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Rows, all of them.
    pub rows: u64,
    /// Rows that invite somebody.
    pub invited: u64,
    /// Rows that invite nobody, by reason.
    pub refused: BTreeMap<RowRefusal, u64>,
}

impl Tally {
    /// Rows that invite nobody.
    #[must_use]
    pub fn refused_rows(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Rows refused for that reason.
    #[must_use]
    pub fn of(&self, reason: RowRefusal) -> u64 {
        self.refused.get(&reason).copied().unwrap_or_default()
    }

    /// Counts further rows.
    pub fn add(&mut self, more: &Self) {
        self.rows += more.rows;
        self.invited += more.invited;
        for (reason, rows) in &more.refused {
            *self.refused.entry(*reason).or_default() += rows;
        }
    }

    fn count(&mut self, refused: Option<RowRefusal>) {
        self.rows += 1;
        match refused {
            None => self.invited += 1,
            Some(reason) => *self.refused.entry(reason).or_default() += 1,
        }
    }
}

/// What some rows of a list come to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListDecision {
    /// Whom to invite, in the order of the list.
    pub people: Vec<Person>,
    /// What became of each row, in the order of the list.
    pub results: Vec<RowResult>,
    /// How many came to what.
    pub tally: Tally,
}

/// Whom of these rows something has to be looked up about before they can be decided.
pub fn people_to_look_up<'a>(
    context: &'a ListContext,
    rows: &'a [Row],
) -> impl Iterator<Item = &'a Address> {
    rows.iter()
        .filter_map(|row| row.mailbox.as_ref().ok())
        .map(|mailbox| &mailbox.address)
        .filter(|address| context.refuses(address).is_none())
}

/// Decides about some rows of a list, when `room` more people may be invited to the event.
///
/// Loaded first: of everybody [`people_to_look_up`] names, what is `known`.
#[must_use]
pub fn list(
    context: &ListContext,
    rows: &[Row],
    known: impl Fn(&Address) -> KnownPerson,
    room: u64,
) -> ListDecision {
    let mut decision = ListDecision::default();
    for row in rows {
        let mailbox = match &row.mailbox {
            Err(problem) => {
                let result = unread(problem, context.language);
                decision.tally.count(result.refused);
                decision.results.push(result);
                continue;
            }
            Ok(mailbox) => mailbox,
        };
        let person = known(&mailbox.address);
        let refused = context
            .refuses(&mailbox.address)
            .or_else(|| person.is_invited.then_some(RowRefusal::AlreadyInvited))
            .or_else(|| person.unwanted.map(RowRefusal::from))
            .or_else(|| (decision.tally.invited >= room).then_some(RowRefusal::InviteLimit));
        decision.tally.count(refused);
        decision.results.push(RowResult {
            line: row.line,
            cell: mailbox.address.as_str().to_owned(),
            name: mailbox.name.clone(),
            refused,
            why: refused
                .map(|reason| reason.sentence(context.language))
                .unwrap_or_default()
                .to_owned(),
        });
        if refused.is_none() {
            decision.people.push(Person {
                row: row.number,
                mailbox: mailbox.clone(),
                further: row.further.clone(),
            });
        }
    }
    decision
}

fn unread(problem: &RowProblem, language: Language) -> RowResult {
    let reason = match problem.why {
        WhyNot::Repeated => RowRefusal::Repeated,
        WhyNot::TooManyRows => RowRefusal::TooManyRows,
        _ => RowRefusal::NoAddress,
    };
    RowResult {
        line: problem.line,
        cell: problem.cell.clone(),
        name: None,
        refused: Some(reason),
        why: problem.why.in_words(language),
    }
}

#[cfg(test)]
mod tests;
