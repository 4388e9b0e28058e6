//! `expect …`

use super::{Reader, cursor::Cursor};
use crate::{DateIs, Event, EventIs, Expectation, Expected, Outcome, problem::Problem};

const PARTSTATS: [&str; 5] = [
    "ACCEPTED",
    "DECLINED",
    "TENTATIVE",
    "NEEDS-ACTION",
    "DELEGATED",
];
const NOTICES: [&str; 4] = ["event-created", "event-refused", "approval", "ask-back"];
const COUNTS: [&str; 5] = ["attendees", "accepted", "declined", "tentative", "noaction"];

impl Reader<'_> {
    pub(super) fn expectations(
        &self,
        cursor: &mut Cursor<'_>,
    ) -> Result<Vec<Expectation>, Problem> {
        let mut expectations = Vec::new();
        let mut about: Option<Event> = None;
        while !cursor.at_end() {
            let line = cursor.line();
            if cursor.take("event") {
                about = Some(self.event(cursor)?);
                continue;
            }
            let expected = match general(cursor)? {
                Some(expected) => expected,
                None => {
                    let is = of_event(cursor)?;
                    let event = about.clone().ok_or_else(|| {
                        cursor.problem("this is of an event: say `event E` before it")
                    })?;
                    Expected::Event { event, is }
                }
            };
            expectations.push(Expectation { line, expected });
        }
        if expectations.is_empty() {
            return Err(cursor.expected("something to expect"));
        }
        Ok(expectations)
    }
}

fn general(cursor: &mut Cursor<'_>) -> Result<Option<Expected>, Problem> {
    if cursor.take("mail out") {
        let to = cursor.is_person().then(|| cursor.person()).transpose()?;
        let method = match cursor.peek() {
            Some(method @ ("REQUEST" | "CANCEL" | "DECLINECOUNTER")) => Some(method.to_owned()),
            _ => None,
        };
        if method.is_some() {
            cursor.word("a method")?;
        }
        return Ok(Some(Expected::MailOut {
            to,
            method,
            count: cursor.number("how many letters")?,
        }));
    }
    if cursor.take("notice") {
        let to = cursor.person()?;
        let kind = match cursor.peek() {
            Some(kind) if NOTICES.contains(&kind) => kind.to_owned(),
            _ => return Err(cursor.expected(&NOTICES.join(", "))),
        };
        cursor.word("a kind")?;
        return Ok(Some(Expected::Notice {
            to,
            kind,
            count: cursor.number("how many notices")?,
        }));
    }
    let outcome = cursor.peek().unwrap_or_default();
    if !["refused", "ignored", "quarantined", "held"].contains(&outcome) {
        return Ok(None);
    }
    cursor.word("an outcome")?;
    let count = cursor.number("how many mails")?;
    let outcome = match outcome {
        "refused" => Outcome::Refused(cursor.text("a code")?),
        "ignored" => Outcome::Ignored(cursor.text("a reason")?),
        "quarantined" => Outcome::Quarantined,
        _ => Outcome::Held,
    };
    Ok(Some(Expected::Mails { outcome, count }))
}

fn of_date(cursor: &mut Cursor<'_>) -> Result<DateIs, Problem> {
    Ok(if cursor.take("as the rule has it") {
        DateIs::AsTheRule
    } else if cursor.take("cancelled") {
        DateIs::Cancelled
    } else if cursor.take("sequence") {
        DateIs::Sequence(cursor.number("our SEQUENCE")?)
    } else if cursor.take("start") {
        DateIs::Start(cursor.time()?)
    } else if cursor.take("end") {
        DateIs::End(cursor.time()?)
    } else if cursor.take("summary") {
        DateIs::Summary(cursor.text("a summary")?)
    } else if cursor.take("location") {
        DateIs::Location(cursor.text("a location")?)
    } else {
        return Err(cursor.expected(
            "`as the rule has it`, cancelled, sequence, start, end, summary or location",
        ));
    })
}

