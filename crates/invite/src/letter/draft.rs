//! A letter to attendees: written once an event, addressed to each.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    address::organizer_to,
    asked::Asked,
    changes::{ChangesView, changes},
    mail::{About, Headers, Invitation, bare_message_id, message_id, recipient, reference},
    template::{Template, one_line},
    view::{BrandView, EventView},
};
use crate::{
    address::Mailbox,
    event::{Answers, Edition, Event},
    ical::write::{self, Purpose},
    time::InstanceKey,
};

/// What a letter to attendees is for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// "Please come."
    Invite,
    /// "It has changed."
    Update,
    /// "It does not take place."
    Cancellation,
    /// "This is how it stands", to somebody who asked.
    Current,
    /// "Your proposal is not taken up."
    DeclineCounter {
        /// The date of a series it was about; `None`: the event.
        instance: Option<InstanceKey>,
    },
}

impl Kind {
    fn template(&self) -> Template {
        match self {
            Self::Invite => Template::Invite,
            Self::Update => Template::Update,
            Self::Cancellation => Template::Cancellation,
            Self::Current => Template::Current,
            Self::DeclineCounter { .. } => Template::CounterDeclined,
        }
    }

    fn purpose(&self) -> Purpose {
        match self {
            Self::Invite | Self::Update | Self::Current => Purpose::Request,
            Self::Cancellation => Purpose::Cancel,
            Self::DeclineCounter { instance } => Purpose::DeclineCounter {
                instance: instance.clone(),
            },
        }
    }
}

/// What the templates of these letters may name.
#[derive(Serialize, Debug)]
struct Content {
    brand: BrandView,
    event: EventView,
    update_subject_prefix: String,
    /// In an update to somebody whose last copy is known.
    changes: Option<ChangesView>,
}

/// A letter about an event, without its recipient. Keep it to address many: rendering, sanitising and encoding of
/// the texts, and all of the calendar object but two lines an instance, are done.
#[derive(Debug)]
pub struct Draft<'a> {
    kind: Kind,
    event: &'a Event,
    sender: &'a Sender,
    subject: String,
    calendar: write::Draft,
    mail: Invitation,
    /// An update tells what changed since a copy; those of one revision share it. Written when first needed.
    told: Vec<(&'a Edition, OnceLock<Invitation>)>,
}

impl<'a> Draft<'a> {
    /// Writes what all recipients share.
    ///
    /// # Errors
    /// [`LetterError::Template`], [`LetterError::Calendar`].
    pub fn new(kind: Kind, event: &'a Event, sender: &'a Sender) -> Result<Self, LetterError> {
        let texts = kind.template().render(&content(event, sender, None))?;
        let told = if kind == Kind::Update {
            event.editions.as_slice()
        } else {
            &[]
        };
        Ok(Self {
            event,
            sender,
            calendar: write::Draft::new(event, &kind.purpose(), sanitised)?,
            mail: Invitation::new(kind.purpose().method(), &texts),
            subject: texts.subject,
            told: told
                .iter()
                .map(|edition| (edition, OnceLock::new()))
                .collect(),
            kind,
        })
    }

    /// The letter to one attendee, with what he has answered to this version of the event. `last` is the revision of
    /// the event he was last told, for an update to say what changed since.
    ///
    /// # Errors
    /// [`LetterError::AddressNotAscii`], [`LetterError::MailDomain`].
    pub fn addressed(
        &self,
        attendee: &Mailbox,
        answers: &Answers,
        last: Option<u64>,
    ) -> Result<Letter, LetterError> {
        let revision = self.event.revision.to_string();
        let headers = self.headers(attendee, &revision, self.event.stamp.dtstamp)?;
        self.write(headers, answers, last)
    }

    /// The letter to one attendee in answer to a mail of his.
    pub(super) fn answering(
        &self,
        attendee: &Mailbox,
        answers: &Answers,
        asked: &Asked<'_>,
    ) -> Result<Letter, LetterError> {
        let headers = Headers {
            auto_submitted: "auto-replied",
            in_reply_to: asked.message_id.and_then(bare_message_id),
            ..self.headers(attendee, asked.digest.as_str(), asked.at)?
        };
        self.write(headers, answers, None)
    }

    fn write(
        &self,
        headers: Headers,
        answers: &Answers,
        last: Option<u64>,
    ) -> Result<Letter, LetterError> {
        let calendar = self.calendar.addressed(&headers.from, &headers.to, answers);
        let mail = match last {
            Some(last) => self.since(last)?,
            None => &self.mail,
        };
        Ok(mail.write(headers, &calendar))
    }

    /// The texts for those who were last told that revision.
    fn since(&self, last: u64) -> Result<&Invitation, LetterError> {
        let told = self
            .told
            .iter()
            .find(|(edition, _)| edition.revision == last);
        let Some((edition, written)) = told else {
            return Ok(&self.mail);
        };
        if let Some(written) = written.get() {
            return Ok(written);
        }
        let changes = changes(edition, self.event);
        let content = content(self.event, self.sender, Some(ChangesView::of(&changes)));
        let texts = self.kind.template().render(&content)?;
        Ok(written.get_or_init(|| Invitation::new(self.kind.purpose().method(), &texts)))
    }

    fn headers(
        &self,
        attendee: &Mailbox,
        told: &str,
        date: Timestamp,
    ) -> Result<Headers, LetterError> {
        let organizer = organizer_to(self.event, attendee, self.sender)?;
        let about = About::of(self.event);
        Ok(Headers {
            reference: Some(reference(self.sender, about)),
            message_id: message_id(
                self.sender,
                Some(about),
                &[
                    self.kind.template().name(),
                    self.event.uid.as_str(),
                    attendee.address.as_str(),
                    told,
                ],
            ),
            list_unsubscribe: Some(self.list_unsubscribe(&organizer)),
            reply_to: organizer.clone(),
            from: organizer,
            to: recipient(attendee)?,
            subject: self.subject.clone(),
            date,
            auto_submitted: "auto-generated",
            in_reply_to: None,
        })
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

fn content(event: &Event, sender: &Sender, changes: Option<ChangesView>) -> Content {
    Content {
        brand: BrandView::of(sender),
        event: EventView::of(event),
        update_subject_prefix: one_line(&sender.update_subject_prefix),
        changes: changes.filter(|changes| !changes.is_empty()),
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
