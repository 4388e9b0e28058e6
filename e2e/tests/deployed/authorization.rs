//! Who may call what: `docs/authorization.md`, row by row, at the deployed API; and keys, from their making to their end.

mod callers;
mod table;

use std::collections::BTreeMap;

use e2e::{
    api::{Answer, Method},
    fault::Fault,
    world::World,
};
use serde_json::{Value, json};

use self::{
    callers::Callers,
    table::{Row, Table},
};
use crate::{
    Test,
    expected::expect,
    scene::{Scene, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "every_route_answers_every_caller_as_the_table_says",
        |world| told(async move { every_route(&world).await }),
    ),
    (
        "a_key_is_shown_once_and_lets_in_until_it_is_revoked",
        |world| told(async move { one_key(&world).await }),
    ),
    (
        "a_key_that_is_used_too_often_is_told_when_to_come_back",
        |world| told(async move { too_often(&world).await }),
    ),
    (
        "a_client_of_the_pool_gets_a_token_and_may_what_its_scopes_say",
        |world| told(async move { client(&world).await }),
    ),
    (
        "addresses_are_shown_to_who_asks_for_them_and_may",
        |world| told(async move { unmasked(&world).await }),
    ),
];

/// What a request comes to that is let in, whatever else is wrong with it; anything else keeps it out.
const KEPT_OUT: [&str; 8] = [
    "no-credentials",
    "invalid-credentials",
    "missing-scope",
    "not-allowed",
    "too-many-requests",
    "unknown-event",
    "unknown-organizer",
    "unknown-route",
];

/// An event and its organizer, to fill routes with.
struct Filling {
    uid: String,
    organizer: String,
}

impl Filling {
    fn path(&self, path: &str) -> String {
        path.replace("{uid}", &self.uid)
            .replace("{organizer}", &self.organizer)
            .replace("{job}", "none")
            .replace("{address}", "nobody@nowhere.test")
            .replace("{key}", "aaaaaaaaaaaaaaaa")
            .replace("{erasure}", "00000000000000000000000000000000")
    }

    /// One that changes nothing: who is let in is told what is wrong with it.
    fn body(&self, path: &str) -> Value {
        match path {
            "/organizer/events" => json!({"organizer": self.organizer}),
            _ => json!([]),
        }
    }
}

