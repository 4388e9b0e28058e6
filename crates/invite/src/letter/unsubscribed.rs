//! "You get no more invitations", to somebody who has said so by mail.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    mail::{
        Between, Occasion, ascii_address, bare_message_id, message_id, notification, recipient,
        write_notice,
    },
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
    let template = Template::Unsubscribed;
    let texts = sender.templates.render(
        template,
        &View {
            brand: BrandView::of(sender),
            organizer: unsubscribed.organizer.map(display_name),
        },
    )?;
    let from = notification(sender)?;
    let support = sender.brand.support.as_ref();
    let reply_to = Mailbox {
        address: support.map_or_else(|| Ok(from.address.clone()), ascii_address)?,
        name: from.name.clone(),
    };
    let told = [
        template.name(),
        unsubscribed.mail_id,
        unsubscribed.to.address.as_str(),
    ];
    let between = Between {
        message_id: message_id(sender, &told),
        from,
        to: recipient(unsubscribed.to)?,
        reply_to: Some(reply_to),
        list_unsubscribe: None,
    };
    let occasion = Occasion {
        date: unsubscribed.arrived,
        auto_submitted: "auto-replied",
        in_reply_to: unsubscribed.in_reply_to.and_then(bare_message_id),
        reference: None,
    };
    Ok(write_notice(between, &occasion, &texts, None))
}
