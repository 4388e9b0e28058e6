//! `GET /event/{uid}/attendees`: who is invited, as others may see them.

use std::sync::Arc;

use axum::{Json, extract::State};
use cloud::shape::OriginCode;
use invite::{
    address::{Address, masked},
    event::Attendee,
    ical::Partstat,
};
use serde::Serialize;

use super::{
    cursor::{Cursors, limit},
    event_api::{Needs, Seen},
};
use crate::shell::{Failed, Parameters};

/// Some of an event's attendees, by address.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Attendees"))]
pub(super) struct AttendeesView {
    attendees: Vec<AttendeeView>,
    /// Leads on as `after`; null when these were the last.
    next: Option<String>,
}

/// Somebody invited: of his address and name only the first letters, and the domain.
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
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Answer"))]
enum AnswerView {
    Accepted,
    Declined,
    /// Not answered, not any more, or sends somebody else.
    NoAction,
    Tentative,
}

pub(super) async fn page(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    parameters: Parameters,
) -> Result<Json<AttendeesView>, Failed> {
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
        attendees: page.attendees.iter().map(AttendeeView::of).collect(),
        next,
    }))
}

impl AttendeeView {
    fn of(attendee: &Attendee) -> Self {
        let answer = attendee.current_answer();
        Self {
            attendee: attendee.mailbox.address.masked(),
            name: masked(attendee.mailbox.name.as_deref().unwrap_or_default()),
            status: match attendee.partstat {
                Partstat::Accepted => AnswerView::Accepted,
                Partstat::Declined => AnswerView::Declined,
                Partstat::Tentative => AnswerView::Tentative,
                Partstat::NeedsAction | Partstat::Delegated => AnswerView::NoAction,
            },
            origin: attendee.origin.into(),
            prodid: answer
                .and_then(|answer| answer.prodid.clone())
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use invite::{address::Mailbox, event::Origin};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

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
            serde_json::to_value(AttendeeView::of(&john)).unwrap(),
            json!({
                "attendee": "j*******@example.com", "name": "J*******", "status": "tentative", "origin": "bulk",
                "prodid": "",
            })
        );
        let waiting = Attendee {
            partstat: Partstat::NeedsAction,
            ..john
        };
        let shown = serde_json::to_value(AttendeeView::of(&waiting)).unwrap();
        assert_eq!(shown["status"], "noaction");
    }
}