async fn every_route(world: &World) -> Result<(), Fault> {
    let table = Table::read()?;
    let scene = Scene::new("may");
    let filling = Filling {
        uid: scene.create(world).await?,
        organizer: scene.organizer.address.clone(),
    };
    let callers = Callers::new(world, &filling.organizer)?;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for row in &table.routes {
        for (column, expected) in &row.cells {
            for headers in callers.known(world, row, column).await? {
                let answer = ask(world, row, &filling, &headers).await?;
                asked += 1;
                let said = said(&answer);
                if said != *expected {
                    wrong.push(format!("{} {column}: {said}, not {expected}", row.route));
                }
            }
        }
        for (who, expected) in &table.unknown {
            let Some(headers) = callers.unknown(world, who).await? else {
                continue;
            };
            let answer = ask(world, row, &filling, &headers).await?;
            asked += 1;
            let said = said(&answer);
            let is_told_how =
                answer.status != 401 || answer.headers.contains_key("www-authenticate");
            if said != *expected || !is_told_how {
                wrong.push(format!("{} {who}: {said}, not {expected}", row.route));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::Wrong(wrong.join("\n")));
    }
    if asked < 300 {
        return Err(Fault::Wrong(format!("only {asked} were asked")));
    }
    Ok(())
}

type Headers = Vec<(&'static str, String)>;

async fn ask(
    world: &World,
    row: &Row,
    filling: &Filling,
    headers: &Headers,
) -> Result<Answer, Fault> {
    let (method, path) = row.method_and_path();
    let mut headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let (method, body) = match method {
        "POST" | "PUT" | "PATCH" => {
            headers.push(("content-type", "application/json"));
            let method = match method {
                "PUT" => Method::PUT,
                "PATCH" => Method::PATCH,
                _ => Method::POST,
            };
            (method, filling.body(path).to_string().into_bytes())
        }
        _ => (Method::GET, Vec::new()),
    };
    let api = world.api.with_token("");
    Ok(api.raw(method, &filling.path(path), &headers, body).await?)
}

/// `yes`, or status and name of the problem that keeps the caller out.
fn said(answer: &Answer) -> String {
    let kind = answer
        .text("/type")
        .and_then(|kind| kind.rsplit(':').next())
        .unwrap_or_default();
    let is_let_in = answer.status < 500
        && !KEPT_OUT.contains(&kind)
        && (answer.status < 400 || !kind.is_empty());
    if is_let_in {
        return "yes".to_owned();
    }
    format!("{} {kind}", answer.status)
}

/// A key of an administrator's making, and its id.
pub(crate) async fn made(world: &World, body: &Value) -> Result<(String, String), Fault> {
    let answer = world.api.post("/system/keys", body).await?;
    expect(answer.status == 201, &answer)?;
    let text = |pointer| answer.text(pointer).unwrap_or_default().to_owned();
    Ok((text("/key"), text("/id")))
}

pub(crate) async fn with_key(world: &World, path: &str, key: &str) -> Result<Answer, Fault> {
    let api = world.api.with_token("");
    Ok(api
        .raw(Method::GET, path, &[("x-api-key", key)], Vec::new())
        .await?)
}

async fn one_key(world: &World) -> Result<(), Fault> {
    let uid = Scene::new("key").create(world).await?;
    let path = format!("/event/{uid}");
    let (key, id) = made(world, &json!({"name": "a test", "scopes": ["events:read"]})).await?;
    let answer = with_key(world, &path, &key).await?;
    expect(answer.status == 200, &answer)?;

    let listed = world.api.get("/system/keys").await?;
    let about = |listed: &Answer| -> BTreeMap<String, Value> {
        let keys = listed.body.get("keys").and_then(Value::as_array).cloned();
        let this = keys
            .into_iter()
            .flatten()
            .find(|one| one.get("id") == Some(&json!(id)));
        this.and_then(|this| serde_json::from_value(this).ok())
            .unwrap_or_default()
    };
    let known = about(&listed);
    let is_used = known.get("last_used").is_some_and(Value::is_string);
    let is_secret = !listed.body.to_string().contains(&key);
    expect(
        is_used && is_secret && known.get("revoked") == Some(&Value::Null),
        &listed,
    )?;

    // From its answer on it is over, and who has it is told so.
    let revoke = format!("/system/keys/{id}/revoke");
    let revoked = world
        .api
        .raw(Method::POST, &revoke, &[], Vec::new())
        .await?;
    expect(revoked.status == 200, &revoked)?;
    let answer = with_key(world, &path, &key).await?;
    let says = answer
        .text("/detail")
        .is_some_and(|detail| detail.contains("revoked"));
    expect(answer.status == 401 && says, &answer)?;
    let again = world
        .api
        .raw(Method::POST, &revoke, &[], Vec::new())
        .await?;
    expect(again.body == revoked.body, &again)
}

async fn too_often(world: &World) -> Result<(), Fault> {
    let uid = Scene::new("often").create(world).await?;
    let path = format!("/event/{uid}");
    let body = json!({"name": "a test", "scopes": ["events:read"], "per_minute": 2});
    let (key, _) = made(world, &body).await?;
    // A minute may end meanwhile, but not two of them.
    for _ in 0..6 {
        let answer = with_key(world, &path, &key).await?;
        if answer.status == 429 {
            let wait = answer
                .headers
                .get("retry-after")
                .and_then(|wait| wait.parse().ok());
            return expect(
                wait.is_some_and(|secs: u32| (1..=60).contains(&secs)),
                &answer,
            );
        }
        expect(answer.status == 200, &answer)?;
    }
    Err(Fault::Wrong("six uses were let in, of two".to_owned()))
}

async fn client(world: &World) -> Result<(), Fault> {
    let uid = Scene::new("client").create(world).await?;
    let token = callers::client_token(world).await?;
    let api = world.api.with_token(&token);
    let event = api.get(&format!("/event/{uid}")).await?;
    expect(event.status == 200, &event)?;
    let jobs = api.get(&format!("/event/{uid}/jobs")).await?;
    expect(jobs.status == 403, &jobs)
}

async fn unmasked(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("whole");
    let uid = scene.create(world).await?;
    let guest = format!("guest@{}", scene.domain);
    let invites = json!({"invites": [{"email": guest, "name": "Gustav"}]});
    world
        .api
        .post(&format!("/event/{uid}/invites"), &invites)
        .await?;
    let attendees = format!("/event/{uid}/attendees");
    let masked = crate::api::seen(world, &attendees, |answer| {
        answer.text("/attendees/0/name") == Some("G*******")
    })
    .await?;
    expect(!masked.body.to_string().contains("guest"), &masked)?;
    let whole = world.api.get(&format!("{attendees}?unmasked=true")).await?;
    expect(
        whole.text("/attendees/0/attendee") == Some(guest.as_str()),
        &whole,
    )
}
