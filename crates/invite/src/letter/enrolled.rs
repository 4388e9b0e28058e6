//! What the organizer is told when he has a subscription: what it allows.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    mail::{Between, Occasion, ascii_address, message_id, notification, recipient, write_notice},
    template::{Template, one_line},
    view::BrandView,
};
use crate::{
    address::{Address, Mailbox},
    decide::Allowance,
};

/// A subscription somebody has from now on.
#[derive(Clone, Debug)]
pub struct Enrolled<'a> {
    /// Whose it is.
    pub to: &'a Mailbox,
    /// Names it among his; makes the letter's Message-ID.
    pub subscription: &'a str,
    /// The plan's name.
    pub plan: &'a str,
    /// What it allows.
    pub allowance: Allowance,
    /// What the shop calls what was bought.
    pub product: &'a str,
    /// The shop's id of the order.
    pub order: &'a str,
    /// Who bought it.
    pub purchaser: Option<&'a Address>,
    /// When it was recorded: the letter's Date.
    pub at: Timestamp,
}

/// What the templates of `enrolled` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    plan: String,
    product: String,
    order: String,
    /// Who bought it, where that is somebody else.
    purchaser: Option<String>,
    /// None: as many as he likes.
    events: Option<u32>,
    invites_per_event: u32,
    create_address: String,
}

/// Tells an organizer that he has a subscription, and what it allows.
///
/// # Errors
/// [`LetterError`].
pub fn enrolled(enrolled: &Enrolled<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let allowance = enrolled.allowance;
    let content = View {
        brand: BrandView::of(sender),
        plan: one_line(enrolled.plan),
        product: one_line(enrolled.product),
        order: one_line(enrolled.order),
        purchaser: enrolled
            .purchaser
            .filter(|purchaser| **purchaser != enrolled.to.address)
            .map(|purchaser| one_line(purchaser.as_str())),
        events: allowance.events,
        invites_per_event: allowance.invites_per_event,
        create_address: format!("create@{}", sender.mail_domain),
    };
    let texts = sender.templates.render(Template::Enrolled, &content)?;
    let from = notification(sender)?;
    let support = sender.brand.support.as_ref();
    let reply_to = Mailbox {
        address: support.map_or_else(|| Ok(from.address.clone()), ascii_address)?,
        name: from.name.clone(),
    };
    let told = [
        Template::Enrolled.name(),
        enrolled.subscription,
        enrolled.to.address.as_str(),
    ];
    let between = Between {
        message_id: message_id(sender, &told),
        from,
        to: recipient(enrolled.to)?,
        reply_to: Some(reply_to),
        list_unsubscribe: None,
    };
    let occasion = Occasion {
        date: enrolled.at,
        auto_submitted: "auto-generated",
        in_reply_to: None,
        reference: None,
    };
    Ok(write_notice(between, &occasion, &texts, None))
}
