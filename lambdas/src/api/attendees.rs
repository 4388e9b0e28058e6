//! `GET /event/{uid}/attendees`: who is invited, masked; and in full for who asks for that and may.

use std::sync::Arc;

use access::{caller::Caller, decision::may, scope::Scope};
use axum::{Json, extract::State};
use cloud::shape::OriginCode;
use invite::{
    address::{Address, Shown},
    event::{Attendee, Place},
    ical::Partstat,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    caller::Known,
    cursor::{Cursors, limit},
    event_api::{Needs, Seen},
};
use crate::shell::{Failed, Kind, Parameters, Problem};

/// The parameter by which addresses and names are asked for.
pub(super) const UNMASKED: &str = "unmasked";

/// Some of an event's attendees, by address.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Attendees"))]
pub(super) struct AttendeesView {
    attendees: Vec<AttendeeView>,
    /// Leads on as `after`; null when these were the last.
    next: Option<String>,
}

/// Somebody invited: of his address and name only the first letters, and the domain, unless all was asked for.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Attendee"))]
struct AttendeeView {
    /// `j*******@example.com`
    attendee: String,
    /// `J*******`; empty without one.
    name: String,
    status: AnswerView,
    /// Where the invitation came from.
    #[cfg_attr(test, schemars(with = "String"))]
    origin: OriginCode,
    /// The program the current answer was given in; empty without one.
    prodid: String,
    /// When he was checked in, in epoch seconds; null when he was not.
    attended: Option<i64>,
    /// Where he stands at an event with a limit; null: he has no place and waits for none.
    place: Option<PlaceView>,
}

/// At an event with a limit.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Place"))]
pub(super) enum PlaceView {
    Seat,
    /// He has accepted when all were taken.
    Waiting,
}

impl PlaceView {
    pub(super) fn of(attendee: &Attendee) -> Option<Self> {
        match attendee.place? {
            Place::Seat => Some(Self::Seat),
            Place::Waiting { .. } => Some(Self::Waiting),
            // Soon: his answer has only just come.
            Place::Asked | Place::LeavesSeat | Place::LeavesList { .. } => None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Answer"))]
pub(super) enum AnswerView {
    Accepted,
    Declined,
    /// Not answered, not any more, or sends somebody else.
    NoAction,
    Tentative,
}

impl From<Partstat> for AnswerView {
    fn from(partstat: Partstat) -> Self {
        match partstat {
            Partstat::Accepted => Self::Accepted,
            Partstat::Declined => Self::Declined,
            Partstat::Tentative => Self::Tentative,
            Partstat::NeedsAction | Partstat::Delegated => Self::NoAction,
        }
    }
}

pub(super) async fn page(
    State(needs): State<Arc<Needs>>,
    Known(caller): Known,
    Seen(event): Seen,
    parameters: Parameters,
) -> Result<Json<AttendeesView>, Failed> {
    let shown = shown_to(&caller, &parameters)?;
    let cursors = Cursors::of(&needs.key, format!("attendees of {}", event.uid));
    let after = cursors
        .after(&parameters)?
        .and_then(|place| Address::parse(&place));
    let page = needs
        .table
        .attendees_after(&event.uid, after.as_ref(), limit(&parameters)?)
        .await?;
    let last = page.attendees.last().filter(|_| page.next.is_some());
    let next = last.map(|attendee| cursors.sealed(attendee.mailbox.address.as_str()));
    Ok(Json(AttendeesView {
        attendees: page
            .attendees
            .iter()
            .map(|attendee| AttendeeView::of(attendee, shown))
            .collect(),
        next,
    }))
}

/// All only for who asks for it: an answer never names people because of who happened to ask.
pub(super) fn shown(parameters: &Parameters) -> Result<Shown, Problem> {
    match parameters.text(UNMASKED).as_deref() {
        None | Some("false") => Ok(Shown::Masked),
        Some("true") => Ok(Shown::Whole),
        Some(_) => {
            let detail = "`unmasked` is true or false.";
            Err(Problem::parameter(Kind::InvalidParameter, UNMASKED, detail))
        }
    }
}

/// The same, of who may.
pub(super) fn shown_to(caller: &Caller, parameters: &Parameters) -> Result<Shown, Problem> {
    let shown = shown(parameters)?;
    if shown == Shown::Whole {
        may(Scope::AttendeesReadUnmasked, caller)?;
    }
    Ok(shown)
}

impl AttendeeView {
    fn of(attendee: &Attendee, shown: Shown) -> Self {
        let answer = attendee.current_answer();
        let mailbox = &attendee.mailbox;
        Self {
            attendee: shown.address(&mailbox.address),
            name: shown.name(mailbox.name.as_deref().unwrap_or_default()),
            status: attendee.partstat.into(),
            origin: attendee.origin.into(),
            prodid: answer
                .and_then(|answer| answer.prodid.clone())
                .unwrap_or_default(),
            attended: attendee.attended.map(Timestamp::as_second),
            place: PlaceView::of(attendee),
        }
    }
}

#[cfg(test)]
mod tests {
    use invite::{address::Mailbox, event::Origin};
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_shown_to_who_asks_for_them_alone() {
        for (pairs, shown) in [
            (&[][..], Some(Shown::Masked)),
            (&[("unmasked", "false")], Some(Shown::Masked)),
            (&[("unmasked", "true")], Some(Shown::Whole)),
            (&[("unmasked", "")], None),
            (&[("unmasked", "1")], None),
            (&[("unmasked", "true"), ("unmasked", "true")], None),
        ] {
            assert_eq!(
                super::shown(&Parameters::of(pairs)).ok(),
                shown,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn an_attendee_is_shown_by_first_letters() {
        let john = Mailbox {
            address: Address::parse("johndoe@example.com").unwrap(),
            name: Some("John Doe".to_owned()),
        };
        let john = Attendee {
            partstat: Partstat::Tentative,
            ..Attendee::invited(john, Origin::Bulk, Timestamp::UNIX_EPOCH)
        };
        assert_eq!(
            serde_json::to_value(AttendeeView::of(&john, Shown::Masked)).unwrap(),
            json!({
                "attendee": "j*******@example.com", "name": "J*******", "status": "tentative", "origin": "bulk",
                "prodid": "", "attended": null, "place": null,
            })
        );
        let whole = serde_json::to_value(AttendeeView::of(&john, Shown::Whole)).unwrap();
        assert_eq!(
            (&whole["attendee"], &whole["name"]),
            (&json!("johndoe@example.com"), &json!("John Doe"))
        );
        let waiting = Attendee {
            partstat: Partstat::NeedsAction,
            attended: Some("2026-03-03T09:00:00Z".parse().unwrap()),
            place: Some(Place::Waiting {
                since: Timestamp::UNIX_EPOCH,
            }),
            ..john
        };
        let shown = serde_json::to_value(AttendeeView::of(&waiting, Shown::Masked)).unwrap();
        assert_eq!(shown["status"], "noaction");
        assert_eq!(shown["attended"], 1_772_528_400);
        assert_eq!(shown["place"], "waiting");
    }
}
