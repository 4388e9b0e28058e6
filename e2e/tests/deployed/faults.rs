//! What goes wrong in the world, done to the deployed stack on purpose. Each leaves the queues as it found them.

use std::{collections::HashSet, process::Command};

use e2e::{
    fault::Fault,
    person::Person,
    wait::{Look, until, within},
    world::World,
};
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    Test,
    scene::{Scene, create, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "messages_nobody_can_read_fail_alone_and_are_kept_in_the_dead_letter_queue",
        |world| told(async move { poison(&world).await }),
    ),
    (
        "an_outgoing_mail_is_read_by_independent_parsers_without_a_warning",
        |world| told(async move { letters_are_well_formed(&world).await }),
    ),
    (
        "the_api_shows_nothing_without_a_token_or_with_a_wrong_one",
        |world| told(async move { api_is_closed(&world).await }),
    ),
];

/// The poisons go into a queue of real work; the work around them is done, they end in the dead-letter queue.
///
/// One test for all poisons: how long a queue hides a message is a setting of the whole queue, and two tests that change
/// it and put it back would undo each other.
async fn poison(world: &World) -> Result<(), Fault> {
    let inspector = &world.records.inspector;
    let name = format!("{}-verify-invite", world.stack.table);
    let queues = inspector.queues(&name).await?;
    let url = |name: &str| {
        let found = queues.get(name).map(|(url, _)| url.clone());
        found.ok_or_else(|| Fault::Wrong(format!("there is no queue {name}")))
    };
    let (queue, dead) = (url(&name)?, url(&format!("{name}-dlq"))?);
    // Tries are minutes apart, and the test has not that much time.
    let hidden_secs = inspector.hidden_secs(&queue).await?;
    inspector.hide_for(&queue, 3).await?;
    let end = poison_among_work(world, &queue, &dead).await;
    inspector.hide_for(&queue, hidden_secs).await?;
    end
}

async fn poison_among_work(world: &World, queue: &str, dead: &str) -> Result<(), Fault> {
    let inspector = &world.records.inspector;
    let scene = Scene::new("poison");
    // Unlike any that an earlier run has left behind.
    let (not_json, newer) = (
        format!(
            "{}: not JSON, but the way of a mail all the same",
            scene.domain
        ),
        json!({ "version": 1_000, "kind": "invite", "of": scene.domain }).to_string(),
    );
    let poisons = [not_json, newer];
    let uid = scene.create(world).await?;
    let people: Vec<Person> = (0..9)
        .map(|n| Person::new(&format!("Guest {n}"), &scene.domain))
        .collect();
    let invites: Vec<_> = people
        .iter()
        .map(|person| json!({ "email": person.address }))
        .collect();
    for poison in &poisons {
        inspector.send(queue, poison).await?;
    }
    let path = format!("/event/{uid}/invites");
    world
        .api
        .post(&path, &json!({ "invites": invites }))
        .await?;
    for person in &people {
        letter(world, person, |letter| letter.calendar.is_some()).await?;
    }
    let kept = Mutex::new(HashSet::new());
    until(
        "the messages in the dead-letter queue",
        within(),
        async || {
            // Whatever else is in there stays.
            for peeked in inspector.peek(dead, 1).await? {
                if poisons.contains(&peeked.body) {
                    inspector.remove(dead, &peeked).await?;
                    kept.lock().await.insert(peeked.body);
                }
            }
            let kept = kept.lock().await.len();
            Ok::<_, Fault>(if kept == poisons.len() {
                Look::Seen(())
            } else {
                Look::NotYet(format!("{kept} of {}", poisons.len()))
            })
        },
    )
    .await
}

/// Invitation, update and cancellation of one event, and the notice, checked by `scripts/check-letters`.
async fn letters_are_well_formed(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("letters");
    let uid = scene.create(world).await?;
    let guest = Person::new("Zoë O'Guest", &scene.domain);
    let guest = Person {
        address: format!("zoe@{}", scene.domain),
        ..guest
    };
    let path = format!("/event/{uid}/invites");
    let invites = json!({ "invites": [{ "email": guest.address, "name": guest.name }] });
    world.api.post(&path, &invites).await?;
    letter(world, &guest, |letter| letter.calendar.is_some()).await?;
    let mut meeting = scene.meeting.clone();
    meeting.sequence = 1;
    meeting.location = "Room 2; the blue one, upstairs"
        .replace(';', "\\;")
        .replace(',', "\\,");
    scene
        .mail(
            world,
            &meeting.request(&scene.organizer, &create(world), cloud::clock::now()),
        )
        .await?;
    letter(world, &guest, |letter| {
        letter.calendar.as_ref().is_some_and(|i| i.sequence == 1)
    })
    .await?;
    meeting.sequence = 2;
    scene
        .mail(
            world,
            &meeting.cancel(&scene.organizer, &create(world), cloud::clock::now()),
        )
        .await?;
    letter(world, &guest, |letter| {
        letter
            .calendar
            .as_ref()
            .is_some_and(|i| i.method == "CANCEL")
    })
    .await?;

    let folder = std::env::temp_dir().join(format!("cis-letters-{}", scene.domain));
    std::fs::create_dir_all(&folder).map_err(|error| Fault::Wrong(error.to_string()))?;
    for person in [&guest, &scene.organizer] {
        for (number, letter) in world
            .mailbox
            .letters_to(&person.address)
            .await?
            .iter()
            .enumerate()
        {
            let file = folder.join(format!("{}-{number}.eml", person.address));
            std::fs::write(file, &letter.raw).map_err(|error| Fault::Wrong(error.to_string()))?;
        }
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/check-letters");
    let checked = Command::new(script)
        .arg("--dir")
        .arg(&folder)
        .output()
        .map_err(|error| Fault::Wrong(format!("could not run {script}: {error}")))?;
    if !checked.status.success() {
        return Err(Fault::Wrong(format!(
            "{}{}the letters are in {}",
            String::from_utf8_lossy(&checked.stdout),
            String::from_utf8_lossy(&checked.stderr),
            folder.display()
        )));
    }
    std::fs::remove_dir_all(&folder).ok();
    Ok(())
}

async fn api_is_closed(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("closed");
    let uid = scene.create(world).await?;
    for token in [
        "",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWxsb3J5IiwiY29nbml0bzpncm91cHMiOlsiYWRtaW4iXX0.",
    ] {
        let api = world.api.with_token(token);
        for path in [format!("/event/{uid}"), format!("/event/{uid}/statistics")] {
            let answer = api.get(&path).await?;
            if answer.status != 401 {
                return Err(Fault::Wrong(format!(
                    "GET {path} with the token {token:?} answered {answer}"
                )));
            }
        }
        let path = format!("/event/{uid}/invites");
        let answer = api.post(&path, &json!({ "invites": [] })).await?;
        if answer.status != 401 {
            return Err(Fault::Wrong(format!(
                "POST {path} with the token {token:?} answered {answer}"
            )));
        }
    }
    Ok(())
}
