//! Why a mail is not taken up, in words people understand. Every sentence said about a refusal is in the files below.

use crate::{decide::NotInvited, language::Language};

mod english;
mod german;

/// Reasons, each with a stable code and two sentences for people: what is wrong, what to do.
///
/// (Variants beyond these come with the rules that need them.)
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RefusalReason {
    /// Virus or spam verdict FAIL: quarantined, never answered.
    Quarantined,
    /// Not exactly one From mailbox.
    NotOneFrom,
    /// Nothing proves the sender.
    NotAuthenticated,
    /// The authenticated sender is not the ORGANIZER.
    NotTheOrganizer,
    /// Automatic mail, a bounce, or our own mail come back.
    Loop,
    /// Too large to read; the limit in bytes.
    TooLarge {
        /// Limit in bytes.
        limit_bytes: usize,
    },
    /// Not a mail we can take apart.
    UnreadableMail,
    /// No calendar part.
    NoCalendar,
    /// A winmail.dat is there, but neither a meeting nor a calendar in it.
    NoMeetingInTnef,
    /// More than one VCALENDAR, or several events.
    SeveralCalendars,
    /// The calendar part cannot be read.
    UnreadableCalendar,
    /// A charset nobody here knows.
    UnknownCharset,
    /// A property that must be there is not: `UID`, `DTSTART`, `ORGANIZER`, `METHOD`, ….
    Missing {
        /// The property's name.
        property: &'static str,
    },
    /// A property that cannot be right, e.g. an end before its start.
    Invalid {
        /// The property's name.
        property: &'static str,
    },
    /// Understood, but not taken up yet: recurring events, delegation, counter proposals, ….
    NotSupported {
        /// What, as a noun phrase, e.g. `a recurring event`.
        what: &'static str,
    },
    /// Mail for a mailbox that takes no commands.
    NotACommandMailbox,
    /// The organizer may not create events at present.
    OrganizerSuspended,
    /// The organizer must be enrolled first.
    OrganizerNotEnrolled,
    /// The organizer has as many events as the plan allows.
    EventLimit {
        /// Events the plan allows.
        limit: u32,
    },
    /// More dates of a series differ from its rule than are kept.
    TooManyInstances {
        /// How many may.
        limit: usize,
    },
    /// More single dates of a series were answered than are kept.
    TooManyAnswers {
        /// How many may.
        limit: usize,
    },
    /// ORGANIZER cannot change, and only who created an event changes it.
    NotYourEvent,
    /// Words to a signed address, and nothing says about which event.
    WhichEvent,
    /// An organizer was asked whether somebody may come, and his answer is neither yes nor no.
    Unclear,
    /// The event is for those its organizer invited.
    InvitedOnly,
    /// A delegate, or somebody uninvited, who cannot be invited.
    CannotBeInvited {
        /// Why; people are not told, where it is nobody else's business.
        why: NotInvited,
    },
    /// An organizer was told that something waits, and his answer is not to stop it.
    NotAStop,
    /// He wants to stop what goes out already.
    TooLateToStop {
        /// Letters that have gone.
        sent: u64,
        /// People it is for.
        people: u64,
    },
    /// He wants to stop what a newer change of his has replaced.
    StopSuperseded,
    /// A list does not say for which event.
    NoEventNamed,
    /// A list names several events.
    SeveralEventsNamed,
}

impl RefusalReason {
    /// Stable kebab-case name, for outcome records, rate limits and statistics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Quarantined => "quarantined",
            Self::NotOneFrom => "not-one-from",
            Self::NotAuthenticated => "not-authenticated",
            Self::NotTheOrganizer => "not-the-organizer",
            Self::Loop => "loop",
            Self::TooLarge { .. } => "too-large",
            Self::UnreadableMail => "unreadable-mail",
            Self::NoCalendar => "no-calendar",
            Self::NoMeetingInTnef => "no-meeting-in-tnef",
            Self::SeveralCalendars => "several-calendars",
            Self::UnreadableCalendar => "unreadable-calendar",
            Self::UnknownCharset => "unknown-charset",
            Self::Missing { .. } => "missing",
            Self::Invalid { .. } => "invalid",
            Self::NotSupported { .. } => "not-supported",
            Self::NotACommandMailbox => "not-a-command-mailbox",
            Self::OrganizerSuspended => "organizer-suspended",
            Self::OrganizerNotEnrolled => "organizer-not-enrolled",
            Self::EventLimit { .. } => "event-limit",
            Self::TooManyInstances { .. } => "too-many-instances",
            Self::TooManyAnswers { .. } => "too-many-answers",
            Self::NotYourEvent => "not-your-event",
            Self::WhichEvent => "which-event",
            Self::Unclear => "unclear",
            Self::InvitedOnly => "invited-only",
            Self::CannotBeInvited { .. } => "cannot-be-invited",
            Self::NotAStop => "not-a-stop",
            Self::TooLateToStop { .. } => "too-late-to-stop",
            Self::StopSuperseded => "stop-superseded",
            Self::NoEventNamed => "no-event-named",
            Self::SeveralEventsNamed => "several-events-named",
        }
    }

    /// One sentence: what is wrong with the mail.
    #[must_use]
    pub fn what_is_wrong(&self, language: Language) -> String {
        match language {
            Language::English => english::what_is_wrong(self),
            Language::German => german::what_is_wrong(self),
        }
    }

    /// One sentence: what the sender can do about it.
    #[must_use]
    pub fn what_to_do(&self, language: Language) -> String {
        match language {
            Language::English => english::what_to_do(self),
            Language::German => german::what_to_do(self),
        }
    }
}

fn size(bytes: usize) -> String {
    const MB: usize = 1024 * 1024;
    if bytes >= MB {
        format!("{} MB", bytes / MB)
    } else {
        format!("{} KB", bytes / 1024)
    }
}
