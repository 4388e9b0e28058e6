//! Who has a place at an event with a limit, and who waits for one (D9).
//!
//! First come, first served: by when the answer arrived. Nobody who has a place loses it, also where the limit is lowered.

use jiff::Timestamp;

use crate::{
    event::{Attendee, Event, Owed, OwedLetter, Place},
    ical::Partstat,
    id::Digest,
};

/// How the places of an event stand, as stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Seating {
    /// People who have one.
    pub taken: u32,
    /// People who wait for one.
    pub waiting: u32,
    /// [`crate::event::Seats::since`] of the limit before which everybody who had accepted is among them. Until that is so, nobody new
    /// is let in.
    pub counted: Option<Timestamp>,
}

impl Seating {
    /// Whether those are among them who had accepted before there was the event's limit.
    #[must_use]
    pub fn is_counted(&self, event: &Event) -> bool {
        event
            .seats
            .is_none_or(|seats| self.counted == Some(seats.since))
    }

    /// Whether somebody who waits can be let in.
    #[must_use]
    pub fn has_room(&self, event: &Event) -> bool {
        self.is_counted(event) && event.seats.is_none_or(|seats| self.taken < seats.limit)
    }
}

/// What to store about one attendee, all of it in one transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seated {
    /// Condition: the stored `revision` is one less.
    pub attendee: Attendee,
    /// `event#<uid>`/`seats#`. Condition: it is as it was read.
    pub seating: Seating,
    /// Of the waiting list: since when he waits, where he comes on it.
    pub joins: Option<Timestamp>,
    /// Since when he had waited, where he comes off it.
    pub leaves: Option<Timestamp>,
}

/// Settles what an attendee's answer has left open about his place; `None`: nothing is.
///
/// Loaded first, strongly consistent: `event` = `event#<uid>`/`event#<uid>`; `seating` = `event#<uid>`/`seats#`; `attendee` =
/// `event#<uid>`/`attendee#<address>`.
#[must_use]
pub fn seat(
    event: &Event,
    seating: &Seating,
    attendee: &Attendee,
    now: Timestamp,
) -> Option<Seated> {
    let (seating, attendee) = (*seating, attendee.clone());
    Some(match attendee.place? {
        Place::Seat | Place::Waiting { .. } => return None,
        Place::Asked if gets_seat(event, &seating, &attendee) => sits(attendee, seating),
        Place::Asked => {
            let answer = attendee.current_answer();
            let since = answer.map_or(now, |answer| answer.arrived);
            let owed = owed(event, &attendee, OwedLetter::WaitingList, now);
            Seated {
                attendee: Attendee {
                    place: Some(Place::Waiting { since }),
                    owed: Some(owed),
                    ..next(attendee)
                },
                seating: Seating {
                    waiting: seating.waiting.saturating_add(1),
                    ..seating
                },
                joins: Some(since),
                leaves: None,
            }
        }
        Place::LeavesSeat => Seated {
            attendee: Attendee {
                place: None,
                ..next(attendee)
            },
            seating: Seating {
                taken: seating.taken.saturating_sub(1),
                ..seating
            },
            joins: None,
            leaves: None,
        },
        Place::LeavesList { since } => Seated {
            attendee: Attendee {
                place: None,
                ..next(attendee)
            },
            seating: Seating {
                waiting: seating.waiting.saturating_sub(1),
                ..seating
            },
            joins: None,
            leaves: Some(since),
        },
    })
}

/// Gives a place to somebody who had accepted before there was a limit; `None`: he has one, or wants none.
#[must_use]
pub fn seat_from_before(event: &Event, seating: &Seating, attendee: &Attendee) -> Option<Seated> {
    let wants = attendee.place.is_none_or(|place| place == Place::Asked);
    (wants && accepted_before(event, attendee)).then(|| sits(attendee.clone(), *seating))
}

/// Lets the first of the waiting list in; `None`: there is no room, or he does not wait.
#[must_use]
pub fn let_in(
    event: &Event,
    seating: &Seating,
    attendee: &Attendee,
    now: Timestamp,
) -> Option<Seated> {
    let Some(Place::Waiting { since }) = attendee.place else {
        return None;
    };
    if !seating.has_room(event) {
        return None;
    }
    let owed = owed(event, attendee, OwedLetter::Seat, now);
    let Seated {
        attendee, seating, ..
    } = sits(attendee.clone(), *seating);
    Some(Seated {
        attendee: Attendee {
            owed: Some(owed),
            ..attendee
        },
        seating: Seating {
            waiting: seating.waiting.saturating_sub(1),
            ..seating
        },
        joins: None,
        leaves: Some(since),
    })
}

/// What is left of the places where an attendee is taken out of the event, and since when he had waited, if he did; `None`: he had
/// none and waited for none.
#[must_use]
pub fn taken_out(seating: &Seating, attendee: &Attendee) -> Option<(Seating, Option<Timestamp>)> {
    let seating = *seating;
    match attendee.place? {
        Place::Asked => None,
        Place::Seat | Place::LeavesSeat => Some((
            Seating {
                taken: seating.taken.saturating_sub(1),
                ..seating
            },
            None,
        )),
        Place::Waiting { since } | Place::LeavesList { since } => Some((
            Seating {
                waiting: seating.waiting.saturating_sub(1),
                ..seating
            },
            Some(since),
        )),
    }
}

/// Whoever waits has come before him.
fn gets_seat(event: &Event, seating: &Seating, attendee: &Attendee) -> bool {
    accepted_before(event, attendee) || (seating.waiting == 0 && seating.has_room(event))
}

fn accepted_before(event: &Event, attendee: &Attendee) -> bool {
    let answer = attendee
        .current_answer()
        .filter(|answer| answer.partstat == Partstat::Accepted);
    let since = event.seats.map(|seats| seats.since);
    answer.is_some_and(|answer| since.is_some_and(|since| answer.arrived < since))
}

fn sits(attendee: Attendee, seating: Seating) -> Seated {
    Seated {
        attendee: Attendee {
            place: Some(Place::Seat),
            ..next(attendee)
        },
        seating: Seating {
            taken: seating.taken.saturating_add(1),
            ..seating
        },
        joins: None,
        leaves: None,
    }
}

fn next(attendee: Attendee) -> Attendee {
    Attendee {
        revision: attendee.revision.saturating_add(1),
        ..attendee
    }
}

/// Named by the record it is in: the same however often it is decided.
fn owed(event: &Event, attendee: &Attendee, letter: OwedLetter, now: Timestamp) -> Owed {
    let name = format!(
        "{}\n{}\n{}\n{letter:?}",
        event.uid,
        attendee.mailbox.address.as_str(),
        attendee.revision
    );
    Owed {
        letter,
        digest: Digest::of_text(&name),
        asked: now,
    }
}
