//! `expect …` against the world.

use conversation::{DateIs, EventIs, Expectation, Expected, Outcome, Time};
use invite::{
    event::{Event, Evidence},
    ical::Status,
    statistics::Statistics,
    time::{CalendarTime, InstanceKey},
};

use super::world::{World, address};

impl World {
    /// What is not as expected: `line: expected …, found …`.
    pub(super) fn check(&self, expectations: &[Expectation]) -> Vec<String> {
        self.assert_statistics_equal_a_recount();
        expectations
            .iter()
            .filter_map(|Expectation { line, expected }| {
                let problem = self.check_one(expected)?;
                Some(format!("{line}: {problem}"))
            })
            .collect()
    }

    fn assert_statistics_equal_a_recount(&self) {
        for uid in self.events.keys() {
            let attendees = self.attendees.iter().filter(|((of, _), _)| of == uid);
            assert_eq!(
                self.statistics.get(uid).cloned().unwrap_or_default(),
                Statistics::recount(attendees.map(|(_, attendee)| attendee))
            );
        }
    }

    fn check_one(&self, expected: &Expected) -> Option<String> {
        match expected {
            Expected::Event { event, is } => {
                let found = self.events.get(&self.uid(event));
                match (found, is) {
                    (None, EventIs::Missing) => None,
                    (None, _) => Some(format!("there is no event {}", event.name)),
                    (Some(found), EventIs::Missing) => Some(format!(
                        "there is an event {}: {}",
                        event.name, found.details.summary
                    )),
                    (Some(found), is) => self.check_event(found, is),
                }
            }
            Expected::MailOut { to, method, count } => {
                let found = self.mail_out.iter().filter(|(person, sent)| {
                    to.as_ref().is_none_or(|to| address(to) == *person)
                        && method.as_ref().is_none_or(|method| method == sent.as_str())
                });
                differs(
                    &format!("{count} letters out"),
                    &format!("{} letters out", found.count()),
                )
            }
            Expected::Notice { to, kind, count } => {
                let found = self
                    .notices
                    .iter()
                    .filter(|(person, of)| *person == address(to) && of == kind);
                differs(
                    &format!("{count} notices {kind}"),
                    &format!("{} notices {kind}", found.count()),
                )
            }
            Expected::Mails { outcome, count } => {
                let wanted = match outcome {
                    Outcome::Refused(code) => format!("refused {code}"),
                    Outcome::Ignored(reason) => format!("ignored {reason}"),
                    Outcome::Quarantined => "quarantined".to_owned(),
                    Outcome::Held => "held".to_owned(),
                };
                let found = self
                    .outcomes
                    .iter()
                    .filter(|found| **found == wanted)
                    .count();
                (found != *count).then(|| {
                    format!(
                        "expected {count} mails {wanted}, found {found} of [{}]",
                        self.outcomes.join(", ")
                    )
                })
            }
        }
    }

