//! Places at an event with a limit, as stored.

use invite::{
    decide::Seating,
    event::{Place, Seats, SeatsAsked},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Malformed;

/// How many people can come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Seats")]
pub struct SeatsShape {
    pub limit: u32,
    pub since: Timestamp,
}

impl From<Seats> for SeatsShape {
    fn from(Seats { limit, since }: Seats) -> Self {
        Self { limit, since }
    }
}

impl From<SeatsShape> for Seats {
    fn from(SeatsShape { limit, since }: SeatsShape) -> Self {
        Self { limit, since }
    }
}

/// What an organizer says of the number of places: it, or `unlimited`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SeatsAskedShape(String);

impl From<SeatsAsked> for SeatsAskedShape {
    fn from(asked: SeatsAsked) -> Self {
        Self(match asked {
            SeatsAsked::Limited(limit) => limit.to_string(),
            SeatsAsked::Unlimited => "unlimited".to_owned(),
        })
    }
}

impl TryFrom<SeatsAskedShape> for SeatsAsked {
    type Error = Malformed;

    fn try_from(shape: SeatsAskedShape) -> Result<Self, Malformed> {
        Self::parse(&shape.0).ok_or(Malformed("a number of places"))
    }
}

/// Where an attendee stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in the domain's Place")]
pub enum PlaceShape {
    Asked,
    Seat,
    Waiting { since: Timestamp },
    LeavesSeat,
    LeavesList { since: Timestamp },
}

impl From<Place> for PlaceShape {
    fn from(place: Place) -> Self {
        match place {
            Place::Asked => Self::Asked,
            Place::Seat => Self::Seat,
            Place::Waiting { since } => Self::Waiting { since },
            Place::LeavesSeat => Self::LeavesSeat,
            Place::LeavesList { since } => Self::LeavesList { since },
        }
    }
}

impl From<PlaceShape> for Place {
    fn from(shape: PlaceShape) -> Self {
        match shape {
            PlaceShape::Asked => Self::Asked,
            PlaceShape::Seat => Self::Seat,
            PlaceShape::Waiting { since } => Self::Waiting { since },
            PlaceShape::LeavesSeat => Self::LeavesSeat,
            PlaceShape::LeavesList { since } => Self::LeavesList { since },
        }
    }
}

/// How the places of an event stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Seating")]
pub struct SeatingRecord {
    pub taken: u32,
    pub waiting: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Timestamp>,
}

impl From<Seating> for SeatingRecord {
    fn from(seating: Seating) -> Self {
        let Seating {
            taken,
            waiting,
            counted,
        } = seating;
        Self {
            taken,
            waiting,
            counted,
        }
    }
}

impl From<SeatingRecord> for Seating {
    fn from(record: SeatingRecord) -> Self {
        let SeatingRecord {
            taken,
            waiting,
            counted,
        } = record;
        Self {
            taken,
            waiting,
            counted,
        }
    }
}
