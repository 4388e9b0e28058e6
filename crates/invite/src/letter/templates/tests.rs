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

#[test]
fn a_tenants_own_text_stands_in_the_place_of_ours() {
    let own = "Come to {{ event.summary }}!";
    let (templates, not_used) =
        Templates::with_own(Language::English, [("invite/subject.txt.j2", own)]);
    assert_eq!(not_used, []);
    let changed: Vec<_> = templates
        .previews()
        .unwrap()
        .into_iter()
        .zip(Templates::of(Language::English).previews().unwrap())
        .filter(|(own, ours)| own != ours)
        .map(|(own, _)| (own.name, own.subject))
        .collect();
    assert_eq!(changed, [("invite", "Come to Kick-off!".to_owned())]);
}

#[test]
fn one_that_does_not_work_is_told_and_not_used() {
    let endless = "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}";
    for (file, source, why) in [
        (
            "invite/body.txt.j2",
            "{{ event.sumary }}",
            "line 1: undefined value",
        ),
        ("invite/body.txt.j2", "a\n{% if %}", "line 2: syntax error"),
        (
            "invite/body.html.j2",
            endless,
            "line 1: engine ran out of fuel",
        ),
        (
            "invite/subject.txt.j2",
            " \n",
            "with it a letter has no text",
        ),
        (
            "base.txt.j2",
            "{{ brand.motto }}",
            "line 1: undefined value",
        ),
        ("invite/footer.txt.j2", "x", "no letter has such a file"),
        ("../invite/body.txt.j2", "x", "no letter has such a file"),
    ] {
        let (templates, not_used) = Templates::with_own(Language::English, [(file, source)]);
        let said: Vec<_> = not_used.iter().map(|one| one.why.as_str()).collect();
        assert!(
            said.len() == 1 && said[0].starts_with(why),
            "{file}: {said:?}"
        );
        assert_eq!(
            templates.previews().unwrap(),
            Templates::of(Language::English).previews().unwrap()
        );
    }
    let large = "x".repeat(MAX_TEMPLATE_BYTES + 1);
    assert_eq!(
        Templates::with_own(Language::English, [("invite/body.txt.j2", large.as_str())])
            .1
            .len(),
        1
    );
}
