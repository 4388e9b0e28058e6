//! `expect …` against mailboxes, table and API.

use std::collections::BTreeMap;

use conversation::{Bindings as _, DateIs, EventIs, Expectation, Expected, Outcome, Time};
use serde_json::Value;

use super::{Failure, LastExpected, Play, Since, step::all_people};
use crate::{
    fault::Fault,
    letter::Letter,
    records::{EventRecords, text},
    wait::{Look, until},
};

/// Why a single expectation does not hold, or nothing.
type Checked = Result<Option<String>, Fault>;

impl Play<'_> {
    pub(super) fn count_letters(&self) -> BTreeMap<String, usize> {
        let letters = self.cast.letters.iter();
        letters
            .map(|(person, letters)| (person.clone(), letters.len()))
            .collect()
    }

    /// Looks until all of it is so.
    pub(super) async fn check_until(&mut self, expected: &LastExpected) -> Result<(), Failure> {
        let mut line = 0;
        let people = all_people(self.conversation);
        let within = self.within;
        let this = tokio::sync::Mutex::new(&mut *self);
        let checked = until("what is expected", within, async || {
            let mut this = this.lock().await;
            this.refresh(&people).await?;
            for Expectation {
                line: at,
                expected: what,
            } in &expected.expectations
            {
                if let Some(problem) = this.check(expected, what).await? {
                    return Ok(Look::NotYet(format!("{at}|{problem}")));
                }
            }
            Ok::<_, Fault>(Look::Seen(()))
        })
        .await;
        match checked {
            Ok(()) => Ok(()),
            Err(fault) => {
                let what = match &fault {
                    Fault::NotSeen(not_seen) => {
                        let (at, problem) = not_seen
                            .instead
                            .split_once('|')
                            .unwrap_or(("0", &not_seen.instead));
                        line = at.parse().unwrap_or(line);
                        problem.to_owned()
                    }
                    other => other.chain(),
                };
                Err(Failure { line, what })
            }
        }
    }

    async fn check(&self, window: &LastExpected, expected: &Expected) -> Checked {
        match expected {
            Expected::Event { event, is } => match self.uid(event) {
                Some(uid) => self.check_event(uid, &event.name, is).await,
                None if *is == EventIs::Missing => Ok(None),
                None => Ok(Some(format!("no mail made an event {}", event.name))),
            },
            Expected::MailOut { to, method, count } => {
                let to = to.as_ref().map(|to| self.cast.address(to));
                let since = self.letters_since(window);
                let found: Vec<_> = since
                    .iter()
                    .filter(|(person, _)| to.as_ref().is_none_or(|to| to == person))
                    .filter_map(|(_, letter)| letter.calendar.as_ref())
                    .filter(|invitation| {
                        method
                            .as_ref()
                            .is_none_or(|method| *method == invitation.method)
                    })
                    .collect();
                Ok(differs(
                    &format!("{count} letters out"),
                    &format!("{} letters out", found.len()),
                    || listed(&since),
                ))
            }
            Expected::Notice { to, kind, count } => {
                let to = self.cast.address(to);
                let since = self.letters_since(window);
                let found = since.iter().filter(|(person, letter)| {
                    *person == to && letter.calendar.is_none() && kind_of_notice(letter) == kind
                });
                Ok(differs(
                    &format!("{count} notices {kind}"),
                    &format!("{} notices {kind}", found.count()),
                    || listed(&since),
                ))
            }
            Expected::Mails { outcome, count } => {
                self.check_outcomes(window, outcome, *count).await
            }
        }
    }

    fn letters_since(&self, window: &LastExpected) -> Since<'_> {
        let letters = self.cast.letters.iter();
        letters
            .flat_map(|(person, letters)| {
                let before = window.letters_before.get(person).copied().unwrap_or(0);
                letters
                    .iter()
                    .skip(before)
                    .map(move |letter| (person.as_str(), letter))
            })
            .collect()
    }

    async fn check_outcomes(
        &self,
        window: &LastExpected,
        wanted: &Outcome,
        count: usize,
    ) -> Checked {
        let events = self.events().await?;
        let mut found = Vec::new();
        for mail_id in &window.arrived {
            if let Some(outcome) = self.world.records.outcome(mail_id, &events).await? {
                found.push(outcome);
            }
        }
        let matching = found.iter().filter(|found| match wanted {
            Outcome::Refused(code) => found.is_refusal() && found.reason == *code,
            Outcome::Ignored(reason) => {
                found.outcome == "ignored"
                    && (found.text == *reason || found.reason == reason.replace(' ', "-"))
            }
            Outcome::Quarantined => found.outcome == "quarantined",
            Outcome::Held => found.outcome == "held",
        });
        Ok(differs(
            &format!("{count} mails {wanted:?}"),
            &format!("{} mails {wanted:?}", matching.count()),
            || {
                found
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            },
        ))
    }

    async fn check_event(&self, uid: &str, name: &str, is: &EventIs) -> Checked {
        let records = self.world.records.about_event(uid).await?;
        let api = self.world.api.get(&format!("/event/{uid}")).await?;
        let Some(event) = records.event() else {
            return Ok(match is {
                EventIs::Missing if api.status == 404 => None,
                EventIs::Missing => Some(format!("the API has {name}: {api}")),
                _ => Some(format!("there is no event {name}")),
            });
        };
        let nothing = String::new;
        let shown = |pointer: &str| api.text(pointer).unwrap_or_default().to_owned();
        Ok(match is {
            EventIs::Missing => Some(format!(
                "there is an event {name}: {}",
                text(event, "/details/summary")
            )),
            // The API's contract knows no tentative events.
            EventIs::Status(status) if status == "tentative" => {
                differs(status, &text(event, "/status"), nothing)
            }
            EventIs::Status(status) => differs(status, &text(event, "/status"), nothing)
                .or_else(|| differs(status, &shown("/status"), || "in the API".to_owned())),
            EventIs::Sequence(sequence) => differs(
                &format!("sequence {sequence}"),
                &format!("sequence {}", api.number("/sequence").unwrap_or(-1)),
                nothing,
            ),
            EventIs::Summary(summary) => {
                differs(summary, &text(event, "/details/summary"), nothing)
            }
            EventIs::Location(location) => {
                differs(location, &text(event, "/details/location"), nothing)
            }
            EventIs::Start(time) => {
                differs(&said(time), &stored_time(event, "/details/start"), nothing)
            }
            EventIs::End(time) => {
                differs(&said(time), &stored_time(event, "/details/end"), nothing)
            }
            EventIs::Date { on, is } => check_date(event, on, is),
            EventIs::Count { of, count } => {
                let statistics = self
                    .world
                    .api
                    .get(&format!("/event/{uid}/statistics"))
                    .await?;
                let pointer = if of == "attendees" {
                    "/attendees".to_owned()
                } else {
                    format!("/rsvp/{of}")
                };
                let found = statistics.number(&pointer).unwrap_or(0);
                differs(&format!("{of} {count}"), &format!("{of} {found}"), nothing)
            }
            EventIs::Answer { person, .. }
            | EventIs::AnswerOn { person, .. }
            | EventIs::Proposal { person, .. }
            | EventIs::Lineage { person, .. }
            | EventIs::Waiting { person, .. }
            | EventIs::Recorded { person, .. }
            | EventIs::Evidence { person, .. } => self.check_attendee(&records, person, is),
        })
    }

    fn check_attendee(&self, records: &EventRecords, person: &str, is: &EventIs) -> Option<String> {
        let attendee = records.attendee(&self.cast.address(person));
        let history = attendee
            .and_then(|attendee| attendee.pointer("/history"))
            .and_then(Value::as_array);
        let nothing = String::new;
        match is {
            EventIs::Answer { answer, .. } => {
                let found = attendee.map_or_else(
                    || "not invited".to_owned(),
                    |attendee| text(attendee, "/partstat").to_uppercase(),
                );
                let wanted = answer.as_deref().unwrap_or("not invited");
                differs(
                    &format!("{person} {wanted}"),
                    &format!("{person} {found}"),
                    nothing,
                )
            }
            EventIs::AnswerOn { on, answer, .. } => {
                let found = attendee.map_or_else(
                    || "not invited".to_owned(),
                    |attendee| answer_on(attendee, on),
                );
                differs(
                    &format!("{person} {answer}"),
                    &format!("{person} {found}"),
                    nothing,
                )
            }
            EventIs::Proposal { on, start, .. } => {
                let proposals = attendee
                    .and_then(|attendee| attendee.pointer("/proposals"))
                    .and_then(Value::as_array);
                let key = on.as_ref().map(instance_key).unwrap_or_default();
                let found = proposals
                    .into_iter()
                    .flatten()
                    .find(|proposal| text(proposal, "/instance") == key)
                    .map_or_else(
                        || "none".to_owned(),
                        |proposal| stored_time(proposal, "/start"),
                    );
                let wanted = start.as_ref().map_or_else(|| "none".to_owned(), said);
                differs(&wanted, &found, nothing)
            }
            EventIs::Lineage { of, delegated, .. } => {
                let shown = |delegated: bool, of: &str| {
                    let word = if delegated { "delegate" } else { "guest" };
                    format!("{word} of {of}")
                };
                let found = attendee
                    .and_then(|attendee| attendee.pointer("/lineage"))
                    .map_or_else(
                        || "nobody's".to_owned(),
                        |lineage| {
                            let is_delegate = lineage.pointer("/delegated");
                            shown(
                                is_delegate.and_then(Value::as_bool) == Some(true),
                                &text(lineage, "/from"),
                            )
                        },
                    );
                differs(&shown(*delegated, &self.cast.address(of)), &found, nothing)
            }
            EventIs::Waiting { answers, .. } => {
                let waiting = attendee
                    .and_then(|attendee| attendee.pointer("/waiting"))
                    .and_then(Value::as_array);
                differs(
                    &format!("{answers} waiting"),
                    &format!("{} waiting", waiting.map_or(0, Vec::len)),
                    nothing,
                )
            }
            EventIs::Recorded { answers, .. } => differs(
                &format!("{answers} answers of {person}"),
                &format!("{} answers of {person}", history.map_or(0, Vec::len)),
                nothing,
            ),
            EventIs::Evidence { evidence, .. } => {
                let last = history.and_then(|history| history.last());
                let found = last.map_or("none".to_owned(), |answer| text(answer, "/evidence"));
                differs(evidence, &found, nothing)
            }
            _ => None,
        }
    }
}

