//! Letters that an attendee's mail leads to: how the event stands, that a proposal is not taken up, a question back.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Draft, Kind, Letter, LetterError, Sender,
    address::organizer_to,
    mail::{About, Headers, bare_message_id, message_id, recipient, reference, write_notice},
    template::Template,
    view::{BrandView, EventView, link_to},
};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
    id::Digest,
    time::InstanceKey,
};

/// The mail a letter answers.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Names that mail: with it the letter has a Message-ID of its own.
    pub digest: &'a Digest,
    /// When it arrived: the letter's Date.
    pub at: Timestamp,
    /// Message-ID of that mail, with or without angle brackets.
    pub message_id: Option<&'a str>,
}

/// Sends the current REQUEST to an attendee who asked for it (REFRESH, RFC 5546 section 3.2.6), or whose mail shows
/// that he knows an older one.
///
/// # Errors
/// [`LetterError`].
pub fn current(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    asked: &Asked<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Current, event, sender)?.answering(attendee, answers, asked)
}

/// Tells an attendee that his proposal for another time (COUNTER) is not taken up (DECLINECOUNTER, RFC 5546 section
/// 3.2.8): it was about an earlier version. `instance` is the date of a series it was about.
///
/// # Errors
/// [`LetterError`].
pub fn decline_counter(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    instance: Option<&InstanceKey>,
    asked: &Asked<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let kind = Kind::DeclineCounter {
        instance: instance.cloned(),
    };
    Draft::new(kind, event, sender)?.answering(attendee, answers, asked)
}

/// What the template of `ask-back` may name.
#[derive(Serialize, Debug)]
struct Question {
    brand: BrandView,
    event: EventView,
    reply_link: String,
}

/// Asks an attendee whether he comes: his words did not say.
///
/// # Errors
/// [`LetterError`].
pub fn ask_back(
    event: &Event,
    attendee: &Mailbox,
    asked: &Asked<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let organizer = organizer_to(event, attendee, sender)?;
    let to = recipient(attendee)?;
    let content = Question {
        brand: BrandView::of(sender),
        event: EventView::of(event),
        reply_link: link_to(&organizer.address),
    };
    let texts = Template::AskBack.render(&content)?;
    let told = [
        Template::AskBack.name(),
        event.uid.as_str(),
        attendee.address.as_str(),
        asked.digest.as_str(),
    ];
    let about = About::of(event);
    let headers = Headers {
        reference: Some(reference(sender, about)),
        message_id: message_id(sender, Some(about), &told),
        reply_to: organizer.clone(),
        from: organizer,
        to,
        subject: texts.subject.clone(),
        date: asked.at,
        auto_submitted: "auto-replied",
        list_unsubscribe: None,
        in_reply_to: asked.message_id.and_then(bare_message_id),
    };
    Ok(write_notice(headers, &texts))
}
