//! Every TNEF file of the corpus, bare or in a mail.

use std::fs;

use invite::{
    ical,
    mail::{self, tnef},
};

use crate::corpus::{corpus, files};

/// Those with a calendar item in them, by their file's name, and what it is about.
const APPOINTMENTS: [(&str, &str, &str, &str); 2] = [
    // name, SUMMARY, LOCATION, start
    (
        "triples.tnef",
        "Sample Summary",
        "Sample Location",
        "2003-05-23T14:00:00Z",
    ),
    (
        "multi-name-property.tnef",
        "Pfingstmontag",
        "Deutschland",
        "2003-06-09T00:00:00Z",
    ),
];

#[test]
fn every_calendar_item_of_the_corpus_is_read() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    files(&corpus, &mut all);
    let (mut streams, mut meetings, mut without, mut damaged) = (0, 0, 0, 0);
    for path in all {
        let bytes = fs::read(&path).unwrap();
        let (parts, problems, outcome) = if tnef::is_tnef(&bytes) {
            let (parts, problems) = mail::decode_tnef(&bytes);
            (parts, problems, tnef::read(&bytes).0.outcome())
        } else {
            let (mail, problems) = mail::read(&bytes);
            let Some(outcome) = mail.tnef else { continue };
            (mail.calendars, problems, outcome)
        };
        streams += 1;
        let path = path.strip_prefix(&corpus).unwrap().display().to_string();
        let codes: Vec<_> = problems.iter().map(|problem| &problem.text).collect();
        println!("{path}: {outcome:?} {codes:?}");
        match outcome {
            tnef::Outcome::Meeting => meetings += 1,
            tnef::Outcome::NoMeeting => without += 1,
            tnef::Outcome::Damaged => damaged += 1,
        }
        let expected = APPOINTMENTS.iter().find(|(name, ..)| path.ends_with(name));
        assert_eq!(
            outcome == tnef::Outcome::Meeting,
            expected.is_some(),
            "{path}: {outcome:?}"
        );
        if let Some((_, summary, location, start)) = expected {
            let (calendars, problems) = ical::read(&parts[0].text);
            assert_eq!(problems, []);
            let event = &calendars[0].events[0];
            assert_eq!(event.summary.as_deref(), Some(*summary));
            assert_eq!(event.location.as_deref(), Some(*location));
            assert_eq!(event.start.as_ref().unwrap().instant().to_string(), *start);
        }
    }
    println!(
        "{streams} streams: {meetings} with a calendar item, {without} without, {damaged} damaged"
    );
    assert!(streams >= 46, "only {streams}");
}
