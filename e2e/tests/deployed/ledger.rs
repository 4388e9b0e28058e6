//! An event's ledger: why somebody sees what he sees, and who may ask.

use e2e::{
    api::{Answer, Method},
    fault::Fault,
    letter::Letter,
    person::{Person, reply},
    post::Place,
    world::World,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    Test,
    api::seen,
    authorization::{made, with_key},
    expected::expect,
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[(
    "the_ledger_says_why_somebody_sees_what_he_sees_and_names_nobody_to_who_may_not_know",
    |world| told(async move { ledger(&world).await }),
)];

async fn ledger(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("ledger");
    let uid = scene.create(world).await?;
    let guest = Person::new("Gustav", &scene.domain);
    let label = scene.domain.trim_end_matches(".test");
    let gone = format!("bounce+{label}@simulator.amazonses.com");
    happened(world, &scene, &uid, &guest, &gone).await?;

    let path = format!("/event/{uid}/ledger");
    let whole = seen(
        world,
        &format!("{path}?unmasked=true&limit=100"),
        |answer| {
            let sent = |revision: u64| {
                has(
                    answer,
                    &json!({"kind": "sent", "attendee": guest.address, "revision": revision}),
                )
            };
            sent(1) && sent(2)
        },
    )
    .await?;
    told_in_full(&whole, &guest, &gone)?;
    page_by_page(world, &path, &whole).await?;
    of_one(world, &path, &guest, &gone).await?;
    each_by_himself(world, &uid, &guest, &gone).await?;
    who_may(world, &uid, &path, &[&guest.address, &gone]).await
}

/// Invited, answered, moved, and one mailbox that is not there.
async fn happened(
    world: &World,
    scene: &Scene,
    uid: &str,
    guest: &Person,
    gone: &str,
) -> Result<(), Fault> {
    let invites =
        json!({"invites": [{"email": guest.address, "name": guest.name}, {"email": gone}]});
    let path = format!("/event/{uid}/invites");
    let answer = world.api.post(&path, &invites).await?;
    expect(answer.status == 202, &answer)?;
    let is_in = |location: &'static str| {
        move |letter: &Letter| {
            let calendar = letter.calendar.as_ref();
            calendar.is_some_and(|calendar| calendar.location == location)
        }
    };
    let invitation = letter(world, guest, is_in("Room 1")).await?;
    let Some(invitation) = &invitation.calendar else {
        return Err(Fault::Wrong("the invitation has no calendar".to_owned()));
    };
    let raw = reply(invitation, guest, "ACCEPTED", cloud::clock::now());
    let to = [invitation.organizer.as_str()];
    world
        .post
        .send(Place::Honest, &guest.address, &to, &raw)
        .await?;
    let ledger = format!("/event/{uid}/ledger?unmasked=true&limit=100");
    seen(world, &ledger, |answer| {
        has(answer, &json!({"kind": "answered", "answer": "accepted"}))
            && has(answer, &json!({"kind": "delivery", "state": "bounced"}))
    })
    .await?;

    // By mail it was recorded, by API it is moved.
    let json = [("content-type", "application/json")];
    let body = json!({"location": "Room 2"}).to_string().into_bytes();
    let path = format!("/event/{uid}");
    let moved = world.api.raw(Method::PATCH, &path, &json, body).await?;
    expect(moved.status == 200, &moved)?;
    letter(world, guest, is_in("Room 2")).await?;
    expect(moved.number("/revision") == Some(2), &moved)?;
    expect(scene.meeting.location == "Room 1", &moved)
}

/// Everything, in order, with what follows from what.
fn told_in_full(whole: &Answer, guest: &Person, gone: &str) -> Result<(), Fault> {
    let guest = guest.address.as_str();
    for expected in [
        json!({
            "kind": "received", "who": "organizer", "by": "mail", "command": "request", "outcome": "applied", "revision": 1,
        }),
        json!({"kind": "changed", "who": null, "revision": 1, "differs": null}),
        json!({"kind": "invited", "attendee": guest, "origin": "api", "from": null}),
        json!({"kind": "invited", "attendee": gone}),
        json!({"kind": "sent", "attendee": gone, "letter": "invite", "revision": 1}),
        json!({"kind": "delivery", "attendee": gone, "letter": "invite", "revision": 1, "state": "bounced"}),
        json!({
            "kind": "answered", "who": "attendee", "attendee": guest, "answer": "accepted", "evidence": "token",
            "earlier_version": false, "prodid": "-//Example//Calendar of an attendee//EN",
        }),
        json!({"kind": "received", "who": "organizer", "by": "api", "outcome": "applied", "revision": 2}),
        json!({
            "kind": "changed", "revision": 2,
            "differs": [{"what": "location", "before": "Room 1", "now": "Room 2"}],
        }),
        json!({"kind": "job", "job": "update-2", "work": "update", "step": "begun", "revision": 2}),
        json!({"kind": "sent", "attendee": guest, "letter": "update", "revision": 2}),
    ] {
        if !has(whole, &expected) {
            return Err(Fault::Wrong(format!("no {expected} in {whole}")));
        }
    }
    // Nobody told him who is gone of the change.
    let update = json!({"kind": "sent", "attendee": gone, "revision": 2});
    expect(!has(whole, &update), whole)?;
    let times: Vec<i64> = entries(whole)
        .iter()
        .filter_map(|entry| entry.get("at").and_then(Value::as_i64))
        .collect();
    expect(times.is_sorted_by(|newer, older| newer >= older), whole)?;
    let position = |expected: Value| entries(whole).iter().position(|entry| is(entry, &expected));
    let cause = position(json!({"kind": "received", "revision": 2}));
    let effect = position(json!({"kind": "changed", "revision": 2}));
    expect(effect < cause && effect.is_some(), whole)
}

