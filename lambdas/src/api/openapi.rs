//! `golden/openapi.json`, the API's description (OpenAPI 3.1): schemas are the types' own, routes those of the functions. The
//! test compares it (`UPDATE_GOLDEN=1` writes it), so nothing is served that is not described, nor the other way round.

mod operations;

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    functions::{FUNCTIONS, Guarded, Route, Trigger},
    shell::{Kind, tests::ProblemDocument},
};
use access::{decision::Required, key, scope::Scope};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/openapi.json");

/// One method of one path.
struct Operation {
    route: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// Answers that are no problems.
    answers: Vec<(u16, Value)>,
    problems: Vec<Kind>,
    is_deprecated: bool,
}

/// Schemas of what is written and of what is read, as they are named in the document.
struct Schemas {
    told: SchemaGenerator,
    asked: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            told: settings().for_serialize().into_generator(),
            asked: settings().for_deserialize().into_generator(),
        }
    }

    fn told<T: JsonSchema>(&mut self) -> Schema {
        self.told.subschema_for::<T>()
    }

    fn asked<T: JsonSchema>(&mut self) -> Schema {
        self.asked.subschema_for::<T>()
    }

    /// All that were named.
    fn all(mut self) -> Map<String, Value> {
        let mut all = self.told.take_definitions(true);
        all.extend(self.asked.take_definitions(true));
        // Formats of Rust's own (`int64`, `uint32`) are no formats of JSON Schema.
        for schema in all.values_mut() {
            without_rust_formats(schema);
        }
        all
    }
}

fn without_rust_formats(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields
                .get("format")
                .and_then(Value::as_str)
                .is_some_and(|format| format.starts_with("int") || format.starts_with("uint"))
            {
                fields.remove("format");
            }
            fields.values_mut().for_each(without_rust_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(without_rust_formats),
        _ => {}
    }
}

fn document() -> Value {
    let mut schemas = Schemas::new();
    let operations = operations::all(&mut schemas);
    let mut problem = schemas.told::<ProblemDocument>();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let (method, path) = operation.route.split_once(' ').unwrap();
        let entry = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        entry[method.to_lowercase()] = described(operation, &mut problem);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Calendar Invite Server",
            "version": env!("CARGO_PKG_VERSION"),
            "description": operations::DESCRIPTION,
        },
        "tags": operations::TAGS.map(|(name, description)| json!({"name": name, "description": description})),
        "paths": paths,
        "components": {
            "schemas": schemas.all(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": of_tokens()},
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": of_keys()},
            },
        },
    })
}

fn of_tokens() -> String {
    format!(
        "A token of the tenant's user pool, or of another issuer that is believed: of a person (an administrator may everything, an \
         organizer everything with his own events but what is of the whole tenant), or of a program that is a client of its own, \
         by its scopes. Scopes: {}",
        Scope::ALL
            .map(|scope| format!("`{scope}` ({})", scope.meaning()))
            .join(", ")
    )
}

fn of_keys() -> String {
    format!(
        "A key an administrator has made, `{}`: for the same scopes, of all events or of one organizer's.",
        key::PATTERN
    )
}

/// Who may, as OpenAPI has it: either scheme will do, and names what it needs. No key is an administrator.
fn security(required: Required) -> Value {
    match required {
        Required::Scope(scope) => json!([{"token": [scope.name()]}, {"key": [scope.name()]}]),
        Required::Administrator => json!([{"token": ["administrator"]}]),
    }
}

fn described(operation: Operation, problem: &mut Schema) -> Value {
    let guarded = guarded(operation.route);
    let mut responses: Map<String, Value> = operation
        .answers
        .into_iter()
        .map(|(status, answer)| (status.to_string(), answer))
        .collect();
    let mut problems = operation.problems;
    if let Some(guarded) = guarded {
        problems.extend([Kind::NoCredentials, Kind::InvalidCredentials]);
        if let Required::Scope(_) = guarded.required {
            problems.extend([Kind::MissingScope, Kind::TooManyRequests]);
        }
        problems.push(Kind::NotAllowed);
    }
    problems.push(Kind::Fault);
    for kind in problems {
        let status = kind.status().as_u16().to_string();
        let codes = match responses.get(&status) {
            Some(before) => format!(
                "{}, `{}`",
                before["description"].as_str().unwrap(),
                kind.code()
            ),
            None => format!("`{}`", kind.code()),
        };
        let content = json!({"application/problem+json": {"schema": problem}});
        responses.insert(status, json!({"description": codes, "content": content}));
    }
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "responses": responses,
    });
    let mut add = |name: &str, value: Value| described[name] = value;
    if !operation.description.is_empty() {
        add("description", json!(operation.description));
    }
    if !operation.parameters.is_empty() {
        add("parameters", json!(operation.parameters));
    }
    if let Some(body) = operation.body {
        add("requestBody", body);
    }
    if operation.is_deprecated {
        add("deprecated", json!(true));
    }
    add(
        "security",
        guarded.map_or(json!([]), |guarded| security(guarded.required)),
    );
    described
}

/// What is required of callers of `GET /event/{uid}`; `None`: nobody is asked who he is.
fn guarded(route: &str) -> Option<&'static Guarded> {
    FUNCTIONS
        .iter()
        .flat_map(|function| match function.trigger {
            Trigger::Http { routes } => routes,
            _ => &[],
        })
        .find(|guarded| guarded.key() == route)
}

/// `GET /event/{uid}`, of every function.
fn routes() -> BTreeSet<String> {
    FUNCTIONS
        .iter()
        .flat_map(|function| function.trigger.routes())
        .filter(|route| route.path != Route::REST)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect()
}

#[test]
fn the_description_is_written_from_the_code() {
    let document = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &document).unwrap();
    }
    assert!(
        std::fs::read_to_string(GOLDEN).unwrap() == document,
        "golden/openapi.json differs: write it with UPDATE_GOLDEN=1 and look why"
    );
}

#[test]
fn every_route_is_described_once_and_nothing_else() {
    let described: Vec<String> = operations::all(&mut Schemas::new())
        .iter()
        .map(|operation| operation.route.to_owned())
        .collect();
    let once: BTreeSet<String> = described.iter().cloned().collect();
    assert_eq!(once.len(), described.len());
    assert_eq!(once, routes());
}

#[test]
fn every_parameter_of_a_path_is_described() {
    for operation in operations::all(&mut Schemas::new()) {
        let named: Vec<&str> = operation
            .route
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let described: Vec<&str> = operation
            .parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, described, "{}", operation.route);
    }
}