/// An instance of a series as its record has it.
fn check_date(event: &Value, on: &Time, is: &DateIs) -> Option<String> {
    let instances = event.pointer("/instances").and_then(Value::as_object);
    let found = instances
        .into_iter()
        .flat_map(|instances| instances.values())
        .find(|instance| stored_time(instance, "/recurrence_id") == said(on));
    let Some(instance) = found else {
        return (*is != DateIs::AsTheRule)
            .then(|| format!("expected {is:?}, found nothing of its own"));
    };
    if instance.pointer("/details").is_none() {
        return (*is != DateIs::Cancelled).then(|| format!("expected {is:?}, found it cancelled"));
    }
    let nothing = String::new;
    let found = |pointer: &str| text(instance, pointer);
    match is {
        DateIs::AsTheRule | DateIs::Cancelled => Some(format!(
            "expected {is:?}, found {} at {}",
            found("/details/summary"),
            stored_time(instance, "/details/start")
        )),
        DateIs::Sequence(sequence) => {
            let stored = instance.pointer("/sequence").and_then(Value::as_i64);
            differs(
                &format!("sequence {sequence}"),
                &format!("sequence {}", stored.unwrap_or(-1)),
                nothing,
            )
        }
        DateIs::Start(time) => differs(
            &said(time),
            &stored_time(instance, "/details/start"),
            nothing,
        ),
        DateIs::End(time) => differs(&said(time), &stored_time(instance, "/details/end"), nothing),
        DateIs::Summary(summary) => differs(summary, &found("/details/summary"), nothing),
        DateIs::Location(location) => differs(location, &found("/details/location"), nothing),
    }
}

