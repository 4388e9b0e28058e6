//! "As many people as can be are invited", to the organizer, when somebody more was to be.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    notice::Notice,
    template::Template,
    view::{BrandView, EventView},
};
use crate::event::Event;

/// A limit that was reached.
#[derive(Clone, Copy, Debug)]
pub struct LimitReached<'a> {
    /// The event nobody more is invited to.
    pub event: &'a Event,
    /// Invitations allowed for it.
    pub limit: u32,
    /// When somebody was not invited for it: the letter's Date, and with the event its Message-ID.
    pub at: Timestamp,
}

/// What the templates of `limit-reached` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    event: EventView,
    limit: u32,
}

/// Tells the organizer that nobody more is invited to his event.
///
/// # Errors
/// [`LetterError`].
pub fn limit_reached(reached: &LimitReached<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let LimitReached { event, limit, at } = *reached;
    let content = View {
        brand: BrandView::of(sender),
        event: EventView::of(event, sender.language()),
        limit,
    };
    let about = Notice {
        template: Template::LimitReached,
        to: &event.organizer,
        names: &format!("{} {at}", event.uid),
        date: at,
        // Nobody has written just now.
        auto_submitted: "auto-generated",
        in_reply_to: None,
    };
    about.write(&content, None, sender)
}
