//! Somebody is erased: by an administrator, by a mail of his own, by the page of a letter. Nobody else is touched.

use e2e::{
    api::Answer,
    fault::Fault,
    letter::Letter,
    no_more::NoMore,
    person::{Person, reply, words},
    post::Place,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    api::seen,
    authorization::{made, with_key},
    expected::{expect, same},
    guests::{invite, item},
    scene::{Scene, create, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "an_administrator_erases_a_person_from_all_events_and_nobody_else",
        |world| told(async move { by_api(&world).await }),
    ),
    (
        "who_writes_erase_me_is_erased_and_who_organizes_events_is_told_why_not",
        |world| told(async move { by_mail(&world).await }),
    ),
    (
        "the_second_button_of_the_page_erases_and_one_click_does_not",
        |world| told(async move { by_page(&world).await }),
    ),
];

async fn by_api(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("erased");
    let kickoff = scene.create(world).await?;
    let again = scene.another();
    let request = again
        .meeting
        .request(&again.organizer, &create(world), cloud::clock::now());
    again.mail(world, &request).await?;
    let is_new = |letter: &Letter| letter.uid().is_some_and(|uid| uid != kickoff);
    let party = letter(world, &again.organizer, is_new).await?;
    let party = party.uid().unwrap_or_default();
    let [bob, carol] = ["Bob", "Carol"].map(|name| Person::new(name, &scene.domain));
    for uid in [&kickoff, &party] {
        invite(world, uid, &[&bob, &carol]).await?;
        for person in [&bob, &carol] {
            invitation(world, person, uid).await?;
        }
    }
    let answered = answer(world, &kickoff, &bob, "REPLY").await?;
    let proposed = answer(world, &kickoff, &bob, "COUNTER").await?;
    answer(world, &kickoff, &carol, "REPLY").await?;
    named_by_dave(world, &kickoff, &scene, &bob).await?;
    statistics(world, &kickoff, 3, 2).await?;
    item(
        world,
        &kickoff,
        &format!("attendee#{}", bob.address),
        |item| item.pointer("/proposals/0").is_some(),
    )
    .await?;
    for mail in [&answered, &proposed] {
        same(
            "his mail is there",
            &is_in_the_inbox(world, mail).await?,
            &true,
        )?;
    }
    let carol_before = world.records.about_event(&kickoff).await?;
    let carol_before = carol_before.attendee(&carol.address).cloned();

    who_may_not(world, &scene, &bob).await?;
    let begun = erase(world, &bob.address.to_uppercase()).await?;
    let twice = erase(world, &bob.address).await?;
    same("its id", &text(&twice, "/id"), &text(&begun, "/id"))?;
    let done = done(world, &text(&begun, "/id")).await?;
    // The second request may have come after the first was done.
    let counts = ["events", "mentions", "mails"].map(|name| count(&done, name));
    if counts != [2, 1, 2] && counts != [0, 0, 0] {
        return Err(Fault::Wrong(format!("what was erased: {done}")));
    }

    nothing_is_known_of(world, &kickoff, &bob, &[&answered, &proposed]).await?;
    nothing_is_known_of(world, &party, &bob, &[]).await?;
    statistics(world, &kickoff, 2, 1).await?;
    statistics(world, &party, 1, 0).await?;
    let records = world.records.about_event(&kickoff).await?;
    same(
        "Carol's record",
        &records.attendee(&carol.address).cloned(),
        &carol_before,
    )?;
    let invited = records
        .item("invitations#")
        .map(|item| count(item, "invited"));
    same("places of the limit that are taken", &invited, &Some(1))?;
    let kept = world
        .records
        .inspector
        .items(&world.stack.table, "erasure#")
        .await?;
    let of_him = kept
        .iter()
        .filter(|item| item["state"] == "done" && item.to_string().contains(&bob.address));
    same("erasures that tell whose they are", &of_him.count(), &0)?;

    // A change reaches the others, and its job does not wait for him.
    let mut meeting = scene.meeting.clone();
    meeting.sequence = 1;
    meeting.location = "Room 2".to_owned();
    let update = meeting.request(&scene.organizer, &create(world), cloud::clock::now());
    scene.mail(world, &update).await?;
    letter(world, &carol, |letter| {
        letter
            .calendar
            .as_ref()
            .is_some_and(|calendar| calendar.sequence == 1)
    })
    .await?;
    seen(world, &format!("/event/{kickoff}/jobs/update-2"), |job| {
        job.body.pointer("/sending/is_done") == Some(&json!(true))
    })
    .await?;
    let letters = world.mailbox.letters_to(&bob.address).await?.len();
    same("letters to him", &letters, &2)?;

    // What was under way invites him no more, and a second time there is only that to forget.
    invite(world, &kickoff, &[&bob]).await?;
    item(world, &kickoff, &format!("refused#{}", bob.address), |_| {
        true
    })
    .await?;
    if text(&done, "/state") == "once-more" {
        return Ok(());
    }
    let second = erase(world, &bob.address).await?;
    let second = self::done(world, &text(&second, "/id")).await?;
    same("events", &count(&second, "events"), &0)?;
    same("refusals", &count(&second, "refused"), &1)
}

