//! The texts of letters, made of their sources: ours, and in their place a tenant's own.
//!
//! HTML is escaped by the templates' names, and a variable that is not there is an error, not an empty place. A tenant's
//! template that does not work with its letter's sample is never used: ours is, so no letter fails for it.

use std::sync::{Arc, LazyLock};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, HtmlEscape, State, UndefinedBehavior, Value,
    context, value::Kwargs,
};
use serde::Serialize;

use super::{
    LetterError,
    messages::Messages,
    plain::{beside, wrapped},
    template::{FILES, SHARED, Template, one_line},
};
use crate::language::Language;

/// Largest template of a tenant that is read, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 128 * 1024;
/// Steps one text may take: some hundred times what ours do.
const FUEL: u64 = 200_000;

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
#[error("{file}: {why}; the letter goes out as it is without it")]
pub struct NotUsed {
    /// Its file, as the tenant named it.
    pub file: String,
    /// Why, for whoever wrote it.
    pub why: String,
}

/// The texts of every letter, in one language.
#[derive(Clone, Debug)]
pub struct Templates {
    language: Language,
    environment: Result<Arc<Environment<'static>>, Arc<Error>>,
}

/// Parsed once a process, and only if it is asked for.
static ENGLISH: LazyLock<Templates> = LazyLock::new(|| Templates::parsed(Language::English));
static GERMAN: LazyLock<Templates> = LazyLock::new(|| Templates::parsed(Language::German));

impl Templates {
    fn parsed(language: Language) -> Self {
        Self {
            language,
            environment: ours(language).map(Arc::new).map_err(Arc::new),
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

    /// Ours, with a tenant's own files in the place of those of the same name, e.g. `invite/body.html.j2`; and those that
    /// are not used.
    #[must_use]
    pub fn with_own<'a>(
        language: Language,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<NotUsed>) {
        let mut templates = Self::of(language);
        let mut not_used = Vec::new();
        for (file, source) in files {
            match templates.with(file, source) {
                Ok(with) => templates = with,
                Err(why) => not_used.push(NotUsed {
                    file: file.to_owned(),
                    why,
                }),
            }
        }
        (templates, not_used)
    }

    fn with(&self, file: &str, source: &str) -> Result<Self, String> {
        let letters = letters_of(file).ok_or("no letter has such a file")?;
        if source.len() > MAX_TEMPLATE_BYTES {
            return Err(format!("it is larger than {MAX_TEMPLATE_BYTES} bytes"));
        }
        let mut environment = match &self.environment {
            Ok(environment) => (**environment).clone(),
            Err(error) => return Err(error.to_string()),
        };
        environment
            .add_template_owned(file.to_owned(), source.to_owned())
            .map_err(|error| reason(&error))?;
        let with = Self {
            language: self.language,
            environment: Ok(Arc::new(environment)),
        };
        for letter in letters {
            let preview = with.preview(letter).map_err(|error| match error {
                LetterError::Template { source, .. } => reason(&source),
                other => other.to_string(),
            })?;
            if preview.subject.is_empty() || preview.plain.trim().is_empty() {
                return Err("with it a letter has no text".to_owned());
            }
        }
        Ok(with)
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
        let sample: serde_json::Value = serde_json::from_str(letter.sample(self.language))
            .map_err(|error| LetterError::Template {
                name: format!("{}/sample.json", letter.name()),
                source: Arc::new(Error::new(ErrorKind::BadSerialization, error.to_string())),
            })?;
        let texts = self.render(letter, &sample)?;
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
        let render = |file: &str, content: Value| {
            let name = format!("{}/{file}", letter.name());
            self.environment
                .as_ref()
                .map_err(Arc::clone)
                .and_then(|environment| {
                    let template = environment.get_template(&name)?;
                    Ok(template.render(content)?)
                })
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

/// The letters a file is in; `None` if there is no such file.
fn letters_of(file: &str) -> Option<Vec<Template>> {
    if SHARED.iter().any(|(name, _)| *name == file) {
        return Some(Template::ALL.to_vec());
    }
    let (folder, file) = file.split_once('/')?;
    let is_one = |letter: &Template| letter.name() == folder && FILES.contains(&file);
    Template::ALL
        .into_iter()
        .find(is_one)
        .map(|letter| vec![letter])
}

/// What is wrong, and in which line.
fn reason(error: &Error) -> String {
    match error.line() {
        Some(line) => format!("line {line}: {error}"),
        None => error.to_string(),
    }
}

fn ours(language: Language) -> Result<Environment<'static>, Error> {
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
    let messages = Messages::new(language)?;
    environment.add_global("language", language.code());
    environment.add_function(
        "say",
        move |state: &State<'_, '_>, id: &str, with: Kwargs| messages.say(state, id, &with),
    );
    environment.add_filter("beside", |text: &str, label: &str| beside(text, label));
    environment.add_filter("strong", |text: &str| {
        Value::from_safe_string(format!("<strong>{}</strong>", HtmlEscape(text)))
    });
    environment.add_filter("link", |text: &str, to: &str| {
        let (to, text) = (HtmlEscape(to), HtmlEscape(text));
        Value::from_safe_string(format!("<a href=\"{to}\">{text}</a>"))
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

#[cfg(test)]
mod tests;
