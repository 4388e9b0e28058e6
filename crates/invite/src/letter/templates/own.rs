//! A tenant's own templates: which letters are his, and how one is written so that it can do no harm.
//!
//! They say what [`allowed`](super::allowed) lets them, take so many steps, make so many bytes, and show nothing but what
//! [`html`](super::html) knows. Whatever goes beyond that is an error, and the letter is ours.

use std::{error::Error as _, io};

use minijinja::{Environment, Error, ErrorKind, Value, context};

use super::{
    super::{
        messages::Messages,
        plain::wrapped,
        template::{FILES, SHARED, Template, one_line},
    },
    MAX_TEMPLATE_BYTES, NotUsed, TellNotUsed, Texts, allowed, html, ours, sample,
};
use crate::language::Language;

/// Steps one text of a tenant's may take: ten times what our longest do.
const FUEL: u64 = 40_000;
/// Longest text a tenant's template may make, in bytes; mail programs show a hundred kilobytes of HTML.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// A tenant's templates, and whose letters they are.
#[derive(Debug)]
pub(super) struct Own {
    environment: Environment<'static>,
    /// Letters that are not ours.
    letters: Vec<Template>,
    /// The tenant's own files.
    files: Vec<String>,
    told: TellNotUsed,
}

/// What is wrong with a text.
pub(super) struct Wrong {
    /// Its file.
    file: String,
    line: Option<usize>,
    /// What it was about, without the words of any letter.
    kind: String,
    detail: String,
}

impl Wrong {
    fn whole(file: &str, what: String) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            kind: what.clone(),
            detail: what,
        }
    }

    /// For whoever wrote it; `detail` may hold words of the letter.
    fn not_used(self, is_in_detail: bool) -> NotUsed {
        let what = if is_in_detail { self.detail } else { self.kind };
        NotUsed {
            file: self.file,
            line: self.line,
            why: match self.line {
                Some(line) => format!("line {line}: {what}"),
                None => what,
            },
        }
    }
}

