use std::cell::RefCell;

use minijinja::Value;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::letter::{Preview, Templates};

const ENGLISH: Language = Language::English;

thread_local! {
    /// What was told of templates while letters were written.
    static HEARD: RefCell<Vec<NotUsed>> = const { RefCell::new(Vec::new()) };
}

fn hear(not_used: &NotUsed) {
    HEARD.with_borrow_mut(|heard| heard.push(not_used.clone()));
}

fn heard() -> Vec<NotUsed> {
    HEARD.take()
}

fn with(files: &[(&str, &str)]) -> (Templates, Vec<NotUsed>) {
    Templates::with_own(ENGLISH, files.iter().copied(), hear)
}

fn preview(templates: &Templates, letter: &str) -> Preview {
    let previews = templates.previews().unwrap().into_iter();
    previews.into_iter().find(|one| one.name == letter).unwrap()
}

fn sample_of(letter: Template) -> Json {
    sample(letter, ENGLISH).unwrap()
}

#[test]
fn a_tenants_own_text_stands_in_the_place_of_ours_and_changes_no_other_letter() {
    let (templates, not_used) = with(&[("invite/subject.txt.j2", "Come to {{ event.summary }}!")]);
    assert_eq!(not_used, []);
    let changed: Vec<_> = templates
        .previews()
        .unwrap()
        .into_iter()
        .zip(Templates::of(ENGLISH).previews().unwrap())
        .filter(|(own, ours)| own != ours)
        .map(|(own, _)| (own.name, own.subject))
        .collect();
    assert_eq!(changed, [("invite", "Come to Kick-off!".to_owned())]);
}

#[test]
fn a_tenants_own_words_are_in_all_letters_that_say_them_in_html_and_in_plain_text() {
    let own = "where = Place\nfrom = Your host\n";
    let (templates, not_used) = with(&[("en.ftl", own), ("de.ftl", "where = { $no }\n")]);
    // The other language is of no matter.
    assert_eq!(not_used, []);
    for letter in ["invite", "update", "cancellation"] {
        let Preview { plain, html, .. } = preview(&templates, letter);
        assert!(plain.contains("Place: Room 1") && html.contains(">Place</span>"));
        assert!(!plain.contains("Where:") && html.contains(">Your host</span>"));
    }
    let new = [
        ("en.ftl", "motto = Always on time.\n"),
        (
            "base.txt.j2",
            "{% block content %}{% endblock %}\n{{ say(\"motto\") }}\n{% block footer %}{% endblock %}",
        ),
    ];
    let (templates, not_used) = with(&new);
    assert_eq!(not_used, []);
    assert!(
        preview(&templates, "report")
            .plain
            .contains("Always on time.")
    );
}

