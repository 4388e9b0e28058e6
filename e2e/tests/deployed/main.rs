//! The deployed local stack, used like a person would and treated as the world does.
//!
//! Without a running stack everything is skipped, with the reason; `CIS_E2E=1` makes that a failure. A conversation is
//! run alone by naming it: `cargo test -p e2e --test deployed -- life-of`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::panic,
    clippy::expect_used,
    reason = "a harness of its own prints, and may end by assertion"
)]

mod api;
mod authorization;
mod checkin;
mod deliveries;
mod documentation;
mod erasure;
mod expected;
mod faults;
mod guests;
mod held;
mod invite_link;
mod ledger;
mod limits;
mod lists;
mod orders;
mod own_letters;
mod remind;
mod reports;
mod scene;
mod seats;
mod unsubscribe;
mod writing;

use std::{collections::HashMap, env, path::Path, pin::Pin, process::ExitCode, sync::Arc};

use conversation::Conversation;
use e2e::{
    play::run::{Ended, Played, run},
    stack::REQUIRED,
    wait::within,
    world::{Entered, NoWorld, World, enter},
};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use tokio::runtime::Runtime;

/// What a test is.
type Test = fn(Arc<World>) -> Pin<Box<dyn Future<Output = Result<(), String>>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let conversations = conversation::load_all(&root).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"));
    });
    let runtime = Runtime::new().expect("an asynchronous runtime");
    if arguments.list {
        return played(&arguments, trials(&conversations, HashMap::new(), None));
    }
    match runtime.block_on(enter()) {
        Ok(Entered::Elsewhere(code)) => code.into(),
        Ok(Entered::Here(world)) => {
            let world: Arc<World> = Arc::from(world);
            let results = runtime.block_on(play(&world, &arguments, &conversations));
            let runtime = Arc::new(runtime);
            played(
                &arguments,
                trials(&conversations, results, Some((runtime, world))),
            )
        }
        Err(NoWorld::Stack(error)) if error.is_absence() && env::var_os(REQUIRED).is_none() => {
            println!(
                "\n{error}\nthe tests of the deployed stack are skipped; {REQUIRED}=1 makes this a failure"
            );
            let mut trials = trials(&conversations, HashMap::new(), None);
            for trial in std::mem::take(&mut trials) {
                trials.push(trial.with_ignored_flag(true));
            }
            played(&arguments, trials)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn played(arguments: &Arguments, trials: Vec<Trial>) -> ExitCode {
    let conclusion: Conclusion = libtest_mimic::run(arguments, trials);
    conclusion.exit_code()
}

/// All conversations that were asked for, at once; what is wrong with each.
async fn play(
    world: &World,
    arguments: &Arguments,
    conversations: &[Conversation],
) -> HashMap<String, Result<(), String>> {
    let asked: Vec<&Conversation> = conversations
        .iter()
        .filter(|conversation| {
            let trial = Trial::test(title(conversation), || Ok(()));
            !arguments.is_filtered_out(&trial)
        })
        .collect();
    if asked.is_empty() {
        return HashMap::new();
    }
    println!("\nplaying {} conversations", asked.len());
    let progress = |played: &Played| match &played.failure {
        Some(failure) => println!("✗ {failure}"),
        None => println!("✓ {}", played.name),
    };
    match run(world, &asked, within(), progress).await {
        Ok(Ended { played, at_rest }) => played
            .into_iter()
            .map(|played| (played.name, played.failure.map_or(Ok(()), Err)))
            .chain([(REST.to_owned(), at_rest.map_err(|fault| fault.chain()))])
            .collect(),
        Err(fault) => [(REST.to_owned(), Err(fault.chain()))].into(),
    }
}

/// That nothing is left in a queue when all conversations are over: part of each of them, but told once.
const REST: &str = "all-work-comes-to-an-end";

fn title(conversation: &Conversation) -> String {
    format!("conversation::{}", conversation.name)
}

fn trials(
    conversations: &[Conversation],
    mut results: HashMap<String, Result<(), String>>,
    here: Option<(Arc<Runtime>, Arc<World>)>,
) -> Vec<Trial> {
    let mut trials: Vec<Trial> = conversations
        .iter()
        .map(|conversation| {
            let result = results.remove(&conversation.name);
            let result = result.unwrap_or_else(|| Err("it was not played".to_owned()));
            Trial::test(title(conversation), move || result.map_err(Failed::from))
        })
        .collect();
    if let Some(at_rest) = results.remove(REST) {
        trials.push(Trial::test(REST, move || at_rest.map_err(Failed::from)));
    }
    let others = [
        ("fault", faults::ALL),
        ("api", api::ALL),
        ("authorization", authorization::ALL),
        ("checkin", checkin::ALL),
        ("delivery", deliveries::ALL),
        ("erasure", erasure::ALL),
        ("unsubscribe", unsubscribe::ALL),
        ("limit", limits::ALL),
        ("list", lists::ALL),
        ("order", orders::ALL),
        ("own_letters", own_letters::ALL),
        ("remind", remind::ALL),
        ("report", reports::ALL),
        ("seats", seats::ALL),
        ("held", held::ALL),
        ("invite_link", invite_link::ALL),
        ("ledger", ledger::ALL),
        ("writing", writing::ALL),
        ("documentation", documentation::ALL),
    ];
    let others = others
        .into_iter()
        .flat_map(|(kind, all)| all.iter().map(move |test| (kind, test)));
    for (kind, (name, test)) in others {
        let here = here.clone();
        trials.push(Trial::test(format!("{kind}::{name}"), move || {
            let (runtime, world) = here.ok_or("there is no stack")?;
            runtime.block_on(test(world)).map_err(Failed::from)
        }));
    }
    trials
}
