//! An event with so many places: who accepts too late waits, and is let in when there is one.

use e2e::{
    api::Method,
    fault::Fault,
    letter::Letter,
    person::Person,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::same,
    guests::{answer, answered, invitation, invite},
    scene::{Scene, create, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    ("who_accepts_too_late_waits_and_is_let_in", |world| {
        told(async move { full(&world).await })
    }),
    ("a_limit_by_mail_leaves_those_who_had_accepted", |world| {
        told(async move { late_limit(&world).await })
    }),
    ("a_number_that_is_none_is_refused", |world| {
        told(async move { wrong(&world).await })
    }),
];

const WAITS: &str = "You are on the waiting list:";
const HAS_SEAT: &str = "There is a place for you:";

async fn full(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("seats");
    let event = json!({
        "organizer": scene.organizer.address, "summary": "Full", "start": "2031-05-05T09:00", "time_zone": "Europe/Berlin",
    });
    let created = world.api.post("/event?seats=1", &event).await?;
    let uid = text(&created.body, "/uid");
    same("places", &created.number("/seats"), &Some(1))?;
    let people = ["Bob", "Carol", "Dave"].map(|name| Person::new(name, &scene.domain));
    let [bob, carol, dave] = &people;
    invite(world, &uid, &people).await?;

    answer(world, bob, &invitation(world, bob).await?, "ACCEPTED").await?;
    stands(world, &uid, 1, 1, 0).await?;
    let invited = invitation(world, carol).await?;
    answer(world, carol, &invited, "ACCEPTED").await?;
    stands(world, &uid, 1, 1, 1).await?;
    let waits = letter(world, carol, |letter| letter.subject.starts_with(WAITS)).await?;
    same("From", &waits.from, &invited.from)?;
    // Her calendar is not to say that she comes.
    says_partstat(&waits, "TENTATIVE")?;
    answer(world, dave, &invitation(world, dave).await?, "ACCEPTED").await?;
    stands(world, &uid, 1, 1, 2).await?;
    let places = [
        ("b", json!("seat")),
        ("c", json!("waiting")),
        ("d", json!("waiting")),
    ];
    for (first, place) in &places {
        same(first, &place_of(world, &uid, first).await?, place)?;
    }

    // Who has waited the longest is let in.
    answer(world, bob, &invitation(world, bob).await?, "DECLINED").await?;
    let seat = letter(world, carol, |letter| letter.subject.starts_with(HAS_SEAT)).await?;
    says_partstat(&seat, "ACCEPTED")?;
    stands(world, &uid, 1, 1, 1).await?;

    // Who does not want to wait any more is off the list, without a letter.
    answer(world, dave, &waiting_letter(world, dave).await?, "DECLINED").await?;
    stands(world, &uid, 1, 1, 0).await?;

    // Nobody loses a place, and whoever comes again waits again.
    answer(world, bob, &invitation(world, bob).await?, "ACCEPTED").await?;
    waiting_letter(world, bob).await?;
    let path = format!("/event/{uid}?seats=unlimited");
    let unlimited = world
        .api
        .raw(Method::PATCH, &path, &JSON, b"{}".to_vec())
        .await?;
    same("status", &unlimited.status, &200)?;
    same("places", &unlimited.body.get("seats"), &Some(&Value::Null))?;
    letter(world, bob, |letter| letter.subject.starts_with(HAS_SEAT)).await?;
    for (person, letters) in [(bob, 3), (carol, 3), (dave, 2)] {
        let found = world.mailbox.letters_to(&person.address).await?.len();
        same(&format!("letters to {}", person.name), &found, &letters)?;
    }
    Ok(())
}

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

async fn late_limit(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("lateseats");
    let uid = scene.create(world).await?;
    let people = ["Bob", "Carol", "Dave"].map(|name| Person::new(name, &scene.domain));
    let [bob, carol, dave] = &people;
    invite(world, &uid, &people).await?;
    for person in [bob, carol] {
        answer(world, person, &invitation(world, person).await?, "ACCEPTED").await?;
        answered(world, &uid, person, "accepted").await?;
    }
    let mailbox = create(world).replacen("create@", "create+seats-1@", 1);
    let mut meeting = scene.meeting.clone();
    meeting.sequence += 1;
    let raw = meeting.request(&scene.organizer, &mailbox, cloud::clock::now());
    scene.mail_to(world, &mailbox, &raw).await?;
    // Both had accepted before, and both come.
    stands(world, &uid, 1, 2, 0).await?;
    answer(world, dave, &invitation(world, dave).await?, "ACCEPTED").await?;
    stands(world, &uid, 1, 2, 1).await?;
    answer(world, bob, &invitation(world, bob).await?, "DECLINED").await?;
    stands(world, &uid, 1, 1, 1).await?;
    answer(world, carol, &invitation(world, carol).await?, "TENTATIVE").await?;
    stands(world, &uid, 1, 1, 0).await?;
    letter(world, dave, |letter| letter.subject.starts_with(HAS_SEAT)).await?;
    Ok(())
}

async fn wrong(world: &World) -> Result<(), Fault> {
    let event = json!({"organizer": "olga@seats.test", "summary": "Wrong", "start": "2031-05-05"});
    for seats in ["0", "-1", "many", "1000001", ""] {
        let answer = world
            .api
            .post(&format!("/event?seats={seats}"), &event)
            .await?;
        same(seats, &answer.status, &400)?;
        let parameter = text(&answer.body, "/errors/0/parameter");
        same(seats, &parameter.as_str(), &"seats")?;
    }
    Ok(())
}

/// Waits until the places stand so.
async fn stands(
    world: &World,
    uid: &str,
    limit: i64,
    taken: i64,
    waiting: i64,
) -> Result<(), Fault> {
    let expected = json!({"limit": limit, "taken": taken, "waiting": waiting});
    let path = format!("/event/{uid}/statistics");
    until(
        format!("places to stand at {expected}"),
        within(),
        async || {
            let statistics = world.api.get(&path).await?.body;
            let found = statistics.get("seats").cloned().unwrap_or_default();
            Ok::<_, Fault>(if found == expected {
                Look::Seen(())
            } else {
                Look::NotYet(found.to_string())
            })
        },
    )
    .await
}

/// Of the one attendee whose address begins so.
async fn place_of(world: &World, uid: &str, first: &str) -> Result<Value, Fault> {
    let page = world.api.get(&format!("/event/{uid}/attendees")).await?;
    let attendees = page
        .body
        .get("attendees")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let his = |attendee: &&Value| text(attendee, "/attendee").starts_with(first);
    Ok(attendees
        .iter()
        .find(his)
        .map(|attendee| attendee.get("place").cloned().unwrap_or_default())
        .unwrap_or_default())
}

fn says_partstat(letter: &Letter, partstat: &str) -> Result<(), Fault> {
    let ics = letter
        .calendar
        .as_ref()
        .map(|calendar| calendar.ics.replace("\r\n ", ""));
    let says = ics.is_some_and(|ics| ics.contains(&format!("PARTSTAT={partstat}")));
    same(&format!("PARTSTAT={partstat}"), &says, &true)
}

async fn waiting_letter(world: &World, person: &Person) -> Result<Letter, Fault> {
    letter(world, person, |letter| letter.subject.starts_with(WAITS)).await
}
