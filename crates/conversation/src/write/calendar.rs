//! The VCALENDAR as each client writes it.

use jiff::{Timestamp, civil};

use super::{Bindings, Unwritable, name_of, with_addresses};
use crate::{Calendar, Client, Destination, Mail, Recurs, Time};

/// Writes it with CRLF, folded.
pub(super) fn write(
    calendar: &Calendar,
    mail: &Mail,
    bindings: &dyn Bindings,
) -> Result<String, Unwritable> {
    let mut text = one(calendar, mail, bindings, "")?;
    if calendar.two_calendars {
        text += &one(calendar, mail, bindings, "-2")?;
    }
    Ok(text)
}

fn one(
    calendar: &Calendar,
    mail: &Mail,
    bindings: &dyn Bindings,
    uid_suffix: &str,
) -> Result<String, Unwritable> {
    let mut lines: Vec<String> = vec![
        "BEGIN:VCALENDAR".into(),
        format!("PRODID:{}", prodid(calendar.client)),
        "VERSION:2.0".into(),
    ];
    if !matches!(calendar.client, Client::Thunderbird) {
        lines.push("CALSCALE:GREGORIAN".into());
    }
    lines.push(format!("METHOD:{}", calendar.method));
    lines.extend(time_zones(calendar)?);
    for written in vevents(calendar) {
        lines.push("BEGIN:VEVENT".into());
        lines.extend(event(&written, mail, bindings, uid_suffix));
        lines.push("END:VEVENT".into());
    }
    lines.push("END:VCALENDAR".into());
    let kept = lines.iter().filter(|line| {
        let name = line.split([':', ';']).next().unwrap_or_default();
        !calendar.without.contains(name)
    });
    Ok(kept.map(|line| fold(line)).collect())
}

/// One calendar for each VEVENT: the series first, then the instances that differ.
fn vevents(calendar: &Calendar) -> Vec<Calendar> {
    let of_instance = calendar.overrides.iter().map(|instance| Calendar {
        on: Some(instance.on.clone()),
        and_later: instance.and_later,
        sequence: instance.sequence.or(calendar.sequence),
        dtstamp: instance.dtstamp.unwrap_or(calendar.dtstamp),
        details: instance.details.clone(),
        partstat: instance.partstat.clone().or(calendar.partstat.clone()),
        overrides: Vec::new(),
        ..calendar.clone()
    });
    std::iter::once(calendar.clone())
        .chain(of_instance)
        .collect()
}

fn recurrence(calendar: &Calendar) -> Vec<String> {
    let client = calendar.client;
    let mut lines: Vec<String> = calendar
        .details
        .recurrence
        .iter()
        .map(|recurs| match recurs {
            Recurs::Rule(rule) => format!("RRULE:{rule}"),
            Recurs::Except(time) => property("EXDATE", time, client),
            Recurs::Also(time) => property("RDATE", time, client),
        })
        .collect();
    if let Some(on) = &calendar.on {
        let range = if calendar.and_later {
            "RECURRENCE-ID;RANGE=THISANDFUTURE"
        } else {
            "RECURRENCE-ID"
        };
        lines.push(property(range, on, client));
    }
    lines
}