impl Own {
    /// Reads a tenant's files. `None`: no letter is other than ours.
    pub(super) fn read<'a>(
        language: Language,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        told: TellNotUsed,
    ) -> (Option<Self>, Vec<NotUsed>) {
        let mut not_used = Vec::new();
        // Letters for which a template cannot be used.
        let mut broken = Vec::new();
        let mut letters = Vec::new();
        let mut usable = Vec::new();
        let Ok(mut messages) = Messages::new(language) else {
            return (None, not_used);
        };
        for (file, source) in files {
            let Some(of) = letters_of(file) else {
                let why = "no letter has such a file".to_owned();
                not_used.push(Wrong::whole(file, why).not_used(true));
                continue;
            };
            let checked = if source.len() > MAX_TEMPLATE_BYTES {
                let what = format!("it is larger than {MAX_TEMPLATE_BYTES} bytes");
                Err(Wrong::whole(file, what))
            } else if let Some(written) = file.strip_suffix(".ftl") {
                if written != language.code() {
                    continue;
                }
                let put = messages.put_own(source);
                put.map_err(|what| Wrong::whole(file, what))
            } else {
                allowed::check(source)
                    .map_err(|wrong| Wrong {
                        file: file.to_owned(),
                        line: wrong.line,
                        kind: wrong.what.clone(),
                        detail: wrong.what,
                    })
                    .map(|()| usable.push((file, source)))
            };
            match checked {
                Ok(()) => letters.extend(of),
                Err(wrong) => {
                    not_used.push(wrong.not_used(true));
                    broken.extend(of);
                }
            }
        }
        let Ok(mut environment) = ours(language, messages) else {
            return (None, not_used);
        };
        environment.set_fuel(Some(FUEL));
        let mut own = Self {
            files: Vec::with_capacity(usable.len()),
            environment,
            letters,
            told,
        };
        for (file, source) in usable {
            let added = own
                .environment
                .add_template_owned(file.to_owned(), source.to_owned());
            match added {
                Ok(()) => own.files.push(file.to_owned()),
                Err(error) => {
                    not_used.push(own.fault(file, &error).not_used(true));
                    broken.extend(letters_of(file).unwrap_or_default());
                }
            }
        }
        for letter in Template::ALL {
            let is_own = own.letters.contains(&letter) && !broken.contains(&letter);
            if is_own && let Err(wrong) = own.try_with_sample(letter, language) {
                // One base that does not work is told once, not for every letter.
                let wrong = wrong.not_used(true);
                if !not_used.contains(&wrong) {
                    not_used.push(wrong);
                }
                broken.push(letter);
            }
        }
        own.letters = Template::ALL
            .into_iter()
            .filter(|letter| own.letters.contains(letter) && !broken.contains(letter))
            .collect();
        ((!own.letters.is_empty()).then_some(own), not_used)
    }

    fn try_with_sample(&self, letter: Template, language: Language) -> Result<(), Wrong> {
        let sample = sample(letter, language)
            .map_err(|error| Wrong::whole(letter.name(), error.to_string()))?;
        self.write(letter, &Value::from_serialize(&sample))
            .map(|_| ())
    }

    /// The letter's texts; `None` if it is ours.
    pub(super) fn render(&self, letter: Template, content: &Value) -> Option<Texts> {
        if !self.letters.contains(&letter) {
            return None;
        }
        let written = self.write(letter, content);
        // Who hears of it must not hear what the letter is about.
        written
            .map_err(|wrong| (self.told)(&wrong.not_used(false)))
            .ok()
    }

    fn write(&self, letter: Template, content: &Value) -> Result<Texts, Wrong> {
        let [subject_file, plain_file, html_file] =
            FILES.map(|file| format!("{}/{file}", letter.name()));
        let empty = |file: &str| Wrong::whole(file, "with it a letter has no text".to_owned());
        let subject = one_line(&self.text(&subject_file, content.clone())?);
        if subject.is_empty() {
            return Err(empty(&subject_file));
        }
        let content = context! { subject, ..content.clone() };
        let plain = wrapped(&self.text(&plain_file, content.clone())?);
        if plain.trim().is_empty() {
            return Err(empty(&plain_file));
        }
        let html = self.text(&html_file, content.clone())?;
        match html::fault(&html, logo(&content).as_deref()) {
            None => Ok(Texts {
                subject,
                plain,
                html,
            }),
            Some(fault) => Err(Wrong {
                line: self.line_of(&html_file, &fault.written),
                file: html_file,
                kind: fault.what.to_owned(),
                detail: fault.to_string(),
            }),
        }
    }

    fn text(&self, file: &str, content: Value) -> Result<String, Wrong> {
        let mut text = Bounded(Vec::new());
        self.environment
            .get_template(file)
            .and_then(|template| template.render_captured_to(content, &mut text).map(|_| ()))
            .map_err(|error| self.fault(file, &error))?;
        String::from_utf8(text.0).map_err(|error| Wrong::whole(file, error.to_string()))
    }

    /// In which line of a template something stands, if it stands there and was not handed to it.
    fn line_of(&self, file: &str, written: &str) -> Option<usize> {
        let template = self.environment.get_template(file).ok()?;
        let mut lines = template.source().lines();
        lines
            .position(|line| line.contains(written))
            .map(|line| line + 1)
    }

    /// A text as it is made, before it is a letter's.
    pub(super) fn rendered(&self, file: &str, content: Value) -> Option<String> {
        self.text(file, content).ok()
    }

    /// What is wrong, and where: in the tenant's own file, if it is one of his in which the error shows.
    fn fault(&self, file: &str, error: &Error) -> Wrong {
        let error = innermost(error);
        let shown_in = error.name().unwrap_or(file);
        let is_own = shown_in == file || self.files.iter().any(|own| own == shown_in);
        let what = match error.kind() {
            ErrorKind::WriteFailure => {
                format!("it makes a text of more than {MAX_TEXT_BYTES} bytes")
            }
            kind => kind.to_string(),
        };
        let detail = match (error.kind(), error.detail()) {
            (ErrorKind::WriteFailure, _) | (_, None) => what.clone(),
            (_, Some(detail)) => format!("{what}: {detail}"),
        };
        let beside = |text: String| match (is_own, error.line()) {
            (false, Some(line)) => format!("in {shown_in}, line {line}: {text}"),
            _ => text,
        };
        Wrong {
            file: if is_own { shown_in } else { file }.to_owned(),
            line: error.line().filter(|_| is_own),
            kind: beside(what),
            detail: beside(detail),
        }
    }

    /// Its own files, and the environment they are in.
    pub(super) fn files(&self) -> (&[String], &Environment<'static>) {
        (&self.files, &self.environment)
    }

    pub(super) fn has(&self, letter: Template) -> bool {
        self.letters.contains(&letter)
    }
}

/// What went wrong in an included file, and not that it did.
fn innermost(error: &Error) -> &Error {
    let mut at = error;
    while let Some(inner) = at.source().and_then(|inner| inner.downcast_ref()) {
        at = inner;
    }
    at
}

/// The only picture a letter may load.
fn logo(content: &Value) -> Option<String> {
    let logo = content.get_attr("brand").ok()?.get_attr("logo").ok()?;
    logo.as_str().map(str::to_owned)
}

/// The letters a file is in; `None` if there is no such file.
pub(super) fn letters_of(file: &str) -> Option<Vec<Template>> {
    let is_shared = SHARED.iter().any(|(name, _)| *name == file);
    let is_language = |language: &Language| file.strip_suffix(".ftl") == Some(language.code());
    if is_shared || Language::ALL.iter().any(is_language) {
        return Some(Template::ALL.to_vec());
    }
    let (folder, file) = file.split_once('/')?;
    let is_one = |letter: &Template| letter.name() == folder && FILES.contains(&file);
    Template::ALL
        .into_iter()
        .find(is_one)
        .map(|letter| vec![letter])
}

/// Takes so many bytes.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_TEXT_BYTES {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
