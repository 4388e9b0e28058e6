//! `cis`: the tool of those who run a Calendar Invite Server.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's output"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod api;
mod erase;
mod explain;
mod inspect;
mod jobs;
mod keys;
mod letters;
mod list;
mod survey;
mod view;

/// The tool of those who run a Calendar Invite Server.
#[derive(Parser)]
#[command(name = "cis", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what a raw mail, or a bare calendar file, is as the server sees it.
    Inspect(inspect::Inspect),
    /// Show what a mail leads to for an event that is stored, and why.
    Explain(explain::Explain),
    /// Count what a folder of mails and calendars comes to when it is read.
    Survey(survey::Survey),
    /// Show whom a list of people (CSV) would invite, and why a row would invite nobody.
    List(list::List),
    /// Show how far the lists, updates, cancellations and reminders of an event have come.
    Jobs(jobs::Jobs),
    /// Make, list and revoke the keys programs come to the API with.
    Keys(keys::Keys),
    /// Erase a person who was invited.
    Erase(erase::Erase),
    /// Show the letters people get.
    Letters(letters::Letters),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Inspect(inspect) => inspect.run(),
        Command::Explain(explain) => explain.run(),
        Command::Survey(survey) => survey.run(),
        Command::List(list) => list.run(),
        Command::Jobs(jobs) => jobs.run(),
        Command::Keys(keys) => keys.run(),
        Command::Erase(erase) => erase.run(),
        Command::Letters(letters) => letters.run(),
    }
}
