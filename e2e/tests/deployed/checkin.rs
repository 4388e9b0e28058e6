//! Who has come: marked by address and by token, once, and taken back; seen wherever attendees are.

use e2e::{
    fault::Fault,
    person::Person,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::same,
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[(
    "who_comes_is_marked_once_and_counted_until_that_is_taken_back",
    |world| told(async move { checked_in(&world).await }),
)];

async fn checked_in(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("checkin");
    let uid = scene.create(world).await?;
    let [bob, carol] = ["Bob", "Carol"].map(|name| Person::new(name, &scene.domain));
    let invites = json!({"invites": [{"email": bob.address}, {"email": carol.address}]});
    let path = format!("/event/{uid}/invites");
    same(
        "the invites",
        &world.api.post(&path, &invites).await?.status,
        &202,
    )?;
    letter(world, &bob, |letter| letter.calendar.is_some()).await?;
    let invited = letter(world, &carol, |letter| letter.calendar.is_some()).await?;
    let token = invited.from.split(['+', '@']).nth(1).unwrap_or_default();
    let stranger = format!("eve@{}", scene.domain);

    let rows = json!([
        {"email": bob.address}, {"token": token}, {"email": stranger}, {"token": "aaaaaaaaaaaaaaaa"}, {"email": "bob"}, {},
    ]);
    let came = check_in(world, &uid, &rows).await?;
    let status: Vec<&str> = came.iter().map(status_of).collect();
    let expected = [
        "attended", "attended", "refused", "refused", "refused", "refused",
    ];
    same(
        "what comes of each row",
        &status.as_slice(),
        &expected.as_slice(),
    )?;
    attended(world, &uid, 2).await?;
    let records = world.records.about_event(&uid).await?;
    let is_marked = |person: &str| {
        let record = records.attendee(person);
        record.is_some_and(|record| !text(record, "/attended").is_empty())
    };
    same("by token", &is_marked(&carol.address), &true)?;
    same("a stranger", &records.attendee(&stranger), &None)?;

    // Again, which changes nothing; and one who was there by mistake.
    let again = check_in(world, &uid, &json!([{"email": bob.address.to_uppercase()}])).await?;
    let since = |rows: &[Value]| {
        rows.first()
            .and_then(|row| row.pointer("/attended").cloned())
    };
    same("since when", &since(&again), &since(&came))?;
    for _ in 0..2 {
        let undone = json!([{"token": token, "attended": false}]);
        let undone = check_in(world, &uid, &undone).await?;
        let status = undone.first().map(status_of);
        same("what is taken back", &status, &Some("not-attended"))?;
    }
    attended(world, &uid, 1).await?;
    let path = format!("/event/{uid}/attendees?unmasked=true");
    let attendees = world.api.get(&path).await?;
    let shown = |place: usize| {
        let attended = attendees
            .body
            .pointer(&format!("/attendees/{place}/attended"));
        attended.is_some_and(Value::is_i64)
    };
    same(
        "bob and carol as shown",
        &(shown(0), shown(1)),
        &(true, false),
    )?;

    let path = format!("/event/{uid}/checkin");
    for wrong in [
        json!({"checkins": []}),
        json!({"checkins": vec![json!({}); 101]}),
    ] {
        same(
            "too few or too many",
            &world.api.post(&path, &wrong).await?.status,
            &400,
        )?;
    }
    Ok(())
}

async fn check_in(world: &World, uid: &str, rows: &Value) -> Result<Vec<Value>, Fault> {
    let path = format!("/event/{uid}/checkin");
    let answer = world.api.post(&path, &json!({ "checkins": rows })).await?;
    match answer.body.pointer("/checkins").and_then(Value::as_array) {
        Some(rows) if answer.status == 200 => Ok(rows.clone()),
        _ => Err(Fault::Wrong(format!("200 and not {answer}"))),
    }
}

fn status_of(row: &Value) -> &str {
    row.pointer("/status")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Waits until the statistics count so many.
async fn attended(world: &World, uid: &str, expected: i64) -> Result<(), Fault> {
    let path = format!("/event/{uid}/statistics");
    until("those who came to be counted", within(), async || {
        let answer = world.api.get(&path).await?;
        Ok::<_, Fault>(if answer.number("/attended") == Some(expected) {
            Look::Seen(())
        } else {
            Look::NotYet(answer.to_string())
        })
    })
    .await
}
