use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

use super::*;
use crate::{
    issuer::{AddressClaim, Client, Groups},
    scope::Scope,
};

const NOW: i64 = 1_800_000_000;

fn alice() -> Address {
    Address::parse("alice@a.test").unwrap()
}

/// As a tenant's own pool is described.
fn pool() -> Issuer {
    Issuer {
        issuer: "https://pool.test/1".to_owned(),
        jwks_uri: None,
        audiences: vec!["app".to_owned()],
        address: AddressClaim {
            claim: "email".to_owned(),
            is_vouched_for: false,
        },
        groups: Groups {
            claim: "cognito:groups".to_owned(),
            admin: vec!["admin".to_owned()],
            organizer: None,
        },
        clients: BTreeMap::from([
            ("crm".to_owned(), Client::default()),
            (
                "newsletter".to_owned(),
                Client {
                    organizer: Some(alice()),
                },
            ),
        ]),
        scope_prefix: "cis/".to_owned(),
    }
}

/// What a pool claims of a person.
fn id_token() -> Value {
    json!({
        "iss": "https://pool.test/1", "aud": "app", "token_use": "id", "exp": NOW + 60, "iat": NOW, "sub": "5f",
        "email": "Alice@A.test", "email_verified": true,
    })
}

/// What it claims of a program.
fn client_token() -> Value {
    json!({
        "iss": "https://pool.test/1", "client_id": "crm", "sub": "crm", "token_use": "access", "exp": NOW + 60,
        "scope": "cis/events:read cis/jobs:read",
    })
}

