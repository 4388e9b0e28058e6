//! What is asked of a tenant's own templates before they ship, beyond that they can be used: that names are known even where
//! no sample goes, that a subject is one line, that HTML and plain text say the same, and that a mail program shows all of it.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use mail_parser::decoders::html::html_to_text;
use minijinja::Value;
use regex::Regex;
use serde_json::Value as Json;

use super::{
    super::template::{FILES, Template},
    Bundle, NotUsed, Preview, Templates,
    own::{Own, letters_of},
    sample,
};
use crate::language::Language;

/// Gmail shows no more of a letter's HTML, in bytes; the rest is behind a link.
const MAX_SHOWN_BYTES: usize = 100 * 1024;

/// What is handed to every template, or said in it before it is included.
const EVERYWHERE: [&str; 5] = ["say", "language", "loop", "struck", "subject"];

/// In plain text alone: in HTML what and when stand as a heading beside a calendar leaf.
const LABELS: [&str; 4] = ["what", "when", "was", "wann"];

impl Templates {
    /// What is wrong with a tenant's own templates in a language; nothing: they may ship. Whatever is wrong with the file of
    /// a letter, the letter would go out as ours.
    #[must_use]
    pub fn faults_of(language: Language, bundle: &Bundle) -> Vec<NotUsed> {
        let (own, mut faults) = Own::read(language, bundle.files(), |_| {});
        let Some(own) = own.map(Arc::new) else {
            return faults;
        };
        let templates = Self {
            own: Some(Arc::clone(&own)),
            ..Self::of(language)
        };
        faults.extend(unknown_names(&own, language));
        for letter in Template::ALL.into_iter().filter(|letter| own.has(*letter)) {
            let found = match templates.preview(letter) {
                Ok(preview) => faults_of_letter(&own, letter, language, &preview),
                Err(error) => vec![fault(letter.name(), None, &error.to_string())],
            };
            // What is wrong with a base is told once.
            let is_new = |one: &NotUsed| !faults.iter().any(|known| known.why == one.why);
            let new: Vec<_> = found.into_iter().filter(is_new).collect();
            faults.extend(new);
        }
        faults
    }
}

fn fault(file: &str, line: Option<usize>, what: &str) -> NotUsed {
    NotUsed {
        file: file.to_owned(),
        line,
        why: match line {
            Some(line) => format!("line {line}: {what}"),
            None => what.to_owned(),
        },
    }
}

/// Names no letter of the file has, also in places where its sample does not lead.
fn unknown_names(own: &Own, language: Language) -> Vec<NotUsed> {
    let (files, environment) = own.files();
    let mut faults = Vec::new();
    for file in files {
        let Ok(template) = environment.get_template(file) else {
            continue;
        };
        let samples: Vec<Json> = letters_of(file)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|letter| sample(letter, language).ok())
            .collect();
        let named: BTreeSet<String> = template.undeclared_variables(true).into_iter().collect();
        for path in named {
            let root = path.split('.').next().unwrap_or_default();
            let is_known =
                EVERYWHERE.contains(&root) || samples.iter().any(|sample| has(sample, &path));
            if !is_known {
                let line = template
                    .source()
                    .lines()
                    .position(|line| line.contains(&path));
                let what = format!("nothing is named {path}; {}", known_beside(&samples, &path));
                faults.push(fault(file, line.map(|line| line + 1), &what));
            }
        }
    }
    faults
}

/// What may be missing may be null in the sample; what it has then is not known.
fn has(sample: &Json, path: &str) -> bool {
    let mut at = sample;
    for name in path.split('.') {
        match at {
            Json::Object(fields) => match fields.get(name) {
                Some(field) => at = field,
                None => return false,
            },
            Json::Null => return true,
            _ => return false,
        }
    }
    true
}

