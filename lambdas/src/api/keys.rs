//! Keys of programs: made, listed and revoked by administrators, in person.

use std::sync::Arc;

use access::{
    key::{DRAWN_BYTES, DrawnKey, Key, KeyId, Usage},
    scope::{Scope, Scopes},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use cloud::{clock, random, table::Stored};
use invite::address::Address;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::shell::{Failed, JsonBody, Kind, Problem, Started};

/// Uses in a minute, unless another number is asked for.
const PER_MINUTE: u32 = 600;
/// The gateway lets nobody in more often.
const MAX_PER_MINUTE: u32 = 3_000;
/// Characters of a name.
const MAX_NAME: usize = 100;
/// The longest a key may be good, in days, where it is to end.
const MAX_DAYS: u32 = 3_650;

/// A key to make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NewKey"))]
pub(super) struct NewKeyBody {
    /// What it is for, in your words.
    #[cfg_attr(test, schemars(length(min = 1, max = MAX_NAME)))]
    name: String,
    /// What it may.
    #[cfg_attr(test, schemars(length(min = 1), with = "Vec<ScopeName>"))]
    scopes: Vec<String>,
    /// Whose events it may see; everybody's without one.
    organizer: Option<String>,
    /// For how many days it is good; without a number, until it is revoked.
    #[cfg_attr(test, schemars(range(min = 1, max = MAX_DAYS)))]
    days: Option<u32>,
    /// How often it may be used in a minute.
    #[cfg_attr(test, schemars(range(min = 1, max = MAX_PER_MINUTE)))]
    per_minute: Option<u32>,
}

/// For the API's description: one of those there are.
#[cfg(test)]
struct ScopeName;

#[cfg(test)]
impl schemars::JsonSchema for ScopeName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "enum": Scope::ALL.map(Scope::name)})
    }
}

/// A key that was just made.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "MadeKey"))]
pub(super) struct MadeKeyView {
    /// The key itself, for `x-api-key`. It is told this once.
    key: String,
    #[serde(flatten)]
    about: KeyView,
}

/// What is known of a key.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Key"))]
pub(super) struct KeyView {
    /// Names it; the key contains it.
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    /// Whose events it may see; null: everybody's.
    organizer: Option<String>,
    per_minute: u32,
    /// When it was made, in epoch seconds.
    created: i64,
    /// Until when it is good, in epoch seconds; null: until it is revoked.
    expires: Option<i64>,
    /// When it was revoked, in epoch seconds.
    revoked: Option<i64>,
    /// The last day it was used, `yyyy-MM-dd` in UTC.
    last_used: Option<String>,
}

/// The keys there are, the newest first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Keys"))]
pub(super) struct KeysView {
    keys: Vec<KeyView>,
}

#[derive(Deserialize)]
pub(super) struct OfKey {
    key: String,
}