fn event(
    calendar: &Calendar,
    mail: &Mail,
    bindings: &dyn Bindings,
    uid_suffix: &str,
) -> Vec<String> {
    let details = &calendar.details;
    let stamp = instant(calendar.dtstamp);
    let mut lines = vec![
        format!("DTSTAMP:{stamp}"),
        format!("UID:{}{uid_suffix}", uid(calendar, bindings)),
        format!("SUMMARY:{}", escape(&details.summary)),
        property("DTSTART", &details.start, calendar.client),
        property("DTEND", &details.end, calendar.client),
    ];
    lines.extend(recurrence(calendar));
    let is_reply = is_from_attendee(calendar);
    lines.extend(if is_reply {
        answering(calendar, mail, bindings)
    } else {
        organizing(calendar, mail, bindings)
    });
    let always_has_sequence = is_reply || !matches!(calendar.client, Client::Thunderbird);
    if let Some(sequence) = calendar.sequence.or(always_has_sequence.then_some(0)) {
        lines.push(format!("SEQUENCE:{sequence}"));
    }
    match (&details.status, calendar.client, calendar.method.as_str()) {
        (Some(status), _, _) => lines.push(format!("STATUS:{status}")),
        (None, Client::Thunderbird, _) => {}
        (None, _, "CANCEL") => lines.push("STATUS:CANCELLED".into()),
        (None, _, _) => lines.push("STATUS:CONFIRMED".into()),
    }
    if let Some(location) = &details.location {
        lines.push(format!("LOCATION:{}", escape(location)));
    }
    if let Some(description) = &details.description {
        lines.push(format!("DESCRIPTION:{}", escape(description)));
    }
    // Clients touch these with every mail; they are no change to anybody.
    lines.push(format!("CREATED:{stamp}"));
    lines.push(format!("LAST-MODIFIED:{stamp}"));
    lines.push("TRANSP:OPAQUE".into());
    if calendar.client == Client::Outlook {
        lines.push(format!(
            "X-MICROSOFT-CDO-APPT-SEQUENCE:{}",
            calendar.sequence.unwrap_or(0)
        ));
    }
    lines.extend(
        calendar
            .lines
            .iter()
            .map(|line| with_addresses(line, bindings)),
    );
    lines
}

fn is_from_attendee(calendar: &Calendar) -> bool {
    matches!(calendar.method.as_str(), "REPLY" | "COUNTER" | "REFRESH")
}

/// An organizer's client knows its own UID; an attendee's echoes ours.
fn uid(calendar: &Calendar, bindings: &dyn Bindings) -> String {
    let client_uid = bindings.client_uid(&calendar.event.name);
    match (&calendar.uid, &calendar.event.organizer) {
        (Some(uid), _) => uid.clone(),
        (None, Some(organizer)) if is_from_attendee(calendar) => {
            bindings.our_uid(&bindings.address(organizer), &client_uid)
        }
        _ => client_uid,
    }
}

fn organizing(calendar: &Calendar, mail: &Mail, bindings: &dyn Bindings) -> Vec<String> {
    let organizer = calendar.organizer.as_ref().unwrap_or(&mail.from);
    let mut lines = vec![format!(
        "ORGANIZER;CN={}:mailto:{}",
        name_of(organizer),
        bindings.address(organizer)
    )];
    for attendee in &calendar.attendees {
        lines.push(format!(
            "ATTENDEE;CN={};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{}",
            name_of(attendee),
            bindings.address(attendee)
        ));
    }
    lines
}

fn answering(calendar: &Calendar, mail: &Mail, bindings: &dyn Bindings) -> Vec<String> {
    let attendee = calendar.attendees.first().unwrap_or(&mail.from);
    let asked = match &mail.to {
        Destination::TokenOf(person) => person,
        _ => attendee,
    };
    let organizer = match &calendar.event.organizer {
        Some(organizer) => {
            bindings.signed_address(&bindings.address(organizer), &bindings.address(asked))
        }
        None => format!("rsvp@{}", bindings.mail_domain()),
    };
    let partstat = calendar.partstat.as_deref().unwrap_or("NEEDS-ACTION");
    let delegated = [
        ("DELEGATED-TO", &calendar.delegated_to),
        ("DELEGATED-FROM", &calendar.delegated_from),
    ];
    let delegated: String = delegated
        .into_iter()
        .filter_map(|(name, person)| {
            let address = bindings.address(person.as_ref()?);
            Some(format!(";{name}=\"mailto:{address}\""))
        })
        .collect();
    vec![
        format!("ORGANIZER:mailto:{organizer}"),
        format!(
            "ATTENDEE;CN={};PARTSTAT={partstat};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{delegated}:mailto:{}",
            name_of(attendee),
            bindings.address(attendee)
        ),
    ]
}

