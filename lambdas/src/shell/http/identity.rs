//! Who calls, on its way from the function that says so, through the gateway, to the function that is called.
//!
//! The gateway asks `authorize` before each request and hands on what it says. It is let in by the function that is called, for
//! an HTTP API can answer a refusal with words of its own alone, and ours are problem documents.

use access::{
    caller::{Caller, Program},
    refusal::Refusal,
    scope::Scopes,
};
use invite::address::Address;
use serde::{Deserialize, Serialize};

/// Texts alone: of those it is said that the gateway carries them as they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "caller", rename_all = "kebab-case")]
pub(crate) enum IdentityShape {
    Administrator,
    Organizer {
        address: String,
    },
    Program {
        id: String,
        /// With spaces between them.
        scopes: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organizer: Option<String>,
    },
    Nobody {
        refusal: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_secs: Option<String>,
    },
}

impl IdentityShape {
    /// As the gateway is told.
    pub(crate) fn of(presented: &Result<Caller, Refusal>) -> Self {
        match presented {
            Ok(Caller::Administrator) => Self::Administrator,
            Ok(Caller::Organizer(address)) => Self::Organizer {
                address: address.as_str().to_owned(),
            },
            Ok(Caller::Program(program)) => Self::Program {
                id: program.id.clone(),
                scopes: program.scopes.to_string(),
                organizer: program
                    .organizer
                    .as_ref()
                    .map(|organizer| organizer.as_str().to_owned()),
            },
            Err(refusal) => Self::Nobody {
                refusal: refusal.code().to_owned(),
                retry_after_secs: match refusal {
                    Refusal::TooManyRequests { retry_after_secs } => {
                        Some(retry_after_secs.to_string())
                    }
                    _ => None,
                },
            },
        }
    }

    /// Who calls. What is not understood makes nobody anybody.
    pub(super) fn presented(self) -> Result<Caller, Refusal> {
        let address = |text: &str| Address::parse(text).ok_or(Refusal::NoCredentials);
        match self {
            Self::Administrator => Ok(Caller::Administrator),
            Self::Organizer { address: text } => Ok(Caller::Organizer(address(&text)?)),
            Self::Program {
                id,
                scopes,
                organizer,
            } => Ok(Caller::Program(Program {
                id,
                scopes: Scopes::of_names(scopes.split(' ')),
                organizer: organizer.as_deref().map(address).transpose()?,
            })),
            Self::Nobody {
                refusal,
                retry_after_secs,
            } => {
                let secs = retry_after_secs.and_then(|secs| secs.parse().ok());
                Err(Refusal::of_code(&refusal, secs).unwrap_or(Refusal::NoCredentials))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use access::scope::Scope;

    use super::*;

    #[test]
    fn who_calls_arrives_as_it_was_said() {
        let alice = Address::parse("alice@a.test").unwrap();
        let program = |scopes: Scopes, organizer| {
            Caller::Program(Program {
                id: "crm".to_owned(),
                scopes,
                organizer,
            })
        };
        let callers = [
            Caller::Administrator,
            Caller::Organizer(alice.clone()),
            program(Scopes::default(), None),
            program(Scope::ALL.into_iter().collect(), Some(alice)),
        ];
        let wait = Refusal::TooManyRequests {
            retry_after_secs: 7,
        };
        for presented in callers
            .into_iter()
            .map(Ok)
            .chain(Refusal::ALL.into_iter().chain([wait]).map(Err))
        {
            let said = serde_json::to_value(IdentityShape::of(&presented)).unwrap();
            for value in said.as_object().unwrap().values() {
                assert!(value.is_string(), "{said}");
            }
            let read: IdentityShape = serde_json::from_value(said).unwrap();
            assert_eq!(read.presented(), presented);
        }
    }
}
