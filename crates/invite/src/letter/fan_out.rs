//! What the organizer is told of what reaches many people: that it waits and how to stop it (D5), and that it is stopped.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    address::stop_address,
    changes::{ChangesView, changes},
    mail::{Between, Occasion, ascii_address, message_id, notification, recipient, write_notice},
    notice::Notice,
    template::Template,
    view::{BrandView, EventView, link_to},
    when::span,
};
use crate::{address::Mailbox, decide::Tells, event::Event, time::CalendarTime};

/// Something that reaches many people.
#[derive(Clone, Copy, Debug)]
pub struct FanOut<'a> {
    /// Of which event.
    pub event: &'a Event,
    /// Names it among the event's jobs; makes the letter's Message-ID.
    pub job: &'a str,
    /// What they are told.
    pub tells: Tells,
    /// How many they are.
    pub people: u64,
    /// When it began to wait, or was stopped: the letter's Date.
    pub at: Timestamp,
}

/// How it waits.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Until then.
    pub until: Timestamp,
    /// It takes the place of an earlier change that waited.
    pub replaces: bool,
    /// The revision most of the attendees know: what changed is told since then.
    pub last_told: u64,
}

/// What the templates of `fan-out-held` and `fan-out-stopped` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    event: EventView,
    people: u64,
    /// They are people on a list.
    is_list: bool,
    is_cancellation: bool,
    /// They have not answered.
    is_reminder: bool,
    /// Of what waits.
    #[serde(flatten)]
    held: Option<HeldView>,
}

#[derive(Serialize, Debug)]
struct HeldView {
    /// `Tue 3 Mar 2026, 10:00 (CET)`
    until: String,
    replaces: bool,
    changes: Option<ChangesView>,
    reply_link: String,
}

impl View {
    fn of(fan_out: &FanOut<'_>, held: Option<HeldView>, sender: &Sender) -> Self {
        Self {
            brand: BrandView::of(sender),
            event: EventView::of(fan_out.event, sender.language()),
            people: fan_out.people,
            is_list: fan_out.tells == Tells::Invitation,
            is_cancellation: matches!(fan_out.tells, Tells::Cancellation { .. }),
            is_reminder: matches!(fan_out.tells, Tells::Reminder { .. }),
            held,
        }
    }
}

/// Tells the organizer that many people will hear of it and until when he can stop that, by answering.
///
/// # Errors
/// [`LetterError`].
pub fn fan_out_held(
    fan_out: &FanOut<'_>,
    held: &Held,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let event = fan_out.event;
    let from = notification(sender)?;
    let reply_to = Mailbox {
        address: ascii_address(&stop_address(event, fan_out.job, sender)?)?,
        name: from.name.clone(),
    };
    let language = sender.language();
    let known = event
        .editions
        .iter()
        .find(|edition| edition.revision == held.last_told)
        .filter(|_| matches!(fan_out.tells, Tells::Update { .. }));
    let until = by_the_clock_of(event, held.until);
    let view = HeldView {
        until: span(&until, &until, language),
        replaces: held.replaces,
        changes: known
            .map(|edition| ChangesView::of(&changes(edition, event, language), language))
            .filter(|changes| !changes.is_empty()),
        reply_link: link_to(&reply_to.address),
    };
    let content = View::of(fan_out, Some(view), sender);
    let texts = sender.templates.render(Template::FanOutHeld, &content)?;
    let told = [Template::FanOutHeld.name(), event.uid.as_str(), fan_out.job];
    let between = Between {
        message_id: message_id(sender, &told),
        from,
        to: recipient(&event.organizer)?,
        reply_to: Some(reply_to),
        list_unsubscribe: None,
    };
    let occasion = Occasion {
        date: fan_out.at,
        auto_submitted: "auto-generated",
        in_reply_to: None,
        reference: None,
    };
    Ok(write_notice(between, &occasion, &texts, None))
}

/// Tells the organizer that nobody hears of it, and how the event is now, here and with the attendees. `in_reply_to`:
/// Message-ID of the mail that stopped it, if one did.
///
/// # Errors
/// [`LetterError`].
pub fn fan_out_stopped(
    fan_out: &FanOut<'_>,
    in_reply_to: Option<&str>,
    sender: &Sender,
) -> Result<Letter, LetterError> {
    let names = format!("{}/{}", fan_out.event.uid, fan_out.job);
    let about = Notice {
        template: Template::FanOutStopped,
        to: &fan_out.event.organizer,
        names: &names,
        date: fan_out.at,
        auto_submitted: "auto-replied",
        in_reply_to,
    };
    about.write(&View::of(fan_out, None, sender), None, sender)
}

/// A moment by the clock the organizer wrote the event by.
pub(super) fn by_the_clock_of(event: &Event, instant: Timestamp) -> CalendarTime {
    match &event.details.start {
        CalendarTime::Zoned {
            tzid,
            iana: Some(iana),
            ..
        } => match jiff::tz::TimeZone::get(iana) {
            Ok(zone) => CalendarTime::Zoned {
                local: zone.to_datetime(instant),
                tzid: tzid.clone(),
                iana: Some(iana.clone()),
                instant,
            },
            Err(_) => CalendarTime::Utc(instant),
        },
        _ => CalendarTime::Utc(instant),
    }
}
