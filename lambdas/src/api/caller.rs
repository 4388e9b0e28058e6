//! Who asks, by the claims of a token the API has checked.

use axum::{extract::FromRequestParts, http::request::Parts};
use invite::address::Address;
use serde_json::{Map, Value};

use crate::shell::{Claims, Kind, Problem};

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Caller {
    /// A member of the group `admin`: everything of the tenant.
    Admin,
    /// The owner of a verified address: the events he organizes.
    Organizer(Address),
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Claims>()
            .and_then(|Claims(claims)| Self::of(claims))
            .ok_or_else(|| {
                Problem::new(
                    Kind::NotAllowed,
                    "Your token says neither that you are an administrator nor which verified e-mail address is yours.",
                )
            })
    }
}

impl Caller {
    /// `None`: the claims say neither.
    fn of(claims: &Map<String, Value>) -> Option<Self> {
        let is_admin = groups(claims.get("cognito:groups")).any(|group| group == "admin");
        if is_admin {
            return Some(Self::Admin);
        }
        let is_verified = match claims.get("email_verified") {
            Some(Value::Bool(verified)) => *verified,
            Some(Value::String(verified)) => verified == "true",
            _ => false,
        };
        claims
            .get("email")
            .and_then(Value::as_str)
            .filter(|_| is_verified)
            .and_then(Address::parse)
            .map(Self::Organizer)
    }
}

/// The API flattens a list of groups to one text: `[admin organizer]`.
fn groups(claim: Option<&Value>) -> impl Iterator<Item = &str> {
    let texts = match claim {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(groups)) => vec![groups.as_str()],
        _ => Vec::new(),
    };
    texts
        .into_iter()
        .flat_map(|text| text.split([' ', ',', '[', ']', '"']))
        .filter(|group| !group.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn caller(claims: Value) -> Option<Caller> {
        Caller::of(claims.as_object().unwrap())
    }

    #[test]
    fn an_admin_is_a_member_of_the_group_however_the_groups_are_written() {
        for groups in [
            json!("[admin organizer]"),
            json!("[organizer admin]"),
            json!("admin"),
            json!(["organizer", "admin"]),
        ] {
            let claims = json!({"cognito:groups": groups, "email": "root@a.test"});
            assert_eq!(caller(claims), Some(Caller::Admin), "{groups}");
        }
    }

    #[test]
    fn a_group_that_only_contains_the_word_is_not_admin() {
        for groups in ["[administrators]", "[not-admin]", "[]", ""] {
            let claims = json!({"cognito:groups": groups});
            assert_eq!(caller(claims), None, "{groups}");
        }
    }

    #[test]
    fn an_organizer_has_a_verified_address() {
        let alice = Some(Caller::Organizer(Address::parse("alice@a.test").unwrap()));
        let email = "Alice@A.test";
        for verified in [json!("true"), json!(true)] {
            assert_eq!(
                caller(json!({"email": email, "email_verified": verified})),
                alice
            );
        }
        for verified in [json!("false"), json!(false), json!(null), json!("yes")] {
            assert_eq!(
                caller(json!({"email": email, "email_verified": verified})),
                None
            );
        }
    }
}
