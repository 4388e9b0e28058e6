//! `mail P -> WHERE WHAT OPTIONS`

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Reader, cursor::Cursor};
use crate::{
    Calendar, Client, Content, Destination, Details, Event, Mail, Override, Recurs, ReturnPath,
    Time, problem::Problem,
};

impl Reader<'_> {
    pub(super) fn mail(&mut self, cursor: &mut Cursor<'_>, at: Timestamp) -> Result<Mail, Problem> {
        let from = cursor.person()?;
        cursor.must("->")?;
        let to = destination(cursor)?;
        let content = self.content(cursor, &from, at)?;
        let mut mail = Mail {
            number: self.mails,
            from,
            to,
            content,
            return_path: ReturnPath::From,
            forged: false,
            headers: Vec::new(),
            date: at,
        };
        while !cursor.at_end() {
            if let Content::Calendar(calendar) = &mut mail.content
                && calendar_option(cursor, calendar)?
            {
                continue;
            }
            self.mail_option(cursor, &mut mail)?;
        }
        if let Content::Calendar(calendar) = &mail.content
            && calendar.method == "REQUEST"
            && calendar.on.is_none()
        {
            self.details
                .insert(calendar.event.clone(), calendar.details.clone());
        }
        self.mails += 1;
        Ok(mail)
    }

    fn content(
        &mut self,
        cursor: &mut Cursor<'_>,
        from: &str,
        at: Timestamp,
    ) -> Result<Content, Problem> {
        if cursor.take("text") {
            return Ok(Content::Text(cursor.text("the words")?));
        }
        if cursor.take("our last mail to") {
            return Ok(Content::OurLastMailTo(cursor.person()?));
        }
        if cursor.take("file") {
            let path = cursor.word("a path")?;
            let bytes = std::fs::read(self.root.join(path))
                .map_err(|error| cursor.problem(format!("{path} cannot be read: {error}")))?;
            return Ok(Content::File {
                bytes,
                addresses: self.people.clone(),
            });
        }
        let method = cursor.peek().unwrap_or_default();
        let (event, partstat) = match method {
            "REQUEST" | "CANCEL" | "ADD" | "PUBLISH" => {
                cursor.word("a method")?;
                let name = cursor.word("an event's name")?.to_owned();
                self.organizers
                    .entry(name.clone())
                    .or_insert_with(|| from.to_owned());
                self.first_event.get_or_insert_with(|| name.clone());
                let organizer = Some(from.to_owned());
                (Event { name, organizer }, None)
            }
            "REPLY" | "COUNTER" | "REFRESH" => {
                cursor.word("a method")?;
                let partstat = match method {
                    "REPLY" => Some(cursor.word("a PARTSTAT")?.to_owned()),
                    _ => None,
                };
                let event = match (cursor.take("to"), &self.first_event) {
                    (true, _) => self.event(cursor)?,
                    (false, Some(name)) => Event {
                        name: name.clone(),
                        organizer: self.organizers.get(name).cloned(),
                    },
                    (false, None) => {
                        return Err(cursor.expected("`to E`, as no event was mentioned before"));
                    }
                };
                (event, partstat)
            }
            _ => {
                return Err(cursor.expected(
                    "REQUEST, CANCEL, ADD, PUBLISH, REPLY, COUNTER, REFRESH, `text`, `our last mail to` or `file`",
                ));
            }
        };
        let details = match self.details.get(&event) {
            Some(details) => details.clone(),
            None => first_details(&event.name, at),
        };
        Ok(Content::Calendar(Box::new(Calendar {
            method: method.to_owned(),
            event,
            uid: None,
            sequence: None,
            dtstamp: at,
            details,
            on: None,
            and_later: false,
            overrides: Vec::new(),
            organizer: None,
            attendees: Vec::new(),
            partstat,
            delegated_to: None,
            delegated_from: None,
            announced: None,
            without: BTreeSet::new(),
            lines: Vec::new(),
            two_calendars: false,
            client: Client::Thunderbird,
        })))
    }

    fn mail_option(&mut self, cursor: &mut Cursor<'_>, mail: &mut Mail) -> Result<(), Problem> {
        if cursor.take("forged") {
            mail.forged = true;
        } else if cursor.take("null return path") {
            mail.return_path = ReturnPath::Null;
        } else if cursor.take("return path") {
            mail.return_path = ReturnPath::Other(cursor.person()?);
        } else if cursor.take("header") {
            let header = cursor.text("a header line")?;
            if !header.contains(':') {
                return Err(cursor.problem("a header line is `Name: value`"));
            }
            mail.headers.push(header);
        } else if cursor.take("as") {
            let name = cursor.word("a name")?.to_owned();
            self.named_mails.insert(name, self.mails);
        } else {
            return Err(
                cursor.expected("an option of the mail (listed in the crate's documentation)")
            );
        }
        Ok(())
    }
}

fn destination(cursor: &mut Cursor<'_>) -> Result<Destination, Problem> {
    for mailbox in [
        "create",
        "create+open",
        "create+approve",
        "create+closed",
        "bulk",
        "rsvp",
    ] {
        if cursor.take(mailbox) {
            return Ok(Destination::Mailbox(mailbox.to_owned()));
        }
    }
    if cursor.take("token of") {
        return Ok(Destination::TokenOf(cursor.person()?));
    }
    if cursor.take("wrong token") {
        return Ok(Destination::WrongToken);
    }
    if cursor.take("reply") {
        return Ok(Destination::Reply);
    }
    if cursor.peek().is_some_and(|word| word.contains('@')) {
        return Ok(Destination::Address(cursor.person()?));
    }
    Err(cursor.expected("create, bulk, rsvp, `token of P`, `wrong token`, reply or an address"))
}

