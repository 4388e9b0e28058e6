//! The REST API as programs use it, and misuse it.

use e2e::{
    api::{Answer, Method},
    fault::Fault,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::expect,
    scene::{Scene, create, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "it_describes_itself_without_a_token_to_programs_and_to_people",
        |world| told(async move { described(&world).await }),
    ),
    (
        "whatever_is_wrong_with_a_request_is_a_problem_document",
        |world| told(async move { wrong(&world).await }),
    ),
    ("who_has_an_answer_is_not_sent_it_again", |world| {
        told(async move { known(&world).await })
    }),
    (
        "an_event_is_listed_for_its_organizer_and_the_system_and_its_people_are_masked_and_counted",
        |world| told(async move { listed(&world).await }),
    ),
];

async fn described(world: &World) -> Result<(), Fault> {
    let api = world.api.with_token("");
    let document = api.get("/openapi.json").await?;
    expect(document.text("/openapi") == Some("3.1.0"), &document)?;
    let page = api.get("/docs").await?;
    let html = page.body.as_str().unwrap_or_default();
    expect(
        page.status == 200 && html.contains("{uid}&#x2f;statistics"),
        &page,
    )
}

async fn wrong(world: &World) -> Result<(), Fault> {
    let uid = Scene::new("api").create(world).await?;
    let invites = format!("/event/{uid}/invites");
    let json = [("content-type", "application/json")];
    let long = vec![b' '; 1024 * 1024 + 1];
    let unknown = format!("/event/{}", "0".repeat(40));
    for (method, path, headers, body, status, problem) in [
        (
            Method::GET,
            "/events",
            &json[..],
            Vec::new(),
            404,
            "unknown-route",
        ),
        (
            Method::GET,
            "/event/%3Cscript%3E",
            &[],
            Vec::new(),
            404,
            "unknown-event",
        ),
        (
            Method::GET,
            "/event/a%2Fb?x=%00&y=%zz",
            &[],
            Vec::new(),
            404,
            "unknown",
        ),
        (Method::GET, &unknown, &[], Vec::new(), 404, "unknown-event"),
        (
            Method::DELETE,
            &unknown,
            &[],
            Vec::new(),
            405,
            "method-not-allowed",
        ),
        (
            Method::POST,
            &invites,
            &[("content-type", "text/csv")],
            b"{}".to_vec(),
            415,
            "unsupported-media-type",
        ),
        (Method::POST, &invites, &json, long, 413, "body-too-large"),
        (
            Method::POST,
            &invites,
            &json,
            b"{".to_vec(),
            400,
            "not-json",
        ),
        (
            Method::POST,
            &invites,
            &json,
            b"[]".to_vec(),
            400,
            "invalid-field",
        ),
        (
            Method::GET,
            &format!("/event/{uid}/deliveries?after=Ym9i"),
            &[],
            Vec::new(),
            400,
            "invalid-cursor",
        ),
        (
            Method::GET,
            &format!("/event/{uid}/jobs/none"),
            &[],
            Vec::new(),
            404,
            "unknown-job",
        ),
    ] {
        let answer = world.api.raw(method, path, headers, body).await?;
        let is_problem = answer
            .headers
            .get("content-type")
            .is_some_and(|content_type| content_type == "application/problem+json");
        let is_right = answer.text("/type").is_some_and(|kind| {
            kind.starts_with(&format!("urn:calendar-invite-server:problem:{problem}"))
        });
        expect(answer.status == status && is_problem && is_right, &answer)?;
    }
    let not_allowed = world
        .api
        .raw(Method::DELETE, &unknown, &[], Vec::new())
        .await?;
    expect(
        not_allowed.headers.get("allow").map(String::as_str) == Some("GET, PATCH, PUT"),
        &not_allowed,
    )?;
    // Bytes that are no text, in a header and in the body.
    let odd = world
        .api
        .raw(
            Method::GET,
            &format!("/event/{uid}"),
            &[("x-name", "Zoë"), ("if-none-match", "ä")],
            Vec::new(),
        )
        .await?;
    expect(odd.status == 200, &odd)?;
    let odd = world
        .api
        .raw(Method::POST, &invites, &json, vec![0xff, 0xfe, 0x00])
        .await?;
    expect(odd.status == 400, &odd)
}

