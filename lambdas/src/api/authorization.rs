//! `docs/authorization.md`: every route and every kind of caller, and what the one is answered by the other. It is written from the
//! decision itself (`UPDATE_GOLDEN=1`), so it cannot say anything else; and the tests of the deployed stack play it, row by row.

use std::fmt::Write;

use access::{
    caller::{Caller, Program},
    decision::{Denial, Required, decide, may},
    refusal::{Refusal, TokenFault},
    scope::Scope,
};
use invite::address::Address;

use crate::{
    functions::{FUNCTIONS, Trigger},
    shell::Problem,
};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/authorization.md");

/// What a route is about; who may not see it is answered as if it were not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum About {
    /// An event, and so its organizer.
    Event,
    /// An organizer.
    Organizer,
    /// Everything of the tenant.
    Tenant,
}

/// A way to call a route.
struct Operation {
    /// `GET /event/{uid}`, with a query where that needs more.
    name: String,
    required: Required,
    /// A scope the handler asks for, too.
    also: Option<Scope>,
    about: About,
}

fn operations() -> Vec<Operation> {
    let guarded = FUNCTIONS
        .iter()
        .flat_map(|function| match function.trigger {
            Trigger::Http { routes } => routes,
            _ => &[],
        });
    let mut operations = Vec::new();
    for guarded in guarded {
        let path = guarded.route.path;
        let operation = |name, also| Operation {
            name,
            required: guarded.required,
            also,
            about: match path.split('/').nth(1) {
                // Of an event that is not there yet; whose it may be, its body says.
                Some("event") if path == "/event" => About::Tenant,
                Some("event") => About::Event,
                Some("organizer") => About::Organizer,
                Some("system") => About::Tenant,
                other => panic!("what is {other:?} about? Say it here"),
            },
        };
        operations.push(operation(guarded.key(), None));
        let naming: &[&str] = match path {
            "/event/{uid}/attendees" => &["unmasked=true"],
            "/event/{uid}/ledger" => &["unmasked=true", "attendee=bob@b.example"],
            _ => &[],
        };
        for query in naming {
            operations.push(operation(
                format!("{}?{query}", guarded.key()),
                Some(Scope::AttendeesReadUnmasked),
            ));
        }
    }
    operations
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// Whose the event is, and whom the organizer's path names.
fn owner() -> Address {
    address("olga@a.test")
}

fn stranger() -> Address {
    address("oscar@b.test")
}

fn program(scopes: &[Scope], organizer: Option<Address>) -> Caller {
    Caller::Program(Program {
        id: "program".to_owned(),
        scopes: scopes.iter().copied().collect(),
        organizer,
    })
}

/// What a caller is answered: the problem's status and name, or nothing that stands in his way.
fn answered(operation: &Operation, presented: Result<Caller, Refusal>) -> String {
    let told = |denial: Denial| {
        let problem = Problem::from(denial);
        format!("{} {}", problem.kind.status().as_u16(), problem.kind.code())
    };
    let caller = match decide(operation.required, presented) {
        Ok(caller) => caller,
        Err(denial) => return told(denial),
    };
    let sees = match operation.about {
        About::Event | About::Organizer => caller.sees(&owner()),
        About::Tenant => true,
    };
    // As handlers do: what he may see, then how much of it.
    match (sees, operation.about) {
        (false, About::Event) => return "404 unknown-event".to_owned(),
        (false, _) => return "404 unknown-organizer".to_owned(),
        (true, _) => {}
    }
    match operation.also.map(|scope| may(scope, &caller)) {
        Some(Err(denial)) => told(denial),
        _ => "yes".to_owned(),
    }
}

/// Those who are known, by column.
fn known(operation: &Operation) -> Vec<(&'static str, Caller)> {
    let needed: Vec<Scope> = match operation.required {
        Required::Scope(scope) => [Some(scope), operation.also]
            .into_iter()
            .flatten()
            .collect(),
        Required::Administrator => Scope::ALL.to_vec(),
    };
    // Of two that are needed each lacks in turn; the other is tested below.
    let last = operation.also.or(needed.last().copied());
    let all_but: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|scope| Some(*scope) != last)
        .collect();
    vec![
        ("administrator", Caller::Administrator),
        ("organizer, his own", Caller::Organizer(owner())),
        ("organizer, another's", Caller::Organizer(stranger())),
        ("program with it", program(&needed, None)),
        ("program without it", program(&all_but, None)),
        ("bound program, its own", program(&needed, Some(owner()))),
        (
            "bound program, another's",
            program(&needed, Some(stranger())),
        ),
    ]
}