fn of_event(cursor: &mut Cursor<'_>) -> Result<EventIs, Problem> {
    if cursor.take("missing") {
        return Ok(EventIs::Missing);
    }
    if let Some(status @ ("confirmed" | "cancelled")) = cursor.peek() {
        cursor.word("a status")?;
        return Ok(EventIs::Status(status.to_owned()));
    }
    // `tentative` alone is the event's status, with a number it counts answers.
    let is_count = cursor
        .peek_at(1)
        .is_some_and(|next| next.parse::<i64>().is_ok());
    if cursor.peek() == Some("tentative") && !is_count {
        cursor.word("a status")?;
        return Ok(EventIs::Status("tentative".to_owned()));
    }
    if let Some(of) = cursor.peek().filter(|word| COUNTS.contains(word)) {
        cursor.word("a count")?;
        return Ok(EventIs::Count {
            of: of.to_owned(),
            count: cursor.number("how many people")?,
        });
    }
    if cursor.take("sequence") {
        return Ok(EventIs::Sequence(cursor.number("our SEQUENCE")?));
    }
    if cursor.take("summary") {
        return Ok(EventIs::Summary(cursor.text("a summary")?));
    }
    if cursor.take("location") {
        return Ok(EventIs::Location(cursor.text("a location")?));
    }
    if cursor.take("start") {
        return Ok(EventIs::Start(cursor.time()?));
    }
    if cursor.take("end") {
        return Ok(EventIs::End(cursor.time()?));
    }
    if cursor.take("date") {
        let on = cursor.time()?;
        return Ok(EventIs::Date {
            on,
            is: of_date(cursor)?,
        });
    }
    if let Some(is) = of_guest(cursor)? {
        return Ok(is);
    }
    if cursor.take("recorded") {
        return Ok(EventIs::Recorded {
            person: cursor.person()?,
            answers: cursor.number("how many answers")?,
        });
    }
    if cursor.take("evidence") {
        let person = cursor.person()?;
        return match cursor.peek() {
            Some(evidence @ ("token" | "aligned")) => {
                cursor.word("the evidence")?;
                Ok(EventIs::Evidence {
                    person,
                    evidence: evidence.to_owned(),
                })
            }
            _ => Err(cursor.expected("token or aligned")),
        };
    }
    if !cursor.is_person() {
        return Err(cursor.expected("an expectation (listed in the crate's documentation)"));
    }
    let person = cursor.person()?;
    if cursor.take("not invited") {
        return Ok(EventIs::Answer {
            person,
            answer: None,
        });
    }
    let on = cursor.take("on").then(|| cursor.time()).transpose()?;
    let answer = cursor.peek().filter(|word| PARTSTATS.contains(word));
    let answer = answer.map(str::to_owned).ok_or_else(|| {
        let answers = PARTSTATS.join(", ");
        cursor.expected(&format!("{answers} or `not invited`"))
    })?;
    cursor.word("an answer")?;
    Ok(match on {
        Some(on) => EventIs::AnswerOn { person, on, answer },
        None => EventIs::Answer {
            person,
            answer: Some(answer),
        },
    })
}

/// Proposals, and those who came through others.
fn of_guest(cursor: &mut Cursor<'_>) -> Result<Option<EventIs>, Problem> {
    if cursor.take("proposal") {
        let person = cursor.person()?;
        let on = cursor.take("on").then(|| cursor.time()).transpose()?;
        let start = if cursor.take("none") {
            None
        } else {
            Some(cursor.time()?)
        };
        return Ok(Some(EventIs::Proposal { person, on, start }));
    }
    if cursor.take("waiting") {
        return Ok(Some(EventIs::Waiting {
            person: cursor.person()?,
            answers: cursor.number("how many answers")?,
        }));
    }
    let delegated = cursor.take("delegate");
    if !delegated && !cursor.take("guest") {
        return Ok(None);
    }
    let person = cursor.person()?;
    cursor.must("of")?;
    Ok(Some(EventIs::Lineage {
        person,
        of: cursor.person()?,
        delegated,
    }))
}
