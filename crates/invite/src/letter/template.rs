//! The texts of letters, from `email-templates/`: subject, plain text and HTML of each, and one base they stand in.
//!
//! HTML is escaped by the templates' names, and a variable that is not there is an error, not an empty place.

use std::sync::{Arc, LazyLock};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use super::LetterError;

/// A letter's texts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
}

/// Names a letter's folder in `email-templates/`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Template {
    Invite,
    Update,
    Cancellation,
    Current,
    CounterDeclined,
    AskBack,
    GuestWaits,
    EventCreated,
    EventRefused,
    Unsubscribed,
    ListReceipt,
    FanOutHeld,
    FanOutStopped,
}

impl Template {
    const ALL: [Self; 13] = [
        Self::Invite,
        Self::Update,
        Self::Cancellation,
        Self::Current,
        Self::CounterDeclined,
        Self::AskBack,
        Self::GuestWaits,
        Self::EventCreated,
        Self::EventRefused,
        Self::Unsubscribed,
        Self::ListReceipt,
        Self::FanOutHeld,
        Self::FanOutStopped,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Update => "update",
            Self::Cancellation => "cancellation",
            Self::Current => "current",
            Self::CounterDeclined => "counter-declined",
            Self::AskBack => "ask-back",
            Self::GuestWaits => "guest-waits",
            Self::EventCreated => "event-created",
            Self::EventRefused => "event-refused",
            Self::Unsubscribed => "unsubscribed",
            Self::ListReceipt => "list-receipt",
            Self::FanOutHeld => "fan-out-held",
            Self::FanOutStopped => "fan-out-stopped",
        }
    }

    /// Subject, plain text, HTML.
    fn sources(self) -> [&'static str; 3] {
        macro_rules! sources {
            ($letter:literal) => {
                [
                    include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/subject.txt.j2"
                    )),
                    include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/body.txt.j2"
                    )),
                    include_str!(concat!(
                        "../../../../email-templates/",
                        $letter,
                        "/body.html.j2"
                    )),
                ]
            };
        }
        match self {
            Self::Invite => sources!("invite"),
            Self::Update => sources!("update"),
            Self::Cancellation => sources!("cancellation"),
            Self::Current => sources!("current"),
            Self::CounterDeclined => sources!("counter-declined"),
            Self::AskBack => sources!("ask-back"),
            Self::GuestWaits => sources!("guest-waits"),
            Self::EventCreated => sources!("event-created"),
            Self::EventRefused => sources!("event-refused"),
            Self::Unsubscribed => sources!("unsubscribed"),
            Self::ListReceipt => sources!("list-receipt"),
            Self::FanOutHeld => sources!("fan-out-held"),
            Self::FanOutStopped => sources!("fan-out-stopped"),
        }
    }

    /// Renders the three texts with what `content` names.
    pub(super) fn render(self, content: &impl Serialize) -> Result<Texts, LetterError> {
        let content = Value::from_serialize(content);
        let render = |file: &str, content: Value| {
            let name = format!("{}/{file}", self.name());
            ENVIRONMENT
                .as_ref()
                .map_err(Arc::clone)
                .and_then(|environment| {
                    let template = environment.get_template(&name)?;
                    Ok(template.render(content)?)
                })
                .map_err(|source| LetterError::Template { name, source })
        };
        let subject = one_line(&render("subject.txt.j2", content.clone())?);
        let content = context! { subject, ..content };
        Ok(Texts {
            plain: render("body.txt.j2", content.clone())?,
            html: render("body.html.j2", content)?,
            subject,
        })
    }
}

/// What letters stand in, and what several of them show.
const SHARED: [(&str, &str); 4] = [
    (
        "base.html.j2",
        include_str!("../../../../email-templates/base.html.j2"),
    ),
    (
        "base.txt.j2",
        include_str!("../../../../email-templates/base.txt.j2"),
    ),
    (
        "event.html.j2",
        include_str!("../../../../email-templates/event.html.j2"),
    ),
    (
        "event.txt.j2",
        include_str!("../../../../email-templates/event.txt.j2"),
    ),
];