fn with(mut claims: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn called_at(issuer: &Issuer, claims: &Value, now: i64) -> Result<Caller, Refusal> {
    let now = Timestamp::from_second(now).unwrap();
    caller(issuer, claims.as_object().unwrap(), now)
}

fn called(claims: &Value) -> Result<Caller, Refusal> {
    called_at(&pool(), claims, NOW)
}

fn fault(claims: &Value) -> TokenFault {
    match called(claims) {
        Err(Refusal::InvalidToken(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_is_an_organizer_by_his_verified_address() {
    assert_eq!(called(&id_token()), Ok(Caller::Organizer(alice())));
    let told = with(id_token(), json!({"email_verified": "true"}));
    assert_eq!(called(&told), Ok(Caller::Organizer(alice())));
    for unproven in [
        json!({"email_verified": false}),
        json!({"email_verified": "false"}),
        json!({"email_verified": "yes"}),
        json!({"email_verified": 1}),
        json!({"email_verified": null}),
        json!({"email": "alice"}),
        json!({"email": ["alice@a.test"]}),
        json!({"email": null, "preferred_username": "alice@a.test"}),
    ] {
        let claims = with(id_token(), unproven.clone());
        assert_eq!(called(&claims), Err(Refusal::NobodyKnown), "{unproven}");
    }
}

#[test]
fn a_person_is_an_administrator_by_a_group_and_by_its_whole_name() {
    for groups in [
        json!(["admin"]),
        json!(["organizer", "admin"]),
        json!("admin"),
    ] {
        let claims = with(id_token(), json!({"cognito:groups": groups}));
        assert_eq!(called(&claims), Ok(Caller::Administrator), "{groups}");
    }
    for groups in [
        json!(["administrators"]),
        json!("not admin"),
        json!("[admin]"),
        json!({"admin": true}),
        json!([["admin"]]),
        json!(true),
    ] {
        let claims = with(
            id_token(),
            json!({"cognito:groups": groups, "groups": ["admin"], "role": "admin"}),
        );
        assert_eq!(called(&claims), Ok(Caller::Organizer(alice())), "{groups}");
    }
}

#[test]
fn where_organizers_are_a_group_nobody_else_is_one() {
    let mut issuer = pool();
    issuer.groups.organizer = Some(vec!["organizer".to_owned()]);
    let of = |groups: &Value| {
        let claims = with(id_token(), json!({"cognito:groups": groups}));
        called_at(&issuer, &claims, NOW)
    };
    assert_eq!(of(&json!(["organizer"])), Ok(Caller::Organizer(alice())));
    assert_eq!(of(&json!(["admin"])), Ok(Caller::Administrator));
    assert_eq!(of(&json!([])), Err(Refusal::NobodyKnown));
}

#[test]
fn an_address_may_stand_in_another_claim_and_be_vouched_for() {
    let mut issuer = pool();
    issuer.address = AddressClaim {
        claim: "upn".to_owned(),
        is_vouched_for: true,
    };
    let claims = with(
        id_token(),
        json!({"email": null, "email_verified": null, "upn": "alice@a.test"}),
    );
    assert_eq!(
        called_at(&issuer, &claims, NOW),
        Ok(Caller::Organizer(alice()))
    );
}

#[test]
fn a_program_is_a_client_that_is_named_and_may_what_its_scopes_say() {
    let Ok(Caller::Program(crm)) = called(&client_token()) else {
        panic!("no program")
    };
    assert_eq!((crm.id.as_str(), &crm.organizer), ("crm", &None));
    assert_eq!(
        crm.scopes,
        [Scope::EventsRead, Scope::JobsRead].into_iter().collect()
    );
    let bound = with(client_token(), json!({"client_id": "newsletter"}));
    let Ok(Caller::Program(newsletter)) = called(&bound) else {
        panic!("no program")
    };
    assert_eq!(newsletter.organizer, Some(alice()));
    for scope in [
        json!({"scope": "events:read openid other/events:read cis/ cis/*"}),
        json!({"scope": "CIS/events:read"}),
        json!({"scope": "cis/events:readcis/jobs:read"}),
        json!({"scope": null, "roles": ["cis/events:read"]}),
        json!({"scope": {"cis/events:read": true}}),
    ] {
        let Ok(Caller::Program(program)) = called(&with(client_token(), scope.clone())) else {
            panic!("no program")
        };
        assert!(program.scopes.is_empty(), "{scope}");
    }
}

#[test]
fn scopes_in_a_persons_token_make_nobody_a_program() {
    let scopes = json!({"scope": "cis/system:read cis/events:read"});
    let claims = with(id_token(), scopes.clone());
    assert_eq!(called(&claims), Ok(Caller::Organizer(alice())));
    // The access token of a person names the application as its client, and no address.
    let claims = with(client_token(), json!({"client_id": "app", "sub": "5f"}));
    assert_eq!(called(&claims), Err(Refusal::NobodyKnown));
    // An id token never speaks for a program.
    let claims = with(id_token(), json!({"client_id": "crm", "azp": "crm"}));
    assert_eq!(
        called(&with(claims, scopes)),
        Ok(Caller::Organizer(alice()))
    );
}

#[test]
fn the_time_is_said_and_kept() {
    for (changes, expected) in [
        (json!({"exp": null}), TokenFault::Expired),
        (json!({"exp": "1900000000"}), TokenFault::Expired),
        (json!({"exp": NOW - 31}), TokenFault::Expired),
        (json!({"exp": NOW - 30}), TokenFault::Expired),
        (json!({"nbf": NOW + 31}), TokenFault::NotYet),
        (json!({"nbf": "0"}), TokenFault::NotYet),
    ] {
        assert_eq!(
            fault(&with(id_token(), changes.clone())),
            expected,
            "{changes}"
        );
    }
    for changes in [
        json!({"exp": NOW - 29}),
        json!({"exp": f64::from(1_800_000_001) + 0.5}),
        json!({"nbf": NOW + 30}),
    ] {
        assert!(
            called(&with(id_token(), changes.clone())).is_ok(),
            "{changes}"
        );
    }
}

#[test]
fn a_token_is_for_us_or_for_nobody() {
    for changes in [
        json!({"iss": "https://pool.test/2"}),
        json!({"iss": "https://pool.test/1/"}),
        json!({"iss": null}),
    ] {
        assert_eq!(
            fault(&with(id_token(), changes.clone())),
            TokenFault::Issuer,
            "{changes}"
        );
    }
    for changes in [
        json!({"aud": "another"}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"aud": null, "client_id": "another"}),
        json!({"aud": "another", "client_id": "app"}),
        json!({"aud": "another", "client_id": "crm", "token_use": "access"}),
    ] {
        assert_eq!(
            fault(&with(id_token(), changes.clone())),
            TokenFault::Audience,
            "{changes}"
        );
    }
    for changes in [
        json!({"aud": ["x", "app"]}),
        json!({"aud": null, "client_id": "app"}),
    ] {
        assert!(
            called(&with(id_token(), changes.clone())).is_ok(),
            "{changes}"
        );
    }
    for token_use in [json!("refresh"), json!(""), json!(7)] {
        assert_eq!(
            fault(&with(id_token(), json!({"token_use": token_use}))),
            TokenFault::Use
        );
    }
}

proptest! {
    /// Names and values nobody has agreed upon.
    #[test]
    fn an_unknown_claim_never_grants(
        names in vec("[a-z_:]{1,12}", 0..6),
        value in select(vec![json!("admin"), json!(["admin"]), json!(true), json!("cis/system:read"), json!("root@a.test")]),
    ) {
        let known = [
            "iss", "aud", "azp", "client_id", "token_use", "exp", "nbf", "email", "email_verified", "cognito:groups",
            "scope", "scp",
        ];
        for plain in [id_token(), client_token()] {
            let mut claims = plain.clone();
            for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
                claims[name.as_str()] = value.clone();
            }
            prop_assert_eq!(called(&claims), called(&plain));
        }
    }

    /// Without the claims that prove it nobody is anybody.
    #[test]
    fn nothing_is_granted_by_default(missing in select(vec!["iss", "exp"])) {
        for plain in [id_token(), client_token()] {
            let refused = called(&with(plain, json!({ missing: null }))).is_err();
            prop_assert!(refused);
        }
    }
}