/// Those who are not, on whatever route.
const UNKNOWN: [(&str, Refusal); 15] = [
    ("nobody", Refusal::NoCredentials),
    ("another scheme", Refusal::NoCredentials),
    ("a token and a key", Refusal::TwoCredentials),
    ("no token", Refusal::InvalidToken(TokenFault::Malformed)),
    (
        "token of another issuer",
        Refusal::InvalidToken(TokenFault::Issuer),
    ),
    (
        "token of an unknown key",
        Refusal::InvalidToken(TokenFault::Key),
    ),
    (
        "token with alg none",
        Refusal::InvalidToken(TokenFault::Key),
    ),
    (
        "token with alg HS256",
        Refusal::InvalidToken(TokenFault::Key),
    ),
    (
        "token that was changed",
        Refusal::InvalidToken(TokenFault::Signature),
    ),
    (
        "token that is over",
        Refusal::InvalidToken(TokenFault::Expired),
    ),
    (
        "token for another audience",
        Refusal::InvalidToken(TokenFault::Audience),
    ),
    ("refresh token", Refusal::InvalidToken(TokenFault::Use)),
    ("unknown key", Refusal::UnknownKey),
    ("revoked key", Refusal::RevokedKey),
    (
        "token of a person without a verified address",
        Refusal::NobodyKnown,
    ),
];

/// Who comes with a key that was good. The deployed stack's tests cannot wait for the one, and count for the other.
const OVER: [(&str, Refusal); 2] = [
    ("key that is over", Refusal::ExpiredKey),
    (
        "key used too often",
        Refusal::TooManyRequests {
            retry_after_secs: 60,
        },
    ),
];

fn page() -> String {
    let mut page = include_str!("authorization/head.md").to_owned();
    let operations = operations();
    let required = |operation: &Operation| {
        let scope = match operation.required {
            Required::Scope(scope) => format!("`{scope}`"),
            Required::Administrator => "an administrator".to_owned(),
        };
        match operation.also {
            Some(also) => format!("{scope}, `{also}`"),
            None => scope,
        }
    };
    let columns: Vec<&str> = known(&operations[0])
        .iter()
        .map(|(column, _)| *column)
        .collect();
    writeln!(page, "| route | needs | {} |", columns.join(" | ")).unwrap();
    writeln!(page, "|---|---|{}", "---|".repeat(columns.len())).unwrap();
    for operation in &operations {
        let cells: Vec<String> = known(operation)
            .into_iter()
            .map(|(_, caller)| answered(operation, Ok(caller)))
            .collect();
        writeln!(
            page,
            "| `{}` | {} | {} |",
            operation.name,
            required(operation),
            cells.join(" | ")
        )
        .unwrap();
    }
    page += include_str!("authorization/unknown.md");
    page += "| who | every route above |\n|---|---|\n";
    for (who, refusal) in UNKNOWN.into_iter().chain(OVER) {
        writeln!(
            page,
            "| {who} | {} |",
            answered(&operations[0], Err(refusal))
        )
        .unwrap();
    }
    page += include_str!("authorization/scopes.md");
    page += "| scope | allows to | organizers have it |\n|---|---|---|\n";
    for scope in Scope::ALL {
        let theirs = if Scope::OF_ORGANIZERS.contains(&scope) {
            "yes"
        } else {
            "no"
        };
        writeln!(page, "| `{scope}` | {} | {theirs} |", scope.meaning()).unwrap();
    }
    page += include_str!("authorization/open.md");
    for function in &FUNCTIONS {
        if let Trigger::Page { routes } = function.trigger {
            for route in routes.iter().filter(|route| route.path.starts_with('/')) {
                writeln!(page, "- `{} {}`", route.method, route.path).unwrap();
            }
        }
    }
    page
}

#[test]
fn the_page_is_written_from_the_decision() {
    let page = page();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(GOLDEN).unwrap() == page,
        "docs/authorization.md differs: write it with UPDATE_GOLDEN=1 and look why"
    );
}

/// The page says it for one program that has what is needed; here it is every scope alone.
#[test]
fn each_scope_opens_its_own_routes_and_no_other() {
    for operation in operations() {
        for scope in Scope::ALL {
            let answer = answered(&operation, Ok(program(&[scope], None)));
            let opens = operation.required == Required::Scope(scope) && operation.also.is_none();
            assert_eq!(
                answer == "yes",
                opens,
                "{} with {scope}: {answer}",
                operation.name
            );
        }
    }
}

#[test]
fn whoever_is_not_known_is_answered_the_same_everywhere() {
    for operation in operations() {
        for refusal in Refusal::ALL {
            let answer = answered(&operation, Err(refusal));
            assert_eq!(answer, answered(&operations()[0], Err(refusal)));
            assert_ne!(answer, "yes", "{} {refusal:?}", operation.name);
        }
    }
}

#[test]
fn no_kind_of_refusal_is_left_out_of_the_page() {
    let told: Vec<Refusal> = UNKNOWN
        .into_iter()
        .chain(OVER)
        .map(|(_, refusal)| refusal)
        .collect();
    for refusal in Refusal::ALL {
        // A token whose time has not come needs an issuer whose clock is wrong.
        let is_told =
            told.contains(&refusal) || refusal == Refusal::InvalidToken(TokenFault::NotYet);
        assert!(is_told, "{refusal:?}");
    }
}
