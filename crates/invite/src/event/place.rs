//! Places at an event that has only so many (D9): who has one, who waits for one.

use jiff::Timestamp;

use super::{Attendee, Event};
use crate::ical::Partstat;

/// How many people can come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seats {
    /// So many.
    pub limit: u32,
    /// Since when there is a limit. Who had accepted before has a place, whatever it is.
    pub since: Timestamp,
}

impl Seats {
    /// The most that can be asked for.
    pub const MAX: u32 = 1_000_000;
}

/// What an organizer says of the number of places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeatsAsked {
    /// So many, at least one.
    Limited(u32),
    /// As many as want to come.
    Unlimited,
}

impl SeatsAsked {
    /// Reads a number from 1 to [`Seats::MAX`], or `unlimited` in any case; `None` for another word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("unlimited") {
            return Some(Self::Unlimited);
        }
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let limit = is_number.then(|| text.parse().ok())??;
        (1..=Seats::MAX)
            .contains(&limit)
            .then_some(Self::Limited(limit))
    }

    /// What an event has then, that had `before`.
    #[must_use]
    pub fn after(self, before: Option<Seats>, now: Timestamp) -> Option<Seats> {
        match self {
            Self::Unlimited => None,
            Self::Limited(limit) => Some(Seats {
                limit,
                since: before.map_or(now, |before| before.since),
            }),
        }
    }
}

/// Where an attendee stands. His answer moves it, [`crate::decide::seat`] settles it: only there all places are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// He has accepted, and nobody has looked yet whether there is a place.
    Asked,
    /// He has one.
    Seat,
    /// All were taken when he accepted.
    Waiting {
        /// When his answer arrived: who came first is let in first.
        since: Timestamp,
    },
    /// He had one and does not come any more.
    LeavesSeat,
    /// He waited and does not come any more.
    LeavesList {
        /// Since when he had waited.
        since: Timestamp,
    },
}

impl Place {
    fn asked(place: Option<Self>) -> Self {
        match place {
            None | Some(Self::Asked) => Self::Asked,
            Some(Self::Seat | Self::LeavesSeat) => Self::Seat,
            Some(Self::Waiting { since } | Self::LeavesList { since }) => Self::Waiting { since },
        }
    }

    fn left(self) -> Option<Self> {
        match self {
            Self::Asked => None,
            Self::Seat | Self::LeavesSeat => Some(Self::LeavesSeat),
            Self::Waiting { since } | Self::LeavesList { since } => {
                Some(Self::LeavesList { since })
            }
        }
    }

    /// Whether something is left to settle about it.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Asked | Self::LeavesSeat | Self::LeavesList { .. } => true,
            Self::Seat | Self::Waiting { .. } => false,
        }
    }
}

impl Attendee {
    /// Where he stands by what he answers to the event (of a series: to all of it). Who is asked again because the event
    /// has changed keeps what he has until he answers.
    #[must_use]
    pub fn place_by_answer(&self, event: &Event) -> Option<Place> {
        match self.partstat {
            // Also where the limit is gone: who was leaving does not leave.
            Partstat::Accepted if event.seats.is_some() || self.place.is_some() => {
                Some(Place::asked(self.place))
            }
            Partstat::Declined | Partstat::Tentative | Partstat::Delegated => {
                self.place.and_then(Place::left)
            }
            Partstat::Accepted | Partstat::NeedsAction => self.place,
        }
    }

    /// Whether he would like to come and there is no place for him yet.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.place, Some(Place::Waiting { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_places_is_a_number_or_unlimited() {
        for (text, expected) in [
            ("50", Some(SeatsAsked::Limited(50))),
            (" 1 ", Some(SeatsAsked::Limited(1))),
            ("1000000", Some(SeatsAsked::Limited(Seats::MAX))),
            ("Unlimited", Some(SeatsAsked::Unlimited)),
            ("0", None),
            ("1000001", None),
            ("99999999999", None),
            ("-1", None),
            ("+5", None),
            ("", None),
            ("many", None),
        ] {
            assert_eq!(SeatsAsked::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_limit_holds_since_there_was_one() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = SeatsAsked::Limited(5).after(None, at(10)).unwrap();
        assert_eq!((first.limit, first.since), (5, at(10)));
        let second = SeatsAsked::Limited(9).after(Some(first), at(20)).unwrap();
        assert_eq!((second.limit, second.since), (9, at(10)));
        assert_eq!(SeatsAsked::Unlimited.after(Some(second), at(30)), None);
    }

    #[test]
    fn who_thinks_again_in_time_keeps_what_he_had() {
        let since = Timestamp::UNIX_EPOCH;
        for place in [Place::Seat, Place::Waiting { since }] {
            let left = place.left();
            assert!(left.is_some_and(Place::is_open));
            assert_eq!(Place::asked(left), place);
            assert_eq!(left.and_then(Place::left), left);
        }
        assert_eq!(Place::asked(None), Place::Asked);
        assert_eq!(Place::Asked.left(), None);
    }
}
