//! Which of two messages of one sender is the newer (RFC 5546 section 2.1.5), and our own next stamp.

use jiff::{SignedDuration, Timestamp};

use super::{
    Rule,
    reason::{Trace, Value},
};
use crate::event::Stamp;

/// How a message stands to the last one accepted from the same sender.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    /// Lower SEQUENCE, whatever its DTSTAMP: RFC 5546 section 2.1.5 looks at SEQUENCE first.
    OlderSequence,
    /// Same SEQUENCE, earlier or equal DTSTAMP.
    NotLater,
    /// Same SEQUENCE, later DTSTAMP: Google raises SEQUENCE once only and moves DTSTAMP from then on.
    LaterStamp,
    /// Higher SEQUENCE.
    HigherSequence,
}

impl Order {
    /// Places `arrived` against what was `accepted`.
    #[must_use]
    pub fn of(accepted: Stamp, arrived: Stamp) -> Self {
        use std::cmp::Ordering::{Equal, Greater, Less};
        match arrived.sequence.cmp(&accepted.sequence) {
            Less => Self::OlderSequence,
            Greater => Self::HigherSequence,
            Equal if arrived.dtstamp > accepted.dtstamp => Self::LaterStamp,
            Equal => Self::NotLater,
        }
    }

    /// Notes that it decided.
    pub(super) fn note(self, known: Stamp, arrived: Stamp, why: &mut Trace) {
        let rule = match self {
            Self::OlderSequence => Rule::OlderSequence,
            Self::NotLater => Rule::StampNotLater,
            Self::LaterStamp => Rule::LaterStamp,
            Self::HigherSequence => Rule::HigherSequence,
        };
        why.note(rule, compared(known, arrived));
    }
}

/// The two stamps a rule compared.
pub(super) fn compared(known: Stamp, arrived: Stamp) -> [(&'static str, Value); 2] {
    [("known", known.into()), ("arrived", arrived.into())]
}

/// Our stamp of a new event.
#[must_use]
pub(super) fn first_stamp(now: Timestamp) -> Stamp {
    Stamp {
        sequence: 0,
        dtstamp: whole_second(now),
    }
}

/// Our stamp after a change. DTSTAMP has whole seconds on the wire (RFC 5545 section 3.3.5), and clients drop what
/// is not later than what they hold, so it moves by at least one second even if the clock stands still or goes back.
#[must_use]
pub(super) fn next_stamp(ours: Stamp, now: Timestamp, significant: bool) -> Stamp {
    let earliest = ours
        .dtstamp
        .checked_add(SignedDuration::from_secs(1))
        .unwrap_or(Timestamp::MAX);
    Stamp {
        sequence: ours.sequence.saturating_add(u32::from(significant)),
        dtstamp: whole_second(now).max(earliest),
    }
}

fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(sequence: u32, dtstamp: &str) -> Stamp {
        Stamp {
            sequence,
            dtstamp: dtstamp.parse().unwrap(),
        }
    }

    #[test]
    fn sequence_comes_before_dtstamp() {
        let accepted = stamp(3, "2026-03-01T10:00:00Z");
        for (arrived, order) in [
            (stamp(2, "2026-03-01T11:00:00Z"), Order::OlderSequence),
            (stamp(3, "2026-03-01T09:00:00Z"), Order::NotLater),
            (stamp(3, "2026-03-01T10:00:00Z"), Order::NotLater),
            (stamp(3, "2026-03-01T10:00:01Z"), Order::LaterStamp),
            (stamp(4, "2026-03-01T09:00:00Z"), Order::HigherSequence),
        ] {
            assert_eq!(Order::of(accepted, arrived), order, "{arrived:?}");
        }
    }

    #[test]
    fn our_stamp_is_later_even_when_the_clock_goes_back() {
        let ours = stamp(3, "2026-03-01T10:00:00Z");
        let now = "2026-03-01T08:00:00.5Z".parse().unwrap();
        assert_eq!(
            next_stamp(ours, now, false),
            stamp(3, "2026-03-01T10:00:01Z")
        );
        let now = "2026-03-01T10:00:07.9Z".parse().unwrap();
        assert_eq!(
            next_stamp(ours, now, true),
            stamp(4, "2026-03-01T10:00:07Z")
        );
    }
}