/// The letters of words differ in where their answers go.
fn kind_of_notice(letter: &Letter) -> &'static str {
    let local = |address: &str| address.split('@').next().unwrap_or_default().to_owned();
    let reply_to = letter.reply_to.as_deref().map(local).unwrap_or_default();
    if reply_to.starts_with("rsvp+") {
        "approval"
    } else if local(&letter.from) != "notification" {
        "ask-back"
    } else if letter.uid().is_some() {
        "event-created"
    } else {
        "event-refused"
    }
}

/// What an attendee says to an instance: his own answer to it, or that to the series.
fn answer_on(attendee: &Value, on: &Time) -> String {
    let key = instance_key(on);
    let own = attendee
        .pointer("/instances")
        .and_then(|instances| instances.get(&key))
        .filter(|own| own.pointer("/superseded").and_then(Value::as_bool) != Some(true));
    text(own.unwrap_or(attendee), "/partstat").to_uppercase()
}

/// As records name an instance.
fn instance_key(on: &Time) -> String {
    match on {
        Time::Utc(_) | Time::Zoned { .. } => on.instant().strftime("%Y%m%dT%H%M%SZ").to_string(),
        Time::Floating(local) => local.strftime("%Y%m%dT%H%M%S").to_string(),
        Time::Day(date) => date.strftime("%Y%m%d").to_string(),
    }
}

fn differs(wanted: &str, found: &str, more: impl FnOnce() -> String) -> Option<String> {
    (wanted != found).then(|| {
        let more = more();
        let more = if more.is_empty() {
            more
        } else {
            format!(" ({more})")
        };
        format!("expected `{wanted}`, found `{found}`{more}")
    })
}

fn listed(since: &Since<'_>) -> String {
    let letters = since.iter();
    letters
        .map(|(person, letter)| format!("{person}: {:?}", letter.subject))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A zoned time is compared by its instant: clients write zones in many ways.
fn said(time: &Time) -> String {
    match time {
        Time::Utc(_) | Time::Zoned { .. } => time.instant().to_string(),
        Time::Floating(local) => local.to_string(),
        Time::Day(date) => date.to_string(),
    }
}

fn stored_time(event: &Value, pointer: &str) -> String {
    let time = event.pointer(pointer).unwrap_or(&Value::Null);
    ["/instant", "/local", "/date"]
        .iter()
        .map(|pointer| text(time, pointer))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}
