//! Reminders: who has not answered gets one, and nobody else; an answer that comes while it waits is honoured.
//!
//! On the local stage more than 350 people are many, and they wait for half a minute (infra/config/tenants/acme.ts).

use e2e::{
    api::Method,
    fault::Fault,
    letter::Letter,
    person::Person,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::same,
    guests::{answer, answered, invitation, invite},
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "only_who_has_not_answered_is_reminded_and_only_once_a_day",
        |world| told(async move { some(&world).await }),
    ),
    (
        "an_answer_that_comes_while_a_reminder_waits_is_honoured",
        |world| told(async move { waits(&world).await }),
    ),
    (
        "nobody_is_reminded_of_what_is_cancelled_or_has_begun",
        |world| told(async move { over(&world).await }),
    ),
];

/// More than go without waiting.
const MANY: usize = 360;

async fn some(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("remind");
    let uid = scene.create(world).await?;
    let [bob, carol, dave] = ["Bob", "Carol", "Dave"].map(|name| Person::new(name, &scene.domain));
    invite(world, &uid, &[&bob, &carol, &dave]).await?;
    let invited = invitation(world, &carol).await?;
    invitation(world, &dave).await?;
    answer(world, &bob, &invitation(world, &bob).await?, "ACCEPTED").await?;
    answered(world, &uid, &bob, "ACCEPTED").await?;
    let now = cloud::clock::now().as_millisecond();
    for (name, more) in [
        ("erin", json!({"reminders": 1, "reminded_at": now})),
        ("frank", json!({"reminders": 3, "reminded_at": 1})),
        ("gina", json!({"withheld": "blocked"})),
        ("hugo", json!({"sent_revision": null})),
    ] {
        store(world, &uid, &format!("{name}@{}", scene.domain), more).await?;
    }
    let others =
        json!({"answered": 1, "too-soon": 1, "often-enough": 1, "blocked": 1, "not-told": 1});

    // Only asked how many it would be.
    let asked = remind(world, &uid, &json!({"dry_run": true})).await?;
    let would = done(world, &uid, &asked).await?;
    says("whom it would remind", &would, "/reminds", &json!(2))?;
    says("why not the others", &would, "/not_reminded", &others)?;

    let asked = remind(world, &uid, &json!({})).await?;
    let job = done(world, &uid, &asked).await?;
    says("letters", &job, "/sending/sent", &json!(2))?;
    says("why not the others", &job, "/not_reminded", &others)?;
    let reminded = reminder(world, &carol).await?;
    reminder(world, &dave).await?;
    let ics = |letter: &Letter| {
        letter
            .calendar
            .as_ref()
            .map(|calendar| calendar.ics.clone())
    };
    same("the calendar object", &ics(&reminded), &ics(&invited))?;
    same("From", &reminded.from, &invited.from)?;

    // Answering the reminder is answering the invitation.
    answer(world, &carol, &reminded, "DECLINED").await?;
    answered(world, &uid, &carol, "DECLINED").await?;
    let asked = remind(world, &uid, &json!({})).await?;
    let again = done(world, &uid, &asked).await?;
    says("whom it reminds again", &again, "/reminds", &json!(0))?;
    let others =
        json!({"answered": 2, "too-soon": 2, "often-enough": 1, "blocked": 1, "not-told": 1});
    says("why nobody", &again, "/not_reminded", &others)?;
    for (name, letters) in [
        ("bob", 1),
        ("carol", 2),
        ("dave", 2),
        ("erin", 0),
        ("frank", 0),
        ("gina", 0),
        ("hugo", 0),
    ] {
        let address = format!("{name}@{}", scene.domain);
        let found = world.mailbox.letters_to(&address).await?.len();
        same(&format!("letters to {name}"), &found, &letters)?;
    }
    Ok(())
}

