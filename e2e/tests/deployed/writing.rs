//! Events created, changed and cancelled by the API: what a mail would have done, and an answer at once.

use e2e::{
    api::{Answer, Method},
    fault::Fault,
    letter::Letter,
    person::Person,
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::expect,
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "an_event_is_created_changed_and_cancelled_by_json_and_everybody_hears_of_it",
        |world| told(async move { by_fields(&world).await }),
    ),
    ("a_calendar_does_by_api_what_it_does_by_mail", |world| {
        told(async move { by_calendar(&world).await })
    }),
    (
        "who_has_not_seen_the_last_change_changes_nothing",
        |world| told(async move { unseen(&world).await }),
    ),
    ("a_request_with_a_key_happens_once", |world| {
        told(async move { once(&world).await })
    }),
    ("what_is_wrong_with_an_event_is_named", |world| {
        told(async move { wrong(&world).await })
    }),
];

const JSON: (&str, &str) = ("content-type", "application/json");
const CALENDAR: (&str, &str) = ("content-type", "text/calendar; charset=utf-8");

fn event(scene: &Scene) -> Value {
    json!({
        "organizer": scene.organizer.address, "organizer_name": scene.organizer.name,
        "summary": "By API", "location": "Room 1",
        "start": "2031-05-05T09:00", "end": "2031-05-05T10:00", "time_zone": "Europe/Berlin",
    })
}

fn calendar(scene: &Scene, more: &str) -> Vec<u8> {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Program//EN\r\nBEGIN:VEVENT\r\nUID:{}\r\n\
         DTSTART;TZID=Europe/Berlin:20310505T090000\r\nDTEND;TZID=Europe/Berlin:20310505T100000\r\nSUMMARY:By calendar\r\n\
         {more}ORGANIZER;CN=Olga:mailto:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        scene.meeting.client_uid, scene.organizer.address
    )
    .into_bytes()
}

async fn created(world: &World, body: &Value) -> Result<(String, Answer), Fault> {
    let answer = world.api.post("/event", body).await?;
    expect(answer.status == 201, &answer)?;
    let uid = answer.text("/uid").unwrap_or_default().to_owned();
    let location = answer.headers.get("location").map(String::as_str);
    expect(location == Some(format!("/event/{uid}").as_str()), &answer)?;
    Ok((uid, answer))
}

fn has_calendar(method: &'static str, location: &'static str) -> impl Fn(&Letter) -> bool {
    move |letter| {
        let calendar = letter.calendar.as_ref();
        calendar.is_some_and(|found| found.method == method && found.location == location)
    }
}

async fn invited(world: &World, scene: &Scene, uid: &str) -> Result<Person, Fault> {
    let guest = Person::new("Gustav", &scene.domain);
    let invites = json!({"invites": [{"email": guest.address, "name": guest.name}]});
    let path = format!("/event/{uid}/invites");
    let answer = world.api.post(&path, &invites).await?;
    expect(answer.status == 202, &answer)?;
    letter(world, &guest, has_calendar("REQUEST", "Room 1")).await?;
    Ok(guest)
}

