//! What a token's claims come to, once its signature is checked: whom it is for, whether it is its time, and who calls.
//!
//! A person comes by a group or by his verified address, a program as a client the configuration names, by the scopes it was
//! given. Scopes in a person's token say what an application asked of him, and make nobody a program.

use invite::address::Address;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    caller::{Caller, Program},
    issuer::Issuer,
    refusal::{Refusal, TokenFault},
    scope::Scopes,
};

/// How far the issuer's clock and ours may be apart, in seconds.
const LEEWAY_SECS: i64 = 30;

/// Who calls with these claims, whose signature is the issuer's.
///
/// # Errors
/// The [`Refusal`].
pub fn caller(
    issuer: &Issuer,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    if text(claims, "iss") != Some(issuer.issuer.as_str()) {
        return Err(Refusal::InvalidToken(TokenFault::Issuer));
    }
    check_time(claims, now).map_err(Refusal::InvalidToken)?;
    let kind = Kind::of(claims).map_err(Refusal::InvalidToken)?;
    let client = text(claims, "client_id").or_else(|| text(claims, "azp"));
    let of_program = client
        .filter(|_| kind != Kind::Id)
        .and_then(|client| Some((client, issuer.clients.get(client)?)));
    // A pool's access tokens have no audience: there the client stands for it.
    let is_for_us = match claims.get("aud") {
        Some(audience) => texts(audience)
            .iter()
            .any(|audience| issuer.audiences.iter().any(|ours| ours == audience)),
        None => {
            of_program.is_some()
                || client.is_some_and(|client| issuer.audiences.iter().any(|ours| ours == client))
        }
    };
    if !is_for_us {
        return Err(Refusal::InvalidToken(TokenFault::Audience));
    }
    match of_program {
        Some((id, client)) => Ok(Caller::Program(Program {
            id: id.to_owned(),
            scopes: scopes(issuer, claims),
            organizer: client.organizer.clone(),
        })),
        None => person(issuer, claims).ok_or(Refusal::NobodyKnown),
    }
}

fn check_time(claims: &Map<String, Value>, now: Timestamp) -> Result<(), TokenFault> {
    // Seconds, with a fraction or without (RFC 7519 section 2).
    let seconds = |name: &str| claims.get(name).map(Value::as_f64);
    // Exact for some million years.
    let (now, leeway) = (now.as_second() as f64, LEEWAY_SECS as f64);
    match seconds("exp") {
        Some(Some(expires)) if now < expires + leeway => {}
        _ => return Err(TokenFault::Expired),
    }
    match seconds("nbf") {
        None => Ok(()),
        Some(Some(begins)) if begins <= now + leeway => Ok(()),
        Some(_) => Err(TokenFault::NotYet),
    }
}

/// What a token says it is; other issuers than Cognito do not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Id,
    Access,
    NotSaid,
}

impl Kind {
    fn of(claims: &Map<String, Value>) -> Result<Self, TokenFault> {
        match claims.get("token_use").map(Value::as_str) {
            None => Ok(Self::NotSaid),
            Some(Some("id")) => Ok(Self::Id),
            Some(Some("access")) => Ok(Self::Access),
            Some(_) => Err(TokenFault::Use),
        }
    }
}

fn person(issuer: &Issuer, claims: &Map<String, Value>) -> Option<Caller> {
    let groups: Vec<&str> = claims
        .get(&issuer.groups.claim)
        .into_iter()
        .flat_map(texts)
        .collect();
    let is_one_of = |those: &[String]| {
        groups
            .iter()
            .any(|group| those.iter().any(|that| that == group))
    };
    if is_one_of(&issuer.groups.admin) {
        return Some(Caller::Administrator);
    }
    let may_organize = issuer
        .groups
        .organizer
        .as_ref()
        .is_none_or(|those| is_one_of(those));
    let is_verified = issuer.address.is_vouched_for
        || match claims.get("email_verified") {
            Some(Value::Bool(verified)) => *verified,
            Some(Value::String(verified)) => verified == "true",
            _ => false,
        };
    text(claims, &issuer.address.claim)
        .filter(|_| may_organize && is_verified)
        .and_then(Address::parse)
        .map(Caller::Organizer)
}

fn scopes(issuer: &Issuer, claims: &Map<String, Value>) -> Scopes {
    let names = ["scope", "scp"]
        .into_iter()
        .filter_map(|name| claims.get(name))
        .flat_map(texts)
        .flat_map(|text| text.split(' '))
        .filter_map(|name| name.strip_prefix(issuer.scope_prefix.as_str()));
    Scopes::of_names(names)
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// One text, or a list of them.
fn texts(claim: &Value) -> Vec<&str> {
    match claim {
        Value::String(text) => vec![text],
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
