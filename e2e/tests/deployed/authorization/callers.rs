//! Callers of every kind. Tokens are signed with the local pool's own key, which lies in the local cloud's state: so also those can be
//! had that a pool would never give.

use std::{collections::BTreeMap, fs};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use e2e::{fault::Fault, world::World};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Headers, made, table::Row};

/// All there are but what only an administrator may, in the page's order.
const SCOPES: [&str; 10] = [
    "events:read",
    "events:write",
    "attendees:read",
    "attendees:read:unmasked",
    "invites:write",
    "checkins:write",
    "jobs:read",
    "jobs:write",
    "ledger:read",
    "system:read",
];

pub(super) struct Callers {
    /// The header and claims of a token of the pool's own.
    header: Value,
    claims: Value,
    pair: RsaKeyPair,
    organizer: String,
    client_id: String,
    /// Keys that were made, by what they may.
    keys: Mutex<BTreeMap<String, String>>,
}

fn wrong(what: &str) -> Fault {
    Fault::Wrong(what.to_owned())
}

fn decoded(part: Option<&str>) -> Option<Value> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part?.as_bytes()).ok()?).ok()
}

fn encoded(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

impl Callers {
    pub(super) fn new(world: &World, organizer: &str) -> Result<Self, Fault> {
        let stack = &world.stack;
        let mut parts = stack.api_token.split('.');
        let header =
            decoded(parts.next()).ok_or_else(|| wrong("the stack's token has no header"))?;
        let claims =
            decoded(parts.next()).ok_or_else(|| wrong("the stack's token claims nothing"))?;
        let pool = claims
            .get("iss")
            .and_then(Value::as_str)
            .and_then(|issuer| issuer.rsplit('/').next())
            .ok_or_else(|| wrong("the stack's token has no issuer"))?;
        let state = stack
            .logs
            .parent()
            .ok_or_else(|| wrong("the stack has no state"))?;
        let path = state.join(format!("cloud/cognito-pool-keys/{pool}-id.pem"));
        let pem = fs::read_to_string(&path)
            .map_err(|error| Fault::Wrong(format!("{}: {error}", path.display())))?;
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = BASE64
            .decode(body.as_bytes())
            .map_err(|_| wrong("the pool's key is no PEM"))?;
        Ok(Self {
            header,
            claims,
            pair: RsaKeyPair::from_pkcs8(&der).map_err(|_| wrong("the pool's key is none"))?,
            organizer: organizer.to_owned(),
            client_id: value(world, "CIS_CLIENT_ID")?.to_owned(),
            keys: Mutex::default(),
        })
    }

    /// What callers of this column send: more than one, where programs come by keys and as clients.
    pub(super) async fn known(
        &self,
        world: &World,
        row: &Row,
        column: &str,
    ) -> Result<Vec<Headers>, Fault> {
        let needed: Vec<&str> = if row.is_for_administrators() {
            SCOPES.to_vec()
        } else {
            row.needs.iter().map(String::as_str).collect()
        };
        let lacking = needed.last().copied();
        let all_but = SCOPES
            .into_iter()
            .filter(|scope| Some(*scope) != lacking)
            .collect();
        // No key is made that is bound and of the whole tenant.
        let bound: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|scope| *scope != "system:read")
            .collect();
        let bound = if bound.is_empty() {
            vec!["events:read"]
        } else {
            bound
        };
        let stranger = "oscar@stranger.test";
        Ok(match column {
            "administrator" => vec![bearer(&world.stack.api_token)],
            "organizer, his own" => vec![bearer(&self.person(&self.organizer, &json!({})))],
            "organizer, another's" => vec![bearer(&self.person(stranger, &json!({})))],
            "program with it" => self.programs(world, needed).await?,
            "program without it" => self.programs(world, all_but).await?,
            "bound program, its own" => {
                vec![self.key(world, &bound, Some(&self.organizer)).await?]
            }
            "bound program, another's" => vec![self.key(world, &bound, Some(stranger)).await?],
            other => return Err(Fault::Wrong(format!("no test knows a caller {other:?}"))),
        })
    }

    /// What somebody sends who is not known; `None`: no test has him.
    pub(super) async fn unknown(&self, world: &World, who: &str) -> Result<Option<Headers>, Fault> {
        let header = |changes: &Value| changed(&self.header, changes);
        let of_admin =
            |changes: &Value| bearer(&self.signed(&self.header, &changed(&self.claims, changes)));
        let stranger = format!("cis_{}_{}", "a".repeat(16), "a".repeat(52));
        Ok(Some(match who {
            "nobody" => Vec::new(),
            "another scheme" => vec![("authorization", "Basic b2xnYTpvbGdh".to_owned())],
            "a token and a key" => {
                let mut both = bearer(&world.stack.api_token);
                both.extend(self.key(world, &["events:read"], None).await?);
                both
            }
            "no token" => bearer("let-me-in"),
            "token of another issuer" => {
                of_admin(&json!({"iss": "https://cognito-idp.us-east-1.amazonaws.com/other"}))
            }
            "token of an unknown key" => {
                bearer(&self.signed(&header(&json!({"kid": "another"})), &self.claims))
            }
            "token with alg none" => {
                let unsigned = encoded(&header(&json!({"alg": "none"})));
                bearer(&format!("{unsigned}.{}.", encoded(&self.claims)))
            }
            "token with alg HS256" => {
                let message = format!(
                    "{}.{}",
                    encoded(&header(&json!({"alg": "HS256"}))),
                    encoded(&self.claims)
                );
                let public = self.pair.public_key();
                let secret = hmac::Key::new(hmac::HMAC_SHA256, public.as_ref());
                let mac = hmac::sign(&secret, message.as_bytes());
                bearer(&format!(
                    "{message}.{}",
                    BASE64URL_NOPAD.encode(mac.as_ref())
                ))
            }
            "token that was changed" => {
                let token = self.person(&self.organizer, &json!({}));
                let (head, rest) = token.split_once('.').unwrap_or_default();
                let (_, signature) = rest.split_once('.').unwrap_or_default();
                bearer(&format!("{head}.{}.{signature}", encoded(&self.claims)))
            }
            "token that is over" => of_admin(&json!({"exp": 1_700_000_000})),
            "token for another audience" => of_admin(&json!({"aud": "another"})),
            "refresh token" => of_admin(&json!({"token_use": "refresh"})),
            "unknown key" => vec![("x-api-key", stranger)],
            "revoked key" => {
                let key = self.key(world, &["system:read"], None).await?;
                let revoked = self.revoked(world, &key).await?;
                vec![("x-api-key", revoked)]
            }
            "token of a person without a verified address" => {
                bearer(&self.person(&self.organizer, &json!({"email_verified": false})))
            }
            "key that is over" | "key used too often" => return Ok(None),
            other => return Err(Fault::Wrong(format!("no test knows {other:?}"))),
        }))
    }

    /// By a key, and as a client.
    async fn programs(&self, world: &World, scopes: Vec<&str>) -> Result<Vec<Headers>, Fault> {
        let granted: Vec<String> = scopes.iter().map(|scope| format!("cis/{scope}")).collect();
        let claims = json!({
            "aud": null, "email": null, "email_verified": null, "cognito:groups": null, "token_use": "access",
            "client_id": self.client_id, "sub": self.client_id, "scope": granted.join(" "),
        });
        let client = bearer(&self.signed(&self.header, &changed(&self.claims, &claims)));
        Ok(vec![self.key(world, &scopes, None).await?, client])
    }

    /// A key that may this, made once.
    async fn key(
        &self,
        world: &World,
        scopes: &[&str],
        organizer: Option<&str>,
    ) -> Result<Headers, Fault> {
        let mut body = json!({"name": "a test of who may", "scopes": scopes, "per_minute": 3000});
        if let (Some(organizer), Some(body)) = (organizer, body.as_object_mut()) {
            body.insert("organizer".to_owned(), json!(organizer));
        }
        let mut keys = self.keys.lock().await;
        let name = body.to_string();
        if !keys.contains_key(&name) {
            let (key, _) = made(world, &body).await?;
            keys.insert(name.clone(), key);
        }
        let key = keys.get(&name).cloned().unwrap_or_default();
        Ok(vec![("x-api-key", key)])
    }

    /// A key of its own that was revoked, made once.
    async fn revoked(&self, world: &World, like: &Headers) -> Result<String, Fault> {
        let mut keys = self.keys.lock().await;
        let name = format!("revoked {}", like.len());
        if let Some(key) = keys.get(&name) {
            return Ok(key.clone());
        }
        let (key, id) = made(world, &json!({"name": "a test", "scopes": SCOPES})).await?;
        let path = format!("/system/keys/{id}/revoke");
        let answer = world.api.post(&path, &json!({})).await?;
        crate::expected::expect(answer.status == 200, &answer)?;
        keys.insert(name, key.clone());
        Ok(key)
    }

    /// An id token of a person in no group.
    fn person(&self, address: &str, changes: &Value) -> String {
        let person = json!({"email": address, "email_verified": true, "cognito:groups": null, "sub": address});
        self.signed(
            &self.header,
            &changed(&changed(&self.claims, &person), changes),
        )
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // It fails without a random number generator alone; then the token is none.
        let _ = self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        );
        format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

fn bearer(token: &str) -> Headers {
    vec![("authorization", format!("Bearer {token}"))]
}

/// With other fields; null takes one away.
fn changed(value: &Value, changes: &Value) -> Value {
    let mut fields = value.as_object().cloned().unwrap_or_default();
    for (name, value) in changes.as_object().into_iter().flatten() {
        match value {
            Value::Null => drop(fields.remove(name)),
            value => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(fields)
}

fn value<'a>(world: &'a World, name: &str) -> Result<&'a str, Fault> {
    world
        .stack
        .values
        .get(name)
        .map(String::as_str)
        .ok_or_else(|| Fault::Wrong(format!("the stack's environment has no {name}")))
}

/// A token the pool gives a client of its own for its credentials.
pub(super) async fn client_token(world: &World) -> Result<String, Fault> {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", value(world, "CIS_CLIENT_ID")?),
        ("client_secret", value(world, "CIS_CLIENT_SECRET")?),
    ];
    let body: Vec<String> = form
        .iter()
        // A secret may hold a plus, which in a form is a space.
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    let answer = world
        .api
        .form(value(world, "CIS_TOKEN_URL")?, body.join("&"))
        .await?;
    answer
        .text("/access_token")
        .map(str::to_owned)
        .ok_or_else(|| Fault::Wrong(format!("no token: {answer}")))
}
