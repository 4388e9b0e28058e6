//! Why a mail is not taken up, in words people understand. Every sentence said about a refusal is in this file.

use crate::decide::NotInvited;

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
    pub fn what_is_wrong(&self) -> String {
        match self {
            Self::Quarantined => "Your message was held back because it looks like spam or carries a virus.".into(),
            Self::NotOneFrom => "Your message does not name exactly one sender.".into(),
            Self::NotAuthenticated => "We could not be sure that this message really came from you.".into(),
            Self::NotTheOrganizer => "The invitation names somebody else as its organizer, so we did not act on it in your name.".into(),
            Self::Loop => "This message was sent automatically, and automatic messages are not acted upon.".into(),
            Self::TooLarge { limit_bytes } => format!("Your message is larger than the {} we can read.", size(*limit_bytes)),
            Self::UnreadableMail => "Your message arrived damaged and could not be opened.".into(),
            Self::NoCalendar => "Your message contains no calendar invitation.".into(),
            Self::NoMeetingInTnef => "Your message contains a file of Outlook's (winmail.dat), but no calendar invitation in it.".into(),
            Self::SeveralCalendars => "Your message contains more than one event, and we could not tell which one you meant.".into(),
            Self::UnreadableCalendar => "The calendar invitation in your message could not be read.".into(),
            Self::UnknownCharset => "The calendar invitation is written in a character set we do not know.".into(),
            Self::Missing { property } => format!("The invitation leaves out {}.", in_words(property)),
            Self::Invalid { property } => format!("The invitation gives {} in a way that cannot be right.", in_words(property)),
            Self::NotSupported { what } => format!("Your message contains {what}, which we cannot handle yet."),
            Self::NotACommandMailbox => "This address does not take calendar invitations.".into(),
            Self::OrganizerSuspended => "Your account is suspended at present, so we did not act on your invitation.".into(),
            Self::OrganizerNotEnrolled => "Your address is not enrolled yet, so we did not act on your invitation.".into(),
            Self::EventLimit { limit: 1 } => "You already have an event, which is as many as your plan allows.".into(),
            Self::EventLimit { limit } => format!("You already have {limit} events, which is as many as your plan allows."),
            Self::TooManyInstances { limit } => format!("More than {limit} dates of the series differ from its rule, which is more than we can keep."),
            Self::TooManyAnswers { limit } => format!("You have answered more than {limit} single dates of the series, which is more than we can keep."),
            Self::NotYourEvent => "This event was created by somebody else, and only its creator can change it.".into(),
            Self::WhichEvent => "We could not tell which event your message is about.".into(),
            Self::Unclear => "We could not tell whether you meant yes or no.".into(),
            Self::InvitedOnly => "This event is open only to the people its organizer has invited.".into(),
            Self::CannotBeInvited { why: NotInvited::InviteLimit { limit } } => format!("As many people as can be, {limit}, are invited already."),
            Self::CannotBeInvited { .. } => "That person cannot be invited to this event.".into(),
            Self::NotAStop => "We could not tell whether you want to stop what waits, so it goes out at the time you were told.".into(),
            Self::TooLateToStop { sent, people } => format!("It is going out already: {sent} of {people} letters had gone when your answer came."),
            Self::StopSuperseded => "A newer change of yours has taken the place of what you want to stop; it will not be sent by itself.".into(),
            Self::NoEventNamed => "Your list does not say for which event it is.".into(),
            Self::SeveralEventsNamed => "Your list names several events, and we could not tell which one you meant.".into(),
        }
    }

    /// One sentence: what the sender can do about it.
    #[must_use]
    pub fn what_to_do(&self) -> String {
        match self {
            Self::Quarantined => "Please check your computer for viruses, then send the invitation again without attachments.".into(),
            Self::NotOneFrom => "Please send the invitation again from a single address.".into(),
            Self::NotAuthenticated => "Please send it through your usual mail provider, or ask whoever runs your mail to set up SPF, DKIM or DMARC.".into(),
            Self::NotTheOrganizer => "Please send the invitation from the address of its organizer, or create a new event under your own name.".into(),
            Self::Loop => "If you meant to send an invitation, please send it from your calendar yourself.".into(),
            Self::TooLarge { .. } => "Please shorten the description or leave out attachments, then send it again.".into(),
            Self::UnreadableMail => "Please send the invitation again from your calendar.".into(),
            Self::NoCalendar => "Please invite this address from your calendar, as you would invite a person.".into(),
            Self::NoMeetingInTnef => "Please invite this address from Outlook's calendar, as you would invite a person; an ordinary message is not enough.".into(),
            Self::SeveralCalendars => "Please send one event in each message.".into(),
            Self::UnreadableCalendar => "Please save the event in your calendar and send the invitation again.".into(),
            Self::UnknownCharset => "Please send the invitation again in Unicode (UTF-8), which every current calendar can do.".into(),
            Self::Missing { property } => format!("Please add {} to the event in your calendar and send the invitation again.", in_words(property)),
            Self::Invalid { property } => format!("Please check {} in your calendar and send the invitation again.", in_words(property)),
            Self::NotSupported { .. } => "Please send it as a plain event, or ask our support how else we can help.".into(),
            Self::NotACommandMailbox => "Please send new invitations, changes and cancellations to our address that begins with create@.".into(),
            Self::OrganizerSuspended => "Please write to our support to have your account looked at.".into(),
            Self::OrganizerNotEnrolled => "Please order a plan first, then send the invitation again.".into(),
            Self::EventLimit { .. } => "Please move to a larger plan, then send the invitation again.".into(),
            Self::TooManyInstances { .. } => "Please end the series in your calendar where it changes, and create a new one from there on.".into(),
            Self::TooManyAnswers { .. } => "Please answer the series as a whole.".into(),
            Self::NotYourEvent => "Please ask the event's creator to change it, or create a new event of your own.".into(),
            Self::WhichEvent => "Please use the buttons of the invitation in your mail program or calendar, or reply to the invitation itself.".into(),
            Self::Unclear => "Please answer the question again with yes or no as the first word.".into(),
            Self::InvitedOnly => "Please ask the organizer to invite you.".into(),
            Self::CannotBeInvited { .. } => "Please ask the organizer.".into(),
            Self::NotAStop => "To stop it, please answer that letter again with STOP as the first word.".into(),
            Self::TooLateToStop { .. } => "Please put right in your calendar what is wrong and send that: everybody hears of it, and of what changed.".into(),
            Self::StopSuperseded => "To stop the newer one, too, please answer the letter about that one with STOP.".into(),
            Self::NoEventNamed => "Please send it again and put the event's name into the subject: the 40 letters and digits in the letter that told you the event was recorded.".into(),
            Self::SeveralEventsNamed => "Please send it again with the name of one event in the subject.".into(),
        }
    }
}

/// iCalendar's names in everybody's words.
fn in_words(property: &str) -> &str {
    match property {
        "UID" => "the event's identifier",
        "DTSTART" => "the time the event starts",
        "RECURRENCE-ID" => "which date of the series is meant",
        "RRULE" | "RDATE" | "EXDATE" => "when the event repeats",
        "DTEND" | "DURATION" => "the time the event ends",
        "ORGANIZER" => "the organizer's address",
        "METHOD" => "whether it invites, changes or cancels",
        "ATTENDEE" => "who was invited",
        "DELEGATED-TO" => "who comes in your place",
        "SEQUENCE" => "which version of the event it is about",
        other => other,
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
