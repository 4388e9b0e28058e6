//! Updates that tell each attendee what changed since his own last copy.

use invite::{
    event::{Answers, Edition, Event},
    ical::{Partstat, Status},
    letter::{self, Letter, Sender},
};

use super::{
    samples,
    series::{self, differ, rule},
};

/// The event after a change, its edition before kept.
pub(super) fn changed(before: &Event, change: impl FnOnce(&mut Event)) -> Event {
    let mut event = before.clone();
    event.editions.push(Edition::of(before));
    event.revision += 1;
    event.stamp.sequence += 1;
    event.stamp.dtstamp = "2026-02-02T10:00:00Z".parse().unwrap();
    event.last_modified = event.stamp.dtstamp;
    change(&mut event);
    event
}

/// Moved, then given another room, title and text.
fn kickoff() -> Event {
    let moved = changed(&samples::berlin().event, |event| {
        event.details.start = samples::zoned("2026-03-04T11:00", "Europe/Berlin");
        event.details.end = samples::zoned("2026-03-04T12:30", "Europe/Berlin");
    });
    changed(&moved, |event| {
        event.details.location = "Room <2>".to_owned();
        event.details.summary = "Kick-off & lunch".to_owned();
        event.details.description = "Bring nothing.".to_owned();
        event.status = Status::Tentative;
    })
}

/// Another rhythm.
fn rule_changed() -> Event {
    changed(&series::weekly().event, |event| {
        event.details.recurrence = vec![rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=10")];
        event.instances.clear();
    })
}

/// One date moved, one cancelled, one back, one added.
fn dates_changed() -> Event {
    let at = |local: &str| samples::zoned(local, "Europe/Berlin");
    changed(&series::weekly().event, |event| {
        let mut moved = event.details.at(&at("2026-03-24T10:00"));
        moved.start = at("2026-03-25T10:00");
        moved.end = at("2026-03-25T11:00");
        moved.location = "Room 3".to_owned();
        differ(event, at("2026-03-24T10:00"), Some(moved));
        differ(event, at("2026-04-14T10:00"), None);
        event
            .instances
            .remove(&at("2026-04-07T10:00").instance_key());
        let added = samples::line("RDATE", &[("TZID", "Europe/Berlin")], "20260409T100000");
        event.details.recurrence.push(added);
        let excluded = samples::line("EXDATE", &[], "20260421T080000Z");
        event.details.recurrence.push(excluded);
    })
}

/// Forty dates of a long series are cancelled.
fn many_dates_changed() -> Event {
    let mut long = series::weekly().event;
    long.details.recurrence = vec![rule("FREQ=DAILY")];
    long.instances.clear();
    changed(&long, |event| {
        for time in series::occurrences(event).into_iter().take(40) {
            differ(event, time, None);
        }
    })
}

/// Every letter of this kind with its name.
pub(super) fn letters(sender: &Sender) -> Vec<(String, Letter)> {
    let bob = samples::mailbox("Bob Byte", "bob@b.test");
    let dan = samples::mailbox("Dan Dot", "dan@d.test");
    let accepted = Answers::all(Partstat::Accepted);
    let update =
        |event: &Event, to, last| letter::update(event, to, &accepted, last, sender).unwrap();
    let kickoff = kickoff();
    [
        ("changed-since-the-first", update(&kickoff, &bob, Some(1))),
        ("changed-since-the-second", update(&kickoff, &dan, Some(2))),
        (
            "changed-since-nobody-knows",
            update(&kickoff, &bob, Some(0)),
        ),
        ("changed-rule", update(&rule_changed(), &bob, Some(1))),
        ("changed-dates", update(&dates_changed(), &bob, Some(1))),
        (
            "changed-many-dates",
            update(&many_dates_changed(), &bob, Some(1)),
        ),
    ]
    .map(|(name, letter)| (name.to_owned(), letter))
    .into()
}
