//! The pages letters link to. Showing one changes nothing, for scanners follow every link of a mail; its button posts.

mod invite_link;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::{
    address::{Address, Mailbox},
    erasure::Nonce,
    letter::{
        Sender,
        view::{BrandView, display_name},
    },
    report::KEPT_FOR,
};

pub use invite_link::{InviteLink, Notice, invite_link, policy_leading_on};

/// What may be sent along with a page: it runs nothing, loads nothing, posts to itself alone, and stands in no frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                                           base-uri 'none'; frame-ancestors 'none'";

/// A page could not be rendered; templates are part of the program and rendered by its tests.
#[derive(Debug, thiserror::Error)]
#[error("the page {name} could not be rendered")]
pub struct PageError {
    name: &'static str,
    source: minijinja::Error,
}

/// What the page of a letter's unsubscribe link shows.
#[derive(Clone, Copy, Debug)]
pub enum Unsubscribe<'a> {
    /// The question, and the button; apart from it the one that erases.
    Asks {
        /// Who would get no more mail.
        attendee: &'a Address,
        /// Of whom.
        organizer: &'a Mailbox,
        /// What the second button posts.
        nonce: &'a Nonce,
    },
    /// It is done.
    Done {
        /// Who gets no more mail.
        attendee: &'a Address,
        /// Of whom.
        organizer: &'a Mailbox,
    },
    /// He is being erased.
    Erases {
        /// Who.
        attendee: &'a Address,
        /// Who cannot invite him any more.
        organizer: &'a Mailbox,
    },
    /// He organizes events himself, so that nothing is erased by a button.
    Organizes {
        /// Who.
        attendee: &'a Address,
        /// Who cannot invite him any more.
        organizer: &'a Mailbox,
    },
    /// The link is not one of ours.
    Unknown,
}

#[derive(Serialize)]
struct View {
    brand: BrandView,
    language: &'static str,
    state: &'static str,
    title: &'static str,
    attendee: String,
    organizer: String,
    nonce: String,
    unsubscribe_address: String,
}

/// The HTML of the unsubscribe page.
///
/// # Errors
/// [`PageError`].
pub fn unsubscribe(shown: Unsubscribe<'_>, sender: &Sender) -> Result<String, PageError> {
    let language = sender.language();
    let (state, title, people) = match shown {
        Unsubscribe::Asks {
            attendee,
            organizer,
            nonce,
        } => (
            "asks",
            language.pick("No more invitations?", "Keine Einladungen mehr?"),
            Some((attendee, organizer, Some(nonce))),
        ),
        Unsubscribe::Done {
            attendee,
            organizer,
        } => (
            "done",
            language.pick(
                "You get no more invitations",
                "Sie erhalten keine Einladungen mehr",
            ),
            Some((attendee, organizer, None)),
        ),
        Unsubscribe::Erases {
            attendee,
            organizer,
        } => (
            "erases",
            language.pick("You are being erased", "Sie werden gelöscht"),
            Some((attendee, organizer, None)),
        ),
        Unsubscribe::Organizes {
            attendee,
            organizer,
        } => (
            "organizes",
            language.pick(
                "You organize events yourself",
                "Sie organisieren selbst Termine",
            ),
            Some((attendee, organizer, None)),
        ),
        Unsubscribe::Unknown => (
            "unknown",
            language.pick("This link does not work", "Dieser Link funktioniert nicht"),
            None,
        ),
    };
    let view = View {
        brand: BrandView::of(sender),
        language: language.code(),
        state,
        title,
        attendee: people.map_or_else(String::new, |(attendee, ..)| attendee.as_str().to_owned()),
        organizer: people.map_or_else(String::new, |(_, organizer, _)| display_name(organizer)),
        nonce: people
            .and_then(|(.., nonce)| nonce)
            .map_or_else(String::new, Nonce::text),
        unsubscribe_address: format!("unsubscribe@{}", sender.mail_domain),
    };
    render("unsubscribe.html", UNSUBSCRIBE, Value::from_serialize(view))
}

/// The HTML of the page that stands where a report can not be had any more, or never could.
///
/// # Errors
/// [`PageError`].
pub fn report_gone(sender: &Sender) -> Result<String, PageError> {
    let language = sender.language();
    let context = context! {
        brand => BrandView::of(sender),
        language => language.code(),
        title => language.pick(
            "This report is not here any more",
            "Diese Liste gibt es nicht mehr",
        ),
        days => KEPT_FOR.as_hours() / 24,
    };
    render("report.html", REPORT, context)
}

/// The HTML of the page that shows an OpenAPI document to people.
///
/// # Errors
/// [`PageError`], also where the document lacks what such documents have.
pub fn api(document: &impl Serialize) -> Result<String, PageError> {
    render("api.html", API, context! { api => document })
}