#[test]
fn one_that_cannot_be_used_is_told_with_its_line_and_nothing_of_its_letter_is_used() {
    let endless = "{% for i in event.description %}".repeat(20) + "x" + &"{% endfor %}".repeat(20);
    let large = "x".repeat(MAX_TEMPLATE_BYTES + 1);
    let long = "{% for i in event.description %}".repeat(4)
        + &"x".repeat(20_000)
        + &"{% endfor %}".repeat(4);
    for (file, source, line, why) in [
        (
            "invite/body.txt.j2",
            "{{ event.sumary }}",
            Some(1),
            "undefined value",
        ),
        (
            "invite/body.txt.j2",
            "a\n{% if %}",
            Some(2),
            "syntax error: ",
        ),
        (
            "invite/body.html.j2",
            &endless,
            Some(1),
            "engine ran out of fuel",
        ),
        (
            "invite/body.html.j2",
            &long,
            None,
            "it makes a text of more than 262144 bytes",
        ),
        (
            "invite/subject.txt.j2",
            " \n",
            None,
            "with it a letter has no text",
        ),
        (
            "invite/body.txt.j2",
            &large,
            None,
            "it is larger than 131072 bytes",
        ),
        (
            "invite/body.html.j2",
            "a\n{{ event.summary|safe }}",
            Some(2),
            "the filter safe is not allowed",
        ),
        (
            "invite/body.html.j2",
            "{% include \"event.html.j2\" %}",
            None,
            "in event.html.j2, line 6: undefined value",
        ),
        (
            "invite/body.html.j2",
            "<script>x</script>",
            Some(1),
            "letters may not have the element: script; there are a,",
        ),
        (
            "base.txt.j2",
            "{{ brand.motto }}",
            Some(1),
            "undefined value",
        ),
        (
            "base.txt.j2",
            "{% extends \"base.txt.j2\" %}",
            Some(1),
            "invalid operation: ",
        ),
        (
            "event.txt.j2",
            "{% include \"event.txt.j2\" %}",
            Some(1),
            "invalid operation: recursion limit",
        ),
        (
            "en.ftl",
            "a = b\nwhere = { $x }\n",
            None,
            "where has no variable $x; it has none",
        ),
        (
            "invite/footer.txt.j2",
            "x",
            None,
            "no letter has such a file",
        ),
        (
            "../invite/body.txt.j2",
            "x",
            None,
            "no letter has such a file",
        ),
        ("fr.ftl", "a = b", None, "no letter has such a file"),
    ] {
        // A subject that could be used goes with the text that cannot.
        let good = ("invite/subject.txt.j2", "Mine: {{ event.summary }}");
        let (templates, not_used) = with(&[good, (file, source)]);
        let said: Vec<_> = not_used.iter().map(|one| one.why.as_str()).collect();
        assert_eq!(said.len(), 1, "{file}: {said:?}");
        let why = match line {
            Some(line) => format!("line {line}: {why}"),
            None => why.to_owned(),
        };
        assert!(said[0].starts_with(&why), "{file}: {said:?}");
        assert_eq!(not_used[0].file, file);
        assert_eq!(not_used[0].line, line, "{said:?}");
        let is_of_no_letter = why == "no letter has such a file";
        let subject = preview(&templates, "invite").subject;
        assert_eq!(subject.starts_with("Mine: "), is_of_no_letter, "{file}");
        if !is_of_no_letter && file != "invite/subject.txt.j2" {
            assert_eq!(
                templates.previews().unwrap(),
                Templates::of(ENGLISH).previews().unwrap()
            );
        }
    }
    assert_eq!(heard(), []);
}

#[test]
fn one_that_works_with_the_sample_alone_is_told_without_words_of_the_letter_and_the_letter_is_ours()
{
    let strict =
        "{% if event.summary == \"Kick-off\" %}Come{% else %}{{ event.summary.secret }}{% endif %}";
    let (templates, not_used) = with(&[("invite/subject.txt.j2", strict)]);
    assert_eq!(not_used, []);
    let mut content = sample_of(Template::Invite);
    assert_eq!(
        templates
            .render(Template::Invite, &content)
            .unwrap()
            .subject,
        "Come"
    );
    assert_eq!(heard(), []);
    content["event"]["summary"] = json!("Alice's surprise");
    let texts = templates.render(Template::Invite, &content).unwrap();
    let expected = Templates::of(ENGLISH)
        .render(Template::Invite, &content)
        .unwrap();
    assert_eq!(texts, expected);
    let heard = heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(
        heard[0].to_string(),
        "invite/subject.txt.j2: line 1: undefined value; the letters it is for go out as ours"
    );
}

/// A name where nothing is quoted is read as more than a name: such a letter is ours.
#[test]
fn what_people_write_cannot_become_markup_whatever_the_template() {
    // The sample's word would be no link.
    let summary = "{% if event.summary == 'Kick-off' %}https://a.test{% else %}{{ event.summary }}{% endif %}";
    for html in [
        "<html><p class=HERE>x</p></html>",
        "<html><a href=\"HERE\">x</a></html>",
        "<html><a href=\"https://acme.example\" style=\"HERE\">x</a></html>",
        "<html><style>HERE</style></html>",
        "<html><!--[if mso]><td class=HERE><![endif]--></html>",
    ] {
        let html = html.replace("HERE", summary);
        let (templates, not_used) = with(&[("invite/body.html.j2", &html)]);
        assert_eq!(not_used, [], "{html}");
        for hostile in [
            "x onclick=alert(1)",
            "javascript:alert(1)",
            "a:url(https://evil.test)",
            "a{background:url(https://evil.test)}",
            " onload=x",
            "\u{5c}75rl(x)",
        ] {
            let mut content = sample_of(Template::Invite);
            content["event"]["summary"] = json!(hostile);
            let texts = templates.render(Template::Invite, &content).unwrap();
            assert_eq!(html::fault(&texts.html, None), None, "{html}: {hostile}");
        }
    }
    heard();
}

#[test]
fn no_template_makes_a_subject_of_two_lines_or_a_header() {
    let own = "Come\r\nBcc: everybody@a.test\r\n\r\n<b>{{ event.summary }}</b>\u{202e}";
    let (templates, not_used) = with(&[("invite/subject.txt.j2", own)]);
    assert_eq!(not_used, []);
    let subject = preview(&templates, "invite").subject;
    assert_eq!(subject, "Come Bcc: everybody@a.test <b>Kick-off</b>");
}

