//! "You are being erased", to somebody who has asked for it by mail; or why he is not.

use jiff::Timestamp;
use serde::Serialize;

use super::{Letter, LetterError, Sender, notice::Notice, template::Template, view::BrandView};
use crate::address::Mailbox;

/// Somebody who wants nothing kept of him.
#[derive(Clone, Debug)]
pub struct Erasing<'a> {
    /// Who, authenticated.
    pub to: &'a Mailbox,
    /// He organizes events himself, so that nothing is erased by a mail.
    pub organizes: bool,
    /// Names his mail; makes the letter's Message-ID.
    pub mail_id: &'a str,
    /// Message-ID of his mail, with or without angle brackets.
    pub in_reply_to: Option<&'a str>,
    /// When it arrived: the letter's Date.
    pub arrived: Timestamp,
}

/// What the templates of `erasing` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    address: String,
    organizes: bool,
}

/// Tells somebody what becomes of his wish to be erased.
///
/// # Errors
/// [`LetterError`].
pub fn erasing(erasing: &Erasing<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let content = View {
        brand: BrandView::of(sender),
        address: erasing.to.address.as_str().to_owned(),
        organizes: erasing.organizes,
    };
    let about = Notice {
        template: Template::Erasing,
        to: erasing.to,
        names: erasing.mail_id,
        date: erasing.arrived,
        auto_submitted: "auto-replied",
        in_reply_to: erasing.in_reply_to,
    };
    about.write(&content, None, sender)
}
