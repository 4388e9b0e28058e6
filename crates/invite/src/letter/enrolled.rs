//! What the organizer is told when he has a subscription: what it allows.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    notice::Notice,
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
    let about = Notice {
        template: Template::Enrolled,
        to: enrolled.to,
        names: enrolled.subscription,
        date: enrolled.at,
        auto_submitted: "auto-generated",
        in_reply_to: None,
    };
    about.write(&content, None, sender)
}
