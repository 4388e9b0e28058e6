//! `cis keys create|list|revoke`: the keys programs come to the API with, asked of the API by an administrator.

mod shown;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::api::{Api, Asked};

const EXAMPLES: &str = "\
Examples:
  cis keys create 'the shop' --scope events:read --scope invites:write --api URL --token-file F
  cis keys create 'her site' --scope events:read --organizer olga@a.example --days 365 --api URL --token-file F
  cis keys list --api URL --token-file F
  cis keys revoke abcdefghij234567 --api URL --token-file F     at once
  cis keys create … --json                                      as the API answers (docs/api.md)

A key is shown once, when it is made, on standard output alone: `cis keys create … --json | jq -r .key` keeps it from the screen.
The token is an administrator's; the certificate must be one the system trusts, or SSL_CERT_FILE names.
docs/authorization.md has the scopes.

Exit codes: 0 done; 1 the API says no, and why; 2 it could not be asked.";

/// Make, list and revoke the keys programs come to the API with.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: Command,
    /// Where the API is, https://….
    #[arg(long, value_name = "URL", env = "CIS_API", global = true)]
    api: Option<String>,
    /// A file with an administrator's token.
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
    /// Print what the API answers, as one JSON object, described in docs/api.md.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key, and show it this once.
    Create(Create),
    /// List the keys: what each may, and when it was used last.
    List,
    /// Revoke a key, from now on.
    Revoke {
        /// Its id: the 16 letters and digits after cis_.
        key: String,
    },
}

#[derive(Args)]
struct Create {
    /// What it is for, in your words.
    name: String,
    /// What it may; as often as needed.
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// Whose events it may see; everybody's without one.
    #[arg(long, value_name = "ADDRESS")]
    organizer: Option<String>,
    /// For how many days it is good; without a number, until it is revoked.
    #[arg(long)]
    days: Option<u32>,
    /// How often it may be used in a minute; 600 unless another number is given.
    #[arg(long)]
    per_minute: Option<u32>,
}

impl Create {
    /// What the API is asked.
    fn body(&self) -> Value {
        let mut body = Map::from_iter([
            ("name".to_owned(), json!(self.name)),
            ("scopes".to_owned(), json!(self.scopes)),
        ]);
        let more = [
            ("organizer", self.organizer.as_ref().map(|one| json!(one))),
            ("days", self.days.map(|days| json!(days))),
            ("per_minute", self.per_minute.map(|uses| json!(uses))),
        ];
        body.extend(
            more.into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?))),
        );
        Value::Object(body)
    }
}

impl Keys {
    pub(crate) fn run(&self) -> ExitCode {
        let cannot = |why: String| {
            eprintln!("cis keys: {why}");
            ExitCode::from(2)
        };
        match self.asked() {
            Err(why) => cannot(why),
            Ok(Asked::Problem(problem)) => {
                eprintln!("cis keys: {problem}");
                ExitCode::from(1)
            }
            Ok(Asked::Answer(answer)) => match self.write(&mut io::stdout().lock(), &answer) {
                Ok(()) => ExitCode::SUCCESS,
                // A key that nobody saw is lost.
                Err(error) => cannot(format!("the answer could not be written: {error}")),
            },
        }
    }

    fn asked(&self) -> Result<Asked, String> {
        let url = self.api.as_deref().ok_or("--api URL is missing")?;
        let token = self.token_file.as_deref();
        let api = Api::new(url, token.ok_or("--token-file FILE is missing")?)?;
        match &self.command {
            Command::Create(create) => api.post("/system/keys", &create.body()),
            Command::List => api.ask("/system/keys"),
            Command::Revoke { key } => {
                let is_id = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if !is_id {
                    return Err("an id is 16 letters and digits; the key itself is not needed, and not to be typed here".to_owned());
                }
                api.post(&format!("/system/keys/{key}/revoke"), &json!({}))
            }
        }
    }

    fn write(&self, output: &mut impl Write, answer: &Value) -> io::Result<()> {
        match &self.command {
            _ if self.json => writeln!(output, "{answer}")?,
            Command::Create(_) => shown::made(output, answer)?,
            Command::List => shown::all(output, answer)?,
            Command::Revoke { .. } => shown::one(output, answer)?,
        }
        output.flush()
    }
}
