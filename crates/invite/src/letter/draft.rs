//! A letter to attendees: written once an event, addressed to each.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    address::Seen,
    asked::Asked,
    changes::{ChangesView, changes},
    invitation::Invitation,
    list_unsubscribe::ListUnsubscribe,
    mail::{About, Between, Occasion, bare_message_id, message_id_to, recipient},
    template::{Template, one_line},
    templates::Texts,
    view::{BrandView, EventView},
};
use crate::{
    address::Mailbox,
    delivery::Told,
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
    /// "Are you coming?"
    Reminder {
        /// When it was asked for: the letter's Date, and what tells it from an earlier one.
        asked: Timestamp,
    },
    /// "This is how it stands", to somebody who asked.
    Current,
    /// "All places are taken."
    WaitingList,
    /// "There is a place for you."
    Seat,
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
            Self::Reminder { .. } => Template::Reminder,
            Self::Current => Template::Current,
            Self::WaitingList => Template::WaitingList,
            Self::Seat => Template::Seat,
            Self::DeclineCounter { .. } => Template::CounterDeclined,
        }
    }

    fn purpose(&self) -> Purpose {
        match self {
            // The very object he has: what repeats is taken as one, and its buttons ask again.
            Self::Invite
            | Self::Update
            | Self::Reminder { .. }
            | Self::Current
            | Self::WaitingList
            | Self::Seat => Purpose::Request,
            Self::Cancellation => Purpose::Cancel,
            Self::DeclineCounter { instance } => Purpose::DeclineCounter {
                instance: instance.clone(),
            },
        }
    }

    /// What tells a letter nobody asked for from others of its kind.
    fn told(&self, event: &Event) -> String {
        match self {
            Self::Reminder { asked } => asked.as_millisecond().to_string(),
            _ => event.revision.to_string(),
        }
    }

    /// Its Date: since when there is something to tell.
    fn date(&self, event: &Event) -> Timestamp {
        match self {
            Self::Reminder { asked } => *asked,
            _ => event.stamp.dtstamp,
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
    /// The organizer, as attendees see him.
    organizer: Seen<'a>,
    /// How they say that they want no more mail of him.
    no_more: ListUnsubscribe,
    calendar: write::Draft,
    /// How the Message-IDs of letters nobody asked for begin.
    told_unasked: String,
    /// Header fields of a letter nobody asked for.
    unasked: Vec<u8>,
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
        let texts = sender
            .templates
            .render(kind.template(), &content(event, sender, None))?;
        let told = if kind == Kind::Update {
            event.editions.as_slice()
        } else {
            &[]
        };
        Ok(Self {
            event,
            sender,
            calendar: write::Draft::new(event, &kind.purpose(), sanitised)?,
            organizer: Seen::of(event, sender)?,
            no_more: ListUnsubscribe::of(event, sender),
            told_unasked: About::of(event).told(kind.template().name(), &kind.told(event)),
            unasked: Occasion {
                date: kind.date(event),
                auto_submitted: "auto-generated",
                in_reply_to: None,
                reference: Some(About::of(event).reference(sender)),
            }
            .fields(),
            mail: invitation(&kind, event, &texts),
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
        let between = self.between(attendee, &self.told_unasked)?;
        self.write(between, &self.unasked, answers, last)
    }

    /// The letter to one attendee in answer to a mail of his.
    pub(super) fn answering(
        &self,
        attendee: &Mailbox,
        answers: &Answers,
        asked: &Asked<'_>,
    ) -> Result<Letter, LetterError> {
        let occasion = Occasion {
            date: asked.at,
            auto_submitted: match self.kind {
                // Somebody else has made room.
                Kind::Seat => "auto-generated",
                _ => "auto-replied",
            },
            in_reply_to: asked.message_id.and_then(bare_message_id),
            reference: Some(About::of(self.event).reference(self.sender)),
        };
        let told = About::of(self.event).told(self.kind.template().name(), asked.name());
        let between = self.between(attendee, &told)?;
        self.write(between, &occasion.fields(), answers, None)
    }

    fn write(
        &self,
        between: Between,
        occasion: &[u8],
        answers: &Answers,
        last: Option<u64>,
    ) -> Result<Letter, LetterError> {
        let calendar = self.calendar.addressed(&between.from, &between.to, answers);
        let mail = match last {
            Some(last) => self.since(last)?,
            None => &self.mail,
        };
        Ok(Letter {
            tells: Some(Told {
                uid: self.event.uid.clone(),
                letter: self.kind.template().name(),
                revision: self.event.revision,
            }),
            ..mail.write(between, occasion, &calendar)
        })
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
        let language = self.sender.language();
        let changes = ChangesView::of(&changes(edition, self.event, language), language);
        let content = content(self.event, self.sender, Some(changes));
        let texts = self
            .sender
            .templates
            .render(self.kind.template(), &content)?;
        Ok(written.get_or_init(|| invitation(&self.kind, self.event, &texts)))
    }

    fn between(&self, attendee: &Mailbox, told: &str) -> Result<Between, LetterError> {
        let (organizer, pair) = self.organizer.by(&attendee.address, self.sender);
        Ok(Between {
            message_id: message_id_to(told, &pair.name, self.sender),
            list_unsubscribe: Some(self.no_more.fields(&attendee.address, &pair)),
            from: organizer,
            reply_to: None,
            to: recipient(attendee)?,
        })
    }
}

fn invitation(kind: &Kind, event: &Event, texts: &Texts) -> Invitation {
    Invitation::new(kind.purpose().method(), &event.uid, texts)
}

fn content(event: &Event, sender: &Sender, changes: Option<ChangesView>) -> Content {
    Content {
        brand: BrandView::of(sender),
        event: EventView::of(event, sender.language()),
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
