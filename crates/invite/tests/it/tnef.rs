//! Meetings in winmail.dat: golden mails written here, and every TNEF file of the corpus.
//!
//! `UPDATE_GOLDEN=1 cargo test -p invite tnef` writes the golden files anew; read the difference before you commit it.

mod blobs;
mod corpus;
mod hostile;
mod samples;
mod series;
mod writer;

use std::{fs, path::PathBuf};

use data_encoding::BASE64;
use invite::{
    command::{Policy, Reading, Receipt, RefusalReason, Verdict, read},
    ical::{Method, Partstat},
    mail::{self, Source, tnef},
};

use samples::Sample;

impl Sample {
    /// The mail, winmail.dat in base64.
    fn mail(&self) -> String {
        let encoded = BASE64.encode(&self.stream.bytes());
        let lines: Vec<_> = encoded
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: Fri, 20 Feb 2026 09:15:31 +0100\r\n\
             Message-ID: <{}@a.test>\r\nMIME-Version: 1.0\r\n\
             Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            self.from,
            self.to,
            self.name,
            self.name,
            lines.join("\r\n")
        )
    }

    fn reading(&self) -> Reading {
        let mail = self.mail();
        let (address, _) = mail::read(mail.as_bytes());
        let receipt = Receipt {
            mail_id: "mail-1".to_owned(),
            recipients: address.recipients.clone(),
            envelope_from: address.from.first().map(|from| from.address.clone()),
            dmarc: Verdict::Pass,
            ..Receipt::default()
        };
        let policy = Policy {
            mail_domain: "acme.invites.example".to_owned(),
            ..Policy::default()
        };
        read(mail.as_bytes(), &receipt, &policy)
    }
}

fn sample(name: &str) -> Sample {
    samples::all()
        .into_iter()
        .find(|sample| sample.name == name)
        .unwrap()
}

/// The calendars as text, and the problems.
fn read_as(sample: &Sample) -> String {
    let (mail, problems) = mail::read(sample.mail().as_bytes());
    let mut out = String::new();
    for part in &mail.calendars {
        if part.forwarded {
            out.push_str("forwarded\r\n");
        }
        out.push_str(&part.text);
    }
    for problem in problems {
        out.push_str(&format!("{}: {}\r\n", problem.code, problem.text));
    }
    out
}

#[test]
fn winmail_is_read_as_it_was() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/tnef");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    if update {
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
    let mut differing = Vec::new();
    for sample in samples::all() {
        for (end, text) in [("eml", sample.mail()), ("ics", read_as(&sample))] {
            let path = folder.join(format!("{}.{end}", sample.name));
            if update {
                fs::write(&path, text).unwrap();
            } else if fs::read_to_string(&path).ok() != Some(text) {
                differing.push(path);
            }
        }
    }
    assert!(differing.is_empty(), "these differ: {differing:#?}");
}

#[test]
fn a_request_in_winmail_is_taken_up_like_any_other() {
    let reading = sample("request").reading();
    // Dora has no address outside of Exchange.
    let problems: Vec<_> = reading
        .problems
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(problems, ["invalid-value"]);
    let Ok(invite::command::Command::Request(request)) = reading.command else {
        panic!("{:?}", reading.command);
    };
    assert_eq!(request.client_uid, "kickoff-1@a.test");
    let whole = request.whole.unwrap();
    assert_eq!(whole.stamp.sequence, 2);
    assert_eq!(whole.stamp.dtstamp.to_string(), "2026-02-20T08:15:30Z");
    assert_eq!(whole.details.summary, "Kickoff, all teams 会議");
    assert_eq!(reading.mail.calendars[0].source, Source::Tnef);
}

#[test]
fn an_answer_in_winmail_is_an_answer() {
    for (name, partstat) in [
        ("reply-accepted", Partstat::Accepted),
        ("reply-declined-without-recipients", Partstat::Declined),
        ("reply-in-the-words-of-schedule-plus", Partstat::Tentative),
    ] {
        let reading = sample(name).reading();
        let Ok(invite::command::Command::Reply(reply)) = reading.command else {
            panic!("{name}: {:?}", reading.command);
        };
        assert_eq!(reply.by.uid, "kickoff-1@a.test", "{name}");
        assert_eq!(reply.by.attendee.unwrap().address.as_str(), "bob@b.test");
        assert_eq!(reply.answers[0].partstat, Some(partstat), "{name}");
        let stamp = reply.answers[0].stamp;
        assert_eq!(stamp.dtstamp.to_string(), "2026-02-21T12:00:00Z");
    }
}

