use serde_json::{Value as Json, json};

use super::*;

fn sample(template: Template, language: Language) -> Json {
    serde_json::from_str(template.sample(language)).unwrap()
}

/// Every letter in every language.
fn each() -> impl Iterator<Item = (Template, Language)> {
    let languages = |template| Language::ALL.map(|language| (template, language));
    Template::ALL.into_iter().flat_map(languages)
}

#[test]
fn every_letter_renders_with_its_sample() {
    for (template, language) in each() {
        let texts = Templates::of(language)
            .render(template, &sample(template, language))
            .unwrap();
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
        let whole = sample(template, Language::English);
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
                Templates::of(Language::English)
                    .render(template, &less)
                    .is_err(),
                "{template:?} without {name}"
            );
        }
    }
}

/// Samples in two languages differ in their words alone.
#[test]
fn samples_have_one_shape_in_all_languages() {
    for template in Template::ALL {
        let [english, german] = Language::ALL.map(|language| sample(template, language));
        assert_eq!(shape(english), shape(german), "{template:?}");
    }
}

fn shape(sample: Json) -> Json {
    match sample {
        Json::String(_) => json!("text"),
        Json::Array(items) => items.into_iter().map(shape).collect(),
        Json::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| (name, shape(field)))
            .collect(),
        other => other,
    }
}

#[test]
fn what_people_write_is_escaped_in_html_and_left_alone_in_plain_text() {
    let hostile = "<script>alert('1')</script>\"&{{ 7 * 7 }}";
    for (template, language) in each() {
        let content = with_every_text(sample(template, language), hostile);
        let texts = Templates::of(language).render(template, &content).unwrap();
        assert!(!texts.html.contains("<script"), "{template:?}");
        assert!(!texts.html.contains("\"&{"), "{template:?}");
        assert!(texts.html.contains("&lt;script&gt;"), "{template:?}");
        let plain: Vec<_> = texts.plain.split_whitespace().collect();
        assert!(plain.join(" ").contains(hostile), "{template:?}");
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