async fn page_by_page(world: &World, path: &str, whole: &Answer) -> Result<(), Fault> {
    let mut read = Vec::new();
    let mut after = String::new();
    for _ in 0..100 {
        let page = world
            .api
            .get(&format!("{path}?unmasked=true&limit=3{after}"))
            .await?;
        expect(page.status == 200 && entries(&page).len() <= 3, &page)?;
        read.extend(entries(&page).iter().cloned());
        match page.text("/next") {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    if read == entries(whole) {
        return Ok(());
    }
    Err(Fault::Wrong(format!(
        "page by page {read:?}, and not {whole}"
    )))
}

/// Asked about one attendee it tells nothing of another.
async fn of_one(world: &World, path: &str, guest: &Person, gone: &str) -> Result<(), Fault> {
    for (asked, other) in [
        (guest.address.as_str(), gone),
        (gone, guest.address.as_str()),
    ] {
        let encoded = utf8_percent_encode(asked, NON_ALPHANUMERIC);
        let query = format!("{path}?unmasked=true&limit=100&attendee={encoded}");
        let answer = world.api.get(&query).await?;
        expect(
            has(&answer, &json!({"kind": "invited", "attendee": asked})),
            &answer,
        )?;
        expect(
            has(&answer, &json!({"kind": "changed", "revision": 2})),
            &answer,
        )?;
        expect(!answer.body.to_string().contains(other), &answer)?;
    }
    Ok(())
}

async fn each_by_himself(
    world: &World,
    uid: &str,
    guest: &Person,
    gone: &str,
) -> Result<(), Fault> {
    let path = |address: &str| {
        let address = utf8_percent_encode(address, NON_ALPHANUMERIC);
        format!("/event/{uid}/attendees/{address}")
    };
    let answer = world.api.get(&path(&guest.address)).await?;
    let says = |answer: &Answer, pointer: &str, expected: Value| {
        expect(answer.body.pointer(pointer) == Some(&expected), answer)
    };
    says(&answer, "/told/revision", json!(2))?;
    says(&answer, "/told/is_current", json!(true))?;
    says(&answer, "/told/shows/location", json!("Room 2"))?;
    says(
        &answer,
        "/told/shows/start",
        json!("2031-05-05T09:00:00+02:00[Europe/Berlin]"),
    )?;
    says(&answer, "/answers/0/answer", json!("accepted"))?;
    says(&answer, "/letters/0/letter", json!("invite"))?;
    says(&answer, "/letters/1/letter", json!("update"))?;
    // Another place: he is asked again.
    says(&answer, "/status", json!("noaction"))?;
    let answer = world.api.get(&path(gone)).await?;
    says(&answer, "/delivery", json!("bounced"))?;
    says(&answer, "/told/revision", json!(1))?;
    says(&answer, "/told/is_current", json!(false))?;
    says(&answer, "/told/shows/location", json!("Room 1"))?;
    let unknown = world.api.get(&path("nobody@nowhere.test")).await?;
    expect(unknown.status == 404, &unknown)
}

async fn who_may(world: &World, uid: &str, path: &str, addresses: &[&String]) -> Result<(), Fault> {
    let scopes = json!(["ledger:read"]);
    let (masked, _) = made(world, &json!({"name": "a test", "scopes": scopes})).await?;
    let answer = with_key(world, &format!("{path}?limit=100"), &masked).await?;
    expect(answer.status == 200, &answer)?;
    expect(
        has(&answer, &json!({"kind": "answered", "comment": null})),
        &answer,
    )?;
    for address in addresses {
        let said = answer.body.to_string();
        expect(!said.contains(address.as_str()), &answer)?;
        let (local, domain) = address.split_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        expect(said.contains(&format!("{first}*******@{domain}")), &answer)?;
    }
    let by_one = format!("/event/{uid}/attendees/bob@b.example");
    for more in [
        format!("{path}?unmasked=true"),
        format!("{path}?attendee=bob@b.example"),
        by_one,
    ] {
        let answer = with_key(world, &more, &masked).await?;
        expect(answer.status == 403, &answer)?;
    }
    let strangers = json!({
        "name": "a test", "organizer": "oscar@stranger.test", "scopes": ["ledger:read", "attendees:read:unmasked"],
    });
    let (stranger, _) = made(world, &strangers).await?;
    for not_his in [
        path.to_owned(),
        format!("/event/{uid}/attendees/bob@b.example"),
    ] {
        let answer = with_key(world, &not_his, &stranger).await?;
        let is_unknown = answer
            .text("/type")
            .is_some_and(|kind| kind.ends_with(":unknown-event"));
        expect(answer.status == 404 && is_unknown, &answer)?;
    }
    Ok(())
}

fn entries(answer: &Answer) -> Vec<Value> {
    let entries = answer.body.get("entries").and_then(Value::as_array);
    entries.cloned().unwrap_or_default()
}

/// Whether an entry has these fields.
fn is(entry: &Value, expected: &Value) -> bool {
    let fields = expected.as_object().into_iter().flatten();
    fields
        .into_iter()
        .all(|(name, value)| entry.get(name) == Some(value))
}

fn has(answer: &Answer, expected: &Value) -> bool {
    entries(answer).iter().any(|entry| is(entry, expected))
}