/// Neither a program with every right there is, nor somebody others rely on, nor an address that is none.
async fn who_may_not(world: &World, scene: &Scene, bob: &Person) -> Result<(), Fault> {
    let scopes = json!({"name": "all", "scopes": ["system:read", "attendees:read:unmasked"]});
    let (key, _) = made(world, &scopes).await?;
    let id = "0".repeat(32);
    let answer = with_key(world, &format!("/system/erasures/{id}"), &key).await?;
    expect(answer.status == 403, &answer)?;
    for (email, status, problem) in [
        (scene.organizer.address.as_str(), 409, "organizes-events"),
        ("nobody", 400, "invalid-field"),
    ] {
        let answer = world
            .api
            .post("/system/erasures", &json!({ "email": email }))
            .await?;
        let says = answer
            .text("/type")
            .is_some_and(|kind| kind.ends_with(problem));
        expect(answer.status == status && says, &answer)?;
    }
    let unknown = world.api.get(&format!("/system/erasures/{id}")).await?;
    expect(unknown.status == 404, &unknown)?;
    let anybody = world.api.with_token("");
    let answer = anybody
        .post("/system/erasures", &json!({"email": bob.address}))
        .await?;
    expect(answer.status == 401, &answer)
}

async fn by_mail(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("erase-me");
    let uid = scene.create(world).await?;
    let [writer, stayer] = ["Writer", "Stayer"].map(|name| Person::new(name, &scene.domain));
    invite(world, &uid, &[&writer, &stayer]).await?;
    for person in [&writer, &stayer] {
        invitation(world, person, &uid).await?;
    }
    let answered = answer(world, &uid, &writer, "REPLY").await?;
    statistics(world, &uid, 2, 1).await?;

    let to = world.stack.address("unsubscribe");
    let asks = |from: &Person| words(from, &to, "Please erase me", cloud::clock::now());
    // Whoever only says that he is somebody erases nobody.
    let forged = asks(&stayer);
    world
        .post
        .send(Place::Forged, &stayer.address, &[&to], &forged)
        .await?;
    for person in [&writer, &scene.organizer] {
        let raw = asks(person);
        world
            .post
            .send(Place::Honest, &person.address, &[&to], &raw)
            .await?;
    }
    letter(world, &writer, |letter| {
        letter.subject == "You are being erased"
    })
    .await?;
    letter(world, &scene.organizer, |letter| {
        letter.subject.starts_with("Nothing was erased")
    })
    .await?;
    gone(world, &uid, &writer).await?;
    nothing_is_known_of(world, &uid, &writer, &[&answered]).await?;
    statistics(world, &uid, 1, 0).await?;
    let records = world.records.about_event(&uid).await?;
    let stays = records.attendee(&stayer.address).is_some() && records.event().is_some();
    same("the others", &stays, &true)?;
    // That he wants no mail outlives what is erased.
    let partition = format!("attendee#{}", writer.address);
    let said = world
        .records
        .inspector
        .items(&world.stack.table, &partition)
        .await?;
    let by: Vec<String> = said.iter().map(|item| text(item, "/by")).collect();
    same("what is kept", &by, &vec!["mail".to_owned()])
}

