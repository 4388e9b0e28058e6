//! What reaches many people: it waits, is stopped by mail or by the API, is replaced by something newer, and goes.
//!
//! On the local stage more than 350 people are many, and they wait for half a minute (infra/config/tenants/acme.ts).

use std::ops::Range;

use e2e::{
    fault::Fault,
    letter::Letter,
    person::words,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::same,
    scene::{Scene, create, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    ("a_list_for_many_waits_and_is_stopped_by_mail", |world| {
        told(async move { stopped_list(&world).await })
    }),
    (
        "changes_for_many_wait_become_one_and_can_be_stopped",
        |world| told(async move { changes(&world).await }),
    ),
    (
        "a_change_for_more_than_a_few_goes_out_in_a_shard",
        |world| told(async move { shard(&world).await }),
    ),
];

/// More than go without waiting.
const MANY: usize = 360;
/// More than have a message each, and fewer than many.
const SEVERAL: usize = 120;

fn guest(scene: &Scene, number: usize) -> String {
    format!("guest{number}@{}", scene.domain)
}

/// Uploads a list of these people; the name of its job.
async fn invite(
    world: &World,
    scene: &Scene,
    uid: &str,
    people: Range<usize>,
) -> Result<String, Fault> {
    let path = format!("/event/{uid}/lists");
    let begun = world.api.post(&path, &json!({})).await?;
    let mut list = "email\r\n".to_owned();
    for number in people {
        list.push_str(&guest(scene, number));
        list.push_str("\r\n");
    }
    let url = text(&begun.body, "/upload/url");
    same(
        "PUT of the list",
        world.api.upload(&url, list.into_bytes()).await?,
        200,
    )?;
    Ok(text(&begun.body, "/job"))
}

/// The job, once it is as it should be.
async fn job(
    world: &World,
    uid: &str,
    name: &str,
    what: &str,
    is_it: impl Fn(&Value) -> bool,
) -> Result<Value, Fault> {
    until(format!("{name} {what}"), within(), async || {
        let job = world.api.get(&format!("/event/{uid}/jobs/{name}")).await?;
        Ok::<_, Fault>(if is_it(&job.body) {
            Look::Seen(job.body)
        } else {
            Look::NotYet(format!("the API answers {job}"))
        })
    })
    .await
}

async fn in_state(world: &World, uid: &str, name: &str, state: &str) -> Result<Value, Fault> {
    let is_it = |job: &Value| text(job, "/state") == state;
    job(world, uid, name, state, is_it).await
}

async fn done(world: &World, uid: &str, name: &str) -> Result<Value, Fault> {
    let is_it = |job: &Value| job.pointer("/sending/is_done") == Some(&Value::Bool(true));
    job(world, uid, name, "done", is_it).await
}

/// The letter that says that this job waits: its answers go to an address of the job's own.
async fn held_letter(world: &World, scene: &Scene, says: &str) -> Result<Letter, Fault> {
    let found = letter(world, &scene.organizer, |letter| letter.text.contains(says)).await?;
    same("what it asks for", found.text.contains("STOP"), true)?;
    Ok(found)
}

async fn answer(world: &World, scene: &Scene, to: &Letter, says: &str) -> Result<(), Fault> {
    let address = to.reply_to.clone().unwrap_or_default();
    let mail = words(&scene.organizer, &address, says, cloud::clock::now());
    scene.mail_to(world, &address, &mail).await
}

/// The meeting as it is next, changed by the organizer's client.
async fn moves(world: &World, scene: &mut Scene, location: &str) -> Result<(), Fault> {
    scene.meeting.sequence += 1;
    scene.meeting.location = location.to_owned();
    let (meeting, organizer) = (&scene.meeting, &scene.organizer);
    let mail = meeting.request(organizer, &create(world), cloud::clock::now());
    scene.mail(world, &mail).await
}

async fn cancels(world: &World, scene: &mut Scene) -> Result<(), Fault> {
    scene.meeting.sequence += 1;
    let (meeting, organizer) = (&scene.meeting, &scene.organizer);
    let mail = meeting.cancel(organizer, &create(world), cloud::clock::now());
    scene.mail(world, &mail).await
}

/// Methods and places of the calendars in everybody's mailbox, in the order of their SEQUENCE: the same for each.
async fn everybody_has(
    world: &World,
    scene: &Scene,
    people: usize,
    expected: &[(&str, &str)],
) -> Result<(), Fault> {
    for number in 0..people {
        let letters = world.mailbox.letters_to(&guest(scene, number)).await?;
        let mut calendars: Vec<_> = letters
            .into_iter()
            .filter_map(|letter| letter.calendar)
            .collect();
        calendars.sort_by_key(|calendar| calendar.sequence);
        let found: Vec<(&str, &str)> = calendars
            .iter()
            .map(|calendar| (calendar.method.as_str(), calendar.location.as_str()))
            .collect();
        same(
            &format!("what guest {number} has"),
            found.as_slice(),
            expected,
        )?;
    }
    Ok(())
}

async fn invited(world: &World, uid: &str) -> Result<Option<u64>, Fault> {
    let records = world.records.about_event(uid).await?;
    let count = records.item("invitations#");
    Ok(count.and_then(|count| number(count, "/invited")))
}

fn number(job: &Value, pointer: &str) -> Option<u64> {
    job.pointer(pointer).and_then(Value::as_u64)
}

async fn stopped_list(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("heldlist");
    let uid = scene.create(world).await?;
    let name = invite(world, &scene, &uid, 0..MANY).await?;
    let held = held_letter(world, &scene, &format!("{MANY} people on your list")).await?;
    answer(world, &scene, &held, "STOP").await?;
    in_state(world, &uid, &name, "stopped").await?;
    letter(world, &scene.organizer, |letter| {
        letter
            .text
            .contains("Stopped: none of the 360 people on your list")
    })
    .await?;
    same("places taken after", invited(world, &uid).await?, Some(0))?;
    let records = world.records.about_event(&uid).await?;
    same("attendees", records.attendees().count(), 0)?;
    everybody_has(world, &scene, MANY, &[]).await?;
    // It stays so when it is asked again.
    let stop = format!("/event/{uid}/jobs/{name}/stop");
    let again = world.api.post(&stop, &json!({})).await?;
    same("stopped again", again.status, 200)
}

async fn changes(world: &World) -> Result<(), Fault> {
    let mut scene = Scene::new("heldchange");
    let uid = scene.create(world).await?;
    // Neither list is of many; both together are.
    for people in [0..MANY / 2, MANY / 2..MANY] {
        let list = invite(world, &scene, &uid, people).await?;
        done(world, &uid, &list).await?;
    }
    everybody_has(world, &scene, MANY, &[("REQUEST", "Room 1")]).await?;

    // Two changes become one.
    moves(world, &mut scene, "Room 2").await?;
    in_state(world, &uid, "update-2", "held").await?;
    moves(world, &mut scene, "Room 3").await?;
    let held = held_letter(world, &scene, "takes the place of").await?;
    // Something else than STOP, and somebody else's word.
    answer(world, &scene, &held, "Who are they").await?;
    let stranger = Scene::new("stranger");
    answer(world, &stranger, &held, "STOP").await?;
    letter(world, &scene.organizer, |letter| {
        letter.text.contains("again with STOP")
    })
    .await?;
    letter(world, &stranger.organizer, |letter| {
        letter.text.contains("created by somebody else")
    })
    .await?;
    in_state(world, &uid, "update-2", "superseded").await?;
    let says = held.text.contains("Place: Room 1 → Room 3");
    same("what changed", says, true)?;
    let job = done(world, &uid, "update-3").await?;
    same("told", number(&job, "/sending/sent"), Some(MANY as u64))?;
    let both = [("REQUEST", "Room 1"), ("REQUEST", "Room 3")];
    everybody_has(world, &scene, MANY, &both).await?;
    // Too late.
    answer(world, &scene, &held, "STOP").await?;
    letter(world, &scene.organizer, |letter| {
        letter.text.contains("360 of 360 letters had gone")
    })
    .await?;

    // A cancellation that is stopped, by the API; then everybody hears how it is.
    cancels(world, &mut scene).await?;
    in_state(world, &uid, "cancellation-4", "held").await?;
    let stop = format!("/event/{uid}/jobs/cancellation-4/stop");
    let stopped = world.api.post(&stop, &json!({})).await?;
    let state = text(&stopped.body, "/state");
    same("stop", (stopped.status, state), (200, "stopped".to_owned()))?;
    letter(world, &scene.organizer, |letter| {
        letter
            .text
            .contains("in their calendars it still takes place")
    })
    .await?;
    let gone = format!("/event/{uid}/jobs/update-3/stop");
    let too_late = world.api.post(&gone, &json!({})).await?;
    same("too late", too_late.status, 409)?;
    moves(world, &mut scene, "Room 5").await?;
    done(world, &uid, "update-5").await?;
    let all = [
        ("REQUEST", "Room 1"),
        ("REQUEST", "Room 3"),
        ("REQUEST", "Room 5"),
    ];
    everybody_has(world, &scene, MANY, &all).await
}

async fn shard(world: &World) -> Result<(), Fault> {
    let mut scene = Scene::new("shard");
    let uid = scene.create(world).await?;
    let list = invite(world, &scene, &uid, 0..SEVERAL).await?;
    done(world, &uid, &list).await?;
    moves(world, &mut scene, "Room 2").await?;
    let job = done(world, &uid, "update-2").await?;
    same("told", number(&job, "/sending/sent"), Some(SEVERAL as u64))?;
    same("held", job.pointer("/held_until"), Some(&Value::Null))?;
    cancels(world, &mut scene).await?;
    done(world, &uid, "cancellation-3").await?;
    let all = [
        ("REQUEST", "Room 1"),
        ("REQUEST", "Room 2"),
        ("CANCEL", "Room 2"),
    ];
    everybody_has(world, &scene, SEVERAL, &all).await
}