/// Takes one option of the calendar, if one comes next.
fn calendar_option(cursor: &mut Cursor<'_>, calendar: &mut Calendar) -> Result<bool, Problem> {
    if series_option(cursor, calendar)? || details_option(cursor, calendar)? {
        return Ok(true);
    }
    if cursor.take("organizer") {
        calendar.organizer = Some(cursor.person()?);
    } else if cursor.take("attendee") {
        calendar.attendees.push(cursor.person()?);
    } else if cursor.take("delegated to") {
        calendar.delegated_to = Some(cursor.person()?);
    } else if cursor.take("delegated from") {
        calendar.delegated_from = Some(cursor.person()?);
    } else if cursor.take("announced as") {
        calendar.announced = Some(cursor.word("a METHOD")?.to_owned());
    } else if cursor.take("without") {
        let property = cursor.word("a property")?.to_owned();
        calendar.without.insert(property);
    } else if cursor.take("line") {
        calendar.lines.push(cursor.text("a content line")?);
    } else if cursor.take("uid") {
        calendar.uid = Some(cursor.text("a UID")?);
    } else if cursor.take("two calendars") {
        calendar.two_calendars = true;
    } else if cursor.take("like") {
        calendar.client = match cursor.peek() {
            Some("thunderbird") => Client::Thunderbird,
            Some("google") => Client::Google,
            Some("outlook") => Client::Outlook,
            Some("apple") => Client::Apple,
            Some("evolution") => Client::Evolution,
            _ => return Err(cursor.expected("thunderbird, google, outlook, apple or evolution")),
        };
        cursor.word("a client")?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// What makes a series, or chooses an instance of one.
fn series_option(cursor: &mut Cursor<'_>, calendar: &mut Calendar) -> Result<bool, Problem> {
    if cursor.take("rrule") {
        let rule = Recurs::Rule(cursor.text("a recurrence rule")?);
        let recurrence = &mut calendar.details.recurrence;
        recurrence.retain(|recurs| !matches!(recurs, Recurs::Rule(_)));
        recurrence.push(rule);
    } else if cursor.take("exdate") {
        let date = Recurs::Except(cursor.time()?);
        calendar.details.recurrence.push(date);
    } else if cursor.take("rdate") {
        let date = Recurs::Also(cursor.time()?);
        calendar.details.recurrence.push(date);
    } else if cursor.take("on") {
        let on = cursor.time()?;
        calendar.details = calendar.details.on(&on);
        calendar.on = Some(on);
    } else if cursor.take("override") {
        let on = cursor.time()?;
        calendar.overrides.push(Override {
            details: calendar.details.on(&on),
            on,
            and_later: false,
            sequence: None,
            dtstamp: None,
            partstat: None,
        });
    } else if let (true, Some(last)) = (
        cursor.peek() == Some("answer"),
        calendar.overrides.last_mut(),
    ) {
        cursor.word("answer")?;
        last.partstat = Some(cursor.word("a PARTSTAT")?.to_owned());
    } else if cursor.take("and later") {
        match calendar.overrides.last_mut() {
            Some(last) => last.and_later = true,
            None => calendar.and_later = true,
        }
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// What the event says, or after `override` that instance.
fn details_option(cursor: &mut Cursor<'_>, calendar: &mut Calendar) -> Result<bool, Problem> {
    if cursor.take("seq") {
        let sequence = Some(cursor.number("a SEQUENCE")?);
        match calendar.overrides.last_mut() {
            Some(last) => last.sequence = sequence,
            None => calendar.sequence = sequence,
        }
        return Ok(true);
    }
    if cursor.take("dtstamp") {
        let Time::Utc(dtstamp) = cursor.time()? else {
            return Err(cursor.problem("DTSTAMP is UTC (RFC 5545 3.8.7.2)"));
        };
        match calendar.overrides.last_mut() {
            Some(last) => last.dtstamp = Some(dtstamp),
            None => calendar.dtstamp = dtstamp,
        }
        return Ok(true);
    }
    let details = match calendar.overrides.last_mut() {
        Some(last) => &mut last.details,
        None => &mut calendar.details,
    };
    if cursor.take("start") {
        details.start = cursor.time()?;
    } else if cursor.take("end") {
        details.end = cursor.time()?;
    } else if cursor.take("summary") {
        details.summary = cursor.text("a summary")?;
    } else if cursor.take("location") {
        details.location = Some(cursor.text("a location")?);
    } else if cursor.take("description") {
        details.description = Some(cursor.text("a description")?);
    } else if cursor.take("status") {
        details.status = Some(cursor.word("a STATUS")?.to_owned());
    } else {
        return Ok(false);
    }
    Ok(true)
}

impl Details {
    /// What the series has on one of its dates.
    fn on(&self, date: &Time) -> Self {
        Self {
            end: date.lasting(&self.start, &self.end),
            start: date.clone(),
            recurrence: Vec::new(),
            ..self.clone()
        }
    }
}

/// What an event is before the file says otherwise: its name, an hour long, ten days on.
fn first_details(name: &str, at: Timestamp) -> Details {
    let start = at + SignedDuration::from_hours(240);
    Details {
        start: Time::Utc(start),
        end: Time::Utc(start + SignedDuration::from_hours(1)),
        summary: name.to_owned(),
        location: None,
        description: None,
        status: None,
        recurrence: Vec::new(),
    }
}
