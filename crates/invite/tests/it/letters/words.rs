//! What letters say: the same in HTML as in plain text, in every language, in lines people can read.

use invite::{
    event::Answers,
    ical::Partstat,
    language::Language,
    letter::{self, Brand, Letter, Sender},
};
use mail_parser::{MessageParser, decoders::html::html_to_text};
use regex::Regex;

use super::{all_in, samples};

/// Every letter in every language: its name, its plain text, its HTML.
fn each() -> impl Iterator<Item = (String, String, String)> {
    let texts = |letter: &Letter| {
        let mail = MessageParser::default().parse(&letter.raw).unwrap();
        let text = mail.body_text(0).unwrap().into_owned();
        (text, mail.body_html(0).unwrap().into_owned())
    };
    Language::ALL.into_iter().flat_map(move |language| {
        all_in(language).into_iter().map(move |(name, letter)| {
            let (plain, html) = texts(&letter);
            (format!("{name} {}", language.code()), plain, html)
        })
    })
}

#[test]
fn plain_text_and_html_say_the_same() {
    for (name, plain, html) in each() {
        let (only_html, only_plain) = letter::only_in_one(&plain, &html);
        assert!(only_html.is_empty(), "{name}: only in HTML {only_html:?}");
        assert!(
            only_plain.is_empty(),
            "{name}: only in plain text {only_plain:?}"
        );
    }
}

#[test]
fn lines_of_plain_text_have_at_most_78_columns() {
    for (name, plain, _) in each() {
        for line in plain.lines() {
            let width = textwrap::core::display_width(line);
            // A link is not torn, nor parted from the one word before it.
            let is_link = line.split_whitespace().count() <= 2;
            assert!(width <= 78 || is_link, "{name}: {width} columns: {line}");
        }
        assert!(
            !plain.contains("\n\n\n") && !plain.contains("\r\n\r\n\r\n"),
            "{name}"
        );
    }
}

#[test]
fn links_say_in_full_where_they_lead_and_nothing_is_loaded_but_a_logo() {
    let link = Regex::new(r#"(href|src)="([^"]*)""#).unwrap();
    for (name, _, html) in each() {
        for found in link.captures_iter(&html) {
            let to = html_to_text(&found[2]);
            let is_whole = to.starts_with("https://") || to.starts_with("http://");
            let is_mail = to.starts_with("mailto:") && to.contains('@');
            let is_link = &found[1] == "href" && (is_whole || is_mail);
            assert!(is_link || to == samples::LOGO, "{name}: {to}");
        }
    }
}

/// A phone shows all of it: nothing is wider than 600 pixels, and what could be is broken.
#[test]
fn nothing_is_wider_than_a_letter() {
    let width = Regex::new(r#"(?:[; "]width:|width=")(\d+)(px|")"#).unwrap();
    for (name, _, html) in each() {
        for found in width.captures_iter(&html) {
            let pixels: u32 = found[1].parse().unwrap();
            assert!(
                pixels <= 64 || html.contains("[if mso]") && pixels <= 600,
                "{name}"
            );
        }
        assert!(html.contains("max-width:600px"), "{name}");
    }
}

/// What is dark on light is light on dark: each of our colours stands with a class that has another in the dark.
#[test]
fn every_colour_has_its_counterpart_in_the_dark() {
    let colors = [
        ("[^-]color:#1b1f24", vec!["text", "<a "]),
        ("[^-]color:#5d6672", vec!["quiet", "<a "]),
        ("background-color:#ffffff", vec!["sheet", "leaf"]),
        ("background-color:#f3f4f6", vec!["ground", "page", "box"]),
        (
            "border[a-z-]*:1px solid #dfe3e8",
            vec!["sheet", "leaf", "box", "line"],
        ),
    ];
    let colors = colors.map(|(color, classes)| (Regex::new(color).unwrap(), classes));
    let class = Regex::new(r#"class="([^"]*)""#).unwrap();
    let tags = Regex::new(r"<[a-z][^>]*>").unwrap();
    for (name, _, html) in each() {
        let (head, body) = html.split_once("</head>").unwrap();
        let (_, dark) = head.split_once("(prefers-color-scheme: dark)").unwrap();
        for tag in tags.find_iter(body).map(|tag| tag.as_str()) {
            let named = class
                .captures(tag)
                .map_or("", |found| found.get(1).unwrap().as_str());
            for (color, counterparts) in &colors {
                let is_known = counterparts.iter().any(|counterpart| {
                    named.split(' ').any(|class| class == *counterpart)
                        && dark.contains(&format!(".{counterpart}"))
                        || tag.starts_with(counterpart) && dark.contains(" a {")
                });
                assert!(!color.is_match(tag) || is_known, "{name}: {tag}");
            }
        }
    }
}

#[test]
fn a_brand_shows_its_logo_over_https_and_where_it_is() {
    let sender = samples::sender(Language::English);
    let with = |logo: &str| {
        let brand = Brand {
            logo: Some(logo.to_owned()),
            address: Some("Acme Ltd,\r\n5 High Street".to_owned()),
            ..sender.brand.clone()
        };
        let sender = Sender {
            brand,
            ..sender.clone()
        };
        let sample = samples::berlin();
        let answers = Answers::all(Partstat::NeedsAction);
        let letter = letter::invite(&sample.event, &sample.attendee, &answers, &sender).unwrap();
        let mail = MessageParser::default().parse(&letter.raw).unwrap();
        let plain = mail.body_text(0).unwrap().into_owned();
        (plain, mail.body_html(0).unwrap().into_owned())
    };
    let (plain, html) = with(samples::LOGO);
    assert!(plain.contains("Acme Ltd, 5 High Street"), "{plain}");
    assert!(html.contains("Acme Ltd, 5 High Street"), "{html}");
    assert!(
        html.contains(r#"<img src="https:&#x2f;&#x2f;acme.example&#x2f;logo.png" alt="Acme""#),
        "{html}"
    );
    for logo in [
        "http://acme.example/logo.png",
        "https://a\"onerror=x",
        "javascript:x",
    ] {
        assert!(!with(logo).1.contains("<img"), "{logo}");
    }
}
