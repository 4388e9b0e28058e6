//! "You get no more invitations", to somebody who has said so by mail.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    notice::Notice,
    template::Template,
    view::{BrandView, display_name},
};
use crate::address::Mailbox;

/// Somebody who wants no more mail.
#[derive(Clone, Debug)]
pub struct Unsubscribed<'a> {
    /// Who, authenticated.
    pub to: &'a Mailbox,
    /// Of whom; `None`: of anybody here.
    pub organizer: Option<&'a Mailbox>,
    /// Names his mail; makes the letter's Message-ID.
    pub mail_id: &'a str,
    /// Message-ID of his mail, with or without angle brackets.
    pub in_reply_to: Option<&'a str>,
    /// When it arrived: the letter's Date.
    pub arrived: Timestamp,
}

/// What the templates of `unsubscribed` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    organizer: Option<String>,
}

/// Confirms that somebody gets no more invitations.
///
/// # Errors
/// [`LetterError`].
pub fn unsubscribed(
    unsubscribed: &Unsubscribed<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let content = View {
        brand: BrandView::of(sender),
        organizer: unsubscribed.organizer.map(display_name),
    };
    let about = Notice {
        template: Template::Unsubscribed,
        to: unsubscribed.to,
        names: unsubscribed.mail_id,
        date: unsubscribed.arrived,
        auto_submitted: "auto-replied",
        in_reply_to: unsubscribed.in_reply_to,
    };
    about.write(&content, None, sender)
}
