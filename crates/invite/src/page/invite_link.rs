//! The page of an invite link: what the event is, one button, and what came of pressing it.

use minijinja::Value;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{CONTENT_SECURITY_POLICY, PageError, render};
use crate::{
    address::Address,
    event::Event,
    invite_link::{Landings, NoLink, Nonce, Said, Wrong},
    language::Language,
    letter::{
        Sender,
        view::{BrandView, EventView, public_name},
    },
};

/// What the page of an invite link shows.
#[derive(Clone, Copy)]
pub enum InviteLink<'a> {
    /// The event, and the button.
    Asks {
        /// Which.
        event: &'a Event,
        /// To whom the invitation will go; `None`: there are fields for that.
        attendee: Option<&'a Address>,
        /// As it came.
        said: &'a Said,
        /// Goes along with the button.
        nonce: &'a Nonce,
        /// What to do about what came.
        notice: Option<Notice>,
    },
    /// The invitation is on its way: the same for who gets one and who has one already.
    Done {
        /// To which event.
        event: &'a Event,
        /// To whom.
        attendee: &'a Address,
    },
    /// Nobody is invited by it.
    Closed(NoLink),
    /// It says something wrong, which no button mends.
    Wrong(Wrong),
    /// It was used too often.
    TooOften,
    /// There is no such event.
    Unknown,
}

/// What whoever sees the page again has to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// The page was open for too long, or is none of ours.
    Again,
    /// What is in a field cannot be.
    Wrong(Wrong),
}

#[derive(Serialize)]
struct View<'a> {
    brand: BrandView,
    language: &'static str,
    state: &'static str,
    title: &'static str,
    event: Option<EventView>,
    organizer: Option<String>,
    attendee: Option<&'a str>,
    email: &'a str,
    name: &'a str,
    origin: &'a str,
    landing: &'a str,
    nonce: String,
    without_attendee: String,
    notice: Option<&'static str>,
    /// The field the notice is about.
    at: Option<&'static str>,
    sentence: Option<String>,
}

/// The HTML of the page of an invite link.
///
/// # Errors
/// [`PageError`].
pub fn invite_link(shown: InviteLink<'_>, sender: &Sender) -> Result<String, PageError> {
    let language = sender.language();
    let bare = View {
        brand: BrandView::of(sender),
        language: language.code(),
        state: "says",
        title: language.pick(
            "No invitation by this link",
            "Keine Einladung über diesen Link",
        ),
        event: None,
        organizer: None,
        attendee: None,
        email: "",
        name: "",
        origin: "",
        landing: "",
        nonce: String::new(),
        without_attendee: String::new(),
        notice: None,
        at: None,
        sentence: None,
    };
    let view = match shown {
        InviteLink::Asks {
            event,
            attendee,
            said,
            nonce,
            notice,
        } => View {
            state: "asks",
            title: language.pick("Get the invitation", "Einladung erhalten"),
            event: Some(EventView::of(event, language)),
            organizer: public_name(&event.organizer),
            attendee: attendee.map(Address::as_str),
            email: &said.email,
            name: &said.name,
            origin: &said.origin,
            landing: &said.landing,
            nonce: nonce.text(),
            without_attendee: without_attendee(said),
            notice: notice.map(|notice| notice.sentence(language)),
            at: match notice {
                Some(Notice::Wrong(wrong)) => Some(wrong.parameter()),
                Some(Notice::Again) | None => None,
            },
            ..bare
        },
        InviteLink::Done { event, attendee } => View {
            state: "done",
            title: language.pick("It is on its way", "Sie ist unterwegs"),
            event: Some(EventView::of(event, language)),
            organizer: public_name(&event.organizer),
            attendee: Some(attendee.as_str()),
            ..bare
        },
        InviteLink::Closed(why) => View {
            sentence: Some(closed(why, language).to_owned()),
            ..bare
        },
        InviteLink::Wrong(wrong) => View {
            title: language.pick("This link does not work", "Dieser Link funktioniert nicht"),
            sentence: Some(does_not_work(wrong, language)),
            ..bare
        },
        InviteLink::TooOften => View {
            title: language.pick("Please try again later", "Bitte versuchen Sie es später"),
            sentence: Some(too_often(language).to_owned()),
            ..bare
        },
        InviteLink::Unknown => View {
            title: language.pick("This link does not work", "Dieser Link funktioniert nicht"),
            sentence: Some(unknown(language).to_owned()),
            ..bare
        },
    };
    render("invite-link.html", TEMPLATE, Value::from_serialize(view))
}

