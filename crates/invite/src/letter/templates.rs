//! The texts of letters, made of their sources: ours, and in their place a tenant's own.
//!
//! HTML is escaped by the templates' names, and a variable that is not there is an error, not an empty place. A letter is the
//! tenant's wholly or ours wholly: where one of its own templates cannot be used, all three texts are ours, so no letter
//! fails for it, and none has a subject that does not go with its text.

mod allowed;
mod bundle;
mod checks;
mod html;
mod own;

use std::sync::{Arc, LazyLock};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, HtmlEscape, State, UndefinedBehavior, Value,
    context, value::Kwargs,
};
use serde::Serialize;

use self::own::Own;
use super::{
    LetterError,
    messages::Messages,
    plain::{beside, wrapped},
    template::{FILES, SHARED, Template, one_line},
};
use crate::language::Language;

pub use bundle::{Bundle, BundleError};
pub use checks::only_in_one;

/// Largest template of a tenant that is read, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 128 * 1024;
/// Steps one text may take: some hundred times what ours do.
const FUEL: u64 = 200_000;
/// Longest piece a filter or a message makes, in bytes: what makes text longer cannot be repeated without end.
const MAX_PIECE_BYTES: usize = 16 * 1024;

/// A letter's texts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
}

/// A letter as it looks with its sample.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// Name of its folder in `email-templates/`.
    pub name: &'static str,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub plain: String,
    /// Its HTML, a whole document.
    pub html: String,
}

/// A tenant's template that is not used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}: {why}; the letters it is for go out as ours")]
pub struct NotUsed {
    /// Its file, as the tenant named it.
    pub file: String,
    /// In which line, if it is in one.
    pub line: Option<usize>,
    /// Why, for whoever wrote it; it begins with the line.
    pub why: String,
}

/// Who hears of a tenant's template that could not be used for one letter.
pub type TellNotUsed = fn(&NotUsed);

/// The texts of every letter, in one language.
#[derive(Clone, Debug)]
pub struct Templates {
    language: Language,
    environment: Result<Arc<Environment<'static>>, Arc<Error>>,
    own: Option<Arc<Own>>,
}

/// Parsed once a process, and only if it is asked for.
static ENGLISH: LazyLock<Templates> = LazyLock::new(|| Templates::parsed(Language::English));
static GERMAN: LazyLock<Templates> = LazyLock::new(|| Templates::parsed(Language::German));

impl Templates {
    fn parsed(language: Language) -> Self {
        let ours = Messages::new(language).and_then(|messages| ours(language, messages));
        Self {
            language,
            environment: ours.map(Arc::new).map_err(Arc::new),
            own: None,
        }
    }

    /// Ours.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let ours = match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        };
        LazyLock::force(ours).clone()
    }

    /// In which language they are.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Ours, with a tenant's own files in the place of those of the same name, e.g. `invite/body.html.j2` or `en.ftl`; and
    /// those that are not used. Each letter is tried with its sample; `told` hears of one that works with the sample and
    /// not with what a letter is about.
    #[must_use]
    pub fn with_own<'a>(
        language: Language,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        told: TellNotUsed,
    ) -> (Self, Vec<NotUsed>) {
        let ours = Self::of(language);
        let (own, not_used) = Own::read(language, files, told);
        (
            Self {
                own: own.map(Arc::new),
                ..ours
            },
            not_used,
        )
    }

    /// Every letter with its sample.
    ///
    /// # Errors
    /// [`LetterError::Template`]; ours have none.
    pub fn previews(&self) -> Result<Vec<Preview>, LetterError> {
        let letters = Template::ALL.into_iter();
        letters.map(|letter| self.preview(letter)).collect()
    }

    fn preview(&self, letter: Template) -> Result<Preview, LetterError> {
        let texts = self.render(letter, &sample(letter, self.language)?)?;
        Ok(Preview {
            name: letter.name(),
            subject: texts.subject,
            plain: texts.plain,
            html: texts.html,
        })
    }

    /// Renders the three texts of a letter with what `content` names.
    pub(super) fn render(
        &self,
        letter: Template,
        content: &impl Serialize,
    ) -> Result<Texts, LetterError> {
        let content = Value::from_serialize(content);
        if let Some(own) = self.own.as_ref()
            && let Some(texts) = own.render(letter, &content)
        {
            return Ok(texts);
        }
        let render = |file: &str, content: Value| {
            let name = format!("{}/{file}", letter.name());
            self.environment
                .as_ref()
                .map_err(Arc::clone)
                .and_then(|environment| Ok(environment.get_template(&name)?.render(content)?))
                .map_err(|source| LetterError::Template { name, source })
        };
        let [subject, plain, html] = FILES;
        let subject = one_line(&render(subject, content.clone())?);
        let content = context! { subject, ..content };
        Ok(Texts {
            plain: wrapped(&render(plain, content.clone())?),
            html: render(html, content)?,
            subject,
        })
    }
}

/// What stands for real content.
fn sample(letter: Template, language: Language) -> Result<serde_json::Value, LetterError> {
    serde_json::from_str(letter.sample(language)).map_err(|error| LetterError::Template {
        name: format!("{}/sample.json", letter.name()),
        source: Arc::new(Error::new(ErrorKind::BadSerialization, error.to_string())),
    })
}

/// Our templates, which say these messages.
fn ours(language: Language, messages: Messages) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".txt.j2") {
            AutoEscape::None
        } else {
            AutoEscape::Html
        }
    });
    environment.add_global("language", language.code());
    environment.add_function(
        "say",
        move |state: &State<'_, '_>, id: &str, with: Kwargs| {
            let said = messages.say(state, id, &with)?;
            of_length(said.as_str().map_or(0, str::len)).map(|()| said)
        },
    );
    environment.add_filter("beside", |text: &str, label: &str| {
        of_length(text.len() + label.len()).map(|()| beside(text, label))
    });
    environment.add_filter("strong", |text: &str| {
        of_length(text.len())?;
        let strong = format!("<strong>{}</strong>", HtmlEscape(text));
        Ok::<_, Error>(Value::from_safe_string(strong))
    });
    environment.add_filter("link", |text: &str, to: &str| {
        of_length(text.len() + to.len())?;
        let (to, text) = (HtmlEscape(to), HtmlEscape(text));
        let link = format!("<a href=\"{to}\">{text}</a>");
        Ok::<_, Error>(Value::from_safe_string(link))
    });
    for (name, source) in SHARED {
        environment.add_template(name, source)?;
    }
    for letter in Template::ALL {
        for (file, source) in FILES.into_iter().zip(letter.sources()) {
            environment.add_template_owned(format!("{}/{file}", letter.name()), source)?;
        }
    }
    Ok(environment)
}

fn of_length(bytes: usize) -> Result<(), Error> {
    if bytes <= MAX_PIECE_BYTES {
        return Ok(());
    }
    let what = format!("a piece of text of more than {MAX_PIECE_BYTES} bytes");
    Err(Error::new(ErrorKind::InvalidOperation, what))
}

#[cfg(test)]
mod tests;
