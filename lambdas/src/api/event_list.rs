//! Events in lists, the newest change first.

use invite::event::Event;
use serde::Serialize;

use super::views::{EventStatus, escaped};

/// Some events, the last changed first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Events"))]
pub(super) struct EventsView {
    pub(super) events: Vec<ListedEventView>,
    /// Leads on as `after`; null when these were the last.
    pub(super) next: Option<String>,
}

/// An event in a list: times in epoch seconds, texts escaped for HTML.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ListedEvent"))]
pub(super) struct ListedEventView {
    uid: String,
    /// The address the event was mailed to.
    mailto: String,
    organizer: String,
    status: EventStatus,
    created: i64,
    last_modified: i64,
    dtstart: i64,
    dtend: i64,
    summary_html: String,
    description_html: String,
    location_html: String,
}

impl ListedEventView {
    pub(super) fn of(event: &Event) -> Self {
        let details = &event.details;
        Self {
            uid: event.uid.as_str().to_owned(),
            mailto: event.mailto.as_str().to_owned(),
            organizer: event.organizer.address.as_str().to_owned(),
            status: EventStatus::of(event),
            created: event.created.as_second(),
            last_modified: event.last_modified.as_second(),
            dtstart: details.start.instant().as_second(),
            dtend: details.end.instant().as_second(),
            summary_html: escaped(&details.summary),
            description_html: escaped(&details.description),
            location_html: escaped(&details.location),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::views::tests::kickoff;

    #[test]
    fn an_event_in_a_list_has_the_fields_clients_of_the_old_system_read() {
        assert_eq!(
            serde_json::to_value(ListedEventView::of(&kickoff())).unwrap(),
            json!({
                "uid": "5f".repeat(20), "mailto": "create@acme.invites.example", "organizer": "alice@a.test",
                "status": "confirmed", "created": 1_772_445_600, "last_modified": 1_772_445_700,
                "dtstart": 1_772_528_400, "dtend": 1_772_582_400,
                "summary_html": "&lt;b&gt;Kick-off&lt;/b&gt; &amp; &quot;more&quot;",
                "description_html": "one<br>two", "location_html": "",
            })
        );
    }
}