/// `POST /system/keys`
pub(super) async fn make(
    State(needs): State<Arc<Started>>,
    JsonBody(body): JsonBody<NewKeyBody>,
) -> Result<(StatusCode, Json<MadeKeyView>), Failed> {
    let drawn = DrawnKey::of(&random::bytes::<DRAWN_BYTES>()?);
    let key = body.key(&drawn, clock::now())?;
    match needs.table.create_api_key(&key).await? {
        Stored::Done => {}
        Stored::Conflict => return Err(anyhow::anyhow!("the id of a key was drawn twice").into()),
    }
    let made = MadeKeyView {
        key: drawn.text,
        about: KeyView::of(&key),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// `GET /system/keys`
pub(super) async fn all(State(needs): State<Arc<Started>>) -> Result<Json<KeysView>, Failed> {
    let mut keys = needs.table.api_keys().await?;
    keys.sort_by_key(|key| std::cmp::Reverse(key.created));
    let keys = keys.iter().map(KeyView::of).collect();
    Ok(Json(KeysView { keys }))
}

/// `POST /system/keys/{key}/revoke`
pub(super) async fn revoke(
    State(needs): State<Arc<Started>>,
    Path(OfKey { key }): Path<OfKey>,
) -> Result<Json<KeyView>, Failed> {
    let id = KeyId::parse(&key).ok_or_else(unknown)?;
    let revoked = needs.table.revoke_api_key(&id, clock::now()).await?;
    Ok(Json(KeyView::of(&revoked.ok_or_else(unknown)?)))
}

fn unknown() -> Problem {
    Problem::new(
        Kind::UnknownKey,
        "There is no key of that id; ids are 16 letters and digits.",
    )
}

impl NewKeyBody {
    fn key(&self, drawn: &DrawnKey, now: Timestamp) -> Result<Key, Problem> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control)
        {
            let detail = format!("A name has 1 to {MAX_NAME} characters.");
            return Err(Problem::field("/name", detail));
        }
        let organizer = match &self.organizer {
            None => None,
            Some(text) => Some(
                Address::parse(text)
                    .ok_or_else(|| Problem::field("/organizer", "This is no e-mail address."))?,
            ),
        };
        let within = |pointer, number: u32, most: u32| {
            if (1..=most).contains(&number) {
                return Ok(number);
            }
            Err(Problem::field(pointer, format!("It is 1 to {most}.")))
        };
        let per_minute = within(
            "/per_minute",
            self.per_minute.unwrap_or(PER_MINUTE),
            MAX_PER_MINUTE,
        )?;
        let expires = match self.days {
            None => None,
            Some(days) => {
                let hours = 24 * i64::from(within("/days", days, MAX_DAYS)?);
                now.checked_add(SignedDuration::from_hours(hours)).ok()
            }
        };
        Ok(Key {
            id: drawn.id.clone(),
            name: name.to_owned(),
            hash: drawn.hash.clone(),
            scopes: self.scopes(organizer.as_ref())?,
            organizer,
            per_minute,
            created: now,
            expires,
            revoked: None,
            usage: Usage::default(),
        })
    }

    fn scopes(&self, organizer: Option<&Address>) -> Result<Scopes, Problem> {
        let known = || Scope::ALL.map(Scope::name).join(", ");
        if self.scopes.is_empty() {
            let detail = format!("A key without a scope may nothing. There are: {}.", known());
            return Err(Problem::field("/scopes", detail));
        }
        let scopes = self.scopes.iter().enumerate().map(|(index, name)| {
            let pointer = format!("/scopes/{index}");
            let scope = Scope::of_name(name).ok_or_else(|| {
                Problem::field(
                    &pointer,
                    format!("There is no such scope. There are: {}.", known()),
                )
            })?;
            if organizer.is_some() && scope.is_of_the_whole_tenant() {
                let detail = format!("A key bound to an organizer cannot use {scope}.");
                return Err(Problem::field(pointer, detail));
            }
            Ok(scope)
        });
        scopes.collect()
    }
}

impl KeyView {
    fn of(key: &Key) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            scopes: key.scopes.iter().map(Scope::name).collect(),
            organizer: key.organizer.as_ref().map(|his| his.as_str().to_owned()),
            per_minute: key.per_minute,
            created: key.created.as_second(),
            expires: key.expires.map(Timestamp::as_second),
            revoked: key.revoked.map(Timestamp::as_second),
            last_used: key.usage.last_day().map(|day| day.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn made(changes: Value) -> Result<Key, Problem> {
        let mut body = json!({"name": "the shop", "scopes": ["events:read"]});
        body.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        let body: NewKeyBody = serde_json::from_value(body).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        body.key(&DrawnKey::of(&[7; DRAWN_BYTES]), now)
    }

    #[test]
    fn a_key_may_what_it_is_given_and_as_long() {
        let plain = made(json!({})).unwrap();
        assert_eq!(
            (plain.per_minute, plain.expires, plain.organizer),
            (600, None, None)
        );
        let bound =
            made(json!({"organizer": "Alice@a.test", "days": 30, "per_minute": 5})).unwrap();
        assert_eq!(bound.organizer, Address::parse("alice@a.test"));
        assert_eq!(
            bound.expires.unwrap().as_second(),
            1_800_000_000 + 30 * 86_400
        );
        assert_eq!(bound.per_minute, 5);
        let shown = serde_json::to_value(KeyView::of(&bound)).unwrap();
        assert_eq!(shown["scopes"], json!(["events:read"]));
        assert!(!shown.to_string().contains(&bound.hash));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (changes, pointer) in [
            (json!({"name": " "}), "/name"),
            (json!({"name": "a\nb"}), "/name"),
            (json!({"name": "x".repeat(101)}), "/name"),
            (json!({"scopes": []}), "/scopes"),
            (
                json!({"scopes": ["events:read", "everything"]}),
                "/scopes/1",
            ),
            (
                json!({"scopes": ["system:read"], "organizer": "alice@a.test"}),
                "/scopes/0",
            ),
            (json!({"organizer": "alice"}), "/organizer"),
            (json!({"days": 0}), "/days"),
            (json!({"days": 3651}), "/days"),
            (json!({"per_minute": 0}), "/per_minute"),
            (json!({"per_minute": 3001}), "/per_minute"),
        ] {
            let problem = made(changes.clone()).unwrap_err();
            assert_eq!(
                problem.errors[0].pointer.as_deref(),
                Some(pointer),
                "{changes}"
            );
        }
    }
}