async fn patch(
    world: &World,
    uid: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Result<Answer, Fault> {
    let headers = [&[JSON], headers].concat();
    let path = format!("/event/{uid}");
    let body = body.to_string().into_bytes();
    Ok(world.api.raw(Method::PATCH, &path, &headers, body).await?)
}

async fn by_fields(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("json");
    let (uid, answer) = created(world, &event(&scene)).await?;
    expect(answer.number("/revision") == Some(1), &answer)?;
    expect(answer.number("/dtend") == Some(1_935_734_400), &answer)?;
    // The organizer hears of it as if he had mailed it.
    letter(world, &scene.organizer, |letter| {
        letter.uid().as_deref() == Some(uid.as_str())
    })
    .await?;
    let read = world.api.get(&format!("/event/{uid}")).await?;
    expect(read.body == answer.body, &read)?;
    expect(
        read.headers.get("etag") == answer.headers.get("etag"),
        &read,
    )?;

    let guest = invited(world, &scene, &uid).await?;
    let moved = patch(world, &uid, &[], &json!({"location": "Room 2"})).await?;
    expect(moved.status == 200, &moved)?;
    expect(moved.number("/revision") == Some(2), &moved)?;
    expect(moved.number("/dtend") == answer.number("/dtend"), &moved)?;
    letter(world, &guest, has_calendar("REQUEST", "Room 2")).await?;
    let same = patch(world, &uid, &[], &json!({"location": "Room 2"})).await?;
    expect(
        same.status == 200 && same.number("/revision") == Some(2),
        &same,
    )?;

    let cancel = format!("/event/{uid}/cancel");
    for _ in 0..2 {
        let cancelled = world
            .api
            .raw(Method::POST, &cancel, &[], Vec::new())
            .await?;
        expect(cancelled.status == 200, &cancelled)?;
        expect(cancelled.text("/status") == Some("cancelled"), &cancelled)?;
        expect(cancelled.number("/revision") == Some(3), &cancelled)?;
    }
    letter(world, &guest, has_calendar("CANCEL", "Room 2")).await?;
    let late = patch(world, &uid, &[], &json!({"location": "Room 3"})).await?;
    expect(late.status == 409 && says(&late, "event-cancelled"), &late)
}

async fn by_calendar(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("ics");
    let post = async |body: Vec<u8>| {
        world
            .api
            .raw(Method::POST, "/event", &[CALENDAR], body)
            .await
    };
    let answer = post(calendar(&scene, "LOCATION:Room 1\r\n")).await?;
    expect(answer.status == 201, &answer)?;
    let uid = answer.text("/uid").unwrap_or_default().to_owned();
    let path = format!("/event/{uid}");
    let guest = invited(world, &scene, &uid).await?;

    // The same UID by mail is the same event, and the other way round.
    let mut by_mail = Scene::new("ics");
    by_mail.organizer = scene.organizer.clone();
    by_mail
        .meeting
        .client_uid
        .clone_from(&scene.meeting.client_uid);
    by_mail.meeting.sequence = 1;
    by_mail.meeting.location = "Room 2".to_owned();
    let mail = by_mail.meeting.request(
        &by_mail.organizer,
        &world.stack.address("create"),
        cloud::clock::now(),
    );
    by_mail.mail(world, &mail).await?;
    letter(world, &guest, has_calendar("REQUEST", "Room 2")).await?;

    let put = async |body: Vec<u8>| world.api.raw(Method::PUT, &path, &[CALENDAR], body).await;
    let old = put(calendar(
        &scene,
        "SEQUENCE:0\r\nDTSTAMP:20200101T000000Z\r\n",
    ))
    .await?;
    expect(old.status == 409 && says(&old, "not-newer"), &old)?;
    // What says nothing about the order is the newest.
    let newest = put(calendar(&scene, "LOCATION:Room 3\r\n")).await?;
    expect(
        newest.status == 200 && newest.number("/revision") == Some(3),
        &newest,
    )?;
    letter(world, &guest, has_calendar("REQUEST", "Room 3")).await?;
    let again = post(calendar(&scene, "LOCATION:Room 4\r\n")).await?;
    expect(
        again.status == 200 && again.text("/uid") == Some(uid.as_str()),
        &again,
    )?;
    letter(world, &guest, has_calendar("REQUEST", "Room 4"))
        .await
        .map(|_| ())
}

async fn unseen(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("match");
    let (uid, answer) = created(world, &event(&scene)).await?;
    let tag = answer.headers.get("etag").cloned().unwrap_or_default();
    let seen = [("if-match", tag.as_str())];
    let first = patch(world, &uid, &seen, &json!({"location": "Room 2"})).await?;
    expect(first.status == 200, &first)?;
    let late = patch(world, &uid, &seen, &json!({"location": "Room 3"})).await?;
    expect(
        late.status == 412 && says(&late, "precondition-failed"),
        &late,
    )?;
    let cancel = format!("/event/{uid}/cancel");
    let late = world
        .api
        .raw(Method::POST, &cancel, &seen, Vec::new())
        .await?;
    expect(late.status == 412, &late)?;
    let tag = first.headers.get("etag").cloned().unwrap_or_default();
    let seen = [("if-match", tag.as_str())];
    let now = patch(world, &uid, &seen, &json!({"location": "Room 3"})).await?;
    expect(
        now.status == 200 && now.number("/revision") == Some(3),
        &now,
    )
}

async fn once(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("once");
    let key = format!("{}-1", scene.meeting.client_uid);
    let headers = [JSON, ("idempotency-key", key.as_str())];
    let body = event(&scene).to_string().into_bytes();
    let post = |path: &str, body: &[u8]| {
        let (path, body) = (path.to_owned(), body.to_vec());
        async move { world.api.raw(Method::POST, &path, &headers, body).await }
    };
    // At once: one of them creates it, and every other hears of that one or waits.
    let (a, b, c) = futures::join!(
        post("/event", &body),
        post("/event", &body),
        post("/event", &body)
    );
    let mut uids = Vec::new();
    for answer in [a?, b?, c?] {
        match answer.status {
            201 => uids.extend(answer.text("/uid").map(ToOwned::to_owned)),
            _ => {
                expect(
                    answer.status == 409 && says(&answer, "in-progress"),
                    &answer,
                )?;
                expect(answer.headers.contains_key("retry-after"), &answer)?;
            }
        }
    }
    let again = post("/event", &body).await?;
    expect(again.status == 201, &again)?;
    uids.extend(again.text("/uid").map(ToOwned::to_owned));
    uids.dedup();
    expect(uids.len() == 1, &again)?;
    let events = format!("/organizer/{}/events", scene.organizer.address);
    let listed = world.api.get(&events).await?;
    let count = listed.body.get("events").and_then(Value::as_array);
    expect(count.map(Vec::len) == Some(1), &listed)?;

    let other = post("/event", b"{}").await?;
    expect(other.status == 409 && says(&other, "key-reused"), &other)?;
    let path = format!("/event/{}/cancel", uids.concat());
    let other = post(&path, &body).await?;
    expect(other.status == 409 && says(&other, "key-reused"), &other)?;
    // A refusal is answered the same, too.
    let key = format!("{key}-wrong");
    let headers = [JSON, ("idempotency-key", key.as_str())];
    let wrong = || {
        world
            .api
            .raw(Method::POST, "/event", &headers, b"{}".to_vec())
    };
    let (first, second) = (wrong().await?, wrong().await?);
    expect(first.status == 400 && first.body == second.body, &second)?;
    let blank = [JSON, ("idempotency-key", "two words")];
    let refused = world
        .api
        .raw(Method::POST, "/event", &blank, body.clone())
        .await?;
    expect(
        refused.status == 400 && says(&refused, "invalid-header"),
        &refused,
    )
}

async fn wrong(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("wrong");
    let with = |field: &str, value: Value| {
        let mut body = event(&scene);
        if let Some(fields) = body.as_object_mut() {
            fields.insert(field.to_owned(), value);
        }
        body.to_string().into_bytes()
    };
    let ours = world.stack.address("create");
    let no_start = String::from_utf8_lossy(&calendar(&scene, "")).replace("DTSTART", "X-START");
    let recurrence = "RECURRENCE-ID;TZID=Europe/Berlin:20310505T090000\r\n";
    for (header, body, status, problem, place) in [
        (
            JSON,
            with("start", json!("tomorrow")),
            400,
            "invalid-field",
            "/start",
        ),
        (
            JSON,
            with("end", json!("2031-05-05T08:00")),
            400,
            "invalid-field",
            "/end",
        ),
        (
            JSON,
            with("time_zone", json!("Mars")),
            400,
            "invalid-field",
            "/start",
        ),
        (
            JSON,
            with("sumary", json!("")),
            400,
            "invalid-field",
            "/sumary",
        ),
        (
            JSON,
            with("organizer", Value::Null),
            400,
            "invalid-field",
            "/organizer_name",
        ),
        (
            JSON,
            with("organizer", json!(ours)),
            400,
            "invalid-field",
            "/organizer",
        ),
        (
            JSON,
            with("summary", json!("a\u{0}b")),
            400,
            "invalid-field",
            "/summary",
        ),
        (
            JSON,
            with("summary", json!("x".repeat(200_000))),
            413,
            "body-too-large",
            "",
        ),
        (
            CALENDAR,
            b"BEGIN:NOTHING".to_vec(),
            400,
            "invalid-calendar",
            "",
        ),
        (CALENDAR, vec![0xff, 0xfe], 400, "invalid-calendar", ""),
        (
            CALENDAR,
            no_start.into_bytes(),
            400,
            "invalid-calendar",
            "DTSTART",
        ),
        (
            CALENDAR,
            calendar(&scene, recurrence),
            400,
            "invalid-calendar",
            "RECURRENCE-ID",
        ),
        (
            ("content-type", "text/plain"),
            Vec::new(),
            415,
            "unsupported-media-type",
            "",
        ),
    ] {
        let answer = world
            .api
            .raw(Method::POST, "/event", &[header], body)
            .await?;
        expect(answer.status == status && says(&answer, problem), &answer)?;
        let named = answer
            .text("/errors/0/pointer")
            .or(answer.text("/errors/0/property"))
            .unwrap_or_default();
        expect(named == place, &answer)?;
    }
    let unknown = patch(world, &"0".repeat(40), &[], &json!({})).await?;
    expect(unknown.status == 404, &unknown)?;
    let path = format!("/event?uninvited=some&x={}", scene.domain);
    let parameter = world.api.post(&path, &event(&scene)).await?;
    expect(says(&parameter, "invalid-parameter"), &parameter)
}

fn says(answer: &Answer, problem: &str) -> bool {
    answer.text("/type") == Some(&format!("urn:calendar-invite-server:problem:{problem}"))
}
