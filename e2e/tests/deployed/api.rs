//! The REST API as programs use it, and misuse it.

use e2e::{
    api::{Answer, Method},
    fault::Fault,
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    scene::{Scene, told},
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
        not_allowed.headers.get("allow").map(String::as_str) == Some("GET"),
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

fn expect(is_right: bool, answer: &Answer) -> Result<(), Fault> {
    if is_right {
        return Ok(());
    }
    Err(Fault::Wrong(answer.to_string()))
}
