//! A letter to attendees: written once an event, addressed to each.

use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    address::reply_address,
    mail::{Headers, Invitation, ascii_address, message_id},
    template::{Template, one_line},
    view::{BrandView, EventView, display_name},
};
use crate::{
    address::Mailbox,
    event::{Answers, Event},
    ical::write::{self, Purpose},
};

/// What a letter to attendees is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// "Please come."
    Invite,
    /// "It has changed."
    Update,
    /// "It does not take place."
    Cancellation,
}

impl Kind {
    fn template(self) -> Template {
        match self {
            Self::Invite => Template::Invite,
            Self::Update => Template::Update,
            Self::Cancellation => Template::Cancellation,
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Invite | Self::Update => Purpose::Request,
            Self::Cancellation => Purpose::Cancel,
        }
    }
}

/// What the templates of these letters may name.
#[derive(Serialize, Debug)]
struct Content {
    brand: BrandView,
    event: EventView,
    update_subject_prefix: String,
}

/// A letter about an event, without its recipient. Keep it to address many: rendering, sanitising and encoding of
/// the texts, and all of the calendar object but two lines, are done.
#[derive(Debug)]
pub struct Draft<'a> {
    kind: Kind,
    event: &'a Event,
    sender: &'a Sender,
    subject: String,
    calendar: write::Draft,
    mail: Invitation,
}

impl<'a> Draft<'a> {
    /// Writes what all recipients share.
    ///
    /// # Errors
    /// [`LetterError::Template`], [`LetterError::Calendar`].
    pub fn new(kind: Kind, event: &'a Event, sender: &'a Sender) -> Result<Self, LetterError> {
        let content = Content {
            brand: BrandView::of(sender),
            event: EventView::of(event),
            update_subject_prefix: one_line(&sender.update_subject_prefix),
        };
        let texts = kind.template().render(&content)?;
        Ok(Self {
            kind,
            event,
            sender,
            calendar: write::Draft::new(event, &kind.purpose(), sanitised)?,
            mail: Invitation::new(kind.purpose().method(), &texts),
            subject: texts.subject,
        })
    }

    /// The letter to one attendee, with what he has answered to this version of the event.
    ///
    /// # Errors
    /// [`LetterError::AddressNotAscii`], [`LetterError::MailDomain`].
    pub fn addressed(&self, attendee: &Mailbox, answers: &Answers) -> Result<Letter, LetterError> {
        let organizer = Mailbox {
            address: reply_address(&self.event.organizer, &attendee.address, self.sender)?,
            name: Some(display_name(&self.event.organizer)),
        };
        let to = Mailbox {
            address: ascii_address(&attendee.address)?,
            name: attendee
                .name
                .as_deref()
                .map(one_line)
                .filter(|name| !name.is_empty()),
        };
        let calendar = self.calendar.addressed(&organizer, &to, answers);
        let headers = Headers {
            message_id: message_id(
                self.sender,
                &[
                    self.kind.template().name(),
                    self.event.uid.as_str(),
                    attendee.address.as_str(),
                    &self.event.revision.to_string(),
                ],
            ),
            list_unsubscribe: Some(self.list_unsubscribe(&organizer)),
            reply_to: organizer.clone(),
            from: organizer,
            to,
            subject: self.subject.clone(),
            date: self.event.stamp.dtstamp,
            auto_submitted: "auto-generated",
            in_reply_to: None,
        };
        Ok(self.mail.write(headers, &calendar))
    }

    /// By mail only (RFC 2369 section 3.2), naming event and recipient by what nobody can guess. List-Unsubscribe-Post
    /// (RFC 8058) promises an address that takes the POST; it stands here once there is one.
    fn list_unsubscribe(&self, organizer: &Mailbox) -> String {
        let token = organizer.address.local().rsplit('+').next();
        format!(
            "<mailto:unsubscribe@{}?subject=unsubscribe%20{}%20{}>",
            self.sender.mail_domain,
            self.event.uid,
            token.unwrap_or_default()
        )
    }
}

/// The organizer's HTML without scripts, styles, forms, and without images: they tell their server who reads.
fn sanitised(html: &str) -> String {
    ammonia::Builder::default()
        .rm_tags(["img"])
        .clean(html)
        .to_string()
        .trim()
        .to_owned()
}