async fn by_page(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("erase-page");
    let uid = scene.create(world).await?;
    let [clicker, eraser] = ["Clicker", "Eraser"].map(|name| Person::new(name, &scene.domain));
    invite(world, &uid, &[&clicker, &eraser]).await?;
    let one_click = NoMore::of(&invitation(world, &clicker, &uid).await?, &world.stack)?;
    let page = NoMore::of(&invitation(world, &eraser, &uid).await?, &world.stack)?;

    let anybody = world.api.with_token("");
    let base = world.stack.api.as_str().trim_end_matches('/');
    let (click, button) = (
        format!("{base}{}", one_click.path),
        format!("{base}{}", page.path),
    );
    let clicked = anybody
        .form(&click, "List-Unsubscribe=One-Click".to_owned())
        .await?;
    expect(clicked.status == 200, &clicked)?;
    let shown = anybody.get(&page.path).await?;
    let nonce = nonce_in(&shown.body)?;
    // Without the tick, with another page's, and with none of ours it only asks again.
    let other = nonce_in(&anybody.get(&one_click.path).await?.body)?;
    for form in [
        format!("erase={nonce}"),
        format!("erase={other}&sure=yes"),
        "erase=yes&sure=yes".to_owned(),
    ] {
        let answer = anybody.form(&button, form).await?;
        let asks = answer
            .body
            .as_str()
            .is_some_and(|html| html.contains("<form"));
        expect(answer.status == 200 && asks, &answer)?;
    }
    let records = world.records.about_event(&uid).await?;
    let withheld = records
        .attendee(&eraser.address)
        .map(|item| text(item, "/withheld"));
    same("nothing happened", &withheld, &Some(String::new()))?;

    let pressed = anybody
        .form(&button, format!("erase={nonce}&sure=yes"))
        .await?;
    let says = pressed
        .body
        .as_str()
        .is_some_and(|html| html.contains("is being erased"));
    expect(pressed.status == 200 && says, &pressed)?;
    gone(world, &uid, &eraser).await?;
    item(
        world,
        &uid,
        &format!("attendee#{}", clicker.address),
        |item| text(item, "/withheld") == "blocked",
    )
    .await
}

