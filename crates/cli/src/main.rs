//! `cis`: the tool of those who run a Calendar Invite Server.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's output"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod api;
mod checkout;
mod erase;
mod explain;
mod follow;
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
    /// List the tenants and where their stages live (`scripts/tenant list`, of a checkout).
    Tenants(checkout::OfCheckout),
    /// List, explain, redrive or discard messages that failed for good (`scripts/dlq`, of a checkout).
    Dlq(checkout::OfCheckout),
    /// Say whether a deployed stage is well, and what to do where it is not (`scripts/doctor`, of a checkout).
    Doctor(checkout::OfCheckout),
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
        Command::Tenants(tenants) => tenants.run("tenant", &["list"]),
        Command::Dlq(dlq) => dlq.run("dlq", &[]),
        Command::Doctor(doctor) => doctor.run("doctor", &[]),
    }
}
