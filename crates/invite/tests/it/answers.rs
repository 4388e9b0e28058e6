//! Answers in plain words, held against what people mean (golden/answers.txt).

use std::collections::BTreeMap;

use invite::{
    ical::Partstat,
    mail::answer::{Confidence, PlainAnswer, read_text},
};
use proptest::prelude::*;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/answers.txt");

/// A text, and what a person says it means.
struct Case {
    language: String,
    means: Option<Partstat>,
    people: Option<u32>,
    text: String,
}

/// The table's blocks, and what is written about each: its first lines, its last line.
fn cases(table: &str) -> (String, Vec<(Case, String)>) {
    let mut blocks = table.split("\n### ");
    let head = blocks.next().unwrap().trim_end().to_owned();
    let cases = blocks
        .map(|block| {
            let (title, rest) = block.split_once('\n').unwrap();
            let (text, read) = rest.rsplit_once("=> ").unwrap();
            let mut words = title.split(' ');
            let language = words.next().unwrap().to_owned();
            let means = match words.next().unwrap() {
                "yes" => Some(Partstat::Accepted),
                "no" => Some(Partstat::Declined),
                "maybe" => Some(Partstat::Tentative),
                "unclear" => None,
                other => panic!("{other} is no meaning"),
            };
            let case = Case {
                language,
                means,
                people: words.next().map(|number| number.parse().unwrap()),
                text: text.trim_end_matches('\n').to_owned(),
            };
            (case, read.trim().to_owned())
        })
        .collect();
    (head, cases)
}

fn word(partstat: Option<Partstat>) -> &'static str {
    match partstat {
        Some(Partstat::Accepted) => "yes",
        Some(Partstat::Declined) => "no",
        Some(Partstat::Tentative) => "maybe",
        Some(other) => panic!("{other:?} is no answer in plain words"),
        None => "",
    }
}

