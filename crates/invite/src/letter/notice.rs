//! What organizers are told: their event is recorded, or why it is not.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    mail::{
        Between, File, Occasion, ascii_address, bare_message_id, message_id, notification,
        recipient, write_notice,
    },
    template::{Template, one_line},
    view::{BrandView, EventView},
};
use crate::{
    address::Mailbox,
    decide::Standing,
    event::Event,
    invite_link::{link, offered},
};

/// A mail that was refused, and why.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    /// The authenticated sender of the refused mail.
    pub to: &'a Mailbox,
    /// Subject of the refused mail, if it had one.
    pub subject: Option<&'a str>,
    /// A sentence for people.
    pub what_is_wrong: &'a str,
    /// A sentence for people.
    pub what_to_do: &'a str,
    /// Names the refused mail; makes the notice's Message-ID.
    pub mail_id: &'a str,
    /// Message-ID of the refused mail, with or without angle brackets.
    pub in_reply_to: Option<&'a str>,
    /// When the refused mail arrived: the notice's Date.
    pub arrived: Timestamp,
}

/// What the templates of `event-created` may name.
#[derive(Serialize, Debug)]
struct Created {
    brand: BrandView,
    event: EventView,
    /// Its CANCEL has come, too: before it, or since.
    is_cancelled: bool,
    uid: String,
    /// Where people can have the invitation sent, where the event has such a link.
    invite_link: Option<String>,
    invites_url: String,
    bulk_address: String,
}

/// What the templates of `event-refused` may name.
#[derive(Serialize, Debug)]
struct RefusedView {
    brand: BrandView,
    refused_subject: Option<String>,
    what_is_wrong: String,
    what_to_do: String,
    create_address: String,
}

/// Tells the organizer that his event is recorded, its uid, and how to invite people
/// (its invite link, `POST {api_url}/event/{uid}/invites`); or that it is cancelled already, and how it takes place after all.
///
/// # Errors
/// [`LetterError`].
pub fn event_created(
    event: &Event,
    api_url: &str,
    in_reply_to: Option<&str>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let content = Created {
        brand: BrandView::of(sender),
        event: EventView::of(event, sender.language()),
        is_cancelled: event.is_cancelled(),
        uid: event.uid.to_string(),
        invite_link: offered(event, &Standing::default(), event.created)
            .is_ok()
            .then(|| link(api_url, &event.uid)),
        invites_url: format!(
            "{}/event/{}/invites",
            api_url.trim_end_matches('/'),
            event.uid
        ),
        bulk_address: format!("bulk@{}", sender.mail_domain),
    };
    let about = Notice {
        template: Template::EventCreated,
        to: &event.organizer,
        names: event.uid.as_str(),
        date: event.created,
        auto_submitted: "auto-replied",
        in_reply_to,
    };
    about.write(&content, None, sender)
}

/// Tells an authenticated sender why his mail was refused and what to do.
///
/// # Errors
/// [`LetterError`].
pub fn event_refused(refused: &Refused<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let content = RefusedView {
        brand: BrandView::of(sender),
        refused_subject: refused
            .subject
            .map(one_line)
            .filter(|subject| !subject.is_empty()),
        what_is_wrong: one_line_of_ours(refused.what_is_wrong),
        what_to_do: one_line_of_ours(refused.what_to_do),
        create_address: format!("create@{}", sender.mail_domain),
    };
    let about = Notice {
        template: Template::EventRefused,
        to: refused.to,
        names: refused.mail_id,
        date: refused.arrived,
        auto_submitted: "auto-replied",
        in_reply_to: refused.in_reply_to,
    };
    about.write(&content, None, sender)
}

/// Our own sentences are not shortened.
fn one_line_of_ours(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) struct Notice<'a> {
    pub(super) template: Template,
    pub(super) to: &'a Mailbox,
    /// What the notice is about: makes its Message-ID.
    pub(super) names: &'a str,
    pub(super) date: Timestamp,
    /// RFC 3834 section 5: whether it answers a mail (`auto-replied`), or comes by itself (`auto-generated`).
    pub(super) auto_submitted: &'static str,
    pub(super) in_reply_to: Option<&'a str>,
}

impl Notice<'_> {
    pub(super) fn write(
        &self,
        content: &impl Serialize,
        file: Option<&File<'_>>,
        sender: &Sender,
    ) -> Result<Letter, LetterError> {
        let texts = sender.templates.render(self.template, content)?;
        let from = notification(sender)?;
        let support = sender.brand.support.as_ref();
        let reply_to = Mailbox {
            address: support.map_or_else(|| Ok(from.address.clone()), ascii_address)?,
            name: from.name.clone(),
        };
        let to = recipient(self.to)?;
        let told = [self.template.name(), self.names, self.to.address.as_str()];
        let between = Between {
            message_id: message_id(sender, &told),
            from,
            to,
            reply_to: Some(reply_to),
            list_unsubscribe: None,
        };
        let occasion = Occasion {
            date: self.date,
            auto_submitted: self.auto_submitted,
            in_reply_to: self.in_reply_to.and_then(bare_message_id),
            reference: None,
        };
        Ok(write_notice(between, &occasion, &texts, file))
    }
}