async fn known(world: &World) -> Result<(), Fault> {
    let uid = Scene::new("etag").create(world).await?;
    let path = format!("/event/{uid}");
    let first = world.api.get(&path).await?;
    let tag = first.headers.get("etag").cloned().unwrap_or_default();
    expect(first.status == 200 && !tag.is_empty(), &first)?;
    let again = world
        .api
        .raw(Method::GET, &path, &[("if-none-match", &tag)], Vec::new())
        .await?;
    expect(again.status == 304 && again.body == json!(""), &again)?;
    let other = world
        .api
        .raw(
            Method::GET,
            &path,
            &[("if-none-match", "\"other\"")],
            Vec::new(),
        )
        .await?;
    expect(other.status == 200 && other.body != Value::Null, &other)
}

async fn listed(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("listed");
    let first = scene.create(world).await?;
    let organizer = format!("/organizer/{}", scene.organizer.address);
    let events = format!("{organizer}/events");
    seen(world, &events, |answer| uids(answer) == [first.clone()]).await?;

    // Another, which is the newest then; a page leads on to the older one.
    let another = scene.another();
    let request = another
        .meeting
        .request(&another.organizer, &create(world), cloud::clock::now());
    another.mail(world, &request).await?;
    let both = seen(world, &events, |answer| uids(answer).len() == 2).await?;
    let newest = uids(&both).remove(0);
    expect(newest != first && both.text("/next").is_none(), &both)?;
    let page = world.api.get(&format!("{events}?limit=1")).await?;
    let next = page.text("/next").unwrap_or_default().to_owned();
    expect(uids(&page) == [newest.clone()] && !next.is_empty(), &page)?;
    let rest = world
        .api
        .get(&format!("{events}?limit=1&after={next}"))
        .await?;
    expect(uids(&rest) == [first.clone()], &rest)?;
    let elsewhere = world
        .api
        .get(&format!("/system/events?after={next}"))
        .await?;
    expect(elsewhere.status == 400, &elsewhere)?;

    // The old system's addresses.
    let old = world
        .api
        .get(&format!(
            "/organizer/shadow/{}/events",
            scene.organizer.address
        ))
        .await?;
    expect(
        old.body == both.body && old.headers.contains_key("sunset"),
        &old,
    )?;
    let body = json!({"organizer": scene.organizer.address});
    let old = world.api.post("/organizer/events", &body).await?;
    expect(
        old.body == both.body && old.headers.contains_key("sunset"),
        &old,
    )?;
    seen(world, "/system/events?limit=100", |answer| {
        uids(answer).contains(&first) && uids(answer).contains(&newest)
    })
    .await?;

    // Who is invited, and how many in all.
    let before = world.api.get("/system/statistics").await?;
    let guest = format!("guest@{}", scene.domain);
    let invites = json!({"invites": [{"email": guest, "name": "Gustav"}]});
    for uid in [&first, &newest] {
        world
            .api
            .post(&format!("/event/{uid}/invites"), &invites)
            .await?;
    }
    let masked = json!([{
        "attendee": format!("g*******@{}", scene.domain), "name": "G*******", "status": "noaction", "origin": "api",
        "prodid": "", "attended": null, "place": null,
    }]);
    seen(world, &format!("/event/{first}/attendees"), |answer| {
        answer.body.get("attendees") == Some(&masked)
    })
    .await?;
    seen(world, &format!("{organizer}/statistics"), |answer| {
        answer.number("/attendees") == Some(2) && answer.number("/rsvp/noaction") == Some(2)
    })
    .await?;
    // Others are invited meanwhile.
    let at_least = before.number("/attendees").unwrap_or_default() + 2;
    seen(world, "/system/statistics", |answer| {
        answer.number("/attendees") >= Some(at_least)
    })
    .await?;
    Ok(())
}

fn uids(answer: &Answer) -> Vec<String> {
    let events = answer.body.get("events").and_then(Value::as_array);
    let uids = events.into_iter().flatten();
    uids.filter_map(|event| event.get("uid").and_then(Value::as_str))
        .map(ToOwned::to_owned)
        .collect()
}

pub(crate) async fn seen(
    world: &World,
    path: &str,
    is_it: impl Fn(&Answer) -> bool,
) -> Result<Answer, Fault> {
    until(path.to_owned(), within(), async || {
        let answer = world.api.get(path).await?;
        Ok::<_, Fault>(if is_it(&answer) {
            Look::Seen(answer)
        } else {
            Look::NotYet(answer.to_string())
        })
    })
    .await
}
