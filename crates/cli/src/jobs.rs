//! `cis jobs UID [JOB]`: how far the lists, updates, cancellations and reminders of an event have come, asked of the API.

mod shown;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use serde_json::Value;

use crate::{api::Api, follow::follow};

const EXAMPLES: &str = "\
Examples:
  cis jobs UID --api URL --token-file F               the event's jobs, for people
  cis jobs UID update-3 --api URL --token-file F      one of them, and how far its letters have come
  cis jobs UID update-3 … --watch                     the same, until it is done
  cis jobs UID update-3 … --watch --json              as the API answers, one JSON object a line (docs/api.md)

The token is one the API takes (docs/api.md); the certificate must be one the system trusts, or SSL_CERT_FILE names.

Exit codes: 0 shown; 1 the API says no, and why; 2 it could not be asked.";

/// Show how far the lists, updates, cancellations and reminders of an event have come: who was told, who waits, and until when it can
/// be stopped.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Jobs {
    /// The event: its 40 letters and digits.
    uid: String,
    /// One of its jobs; without it all are listed.
    job: Option<String>,
    /// Where the API is, https://….
    #[arg(long, value_name = "URL", env = "CIS_API")]
    api: String,
    /// A file with the token.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Print what the API answers, one JSON object a line, described in docs/api.md.
    #[arg(long)]
    json: bool,
    /// Ask again every two seconds until the job is done.
    #[arg(long, requires = "job")]
    watch: bool,
}

impl Jobs {
    pub(crate) fn run(&self) -> ExitCode {
        let mut output = io::stdout().lock();
        match self.show(&mut output) {
            Ok(code) => code,
            Err(why) => {
                eprintln!("cis jobs: {why}");
                ExitCode::from(2)
            }
        }
    }

    fn show(&self, output: &mut impl Write) -> Result<ExitCode, String> {
        let api = Api::new(&self.api, &self.token_file)?;
        let path = match &self.job {
            None => format!("/event/{}/jobs", self.uid),
            Some(job) => format!("/event/{}/jobs/{job}", self.uid),
        };
        follow(
            "cis jobs",
            api.ask(&path)?,
            |_| api.ask(&path),
            |answer| !self.watch || shown::is_done(answer),
            |answer| self.write(output, answer),
        )
    }

    fn write(&self, output: &mut impl Write, answer: &Value) -> io::Result<()> {
        match (&self.job, self.json) {
            (_, true) => writeln!(output, "{answer}")?,
            (None, false) => shown::all(output, answer)?,
            (Some(_), false) if self.watch => writeln!(output, "{}", shown::in_a_line(answer))?,
            (Some(_), false) => shown::one(output, answer)?,
        }
        output.flush()
    }
}
