//! Messages as Outlook and Exchange wrap them; each is a mail in `golden/tnef/`, with the calendar it is read as.

use jiff::civil::date;

use super::{
    blobs::{Changed, Recurrence, object_id, zone, zone_struct},
    writer::{Properties, Stream, Value, at, counted, triple, zero_ended},
};

/// Months, weeks, weekdays and hours at which Central Europe changes its clocks: to standard time, to daylight time.
pub(crate) const EUROPE: Option<[(u16, u16, u16, u16); 2]> = Some([(10, 5, 0, 3), (3, 5, 0, 2)]);
const AMERICA: Option<[(u16, u16, u16, u16); 2]> = Some([(11, 1, 0, 2), (3, 2, 0, 2)]);

const VCAL_UID: &[u8] = b"vCal-Uid\x01\0\0\0kickoff-1@a.test\0";

/// A mail with a winmail.dat in it.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) stream: Stream,
}

/// What every message of alice's about the kickoff says.
pub(crate) fn kickoff() -> Properties {
    Properties::new()
        .tag(0x001a, "IPM.Schedule.Meeting.Request")
        .tag(0x0037, "Kickoff, all teams 会議")
        .tag(0x0042, "Alice Ng")
        .tag(0x0064, "SMTP")
        .tag(0x0065, "alice@a.test")
        .tag(0x0063, Value::Flag(true))
        .tag(0x1000, "Dear all,\r\n\r\nagenda: start; plan.\r\n")
        .appointment(0x8201, Value::Number(2))
        .appointment(0x8205, Value::Number(1))
        .appointment(0x8224, Value::Number(2))
        .appointment(0x8208, "Room 4; 5th floor")
        .appointment(0x820d, at("2026-03-03T09:00:00Z"))
        .appointment(0x820e, at("2026-03-03T10:30:00Z"))
        .appointment(0x8215, Value::Flag(false))
        .appointment(0x825e, Value::Bytes(berlin()))
        .meeting(0x0003, Value::Bytes(object_id(None, VCAL_UID)))
        .meeting(0x0023, Value::Bytes(object_id(None, VCAL_UID)))
        .meeting(0x001a, at("2026-02-20T08:15:30Z"))
}

fn berlin() -> Vec<u8> {
    zone("W. Europe Standard Time", -60, EUROPE)
}

fn recipient(name: &str, address: &str, kind: i32) -> Properties {
    Properties::new()
        .tag(0x3001, name)
        .tag(0x3002, "SMTP")
        .tag(0x3003, address)
        .tag(0x0c15, Value::Number(kind))
}

fn stream(properties: &Properties, recipients: &[Properties]) -> Stream {
    let mut stream = Stream::new(1252);
    stream.properties(properties);
    if !recipients.is_empty() {
        stream.recipients(recipients);
    }
    stream
}

/// Every second Tuesday at ten, as alice's series of six.
pub(crate) fn fortnightly() -> Recurrence {
    Recurrence {
        frequency: 0x200b,
        kind: 1,
        period: 2,
        details: vec![0b0000_0100],
        end: (0x2022, 6),
        deleted: vec![],
        start: date(2026, 3, 3).at(10, 0, 0, 0),
        minutes: 90,
        last: Some(date(2026, 5, 12)),
        changed: vec![],
    }
}

fn series(recurrence: &Recurrence) -> Properties {
    kickoff()
        .appointment(0x8216, Value::Bytes(recurrence.bytes()))
        .appointment(0x8223, Value::Flag(true))
        .appointment(0x8260, Value::Bytes(berlin()))
}

fn answer(class: &str) -> Properties {
    kickoff()
        .tag(0x001a, class)
        .tag(0x0037, "Accepted: Kickoff")
        .tag(0x0042, "Bob Näslund")
        .tag(0x0065, "bob@b.test")
        .tag(0x1000, "With pleasure.")
        .meeting(0x0001, at("2026-02-21T12:00:00Z"))
}

