//! Streams made to cost time or to break the reader.

use std::fmt::Write;

use invite::mail::{self, tnef};
use proptest::prelude::*;

use super::{
    blobs::Changed,
    samples::{self, fortnightly, kickoff},
    writer::{Properties, Stream, Value},
};

/// Both halves: what is read, and what is written of it.
fn read(bytes: &[u8]) -> usize {
    let (parts, problems) = mail::decode_tnef(bytes);
    assert!(problems.len() < 200, "{} problems", problems.len());
    parts.iter().map(|part| part.text.len()).sum()
}

#[test]
fn a_stream_cut_anywhere_is_read_without_a_panic() {
    for sample in samples::all() {
        let bytes = sample.stream.bytes();
        for end in 0..bytes.len() {
            read(&bytes[..end]);
        }
    }
}

#[test]
fn two_hundred_thousand_attributes_are_not_all_read() {
    let mut stream = Stream::new(1252);
    for _ in 0..200_000 {
        stream.attribute(1, 0x0006_9003, &[]);
    }
    let (read, problems) = tnef::read(&stream.bytes());
    assert_eq!(read.outcome(), tnef::Outcome::NoMeeting);
    assert!(
        problems
            .iter()
            .any(|problem| problem.code == "tnef-too-large")
    );
}

#[test]
fn counts_that_promise_more_than_there_is_cost_nothing() {
    for kind in [
        0x0000, 0x0003, 0x1000, 0x1001, 0x1003, 0x001e, 0x101f, 0x0102,
    ] {
        let lists = [
            vec![0xff; 4],
            [&[0xff; 4][..], &u32::to_le_bytes(kind), &[0xff; 8]].concat(),
            [
                &[0xff; 4][..],
                &u32::to_le_bytes(kind),
                &[0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0],
            ]
            .concat(),
        ];
        for list in lists {
            for id in [0x0006_9003, 0x0006_9004, 0x0006_9005] {
                let mut stream = Stream::new(1252);
                stream.class("IPM.Appointment");
                stream.attribute(1, id, &list);
                read(&stream.bytes());
            }
        }
    }
}

#[test]
fn recipients_and_properties_without_number_are_bounded() {
    let mut stream = Stream::new(1252);
    stream.properties(&kickoff());
    // 400,000 recipients of whom nothing is known.
    let rows = [&400_000_u32.to_le_bytes()[..], &vec![0; 1_600_000]].concat();
    stream.attribute(1, 0x0006_9004, &rows);
    // 400,000 properties of four bytes and nothing.
    let list = [&400_000_u32.to_le_bytes()[..], &vec![0; 1_600_000]].concat();
    stream.attribute(2, 0x0006_9005, &list);
    assert!(read(&stream.bytes()) < 10_000);
}

#[test]
fn a_series_of_which_everything_is_changed_does_not_fill_the_memory() {
    let changed = |n: i32| {
        let original = fortnightly().start + jiff::Span::new().days(14 * n);
        Changed {
            original,
            start: original,
            end: original,
            subject: Some("x".to_owned()),
            location: None,
        }
    };
    let mut recurrence = fortnightly();
    recurrence.changed = (0..1_000).map(changed).collect();
    let recipients: Vec<_> = (0..1_000)
        .map(|n| {
            Properties::new()
                .tag(0x3003, Value::Narrow(format!("a{n}@a.test").into_bytes()))
                .tag(0x0c15, Value::Number(1))
        })
        .collect();
    let mut stream = Stream::new(1252);
    stream.properties(&kickoff().appointment(0x8216, Value::Bytes(recurrence.bytes())));
    stream.recipients(&recipients);
    let (parts, problems) = mail::decode_tnef(&stream.bytes());
    assert!(parts.is_empty());
    assert_eq!(problems[0].code, "tnef-too-large");
}

#[test]
fn messages_within_messages_end_somewhere() {
    let mut stream = Stream::new(1252);
    stream.properties(&kickoff());
    for _ in 0..50 {
        let mut outer = Stream::new(1252);
        outer.message(&stream);
        stream = outer;
    }
    let (parts, problems) = mail::decode_tnef(&stream.bytes());
    assert!(parts.is_empty());
    assert_eq!(problems[0].code, "tnef-too-large");
}

#[test]
fn what_is_called_winmail_and_is_none_is_said_so() {
    for bytes in [&b""[..], b"x", b"\x78\x9f\x3e", b"PK\x03\x04"] {
        let (tnef, problems) = tnef::read(bytes);
        assert_eq!(tnef.outcome(), tnef::Outcome::Damaged);
        assert_eq!(problems[0].code, "not-tnef");
    }
    let (_, problems) = tnef::read(&vec![0; tnef::MAX_BYTES + 1]);
    assert_eq!(problems[0].code, "tnef-too-large");
}

#[test]
fn no_value_gets_out_of_its_line() {
    let hostile = "a\r\nATTENDEE:mailto:x@x.test\r\n\"^;:,\\\u{7f}\u{0}b";
    let properties = kickoff()
        .tag(0x0037, hostile)
        .tag(0x0042, hostile)
        .tag(0x1000, hostile)
        .appointment(0x8208, hostile)
        .appointment(0x8234, hostile)
        .keywords(&[hostile]);
    let mut stream = Stream::new(1252);
    stream.properties(&properties);
    let (parts, _) = mail::decode_tnef(&stream.bytes());
    let (calendars, problems) = invite::ical::read(&parts[0].text);
    assert_eq!(problems, []);
    assert_eq!(calendars[0].events[0].attendees.len(), 0);
}

proptest! {
    #[test]
    fn flipped_bits_are_read_without_a_panic(
        which in 0_usize..17,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..20),
    ) {
        let mut bytes = samples::all()[which].stream.bytes();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        read(&bytes);
    }

    #[test]
    fn any_property_list_is_read_without_a_panic(
        list in prop::collection::vec(any::<u8>(), 0..300),
        recurrence in prop::collection::vec(any::<u8>(), 0..200),
        zone in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut stream = Stream::new(1252);
        stream.properties(
            &kickoff()
                .appointment(0x8216, Value::Bytes([&[4, 0x30, 4, 0x30, 0x0b, 0x20, 1, 0, 0, 0][..], &recurrence].concat()))
                .appointment(0x825e, Value::Bytes([&[2, 1][..], &zone].concat()))
                .appointment(0x8233, Value::Bytes(zone))
                .tag(0x1009, Value::Bytes(recurrence)),
        );
        stream.attribute(1, 0x0006_9004, &list);
        stream.attribute(2, 0x0006_9005, &list);
        read(&stream.bytes());
    }

    #[test]
    fn any_rtf_is_read_without_a_panic(pieces in prop::collection::vec(prop_oneof![
        Just(r"\u-10179".to_owned()), Just(r"\'e9".to_owned()), Just("{".to_owned()), Just("}".to_owned()),
        Just(r"\*\htmltag1 ".to_owned()), Just(r"\fonttbl\f1\fcharset204".to_owned()), Just(r"\uc9".to_owned()),
        r"\\[a-z]{1,9}-?[0-9]{0,12} ?", "[ -~]{0,9}",
    ], 0..60)) {
        let mut rtf = String::new();
        for piece in pieces {
            write!(rtf, "{piece}").unwrap();
        }
        let body = compressed_rtf::compress_rtf(&rtf).unwrap();
        let mut stream = Stream::new(1252);
        stream.properties(&kickoff().tag(0x1000, "").tag(0x1009, Value::Bytes(body)));
        read(&stream.bytes());
    }
}
