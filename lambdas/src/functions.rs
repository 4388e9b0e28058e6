//! Every function: what starts it, what it needs, what it may. The stacks are built from `functions.json`, which the test
//! below compares with this list (`UPDATE_GOLDEN=1` writes it), so Rust and CDK cannot drift apart.

use access::{decision::Required, scope::Scope};
use futures::future::LocalBoxFuture;
use serde::{Serialize, Serializer};

use crate::{api, decide, erase, mail_in, notify, publish, send, stage};

/// A function as it is deployed.
#[derive(Debug, Serialize)]
pub struct Function {
    /// As in resource names.
    pub name: &'static str,
    /// What `_HANDLER` says.
    pub handler: &'static str,
    /// What it is for, in a sentence.
    pub purpose: &'static str,
    /// What people notice when it fails; stands in its alarm.
    pub error_impact: &'static str,
    /// What starts it.
    pub trigger: Trigger,
    /// How long one call may take, in seconds.
    pub timeout_secs: u32,
    /// Its memory, in MB.
    pub memory_mb: u32,
    /// Names it reads at start.
    pub environment: &'static [&'static str],
    /// What its role allows, and nothing else.
    pub rights: &'static [Right],
    /// Runs it.
    #[serde(skip)]
    pub run: fn() -> LocalBoxFuture<'static, anyhow::Result<()>>,
}

/// What starts a function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Messages of its own queue.
    Queue {
        /// Topics the queue is subscribed to.
        topics: &'static [&'static str],
        /// Most messages in one call.
        batch_size: u32,
        /// Most calls at a time.
        max_concurrency: u32,
    },
    /// The table's stream.
    Stream {
        /// Most records in one call.
        batch_size: u32,
        /// How long changes are gathered for a call that is not full, in seconds.
        batching_window_secs: u32,
        /// Length of the window, in seconds; 0 for none.
        tumbling_window_secs: u32,
        /// Only records whose sort keys begin so.
        sort_key_prefixes: &'static [&'static str],
    },
    /// Requests to the API, of callers who are known: nobody else comes further than [`crate::shell::serve_api`].
    Http {
        /// Which, and who may.
        routes: &'static [Guarded],
    },
    /// Requests without a token, of people who follow a link, of a shop that signs what it says: what they may is in what
    /// they bring.
    Page {
        /// Which.
        routes: &'static [Route],
    },
    /// The gateway's question who calls, before each request of the routes above.
    Authorizer {},
}

impl Trigger {
    /// The routes of the API that lead here.
    #[must_use]
    pub fn routes(&self) -> Vec<&'static Route> {
        match self {
            Self::Http { routes } => routes.iter().map(|guarded| &guarded.route).collect(),
            Self::Page { routes } => routes.iter().collect(),
            Self::Queue { .. } | Self::Stream { .. } | Self::Authorizer {} => Vec::new(),
        }
    }
}

/// A route, and what is required of its callers: the one place that says who may call it.
#[derive(Debug, Serialize)]
pub struct Guarded {
    /// The route.
    #[serde(flatten)]
    pub route: Route,
    /// What is required of a caller.
    #[serde(serialize_with = "in_words")]
    pub required: Required,
}

impl Guarded {
    /// `GET` of a path.
    #[must_use]
    pub const fn get(path: &'static str, required: Required) -> Self {
        Self {
            route: Route {
                method: "GET",
                path,
            },
            required,
        }
    }

    /// `POST` to a path.
    #[must_use]
    pub const fn post(path: &'static str, required: Required) -> Self {
        Self {
            route: Route {
                method: "POST",
                path,
            },
            required,
        }
    }

    /// `PUT` to a path.
    #[must_use]
    pub const fn put(path: &'static str, required: Required) -> Self {
        Self {
            route: Route {
                method: "PUT",
                path,
            },
            required,
        }
    }

    /// `PATCH` of a path.
    #[must_use]
    pub const fn patch(path: &'static str, required: Required) -> Self {
        Self {
            route: Route {
                method: "PATCH",
                path,
            },
            required,
        }
    }

    /// As the gateway names it.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.route.method, self.route.path)
    }
}

/// The scope's name, or `administrator`.
fn in_words<S: Serializer>(required: &Required, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match required {
        Required::Scope(scope) => scope.name(),
        Required::Administrator => "administrator",
    })
}

/// A scope, for the stacks: clients of the user pool are given some.
#[derive(Debug, Serialize)]
pub struct NamedScope {
    /// As tokens name it.
    pub name: &'static str,
    /// What it allows.
    pub meaning: &'static str,
}

/// All scopes there are.
#[must_use]
pub fn scopes() -> Vec<NamedScope> {
    Scope::ALL
        .into_iter()
        .map(|scope| NamedScope {
            name: scope.name(),
            meaning: scope.meaning(),
        })
        .collect()
}

