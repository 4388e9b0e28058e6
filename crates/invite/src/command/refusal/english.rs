//! Refusals in English.

use super::{RefusalReason as Reason, size};
use crate::decide::NotInvited;

pub(super) fn what_is_wrong(reason: &Reason) -> String {
    match reason {
        Reason::Quarantined => "Your message was held back because it looks like spam or carries a virus.".into(),
        Reason::NotOneFrom => "Your message does not name exactly one sender.".into(),
        Reason::NotAuthenticated => "We could not be sure that this message really came from you.".into(),
        Reason::NotTheOrganizer => "The invitation names somebody else as its organizer, so we did not act on it in your name.".into(),
        Reason::Loop => "This message was sent automatically, and automatic messages are not acted upon.".into(),
        Reason::TooLarge { limit_bytes } => format!("Your message is larger than the {} we can read.", size(*limit_bytes)),
        Reason::UnreadableMail => "Your message arrived damaged and could not be opened.".into(),
        Reason::NoCalendar => "Your message contains no calendar invitation.".into(),
        Reason::NoMeetingInTnef => "Your message contains a file of Outlook's (winmail.dat), but no calendar invitation in it.".into(),
        Reason::SeveralCalendars => "Your message contains more than one event, and we could not tell which one you meant.".into(),
        Reason::UnreadableCalendar => "The calendar invitation in your message could not be read.".into(),
        Reason::UnknownCharset => "The calendar invitation is written in a character set we do not know.".into(),
        Reason::Missing { property } => format!("The invitation leaves out {}.", named(property)),
        Reason::Invalid { property } => format!("The invitation gives {} in a way that cannot be right.", named(property)),
        Reason::NotSupported { what } => format!("Your message contains {what}, which we cannot handle yet."),
        Reason::NotACommandMailbox => "This address does not take calendar invitations.".into(),
        Reason::OrganizerSuspended => "Your account is suspended at present, so we did not act on your invitation.".into(),
        Reason::OrganizerNotEnrolled => "Your address is not enrolled yet, so we did not act on your invitation.".into(),
        Reason::EventLimit { limit: 1 } => "You already have an event, which is as many as your plan allows.".into(),
        Reason::EventLimit { limit } => format!("You already have {limit} events, which is as many as your plan allows."),
        Reason::TooManyInstances { limit } => format!("More than {limit} dates of the series differ from its rule, which is more than we can keep."),
        Reason::TooManyAnswers { limit } => format!("You have answered more than {limit} single dates of the series, which is more than we can keep."),
        Reason::NotYourEvent => "This event was created by somebody else, and only its creator can change it.".into(),
        Reason::WhichEvent => "We could not tell which event your message is about.".into(),
        Reason::Unclear => "We could not tell whether you meant yes or no.".into(),
        Reason::InvitedOnly => "This event is open only to the people its organizer has invited.".into(),
        Reason::CannotBeInvited { why: NotInvited::InviteLimit { limit } } => format!("As many people as can be, {limit}, are invited already."),
        Reason::CannotBeInvited { .. } => "That person cannot be invited to this event.".into(),
        Reason::NotAStop => "We could not tell whether you want to stop what waits, so it goes out at the time you were told.".into(),
        Reason::TooLateToStop { sent, people } => format!("It is going out already: {sent} of {people} letters had gone when your answer came."),
        Reason::StopSuperseded => "A newer change of yours has taken the place of what you want to stop; it will not be sent by itself.".into(),
        Reason::NoEventNamed => "Your list does not say for which event it is.".into(),
        Reason::SeveralEventsNamed => "Your list names several events, and we could not tell which one you meant.".into(),
    }
}

pub(super) fn what_to_do(reason: &Reason) -> String {
    match reason {
        Reason::Quarantined => "Please check your computer for viruses, then send the invitation again without attachments.".into(),
        Reason::NotOneFrom => "Please send the invitation again from a single address.".into(),
        Reason::NotAuthenticated => "Please send it through your usual mail provider, or ask whoever runs your mail to set up SPF, DKIM or DMARC.".into(),
        Reason::NotTheOrganizer => "Please send the invitation from the address of its organizer, or create a new event under your own name.".into(),
        Reason::Loop => "If you meant to send an invitation, please send it from your calendar yourself.".into(),
        Reason::TooLarge { .. } => "Please shorten the description or leave out attachments, then send it again.".into(),
        Reason::UnreadableMail => "Please send the invitation again from your calendar.".into(),
        Reason::NoCalendar => "Please invite this address from your calendar, as you would invite a person.".into(),
        Reason::NoMeetingInTnef => "Please invite this address from Outlook's calendar, as you would invite a person; an ordinary message is not enough.".into(),
        Reason::SeveralCalendars => "Please send one event in each message.".into(),
        Reason::UnreadableCalendar => "Please save the event in your calendar and send the invitation again.".into(),
        Reason::UnknownCharset => "Please send the invitation again in Unicode (UTF-8), which every current calendar can do.".into(),
        Reason::Missing { property } => format!("Please add {} to the event in your calendar and send the invitation again.", named(property)),
        Reason::Invalid { property } => format!("Please check {} in your calendar and send the invitation again.", named(property)),
        Reason::NotSupported { .. } => "Please send it as a plain event, or ask our support how else we can help.".into(),
        Reason::NotACommandMailbox => "Please send new invitations, changes and cancellations to our address that begins with create@.".into(),
        Reason::OrganizerSuspended => "Please write to our support to have your account looked at.".into(),
        Reason::OrganizerNotEnrolled => "Please order a plan first, then send the invitation again.".into(),
        Reason::EventLimit { .. } => "Please move to a larger plan, then send the invitation again.".into(),
        Reason::TooManyInstances { .. } => "Please end the series in your calendar where it changes, and create a new one from there on.".into(),
        Reason::TooManyAnswers { .. } => "Please answer the series as a whole.".into(),
        Reason::NotYourEvent => "Please ask the event's creator to change it, or create a new event of your own.".into(),
        Reason::WhichEvent => "Please use the buttons of the invitation in your mail program or calendar, or reply to the invitation itself.".into(),
        Reason::Unclear => "Please answer the question again with yes or no as the first word.".into(),
        Reason::InvitedOnly => "Please ask the organizer to invite you.".into(),
        Reason::CannotBeInvited { .. } => "Please ask the organizer.".into(),
        Reason::NotAStop => "To stop it, please answer that letter again with STOP as the first word.".into(),
        Reason::TooLateToStop { .. } => "Please put right in your calendar what is wrong and send that: everybody hears of it, and of what changed.".into(),
        Reason::StopSuperseded => "To stop the newer one, too, please answer the letter about that one with STOP.".into(),
        Reason::NoEventNamed => "Please send it again and put the event's name into the subject: the 40 letters and digits in the letter that told you the event was recorded.".into(),
        Reason::SeveralEventsNamed => "Please send it again with the name of one event in the subject.".into(),
    }
}

/// iCalendar's names in everybody's words.
fn named(property: &str) -> &str {
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