#[test]
fn each_message_class_is_its_method() {
    let of = |class: &str| {
        let mut stream = writer::Stream::new(1252);
        stream.properties(&samples::kickoff().tag(0x001a, class));
        let (parts, _) = mail::decode_tnef(&stream.bytes());
        let (calendars, _) = invite::ical::read(&parts.first()?.text);
        calendars[0].method
    };
    for (class, method) in [
        ("IPM.Schedule.Meeting.Request", Some(Method::Request)),
        ("ipm.schedule.meeting.request", Some(Method::Request)),
        ("IPM.Schedule.Meeting.Request.Acme", Some(Method::Request)),
        ("IPM.Microsoft Schedule.MtgReq", Some(Method::Request)),
        ("IPM.Schedule.Meeting.Canceled", Some(Method::Cancel)),
        ("IPM.Microsoft Schedule.MtgCncl", Some(Method::Cancel)),
        ("IPM.Schedule.Meeting.Resp.Pos", Some(Method::Reply)),
        ("IPM.Microsoft Schedule.MtgRespP", Some(Method::Reply)),
        ("IPM.Schedule.Meeting.Resp.Neg", Some(Method::Reply)),
        ("IPM.Microsoft Schedule.MtgRespN", Some(Method::Reply)),
        ("IPM.Schedule.Meeting.Resp.Tent", Some(Method::Reply)),
        ("IPM.Microsoft Schedule.MtgRespA", Some(Method::Reply)),
        ("IPM.Appointment", Some(Method::Publish)),
        ("IPM.Appointments", None),
        ("IPM.Schedule.Meeting.Notification.Forward", None),
        ("IPM.Note", None),
        ("IPM.Microsoft Mail.Note", None),
        ("", None),
    ] {
        assert_eq!(of(class), method, "{class}");
    }
}

#[test]
fn text_calendar_beside_winmail_wins() {
    let winmail = BASE64.encode(&sample("request").stream.bytes());
    let mail = |calendar: &str| {
        let text = format!(
            "From: alice@a.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{calendar}\r\n--x\r\n\
             Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{winmail}\r\n--x--\r\n"
        );
        mail::read(text.as_bytes()).0
    };
    let calendar = "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    let both = mail(calendar);
    assert_eq!(both.calendars.len(), 1);
    assert_eq!(both.calendars[0].source, Source::Calendar);
    assert_eq!(both.tnef, None);
    // One that was only passed on is not the sender's.
    let passed_on = mail(&format!(
        "Content-Type: message/rfc822\r\n\r\nFrom: bob@b.test\r\n{calendar}"
    ));
    let sources: Vec<_> = passed_on
        .calendars
        .iter()
        .map(|part| (part.source, part.forwarded))
        .collect();
    assert_eq!(sources, [(Source::Calendar, true), (Source::Tnef, false)]);
}

#[test]
fn a_winmail_without_a_meeting_is_refused_by_its_own_name() {
    let note = sample("note").reading();
    assert_eq!(note.mail.tnef, Some(tnef::Outcome::NoMeeting));
    assert_eq!(note.problems[0].code, "tnef-without-meeting");
    assert_eq!(
        note.command.unwrap_err().reason,
        RefusalReason::NoMeetingInTnef
    );
    let mut broken = sample("request");
    broken.stream = writer::Stream::new(1252);
    broken.stream.properties(
        &samples::kickoff().appointment(0x8216, writer::Value::Bytes(b"no recurrence".to_vec())),
    );
    let broken = broken.reading();
    assert_eq!(broken.mail.tnef, Some(tnef::Outcome::Damaged));
    assert_eq!(broken.problems[0].code, "tnef-invalid-property");
    assert_eq!(
        broken.command.unwrap_err().reason,
        RefusalReason::UnreadableCalendar
    );
}

#[test]
fn a_wrong_checksum_is_told_and_borne() {
    let mut bytes = sample("request").stream.bytes();
    // The last attribute is the recipients'; its checksum is the end.
    *bytes.last_mut().unwrap() ^= 1;
    let (parts, problems) = mail::decode_tnef(&bytes);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "tnef-checksum");
    assert!(
        problems[0].text.contains("attRecipTable"),
        "{}",
        problems[0].text
    );
    assert!(parts[0].text.contains("carol@c.test"));
}