/// Method and path of a request.
#[derive(Debug, Serialize)]
pub struct Route {
    /// `GET`, `POST`, …; `ANY` of them.
    pub method: &'static str,
    /// With `{parameters}`, or [`Route::REST`].
    pub path: &'static str,
}

impl Route {
    /// The path of what no other route takes.
    pub const REST: &'static str = "$default";

    /// Whether a path is this route's, whatever its parameters.
    #[must_use]
    pub fn leads_to(&self, path: &str) -> bool {
        let (mut here, mut there) = (self.path.split('/'), path.split('/'));
        loop {
            match (here.next(), there.next()) {
                (None, None) => return true,
                (Some(segment), Some(value)) if segment == value => {}
                (Some(segment), Some(value)) if segment.starts_with('{') && !value.is_empty() => {}
                _ => return false,
            }
        }
    }
}

/// One statement of a role.
#[derive(Debug, Serialize)]
pub struct Right {
    /// `table`, `table keys`, `table erasures`, `index X`, `inbox`, `uploads`, `lists`, `reports`, `letters`, `topic X`, `queue X`, `secret X`, `identity`, `configuration-set`.
    pub on: &'static str,
    /// IAM actions.
    pub actions: &'static [&'static str],
}

/// All functions, in the order of the data's path.
pub static FUNCTIONS: [Function; 29] = [
    mail_in::receive_mail::FUNCTION,
    decide::record_event::FUNCTION,
    decide::cancel_event::FUNCTION,
    decide::record_reply::FUNCTION,
    decide::record_unsubscribe::FUNCTION,
    decide::stop_job::FUNCTION,
    decide::verify_invite::FUNCTION,
    decide::verify_list::FUNCTION,
    decide::give_seats::FUNCTION,
    publish::publish_changes::FUNCTION,
    publish::count_statistics::FUNCTION,
    stage::stage_attendees::FUNCTION,
    send::send_invite::FUNCTION,
    send::send_shard::FUNCTION,
    send::send_update::FUNCTION,
    send::send_cancellation::FUNCTION,
    send::track_delivery::FUNCTION,
    notify::write_report::FUNCTION,
    notify::notify_organizer::FUNCTION,
    erase::erase_person::FUNCTION,
    api::authorize::FUNCTION,
    api::event_api::FUNCTION,
    api::organizer_api::FUNCTION,
    api::system_api::FUNCTION,
    api::invite_page::FUNCTION,
    api::unsubscribe_page::FUNCTION,
    api::order_webhook::FUNCTION,
    api::report_page::FUNCTION,
    api::api_guide::FUNCTION,
];

/// The function of that handler.
#[must_use]
pub fn of_handler(handler: &str) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .find(|function| function.handler == handler)
}

/// Every handler there is.
#[must_use]
pub fn handlers() -> Vec<&'static str> {
    FUNCTIONS.iter().map(|function| function.handler).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/functions.json");

    #[derive(Serialize)]
    struct File {
        version: u32,
        scopes: Vec<NamedScope>,
        functions: &'static [Function],
    }

    #[test]
    fn the_stacks_are_built_from_this_list() {
        let file = File {
            version: 1,
            scopes: scopes(),
            functions: &FUNCTIONS,
        };
        let json = serde_json::to_string_pretty(&file).unwrap() + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(GOLDEN, &json).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(GOLDEN).unwrap(),
            json,
            "functions.json differs: look why, then write it with UPDATE_GOLDEN=1"
        );
    }

    #[test]
    fn a_handler_is_the_name_in_rust() {
        for function in &FUNCTIONS {
            assert_eq!(function.handler, function.name.replace('-', "_"));
        }
        let names: HashSet<_> = handlers().into_iter().collect();
        assert_eq!(names.len(), FUNCTIONS.len());
    }

    #[test]
    fn every_scope_opens_something() {
        let needed: HashSet<_> = FUNCTIONS
            .iter()
            .flat_map(|function| match function.trigger {
                Trigger::Http { routes } => routes,
                _ => &[],
            })
            .filter_map(|guarded| match guarded.required {
                Required::Scope(scope) => Some(scope),
                Required::Administrator => None,
            })
            .collect();
        assert_eq!(needed.len(), Scope::ALL.len(), "{needed:?}");
    }

    #[test]
    fn rights_name_single_actions() {
        for function in &FUNCTIONS {
            for right in function.rights {
                for action in right.actions {
                    assert!(!action.contains('*'), "{} {action}", function.name);
                }
            }
        }
    }

    #[test]
    fn an_unknown_handler_is_told_the_known_ones() {
        let error = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(crate::run("receive-mail"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("receive_mail, record_event"), "{error}");
    }
}
