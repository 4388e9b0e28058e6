use super::*;

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let files = files
        .iter()
        .map(|(name, source)| ((*name).to_owned(), (*source).to_owned()));
    let faults = Templates::faults_of(Language::English, &Bundle::of(files));
    faults
        .into_iter()
        .map(|fault| format!("{}: {}", fault.file, fault.why))
        .collect()
}

#[test]
fn ours_could_ship_as_a_tenants() {
    let mut files = Vec::new();
    for letter in Template::ALL {
        for (file, source) in FILES.into_iter().zip(letter.sources()) {
            files.push((format!("{}/{file}", letter.name()), source.to_owned()));
        }
    }
    for (file, source) in super::super::SHARED {
        files.push((file.to_owned(), source.to_owned()));
    }
    for language in Language::ALL {
        let faults = Templates::faults_of(language, &Bundle::of(files.clone()));
        assert_eq!(faults, [], "{language:?}");
    }
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_what_is_allowed() {
    let subject = "Come:\n{{ event.summary }}\n";
    assert_eq!(
        faults(&[("invite/subject.txt.j2", subject)]),
        ["invite/subject.txt.j2: a subject is one line"]
    );
    // The sample never goes there.
    let unseen = "{{ event.summary }}\n{% if event.is_tentative %}{{ event.sumary }}{% endif %}";
    let [unknown] = &faults(&[("invite/subject.txt.j2", unseen)])[..] else {
        panic!("one fault");
    };
    assert!(
        unknown.starts_with(
            "invite/subject.txt.j2: line 2: nothing is named event.sumary; there are dates, "
        ),
        "{unknown}"
    );
    let long = "{{ event.summary }} ".repeat(30);
    assert_eq!(
        faults(&[("invite/subject.txt.j2", &long)]),
        ["invite/subject.txt.j2: a subject has at most 160 characters"]
    );
    let plain =
        "{% extends \"base.txt.j2\" %}{% block content %}{{ event.summary }} tonight{% endblock %}";
    let html = "<html><p>{{ event.summary }} today</p></html>";
    assert_eq!(
        faults(&[
            ("ask-back/body.txt.j2", plain),
            ("ask-back/body.html.j2", html)
        ]),
        [
            "ask-back/body.html.j2: HTML and plain text have to say the same; only HTML says: today",
            "ask-back/body.txt.j2: HTML and plain text have to say the same; only plain text says: 10115, 5, acme, berlin, \
             example, gmbh, hauptstraße, help, https, tonight"
        ]
    );
    assert_eq!(
        faults(&[("invite/body.html.j2", "{{ event.summary.x.y }}")]).len(),
        1
    );
    assert_eq!(faults(&[("en.ftl", "where = Place\n")]), [""; 0]);
    assert_eq!(
        faults(&[("en.ftl", "where = Place\n"), ("de.ftl", "= x\n")]),
        [""; 0]
    );
}
