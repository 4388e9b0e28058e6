//! The words of each reason why a mail is refused.

use super::*;

#[test]
fn every_reason_has_a_code_and_two_sentences() {
    use RefusalReason as R;
    let reasons = [
        R::Quarantined,
        R::NotOneFrom,
        R::NotAuthenticated,
        R::NotTheOrganizer,
        R::Loop,
        R::TooLarge {
            limit_bytes: mail::MAX_BYTES,
        },
        R::UnreadableMail,
        R::NoCalendar,
        R::SeveralCalendars,
        R::UnreadableCalendar,
        R::UnknownCharset,
        R::Missing { property: "UID" },
        R::Missing {
            property: "DTSTART",
        },
        R::Missing {
            property: "ORGANIZER",
        },
        R::Missing { property: "METHOD" },
        R::Invalid {
            property: "DTSTART",
        },
        R::Invalid { property: "DTEND" },
        R::NotSupported {
            what: "a recurring event",
        },
        R::NotACommandMailbox,
        R::OrganizerSuspended,
        R::OrganizerNotEnrolled,
        R::EventLimit { limit: 5 },
        R::TooManyAnswers { limit: 366 },
        R::NotYourEvent,
        R::WhichEvent,
        R::Unclear,
        R::InvitedOnly,
        R::CannotBeInvited {
            why: NotInvited::InviteLimit { limit: 2500 },
        },
        R::CannotBeInvited {
            why: NotInvited::Unwanted(Unwanted::Blocked),
        },
        R::Missing {
            property: "DELEGATED-TO",
        },
        R::Invalid {
            property: "SEQUENCE",
        },
    ];
    let [all, in_german] = Language::ALL.map(|language| -> String {
        let told = reasons.iter().map(|reason| {
            let wrong = reason.what_is_wrong(language);
            format!(
                "{}\n  {wrong}\n  {}\n",
                reason.code(),
                reason.what_to_do(language)
            )
        });
        told.collect()
    });
    for sentence in in_german.lines().filter(|line| line.starts_with(' ')) {
        assert!(
            sentence.ends_with('.') && !all.contains(sentence),
            "{sentence}"
        );
    }
    expect![[r#"
        quarantined
          Your message was held back because it looks like spam or carries a virus.
          Please check your computer for viruses, then send the invitation again without attachments.
        not-one-from
          Your message does not name exactly one sender.
          Please send the invitation again from a single address.
        not-authenticated
          We could not be sure that this message really came from you.
          Please send it through your usual mail provider, or ask whoever runs your mail to set up SPF, DKIM or DMARC.
        not-the-organizer
          The invitation names somebody else as its organizer, so we did not act on it in your name.
          Please send the invitation from the address of its organizer, or create a new event under your own name.
        loop
          This message was sent automatically, and automatic messages are not acted upon.
          If you meant to send an invitation, please send it from your calendar yourself.
        too-large
          Your message is larger than the 10 MB we can read.
          Please shorten the description or leave out attachments, then send it again.
        unreadable-mail
          Your message arrived damaged and could not be opened.
          Please send the invitation again from your calendar.
        no-calendar
          Your message contains no calendar invitation.
          Please invite this address from your calendar, as you would invite a person.
        several-calendars
          Your message contains more than one event, and we could not tell which one you meant.
          Please send one event in each message.
        unreadable-calendar
          The calendar invitation in your message could not be read.
          Please save the event in your calendar and send the invitation again.
        unknown-charset
          The calendar invitation is written in a character set we do not know.
          Please send the invitation again in Unicode (UTF-8), which every current calendar can do.
        missing
          The invitation leaves out the event's identifier.
          Please add the event's identifier to the event in your calendar and send the invitation again.
        missing
          The invitation leaves out the time the event starts.
          Please add the time the event starts to the event in your calendar and send the invitation again.
        missing
          The invitation leaves out the organizer's address.
          Please add the organizer's address to the event in your calendar and send the invitation again.
        missing
          The invitation leaves out whether it invites, changes or cancels.
          Please add whether it invites, changes or cancels to the event in your calendar and send the invitation again.
        invalid
          The invitation gives the time the event starts in a way that cannot be right.
          Please check the time the event starts in your calendar and send the invitation again.
        invalid
          The invitation gives the time the event ends in a way that cannot be right.
          Please check the time the event ends in your calendar and send the invitation again.
        not-supported
          Your message contains a recurring event, which we cannot handle yet.
          Please send it as a plain event, or ask our support how else we can help.
        not-a-command-mailbox
          This address does not take calendar invitations.
          Please send new invitations, changes and cancellations to our address that begins with create@.
        organizer-suspended
          Your account is suspended at present, so we did not act on your invitation.
          Please write to our support to have your account looked at.
        organizer-not-enrolled
          Your address is not enrolled yet, so we did not act on your invitation.
          Please order a plan first, then send the invitation again.
        event-limit
          You already have 5 events, which is as many as your plan allows.
          Please move to a larger plan, then send the invitation again.
        too-many-answers
          You have answered more than 366 single dates of the series, which is more than we can keep.
          Please answer the series as a whole.
        not-your-event
          This event was created by somebody else, and only its creator can change it.
          Please ask the event's creator to change it, or create a new event of your own.
        which-event
          We could not tell which event your message is about.
          Please use the buttons of the invitation in your mail program or calendar, or reply to the invitation itself.
        unclear
          We could not tell whether you meant yes or no.
          Please answer the question again with yes or no as the first word.
        invited-only
          This event is open only to the people its organizer has invited.
          Please ask the organizer to invite you.
        cannot-be-invited
          As many people as can be, 2500, are invited already.
          Please ask the organizer.
        cannot-be-invited
          That person cannot be invited to this event.
          Please ask the organizer.
        missing
          The invitation leaves out who comes in your place.
          Please add who comes in your place to the event in your calendar and send the invitation again.
        invalid
          The invitation gives which version of the event it is about in a way that cannot be right.
          Please check which version of the event it is about in your calendar and send the invitation again.
    "#]].assert_eq(&all);
}
