//! Why a row of a list invites nobody, in words people understand.

use crate::{delivery::Unwanted, language::Language};

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
    pub fn in_words(self, language: Language) -> &'static str {
        let (english, german) = match self {
            Self::NoAddress => (
                "without an address mail can be sent to",
                "ohne Adresse, an die Mail geschickt werden kann",
            ),
            Self::Repeated => (
                "with the address of an earlier row",
                "mit einer Adresse, die schon in einer früheren Zeile steht",
            ),
            Self::TooManyRows => (
                "beyond the longest list that is read",
                "hinter dem Ende der längsten Liste, die gelesen wird",
            ),
            Self::Unmailable => (
                "with an address most mail services do not take",
                "mit einer Adresse, die die meisten Maildienste nicht annehmen",
            ),
            Self::OurAddress => ("with an address of ours", "mit einer unserer Adressen"),
            Self::Organizer => ("with your own address", "mit Ihrer eigenen Adresse"),
            Self::RoleAddress => (
                "with the address of a function and not of a person",
                "mit der Adresse einer Funktion statt einer Person",
            ),
            Self::AlreadyInvited => (
                "of people who were invited before",
                "mit Personen, die schon eingeladen sind",
            ),
            Self::Blocked => (
                "of people who do not want mail from you",
                "mit Personen, die keine Mail von Ihnen möchten",
            ),
            Self::Undeliverable => (
                "with an address from which mail came back before",
                "mit einer Adresse, von der schon Mail zurückkam",
            ),
            Self::InviteLimit => (
                "beyond the number of invitations your plan allows for an event",
                "über die Zahl der Einladungen hinaus, die Ihr Tarif je Termin erlaubt",
            ),
        };
        language.pick(english, german)
    }

    /// The reason in a row's result.
    pub(super) fn sentence(self, language: Language) -> &'static str {
        let (english, german) = match self {
            Self::NoAddress => (
                "there is no address in the row",
                "in der Zeile steht keine Adresse",
            ),
            Self::Repeated => (
                "the address stands in an earlier row, too",
                "die Adresse steht schon in einer früheren Zeile",
            ),
            Self::TooManyRows => (
                "the list is longer than lists are read",
                "die Liste ist länger, als Listen gelesen werden",
            ),
            Self::Unmailable => (
                "most mail services do not take such an address",
                "eine solche Adresse nehmen die meisten Maildienste nicht an",
            ),
            Self::OurAddress => ("it is an address of ours", "das ist eine unserer Adressen"),
            Self::Organizer => (
                "it is the organizer's own address",
                "das ist die Adresse des Organisators",
            ),
            Self::RoleAddress => (
                "it is the address of a function and not of a person",
                "das ist die Adresse einer Funktion und nicht die einer Person",
            ),
            Self::AlreadyInvited => ("invited before", "schon eingeladen"),
            Self::Blocked => (
                "does not want mail from this organizer",
                "möchte keine Mail von diesem Organisator",
            ),
            Self::Undeliverable => (
                "mail to this address came back before",
                "von dieser Adresse kam schon Mail zurück",
            ),
            Self::InviteLimit => (
                "as many people are invited as the plan allows for an event",
                "es sind so viele Personen eingeladen, wie der Tarif je Termin erlaubt",
            ),
        };
        language.pick(english, german)
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
