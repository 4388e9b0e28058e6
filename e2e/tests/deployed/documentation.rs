//! The examples of docs/api.md: each request in it is sent as it stands there, and its answer has every field that stands below.

use e2e::{
    api::{Answer, Method},
    fault::Fault,
    world::World,
};
use serde_json::Value;

use crate::{
    Test,
    scene::{Scene, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[("the_examples_work", |world| {
    told(async move { examples(&world).await })
})];

const DOCUMENT: &str = include_str!("../../../docs/api.md");

/// A request as it stands in the document.
#[derive(Debug)]
struct Example {
    request: String,
    /// The JSON below it.
    answer: Option<Value>,
}

async fn examples(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("docs");
    let examples = read(DOCUMENT);
    if examples.is_empty() {
        return Err(Fault::Wrong("there are no examples".to_owned()));
    }
    let mut uid = None;
    for example in examples {
        let request = example
            .request
            .replace("a.example", &scene.domain)
            .replace("shop.example", &scene.domain)
            .replace("{{$guid}}", &scene.meeting.client_uid)
            .replace("{{uid}}", uid.as_deref().unwrap_or_default());
        let answer = send(world, &request).await?;
        let is_as_documented = example
            .answer
            .as_ref()
            .is_none_or(|documented| has_fields_of(&answer.body, documented));
        if !answer.is_success() || !is_as_documented {
            return Err(Fault::Wrong(format!("{request}\n{answer}")));
        }
        uid = uid.or_else(|| answer.text("/uid").map(ToOwned::to_owned));
    }
    Ok(())
}

fn read(document: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut blocks = document.split("\n```");
    let mut is_below_a_request = false;
    blocks.next();
    while let Some(block) = blocks.next() {
        let (kind, text) = block.split_once('\n').unwrap_or((block, ""));
        let between = blocks.next().unwrap_or_default();
        match kind {
            "http" => examples.push(Example {
                request: text.to_owned(),
                answer: None,
            }),
            "json" if is_below_a_request => {
                if let Some(last) = examples.last_mut() {
                    last.answer = serde_json::from_str(text).ok();
                }
            }
            _ => {}
        }
        is_below_a_request = kind == "http" && between.trim().is_empty();
    }
    examples
}

/// Of what the document leaves out nothing is asked.
fn has_fields_of(answer: &Value, documented: &Value) -> bool {
    documented.as_object().is_some_and(|fields| {
        let mut named = fields.keys().filter(|name| name.as_str() != "…");
        named.all(|name| answer.get(name).is_some())
    })
}

async fn send(world: &World, request: &str) -> Result<Answer, Fault> {
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut lines = head.lines();
    let (method, path) = lines
        .next()
        .and_then(|line| line.split_once(" {{api}}"))
        .ok_or_else(|| Fault::Wrong(format!("this is no request: {request}")))?;
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|error| Fault::Wrong(format!("{method}: {error}")))?;
    let headers: Vec<(&str, &str)> = lines
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| *name != "Authorization")
        .collect();
    Ok(world
        .api
        .raw(method, path, &headers, body.as_bytes().to_vec())
        .await?)
}
