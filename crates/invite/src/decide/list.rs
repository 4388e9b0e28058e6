//! A list of people to invite (A3, A12): each row is decided about by itself, and counted once, whatever becomes of it.

use std::collections::BTreeMap;

use crate::{
    address::{Address, Mailbox},
    delivery::Unwanted,
    event::Event,
    mail::csv::{Further, Row, RowProblem, RowProblemKind},
};

mod refusal;
mod result;

pub use refusal::ListRefusal;
pub use result::{RESULT_HEADER, write_results};

/// Why a row invites nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RowRefusal {
    /// There is no address in it that mail can be sent to.
    NoAddress,
    /// The address stands in an earlier row.
    Repeated,
    /// The list is longer than lists are read.
    TooManyRows,
    /// Mail providers do not take such an address.
    Unmailable,
    /// An address of ours.
    OurAddress,
    /// The organizer himself.
    Organizer,
    /// A mailbox of a function, read by nobody or by everybody.
    RoleAddress,
    /// He was invited before.
    AlreadyInvited,
    /// He does not want mail from this organizer.
    Blocked,
    /// Mail to this address came back for good.
    Undeliverable,
    /// As many people are invited as the plan allows.
    InviteLimit,
}

impl RowRefusal {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::NoAddress,
        Self::Repeated,
        Self::TooManyRows,
        Self::Unmailable,
        Self::OurAddress,
        Self::Organizer,
        Self::RoleAddress,
        Self::AlreadyInvited,
        Self::Blocked,
        Self::Undeliverable,
        Self::InviteLimit,
    ];

    /// Stable kebab-case name, for results, records and the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAddress => "no-address",
            Self::Repeated => "repeated",
            Self::TooManyRows => "too-many-rows",
            Self::Unmailable => "unmailable",
            Self::OurAddress => "our-address",
            Self::Organizer => "organizer",
            Self::RoleAddress => "role-address",
            Self::AlreadyInvited => "already-invited",
            Self::Blocked => "blocked",
            Self::Undeliverable => "undeliverable",
            Self::InviteLimit => "invite-limit",
        }
    }

    /// The reason of that code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What it means, as the end of a sentence that begins with how many rows there are of it.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::NoAddress => "without an address mail can be sent to",
            Self::Repeated => "that repeat an earlier row",
            Self::TooManyRows => "beyond the longest list that is read",
            Self::Unmailable => "with an address most mail services do not take",
            Self::OurAddress => "with an address of ours",
            Self::Organizer => "with your own address",
            Self::RoleAddress => "with the address of a function and not of a person",
            Self::AlreadyInvited => "of people who were invited before",
            Self::Blocked => "of people who do not want mail from you",
            Self::Undeliverable => "with an address from which mail came back before",
            Self::InviteLimit => "beyond the number of invitations your plan allows for an event",
        }
    }

    /// The reason in a row's result.
    fn sentence(self) -> &'static str {
        match self {
            Self::NoAddress => "there is no address in the row",
            Self::Repeated => "the address stands in an earlier row, too",
            Self::TooManyRows => "the list is longer than lists are read",
            Self::Unmailable => "most mail services do not take such an address",
            Self::OurAddress => "it is an address of ours",
            Self::Organizer => "it is the organizer's own address",
            Self::RoleAddress => "it is the address of a function and not of a person",
            Self::AlreadyInvited => "invited before",
            Self::Blocked => "does not want mail from this organizer",
            Self::Undeliverable => "mail to this address came back before",
            Self::InviteLimit => "as many people are invited as the plan allows for an event",
        }
    }
}

impl From<Unwanted> for RowRefusal {
    fn from(why: Unwanted) -> Self {
        match why {
            Unwanted::Blocked | Unwanted::Complained => Self::Blocked,
            Unwanted::Bounced => Self::Undeliverable,
        }
    }
}

/// What a whole list is decided by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListContext {
    /// Who invites.
    pub organizer: Address,
    /// Our own domain.
    pub mail_domain: String,
}

impl ListContext {
    /// Of the lists for an event.
    #[must_use]
    pub fn of(event: &Event, mail_domain: &str) -> Self {
        Self {
            organizer: event.organizer.address.clone(),
            mail_domain: mail_domain.to_lowercase(),
        }
    }

    /// What keeps a row from inviting anybody before anything is looked up.
    fn refuses(&self, address: &Address) -> Option<RowRefusal> {
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
                let result = unread(problem);
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
                .map(RowRefusal::sentence)
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

fn unread(problem: &RowProblem) -> RowResult {
    let reason = match problem.kind {
        RowProblemKind::NoAddress => RowRefusal::NoAddress,
        RowProblemKind::Repeated => RowRefusal::Repeated,
        RowProblemKind::TooManyRows => RowRefusal::TooManyRows,
    };
    RowResult {
        line: problem.line,
        cell: problem.cell.clone(),
        name: None,
        refused: Some(reason),
        why: problem.why.clone(),
    }
}

#[cfg(test)]
mod tests;
