//! What an attendee is owed because he asked: the current version (REFRESH), or whether he meant yes or no.
//!
//! > dropped | current REQUEST, to known attendees, once an hour

use jiff::{SignedDuration, Timestamp};

use super::{
    AttendeeDecision, Ignored, Known, Outcome, Rule,
    attendee::Records,
    reason::Trace,
    who::{Who, who_answers},
};
use crate::{
    command::FromAttendee,
    event::{Attendee, Evidence, Owed, OwedLetter},
};

/// How often an attendee is sent what he asks for: two machines that answer each other stay slow.
pub const OWED_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Decides about a REFRESH. [`Known::attendees`]: as for [`super::counter`].
#[must_use]
pub fn refresh(known: &Known<'_>, by: &FromAttendee, now: Timestamp) -> AttendeeDecision {
    asked(known, by, OwedLetter::Current, now)
}

/// Decides about words that say neither yes nor no for certain. [`Known::attendees`]: as for [`super::counter`].
#[must_use]
pub fn unclear(known: &Known<'_>, by: &FromAttendee, now: Timestamp) -> AttendeeDecision {
    match known.event {
        Some(event) if event.is_cancelled() => {
            let mut records = Records::new(known, event, now);
            records.why.note(Rule::TakesNoPlace, []);
            let outcome = Outcome::Ignored(Ignored::AlreadyCancelled);
            records.decision(vec![outcome], by.from_is_authenticated)
        }
        _ => asked(known, by, OwedLetter::AskBack, now),
    }
}

fn asked(
    known: &Known<'_>,
    by: &FromAttendee,
    letter: OwedLetter,
    now: Timestamp,
) -> AttendeeDecision {
    let Some(event) = known.event else {
        return AttendeeDecision::unknown_event(&by.uid);
    };
    let mut records = Records::new(known, event, now);
    let outcome = match who_answers(event, known, by, &mut records.why) {
        Who::Invited(_, Evidence::None) => Outcome::Quarantined,
        Who::Invited(person, _) => match records.get(&person).cloned() {
            Some(mut attendee) => {
                let outcome = owe(&mut attendee, letter, by, &mut records.why);
                records.put(attendee);
                outcome
            }
            None => Outcome::Ignored(Ignored::UnknownAttendee),
        },
        Who::Guest { .. } | Who::Nobody => Outcome::Ignored(Ignored::UnknownAttendee),
    };
    records.decision(vec![outcome], by.from_is_authenticated)
}

/// Notes a letter in the record, once for each mail and once an hour. A DECLINECOUNTER waits only for another one: it
/// tells him that his proposal came to nothing.
pub(super) fn owe(
    attendee: &mut Attendee,
    letter: OwedLetter,
    by: &FromAttendee,
    why: &mut Trace,
) -> Outcome {
    if let Some(last) = &attendee.owed {
        if last.digest == by.digest {
            why.note(Rule::SeenBefore, []);
            return Outcome::Ignored(Ignored::SeenBefore);
        }
        let declines = |letter: &OwedLetter| matches!(letter, OwedLetter::DeclineCounter { .. });
        let again = last.asked.checked_add(OWED_EVERY);
        let is_soon = again.is_ok_and(|again| by.arrived < again);
        if is_soon && (!declines(&letter) || declines(&last.letter)) {
            let values = [("last", last.asked.into()), ("arrived", by.arrived.into())];
            why.note(Rule::AskedTooSoon, values);
            return Outcome::Ignored(Ignored::TooSoon);
        }
    }
    let name = match &letter {
        OwedLetter::Current => "current",
        OwedLetter::DeclineCounter { .. } => "decline-counter",
        OwedLetter::AskBack => "ask-back",
        OwedLetter::WaitingList => "waiting-list",
        OwedLetter::Seat => "seat",
    };
    why.note(Rule::LetterOwed, [("letter", name.into())]);
    attendee.owed = Some(Owed {
        letter,
        digest: by.digest.clone(),
        asked: by.arrived,
    });
    Outcome::Owed
}