    fn check_event(&self, event: &Event, is: &EventIs) -> Option<String> {
        let attendee = |person: &str| self.attendees.get(&(event.uid.clone(), address(person)));
        match is {
            EventIs::Missing => None,
            EventIs::Status(status) => differs(
                status,
                match event.status {
                    Status::Confirmed => "confirmed",
                    Status::Tentative => "tentative",
                    Status::Cancelled => "cancelled",
                },
            ),
            EventIs::Sequence(sequence) => differs(
                &format!("sequence {sequence}"),
                &format!("sequence {}", event.stamp.sequence),
            ),
            EventIs::Summary(summary) => differs(summary, &event.details.summary),
            EventIs::Location(location) => differs(location, &event.details.location),
            EventIs::Start(time) => differs(&shown(time), &shown_ours(&event.details.start)),
            EventIs::End(time) => differs(&shown(time), &shown_ours(&event.details.end)),
            EventIs::Date { on, is } => check_date(event, on, is),
            EventIs::Answer { person, answer } => {
                let found = attendee(person)
                    .map_or("not invited", |attendee| attendee.answer_to(event).as_str());
                let wanted = answer.as_deref().unwrap_or("not invited");
                differs(&format!("{person} {wanted}"), &format!("{person} {found}"))
            }
            EventIs::AnswerOn { person, on, answer } => {
                let key = key_of(on);
                let found = attendee(person).map_or("not invited", |attendee| {
                    let read = attendee.answer_to_instance(event, &key);
                    // What the record alone says, the statistics count.
                    let own = attendee.instances.get(&key).filter(|own| !own.superseded);
                    assert_eq!(read, own.map_or(attendee.partstat, |own| own.partstat));
                    read.as_str()
                });
                differs(&format!("{person} {answer}"), &format!("{person} {found}"))
            }
            EventIs::Proposal { person, on, start } => {
                let found = attendee(person)
                    .and_then(|attendee| attendee.proposals.get(&on.as_ref().map(key_of)))
                    .map_or_else(|| "none".to_owned(), |proposal| shown_ours(&proposal.start));
                let wanted = start.as_ref().map_or_else(|| "none".to_owned(), shown);
                differs(&wanted, &found)
            }
            EventIs::Lineage {
                person,
                of,
                delegated,
            } => {
                let word = |delegated: bool| if delegated { "delegate" } else { "guest" };
                let found = attendee(person).and_then(|attendee| attendee.lineage.as_ref());
                let found = found.map_or_else(
                    || "nobody's".to_owned(),
                    |lineage| format!("{} of {}", word(lineage.delegated), lineage.from.as_str()),
                );
                differs(&format!("{} of {of}", word(*delegated)), &found)
            }
            EventIs::Waiting { person, answers } => differs(
                &format!("{answers} waiting"),
                &format!(
                    "{} waiting",
                    attendee(person).map_or(0, |attendee| attendee.waiting.len())
                ),
            ),
            EventIs::Recorded { person, answers } => differs(
                &format!("{answers} answers of {person}"),
                &format!(
                    "{} answers of {person}",
                    attendee(person).map_or(0, |attendee| attendee.history.len())
                ),
            ),
            EventIs::Evidence { person, evidence } => {
                let last = attendee(person).and_then(|attendee| attendee.history.last());
                let found = match last.map(|answer| answer.evidence) {
                    Some(Evidence::Token) => "token",
                    Some(Evidence::Aligned) => "aligned",
                    Some(Evidence::None) | None => "none",
                };
                differs(evidence, found)
            }
            EventIs::Count { of, count } => {
                let statistics = self.statistics.get(&event.uid).cloned().unwrap_or_default();
                let found = match of.as_str() {
                    "attendees" => statistics.attendees,
                    "accepted" => statistics.accepted,
                    "declined" => statistics.declined,
                    "tentative" => statistics.tentative,
                    _ => statistics.no_action,
                };
                differs(&format!("{of} {count}"), &format!("{of} {found}"))
            }
        }
    }
}

fn check_date(event: &Event, on: &Time, is: &DateIs) -> Option<String> {
    let found = event
        .instances
        .values()
        .find(|instance| shown_ours(&instance.recurrence_id) == shown(on));
    let Some(instance) = found else {
        let wanted = format!("{is:?}");
        return (*is != DateIs::AsTheRule)
            .then(|| format!("expected {wanted}, found nothing of its own"));
    };
    let Some(details) = &instance.details else {
        return (*is != DateIs::Cancelled).then(|| format!("expected {is:?}, found it cancelled"));
    };
    match is {
        DateIs::AsTheRule | DateIs::Cancelled => Some(format!(
            "expected {is:?}, found {} at {}",
            details.summary,
            shown_ours(&details.start)
        )),
        DateIs::Sequence(sequence) => differs(
            &format!("sequence {sequence}"),
            &format!("sequence {}", instance.sequence),
        ),
        DateIs::Start(time) => differs(&shown(time), &shown_ours(&details.start)),
        DateIs::End(time) => differs(&shown(time), &shown_ours(&details.end)),
        DateIs::Summary(summary) => differs(summary, &details.summary),
        DateIs::Location(location) => differs(location, &details.location),
    }
}

fn key_of(on: &Time) -> InstanceKey {
    match on {
        Time::Utc(_) | Time::Zoned { .. } => CalendarTime::Utc(on.instant()),
        Time::Floating(local) => CalendarTime::Floating(*local),
        Time::Day(date) => CalendarTime::AllDay(*date),
    }
    .instance_key()
}

fn differs(wanted: &str, found: &str) -> Option<String> {
    (wanted != found).then(|| format!("expected `{wanted}`, found `{found}`"))
}

/// A zoned time is compared by its instant: clients write zones in many ways.
fn shown(time: &Time) -> String {
    match time {
        Time::Utc(_) | Time::Zoned { .. } => time.instant().to_string(),
        Time::Floating(local) => local.to_string(),
        Time::Day(date) => date.to_string(),
    }
}

fn shown_ours(time: &CalendarTime) -> String {
    match time {
        CalendarTime::Utc(instant) | CalendarTime::Zoned { instant, .. } => instant.to_string(),
        CalendarTime::Floating(local) => local.to_string(),
        CalendarTime::AllDay(date) => date.to_string(),
    }
}
