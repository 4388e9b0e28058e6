//! What changed, as data: each difference is named, and nothing else is.

use invite::{
    event::{Edition, Event},
    ical::Status,
    language::Language,
    letter::{Change, changes},
};
use proptest::prelude::*;

use super::{
    changed::changed,
    samples,
    series::{self, differ, rule},
};

fn at(local: &str) -> invite::time::CalendarTime {
    samples::zoned(local, "Europe/Berlin")
}

/// The names of what changed.
fn named(before: &Event, change: impl FnOnce(&mut Event)) -> Vec<String> {
    let now = changed(before, change);
    changes(&Edition::of(before), &now, Language::English)
        .iter()
        .map(|change| match change {
            Change::Status { .. } => "status".to_owned(),
            Change::When { .. } => "when".to_owned(),
            Change::Recurrence { .. } => "recurrence".to_owned(),
            Change::Where { .. } => "where".to_owned(),
            Change::Title { .. } => "title".to_owned(),
            Change::Description => "description".to_owned(),
            Change::Instance { recurrence_id, .. } => {
                format!("moved {}", recurrence_id.instance_key().as_str())
            }
            Change::InstanceCancelled { recurrence_id } => {
                format!("cancelled {}", recurrence_id.instance_key().as_str())
            }
            Change::InstanceBack { recurrence_id, .. } => {
                format!("back {}", recurrence_id.instance_key().as_str())
            }
        })
        .collect()
}

#[test]
fn nothing_changed_is_nothing() {
    for sample in samples::all() {
        let event = sample.event;
        for language in Language::ALL {
            let changes = changes(&Edition::of(&event), &event, language);
            assert_eq!(changes, [], "{}", sample.name);
        }
    }
}

/// What is named, and what was done.
type Case<'a> = (&'a str, &'a dyn Fn(&mut Event));

#[test]
fn dates_of_a_series_are_told_one_by_one_however_they_were_taken_out() {
    let weekly = series::weekly().event;
    let cases: [Case<'_>; 7] = [
        ("cancelled 20260324T090000Z", &|event| {
            differ(event, at("2026-03-24T10:00"), None);
        }),
        ("cancelled 20260324T090000Z", &|event| {
            let line = samples::line("EXDATE", &[], "20260324T090000Z");
            event.details.recurrence.push(line);
        }),
        ("back 20260407T080000Z", &|event| {
            event
                .instances
                .remove(&at("2026-04-07T10:00").instance_key());
        }),
        ("cancelled 20260317T090000Z", &|event| {
            differ(event, at("2026-03-17T10:00"), None);
        }),
        ("moved 20260317T090000Z", &|event| {
            event
                .instances
                .remove(&at("2026-03-17T10:00").instance_key());
        }),
        ("back 20260409T080000Z", &|event| {
            let line = samples::line("RDATE", &[], "20260409T080000Z");
            event.details.recurrence.push(line);
        }),
        // Cancelled one by one before, and taken out of the rule now: nobody sees a difference.
        ("", &|event| {
            event
                .instances
                .remove(&at("2026-04-07T10:00").instance_key());
            let line = samples::line("EXDATE", &[], "20260407T080000Z");
            event.details.recurrence.push(line);
        }),
    ];
    for (expected, change) in cases {
        assert_eq!(named(&weekly, |event| change(event)).join(" "), expected);
    }
}

#[test]
fn a_rule_in_other_words_is_no_change_and_another_rule_is_one() {
    let weekly = series::weekly().event;
    let same = |event: &mut Event| {
        event.details.recurrence = vec![rule(
            "BYDAY=TU;FREQ=WEEKLY;INTERVAL=1;UNTIL=20260505T080000Z",
        )];
    };
    assert_eq!(named(&weekly, same), Vec::<String>::new());
    let other = |event: &mut Event| event.details.recurrence = vec![rule("FREQ=WEEKLY;BYDAY=TH")];
    assert_eq!(named(&weekly, other), ["recurrence"]);
    let once = |event: &mut Event| {
        event.details.recurrence.clear();
        event.instances.clear();
    };
    assert_eq!(named(&weekly, once), ["recurrence"]);
}

proptest! {
    #[test]
    fn each_field_that_differs_is_named_and_no_other(
        [status, title, when, place, description] in any::<[bool; 5]>(),
        is_series in any::<bool>(),
    ) {
        let before = if is_series {
            series::weekly().event
        } else {
            samples::berlin().event
        };
        let found = named(&before, |event| {
            let details = &mut event.details;
            if status {
                event.status = Status::Tentative;
            }
            if title {
                details.summary.push('!');
            }
            if when {
                details.end = at("2026-03-03T12:00");
            }
            if place {
                details.location.push('!');
            }
            if description {
                details.description.push('!');
            }
        });
        let expected: Vec<_> = [
            (status, "status"),
            (title, "title"),
            (when, "when"),
            (place, "where"),
            (description, "description"),
        ]
        .into_iter()
        .filter(|(differs, _)| *differs)
        .map(|(_, name)| name.to_owned())
        .collect();
        prop_assert_eq!(found, expected);
    }
}
