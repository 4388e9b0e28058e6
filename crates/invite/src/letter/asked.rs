//! Letters that an attendee's mail leads to: how the event stands, that a proposal is not taken up, a question back.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Draft, Kind, Letter, LetterError, Sender,
    address::Seen,
    mail::{About, Between, Occasion, bare_message_id, message_id_to, recipient, write_notice},
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

impl Asked<'_> {
    /// Names that mail in a Message-ID.
    pub(super) fn name(&self) -> &str {
        let digest = self.digest.as_str();
        digest.get(..16).unwrap_or(digest)
    }
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

/// Tells an attendee who has accepted that all places are taken, and that he waits for one.
///
/// # Errors
/// [`LetterError`].
pub fn waiting_list(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    asked: &Asked<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::WaitingList, event, sender)?.answering(attendee, answers, asked)
}

/// Tells an attendee who waited that there is a place for him now.
///
/// # Errors
/// [`LetterError`].
pub fn seat(
    event: &Event,
    attendee: &Mailbox,
    answers: &Answers,
    asked: &Asked<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    Draft::new(Kind::Seat, event, sender)?.answering(attendee, answers, asked)
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
    let (organizer, pair) = Seen::of(event, sender)?.by(&attendee.address, sender);
    let to = recipient(attendee)?;
    let content = Question {
        brand: BrandView::of(sender),
        event: EventView::of(event, sender.language()),
        reply_link: link_to(&organizer.address),
    };
    let texts = sender.templates.render(Template::AskBack, &content)?;
    let about = About::of(event);
    let between = Between {
        message_id: message_id_to(
            &about.told(Template::AskBack.name(), asked.name()),
            &pair.name,
            sender,
        ),
        from: organizer,
        reply_to: None,
        to,
        list_unsubscribe: None,
    };
    let occasion = Occasion {
        date: asked.at,
        auto_submitted: "auto-replied",
        in_reply_to: asked.message_id.and_then(bare_message_id),
        reference: Some(about.reference(sender)),
    };
    Ok(write_notice(between, &occasion, &texts, None))
}
