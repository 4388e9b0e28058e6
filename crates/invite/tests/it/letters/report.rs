//! What organizers are told of their attendee report.

use invite::{
    language::Language,
    letter::{self, Letter, Report, ReportFile, Sender},
    report::Tally,
};

use super::samples;

const TABLE: &str = "\u{feff}email,name,status,origin,prodid,evidence,delivery,when,attended,place\r\n\
    bob@b.test,Bob,accepted,api,'-//Google Inc//Google Calendar 70.9054//EN,token,delivered,2026-02-01T10:05:02Z,,\r\n\
    carol@c.test,'=cmd|' /C calc'!A0,noaction,bulk,,,bounced,,,\r\n";

pub(super) fn letters(sender: &Sender) -> Vec<(String, Letter)> {
    let event = samples::berlin().event;
    let few = Tally {
        accepted: 1,
        no_action: 1,
        ..Tally::default()
    };
    let many = Tally {
        accepted: 20_411,
        tentative: 1_204,
        declined: 3_377,
        no_action: 75_008,
    };
    [
        ("", few, ReportFile::Attached(TABLE.as_bytes())),
        ("-large", many, ReportFile::Linked),
        (
            "-nobody",
            Tally::default(),
            ReportFile::Attached(b"\xef\xbb\xbfemail\r\n"),
        ),
    ]
    .into_iter()
    .map(|(name, tally, file)| {
        let report = Report {
            event: &event,
            job: "0123456789abcdef0123",
            tally,
            file,
            at: "2026-02-01T09:00:00Z".parse().unwrap(),
        };
        let letter = letter::report(&report, sender).unwrap();
        (format!("report{name}"), letter)
    })
    .collect()
}

#[test]
fn the_link_is_to_this_report_alone_and_the_mail_has_no_file_then() {
    let sender = samples::sender(Language::English);
    let letters = letters(&sender);
    let (_, large) = letters
        .iter()
        .find(|(name, _)| name == "report-large")
        .unwrap();
    let raw = std::str::from_utf8(&large.raw)
        .unwrap()
        .replace("=\r\n", "")
        .replace("&#x2f;", "/");
    let event = samples::berlin().event;
    let link = format!(
        "https://api.acme.example/report/{}.0123456789abcdef0123.",
        event.uid
    );
    assert_eq!(raw.matches(&link).count(), 3, "{raw}");
    assert!(!raw.contains("attendees.csv"));
    let (_, small) = letters.iter().find(|(name, _)| name == "report").unwrap();
    let raw = std::str::from_utf8(&small.raw).unwrap();
    assert!(raw.contains("attendees.csv") && !raw.contains("/report/"));
}