fn nonce_in(page: &Value) -> Result<String, Fault> {
    let html = page.as_str().unwrap_or_default();
    html.split(r#"name="erase" value=""#)
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .map(str::to_owned)
        .ok_or_else(|| Fault::Wrong(format!("no second button on {html}")))
}

fn count(value: &Value, name: &str) -> u64 {
    let count = value.get(name).and_then(Value::as_u64);
    count.unwrap_or_default()
}

async fn erase(world: &World, email: &str) -> Result<Value, Fault> {
    let answer = world
        .api
        .post("/system/erasures", &json!({ "email": email }))
        .await?;
    expect(answer.status == 202, &answer)?;
    Ok(answer.body)
}

async fn done(world: &World, id: &str) -> Result<Value, Fault> {
    let path = format!("/system/erasures/{id}");
    // Where another test has letters to many going out, the table is gone through once more ten minutes later.
    let is_through = |answer: &Answer| matches!(answer.text("/state"), Some("done" | "once-more"));
    Ok(seen(world, &path, is_through).await?.body)
}

async fn invitation(world: &World, person: &Person, uid: &str) -> Result<Letter, Fault> {
    letter(world, person, |letter| {
        letter
            .calendar
            .as_ref()
            .is_some_and(|calendar| calendar.uid == uid)
    })
    .await
}

/// Accepts, or proposes another time; the mail's id.
async fn answer(world: &World, uid: &str, person: &Person, method: &str) -> Result<String, Fault> {
    let invited = invitation(world, person, uid).await?;
    let Some(calendar) = &invited.calendar else {
        return Err(Fault::Wrong("the invitation has no calendar".to_owned()));
    };
    let raw = reply(calendar, person, "ACCEPTED", cloud::clock::now());
    let raw = String::from_utf8_lossy(&raw).replace("REPLY", method);
    let raw = match method {
        "COUNTER" => raw.replace(
            "\r\nORGANIZER",
            "\r\nDTSTART:20310506T070000Z\r\nDTEND:20310506T080000Z\r\nORGANIZER",
        ),
        _ => raw,
    };
    let to = [calendar.organizer.as_str()];
    let taken = world
        .post
        .send(Place::Honest, &person.address, &to, raw.as_bytes())
        .await?;
    Ok(taken.mail_id)
}

/// Somebody whose record names him in all ways there are, as if a list had invited him.
async fn named_by_dave(world: &World, uid: &str, scene: &Scene, bob: &Person) -> Result<(), Fault> {
    let dave = format!("dave@{}", scene.domain);
    let answer = json!({
        "partstat": "accepted", "stamp": {"sequence": 0, "dtstamp": "2026-03-01T10:05:00Z"},
        "arrived": "2026-03-01T10:05:00Z", "evidence": "aligned", "earlier_version": false, "digest": "d1",
    });
    let item = json!({
        "pk": format!("event#{uid}"), "sk": format!("attendee#{dave}"), "email": dave, "origin": "bulk",
        "partstat": "delegated", "partstat_sequence": 0, "revision": 1, "invited": "2026-03-01T10:00:00Z",
        "history": [], "list_job": "none", "sent_revision": 1, "delegated_to": bob.address,
        "lineage": {"from": bob.address, "delegated": true},
        "waiting": [{
            "mailbox": {"email": bob.address}, "waits_for": "delegation", "answer": answer,
            "expires": "2036-03-01T10:00:00Z",
        }],
    });
    world.records.put(&item).await
}

async fn statistics(world: &World, uid: &str, attendees: i64, accepted: i64) -> Result<(), Fault> {
    seen(world, &format!("/event/{uid}/statistics"), |answer| {
        answer.number("/attendees") == Some(attendees)
            && answer.number("/rsvp/accepted") == Some(accepted)
    })
    .await?;
    Ok(())
}

/// In the event's records, in what the API and a report say, and among the mails that came in.
async fn nothing_is_known_of(
    world: &World,
    uid: &str,
    person: &Person,
    mails: &[&String],
) -> Result<(), Fault> {
    let records = world.records.about_event(uid).await?;
    let naming: Vec<String> = records
        .keys()
        .into_iter()
        .filter(|key| {
            let item = records.item(key).map(Value::to_string);
            item.is_some_and(|item| item.contains(&person.address))
        })
        .collect();
    same("records that name him", &naming, &Vec::new())?;
    for path in [
        format!("/event/{uid}/attendees?unmasked=true"),
        format!("/event/{uid}/ledger?unmasked=true&limit=100"),
        format!("/event/{uid}/deliveries"),
    ] {
        let answer = world.api.get(&path).await?;
        let is_gone = !answer.body.to_string().contains(&person.address);
        expect(answer.status == 200 && is_gone, &answer)?;
    }
    let path = format!("/event/{uid}/attendees/{}", person.address);
    let answer = world.api.get(&path).await?;
    expect(answer.status == 404, &answer)?;

    let path = format!("/event/{uid}/report");
    let report = world.api.post(&path, &json!({})).await?;
    let path = format!("/event/{uid}/jobs/{}", text(&report.body, "/job"));
    let report = seen(world, &path, |report| {
        report.text("/state") == Some("written")
    })
    .await?;
    let table = world
        .api
        .download(&text(&report.body, "/result_url"))
        .await?;
    same("the report", &table.contains(&person.address), &false)?;

    for mail in mails {
        same("his mail", &is_in_the_inbox(world, mail).await?, &false)?;
        let outcome = world.records.mail(mail).await?.unwrap_or_default();
        same("who sent it", &text(&outcome, "/sender"), &String::new())?;
    }
    Ok(())
}

async fn is_in_the_inbox(world: &World, mail_id: &str) -> Result<bool, Fault> {
    let bucket = format!("{}-inbox-", world.stack.table);
    let key = format!("inbox/{mail_id}");
    Ok(world.records.inspector.has_object(&bucket, &key).await?)
}

async fn gone(world: &World, uid: &str, person: &Person) -> Result<(), Fault> {
    until(
        format!("{} to be gone", person.name),
        within(),
        async || {
            let records = world.records.about_event(uid).await?;
            Ok::<_, Fault>(match records.attendee(&person.address) {
                None => Look::Seen(()),
                Some(item) => Look::NotYet(item.to_string()),
            })
        },
    )
    .await
}