pub(crate) fn all() -> Vec<Sample> {
    let alice = "Alice Ng <alice@a.test>";
    let bob = "Bob Naslund <bob@b.test>";
    let create = "create@acme.invites.example";
    let signed = "alice-ng+k7f3q2zr5m4x2c6d@acme.invites.example";
    let sample = |name, stream| Sample {
        name,
        from: alice,
        to: create,
        stream,
    };
    let answered = |name, stream| Sample {
        name,
        from: bob,
        to: signed,
        stream,
    };
    let invited = [
        recipient("Alice Ng", "alice@a.test", 1).tag(0x5ffd, Value::Number(3)),
        recipient("Invitations", create, 1),
        recipient("Bob Näslund", "bob@b.test", 1).tag(0x5fff, Value::Number(3)),
        recipient("Carol", "carol@c.test", 2).tag(0x5fff, Value::Number(4)),
        recipient("Beamer", "beamer@a.test", 3),
        // Inside of one Exchange organization.
        recipient("Dora", "/o=acme/ou=first/cn=recipients/cn=dora", 1).tag(0x3002, "EX"),
        recipient("Emil", "/o=acme/ou=first/cn=recipients/cn=emil", 1)
            .tag(0x3002, "EX")
            .tag(0x39fe, "emil@a.test"),
    ];
    let mut changed = fortnightly();
    changed.deleted = vec![date(2026, 3, 31)];
    changed.changed = vec![Changed {
        original: date(2026, 3, 17).at(10, 0, 0, 0),
        start: date(2026, 3, 18).at(14, 0, 0, 0),
        end: date(2026, 3, 18).at(15, 0, 0, 0),
        subject: Some("Kickoff 会議, second".to_owned()),
        location: Some("Online".to_owned()),
    }];
    let mut every_month = fortnightly();
    every_month.frequency = 0x200c;
    every_month.kind = 3;
    every_month.period = 1;
    every_month.details = vec![0b0010_0000, 5];
    every_month.end = (0x2021, 4);
    every_month.start = date(2026, 3, 27).at(10, 0, 0, 0);
    every_month.last = Some(date(2026, 6, 26));
    let day = kickoff()
        .appointment(0x8215, Value::Flag(true))
        .appointment(0x8205, Value::Number(0))
        .appointment(0x8224, Value::Number(0))
        .appointment(0x820d, at("2026-03-02T23:00:00Z"))
        .appointment(0x820e, at("2026-03-04T23:00:00Z"));
    vec![
        sample(
            "request",
            stream(
                &kickoff()
                    .common(0x8503, Value::Flag(true))
                    .common(0x8501, Value::Number(15))
                    .tag(0x0036, Value::Number(2))
                    .tag(0x0017, Value::Number(2))
                    .keywords(&["Team", "Start, up"]),
                &invited,
            ),
        ),
        sample("request-of-two-days", stream(&day, &[])),
        sample("request-by-a-delegate", {
            let properties = kickoff()
                .tag(0x0c1a, "Dan")
                .tag(0x0c1e, "SMTP")
                .tag(0x0c1f, "dan@a.test");
            stream(&properties, &[])
        }),
        sample("request-from-within-exchange-with-rich-text", {
            let text = r"{\rtf1\ansi\ansicpg1252\fromtext {\fonttbl{\f0\fswiss Arial;}}\f0 Gr\'fc\'dfe \u8364?\par Alice}";
            let body = compressed_rtf::compress_rtf(text).unwrap();
            let properties = kickoff()
                .tag(0x0064, "EX")
                .tag(0x0065, "/o=acme/ou=first/cn=recipients/cn=alice")
                .tag(0x1000, "")
                .tag(0x1009, Value::Bytes(body))
                .appointment(
                    0x825e,
                    Value::Bytes(zone("Pacific Standard Time", 480, AMERICA)),
                )
                .meeting(0x0003, Value::Bytes(object_id(None, &[0xab; 16])))
                .meeting(0x0023, Value::Bytes(object_id(None, &[0xab; 16])));
            stream(&properties, &[])
        }),
        sample(
            "series-of-six-with-one-changed-and-one-taken-out",
            stream(&series(&changed), &invited),
        ),
        sample(
            "series-on-the-last-friday-of-the-month",
            stream(
                &series(&every_month)
                    .appointment(0x820d, at("2026-03-27T09:00:00Z"))
                    .appointment(0x820e, at("2026-03-27T10:30:00Z")),
                &[],
            ),
        ),
        sample(
            "instance-of-a-series-moved",
            stream(
                &kickoff()
                    .appointment(0x8228, at("2026-03-17T09:00:00Z"))
                    .appointment(0x820d, at("2026-03-18T13:00:00Z"))
                    .appointment(0x820e, at("2026-03-18T14:00:00Z"))
                    .meeting(
                        0x0003,
                        Value::Bytes(object_id(Some(date(2026, 3, 17)), VCAL_UID)),
                    ),
                &[],
            ),
        ),
        sample(
            "instance-of-a-series-canceled",
            stream(
                &kickoff()
                    .tag(0x001a, "IPM.Schedule.Meeting.Canceled")
                    .tag(0x0037, "Canceled: Kickoff")
                    .appointment(0x820d, at("2026-03-17T09:00:00Z"))
                    .appointment(0x820e, at("2026-03-17T10:30:00Z"))
                    // 10:00:00 in six bits each.
                    .meeting(0x000e, Value::Number(10 << 12))
                    .meeting(
                        0x0003,
                        Value::Bytes(object_id(Some(date(2026, 3, 17)), VCAL_UID)),
                    ),
                &[],
            ),
        ),
        sample(
            "cancel",
            stream(
                &kickoff()
                    .tag(0x001a, "IPM.Schedule.Meeting.Canceled")
                    .tag(0x0037, "Canceled: Kickoff")
                    .appointment(0x8201, Value::Number(3)),
                &invited,
            ),
        ),
        answered(
            "reply-accepted",
            stream(
                &answer("IPM.Schedule.Meeting.Resp.Pos"),
                &[recipient("Alice Ng", signed, 1)],
            ),
        ),
        answered(
            "reply-declined-without-recipients",
            stream(&answer("IPM.Schedule.Meeting.Resp.Neg"), &[]),
        ),
        answered(
            "counter",
            stream(
                &answer("IPM.Schedule.Meeting.Resp.Tent")
                    .appointment(0x8257, Value::Flag(true))
                    .appointment(0x8250, at("2026-03-04T09:00:00Z"))
                    .appointment(0x8251, at("2026-03-04T10:30:00Z")),
                &[],
            ),
        ),
        answered("reply-in-the-words-of-schedule-plus", {
            let mut stream = Stream::new(1251);
            stream.class("IPM.Microsoft Schedule.MtgRespA");
            stream.attribute(1, 0x0001_8004, &zero_ended(b"\xcf\xeb\xe0\xed"));
            stream.attribute(1, 0x0002_800c, &zero_ended(b"maybe\r\n"));
            stream.attribute(1, 0x0000_8000, &triple(b"Bob", "SMTP:bob@b.test"));
            stream.attribute(
                1,
                0x0006_0000,
                &counted(b"Alice", &format!("SMTP:{signed}")),
            );
            stream.attribute(1, 0x0006_0001, &counted(b"\xc1\xee\xe1", "SMTP:bob@b.test"));
            stream.attribute(
                1,
                0x0003_0006,
                &super::writer::date(date(2026, 3, 3).at(10, 0, 0, 0)),
            );
            stream.attribute(
                1,
                0x0003_0007,
                &super::writer::date(date(2026, 3, 3).at(11, 0, 0, 0)),
            );
            let properties = Properties::new()
                .meeting(0x0003, Value::Bytes(object_id(None, VCAL_UID)))
                .meeting(0x0001, at("2026-02-21T12:00:00Z"));
            stream.properties(&properties);
            stream
        }),
        sample(
            "appointment-passed-on",
            stream(
                &kickoff()
                    .tag(0x001a, "IPM.Appointment")
                    .tag(0x1000, Value::Narrow(b"\xdcber alles".to_vec()))
                    .appointment(0x825e, Value::Bytes(vec![]))
                    .appointment(0x8233, Value::Bytes(zone_struct(-180, None)))
                    .appointment(0x8234, "(GMT+03:00) Moscow, St. Petersburg, Volgograd"),
                &[],
            ),
        ),
        sample("calendar-attached", {
            let mut stream = stream(&Properties::new().tag(0x001a, "IPM.Note"), &[]);
            stream.file("notes.txt", b"Nothing here.");
            stream.file(
                "invite.ics",
                b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:attached\r\n\
                  DTSTART:20260303T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            );
            stream
        }),
        sample("request-passed-on", {
            let mut outer = stream(&Properties::new().tag(0x001a, "IPM.Note"), &[]);
            outer.message(&stream(&kickoff(), &invited));
            outer
        }),
        sample(
            "note",
            stream(
                &Properties::new()
                    .tag(0x001a, "IPM.Note")
                    .tag(0x1000, "Hello"),
                &[],
            ),
        ),
    ]
}
