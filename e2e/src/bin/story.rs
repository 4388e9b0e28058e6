//! Plays one event through the deployed local stack, as people would, and tells it.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use e2e::{
    story::{Options, tell},
    world::{Entered, enter},
};

/// Plays one event through the deployed local stack: invitation, answers, a move, a forgery, the cancellation.
///
/// Each step must be seen in the mailbox, in the table and in the API. Exits 0 only if all were; 1 if one was not (it
/// says which, what was seen instead and where the logs are); 2 if there is no stack to play it on.
#[derive(Parser)]
struct Arguments {
    /// How long each thing may take to be seen, in seconds.
    #[arg(long, default_value_t = 30.0)]
    within_secs: f64,
    /// How many updates are measured from mail in to mail out.
    #[arg(long, default_value_t = 10)]
    updates: u32,
    /// Print one JSON document at the end instead of telling it step by step.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let world = match enter().await {
        Ok(Entered::Here(world)) => world,
        Ok(Entered::Elsewhere(code)) => return code.into(),
        Err(error) => {
            print_error(&error.to_string());
            return 2.into();
        }
    };
    let options = Options {
        within: Duration::try_from_secs_f64(arguments.within_secs).unwrap_or(Duration::ZERO),
        updates: arguments.updates,
        aloud: !arguments.json,
    };
    let report = tell(&world, options, cloud::clock::now()).await;
    if arguments.json {
        print_json(&report);
    }
    if report.ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(clippy::print_stderr, reason = "a program says why it ends")]
fn print_error(text: &str) {
    eprintln!("{text}");
}

#[expect(clippy::print_stdout, reason = "asked for by --json")]
fn print_json(report: &e2e::story::Report) {
    match serde_json::to_string_pretty(report) {
        Ok(text) => println!("{text}"),
        Err(error) => print_error(&error.to_string()),
    }
}
