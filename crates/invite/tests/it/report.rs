//! The attendee report, read back as a program reads CSV.

use invite::{
    address::{Address, Mailbox},
    csv::Csv,
    delivery::{DeliveryState, Fact, Posted, Unwanted},
    event::{Answer, Attendee, Event, Evidence, Origin, Place, Stamp},
    ical::Partstat,
    id::Digest,
    report::{COLUMNS, Tally, write_row},
};
use jiff::Timestamp;
use proptest::prelude::*;

use super::letters::samples;

fn kickoff() -> Event {
    samples::berlin().event
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stamp(sequence: u32) -> Stamp {
    Stamp {
        sequence,
        dtstamp: at("2026-03-01T10:05:00Z"),
    }
}

fn attendee(email: &str, name: Option<&str>) -> Attendee {
    let mailbox = Mailbox {
        address: Address::parse(email).unwrap(),
        name: name.map(str::to_owned),
    };
    Attendee::invited(mailbox, Origin::Bulk, at("2026-03-01T10:00:00Z"))
}

fn answered(attendee: Attendee, partstat: Partstat, prodid: &str) -> Attendee {
    let answer = Answer {
        instance: None,
        partstat,
        stamp: stamp(0),
        arrived: at("2026-03-01T10:05:02Z"),
        prodid: Some(prodid.to_owned()),
        evidence: Evidence::Token,
        earlier_version: false,
        comment: None,
        people: None,
        mail_id: "m1".to_owned(),
        digest: Digest::of_text("a mail"),
    };
    Attendee {
        partstat,
        history: vec![answer],
        ..attendee
    }
}

/// The rows of a report, without the header, as a reader of CSV has them.
fn read_back(text: &str) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn written(event: &Event, people: &[(Attendee, Posted)]) -> (String, Tally) {
    let mut csv = Csv::with_columns(&COLUMNS);
    let mut tally = Tally::default();
    for (attendee, posted) in people {
        write_row(&mut csv, &mut tally, event, attendee, posted);
    }
    (csv.text(), tally)
}

#[test]
fn a_row_says_who_what_he_answered_by_what_evidence_where_his_mail_stands_whether_he_came_and_had_a_place()
 {
    let event = kickoff();
    let mut bob = answered(
        attendee("bob@b.test", Some("Bob, \"the\" builder")),
        Partstat::Accepted,
        "-//Google Inc//Google Calendar 70.9054//EN",
    );
    bob.attended = Some(at("2026-03-03T09:55:00Z"));
    bob.place = Some(Place::Seat);
    let fact = Fact {
        state: DeliveryState::Delivered,
        revision: 1,
        letter: "invite".to_owned(),
        at: at("2026-03-01T10:01:00Z"),
        code: None,
        words: None,
    };
    let delivered = Posted {
        sent_revision: Some(1),
        delivery: [fact].into_iter().collect(),
        ..Posted::default()
    };
    let withheld = Posted {
        withheld: Some(Unwanted::Blocked),
        ..Posted::default()
    };
    let carol = attendee("carol@c.test", Some("=cmd|' /C calc'!A0"));
    let (text, tally) = written(&event, &[(bob, delivered), (carol, withheld)]);
    assert_eq!(
        text,
        "\u{feff}email,name,status,origin,prodid,evidence,delivery,when,attended,place\r\n\
         bob@b.test,\"Bob, \"\"the\"\" builder\",accepted,bulk,'-//Google Inc//Google Calendar 70.9054//EN,token,delivered,\
         2026-03-01T10:05:02Z,2026-03-03T09:55:00Z,seat\r\n\
         carol@c.test,'=cmd|' /C calc'!A0,noaction,bulk,,,withheld,,,\r\n"
    );
    assert_eq!((tally.accepted, tally.no_action, tally.rows()), (1, 1, 2));
}

#[test]
fn an_answer_to_how_the_event_was_before_it_moved_is_none() {
    let mut event = kickoff();
    event.open_since = 1;
    let bob = answered(attendee("bob@b.test", None), Partstat::Declined, "x");
    let (text, tally) = written(&event, &[(bob, Posted::default())]);
    assert_eq!(
        read_back(&text),
        [[
            "bob@b.test",
            "",
            "noaction",
            "bulk",
            "",
            "",
            "waiting",
            "",
            "",
            ""
        ]]
    );
    assert_eq!((tally.declined, tally.no_action), (0, 1));
}

proptest! {
    #[test]
    fn a_reader_of_csv_finds_what_was_stored_and_a_spreadsheet_no_formula(
        people in proptest::collection::vec(
            ("[a-z+=@-]{0,3}[a-z]{1,8}", "(=|\\+|-|@|\t|\r|\n| )?(\\PC|[\r\n\",;=\t']){0,80}", "(\\PC|[\r\n\",]){0,80}"),
            0..12,
        ),
        cut in 0_usize..12,
    ) {
        let event = kickoff();
        let stored: Vec<(Attendee, Posted)> = people
            .iter()
            .filter_map(|(local, name, prodid)| {
                let email = format!("{local}@b.test");
                Address::parse(&email)?;
                let attendee = attendee(&email, Some(name.as_str()).filter(|name| !name.is_empty()));
                Some((answered(attendee, Partstat::Tentative, prodid), Posted::default()))
            })
            .collect();
        // In two pieces, as it is written where it is long.
        let cut = cut.min(stored.len());
        let (mut text, mut tally) = written(&event, &stored[..cut]);
        let mut rest = Csv::continued();
        for (attendee, posted) in &stored[cut..] {
            write_row(&mut rest, &mut tally, &event, attendee, posted);
        }
        text.push_str(std::str::from_utf8(&rest.take()).unwrap());

        let rows = read_back(&text);
        prop_assert_eq!(rows.len(), stored.len());
        prop_assert_eq!(tally.rows(), stored.len() as u64);
        for (row, (attendee, _)) in rows.iter().zip(&stored) {
            let prodid = attendee.history[0].prodid.clone().unwrap();
            let name = attendee.mailbox.name.clone().unwrap_or_default();
            for (cell, stored) in [(&row[0], attendee.mailbox.address.as_str()), (&row[1], &name), (&row[4], &prodid)] {
                let as_text = cell.strip_prefix('\'').unwrap_or(cell);
                prop_assert!(cell == stored || as_text == stored, "{cell:?} of {stored:?}");
            }
            for cell in row {
                let begins = cell.trim_start_matches([' ', '\u{feff}']).chars().next();
                let is_number = cell.parse::<f64>().is_ok();
                prop_assert!(is_number || !matches!(begins, Some('=' | '+' | '-' | '@' | '\t' | '\r')), "{cell:?}");
            }
        }
    }
}
