//! Mail in → decoded event: budget 6 of performance.md, and input that is made to take long.
//!
//! `cargo bench -p invite --bench reading`; figures are in docs/performance.md.

#![allow(missing_docs, reason = "what the macros of criterion write has none")]
#![expect(clippy::panic, reason = "a bench of the wrong thing measures nothing")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use invite::command::{Policy, Reading, Receipt, read};

/// An event of a client's, `inside` standing in it.
fn calendar(inside: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Example//Bench//EN\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n\
         BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\n\
         BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
         RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n\
         BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n\
         RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
         BEGIN:VEVENT\r\nUID:bench-1@example.net\r\nDTSTAMP:20260203T090000Z\r\nSEQUENCE:0\r\n\
         ORGANIZER;CN=Alice Ng:mailto:alice@example.net\r\n\
         DTSTART;TZID=W. Europe Standard Time:20260303T100000\r\n\
         DTEND;TZID=W. Europe Standard Time:20260303T110000\r\n\
         SUMMARY;LANGUAGE=de-DE:Überblick\r\nLOCATION:Köln\r\n{inside}\
         STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn attendees(number: usize) -> String {
    (0..number)
        .map(|n| {
            format!(
                "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;\r\n \
                 CN=\"Guest {n}\":mailto:guest{n}@example.org\r\n"
            )
        })
        .collect()
}

fn folded(name: &str, length: usize) -> String {
    let words: String = "Überblick und Ziele\\, "
        .chars()
        .cycle()
        .take(length)
        .collect();
    let lines: Vec<String> = words
        .chars()
        .collect::<Vec<_>>()
        .chunks(60)
        .map(|chunk| chunk.iter().collect())
        .collect();
    format!("{name}:{}\r\n", lines.join("\r\n "))
}

const HEADERS: &str = "Return-Path: <alice@example.net>\r\n\
    Received: from mail.example.net by inbound-smtp.example; Tue, 3 Feb 2026 09:00:02 +0000\r\n\
    Authentication-Results: amazonses.com; spf=pass; dkim=pass header.i=@example.net; dmarc=pass\r\n\
    From: Alice Ng <alice@example.net>\r\nTo: create@acme.invites.example\r\nSubject: Overview\r\n\
    Date: Tue, 3 Feb 2026 10:00:00 +0100\r\nMessage-ID: <bench-1@example.net>\r\nMIME-Version: 1.0\r\n";

/// 20 KB as clients send it: text, HTML, the calendar inline and once more attached in base64.
fn ordinary() -> Vec<u8> {
    let calendar = calendar(&(attendees(12) + &folded("DESCRIPTION", 1_500)));
    let html = "<p>Alice Ng has invited you to an overview.</p>\r\n".repeat(210);
    let mail = format!(
        "{HEADERS}Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n\
         Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nAlice Ng has invited you to an overview.\r\n--inner\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--inner\r\n\
         Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         {calendar}\r\n--inner--\r\n--outer\r\n\
         Content-Type: application/ics; name=invite.ics\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {}\r\n--outer--\r\n",
        data_encoding::BASE64_MIME.encode(calendar.as_bytes()),
    );
    mail.into_bytes()
}

fn alone(calendar: &str) -> Vec<u8> {
    format!(
        "{HEADERS}Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{calendar}"
    )
    .into_bytes()
}

fn read_mail(raw: &[u8]) -> Reading {
    read(raw, &Receipt::default(), &Policy::default())
}

fn budget_6(criterion: &mut Criterion) {
    let raw = ordinary();
    let is_decoded = read_mail(&raw)
        .calendars
        .found
        .first()
        .is_some_and(|found| {
            found
                .calendar
                .events
                .first()
                .is_some_and(|event| event.attendees.len() == 12 && event.start.is_some())
        });
    if !is_decoded || !(19_000..22_000).contains(&raw.len()) {
        panic!("not the mail it should be: {} bytes", raw.len());
    }
    let mut group = criterion.benchmark_group("mail in, event out");
    group.throughput(Throughput::Bytes(raw.len() as u64));
    group.bench_function("20 KB, inline and attached", |bencher| {
        bencher.iter(|| read_mail(black_box(&raw)));
    });
    group.finish();
}

fn made_to_take_long(criterion: &mut Criterion) {
    let dates: Vec<String> = (0..100_000)
        .map(|n| {
            format!(
                "2026{:02}{:02}T{:02}{:02}00Z",
                n % 12 + 1,
                n % 28 + 1,
                n % 24,
                n % 60
            )
        })
        .collect();
    let parts: String = (0..100_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let cases = [
        (
            "1 MB description",
            alone(&calendar(&folded("DESCRIPTION", 1_000_000))),
        ),
        ("10,000 attendees", alone(&calendar(&attendees(10_000)))),
        (
            "200,000 nested BEGINs",
            alone(&"BEGIN:VEVENT\r\n".repeat(200_000)),
        ),
        (
            "200,000 nested BEGINs of unknown names",
            alone(&"BEGIN:X\r\n".repeat(200_000)),
        ),
        (
            "one line of 10 MB",
            alone(&calendar(&format!(
                "DESCRIPTION:{}\r\n",
                "x".repeat(10_000_000)
            ))),
        ),
        (
            "100,000 EXDATEs in a line",
            alone(&calendar(&format!(
                "RRULE:FREQ=DAILY\r\nEXDATE:{}\r\n",
                dates.join(",")
            ))),
        ),
        (
            "100,000 EXDATEs in lines",
            alone(&calendar(&format!(
                "RRULE:FREQ=DAILY\r\nEXDATE:{}\r\n",
                dates.join("\r\nEXDATE:")
            ))),
        ),
        (
            "an RRULE without end",
            alone(&calendar("RRULE:FREQ=SECONDLY\r\n")),
        ),
        (
            "150,000 lines that are none",
            alone(&calendar(&"?\r\n".repeat(150_000))),
        ),
        (
            "400,000 parameters",
            alone(&calendar(&format!("X{}:1\r\n", ";A=1".repeat(400_000)))),
        ),
        (
            "190,000 folds",
            alone(&calendar(&format!(
                "DESCRIPTION:{}\r\n",
                "\u{fc}\r\n ".repeat(190_000)
            ))),
        ),
        ("blank lines that are no UTF-8", {
            let mut raw = alone(&"\n".repeat(5_000_000));
            raw.extend_from_slice(b"\xff\n ");
            raw
        }),
        (
            "colons without end",
            alone(&calendar(&format!(
                "ATTENDEE;CN=x{}\r\n",
                ":".repeat(3_000_000)
            ))),
        ),
        ("slashes without end", alone(&"e/".repeat(5_000_000))),
        (
            "100,000 nested multiparts",
            format!("{HEADERS}{parts}").into_bytes(),
        ),
    ];
    let mut group = criterion.benchmark_group("made to take long");
    group.sample_size(10);
    for (name, raw) in cases {
        group.throughput(Throughput::Bytes(raw.len() as u64));
        group.bench_function(name, |bencher| {
            // What is dropped is measured too: memory has to go.
            bencher.iter_batched(
                || (),
                |()| drop(read_mail(black_box(&raw))),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(reading, budget_6, made_to_take_long);
criterion_main!(reading);