async fn waits(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("remindmany");
    let uid = scene.create(world).await?;
    let bob = Person::new("Bob", &scene.domain);
    invite(world, &uid, &[&bob]).await?;
    let invited = invitation(world, &bob).await?;
    let (told, domain) = (&uid, &scene.domain);
    stream::iter(1..MANY)
        .map(|number| async move {
            store(world, told, &format!("guest{number}@{domain}"), json!({})).await
        })
        .buffer_unordered(8)
        .try_collect::<Vec<()>>()
        .await?;
    let asked = remind(world, &uid, &json!({})).await?;
    let held = letter(world, &scene.organizer, |letter| {
        letter.subject.contains("will be reminded to answer")
    })
    .await?;
    same("how to stop it", &held.text.contains("STOP"), &true)?;
    let twice = remind(world, &uid, &json!({})).await?;
    same("who asks while it waits gets", &twice, &asked)?;
    answer(world, &bob, &invited, "TENTATIVE").await?;
    answered(world, &uid, &bob, "TENTATIVE").await?;
    let job = done(world, &uid, &asked).await?;
    says("letters", &job, "/sending/sent", &json!(MANY - 1))?;
    says(
        "who has answered by then",
        &job,
        "/sending/already_told",
        &json!(1),
    )?;
    let letters = world.mailbox.letters_to(&bob.address).await?.len();
    same("letters to bob", &letters, &1)
}

async fn over(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("remindover");
    let event = |start: &str| {
        json!({
            "organizer": scene.organizer.address, "summary": "Over", "start": start, "time_zone": "Europe/Berlin",
        })
    };
    let begun = world.api.post("/event", &event("2021-05-05T09:00")).await?;
    refused(world, &text(&begun.body, "/uid"), "event-begun").await?;
    let cancelled = world.api.post("/event", &event("2031-05-05T09:00")).await?;
    let uid = text(&cancelled.body, "/uid");
    let path = format!("/event/{uid}/cancel");
    let answer = world.api.raw(Method::POST, &path, &[], Vec::new()).await?;
    same("the cancellation", &answer.status, &200)?;
    refused(world, &uid, "event-cancelled").await
}

async fn refused(world: &World, uid: &str, problem: &str) -> Result<(), Fault> {
    for body in [json!({}), json!({"dry_run": true})] {
        let answer = world
            .api
            .post(&format!("/event/{uid}/remind"), &body)
            .await?;
        same("status", &answer.status, &409)?;
        let kind = format!("urn:calendar-invite-server:problem:{problem}");
        same("problem", &text(&answer.body, "/type"), &kind)?;
    }
    Ok(())
}

/// Asks for a reminder; its job.
async fn remind(world: &World, uid: &str, body: &Value) -> Result<String, Fault> {
    let answer = world
        .api
        .post(&format!("/event/{uid}/remind"), body)
        .await?;
    if answer.status != 202 {
        return Err(Fault::Wrong(format!("202 and not {answer}")));
    }
    Ok(text(&answer.body, "/job"))
}

async fn done(world: &World, uid: &str, job: &str) -> Result<Value, Fault> {
    let path = format!("/event/{uid}/jobs/{job}");
    until(format!("{job} to be done"), within(), async || {
        let job = world.api.get(&path).await?;
        Ok::<_, Fault>(
            if job.body.pointer("/sending/is_done") == Some(&json!(true)) {
                Look::Seen(job.body)
            } else {
                Look::NotYet(format!("the API answers {job}"))
            },
        )
    })
    .await
}

async fn reminder(world: &World, person: &Person) -> Result<Letter, Fault> {
    letter(world, person, |letter| {
        letter.subject.starts_with("Reminder:")
    })
    .await
}

/// Stores an attendee as if a list had invited him, so that nobody is sent anything.
async fn store(world: &World, uid: &str, email: &str, more: Value) -> Result<(), Fault> {
    let mut item = json!({
        "pk": format!("event#{uid}"), "sk": format!("attendee#{email}"), "email": email, "origin": "bulk",
        "partstat": "needs-action", "partstat_sequence": 0, "revision": 1, "invited": "2026-03-01T10:00:00Z",
        "history": [], "list_job": "none", "sent_revision": 1,
    });
    if let (Some(item), Value::Object(more)) = (item.as_object_mut(), more) {
        item.extend(more);
        item.retain(|_, value| !value.is_null());
    }
    world.records.put(&item).await
}

/// What stands there in a job.
fn says(what: &str, job: &Value, pointer: &str, expected: &Value) -> Result<(), Fault> {
    same(what, &job.pointer(pointer), &Some(expected))
}
