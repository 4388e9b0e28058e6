//! What a program may be allowed to do. The names are a contract: with keys that are stored, with clients of user pools, and
//! with whoever reads the API's description.

use std::{collections::BTreeSet, fmt};

/// One thing a program may be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// Events and their statistics.
    EventsRead,
    /// Creating, changing and cancelling events.
    EventsWrite,
    /// Attendees, masked.
    AttendeesRead,
    /// Attendees' addresses and names.
    AttendeesReadUnmasked,
    /// Inviting people, and reminding them.
    InvitesWrite,
    /// Checking people in.
    CheckinsWrite,
    /// How far lists, updates, cancellations and reminders have come.
    JobsRead,
    /// Stopping them.
    JobsWrite,
    /// Events' ledgers: what was received, decided, sent and answered, masked.
    LedgerRead,
    /// All events of the tenant.
    SystemRead,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::EventsRead,
        Self::EventsWrite,
        Self::AttendeesRead,
        Self::AttendeesReadUnmasked,
        Self::InvitesWrite,
        Self::CheckinsWrite,
        Self::JobsRead,
        Self::JobsWrite,
        Self::LedgerRead,
        Self::SystemRead,
    ];

    /// What an organizer may at his own events when he comes himself. He may read the addresses: he has written them, and
    /// every report that is mailed to him names them.
    pub const OF_ORGANIZERS: [Self; 9] = [
        Self::EventsRead,
        Self::EventsWrite,
        Self::AttendeesRead,
        Self::AttendeesReadUnmasked,
        Self::InvitesWrite,
        Self::CheckinsWrite,
        Self::JobsRead,
        Self::JobsWrite,
        Self::LedgerRead,
    ];

    /// As it stands in tokens and keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EventsRead => "events:read",
            Self::EventsWrite => "events:write",
            Self::AttendeesRead => "attendees:read",
            Self::AttendeesReadUnmasked => "attendees:read:unmasked",
            Self::InvitesWrite => "invites:write",
            Self::CheckinsWrite => "checkins:write",
            Self::JobsRead => "jobs:read",
            Self::JobsWrite => "jobs:write",
            Self::LedgerRead => "ledger:read",
            Self::SystemRead => "system:read",
        }
    }

    /// What it allows, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::EventsRead => "read events and their statistics",
            Self::EventsWrite => "create, change and cancel events",
            Self::AttendeesRead => "read who is invited and what they answered, masked",
            Self::AttendeesReadUnmasked => {
                "read attendees' addresses and names, wherever they are shown"
            }
            Self::InvitesWrite => "invite people, one by one and by lists, and remind them",
            Self::CheckinsWrite => "mark who has come",
            Self::JobsRead => "read how far lists, updates, cancellations and reminders have come",
            Self::JobsWrite => "stop a list, an update, a cancellation or a reminder that waits",
            Self::LedgerRead => {
                "read what was received, decided, sent and answered about an event, masked"
            }
            Self::SystemRead => "read the events and statistics of the whole tenant",
        }
    }

    /// Whether only who sees every event can use it: whatever is not said to be organizers'.
    #[must_use]
    pub fn is_of_the_whole_tenant(self) -> bool {
        !Self::OF_ORGANIZERS.contains(&self)
    }

    /// The scope of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some scopes.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Those of these names that are scopes. Other names grant nothing.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().filter_map(Scope::of_name).collect())
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, in the order of [`Scope::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

/// Their names, with spaces between them.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_found_by_its_name_and_by_no_other() {
        for scope in Scope::ALL {
            assert_eq!(Scope::of_name(scope.name()), Some(scope));
            assert_eq!(Scope::of_name(&scope.name().to_uppercase()), None);
        }
        for name in ["", "*", "events", "events:*", "events:read ", "admin"] {
            assert_eq!(Scope::of_name(name), None, "{name}");
        }
    }

    #[test]
    fn scopes_are_written_as_they_are_read() {
        let all: Scopes = Scope::ALL.into_iter().collect();
        assert_eq!(Scopes::of_names(all.to_string().split(' ')), all);
        assert_eq!(Scopes::default().to_string(), "");
    }
}