/// The names there are where one is not.
fn known_beside(samples: &[Json], path: &str) -> String {
    let (parent, _) = path.rsplit_once('.').unwrap_or_default();
    let pointer: String = parent
        .split('.')
        .filter(|name| !name.is_empty())
        .map(|name| format!("/{name}"))
        .collect();
    let names: BTreeSet<&str> = samples
        .iter()
        .filter_map(|sample| sample.pointer(&pointer)?.as_object())
        .flat_map(|fields| fields.keys().map(String::as_str))
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    format!("there are {}", names.join(", "))
}

fn faults_of_letter(
    own: &Own,
    letter: Template,
    language: Language,
    preview: &Preview,
) -> Vec<NotUsed> {
    let [subject, plain, html] = FILES.map(|file| format!("{}/{file}", letter.name()));
    let mut faults = Vec::new();
    let rendered = sample(letter, language)
        .ok()
        .and_then(|sample| own.rendered(&subject, Value::from_serialize(&sample)));
    let rendered = rendered.unwrap_or_default();
    if rendered.trim().lines().count() > 1 {
        faults.push(fault(&subject, None, "a subject is one line"));
    }
    if preview.subject.ends_with('…') && !rendered.trim_end().ends_with('…') {
        faults.push(fault(
            &subject,
            None,
            "a subject has at most 160 characters",
        ));
    }
    if preview.html.len() > MAX_SHOWN_BYTES {
        let what = format!(
            "{} bytes of HTML; Gmail shows {MAX_SHOWN_BYTES} at most",
            preview.html.len()
        );
        faults.push(fault(&html, None, &what));
    }
    if !preview.html.contains("</html>") {
        let what = "it is no whole page; {% extends \"base.html.j2\" %} makes it one";
        faults.push(fault(&html, None, what));
    }
    let (only_html, only_plain) = only_in_one(&preview.plain, &preview.html);
    if !only_html.is_empty() {
        let what = format!(
            "HTML and plain text have to say the same; only HTML says: {}",
            only_html.join(", ")
        );
        faults.push(fault(&html, None, &what));
    }
    if !only_plain.is_empty() {
        let what = format!(
            "HTML and plain text have to say the same; only plain text says: {}",
            only_plain.join(", ")
        );
        faults.push(fault(&plain, None, &what));
    }
    faults
}

/// The words that are in a letter's HTML and not in its plain text, and the other way round. Where links lead is said in
/// either.
#[must_use]
pub fn only_in_one(plain: &str, html: &str) -> (Vec<String>, Vec<String>) {
    let (seen, links) = shown(html);
    let (plain, seen) = (words(plain), words(&seen));
    let with_links: BTreeSet<String> = seen.union(&words(&links)).cloned().collect();
    let only_plain = plain
        .difference(&with_links)
        .filter(|word| !LABELS.contains(&word.as_str()));
    (
        seen.difference(&plain).cloned().collect(),
        only_plain.cloned().collect(),
    )
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// What nobody sees, or what repeats: the head, the line mail programs show in their lists, the calendar leaf.
static UNSEEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let unseen = [
        "<head>.*</head>",
        "<div style=\"display:none.*?</div>",
        "<table role=\"presentation\" aria-hidden=\"true\".*?</table>",
    ];
    Regex::new(&format!("(?s){}", unseen.join("|"))).ok()
});
static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("href=\"([^\"]*)\"").ok());
/// Words of two cells, or of two lines, are two words.
static PARTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("<(?:br|/td|/p|/h1|/div|/li)[^>]*>").ok());

/// What a reader of HTML sees, and where its links lead.
fn shown(html: &str) -> (String, String) {
    let replaced = |pattern: &LazyLock<Option<Regex>>, html: &str, by: &str| match &**pattern {
        Some(pattern) => pattern.replace_all(html, by).into_owned(),
        None => html.to_owned(),
    };
    let html = replaced(&UNSEEN, html, " ");
    let links: Vec<&str> = LINK.as_ref().map_or_else(Vec::new, |link| {
        let links = link.captures_iter(&html);
        links
            .filter_map(|link| Some(link.get(1)?.as_str()))
            .collect()
    });
    let text = replaced(&PARTED, &html, " $0");
    (html_to_text(&text), html_to_text(&links.join(" ")))
}

#[cfg(test)]
mod tests;
