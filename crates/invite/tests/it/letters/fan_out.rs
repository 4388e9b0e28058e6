//! What organizers are told of what reaches many people.

use invite::{
    decide::Tells,
    event::{Edition, Event},
    language::Language,
    letter::{self, FanOut, Held, Letter, Sender},
};

use super::{samples, series};

fn fan_out(event: &Event, tells: Tells) -> FanOut<'_> {
    FanOut {
        event,
        job: match tells {
            Tells::Invitation => "0123456789abcdef0123",
            Tells::Update { .. } => "update-2",
            Tells::Cancellation { .. } => "cancellation-2",
            Tells::Reminder { .. } => "reminder-0123456789ab",
        },
        tells,
        people: 612,
        at: "2026-02-02T10:00:00Z".parse().unwrap(),
    }
}

/// The meeting after it was moved; its first edition is kept.
fn moved() -> Event {
    let mut event = samples::berlin().event;
    event.editions.push(Edition::of(&event));
    event.revision += 1;
    event.details.start = samples::zoned("2026-03-03T14:00", "Europe/Berlin");
    event.details.end = samples::zoned("2026-03-03T15:00", "Europe/Berlin");
    event.details.location = "Room 2".to_owned();
    event
}

/// Every letter of this kind with its name.
pub(super) fn letters(sender: &Sender) -> Vec<(String, Letter)> {
    let moved = moved();
    let weekly = series::weekly().event;
    let revision = moved.revision;
    let mut letters = Vec::new();
    for (name, event, tells, replaces) in [
        ("", &moved, Tells::Update { revision }, false),
        ("-again", &moved, Tells::Update { revision }, true),
        (
            "-cancellation",
            &moved,
            Tells::Cancellation { revision },
            true,
        ),
        ("-list", &weekly, Tells::Invitation, false),
        (
            "-reminder",
            &weekly,
            Tells::Reminder {
                revision: weekly.revision,
            },
            false,
        ),
    ] {
        let held = Held {
            until: "2026-02-02T10:10:00Z".parse().unwrap(),
            replaces,
            last_told: moved.revision - 1,
        };
        let letter = letter::fan_out_held(&fan_out(event, tells), &held, sender);
        letters.push((format!("fan-out-held{name}"), letter.unwrap()));
    }
    for (name, event, tells, in_reply_to) in [
        (
            "",
            &moved,
            Tells::Update { revision },
            Some("<stop@mail.a.test>"),
        ),
        (
            "-cancellation",
            &moved,
            Tells::Cancellation { revision },
            None,
        ),
        ("-list", &weekly, Tells::Invitation, None),
        (
            "-reminder",
            &weekly,
            Tells::Reminder {
                revision: weekly.revision,
            },
            None,
        ),
    ] {
        let letter = letter::fan_out_stopped(&fan_out(event, tells), in_reply_to, sender);
        letters.push((format!("fan-out-stopped{name}"), letter.unwrap()));
    }
    letters
}

#[test]
fn the_answer_goes_to_an_address_of_this_job_alone() {
    let sender = samples::sender(Language::English);
    let event = moved();
    let held = Held {
        until: "2026-02-02T10:10:00Z".parse().unwrap(),
        replaces: false,
        last_told: 1,
    };
    let reply_to = |tells| {
        let letter = letter::fan_out_held(&fan_out(&event, tells), &held, &sender).unwrap();
        let (mail, _) = invite::mail::read(&letter.raw);
        mail.reply_to.unwrap().address
    };
    let revision = event.revision;
    let update = reply_to(Tells::Update { revision });
    assert!(update.local().starts_with(&format!("stop+{}-", event.uid)));
    assert!(update.local().len() <= 64);
    assert_ne!(update, reply_to(Tells::Cancellation { revision }));
}
