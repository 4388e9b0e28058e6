//! Why a decision is what it is: the rules that were applied, in order, and the values each compared.
//!
//! Noted where the comparison is made, so that what is explained is what was decided.

use std::fmt;

use jiff::Timestamp;

use super::Rule;
use crate::{
    address::Address,
    event::{Evidence, Stamp},
    time::InstanceKey,
};

/// A decision and the way to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explained<T> {
    /// What to do.
    pub decision: T,
    /// Why, in the order in which it was decided.
    pub reasons: Vec<Reason>,
}

/// A rule that was applied, and what it was applied to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// Which; its code is stable and may stand in a log.
    pub rule: Rule,
    /// What was compared, by name, in the order in which people read it. Addresses and dates may stand here, so no log
    /// takes it.
    pub values: Vec<(&'static str, Value)>,
}

/// What a rule compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// SEQUENCE and DTSTAMP.
    Stamp(Stamp),
    /// A SEQUENCE, a limit, a count.
    Number(u64),
    /// Somebody.
    Person(Address),
    /// When.
    Instant(Timestamp),
    /// One instance of a series.
    Instance(InstanceKey),
    /// A word of the protocol or of this system.
    Word(&'static str),
    /// Several, e.g. the properties that differ.
    Words(Vec<&'static str>),
    /// What the mail says, as it says it.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stamp(Stamp { sequence, dtstamp }) => {
                write!(f, "SEQUENCE {sequence} of {dtstamp}")
            }
            Self::Number(number) => write!(f, "{number}"),
            Self::Person(address) => f.write_str(address.as_str()),
            Self::Instant(instant) => write!(f, "{instant}"),
            Self::Instance(key) => f.write_str(key.as_str()),
            Self::Word(word) => f.write_str(word),
            Self::Words(words) => f.write_str(&words.join(", ")),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<Stamp> for Value {
    fn from(stamp: Stamp) -> Self {
        Self::Stamp(stamp)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<&Address> for Value {
    fn from(address: &Address) -> Self {
        Self::Person(address.clone())
    }
}

impl From<Timestamp> for Value {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(instant)
    }
}

impl From<&InstanceKey> for Value {
    fn from(key: &InstanceKey) -> Self {
        Self::Instance(key.clone())
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<Vec<&'static str>> for Value {
    fn from(words: Vec<&'static str>) -> Self {
        Self::Words(words)
    }
}

impl From<Evidence> for Value {
    fn from(evidence: Evidence) -> Self {
        Self::Word(evidence.code())
    }
}

/// The reasons so far of a decision that is being made.
#[derive(Debug, Default)]
pub(super) struct Trace(Vec<Reason>);

impl Trace {
    pub(super) fn note(
        &mut self,
        rule: Rule,
        values: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        self.0.push(Reason {
            rule,
            values: values.into_iter().collect(),
        });
    }

    pub(super) fn no_such_event(&mut self, organizer: &Address, client_uid: &str) {
        let values = [
            ("organizer", organizer.into()),
            ("client_uid", Value::Text(client_uid.to_owned())),
        ];
        self.note(Rule::NoSuchEvent, values);
    }

    pub(super) fn not_the_owner(&mut self, owner: &Address, sender: &Address) {
        let values = [("owner", owner.into()), ("sender", sender.into())];
        self.note(Rule::NotTheOwner, values);
    }

    pub(super) fn reasons(self) -> Vec<Reason> {
        self.0
    }

    pub(super) fn explains<T>(self, decision: T) -> Explained<T> {
        Explained {
            decision,
            reasons: self.0,
        }
    }
}

/// Names the instance a rule was applied to, if it was one.
pub(super) fn on(instance: Option<&InstanceKey>) -> Option<(&'static str, Value)> {
    instance.map(|key| ("instance", key.into()))
}