fn prodid(client: Client) -> &'static str {
    match client {
        Client::Thunderbird => "-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
        Client::Google => "-//Google Inc//Google Calendar 70.9054//EN",
        Client::Outlook => "Microsoft Exchange Server 2010",
        Client::Apple => "-//Apple Inc.//macOS 14.4//EN",
        Client::Evolution => "-//Ximian//NONSGML Evolution Calendar//EN",
    }
}

fn property(name: &str, time: &Time, client: Client) -> String {
    match time {
        Time::Zoned { .. } if client == Client::Google => {
            format!("{name}:{}", instant(time.instant()))
        }
        Time::Utc(at) => format!("{name}:{}", instant(*at)),
        Time::Zoned { local: at, zone } => {
            format!("{name};TZID={}:{}", tzid(zone, client), local(*at))
        }
        Time::Floating(at) => format!("{name}:{}", local(*at)),
        Time::Day(date) => format!("{name};VALUE=DATE:{}", date.strftime("%Y%m%d")),
    }
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn local(at: civil::DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// Exchange calls zones by Windows' names.
fn tzid(zone: &str, client: Client) -> &str {
    match (client, zone) {
        (Client::Outlook, "Europe/Berlin") => "W. Europe Standard Time",
        (Client::Outlook, "America/New_York") => "Eastern Standard Time",
        _ => zone,
    }
}

fn time_zones(calendar: &Calendar) -> Result<Vec<String>, Unwritable> {
    let mut zones: Vec<&str> = Vec::new();
    let recurrence = calendar.details.recurrence.iter();
    let dates = recurrence.filter_map(|recurs| match recurs {
        Recurs::Except(time) | Recurs::Also(time) => Some(time),
        Recurs::Rule(_) => None,
    });
    let overrides = calendar.overrides.iter();
    let of_overrides = overrides
        .flat_map(|instance| [&instance.on, &instance.details.start, &instance.details.end]);
    let times = [&calendar.details.start, &calendar.details.end]
        .into_iter()
        .chain(&calendar.on)
        .chain(dates)
        .chain(of_overrides);
    for time in times {
        if let Time::Zoned { zone, .. } = time
            && calendar.client != Client::Google
            && !zones.contains(&zone.as_str())
        {
            zones.push(zone);
        }
    }
    let mut lines = Vec::new();
    for zone in zones {
        // Offset and day rules since 1996 and 2007.
        let (standard, daylight, from_standard, to_standard) = match zone {
            "Europe/Berlin" => (
                "+0100",
                "+0200",
                ("19700329T020000", "BYMONTH=3;BYDAY=-1SU"),
                ("19701025T030000", "BYMONTH=10;BYDAY=-1SU"),
            ),
            "America/New_York" => (
                "-0500",
                "-0400",
                ("20070311T020000", "BYMONTH=3;BYDAY=2SU"),
                ("20071104T020000", "BYMONTH=11;BYDAY=1SU"),
            ),
            other => return Err(Unwritable::NoTimeZone(other.to_owned())),
        };
        lines.push("BEGIN:VTIMEZONE".into());
        lines.push(format!("TZID:{}", tzid(zone, calendar.client)));
        for (part, from, to, (start, rule)) in [
            ("DAYLIGHT", standard, daylight, from_standard),
            ("STANDARD", daylight, standard, to_standard),
        ] {
            lines.push(format!("BEGIN:{part}"));
            lines.push(format!("TZOFFSETFROM:{from}"));
            lines.push(format!("TZOFFSETTO:{to}"));
            lines.push(format!("DTSTART:{start}"));
            lines.push(format!("RRULE:FREQ=YEARLY;{rule}"));
            lines.push(format!("END:{part}"));
        }
        lines.push("END:VTIMEZONE".into());
    }
    Ok(lines)
}

/// RFC 5545 3.3.11.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Lines of at most 75 octets (RFC 5545 3.1), broken between characters, ended by CRLF.
fn fold(line: &str) -> String {
    let mut folded = String::new();
    let mut octets = 0;
    for letter in line.chars() {
        if octets + letter.len_utf8() > 75 {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(letter);
        octets += letter.len_utf8();
    }
    folded + "\r\n"
}
