//! Who may say who somebody is: issuers of tokens, as a tenant's configuration names them.

use std::collections::BTreeMap;

use invite::address::Address;
use serde::Deserialize;

/// An issuer, and how its tokens are understood.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// What `iss` says, to the letter.
    pub issuer: String,
    /// Where its keys are; `None`: where its discovery document says.
    pub jwks_uri: Option<String>,
    /// For whom its tokens of people are made: any of these.
    pub audiences: Vec<String>,
    /// Which claim names a person's address.
    pub address: AddressClaim,
    /// Which claim names a person's groups.
    pub groups: Groups,
    /// Clients that are programs and ask for themselves, by client id.
    pub clients: BTreeMap<String, Client>,
    /// What stands before the names of scopes, like `cis/`.
    pub scope_prefix: String,
}

/// The claim that names a person's address.
#[derive(Clone, Debug)]
pub struct AddressClaim {
    /// Its name.
    pub claim: String,
    /// The tenant vouches for it; otherwise `email_verified` has to.
    pub is_vouched_for: bool,
}

/// The claim that names a person's groups.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Its name.
    pub claim: String,
    /// Members of any of these administer the tenant.
    pub admin: Vec<String>,
    /// Members of any of these are organizers; `None`: everybody with a verified address is one, of his own events.
    pub organizer: Option<Vec<String>>,
}

/// A program with credentials of its own.
#[derive(Clone, Default, Debug)]
pub struct Client {
    /// Whose events it may see; `None`: everybody's.
    pub organizer: Option<Address>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerShape {
    issuer: String,
    jwks_uri: Option<String>,
    audiences: Vec<String>,
    address_claim: String,
    #[serde(default)]
    address_is_verified: bool,
    groups_claim: String,
    admin_groups: Vec<String>,
    organizer_groups: Option<Vec<String>>,
    #[serde(default)]
    clients: Vec<ClientShape>,
    #[serde(default)]
    scope_prefix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientShape {
    client_id: String,
    organizer: Option<String>,
}

impl Issuer {
    /// Reads a list of issuers, as the deployment writes it.
    ///
    /// # Errors
    /// A sentence naming what is wrong with it.
    pub fn read_all(json: &str) -> Result<Vec<Self>, String> {
        let shapes: Vec<IssuerShape> =
            serde_json::from_str(json).map_err(|error| error.to_string())?;
        shapes.into_iter().map(Self::of).collect()
    }

    fn of(shape: IssuerShape) -> Result<Self, String> {
        if shape.audiences.is_empty() {
            return Err(format!("{}: no audience", shape.issuer));
        }
        let clients = shape.clients.into_iter().map(|client| {
            let organizer = match &client.organizer {
                None => None,
                Some(text) => Some(
                    Address::parse(text)
                        .ok_or_else(|| format!("{text:?} is not an e-mail address"))?,
                ),
            };
            Ok((client.client_id, Client { organizer }))
        });
        Ok(Self {
            issuer: shape.issuer,
            jwks_uri: shape.jwks_uri,
            audiences: shape.audiences,
            address: AddressClaim {
                claim: shape.address_claim,
                is_vouched_for: shape.address_is_verified,
            },
            groups: Groups {
                claim: shape.groups_claim,
                admin: shape.admin_groups,
                organizer: shape.organizer_groups,
            },
            clients: clients.collect::<Result<_, String>>()?,
            scope_prefix: shape.scope_prefix,
        })
    }

    /// Where its discovery document is (OpenID Connect Discovery 1.0 section 4).
    #[must_use]
    pub fn discovery(&self) -> String {
        format!(
            "{}/.well-known/openid-configuration",
            self.issuer.trim_end_matches('/')
        )
    }

    /// Where its keys are, by its discovery document, which has to be its own.
    ///
    /// # Errors
    /// A sentence.
    pub fn keys_by_discovery(&self, document: &[u8]) -> Result<String, String> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
            jwks_uri: String,
        }
        let document: Document =
            serde_json::from_slice(document).map_err(|error| error.to_string())?;
        if document.issuer != self.issuer {
            return Err(format!("it is the document of {}", document.issuer));
        }
        if !document.jwks_uri.starts_with("https://") {
            return Err("its keys are not at an https address".to_owned());
        }
        Ok(document.jwks_uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: &str = r#"[{"issuer":"https://pool.test/1","jwks_uri":"https://pool.test/1/keys","audiences":["app"],
        "address_claim":"email","groups_claim":"cognito:groups","admin_groups":["admin"],
        "clients":[{"client_id":"newsletter","organizer":"Alice@a.test"},{"client_id":"crm"}],"scope_prefix":"cis/"}]"#;

    #[test]
    fn reads_what_the_deployment_writes() {
        let [issuer] = Issuer::read_all(POOL).unwrap().try_into().unwrap();
        assert!(!issuer.address.is_vouched_for && issuer.groups.organizer.is_none());
        let alice = Address::parse("alice@a.test");
        assert_eq!(issuer.clients["newsletter"].organizer, alice);
        assert_eq!(issuer.clients["crm"].organizer, None);
        assert_eq!(
            issuer.discovery(),
            "https://pool.test/1/.well-known/openid-configuration"
        );
    }

    #[test]
    fn says_what_is_wrong() {
        for (from, to, says) in [
            ("[\"app\"]", "[]", "no audience"),
            (
                "Alice@a.test",
                "alice",
                "\"alice\" is not an e-mail address",
            ),
            ("\"admin_groups\"", "\"admins\"", "admins"),
            ("\"groups_claim\":\"cognito:groups\",", "", "groups_claim"),
        ] {
            let error = Issuer::read_all(&POOL.replace(from, to)).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_discovery_document_is_the_issuers_own() {
        let [issuer] = Issuer::read_all(POOL).unwrap().try_into().unwrap();
        let document = |issuer: &str, keys: &str| {
            format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}","more":[]}}"#).into_bytes()
        };
        let found = |document: &[u8]| issuer.keys_by_discovery(document);
        let keys = "https://keys.test/k";
        assert_eq!(
            found(&document("https://pool.test/1", keys)),
            Ok(keys.to_owned())
        );
        for wrong in [
            document("https://pool.test/2", keys),
            document("https://pool.test/1", "http://keys.test/k"),
            b"<html>".to_vec(),
        ] {
            assert!(found(&wrong).is_err());
        }
    }
}