const BASE: &str = include_str!("../../../page-templates/base.html.j2");
const UNSUBSCRIBE: &str = include_str!("../../../page-templates/unsubscribe.html.j2");
const REPORT: &str = include_str!("../../../page-templates/report.html.j2");
const API: &str = include_str!("../../../page-templates/api.html.j2");

/// Escapes HTML, by the name; a variable that is not there is an error.
fn render(name: &'static str, source: &str, context: Value) -> Result<String, PageError> {
    let failed = |source| PageError { name, source };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment
        .add_template("base.html", BASE)
        .map_err(failed)?;
    environment
        .render_named_str(name, source, context)
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::TenantKey, language::Language, letter::Brand, unsubscribe::Ticket};

    fn sender() -> Sender {
        sender_in(Language::English)
    }

    fn sender_in(language: Language) -> Sender {
        Sender {
            brand: Brand {
                name: "Acme".to_owned(),
                color: "red;}</style>".to_owned(),
                site: Some("https://acme.example".to_owned()),
                support: None,
                logo: None,
                address: None,
            },
            mail_domain: "acme.invites.example".to_owned(),
            key: TenantKey::new([7; 32]).unwrap(),
            update_subject_prefix: String::new(),
            templates: crate::letter::Templates::of(language),
            pages: None,
        }
    }

    #[test]
    fn the_page_asks_by_buttons_that_post_and_loads_nothing() {
        let attendee = Address::parse("bob@b.test").unwrap();
        let organizer = Mailbox {
            address: Address::parse("alice@a.test").unwrap(),
            name: Some("Alice <script>alert(1)</script>".to_owned()),
        };
        let uid = crate::id::Uid::parse(&"5f".repeat(20)).unwrap();
        let ticket = Ticket::issue(&sender().key, &uid, &organizer.address, &attendee);
        let nonce = Nonce::issue(&sender().key, &ticket, jiff::Timestamp::UNIX_EPOCH);
        let asks = Unsubscribe::Asks {
            attendee: &attendee,
            organizer: &organizer,
            nonce: &nonce,
        };
        let html = unsubscribe(asks, &sender()).unwrap();
        // One asks for peace, one, in a form of its own and after a tick, to be erased.
        let forms: Vec<&str> = html.split("<form").skip(1).collect();
        let [peace, erasure] = forms.as_slice() else {
            panic!("{html}");
        };
        for form in &forms {
            assert_eq!(form.matches("<button").count(), 1);
            assert!(form.starts_with(r#" method="post" action="">"#), "{form}");
        }
        assert!(peace.contains("List-Unsubscribe") && !peace.contains(r#"name="erase""#));
        let held = format!(r#"name="erase" value="{}""#, nonce.text());
        assert!(erasure.contains(&held) && erasure.contains("required"));
        assert!(!erasure.contains("List-Unsubscribe"), "{erasure}");
        assert!(html.contains("bob@b.test"));
        assert!(
            !html.contains("<script") && !html.contains("red;}"),
            "{html}"
        );
        // Attendees are not shown the organizer's own address.
        assert!(!html.contains("alice@a.test"));
        assert!(!html.contains(" src=") && !html.contains("@import"));
    }

    #[test]
    fn the_page_is_in_the_tenants_language() {
        let html = unsubscribe(Unsubscribe::Unknown, &sender_in(Language::German)).unwrap();
        assert!(html.contains(r#"<html lang="de""#), "{html}");
        assert!(html.contains("Dieser Link ist unvollständig"), "{html}");
        assert!(!html.contains("This link"), "{html}");
    }

    #[test]
    fn where_a_report_is_no_more_people_are_told_how_to_have_it_again() {
        let html = report_gone(&sender()).unwrap().replace("&#x2f;", "/");
        assert!(
            html.contains("7 days") && html.contains("https://acme.example"),
            "{html}"
        );
        assert!(!html.contains("<form") && !html.contains("red;}") && !html.contains(" src="));
    }

    #[test]
    fn there_is_a_button_on_the_question_only() {
        let attendee = Address::parse("bob@b.test").unwrap();
        let organizer = Mailbox {
            address: Address::parse("alice@a.test").unwrap(),
            name: None,
        };
        let done = Unsubscribe::Done {
            attendee: &attendee,
            organizer: &organizer,
        };
        let erases = Unsubscribe::Erases {
            attendee: &attendee,
            organizer: &organizer,
        };
        let organizes = Unsubscribe::Organizes {
            attendee: &attendee,
            organizer: &organizer,
        };
        for shown in [done, erases, organizes, Unsubscribe::Unknown] {
            let html = unsubscribe(shown, &sender()).unwrap();
            assert!(!html.contains("<form"), "{html}");
        }
        let unknown = unsubscribe(Unsubscribe::Unknown, &sender()).unwrap();
        assert!(unknown.contains("unsubscribe@acme.invites.example"));
    }
}
