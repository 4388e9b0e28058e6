//! Whether an event has begun, and whether it is over.

use jiff::Timestamp;

use super::{Details, Event};

impl Event {
    /// Whether it is too late to say whether one comes: it has begun; of a series, each of its dates has. Floating times and
    /// days count as UTC's.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        if !self.details.recurs() {
            return self.details.start.instant() <= now;
        }
        // A date may have been moved behind all that the rule gives.
        let moved = self.instances.values().filter_map(|instance| {
            let details = instance.details.as_ref()?;
            Some(details.start.instant())
        });
        moved.max().is_none_or(|last| last <= now)
            && self.details.recurring().series().next_after(now).is_none()
    }

    /// Whether nobody can come any more: it has ended; of a series, each of its dates has. Floating times and days count as UTC's.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        let ends = |details: &Details| details.end.instant().max(details.start.instant());
        if !self.details.recurs() {
            return ends(&self.details) <= now;
        }
        let moved = self.instances.values();
        let moved = moved.filter_map(|instance| instance.details.as_ref().map(ends));
        let length = ends(&self.details).duration_since(self.details.start.instant());
        let began = now.checked_sub(length).unwrap_or(Timestamp::MIN);
        moved.max().is_none_or(|last| last <= now)
            && self
                .details
                .recurring()
                .series()
                .next_after(began)
                .is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        address::{Address, Mailbox},
        event::{Instance, Stamp, Uninvited},
        ical::{ContentLine, Status},
        id::Uid,
        time::CalendarTime,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn utc(text: &str) -> CalendarTime {
        CalendarTime::Utc(at(text))
    }

    fn event(start: CalendarTime, rule: Option<&str>) -> Event {
        let stamp = Stamp {
            sequence: 0,
            dtstamp: at("2026-02-01T09:00:00Z"),
        };
        let rule = rule.map(|rule| ContentLine {
            name: "RRULE".to_owned(),
            params: Vec::new(),
            value: rule.to_owned(),
        });
        Event {
            uid: Uid::parse(&"0".repeat(40)).unwrap(),
            client_uid: "kickoff".to_owned(),
            organizer: Mailbox {
                address: Address::parse("alice@a.test").unwrap(),
                name: None,
            },
            prodid: String::new(),
            mailto: Address::parse("create@acme.invites.example").unwrap(),
            revision: 1,
            version: 1,
            stamp,
            accepted: stamp,
            status: Status::Confirmed,
            details: Details {
                recurrence: Vec::from_iter(rule),
                ..Details::at_time(start.clone(), start)
            },
            instances: BTreeMap::new(),
            open_since: 0,
            uninvited: Uninvited::default(),
            seats: None,
            editions: Vec::new(),
            tzdata: "2026a".to_owned(),
            created: stamp.dtstamp,
            last_modified: stamp.dtstamp,
            seen: Vec::new(),
        }
    }

    #[test]
    fn an_event_has_begun_at_its_start_and_a_series_at_its_last() {
        let start = || utc("2026-03-03T09:00:00Z");
        let twice = Some("FREQ=WEEKLY;COUNT=2");
        for (rule, now, expected) in [
            (None, "2026-03-03T08:59:59Z", false),
            (None, "2026-03-03T09:00:00Z", true),
            (twice, "2026-03-10T08:59:59Z", false),
            (twice, "2026-03-10T09:00:00Z", true),
            (Some("FREQ=DAILY"), "2031-03-10T09:00:00Z", false),
        ] {
            assert_eq!(
                event(start(), rule).has_begun(at(now)),
                expected,
                "{rule:?} {now}"
            );
        }
    }

    #[test]
    fn an_event_is_over_at_its_end_and_a_series_at_the_end_of_its_last() {
        let twice = Some("FREQ=WEEKLY;COUNT=2");
        for (rule, now, expected) in [
            (None, "2026-03-03T10:59:59Z", false),
            (None, "2026-03-03T11:00:00Z", true),
            (twice, "2026-03-10T10:59:59Z", false),
            (twice, "2026-03-10T11:00:00Z", true),
            (Some("FREQ=DAILY"), "2031-03-10T10:00:00Z", false),
        ] {
            let mut event = event(utc("2026-03-03T09:00:00Z"), rule);
            event.details.end = utc("2026-03-03T11:00:00Z");
            assert_eq!(event.is_over(at(now)), expected, "{rule:?} {now}");
        }
        // An end that is before the start is none.
        let mut event = event(utc("2026-03-03T09:00:00Z"), None);
        event.details.end = utc("2026-03-01T09:00:00Z");
        assert!(!event.is_over(at("2026-03-03T08:59:59Z")));
    }

    #[test]
    fn a_date_moved_behind_the_last_is_waited_for_and_a_cancelled_one_is_not() {
        let mut event = event(utc("2026-03-03T09:00:00Z"), Some("FREQ=WEEKLY;COUNT=2"));
        let last = utc("2026-03-10T09:00:00Z");
        let mut instance = Instance {
            recurrence_id: last.clone(),
            accepted: event.accepted,
            sequence: 1,
            open_since: 1,
            details: Some(event.details.at(&utc("2026-03-12T09:00:00Z"))),
        };
        event
            .instances
            .insert(last.instance_key(), instance.clone());
        assert!(!event.has_begun(at("2026-03-11T09:00:00Z")));
        assert!(event.has_begun(at("2026-03-12T09:00:00Z")));
        instance.details = None;
        event.instances.insert(last.instance_key(), instance);
        assert!(event.has_begun(at("2026-03-11T09:00:00Z")));
    }
}
