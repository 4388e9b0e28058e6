//! The report's shape. It is described in docs/inspect.md and promised to programs: fields are added, never changed
//! or taken away without a higher `schema_version`.

use invite::{
    address,
    command::{self, Calendars, Command, Policy, Proof, Reading, Receipt, Verdict},
    ical::{ContentLine, Party, Vevent, Zones},
    language::Language,
    mail::{self, Mail, Problem, Source},
    time::CalendarTime,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{instances::Instance, receipt::Mailbox, repeats::Repeats};

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) schema_version: u32,
    /// `mail`, `calendar` or `unreadable`.
    pub(crate) kind: &'static str,
    pub(crate) error: Option<String>,
    pub(crate) sender: Option<Sender>,
    pub(crate) command: Option<Asked>,
    pub(crate) calendars: Vec<Calendar>,
    pub(crate) plain_answer: Option<PlainAnswer>,
    pub(crate) problems: Vec<Found>,
}

#[derive(Serialize)]
pub(crate) struct PlainAnswer {
    pub(crate) partstat: Option<&'static str>,
    /// `certain`, `likely` or `unclear`.
    pub(crate) confidence: &'static str,
    pub(crate) people: Option<u32>,
    pub(crate) language: Option<&'static str>,
    pub(crate) comment: String,
    pub(crate) reasons: Vec<Reason>,
}

#[derive(Serialize)]
pub(crate) struct Reason {
    pub(crate) what: &'static str,
    pub(crate) phrase: String,
}

#[derive(Serialize)]
pub(crate) struct Sender {
    pub(crate) from: Vec<Person>,
    pub(crate) from_headers: usize,
    pub(crate) sender: Option<Person>,
    pub(crate) reply_to: Option<Person>,
    pub(crate) return_path: Option<String>,
    pub(crate) recipients: Vec<String>,
    pub(crate) subject: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) auto_submitted: Option<String>,
    pub(crate) precedence: Option<String>,
    pub(crate) from_a_list: bool,
    pub(crate) evidence: Evidence,
}

#[derive(Serialize)]
pub(crate) struct Evidence {
    pub(crate) authenticated: Option<Person>,
    pub(crate) proof: Option<&'static str>,
    pub(crate) spf: &'static str,
    pub(crate) dkim: &'static str,
    pub(crate) dmarc: &'static str,
    pub(crate) spam: &'static str,
    pub(crate) virus: &'static str,
    pub(crate) authentication_results: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Person {
    pub(crate) address: String,
    pub(crate) name: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Asked {
    pub(crate) mailbox: Mailbox,
    /// METHOD in lower case: `request`, `cancel`, `reply`, `counter`, ….
    pub(crate) kind: Option<String>,
    pub(crate) taken_up: bool,
    pub(crate) refusal: Option<Refused>,
    pub(crate) has_reply_token: bool,
}

#[derive(Serialize)]
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) what_is_wrong: String,
    pub(crate) what_to_do: String,
    pub(crate) sender_is_told: bool,
}

#[derive(Serialize)]
pub(crate) struct Calendar {
    pub(crate) part: usize,
    /// `text/calendar` or `tnef`.
    pub(crate) source: &'static str,
    pub(crate) forwarded: bool,
    pub(crate) method: Option<String>,
    pub(crate) prodid: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) other: Vec<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) other_components: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Event {
    pub(crate) uid: Option<String>,
    pub(crate) sequence: u32,
    pub(crate) dtstamp: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) start: Option<Time>,
    pub(crate) end: Option<Time>,
    pub(crate) recurrence_id: Option<Time>,
    pub(crate) rrule: Option<String>,
    pub(crate) recurrence: Vec<String>,
    pub(crate) series: Option<Repeats>,
    /// As many as were asked for.
    pub(crate) instances: Vec<Instance>,
    pub(crate) status: Option<&'static str>,
    pub(crate) summary: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) organizer: Option<Participant>,
    pub(crate) attendees: Vec<Participant>,
    pub(crate) alarms: usize,
    pub(crate) other: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Time {
    /// `utc`, `zoned`, `floating` or `all-day`.
    pub(crate) kind: &'static str,
    pub(crate) instant: Option<String>,
    pub(crate) local: String,
    pub(crate) tzid: Option<String>,
    pub(crate) iana: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Participant {
    pub(crate) address: Option<String>,
    pub(crate) value: String,
    pub(crate) name: Option<String>,
    /// Null for an organizer.
    pub(crate) partstat: Option<&'static str>,
    pub(crate) role: Option<String>,
    pub(crate) cutype: Option<String>,
    pub(crate) rsvp: Option<bool>,
    pub(crate) sent_by: Option<String>,
    pub(crate) delegated_to: Vec<String>,
    pub(crate) delegated_from: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Found {
    pub(crate) code: &'static str,
    pub(crate) text: String,
}

const SCHEMA_VERSION: u32 = 1;

impl Report {
    pub(super) fn unreadable(error: String, problems: Vec<Problem>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            kind: "unreadable",
            error: Some(error),
            sender: None,
            command: None,
            calendars: Vec::new(),
            plain_answer: None,
            problems: found(problems),
        }
    }

    pub(super) fn of_calendars(calendars: &Calendars, mail: &Mail, problems: Vec<Problem>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            kind: "calendar",
            error: None,
            sender: None,
            command: None,
            calendars: calendars_of(calendars, mail),
            plain_answer: None,
            problems: found(problems),
        }
    }

    pub(crate) fn of_mail(
        reading: &Reading,
        receipt: &Receipt,
        policy: &Policy,
        mailbox: Mailbox,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            kind: "mail",
            error: None,
            sender: Some(sender(&reading.mail, receipt, policy)),
            command: Some(asked(reading, receipt, policy, mailbox)),
            calendars: calendars_of(&reading.calendars, &reading.mail),
            plain_answer: plain_answer(&reading.mail),
            problems: found(reading.problems.clone()),
        }
    }
}

