//! Conversations (`golden/conversations/*.txt`) against the deployed stack: mails go in by SMTP, invitations by the API,
//! and what must come of it is read in mailboxes, table and API.
//!
//! Every play has addresses and client UIDs of its own, so any number of them runs at once, again and again. What
//! nobody outside the tenant can know is learned as an operator or a recipient would: our uid from the outcome of the
//! organizer's mail, a signed address from the invitation that names it.
//!
//! Nothing is slept for: before an expectation is checked, the play waits until everything that was set in motion has
//! left its mark ([`settle`]). What should *not* have come is counted once more when every queue is empty
//! ([`run`]).

mod cast;

mod check;

mod redelivery;

pub mod run;

mod settle;

mod step;

use std::{collections::BTreeMap, time::Duration};

use conversation::Conversation;

use crate::{fault::Fault, letter::Letter, world::World};
use cast::Cast;
use redelivery::Notifications;

/// One file being played.
pub(crate) struct Play<'a> {
    world: &'a World,
    notifications: &'a Notifications,
    conversation: &'a Conversation,
    within: Duration,
    cast: Cast,
    /// Mails by their number in the file.
    sent: BTreeMap<usize, Sent>,
    /// Ids of the mails that arrived since the last `expect`, with whoever commanded.
    arrived: Vec<String>,
    /// Ids of all mails that arrived.
    all_arrived: Vec<String>,
    /// How many letters each person had at the last `expect`.
    letters_before: BTreeMap<String, usize>,
    /// The last `expect`, to be checked again when everything is quiet.
    last_expected: Option<LastExpected>,
}

/// A mail that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    message: conversation::Message,
    /// Ids under which it arrived.
    mail_ids: Vec<String>,
    /// Whose command about which event it is, by the file's names.
    about: Option<(String, String)>,
}

/// An `expect` with what it counts from.
#[derive(Clone, Debug)]
struct LastExpected {
    expectations: Vec<conversation::Expectation>,
    arrived: Vec<String>,
    letters_before: BTreeMap<String, usize>,
}

/// What is not as the file says.
#[derive(Debug)]
pub struct Failure {
    /// The line.
    pub line: usize,
    /// What was expected and what was found, or why the play could not go on.
    pub what: String,
}

impl Failure {
    fn at(line: usize) -> impl Fn(Fault) -> Self {
        move |fault| Self {
            line,
            what: fault.chain(),
        }
    }
}

/// Letters since the last `expect`.
pub(crate) type Since<'a> = Vec<(&'a str, &'a Letter)>;
