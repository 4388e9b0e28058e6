//! Who calls, once that is proven.

use invite::address::Address;

use crate::scope::{Scope, Scopes};

/// Who calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// A person who administers the tenant: everything.
    Administrator,
    /// The owner of a verified address: the events he organizes.
    Organizer(Address),
    /// A program, by a key or as a client of its own.
    Program(Program),
}

/// A program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// The id of its key, or its client id.
    pub id: String,
    /// What it may.
    pub scopes: Scopes,
    /// Whose events it may see; `None`: everybody's.
    pub organizer: Option<Address>,
}

impl Caller {
    /// Whether he may do that at all, be it only with his own.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        match self {
            Self::Administrator => true,
            Self::Organizer(_) => Scope::OF_ORGANIZERS.contains(&scope),
            Self::Program(program) => program.scopes.has(scope),
        }
    }

    /// Whether he may see what that organizer's is.
    #[must_use]
    pub fn sees(&self, organizer: &Address) -> bool {
        match self {
            Self::Administrator => true,
            Self::Organizer(address) => address == organizer,
            Self::Program(program) => program
                .organizer
                .as_ref()
                .is_none_or(|his| his == organizer),
        }
    }

    /// Whether he sees everything there is.
    #[must_use]
    pub fn sees_everything(&self) -> bool {
        match self {
            Self::Administrator => true,
            Self::Organizer(_) => false,
            Self::Program(program) => program.organizer.is_none(),
        }
    }
}