/// A calendar says what its sender answers; words only count without one.
fn plain_answer(mail: &Mail) -> Option<PlainAnswer> {
    if !mail.calendars.is_empty() {
        return None;
    }
    let answer = mail::answer::read(mail);
    Some(PlainAnswer {
        partstat: answer.partstat.map(|partstat| partstat.as_str()),
        confidence: answer.confidence.as_str(),
        people: answer.people,
        language: answer.language.map(|language| language.code()),
        comment: answer.comment,
        reasons: answer
            .reasons
            .into_iter()
            .map(|mail::answer::Reason { what, phrase }| Reason { what, phrase })
            .collect(),
    })
}

fn found(problems: Vec<Problem>) -> Vec<Found> {
    problems
        .into_iter()
        .map(|Problem { code, text }| Found { code, text })
        .collect()
}

fn person(mailbox: &address::Mailbox) -> Person {
    Person {
        address: mailbox.address.as_str().to_owned(),
        name: mailbox.name.clone(),
    }
}

fn sender(mail: &Mail, receipt: &Receipt, policy: &Policy) -> Sender {
    let proven = command::sender(mail, receipt, policy);
    Sender {
        from: mail.from.iter().map(person).collect(),
        from_headers: mail.from_headers,
        sender: mail.sender.as_ref().map(person),
        reply_to: mail.reply_to.as_ref().map(person),
        return_path: mail.return_path.as_ref().map(|path| {
            path.as_ref()
                .map_or("<>".to_owned(), |address| address.as_str().to_owned())
        }),
        recipients: mail
            .recipients
            .iter()
            .map(|address| address.as_str().to_owned())
            .collect(),
        subject: mail.subject.clone(),
        message_id: mail.message_id.clone(),
        date: mail.date.map(instant),
        auto_submitted: mail.auto_submitted.clone(),
        precedence: mail.precedence.clone(),
        from_a_list: mail.from_a_list,
        evidence: Evidence {
            authenticated: proven.as_ref().map(|proven| person(&proven.mailbox)),
            proof: proven.map(|proven| match proven.proof {
                Proof::Dmarc => "dmarc",
                Proof::Dkim => "dkim",
                Proof::Spf => "spf",
                Proof::CalendarService => "calendar-service",
            }),
            spf: verdict(receipt.spf),
            dkim: verdict(receipt.dkim),
            dmarc: verdict(receipt.dmarc),
            spam: verdict(receipt.spam),
            virus: verdict(receipt.virus),
            authentication_results: mail.authentication_results.clone(),
        },
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Gray => "gray",
    }
}

fn asked(reading: &Reading, receipt: &Receipt, policy: &Policy, mailbox: Mailbox) -> Asked {
    Asked {
        mailbox,
        kind: reading
            .calendars
            .found
            .iter()
            .find_map(|found| found.calendar.method)
            .map(|method| method.as_str().to_lowercase())
            .or_else(|| in_words(reading).map(str::to_owned)),
        taken_up: reading.command.is_ok(),
        refusal: reading.command.as_ref().err().map(|refusal| Refused {
            code: refusal.reason.code(),
            what_is_wrong: refusal.reason.what_is_wrong(Language::English),
            what_to_do: refusal.reason.what_to_do(Language::English),
            sender_is_told: refusal.notify.is_some(),
        }),
        has_reply_token: command::mailboxes(&receipt.recipients, policy)
            .token
            .is_some(),
    }
}

