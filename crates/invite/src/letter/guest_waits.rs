//! "May he come?", to an organizer who wants to be asked about those he did not invite (D10).

use serde::Serialize;

use super::{
    Asked, Letter, LetterError, Sender,
    mail::{Between, Occasion, ascii_address, message_id, notification, recipient, write_notice},
    template::Template,
    view::{BrandView, EventView, display_name, link_to},
};
use crate::{
    address::{Address, Mailbox},
    event::Event,
};

/// Somebody who was not invited and would like to come.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    /// Who.
    pub mailbox: &'a Mailbox,
    /// The attendee who passed his invitation on.
    pub through: &'a Mailbox,
    /// The signed address that takes the organizer's yes or no.
    pub approval: &'a Address,
}

/// What the templates of `guest-waits` may name.
#[derive(Serialize, Debug)]
struct Question {
    brand: BrandView,
    event: EventView,
    guest: String,
    guest_address: String,
    through: String,
    reply_link: String,
}

/// Asks the organizer whether somebody may come; `asked` is the guest's answer.
///
/// # Errors
/// [`LetterError`].
pub fn guest_waits(
    event: &Event,
    guest: &Guest<'_>,
    asked: &Asked<'_>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let from = notification(sender)?;
    let reply_to = Mailbox {
        address: ascii_address(guest.approval)?,
        name: from.name.clone(),
    };
    let content = Question {
        brand: BrandView::of(sender),
        event: EventView::of(event, sender.language()),
        guest: display_name(guest.mailbox),
        guest_address: guest.mailbox.address.as_str().to_owned(),
        through: display_name(guest.through),
        reply_link: link_to(&reply_to.address),
    };
    let texts = sender.templates.render(Template::GuestWaits, &content)?;
    let told = [
        Template::GuestWaits.name(),
        event.uid.as_str(),
        guest.mailbox.address.as_str(),
        asked.digest.as_str(),
    ];
    let between = Between {
        message_id: message_id(sender, &told),
        from,
        to: recipient(&event.organizer)?,
        reply_to: Some(reply_to),
        list_unsubscribe: None,
    };
    let occasion = Occasion {
        date: asked.at,
        // A notice to somebody who wrote nothing just now (RFC 3834 section 5).
        auto_submitted: "auto-generated",
        in_reply_to: None,
        reference: None,
    };
    Ok(write_notice(between, &occasion, &texts, None))
}