/// Parsed once a process.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, Arc<minijinja::Error>>> =
    LazyLock::new(|| environment().map_err(Arc::new));

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".txt.j2") {
            AutoEscape::None
        } else {
            AutoEscape::Html
        }
    });
    for (name, source) in SHARED {
        environment.add_template(name, source)?;
    }
    for template in Template::ALL {
        let files = ["subject.txt.j2", "body.txt.j2", "body.html.j2"];
        for (file, source) in files.into_iter().zip(template.sources()) {
            environment.add_template_owned(format!("{}/{file}", template.name()), source)?;
        }
    }
    Ok(environment)
}

/// Longest text that stands in one line of a letter, in characters.
const MAX_LINE_CHARS: usize = 160;

/// A text for a subject, a name, a place: white space and controls collapsed, no marks that turn the reading
/// direction of what follows, not endless.
pub(super) fn one_line(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().filter(|c| !turns_direction(*c)));
        // Words of a megabyte exist.
        if line.len() > MAX_LINE_CHARS * 4 {
            break;
        }
    }
    shortened(line.trim(), MAX_LINE_CHARS)
}

/// Explicit bidirectional controls (UAX #9): in a name or subject they only ever disguise.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// At most `max` characters, an ellipsis for the rest.
pub(super) fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
            short.truncate(short.trim_end().len());
            short.push('…');
            short
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn sample(template: Template) -> Json {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../email-templates");
        let path = format!("{root}/{}/sample.json", template.name());
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn every_letter_renders_with_its_sample() {
        for template in Template::ALL {
            let texts = template.render(&sample(template)).unwrap();
            assert!(!texts.subject.is_empty(), "{template:?}");
            assert!(texts.html.contains("</html>"), "{template:?}");
            for text in [&texts.subject, &texts.plain, &texts.html] {
                assert!(!text.contains("{{") && !text.contains("{%"), "{text}");
            }
        }
    }

    /// Takes each variable away in turn: whatever a template names must be there.
    #[test]
    fn a_variable_that_is_not_there_is_an_error() {
        for template in Template::ALL {
            let whole = sample(template);
            for name in whole.as_object().unwrap().keys() {
                let only_in_updates = ["update_subject_prefix", "changes"];
                if only_in_updates.contains(&name.as_str())
                    && !matches!(template, Template::Update | Template::FanOutHeld)
                {
                    continue;
                }
                let mut less = whole.clone();
                less.as_object_mut().unwrap().remove(name);
                assert!(
                    template.render(&less).is_err(),
                    "{template:?} without {name}"
                );
            }
        }
    }

    #[test]
    fn what_people_write_is_escaped_in_html_and_left_alone_in_plain_text() {
        let hostile = "<script>alert('1')</script>\"&{{ 7 * 7 }}";
        for template in Template::ALL {
            let texts = template
                .render(&with_every_text(sample(template), hostile))
                .unwrap();
            assert!(!texts.html.contains("<script"), "{template:?}");
            assert!(!texts.html.contains("\"&{"), "{template:?}");
            assert!(texts.html.contains("&lt;script&gt;"), "{template:?}");
            assert!(texts.plain.contains(hostile), "{template:?}");
            assert!(!texts.html.contains("49") && !texts.plain.contains("49"));
        }
    }

    fn with_every_text(value: Json, text: &str) -> Json {
        match value {
            Json::String(_) => json!(text),
            Json::Array(items) => items
                .into_iter()
                .map(|item| with_every_text(item, text))
                .collect(),
            Json::Object(fields) => fields
                .into_iter()
                .map(|(name, field)| (name, with_every_text(field, text)))
                .collect(),
            other => other,
        }
    }

    #[test]
    fn one_line_is_one_short_line_that_reads_forwards() {
        assert_eq!(one_line(" a\r\n b\t\u{0}c\u{202e}d "), "a b cd");
        assert_eq!(one_line(&"x".repeat(2_000_000)).chars().count(), 160);
        assert_eq!(one_line("\u{202e}"), "");
    }
}