const TEMPLATE: &str = include_str!("../../../../page-templates/invite-link.html.j2");

/// What may be sent along with a page whose button leads on: browsers hold the answer to a form, and whatever that leads on to, to
/// where forms may go, too.
#[must_use]
pub fn policy_leading_on(landings: &Landings) -> String {
    let by_us = "form-action 'self'";
    CONTENT_SECURITY_POLICY.replace(by_us, format!("{by_us} {}", landings.sources()).trim_end())
}

/// The same link, which asks for an address.
fn without_attendee(said: &Said) -> String {
    let parameters = [("origin", &said.origin), ("landing", &said.landing)];
    let parameters = parameters.iter().filter(|(_, value)| !value.is_empty());
    let parameters: Vec<String> = parameters
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    if parameters.is_empty() {
        "invite".to_owned()
    } else {
        format!("invite?{}", parameters.join("&"))
    }
}

impl Notice {
    fn sentence(self, language: Language) -> &'static str {
        match self {
            Self::Again => language.pick(
                "This page was open for more than an hour, or it is not complete. Please press the button once more.",
                "Diese Seite war länger als eine Stunde offen oder ist unvollständig. Bitte klicken Sie noch einmal.",
            ),
            Self::Wrong(Wrong::Name) => language.pick(
                "Please write a name of up to 80 characters, without links or addresses, or leave it out.",
                "Bitte schreiben Sie einen Namen mit höchstens 80 Zeichen, ohne Links oder Adressen, oder lassen Sie ihn weg.",
            ),
            Self::Wrong(_) => language.pick(
                "Please write your own email address. Invitations go to one person, not to mailboxes like postmaster@.",
                "Bitte schreiben Sie Ihre eigene E-Mail-Adresse. Einladungen gehen an eine Person, nicht an Postfächer wie postmaster@.",
            ),
        }
    }
}

fn closed(why: NoLink, language: Language) -> &'static str {
    match why {
        NoLink::NotOffered => language.pick(
            "There are no invitations to this event by a link. Please ask the organizer.",
            "Zu diesem Termin gibt es keine Einladungen über einen Link. Bitte fragen Sie den Veranstalter.",
        ),
        NoLink::Cancelled => language.pick(
            "This event is cancelled.",
            "Dieser Termin ist abgesagt.",
        ),
        NoLink::Over => language.pick(
            "This event is over.",
            "Dieser Termin ist vorbei.",
        ),
    }
}

/// Whoever made the link has to mend it, so it names the parameter.
fn does_not_work(wrong: Wrong, language: Language) -> String {
    let parameter = wrong.parameter();
    match language {
        Language::English => format!(
            "What this link says of “{parameter}” is not right. Whoever put it there can mend it; please ask for the right one."
        ),
        Language::German => format!(
            "Was dieser Link zu „{parameter}“ sagt, stimmt nicht. Wer ihn gesetzt hat, kann das ändern; bitte fragen Sie dort nach dem richtigen."
        ),
    }
}

fn too_often(language: Language) -> &'static str {
    language.pick(
        "Invitations by this link have been asked for too often, and none is sent now.",
        "Über diesen Link wurden zu viele Einladungen angefordert; zurzeit geht keine hinaus.",
    )
}

fn unknown(language: Language) -> &'static str {
    language.pick(
        "This link is not complete, or there is no such event. Please open it again as it stands where you found it.",
        "Dieser Link ist unvollständig, oder es gibt den Termin nicht. Bitte öffnen Sie ihn noch einmal so, wie er dort steht.",
    )
}
