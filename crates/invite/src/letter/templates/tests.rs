use serde_json::{Value as Json, json};

use super::*;

fn sample(template: Template) -> Json {
    serde_json::from_str(template.sample()).unwrap()
}

#[test]
fn every_letter_renders_with_its_sample() {
    for template in Template::ALL {
        let texts = Templates::default()
            .render(template, &sample(template))
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
                Templates::default().render(template, &less).is_err(),
                "{template:?} without {name}"
            );
        }
    }
}

#[test]
fn what_people_write_is_escaped_in_html_and_left_alone_in_plain_text() {
    let hostile = "<script>alert('1')</script>\"&{{ 7 * 7 }}";
    for template in Template::ALL {
        let content = with_every_text(sample(template), hostile);
        let texts = Templates::default().render(template, &content).unwrap();
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
fn a_tenants_own_text_stands_in_the_place_of_ours() {
    let own = "Come to {{ event.summary }}!";
    let (templates, not_used) = Templates::with_own([("invite/subject.txt.j2", own)]);
    assert_eq!(not_used, []);
    let changed: Vec<_> = templates
        .previews()
        .unwrap()
        .into_iter()
        .zip(Templates::default().previews().unwrap())
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
        let (templates, not_used) = Templates::with_own([(file, source)]);
        let said: Vec<_> = not_used.iter().map(|one| one.why.as_str()).collect();
        assert!(
            said.len() == 1 && said[0].starts_with(why),
            "{file}: {said:?}"
        );
        assert_eq!(
            templates.previews().unwrap(),
            Templates::default().previews().unwrap()
        );
    }
    let large = "x".repeat(MAX_TEMPLATE_BYTES + 1);
    assert_eq!(
        Templates::with_own([("invite/body.txt.j2", large.as_str())])
            .1
            .len(),
        1
    );
}
