//! `cis inspect FILE`: what a raw mail, or a bare calendar file, is as the server sees it.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use invite::{
    command, ical,
    mail::{self, CalendarPart, Mail, Problem, Unreadable, tnef},
};

mod instances;
pub(crate) mod receipt;
mod repeats;
pub(crate) mod report;
pub(crate) mod text;

use report::Report;

use crate::view::View;

const EXAMPLES: &str = "\
Examples:
  cis inspect invitation.eml                 what is in it, for people
  cis inspect --json invitation.eml          the same for programs (docs/inspect.md)
  cis inspect --json - < invitation.eml      from standard input
  cis inspect --trust-sender reply.eml       as if the sender were proven
  cis inspect calendar.ics                   a calendar without a mail
  cis inspect winmail.dat                    Outlook's wrapping of one, saved from a mail

Exit codes: 0 read; 2 unreadable, with the reason on standard error (and in the JSON).";

/// Show what a raw mail, or a bare calendar file, is as the server sees it: sender and evidence, what it asks or why
/// it would be refused, every event in it, and every problem found. Nothing is sent or stored.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Inspect {
    /// A raw mail (.eml), a calendar (.ics) or a winmail.dat; `-` reads standard input.
    file: PathBuf,
    /// Print JSON of a stable shape, described in docs/inspect.md.
    #[arg(long)]
    json: bool,
    /// Give the first N instances of each series as well (JSON only).
    #[arg(long, value_name = "N", default_value_t = 0)]
    instances: usize,
    #[command(flatten)]
    view: View,
}

impl Inspect {
    pub(crate) fn run(&self) -> ExitCode {
        let report = match read_file(&self.file) {
            Ok(bytes) => self.report(&bytes),
            Err(error) => Report::unreadable(format!("cannot read the file: {error}"), Vec::new()),
        };
        let output = if self.json {
            serde_json::to_string_pretty(&report)
                .map_or_else(|error| error.to_string(), |json| json + "\n")
        } else {
            text::write(&report)
        };
        if let Some(error) = &report.error {
            eprintln!("cis inspect: {}: {error}", self.file.display());
        }
        // A reader who has seen enough may close the pipe.
        let _ = io::stdout().write_all(output.as_bytes());
        if report.error.is_some() {
            ExitCode::from(2)
        } else {
            ExitCode::SUCCESS
        }
    }

    fn report(&self, bytes: &[u8]) -> Report {
        if is_calendar(bytes) {
            return self.calendar_report(bytes);
        }
        if tnef::is_tnef(bytes) {
            let (parts, problems) = mail::decode_tnef(bytes);
            return self.report_of(parts, problems);
        }
        let policy = self.view.policy();
        let (mail, _) = mail::read(bytes);
        let (receipt, mailbox) = receipt::of(&mail, &policy, self.view.trust_sender);
        let reading = command::read(bytes, &receipt, &policy);
        match reading.mail.unreadable {
            // Some exports begin with other text.
            Some(Unreadable::NotAMail) if has_a_calendar(bytes) => self.calendar_report(bytes),
            Some(Unreadable::NotAMail) => {
                Report::unreadable("neither a mail nor a calendar".to_owned(), reading.problems)
            }
            Some(Unreadable::TooLarge) => Report::unreadable(
                format!("larger than the {} bytes that are read", mail::MAX_BYTES),
                reading.problems,
            ),
            None => {
                let mut report = Report::of_mail(&reading, &receipt, &policy, mailbox);
                report.add_instances(&reading.calendars, self.instances);
                report
            }
        }
    }

    fn calendar_report(&self, bytes: &[u8]) -> Report {
        let (text, problems) = mail::decode_calendar(bytes);
        let part = CalendarPart {
            text,
            ..CalendarPart::default()
        };
        self.report_of(vec![part], problems)
    }

    fn report_of(&self, parts: Vec<CalendarPart>, mut problems: Vec<Problem>) -> Report {
        let mail = Mail {
            calendars: parts,
            ..Mail::default()
        };
        let (calendars, more) = command::calendars(&mail);
        problems.extend(more);
        if calendars.found.is_empty() {
            let reason = problems
                .iter()
                .find(|problem| problem.code == ical::TOO_LARGE)
                .map_or("there is no calendar in it".to_owned(), |problem| {
                    format!("the calendar is too large: {}", problem.text)
                });
            return Report::unreadable(reason, problems);
        }
        let mut report = Report::of_calendars(&calendars, &mail, problems);
        report.add_instances(&calendars, self.instances);
        report
    }
}

pub(crate) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

/// Whether the first thing in it is a BEGIN, in whatever encoding.
fn is_calendar(bytes: &[u8]) -> bool {
    let start: Vec<u8> = bytes
        .iter()
        .filter(|byte| byte.is_ascii_graphic())
        .take(8)
        .map(u8::to_ascii_uppercase)
        .collect();
    start.starts_with(b"BEGIN:V")
}

fn has_a_calendar(bytes: &[u8]) -> bool {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    bytes
        .windows(BEGIN.len())
        .any(|window| window.eq_ignore_ascii_case(BEGIN))
}