fn summary(answer: &PlainAnswer) -> String {
    let people = answer.people.map(|people| people.to_string());
    let parts = [
        word(answer.partstat),
        answer.confidence.as_str(),
        people.as_deref().unwrap_or_default(),
        answer.language.map_or("", |language| language.code()),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[derive(Default)]
struct Score {
    texts: usize,
    /// Of those with a meaning.
    answers: usize,
    certain: usize,
    certain_right: usize,
    right: usize,
    guessed: usize,
}

#[test]
fn no_certain_answer_is_wrong_and_most_answers_are_certain() {
    let table = std::fs::read_to_string(PATH).unwrap();
    let (head, cases) = cases(&table);
    assert!(cases.len() >= 150, "only {} texts", cases.len());
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut written = head + "\n";
    let mut wrong = Vec::new();
    for (case, _) in &cases {
        let answer = read_text(&case.text);
        assert_eq!(
            answer.partstat.is_none(),
            answer.confidence == Confidence::Unclear
        );
        let title = match case.means {
            None => "unclear".to_owned(),
            means => case.people.map_or(word(means).to_owned(), |people| {
                format!("{} {people}", word(means))
            }),
        };
        written += &format!(
            "\n### {} {title}\n{}\n=> {}\n",
            case.language,
            case.text,
            summary(&answer)
        );
        let score = scores.entry(&case.language).or_default();
        score.texts += 1;
        score.answers += usize::from(case.means.is_some());
        score.guessed += usize::from(answer.partstat.is_some());
        score.right += usize::from(answer.partstat.is_some() && answer.partstat == case.means);
        if answer.certain().is_some() {
            let is_right = answer.certain() == case.means
                && (answer.people == case.people || case.means != Some(Partstat::Accepted));
            score.certain += 1;
            score.certain_right += usize::from(is_right);
            if !is_right {
                wrong.push(format!("{:?}: {}", case.text, summary(&answer)));
            }
        }
    }
    println!("language texts   certain: precision recall   certain or likely: precision recall");
    for (language, score) in &scores {
        println!(
            "{language:<8} {:>5}            {:>3}/{:<3}    {:>3}/{:<3}                    {:>3}/{:<3}    {:>3}/{:<3}",
            score.texts,
            score.certain_right,
            score.certain,
            score.certain_right,
            score.answers,
            score.right,
            score.guessed,
            score.right,
            score.answers,
        );
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(PATH, &written).unwrap();
    }
    assert_eq!(wrong, Vec::<String>::new());
    let current = std::fs::read_to_string(PATH).unwrap();
    assert!(
        current == written,
        "golden/answers.txt differs; write it with UPDATE_GOLDEN=1 and read what changed"
    );
    for (language, score) in &scores {
        let enough = score.certain_right * 10 >= score.answers * 8;
        assert!(
            enough,
            "{language}: certain of {} of {}",
            score.certain_right, score.answers
        );
    }
}

const SIGNATURES: [&str; 8] = [
    "-- \nBob Byte\nI can't read mail on Fridays, no.",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Get Outlook for Android<https://aka.example/ghei36>",
    "This message is confidential and intended for the addressee only. If you are not the addressee, no.",
    "-----Original Message-----\nFrom: Alice\nYes, no, maybe.",
];

/// One of the table's texts.
fn text() -> impl Strategy<Value = String> {
    let table = std::fs::read_to_string(PATH).unwrap();
    let texts: Vec<String> = cases(&table)
        .1
        .into_iter()
        .map(|(case, _)| case.text)
        .collect();
    proptest::sample::select(texts)
}

fn said(answer: &PlainAnswer) -> (Option<Partstat>, Option<u32>, Confidence, String) {
    (
        answer.partstat,
        answer.people,
        answer.confidence,
        answer.comment.clone(),
    )
}

proptest! {
    #[test]
    fn a_signature_changes_nothing(text in text(), signature in proptest::sample::select(SIGNATURES.to_vec())) {
        let signed = read_text(&format!("{text}\n\n{signature}\n"));
        prop_assert_eq!(said(&signed), said(&read_text(&text)));
    }

    #[test]
    fn what_is_quoted_changes_nothing(text in text(), quoted in text(), is_above in any::<bool>()) {
        let quoted: Vec<String> = quoted.lines().map(|line| format!("> {line}")).collect();
        let quoted = quoted.join("\n");
        let both = if is_above {
            format!("{quoted}\n\n{text}\n")
        } else {
            format!("{text}\n\nOn Tue, 3 Mar 2026 at 10:00, Alice Ng wrote:\n{quoted}\n")
        };
        prop_assert_eq!(said(&read_text(&both)), said(&read_text(&text)));
    }

    #[test]
    fn line_ends_change_nothing(text in text()) {
        let with_crlf = text.replace('\n', "\r\n");
        let answer = read_text(&with_crlf);
        prop_assert_eq!(answer.partstat, read_text(&text).partstat);
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\PC|[\\n\\t .,?!>:]|I'll be there|nicht|si |pas |no ){0,200}") {
        let answer = read_text(&text);
        prop_assert_eq!(answer.partstat.is_none(), answer.confidence == Confidence::Unclear);
        prop_assert!(answer.comment.len() <= text.len());
    }
}

#[test]
fn what_is_beyond_the_first_64_kilobytes_is_not_looked_at() {
    let line = "and so on, and so on, with no end in sight and nothing said\n";
    let long = line.repeat(1_000_000 / line.len());
    assert_eq!(read_text(&format!("{long}I can't make it.")).partstat, None);
    let quoted = "> blah\n".repeat(1_000_000 / 7);
    let answer = read_text(&format!("I'll be there.\n\n{quoted}"));
    assert_eq!(answer.certain(), Some(Partstat::Accepted));
}

/// Each phrase looks at its neighbours; without a bound on how far, this would take minutes.
#[test]
fn a_megabyte_of_answers_in_one_sentence_is_never_certain_and_soon_read() {
    for words in [
        "no ",
        "yes and ",
        "i will not be able to come but ",
        "from:\n\n",
    ] {
        let text = words.repeat(1_000_000 / words.len());
        assert_eq!(read_text(&text).certain(), None, "{words}");
    }
}
