//! Events as the API shows them.

use invite::event::Event;
use serde_json::{Value, json};

/// An event, as clients of the old system know it: times in epoch seconds, texts escaped for HTML.
pub(super) fn event(event: &Event) -> Value {
    let details = &event.details;
    json!({
        "uid": event.uid.as_str(),
        "created": event.created.as_second(),
        // The organizer's own HTML is not sanitised; his plain text says the same.
        "description_html": escaped(&details.description),
        "dtend": details.end.instant().as_second(),
        "dtstart": details.start.instant().as_second(),
        "last_modified": event.last_modified.as_second(),
        "location_html": escaped(&details.location),
        "mailto": event.mailto.as_str(),
        "organizer": event.organizer.address.as_str(),
        // ORGANIZER cannot change, so it is the same; clients of the old system ask for both.
        "original_organizer": event.organizer.address.as_str(),
        "prodid": event.prodid,
        "sequence": event.stamp.sequence,
        "status": if event.is_cancelled() { "cancelled" } else { "confirmed" },
        "summary_html": escaped(&details.summary),
    })
}

fn escaped(text: &str) -> String {
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
mod tests {
    use std::collections::BTreeMap;

    use invite::{
        address::{Address, Mailbox},
        event::{Details, Stamp, Uninvited},
        ical::Status,
        id::Uid,
        time::CalendarTime,
    };
    use jiff::{Timestamp, civil};

    use super::*;

    fn kickoff() -> Event {
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
            editions: Vec::new(),
            tzdata: "2026a".to_owned(),
            created: at(1_772_445_600),
            last_modified: at(1_772_445_700),
            seen: Vec::new(),
        }
    }

    #[test]
    fn an_event_has_the_fields_clients_of_the_old_system_read() {
        let shown = event(&kickoff());
        assert_eq!(
            shown,
            json!({
                "uid": "5f".repeat(20), "created": 1_772_445_600, "last_modified": 1_772_445_700,
                "dtstart": 1_772_528_400, "dtend": 1_772_582_400, "sequence": 2, "status": "confirmed",
                "organizer": "alice@a.test", "original_organizer": "alice@a.test",
                "mailto": "create@acme.invites.example", "prodid": "-//Mozilla",
                "summary_html": "&lt;b&gt;Kick-off&lt;/b&gt; &amp; &quot;more&quot;",
                "description_html": "one<br>two", "location_html": "",
            })
        );
    }
}
