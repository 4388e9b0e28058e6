//! Events as the API shows them.

use std::collections::BTreeMap;

use cloud::{
    shape::{OriginCode, PostedCode},
    table::{RsvpShape, StatisticsShape},
};
use invite::{
    decide::Seating,
    event::{Event, Seats},
    statistics::Statistics,
};
use serde::Serialize;

/// An event, as clients of the old system know it: times in epoch seconds, texts escaped for HTML.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Event"))]
pub(super) struct EventView {
    /// 40 characters of a-z and 0-9.
    uid: String,
    created: i64,
    description_html: String,
    dtend: i64,
    dtstart: i64,
    last_modified: i64,
    location_html: String,
    /// The address the event was mailed to.
    mailto: String,
    organizer: String,
    /// The same: ORGANIZER cannot change. Clients of the old system ask for both.
    original_organizer: String,
    /// The program the event was written in.
    prodid: String,
    sequence: u32,
    status: EventStatus,
    summary_html: String,
    /// Counts the changes people hear of; the job that tells one is named by it, like `update-3`.
    revision: u64,
    /// How many can come; null: as many as want to.
    seats: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum EventStatus {
    Confirmed,
    Cancelled,
}

impl EventStatus {
    pub(super) fn of(event: &Event) -> Self {
        if event.is_cancelled() {
            Self::Cancelled
        } else {
            Self::Confirmed
        }
    }
}

impl EventView {
    pub(super) fn of(event: &Event) -> Self {
        let details = &event.details;
        Self {
            uid: event.uid.as_str().to_owned(),
            created: event.created.as_second(),
            // The organizer's own HTML is not sanitised; his plain text says the same.
            description_html: escaped(&details.description),
            dtend: details.end.instant().as_second(),
            dtstart: details.start.instant().as_second(),
            last_modified: event.last_modified.as_second(),
            location_html: escaped(&details.location),
            mailto: event.mailto.as_str().to_owned(),
            organizer: event.organizer.address.as_str().to_owned(),
            original_organizer: event.organizer.address.as_str().to_owned(),
            prodid: event.prodid.clone(),
            sequence: event.stamp.sequence,
            status: EventStatus::of(event),
            summary_html: escaped(&details.summary),
            revision: event.revision,
            seats: event.seats.map(|seats| seats.limit),
        }
    }
}

/// How many are invited, from where, by which program they answered, and what.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Statistics"))]
pub(super) struct StatisticsView {
    attendees: i64,
    /// Attendees by where their invitation came from.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, i64>"))]
    origin: BTreeMap<OriginCode, i64>,
    /// Answers by the program they were given in.
    prodid: BTreeMap<String, i64>,
    rsvp: RsvpView,
    /// Of a series: by date, what is to be added to `rsvp` for that date.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    instances: BTreeMap<String, RsvpView>,
    /// Attendees by where the mail to them stands; a state nobody is in is left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, i64>"))]
    delivery: BTreeMap<PostedCode, i64>,
    /// Attendees who were checked in.
    attended: i64,
    /// How the places stand, where there is a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<SeatsView>,
}

/// How the places of an event stand.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Seats"))]
struct SeatsView {
    limit: u32,
    /// People who have one; more than there are where the limit was lowered.
    taken: u32,
    /// People who have accepted and wait for one.
    waiting: u32,
}

/// Attendees by answer.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Rsvp"))]
pub(super) struct RsvpView {
    accepted: i64,
    declined: i64,
    /// Not answered, or not any more.
    noaction: i64,
    tentative: i64,
}

impl StatisticsView {
    /// `seats`: the limit of the event, and how its places stand.
    pub(super) fn of(statistics: &Statistics, seats: Option<(Seats, Seating)>) -> Self {
        let shape = StatisticsShape::from(statistics);
        Self {
            attendees: shape.attendees,
            origin: shape.origin,
            prodid: shape.prodid,
            rsvp: shape.rsvp.into(),
            instances: shape
                .instances
                .into_iter()
                .map(|(date, answers)| (date, answers.into()))
                .collect(),
            delivery: shape.delivery,
            attended: shape.attended,
            seats: seats.map(|(seats, seating)| SeatsView {
                limit: seats.limit,
                taken: seating.taken,
                waiting: seating.waiting,
            }),
        }
    }
}

impl From<RsvpShape> for RsvpView {
    fn from(shape: RsvpShape) -> Self {
        Self {
            accepted: shape.accepted,
            declined: shape.declined,
            noaction: shape.noaction,
            tentative: shape.tentative,
        }
    }
}

pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>"),
            '\r' => {}
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
pub(super) mod tests {
    use invite::{
        address::{Address, Mailbox},
        event::{Details, Stamp, Uninvited},
        ical::Status,
        id::Uid,
        time::CalendarTime,
    };
    use jiff::{Timestamp, civil};
    use serde_json::json;

    use super::*;

    pub(in crate::api) fn kickoff() -> Event {
        let at = |second| Timestamp::from_second(second).unwrap();
        let stamp = Stamp {
            sequence: 2,
            dtstamp: at(1_772_445_600),
        };
        Event {
            uid: Uid::parse(&"5f".repeat(20)).unwrap(),
            client_uid: "kickoff".to_owned(),
            organizer: Mailbox {
                address: Address::parse("alice@a.test").unwrap(),
                name: None,
            },
            prodid: "-//Mozilla".to_owned(),
            mailto: Address::parse("create@acme.invites.example").unwrap(),
            revision: 3,
            version: 4,
            stamp,
            accepted: stamp,
            status: Status::Tentative,
            details: Details {
                start: CalendarTime::Utc(at(1_772_528_400)),
                end: CalendarTime::AllDay(civil::date(2026, 3, 4)),
                status: Status::Tentative,
                summary: "<b>Kick-off</b> & \"more\"".to_owned(),
                description: "one\r\ntwo".to_owned(),
                description_html: Some("<script>".to_owned()),
                location: String::new(),
                alarms: Vec::new(),
                other: Vec::new(),
                recurrence: Vec::new(),
                zones: Vec::new(),
            },
            instances: BTreeMap::new(),
            open_since: 0,
            uninvited: Uninvited::default(),
            seats: None,
            editions: Vec::new(),
            tzdata: "2026a".to_owned(),
            created: at(1_772_445_600),
            last_modified: at(1_772_445_700),
            seen: Vec::new(),
        }
    }

    #[test]
    fn an_event_has_the_fields_clients_of_the_old_system_read() {
        let shown = serde_json::to_value(EventView::of(&kickoff())).unwrap();
        assert_eq!(
            shown,
            json!({
                "uid": "5f".repeat(20), "created": 1_772_445_600, "last_modified": 1_772_445_700,
                "dtstart": 1_772_528_400, "dtend": 1_772_582_400, "sequence": 2, "status": "confirmed",
                "organizer": "alice@a.test", "original_organizer": "alice@a.test",
                "mailto": "create@acme.invites.example", "prodid": "-//Mozilla",
                "summary_html": "&lt;b&gt;Kick-off&lt;/b&gt; &amp; &quot;more&quot;",
                "description_html": "one<br>two", "location_html": "", "revision": 3, "seats": null,
            })
        );
    }
}