#[test]
fn a_language_that_is_not_the_tenants_is_neither_used_nor_missed() {
    let files = [("en.ftl", "where = Place\n")];
    let (templates, not_used) = Templates::with_own(Language::German, files, hear);
    assert_eq!(not_used, []);
    assert_eq!(
        templates.previews().unwrap(),
        Templates::of(Language::German).previews().unwrap()
    );
}

/// Pieces of templates, put together by chance: what is made of them is a letter all the same.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{% extends \"base.html.j2\" %}",
        "{% extends \"base.txt.j2\" %}",
        "{% block content %}",
        "{% endblock %}",
        "{% if event %}",
        "{% elif brand %}",
        "{% else %}",
        "{% endif %}",
        "{% for x in event.description %}",
        "{% for x in [a, b] %}",
        "{% endfor %}",
        "{% set a = event.summary %}",
        "{% set a = a ~ a %}",
        "{{ event.summary }}",
        "{{ event.summary|strong }}",
        "{{ brand.name|link(brand.site) }}",
        "{{ x ~ a }}",
        "{{ say(\"where\") }}",
        "{{ say(event.summary) }}",
        "{% include \"event.html.j2\" %}",
        "{% include \"event.txt.j2\" %}",
        "{% set struck = true %}",
        "{{ loop }}",
        "{{ self }}",
        "{{ event }}",
        "{{ nothing }}",
        "<p class=\"text\">",
        "</p>",
        "<script>",
        "<style>",
        "<!--",
        "-->",
        "<a href=\"",
        "\">",
        "</html>",
        "\r\n",
        "x",
        "{#",
        "#}",
        "{{",
        "}}",
        "{%",
        "%}",
        "|",
        "\u{0}",
        "\u{202e}",
        "é",
        "{% raw %}",
        "{% endraw %}",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 128 } else { 512 }))]

    /// Whatever a tenant's bundle holds, every letter is written, and is either what ours would be or wholly his own.
    #[test]
    fn no_bundle_costs_a_letter(
        subject in pieces(),
        plain in pieces(),
        html in pieces(),
        base in prop::option::of(pieces()),
        words in prop::option::of("[a-z-]{1,8} = [ -~]{0,20}\n"),
        summary in "\\PC{0,40}",
    ) {
        let mut files = vec![
            ("invite/subject.txt.j2", subject.as_str()),
            ("invite/body.txt.j2", plain.as_str()),
            ("invite/body.html.j2", html.as_str()),
        ];
        files.extend(base.as_deref().map(|base| ("base.html.j2", base)));
        files.extend(words.as_deref().map(|words| ("en.ftl", words)));
        let (templates, _) = with(&files);
        for letter in Template::ALL {
            let mut content = sample_of(letter);
            if content["event"]["summary"].is_string() {
                content["event"]["summary"] = json!(summary);
            }
            let texts = templates.render(letter, &content).unwrap();
            let ours = Templates::of(ENGLISH).render(letter, &content).unwrap();
            let is_ours = texts == ours;
            prop_assert!(is_ours || html::fault(&texts.html, None).is_none());
            prop_assert!(is_ours || texts.html.len() <= MAX_TEXT_BYTES);
            prop_assert!(!texts.subject.contains(['\r', '\n', '\0']));
            prop_assert!(!texts.subject.is_empty() || is_ours);
        }
        heard();
    }
}

#[test]
fn what_is_refused_or_falls_back_takes_no_time() {
    // As long as may be, and as much work in it as may be.
    let work = "{% for a in event.description %}".repeat(12)
        + "{% if (event.summary|beside(event.location ~ event.location))|length %}{% endif %}"
        + &"{% endfor %}".repeat(12);
    let mut content = sample_of(Template::Invite);
    content["event"]["description"] = json!(vec!["x"; 100]);
    content["event"]["summary"] = json!("word ".repeat(1_600));
    let value = Value::from_serialize(&content);
    let (own, _) = Own::read(
        ENGLISH,
        [("invite/body.txt.j2", "{{ event.summary }}")],
        hear,
    );
    let mut own = own.unwrap();
    own.environment
        .add_template_owned("invite/body.txt.j2", work)
        .unwrap();
    assert!(own.render(Template::Invite, &value).is_none());
    assert!(heard()[0].why.contains("fuel"));
}