/// What a mail without a calendar asks.
fn in_words(reading: &Reading) -> Option<&'static str> {
    match reading.command.as_ref().ok()? {
        Command::Reply(_) => Some("reply"),
        Command::Unclear(_) => Some("unclear"),
        Command::Approval(_) => Some("approval"),
        Command::Stop(_) => Some("stop"),
        Command::Unsubscribe(_) => Some("unsubscribe"),
        Command::List(_) => Some("list"),
        _ => None,
    }
}

fn calendars_of(calendars: &Calendars, mail: &Mail) -> Vec<Calendar> {
    calendars
        .found
        .iter()
        .map(|found| {
            let calendar = &found.calendar;
            let zones = Zones::of(&calendar.zones);
            let method = calendar
                .method
                .map(|method| method.as_str().to_owned())
                .or_else(|| calendar.unknown_method.clone());
            let part = mail.calendars.get(found.part);
            Calendar {
                part: found.part,
                source: match part.map(|part| part.source) {
                    Some(Source::Tnef) => "tnef",
                    Some(Source::Calendar) | None => "text/calendar",
                },
                forwarded: part.is_some_and(|part| part.forwarded),
                prodid: calendar.prodid.clone(),
                version: calendar.version.clone(),
                other: calendar.other.iter().map(ContentLine::to_string).collect(),
                events: calendar
                    .events
                    .iter()
                    .map(|vevent| event(vevent, method.clone(), &zones))
                    .collect(),
                other_components: calendar.other_components.clone(),
                method,
            }
        })
        .collect()
}

fn event(event: &Vevent, method: Option<String>, zones: &Zones) -> Event {
    let rules = event.rrule.iter().map(|rule| format!("RRULE:{rule}"));
    Event {
        uid: event.uid.clone(),
        sequence: event.sequence.unwrap_or(0),
        dtstamp: event.dtstamp.map(instant),
        method,
        start: event.start.as_ref().map(time),
        end: event.end.as_ref().map(time),
        recurrence_id: event.recurrence_id.as_ref().map(time),
        rrule: event.rrule.first().cloned(),
        recurrence: rules
            .chain(event.recurrence_dates.iter().map(ContentLine::to_string))
            .collect(),
        series: Repeats::of(event, zones),
        instances: Vec::new(),
        status: event.status.map(|status| status.as_str()),
        summary: event.summary.clone(),
        location: event.location.clone(),
        description: event.description.clone(),
        organizer: event.organizer.as_ref().map(|party| Participant {
            partstat: None,
            ..participant(party)
        }),
        attendees: event.attendees.iter().map(participant).collect(),
        alarms: event.alarms.len(),
        other: event.other.iter().map(ContentLine::to_string).collect(),
    }
}

fn participant(party: &Party) -> Participant {
    let values = |name: &str| -> Vec<String> {
        party
            .params
            .iter()
            .filter(|(known, _)| known == name)
            .flat_map(|(_, values)| values.clone())
            .collect()
    };
    let first = |name: &str| values(name).into_iter().next();
    Participant {
        address: party
            .address
            .as_ref()
            .map(|address| address.as_str().to_owned()),
        value: party.value.clone(),
        name: party.name.clone(),
        // Missing or unknown is NEEDS-ACTION (RFC 5545 section 3.2.12).
        partstat: Some(
            party
                .partstat
                .map_or("NEEDS-ACTION", |partstat| partstat.as_str()),
        ),
        role: first("ROLE"),
        cutype: first("CUTYPE"),
        rsvp: first("RSVP").map(|rsvp| rsvp.eq_ignore_ascii_case("TRUE")),
        sent_by: party
            .sent_by
            .as_ref()
            .map(|address| address.as_str().to_owned()),
        delegated_to: values("DELEGATED-TO"),
        delegated_from: values("DELEGATED-FROM"),
    }
}

pub(crate) fn time(time: &CalendarTime) -> Time {
    match time {
        CalendarTime::Utc(at) => Time {
            kind: "utc",
            instant: Some(instant(*at)),
            local: instant(*at).trim_end_matches('Z').to_owned(),
            tzid: None,
            iana: None,
        },
        CalendarTime::Zoned {
            local,
            tzid,
            iana,
            instant: at,
        } => Time {
            kind: "zoned",
            instant: Some(instant(*at)),
            local: local.to_string(),
            tzid: Some(tzid.clone()),
            iana: iana.clone(),
        },
        CalendarTime::Floating(local) => Time {
            kind: "floating",
            instant: None,
            local: local.to_string(),
            tzid: None,
            iana: None,
        },
        CalendarTime::AllDay(date) => Time {
            kind: "all-day",
            instant: None,
            local: date.to_string(),
            tzid: None,
            iana: None,
        },
    }
}

/// RFC 3339 in UTC, whole seconds.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
